"""The law of money: billed + credit = paid + reduced + share + open, after any events in any order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nextpayer.account import Account, Standing, open_account
from nextpayer.books import Books, Post, books_of
from nextpayer.claim import Billing, Claim, ClaimKind, Provider, ServiceLine
from nextpayer.denial import DenialTable
from nextpayer.policy import Payer, Person, Policy
from nextpayer.remittance import Adjustment, ClaimPayment, Remittance

TABLE = DenialTable()
ZERO = Decimal("0.00")
PLACES = "PST"
REASONS = (
    "CO-45",
    "PR-1",
    "PR-2",
    "CO-253",
    "OA-209",
    "CO-16",
    "CO-50",
    "PI-45",
    "CO-97",
    "OA-109",
    "CO-ZZ9",
)


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100 if cents else ZERO


def policy(number: int) -> Policy:
    payer = Payer(id=f"PAYER{number}", name=f"PAYER {number}")
    return Policy(payer=payer, holder=Person(last="DOE"), sequence=PLACES[number])


def claim(charge: Decimal, destination: Policy) -> Claim:
    return Claim(
        kind=ClaimKind.PROFESSIONAL,
        patient_control_number="A1",
        charge_amount=charge,
        billing=Billing(provider=Provider(role="85", last="CLINIC")),
        policy=destination,
        patient=Person(last="DOE"),
        lines=(ServiceLine(number=1, charge_amount=charge),),
    )


def answer(
    number: int, trace: str, paid: Decimal, adjustments: tuple[Adjustment, ...], charge: Decimal, day: int
) -> ClaimPayment:
    date = dt.date(2026, 1, 1) + dt.timedelta(days=day)
    remittance = Remittance(
        payer_name=f"PAYER {number}", payer_ids=(f"PAYER{number}",), trace_number=trace, payment_date=date
    )
    return ClaimPayment(
        remittance=remittance,
        patient_control_number="A1",
        status=str(number + 1),
        control_number=f"ICN-{trace}",
        charge_amount=charge,
        paid_amount=paid,
        adjustments=adjustments,
        segment=day + 1,
    )


def reversal_of(payment: ClaimPayment, day: int) -> ClaimPayment:
    return replace(
        payment,
        status="22",
        charge_amount=-payment.charge_amount,
        paid_amount=-payment.paid_amount,
        adjustments=tuple(replace(one, amount=-one.amount) for one in payment.adjustments),
        remittance=replace(
            payment.remittance,
            trace_number=f"R{day}",
            payment_date=dt.date(2026, 1, 1) + dt.timedelta(days=day),
        ),
        segment=day + 1,
    )


class Life(RuleBasedStateMachine):
    """One claim with up to three payers: answers, reversals, corrections, files read twice."""

    @initialize(cents=st.integers(1, 500_000), payers=st.integers(1, 3))
    def bill(self, cents: int, payers: int) -> None:
        self.charge = money(cents)
        self.policies = tuple(policy(number) for number in range(payers))
        self.claim = claim(self.charge, self.policies[0])
        self.events: list[ClaimPayment] = []
        self.stands: dict[int, ClaimPayment] = {}
        self.day = 0

    def account(self, events: list[ClaimPayment]) -> Account:
        return open_account(self.claim, self.policies, events)

    def books(self) -> Books:
        return books_of(self.account(self.events), TABLE)

    def divided(self, data: st.DataObject, number: int) -> tuple[Decimal, tuple[Adjustment, ...]]:
        """A balanced answer: what earlier payers did (OA-23), a payment, and reasons for the rest."""
        prior = ZERO
        if number and self.stands.get(0) is not None:
            before = self.books()
            prior = min(before.paid + before.reduced, self.charge)
        left = int((self.charge - prior) * 100)
        paid = data.draw(st.integers(0, left))
        left -= paid
        adjustments = []
        if prior:
            adjustments.append(Adjustment(group="OA", reason="23", amount=prior))
        for code in data.draw(st.lists(st.sampled_from(REASONS), min_size=1, max_size=3, unique=True)):
            amount = data.draw(st.integers(0, left))
            left -= amount
            group, _, reason = code.partition("-")
            if amount:
                adjustments.append(Adjustment(group=group, reason=reason, amount=money(amount)))
        if left:
            adjustments.append(Adjustment(group="PR", reason="3", amount=money(left)))
        return money(paid), tuple(adjustments)

    def add(self, data: st.DataObject, number: int) -> None:
        paid, adjustments = self.divided(data, number)
        self.day += 1
        made = answer(number, f"T{self.day}", paid, adjustments, self.charge, self.day)
        self.events.append(made)
        self.stands[number] = made

    @rule(data=st.data())
    def a_payer_answers(self, data: st.DataObject) -> None:
        free = [number for number in range(len(self.policies)) if number not in self.stands]
        if free:
            self.add(data, data.draw(st.sampled_from(free)))

    @precondition(lambda self: self.stands)
    @rule(data=st.data())
    def an_answer_is_taken_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.stands)))
        self.day += 1
        self.events.append(reversal_of(self.stands.pop(number), self.day))

    @precondition(lambda self: self.stands)
    @rule(data=st.data())
    def an_answer_is_corrected(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.stands)))
        self.day += 1
        self.events.append(reversal_of(self.stands.pop(number), self.day))
        self.add(data, number)

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def a_file_is_read_twice(self, data: st.DataObject) -> None:
        before = self.books()
        self.events.append(data.draw(st.sampled_from(self.events)))
        if not any(one.status == "22" for one in self.events):  # reversals repeat with an answer's amounts
            assert self.books() == before

    @invariant()
    def every_dollar_is_somewhere(self) -> None:
        books = self.books()
        assert books.balances
        assert books.billed == self.charge
        assert min(books.paid, books.reduced, books.share, books.open, books.credit) >= ZERO
        for one in books.entries:
            assert one.amount >= ZERO

    @invariant()
    def paid_is_what_standing_answers_paid(self) -> None:
        account = self.account(self.events)
        counts = [
            one.payment.paid_amount
            for one in account.answers
            if one.standing in (Standing.STANDS, Standing.SPLIT)
        ]
        if not self.books().findings:
            assert self.books().paid == sum(counts, ZERO)

    @invariant()
    def nobody_is_left_more_than_the_last_answer_left(self) -> None:
        books = self.books()
        if self.stands and not books.findings:
            last = self.stands[max(self.stands)]
            stated = last.adjusted("PR") + sum(
                (one.amount for one in last.adjustments if (one.group, one.reason) == ("OA", "209")), ZERO
            )
            assert books.share <= stated

    @invariant()
    def history_leaves_no_trace(self) -> None:
        """What was taken back and corrected is as if it had never been."""
        events = sorted(self.stands.values(), key=lambda one: one.segment)
        assert books_of(self.account(events), TABLE) == self.books() or self.books().findings


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)


def two(first: tuple[str, ...], second: tuple[str, ...] = (), paid: str = "0", later: str = "0") -> Books:
    """The books of a claim of 100 after one or two answers from specs such as ``CO-45 20``."""

    def of(specs: tuple[str, ...]) -> tuple[Adjustment, ...]:
        parts = [spec.replace("-", " ", 1).split() for spec in specs]
        return tuple(Adjustment(group=g, reason=r, amount=Decimal(f"{a}.00")) for g, r, a in parts)

    charge = Decimal("100.00")
    policies = (policy(0), policy(1))
    events = [answer(0, "T1", Decimal(f"{paid}.00"), of(first), charge, 1)]
    if second:
        events.append(answer(1, "T2", Decimal(f"{later}.00"), of(second), charge, 2))
    return books_of(open_account(claim(charge, policies[0]), policies, events), TABLE)


def sums(books: Books) -> tuple[str, str, str, str, str]:
    parts = (books.paid, books.reduced, books.share, books.open, books.credit)
    return tuple(str(one) for one in parts)  # type: ignore[return-value]


def test_a_price_is_reduced_the_patients_share_goes_on_and_a_denial_is_open() -> None:
    assert sums(two(("CO-45 20", "PR-2 16", "CO-50 10"), paid="54")) == (
        "54.00", "20.00", "16.00", "10.00", "0.00",
    )  # fmt: skip


def test_what_earlier_payers_did_is_not_written_off_again() -> None:
    """RFI 1696: a state programme that writes the whole rest off as CO-45, with and without OA-23."""
    first = ("CO-45 20", "PR-2 16")
    with_23 = two(first, ("OA-23 84", "CO-45 6"), paid="64", later="10")
    without = two(first, ("CO-45 90",), paid="64", later="10")
    assert sums(with_23) == sums(without) == ("74.00", "26.00", "0.00", "0.00", "0.00")


def test_a_later_payer_that_covers_nothing_of_it_leaves_the_share_where_it_was_open() -> None:
    assert sums(two(("CO-45 20", "PR-2 16"), ("OA-23 84", "OA-109 16"), paid="64")) == (
        "64.00", "20.00", "0.00", "16.00", "0.00",
    )  # fmt: skip
    assert sums(two(("CO-45 20", "PR-2 16"), ("OA-23 84", "PR-96 16"), paid="64"))[2] == "16.00"


def test_both_payers_as_first_is_a_credit() -> None:
    assert sums(two(("CO-45 20", "PR-2 16"), ("CO-45 20",), paid="64", later="80")) == (
        "144.00", "20.00", "0.00", "0.00", "64.00",
    )  # fmt: skip


def test_a_first_payer_that_allows_more_than_was_charged_is_no_credit() -> None:
    assert sums(two(("CO-94 -30", "PR-2 20"), paid="110")) == ("110.00", "-30.00", "20.00", "0.00", "0.00")


def test_a_held_harmless_share_is_marked() -> None:
    books = two(("CO-45 20", "OA-209 16"), paid="64")
    (entry,) = [one for one in books.entries if one.post is Post.SHARE]
    assert entry.held_harmless


def test_an_answer_that_does_not_add_up_is_not_posted() -> None:
    books = two(("CO-45 20",), paid="64")
    assert [one.id for one in books.findings] == ["NP-BOOKS-UNBALANCED"]
    assert sums(books) == ("0.00", "0.00", "0.00", "100.00", "0.00")
    assert books.balances


def test_two_answers_of_one_payer_are_not_posted() -> None:
    charge = Decimal("100.00")
    policies = (policy(0), policy(1))
    events = [answer(0, f"T{n}", Decimal(f"{n}.00"), (), Decimal(f"{n}.00"), n) for n in (40, 50)]
    books = books_of(open_account(claim(charge, policies[0]), policies, events), TABLE)
    assert [one.id for one in books.findings] == ["NP-BOOKS-TWO-ANSWERS"]
    assert books.balances


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_a_later_payers_payment_lowers_what_is_left_by_as_much(paid: int, share: int, later: int) -> None:
    paid = min(paid, 100)
    share = min(share, 100 - paid)
    later = min(later, share)
    first = (f"PR-2 {share}", f"CO-45 {100 - paid - share}")
    books = two(first, (f"OA-23 {100 - share}", f"PR-2 {share - later}"), paid=str(paid), later=str(later))
    assert books.share == Decimal(share - later)
    assert books.paid == Decimal(paid + later)


def test_what_a_later_payer_restates_of_a_denial_is_still_open_with_the_payer_that_denied() -> None:
    books = two(("CO-45 20", "CO-50 20", "PR-2 16"), ("OA-23 84",), paid="44", later="16")
    assert sums(books) == ("60.00", "20.00", "0.00", "20.00", "0.00")
    (entry,) = [one for one in books.entries if one.post is Post.OPEN]
    assert (entry.policy.payer.id, entry.code) == ("PAYER0", "CO-50")


def test_what_neither_payer_explains_is_open_with_the_later_one() -> None:
    books = two(("CO-45 20", "CO-50 5", "PR-2 16"), ("OA-23 94",), paid="59", later="6")
    found = [
        (one.policy.payer.id, one.code, str(one.amount)) for one in books.entries if one.post is Post.OPEN
    ]
    assert found == [("PAYER0", "CO-50", "5.00"), ("PAYER1", "", "10.00")]

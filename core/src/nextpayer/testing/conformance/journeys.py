"""Journeys: generated claims of invented people, and what the payers ahead answered, ready for one adapter.

Everything is drawn by hypothesis from few numbers, so that a failure shrinks to a small claim. Answers
balance to the cent by construction: what the contract took off, what was left to the patient, the rest paid.
The payers before are called FIRST, SECOND and THIRD; the subject's policy comes after them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nextpayer.account import Account, open_account
from nextpayer.adapter import Example
from nextpayer.claim import (
    Billing,
    Claim,
    ClaimKind,
    DateFact,
    HealthCode,
    OtherPayer,
    Provider,
    ServiceLine,
)
from nextpayer.money import CENT, ZERO, dollars, total
from nextpayer.policy import SEQUENCES, Address, Benefits, Payer, Person, Policy, Reference
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment, Procedure, Remittance

__all__ = ["SERVICE", "STYLES", "TODAY", "Journey", "every", "journeys", "later_payer", "unshrunk"]

SERVICE = dt.date(2025, 1, 10)
_DECIDED = dt.date(2025, 2, 3)
TODAY = dt.date(2025, 4, 5)
#: What the payers ahead may have answered.
STYLES = ("paid", "zero", "denied", "qmb")

_PATIENT = Person(
    last="ROWANTREE",
    first="ODELIA",
    birth_date=dt.date(1950, 2, 15),
    sex="F",
    address=Address(lines=("9 OAK ROAD",), city="SPRINGFIELD", state="IL", postal_code="62702"),
)
_AHEAD = ("FIRST", "SECOND", "THIRD")
_CODES = {
    "P": ("HC", "99213", "99214", "97110"),
    "I": ("HC", "85025", "71046", "93005"),
    "D": ("AD", "D0120", "D1110", "D0220"),
}
_FACILITY = {"P": ("11", "B"), "I": ("13", "A"), "D": ("11", "B")}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Journey:
    """A claim as first billed, its policies in paying order, and the answers of the payers ahead of
    ``policy``, which is the subject's."""

    claim: Claim
    policies: tuple[Policy, ...]
    payments: tuple[ClaimPayment, ...]
    policy: Policy
    today: dt.date = TODAY

    def __repr__(self) -> str:
        """The story in one line: what an author needs to see of a claim on which a law broke."""
        claim, first = self.claim, self.payments[0]
        level = "by line" if first.lines else "at claim level"
        charges = " + ".join(dollars(line.charge_amount) for line in claim.lines)
        said = [
            f"{policy.payer.id} paid {dollars(payment.paid_amount)}, "
            + " ".join(f"{one.group}-{one.reason} {dollars(one.amount)}" for one in _adjustments(payment))
            for policy, payment in zip(self.ahead, self.payments, strict=True)
        ]
        then = f"then {self.policy.payer.id} on {self.today}"
        return f"{claim.kind.name.lower()} claim of {charges}; {level}: {'; '.join(said)}; {then}"

    @property
    def ahead(self) -> tuple[Policy, ...]:
        return self.policies[: len(self.payments)]

    @property
    def account(self) -> Account:
        return open_account(self.claim, self.policies, self.payments)

    @property
    def left(self) -> Decimal:
        """What the last payer left: the patient's share, and what a QMB may not be billed."""
        last = self.payments[-1]
        harmless = [one for one in _adjustments(last) if (one.group, one.reason) == ("OA", "209")]
        return last.adjusted("PR") + total(one.amount for one in harmless)

    @property
    def paid(self) -> Decimal:
        return total(payment.paid_amount for payment in self.payments)


#: Whether a failure may stay as it was found: who only counts failures need not wait for a small one.
_UNSHRUNK: ContextVar[bool] = ContextVar("unshrunk", default=False)


@contextmanager
def unshrunk() -> Iterator[None]:
    """Failures are not made small in here."""
    token = _UNSHRUNK.set(True)
    try:
        yield
    finally:
        _UNSHRUNK.reset(token)


def every(strategy: st.SearchStrategy[Journey], law: Callable[[Journey], object], examples: int = 25) -> None:
    """Hold a law against generated journeys, the same ones every time."""

    def held(journey: Journey) -> None:
        try:
            law(journey)
        except AssertionError as error:
            said = str(error).partition("\n")[0]
            raise AssertionError(f"{said}; on a {journey!r}") from None

    run = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,) if _UNSHRUNK.get() else (Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        print_blob=False,
    )(given(strategy)(held))
    run()


@st.composite
def journeys(
    draw: st.DrawFn,
    examples: tuple[Example, ...],
    *,
    ahead: int = 1,
    style: str = "paid",
    lines: int = 3,
    kinds: str = "PID",
    known: bool = False,
) -> Journey:
    """A journey on one of the examples. ``ahead`` is how many payers have answered; ``known`` gives the
    policy benefits from which an expectation can be worked out."""
    chosen = draw(st.sampled_from([one for one in examples if set(one.kinds) & set(kinds)]))
    kind = draw(st.sampled_from([one for one in "PID" if one in chosen.kinds and one in kinds]))
    charges = draw(st.lists(st.integers(1_000, 250_000), min_size=1, max_size=lines))
    shares = [(draw(st.integers(0, 60)), draw(st.integers(5, 60))) for _ in charges]
    by_line, more = draw(st.booleans()), draw(st.booleans())
    policies = _policies(chosen.policy, ahead)
    if known:
        policies = (*policies[:-1], replace(policies[-1], benefits=draw(_benefits(kind))))
    claim = _claim(kind, charges, policies, more)
    payments: list[ClaimPayment] = []
    left = tuple(line.charge_amount for line in claim.lines)
    for place in range(ahead):
        splits = [_split(amount, *share, style, place) for amount, share in zip(left, shares, strict=True)]
        payments.append(_payment(claim, policies[place], place, left, splits, by_line, more))
        left = tuple(total(amount for group, _, amount in split if group in ("PR", "OA")) for split in splits)
    return Journey(claim=claim, policies=policies, payments=tuple(payments), policy=policies[-1])


def later_payer(journey: Journey) -> Journey:
    """The same claim with one more payer after the subject's."""
    place = SEQUENCES[len(journey.policies)]
    later = _policy("LATER", place)
    claim = replace(journey.claim, other_payers=(*journey.claim.other_payers, _other(later)))
    return replace(journey, claim=claim, policies=(*journey.policies, later))


@st.composite
def _benefits(draw: st.DrawFn, kind: str) -> Benefits:
    return Benefits(
        coinsurance=Decimal(draw(st.integers(0, 50))) / 100,
        deductible_remaining=draw(st.integers(0, 20_000)) * CENT,
        allowed=tuple((code, draw(st.integers(500, 200_000)) * CENT) for code in _CODES[kind][1:]),
    )


def _policy(name: str, place: str) -> Policy:
    return Policy(
        payer=Payer(id=name, name=f"{name} MUTUAL"),
        holder=_PATIENT,
        sequence=place,
        patient_relationship="18",
        member_id=f"{name}778899",
        group_number=f"G{name}",
        filing_indicator="CI",
        basis="active",
    )


def _policies(last: Policy, ahead: int) -> tuple[Policy, ...]:
    """The payers ahead, and the example's policy after them, held by the patient."""
    before = tuple(_policy(_AHEAD[place], SEQUENCES[place]) for place in range(ahead))
    mine = replace(last, sequence=SEQUENCES[ahead], holder=_PATIENT, patient_relationship="18")
    return (*before, mine)


def _other(policy: Policy) -> OtherPayer:
    return OtherPayer(policy=policy, benefits_assigned="Y", patient_signature="P", release="Y")


def _claim(kind: str, charges: list[int], policies: tuple[Policy, ...], more: bool) -> Claim:
    """The claim as first billed to the first policy. ``more`` adds what a claim may carry besides."""
    qualifier, *codes = _CODES[kind]
    day = DateFact(qualifier="472", format="D8", text="20250110", start=SERVICE)
    stay = DateFact(qualifier="434", format="RD8", text="20250110-20250110", start=SERVICE, end=SERVICE)
    lines = tuple(
        ServiceLine(
            number=number,
            charge_amount=charge * CENT,
            procedure=Procedure(
                qualifier=qualifier, code=codes[number - 1], modifiers=("59",) if more else ()
            ),
            units=Decimal(number),
            unit="UN",
            revenue_code="0300" if kind == "I" else "",
            place_of_service="",
            diagnosis_pointers=("1",) if kind == "P" else (),
            control_number=f"JRN1L{number}",
            dates=(day,),
            carried=("NTE*ADD*SEEN TWICE",) if more else (),
        )
        for number, charge in enumerate(charges, 1)
    )
    facility, facility_qualifier = _FACILITY[kind]
    references: tuple[Reference, ...] = (Reference(qualifier="EA", value="CHART77"),)
    if more:
        references += (Reference(qualifier="G1", value="AUTH4711"),)
    return Claim(
        kind=ClaimKind(kind),
        patient_control_number="JRN1",
        charge_amount=total(line.charge_amount for line in lines),
        billing=_billing(),
        policy=policies[0],
        patient=_PATIENT,
        lines=lines,
        facility_code=facility,
        facility_qualifier=facility_qualifier,
        provider_signature="" if kind == "I" else "Y",
        accepts_assignment="A",
        benefits_assigned="Y",
        release="Y",
        dates=(stay,) if kind == "I" else (),
        references=references,
        codes=((HealthCode(qualifier="ABK", code="M545"),), (HealthCode(qualifier="ABF", code="R0602"),)),
        providers=(
            Provider(
                role="71" if kind == "I" else "82",
                entity="1",
                last="SMITH",
                first="ANN",
                id_qualifier="XX",
                id="1912301953",
            ),
        ),
        other_payers=tuple(_other(policy) for policy in policies[1:]),
        carried=("NTE*ADD*CAME BY AMBULANCE",) if more else (),
    )


def _billing() -> Billing:
    address = Address(lines=("1 SHORE STREET",), city="SPRINGFIELD", state="IL", postal_code="627010001")
    return Billing(
        provider=Provider(
            role="85",
            last="LAKE CLINIC",
            id_qualifier="XX",
            id="1234567893",
            address=address,
            references=(Reference(qualifier="EI", value="123456789"),),
        )
    )


_Split = list[tuple[str, str, Decimal]]


def _split(amount: Decimal, contract: int, patient: int, style: str, place: int) -> _Split:
    """How one payer divides what it looks at, as (group, reason, amount); what is over is paid."""
    taken = (amount * contract / 100).quantize(CENT) if place == 0 else ZERO
    rest = amount - taken
    if style == "denied":
        return [("PR", "204", amount)]
    if style == "zero":
        return _some(("CO", "45", taken), ("PR", "1", rest))
    left = max((rest * patient / 100).quantize(CENT), CENT)
    if style == "qmb":
        return _some(("CO", "45", taken), ("OA", "209", left))
    first = (left / 3).quantize(CENT)
    return _some(("CO", "45", taken), ("PR", "1", first), ("PR", "2", left - first))


def _some(*parts: tuple[str, str, Decimal]) -> _Split:
    return [part for part in parts if part[2]]


def _payment(
    claim: Claim,
    policy: Policy,
    place: int,
    looked_at: tuple[Decimal, ...],
    splits: list[_Split],
    by_line: bool,
    more: bool,
) -> ClaimPayment:
    """One payer's answer. What payers before it settled is restated as OA-23."""
    lines = []
    for line, amount, split in zip(claim.lines, looked_at, splits, strict=True):
        before = _some(("OA", "23", line.charge_amount - amount))
        adjustments = _cas(before + split, more)
        paid = line.charge_amount - total(one.amount for one in adjustments)
        lines.append(
            LinePayment(
                charge_amount=line.charge_amount,
                paid_amount=paid,
                procedure=line.procedure,
                revenue_code=line.revenue_code,
                units=line.units,
                date=SERVICE,
                adjustments=adjustments,
                control_number=line.control_number,
                segment=20 + line.number,
            )
        )
    paid = total(line.paid_amount for line in lines)
    at_claim: dict[tuple[str, str], Decimal] = {}
    for service in lines:
        for one in service.adjustments:
            at_claim[one.group, one.reason] = at_claim.get((one.group, one.reason), ZERO) + one.amount
    summed = _cas([(group, reason, amount) for (group, reason), amount in at_claim.items()], more)
    return ClaimPayment(
        remittance=Remittance(
            payer_name=policy.payer.name,
            payer_ids=(policy.payer.id,),
            trace_number=f"TRACE{place}",
            payment_date=_DECIDED + dt.timedelta(days=5 * place),
            payment_amount=paid,
            file=f"answer-{place}.835",
        ),
        patient_control_number=claim.patient_control_number,
        status=str(place + 1),
        charge_amount=claim.charge_amount,
        paid_amount=paid,
        control_number=f"{policy.payer.id}ICN1",
        adjustments=() if by_line else summed,
        lines=tuple(lines) if by_line else (),
        outpatient=("", "", "MA01") if more else (),
        segment=12,
    )


def _cas(split: _Split, more: bool) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            group=group, reason=reason, amount=amount, quantity=Decimal(2) if more and n == 0 else None
        )
        for n, (group, reason, amount) in enumerate(split)
    )


def _adjustments(payment: ClaimPayment) -> list[Adjustment]:
    return [*payment.adjustments, *(one for line in payment.lines for one in line.adjustments)]

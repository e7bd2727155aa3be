"""Verify: the payment's arithmetic, and which line each service pays, whatever the order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, Provider, ServiceLine
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Payer, Person, Policy
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment, Procedure, Remittance
from nextpayer.verify import Verified, balance, match_lines, verify

DAY = dt.date(2025, 1, 10)
REMITTANCE = Remittance(payer_name="PRIME", payer_ids=("PRIME",))


def code(text: str, *modifiers: str, qualifier: str = "HC") -> Procedure:
    return Procedure(qualifier=qualifier, code=text, modifiers=modifiers)


def billed(
    number: int, text: str = "99213", charge: str = "100", day: dt.date = DAY, **more: object
) -> ServiceLine:
    dates = (DateFact(qualifier="472", format="D8", text="", start=day),)
    facts: dict[str, object] = {"procedure": code(text), "units": Decimal(1), "dates": dates, **more}
    return ServiceLine(number=number, charge_amount=Decimal(charge), **facts)  # type: ignore[arg-type]


def cas(*rows: str) -> tuple[Adjustment, ...]:
    """``"CO-45 20"`` and so on."""
    found = []
    for row in rows:
        head, amount = row.split()
        group, reason = head.split("-")
        found.append(Adjustment(group=group, reason=reason, amount=Decimal(amount)))
    return tuple(found)


def paid(line: ServiceLine, *adjustments: str, **more: object) -> LinePayment:
    """The service that answers a line, in balance unless told otherwise."""
    rows = cas(*adjustments)
    facts: dict[str, object] = {
        "charge_amount": line.charge_amount,
        "procedure": line.procedure,
        "revenue_code": line.revenue_code,
        "units": line.units,
        "date": line.service_date,
        "control_number": line.control_number,
        **more,
    }
    charge = facts["charge_amount"]
    assert isinstance(charge, Decimal)
    facts.setdefault("paid_amount", charge - sum((row.amount for row in rows), Decimal(0)))
    return LinePayment(adjustments=rows, **facts)  # type: ignore[arg-type]


def claim(*lines: ServiceLine) -> Claim:
    return Claim(
        kind=ClaimKind.PROFESSIONAL,
        patient_control_number="A1",
        charge_amount=sum((line.charge_amount for line in lines), Decimal(0)),
        billing=Billing(provider=Provider(role="85")),
        policy=Policy(payer=Payer(id="PRIME", name="PRIME"), holder=Person()),
        patient=Person(),
        lines=lines,
    )


def payment(*services: LinePayment, adjustments: tuple[Adjustment, ...] = (), **more: object) -> ClaimPayment:
    charge = sum((service.charge_amount for service in services), Decimal(0))
    on_claim = sum((row.amount for row in adjustments), Decimal(0))
    facts: dict[str, object] = {
        "status": "1",
        "charge_amount": charge,
        "segment": 14,
        "paid_amount": sum((service.paid_amount for service in services), Decimal(0)) - on_claim,
        **more,
    }
    return ClaimPayment(
        remittance=REMITTANCE,
        patient_control_number="A1",
        lines=services,
        adjustments=adjustments,
        **facts,  # type: ignore[arg-type]
    )


def ids(found: tuple[Finding, ...] | list[Finding]) -> list[str]:
    return [one.id for one in found]


def checked(whole: Claim, *payments: ClaimPayment) -> Verified:
    """The one verification, or the last of several."""
    return verify(whole, payments)[-1]


# --- which line a service pays ----------------------------------------------------------------------------


@st.composite
def numbered(draw: st.DrawFn) -> tuple[list[ServiceLine], list[int]]:
    """Lines with numbers of their own, and an order in which they are answered."""
    lines = [
        billed(
            n,
            draw(st.sampled_from(["99213", "99214"])),
            draw(st.sampled_from(["100", "50"])),
            control_number=f"L{n}",
        )
        for n in range(1, draw(st.integers(1, 6)) + 1)
    ]
    return lines, draw(st.permutations(range(len(lines))))


@given(numbered())
def test_with_line_numbers_the_order_does_not_matter(made: tuple[list[ServiceLine], list[int]]) -> None:
    lines, order = made
    services = tuple(paid(lines[n]) for n in order)
    assert match_lines(tuple(lines), services) == tuple(lines[n].number for n in order)


@given(numbered())
def test_a_line_number_is_stronger_than_code_day_and_charge(
    made: tuple[list[ServiceLine], list[int]],
) -> None:
    lines, order = made
    services = tuple(
        paid(lines[n], procedure=code("00000"), charge_amount=Decimal(7), date=dt.date(2001, 1, 1))
        for n in order
    )
    assert match_lines(tuple(lines), services) == tuple(lines[n].number for n in order)


@given(st.permutations(range(5)))
def test_without_line_numbers_different_services_are_told_apart_in_any_order(order: list[int]) -> None:
    lines = (
        billed(1, "99213"),
        billed(2, "99214"),
        billed(3, "99213", day=dt.date(2025, 1, 11)),
        billed(4, "99213", charge="120"),
        billed(5, "99213", procedure=code("99213", "25")),
    )
    assert match_lines(lines, tuple(paid(lines[n]) for n in order)) == tuple(n + 1 for n in order)


@given(st.permutations(range(4)))
def test_the_same_procedure_twice_pays_each_line_once(order: list[int]) -> None:
    lines = (billed(1), billed(2), billed(3, "99214"), billed(4))
    found = match_lines(lines, tuple(paid(lines[n]) for n in order))
    assert sorted(found) == [1, 2, 3, 4]
    assert found[order.index(2)] == 3


def test_a_code_that_the_payer_changed_is_found_by_what_was_submitted() -> None:
    lines = (billed(1, "99215"), billed(2, "99214"))
    services = (
        paid(lines[1], procedure=code("99213"), submitted_procedure=code("99214")),
        paid(lines[0], procedure=code("99213"), submitted_procedure=code("99215")),
    )
    assert match_lines(lines, services) == (2, 1)
    assert ids(checked(claim(*lines), payment(*services)).findings) == ["NP-PROCEDURE-CHANGED"] * 2


def test_a_code_changed_without_a_word_is_found_by_day_and_charge_when_only_one_line_fits() -> None:
    lines = (billed(1, "99215", charge="150"), billed(2, "99214"))
    assert match_lines(lines, (paid(lines[0], procedure=code("99213")), paid(lines[1]))) == (1, 2)


def test_a_code_changed_without_a_word_is_not_guessed_when_two_lines_fit() -> None:
    lines = (billed(1, "99215"), billed(2, "99214"))
    services = (paid(lines[0], procedure=code("A")), paid(lines[1], procedure=code("B")))
    assert match_lines(lines, services) == (0, 0)
    (finding,) = checked(claim(*lines), payment(replace(services[0], segment=20), services[1])).findings
    assert (finding.id, finding.severity, finding.where) == (
        "NP-LINE-UNMATCHED",
        Severity.REJECT,
        "segment 20",
    )


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4))
def test_a_line_split_into_several_services_is_recognised(parts: list[int]) -> None:
    lines = (billed(1, charge=str(sum(parts))), billed(2, "99214"))
    services = tuple(paid(lines[0], charge_amount=Decimal(part)) for part in parts)
    assert match_lines(lines, (*services, paid(lines[1]))) == (1,) * len(parts) + (2,)
    found = checked(claim(*lines), payment(*services, paid(lines[1])))
    assert ids(found.findings) == []


def test_a_line_split_into_other_codes_is_recognised_by_its_day() -> None:
    lines = (billed(1, "80053", charge="100"), billed(2, "99214", day=dt.date(2025, 1, 11)))
    parts = tuple(
        paid(lines[0], charge_amount=Decimal(part), procedure=code(name), submitted_procedure=code("80053"))
        for part, name in ((60, "80051"), (40, "82565"))
    )
    assert match_lines(lines, (paid(lines[1]), *parts)) == (2, 1, 1)


def test_parts_that_do_not_add_up_are_not_a_split() -> None:
    lines = (billed(1, charge="100"), billed(2, "99214"))
    parts = (paid(lines[0], charge_amount=Decimal(60)), paid(lines[0], charge_amount=Decimal(41)))
    assert match_lines(lines, (*parts, paid(lines[1]))) == (0, 0, 2)


def test_hospital_lines_are_matched_by_revenue_code() -> None:
    room = billed(1, procedure=None, revenue_code="0120", charge="500")
    pharmacy = billed(2, procedure=None, revenue_code="0250")
    supplies = billed(3, procedure=None, revenue_code="0270")
    lines = (room, pharmacy, supplies)
    by_code = tuple(
        paid(one, procedure=code(one.revenue_code, qualifier="NU"), revenue_code="") for one in lines
    )
    assert match_lines(lines, by_code[::-1]) == (3, 2, 1)
    assert match_lines(lines, tuple(paid(one) for one in reversed(lines))) == (3, 2, 1)


def test_a_line_bundled_into_another_names_it() -> None:
    lines = (billed(1, "80053"), billed(2, "80048", charge="40"))
    services = (
        paid(lines[0], "CO-45 20"),
        paid(lines[1], "CO-97 40", procedure=code("80053"), submitted_procedure=code("80048")),
    )
    found = checked(claim(*lines), payment(*services))
    assert (found.lines, found.bundled) == ((1, 2), (0, 1))
    unpaid = (replace(services[0], adjustments=cas("CO-45 100"), paid_amount=Decimal(0)), services[1])
    assert checked(claim(*lines), payment(*unpaid)).bundled == (0, 0), "nothing was paid instead"


# --- does it balance --------------------------------------------------------------------------------------

rows = st.lists(
    st.builds(
        lambda group, reason, amount: Adjustment(group=group, reason=reason, amount=Decimal(amount) / 100),
        st.sampled_from(["CO", "PR", "OA", "PI", "CR"]),
        st.sampled_from(["45", "1", "253"]),
        st.integers(-9999, 9999),
    ),
    max_size=4,
).map(tuple)


@given(st.lists(rows, max_size=4), rows, st.integers(-500, 500), st.integers(0, 3))
def test_a_payment_in_balance_has_no_finding_and_a_cent_off_has_one(
    lines: list[tuple[Adjustment, ...]], on_claim: tuple[Adjustment, ...], off: int, which: int
) -> None:
    hundred = billed(1)
    services = tuple(
        replace(
            paid(hundred),
            adjustments=some,
            paid_amount=Decimal(100) - sum((x.amount for x in some), Decimal(0)),
        )
        for some in lines
    )
    good = payment(*services, adjustments=on_claim)
    assert balance(good) == []
    wrong = Decimal(off) / 100
    if not off:
        return
    assert ids(balance(replace(good, paid_amount=good.paid_amount + wrong))) == ["NP-835-CLAIM-BALANCE"]
    if which < len(services):
        broken = replace(services[which], paid_amount=services[which].paid_amount + wrong, segment=20 + which)
        bad = replace(good, lines=(*services[:which], broken, *services[which + 1 :]))
        (finding,) = balance(bad)
        assert (finding.id, finding.where) == ("NP-835-LINE-BALANCE", f"segment {20 + which}")
        assert f"difference {-wrong:.2f}" in finding.message


def test_services_that_charge_something_else_than_the_claim() -> None:
    one = payment(paid(billed(1)), charge_amount=Decimal(110), paid_amount=Decimal(110))
    assert ids(balance(one)) == ["NP-835-LINE-CHARGES"]
    assert balance(replace(one, lines=())) == [], "a claim answered as a whole has no lines to compare"


def test_a_stated_patient_responsibility_that_differs_is_a_warning() -> None:
    one = payment(paid(billed(1), "PR-1 10", "PR-2 5"), patient_responsibility=Decimal(15))
    assert balance(one) == []
    (finding,) = balance(replace(one, patient_responsibility=Decimal(20)))
    assert (finding.id, finding.severity) == ("NP-835-PATIENT-RESPONSIBILITY", Severity.WARN)
    assert balance(replace(one, patient_responsibility=None)) == []
    assert balance(replace(one, patient_responsibility=Decimal(0), status="22")) == [], (
        "a reversal states none"
    )


# --- does it answer this claim ----------------------------------------------------------------------------


def test_a_payment_that_answers_everything_has_no_finding() -> None:
    lines = (billed(1), billed(2, "99214"))
    assert checked(claim(*lines), payment(*map(paid, lines))) == Verified(lines=(1, 2), bundled=(0, 0))


def test_another_charge_than_the_claims_is_rejected() -> None:
    whole = claim(billed(1))
    wrong = payment(charge_amount=Decimal(90), paid_amount=Decimal(90))
    (finding,) = checked(whole, wrong).findings
    assert (finding.id, finding.severity) == ("NP-CHARGE-DIFFERS", Severity.REJECT)


def test_a_claim_split_by_the_payer_is_compared_as_a_whole() -> None:
    lines = (billed(1), billed(2, "99214"), billed(3, "99215"))
    whole = claim(*lines)
    first, second = payment(paid(lines[0])), payment(paid(lines[1]), paid(lines[2]))
    assert [ids(found.findings) for found in verify(whole, (first, second))] == [[], []]
    assert ids(checked(whole, first).findings) == ["NP-CHARGE-DIFFERS", "NP-LINE-UNANSWERED"]


def test_a_line_that_was_not_answered_is_named() -> None:
    lines = (billed(1), billed(2, "99214"))
    (finding,) = checked(claim(*lines), payment(paid(lines[0]), charge_amount=Decimal(200))).findings[-1:]
    assert (finding.id, finding.where) == ("NP-LINE-UNANSWERED", "line 2")


def test_a_line_charge_that_differs_is_named_by_its_line() -> None:
    lines = (billed(1, control_number="L1"), billed(2, "99214", control_number="L2"))
    services = (paid(lines[0], charge_amount=Decimal(90)), paid(lines[1], charge_amount=Decimal(110)))
    found = checked(claim(*lines), payment(*services))
    assert [(one.id, one.where) for one in found.findings] == [
        ("NP-LINE-CHARGE-DIFFERS", "line 1"),
        ("NP-LINE-CHARGE-DIFFERS", "line 2"),
    ]


def test_units_that_differ_are_told() -> None:
    line = billed(1)
    (finding,) = checked(claim(line), payment(paid(line, units=Decimal(2)))).findings
    assert (finding.id, finding.severity) == ("NP-UNITS-DIFFER", Severity.INFO)


@given(numbered(), st.integers(0, 5))
def test_findings_never_name_a_patient_or_change_anything(
    made: tuple[list[ServiceLine], list[int]], n: int
) -> None:
    lines, order = made
    whole = claim(*lines)
    services = (*[paid(lines[at]) for at in order][:-1], paid(lines[n % len(lines)], "PR-3 1"))
    answer = payment(*services, patient_responsibility=Decimal(2))
    before = repr(whole), repr(answer)
    for found in verify(whole, (answer,)):
        for one in found.findings:
            assert one.source
            assert "A1" not in one.message + one.where
    assert (repr(whole), repr(answer)) == before

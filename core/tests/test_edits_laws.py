"""Laws of the balance edits: balanced claims pass, and a cent too many anywhere is found exactly there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, OtherPayer, Provider, ServiceLine
from nextpayer.edits import OUTGOING as EDITS
from nextpayer.finding import Severity
from nextpayer.money import CENT, ZERO, total
from nextpayer.policy import SEQUENCES, Payer, Person, Policy
from nextpayer.remittance import Adjudication, Adjustment, LineAdjudication, Procedure
from nextpayer.scrub import scrub

SERVICE, DECIDED = dt.date(2025, 1, 10), dt.date(2025, 2, 1)
VISIT = Procedure(qualifier="HC", code="99213")
HOLDER = Person(last="L", first="F")
REASONS = ("1", "2", "3", "23", "45", "97", "253", "B22")
SUMS = frozenset({"NP-E-BALANCE-CHARGE", "NP-E-BALANCE-LINE", "NP-E-BALANCE-PAID", "NP-E-BALANCE-CLAIM"})

amounts = st.integers(1, 500_000).map(lambda cents: cents * CENT)


@st.composite
def adjustments_of(draw: st.DrawFn, amount: Decimal) -> tuple[Adjustment, ...]:
    """Adjustments, negative ones among them, none of them zero, that add up to the amount."""
    parts = draw(
        st.lists(st.integers(-20_000, 20_000).filter(bool).map(lambda cents: cents * CENT), max_size=5)
    )
    rest = amount - total(parts)
    if rest:
        parts.append(rest)
    groups = st.sampled_from(("CO", "OA", "PI", "PR"))
    return tuple(
        Adjustment(group=draw(groups), reason=draw(st.sampled_from(REASONS)), amount=part) for part in parts
    )


@st.composite
def decisions_on(draw: st.DrawFn, line: ServiceLine) -> tuple[LineAdjudication, ...]:
    """One decision on the line, or several that share its charge (an unbundled line)."""
    cuts = draw(st.lists(st.integers(1, 500_000).map(lambda cents: cents * CENT), max_size=2))
    shares = [*cuts, line.charge_amount - total(cuts)]
    found = []
    for share in shares:
        paid = draw(st.integers(0, 500_000)) * CENT
        found.append(
            LineAdjudication(
                line=line.number, paid_amount=paid, adjustments=draw(adjustments_of(share - paid)),
                procedure=VISIT, units=Decimal(1), date=DECIDED,
            )
        )  # fmt: skip
    return tuple(found)


@st.composite
def answers_to(draw: st.DrawFn, lines: tuple[ServiceLine, ...]) -> Adjudication:
    """A balanced answer: by claim, by line, or at both levels."""
    charge = total(line.charge_amount for line in lines)
    if draw(st.booleans()):
        paid = draw(st.integers(0, 500_000)) * CENT
        return Adjudication(paid_amount=paid, adjustments=draw(adjustments_of(charge - paid)), date=DECIDED)
    decisions = tuple(decision for line in lines for decision in draw(decisions_on(line)))
    on_claim = draw(st.one_of(st.just(()), adjustments_of(draw(amounts))))
    paid = total(one.paid_amount for one in decisions) - total(one.amount for one in on_claim)
    return Adjudication(paid_amount=paid, adjustments=on_claim, lines=decisions)


def policy(place: int) -> Policy:
    return Policy(
        payer=Payer(id=f"10{place}", name="PAYER"), holder=HOLDER, sequence=SEQUENCES[place], member_id="1",
        patient_relationship="18", filing_indicator="CI",
    )  # fmt: skip


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """A claim that one to three payers have answered, each of them balanced."""
    dates = (DateFact(qualifier="472", format="D8", text="20250110", start=SERVICE),)
    charges = draw(st.lists(amounts, min_size=1, max_size=4))
    lines = tuple(
        ServiceLine(number=number, charge_amount=charge, procedure=VISIT, units=Decimal(1), dates=dates)
        for number, charge in enumerate(charges, 1)
    )
    payers = draw(st.integers(1, 3))
    return Claim(
        kind=ClaimKind.PROFESSIONAL, patient_control_number="1", charge_amount=total(charges), patient=HOLDER,
        billing=Billing(provider=Provider(role="85", last="CLINIC")), policy=policy(payers), lines=lines,
        benefits_assigned="Y", release="Y",
        other_payers=tuple(
            OtherPayer(
                policy=policy(place), adjudication=draw(answers_to(lines)), benefits_assigned="Y", release="Y"
            )
            for place in range(payers)
        ),
    )  # fmt: skip


def out_of_balance(claim: Claim) -> set[tuple[str, str]]:
    return {(finding.id, finding.where) for finding in scrub(claim, EDITS) if finding.id in SUMS}


def with_answer(claim: Claim, at: int, answer: Adjudication) -> Claim:
    others = list(claim.other_payers)
    others[at] = replace(others[at], adjudication=answer)
    return replace(claim, other_payers=tuple(others))


def adjudicated(claim: Claim, at: int) -> Adjudication:
    answer = claim.other_payers[at].adjudication
    assert answer is not None
    return answer


def moved(adjustments: tuple[Adjustment, ...], at: int, by: Decimal) -> tuple[Adjustment, ...]:
    one = replace(adjustments[at], amount=adjustments[at].amount + by)
    return (*adjustments[:at], one, *adjustments[at + 1 :])


@given(claims())
def test_no_balanced_claim_is_held(claim: Claim) -> None:
    assert [finding for finding in scrub(claim, EDITS) if finding.severity is Severity.REJECT] == []


@given(claims(), st.data(), st.sampled_from((CENT, -CENT)))
def test_a_cent_in_what_a_payer_paid_in_all_is_found_at_that_payer(
    claim: Claim, data: st.DataObject, by: Decimal
) -> None:
    at = data.draw(st.integers(0, len(claim.other_payers) - 1))
    answer = adjudicated(claim, at)
    loop = f"2320 {SEQUENCES[at]}"
    expected = {("NP-E-BALANCE-CLAIM", loop)}
    if answer.lines:
        expected.add(("NP-E-BALANCE-PAID", f"{loop} AMT*D"))
    paid = (answer.paid_amount or ZERO) + by
    assert out_of_balance(with_answer(claim, at, replace(answer, paid_amount=paid))) == expected


@given(claims(), st.data(), st.sampled_from((CENT, -CENT)))
def test_a_cent_in_a_claim_level_adjustment_is_found_at_that_payer(
    claim: Claim, data: st.DataObject, by: Decimal
) -> None:
    at = data.draw(st.integers(0, len(claim.other_payers) - 1))
    answer = adjudicated(claim, at)
    assume(answer.adjustments)
    loop = f"2320 {SEQUENCES[at]}"
    expected = {("NP-E-BALANCE-CLAIM", loop)}
    if answer.lines:
        expected.add(("NP-E-BALANCE-PAID", f"{loop} AMT*D"))
    adjustments = moved(answer.adjustments, data.draw(st.integers(0, len(answer.adjustments) - 1)), by)
    assert out_of_balance(with_answer(claim, at, replace(answer, adjustments=adjustments))) == expected


@given(claims(), st.data(), st.sampled_from((CENT, -CENT)))
def test_a_cent_in_a_line_decision_is_found_on_that_line(
    claim: Claim, data: st.DataObject, by: Decimal
) -> None:
    at = data.draw(st.integers(0, len(claim.other_payers) - 1))
    answer = adjudicated(claim, at)
    assume(answer.lines)
    loop = f"2320 {SEQUENCES[at]}"
    which = data.draw(st.integers(0, len(answer.lines) - 1))
    decision = answer.lines[which]
    expected = {("NP-E-BALANCE-LINE", f"2430 line {decision.line}")}
    nth = data.draw(st.integers(-1, len(decision.adjustments) - 1))
    if nth >= 0:
        changed = replace(decision, adjustments=moved(decision.adjustments, nth, by))
        expected.add(("NP-E-BALANCE-CLAIM", loop))
    else:
        changed = replace(decision, paid_amount=decision.paid_amount + by)
        expected.add(("NP-E-BALANCE-PAID", f"{loop} AMT*D"))
    lines = (*answer.lines[:which], changed, *answer.lines[which + 1 :])
    assert out_of_balance(with_answer(claim, at, replace(answer, lines=lines))) == expected


@given(claims(), st.data())
def test_a_cent_in_a_line_charge_is_found_for_every_payer(claim: Claim, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(claim.lines) - 1))
    line = replace(claim.lines[which], charge_amount=claim.lines[which].charge_amount + CENT)
    changed = replace(
        claim,
        lines=(*claim.lines[:which], line, *claim.lines[which + 1 :]),
        charge_amount=claim.charge_amount + CENT,
    )
    expected = {("NP-E-BALANCE-CLAIM", f"2320 {SEQUENCES[at]}") for at in range(len(claim.other_payers))}
    if any(adjudicated(claim, at).lines for at in range(len(claim.other_payers))):
        expected.add(("NP-E-BALANCE-LINE", f"2430 line {line.number}"))
    assert out_of_balance(changed) == expected


@given(claims())
def test_scrubbing_twice_finds_the_same(claim: Claim) -> None:
    first = scrub(claim, EDITS)
    assert scrub(replace(claim), EDITS) == first
    assert scrub(claim, EDITS) == first

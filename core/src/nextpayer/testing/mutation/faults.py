"""The faults that are seeded: what goes wrong in secondary claims, one small function each."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from nextpayer.adapter import Deadline
from nextpayer.claim import Claim, OtherPayer, ServiceLine
from nextpayer.coordinate import Expectation
from nextpayer.finding import Finding, Severity
from nextpayer.money import CENT, ZERO, total
from nextpayer.remittance import Adjudication, Adjustment, LineAdjudication
from nextpayer.scrub import Edit
from nextpayer.testing.mutation.mutant import Mutant

__all__ = ["MUTANTS"]

_OtherFault = Callable[[OtherPayer], OtherPayer]
_LineFault = Callable[[ServiceLine], ServiceLine]
_SWAPPED = {"CO": "PR", "PR": "CO", "OA": "PI", "PI": "OA"}
_counter = itertools.count()


def _first_decided(fault: Callable[[Adjudication], Adjudication | None]) -> Callable[[Claim], Claim]:
    """The claim with a fault in the first payer's decision."""

    def change(claim: Claim) -> Claim:
        others = list(claim.other_payers)
        for at, other in enumerate(others):
            if other.adjudication is not None:
                others[at] = replace(other, adjudication=fault(other.adjudication))
                break
        return replace(claim, other_payers=tuple(others))

    return change


def _first_other(fault: _OtherFault) -> Callable[[Claim], Claim]:
    def change(claim: Claim) -> Claim:
        return replace(claim, other_payers=(*map(fault, claim.other_payers[:1]), *claim.other_payers[1:]))

    return change


def _first_line(fault: _LineFault) -> Callable[[Claim], Claim]:
    def change(claim: Claim) -> Claim:
        return replace(claim, lines=(fault(claim.lines[0]), *claim.lines[1:]))

    return change


def _policy(**fields: Any) -> Callable[[Claim], Claim]:
    return lambda claim: replace(claim, policy=replace(claim.policy, **fields))


def _cas(fault: Callable[[tuple[Adjustment, ...]], tuple[Adjustment, ...]]) -> Callable[[Claim], Claim]:
    """A fault in the first adjustments of the first decision, at whichever level they stand."""

    def change(told: Adjudication) -> Adjudication:
        if told.adjustments:
            return replace(told, adjustments=fault(told.adjustments))
        lines = list(told.lines)
        for at, line in enumerate(lines):
            if line.adjustments:
                lines[at] = replace(line, adjustments=fault(line.adjustments))
                break
        return replace(told, lines=tuple(lines))

    return _first_decided(change)


def _first(**fields: Any) -> Callable[[Claim], Claim]:
    """The first adjustment with other fields."""
    return _cas(lambda cas: (replace(cas[0], **fields), *cas[1:]))


def _on_first(fault: Callable[[Adjustment], Adjustment]) -> Callable[[Claim], Claim]:
    return _cas(lambda cas: (fault(cas[0]), *cas[1:]))


def _told_line(**fields: Any) -> Callable[[Claim], Claim]:
    """The first line's decision with other fields."""
    return _first_decided(
        lambda told: replace(told, lines=(*(replace(x, **fields) for x in told.lines[:1]), *told.lines[1:]))
    )


def _paid(told: Adjudication) -> Adjudication:
    return replace(told, paid_amount=(told.paid_amount or ZERO) + CENT)


def _line_paid(told: Adjudication) -> Adjudication:
    lines = tuple(replace(x, paid_amount=x.paid_amount + CENT) for x in told.lines[:1]) + told.lines[1:]
    return replace(told, lines=lines)


def _shifted(told: Adjudication) -> Adjudication:
    """A cent from the first adjustment to what was paid: it still balances."""
    if not told.adjustments:
        return told
    one = replace(told.adjustments[0], amount=told.adjustments[0].amount - CENT)
    return replace(
        told, paid_amount=(told.paid_amount or ZERO) + CENT, adjustments=(one, *told.adjustments[1:])
    )


def _raised(told: Adjudication) -> Adjudication:
    """Line adjustments told at claim level: it still balances."""
    lines = tuple(replace(line, adjustments=()) for line in told.lines)
    up = tuple(one for line in told.lines for one in line.adjustments)
    return replace(told, lines=lines, adjustments=told.adjustments + up)


def _flattened(told: Adjudication) -> Adjudication:
    """The lines' decisions summed up at claim level, as if the payer had not decided by line."""
    if not told.lines:
        return told
    up = tuple(one for line in told.lines for one in line.adjustments)
    return replace(told, lines=(), adjustments=told.adjustments + up, date=told.lines[0].date)


def _undated(told: Adjudication) -> Adjudication:
    lines: tuple[LineAdjudication, ...] = tuple(replace(line, date=None) for line in told.lines)
    return replace(told, date=None, lines=lines)


def _unliable(told: Adjudication) -> Adjudication:
    lines = tuple(replace(line, remaining_liability=None) for line in told.lines)
    return replace(told, remaining_liability=None, lines=lines)


def _without_f8(other: OtherPayer) -> OtherPayer:
    return replace(other, references=tuple(r for r in other.references if r.qualifier != "F8"))


def _with_f8(claim: Claim) -> Claim:
    numbers = tuple(r for other in claim.other_payers for r in other.references if r.qualifier == "F8")
    return replace(claim, references=claim.references + numbers)


def _fewer_lines(claim: Claim) -> Claim:
    lines = claim.lines[:-1]
    return (
        replace(claim, lines=lines, charge_amount=total(x.charge_amount for x in lines)) if lines else claim
    )


def _dearer(claim: Claim) -> Claim:
    line = replace(claim.lines[0], charge_amount=claim.lines[0].charge_amount + CENT)
    return replace(claim, lines=(line, *claim.lines[1:]), charge_amount=claim.charge_amount + CENT)


def _reduced(claim: Claim) -> Claim:
    """Billed for what is left instead of the full charge: the article's mistake."""
    told = next((o.adjudication for o in claim.other_payers if o.adjudication is not None), None)
    if told is None or len(claim.lines) > 1 or not told.paid_amount:
        return claim
    left = claim.charge_amount - told.paid_amount
    return replace(claim, charge_amount=left, lines=(replace(claim.lines[0], charge_amount=left),))


def _turned(claim: Claim) -> Claim:
    lines = tuple(replace(line, number=n) for n, line in enumerate(reversed(claim.lines), 1))
    return replace(claim, lines=lines)


def _other_procedure(line: ServiceLine) -> ServiceLine:
    if line.procedure is None:
        return line
    return replace(line, procedure=replace(line.procedure, code="99499"))


def _no_modifier(line: ServiceLine) -> ServiceLine:
    return replace(line, procedure=replace(line.procedure, modifiers=())) if line.procedure else line


def _group_as_modifier(line: ServiceLine) -> ServiceLine:
    """CO appended to the procedure, as billing articles say."""
    return replace(line, procedure=replace(line.procedure, modifiers=("CO",))) if line.procedure else line


def _patient_pays(owed: Expectation) -> Expectation:
    return replace(owed, patient=(owed.patient or ZERO) + owed.amount + CENT)


def _late(limit: Deadline | None) -> Deadline | None:
    return None if limit is None else replace(limit, day=limit.day + dt.timedelta(days=1))


def _early(limit: Deadline | None) -> Deadline | None:
    return None if limit is None else replace(limit, day=limit.day - dt.timedelta(days=1))


def _objecting(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    more = Finding(id="X-NEVER", severity=Severity.REJECT, where="2000B", message="no", source="nobody")
    return (*findings, more)


def _kept(**fields: Any) -> Callable[[tuple[Finding, ...]], tuple[Finding, ...]]:
    return lambda findings: tuple(replace(one, **fields) for one in findings)


def _flaky(claim: Claim) -> Claim:
    return replace(claim, accepts_assignment="AC"[next(_counter) % 2])


def _flaky_amount(owed: Expectation) -> Expectation:
    return replace(owed, amount=owed.amount + CENT * (next(_counter) % 2))


def _growing(claim: Claim) -> Claim:
    return replace(claim, carried=(*claim.carried, "NTE*ADD*AGAIN"))


def _touched(claim: Claim) -> Claim:
    """Changes the claim it was given, frozen or not."""
    object.__setattr__(claim, "facility_code", "99")
    return claim


def _reading(claim: Claim) -> Claim:
    with open(__file__, encoding="utf-8") as file:  # noqa: PTH123 - what a careless adapter would do
        return replace(claim, frequency="1" if file.read(1) else "7")


def _failing(owed: Expectation) -> Expectation:
    if not owed.amount:
        raise ZeroDivisionError("a rate of nothing")
    raise KeyError("terms")


def _edits_reject(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    return (
        *edits,
        Edit(id="X-ALWAYS", title="no", check=lambda claim: iter([("2300", "no")]), source="nobody"),
    )


def _m(name: str, says: str, spoils: str, change: Callable[[Any], object]) -> Mutant[Any]:
    return Mutant(name=name, says=says, spoils=spoils, change=change)


MUTANTS: tuple[Mutant[Any], ...] = (
    # the earlier payers' decisions
    _m("paid-a-cent-more", "AMT*D is a cent too high", "claim", _first_decided(_paid)),
    _m("line-paid-a-cent-more", "SVD02 is a cent too high", "claim", _first_decided(_line_paid)),
    _m("cent-from-cas-to-paid", "a cent goes from the CAS to the payment, and it balances", "claim", _first_decided(_shifted)),
    _m("cas-dropped", "the first adjustment is left out", "claim", _cas(lambda cas: cas[1:])),
    _m("cas-doubled", "the first adjustment stands twice", "claim", _cas(lambda cas: (*cas[:1], *cas))),
    _m("cas-a-cent-more", "an adjustment is a cent too high", "claim", _on_first(lambda a: replace(a, amount=a.amount + CENT))),
    _m("cas-group-swapped", "PR becomes CO, CO becomes PR", "claim", _on_first(lambda a: replace(a, group=_SWAPPED.get(a.group, "OA")))),
    _m("cas-reason-changed", "another reason code", "claim", _first(reason="253")),
    _m("cas-quantity-dropped", "the adjusted quantity is lost", "claim", _first(quantity=None)),
    _m("cas-quantity-changed", "another adjusted quantity", "claim", _first(quantity=Decimal(7))),
    _m("cas-order-turned", "the adjustments in another order", "claim", _cas(lambda cas: cas[::-1])),
    _m("cas-at-the-wrong-level", "line adjustments at claim level", "claim", _first_decided(_raised)),
    _m("lines-summed-up", "the lines' decisions as one of the claim", "claim", _first_decided(_flattened)),
    _m("decided-units-changed", "SVD05 is another quantity", "claim", _told_line(units=Decimal(9))),
    _m("decided-procedure-dropped", "SVD03 is lost", "claim", _told_line(procedure=None)),
    _m("decision-on-another-line", "a decision stands on another line", "claim", _told_line(line=2)),
    _m("decision-dropped", "a payer without its decision", "claim", _first_decided(lambda told: None)),
    _m("decision-date-dropped", "DTP*573 is lost", "claim", _first_decided(_undated)),
    _m("liability-dropped", "AMT*EAF is lost", "claim", _first_decided(_unliable)),
    _m("remarks-dropped", "MOA is lost", "claim", _first_decided(lambda told: replace(told, outpatient=()))),
    # the payers
    _m("payer-dropped", "an earlier payer is left out", "claim", lambda claim: replace(claim, other_payers=claim.other_payers[1:])),
    _m("earlier-payer-renumbered", "an earlier payer in another place", "claim", _first_other(lambda o: replace(o, policy=replace(o.policy, sequence="T")))),
    _m("earlier-filing-indicator", "an earlier payer with another filing indicator", "claim", _first_other(lambda o: replace(o, policy=replace(o.policy, filing_indicator="ZZ")))),
    _m("earlier-payer-id", "an earlier payer under another id", "claim", _first_other(lambda o: replace(o, policy=replace(o.policy, payer=replace(o.policy.payer, id="OTHER"))))),
    _m("missing-ref-f8", "2330B REF*F8 is lost", "claim", _first_other(_without_f8)),
    _m("assignment-in-oi-dropped", "OI03 is lost", "claim", _first_other(lambda o: replace(o, benefits_assigned=""))),
    _m("wrong-sequence", "the claim says that it is for the first payer", "claim", _policy(sequence="P")),
    _m("wrong-filing-indicator", "SBR09 is another one", "claim", _policy(filing_indicator="ZZ")),
    _m("wrong-insurance-type", "SBR05 is another reason", "claim", _policy(insurance_type="47")),
    _m("wrong-payer", "the claim goes to another payer", "claim", lambda claim: replace(claim, policy=replace(claim.policy, payer=replace(claim.policy.payer, id="OTHER")))),
    _m("wrong-member-id", "another member id", "claim", _policy(member_id="1EG4TE5MK72")),
    _m("wrong-relationship", "the patient is a child", "claim", _policy(patient_relationship="19")),
    # the claim as billed
    _m("ref-f8-in-2300", "the earlier payer's claim number as this payer's", "claim", _with_f8),
    _m("frequency-7", "sent as a replacement", "claim", lambda claim: replace(claim, frequency="7")),
    _m("charge-a-cent-more", "the charge is a cent too high", "claim", _dearer),
    _m("billed-for-the-balance", "billed for what is left", "claim", _reduced),
    _m("line-dropped", "a service is left out", "claim", _fewer_lines),
    _m("lines-turned", "the services in another order", "claim", _turned),
    _m("procedure-changed", "another procedure", "claim", _first_line(_other_procedure)),
    _m("modifier-dropped", "the modifier is lost", "claim", _first_line(_no_modifier)),
    _m("group-as-modifier", "the group code as a procedure modifier", "claim", _first_line(_group_as_modifier)),
    _m("units-changed", "another quantity", "claim", _first_line(lambda x: replace(x, units=Decimal(9)))),
    _m("line-number-dropped", "REF*6R is lost", "claim", _first_line(lambda x: replace(x, control_number=""))),
    _m("line-note-dropped", "a line's other segments are lost", "claim", _first_line(lambda x: replace(x, carried=()))),
    _m("note-dropped", "the claim's other segments are lost", "claim", lambda claim: replace(claim, carried=())),
    _m("diagnosis-dropped", "a diagnosis is lost", "claim", lambda claim: replace(claim, codes=claim.codes[1:])),
    _m("provider-dropped", "the rendering provider is lost", "claim", lambda claim: replace(claim, providers=())),
    _m("birth-date-changed", "another birth date", "claim", lambda claim: replace(claim, patient=replace(claim.patient, birth_date=dt.date(1951, 2, 15)))),
    _m("control-number-changed", "CLM01 is another one", "claim", lambda claim: replace(claim, patient_control_number="OTHER")),
    _m("assignment-changed", "the provider does not accept assignment", "claim", lambda claim: replace(claim, accepts_assignment="C")),
    _m("claim-flaky", "the claim changes from call to call", "claim", _flaky),
    _m("claim-grows", "every preparing adds a segment", "claim", _growing),
    _m("input-changed", "the claim that was given is changed", "claim", _touched),
    Mutant(name="reads-a-file", says="reads a file", spoils="claim", change=_reading, silent=True),
    # what is expected
    _m("expected-negative", "a negative amount", "expectation", lambda owed: replace(owed, amount=-CENT)),
    _m("expected-a-cent-more", "a cent too much", "expectation", lambda owed: replace(owed, amount=owed.amount + CENT)),
    _m("expected-a-cent-less", "a cent too little", "expectation", lambda owed: replace(owed, amount=owed.amount - CENT)),
    _m("expected-nothing", "always nothing", "expectation", lambda owed: replace(owed, amount=ZERO)),
    _m("expected-a-fortune", "far above the charge", "expectation", lambda owed: replace(owed, amount=Decimal("999999.00"))),
    _m("expected-flaky", "the amount changes from call to call", "expectation", _flaky_amount),
    _m("expected-a-float", "a binary float", "expectation", lambda owed: replace(owed, amount=float(owed.amount))),
    _m("expected-a-tenth-cent", "a tenth of a cent", "expectation", lambda owed: replace(owed, amount=owed.amount + Decimal("0.001"))),
    _m("patient-above-liability", "the patient owes more than was left", "expectation", lambda owed: replace(owed, patient=Decimal("99999.00"))),
    _m("patient-pays-the-payers-part", "what the payer owes is asked of the patient too", "expectation", _patient_pays),
    _m("patient-negative", "the patient owes less than nothing", "expectation", lambda owed: replace(owed, patient=-CENT)),
    _m("no-terms", "an amount without its terms", "expectation", lambda owed: replace(owed, terms=())),
    _m("no-source", "an amount without a source", "expectation", lambda owed: replace(owed, source="")),
    _m("no-method", "an amount without a method", "expectation", lambda owed: replace(owed, method="")),
    _m("expected-raises", "an exception", "expectation", _failing),
    # what is decided
    _m("never-objects", "every objection is dropped", "objections", lambda findings: ()),
    _m("objections-only-warn", "objections do not hold the claim", "objections", _kept(severity=Severity.WARN)),
    _m("objections-uncoded", "objections without a code", "objections", _kept(id="")),
    _m("objections-unsourced", "objections without a source", "objections", _kept(source="")),
    _m("always-objects", "every claim is refused", "objections", _objecting),
    _m("a-day-late", "the last day is a day late", "deadline", _late),
    _m("a-day-early", "the last day is a day early", "deadline", _early),
    _m("no-deadline", "no last day", "deadline", lambda limit: None),
    _m("deadline-unsourced", "the last day has no source", "deadline", lambda limit: limit and replace(limit, source="")),
    _m("deadline-unnamed", "the last day has no rule", "deadline", lambda limit: limit and replace(limit, rule="")),
    _m("edits-dropped", "the adapter's edits are left out", "edits", lambda edits: ()),
    _m("edits-reject-everything", "an edit that rejects every claim", "edits", _edits_reject),
)  # fmt: skip

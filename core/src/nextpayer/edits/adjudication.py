"""Adjudication: who has answered, what it paid in all, and when.

Line decisions carry their own date (2430 DTP*573), and then 2330B carries none; a decision without lines is
dated in 2330B. A payer that was not billed, because the destination's policy allows to bypass it, has AMT*A8
for the whole charge and nothing else (X12 RFI 1999). That a date is not after today is asked when the claim
is decided: an edit sees only the claim.
"""

from __future__ import annotations

import datetime as dt

from nextpayer.claim import Claim
from nextpayer.edits.look import STEDI, STEDI_API, Faults, Look
from nextpayer.edits.seen import MEDICARE, RANKS, Answer, answers, place
from nextpayer.finding import Severity
from nextpayer.money import ZERO, dollars

__all__ = ["EDITS"]

_WHAT_IT_PAID = "a plan asks to be repaid, and what it paid (2320 AMT*D) is missing"


def walk(claim: Claim) -> Faults:
    found = answers(claim)
    destination = claim.policy
    if destination.sequence != "P" and len(found) < len(claim.other_payers):
        yield from _unanswered(claim)
    if not found:
        if claim.billing.pay_to_plan:
            yield "NP-E-PAY-TO-PLAN", "2010AC", _WHAT_IT_PAID
        return
    first, last = _service(claim)
    for answer in found:
        decision = answer.decision
        paid, day = decision.paid_amount, decision.date
        if destination.sequence == "P":
            message = f"the claim goes to the primary payer and holds another's decision ({answer.name})"
            yield "NP-E-OTHER-TO-PRIMARY", answer.loop, message
        if decision.non_covered_amount is not None:
            yield from _bypassed(claim, answer)
            if answer.bypassed:
                continue
        if paid is None:
            message = f"what the payer paid is missing; 0 if it paid nothing ({answer.name})"
            yield "NP-E-PAID-MISSING", f"{answer.loop} AMT*D", message
        else:
            if paid < ZERO:
                message = f"paid {dollars(paid)} is below zero ({answer.name})"
                yield "NP-E-PAID-NEGATIVE-IN-ALL", f"{answer.loop} AMT*D", message
            elif paid > claim.charge_amount:
                message = (
                    f"paid {dollars(paid)} is more than the charge {dollars(claim.charge_amount)} "
                    f"({answer.name}): difference {dollars(paid - claim.charge_amount)}"
                )
                yield "NP-E-PAID-ABOVE-CHARGE", f"{answer.loop} AMT*D", message
        if answer.first_day is None:
            message = f"the adjudication date stands neither here nor on a line ({answer.name})"
            yield "NP-E-DATE-MISSING", f"{answer.loop} DTP*573", message
        elif last is not None and answer.first_day < last:
            yield from _before_service(claim, answer, first or last)
        if day is not None and answer.dated:
            message = f"{answer.dated} line decisions are dated too; only they keep the date ({answer.name})"
            yield "NP-E-DATE-TWICE", f"{answer.loop} DTP*573", message
    if claim.billing.pay_to_plan and not any(answer.decision.paid_amount is not None for answer in found):
        yield "NP-E-PAY-TO-PLAN", "2010AC", _WHAT_IT_PAID


def _unanswered(claim: Claim) -> Faults:
    """Medicare may be billed for a conditional payment before an accident payer has answered."""
    if claim.policy.filing_indicator in MEDICARE:
        return
    rank = RANKS.get(claim.policy.sequence, 0)
    for other in claim.other_payers:
        if other.adjudication is None and RANKS.get(other.policy.sequence, rank) < rank:
            message = f"a payer before the one billed has no decision (payer {other.policy.payer.id})"
            yield "NP-E-ANSWER-MISSING", place(other.policy), message


def _service(claim: Claim) -> tuple[dt.date | None, dt.date | None]:
    """The first days of the earliest and the latest service; the claim's first day where no line has one."""
    first: dt.date | None = None
    last: dt.date | None = None
    for line in claim.lines:
        for fact in line.dates:
            if fact.qualifier == "472" and (day := fact.start) is not first and day is not None:
                if first is None or last is None:
                    first = last = day
                elif day > last:
                    last = day
                elif day < first:
                    first = day
    if first is None:
        first = last = claim.service_from
    return first, last


def _before_service(claim: Claim, answer: Answer, first: dt.date) -> Faults:
    day = answer.decision.date
    if day is not None and day < first:
        message = f"the payer decided on {day}, before the service on {first} ({answer.name})"
        yield "NP-E-DATE-BEFORE-SERVICE", f"{answer.loop} DTP*573", message
    days = {line.number: line.service_date or first for line in claim.lines}
    for line in answer.decision.lines:
        service = days.get(line.line, first)
        if line.date is not None and line.date < service:
            message = f"the payer decided on {line.date}, before the service on {service} ({answer.name})"
            yield "NP-E-DATE-BEFORE-SERVICE", f"2430 line {line.line} DTP*573", message


def _bypassed(claim: Claim, answer: Answer) -> Faults:
    decision = answer.decision
    amount = decision.non_covered_amount or ZERO
    if answer.bypassed and amount != claim.charge_amount:
        message = (
            f"non-covered {dollars(amount)} is not the charge {dollars(claim.charge_amount)} "
            f"({answer.name}): difference {dollars(claim.charge_amount - amount)}"
        )
        yield "NP-E-BYPASS-AMOUNT", f"{answer.loop} AMT*A8", message
    for present, what in (
        (decision.paid_amount is not None, "a paid amount (AMT*D)"),
        (decision.adjustments, "adjustments (CAS)"),
        (decision.lines, "line decisions (2430)"),
        (decision.date is not None, "an adjudication date (DTP*573)"),
        (decision.remaining_liability is not None, "a remaining liability (AMT*EAF)"),
    ):
        if present:
            message = f"a payer that was not billed cannot have {what} ({answer.name})"
            yield "NP-E-BYPASS-ALONE", f"{answer.loop} AMT*A8", message


_look = Look(walk)
_DATE_MISSING = STEDI + "claim-edit-missing-other-payer-adjudication-date-in-cob-claims"

EDITS = (
    _look.edit(
        id="NP-E-ANSWER-MISSING", title="Every payer before the one billed has answered",
        source=_DATE_MISSING + "; Medicare excepted: 42 CFR 411.45, 411.52, 411.53, 411.165",
    ),
    _look.edit(
        id="NP-E-OTHER-TO-PRIMARY", title="A claim to the primary payer holds no other payer's decision",
        source="Procentive: COB claim failed to balance",
    ),
    _look.edit(
        id="NP-E-PAID-MISSING", title="What an earlier payer paid is stated, 0 included",
        source="X12 RFI 1115, 1294; RevManagement: missing prior payment amount",
    ),
    _look.edit(
        id="NP-E-PAID-NEGATIVE-IN-ALL", title="A payer's paid amount is zero or more", severity=Severity.WARN,
        source="Encounter data rule: AMT*D zero or more",
    ),
    _look.edit(
        id="NP-E-PAID-ABOVE-CHARGE", title="No payer paid more than the charge", severity=Severity.WARN,
        source="Encounter data rule: AMT*D not above CLM02",
    ),
    _look.edit(
        id="NP-E-DATE-MISSING", title="An earlier payer's adjudication date is stated",
        source=_DATE_MISSING,
    ),
    _look.edit(
        id="NP-E-DATE-TWICE", title="The adjudication date stands at one level",
        source=STEDI + "claim-edit-adjudication-date-at-both-the-claim-and-service-line-level",
    ),
    _look.edit(
        id="NP-E-DATE-BEFORE-SERVICE", title="No payer decided before the service",
        source="Encounter data rule: valid adjudication date",
    ),
    _look.edit(
        id="NP-E-BYPASS-AMOUNT", title="The non-covered amount of a bypassed payer is the whole charge",
        source=STEDI_API + "; X12 RFI 1999",
    ),
    # X12's own MSP example has the amount beside a decision, which must then balance like any other.
    _look.edit(
        id="NP-E-BYPASS-ALONE", title="A payer with a non-covered amount in all has no decision",
        source="X12 RFI 1999", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-PAY-TO-PLAN", title="A plan that asks to be repaid states what it paid",
        source=STEDI_API,
    ),
)  # fmt: skip

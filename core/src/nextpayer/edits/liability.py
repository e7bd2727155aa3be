"""Liability: what remains for the next payer or the patient after another payer's answer (AMT*EAF).

It is the provider's own figure and outside all balancing (X12 RFI 985). It stands where the payer's
information does: on the lines if the payer decided lines, else on the claim, never on both (X12 RFI 1353,
1391, 1517).
"""

from __future__ import annotations

from decimal import Decimal

from nextpayer.claim import Claim
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.edits.seen import Answer, answers
from nextpayer.finding import Severity
from nextpayer.money import ZERO, dollars

__all__ = ["EDITS"]


def walk(claim: Claim) -> Faults:
    for answer in answers(claim):
        amount = answer.decision.remaining_liability
        if amount is None and not answer.liable_lines:
            continue
        where = f"{answer.loop} AMT*EAF"
        if amount is not None and answer.liable_lines:
            message = (
                f"the remaining liability also stands on {answer.liable_lines} line decisions; "
                f"keep it at the level of the payer's information ({answer.name})"
            )
            yield "NP-E-LIABILITY-TWICE", where, message
            continue
        if amount is None:
            amount = answer.line_liability
        elif answer.explained and not answer.decision.adjustments:
            message = f"the payer decided by line only; the liability belongs on the lines ({answer.name})"
            yield "NP-E-LIABILITY-LEVEL", where, message
        if amount != answer.patient:
            if not ZERO <= amount <= claim.charge_amount:
                message = _range(amount, claim.charge_amount, answer)
                yield "NP-E-LIABILITY-RANGE", where, message
            message = (
                f"remaining liability {dollars(amount)} is not what the payer left to the patient (group PR) "
                f"{dollars(answer.patient)} ({answer.name}): difference {dollars(amount - answer.patient)}"
            )
            yield "NP-E-LIABILITY-DIFFERS", where, message
        if answer.doubtful_lines:
            yield from _by_line(claim, answer)


def _by_line(claim: Claim, answer: Answer) -> Faults:
    charges = {line.number: line.charge_amount for line in claim.lines}
    for decision in answer.decision.lines:
        amount = decision.remaining_liability
        charge = charges.get(decision.line, claim.charge_amount)
        if amount is not None and not ZERO <= amount <= charge:
            message = _range(amount, charge, answer)
            yield "NP-E-LIABILITY-RANGE", f"2430 line {decision.line} AMT*EAF", message


def _range(amount: Decimal, charge: Decimal, answer: Answer) -> str:
    return (
        f"remaining liability {dollars(amount)} is not between zero and the charge {dollars(charge)} "
        f"({answer.name})"
    )


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-LIABILITY-TWICE", title="The remaining liability stands at one level",
        source=STEDI + "claim-edit-duplicate-remaining-patient-liability; X12 RFI 1517",
    ),
    _look.edit(
        id="NP-E-LIABILITY-RANGE", title="The remaining liability is between zero and the charge",
        source="X12 RFI 985, 1517",
    ),
    _look.edit(
        id="NP-E-LIABILITY-DIFFERS", title="The remaining liability is what the payer left to the patient",
        source="X12 RFI 985", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-LIABILITY-LEVEL", title="The remaining liability stands where the payer's information does",
        source="X12 RFI 1353, 1391, 1517", severity=Severity.WARN,
    ),
)  # fmt: skip

"""Lines: what a payer's decision on one service line must hold (loop 2430)."""

from __future__ import annotations

from decimal import Decimal

from nextpayer.claim import Claim, ClaimKind
from nextpayer.edits.look import STEDI, STEDI_API, Faults, Look
from nextpayer.edits.seen import Answer, answers
from nextpayer.money import ZERO, dollars
from nextpayer.remittance import LineAdjudication

__all__ = ["EDITS"]

#: Loop 2430 may repeat this often under one service line (X12 837 implementation maps).
MOST_DECISIONS = 15
_ONE = Decimal(1)
_MOST_UNITS = Decimal(10**8)
_UNIT_STEP = Decimal("0.001")


def walk(claim: Claim) -> Faults:
    institutional = claim.kind is ClaimKind.INSTITUTIONAL
    numbers = []
    for line in claim.lines:
        numbers.append(line.number)
        units = line.units
        if units is not None and units <= ZERO:
            message = f"{units:f} units: they must be above zero"
            yield "NP-E-UNITS", f"2400 line {line.number}", message
    count = 0
    for answer in answers(claim):
        for decision in answer.decision.lines:
            count += 1
            if decision.line not in numbers:
                message = f"the claim has no line {decision.line} ({answer.name})"
                yield "NP-E-LINE-UNKNOWN", f"2430 line {decision.line}", message
            paid = decision.paid_amount
            if paid < ZERO:
                message = f"paid {dollars(paid)} is below zero ({answer.name})"
                yield "NP-E-PAID-NEGATIVE", f"2430 line {decision.line} SVD02", message
            procedure = decision.procedure
            if institutional:
                if not decision.revenue_code:
                    message = f"the revenue code is missing ({answer.name})"
                    yield "NP-E-LINE-FIELDS", f"2430 line {decision.line} SVD04", message
            elif procedure is None or not procedure.code or not procedure.qualifier:
                message = f"the procedure that was decided is missing ({answer.name})"
                yield "NP-E-LINE-FIELDS", f"2430 line {decision.line} SVD03", message
            units = decision.units
            if units is None:
                message = f"the paid units are missing; else send the billed ones ({answer.name})"
                yield "NP-E-LINE-FIELDS", f"2430 line {decision.line} SVD05", message
            elif units != _ONE:
                yield from _units(answer, decision, units)
            if decision.date is None and answer.first_day is not None:
                message = f"the line's adjudication date is missing ({answer.name})"
                yield "NP-E-LINE-FIELDS", f"2430 line {decision.line} DTP*573", message
            if decision.bundled_into is not None:
                yield from _bundled(answer, decision, numbers)
    if count > MOST_DECISIONS:
        yield from _too_many(claim)


def _units(answer: Answer, decision: LineAdjudication, units: Decimal) -> Faults:
    where = f"2430 line {decision.line} SVD05"
    if units <= ZERO:
        yield "NP-E-UNITS", where, f"{units:f} paid units: they must be above zero ({answer.name})"
    elif units >= _MOST_UNITS or units % _UNIT_STEP:
        message = f"{units:f} paid units: at most 8 digits and 3 decimals ({answer.name})"
        yield "NP-E-UNITS", where, message


def _bundled(answer: Answer, decision: LineAdjudication, numbers: list[int]) -> Faults:
    into, where = decision.bundled_into, f"2430 line {decision.line} SVD06"
    if into == decision.line:
        yield "NP-E-LINE-BUNDLED", where, f"the line is bundled into itself ({answer.name})"
    elif into not in numbers:
        message = f"the line is bundled into line {into}, which the claim does not have ({answer.name})"
        yield "NP-E-LINE-BUNDLED", where, message


def _too_many(claim: Claim) -> Faults:
    decided = [decision.line for answer in answers(claim) for decision in answer.decision.lines]
    for line in claim.lines:
        count = decided.count(line.number)
        if count > MOST_DECISIONS:
            message = f"{count} line decisions; a line has room for {MOST_DECISIONS}"
            yield "NP-E-LINE-DECISIONS", f"2430 line {line.number}", message


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-PAID-NEGATIVE", title="A line's paid amount is zero or more",
        source=STEDI + "claim-edit-invalid-paid-amount",
    ),
    _look.edit(
        id="NP-E-LINE-FIELDS", title="A line decision has its procedure or revenue code, units and date",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-LINE-UNKNOWN", title="A line decision is about a line of the claim",
        source="X12 RFI 1814",
    ),
    _look.edit(
        id="NP-E-LINE-BUNDLED", title="A bundled line names another line of the claim",
        source="X12 RFI 1814",
    ),
    _look.edit(
        id="NP-E-LINE-DECISIONS", title="A line has at most 15 decisions",
        source="X12 837 implementation maps: loop 2430 repeat",
    ),
    _look.edit(
        id="NP-E-UNITS", title="Units are above zero, and paid units have at most 8 digits and 3 decimals",
        source=STEDI + "claim-edit-negative-service-unit-counts; " + STEDI_API,
    ),
)  # fmt: skip

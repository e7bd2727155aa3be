"""Balance: every payer that answered explains the whole charge, on each line and in all.

For each payer alone, with no tolerance (X12 RFI 1294, 1555, 524, 1115; CMS CR 4261):

* line: charge = paid on the line + the line's adjustments, over all its decisions on that line,
* payer: paid = what it paid on the lines - its claim-level adjustments, where it decided lines,
* claim: charge = paid + its adjustments at both levels.

Remaining liability (AMT*EAF) and the amounts of MOA and MIA never enter. A payer that was bypassed (AMT*A8)
decided nothing, so nothing of it balances. Negative adjustments count with their sign.
"""

from __future__ import annotations

from nextpayer.claim import Claim, ServiceLine
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.edits.seen import Answer, answers
from nextpayer.money import ZERO, dollars, total

__all__ = ["EDITS"]


def walk(claim: Claim) -> Faults:
    charge = claim.charge_amount
    billed = ZERO
    for line in claim.lines:
        billed += line.charge_amount
    if billed != charge:
        message = (
            f"charge {dollars(charge)} is not the sum of the line charges {dollars(billed)}: "
            f"difference {dollars(charge - billed)}"
        )
        yield "NP-E-BALANCE-CHARGE", "2300 CLM02", message
    for answer in answers(claim):
        if answer.bypassed:
            continue
        amount = answer.decision.paid_amount
        explained = answer.explained
        if explained:
            for line in claim.lines:
                if explained.get(line.number) != line.charge_amount:
                    yield from _line(answer, line)
            if amount is not None and amount != answer.paid_on_lines - answer.on_claim:
                message = (
                    f"paid {dollars(amount)} is not paid on lines {dollars(answer.paid_on_lines)} less "
                    f"claim-level adjustments {dollars(answer.on_claim)} ({answer.name}): "
                    f"difference {dollars(amount - answer.paid_on_lines + answer.on_claim)}"
                )
                yield "NP-E-BALANCE-PAID", f"{answer.loop} AMT*D", message
        if amount is not None and charge != amount + answer.on_claim + answer.on_lines:
            message = (
                f"charge {dollars(charge)} is not paid {dollars(amount)} plus claim-level adjustments "
                f"{dollars(answer.on_claim)} plus line adjustments {dollars(answer.on_lines)} "
                f"({answer.name}): difference {dollars(charge - amount - answer.on_claim - answer.on_lines)}"
            )
            yield "NP-E-BALANCE-CLAIM", answer.loop, message
            if charge < amount + answer.on_claim + answer.on_lines:
                yield from _twice(answer)


def _line(answer: Answer, line: ServiceLine) -> Faults:
    """A line without a charge needs no decision."""
    charge = line.charge_amount
    if line.number in answer.explained:
        paid = total(one.paid_amount for one in answer.decision.lines if one.line == line.number)
        adjusted = answer.explained[line.number] - paid
        message = (
            f"charge {dollars(charge)} is not paid {dollars(paid)} plus adjustments {dollars(adjusted)} "
            f"({answer.name}): difference {dollars(charge - paid - adjusted)}"
        )
        yield "NP-E-BALANCE-LINE", f"2430 line {line.number}", message
    elif charge:
        message = f"charge {dollars(charge)} has no decision (2430), and other lines have one ({answer.name})"
        yield "NP-E-LINE-UNANSWERED", f"2400 line {line.number}", message


def _twice(answer: Answer) -> Faults:
    """Only where too much is explained: what balances is not told twice, whatever it looks like."""
    for adjustment in answer.decision.adjustments:
        told = (adjustment.group, adjustment.reason, adjustment.amount)
        for number, adjustments in answer.levels[1:]:
            if any((a.group, a.reason, a.amount) == told for a in adjustments):
                message = (
                    f"adjustment {told[0]}-{told[1]} of {dollars(told[2])} also stands at claim level, "
                    f"and together they explain more than the charge ({answer.name})"
                )
                yield "NP-E-BALANCE-TWICE", f"2430 line {number}", message


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-BALANCE-CHARGE", title="The claim charge is the sum of its line charges",
        source="X12 RFI 1294",
    ),
    _look.edit(
        id="NP-E-BALANCE-LINE", title="Each decided line: charge = paid + adjustments",
        source=STEDI + "claim-edit-cob-service-lines-must-be-balanced; X12 RFI 1555",
    ),
    _look.edit(
        id="NP-E-BALANCE-PAID", title="Paid in all = paid on lines - claim-level adjustments",
        source="X12 RFI 524, 1294",
    ),
    _look.edit(
        id="NP-E-BALANCE-CLAIM", title="The claim charge = paid + adjustments at both levels",
        source=STEDI + "claim-edit-cob-service-lines-must-be-balanced; X12 RFI 1115, 1294",
    ),
    _look.edit(
        id="NP-E-BALANCE-TWICE", title="No adjustment is told at both levels",
        source=STEDI + "claim-edit-cob-service-lines-must-be-balanced; X12 RFI 455",
    ),
    _look.edit(
        id="NP-E-LINE-UNANSWERED", title="A payer that decides lines decides every charged line",
        source="X12 RFI 1294, 1814; EZClaim: COB claim balancing failed",
    ),
)  # fmt: skip

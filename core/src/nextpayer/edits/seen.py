"""What many edits ask about a claim, worked out in one pass: every payer's sums, by line and in all.

Amounts in dollars. The result for the last claim is kept, because the walks go over one claim in turn.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from nextpayer.claim import Claim, OtherPayer
from nextpayer.money import ZERO
from nextpayer.policy import SEQUENCES, Policy
from nextpayer.remittance import Adjudication, Adjustment

__all__ = ["MEDICARE", "RANKS", "Answer", "answers", "place"]

#: A payer's place in the paying order by SBR01; U (unknown) has none.
RANKS = {code: rank for rank, code in enumerate(SEQUENCES)}
#: Claim filing indicators (SBR09) of Medicare Part A and Part B.
MEDICARE = frozenset({"MA", "MB"})


class Answer:
    """One other payer that has said something about the claim, with its sums.

    ``explained`` is paid plus adjusted by line number (several decisions on one line add up). ``levels`` are
    the claim's adjustments (line 0) and each line decision's, where there are any. ``patient`` is all that
    the payer left to the patient (PR). ``bypassed`` is a payer that was not billed because the destination's
    policy allows it (AMT*A8 and no decision), so that nothing has to balance. ``liable_lines`` counts line
    decisions with a remaining liability, ``doubtful_lines`` those where it is not the line's PR.
    """

    __slots__ = (
        "bypassed", "dated", "decision", "doubtful_lines", "explained", "first_day", "levels", "liable_lines",
        "line_liability", "on_claim", "on_lines", "other", "paid_on_lines", "patient", "rank",
    )  # fmt: skip

    other: OtherPayer
    decision: Adjudication
    rank: int
    bypassed: bool
    levels: list[tuple[int, tuple[Adjustment, ...]]]
    explained: dict[int, Decimal]
    on_claim: Decimal
    on_lines: Decimal
    paid_on_lines: Decimal
    patient: Decimal
    dated: int
    first_day: dt.date | None
    liable_lines: int
    doubtful_lines: int
    line_liability: Decimal

    @property
    def name(self) -> str:
        """The payer, for a message."""
        return f"payer {self.other.policy.payer.id or 'without id'}"

    @property
    def loop(self) -> str:
        """The payer's own loop, for a place."""
        return place(self.other.policy)


def place(policy: Policy, loop: str = "2320") -> str:
    """Another payer's loop, such as ``2320 P``."""
    return f"{loop} {policy.sequence or '?'}"


_last: tuple[Claim | None, tuple[Answer, ...]] = (None, ())


def answers(claim: Claim) -> tuple[Answer, ...]:
    """The payers that have said something about the claim, in the claim's order."""
    global _last
    last = _last  # one read: the pair is replaced as a whole, so threads cannot mix two claims
    if last[0] is claim:
        return last[1]
    found = []
    for other in claim.other_payers:
        if other.adjudication is not None:
            found.append(_answer(other, other.adjudication))
    result = tuple(found)
    _last = (claim, result)
    return result


def _answer(other: OtherPayer, decision: Adjudication) -> Answer:
    answer = Answer()
    answer.other = other
    answer.decision = decision
    answer.rank = RANKS.get(other.policy.sequence, -1)
    answer.bypassed = decision.non_covered_amount is not None and not (
        decision.paid_amount or decision.adjustments or decision.lines
    )
    answer.levels = levels = []
    explained: dict[int, Decimal] = {}
    answer.explained = explained
    on_claim = on_lines = paid_on_lines = patient = line_liability = ZERO
    dated = liable = doubtful = 0
    first_day = decision.date
    if decision.adjustments:
        levels.append((0, decision.adjustments))
        for adjustment in decision.adjustments:
            amount = adjustment.amount
            on_claim += amount
            if adjustment.group == "PR":
                patient += amount
    for line in decision.lines:
        number = line.line
        total = line.paid_amount
        paid_on_lines += total
        on_patient = ZERO
        adjustments = line.adjustments
        if adjustments:
            levels.append((number, adjustments))
            for adjustment in adjustments:
                amount = adjustment.amount
                total += amount
                if adjustment.group == "PR":
                    on_patient += amount
            patient += on_patient
        explained[number] = explained[number] + total if number in explained else total
        on_lines += total
        day = line.date
        if day is not None:
            dated += 1
            if first_day is None or day < first_day:
                first_day = day
        remaining = line.remaining_liability
        if remaining is not None:
            liable += 1
            if remaining != on_patient:
                doubtful += 1
            line_liability += remaining
    answer.on_claim = on_claim
    answer.on_lines = on_lines - paid_on_lines
    answer.paid_on_lines = paid_on_lines
    answer.patient = patient
    answer.dated = dated
    answer.first_day = first_day
    answer.liable_lines = liable
    answer.doubtful_lines = doubtful
    answer.line_liability = line_liability
    return answer

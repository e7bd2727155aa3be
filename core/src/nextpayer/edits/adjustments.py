"""Adjustments: why a payer paid less than the charge, as group, reason and amount (CAS).

Old reasons pass: what the payer sent goes on as it came. Negative amounts are legal (a payer paid more than
the charge, CARC 94) and balance with their sign.
"""

from __future__ import annotations

from collections import Counter

from nextpayer.claim import Claim
from nextpayer.edits.look import STEDI, STEDI_API, Faults, Look
from nextpayer.edits.seen import Answer, answers
from nextpayer.finding import Severity
from nextpayer.money import ZERO, dollars, total
from nextpayer.remittance import Adjustment

__all__ = ["EDITS"]

#: A CAS segment holds six adjustments of one group; each level has room for five segments.
PER_SEGMENT, MOST_SEGMENTS = 6, 5
_LONGEST_REASON = 5
#: Common reasons, of which nothing more has to be asked: deductible, coinsurance, copay, sequestration ...
_FAMILIAR = frozenset({"1", "2", "3", "23", "94", "96", "97", "204", "253"})
_ABOVE_FEE_SCHEDULE = "a contracted provider may not bill what is above the fee schedule"


def walk(claim: Claim) -> Faults:
    found = answers(claim)
    for answer in found:
        for number, adjustments in answer.levels:
            for adjustment in adjustments:
                reason = adjustment.reason
                if adjustment.amount <= ZERO:
                    yield _not_positive(adjustment, _where(answer, number), answer)
                if reason in _FAMILIAR:
                    continue
                if reason == "45":
                    if adjustment.group == "PR":
                        message = (
                            f"PR-45 of {dollars(adjustment.amount)}: {_ABOVE_FEE_SCHEDULE} ({answer.name})"
                        )
                        yield "NP-E-CAS-PR-45", _where(answer, number), message
                elif not reason.isalnum() or len(reason) > _LONGEST_REASON:
                    message = (
                        f"adjustment {adjustment.group} of {dollars(adjustment.amount)} has no standard "
                        f"reason code of 1 to {_LONGEST_REASON} letters and digits ({answer.name})"
                    )
                    yield "NP-E-CAS-REASON", _where(answer, number), message
            count = len(adjustments)
            if count > 1 and (count > MOST_SEGMENTS or len({one.reason for one in adjustments}) < count):
                yield from _crowded(adjustments, _where(answer, number), answer)
    if len(found) > 1:
        yield from _earlier_payers(found)


def _not_positive(adjustment: Adjustment, where: str, answer: Answer) -> tuple[str, str, str]:
    code = f"{adjustment.group}-{adjustment.reason}"
    if not adjustment.amount:
        return "NP-E-CAS-ZERO", where, f"adjustment {code} is 0.00 ({answer.name})"
    message = (
        f"adjustment {code} of {dollars(adjustment.amount)} is negative, which X12 allows and some "
        f"clearinghouses do not ({answer.name})"
    )
    return "NP-E-CAS-NEGATIVE", where, message


def _crowded(adjustments: tuple[Adjustment, ...], where: str, answer: Answer) -> Faults:
    """What can be wrong with several adjustments of one level: one told twice, or more than fit."""
    codes = [(adjustment.group, adjustment.reason) for adjustment in adjustments]
    if len(set(codes)) < len(codes):
        for (group, reason), count in Counter(codes).items():
            if count > 1:
                message = f"adjustment {group}-{reason} stands {count} times ({answer.name})"
                yield "NP-E-CAS-TWICE", where, message
    if len(adjustments) > MOST_SEGMENTS:
        groups = Counter(group for group, _ in codes)
        needed = sum(-(-count // PER_SEGMENT) for count in groups.values())
        if needed > MOST_SEGMENTS:
            message = (
                f"{len(codes)} adjustments need {needed} segments, {PER_SEGMENT} of one group in each: "
                f"there is room for {MOST_SEGMENTS} ({answer.name})"
            )
            yield "NP-E-CAS-SEGMENTS", where, message


def _earlier_payers(found: tuple[Answer, ...]) -> Faults:
    for answer in found:
        paid = total(
            earlier.decision.paid_amount
            for earlier in found
            if -1 < earlier.rank < answer.rank and earlier.decision.paid_amount is not None
        )
        if paid <= ZERO or answer.bypassed:
            continue
        if not any(one.reason == "23" for _, adjustments in answer.levels for one in adjustments):
            message = (
                f"payers before this one paid {dollars(paid)}, and it does not say how that counted "
                f"(OA-23, {answer.name})"
            )
            yield "NP-E-CAS-OA-23", answer.loop, message


def _where(answer: Answer, number: int) -> str:
    return f"2430 line {number} CAS" if number else f"{answer.loop} CAS"


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-CAS-ZERO", title="No adjustment is zero",
        source=STEDI + "new-claim-edit-non-zero-adjustment-amounts; X12 RFI 382, 1865",
    ),
    _look.edit(
        id="NP-E-CAS-REASON", title="Every adjustment has a standard reason code",
        source=STEDI + "claim-edit-missing-adjustment-reason-code; X12 RFI 1517",
    ),
    _look.edit(
        id="NP-E-CAS-SEGMENTS", title="The adjustments of a level fit into five segments of six",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-CAS-NEGATIVE", title="Adjustments are positive",
        source=STEDI_API, severity=Severity.WARN, kinds="PD",
    ),
    _look.edit(
        id="NP-E-CAS-TWICE", title="A group and reason stand once at a level",
        source="X12 RFI 213", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-CAS-PR-45", title="What is above the fee schedule is not the patient's",
        source="X12 code lists 974 (group PR) and 139 (CARC 45)", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-CAS-OA-23", title="A later payer says how the earlier payments counted",
        source="X12 RFI 1696, 2194, 2535", severity=Severity.WARN,
    ),
)  # fmt: skip

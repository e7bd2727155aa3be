"""Unreadable: which rule a claim broke that no reader could make a claim of, or that its text alone shows.

A reader sets such a claim aside with its position and its reason. The table finds the rule by words of the
reason, so that the finding has an id of its own; what no row knows is ``NP-E-READ``. ``ELEMENTS`` are the
rules that a reader finds in the text of claims that it can read.
"""

from __future__ import annotations

from dataclasses import dataclass

from nextpayer.edits.look import STEDI, STEDI_API
from nextpayer.finding import Finding, Severity
from nextpayer.ports import ElementFault, Quarantined

__all__ = ["ELEMENTS", "READING", "Reading", "finding_of", "finding_of_element"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One rule that is decided while reading. ``words`` are such that a reason holds one of them."""

    id: str
    title: str
    source: str
    words: tuple[str, ...] = ()
    severity: Severity = Severity.REJECT


_MAPS = "X12 837 implementation maps"

#: In the order in which they are asked.
READING: tuple[Reading, ...] = (
    Reading(
        id="NP-E-READ-BALANCE", title="The claim charge is the sum of its line charges",
        source="X12 RFI 1294", words=("CLM02 is not the sum",),
    ),
    Reading(
        id="NP-E-READ-CHARGE", title="The claim charge is an amount",
        source=STEDI + "claim-edit-missing-total-claim-charge-amount", words=("CLM02 (", "CLM02:"),
    ),
    Reading(
        id="NP-E-READ-PAID", title="What a payer paid on a line is an amount of at most two decimals",
        source=STEDI + "claim-edit-invalid-paid-amount", words=("SVD02 (",),
    ),
    Reading(
        id="NP-E-READ-PAYER", title="A line decision names a payer of the claim",
        source=STEDI_API + "; BCBS Oklahoma, tertiary claims", words=("SVD01:",),
    ),
    Reading(
        id="NP-E-READ-REASON", title="An adjustment has its reason code",
        source=STEDI + "claim-edit-missing-adjustment-reason-code",
        words=("an adjustment without a reason code", "not a reason code (CARC)"),
    ),
    Reading(
        id="NP-E-READ-AMOUNT", title="An adjustment has its amount",
        source=STEDI + "claim-edit-missing-adjustment-amount; X12 RFI 1532",
        words=(
            "a reason code without an amount",
            "CAS03 (", "CAS06 (", "CAS09 (", "CAS12 (", "CAS15 (", "CAS18 (",
        ),
    ),
    Reading(
        id="NP-E-READ-GROUP", title="An adjustment's group is CO, PR, OA, PI or CR",
        source="X12 code list 1033", words=("CAS01", "a group code without an adjustment"),
    ),
    Reading(
        id="NP-E-READ-CAS", title="An adjustment segment has at most six adjustments",
        source=STEDI_API, words=("more than six adjustments",),
    ),
    Reading(
        id="NP-E-READ-PLACE", title="A payer's place is P, S, T, A to H or U",
        source=STEDI_API, words=("SBR01:",),
    ),
    Reading(
        id="NP-E-READ-PAYER-ID", title="A payer has an id",
        source=STEDI_API, words=("NM109: a payer without an id",),
    ),
    Reading(
        id="NP-E-READ-OTHER", title="Another payer's loop has its subscriber and its payer, each once",
        source=STEDI_API, words=("another payer's loop",),
    ),
    Reading(
        id="NP-E-READ-DATE", title="A date is a day of the calendar, CCYYMMDD",
        source=STEDI + "claim-edit-invalid-date-format", words=("DTP", "DMG02", "a date "),
    ),
    Reading(
        id="NP-E-READ-UNITS", title="Units are a number",
        source=STEDI + "claim-edit-negative-service-unit-counts",
        words=("SVD05 (", "SV104", "SV205", "SV306", "CAS04 (", "without its units"),
    ),
    Reading(
        id="NP-E-READ-LINE-CHARGE", title="A line charge is an amount",
        source=STEDI + "claim-edit-negative-line-item-charge-amount", words=("SV102", "SV203", "SV302"),
    ),
    Reading(
        id="NP-E-READ-PROCEDURE", title="A procedure is a qualifier and a code",
        source=STEDI + "claim-edit-invalid-procedure-code-format", words=("a procedure is not",),
    ),
    Reading(
        id="NP-E-READ-LINES", title="A claim has service lines, numbered 1, 2, 3 ..., each with one service",
        source=_MAPS, words=("LX", "service line"),
    ),
    Reading(
        id="NP-E-READ", title="A claim can be read: every segment is known and in its place", source=_MAPS,
    ),
)  # fmt: skip


#: By the rule that a reader names (``ports.ElementFault``).
ELEMENTS: dict[str, Reading] = {
    "length": Reading(
        id="NP-E-LENGTH", title="No element and no segment is longer than there is room for",
        source=STEDI + "claim-edit-field-values-longer-than-maximum-length",
    ),
    "number": Reading(
        id="NP-E-NUMBER", title="A number is written without leading zeros, plus or a point at its end",
        source="X12.6, type R; Availity payer edit 810021", severity=Severity.WARN,
    ),
    "self": Reading(
        id="NP-E-SELF", title="The subscriber is the patient, or the claim has a patient of its own",
        source=STEDI + "new-claim-edits-invalid-subscriber-individual-relationship-codes",
    ),
}  # fmt: skip


def finding_of_element(fault: ElementFault) -> Finding:
    """A fault of a file's text as a finding."""
    rule = ELEMENTS[fault.rule]
    return Finding(
        id=rule.id,
        severity=rule.severity,
        where=f"{fault.where} (segment {fault.segment})",
        message=fault.message,
        source=rule.source,
    )


def finding_of(item: Quarantined) -> Finding:
    """What a reader set aside, as a finding that rejects."""
    rule = next((one for one in READING if any(word in item.reason for word in one.words)), READING[-1])
    return Finding(
        id=rule.id,
        severity=Severity.REJECT,
        where=f"segment {item.segment}",
        message=item.reason,
        source=rule.source,
    )

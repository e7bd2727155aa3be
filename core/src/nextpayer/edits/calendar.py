"""Calendar: dates of the right form, ranges that run forward, and days that can follow one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from nextpayer.claim import Claim, ClaimKind, DateFact
from nextpayer.edits.look import STEDI, Faults, Look

__all__ = ["EDITS"]

#: Formats of dates (DTP02): a day, a range, a minute, an hour.
_FORMATS = frozenset({"D8", "RD8", "DT", "TM"})
_ACCIDENT, _SERVICE, _STATEMENT, _DISCHARGE_HOUR = "439", "472", "434", "096"
#: Claim frequencies (CLM05-3) of a bill for a patient who stays: first and continuing interim claims.
_STAYS = frozenset({"2", "3"})
_PREDETERMINATION = 19


def walk(claim: Claim) -> Faults:
    for where, fact in _facts(claim):
        if fact.format not in _FORMATS or (fact.start is None and fact.format != "TM"):
            message = "not written as a day (D8, CCYYMMDD) or a range of days (RD8)"
            yield "NP-E-DATE-FORMAT", f"{where} DTP*{fact.qualifier}", message
        elif fact.start is not None and fact.end is not None and fact.end < fact.start:
            yield "NP-E-DATE-RANGE", f"{where} DTP*{fact.qualifier}", "the range ends before it begins"
    if claim.kind is ClaimKind.INSTITUTIONAL:
        yield from _statement(claim)
        return
    for fact in claim.dates:
        day = claim.service_from
        if fact.qualifier == _ACCIDENT and fact.start is not None and day is not None and fact.start > day:
            yield "NP-E-DATE-ACCIDENT", "2300 DTP*439", "the accident is dated after the service"
    if claim.kind is ClaimKind.DENTAL and claim.service_from is None:
        if not any(position == _PREDETERMINATION for position, _ in claim.details):
            message = "neither the claim nor a line has a service date, and it is no predetermination (CLM19)"
            yield "NP-E-DATE-DENTAL", "2300, 2400 DTP*472", message
    elif claim.kind is ClaimKind.PROFESSIONAL:
        for line in claim.lines:
            if line.service_date is None:
                yield "NP-E-DATE-SERVICE", f"2400 line {line.number} DTP*472", "the service date is missing"


def _statement(claim: Claim) -> Faults:
    statement = next((fact for fact in claim.dates if fact.qualifier == _STATEMENT), None)
    if statement is None:
        yield "NP-E-DATE-SERVICE", "2300 DTP*434", "the days that the statement covers are missing"
    elif statement.start is not None:
        yield from _outside(claim, statement.start, statement.end or statement.start)
    if claim.frequency in _STAYS and any(fact.qualifier == _DISCHARGE_HOUR for fact in claim.dates):
        message = "a discharge hour on an interim claim (CLM05-3), whose patient stays"
        yield "NP-E-DISCHARGE-HOUR", "2300 DTP*096", message


def _outside(claim: Claim, first: dt.date, last: dt.date) -> Faults:
    for line in claim.lines:
        for fact in line.dates:
            if fact.qualifier == _SERVICE and fact.start is not None:
                end = fact.end or fact.start
                if fact.start < first or end > last:
                    message = f"the service lies outside the statement's days, {first} to {last}"
                    yield "NP-E-DATE-STATEMENT", f"2400 line {line.number} DTP*472", message


def _facts(claim: Claim) -> Iterator[tuple[str, DateFact]]:
    for fact in claim.dates:
        yield "2300", fact
    for line in claim.lines:
        for fact in line.dates:
            yield f"2400 line {line.number}", fact


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-DATE-FORMAT", title="A date is written as a day or a range of days",
        source=STEDI + "claim-edit-invalid-date-format",
    ),
    _look.edit(
        id="NP-E-DATE-RANGE", title="A range of days does not end before it begins",
        source=STEDI + "claim-edit-invalid-date-range",
    ),
    _look.edit(
        id="NP-E-DATE-SERVICE", title="Each service, or an institutional claim's statement, is dated",
        source="X12 837 implementation maps: DTP*472 and DTP*434 required", kinds="PI",
    ),
    _look.edit(
        id="NP-E-DATE-STATEMENT", title="Services lie within the statement's days",
        source=STEDI + "claim-edit-service-date-outside-the-statement-covers-period", kinds="I",
    ),
    _look.edit(
        id="NP-E-DATE-ACCIDENT", title="No accident is dated after the service",
        source=STEDI + "claim-edit-accident-date-after-the-service-date", kinds="PD",
    ),
    _look.edit(
        id="NP-E-DATE-DENTAL", title="A dental claim has a service date",
        source=STEDI + "claim-edit-missing-service-date-on-non-predetermination-dental-claims", kinds="D",
    ),
    _look.edit(
        id="NP-E-DISCHARGE-HOUR", title="An interim claim has no discharge hour",
        source=STEDI + "claim-edit-discharge-hour-on-non-final-institutional-claims", kinds="I",
    ),
)  # fmt: skip

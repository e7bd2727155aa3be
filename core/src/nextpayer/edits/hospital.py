"""Hospital: the codes of the UB-04 on an institutional claim.

Code values are NUBC's, kept as forms and short ranges; the list itself comes from a code set. CL1 is carried
as text: admission type, source and patient status.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from nextpayer.claim import Claim
from nextpayer.codeforms import is_facility_type, is_hipps, is_revenue_code
from nextpayer.edits.carried import segments
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.errors import NotExactMoney
from nextpayer.finding import Severity
from nextpayer.money import quantity

__all__ = ["EDITS", "ROOM"]

_ADMISSIONS = frozenset("123459")
_STILL_A_PATIENT = "30"
#: Claim frequencies of a bill that ends the stay, and of one that does not.
_COMPLETE, _INTERIM = frozenset({"1", "4"}), frozenset({"2", "3"})
_VALUE, _OCCURRENCE, _CONDITION, _SPAN = "BE", "BH", "BG", "BI"
#: Codes of each kind stand in at most two segments of twelve.
_ROOM = {_SPAN: "occurrence span", _OCCURRENCE: "occurrence", _VALUE: "value", _CONDITION: "condition"}
_SEGMENTS, _IN_ONE = 2, 12
#: Occurrence codes of accidents and crimes.
_ACCIDENTS = frozenset({"01", "02", "03", "04", "05", "06"})
_AMOUNT_AT = 2  # of a value code's further components
_UNIQUE = (
    ("BE", "NP-E-VALUE-TWICE", "value"),
    ("BH", "NP-E-OCCURRENCE-TWICE", "occurrence"),
    ("BG", "NP-E-CONDITION-TWICE", "condition"),
)


def walk(claim: Claim) -> Faults:
    if not is_facility_type(claim.facility_code):
        message = "the facility type is two digits, each 1 to 9 (the bill type without its frequency)"
        yield "NP-E-FACILITY", "2300 CLM05-1", message
    for cl1 in segments(claim, claim.carried, "CL1"):
        admission, status = cl1[1], cl1[3]
        if admission and admission not in _ADMISSIONS:
            yield "NP-E-ADMISSION", "2300 CL101", "an admission type is 1, 2, 3, 4, 5 or 9"
        if status and not (len(status) == 2 and status.isdecimal() and status != "00"):
            yield "NP-E-STATUS", "2300 CL103", "a patient status is two digits"
        elif claim.frequency in _COMPLETE and status == _STILL_A_PATIENT:
            message = f"frequency {claim.frequency} ends the stay, and the patient status 30 says it goes on"
            yield "NP-E-STATUS-FREQUENCY", "2300 CLM05-3, CL103", message
        elif claim.frequency in _INTERIM and status and status != _STILL_A_PATIENT:
            message = (
                f"frequency {claim.frequency} says that the stay goes on, and the patient status does not"
            )
            yield "NP-E-STATUS-INTERIM", "2300 CLM05-3, CL103", message
    for qualifier, id, name in _UNIQUE:
        for code, count in _twice(claim, qualifier):
            yield id, f"2300 HI*{qualifier}", f"{name} code {code} stands {count} times"
    yield from _filled(claim)
    if any(amount.qualifier == "F5" for amount in claim.amounts):
        message = "an institutional claim says what the patient paid by value code FC (HI*BE), not by AMT*F5"
        yield "NP-E-PATIENT-PAID", "2300 AMT*F5", message
    for line in claim.lines:
        if not is_revenue_code(line.revenue_code):
            message = "a revenue code is four digits, the first 0 to 3"
            yield "NP-E-REVENUE", f"2400 line {line.number} SV201", message
        procedure = line.procedure
        if procedure is not None and procedure.qualifier == "HP" and not is_hipps(procedure.code):
            message = "a HIPPS rate code is five letters and digits"
            yield "NP-E-HIPPS", f"2400 line {line.number} SV202", message


def _filled(claim: Claim) -> Faults:
    """A value code's amount, and an occurrence's day, which is no later than the service where it is an
    accident's."""
    for code in claim.codes_of(_VALUE):
        if not _is_number(code.detail[_AMOUNT_AT] if len(code.detail) > _AMOUNT_AT else ""):
            message = f"value code {code.code} has no amount"
            yield "NP-E-VALUE-AMOUNT", f"2300 HI*BE:{code.code}", message
    last = claim.service_to
    for code in claim.codes_of(_OCCURRENCE):
        where, day = f"2300 HI*BH:{code.code}", _day(code.detail)
        if day is None:
            yield "NP-E-OCCURRENCE-DATE", where, f"occurrence code {code.code} has no day (D8, CCYYMMDD)"
        elif code.code in _ACCIDENTS and last is not None and day > last:
            yield "NP-E-OCCURRENCE-LATE", where, f"occurrence code {code.code} is dated after the service"


def _is_number(text: str) -> bool:
    try:
        quantity(text)
    except NotExactMoney:
        return False
    return True


def _day(detail: tuple[str, ...]) -> dt.date | None:
    if detail[:1] != ("D8",) or len(detail) < 2 or len(detail[1]) != len("CCYYMMDD"):
        return None
    try:
        return dt.datetime.strptime(detail[1], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def room(claim: Claim) -> Faults:
    """The claim that leaves may have codes added to those it had."""
    for qualifier, name in _ROOM.items():
        groups = [group for group in claim.codes if group and group[0].qualifier == qualifier]
        if len(groups) > _SEGMENTS or any(len(group) > _IN_ONE for group in groups):
            message = (
                f"the claim has {sum(map(len, groups))} {name} codes in {len(groups)} segment(s);"
                f" {_SEGMENTS} of {_IN_ONE} fit"
            )
            yield "NP-E-CODES-ROOM", f"2300 HI*{qualifier}", message


def _twice(claim: Claim, qualifier: str) -> Iterable[tuple[str, int]]:
    """Codes of one kind that repeat; an occurrence may, on another day."""
    detail = qualifier == "BH"
    found = Counter(
        (code.code, code.detail if detail else ())
        for group in claim.codes
        for code in group
        if code.qualifier == qualifier
    )
    return [(code, count) for (code, _), count in found.items() if count > 1]


_look, _room = Look(walk, scrub_only=True), Look(room)

#: On every claim that leaves.
ROOM = (
    _room.edit(
        id="NP-E-CODES-ROOM", title="Of value, condition and occurrence codes 24 each have room", kinds="I",
        source="X12 837I implementation map: HI, two of twelve",
    ),
)  # fmt: skip

EDITS = (
    _look.edit(
        id="NP-E-FACILITY", title="A facility type is two digits, each 1 to 9", kinds="I",
        source=STEDI + "claim-edit-invalid-facility-type-code-on-institutional-claims",
    ),
    _look.edit(
        id="NP-E-ADMISSION", title="An admission type is one of the six", kinds="I",
        source=STEDI + "claim-edit-invalid-admission-type-code",
    ),
    _look.edit(
        id="NP-E-STATUS", title="A patient status is two digits", kinds="I",
        source=STEDI + "claim-edit-invalid-patient-status-code",
    ),
    _look.edit(
        id="NP-E-STATUS-FREQUENCY", title="A bill that ends the stay has no patient who stays", kinds="I",
        source=STEDI + "new-claim-edit-invalid-claim-frequency-code-and-patient-status-code-combination",
    ),
    _look.edit(
        id="NP-E-STATUS-INTERIM", title="An interim bill has a patient who stays", kinds="I",
        source="NUBC, patient status 30 with frequencies 2 and 3", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-VALUE-TWICE", title="Each value code stands once", kinds="I",
        source=STEDI + "claim-edit-duplicate-value-codes-in-institutional-claims",
    ),
    _look.edit(
        id="NP-E-OCCURRENCE-TWICE", title="Each occurrence stands once for a day", kinds="I",
        source=STEDI + "claim-edit-duplicate-occurrence-codes-in-institutional-claims",
    ),
    _look.edit(
        id="NP-E-VALUE-AMOUNT", title="A value code has an amount", kinds="I",
        source="X12 837I implementation map: HI*BE, fifth component required",
    ),
    _look.edit(
        id="NP-E-OCCURRENCE-DATE", title="An occurrence has a day", kinds="I",
        source="X12 837I implementation map: HI*BH, D8 and a day required",
    ),
    _look.edit(
        id="NP-E-OCCURRENCE-LATE", title="No accident is dated after the service", kinds="I",
        source=STEDI + "claim-edit-accident-date-after-the-service-date",
    ),
    _look.edit(
        id="NP-E-PATIENT-PAID", title="What the patient paid is value code FC", kinds="I",
        source="X12 RFI 1116",
    ),
    _look.edit(
        id="NP-E-CONDITION-TWICE", title="Each condition code stands once", kinds="I",
        source=STEDI + "claim-edit-duplicate-condition-codes-in-institutional-claims",
    ),
    _look.edit(
        id="NP-E-REVENUE", title="A revenue code is four digits, the first 0 to 3", kinds="I",
        source=STEDI + "new-claim-edit-invalid-revenue-code",
    ),
    _look.edit(
        id="NP-E-HIPPS", title="A HIPPS rate code is five letters and digits", kinds="I",
        source=STEDI + "claim-edit-invalid-hipps-rate-code",
    ),
)  # fmt: skip

"""Hospital: the codes of the UB-04 on an institutional claim.

Code values are NUBC's, kept as forms and short ranges; the list itself comes from a code set. CL1 is carried
as text: admission type, source and patient status.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from nextpayer.claim import Claim
from nextpayer.codeforms import is_facility_type, is_hipps, is_revenue_code
from nextpayer.edits.carried import segments
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.finding import Severity

__all__ = ["EDITS"]

_ADMISSIONS = frozenset("123459")
_STILL_A_PATIENT = "30"
#: Claim frequencies of a bill that ends the stay, and of one that does not.
_COMPLETE, _INTERIM = frozenset({"1", "4"}), frozenset({"2", "3"})
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
    for line in claim.lines:
        if not is_revenue_code(line.revenue_code):
            message = "a revenue code is four digits, the first 0 to 3"
            yield "NP-E-REVENUE", f"2400 line {line.number} SV201", message
        procedure = line.procedure
        if procedure is not None and procedure.qualifier == "HP" and not is_hipps(procedure.code):
            message = "a HIPPS rate code is five letters and digits"
            yield "NP-E-HIPPS", f"2400 line {line.number} SV202", message


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


_look = Look(walk, scrub_only=True)

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

"""Services: procedures, drugs, places and modifiers of the right form, and what some of them need besides.

Forms only: whether a code is on a list is asked of a code set.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation

from nextpayer.claim import Claim, ClaimKind, ServiceLine
from nextpayer.codeforms import is_cdt, is_cpt, is_hcpcs, is_ndc, is_place_of_service, is_procedure
from nextpayer.edits.carried import segments
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.finding import Severity
from nextpayer.money import ZERO, dollars

__all__ = ["EDITS"]

#: Category I codes begin here; the digits before are of no service.
_FIRST_CPT = "00100"
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_AMBULANCE = frozenset({"41", "42"})
#: Lines that one claim has room for (X12 837 implementation maps: loop 2400 repeat).
_MOST_LINES = {ClaimKind.PROFESSIONAL: 50, ClaimKind.INSTITUTIONAL: 999, ClaimKind.DENTAL: 50}
_MOST_MODIFIERS = 4


def walk(claim: Claim) -> Faults:
    professional = claim.kind is ClaimKind.PROFESSIONAL
    if len(claim.lines) > _MOST_LINES[claim.kind]:
        message = f"{len(claim.lines)} lines: this kind of claim has room for {_MOST_LINES[claim.kind]}"
        yield "NP-E-LINES", "2400", message
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        if not is_place_of_service(claim.facility_code):
            yield "NP-E-PLACE", "2300 CLM05-1", "a place of service is two digits"
        for line in claim.lines:
            if line.place_of_service and not is_place_of_service(line.place_of_service):
                yield "NP-E-PLACE", f"2400 line {line.number}", "a place of service is two digits"
    if professional and claim.facility_code in _AMBULANCE and not any(segments(claim, claim.carried, "CR1")):
        message = f"place of service {claim.facility_code} needs the claim's ambulance transport (CR1)"
        yield "NP-E-AMBULANCE", "2300 CR1", message
    for line in claim.lines:
        if line.charge_amount < ZERO:
            message = f"charge {dollars(line.charge_amount)} is below zero"
            yield "NP-E-CHARGE-NEGATIVE", f"2400 line {line.number}", message
        yield from _procedure(claim, line)
        if line.drugs:
            yield from _drugs(claim, line)
    for many in _repeated(claim):
        message = f"lines {many} have one procedure, day and charge, and no modifier says that all were done"
        yield "NP-E-LINE-TWICE", "2400", message


def _procedure(claim: Claim, line: ServiceLine) -> Faults:
    procedure, where = line.procedure, f"2400 line {line.number}"
    if procedure is None:
        if claim.kind is not ClaimKind.INSTITUTIONAL:
            yield "NP-E-PROCEDURE", where, "the procedure is missing"
        return
    code = procedure.code
    if claim.kind is ClaimKind.DENTAL:
        if not is_cdt(code):
            yield "NP-E-PROCEDURE", where, "a dental procedure is D and four digits"
    elif procedure.qualifier in ("HC", "HP") and not is_procedure(code):
        yield "NP-E-PROCEDURE", where, "a procedure is five letters and digits"
    elif procedure.qualifier == "HC":
        if code[0].isdigit():
            if not is_cpt(code) or (code.isdecimal() and code < _FIRST_CPT):
                yield "NP-E-CPT", where, "no CPT code: five digits from 00100, or four and A, F, M, T or U"
        elif not is_hcpcs(code):
            yield "NP-E-HCPCS", where, "no HCPCS Level II code: a letter A to V and four digits"
    if len(procedure.modifiers) > _MOST_MODIFIERS or not all(map(_MODIFIER.fullmatch, procedure.modifiers)):
        yield "NP-E-MODIFIER", where, "at most four modifiers of two letters and digits"


def _drugs(claim: Claim, line: ServiceLine) -> Faults:
    where = f"2410 line {line.number}"
    for lin in segments(claim, line.drugs, "LIN"):
        if lin[2] == "N4" and not is_ndc(lin[3]):
            yield "NP-E-NDC", f"{where} LIN03", "an NDC is eleven digits (5-4-2) without hyphens"
    for ctp in segments(claim, line.drugs, "CTP"):
        if ctp[5] and not _positive(ctp[4]):
            yield "NP-E-DRUG-UNITS", f"{where} CTP04", "a drug with its unit has a count above zero"


def _positive(text: str) -> bool:
    try:
        return Decimal(text) > 0
    except InvalidOperation:
        return False


def _repeated(claim: Claim) -> list[str]:
    keys = {
        line.number: (
            line.procedure,
            line.revenue_code,
            line.charge_amount,
            line.service_date,
            line.providers,
        )
        for line in claim.lines
        if line.procedure is not None
    }
    counts = Counter(keys.values())
    return [
        ", ".join(str(number) for number, one in keys.items() if one == key)
        for key, count in counts.items()
        if count > 1
    ]


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-LINES", title="A claim has no more lines than there is room for",
        source="X12 837 implementation maps: loop 2400 repeat",
    ),
    _look.edit(
        id="NP-E-PLACE", title="A place of service is two digits", kinds="PD",
        source="CMS, place of service codes",
    ),
    _look.edit(
        id="NP-E-CHARGE-NEGATIVE", title="A line charge is zero or more",
        source=STEDI + "claim-edit-negative-line-item-charge-amount",
    ),
    _look.edit(
        id="NP-E-PROCEDURE", title="A procedure has the form of one",
        source=STEDI + "claim-edit-invalid-procedure-code-format",
    ),
    _look.edit(
        id="NP-E-CPT", title="A CPT code lies where CPT codes do", kinds="PI",
        source=STEDI + "claim-edit-cpt-code-outside-the-valid-range",
    ),
    _look.edit(
        id="NP-E-HCPCS", title="A HCPCS Level II code has the form of one", kinds="PI",
        source=STEDI + "claim-edit-invalid-hcpcs-level-ii-code",
    ),
    _look.edit(
        id="NP-E-MODIFIER", title="A procedure has at most four modifiers of two places",
        source="X12 837 implementation maps: SV101-3 to -6",
    ),
    _look.edit(
        id="NP-E-NDC", title="An NDC is eleven digits", kinds="PI",
        source=STEDI + "new-claim-edit-invalid-ndc-format",
    ),
    _look.edit(
        id="NP-E-DRUG-UNITS", title="A drug's count is above zero", kinds="PI",
        source=STEDI + "new-claim-edit-invalid-drug-unit-count",
    ),
    _look.edit(
        id="NP-E-AMBULANCE", title="An ambulance claim describes the transport", kinds="P",
        source=STEDI + "claim-edit-missing-ambulance-transport-information",
    ),
    _look.edit(
        id="NP-E-LINE-TWICE", title="No service stands twice", severity=Severity.WARN,
        source="CARC 18; RARC N522",
    ),
)  # fmt: skip

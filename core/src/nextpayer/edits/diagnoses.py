"""Diagnoses: codes of the right form and code set, each once, that lines point to and that fit the patient.

Whether a code is on the list of its year is asked of a code set. No message repeats a code: the place names
it by its number.
"""

from __future__ import annotations

import datetime as dt

from nextpayer.claim import Claim, ClaimKind
from nextpayer.codeforms import is_icd9, is_icd10cm
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.finding import Severity

__all__ = ["EDITS"]

#: The day on which ICD-10-CM replaced ICD-9-CM (45 CFR 162.1002(c)).
ICD_10 = dt.date(2015, 10, 1)
_ICD_10 = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN"})
_ICD_9 = frozenset({"BK", "BF", "BJ", "PR", "BN"})
_PRINCIPAL = frozenset({"ABK", "BK"})
_EXTERNAL_CAUSES = ("V", "W", "X", "Y")
_SEQUELA_AT = 6
_MOST_POINTERS = 4
#: First characters of conditions of one sex (ICD-10-CM chapters; the Medicare Code Editor's sex edits).
_FEMALE = ("O", "C51", "C52", "C53", "C54", "C55", "C56", "C57", "N80", "N81", "N83", "N84", "Z33", "Z34")
_MALE = ("C60", "C61", "C62", "C63", "N40", "N41", "N42", "N43", "N44", "N45", "N46", "N47", "N48", "N49")
#: Conditions of the newborn (Z38, birth itself) and of pregnancy, with the years of age that fit.
_AGES = (("Z38", 0, 1), ("O", 9, 64))


def walk(claim: Claim) -> Faults:
    codes = [code for group in claim.codes for code in group]
    service = claim.service_from
    for code in codes:
        where = f"2300 HI*{code.qualifier}"
        if code.qualifier in _ICD_10:
            if not is_icd10cm(code.code):
                message = "an ICD-10-CM code is a letter, a digit and one to five more, without the point"
                yield "NP-E-DX-FORM", where, message
            if service is not None and service < ICD_10:
                yield "NP-E-DX-ICD-10", where, f"ICD-10 on a service of {service}, before {ICD_10}"
        elif code.qualifier in _ICD_9:
            if not is_icd9(code.code):
                yield "NP-E-DX-FORM", where, "an ICD-9-CM code is three to five digits, without the point"
            if service is not None and service >= ICD_10:
                yield "NP-E-DX-ICD-9", where, f"ICD-9 on a service of {service}, on or after {ICD_10}"
    diagnoses = claim.diagnoses
    if claim.kind is not ClaimKind.DENTAL and not any(code.qualifier in _PRINCIPAL for code in codes):
        yield "NP-E-DX-PRINCIPAL", "2300 HI", "the claim has no principal diagnosis (HI*ABK)"
    seen: set[str] = set()
    for diagnosis in diagnoses:
        if diagnosis.code in seen:
            message = f"diagnosis {diagnosis.number} stands on the claim already"
            yield "NP-E-DX-TWICE", f"2300 HI*{diagnosis.qualifier}", message
        seen.add(diagnosis.code)
    if claim.kind is not ClaimKind.DENTAL and diagnoses and diagnoses[0].qualifier == "ABK":
        principal = diagnoses[0].code
        if principal.startswith(_EXTERNAL_CAUSES):
            message = "an external cause (V, W, X, Y) cannot be the principal diagnosis"
            yield "NP-E-DX-EXTERNAL", "2300 HI*ABK", message
        elif principal[_SEQUELA_AT:] == "S":
            message = "a sequela (seventh character S) cannot be the principal diagnosis"
            yield "NP-E-DX-SEQUELA", "2300 HI*ABK", message
    yield from _pointers(claim, len(diagnoses))
    yield from _plausible(claim)


def _pointers(claim: Claim, count: int) -> Faults:
    if claim.kind is ClaimKind.INSTITUTIONAL:
        return
    for line in claim.lines:
        where = f"2400 line {line.number} {'SV107' if claim.kind is ClaimKind.PROFESSIONAL else 'SV311'}"
        pointers = line.diagnosis_pointers
        if not pointers and claim.kind is ClaimKind.PROFESSIONAL:
            yield "NP-E-DX-POINTER", where, "the line points to no diagnosis"
        for pointer in pointers:
            if not (pointer.isdecimal() and pointer.isascii() and 0 < int(pointer) <= count):
                message = f"a pointer names no diagnosis of the claim, which has {count}"
                yield "NP-E-DX-POINTER", where, message
        if len(pointers) > _MOST_POINTERS or len(set(pointers)) < len(pointers):
            message = f"a line has room for {_MOST_POINTERS} pointers, each to another diagnosis"
            yield "NP-E-DX-POINTER", where, message


def _plausible(claim: Claim) -> Faults:
    patient, service = claim.patient, claim.service_from
    wrong = {"M": _FEMALE, "F": _MALE}.get(patient.sex, ())
    born = patient.birth_date
    for diagnosis in claim.diagnoses:
        if diagnosis.qualifier not in _ICD_10:
            continue
        where = f"2300 HI*{diagnosis.qualifier}"
        if wrong and diagnosis.code.startswith(wrong):
            message = f"diagnosis {diagnosis.number} is one of the other sex (DMG03)"
            yield "NP-E-DX-SEX", where, message
        if born is None or service is None:
            continue
        age = service.year - born.year - ((service.month, service.day) < (born.month, born.day))
        for prefix, youngest, oldest in _AGES:
            if diagnosis.code.startswith(prefix) and not youngest <= age <= oldest:
                message = f"diagnosis {diagnosis.number} does not fit the patient's age on that day (DMG02)"
                yield "NP-E-DX-AGE", where, message


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-DX-PRINCIPAL", title="A claim has a principal diagnosis", kinds="PI",
        source="X12 837 implementation maps: HI*BK or ABK required", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-DX-FORM", title="A diagnosis has the form of its code set",
        source="CDC, ICD-10-CM; 45 CFR 162.1002(c)",
    ),
    _look.edit(
        id="NP-E-DX-ICD-10", title="ICD-10 is for services from 2015-10-01",
        source=STEDI + "claim-edit-icd-10-diagnosis-code-with-pre-implementation-service-date",
    ),
    _look.edit(
        id="NP-E-DX-ICD-9", title="ICD-9 is for services before 2015-10-01", kinds="PI",
        source=STEDI + "claim-edit-icd-9-qualifier-after-the-icd-10-transition-date",
    ),
    _look.edit(
        id="NP-E-DX-TWICE", title="Each diagnosis stands once",
        source=STEDI + "claim-edit-duplicate-diagnosis-codes",
    ),
    _look.edit(
        id="NP-E-DX-EXTERNAL", title="No external cause is the principal diagnosis", kinds="PI",
        source=STEDI + "claim-edit-an-external-cause-code-cant-be-the-principal-icd-10-cm-diagnosis-code",
    ),
    _look.edit(
        id="NP-E-DX-SEQUELA", title="No sequela is the principal diagnosis", kinds="PI",
        source=STEDI + "new-claim-edit-a-sequela-code-cant-be-the-primary-icd-10-cm-diagnosis-code",
    ),
    _look.edit(
        id="NP-E-DX-POINTER", title="Each line points to diagnoses that the claim has", kinds="PD",
        source=STEDI + "new-claim-edit-invalid-diagnosis-pointers",
    ),
    _look.edit(
        id="NP-E-DX-SEX", title="A diagnosis is of the patient's sex", severity=Severity.WARN,
        source="CMS, Medicare Code Editor: sex conflict",
    ),
    _look.edit(
        id="NP-E-DX-AGE", title="A diagnosis is of the patient's age", severity=Severity.WARN,
        source="CMS, Medicare Code Editor: age conflict",
    ),
)  # fmt: skip

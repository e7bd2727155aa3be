"""``diagnosis[]``: the principal and other diagnoses, which the lines point at by number.

ICD codes have their point in FHIR and none in the 837. What the 837 says of a diagnosis beyond its code, and
how it groups its HI segments where that is not the usual way, stays in our extension; both must then agree.
"""

from __future__ import annotations

import re

from .codes import DIAGNOSIS_SYSTEMS, DIAGNOSIS_TYPE, PRINCIPAL
from .facts import Document
from .node import Node

__all__ = ["diagnoses_out", "read_diagnoses"]

_SYSTEM = {qualifier: system for system, both in DIAGNOSIS_SYSTEMS.items() for qualifier in both}
_FIRST = frozenset(first for first, _ in DIAGNOSIS_SYSTEMS.values())
_ICD = re.compile(r"[A-Z0-9]{3,7}", re.ASCII)
_GROUP = 12
_OTHER = frozenset({PRINCIPAL, "secondary", "other"})


def diagnoses_out(doc: Document, kind: str) -> list[Document]:
    """``diagnosis[]``, taken from ``codes``; none where a code is no ICD code."""
    codes = doc.get("codes", [])
    named = [one for group in codes for one in group if one["qualifier"] in _SYSTEM]
    if not all(_ICD.fullmatch(one["code"]) for one in named):
        return []
    usual = _grouped([{"qualifier": one["qualifier"], "code": one["code"]} for one in named], kind)
    rest = codes[len(usual) :]
    firsts = [n for n, one in enumerate(named) if one["qualifier"] in _FIRST]
    others = [one for group in rest for one in group if one["qualifier"] in _SYSTEM]
    if codes[: len(usual)] == usual and firsts == [0] and not others:
        doc["codes"] = rest
        if not rest:
            del doc["codes"]
    return [_diagnosis(number, one) for number, one in enumerate(named, 1)]


def read_diagnoses(claim: Node, doc: Document, kind: str) -> list[int]:
    """The diagnoses into ``doc``; the number of each, in pointer order. Raises FhirRefusal."""
    numbers, named = [], []
    for entry in claim.children("diagnosis"):
        number = entry.number("sequence")
        if number is None or number in numbers:
            raise entry.refuse("NP-FHIR-SHAPE", "sequence", "each has a number of its own")
        types = {code for codings in entry.concepts("type") for _, code in codings}
        if not types <= _OTHER:
            raise entry.refuse("NP-FHIR-UNHELD", "type", "principal and other diagnoses are taken")
        codings = entry.codings("diagnosisCodeableConcept")
        known = [(system, code) for system, code in codings if system in DIAGNOSIS_SYSTEMS]
        if len(known) != 1:
            raise entry.refuse("NP-FHIR-CODE", "diagnosisCodeableConcept", "one ICD code is needed")
        system, code = known[0]
        first = PRINCIPAL in types
        named.append({"qualifier": DIAGNOSIS_SYSTEMS[system][not first], "code": code.replace(".", "")})
        numbers.append(number)
        entry.done()
    _principal(named)
    if named:
        _merge(claim, doc, named, kind)
    return numbers


def _principal(named: list[Document]) -> None:
    """Where no diagnosis is called principal, the first one is (837: the first of HI)."""
    if named and not any(one["qualifier"] in _FIRST for one in named):
        system = _SYSTEM[named[0]["qualifier"]]
        named[0]["qualifier"] = DIAGNOSIS_SYSTEMS[system][0]


def _merge(claim: Node, doc: Document, named: list[Document], kind: str) -> None:
    codes = doc.get("codes", [])
    kept = [
        (one["qualifier"], one["code"]) for group in codes for one in group if one["qualifier"] in _SYSTEM
    ]
    if not kept:
        doc["codes"] = [*_grouped(named, kind), *codes]
    elif [code for _, code in kept] != [one["code"] for one in named]:
        raise claim.refuse("NP-FHIR-TWICE", "diagnosis", "the facts of the extension have others")


def _grouped(named: list[Document], kind: str) -> list[list[Document]]:
    """HI segments as usual: one of up to 12, the principal diagnosis by itself on an institutional claim."""
    first, rest = (named[:1], named[1:]) if kind == "I" else ([], named)
    groups = [first, *(rest[n : n + _GROUP] for n in range(0, len(rest), _GROUP))]
    return [group for group in groups if group]


def _diagnosis(number: int, one: Document) -> Document:
    code = one["code"]
    at = 4 if one["qualifier"] in ("BK", "BF") and code.startswith("E") else 3
    shown = f"{code[:at]}.{code[at:]}" if len(code) > at else code
    coding = {"system": _SYSTEM[one["qualifier"]], "code": shown}
    found: Document = {"sequence": number, "diagnosisCodeableConcept": {"coding": [coding]}}
    if one["qualifier"] in _FIRST:
        found["type"] = [{"coding": [{"system": DIAGNOSIS_TYPE, "code": PRINCIPAL}]}]
    return found

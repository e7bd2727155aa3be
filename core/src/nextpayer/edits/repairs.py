"""Repairs: slips of form that can be put right from the claim alone, always in the same way.

A repair changes blanks, the case of codes, separators in numbers, and references that stand twice. It never
changes what was billed, decided or paid: no procedure, diagnosis, date, unit, amount or adjustment becomes
another one. Nothing is repaired unasked: ``nextpayer scrub --repair`` writes the claims that came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from nextpayer.claim import Claim, Envelope, HealthCode, Provider
from nextpayer.codeforms import is_npi, is_tax_id
from nextpayer.edits.look import STEDI
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Address, Reference
from nextpayer.remittance import Procedure

__all__ = ["REPAIRS", "Repair", "repaired"]

T = TypeVar("T")

_SEPARATORS = str.maketrans("", "", " -./()")
_ZIP_SIZES = (5, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One repair: ``fix`` gives the claim as it should be, the same object where nothing is wrong.

    ``told`` says what was done, without any value.
    """

    id: str
    title: str
    source: str
    told: str
    fix: Callable[[Claim], Claim]


def repaired(claim: Claim, repairs: Iterable[Repair] | None = None) -> tuple[Claim, tuple[Finding, ...]]:
    """The claim with every repair made, and a finding for each that changed something."""
    found: list[Finding] = []
    for repair in REPAIRS if repairs is None else repairs:
        after = repair.fix(claim)
        if after is not claim:
            claim = after
            found.append(_finding(repair))
    return claim, tuple(found)


def _finding(repair: Repair) -> Finding:
    return Finding(
        id=repair.id, severity=Severity.REPAIR, where="claim", message=repair.told, source=repair.source
    )


def _everywhere(noun: T, change: Callable[[Any], Any]) -> T:
    """The noun with ``change`` made to every noun and text in it; itself where nothing changed.

    The envelope and what is carried as text stay as they are.
    """
    result: Any
    if isinstance(noun, Enum | Envelope):
        return noun
    if isinstance(noun, str):
        result = change(noun)
        return noun if result == noun else result
    if isinstance(noun, tuple):
        parts = [_everywhere(one, change) for one in noun]
        changed = any(new is not old for new, old in zip(parts, noun, strict=True))
        return tuple(parts) if changed else noun  # type: ignore[return-value]
    if not is_dataclass(noun) or isinstance(noun, type):
        return noun
    own = {
        field.name: new
        for field in fields(noun)
        if field.name not in _AS_WRITTEN
        and (new := _everywhere(old := getattr(noun, field.name), change)) is not old
    }
    result = replace(noun, **own) if own else noun
    after = change(result)
    return noun if after is noun else after  # type: ignore[no-any-return]


#: Fields whose text is opaque: segments, and dates as they were written.
_AS_WRITTEN = frozenset({"carried", "drugs", "forms", "pay_to_plan", "text", "details", "patient_details"})


def _blanks(claim: Claim) -> Claim:
    return _everywhere(claim, lambda one: one.strip(" ") if isinstance(one, str) else one)


def _case(claim: Claim) -> Claim:
    def upper(one: Any) -> Any:
        if isinstance(one, Procedure):
            modifiers = tuple(modifier.upper() for modifier in one.modifiers)
            return _with(one, qualifier=one.qualifier.upper(), code=one.code.upper(), modifiers=modifiers)
        if isinstance(one, HealthCode):
            return _with(one, qualifier=one.qualifier.upper(), code=one.code.upper())
        if isinstance(one, Provider):
            return _with(one, taxonomy=one.taxonomy.upper())
        if isinstance(one, Address):
            return _with(one, state=one.state.upper(), country=one.country.upper())
        return one

    return _everywhere(claim, upper)


def _numbers(claim: Claim) -> Claim:
    def bare(one: Any) -> Any:
        if isinstance(one, Reference) and one.qualifier in ("EI", "SY"):
            plain = one.value.translate(_SEPARATORS)
            return _with(one, value=plain) if is_tax_id(plain) else one
        if isinstance(one, Provider) and one.id_qualifier == "XX":
            plain = one.id.translate(_SEPARATORS)
            return _with(one, id=plain) if is_npi(plain) else one
        if isinstance(one, Address) and one.country in ("", "US"):
            plain = one.postal_code.translate(_SEPARATORS)
            fits = plain.isdecimal() and len(plain) in _ZIP_SIZES
            return _with(one, postal_code=plain) if fits else one
        return one

    return _everywhere(claim, bare)


def _twice(claim: Claim) -> Claim:
    def once(one: Any) -> Any:
        references = getattr(one, "references", ())
        return _with(one, references=tuple(dict.fromkeys(references))) if references else one

    return _everywhere(claim, once)


def _with(noun: Any, **values: Any) -> Any:
    changed = any(getattr(noun, name) != value for name, value in values.items())
    return replace(noun, **values) if changed else noun


#: In the order in which they are made.
REPAIRS: tuple[Repair, ...] = (
    Repair(
        id="NP-R-BLANKS", title="No element begins or ends with blanks", fix=_blanks,
        told="blanks at the beginning or end of elements", source="X12.6: trailing blanks are suppressed",
    ),
    Repair(
        id="NP-R-CASE", title="Codes are upper case", fix=_case,
        told="lower-case letters in procedure, modifier, diagnosis, taxonomy or state codes",
        source=STEDI + "claim-edit-invalid-procedure-code-format",
    ),
    Repair(
        id="NP-R-NUMBERS", title="Tax ids, NPIs and ZIP codes have no separators", fix=_numbers,
        told="separators in a tax id, Social Security Number, NPI or ZIP code",
        source="https://www.stedi.com/docs/healthcare/claim-edits-and-repairs",
    ),
    Repair(
        id="NP-R-REF-TWICE", title="No reference stands twice in a loop", fix=_twice,
        told="one reference twice in a loop", source="X12 837 implementation maps: REF repeats",
    ),
)  # fmt: skip

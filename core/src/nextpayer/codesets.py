"""Code sets: official lists, loaded by plugins for users who are licensed for them.

nextpayer ships no list. A code set is a driver on ``nextpayer.codesets``: it names the lists that it holds
and answers for one code on one day. ``edits_of`` makes an edit of every list that somebody holds; without a
plugin there is none, and forms alone are checked (``nextpayer.codeforms``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar, Protocol, runtime_checkable

from .claim import Claim
from .edits.carried import segments
from .edits.providers import everyone
from .edits.seen import answers
from .finding import Severity
from .scrub import Edit

__all__ = ["LISTS", "CodeSet", "edits_of"]

#: A code with its place and the day that it has to be valid on.
Code = tuple[str, str, dt.date | None]


@runtime_checkable
class CodeSet(Protocol):
    """Holds one or more lists; ``lists`` are names of ``LISTS``."""

    api_version: ClassVar[int]
    lists: ClassVar[frozenset[str]]

    def knows(self, name: str, code: str, on: dt.date | None) -> bool | None:
        """Whether the list has the code on that day (None: on any day); None where the list cannot say."""
        ...


def edits_of(codesets: Iterable[CodeSet]) -> tuple[Edit, ...]:
    """One edit for each list that a code set holds: a code that one of them refuses, and none knows."""
    holders = tuple(codesets)
    return tuple(
        _edit(name, tuple(holder for holder in holders if name in holder.lists))
        for name in LISTS
        if any(name in holder.lists for holder in holders)
    )


def _edit(name: str, holders: tuple[CodeSet, ...]) -> Edit:
    title, source, severity, codes = LISTS[name]

    def check(claim: Claim) -> Iterator[tuple[str, str]]:
        for where, code, day in codes(claim):
            said = [holder.knows(name, code, day) for holder in holders]
            if False in said and True not in said:
                yield where, f"the code is not on the list {name} on {day or 'any day'}"

    return Edit(
        id=f"NP-E-LIST-{name.upper()}", title=title, check=check, source=source, severity=severity,
        scrub_only=True,
    )  # fmt: skip


def _procedures(*qualifiers: str) -> Callable[[Claim], Iterator[Code]]:
    def found(claim: Claim) -> Iterator[Code]:
        for line in claim.lines:
            if line.procedure is not None and line.procedure.qualifier in qualifiers:
                day = line.service_date or claim.service_from
                yield f"2400 line {line.number}", line.procedure.code, day

    return found


def _health_codes(*qualifiers: str) -> Callable[[Claim], Iterator[Code]]:
    def found(claim: Claim) -> Iterator[Code]:
        for group in claim.codes:
            for code in group:
                if code.qualifier in qualifiers:
                    yield f"2300 HI*{code.qualifier}", code.code, claim.service_to

    return found


def _reasons(claim: Claim) -> Iterator[Code]:
    for answer in answers(claim):
        for number, adjustments in answer.levels:
            where = f"2430 line {number} CAS" if number else f"{answer.loop} CAS"
            for adjustment in adjustments:
                yield where, adjustment.reason, answer.first_day


def _remarks(claim: Claim) -> Iterator[Code]:
    for answer in answers(claim):
        for code in answer.decision.outpatient[2:7]:
            if code:
                yield f"{answer.loop} MOA", code, answer.first_day
        inpatient = answer.decision.inpatient
        for code in (*inpatient[4:5], *inpatient[19:23]):
            if code:
                yield f"{answer.loop} MIA", code, answer.first_day


def _revenue(claim: Claim) -> Iterator[Code]:
    return (
        (f"2400 line {line.number} SV201", line.revenue_code, line.service_date or claim.service_from)
        for line in claim.lines
        if line.revenue_code
    )


def _taxonomies(claim: Claim) -> Iterator[Code]:
    if claim.billing.taxonomy:
        yield "2000A PRV03", claim.billing.taxonomy, claim.service_from
    for where, provider in everyone(claim):
        if provider.taxonomy:
            yield f"{where} PRV03", provider.taxonomy, claim.service_from


def _npis(claim: Claim) -> Iterator[Code]:
    for where, provider in everyone(claim):
        if provider.id_qualifier == "XX":
            yield f"{where} NM109", provider.id, claim.service_from


def _places(claim: Claim) -> Iterator[Code]:
    if claim.facility_qualifier == "B":
        yield "2300 CLM05-1", claim.facility_code, claim.service_from
    for line in claim.lines:
        if line.place_of_service:
            yield f"2400 line {line.number}", line.place_of_service, line.service_date


def _drugs(claim: Claim) -> Iterator[Code]:
    for line in claim.lines:
        for lin in segments(claim, line.drugs, "LIN"):
            if lin[2] == "N4":
                yield f"2410 line {line.number} LIN03", lin[3], line.service_date


_STEDI = "https://www.stedi.com/changelog/"

#: Name of a list: what must hold, who says so, how bad it is, and the claim's codes of that list.
LISTS: dict[str, tuple[str, str, Severity, Callable[[Claim], Iterator[Code]]]] = {
    "carc": (
        "A reason code was active when the payer decided", "X12 code list 139 (CARC)",
        Severity.WARN, _reasons,
    ),
    "rarc": (
        "A remark code was active when the payer decided",
        _STEDI + "claim-edit-invalid-remark-code-in-cob-claims; X12 code list 411", Severity.WARN, _remarks,
    ),
    "icd10cm": (
        "A diagnosis is on the ICD-10-CM list of its year", "45 CFR 162.1002(c)",
        Severity.REJECT, _health_codes("ABK", "ABF", "ABJ", "APR", "ABN"),
    ),
    "procedures": (
        "A CPT or HCPCS code is on its list on the day of service",
        _STEDI + "claim-edit-invalid-hcpcs-level-ii-code; 45 CFR 162.1002(c)", Severity.REJECT,
        _procedures("HC"),
    ),
    "cdt": (
        "A dental procedure is on its list on the day of service", "45 CFR 162.1002(c)",
        Severity.REJECT, _procedures("AD"),
    ),
    "hipps": (
        "A HIPPS rate code is on CMS's list", _STEDI + "claim-edit-invalid-hipps-rate-code",
        Severity.REJECT, _procedures("HP"),
    ),
    "revenue": (
        "A revenue code is on NUBC's list", _STEDI + "new-claim-edit-invalid-revenue-code",
        Severity.REJECT, _revenue,
    ),
    "drg": (
        "A diagnosis related group is on CMS's list",
        _STEDI + "claim-edit-missing-diagnosis-related-group-code", Severity.REJECT, _health_codes("DR"),
    ),
    "taxonomy": (
        "A taxonomy code is on NUCC's list", _STEDI + "claim-edit-taxonomy-code-not-in-the-nucc-code-set",
        Severity.REJECT, _taxonomies,
    ),
    "npi": (
        "An NPI is active in NPPES", _STEDI + "claim-edit-deactivated-npi", Severity.REJECT, _npis,
    ),
    "place": (
        "A place of service is on CMS's list", "CMS, place of service codes", Severity.REJECT, _places,
    ),
    "ndc": (
        "An NDC is in FDA's directory on the day of service",
        _STEDI + "claim-edit-unrecognized-or-inactive-ndc", Severity.REJECT, _drugs,
    ),
}  # fmt: skip

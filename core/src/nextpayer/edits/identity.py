"""Identity: the names and numbers of people and providers. No message repeats one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nextpayer.claim import Claim, Provider
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.edits.seen import place
from nextpayer.finding import Severity
from nextpayer.policy import Person

__all__ = ["EDITS"]

#: A UPIN: a letter and five digits, or three letters and three digits.
_UPIN = re.compile(r"[A-Z]\d{5}|[A-Z]{3}\d{3}", re.ASCII)
_SSN = re.compile(r"\d{9}", re.ASCII)
#: Area numbers that the Social Security Administration does not assign.
_UNASSIGNED = ("000", "666", "9")


def walk(claim: Claim) -> Faults:
    billing, holder, patient = claim.billing.provider, claim.policy.holder, claim.patient
    if billing.references or (billing.entity == "1" and not (billing.first and billing.last)):
        yield from _provider(billing, "2010AA")
    if not holder.first or not holder.last or holder.carried:
        yield from _person(claim, holder, "2010BA")
    if patient is not holder and claim.policy.patient_relationship != "18":  # else there is no loop 2010CA
        yield from _person(claim, patient, "2010CA")
    for provider in claim.providers:
        if provider.references or (provider.entity == "1" and not (provider.first and provider.last)):
            yield from _provider(provider, f"2310 {provider.role}")
    for other in claim.other_payers:
        holder = other.policy.holder
        if not holder.first or not holder.last or holder.carried:
            yield from _person(claim, holder, place(other.policy, "2330A"))
        if other.carried:
            for number in _carried(claim, other.carried, "1G"):
                yield from _upin(number, place(other.policy, "2330"))
    for line in claim.lines:
        for provider in line.providers:
            yield from _provider(provider, f"2420 line {line.number} {provider.role}")


def _person(claim: Claim, person: Person, where: str) -> Faults:
    if person.entity == "1":
        if not person.first:
            yield "NP-E-NAME-FIRST", f"{where} NM104", "a person's first name is missing"
        if not person.last:
            yield "NP-E-NAME-LAST", f"{where} NM103", "a person's last name is missing"
    if person.carried:
        for number in _carried(claim, person.carried, "SY"):
            yield from _ssn(number, where)


def _provider(provider: Provider, where: str) -> Faults:
    if provider.entity == "1":
        if not provider.first:
            yield "NP-E-NAME-FIRST", f"{where} NM104", "a person's first name is missing"
        if not provider.last:
            yield "NP-E-NAME-LAST", f"{where} NM103", "a person's last name is missing"
    for reference in provider.references:
        if reference.qualifier == "1G":
            yield from _upin(reference.value, where)
        elif reference.qualifier == "SY" and provider.role == "85":
            yield from _ssn(reference.value, where)


def _ssn(number: str, where: str) -> Faults:
    if not _SSN.fullmatch(number):
        message = "a Social Security Number is nine digits without separators"
        yield "NP-E-SSN-FORMAT", f"{where} REF*SY", message
    elif number.startswith(_UNASSIGNED):
        message = f"a Social Security Number does not begin with {', '.join(_UNASSIGNED)}"
        yield "NP-E-SSN-AREA", f"{where} REF*SY", message


def _upin(number: str, where: str) -> Faults:
    if not _UPIN.fullmatch(number):
        message = "a UPIN is one letter and five digits, or three letters and three digits"
        yield "NP-E-UPIN-FORMAT", f"{where} REF*1G", message


def _carried(claim: Claim, segments: tuple[str, ...], qualifier: str) -> Iterator[str]:
    """REF02 of the carried REF segments with this qualifier, in the syntax of the claim's envelope."""
    mark = claim.envelope.delimiters[0] if claim.envelope is not None else "*"
    for segment in segments:
        parts = segment.split(mark)
        if len(parts) > 2 and parts[0] == "REF" and parts[1] == qualifier:
            yield parts[2]


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-NAME-FIRST", title="A person has a first name",
        source=STEDI + "claim-edit-missing-first-name",
    ),
    _look.edit(
        id="NP-E-NAME-LAST", title="A person has a last name",
        source=STEDI + "claim-edit-missing-last-name",
    ),
    _look.edit(
        id="NP-E-SSN-FORMAT", title="A Social Security Number is nine digits",
        source=STEDI + "new-claim-edit-invalid-social-security-number",
    ),
    _look.edit(
        id="NP-E-SSN-AREA", title="A Social Security Number begins as assigned ones do",
        source=STEDI + "claim-edit-social-security-number-with-an-unassigned-area-number",
    ),
    # The publisher rejects. We warn: the NPI has replaced it, and X12's own MSP example has one of digits.
    _look.edit(
        id="NP-E-UPIN-FORMAT", title="A UPIN has the form of one",
        source=STEDI + "claim-edit-invalid-provider-upin-format", severity=Severity.WARN,
    ),
)  # fmt: skip

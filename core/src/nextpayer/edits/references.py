"""References: claim numbers, authorizations and referrals stand with the payer that gave them.

The destination's own numbers stand in 2300 and 2400; another payer's in its 2330B, or on a line with that
payer's id (REF04 2U). No message repeats a number.
"""

from __future__ import annotations

from nextpayer.claim import Claim, ServiceLine
from nextpayer.edits.look import STEDI, STEDI_API, Faults, Look
from nextpayer.edits.seen import place
from nextpayer.finding import Severity
from nextpayer.policy import Reference

__all__ = ["EDITS"]

_NAMES = {"G1": "authorization", "9F": "referral"}
#: Claim frequencies (CLM05-3) of a claim that replaces nothing: original and interim ones.
_FIRST = frozenset({"", "1", "2", "3", "4"})
_REPLACES = frozenset({"7", "8"})


def walk(claim: Claim) -> Faults:
    references = claim.references
    if references:
        if claim.frequency in _FIRST and any(r.qualifier == "F8" for r in references):
            message = "the claim replaces none, so the payer's claim number may not be sent (CLM05-3)"
            yield "NP-E-REF-CLAIM-NUMBER", "2300 REF*F8", message
        if _same(references):
            message = "the authorization and the referral have one number"
            yield "NP-E-REF-AUTH-SAME", "2300 REF*G1, REF*9F", message
    if claim.frequency in _REPLACES and not any(r.qualifier == "F8" for r in references):
        message = "the claim replaces or voids one (CLM05-3), and the payer's number for that one is missing"
        yield "NP-E-REF-CLAIM-NUMBER", "2300 REF*F8", message
    for other in claim.other_payers:
        for reference in other.references:
            if reference.qualifier == "T4":
                message = "the re-adjudication indicator is for claims that a payer sends to a payer"
                yield "NP-E-REF-READJUDICATED", f"{place(other.policy, '2330B')} REF*T4", message
            elif reference.qualifier in _NAMES and references and _given(reference, references):
                message = (
                    f"the {_NAMES[reference.qualifier]} number is one that another payer gave "
                    f"({place(other.policy, '2330B')})"
                )
                yield "NP-E-REF-AUTH-PAYER", f"2300 REF*{reference.qualifier}", message
    for line in claim.lines:
        for reference in line.references:
            if reference.qualifier in _NAMES:
                yield from _line(claim, line)
                break


def _line(claim: Claim, line: ServiceLine) -> Faults:
    where = f"2400 line {line.number} REF"
    own: dict[str, int] = {}
    for reference in line.references:
        qualifier = reference.qualifier
        if qualifier not in _NAMES:
            continue
        if not reference.payer_id:
            own[qualifier] = own.get(qualifier, 0) + 1
        elif not any(reference.payer_id == other.policy.payer.id for other in claim.other_payers):
            message = f"the {_NAMES[qualifier]} number is of no payer of the claim ({reference.payer_id})"
            yield "NP-E-REF-AUTH-PAYER", f"{where}*{qualifier}", message
    for qualifier, count in own.items():
        if count > 1:
            message = f"{count} {_NAMES[qualifier]} numbers for the payer billed: there is room for one"
            yield "NP-E-REF-AUTH-ONE", f"{where}*{qualifier}", message
    if _same(line.references):
        message = "the authorization and the referral have one number"
        yield "NP-E-REF-AUTH-SAME", f"{where}*G1, REF*9F", message


def _same(references: tuple[Reference, ...]) -> bool:
    authorizations = [(r.value, r.payer_id) for r in references if r.qualifier == "G1"]
    if not authorizations:
        return False
    return any(r.qualifier == "9F" and (r.value, r.payer_id) in authorizations for r in references)


def _given(reference: Reference, references: tuple[Reference, ...]) -> bool:
    return any(r.qualifier == reference.qualifier and r.value == reference.value for r in references)


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-REF-CLAIM-NUMBER", title="The payer's claim number goes with a replacement or void only",
        source="X12 837 implementation maps: 2300 REF*F8; RevManagement: missing claim control number",
    ),
    _look.edit(
        id="NP-E-REF-AUTH-ONE", title="A line has one authorization and one referral for the payer billed",
        source=STEDI + "claim-edit-multiple-prior-authorization-or-referral-numbers-on-a-service-line",
        kinds="PD",
    ),
    _look.edit(
        id="NP-E-REF-AUTH-SAME", title="Authorization and referral are two numbers",
        source=STEDI + "claim-edit-prior-authorization-number-matches-the-referral-number",
    ),
    _look.edit(
        id="NP-E-REF-AUTH-PAYER", title="An authorization stands with the payer that gave it",
        source=STEDI_API, severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-REF-READJUDICATED", title="No provider sends the re-adjudication indicator",
        source=STEDI_API, severity=Severity.WARN,
    ),
)  # fmt: skip

"""Payers: each payer of the claim has its own place in the order, its own id, and the fields of its loop.

The places are P, S, T, then A to H for the 4th to the 11th payer (SBR01). U, unknown, has no place and may
repeat: it is for payer-to-payer claims.
"""

from __future__ import annotations

from nextpayer.claim import Claim, OtherPayer
from nextpayer.edits.look import STEDI, STEDI_API, STEDI_API_I, Faults, Look
from nextpayer.edits.seen import RANKS, place
from nextpayer.finding import Severity
from nextpayer.policy import SEQUENCES

__all__ = ["EDITS"]

#: Loop 2320 may repeat this often in one claim (X12 837 implementation maps).
MOST_OTHER_PAYERS = 10
#: Secondary ids of another payer (2330B REF): payer id, employer's number, office number, NAIC code.
_PAYER_NUMBERS = frozenset({"2U", "EI", "FY", "NF"})
_MOST_PAYER_NUMBERS = 2
_LONGEST_NAME = 60


def order(claim: Claim) -> Faults:
    """The places in the paying order (2000B and 2320 SBR01)."""
    others = claim.other_payers
    code = claim.policy.sequence
    primaries = 1 if code == "P" else 0
    last = RANKS.get(code, 0)
    taken = {code}
    if not code:
        yield "NP-E-ORDER-MISSING", "2000B SBR01", "the payer's place in the paying order is missing"
    for other in others:
        code = other.policy.sequence
        rank = RANKS.get(code, 0)
        if rank > last:
            last = rank
        if code == "P":
            primaries += 1
        elif not code:
            message = f"the payer's place in the paying order is missing (payer {other.policy.payer.id})"
            yield "NP-E-ORDER-MISSING", "2320 SBR01", message
        elif code in taken and code != "U":
            message = f"two payers have the place {code} in the paying order"
            yield "NP-E-ORDER-TWICE", f"{place(other.policy)} SBR01", message
        taken.add(code)
    if primaries != 1:
        payers = f"{primaries} payers are" if primaries else "no payer is"
        yield "NP-E-ORDER-PRIMARY", "2000B, 2320 SBR01", f"{payers} marked primary (P): there must be one"
    if last > 1:  # nothing lies between P and S, and a missing P has been named
        for code in SEQUENCES[1:last]:
            if code not in taken:
                message = f"the paying order skips {code}: a payer has the place {SEQUENCES[last]}"
                yield "NP-E-ORDER-GAP", "2000B, 2320 SBR01", message
    if len(others) > 1:
        if len(others) > MOST_OTHER_PAYERS:
            message = f"{len(others)} other payers: a claim has room for {MOST_OTHER_PAYERS}"
            yield "NP-E-OTHER-COUNT", "2320", message
        yield from _same_id(others)


def loops(claim: Claim) -> Faults:
    """The fields of each other payer's loop (2320, 2330A, 2330B)."""
    assigned, release = claim.benefits_assigned, claim.release
    for other in claim.other_payers:
        policy = other.policy
        payer = policy.payer
        if not policy.patient_relationship:
            message = "the patient's relationship to this payer's subscriber is missing"
            yield "NP-E-OTHER-FIELDS", f"{place(policy)} SBR02", message
        if not policy.filing_indicator:
            yield "NP-E-OTHER-FIELDS", f"{place(policy)} SBR09", "the claim filing indicator is missing"
        if policy.plan_name and policy.group_number:
            message = "group number and group name are both sent; the number is enough"
            yield "NP-E-OTHER-GROUP", f"{place(policy)} SBR03, SBR04", message
        if other.benefits_assigned != assigned or assigned != "Y":
            if other.benefits_assigned not in ("Y", "N", "W"):
                message = "the assignment of benefits is not Y, N or W"
                yield "NP-E-OTHER-FIELDS", f"{place(policy)} OI03", message
            elif other.benefits_assigned != assigned and assigned:
                message = f"assignment {other.benefits_assigned} is not the claim's {assigned} (CLM08)"
                yield "NP-E-OTHER-ASSIGNMENT", f"{place(policy)} OI03", message
        if other.release != release or release != "Y":
            if other.release not in ("Y", "I"):
                yield "NP-E-OTHER-FIELDS", f"{place(policy)} OI06", "the release of information is not Y or I"
            elif other.release != release and release:
                message = f"release {other.release} is not the claim's {release} (CLM09)"
                yield "NP-E-OTHER-RELEASE", f"{place(policy)} OI06", message
        if not payer.name or len(payer.name) > _LONGEST_NAME:
            message = f"the name is missing or longer than {_LONGEST_NAME} characters (payer {payer.id})"
            yield "NP-E-OTHER-PAYER", f"{place(policy, '2330B')} NM103", message
        if not payer.id:
            yield "NP-E-OTHER-PAYER", f"{place(policy, '2330B')} NM109", "the payer's id is missing"
        if payer.id_qualifier not in ("PI", "XV"):
            message = f"the kind of the payer's id is not PI or XV (payer {payer.id})"
            yield "NP-E-OTHER-PAYER", f"{place(policy, '2330B')} NM108", message
        if payer.references or len(other.references) > _MOST_PAYER_NUMBERS:
            numbers = [r for r in payer.references + other.references if r.qualifier in _PAYER_NUMBERS]
            if len(numbers) > _MOST_PAYER_NUMBERS:
                message = f"{len(numbers)} secondary ids: there is room for {_MOST_PAYER_NUMBERS}"
                yield "NP-E-OTHER-NUMBERS", f"{place(policy, '2330B')} REF", message
        if not policy.member_id:
            message = "the subscriber's member id is missing"
            yield "NP-E-OTHER-SUBSCRIBER", f"{place(policy, '2330A')} NM109", message
        if policy.member_id_qualifier not in ("MI", "II"):
            message = "the kind of the subscriber's id is not MI or II"
            yield "NP-E-OTHER-SUBSCRIBER", f"{place(policy, '2330A')} NM108", message
        if policy.holder.entity != "1":
            if policy.holder.entity != "2":
                message = "the subscriber is neither a person (1) nor an organization (2)"
                yield "NP-E-OTHER-SUBSCRIBER", f"{place(policy, '2330A')} NM102", message
            elif not policy.holder.last:
                message = "the organization's name is missing"
                yield "NP-E-OTHER-SUBSCRIBER", f"{place(policy, '2330A')} NM103", message


def _same_id(others: tuple[OtherPayer, ...]) -> Faults:
    """Two plans of one insurer may stand on a claim until both answer, or one decides lines (SVD01)."""
    for at, other in enumerate(others):
        for before in others[:at]:
            if before.policy.payer.id != other.policy.payer.id:
                continue
            one, two = before.adjudication, other.adjudication
            if (one and two) or (one and one.lines) or (two and two.lines):
                message = (
                    f"the payers {before.policy.sequence} and {other.policy.sequence} have one id "
                    f"{other.policy.payer.id}, so a line decision (SVD01) could be either's"
                )
                yield "NP-E-OTHER-SAME-ID", f"{place(other.policy, '2330B')} NM109", message


def walk(claim: Claim) -> Faults:
    yield from order(claim)
    if claim.other_payers:
        yield from loops(claim)


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-ORDER-PRIMARY", title="One payer is primary",
        source=STEDI + "new-claim-edit-missing-primary-payer",
    ),
    _look.edit(
        id="NP-E-ORDER-MISSING", title="Every payer has a place in the paying order",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-ORDER-TWICE", title="No two payers have one place in the paying order",
        source=STEDI + "new-claim-edit-duplicate-payer-responsibility-level-codes",
    ),
    _look.edit(
        id="NP-E-ORDER-GAP", title="The paying order skips no place",
        source=STEDI + "claim-edit-payer-responsibility-level-codes-must-be-in-order",
    ),
    _look.edit(
        id="NP-E-OTHER-COUNT", title="A claim has at most 10 other payers",
        source="X12 837 implementation maps: loop 2320 repeat",
    ),
    _look.edit(
        id="NP-E-OTHER-SAME-ID", title="Payers that answered have ids of their own",
        source="BCBS Oklahoma, tertiary claims (2012-10-22); X12 RFI 1564",
    ),
    _look.edit(
        id="NP-E-OTHER-FIELDS", source=STEDI_API,
        title="Another payer's loop has relationship, filing indicator, assignment of benefits and release",
    ),
    _look.edit(
        id="NP-E-OTHER-PAYER", title="Another payer has a name, an id and the kind of the id",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-OTHER-SUBSCRIBER", title="Another payer's subscriber has a name, a member id and its kind",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-OTHER-NUMBERS", title="Another payer has at most two secondary ids",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-OTHER-GROUP", title="Another payer's group has a number or a name, not both",
        source=STEDI_API_I, severity=Severity.WARN, kinds="I",
    ),
    _look.edit(
        id="NP-E-OTHER-ASSIGNMENT", title="Another payer's assignment of benefits is the claim's",
        source="Encounter data rule: OI03 = CLM08", severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-OTHER-RELEASE", title="Another payer's release of information is the claim's",
        source="X12 RFI 1786", severity=Severity.WARN,
    ),
)  # fmt: skip

"""Medicare on a claim: why it is not the primary payer (SBR05), and which part takes which claim.

Insurance types and their meaning: CMS Medicare Secondary Payer types as the Medicare contractors publish
them (FCSO 138521, NGS, Palmetto). 837I has no SBR05; there a value code says the same, which is the Medicare
adapter's affair.
"""

from __future__ import annotations

from nextpayer.claim import Claim, ClaimKind
from nextpayer.edits.look import STEDI, STEDI_API, Faults, Look
from nextpayer.edits.seen import MEDICARE, place
from nextpayer.finding import Severity
from nextpayer.policy import Policy

__all__ = ["EDITS"]

#: Insurance types (SBR05) to the accident causes (CLM11-1 to -3: AA auto, EM employment, OA other) that fit.
INSURANCE_TYPES: dict[str, tuple[str, ...]] = {
    "12": (),  # working aged
    "13": (),  # end-stage renal disease
    "14": ("AA", "EM", "OA"),  # no-fault
    "15": ("EM",),  # workers' compensation
    "16": (),  # Public Health Service or other federal agency
    "41": (),  # Black Lung
    "42": (),  # Veterans Affairs
    "43": (),  # disabled
    "47": ("AA", "EM", "OA"),  # other liability
}
#: Filing indicators of payers whose insurance type nobody questions: Medicare, and Medicare Advantage (16).
_EXPECTED = MEDICARE | {"16"}


def walk(claim: Claim) -> Faults:
    policy = claim.policy
    if policy.insurance_type or policy.filing_indicator in MEDICARE:
        yield from _policy(claim, policy, "2000B")
    for other in claim.other_payers:
        policy = other.policy
        if policy.insurance_type or policy.filing_indicator in MEDICARE:
            yield from _policy(claim, policy, place(policy))


def _policy(claim: Claim, policy: Policy, loop: str) -> Faults:
    kind, filing = policy.insurance_type, policy.filing_indicator
    where = f"{loop} SBR05"
    if kind and claim.kind is ClaimKind.INSTITUTIONAL:
        message = f"insurance type {kind}; an institutional claim says it by a value code (HI*BE)"
        yield "NP-E-MEDICARE-TYPE-PLACE", where, message
    if not kind:
        if policy.sequence not in ("P", "U", ""):
            message = "Medicare is not primary, and the insurance type that says why is missing"
            yield "NP-E-MEDICARE-TYPE-MISSING", where, message
    else:
        if policy.sequence == "P":
            message = f"the primary payer has the insurance type {kind}; it may have none"
            yield "NP-E-MEDICARE-TYPE-PRIMARY", where, message
        if kind not in INSURANCE_TYPES:
            message = f"insurance type {kind} is not one of {', '.join(INSURANCE_TYPES)}"
            yield "NP-E-MEDICARE-TYPE-CODE", where, message
        if filing not in _EXPECTED:
            message = f"insurance type {kind} says why Medicare is not primary; this payer is not Medicare"
            yield "NP-E-MEDICARE-TYPE-OTHER", where, message
        causes = INSURANCE_TYPES.get(kind)
        if causes and not any(cause in causes for cause in claim.accident[:3]):
            message = f"insurance type {kind} asks for an accident, and CLM11 is not {' or '.join(causes)}"
            yield "NP-E-MEDICARE-ACCIDENT", where, message
    wrong, right = ("MB", "A") if claim.kind is ClaimKind.INSTITUTIONAL else ("MA", "B")
    if filing == wrong:
        message = f"{wrong} on this form: as a rule these claims go to Medicare Part {right}"
        yield "NP-E-MEDICARE-PART", f"{loop} SBR09", message


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-MEDICARE-TYPE-MISSING", title="Medicare that is not primary says why",
        source=STEDI + "claim-edit-missing-insurance-type-code-when-medicare-is-a-non-primary-payer",
        kinds="PD",
    ),
    _look.edit(
        id="NP-E-MEDICARE-TYPE-PRIMARY", title="The primary payer has no insurance type",
        source=STEDI + "claim-edit-insurance-type-code-not-allowed-for-the-primary-payer", kinds="PD",
    ),
    _look.edit(
        id="NP-E-MEDICARE-TYPE-CODE", title="The insurance type is one of the code set",
        source=STEDI_API, kinds="PD",
    ),
    _look.edit(
        id="NP-E-MEDICARE-TYPE-PLACE", title="An institutional claim has no insurance type",
        source="X12 837I implementation map: SBR05 is not used", kinds="I",
    ),
    _look.edit(
        id="NP-E-MEDICARE-TYPE-OTHER", title="Only Medicare has an insurance type",
        source="X12 837P implementation map: SBR05; FCSO 138521", severity=Severity.WARN, kinds="PD",
    ),
    _look.edit(
        id="NP-E-MEDICARE-ACCIDENT", title="An accident's insurance type goes with the accident's cause",
        source="FCSO 0367045: the type must match the insurance", severity=Severity.WARN, kinds="PD",
    ),
    _look.edit(
        id="NP-E-MEDICARE-PART", title="Part A takes institutional claims, Part B the others",
        source="X12 code list 1032 (SBR09)", severity=Severity.WARN,
    ),
)  # fmt: skip

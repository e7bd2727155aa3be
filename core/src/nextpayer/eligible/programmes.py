"""Medicare, Medicaid and Qualified Medicare Beneficiaries, as the insurance types of an answer tell
(EB04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from nextpayer.coverage import Coverage
from nextpayer.eligibility import INACTIVE, Benefit, Eligibility
from nextpayer.eligible.spans import holds
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Policy

__all__ = ["PROGRAMMES", "of_another_programme", "programmes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Insurance types that say one thing. ``kinds`` are the payer kinds for which it is nothing new."""

    id: str
    codes: frozenset[str]
    kinds: frozenset[str]
    severity: Severity
    says: str
    source: str


PROGRAMMES = (
    Programme(
        id="NP-ELIG-QMB",
        codes=frozenset({"QM"}),
        kinds=frozenset(),
        severity=Severity.WARN,
        says="a Qualified Medicare Beneficiary: may not be billed what Medicare leaves; bill Medicaid",
        source="42 USC 1396a(n)(3)(B)",
    ),
    Programme(
        id="NP-ELIG-MSP",
        codes=frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"}),
        kinds=frozenset(),
        severity=Severity.WARN,
        says="Medicare is told to be secondary; find the payer that comes before it",
        source="42 USC 1395y(b)",
    ),
    Programme(
        id="NP-ELIG-MEDICARE-ADVANTAGE",
        codes=frozenset({"HN"}),
        kinds=frozenset({"medicare_advantage"}),
        severity=Severity.WARN,
        says="the patient is told to be in a Medicare Advantage plan: it is billed in Medicare's stead",
        source="42 CFR 422.2",
    ),
    Programme(
        id="NP-ELIG-MEDICARE",
        codes=frozenset({"MA", "MB", "MP"}),
        kinds=frozenset({"medicare"}),
        severity=Severity.WARN,
        says="the patient is told to have Medicare",
        source="42 USC 1395y(b)",
    ),
    Programme(
        id="NP-ELIG-MEDICAID",
        codes=frozenset({"MC"}),
        kinds=frozenset({"medicaid", "chip"}),
        severity=Severity.WARN,
        says="the patient is told to have Medicaid, which pays after every other payer",
        source="42 USC 1396a(a)(25)",
    ),
)


def programmes(policy: Policy, coverage: Coverage, answer: Eligibility, on: dt.date) -> Iterator[Finding]:
    """One finding for each programme that the answer tells for the day, at its first benefit.

    A programme of which the coverage has a policy is only told (info).
    """
    kinds = {one.payer.kind for one in coverage.policies}
    for row in PROGRAMMES:
        told = next(
            (
                one
                for one in answer.benefits
                if one.insurance_type in row.codes and one.status not in INACTIVE and holds(one.dates, on)
            ),
            None,
        )
        if told is None:
            continue
        if policy.payer.kind in row.kinds:
            continue
        known = bool(kinds & row.kinds)
        yield Finding(
            id=row.id,
            severity=Severity.INFO if known else row.severity,
            where=f"segment {told.segment}",
            message=f"{row.says} (insurance type {told.insurance_type})"
            + ("; it is on file" if known else ""),
            source=row.source,
        )


#: Insurance types that are a programme's own cover, and the payer kinds that may speak of it as theirs.
_OWN = {
    "MA": frozenset({"medicare"}),
    "MB": frozenset({"medicare"}),
    "MC": frozenset({"medicaid", "chip"}),
}


def of_another_programme(policy: Policy, benefit: Benefit) -> bool:
    """Whether a benefit is about Medicare or Medicaid in the answer of a payer that is neither: some Medicaid
    payers tell a patient's Medicare as if it were their own cover (X12 RFI 505)."""
    kinds = _OWN.get(benefit.insurance_type)
    return kinds is not None and bool(policy.payer.kind) and policy.payer.kind not in kinds

"""Edits for claims to Medicare."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from nextpayer.claim import Claim
from nextpayer.codeforms import is_mbi
from nextpayer.finding import Severity
from nextpayer.scrub import Edit

from .hospital import HOSPITAL

__all__ = ["EDITS"]

#: COBA ids of Medigap insurers for claim-based crossover (CMS COBA Implementation Guide).
_COBA_MEDIGAP = re.compile("5[5-9][0-9]{3}", re.ASCII)
#: Spinal manipulation, and the subluxations that Medicare pays it for (Benefit Policy Manual ch. 15, 240).
_CHIROPRACTIC = frozenset({"98940", "98941", "98942"})
_SUBLUXATIONS = frozenset({f"M990{region}" for region in range(6)})
#: From this day Medicare takes the MBI only.
_MBI_ONLY = dt.date(2020, 1, 1)


def _mbi(claim: Claim) -> Iterator[tuple[str, str]]:
    service = claim.service_from
    if (
        claim.policy.filing_indicator in ("MA", "MB")
        and service
        and service >= _MBI_ONLY
        and not is_mbi(claim.policy.member_id)
    ):
        yield "2010BA NM109", "the member id is not a Medicare Beneficiary Identifier (11 places, no dashes)"


def _claim_based_crossover(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator != "MB" or claim.policy.sequence != "P":
        return
    for other in claim.other_payers:
        if other.policy.payer.kind == "medigap" and not _COBA_MEDIGAP.fullmatch(other.policy.payer.id):
            yield (
                "2330B NM109",
                "Medicare crosses a claim over to a Medigap insurer by its COBA id, 55000 to 59999",
            )


def _manipulations(claim: Claim) -> bool:
    return claim.policy.filing_indicator == "MB" and any(
        line.procedure is not None and line.procedure.code in _CHIROPRACTIC for line in claim.lines
    )


def _chiropractic(claim: Claim) -> Iterator[tuple[str, str]]:
    if _manipulations(claim) and claim.diagnoses and claim.diagnoses[0].code not in _SUBLUXATIONS:
        yield "2300 HI*ABK", "spinal manipulation needs a principal diagnosis M99.00 to M99.05"


def _initial_treatment(claim: Claim) -> Iterator[tuple[str, str]]:
    dates = [*claim.dates, *(fact for line in claim.lines for fact in line.dates)]
    if _manipulations(claim) and not any(fact.qualifier == "454" for fact in dates):
        yield "2300, 2400 DTP*454", "spinal manipulation needs the date of the initial treatment"


def _frequency(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator == "MB" and claim.frequency != "1":
        yield "2300 CLM05-3", "Part B takes original claims alone; a correction is a reopening or an appeal"


EDITS = (
    Edit(
        id="NP-MCR-MBI",
        title="The member id is an MBI",
        check=_mbi,
        source="CMS: Medicare Beneficiary Identifier format; MBI only from 2020-01-01",
    ),
    Edit(
        id="NP-MCR-COBA-MEDIGAP",
        title="A Medigap insurer behind Medicare is named by its COBA id",
        check=_claim_based_crossover,
        severity=Severity.WARN,
        kinds="P",
        source="CMS COBA claim-based crossover; CMS-1500 item 9d",
    ),
    Edit(
        id="NP-MCR-CHIROPRACTIC",
        title="Spinal manipulation has a subluxation as principal diagnosis",
        check=_chiropractic,
        kinds="P",
        source="https://www.stedi.com/changelog/"
        "new-claim-edit-invalid-primary-diagnosis-on-medicare-chiropractic-claims",
        scrub_only=True,
    ),
    Edit(
        id="NP-MCR-INITIAL-TREATMENT",
        title="Spinal manipulation has the date of the initial treatment",
        check=_initial_treatment,
        kinds="P",
        source="https://www.stedi.com/changelog/page/18; Medicare Claims Processing Manual ch. 26",
        severity=Severity.WARN,
        scrub_only=True,
    ),
    Edit(
        id="NP-MCR-FREQUENCY",
        title="Part B takes original claims",
        check=_frequency,
        kinds="P",
        source="Medicare contractors: Part B claims are corrected by a reopening",
        severity=Severity.WARN,
        scrub_only=True,
    ),
    *HOSPITAL,
)

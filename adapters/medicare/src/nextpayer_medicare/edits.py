"""Edits for claims to Medicare."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from nextpayer.claim import Claim
from nextpayer.codeforms import is_mbi
from nextpayer.finding import Severity
from nextpayer.money import x12_amount
from nextpayer.scrub import Edit

from .codes import MSP_VALUE_CODES, OTAF

__all__ = ["EDITS"]

#: COBA ids of Medigap insurers for claim-based crossover (CMS COBA Implementation Guide).
_COBA_MEDIGAP = re.compile("5[5-9][0-9]{3}", re.ASCII)
#: Spinal manipulation, and the subluxations that Medicare pays it for (Benefit Policy Manual ch. 15, 240).
_CHIROPRACTIC = frozenset({"98940", "98941", "98942"})
_SUBLUXATIONS = frozenset({f"M990{region}" for region in range(6)})
#: MSP value code to the occurrence codes of which it needs one (Medicare Secondary Payer Manual ch. 3).
_PAIRED = {
    "14": frozenset({"01", "02"}),
    "47": frozenset({"01", "03"}),
    "15": frozenset({"04"}),
    "13": frozenset({"33"}),
}
#: The day on which the insurer before Medicare denied.
_DENIED = "24"
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


def _msp_value_code(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator == "MA" and claim.policy.sequence != "P":
        codes = [code for group in claim.codes for code in group if code.qualifier == "BE"]
        if not any(code.code in MSP_VALUE_CODES for code in codes):
            yield (
                "2300 HI*BE",
                "Medicare is not primary, and no value code says why and what the payer before paid",
            )


def _value_44(claim: Claim) -> Iterator[tuple[str, str]]:
    primary = next((o.adjudication for o in claim.other_payers if o.adjudication is not None), None)
    if claim.policy.filing_indicator != "MA" or primary is None:
        return
    for code in (code for group in claim.codes for code in group if code.qualifier == "BE"):
        if code.code == OTAF and code.detail[-1:] != (
            x12_amount(claim.charge_amount - primary.adjusted("CO")),
        ):
            yield "2300 HI*BE:44", "value code 44 is not the charges less every CO adjustment of the primary"


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


def _occurrences(claim: Claim) -> Iterator[tuple[str, str]]:
    """What an accident's value code goes with, and a conditional payment (0.00)."""
    if claim.policy.filing_indicator != "MA":
        return
    codes = [code for group in claim.codes for code in group]
    occurred = {code.code for code in codes if code.qualifier == "BH"}
    for code in codes:
        if code.qualifier != "BE" or code.code not in MSP_VALUE_CODES:
            continue
        wanted = _PAIRED.get(code.code, frozenset())
        if wanted and not wanted & occurred:
            message = f"value code {code.code} goes with an occurrence code {' or '.join(sorted(wanted))}"
            yield f"2300 HI*BE:{code.code}", message
        if code.detail[-1:] and not code.detail[-1].strip("0.") and _DENIED not in occurred:
            message = f"a conditional payment (value code {code.code} of 0) needs occurrence code {_DENIED}"
            yield f"2300 HI*BE:{code.code}", message


EDITS = (
    Edit(
        id="NP-MCR-MBI",
        title="The member id is an MBI",
        check=_mbi,
        source="CMS: Medicare Beneficiary Identifier format; MBI only from 2020-01-01",
    ),
    Edit(
        id="NP-MCR-VALUE-CODE",
        title="An institutional MSP claim has its value code",
        check=_msp_value_code,
        kinds="I",
        source="Medicare Secondary Payer Manual ch. 3; CGS, NGS MSP billing",
    ),
    Edit(
        id="NP-MCR-VALUE-44",
        title="Value code 44 agrees with the primary's adjustments",
        check=_value_44,
        kinds="I",
        source="Noridian MSP inquiries Q2 (CR 6426); FISS reason 33981",
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
    Edit(
        id="NP-MCR-OCCURRENCE",
        title="An MSP value code has its occurrence codes",
        check=_occurrences,
        kinds="I",
        source="Medicare Secondary Payer Manual ch. 3; FCSO, NGS: conditional payment",
        severity=Severity.WARN,
        scrub_only=True,
    ),
)

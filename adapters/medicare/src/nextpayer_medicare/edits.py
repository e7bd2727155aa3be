"""Edits for claims to Medicare."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from nextpayer.claim import Claim
from nextpayer.finding import Severity
from nextpayer.money import x12_amount
from nextpayer.scrub import Edit

from .codes import MSP_VALUE_CODES, OTAF

__all__ = ["EDITS"]

#: The Medicare Beneficiary Identifier: eleven places, letters without S, L, O, I, B, Z (CMS, New Medicare
#: Card).
_LETTER = "[AC-HJKMNP-RT-Y]"
_LETTER_OR_DIGIT = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(
    f"[1-9]{_LETTER}{_LETTER_OR_DIGIT}[0-9]{_LETTER}{_LETTER_OR_DIGIT}[0-9]{_LETTER}{_LETTER}[0-9][0-9]",
    re.ASCII,
)
#: COBA ids of Medigap insurers for claim-based crossover (CMS COBA Implementation Guide).
_COBA_MEDIGAP = re.compile("5[5-9][0-9]{3}", re.ASCII)
#: From this day Medicare takes the MBI only.
_MBI_ONLY = dt.date(2020, 1, 1)


def _mbi(claim: Claim) -> Iterator[tuple[str, str]]:
    service = claim.service_from
    if (
        claim.policy.filing_indicator in ("MA", "MB")
        and service
        and service >= _MBI_ONLY
        and not _MBI.fullmatch(claim.policy.member_id)
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
)

"""Edits for claims to Medicare."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from nextpayer.claim import Claim
from nextpayer.scrub import Edit

__all__ = ["EDITS"]

#: The Medicare Beneficiary Identifier: eleven places, letters without S, L, O, I, B, Z (CMS, New Medicare
#: Card).
_LETTER = "[AC-HJKMNP-RT-Y]"
_LETTER_OR_DIGIT = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(
    f"[1-9]{_LETTER}{_LETTER_OR_DIGIT}[0-9]{_LETTER}{_LETTER_OR_DIGIT}[0-9]{_LETTER}{_LETTER}[0-9][0-9]",
    re.ASCII,
)
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
        if not any(code.code in ("12", "13", "14", "15", "16", "41", "42", "43", "47") for code in codes):
            yield (
                "2300 HI*BE",
                "Medicare is not primary, and no value code says why and what the payer before paid",
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
)

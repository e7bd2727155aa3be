"""The forms of identifiers and codes: whether a text could be one, without any list.

Each is one question, answered from the text alone. That a code is on a list of the day is asked of a code set
(``nextpayer.codesets``). Forms are upper case and without separators, as X12 sends them.
"""

from __future__ import annotations

import re

__all__ = [
    "is_cdt",
    "is_clia",
    "is_cpt",
    "is_facility_type",
    "is_hcpcs",
    "is_hipps",
    "is_icd9",
    "is_icd10cm",
    "is_icd10pcs",
    "is_mbi",
    "is_ndc",
    "is_npi",
    "is_phone",
    "is_place_of_service",
    "is_procedure",
    "is_revenue_code",
    "is_tax_id",
    "is_taxonomy",
    "ndc_of_hyphenated",
    "npi_check_digit_holds",
]

_NPI = re.compile(r"\d{10}", re.ASCII)
_NPI_STARTS = ("1", "2")
#: What stands before an NPI in the check: 80, health; 840, the United States (ISO/IEC 7812).
_NPI_PREFIX = "80840"
_TAX_ID = re.compile(r"\d{9}", re.ASCII)
_CLIA = re.compile(r"\d{2}D\d{7}", re.ASCII)
_NDC = re.compile(r"\d{11}", re.ASCII)
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X", re.ASCII)
_CPT = re.compile(r"\d{5}|\d{4}[AFMTU]", re.ASCII)
_HCPCS = re.compile(r"[A-V]\d{4}", re.ASCII)
_CDT = re.compile(r"D\d{4}", re.ASCII)
_FIVE = re.compile(r"[0-9A-Z]{5}", re.ASCII)
_ICD10CM = re.compile(r"[A-Z]\d[0-9A-Z][0-9A-Z]{0,4}", re.ASCII)
_ICD10PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}", re.ASCII)
_ICD9 = re.compile(r"(?:\d{3}|V\d{2}|E\d{3})\d{0,2}", re.ASCII)
_REVENUE = re.compile(r"[0-3]\d{3}", re.ASCII)
_PLACE = re.compile(r"\d{2}", re.ASCII)
_FACILITY = re.compile(r"[1-9]{2}", re.ASCII)
_PHONE = re.compile(r"[2-9]\d{2}[2-9]\d{6}", re.ASCII)
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(
    f"[1-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_LETTER}[0-9][0-9]", re.ASCII
)


def is_npi(text: str) -> bool:
    """Ten digits (45 CFR 162.406). Whether they were ever given out is ``npi_check_digit_holds``."""
    return _NPI.fullmatch(text) is not None


def npi_check_digit_holds(npi: str) -> bool:
    """The first is 1 or 2, and the Luhn check over 80840 and the ten digits holds (CMS, NPI check digit)."""
    if not npi.startswith(_NPI_STARTS):
        return False
    digits = [int(digit) for digit in _NPI_PREFIX + npi][::-1]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


def is_tax_id(text: str) -> bool:
    """An EIN or SSN as X12 sends it: nine digits without separators."""
    return _TAX_ID.fullmatch(text) is not None


def is_clia(text: str) -> bool:
    """A CLIA number: two digits, D, seven digits (42 CFR 493)."""
    return _CLIA.fullmatch(text) is not None


def is_ndc(text: str) -> bool:
    """Eleven digits, 5-4-2 without hyphens (45 CFR 162.1002)."""
    return _NDC.fullmatch(text) is not None


def ndc_of_hyphenated(text: str) -> str:
    """The eleven digits of a hyphenated NDC (4-4-2, 5-3-2, 5-4-1 or 5-4-2), empty where it is none."""
    parts = text.split("-")
    wanted = (5, 4, 2)
    if len(parts) != len(wanted) or not all(part.isdecimal() and part.isascii() for part in parts):
        return ""
    short = [size - len(part) for size, part in zip(wanted, parts, strict=True)]
    if min(short) < 0 or sum(short) > 1:
        return ""
    return "".join(part.zfill(size) for size, part in zip(wanted, parts, strict=True))


def is_mbi(text: str) -> bool:
    """A Medicare Beneficiary Identifier: eleven places, no S, L, O, I, B or Z (CMS, New Medicare Card)."""
    return _MBI.fullmatch(text) is not None


def is_taxonomy(text: str) -> bool:
    """Ten letters and digits, the last X (NUCC)."""
    return _TAXONOMY.fullmatch(text) is not None


def is_procedure(text: str) -> bool:
    """Five letters and digits, as CPT, HCPCS, CDT and HIPPS codes have."""
    return _FIVE.fullmatch(text) is not None


def is_cpt(text: str) -> bool:
    """Five digits, or four and a letter of a later category (A, F, M, T, U)."""
    return _CPT.fullmatch(text) is not None


def is_hcpcs(text: str) -> bool:
    """A HCPCS Level II code: a letter A to V and four digits (CMS)."""
    return _HCPCS.fullmatch(text) is not None


def is_cdt(text: str) -> bool:
    """A dental procedure: D and four digits."""
    return _CDT.fullmatch(text) is not None


def is_hipps(text: str) -> bool:
    """A HIPPS rate code: five letters and digits (CMS)."""
    return _FIVE.fullmatch(text) is not None


def is_icd10cm(text: str) -> bool:
    """A letter, a digit, and one to five letters and digits, without the point (CDC, ICD-10-CM)."""
    return _ICD10CM.fullmatch(text) is not None


def is_icd10pcs(text: str) -> bool:
    """Seven letters and digits, no I and no O (CMS, ICD-10-PCS)."""
    return _ICD10PCS.fullmatch(text) is not None


def is_icd9(text: str) -> bool:
    """An ICD-9-CM diagnosis without the point."""
    return _ICD9.fullmatch(text) is not None


def is_revenue_code(text: str) -> bool:
    """Four digits, the first 0 to 3."""
    return _REVENUE.fullmatch(text) is not None


def is_place_of_service(text: str) -> bool:
    """Two digits (CMS place of service)."""
    return _PLACE.fullmatch(text) is not None


def is_facility_type(text: str) -> bool:
    """The first two digits of a type of bill, each 1 to 9."""
    return _FACILITY.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Ten digits; neither the area nor the exchange begins with 0 or 1 (North American Numbering Plan)."""
    return _PHONE.fullmatch(text) is not None

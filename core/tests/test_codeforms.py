"""The forms of codes and numbers: examples that are one, and near misses that are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer import codeforms as forms

FORMS: list[tuple[Callable[[str], bool], str, str]] = [
    (forms.is_npi, "1234567893 9876543210", "123456789 12345678930 123456789X １２３４５６７８９３"),
    (forms.npi_check_digit_holds, "1234567893 1497758544", "1234567890 1497785544 9876543213"),
    (forms.is_tax_id, "391234567", "39-1234567 39123456"),
    (forms.is_clia, "05D0577777", "0500577777 05D057777"),
    (forms.is_ndc, "00002143380", "0002143380 00002-1433-80"),
    (forms.is_mbi, "1EG4TE5MK73", "1EG4TE5MK7 0EG4TE5MK73 1SG4TE5MK73 1EG4-TE5-MK73"),
    (forms.is_taxonomy, "207Q00000X", "207Q000000 207Q0000X"),
    (forms.is_procedure, "99213 A0427 0001U", "9921 992133 99-13"),
    (forms.is_cpt, "99213 0001U 3044F 0042T", "9921B A0427"),
    (forms.is_hcpcs, "A0427 J3490 V2020", "Z1234 99213"),
    (forms.is_cdt, "D2150", "02150 D215"),
    (forms.is_hipps, "1AFKS", "1AFK"),
    (forms.is_icd10cm, "J0190 R05 S7200XA C7A1 U071 Z3A40 M1A00X0", "J01.90 J0 190 j0190 S7200XAA"),
    (forms.is_icd10pcs, "0DTJ4ZZ", "0DTJ4Z 0DTJ4ZI 0DTJ4ZO"),
    (forms.is_icd9, "4619 V270 E8490 401", "46190A J0190 46"),
    (forms.is_revenue_code, "0120 0001 3101", "120 4120 012X"),
    (forms.is_place_of_service, "11 99", "1 1A 111"),
    (forms.is_facility_type, "11 83", "01 10 1"),
    (forms.is_phone, "6085552100", "5552100 1085552100 6081552100"),
]


@pytest.mark.parametrize(("form", "good", "bad"), FORMS, ids=[form.__name__ for form, _, _ in FORMS])
def test_a_form_knows_its_own(form: Callable[[str], bool], good: str, bad: str) -> None:
    assert [text for text in good.split() if not form(text)] == []
    assert [text for text in bad.split() if form(text)] == []
    assert not form("")


@given(st.integers(100_000_000, 299_999_999))
def test_each_nine_digits_have_one_check_digit(start: int) -> None:
    assert sum(forms.npi_check_digit_holds(f"{start}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0002-1433-80", "00002143380"),
        ("00002-143-80", "00002014380"),
        ("00002-1433-8", "00002143308"),
        ("00002-1433-80", "00002143380"),
        ("002-1433-80", ""),
        ("0002-143-80", ""),
        ("00021433-80", ""),
        ("0002-14A3-80", ""),
    ],
)
def test_a_hyphenated_ndc_has_one_reading_or_none(written: str, meant: str) -> None:
    assert forms.ndc_of_hyphenated(written) == meant

"""The edition answers for its own days, and for no other."""

from __future__ import annotations

import datetime as dt

import pytest

from nextpayer.codesets import CodeSet
from nextpayer_icd10cm import Icd10Cm, _edition

CODES = Icd10Cm()


def test_it_is_a_code_set_and_the_package_says_which_edition_it_holds() -> None:
    assert isinstance(CODES, CodeSet)
    assert CODES.edition is not None
    first, last = CODES.edition
    assert (first.day, last - first) >= (1, dt.timedelta(days=181))


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("I10", True),
        ("J029", True),
        ("M5450", True),
        ("M545", False),  # three more detailed ones took its place in 2021
        ("J02", False),  # a category
        ("ZZZ99", False),
        ("", False),
    ],
)
def test_only_codes_that_can_be_billed_are_known(code: str, known: bool) -> None:
    assert CODES.edition is not None
    for day in CODES.edition:
        assert CODES.knows("icd10cm", code, day) is known


def test_of_other_days_and_lists_nothing_is_said() -> None:
    assert CODES.edition is not None
    first, last = CODES.edition
    day = dt.timedelta(days=1)
    assert CODES.knows("icd10cm", "ZZZ99", first - day) is None
    assert CODES.knows("icd10cm", "ZZZ99", last + day) is None
    assert CODES.knows("icd10cm", "I10", None) is None
    assert CODES.knows("carc", "I10", first) is None


@pytest.mark.parametrize(
    ("names", "edition"),
    [
        (["code-list-April-2026.txt", "x.xml"], (dt.date(2026, 4, 1), dt.date(2026, 9, 30))),
        (["code-list-October-2026.txt"], (dt.date(2026, 10, 1), dt.date(2027, 3, 31))),
        (["code-list-January-2026.txt"], None),
        (["code-list-April-2026.txt", "code-list-October-2026.txt"], None),
        ([], None),
    ],
)
def test_what_the_name_of_the_list_does_not_say_is_not_guessed(
    names: list[str], edition: tuple[dt.date, dt.date] | None
) -> None:
    assert _edition(names) == edition

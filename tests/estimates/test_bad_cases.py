"""A case that cannot be used: one clear line with the path, exit status 2, and nothing on stdout."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from support.estimate import Dict, case, coverage, refused

GOOD = case(
    coverage("medicare"),
    charge="175.00",
    paid="120.00",
    allowed="150.00",
    cas="PR-2 30.00",
    terms={"medicare_fee": "125.00", "deductible_unmet": "0.00", "rate": "0.80", "part": "B"},
)


def _without(key: str) -> Callable[[Dict], object]:
    return lambda c: c.pop(key)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda c: c["terms"].update(medicare_fees="1.00"), "terms.medicare_fees: unknown key; the nearest"),
        (lambda c: c["terms"].update(medicare_fees="1.00"), "medicare_fee"),
        (lambda c: c["claim"].update(charges="1.00"), "claim.charges: unknown key; the nearest"),
        (
            lambda c: c["prior"][0].update(pay="1.00"),
            "prior[0].pay: unknown key; the nearest known one is paid",
        ),
        (lambda c: c["coverage"]["payer"].update(knid="medicare"), "coverage.payer.knid: unknown key"),
        (lambda c: c["terms"].update(medicare_fee=125.0), "terms.medicare_fee: an amount is a string"),
        (lambda c: c["claim"].update(charge=175), "claim.charge: an amount is a string"),
        (lambda c: c["terms"].update(medicare_fee="-1.00"), "terms.medicare_fee: the amount is below zero"),
        (lambda c: c["prior"][0].update(paid="-1.00"), "prior[0].paid: the amount is below zero"),
        (
            lambda c: c["terms"].update(medicare_fee="1.001"),
            "terms.medicare_fee: it is not an amount in whole",
        ),
        (lambda c: c["terms"].update(rate="80"), "terms.rate: it is not a fraction of one"),
        (lambda c: c["terms"].update(part="C"), "terms.part: it is not one of A, B"),
        (lambda c: c["terms"].update(qmb="yes"), "terms.qmb: it is not true or false"),
        (
            lambda c: c["claim"].update(charge="176.00"),
            "claim.charge: it is not the sum of the lines' charges",
        ),
        (lambda c: c["prior"][0].pop("paid"), "prior[0].paid: it does not say what this payer paid"),
        (lambda c: c["prior"][0].update(kind="insurer"), "prior[0].kind: it is not one of"),
        (lambda c: c["prior"][0].update(lines=[{"line": 9, "paid": "1.00"}]), "the claim has no such line"),
        (_without("prior"), "prior: "),
        (_without("claim"), "claim: "),
        (_without("coverage"), "coverage: "),
    ],
)
def test_the_line_names_the_path_and_what_is_wrong(
    spoil: Callable[[Dict], object], says: str, tmp_path: Path
) -> None:
    spoiled = copy.deepcopy(GOOD)
    spoil(spoiled)
    assert says in refused(tmp_path, spoiled)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    spoiled = copy.deepcopy(GOOD)
    spoiled["terms"].update(fee="1.00", rate="80")
    line = refused(tmp_path, spoiled)
    assert "terms.fee" in line
    assert "terms.rate" in line


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"coverage": {}, "coverage": {}}'])
def test_what_is_no_case_at_all_is_refused(text: str, tmp_path: Path) -> None:
    assert refused(tmp_path, text)

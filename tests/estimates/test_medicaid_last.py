"""Medicaid after other payers, through the command line: the federal floor, and each state's own choice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from support import formulas
from support.estimate import Dict, case, coverage, estimate, terms

PACK = """
[payer]
ids = ["NEXT"]
[medicaid]
{rules}
[sources]
source = "an invented state's manual"
effective = 2020-01-01
"""


def crossover(rate: str | None = "90.00", *, cas: str = "CO-45 20.00, PR-2 20.00", **more: object) -> Dict:
    known = {} if rate is None else {"medicaid_allowed": rate}
    return case(
        coverage("medicaid"), charge="120.00", paid="80.00", allowed="100.00", cas=cas,
        terms={**known, **more}, kind="professional",
    )  # fmt: skip


def by_pack(tmp_path: Path, asked: Dict, rules: str, kind: str | None = "medicare") -> tuple[int, Dict]:
    pack = tmp_path / "state.toml"
    pack.write_text(PACK.format(rules=rules), encoding="utf-8")
    if kind is not None:
        asked["prior"][0]["kind"] = kind
    return estimate(tmp_path, asked, "--payers", str(pack))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("70.00", "0.00"), ("79.99", "0.00"), ("80.00", "0.00"), ("80.01", "0.01"), ("90.00", "10.00"),
        ("99.99", "19.99"), ("100.00", "20.00"), ("130.00", "20.00"),
    ],
)  # fmt: skip
def test_without_a_pack_the_federal_floor(rate: str, expected: str, tmp_path: Path) -> None:
    status, answer = estimate(tmp_path, crossover(rate))
    assert (status, answer["method"], answer["source"]) == (0, "MEDICAID-LESSER-OF", "42 CFR 433.139(b)(1)")
    assert (answer["expected"], answer["patient"]) == (expected, "0.00")
    assert Decimal(expected) == formulas.lesser_of(Decimal(rate), Decimal(80), Decimal(20))
    assert "federal floor; a state's own choice goes before it" in terms(answer)


def test_without_pack_and_rate_the_choice_is_missing(tmp_path: Path) -> None:
    status, answer = estimate(tmp_path, crossover(None))
    assert status == 1
    assert answer["missing"] == ["payer pack medicaid.crossover", "terms.medicaid_allowed"]


@pytest.mark.parametrize(
    ("variant", "rate", "cas", "expected"),
    [
        ("lesser_of", "90.00", "CO-45 20.00, PR-2 20.00", "10.00"),
        ("full_cost_sharing", None, "CO-45 20.00, PR-2 20.00", "20.00"),
        ("full_cost_sharing", "70.00", "CO-45 20.00, PR-1 5.00, PR-2 10.00, PR-3 5.00", "20.00"),
        ("rate_less_payment", "110.00", "CO-45 20.00, PR-2 20.00", "30.00"),
        ("rate_less_payment", "70.00", "CO-45 20.00, PR-2 20.00", "0.00"),
        # Texas FQHC: the deductible in full although the rate leaves nothing, 5, or 12
        ("deductible_full_coinsurance_lesser", "80.00", "CO-45 20.00, PR-1 10.00, PR-2 10.00", "10.00"),
        ("deductible_full_coinsurance_lesser", "85.00", "CO-45 20.00, PR-1 10.00, PR-2 10.00", "10.00"),
        ("deductible_full_coinsurance_lesser", "92.00", "CO-45 20.00, PR-1 10.00, PR-2 10.00", "12.00"),
        ("deductible_full_coinsurance_lesser", "130.00", "CO-45 20.00, PR-1 10.00, PR-2 10.00", "20.00"),
    ],
)
def test_each_variant_by_the_coverage_and_by_the_pack(
    variant: str, rate: str | None, cas: str, expected: str, tmp_path: Path
) -> None:
    asked = crossover(rate, cas=cas)
    status, packed = by_pack(tmp_path, asked, f'crossover = "{variant}"')
    assert (status, packed["expected"], packed["patient"]) == (0, expected, "0.00")
    assert packed["source"] == "an invented state's manual"
    asked["coverage"]["cob"] = {"method": variant}
    _, named = estimate(tmp_path, asked)
    assert (named["expected"], named["method"]) == (expected, packed["method"])


def test_after_medicare_and_after_another_payer_a_state_may_pay_differently(tmp_path: Path) -> None:
    rules = 'crossover = "full_cost_sharing"\nthird_party = "lesser_of"'
    assert by_pack(tmp_path, crossover(), rules)[1]["expected"] == "20.00"
    assert by_pack(tmp_path, crossover(), rules, "commercial")[1]["expected"] == "10.00"
    assert by_pack(tmp_path, crossover(), rules, None)[1]["missing"] == ["prior[].kind"]
    assert by_pack(tmp_path, crossover(part="B"), rules, None)[1]["expected"] == "20.00"


def test_a_choice_that_the_pack_does_not_make_is_missing(tmp_path: Path) -> None:
    status, answer = by_pack(tmp_path, crossover(), 'crossover = "lesser_of"', "commercial")
    assert (status, answer["missing"]) == (1, ["payer pack medicaid.third_party"])


def test_the_rate_is_asked_for_where_the_variant_needs_it(tmp_path: Path) -> None:
    _, answer = by_pack(tmp_path, crossover(None), 'crossover = "lesser_of"')
    assert answer["missing"] == ["terms.medicaid_allowed"]


def test_a_category_goes_before_the_rule(tmp_path: Path) -> None:
    rules = (
        'crossover = "lesser_of"\nby_category = {fqhc = "full_cost_sharing", part_a = "full_cost_sharing"}'
    )
    asked = crossover("70.00")
    assert by_pack(tmp_path, asked, rules)[1]["expected"] == "0.00"
    asked["claim"]["category"] = "fqhc"
    assert by_pack(tmp_path, asked, rules)[1]["expected"] == "20.00"
    assert by_pack(tmp_path, crossover("70.00", part="A"), rules)[1]["expected"] == "20.00"


def two_lines() -> Dict:
    """The first line's rate is below the payment, the second's above: by line and by claim differ."""
    asked = crossover(None)
    asked["claim"] = {
        "lines": [
            {"number": 1, "charge": "60.00", "category": "lab", "terms": {"medicaid_allowed": "30.00"}},
            {"number": 2, "charge": "60.00", "terms": {"medicaid_allowed": "60.00"}},
        ]
    }
    decided = {
        "paid": "40.00",
        "adjustments": [
            {"group": "CO", "reason": "45", "amount": "10.00"},
            {"group": "PR", "reason": "2", "amount": "10.00"},
        ],
    }
    asked["prior"] = [{"payer_id": "FIRST", "lines": [{"line": 1, **decided}, {"line": 2, **decided}]}]
    return asked


def test_by_claim_a_low_line_counts_against_a_high_one(tmp_path: Path) -> None:
    asked = two_lines()
    asked["claim"]["lines"][1]["terms"]["medicaid_allowed"] = "46.00"
    by_claim = by_pack(tmp_path, asked, 'crossover = "lesser_of"\nlevel = "claim"')[1]
    by_line = by_pack(tmp_path, asked, 'crossover = "lesser_of"\nlevel = "line"')[1]
    assert (by_claim["expected"], by_line["expected"]) == ("0.00", "6.00")


def test_lines_of_different_categories_are_paid_each_by_its_own(tmp_path: Path) -> None:
    rules = 'crossover = "lesser_of"\nby_category = {lab = "full_cost_sharing"}'
    _, answer = by_pack(tmp_path, two_lines(), rules)
    assert (answer["expected"], answer["method"]) == ("20.00", "MEDICAID-BY-CATEGORY")


def test_the_programmes_copay_is_the_patients_and_nothing_else(tmp_path: Path) -> None:
    # Florida: the fee less the payment, less the copay.
    rules = 'crossover = "rate_less_payment"\ncopay = "2.00"'
    _, answer = by_pack(tmp_path, crossover(), rules)
    assert (answer["expected"], answer["patient"]) == ("8.00", "2.00")
    _, nothing = by_pack(tmp_path, crossover("70.00"), rules)
    assert (nothing["expected"], nothing["patient"]) == ("0.00", "0.00")


def test_a_claim_that_left_the_patient_nothing_is_denied_where_the_state_says_so(tmp_path: Path) -> None:
    # Alabama, error 631.
    rules = 'third_party = "rate_less_payment"\nneeds_patient_responsibility = true'
    asked = crossover("130.00", cas="CO-45 40.00")
    assert by_pack(tmp_path, asked, rules, "commercial")[1]["expected"] == "0.00"
    left = crossover("130.00")
    assert by_pack(tmp_path, left, rules, "commercial")[1]["expected"] == "50.00"


def test_a_share_of_cost_comes_off_and_is_the_patients(tmp_path: Path) -> None:
    _, answer = estimate(tmp_path, crossover("130.00", spend_down="15.00"))
    assert (answer["expected"], answer["patient"]) == ("5.00", "15.00")
    assert terms(answer)["spend-down or share of cost"] == "15.00"


def test_a_qmbs_cost_sharing_is_medicaids_and_never_the_patients(tmp_path: Path) -> None:
    asked = crossover("130.00", cas="CO-45 20.00, OA-209 20.00", spend_down="15.00")
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"]) == ("5.00", "0.00")


def test_commercial_first_the_patient_is_held_harmless(tmp_path: Path) -> None:
    asked = case(
        coverage("medicaid"), charge="100.00", paid="35.00", cas="CO-45 30.00, PR-2 35.00",
        terms={"medicaid_allowed": "50.00"},
    )  # fmt: skip
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"], answer["write_off"]) == ("15.00", "0.00", "50.00")


@pytest.mark.parametrize(
    ("rate", "rules", "expected", "patient"),
    [
        ("90.00", "", "90.00", "0.00"),
        ("150.00", "", "120.00", "0.00"),  # never above the charge
        ("90.00", 'third_party = "lesser_of"\ncrossover = "lesser_of"', "90.00", "0.00"),
        ("90.00", 'copay = "3.00"\nneeds_patient_responsibility = true', "87.00", "3.00"),
    ],
)
def test_with_nobody_before_it_medicaid_pays_its_own_rate(
    tmp_path: Path, rate: str, rules: str, expected: str, patient: str
) -> None:
    """Pay and chase: the full amount of the agency's schedule, 42 CFR 433.139(b)(3)(i)."""
    asked = {**crossover(rate), "prior": []}
    status, answer = by_pack(tmp_path, asked, rules, None) if rules else estimate(tmp_path, asked)
    assert (status, answer["method"]) == (0, "MEDICAID-FIRST")
    assert (answer["expected"], answer["patient"]) == (expected, patient)


def test_with_nobody_before_it_the_rate_is_still_asked_for(tmp_path: Path) -> None:
    status, answer = estimate(tmp_path, {**crossover(None), "prior": []})
    assert (status, answer["missing"]) == (1, ["terms.medicaid_allowed"])

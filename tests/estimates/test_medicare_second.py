"""Medicare after another payer, through the command line: the boundaries of 42 CFR 411.33 and what is around
it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from support import formulas
from support.estimate import Dict, case, coverage, estimate, terms

B = {"part": "B", "medicare_fee": "125.00", "deductible_unmet": "0.00", "rate": "0.80"}
A = {"part": "A", "gross_medicare": "7500.00", "deductible_unmet": "1676.00"}


def part_b(charge: str = "175.00", paid: str = "120.00", **more: object) -> Dict:
    told = {"allowed": "150.00", **{k: more.pop(k) for k in ("allowed", "cas") if k in more}}
    return case(coverage("medicare"), charge=charge, paid=paid, terms={**B, **more}, **told)  # type: ignore[arg-type]


def part_a(charge: str = "10000.00", paid: str = "7000.00", **more: object) -> Dict:
    return case(coverage("medicare"), charge=charge, paid=paid, terms={**A, **more}, kind="institutional")


@pytest.mark.parametrize(
    ("told", "expected", "patient"),
    [
        # paid, allowed, fee, unmet, rate, otaf
        (("120.00", "150.00", "125.00", "0.00", "0.80", None), "30.00", "0.00"),
        (("125.00", "150.00", "125.00", "0.00", "0.80", None), "25.00", "0.00"),  # paid = the fee
        (("150.00", "150.00", "125.00", "0.00", "0.80", None), "0.00", "0.00"),  # nothing is left
        (("175.00", "175.00", "125.00", "0.00", "0.80", None), "0.00", "0.00"),  # paid = the charge
        (("120.00", "150.00", "125.00", "0.00", "0.80", "140.00"), "20.00", "0.00"),  # OTAF is the lowest
        (("120.00", "150.00", "160.00", "0.00", "0.80", "120.00"), "0.00", "0.00"),  # OTAF = paid
        (("90.00", "100.00", "125.00", "0.00", "0.80", "110.00"), "20.00", "0.00"),  # OTAF below the fee
        (("0.00", "150.00", "125.00", "0.00", "0.80", "150.00"), "100.00", "25.00"),  # all to its deductible
        (("0.00", "0.00", "125.00", "0.00", "0.80", None), "100.00", "25.00"),
        (("120.00", "150.00", "125.00", "257.00", "0.80", None), "0.00", "5.00"),  # unmet above the fee
        (("20.00", "150.00", "125.00", "25.00", "0.80", None), "80.00", "25.00"),
        (("0.00", "150.00", "125.00", "50.00", "0.80", None), "60.00", "65.00"),
        (("10.00", "150.00", "125.00", "0.00", "1", None), "125.00", "0.00"),  # laboratory: 100 percent
        (("0.00", "100.00", "33.33", "0.00", "0.80", None), "26.66", "6.67"),  # half up, once
        (("0.00", "100.00", "99.99", "0.01", "0.50", None), "49.99", "50.00"),
        (("160.00", "200.00", "250.00", "0.00", "0.80", None), "15.00", "0.00"),  # the charge is the lowest
    ],
)
def test_part_b_is_the_lowest_of_the_three(
    told: tuple[str, ...], expected: str, patient: str, tmp_path: Path
) -> None:
    paid, allowed, fee, unmet, rate, otaf = told
    asked = part_b(paid=paid, allowed=allowed, medicare_fee=fee, deductible_unmet=unmet, rate=rate, otaf=otaf)
    status, answer = estimate(tmp_path, asked)
    oracle = formulas.part_b(
        Decimal(175),
        Decimal(paid),
        Decimal(allowed),
        Decimal(fee),
        Decimal(unmet),
        Decimal(rate),
        Decimal(otaf) if otaf is not None else None,
    )
    assert (status, answer["method"], answer["source"]) == (0, "MSP-B", "42 CFR 411.33(a)")
    assert (answer["expected"], answer["patient"]) == (expected, patient)
    assert Decimal(answer["expected"]) == oracle


@pytest.mark.parametrize(
    ("charge", "paid", "gross", "unmet", "coinsurance", "otaf", "expected", "patient"),
    [
        ("10000.00", "7000.00", "7500.00", "1676.00", None, "8000.00", "500.00", "0.00"),
        ("10000.00", "5000.00", "7500.00", "1676.00", None, None, "2500.00", "0.00"),
        ("6800.00", "4900.00", "5700.00", "520.00", "1040.00", None, "800.00", "0.00"),  # coinsurance days
        ("10000.00", "0.00", "7500.00", "1676.00", None, None, "5824.00", "1676.00"),
        ("10000.00", "1000.00", "7500.00", "1676.00", "419.00", None, "5405.00", "1095.00"),
        ("2000.00", "1500.00", "7500.00", "1676.00", None, None, "324.00", "176.00"),  # (4) is the lowest
        ("10000.00", "7500.00", "7500.00", "0.00", None, None, "0.00", "0.00"),
        ("10000.00", "8000.00", "7500.00", "1676.00", None, None, "0.00", "0.00"),
        ("1000.00", "100.00", "900.00", "1676.00", None, None, "0.00", "900.00"),  # deductible above all
    ],
)
def test_part_a_is_the_lowest_of_the_four(
    charge: str, paid: str, gross: str, unmet: str, coinsurance: str | None, otaf: str | None,
    expected: str, patient: str, tmp_path: Path,
) -> None:  # fmt: skip
    asked = part_a(
        charge, paid, gross_medicare=gross, deductible_unmet=unmet, coinsurance_amount=coinsurance, otaf=otaf
    )
    status, answer = estimate(tmp_path, asked)
    shared = Decimal(unmet) + Decimal(coinsurance or 0)
    oracle = formulas.part_a(
        Decimal(charge), Decimal(paid), Decimal(gross), shared, Decimal(otaf) if otaf else None
    )
    assert (status, answer["method"], answer["source"]) == (0, "MSP-A", "42 CFR 411.33(e)")
    assert (answer["expected"], answer["patient"]) == (expected, patient)
    assert Decimal(expected) == oracle


@pytest.mark.parametrize("gone", ["medicare_fee", "deductible_unmet", "rate"])
def test_part_b_names_the_fact_that_it_lacks(gone: str, tmp_path: Path) -> None:
    status, answer = estimate(tmp_path, part_b(**{gone: None}))
    assert (status, answer["expected"], answer["missing"]) == (1, None, [f"terms.{gone}"])


def test_what_the_primary_allowed_is_asked_for_where_nothing_tells_it(tmp_path: Path) -> None:
    asked = case(coverage("medicare"), charge="175.00", paid="120.00", terms=B)
    assert estimate(tmp_path, asked)[1]["missing"] == ["prior[].allowed"]


@pytest.mark.parametrize("gone", ["gross_medicare", "deductible_unmet"])
def test_part_a_names_the_fact_that_it_lacks(gone: str, tmp_path: Path) -> None:
    status, answer = estimate(tmp_path, part_a(**{gone: None}))
    assert (status, answer["missing"]) == (1, [f"terms.{gone}"])


def test_the_part_is_told_by_the_filing_indicator_or_by_the_amount(tmp_path: Path) -> None:
    for indicator, method in (("MA", "MSP-A"), ("MB", "MSP-B")):
        asked = part_b(gross_medicare="130.00", part=None)
        asked["coverage"]["filing_indicator"] = indicator
        assert estimate(tmp_path, asked)[1]["method"] == method
    assert estimate(tmp_path, part_b(part=None))[1]["method"] == "MSP-B"
    assert estimate(tmp_path, part_a(part=None))[1]["method"] == "MSP-A"
    neither = part_b(part=None, medicare_fee=None)
    assert estimate(tmp_path, neither)[1]["missing"] == ["terms.part"]


def test_the_obligated_amount_follows_from_the_contractual_adjustments(tmp_path: Path) -> None:
    asked = part_b(cas="CO-45 35.00, PR-2 20.00")
    status, answer = estimate(tmp_path, asked)
    assert (status, answer["expected"]) == (0, "20.00")
    assert terms(answer)["obligated to accept (OTAF)"] == "140.00"


def test_a_reduction_of_the_payment_is_no_reduction_of_the_price(tmp_path: Path) -> None:
    asked = part_b(cas="CO-45 25.00, CO-104 10.00, PR-2 20.00")
    assert terms(estimate(tmp_path, asked)[1])["obligated to accept (OTAF)"] == "150.00"


def test_a_claim_that_the_primary_refused_as_a_whole_sets_no_price(tmp_path: Path) -> None:
    asked = part_b(paid="0.00", allowed="0.00", cas="CO-50 175.00")
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"]) == ("100.00", "25.00")
    assert "obligated to accept (OTAF)" not in terms(answer)


def test_otaf_null_says_that_no_contract_binds(tmp_path: Path) -> None:
    asked = part_b(cas="CO-45 35.00, PR-2 20.00", otaf=None)
    assert estimate(tmp_path, asked)[1]["expected"] == "30.00"


def test_an_accepted_payment_in_full_leaves_nothing_to_anybody(tmp_path: Path) -> None:
    for asked in (part_b(paid_in_full=True), part_a(paid_in_full=True)):
        _, answer = estimate(tmp_path, asked)
        assert (answer["expected"], answer["patient"]) == ("0.00", "0.00")
        assert answer["source"] == "42 CFR 411.32(b)"


def test_a_conditional_payment_counts_nothing_as_paid(tmp_path: Path) -> None:
    asked = case(coverage("medicare"), charge="175.00", paid="0.00", terms={**B, "conditional": True})
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"]) == ("100.00", "25.00")
    assert terms(answer)["primary paid, for a conditional payment"] == "0.00"


def test_without_assignment_the_limiting_charge_counts_and_no_patient_amount_is_stated(
    tmp_path: Path,
) -> None:
    asked = part_b(paid="140.00", participating=False)
    _, answer = estimate(tmp_path, asked)
    assert terms(answer)["limiting charge"] == "143.75"
    assert (answer["expected"], answer["patient"], answer["write_off"]) == ("3.75", None, None)


def test_the_deductible_is_credited_with_what_the_primary_covered(tmp_path: Path) -> None:
    _, answer = estimate(tmp_path, part_b(deductible_unmet="257.00"))
    assert terms(answer)["credited to the deductible"] == "125.00"


@pytest.mark.parametrize(
    ("day", "percent", "taken"),
    [
        ("2013-03-31", "0", "0.00"),
        ("2013-04-01", "2", "0.60"),
        ("2020-04-30", "2", "0.60"),
        ("2020-05-01", "0", "0.00"),
        ("2022-03-31", "0", "0.00"),
        ("2022-04-01", "1", "0.30"),
        ("2022-06-30", "1", "0.30"),
        ("2022-07-01", "2", "0.60"),
    ],
)
def test_sequestration_comes_after_and_by_the_day_of_service(
    day: str, percent: str, taken: str, tmp_path: Path
) -> None:
    asked = part_b()
    asked["claim"]["date"] = day
    _, answer = estimate(tmp_path, asked)
    assert answer["expected"] == "30.00"
    assert terms(answer)[f"sequestration, {percent} % (CO-253)"] == taken
    assert Decimal(terms(answer)["paid after sequestration"]) == Decimal("30.00") - Decimal(taken)


def test_the_case_may_state_another_rate_of_sequestration(tmp_path: Path) -> None:
    _, answer = estimate(tmp_path, part_b(sequestration="0.04"))
    assert terms(answer)["sequestration, 4 % (CO-253)"] == "1.20"


def two_lines(first: str = "1", second: str = "2") -> Dict:
    """Two services; the deductible left is 40.00 and is given out once."""
    rows = {"1": ("X0001", "175.00", "125.00"), "2": ("X0002", "100.00", "80.00")}
    told = {"1": ("150.00", "120.00"), "2": ("90.00", "10.00")}
    return {
        "coverage": coverage("medicare"),
        "claim": {
            "kind": "professional",
            "lines": [
                {
                    "number": int(n),
                    "procedure": rows[n][0],
                    "charge": rows[n][1],
                    "terms": {"medicare_fee": rows[n][2]},
                }
                for n in (first, second)
            ],
        },
        "prior": [
            {
                "payer_id": "FIRST",
                "lines": [
                    {"line": int(n), "allowed": told[n][0], "paid": told[n][1]} for n in (second, first)
                ],
            }
        ],
        "terms": {"part": "B", "deductible_unmet": "40.00", "rate": "0.80"},
    }


def test_part_b_is_calculated_line_by_line_and_the_deductible_given_out_once(tmp_path: Path) -> None:
    _, answer = estimate(tmp_path, two_lines())
    found = terms(answer)
    assert Decimal(found["line 1: deductible unmet"]) + Decimal(found["line 2: deductible unmet"]) == 40
    lines = [found[f"line {n}: lowest: {which}"] for n, which in _lowest(found)]
    assert sum(map(Decimal, lines)) == Decimal(answer["expected"])


def test_the_order_of_the_lines_changes_nothing(tmp_path: Path) -> None:
    one, other = (estimate(tmp_path, two_lines(*order))[1] for order in (("1", "2"), ("2", "1")))
    assert terms(one) == terms(other)
    assert one["waterfall"] == other["waterfall"]


def test_lines_that_the_primary_decided_together_are_one(tmp_path: Path) -> None:
    asked = two_lines()
    asked["prior"] = [{"payer_id": "FIRST", "allowed": "240.00", "paid": "130.00"}]
    _, answer = estimate(tmp_path, asked)
    oracle = formulas.part_b(
        Decimal(275), Decimal(130), Decimal(240), Decimal(205), Decimal(40), Decimal("0.8")
    )
    assert Decimal(answer["expected"]) == oracle


def test_a_qmb_is_billed_nothing(tmp_path: Path) -> None:
    asked = part_b(paid="0.00", qmb=True)
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"]) == ("100.00", "0.00")
    assert "patient, a QMB" in terms(answer)


def _lowest(found: dict[str, str]) -> list[tuple[str, str]]:
    names = [name for name in found if ": lowest: " in name]
    return [(name.split(":")[0].removeprefix("line "), name.split(": lowest: ")[1]) for name in names]

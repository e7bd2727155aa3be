"""Plans after another payer, through the command line: commercial methods, Medigap, TRICARE."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from support import formulas
from support.estimate import Dict, case, coverage, estimate, plan


def worked(method: str, *, allowed: str = "800.00", paid: str = "560.00", **benefits: str) -> Dict:
    """The set of section 1 of the payment formulas: charge 1000, allowed 700, paid 560."""
    return case(
        plan(method, allowed=allowed, **benefits),
        charge="1000.00",
        paid=paid,
        cas="CO-45 300.00, PR-2 140.00",
    )


@pytest.mark.parametrize(
    ("method", "more", "expected", "patient"),
    [
        ("standard", {}, "140.00", "0.00"),
        ("traditional", {}, "140.00", "0.00"),
        ("come_out_whole", {}, "140.00", "0.00"),
        ("standard_higher_fee", {}, "240.00", "0.00"),
        ("nonduplication", {}, "80.00", "60.00"),
        ("carve_out", {}, "80.00", "60.00"),
        ("nonduplication", {"allowed": "700.00"}, "0.00", "140.00"),
        ("maintenance_of_benefits", {}, "140.00", "0.00"),
        ("maintenance_of_benefits", {"allowed": "700.00"}, "112.00", "28.00"),
        ("reserve", {}, "140.00", "0.00"),
        ("basic", {}, "240.00", "0.00"),
        ("standard", {"deductible_remaining": "500.00"}, "140.00", "0.00"),
        ("standard", {"deductible_remaining": "700.00"}, "80.00", "60.00"),
        ("standard", {"deductible_remaining": "900.00"}, "0.00", "140.00"),
        ("nonduplication", {"deductible_remaining": "500.00"}, "0.00", "140.00"),
        ("standard", {"maximum_remaining": "100.00"}, "100.00", "40.00"),
        ("standard", {"copay": "650.00"}, "120.00", "20.00"),
    ],
)
def test_each_commercial_method(
    method: str, more: dict[str, str], expected: str, patient: str, tmp_path: Path
) -> None:
    status, answer = estimate(tmp_path, worked(method, **more))
    assert (status, answer["expected"], answer["patient"]) == (0, expected, patient)
    assert answer["method"] == f"COB-{method.upper().replace('_', '-')}"


def test_the_reserve_pays_what_the_standard_method_leaves(tmp_path: Path) -> None:
    asked = case(
        plan("reserve", allowed="125.00"), charge="300.00", paid="50.00", cas="PR-1 250.00",
        terms={"reserve": "500.00"},
    )  # fmt: skip
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"]) == ("250.00", "0.00")


def test_an_excluded_service_is_paid_nothing(tmp_path: Path) -> None:
    asked = worked("standard")
    asked["coverage"]["benefits"]["excluded_procedures"] = ["X0001"]
    _, answer = estimate(tmp_path, asked)
    assert (answer["expected"], answer["patient"]) == ("0.00", "140.00")


def test_the_method_is_never_guessed(tmp_path: Path) -> None:
    asked = worked("standard")
    del asked["coverage"]["cob"]
    assert estimate(tmp_path, asked)[1]["missing"] == ["cob.method"]
    asked["coverage"]["cob"] = {"method": "birthday"}
    (name,) = estimate(tmp_path, asked)[1]["missing"]
    assert name.startswith("cob.method (one of standard, ")


def test_what_the_plan_pays_is_never_guessed(tmp_path: Path) -> None:
    asked = worked("standard")
    asked["coverage"]["benefits"] = {}
    assert estimate(tmp_path, asked)[1]["missing"] == ["benefits.allowed", "benefits.coinsurance"]


def test_nothing_is_paid_above_medicares_amount(tmp_path: Path) -> None:
    asked = case(
        plan("basic", allowed="150.00"), charge="175.00", paid="80.00", kind="professional",
        cas="CO-45 75.00, PR-2 20.00",
    )  # fmt: skip
    assert estimate(tmp_path, asked)[1]["expected"] == "70.00"
    asked["prior"][0]["kind"] = "medicare"
    assert estimate(tmp_path, asked)[1]["expected"] == "20.00"


# Medigap: the deductible is 50, the coinsurance 20, what was billed above Medicare's amount 30.
LEFT = "PR-1 50.00, PR-2 20.00, PR-45 30.00"
MEDIGAP = {  # plan: after Part A, after Part B
    "A": ("20.00", "20.00"),
    "B": ("70.00", "20.00"),
    "C": ("70.00", "70.00"),
    "D": ("70.00", "20.00"),
    "F": ("92.50", "92.50"),
    "G": ("92.50", "42.50"),
    "K": ("35.00", "10.00"),
    "L": ("52.50", "15.00"),
    "M": ("45.00", "20.00"),
    "N": ("50.00", "0.00"),
}


def medigap(letter: str, part: str = "B", cas: str = LEFT, **told: object) -> Dict:
    """After Medicare: charge 180, of which Medicare allowed 150 (limiting charge 172.50) and paid 80."""
    return case(
        coverage("medigap", plan_name=f"Medicare Supplement Plan {letter}"), charge="180.00", paid="80.00",
        cas=cas, terms={"part": part, **told},
    )  # fmt: skip


@pytest.mark.parametrize("letter", MEDIGAP)
def test_each_medigap_plan_by_its_table(letter: str, tmp_path: Path) -> None:
    for part, expected in zip("AB", MEDIGAP[letter], strict=True):
        asked = medigap(letter, part, copay="20.00")
        _, answer = estimate(tmp_path, asked)
        assert (answer["method"], answer["expected"]) == (f"MEDIGAP-{letter}", expected)
        # the limiting charge takes 7.50 off what the patient may be billed in all
        assert Decimal(answer["patient"]) == Decimal("92.50") - Decimal(expected)


def test_the_letter_may_stand_in_the_method(tmp_path: Path) -> None:
    asked = medigap("Basic")
    asked["coverage"]["cob"] = {"method": "medigap_g"}
    assert estimate(tmp_path, asked)[1]["method"] == "MEDIGAP-G"


def test_a_plan_without_a_letter_is_not_guessed(tmp_path: Path) -> None:
    (name,) = estimate(tmp_path, medigap("Select"))[1]["missing"]
    assert "coverage.plan_name" in name


def test_what_does_not_matter_is_not_asked(tmp_path: Path) -> None:
    no_part = {"part": None}
    assert estimate(tmp_path, medigap("G", **no_part))[1]["missing"] == ["terms.part"]  # type: ignore[arg-type]
    assert estimate(tmp_path, medigap("C", **no_part))[1]["expected"] == "70.00"  # type: ignore[arg-type]
    met = medigap("G", cas="CO-45 80.00, PR-2 20.00", **no_part)  # type: ignore[arg-type]
    assert estimate(tmp_path, met)[1]["expected"] == "20.00"
    assert estimate(tmp_path, medigap("N"))[1]["missing"] == ["terms.copay"]
    assert estimate(tmp_path, medigap("N", cas="CO-45 50.00, PR-1 50.00"))[1]["expected"] == "0.00"


def test_plan_n_leaves_the_copay_but_never_more_than_the_coinsurance(tmp_path: Path) -> None:
    low = medigap("N", cas="CO-45 82.00, PR-2 18.00", copay="20.00")
    high = medigap("N", cas="CO-45 60.00, PR-2 40.00", copay="20.00")
    assert estimate(tmp_path, low)[1]["patient"] == "18.00"
    assert estimate(tmp_path, high)[1]["patient"] == "20.00"


def test_a_qmb_with_a_medigap_plan_is_billed_nothing(tmp_path: Path) -> None:
    assert estimate(tmp_path, medigap("A", qmb=True))[1]["patient"] == "0.00"


def tricare(
    charge: str = "300.00",
    paid: str = "150.00",
    left: str = "30.00",
    *,
    allowed: str = "200.00",
    **told: object,
) -> Dict:
    benefits = {"coinsurance": "0.20", "allowed": {"X0001": allowed}}
    return case(
        coverage("tricare", benefits=benefits), charge=charge, paid=paid, cas=f"PR-3 {left}", terms=dict(told)
    )


@pytest.mark.parametrize(
    ("charge", "paid", "left", "allowed"),
    [
        ("300.00", "150.00", "30.00", "200.00"),
        ("300.00", "235.00", "30.00", "200.00"),  # above 115 percent of 200
        ("300.00", "230.00", "30.00", "200.00"),  # exactly 115 percent
        ("300.00", "229.99", "30.00", "200.00"),
        ("300.00", "0.00", "300.00", "200.00"),  # nothing paid: the normal benefit
        ("300.00", "290.00", "10.00", "200.00"),
        ("210.00", "150.00", "60.00", "200.00"),  # the charge is below 115 percent
        ("300.00", "100.00", "0.00", "200.00"),
        ("100.00", "30.00", "70.00", "33.33"),
    ],
)
@pytest.mark.parametrize("participating", [True, False])
def test_tricare_is_the_lowest_of_the_three(
    charge: str, paid: str, left: str, allowed: str, participating: bool, tmp_path: Path
) -> None:
    _, answer = estimate(tmp_path, tricare(charge, paid, left, allowed=allowed, participating=participating))
    alone = formulas.normal(Decimal(allowed), Decimal(0), Decimal(0), Decimal("0.80"))
    oracle = formulas.tricare(
        Decimal(charge), Decimal(allowed), alone, Decimal(paid), Decimal(left), participating=participating
    )
    assert Decimal(answer["expected"]) == oracle
    assert answer["method"] == ("TRICARE-PARTICIPATING" if participating else "TRICARE-NONPARTICIPATING")


def test_above_115_percent_the_charge_is_paid_in_full(tmp_path: Path) -> None:
    _, answer = estimate(tmp_path, tricare(paid="235.00", participating=False))
    assert (answer["expected"], answer["patient"]) == ("0.00", "0.00")


def test_the_providers_standing_is_asked_for_where_it_matters_only(tmp_path: Path) -> None:
    assert estimate(tmp_path, tricare())[1]["expected"] == "30.00"
    assert estimate(tmp_path, tricare(paid="229.99"))[1]["missing"] == ["terms.participating"]


def test_the_standing_may_stand_in_the_method(tmp_path: Path) -> None:
    asked = tricare(paid="235.00")
    for method, expected in (
        ("tricare_nonparticipating", "0.00"),
        ("nonparticipating", "0.00"),
        ("network", "30.00"),
        ("tricare_participating", "30.00"),
    ):
        asked["coverage"]["cob"] = {"method": method}
        assert estimate(tmp_path, asked)[1]["expected"] == expected


def test_what_tricare_would_pay_alone_is_never_guessed(tmp_path: Path) -> None:
    asked = tricare()
    del asked["coverage"]["benefits"]
    assert estimate(tmp_path, asked)[1]["missing"] == ["benefits.allowed", "benefits.coinsurance"]

"""What an earlier payer decided stands in the next claim as that payer said it, at the level it said it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from scenarios.expect import at_claim, at_lines, cas, dates, decided, findings, remaining, told
from support.files import (
    PRIME,
    Claim,
    Line,
    PaidLine,
    adjustments,
    answer,
    claim_file,
    edited,
    remittance_file,
    total,
)
from support.run import bill

VISIT = Claim()
PANEL = Claim(
    lines=[
        Line(charge="100"),
        Line(procedure="36415", charge="15"),
        Line(procedure="J3301", modifiers=["JZ"], charge="60.50", units="2"),
    ]
)


@pytest.mark.parametrize(
    "spec",
    [
        "CO-45 25, PR-2 15",
        "CO-45 25, CO-253 1.20, PR-2 15",
        "CO-45 20, PR-1 30, PR-2 10, PR-3 5",
        "PR-1 100",
        "PR-96 40",
        "PR-204 40.55",
        "PI-97 10, PR-3 20",
        "OA-23 30, CO-45 10, PR-2 20",
        "CO-45 10x1, PR-2 15x0.5",
        "PR-2 15, CO-45 25",
        "CO-45 20, CO-44 5, CO-253 1.28, CO-131 0.01, PI-97 3, OA-23 4, PR-1 5, PR-2 6, PR-3 7, PR-66 8",
    ],
)
def test_groups_reasons_amounts_quantities_and_their_order_are_copied(tmp_path: Path, spec: str) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    paid = 100 - total(spec)
    decided(
        result,
        "bill_next",
        "NP-NEXT-PAYER",
        billed="100.00",
        paid=f"{paid:.2f}",
        contractual=f"{total(spec, 'CO'):.2f}",
        patient_responsibility=f"{total(spec, 'PR'):.2f}",
        expected_next=f"{total(spec, 'PR'):.2f}",
        expected_patient="0.00",
    )
    made = result.claim()["lines"][0]["svds"]
    assert [cas(one["cas"]) for one in made] == [cas(adjustments(spec))]
    assert Decimal(made[0]["svd"][2]) == paid
    assert Decimal(told(result.claim(), PRIME)["amt"]["D"]) == paid
    assert told(result.claim(), PRIME)["cas"] == []


def test_more_reasons_than_one_segment_holds_run_over_into_a_second(tmp_path: Path) -> None:
    spec = "CO-45 1, CO-44 2, CO-131 3, CO-253 4, CO-237 5, CO-59 6, CO-104 7, PR-2 8"
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    decided(result, "bill_next", "NP-NEXT-PAYER", contractual="28.00")
    segments = result.claim()["lines"][0]["svds"][0]["cas_segments"]
    assert [one[1] for one in segments] == ["CO", "CO", "PR"]
    assert at_lines(result.claim(), PRIME) == [("1", "64", "HC:99213", "1", spec)]


def test_every_line_keeps_its_own_decision(tmp_path: Path) -> None:
    result = bill(
        tmp_path, claim_file(PANEL), remittance_file(answer(PANEL, "CO-45 20, PR-2 16", "", "PR-204 60.50"))
    )
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="79.00", patient_responsibility="76.50")
    assert at_lines(result.claim(), PRIME) == [
        ("1", "64", "HC:99213", "1", "CO-45 20, PR-2 16"),
        ("2", "15", "HC:36415", "1", ""),
        ("3", "0", "HC:J3301:JZ", "2", "PR-204 60.5"),
    ]
    assert at_claim(result.claim(), PRIME) == ("79", "")


def test_a_decision_at_claim_level_only_stays_at_claim_level(tmp_path: Path) -> None:
    paid = answer(PANEL, cas="CO-45 50.50, PR-1 25, PR-2 10", lines=())
    result = bill(tmp_path, claim_file(PANEL), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", billed="175.50", paid="90.00", expected_next="35.00")
    assert at_claim(result.claim(), PRIME) == ("90", "CO-45 50.5, PR-1 25, PR-2 10")
    assert at_lines(result.claim(), PRIME) == []
    assert dates(result.claim(), PRIME) == ("20250205", set())
    assert remaining(result.claim(), PRIME) == ("35", [])


def test_a_deductible_on_the_claim_and_write_offs_on_the_lines_stay_where_they_were(tmp_path: Path) -> None:
    paid = answer(PANEL, "CO-45 20", "CO-45 5", "", cas="PR-1 30")
    result = bill(tmp_path, claim_file(PANEL), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="120.50", contractual="25.00", expected_next="30.00")
    assert at_claim(result.claim(), PRIME) == ("120.5", "PR-1 30")
    assert [(row[0], row[1], row[4]) for row in at_lines(result.claim(), PRIME)] == [
        ("1", "80", "CO-45 20"),
        ("2", "10", "CO-45 5"),
        ("3", "60.5", ""),
    ]
    assert dates(result.claim(), PRIME) == (None, {"20250205"})
    assert remaining(result.claim(), PRIME) == ("30", [])


def test_liability_on_both_levels_is_stated_once_at_the_claim(tmp_path: Path) -> None:
    paid = answer(PANEL, "CO-45 20, PR-2 16", cas="PR-1 30")
    result = bill(tmp_path, claim_file(PANEL), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", patient_responsibility="46.00")
    assert remaining(result.claim(), PRIME) == ("46", [])


def test_liability_that_stands_on_the_lines_is_stated_on_those_lines(tmp_path: Path) -> None:
    paid = answer(PANEL, "CO-45 20, PR-2 16", "", "PR-1 10, PR-2 5")
    result = bill(tmp_path, claim_file(PANEL), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", patient_responsibility="31.00")
    assert remaining(result.claim(), PRIME) == ("", ["16", "15"])


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("PR-1 100", "all of it is deductible"),
        ("PR-96 100", "not covered"),
        ("PR-204 100", "not in the plan"),
    ],
)
def test_a_payer_that_paid_zero_and_left_it_to_the_patient_is_told_as_zero(
    tmp_path: Path, spec: str, why: str
) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    decided(
        result,
        "bill_next",
        "NP-NEXT-PAYER",
        paid="0.00",
        patient_responsibility="100.00",
        expected_next="100.00",
    )
    assert at_claim(result.claim(), PRIME) == ("0", "")
    assert at_lines(result.claim(), PRIME) == [("1", "0", "HC:99213", "1", spec)]


def test_cover_that_ended_before_the_service_is_a_denial_the_next_payer_is_told(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "PR-27 100")))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="0.00", expected_next="100.00")
    assert at_lines(result.claim(), PRIME) == [("1", "0", "HC:99213", "1", "PR-27 100")]


@pytest.mark.parametrize("spec", ["CO-45 0, PR-2 20", "PR-1 0, PR-2 20", "PR-2 20, OA-23 0"])
def test_an_adjustment_of_zero_is_left_out_and_said(tmp_path: Path, spec: str) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", paid="80.00")
    assert "NP-ZERO-ADJUSTMENT" in findings(decision)
    assert at_lines(result.claim(), PRIME) == [("1", "80", "HC:99213", "1", "PR-2 20")]


@pytest.mark.parametrize(
    ("spec", "once"),
    [
        ("CO-45 20, CO-45 5, PR-2 15", "CO-45 25, PR-2 15"),
        ("PR-2 15x1, PR-2 4x2, OA-2 1", "PR-2 19x3, OA-2 1"),
        ("CO-45 20, CO-45 -20, PR-2 15", "PR-2 15"),
    ],
)
def test_a_reason_that_stands_twice_at_one_level_is_told_as_the_sum_and_noted(
    tmp_path: Path, spec: str, once: str
) -> None:
    """A group and reason may stand once at a level (X12 RFI 213)."""
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    assert "NP-ADJUSTMENT-SUMMED" in findings(decision)
    assert at_lines(result.claim(), PRIME)[0][4] == once


def test_one_reason_under_two_groups_stays_two_adjustments(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "CO-45 20, OA-45 5, PR-2 15")))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    assert "NP-ADJUSTMENT-SUMMED" not in findings(decision)
    assert at_lines(result.claim(), PRIME)[0][4] == "CO-45 20, OA-45 5, PR-2 15"


def test_a_payment_above_the_line_charge_keeps_its_negative_adjustment(tmp_path: Path) -> None:
    paid = answer(PANEL, "OA-94 -30, PR-2 20", "CO-45 5")
    result = bill(tmp_path, claim_file(PANEL), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="180.50", patient_responsibility="20.00")
    assert at_lines(result.claim(), PRIME)[0] == ("1", "110", "HC:99213", "1", "OA-94 -30, PR-2 20")


def test_a_negative_contractual_adjustment_at_claim_level_is_kept(tmp_path: Path) -> None:
    paid = answer(VISIT, cas="CO-45 -25, PR-1 40", lines=())
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="85.00", contractual="-25.00", expected_next="40.00")
    assert at_claim(result.claim(), PRIME) == ("85", "CO-45 -25, PR-1 40")


def test_a_line_the_payer_recoded_tells_the_new_code(tmp_path: Path) -> None:
    recoded = PaidLine(procedure="99212", submitted="99213", cas="CO-45 40, PR-2 12")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, lines=[recoded])))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", paid="48.00")
    assert "NP-PROCEDURE-CHANGED" in findings(decision)
    assert at_lines(result.claim(), PRIME) == [("1", "48", "HC:99212", "1", "CO-45 40, PR-2 12")]
    assert result.claim()["lines"][0]["sv"][1] == "HC:99213"


def test_a_recoded_line_is_found_by_its_line_number_alone(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(control="A1"), Line(procedure="99214", control="A2")])
    lines = [
        PaidLine(procedure="99212", control="A2", cas="CO-45 60, PR-2 8"),
        PaidLine(procedure="99213", control="A1", cas="CO-45 20"),
    ]
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, lines=lines)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="112.00")
    assert at_lines(result.claim(), PRIME) == [
        ("1", "80", "HC:99213", "1", "CO-45 20"),
        ("2", "32", "HC:99212", "1", "CO-45 60, PR-2 8"),
    ]


def test_one_line_adjudicated_as_two_services_gets_two_decisions(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(procedure="80053", charge="90")])
    lines = [
        PaidLine(procedure="80048", submitted="80053", charge="50", cas="CO-45 10, PR-2 8"),
        PaidLine(procedure="80076", submitted="80053", charge="40", cas="CO-45 15, PR-2 5"),
    ]
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, lines=lines)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="52.00", patient_responsibility="13.00")
    assert at_lines(result.claim(), PRIME) == [
        ("1", "32", "HC:80048", "1", "CO-45 10, PR-2 8"),
        ("1", "20", "HC:80076", "1", "CO-45 15, PR-2 5"),
    ]


def test_one_line_adjudicated_as_two_is_found_by_its_line_number(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(procedure="80053", charge="90", control="L1"), Line(control="L2")])
    lines = [
        PaidLine(procedure="80048", submitted="80053", charge="50", control="L1", cas="PR-2 8"),
        PaidLine(procedure="80076", submitted="80053", charge="40", control="L1", cas="CO-45 15"),
        PaidLine(control="L2", cas="CO-45 20"),
    ]
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, lines=lines)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="147.00")
    assert [row[0] for row in at_lines(result.claim(), PRIME)] == ["1", "1", "2"]


def test_lines_paid_on_another_line_say_which_line_was_paid_instead(tmp_path: Path) -> None:
    claim = Claim(
        lines=[
            Line(procedure="82040", charge="20", control="B1"),
            Line(procedure="82247", charge="30", control="B2"),
            Line(procedure="80053", charge="60", control="B3"),
        ]
    )
    lines = [
        PaidLine(procedure="80053", submitted="82040", charge="20", control="B1", cas="CO-97 20"),
        PaidLine(procedure="80053", submitted="82247", charge="30", control="B2", cas="CO-97 30"),
        PaidLine(procedure="80053", charge="60", control="B3", cas="CO-45 10, PR-2 10"),
    ]
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, lines=lines)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="40.00", contractual="60.00")
    assert at_lines(result.claim(), PRIME) == [
        ("1", "0", "HC:80053", "1", "CO-97 20"),
        ("2", "0", "HC:80053", "1", "CO-97 30"),
        ("3", "40", "HC:80053", "1", "CO-45 10, PR-2 10"),
    ]
    assert [line["svds"][0]["svd"][6] for line in result.claim()["lines"]] == ["3", "3", ""]


TWICE = Claim(lines=[Line(control="T1", units="1"), Line(control="T2", units="1")])


def test_the_same_procedure_twice_is_told_apart_by_the_line_number(tmp_path: Path) -> None:
    paid = answer(TWICE, "CO-45 20, PR-2 16", "CO-97 100")
    result = bill(
        tmp_path, claim_file(TWICE), remittance_file(paid.but(lines=[paid.lines[1], paid.lines[0]]))
    )
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="64.00")
    assert [(row[0], row[4]) for row in at_lines(result.claim(), PRIME)] == [
        ("1", "CO-45 20, PR-2 16"),
        ("2", "CO-97 100"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"charge": "100"}, {"charge": "100"}),
        ({"charge": "100"}, {"charge": "90"}),
        ({"date": "20250110"}, {"date": "20250111"}),
        ({"modifiers": ["RT"]}, {"modifiers": ["LT"]}),
    ],
    ids=["nothing else differs", "charge", "day", "modifier"],
)
def test_the_same_procedure_twice_without_line_numbers(
    tmp_path: Path, first: dict[str, object], second: dict[str, object]
) -> None:
    claim = Claim(lines=[replace(Line(), **first), replace(Line(), **second)])  # type: ignore[arg-type]
    paid = answer(claim, "CO-45 20, PR-2 16", "CO-45 30")
    same = first == second
    sent = paid if same else paid.but(lines=list(reversed(paid.lines)))
    result = bill(tmp_path, claim_file(claim), remittance_file(sent))
    decided(result, "bill_next", "NP-NEXT-PAYER", patient_responsibility="16.00")
    assert [(row[0], row[4]) for row in at_lines(result.claim(), PRIME)] == [
        ("1", "CO-45 20, PR-2 16"),
        ("2", "CO-45 30"),
    ]


def test_the_units_paid_are_told_and_billed_units_where_the_payer_named_none(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(procedure="97110", units="4"), Line(procedure="97140", units="2")])
    lines = [
        PaidLine(procedure="97110", units="3", submitted_units="4", cas="CO-45 25, PR-2 15"),
        PaidLine(procedure="97140", units=None, cas="CO-45 25"),
    ]
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, lines=lines)))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    assert "NP-UNITS-DIFFER" in findings(decision)
    assert [row[3] for row in at_lines(result.claim(), PRIME)] == ["3", "2"]


def test_outpatient_remarks_follow_and_line_remarks_have_no_place(tmp_path: Path) -> None:
    paid = answer(VISIT, "CO-45 25, PR-2 15", moa=["0.8", "", "MA01", "N381"])
    paid = paid.but(lines=[replace(paid.lines[0], remarks=["N362"])])
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert told(result.claim(), PRIME)["moa"][3:] == ["MA01", "N381"]
    assert "N362" not in "".join(result.outgoing.values())


def test_the_allowed_amount_the_interest_and_the_cheque_never_enter_the_claim(tmp_path: Path) -> None:
    paid = answer(VISIT, "CO-45 25, PR-2 15", amounts=[("AU", "75"), ("I", "3.21")])
    paid = paid.but(lines=[replace(paid.lines[0], allowed="75")])
    remittance = remittance_file(paid, plb=[("L6", "INTEREST", "-3.21"), ("FB", "OTHERWEEK", "10")])
    result = bill(tmp_path, claim_file(VISIT), remittance)
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00", expected_next="15.00")
    assert set(told(result.claim(), PRIME)["amt"]) == {"D"}
    assert at_claim(result.claim(), PRIME) == ("60", "")
    for amount in ("3.21", "53.21", "*75~", "*10~"):
        assert amount not in "".join(result.outgoing.values())


def test_the_claim_goes_on_with_the_full_charge_the_same_codes_and_the_same_number(tmp_path: Path) -> None:
    first = claim_file(PANEL)
    result = bill(tmp_path, first, remittance_file(answer(PANEL, "CO-45 20, PR-2 16")))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    claim = result.claim("ACCT1001")
    assert claim["clm"][2] == "175.5"
    for segment in (
        "SV1*HC:99213*100*UN*1***1",
        "SV1*HC:J3301:JZ*60.5",
        "HI*ABK:M545",
        "DTP*472*D8*20250110",
    ):
        assert segment in "".join(result.outgoing.values())


def test_a_group_code_of_version_4010_is_copied_and_noted(tmp_path: Path) -> None:
    """CR left the 835 with 5010 (X12 RFI 1147); it still balances, so nothing is lost by copying it."""
    remittance = edited(remittance_file(answer(VISIT, "CO-45 25, PR-2 15")), "CAS*CO*45*25", "CAS*CR*45*25")
    result = bill(tmp_path, claim_file(VISIT), remittance)
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00")
    assert "NP-REASON-UNKNOWN" in findings(decision)
    assert at_lines(result.claim(), PRIME) == [("1", "60", "HC:99213", "1", "CR-45 25, PR-2 15")]

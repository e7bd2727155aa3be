"""Institutional and dental claims: the same laws, at the levels and in the fields of those forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import at_claim, at_lines, dates, decided, findings, remaining, told
from support.files import (
    DOCTOR,
    GREAT,
    MEDICARE,
    PRIME,
    Claim,
    Line,
    OtherPayer,
    PaidLine,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import bill

PART_A = replace(MEDICARE, name="MEDICARE PART A", filing="MA")
BENEFICIARY = Person(member_id="1EG4TE5MK73")
STAY = Claim(
    control="STAY1",
    kind="I",
    inpatient=True,
    attending=DOCTOR,
    diagnoses=["I2510", "E119"],
    procedures=[("027034Z", "20250110")],
    lines=[
        Line(procedure="", revenue="0120", charge="6000", units="3", unit_basis="DA"),
        Line(procedure="", revenue="0250", charge="4000"),
    ],
)
CLINIC_DAY = Claim(
    control="DAY1",
    kind="I",
    place="13",
    attending=DOCTOR,
    lines=[
        Line(revenue="0301", procedure="80053", charge="60"),
        Line(revenue="0450", procedure="99284", modifiers=["25"], charge="400"),
        Line(revenue="0250", procedure="", charge="40"),
    ],
)
MIA = ["0", "", "3", "5500", "MA01"]


def test_an_inpatient_stay_decided_at_claim_level(tmp_path: Path) -> None:
    paid = answer(STAY, cas="CO-45 2000, PR-1 600, PR-2 400", lines=(), mia=MIA, drg="247")
    result = bill(tmp_path, claim_file(STAY), remittance_file(paid))
    decided(
        result,
        "bill_next",
        "NP-NEXT-PAYER",
        billed="10000.00",
        paid="7000.00",
        contractual="2000.00",
        expected_next="1000.00",
    )
    claim = result.claim()
    assert claim["kind"] == "I"
    assert at_claim(claim, PRIME) == ("7000", "CO-45 2000, PR-1 600, PR-2 400")
    assert at_lines(claim, PRIME) == []
    assert dates(claim, PRIME) == ("20250205", set())
    assert remaining(claim, PRIME) == ("1000", [])
    assert told(claim, PRIME)["mia"][1:] == MIA
    assert claim["clm"].parts(5) == ["11", "A", "1"]
    assert claim["dtp"]["434"] == "20250110-20250113"


def test_a_stay_paid_above_its_charges_by_the_case_rate(tmp_path: Path) -> None:
    paid = answer(STAY, cas="CO-94 -2500, PR-1 1676", lines=(), drg="247")
    result = bill(tmp_path, claim_file(STAY), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="10824.00", contractual="-2500.00")
    assert at_claim(result.claim(), PRIME) == ("10824", "CO-94 -2500, PR-1 1676")


def test_an_outpatient_day_decided_line_by_line_names_the_revenue_code_of_each(tmp_path: Path) -> None:
    paid = answer(CLINIC_DAY, "CO-45 20, PR-2 8", "CO-45 150, PR-3 75", "CO-97 40")
    result = bill(tmp_path, claim_file(CLINIC_DAY), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", billed="500.00", paid="207.00", expected_next="83.00")
    claim = result.claim()
    assert at_lines(claim, PRIME) == [
        ("1", "32", "HC:80053", "1", "CO-45 20, PR-2 8"),
        ("2", "175", "HC:99284:25", "1", "CO-45 150, PR-3 75"),
        ("3", "0", "", "1", "CO-97 40"),
    ]
    assert [line["svds"][0]["svd"][4] for line in claim["lines"]] == ["0301", "0450", "0250"]


def test_a_revenue_code_is_taken_from_the_billed_line_where_the_payer_named_none(tmp_path: Path) -> None:
    claim = CLINIC_DAY.but(lines=CLINIC_DAY.lines[:1])
    lines = [PaidLine(procedure="80053", charge="60", cas="CO-45 20, PR-2 8")]
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, lines=lines)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="32.00")
    assert [line["svds"][0]["svd"][4] for line in result.claim()["lines"]] == ["0301"]


@pytest.mark.parametrize(
    ("frequency", "status", "expected"),
    [
        ("1", "01", "1"),
        ("2", "30", "2"),
        ("3", "30", "3"),
        ("4", "01", "4"),
        ("5", "01", "5"),
        ("0", "01", "1"),
        ("7", "01", "1"),
    ],
)
def test_a_part_of_a_stay_stays_that_part_and_a_replacement_is_an_original_to_another_payer(
    tmp_path: Path, frequency: str, status: str, expected: str
) -> None:
    """NUBC, type of bill: the frequency tells which part of the stay a bill is, to whoever gets it."""
    refs = [("F8", "OURS1")] if frequency == "7" else []
    claim = STAY.but(frequency=frequency, patient_status=status, discharged="", refs=refs)
    paid = answer(claim, cas="CO-45 2000, PR-1 1000", lines=())
    result = bill(tmp_path, claim_file(claim), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="7000.00")
    made = result.claim()
    assert made["clm"].parts(5) == ["11", "A", expected]
    assert "REF*F8*OURS1" not in "".join(result.outgoing.values())


def test_a_replaced_bill_of_a_patient_who_stays_does_not_say_which_part_it_was(tmp_path: Path) -> None:
    claim = STAY.but(frequency="7", patient_status="30", discharged="", refs=[("F8", "OURS1")])
    paid = answer(claim, cas="CO-45 2000, PR-1 1000", lines=())
    result = bill(tmp_path, claim_file(claim), remittance_file(paid))
    decided(result, "hold", "NP-FREQUENCY-UNKNOWN")
    assert result.outgoing == {}


def _msp(claim: Claim, kind: str = "commercial", entitlement: str = "age") -> dict[str, Any]:
    """What the office knows: a working beneficiary with a group plan, Medicare second."""
    return {
        "patient": {"name": {"last": "DOE", "first": "JANE"}, "birth_date": "1975-02-15"},
        "coverages": [
            {
                "id": "plan",
                "sequence": "P",
                "payer": {"id": PRIME.id, "name": PRIME.name, "kind": kind},
                "holder": {"relation": "self"},
                "member_id": claim.subscriber.member_id,
                "basis": "active",
            },
            {
                "id": "medicare",
                "sequence": "S",
                "payer": {"id": MEDICARE.id, "name": "MEDICARE PART A", "kind": "medicare"},
                "holder": {"relation": "self"},
                "member_id": BENEFICIARY.member_id,
                "medicare": {"entitlement": entitlement},
            },
        ],
    }


TO_MEDICARE = [OtherPayer(payer=PART_A, subscriber=BENEFICIARY)]


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"values": [("12", "7000")]}, "NP-MCR-VALUE-PRIMARY"),
        ({"frequency": "7", "patient_status": "30", "discharged": ""}, "NP-FREQUENCY-UNKNOWN"),
        ({}, ""),
    ],
)
def test_a_stay_that_cannot_be_made_anew_for_medicare_first_says_why(
    tmp_path: Path, changes: dict[str, Any], because: str
) -> None:
    claim = STAY.but(others=TO_MEDICARE, **changes)
    paid = answer(claim, cas="CO-45 2000, PR-1 1000", lines=())
    coverage = _msp(claim)
    coverage["coverages"] = [
        {key: value for key, value in one.items() if key != "sequence"} | {"basis": "retired"}
        for one in coverage["coverages"]
    ]
    result = bill(
        tmp_path, claim_file(claim), remittance_file(paid), coverage=coverage, args=["--form", "837I"]
    )
    decision = decided(result, "hold", "NP-ORDER-CONTRADICTED")
    assert ("rebill" in decision) is (not because)
    assert decision.get("rebill_refused", "").partition(":")[0] == because


@pytest.mark.parametrize(
    ("kind", "entitlement", "code"),
    [
        ("commercial", "age", "12"),
        ("commercial", "esrd", "13"),
        ("commercial", "disability", "43"),
        ("auto", "age", "14"),
        ("workers_comp", "age", "15"),
        ("liability", "age", "47"),
        ("black_lung", "age", "41"),
    ],
)
def test_medicare_second_on_a_stay_is_told_what_was_paid_and_what_must_be_accepted(
    tmp_path: Path, kind: str, entitlement: str, code: str
) -> None:
    """837I: the reason is a value code with the amount paid, and code 44 what the provider must accept."""
    claim = STAY.but(others=TO_MEDICARE)
    paid = answer(claim, cas="CO-45 2000, PR-1 600, PR-2 400", lines=(), mia=MIA)
    coverage = _msp(claim, kind, entitlement)
    result = bill(tmp_path, claim_file(claim), remittance_file(paid), coverage=coverage)
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="7000.00")
    made = result.claim()
    values = [part for segment in made["hi"] for part in segment[1:] if part.startswith("BE:")]
    assert values == [f"BE:{code}:::7000", "BE:44:::8000"]
    assert made["sbr"][5] == ""
    assert (made["sbr"][1], made["sbr"][9]) == ("S", "MA")


def test_no_code_44_where_the_provider_need_not_accept_less_than_the_charges(tmp_path: Path) -> None:
    claim = STAY.but(others=TO_MEDICARE)
    paid = answer(claim, cas="PR-1 600, PR-2 400", lines=())
    result = bill(tmp_path, claim_file(claim), remittance_file(paid), coverage=_msp(claim))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="9000.00")
    values = [part for segment in result.claim()["hi"] for part in segment[1:] if part.startswith("BE:")]
    assert values == ["BE:12:::9000"]


def test_value_codes_that_the_claim_already_has_are_kept(tmp_path: Path) -> None:
    claim = STAY.but(others=TO_MEDICARE, values=[("80", "3"), ("12", "7000")])
    paid = answer(claim, cas="CO-45 2000, PR-1 1000", lines=())
    result = bill(tmp_path, claim_file(claim), remittance_file(paid), coverage=_msp(claim))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="7000.00")
    values = [part for segment in result.claim()["hi"] for part in segment[1:] if part.startswith("BE:")]
    assert values == ["BE:80:::3", "BE:12:::7000", "BE:44:::8000"]


def test_medicare_second_on_an_outpatient_day_balances_line_by_line(tmp_path: Path) -> None:
    claim = CLINIC_DAY.but(others=TO_MEDICARE)
    paid = answer(claim, "CO-45 20, PR-2 8", "CO-45 150, PR-3 75", "CO-97 40")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid), coverage=_msp(claim))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="207.00")
    values = [part for segment in result.claim()["hi"] for part in segment[1:] if part.startswith("BE:")]
    assert values == ["BE:12:::207", "BE:44:::290"]


def test_inpatient_remarks_have_no_place_on_a_professional_claim(tmp_path: Path) -> None:
    claim = Claim()
    paid = answer(claim, "CO-45 25, PR-2 15", mia=["0", "", "", "", "MA01"])
    result = bill(tmp_path, claim_file(claim), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00")
    assert told(result.claim(), PRIME)["mia"] is None


CROWN = Claim(
    control="TOOTH1",
    kind="D",
    diagnoses=(),
    lines=[
        Line(procedure="D2740", charge="800", tooth="14", surfaces=""),
        Line(procedure="D0220", charge="30"),
    ],
)


def test_a_dental_claim_goes_on_with_its_teeth(tmp_path: Path) -> None:
    paid = answer(CROWN, "CO-45 100, PR-2 350", "PR-96 30")
    result = bill(tmp_path, claim_file(CROWN), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", billed="830.00", paid="350.00", expected_next="380.00")
    claim = result.claim()
    assert (claim["kind"], claim["payer"]["nm1"][9]) == ("D", GREAT.id)
    assert at_lines(claim, PRIME) == [
        ("1", "350", "AD:D2740", "1", "CO-45 100, PR-2 350"),
        ("2", "0", "AD:D0220", "1", "PR-96 30"),
    ]
    assert remaining(claim, PRIME) == ("", ["350", "30"])
    assert "TOO*JP*14~" in "".join(result.outgoing.values())


def test_a_crown_downgraded_to_the_cheaper_procedure_tells_the_code_that_was_paid(tmp_path: Path) -> None:
    lines = [
        PaidLine(
            qualifier="AD", procedure="D2751", submitted="D2740", charge="800", cas="CO-45 300, PR-2 250"
        ),
        PaidLine(qualifier="AD", procedure="D0220", charge="30", cas=""),
    ]
    result = bill(tmp_path, claim_file(CROWN), remittance_file(answer(CROWN, lines=lines)))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", paid="280.00")
    assert "NP-PROCEDURE-CHANGED" in findings(decision)
    assert at_lines(result.claim(), PRIME)[0] == ("1", "250", "AD:D2751", "1", "CO-45 300, PR-2 250")


def test_a_dental_claim_decided_as_a_whole_goes_on_as_a_whole(tmp_path: Path) -> None:
    paid = answer(CROWN, cas="CO-45 130, PR-1 50, PR-2 250", lines=())
    result = bill(tmp_path, claim_file(CROWN), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", billed="830.00", paid="400.00", expected_next="300.00")
    claim = result.claim()
    assert at_claim(claim, PRIME)[0] == "400"
    assert at_lines(claim, PRIME) == []
    assert remaining(claim, PRIME) == ("300", [])


def test_a_filling_keeps_its_tooth_and_surfaces_and_a_supernumerary_tooth_its_letters(tmp_path: Path) -> None:
    lines = [
        Line(procedure="D2393", charge="300", tooth="3", surfaces=["M", "O", "D"]),
        Line(procedure="D7140", charge="200", tooth="KS"),
    ]
    claim = CROWN.but(lines=lines)
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, "PR-2 60", "PR-2 40")))
    decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="100.00")
    text = "".join(result.outgoing.values())
    assert "TOO*JP*3*M:O:D~" in text
    assert "TOO*JP*KS~" in text


def test_a_dental_deductible_on_the_claim_and_the_rest_on_its_lines(tmp_path: Path) -> None:
    """RFI 1053: both levels together, and no dollar at both."""
    paid = answer(CROWN, "CO-45 100, PR-2 350", "CO-45 10", cas="PR-1 50")
    result = bill(tmp_path, claim_file(CROWN), remittance_file(paid))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="320.00", expected_next="400.00")
    claim = result.claim()
    assert at_claim(claim, PRIME) == ("320", "PR-1 50")
    assert at_lines(claim, PRIME) == [
        ("1", "350", "AD:D2740", "1", "CO-45 100, PR-2 350"),
        ("2", "20", "AD:D0220", "1", "CO-45 10"),
    ]
    assert remaining(claim, PRIME) == ("400", [])


def test_single_pictures_paid_as_a_full_series_are_bundled_into_its_line(tmp_path: Path) -> None:
    """Quantities travel: four pictures were billed, none is paid on its own line."""
    first = CROWN.but(
        lines=[
            Line(procedure="D0210", charge="120", control="SERIES"),
            Line(procedure="D0230", charge="80", units="4", control="SINGLE"),
        ]
    )
    lines = [
        PaidLine(qualifier="AD", procedure="D0210", charge="120", cas="PR-2 24", control="SERIES"),
        PaidLine(
            qualifier="AD", procedure="D0210", submitted="D0230", charge="80", units="0", submitted_units="4",
            cas="CO-97 80x4", control="SINGLE",
        ),
    ]  # fmt: skip
    result = bill(tmp_path, claim_file(first), remittance_file(answer(first, lines=lines)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="96.00", expected_next="24.00")
    claim = result.claim()
    svd = claim["lines"][1]["svds"][0]["svd"]
    assert at_lines(claim, PRIME)[1] == ("2", "0", "AD:D0210", "4", "CO-97 80x4")
    assert svd[6] == "1"


def test_what_the_bill_says_of_the_payers_stays_on_it(tmp_path: Path) -> None:
    """Retirement, exhausted benefits, deductibles by payer: facts of the bill, whoever gets it."""
    occurrences = [("18", "20200131"), ("A3", "20250112"), ("24", "20250113")]
    values = [("80", "3"), ("A1", "600"), ("FC", "25")]
    claim = STAY.but(occurrences=occurrences, values=values, conditions=["09", "28"])
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, cas="PR-1 600", lines=())))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="9400.00")
    codes = [part for segment in result.claim()["hi"] for part in segment[1:]]
    for wanted in ("BH:18:D8:20200131", "BH:A3:D8:20250112", "BE:A1:::600", "BE:FC:::25", "BG:09", "BG:28"):
        assert wanted in codes


def test_an_outpatient_denial_has_its_day_for_medicare(tmp_path: Path) -> None:
    claim = CLINIC_DAY.but(others=TO_MEDICARE)
    paid = answer(claim, "PR-204 60", "PR-204 400", "PR-204 40")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid), coverage=_msp(claim))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="0.00")
    codes = [part for segment in result.claim()["hi"] for part in segment[1:]]
    assert {"BE:12:::0", "BH:24:D8:20250205"} <= set(codes)


def test_a_conditional_payment_has_a_value_code_of_nothing_and_the_day_of_the_denial(tmp_path: Path) -> None:
    """FCSO, NGS: MSP value code 0.00 with occurrence 24, and the denial in the 2320 adjustments."""
    claim = STAY.but(others=TO_MEDICARE, occurrences=[("01", "20250109")])
    paid = answer(claim, cas="PR-204 10000", lines=(), paid="0")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid), coverage=_msp(claim, "auto"))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="0.00")
    codes = [part for segment in result.claim()["hi"] for part in segment[1:]]
    assert "BE:14:::0" in codes
    assert [part for part in codes if part.startswith("BH:24:D8:")]
    assert at_claim(result.claim(), PRIME)[1] == "PR-204 10000"


def test_a_file_of_all_three_kinds_gives_each_payer_a_file_per_kind(tmp_path: Path) -> None:
    visit = Claim(control="VISIT1")
    first = claim_file([visit, CLINIC_DAY, CROWN])
    paid = remittance_file(
        [
            answer(visit, "PR-1 100"),
            answer(CLINIC_DAY, "PR-1 60"),
            answer(CROWN, "PR-2 400"),
        ]
    )
    result = bill(tmp_path, first, paid)
    assert result.actions == ["bill_next"] * 3
    assert list(result.outgoing) == [
        "GREAT1-837D-0001.837",
        "GREAT1-837I-0001.837",
        "GREAT1-837P-0001.837",
    ]
    assert {claim["claim_id"]: claim["kind"] for claim in result.claims} == {
        "VISIT1": "P",
        "DAY1": "I",
        "TOOTH1": "D",
    }

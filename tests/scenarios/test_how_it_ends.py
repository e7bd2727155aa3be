"""When nobody is billed next: the patient, a write-off, a refund, a dispute, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.expect import decided, findings, said
from support.files import (
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Claim,
    Line,
    LineAdjudication,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import bill

VISIT = Claim()
ALONE = VISIT.but(others=())
BENEFICIARY = Person(member_id="1EG4TE5MK73")


def test_without_another_payer_the_patient_owes_what_the_payer_left_to_him(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(ALONE), remittance_file(answer(ALONE, "CO-45 25, PR-1 10, PR-2 5")))
    decided(
        result,
        "bill_patient",
        "NP-PATIENT",
        billed="100.00",
        paid="60.00",
        contractual="25.00",
        patient_responsibility="15.00",
        expected_next="0.00",
        expected_patient="15.00",
    )
    assert result.outgoing == {}


@pytest.mark.parametrize("claim", [VISIT, ALONE], ids=["another payer is there", "nobody else"])
@pytest.mark.parametrize("spec", ["", "CO-45 25", "CO-45 20, CO-253 1.60"])
def test_an_answer_that_leaves_the_patient_nothing_closes_the_claim(
    tmp_path: Path, claim: Claim, spec: str
) -> None:
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, spec)))
    decided(result, "closed", "NP-NOTHING-LEFT", patient_responsibility="0.00", expected_patient="0.00")
    assert result.outgoing == {}


@pytest.mark.parametrize("claim", [VISIT, ALONE], ids=["another payer is there", "nobody else"])
def test_a_claim_that_the_contract_leaves_with_the_provider_is_written_off(
    tmp_path: Path, claim: Claim
) -> None:
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, "CO-45 60, CO-97 40")))
    decided(result, "write_off", "NP-CONTRACTUAL", paid="0.00", contractual="100.00")


def _second(**facts: object) -> Claim:
    """A claim to the second payer; the first one paid 60 and left 15."""
    changes = {
        "sequence": "S",
        "payer": GREAT,
        "others": [OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication())],
        "lines": [Line(adjudications=[LineAdjudication(cas="CO-45 25, PR-2 15")])],
    }
    return replace(VISIT, **{**changes, **facts})  # type: ignore[arg-type]


def test_the_last_payers_answer_leaves_the_rest_to_the_patient(tmp_path: Path) -> None:
    claim = _second()
    paid = remittance_file(answer(claim, "OA-23 85, PR-3 5", status="2"), payer=GREAT)
    result = bill(tmp_path, claim_file(claim), paid)
    decided(result, "bill_patient", "NP-PATIENT", paid="10.00", expected_patient="5.00")


def test_two_payers_that_paid_more_than_the_charge_leave_a_refund(tmp_path: Path) -> None:
    claim = _second()
    paid = remittance_file(answer(claim, "CO-45 30", status="2"), payer=GREAT)
    result = bill(tmp_path, claim_file(claim), paid)
    decision = decided(result, "refund", "NP-OVERPAID", paid="70.00", expected_next="0.00")
    assert "30.00 too much" in said(decision)


def test_both_answers_in_one_run_that_paid_more_than_the_charge_leave_a_refund(tmp_path: Path) -> None:
    first = remittance_file(answer(VISIT, "CO-45 25, PR-2 15"))
    second = remittance_file(answer(VISIT, "CO-45 30", status="2"), payer=GREAT, trace="C2")
    result = bill(tmp_path, claim_file(VISIT), first, second)
    assert sorted(d["reason"] for d in result.decisions) == ["NP-EARLIER-PAYER", "NP-OVERPAID"]
    assert result.outgoing == {}


# --- the contract -----------------------------------------


def _contract(allowed: dict[str, str]) -> dict[str, object]:
    return {
        "patient": {"name": {"last": "DOE", "first": "JANE"}, "birth_date": "1975-02-15"},
        "coverages": [
            {
                "id": "one",
                "sequence": "P",
                "payer": {"id": PRIME.id, "name": PRIME.name, "kind": "commercial"},
                "holder": {"relation": "self"},
                "member_id": "W100200300",
                "benefits": {"allowed": allowed},
            },
            {
                "id": "two",
                "sequence": "S",
                "payer": {"id": GREAT.id, "name": GREAT.name, "kind": "commercial"},
                "holder": {"relation": "self"},
                "member_id": "GP556677",
            },
        ],
    }


def test_a_payer_that_allowed_less_than_its_contract_is_disputed_first(tmp_path: Path) -> None:
    paid = remittance_file(answer(VISIT, "CO-45 40, PR-2 12"))
    result = bill(tmp_path, claim_file(VISIT), paid, coverage=_contract({"99213": "80.00"}))
    decision = decided(result, "dispute", "NP-BELOW-CONTRACT", paid="48.00", patient_responsibility="12.00")
    assert "allowed 60.00, contract 80.00: short 20.00" in said(decision)
    assert result.outgoing == {}


@pytest.mark.parametrize("allowed", ["75.00", "60.00", "40.00"])
def test_a_payer_that_allowed_what_its_contract_says_or_more_is_not_disputed(
    tmp_path: Path, allowed: str
) -> None:
    paid = remittance_file(answer(VISIT, "CO-45 25, PR-2 15"))
    result = bill(tmp_path, claim_file(VISIT), paid, coverage=_contract({"99213": allowed}))
    decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="15.00")


def test_a_contract_above_the_charge_counts_up_to_the_charge(tmp_path: Path) -> None:
    paid = remittance_file(answer(VISIT, "PR-2 15"))
    result = bill(tmp_path, claim_file(VISIT), paid, coverage=_contract({"99213": "130.00"}))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="85.00")


def test_a_reduction_of_the_payers_own_making_is_disputed(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "PI-45 100")))
    decided(result, "dispute", "NP-PAYER-INITIATED", paid="0.00")


# --- patients who may not be billed -----------------------------------------

QMB = Claim(payer=MEDICARE, subscriber=BENEFICIARY, others=())


@pytest.mark.parametrize(
    ("spec", "remark"),
    [("CO-45 25, PR-1 40", "N781"), ("CO-45 25, PR-2 15", "N782"), ("CO-45 25, PR-3 10", "N783")],
)
def test_a_qualified_medicare_beneficiary_without_a_known_medicaid_policy_is_not_billed(
    tmp_path: Path, spec: str, remark: str
) -> None:
    paid = remittance_file(answer(QMB, spec, remarks=["MA01", remark]), payer=MEDICARE)
    result = bill(tmp_path, claim_file(QMB), paid)
    decided(result, "hold", "NP-QMB", expected_patient="0.00")
    assert result.outgoing == {}


def test_cost_sharing_moved_to_oa_209_is_a_qualified_beneficiarys_too(tmp_path: Path) -> None:
    paid = remittance_file(answer(QMB, "CO-45 25, OA-209 15", remarks=["N782"]), payer=MEDICARE)
    result = bill(tmp_path, claim_file(QMB), paid)
    decided(result, "hold", "NP-QMB", patient_responsibility="0.00", expected_patient="0.00")


@pytest.mark.parametrize("spec", ["CO-45 25, PR-2 15", "CO-45 25, OA-209 15"])
def test_a_qualified_beneficiarys_share_goes_to_medicaid_and_the_patient_owes_nothing(
    tmp_path: Path, spec: str
) -> None:
    claim = QMB.but(others=[OtherPayer(payer=MEDICAID, subscriber=Person(member_id="MC100"))])
    paid = remittance_file(answer(claim, spec, remarks=["N782"]), payer=MEDICARE)
    result = bill(tmp_path, claim_file(claim), paid)
    decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="15.00", expected_patient="0.00")
    assert result.claim()["sbr"][9] == "MC"


def test_the_patient_of_medicaid_owes_nothing_after_it_answered(tmp_path: Path) -> None:
    """Medicaid pays in full (42 CFR 447.15): what it adjusts is contractual, nothing is the patient's."""
    claim = _second(payer=MEDICAID)
    paid = remittance_file(answer(claim, "OA-23 85, CO-45 10", status="2"), payer=MEDICAID)
    result = bill(tmp_path, claim_file(claim), paid)
    decided(result, "closed", "NP-NOTHING-LEFT", paid="5.00", expected_patient="0.00")


# --- the answer does not fit -----------------------------------------

TWO = Claim(lines=[Line(), Line(procedure="36415", charge="15")])


def test_a_line_that_the_payer_did_not_answer_holds_the_claim(tmp_path: Path) -> None:
    whole = answer(TWO, "CO-45 25, PR-2 15", "")
    paid = remittance_file(whole.but(lines=whole.lines[:1], cas="CO-45 15", charge="115", paid="60"))
    result = bill(tmp_path, claim_file(TWO), paid)
    decision = result.decision()
    assert decision["action"] == "hold"
    assert findings(decision) & {"NP-LINE-UNANSWERED", "NP-835-LINE-CHARGES"}
    assert result.outgoing == {}


def test_a_paid_service_that_was_never_billed_holds_the_claim(tmp_path: Path) -> None:
    whole = answer(TWO, "CO-45 25, PR-2 15", "")
    paid = whole.but(lines=[whole.lines[0], replace(whole.lines[1], procedure="71046", charge="15.01")])
    result = bill(tmp_path, claim_file(TWO), remittance_file(paid.but(charge="115.01", paid=None)))
    decision = result.decision()
    assert decision["action"] == "hold"
    assert "NP-LINE-UNMATCHED" in findings(decision)


def test_another_charge_than_was_billed_holds_the_claim_with_both_amounts(tmp_path: Path) -> None:
    paid = answer(VISIT, cas="CO-45 15, PR-2 15", lines=(), charge="90")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))
    decision = decided(result, "hold", "NP-CHARGE-DIFFERS", billed="90.00", paid="60.00")
    assert "90.00" in said(decision)
    assert "100.00" in said(decision)


def test_line_charges_that_moved_between_the_lines_hold_the_claim(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(control="A1"), Line(procedure="36415", charge="15", control="A2")])
    paid = answer(claim, "CO-45 25, PR-2 15", "")
    moved = [replace(paid.lines[0], charge="95"), replace(paid.lines[1], charge="20")]
    result = bill(tmp_path, claim_file(claim), remittance_file(paid.but(lines=moved)))
    decided(result, "hold", "NP-LINE-CHARGE-DIFFERS", billed="115.00")


@pytest.mark.parametrize(
    ("paid", "reason", "difference"),
    [
        (answer(VISIT, "CO-45 25, PR-2 15", paid="61"), "NP-835-CLAIM-BALANCE", "-1.00"),
        (answer(VISIT, cas="CO-45 25, PR-2 15", lines=(), paid="50"), "NP-835-CLAIM-BALANCE", "10.00"),
    ],
)
def test_an_answer_that_does_not_balance_is_held_with_both_sides(
    tmp_path: Path, paid: object, reason: str, difference: str
) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))  # type: ignore[arg-type]
    decision = decided(result, "hold", reason, billed="100.00")
    assert "charge 100.00" in said(decision)
    assert "adjustments 40.00" in said(decision)
    assert f"difference {difference}" in said(decision)


def test_a_line_that_does_not_balance_is_held_with_both_sides(tmp_path: Path) -> None:
    paid = answer(VISIT, "CO-45 25, PR-2 15")
    wrong = paid.but(lines=[replace(paid.lines[0], paid="59.99")], paid="60")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(wrong))
    decision = decided(result, "hold", "NP-835-LINE-BALANCE")
    assert "charge 100.00 is not paid 59.99 plus adjustments 40.00: difference 0.01" in said(decision)


def test_a_patient_responsibility_that_disagrees_with_its_adjustments_is_noted_only(tmp_path: Path) -> None:
    paid = answer(VISIT, "CO-45 25, PR-2 15", patient_responsibility="40")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", patient_responsibility="15.00")
    assert "NP-835-PATIENT-RESPONSIBILITY" in findings(decision)


# --- whose claim is it -----------------------------------------


def test_a_payment_for_nobody_in_the_file_is_unmatched(tmp_path: Path) -> None:
    stranger = answer(
        VISIT, "CO-45 20, PR-2 16", control="NOTHERE", patient=Person(last="ROE", member_id="X1")
    )
    result = bill(tmp_path, claim_file(VISIT), remittance_file([answer(VISIT, "PR-2 100"), stranger]))
    decided(result, "bill_next", "NP-NEXT-PAYER", "ACCT1001")
    assert [row["paid"] for row in result.unmatched] == ["64.00"]
    assert result.report["summary"]["payments_in"] == 2


def test_a_claim_nobody_answered_is_counted_and_not_billed(tmp_path: Path) -> None:
    silent = VISIT.but(control="SILENT1")
    result = bill(tmp_path, claim_file([VISIT, silent]), remittance_file(answer(VISIT, "PR-2 100")))
    decided(result, "bill_next", "NP-NEXT-PAYER", "ACCT1001")
    assert result.report["summary"]["claims_without_payment"] == 1
    assert [claim["claim_id"] for claim in result.claims] == ["ACCT1001"]


@pytest.mark.parametrize("control", ["ACCT1OO1", "0", "ACCT1001A"])
def test_a_payment_whose_number_was_mangled_is_found_by_patient_charge_and_day(
    tmp_path: Path, control: str
) -> None:
    paid = answer(VISIT, "CO-45 25, PR-2 15", control=control)
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", "ACCT1001", paid="60.00")
    assert "NP-MATCHED-BY-FACTS" in findings(decision)
    assert result.claim()["claim_id"] == "ACCT1001"


@pytest.mark.parametrize(
    "claims",
    [
        [VISIT, VISIT.but(control="ACCT1002")],
        [VISIT.but(lines=[Line(date="20250111")])],
        [VISIT.but(lines=[Line(charge="100.01")])],
        [VISIT.but(subscriber=Person(first="ANNA", member_id="OTHER9"))],
    ],
    ids=["two claims fit", "another day", "another charge", "another patient"],
)
def test_a_mangled_number_is_not_guessed_where_anything_is_in_doubt(
    tmp_path: Path, claims: list[Claim]
) -> None:
    paid = answer(VISIT, "CO-45 25, PR-2 15", control="MANGLED")
    result = bill(tmp_path, claim_file(claims), remittance_file(paid))
    assert result.decisions == []
    assert len(result.unmatched) == 1

"""The order of benefits in the main job: the coverage file's facts against the order the claim states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scenarios.expect import decided, findings, person, said, told
from scenarios.test_what_the_office_knows import ALONE, BENEFICIARY, FIRST, SPEC, VISIT, known, policy, run
from support.balance import parse_837
from support.files import (
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Line,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import Result, bill

TO_MEDICARE = VISIT.but(others=[OtherPayer(payer=MEDICARE, subscriber=BENEFICIARY)])


def plan(payer: Any, member: str, **facts: Any) -> dict[str, Any]:
    """A policy of the patient's own that says nothing of its place."""
    return policy(payer, None, member, **facts)


def medicare(**facts: Any) -> dict[str, Any]:
    return plan(MEDICARE, BENEFICIARY.member_id, medicare={"entitlement": "age"}, **facts)


def retired(**facts: Any) -> dict[str, Any]:
    return plan(PRIME, "W100200300", basis="retired", **facts)


def working(size: int, **facts: Any) -> dict[str, Any]:
    return plan(PRIME, "W100200300", basis="active", employer={"size": size}, **facts)


def rebilled(result: Result, decision: dict[str, Any]) -> dict[str, Any]:
    """The corrected first claim that a run with ``--form`` left for a person to release."""
    (claim,) = parse_837((result.out / decision["rebill"]).read_text())
    return dict(claim)


def test_the_rules_place_the_payers_that_nobody_has_placed(tmp_path: Path) -> None:
    medicaid = plan(MEDICAID, "MC100")
    result = run(tmp_path, ALONE, known(medicaid, medicare(), working(200)))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    assert decision["next_payer"] == {"id": MEDICARE.id, "name": MEDICARE.name, "sequence": "S"}
    claim = result.claim()
    assert claim["sbr"][1] == "S"
    assert claim["sbr"][5] == "12"
    assert {other["sbr"][1] for other in claim["other"]} == {"P", "T"}
    assert told(claim, MEDICAID)["sbr"][1] == "T"


def test_the_insurance_type_comes_from_the_rule_that_decided(tmp_path: Path) -> None:
    kidneys = plan(
        MEDICARE,
        BENEFICIARY.member_id,
        medicare={"entitlement": "esrd", "esrd_eligible_from": "2024-01-01"},
    )
    result = run(tmp_path, ALONE, known(retired(), kidneys))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["sbr"][5] == "13"


def test_a_claim_billed_in_the_wrong_order_is_held_with_the_derivation(tmp_path: Path) -> None:
    result = run(tmp_path, TO_MEDICARE, known(retired(), medicare()))
    decision = decided(result, "hold", "NP-ORDER-CONTRADICTED", expected_next="0.00")
    assert decision["next_payer"]["id"] == MEDICARE.id
    assert result.outgoing == {}
    (step,) = [one for one in decision["findings"] if one["id"] == "NP-ORDER-CONTRADICTED"]
    assert step["source"].startswith("MSP-M14")
    assert f"{PRIME.id}.basis retired" in step["message"]
    assert "rebill" not in decision


def test_a_payer_before_the_billed_one_that_the_claim_does_not_know_contradicts_it(tmp_path: Path) -> None:
    result = run(tmp_path, ALONE, known(retired(), medicare()))
    decided(result, "hold", "NP-ORDER-CONTRADICTED")


def test_the_same_order_with_the_employer_at_twenty_is_right(tmp_path: Path) -> None:
    decided(run(tmp_path, TO_MEDICARE, known(working(20), medicare())), "bill_next", "NP-NEXT-PAYER")
    decided(run(tmp_path, TO_MEDICARE, known(working(19), medicare())), "hold", "NP-ORDER-CONTRADICTED")


def test_with_a_form_named_the_claim_is_made_anew_for_the_right_first_payer(tmp_path: Path) -> None:
    third = plan(MEDICAID, "MC100")
    coverage = known(retired(), third, medicare())
    result = run(tmp_path, TO_MEDICARE, coverage, args=["--form", "837P"])
    decision = decided(result, "hold", "NP-ORDER-CONTRADICTED")
    assert result.outgoing == {}
    claim = rebilled(result, decision)
    assert decision["rebill"].startswith("rebill/")
    assert claim["sbr"][1:3] == ["P", "18"]
    assert claim["sbr"][5] == ""
    assert person(claim["subscriber"])[2] == BENEFICIARY.member_id
    assert [(one["payer"]["nm1"][9], one["sbr"][1]) for one in claim["other"]] == [
        (PRIME.id, "S"),
        (MEDICAID.id, "T"),
    ]
    text = (result.out / decision["rebill"]).read_text()
    assert "CAS*" not in text
    assert "AMT*D*" not in text
    assert "REF*F8" not in text


def test_a_missing_fact_leaves_the_stated_order_with_a_warning(tmp_path: Path) -> None:
    stated = [{**working(0), "employer": {}, "sequence": "P"}, {**medicare(), "sequence": "S"}]
    decision = decided(run(tmp_path, ALONE, known(*stated)), "bill_next", "NP-NEXT-PAYER")
    assert "NP-ORDER-UNCONFIRMED" in findings(decision)
    assert f"{PRIME.id}.employer.size" in said(decision)


def test_a_missing_fact_without_a_stated_order_holds_the_claim_and_is_named(tmp_path: Path) -> None:
    others = known(plan(GREAT, "G1"), plan(MEDICARE, BENEFICIARY.member_id, medicare={"entitlement": "age"}))
    others["coverages"].append({**working(0), "employer": {}})
    decision = decided(run(tmp_path, ALONE, others), "hold", "NP-ORDER-UNDETERMINED")
    assert f"{PRIME.id}.employer.size" in said(decision)


def test_of_veterans_affairs_and_medicare_only_one_pays(tmp_path: Path) -> None:
    first = {**FIRST, "payer": {**FIRST["payer"], "kind": "va"}}
    decision = decided(run(tmp_path, ALONE, known(first, medicare())), "hold", "NP-ORDER-UNDETERMINED")
    assert "only one of" in said(decision)


def test_plans_that_share_stand_as_they_were_billed(tmp_path: Path) -> None:
    """GREAT1 comes before PRIME by its id, and neither comes first by a rule."""
    since = {"relation": "self", "covered_since": "2020-01-01"}
    first, second = ({**plan(payer, "M1"), "holder": since, "basis": "active"} for payer in (PRIME, GREAT))
    decision = decided(run(tmp_path, ALONE, known(first, second)), "bill_next", "NP-NEXT-PAYER")
    assert decision["next_payer"]["sequence"] == "S"


def test_an_insurer_of_accidents_is_left_out_of_a_claim_that_is_for_none(tmp_path: Path) -> None:
    auto = {**plan(GREAT, "CAR1"), "payer": {"id": GREAT.id, "name": GREAT.name, "kind": "auto"}}
    coverage = {**known(working(50), auto), "circumstances": {"related_to": None}}
    decision = decided(run(tmp_path, ALONE, coverage), "bill_patient", "NP-PATIENT", expected_patient="15.00")
    assert "NP-ORDER-EXCLUDED" in findings(decision)


def test_the_day_of_service_picks_the_facts(tmp_path: Path) -> None:
    """Retired in February: a visit in January was still after the employer's plan."""
    left = {"fact": "basis", "value": "retired", "since": "2025-02-01", "source": "patient"}
    coverage = known({**working(200), "history": [left]}, medicare())
    decided(run(tmp_path, TO_MEDICARE, coverage), "bill_next", "NP-NEXT-PAYER")
    later = TO_MEDICARE.but(lines=[Line(date="20250203")])
    decided(run(tmp_path, later, coverage), "hold", "NP-ORDER-CONTRADICTED")


def test_an_order_that_changes_between_two_lines_asks_for_two_claims(tmp_path: Path) -> None:
    left = {"fact": "basis", "value": "retired", "since": "2025-01-15", "source": "patient"}
    coverage = known({**working(200), "history": [left]}, medicare())
    claim = TO_MEDICARE.but(lines=[Line(), Line(date="20250120")])
    paid = remittance_file(answer(claim, SPEC, SPEC), payer=PRIME)
    decision = decided(
        bill(tmp_path, claim_file(claim), paid, coverage=coverage), "hold", "NP-ORDER-UNDETERMINED"
    )
    assert "split the claim" in said(decision)


# --- what an answer teaches -----------------------------------------


def _corrected(tmp_path: Path, coverage: dict[str, Any], *args: str, **facts: Any) -> Result:
    paid = remittance_file(answer(VISIT, SPEC, **facts), payer=PRIME)
    return bill(tmp_path, claim_file(VISIT), paid, coverage=coverage, args=args)


def test_a_corrected_member_id_goes_into_the_history(tmp_path: Path) -> None:
    coverage = known(FIRST, policy(GREAT, "S", "GP556677"))
    result = _corrected(tmp_path, coverage, corrected=Person(member_id="NEW777"))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    (fact,) = decision["learned"]
    assert (fact["coverage"], fact["fact"], fact["value"]) == (PRIME.id, "member_id", "NEW777")
    assert (fact["source"], fact["learned"], fact["since"]) == ("835", "2025-02-05", "2025-01-10")
    assert fact["segment"] == decision["payment"]["segment"]
    updated = json.loads((result.out / "coverage.json").read_text())
    assert updated["coverages"][0]["history"][0]["value"] == "NEW777"
    assert updated["coverages"][0]["member_id"] == FIRST["member_id"]
    again = _corrected(tmp_path / "again", updated, corrected=Person(member_id="NEW777"))
    assert "learned" not in decided(again, "bill_next", "NP-NEXT-PAYER")


def test_a_payer_that_names_another_of_the_patients_payers_as_first_is_believed(tmp_path: Path) -> None:
    coverage = known(FIRST, policy(GREAT, "S", "GP556677"))
    result = _corrected(tmp_path, coverage, "--form", "837P", priority_payer=GREAT)
    decision = decided(result, "rework", "NP-PRIORITY-KNOWN", expected_next="0.00")
    assert decision["next_payer"]["id"] == GREAT.id
    learned = {(one["coverage"], one["fact"], one["value"]) for one in decision["learned"]}
    assert learned == {(GREAT.id, "sequence", "P"), (PRIME.id, "sequence", "S")}
    claim = rebilled(result, decision)
    assert claim["sbr"][1] == "P"
    assert person(claim["subscriber"])[2] == "GP556677"
    assert told(claim, PRIME)["sbr"][1] == "S"


def test_a_payer_named_first_that_nobody_knows_is_a_hold(tmp_path: Path) -> None:
    result = _corrected(tmp_path, known(FIRST, policy(GREAT, "S", "GP556677")), priority_payer=MEDICAID)
    decided(result, "hold", "NP-PRIORITY-CORRECTED")


def test_what_a_payer_said_of_the_order_goes_before_the_rules_and_is_flagged(tmp_path: Path) -> None:
    """The rules put Medicare first; the plan itself has said that it is, so the claim is not held."""
    says = [{"fact": "sequence", "value": "P", "source": "payer", "learned": "2025-01-02"}]
    second = [{"fact": "sequence", "value": "S", "source": "payer", "learned": "2025-01-02"}]
    coverage = known({**retired(), "history": says}, {**medicare(), "history": second})
    claim = VISIT.but(others=[OtherPayer(payer=MEDICARE, subscriber=BENEFICIARY, insurance_type="12")])
    decision = decided(run(tmp_path, claim, coverage), "bill_next", "NP-NEXT-PAYER")
    assert "NP-ORDER-PAYER-SAYS" in findings(decision)


def test_nothing_learned_writes_no_coverage_file(tmp_path: Path) -> None:
    result = run(tmp_path, VISIT, known(FIRST, policy(GREAT, "S", "GP556677")))
    assert not (result.out / "coverage.json").exists()

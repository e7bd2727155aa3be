"""`nextpayer order` for a person: text that can be read aloud, and the right exit status."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.orders import CASES
from support.run import command_line

DAY = ["--on", "2025-03-01"]
NAME = "QUIXOTIC"


def said(tmp_path: Path, document: Any, *arguments: str) -> tuple[int, str, str]:
    file = tmp_path / "coverage.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return command_line(["order", str(file), *DAY, *arguments])


def document_of(id: str) -> Any:
    (case,) = [case for case in CASES if case["id"] == id]
    return case["coverage"]


REVERSAL = "published-obd-27"
OPEN = "certain-first"


def test_the_order_is_numbered_with_the_payers_name_and_the_insurance_type(tmp_path: Path) -> None:
    status, text, _ = said(tmp_path, document_of(REVERSAL))
    assert status == 0
    assert text.startswith("Order of benefits for services on 2025-03-01\n")
    assert "1. PLAN S  [S]" in text
    assert "2. PLAN MCR  [MCR]   insurance type 12 (MSP-M1)" in text
    assert "3. PLAN R  [R]" in text


def test_every_step_says_its_facts_its_rule_and_the_law(tmp_path: Path) -> None:
    _, text, _ = said(tmp_path, document_of(REVERSAL))
    assert "S before MCR: Working aged" in text
    assert "S.employer.size is 200" in text
    assert "MSP-M1; 42 U.S.C. 1395y(b)(1)(A)" in text
    assert "NAIC-C1X; NAIC MDL-120 (2013) sec. 6D(1)(b)" in text


def test_what_was_presumed_and_what_would_change_it_are_told(tmp_path: Path) -> None:
    _, text, _ = said(tmp_path, document_of(REVERSAL))
    assert "Presumed, as nobody has said otherwise" in text
    assert "MCR.medicare.esrd_eligible_from is never: entitled by age" in text
    assert "S.employer.size is 200; were it 19: MCR, then R, then S" in text


def test_an_open_order_says_what_is_certain_and_asks(tmp_path: Path) -> None:
    status, text, _ = said(tmp_path, document_of(OPEN))
    assert status == 1
    assert "The order is not determined." in text
    assert "Certain in any case, from the first place on: PLAN W." in text
    asked = text.partition("Ask first: the order depends on it")[2]
    assert "employer: How many employees has the employer behind PLAN G" in asked
    assert "[G.employer.size]" in asked


@pytest.mark.parametrize(
    "id", ["c9-same-day", "published-msp-23", "uneven-shares", "nobody", "d2-preventive"]
)
def test_ties_troubles_and_notes_are_sentences(id: str, tmp_path: Path) -> None:
    _, text, _ = said(tmp_path, document_of(id))
    expected = {
        "c9-same-day": "A and B share equally: neither is before the other.",
        "published-msp-23": "Only one of Medicare and VA pays, never both.",
        "uneven-shares": "A and B would share equally, but R pays after one of them",
        "nobody": "No policy pays for this day.",
        "d2-preventive": "Medicaid pays for this service before other cover and recovers from it",
    }
    assert expected[id] in text


def test_a_policy_that_does_not_pay_is_listed_with_the_reason(tmp_path: Path) -> None:
    _, text, _ = said(tmp_path, document_of("six-with-strangers"))
    out = text.partition("Not in this order")[2]
    assert "X: not in force on the day of service" in out
    assert "N: The service has not the cause for which this policy answers (CAUSE-UNRELATED" in out


def test_all_adds_the_rules_that_were_asked_and_did_not_decide(tmp_path: Path) -> None:
    _, short, _ = said(tmp_path, document_of(REVERSAL))
    _, long, _ = said(tmp_path, document_of(REVERSAL), "--all")
    assert "Asked, and did not decide" not in short
    assert "NAIC-C0 between R and S: A plan without a coordination of benefits provision" in long
    assert "R.cob.provision is compliant (presumed)" in re.sub(r"\s+", " ", long)


def test_quiet_prints_nothing_and_keeps_the_status(tmp_path: Path) -> None:
    assert said(tmp_path, document_of(REVERSAL), "--quiet") == (0, "", "")
    assert said(tmp_path, document_of(OPEN), "--quiet") == (1, "", "")


def test_json_is_printed_although_it_is_quiet(tmp_path: Path) -> None:
    _, text, _ = said(tmp_path, document_of(REVERSAL), "--quiet", "--json")
    assert json.loads(text)["order"] == ["S", "MCR", "R"]


def test_of_a_list_every_patient_is_answered_and_one_open_order_gives_status_1(tmp_path: Path) -> None:
    patients = [
        {**document_of(REVERSAL), "patient": {"id": "p1"}},
        {**document_of(OPEN), "patient": {"id": "p2"}},
    ]
    status, text, _ = said(tmp_path, patients)
    assert status == 1
    assert "Order of benefits of patient p1 for services" in text
    assert "Order of benefits of patient p2 for services" in text
    status, printed, _ = said(tmp_path, patients, "--json")
    answers = {one["patient"]: one["determined"] for one in json.loads(printed)}
    assert answers == {"p1": True, "p2": False}


def test_a_list_of_one_patient_is_answered_by_a_list(tmp_path: Path) -> None:
    _, printed, _ = said(tmp_path, [document_of(REVERSAL)], "--json")
    assert [one["order"] for one in json.loads(printed)] == [["S", "MCR", "R"]]


def test_the_day_of_service_is_on_and_else_the_day_it_is(tmp_path: Path) -> None:
    file = tmp_path / "coverage.json"
    file.write_text(json.dumps(document_of("last-day-counts")))
    orders = [
        json.loads(command_line(["order", str(file), "--json", *days])[1])["order"]
        for days in (
            ["--as-of", "2025-03-01"],
            ["--as-of", "2025-03-02"],
            ["--on", "2025-03-01", "--as-of", "2025-03-02"],
        )
    ]
    assert orders == [["A", "Z"], ["Z"], ["A", "Z"]]


UNUSABLE: dict[str, Any] = {
    "an unknown key": {"coverages": [{"id": "A", "employer": {"sise": 20}}]},
    "a wrong type": {"coverages": [{"id": "A", "employer": {"size": "twenty"}}]},
    "two policies of one id": {"coverages": [{"id": "A"}, {"id": "A"}]},
    "no JSON": "{",
    "a history that ends a policy before it begins": {
        "coverages": [
            {
                "id": "A",
                "effective": "2025-01-01",
                "history": [{"fact": "terminates", "value": "2024-01-01", "source": "payer"}],
            }
        ]
    },
}


@pytest.mark.parametrize("wrong", UNUSABLE)
def test_a_file_that_cannot_be_used_costs_one_line_and_status_2(wrong: str, tmp_path: Path) -> None:
    status, text, complained = said(tmp_path, UNUSABLE[wrong])
    assert (status, text) == (2, "")
    assert len(complained.strip().splitlines()) == 1
    assert "Traceback" not in complained


def test_an_unknown_key_is_named_by_its_path_with_the_nearest_known_one(tmp_path: Path) -> None:
    _, _, complained = said(tmp_path, UNUSABLE["an unknown key"])
    assert "coverages[0].employer" in complained
    assert re.search(r"'?sise'?.*'?size'?", complained)


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    status, text, complained = command_line(["order", str(tmp_path / "nowhere.json")])
    assert (status, text) == (2, "")
    assert "Traceback" not in complained


@pytest.mark.parametrize("case", CASES[::5], ids=[case["id"] for case in CASES[::5]])
def test_the_text_of_a_case_is_short_lines_without_python_in_them(case: Any, tmp_path: Path) -> None:
    named = json.loads(json.dumps(case["coverage"]))
    named["patient"]["name"] = {"last": NAME, "first": NAME}
    for policy in named["coverages"]:
        policy.setdefault("holder", {})["name"] = {"last": NAME}
        policy["member_id"] = NAME
    status, text, complained = said(tmp_path, named, "--all")
    assert status in (0, 1)
    assert complained == ""
    assert NAME not in text
    assert not re.search(r"None|True|False|datetime|\{|Traceback", text)
    assert max(map(len, text.splitlines())) <= 110

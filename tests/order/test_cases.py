"""The paying order of every case in `cases/`, by the engine and by `nextpayer order --json`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nextpayer.order import EXCLUSIONS, ORDER_RULES, RULES, Answer, order_of_benefits
from nextpayer.order.notes import NOTES
from support.orders import CASES, coverage_of, day_of
from support.run import command_line

SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases" / "order_of_benefits.json"
KEYS = {"order", "determined", "derivation", "missing", "would_flip", "msp"}
STEP_KEYS = {"rule", "source", "puts", "before", "because"}

every_case = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


def answer(case: dict[str, Any]) -> Answer:
    return order_of_benefits(coverage_of(case), day_of(case), RULES)


def names(missing: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{policy}.{path}" if policy else path for policy, path in missing]


def must_be_determined(case: dict[str, Any]) -> bool:
    return not {"missing", "trouble"} & set(case["expect"])


@every_case
def test_the_order_is_the_expected_one(case: dict[str, Any]) -> None:
    found = answer(case)
    assert found.determined is must_be_determined(case), (names(found.missing), found.trouble)
    if "order" in case["expect"]:
        assert [policy.id for policy in found.order] == case["expect"]["order"]


@every_case
def test_the_expected_rules_decide(case: dict[str, Any]) -> None:
    found = answer(case)
    decided = {frozenset((step.puts, step.before)): step for step in found.derivation}
    for pair, rule in case["expect"].get("rules", {}).items():
        puts, before = pair.split()
        step = decided[frozenset((puts, before))]
        assert step.rule.id == rule, f"{puts} and {before}"
        if step.rule.relation == "before":
            assert (step.puts, step.before) == (puts, before)


@every_case
def test_what_stands_beside_the_order_is_the_expected(case: dict[str, Any]) -> None:
    found, expect = answer(case), case["expect"]
    if "insurance_type" in expect:
        assert (found.msp.insurance_type if found.msp else None) == expect["insurance_type"]
    excluded = {out.policy.id: out.rule.id if out.rule else "NOT-IN-FORCE" for out in found.excluded}
    assert excluded == expect.get("excluded", {})
    assert [list(group) for group in found.shares] == expect.get("shares", [])
    assert [list(group) for group in found.alternatives] == expect.get("alternatives", [])
    if "certain" in expect:
        assert [policy.id for policy in found.certain] == expect["certain"]
    notes = {note.id for note in found.notes}
    assert set(expect.get("notes", notes)) <= notes
    if expect.get("notes") == []:
        assert notes == set()


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if not must_be_determined(case)],
    ids=[case["id"] for case in CASES if not must_be_determined(case)],
)
def test_an_open_order_says_what_is_missing_or_what_is_wrong(case: dict[str, Any]) -> None:
    found, expect = answer(case), case["expect"]
    missing = names(found.missing)
    assert found.order == ()
    assert set(expect.get("missing", ())) <= set(missing)
    assert not set(expect.get("not_missing", ())) & set(missing)
    assert expect.get("trouble", "") in " ".join(found.trouble)
    if "trouble" in expect:
        assert missing == []


@every_case
def test_the_command_prints_the_contracts_keys_and_the_same_order(
    case: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "coverage.json"
    file.write_text(json.dumps(case["coverage"]))
    status, said, complained = command_line(["order", str(file), "--on", case["on"], "--json"])
    document = json.loads(said)
    assert complained == ""
    assert set(document) >= KEYS
    found = answer(case)
    assert document["order"] == [policy.id for policy in found.order]
    assert document["determined"] is found.determined
    assert status == (0 if found.determined else 1)
    assert all(set(step) >= STEP_KEYS and step["rule"] and step["source"] for step in document["derivation"])
    assert [(step["puts"], step["before"], step["rule"]) for step in document["derivation"]] == [
        (step.puts, step.before, step.rule.id) for step in found.derivation
    ]
    assert [row["fact"] for row in document["missing"]] == names(found.missing)
    assert all(row["question"].endswith("?") and row["ask"] for row in document["missing"])
    if found.msp is not None:
        assert document["msp"]["insurance_type"] == found.msp.insurance_type
    else:
        assert document["msp"] is None


def test_every_rule_has_a_case_that_proves_it() -> None:
    decided = {rule for case in CASES for rule in case["expect"].get("rules", {}).values()}
    assert sorted({rule.id for rule in ORDER_RULES} - decided) == []


def test_every_exclusion_has_a_case_that_proves_it() -> None:
    excluding = {rule for case in CASES for rule in case["expect"].get("excluded", {}).values()}
    assert sorted({rule.id for rule in EXCLUSIONS} - excluding) == []


def test_every_note_has_a_case_in_which_it_is_said() -> None:
    said = {note for case in CASES for note in case["expect"].get("notes", ())}
    cautioned = {rule.id for rule in ORDER_RULES if rule.caution}
    assert sorted(({note.id for note in NOTES} | cautioned) - said) == []


def test_no_case_names_a_rule_that_is_gone() -> None:
    known = {rule.id for rule in (*ORDER_RULES, *EXCLUSIONS, *NOTES)} | {"NOT-IN-FORCE"}
    for case in CASES:
        expect = case["expect"]
        named = {
            *expect.get("rules", {}).values(),
            *expect.get("excluded", {}).values(),
            *expect.get("notes", ()),
        }
        assert named <= known, case["id"]


def test_every_case_has_an_id_of_its_own_and_a_source() -> None:
    assert [id for id, times in Counter(case["id"] for case in CASES).items() if times > 1] == []
    assert [case["id"] for case in CASES if not case["source"] or not case["title"]] == []


def test_no_case_names_a_person() -> None:
    assert not any('"last"' in json.dumps(case) for case in CASES)


@pytest.mark.skipif(
    not SHARED.is_file(), reason=f"the published cases are not beside this checkout: {SHARED}"
)
def test_every_published_row_has_a_case_with_the_same_order() -> None:
    ours = {case["published"]: case for case in CASES if "published" in case}
    for row in json.loads(SHARED.read_text(encoding="utf-8"))["cases"]:
        expect = ours[row["id"]]["expect"]
        if row.get("tie"):  # "either VA or Medicare, never both"
            assert expect["alternatives"] == [["Medicare", "VA"]]
            continue
        assert expect["order"] == row["expected_order"], row["id"]
        if "sbr05" in row:
            assert expect["insurance_type"] == row["sbr05"], row["id"]

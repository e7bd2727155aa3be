"""The questions still to be asked: what decides the order first, of the right person, by the payer's name."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from nextpayer import checklist as module
from nextpayer.checklist import Question, checklist, question
from nextpayer.coverage import Coverage
from nextpayer.order import RULES, order_of_benefits
from nextpayer.order.candidates import _DATES, _WORDS
from nextpayer.order.case import PRESUMED
from nextpayer.wire.coverage import load_coverage

DAY = dt.date(2025, 3, 1)
COMPLETE: dict[str, Any] = {
    "id": "A",
    "payer": {"id": "1", "name": "PLAN A", "kind": "commercial"},
    "holder": {"relation": "self"},
    "member_id": "M1",
}
SECOND: dict[str, Any] = {
    "id": "B",
    "payer": {"id": "2", "name": "PLAN B", "kind": "commercial"},
    "holder": {
        "relation": "spouse",
        "id": "M2",
        "name": {"last": "ROE"},
        "birth_date": "1980-01-01",
        "address": {"city": "TAMPA"},
    },
    "patient_relationship": "01",
    "cob": {"method": "standard"},
    "benefits": {"coinsurance": "0.20", "deductible_remaining": "0.00"},
}


def coverage(*policies: dict[str, Any]) -> Coverage:
    (found,) = load_coverage({"coverages": list(policies)})
    return found


def asked(*policies: dict[str, Any]) -> tuple[Question, ...]:
    told = coverage(*policies)
    return checklist(told, order_of_benefits(told, DAY, RULES))


def facts(questions: tuple[Question, ...], needed_for: str = "") -> list[str]:
    return [one.fact for one in questions if needed_for in ("", one.needed_for)]


def without(policy: dict[str, Any], *path: str) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {key: value for key, value in policy.items() if key != first}
    return {**policy, first: without(policy[first], *rest)}


def test_nothing_is_asked_where_everything_is_known() -> None:
    assert asked(COMPLETE, SECOND) == ()


def test_what_decides_the_order_is_asked_before_anything_else() -> None:
    found = asked(without(COMPLETE, "holder"), without(SECOND, "member_id"))
    whats = [one.needed_for for one in found]
    assert whats[0] == "order"
    assert whats == sorted(whats, key=("order", "claim", "expectation").index)


def test_a_fact_that_is_missing_twice_is_asked_once() -> None:
    found = facts(asked(without(COMPLETE, "holder"), SECOND))
    assert found.count("A.holder.relation") == 1


def test_a_dependants_claim_needs_the_holders_own_number() -> None:
    assert facts(asked(COMPLETE, without(SECOND, "holder", "id")), "claim") == ["B.holder.id"]


def test_of_another_holder_name_birth_date_and_address_are_asked() -> None:
    bare = {**SECOND, "holder": {"relation": "spouse", "id": "M2"}}
    assert facts(asked(COMPLETE, bare), "claim") == [
        "B.holder.name",
        "B.holder.birth_date",
        "B.holder.address",
    ]


def test_the_first_payers_method_is_not_asked_and_the_seconds_is() -> None:
    assert facts(asked(COMPLETE, without(SECOND, "cob")), "expectation") == ["B.cob.method"]


def test_a_policy_that_does_not_pay_this_claim_is_not_asked_about() -> None:
    ended = {"id": "X", "payer": {"kind": "commercial"}, "terminates": "2024-12-31"}
    assert facts(asked(COMPLETE, ended)) == []
    told = coverage(COMPLETE, ended)
    assert "X.payer.id" in facts(checklist(told))  # without an answer nobody knows that it does not pay


def test_a_question_names_the_payer_and_never_a_person() -> None:
    found = asked(COMPLETE, without(SECOND, "holder", "birth_date"))
    assert [one.text for one in found] == ["On which day was the policyholder of PLAN B born?"]


def test_a_payer_without_a_name_is_called_by_its_id_or_the_policys() -> None:
    told = coverage({"id": "A", "payer": {"id": "77"}}, {"id": "B"})
    assert "of 77 " in question(told, "A", "holder.birth_date", "claim").text
    assert "of B " in question(told, "B", "holder.birth_date", "claim").text


def test_a_fact_that_only_a_plugin_asks_for_is_asked_by_its_name() -> None:
    found = question(coverage(COMPLETE), "A", "plan_name", "order")
    assert (found.ask, found.text) == ("office", "What is plan_name of PLAN A?")


def test_every_fact_that_the_rules_ask_for_has_a_question_of_its_own() -> None:
    paths = {*_WORDS, *_DATES, *PRESUMED, "payer.kind"}
    assert sorted(paths - set(module._BY_PATH)) == []


def test_every_question_is_one_sentence_to_somebody() -> None:
    for path, (whom, text) in module._BY_PATH.items():
        assert whom in ("patient", "payer", "employer", "office"), path
        assert re.fullmatch(r"[A-Z].*\?( The patient is a dependant there\.)?", text), path

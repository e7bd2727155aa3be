"""The history of a coverage: what was told, by whom, for which days, and what it replaced."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from nextpayer.coverage import Coverage, Fact
from nextpayer.errors import InvalidNoun, UnusableInput
from nextpayer.order import RULES, order_of_benefits
from nextpayer.order.flips import would_flip
from nextpayer.policy import Employer, Payer, Person, Policy
from nextpayer.wire.coverage import load_coverage

MARCH, APRIL, MAY = dt.date(2025, 3, 1), dt.date(2025, 4, 1), dt.date(2025, 5, 1)
DAY = dt.timedelta(days=1)


def fact(path: str, value: Any, **more: Any) -> Fact:
    return Fact(**{"policy": "A", "path": path, "value": value, "source": "patient", **more})


def coverage(*facts: Fact) -> Coverage:
    policy = Policy(id="A", payer=Payer(id="1", name="PLAN A"), holder=Person(), employer=Employer(size=50))
    return Coverage(patient=Person(), policies=(policy,), facts=facts)


def size(told: Coverage, day: dt.date) -> Any:
    return told.on(day).value("A", "employer.size")


def test_a_fact_holds_from_its_first_to_its_last_day() -> None:
    told = coverage(fact("employer.size", 12, since=APRIL, until=MAY))
    days = [APRIL - DAY, APRIL, MAY, MAY + DAY]
    assert [size(told, day) for day in days] == [50, 12, 12, 50]


def test_a_fact_without_bounds_holds_on_every_day() -> None:
    told = coverage(fact("employer.size", 12))
    assert [size(told, day) for day in (dt.date.min, MARCH, dt.date.max)] == [12, 12, 12]


def test_what_was_learned_later_wins_wherever_it_stands_in_the_list() -> None:
    late, early = fact("employer.size", 12, learned=MAY), fact("employer.size", 30, learned=APRIL)
    assert size(coverage(late, early), MARCH) == size(coverage(early, late), MARCH) == 12


def test_a_fact_of_which_nobody_says_when_it_was_learned_yields_to_one_that_was() -> None:
    told = coverage(fact("employer.size", 12, learned=APRIL), fact("employer.size", 30))
    assert size(told, MARCH) == 12


def test_every_change_tells_what_it_replaced_and_who_said_so() -> None:
    told = coverage(
        fact("employer.size", 12, learned=MAY, source="employer"),
        fact("employer.size", 30, learned=APRIL),
        fact("employer.size", 99, since=MAY),
    )
    changes = told.changes(MARCH)
    assert [(one.replaced, one.fact.value, one.fact.source) for one in changes] == [
        (50, 30, "patient"),
        (30, 12, "employer"),
    ]


def test_the_coverage_itself_is_not_changed() -> None:
    told = coverage(fact("employer.size", 12))
    told.on(MARCH)
    assert told.value("A", "employer.size") == 50
    assert len(told.facts) == 1


def test_a_coverage_of_a_day_is_not_told_its_history_again() -> None:
    then = coverage(fact("employer.size", 12)).on(MARCH)
    assert then.with_value("A", "employer.size", 20).on(MARCH).value("A", "employer.size") == 20


def test_a_fact_of_the_history_can_flip_the_order() -> None:
    (told,) = load_coverage(
        {
            "coverages": [
                {
                    "id": "G",
                    "payer": {"kind": "commercial"},
                    "holder": {"relation": "self"},
                    "basis": "active",
                    "employer": {"size": 50},
                    "history": [{"fact": "employer.size", "value": 19, "source": "employer"}],
                },
                {"id": "M", "payer": {"kind": "medicare"}, "medicare": {"entitlement": "age"}},
            ]
        }
    )
    answer = order_of_benefits(told, MARCH, RULES)
    assert [policy.id for policy in answer.order] == ["M", "G"]
    assert ("G.employer.size", 20, ("G", "M")) in [
        (flip.fact.name, flip.value, flip.order) for flip in would_flip(answer, RULES)
    ]


@pytest.mark.parametrize("path", ["employer.colour", "colour", "employer.size.more", "nobody.knows"])
def test_a_fact_of_no_name_is_refused(path: str) -> None:
    with pytest.raises(InvalidNoun, match=f"no fact is called A.{path}"):
        coverage().with_value("A", path, 1)


def test_a_fact_of_a_policy_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidNoun, match=r"no fact is called B.employer.size"):
        coverage().with_value("B", "employer.size", 1)


PATHS = {
    "holder.name.last": "ROE",
    "holder.address.city": "TAMPA",
    "holder.contact.phone": "5550100",
    "holder.relation": "spouse",
    "holder.covered_since": "2001-01-01",
    "covered_since": "2002-02-02",
    "payer.kind": "commercial",
    "payer.name": "PLAN B",
    "medicare.esrd_eligible_from": "2024-01-01",
    "cob.provision": "none",
    "terminates": "2025-12-31",
    "authorized": True,
}


@pytest.mark.parametrize("path", PATHS)
def test_the_history_reaches_every_fact_of_the_file(path: str) -> None:
    entry = {"fact": path, "value": PATHS[path], "source": "patient"}
    (told,) = load_coverage({"coverages": [{"id": "A", "history": [entry]}]})
    found = told.on(MARCH).value("A", path)
    assert (found.isoformat() if isinstance(found, dt.date) else found) == PATHS[path]


@pytest.mark.parametrize(
    "path", ["patient.birth_date", "patient.name.last", "patient.id", "circumstances.state"]
)
def test_the_history_of_the_document_reaches_the_patient_and_the_circumstances(path: str) -> None:
    value = "1950-05-05" if path == "patient.birth_date" else "FL"
    (told,) = load_coverage({"history": [{"fact": path, "value": value, "source": "patient"}]})
    assert str(told.on(MARCH).value("", path)) == value


WRONG = {
    "a path of no fact": {"fact": "employer.colour", "value": 1, "source": "x"},
    "an object": {"fact": "employer", "value": {}, "source": "x"},
    "the policy's own id": {"fact": "id", "value": "B", "source": "x"},
    "a fact of the patient": {"fact": "patient.sex", "value": "F", "source": "x"},
    "a value of another type": {"fact": "employer.size", "value": "twelve", "source": "x"},
    "a word that is none of the fact's": {"fact": "basis", "value": "working", "source": "x"},
    "no source": {"fact": "employer.size", "value": 12},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_entry_is_refused_by_its_path_and_without_its_value(wrong: str) -> None:
    with pytest.raises(UnusableInput, match=r"coverages\[0\]\.history\[0\]") as caught:
        load_coverage({"coverages": [{"id": "A", "history": [WRONG[wrong]]}]})
    assert "twelve" not in str(caught.value)

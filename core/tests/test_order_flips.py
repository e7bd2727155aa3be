"""What would flip the order: the nearest other value of one fact, and only where it really does."""

from __future__ import annotations

import datetime as dt
from typing import Any

from nextpayer.order import RULES, order_of_benefits
from nextpayer.order.flips import Flip, would_flip
from nextpayer.wire.coverage import load_coverage
from nextpayer.wire.order import order_document

DAY = dt.date(2025, 3, 1)


def medicare(**facts: Any) -> dict[str, Any]:
    return {"id": "M", "payer": {"kind": "medicare"}, "medicare": {"entitlement": "age", **facts}}


def working(size: int) -> dict[str, Any]:
    return {
        "id": "G",
        "payer": {"kind": "commercial"},
        "holder": {"relation": "self"},
        "basis": "active",
        "employer": {"size": size},
    }


def flips(*policies: dict[str, Any], on: dt.date = DAY) -> dict[str, Flip]:
    (coverage,) = load_coverage({"coverages": list(policies)})
    return {flip.fact.name: flip for flip in would_flip(order_of_benefits(coverage, on, RULES), RULES)}


def test_the_nearest_value_that_flips_is_reported() -> None:
    assert flips(working(200), medicare())["G.employer.size"].value == 19
    assert flips(working(8), medicare())["G.employer.size"].value == 20


def test_a_flip_says_the_order_that_would_be() -> None:
    assert flips(working(200), medicare())["G.employer.size"].order == ("M", "G")


def test_a_presumed_fact_that_would_flip_is_reported_as_presumed() -> None:
    found = flips(working(8), medicare())
    assert found["G.employer.multi_employer"].fact.presumed
    assert "G.employer.multi_employer" in found


def test_the_first_month_of_kidney_disease_flips_at_the_end_of_the_period() -> None:
    kidney = medicare(entitlement="esrd", esrd_eligible_from="2022-10-01")
    assert flips(working(5), kidney)["M.medicare.esrd_eligible_from"].value == dt.date(2022, 9, 1)


def test_a_day_of_cover_flips_at_the_other_plans_day() -> None:
    own = {"payer": {"kind": "commercial"}, "basis": "active"}
    first = {**own, "id": "A", "holder": {"relation": "self", "covered_since": "2010-01-01"}}
    second = {**own, "id": "B", "holder": {"relation": "self", "covered_since": "2020-06-15"}}
    found = flips(first, second)
    # The same day is nearer than a later one, and is another answer: equal shares.
    assert found["A.holder.covered_since"].value == dt.date(2020, 6, 15)


def test_a_fact_that_would_not_flip_is_not_reported() -> None:
    assert "M.medicare.part_b" not in flips(working(200), medicare(part_a="2018-01-01", part_b="2018-01-01"))


def test_the_cause_that_took_a_policy_out_is_reported() -> None:
    (coverage,) = load_coverage(
        {
            "circumstances": {"related_to": None},
            "coverages": [working(50), {"id": "N", "payer": {"kind": "auto"}}],
        }
    )
    found = would_flip(order_of_benefits(coverage, DAY, RULES), RULES)
    assert [(flip.fact.name, flip.value, flip.order) for flip in found] == [
        ("circumstances.related_to", "auto", ("N", "G"))
    ]


def test_an_open_order_has_nothing_to_flip() -> None:
    bare = {"id": "G", "payer": {"kind": "commercial"}}
    assert flips(bare, medicare()) == {}


def test_the_printed_flip_tells_what_is_and_what_would_be() -> None:
    patient = {"birth_date": "1960-02-10"}
    (coverage,) = load_coverage({"patient": patient, "coverages": [working(8), medicare()]})
    answer = order_of_benefits(coverage, DAY, RULES)
    rows = {row["fact"]: row for row in order_document(answer, would_flip(answer, RULES), ())["would_flip"]}
    assert rows["G.employer.size"] == {
        "fact": "G.employer.size",
        "is": 8,
        "presumed": False,
        "would_be": 20,
        "order": ["G", "M"],
    }
    never = rows["M.medicare.esrd_eligible_from"]
    assert (never["is"], never["presumed"]) == (None, True)

"""Coverage: the patient's policies, by id and by day."""

from __future__ import annotations

import datetime as dt

import pytest

from nextpayer.coverage import Coverage
from nextpayer.errors import InvalidNoun
from nextpayer.policy import Payer, Person, Policy

DAY = dt.date(2020, 6, 30)
NEXT = DAY + dt.timedelta(days=1)


def policy(label: str, effective: dt.date | None = None, terminates: dt.date | None = None) -> Policy:
    return Policy(
        id=label, payer=Payer(id="1", name=""), holder=Person(), effective=effective, terminates=terminates
    )


def test_a_policy_is_found_by_its_id() -> None:
    first, second = policy("A"), policy("B")
    coverage = Coverage(patient=Person(), policies=(first, second))
    assert coverage.policy("B") is second
    assert coverage.policy("C") is None


def test_two_policies_may_not_share_an_id() -> None:
    with pytest.raises(InvalidNoun, match="share one id"):
        Coverage(patient=Person(), policies=(policy("A"), policy("A")))


def test_the_first_and_the_last_day_are_covered() -> None:
    coverage = Coverage(patient=Person(), policies=(policy("A", DAY, DAY),))
    assert [len(coverage.in_force(day)) for day in (DAY - dt.timedelta(days=1), DAY, NEXT)] == [0, 1, 0]


def test_a_policy_with_no_dates_counts_as_in_force() -> None:
    coverage = Coverage(patient=Person(), policies=(policy("A"), policy("B", NEXT), policy("C", None, DAY)))
    assert [found.id for found in coverage.in_force(DAY)] == ["A", "C"]


def test_a_coverage_does_not_show_the_patient_in_its_repr() -> None:
    shown = repr(Coverage(patient=Person(last="SMITH"), patient_id="SECRET"))
    assert "SMITH" not in shown
    assert "SECRET" not in shown

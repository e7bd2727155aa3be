"""What Tidewater wants and owes, each rule in one test."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from nextpayer.coordinate import split_of
from nextpayer.policy import Benefits
from nextpayer.testing.accounts import account, policy
from nextpayer_tidewater import Tidewater

TODAY = dt.date(2026, 3, 1)
GROUP = policy("ACME1", "P", "CI")


@pytest.mark.parametrize(("maximum", "expected"), [(None, "24.00"), ("20.00", "20.00")])
def test_it_pays_four_fifths_of_what_was_left_at_most_the_maximum(maximum: str | None, expected: str) -> None:
    benefits = Benefits(maximum_remaining=None if maximum is None else Decimal(maximum))
    mine = policy("TIDE1", "S", "CI", benefits=benefits)
    found = account(GROUP, mine)  # 30.00 was left to the patient
    owed = Tidewater().expected(found, mine, split_of((found.answers[0].payment,)))
    assert (owed.amount, owed.amount + (owed.patient or 0)) == (Decimal(expected), Decimal("30.00"))


def test_it_takes_no_electronic_claim_with_two_payers_ahead() -> None:
    third = policy("TIDE1", "T", "CI")
    found = account(GROUP, policy("SPOUSE1", "S", "CI"), third)
    assert list(Tidewater().objections(found, third, TODAY)) == []

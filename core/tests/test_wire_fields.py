"""Strict fields: exact or refused, and never a value in a message."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from nextpayer.money import dollars
from nextpayer.wire.fields import (
    Amounts,
    Boolean,
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Quantity,
    Rate,
    Strict,
    Text,
    problems,
)

CENTS = st.integers(min_value=-(10**12) + 1, max_value=10**12 - 1)


@given(CENTS)
def test_every_amount_of_whole_cents_comes_back_exactly(whole: int) -> None:
    amount = Decimal(whole) / 100
    loaded = Money().deserialize(dollars(amount))
    assert loaded == amount
    assert str(loaded) == dollars(amount)


@given(st.floats() | st.integers() | st.booleans() | st.decimals())
def test_no_number_is_ever_money(value: Any) -> None:
    with pytest.raises(ValidationError):
        Money().deserialize(value)


@given(CENTS, st.text("0123456789", min_size=1, max_size=6))
def test_money_is_never_rounded(whole: int, more: str) -> None:
    with pytest.raises(ValidationError):
        Money().deserialize(dollars(Decimal(whole) / 100) + more)


@given(st.text())
def test_text_is_money_only_in_one_spelling(text: str) -> None:
    try:
        amount = Money().deserialize(text)
    except ValidationError:
        return
    assert text.isascii()
    assert Decimal(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "1_000",
        "1,000.00",
        ".5",
        "1.",
        "1e2",
        "NaN",
        "Infinity",
        "٣.٠٠",
        "12.345",
        "1\n",
        "$1",
    ],
)
def test_other_spellings_of_money_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Money().deserialize(text)


def test_minus_zero_is_zero() -> None:
    assert dollars(Money().deserialize("-0.00") or Decimal()) == "0.00"


def test_unsigned_money_refuses_less_than_zero() -> None:
    assert Money(signed=False).deserialize("0.00") == 0
    with pytest.raises(ValidationError):
        Money(signed=False).deserialize("-0.01")


@pytest.mark.parametrize("value", [3.9, 3.0, "3", True, False, None, Decimal(3), [3]])
def test_only_a_whole_json_number_is_an_integer(value: Any) -> None:
    with pytest.raises(ValidationError):
        Integer().deserialize(value)


def test_an_integer_has_a_least_value() -> None:
    assert Integer(least=1).deserialize(1) == 1
    with pytest.raises(ValidationError):
        Integer(least=1).deserialize(0)


@pytest.mark.parametrize("value", ["on", "true", "yes", 1, 0, "", None])
def test_only_true_and_false_are_boolean(value: Any) -> None:
    with pytest.raises(ValidationError):
        Boolean().deserialize(value)


@given(st.dates())
def test_a_date_comes_back(day: date) -> None:
    assert Date().deserialize(day.isoformat()) == day
    assert Date().deserialize(day) == day


@pytest.mark.parametrize(
    "value",
    ["20200101", "2020-W01-1", "2020-02-30", "2020-1-1", "01/02/2020", 20200101, "", "2020-01-01T00:00"],
)
def test_other_dates_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Date().deserialize(value)


def test_a_time_is_not_a_date() -> None:
    with pytest.raises(ValidationError):
        Date().deserialize(datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("value", ["1.01", "-0.2", "20", "20%", 0.2, "0.1234567", ".2"])
def test_a_rate_is_a_fraction_of_one(value: Any) -> None:
    with pytest.raises(ValidationError):
        Rate().deserialize(value)


@pytest.mark.parametrize("value", ["0", "0.20", "1", "1.00"])
def test_rates_are_exact(value: str) -> None:
    assert Rate().deserialize(value) == Decimal(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_a_quantity_comes_back(units: Decimal) -> None:
    assert Quantity().deserialize(f"{units:f}") == units


@pytest.mark.parametrize("value", [1, 1.5, "1e3", "1_0", "1.1234567", None])
def test_other_quantities_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Quantity().deserialize(value)


@pytest.mark.parametrize("value", [b"bytes", 1, ["a"], "a\nb", "a\x00", "\ud800"])
def test_text_is_a_printable_string(value: Any) -> None:
    with pytest.raises(ValidationError):
        Text().deserialize(value)


@pytest.mark.parametrize("value", [{"a": "b"}, "ab", 1, ("a",)])
def test_only_a_list_is_a_list(value: Any) -> None:
    with pytest.raises(ValidationError):
        Listed(Text()).deserialize(value)


def test_a_code_outside_its_list_is_refused_with_the_list() -> None:
    with pytest.raises(ValidationError, match="it is not one of M, F, U"):
        Code(("M", "F", "U")).deserialize("SECRET")


def test_amounts_keep_the_documents_order_and_name_the_wrong_one() -> None:
    field = Amounts(Money())
    assert field.deserialize({"B": "1.00", "A": "2"}) == (("B", Decimal("1.00")), ("A", Decimal("2.00")))
    with pytest.raises(ValidationError) as caught:
        field.deserialize({"B": "1.00", "A": 2.0})
    assert problems(caught.value.messages) == [("A", 'an amount is a string such as "36.89", not a number')]


class Inner(Strict):
    colour = Text()


@given(st.text(min_size=1).filter(lambda key: key not in ("colour", "_schema")))
def test_an_unknown_key_always_names_the_nearest(key: str) -> None:
    messages = Inner().validate({key: "x"})
    assert messages == {key: ["unknown key; the nearest known one is colour"]}


def test_a_path_shows_no_long_or_unprintable_key_whole() -> None:
    assert problems({"a": {"b\n" + "c" * 99: ["m"]}}) == [("a.b\\n" + "c" * 38, "m")]

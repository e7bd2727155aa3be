"""Exact money: read strictly, written shortly, never rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.errors import NotExactMoney
from nextpayer.money import cents, dollars, is_cents, quantity, total, x12_amount, x12_number

amounts = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda whole: Decimal(whole).scaleb(-2))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("79.04", "79.04"),
        ("15", "15.00"),
        (".5", "0.50"),
        ("-.05", "-0.05"),
        ("-3", "-3.00"),
        ("3.", "3.00"),
        ("007", "7.00"),
        ("1.100", "1.10"),
        ("0", "0.00"),
        ("-0.00", "0.00"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_an_amount_as_x12_or_json_writes_it_is_read_exactly(text: str, amount: str) -> None:
    assert str(cents(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 ",
        " 1",
        "1\n",
        "+1",
        "--1",
        "-",
        ".",
        "-.",
        "1.2.3",
        "1,000",
        "1,00",
        "1_000",
        "$5",
        "5-",
        "(5)",
        "1e5",
        "1E2",
        "1e-2",
        "NaN",
        "nan",
        "sNaN",
        "inf",
        "-Infinity",
        "0x10",
        "\u0661\u0662",
        "\uff11",
        "\u00b2",
        "1.005",
        "0.001",
        "-.999",
        "1.00000001",
        "12345678901234567",
        "9" * 40 + ".00",
        "." + "0" * 400,
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NotExactMoney) as refused:
        cents(text)
    assert str(refused.value) in (
        "an amount is not a plain decimal number",
        "an amount is not in whole cents",
    )


@pytest.mark.parametrize(
    "text", ["", "1e5", "1_000", "NaN", "inf", "\u0661", "1.0000001", "1,5", " 1", "1" * 13]
)
def test_a_quantity_is_read_as_strictly(text: str) -> None:
    with pytest.raises(NotExactMoney, match="a quantity is not a plain decimal number"):
        quantity(text)


def test_a_quantity_may_have_six_decimals() -> None:
    assert quantity("2.123456") == Decimal("2.123456")
    assert quantity("-.5") == Decimal("-0.5")


@given(st.text(max_size=12))
def test_reading_is_exact_or_refused(text: str) -> None:
    try:
        amount = cents(text)
    except NotExactMoney:
        return
    assert is_cents(amount)
    assert amount == Decimal(text)
    assert text.isascii()


@given(amounts)
def test_what_x12_writes_reads_back_the_same(amount: Decimal) -> None:
    text = x12_amount(amount)
    assert cents(text) == amount
    assert len(text) <= len(str(amount))
    assert not text.startswith(("0.", "-0", "+"))
    if "." in text:
        assert not text.endswith(("0", "."))


@given(amounts)
def test_what_json_writes_reads_back_the_same(amount: Decimal) -> None:
    text = dollars(amount)
    assert cents(text) == amount
    assert text[-3] == "."


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_what_x12_writes_of_a_quantity_reads_back_the_same(number: Decimal) -> None:
    assert quantity(x12_number(number)) == number


@pytest.mark.parametrize("text", ["1E+2", "1.000E+1", "100", "1E2", "0E-7", "0E+9"])
def test_an_amount_in_scientific_notation_is_written_plainly(text: str) -> None:
    amount = Decimal(text)
    assert "E" not in x12_amount(amount) + dollars(amount)
    assert cents(dollars(amount)) == amount


@pytest.mark.parametrize(
    "amount",
    [
        1,
        1.0,
        "1.00",
        None,
        True,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("0.001"),
        Decimal("1E+30"),
        Decimal(10**16),
    ],
)
def test_what_is_not_a_decimal_of_whole_cents_is_told_apart(amount: object) -> None:
    assert not is_cents(amount)


@given(st.lists(amounts, max_size=20))
def test_a_total_is_exact_and_has_two_places(some: list[Decimal]) -> None:
    found = total(some)
    assert found == Decimal(sum(int(amount.scaleb(2)) for amount in some)).scaleb(-2)
    assert str(found)[-3] == "."

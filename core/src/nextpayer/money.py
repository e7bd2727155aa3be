"""Exact money: dollars and whole cents as ``Decimal``, parsed strictly or refused.

X12 amounts (type R) arrive as text such as ``79.04``, ``15``, ``.5`` or ``-3``; JSON amounts as
strings such as ``"36.89"``. Nothing here rounds: what is not a whole number of cents is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from .errors import NotExactMoney

__all__ = ["CENT", "ZERO", "cents", "dollars", "is_cents", "quantity", "total", "x12_amount", "x12_number"]

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

_AMOUNT = re.compile(r"-?(?:\d{1,16}(?:\.\d{0,6})?|\.\d{1,6})", re.ASCII)
_TOO_MUCH = Decimal(10) ** 16
_QUANTITY = re.compile(r"-?(?:\d{1,12}(?:\.\d{0,6})?|\.\d{1,6})", re.ASCII)
_CACHE_LIMIT = 50_000
_amounts: dict[str, Decimal] = {}


def cents(text: str) -> Decimal:
    """The amount written in ``text``, in dollars with two decimal places.

    Raises NotExactMoney for anything that is not a plain decimal number of whole cents.
    """
    found = _amounts.get(text)
    if found is not None:
        return found
    if not _AMOUNT.fullmatch(text):
        raise NotExactMoney("an amount is not a plain decimal number")
    exact = Decimal(text)
    amount = exact.quantize(CENT)
    if amount != exact:
        raise NotExactMoney("an amount is not in whole cents")
    if not amount:
        amount = ZERO
    if len(_amounts) >= _CACHE_LIMIT:
        _amounts.clear()
    _amounts[text] = amount
    return amount


def quantity(text: str) -> Decimal:
    """The units or quantity written in ``text`` (not money; up to six decimal places).

    Raises NotExactMoney for anything that is not a plain decimal number.
    """
    if not _QUANTITY.fullmatch(text):
        raise NotExactMoney("a quantity is not a plain decimal number")
    return Decimal(text)


def is_cents(amount: object) -> bool:
    """Whether ``amount`` is a finite Decimal of whole cents (below 10**16, as ``cents`` reads them)."""
    return (
        isinstance(amount, Decimal)
        and amount.is_finite()
        and abs(amount) < _TOO_MUCH
        and amount == amount.quantize(CENT)
    )


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, with two decimal places even when there is nothing to add."""
    return sum(amounts, ZERO)


def dollars(amount: Decimal) -> str:
    """The amount as the JSON contract writes it: ``"36.89"``, always two places."""
    text = str(amount)
    return (
        text if text[-3:-2] == "." else f"{amount:.2f}"
    )  # an exponent and its sign never leave a point there


def x12_amount(amount: Decimal) -> str:
    """The amount as X12 type R: no trailing zeros, no leading zeros (``15``, ``36.9``, ``-3``, ``0``)."""
    text = str(amount)
    if text[-3:-2] != "." or text[0] in "0-":
        return x12_number(amount)
    if text[-1] != "0":
        return text
    return text[:-1] if text[-2] != "0" else text[:-3]


def x12_number(number: Decimal) -> str:
    """A number as X12 type R: the shortest plain decimal (``.5`` for one half)."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.startswith("0."):
        return text[1:]
    if text.startswith("-0."):
        return "-" + text[2:]
    return "0" if text in ("", "-0") else text

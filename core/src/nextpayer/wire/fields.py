"""Strict fields: a document's value is exactly what the field says, or it is refused.

marshmallow's own fields coerce: ``Decimal(places=2)`` rounds, takes floats, ``1_000`` and Arabic digits;
``Integer`` takes 3.9 and ``Boolean`` takes "on"; ``List`` takes an object for its keys. Each field below
takes one JSON type in one spelling. No message repeats a value: documents hold health information.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from nextpayer.errors import InvalidNoun, NotExactMoney, UnusableInput
from nextpayer.money import cents, dollars, is_cents, quantity

__all__ = [
    "Amounts",
    "Boolean",
    "Code",
    "Date",
    "Integer",
    "Listed",
    "Money",
    "Named",
    "Nested",
    "Noun",
    "Quantity",
    "Rate",
    "Strict",
    "Text",
    "problems",
    "refusal",
]

_MONEY = re.compile(r"-?\d{1,10}(?:\.\d{1,2})?", re.ASCII)
_RATE = re.compile(r"0(?:\.\d{1,6})?|1(?:\.0{1,6})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY_SHOWN = 40
_UNKNOWN = "unknown key"
_MESSAGES = {"unknown": _UNKNOWN, "type": "it is not an object"}

Nested = fields.Nested


class Money(fields.Field[Decimal]):
    """Dollars and cents as a JSON string (``"36.89"``), exactly; ``signed=False`` refuses less than zero."""

    def __init__(self, *, signed: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.signed = signed

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        if value is not None and not is_cents(value):
            raise NotExactMoney("an amount is not in whole cents: it cannot be written exactly")
        return None if value is None else dollars(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if not isinstance(value, str):
            raise ValidationError('an amount is a string such as "36.89", not a number')
        if not _MONEY.fullmatch(value):
            raise ValidationError('it is not an amount in whole cents such as "36.89"')
        amount = cents(value)
        if amount < 0 and not self.signed:
            raise ValidationError("the amount is below zero")
        return amount


class Quantity(fields.Field[Decimal]):
    """Units as a JSON string (``"1"``, ``"2.5"``): a plain decimal of up to six places, exactly."""

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value:f}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if not isinstance(value, str):
            raise ValidationError('a quantity is a string such as "1", not a number')
        try:
            return quantity(value)
        except NotExactMoney:
            raise ValidationError('it is not a plain decimal number such as "1" or "2.5"') from None


class Rate(fields.Field[Decimal]):
    """A share as a JSON string, a fraction of one (``"0.20"`` is twenty percent)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if not isinstance(value, str):
            raise ValidationError('a rate is a string such as "0.20", not a number')
        if not _RATE.fullmatch(value):
            raise ValidationError('it is not a fraction of one such as "0.20"')
        return Decimal(value)


class Integer(fields.Field[int]):
    """A JSON whole number of at least ``least``; never a string, a fraction or true."""

    def __init__(self, *, least: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.least = least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if type(value) is not int:
            raise ValidationError("it is not a whole number")
        if value < self.least:
            raise ValidationError(f"it is below {self.least}")
        return value


class Boolean(fields.Field[bool]):
    """JSON true or false, nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("it is not true or false")
        return value


class Date(fields.Field[dt.date]):
    """A day as ``"YYYY-MM-DD"``, or a date of the document's own syntax (TOML); never a time."""

    def _serialize(self, value: dt.date | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> dt.date:
        if type(value) is dt.date:
            return value
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        raise ValidationError("it is not a date written YYYY-MM-DD")


class Text(fields.Field[str]):
    """A JSON string; ``printable`` refuses control characters, which no claim form can carry."""

    def __init__(self, *, printable: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.printable = printable

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("it is not a string")
        if self.printable and not value.isprintable():
            raise ValidationError("it holds a character that does not print")
        return value


class Code(fields.Field[str]):
    """A code: one of ``words``, or text of a ``pattern`` told by ``such_as``; empty means not known."""

    def __init__(
        self, words: Iterable[str] = (), *, pattern: str = "", such_as: str = "", **options: Any
    ) -> None:
        super().__init__(**options)
        self.words = {str(word): word for word in words}
        self.pattern = re.compile(pattern, re.ASCII)
        self.such_as = such_as or "one of " + ", ".join(self.words)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("it is not a string")
        if value in self.words:
            return self.words[value]
        if value and (self.words or not self.pattern.fullmatch(value)):
            raise ValidationError(f"it is not {self.such_as}")
        return value


class Listed(fields.List[Any]):
    """A JSON list, loaded as a tuple; an object or a string is not a list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("it is not a list")
        return tuple(super()._deserialize(value, attr, data, **options))


class Named(fields.Field[tuple[tuple[str, Any], ...]]):
    """An object of values by name, all of one kind, loaded as pairs in the document's order."""

    kind = "values by name"

    def __init__(self, value: fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self.value = value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[tuple[str, Any], ...]:
        if not isinstance(value, Mapping):
            raise ValidationError(f"it is not an object of {self.kind}")
        pairs: list[tuple[str, Any]] = []
        errors = {}
        for name, one in value.items():
            try:
                pairs.append((name, self.value.deserialize(one)))
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(pairs)


class Amounts(Named):
    """An object of amounts by code (``{"99213": "80.00"}``)."""

    kind = "amounts by code"


class Strict(Schema):
    """A schema that names the nearest known key for an unknown one."""

    error_messages = _MESSAGES

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **_: Any) -> None:
        """Complete the messages about unknown keys of this object (inner objects did their own)."""
        if not isinstance(error.messages, dict):
            return
        known = [field.data_key or name for name, field in self.load_fields.items()]
        for key, messages in error.messages.items():
            if messages == [_UNKNOWN]:
                near = get_close_matches(str(key).lower(), known, n=1, cutoff=0.0)
                error.messages[key] = [f"{_UNKNOWN}; the nearest known one is {near[0]}"]


class Noun(Strict):
    """A schema whose documents are one noun each: absent keys take the noun's own defaults.

    So do null keys, unless the noun has its own meaning for None (``keeps_null``).
    """

    noun: Callable[..., Any] = dict
    keeps_null = False

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Build the noun; what its invariants refuse is a problem of the document."""
        try:
            return type(self).noun(
                **{key: data[key] for key in data if self.keeps_null or data[key] is not None}
            )
        except InvalidNoun as refusal:
            raise ValidationError(str(refusal)) from None


def problems(messages: Any, path: str = "") -> list[tuple[str, str]]:
    """A validation error's messages with their paths: ``("coverages[0].payer.knid", "unknown key")``."""
    if isinstance(messages, dict):
        return [found for key, inner in messages.items() for found in problems(inner, _step(path, key))]
    return [(path, str(message)) for message in messages]


def refusal(error: type[UnusableInput], file: str, found: list[tuple[str, str]]) -> UnusableInput:
    """The one error, of one line, that names all problems of a document."""
    if len(found) == 1:
        return error(file, *found[0])
    lines = [f"{path}: {message}" if path else message for path, message in found]
    return error(file, "", f"{len(found)} problems: " + "; ".join(lines))


def _step(path: str, key: object) -> str:
    if key == "_schema":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    name = str(key)
    if len(name) > _KEY_SHOWN or not name.isprintable():
        name = ascii(name[:_KEY_SHOWN])[1:-1]
    return f"{path}.{name}" if path else name

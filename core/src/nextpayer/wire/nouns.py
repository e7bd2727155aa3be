"""Claims, payments, remittances and eligibility as JSON, and claims back: what ``nextpayer read`` prints.

A noun is an object whose keys are the noun's own field names, so the nouns' docstrings are the reference.
The schemas are made from the nouns' annotations, once, at import:

=================  ==================================================================
noun               JSON
=================  ==================================================================
amount             a string with two places: ``"36.89"``
units, rate        a string: ``"1"``, ``"2.5"``
date               a string: ``"2026-01-31"``
code               the standard's value
tuple              a list
pair               a list of two: an element position and its value, ``[7, "Y"]``
=================  ==================================================================

A field that is empty (``""``, null, ``[]``, or 0 for a segment number) is left out where the noun would
make it empty anyway; amounts are always written. ``load_claim(dump(claim)) == claim`` for every claim whose
amounts have at most ten digits before the point, the most an 837 may carry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin, get_type_hints

import marshmallow
from marshmallow import ValidationError, post_dump

from nextpayer.acknowledgment import GroupAcknowledgment, InterchangeAcknowledgment, StatusReport
from nextpayer.claim import Claim, Envelope
from nextpayer.eligibility import Eligibility, Inquiry
from nextpayer.errors import UnusableInput
from nextpayer.policy import Person, Policy
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals
from nextpayer.wire.fields import (
    Boolean,
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Nested,
    Noun,
    Quantity,
    Text,
    problems,
    refusal,
)

__all__ = ["Dumpable", "Pair", "dump", "dump_inner", "load", "load_claim", "schema_of"]

Dumpable = (
    Claim
    | Policy
    | Person
    | ClaimPayment
    | Remittance
    | RemittanceTotals
    | Quarantined
    | Envelope
    | Inquiry
    | Eligibility
    | InterchangeAcknowledgment
    | GroupAcknowledgment
    | StatusReport
)
Loaded = TypeVar("Loaded", Claim, Policy, ClaimPayment)

#: Decimals that are units or rates. Every other Decimal of the nouns is dollars.
_UNITS = frozenset({"units", "submitted_units", "quantity", "coinsurance", "percent"})
_EMPTY: tuple[object, ...] = ("", None, ())


def dump(noun: Dumpable) -> dict[str, Any]:
    """The noun as an object of plain JSON values."""
    return dict(_WHOLE[type(noun)].dump(noun))


def dump_inner(noun: ClaimPayment | RemittanceTotals) -> dict[str, Any]:
    """The same without ``remittance``, for a document that states the transaction's header once."""
    return dict(_INNER[type(noun)].dump(noun))


def load_claim(document: object, *, file: str = "claim") -> Claim:
    """The claim of a decoded JSON object as ``dump`` makes it. Raises UnusableInput naming every problem."""
    return load(Claim, document, file=file)


def load(kind: type[Loaded], document: object, *, file: str) -> Loaded:
    """The claim, policy or payment of an object as ``dump`` makes it. Raises UnusableInput."""
    try:
        noun = _WHOLE[kind].load(document)  # type: ignore[arg-type]
    except ValidationError as error:
        raise refusal(UnusableInput, file, problems(error.messages)) from None
    assert isinstance(noun, kind)  # noqa: S101  what the schema makes
    return noun


class _NounSchema(Noun):
    """The base of the schemas made here; ``silent`` are the JSON values that go without saying."""

    keeps_null = True
    silent: ClassVar[dict[str, object]] = {}

    class Meta:
        register = False

    @post_dump
    def leave_out_what_is_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop the keys that loading would fill with the same value."""
        silent = self.silent
        return {key: value for key, value in data.items() if key not in silent or value != silent[key]}


class Pair(marshmallow.fields.Field[tuple[Any, Any]]):
    """A list of two values, such as an element position and what stands there."""

    def __init__(self, *parts: marshmallow.fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self.parts = parts

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> list[Any]:
        return [part._serialize(one, attr, obj) for part, one in zip(self.parts, value, strict=True)]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(self.parts):
            raise ValidationError("it is not a list of two values")
        return tuple(part.deserialize(one) for part, one in zip(self.parts, value, strict=True))


@cache
def schema_of(noun: type) -> type[Noun]:
    """The schema of a noun, field by field."""
    hints = get_type_hints(noun)
    body: dict[str, Any] = {"noun": noun, "silent": {}}
    for field in fields(noun):
        body[field.name] = _field(field.name, hints[field.name], required=_is_required(field))
        if not _is_required(field) and (field.default in _EMPTY or _is_zero(field.default)):
            body["silent"][field.name] = [] if field.default == () else field.default
    return type(f"{noun.__name__}Schema", (_NounSchema,), body)


def _field(name: str, hint: Any, **options: Any) -> marshmallow.fields.Field[Any]:
    """The field of one annotation."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
        return _field(name, hint, allow_none=True, **options)
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[1] is Ellipsis:
            return Listed(_field(name, parts[0]), **options)
        return Pair(*(_field(name, part) for part in parts), **options)
    if is_dataclass(hint) and isinstance(hint, type):
        return Nested(schema_of(hint), **options)
    if issubclass(hint, StrEnum):
        return Code(hint, **options)
    if hint is Decimal:
        return Quantity(**options) if name in _UNITS else Money(**options)
    if hint is str:
        return Text(printable=False, **options)
    plain: dict[type, type[marshmallow.fields.Field[Any]]] = {int: Integer, bool: Boolean, dt.date: Date}
    return plain[hint](**options)


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _is_zero(default: object) -> bool:
    return type(default) is int and default == 0


_WHOLE = {noun: schema_of(noun)() for noun in get_args(Dumpable)}
_INNER = {noun: schema_of(noun)(exclude=("remittance",)) for noun in (ClaimPayment, RemittanceTotals)}

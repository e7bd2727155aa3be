"""Nouns as JSON text and back, for the ledger's own columns.

Only what differs from a field's default is written, so that a noun may gain fields with defaults. Reading
goes by the types that the noun declares, through its own constructor: text that breaks an invariant is
refused. This is storage, not the public JSON edge (``nextpayer.wire``).
"""

from __future__ import annotations

import datetime as dt
import json
import re
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["content_key", "from_text", "to_text"]

T = TypeVar("T")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
#: Where a noun stands in which file: two copies of one answer differ in nothing else. Always written.
_PLACES = frozenset({"segment", "number", "file"})
_PLACE = re.compile(r'"(?:segment|number)":\d+|"file":"(?:[^"\\]|\\.)*"')


def to_text(noun: object, without: tuple[str, ...] = ()) -> str:
    """The noun (a frozen dataclass) as JSON. ``without`` are its own fields to leave out."""
    return _encode({key: value for key, value in _plain(noun).items() if key not in without})


def from_text(kind: type[T], text: str, **more: object) -> T:
    """The noun that ``to_text`` wrote; ``more`` are the fields that were left out."""
    found: T = _reader(cast(Any, kind))(json.loads(text), more)
    return found


def content_key(*parts: str) -> str:
    """What is the same for two copies of one thing, wherever they stand: 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(_PLACE.sub("", part).encode())
        digest.update(b"\x00")
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or value is None or kind is int or kind is bool:
        return value
    if kind is tuple:
        return [_plain(one) for one in value]
    if kind is Decimal:
        return str(value)
    if is_dataclass(kind):
        found = {}
        for name, default in _defaults(kind):
            one = getattr(value, name)
            if name in _PLACES or (one is not default and one != default):
                found[name] = _plain(one)
        return found
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a noun holds a {kind.__name__}, which the ledger cannot keep")


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((one.name, one.default) for one in fields(kind))


@cache
def _reader(kind: type) -> Callable[[dict[str, Any], dict[str, object]], Any]:
    """Reads objects of one class."""
    hints = get_type_hints(kind)
    readers = {one.name: _value(hints[one.name]) for one in fields(kind)}
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]

    def read(found: dict[str, Any], more: dict[str, object]) -> Any:
        values = {name: readers[name](value) for name, value in found.items()} | more
        for name in needed:
            values.setdefault(name, None)  # None is not written; a field that needs more refuses it
        return kind(**values)

    return read


def _value(hint: Any) -> Callable[[Any], Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not type(None)]
        return _value(inner[0])
    if origin is tuple:
        arguments = get_args(hint)
        if arguments[-1] is Ellipsis:
            one = _value(arguments[0])
            return lambda found: tuple([one(item) for item in found])
        readers = [_value(argument) for argument in arguments]
        return lambda found: tuple([read(item) for read, item in zip(readers, found, strict=True)])
    if hint is Decimal:
        return Decimal
    if hint is dt.date:
        return dt.date.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        read = _reader(hint)
        return lambda found: read(found, {})
    return _itself


def _itself(value: Any) -> Any:
    return value

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
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["content_key", "from_text", "to_text"]

T = TypeVar("T")

#: Where a noun stands in which file: two copies of one answer differ in nothing else. Always written.
_PLACES = frozenset({"segment", "number", "file"})
_PLACE = re.compile(r'"(?:segment|number)":\d+|"file":"(?:[^"\\]|\\.)*"')


def to_text(noun: object, without: tuple[str, ...] = ()) -> str:
    """The noun (a frozen dataclass) as JSON. ``without`` are its own fields to leave out."""
    return _object(cast(Any, type(noun)), without)(noun)


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


class _Writers(dict[type, Callable[[Any], str]]):
    """How each class is written, worked out when its first value comes.

    Text is put together at once, without a tree of lists and dictionaries for the json module: this is half
    of what taking in a claim costs.
    """

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if is_dataclass(kind):
            found = _object(kind, ())
        elif issubclass(kind, Enum):
            found = _enum
        elif issubclass(kind, dt.date):
            found = _date
        else:
            raise TypeError(f"a noun holds a {kind.__name__}, which the ledger cannot keep")
        self[kind] = found
        return found


@cache
def _object(kind: type, without: tuple[str, ...]) -> Callable[[Any], str]:
    """Writes objects of one class. Claims of one file share their envelope and billing provider, so the text
    of the last object is kept."""
    kept = [one for one in fields(cast(Any, kind)) if one.name not in without]
    get = attrgetter(*[one.name for one in kept], "__class__")  # of two names and more it gives a tuple
    plan = [
        (f'"{one.name}":', default, default is not MISSING and default is not None)
        for one in kept
        for default in [MISSING if one.name in _PLACES else one.default]
    ]
    last: tuple[object, str] = (None, "")

    def write(value: Any) -> str:
        nonlocal last
        before, text = last
        if before is value:
            return text
        parts = [
            key + _WRITERS[type(one)](one)
            for (key, default, comparable), one in zip(plan, get(value), strict=False)
            if one is not default and not (comparable and one == default)
        ]
        text = f"{{{','.join(parts)}}}"
        last = value, text
        return text

    return write


def _tuple(value: tuple[Any, ...]) -> str:
    return f"[{','.join([_WRITERS[type(one)](one) for one in value])}]"


def _enum(value: Enum) -> str:
    return _WRITERS[type(value.value)](value.value)


def _date(value: dt.date) -> str:
    return f'"{value.isoformat()}"'


_WRITERS = _Writers(
    {
        str: encode_basestring,
        type(None): lambda value: "null",
        bool: lambda value: "true" if value else "false",
        int: str,
        Decimal: lambda value: f'"{value!s}"',
        tuple: _tuple,
    }
)


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

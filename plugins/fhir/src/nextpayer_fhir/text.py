"""FHIR JSON as text, exactly: a number is a ``Decimal`` on the way in and on the way out, never a float.

FHIR R4 asks implementations to keep the precision of a decimal (R4 datatypes, decimal); ``json`` would make
a float of it. A key that an object has twice is refused, as everywhere in this project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .refusal import FhirRefusal

__all__ = ["dumps", "loads"]


def loads(text: str, *, file: str = "") -> object:
    """The document, its numbers as int or Decimal. Raises FhirRefusal."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise FhirRefusal("NP-FHIR-SHAPE", where, f"it is not JSON: {error.msg}", file) from None
    except RecursionError:
        raise FhirRefusal("NP-FHIR-SHAPE", "", "it is nested too deeply", file) from None
    except ValueError as error:
        reason = str(error) if isinstance(error, _UnfitError) else "it holds a number too long to read"
        raise FhirRefusal("NP-FHIR-SHAPE", "", reason, file) from None


def dumps(value: object) -> str:
    """The document as text on one line; a Decimal as the number it is. Raises FhirRefusal for a float."""
    return "".join(_written(value))


class _UnfitError(ValueError):
    """A text that is JSON for the library and not for us."""


def _no_number(text: str) -> object:
    raise _UnfitError("NaN and Infinity are no numbers")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _UnfitError("a key stands twice in one object")
    return found


def _written(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for n, (key, inner) in enumerate(value.items()):
            yield f"{', ' if n else ''}{json.dumps(key)}: "
            yield from _written(inner)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for n, inner in enumerate(value):
            yield ", " if n else ""
            yield from _written(inner)
        yield "]"
    elif isinstance(value, Decimal) and value.is_finite():
        yield f"{value:f}"
    elif isinstance(value, float | Decimal):
        raise FhirRefusal("NP-FHIR-MONEY", "", "a float is not exact: give a Decimal")
    else:
        yield json.dumps(value)

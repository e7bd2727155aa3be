"""JSON Schema of the documents that nextpayer reads, made from the very fields that read them.

    python -m nextpayer.wire.jsonschema docs/schemas

writes one file for each of ``DOCUMENTS``. A schema says what each field takes; what holds between fields (a
plan that ends before it begins) only the reader refuses. The dialect is JSON Schema 2020-12.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from marshmallow import Schema, fields

from nextpayer.claim import Claim
from nextpayer.wire.case import CaseSchema
from nextpayer.wire.coverage import CoverageSchema
from nextpayer.wire.eob import EobSchema
from nextpayer.wire.fields import (
    Boolean,
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Named,
    Quantity,
    Rate,
    Text,
)
from nextpayer.wire.nouns import Pair, schema_of
from nextpayer.wire.profile import Elements, KeySources, PackSchema
from nextpayer.wire.settings import Setting

__all__ = ["DOCUMENTS", "json_schema"]

Json: TypeAlias = dict[str, Any]

#: The documents by name: the title, and the schema that reads them.
DOCUMENTS: Mapping[str, tuple[str, type[Schema]]] = {
    "coverage": (
        "COVERAGE.json: one patient's plans, and the facts that decide who pays first",
        CoverageSchema,
    ),
    "case": ("CASE.json: one claim, what was paid before, and the next plan's terms", CaseSchema),
    "eob": ("A remittance on paper, typed in", EobSchema),
    "pack": ("A payer pack, as the object that its TOML is", PackSchema),
    "claim": ("A claim, as `nextpayer read` prints it and `nextpayer scrub` takes it", schema_of(Claim)),
}

_TEXTS: Mapping[type[fields.Field[Any]], Json] = {
    Money: {"type": "string", "pattern": r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$"},
    Quantity: {"type": "string", "pattern": r"^-?([0-9]{1,12}(\.[0-9]{0,6})?|\.[0-9]{1,6})$"},
    Rate: {"type": "string", "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"},
    Boolean: {"type": "boolean"},
    Date: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Text: {"type": "string"},
    KeySources: {"type": "object", "additionalProperties": {"type": "string"}},
    Elements: {"type": "object", "additionalProperties": {"type": "string"}},
    Setting: {"type": ["string", "integer", "boolean"]},
    fields.Raw: {},
}


def json_schema(name: str) -> Json:
    """The JSON Schema of one of ``DOCUMENTS``, whole: what nests stands once under ``$defs``."""
    title, schema = DOCUMENTS[name]
    shared: dict[str, Json] = {}
    release = ".".join(version("nextpayer").split(".")[:2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:nextpayer:{release}:{name}",
        "title": title,
        **_object(schema(), shared),
        "$defs": dict(sorted(shared.items())),
    }


def _object(schema: Schema, shared: dict[str, Json]) -> Json:
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    required = sorted(name for name, field in known.items() if field.required)
    found: Json = {
        "type": "object",
        "properties": {name: _nullable(field, shared) for name, field in known.items()},
        "additionalProperties": False,
    }
    return {**found, "required": required} if required else found


def _nullable(field: fields.Field[Any], shared: dict[str, Json]) -> Json:
    found = _value(field, shared)
    if not field.allow_none or not found:
        return found
    return {"anyOf": [found, {"type": "null"}]}


def _value(field: fields.Field[Any], shared: dict[str, Json]) -> Json:
    if isinstance(field, fields.Nested):
        return _reference(field.schema, shared)
    if isinstance(field, Listed):
        return {"type": "array", "items": _nullable(field.inner, shared)}
    if isinstance(field, Named):
        return {"type": "object", "additionalProperties": _nullable(field.value, shared)}
    if isinstance(field, Pair):
        parts = [_nullable(part, shared) for part in field.parts]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}
    if isinstance(field, Integer):
        return {"type": "integer", "minimum": field.least}
    if isinstance(field, Code):
        return _code(field)
    return _plain(field)


def _plain(field: fields.Field[Any]) -> Json:
    for kind in type(field).__mro__:
        if kind in _TEXTS:
            found = dict(_TEXTS[kind])
            if isinstance(field, Money) and not field.signed:
                found["pattern"] = found["pattern"].replace("-?", "")
            return found
    raise TypeError(f"no JSON Schema is known for the field {type(field).__name__}")


def _code(field: Code) -> Json:
    """Empty means not known, but where an empty word stands in the list itself."""
    if field.words:
        return {"type": "string", "enum": list(field.words)}
    return {"type": "string", "pattern": f"^({field.pattern.pattern})?$"}


def _reference(schema: Schema, shared: dict[str, Json]) -> Json:
    name = type(schema).__name__.removesuffix("Schema").removesuffix("Table")
    made = _object(schema, shared)
    if shared.setdefault(name, made) != made:
        raise TypeError(f"two schemas of one document are called {name}")
    return {"$ref": f"#/$defs/{name}"}


def main(folder: Path) -> None:
    """Write every schema into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in DOCUMENTS:
        text = json.dumps(json_schema(name), indent=1) + "\n"
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

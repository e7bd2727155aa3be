"""The published JSON Schemas are those of the code, and agree with the readers about the examples."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nextpayer.wire.jsonschema import DOCUMENTS, json_schema
from nextpayer.wire.nouns import dump
from nextpayer_x12 import X12Reader

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


def plain(document: object) -> Any:
    """TOML as the JSON that it is."""
    return json.loads(json.dumps(document, default=str))


def documents() -> Iterator[tuple[str, str, Any]]:
    """Every example of each kind, and the packs that the adapters ship."""
    for folder, kind in (("order", "coverage"), ("estimate", "case")):
        for path in sorted((EXAMPLES / folder).glob("*.json")):
            yield kind, path.name, json.loads(path.read_text())
    for path in sorted([*(EXAMPLES / "payers").glob("*.toml"), *ROOT.glob("adapters/*/src/*/packs/*.toml")]):
        yield "pack", path.name, plain(tomllib.loads(path.read_text()))
    claims = X12Reader().claims(EXAMPLES / "day" / "claims.837")
    for claim in claims:
        yield "claim", "day", dump(claim)  # type: ignore[arg-type]


ALL = list(documents())


def validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema(kind), format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_published_schema_is_valid_and_the_one_of_the_code(kind: str) -> None:
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    published = json.loads((ROOT / "docs" / "schemas" / f"{kind}.schema.json").read_text())
    assert published == schema, "run: python -m nextpayer.wire.jsonschema docs/schemas"


def test_there_are_examples_of_most_kinds() -> None:
    assert {kind for kind, _, _ in ALL} == {"coverage", "case", "pack", "claim"}


@pytest.mark.parametrize("kind", ["coverage", "case", "pack", "claim"])
def test_what_the_readers_take_the_schema_takes(kind: str) -> None:
    check = validator(kind)
    for one, name, document in ALL:
        if one == kind:
            errors = [f"{name}: {list(error.path)}: {error.message}" for error in check.iter_errors(document)]
            assert errors == []


def spoilt(document: Any) -> Iterator[Any]:
    """The document with an unknown key, and with a number where an amount stands."""
    yield {**document, "unkown": 1}
    changed = copy.deepcopy(document)
    changed["claim"]["charge"] = 175.0
    yield changed
    changed = copy.deepcopy(document)
    changed["claim"]["charge"] = "175.001"
    yield changed


def test_what_the_readers_refuse_field_by_field_the_schema_refuses() -> None:
    document = next(one for kind, _, one in ALL if kind == "case")
    for wrong in spoilt(document):
        assert list(validator("case").iter_errors(wrong)) != []

"""Damaged resources: whatever becomes of an element, it is read or refused, and no amount is passed over."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nextpayer_fhir import FhirRefusal, claim_from_fhir, loads, payment_from_fhir, policy_from_fhir

RESOURCES: Any = loads((Path(__file__).parent / "foreign.json").read_text(encoding="utf-8"))
BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": one} for one in RESOURCES.values()]}
CLAIM = RESOURCES["claim"]
BILLED = claim_from_fhir(CLAIM, bundle=BUNDLE)
READ: dict[str, tuple[Any, Callable[[Any], object]]] = {
    "claim": (CLAIM, lambda one: claim_from_fhir(one, bundle=BUNDLE)),
    "coverage": (RESOURCES["coverage"], lambda one: policy_from_fhir(one, bundle=BUNDLE)),
    "explanation": (RESOURCES["eob"], lambda one: payment_from_fhir(one, bundle=BUNDLE)),
    "response": (RESOURCES["response"], lambda one: payment_from_fhir(one, bundle=BUNDLE, claim=BILLED)),
}
every_kind = pytest.mark.parametrize("kind", READ)
JUNK: list[Any] = [None, True, -1, 0, 1.5, Decimal("NaN"), "", " ", "x", "#x", [], [None], [[]], {}, {"a": 1}]
Place = tuple[str | int, ...]


def paths(value: object, at: Place = ()) -> Iterator[Place]:
    """Every place in a resource."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*at, key))


def with_value(resource: Any, path: Place, value: object) -> Any:
    changed = copy.deepcopy(resource)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def without(resource: Any, path: Place) -> Any:
    changed = copy.deepcopy(resource)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return changed


def read_or_refused(read: Callable[[Any], object], resource: Any) -> object:
    try:
        return read(resource)
    except FhirRefusal as refusal:
        return refusal


@every_kind
def test_junk_in_any_place_is_read_or_refused_and_never_raises_otherwise(kind: str) -> None:
    resource, read = READ[kind]
    places = list(paths(resource))
    assert len(places) > 20
    for place in places:
        for junk in JUNK:
            read_or_refused(read, with_value(resource, place, junk))


@every_kind
def test_an_amount_that_changes_changes_the_noun_or_is_refused(kind: str) -> None:
    resource, read = READ[kind]
    whole = read(resource)
    amounts = [place for place in paths(resource) if place[-1] == "value" and is_money(resource, place)]
    assert amounts or kind == "coverage"
    for place in amounts:
        more = read_or_refused(read, with_value(resource, place, value_at(resource, place) + Decimal("0.01")))
        gone = read_or_refused(read, without(resource, place))
        assert more != whole, place
        assert gone != whole, place


@every_kind
def test_an_amount_anywhere_else_is_refused(kind: str) -> None:
    """Money in an element that nobody reads, in every object of the resource."""
    resource, read = READ[kind]
    money = {"value": Decimal("1.00"), "currency": "USD"}
    objects = [(), *(place for place in paths(resource) if isinstance(value_at(resource, place), dict))]
    for place in objects:
        strange = with_value(resource, (*place, "strange"), money)
        known = value_at(resource, place).get("extension", [])
        extension = [*known, {"url": "urn:x", "valueMoney": money}]
        extended = with_value(resource, (*place, "extension"), extension)
        for changed in (strange, extended):
            found = read_or_refused(read, changed)
            assert isinstance(found, FhirRefusal), (place, changed)


NAMES = ("adjustments", "dates", "codes", "billing", "lines", "remittance", "address", "procedure")


@every_kind
def test_junk_in_our_extension_is_read_or_refused_and_never_raises_otherwise(kind: str) -> None:
    resource, read = READ[kind]
    places = [(), *(place for place in paths(resource) if place[-1] in (0, "subscriber"))]
    for place in places:
        if not isinstance(value_at(resource, place), dict):
            continue
        for name in NAMES:
            for value in ("3", '"x"', "[3]", "[{}]", "{}", '[{"qualifier": "434"}]', "[[3]]"):
                extension = [{"url": "urn:nextpayer:fhir:facts", "valueString": f'{{"{name}": {value}}}'}]
                read_or_refused(read, with_value(resource, (*place, "extension"), extension))


def value_at(resource: Any, place: Place) -> Any:
    for step in place:
        resource = resource[step]
    return resource


def is_money(resource: Any, place: Place) -> bool:
    return "currency" in value_at(resource, place[:-1])

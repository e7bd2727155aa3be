"""A FHIR object being read: what was asked for is taken, and what nobody asked for is refused at the end.

So an element that our mapping does not know is never passed over. What carries no fact of a claim may stay:
ids, narrative, ``meta``, display texts, and extensions that hold no amount (FHIR R4 extensibility: an
application may ignore an extension that is not a modifier extension).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from nextpayer.errors import NotExactMoney
from nextpayer.money import cents, dollars, quantity

from .refusal import FhirRefusal

__all__ = ["Node", "Resources", "holds_money"]

_SILENT = frozenset({"id", "meta", "language", "text", "display", "resourceType", "contained", "extension"})
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHOWN = 40


class Resources:
    """Where references lead: the resources contained in one, then those of the Bundle around it.

    ``amounts`` are the Money objects that were read, by identity: ``Node.amounts_read`` asks for the others.
    """

    def __init__(
        self,
        contained: Collection[Mapping[str, Any]] = (),
        around: Mapping[str, Mapping[str, Any]] | None = None,
        amounts: set[int] | None = None,
    ) -> None:
        self.amounts = amounts if amounts is not None else set()
        self.around = dict(around or {})
        self.contained = {f"#{one.get('id')}": one for one in contained if isinstance(one, Mapping)}

    def within(self, resource: Mapping[str, Any]) -> Resources:
        """The same around another resource, with what that contains."""
        contained = resource.get("contained")
        return Resources(contained if isinstance(contained, list) else (), self.around, self.amounts)

    def get(self, reference: str) -> Mapping[str, Any] | None:
        """The resource, None where it is not at hand."""
        return self.contained.get(reference) or self.around.get(reference)


class Node:
    """One object of a resource with its path. Every method that reads takes the key."""

    def __init__(self, value: object, path: str, resources: Resources) -> None:
        if not isinstance(value, dict):
            raise FhirRefusal("NP-FHIR-SHAPE", path, "it is not an object")
        self.value: dict[str, Any] = value
        self.path = path
        self.resources = resources
        self._taken: set[str] = set()

    @classmethod
    def of(cls, resource: object, kind: str, resources: Resources) -> Node:
        """A resource of that type."""
        node = cls(resource, kind, resources)
        if node.value.get("resourceType") != kind:
            raise FhirRefusal("NP-FHIR-SHAPE", "resourceType", f"it is not a {kind}")
        node.resources = resources.within(node.value)
        return node

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def refuse(self, code: str, key: str, reason: str) -> FhirRefusal:
        """The refusal of an element, to be raised."""
        return FhirRefusal(code, self.at(key), reason)

    def at(self, key: str) -> str:
        """The path of an element."""
        return f"{self.path}.{key}" if key else self.path

    def skip(self, *keys: str) -> None:
        """Elements that repeat what another resource says. What holds an amount is not skipped."""
        self._taken.update(key for key in keys if not holds_money(self.value.get(key)))

    def text(self, key: str, *, needed: bool = False) -> str:
        """A string, '' where there is none."""
        found = self._take(key)
        if found is None and not needed:
            return ""
        if not isinstance(found, str) or not found:
            raise self._missing_or(key, found, "it is not a string")
        return found

    def number(self, key: str) -> int | None:
        """A whole number of at least one, None where there is none."""
        found = self._take(key)
        if found is not None and (type(found) is not int or found < 1):
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a positive whole number")
        return found

    def decimal(self, key: str) -> str:
        """A number as plain text, '' where there is none. A float is refused: it is not exact."""
        found = self._take(key)
        if found is None:
            return ""
        if isinstance(found, float):
            raise self.refuse(
                "NP-FHIR-MONEY", key, "a float is not exact: parse the JSON with parse_float=Decimal"
            )
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a number")
        try:
            return str(quantity(f"{found:f}" if isinstance(found, Decimal) else str(found)))
        except NotExactMoney:
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a plain decimal number") from None

    def money(self, key: str) -> str | None:
        """A Money in whole cents of US dollars, as our JSON writes it; None where there is none."""
        if key not in self:
            return None
        amount = self.child(key)
        text = amount.decimal("value")
        if not text:
            raise amount.refuse("NP-FHIR-MISSING", "value", "an amount without its value")
        if amount.text("currency") not in ("", "USD"):
            raise amount.refuse("NP-FHIR-MONEY", "currency", "it is not USD")
        amount.done()
        self.resources.amounts.add(id(amount.value))
        try:
            return dollars(cents(text))
        except NotExactMoney:
            raise self.refuse("NP-FHIR-MONEY", key, "it is not in whole cents") from None

    def date(self, key: str) -> str | None:
        """A day, YYYY-MM-DD; None where there is none. A time is cut off only where FHIR asks for one."""
        found = self._take(key)
        if found is None:
            return None
        day = found.partition("T")[0] if isinstance(found, str) else ""
        try:
            if not _DATE.fullmatch(day):
                raise ValueError
            dt.date.fromisoformat(day)
        except ValueError:
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a whole date") from None
        return day

    def child(self, key: str) -> Node:
        """An object. Raises where there is none."""
        found = self._take(key)
        if found is None:
            raise self.refuse("NP-FHIR-MISSING", key, "it is needed")
        return Node(found, self.at(key), self.resources)

    def children(self, key: str) -> list[Node]:
        """The objects of a list, none where there is none."""
        found = self._take(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a list")
        return [Node(one, f"{self.at(key)}[{n}]", self.resources) for n, one in enumerate(found)]

    def texts(self, key: str) -> list[str]:
        """The strings of a list."""
        found = self._take(key) or []
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a list of strings")
        return found

    def numbers(self, key: str) -> list[int]:
        """The whole numbers of a list."""
        found = self._take(key) or []
        if not isinstance(found, list) or not all(type(one) is int and one > 0 for one in found):
            raise self.refuse("NP-FHIR-SHAPE", key, "it is not a list of positive whole numbers")
        return found

    def codings(self, key: str) -> list[tuple[str, str]]:
        """The system and code of each coding of a CodeableConcept: each says the same thing."""
        concept = self.child(key) if key in self else None
        return list(_codings(concept)) if concept else []

    def concepts(self, key: str) -> list[list[tuple[str, str]]]:
        """The same of a list of CodeableConcepts."""
        return [list(_codings(one)) for one in self.children(key)]

    def fixed(self, key: str, *allowed: str) -> None:
        """A code that must be one of these, or absent."""
        found = self.text(key)
        if found and found not in allowed:
            raise self.refuse("NP-FHIR-UNHELD", key, f"only {', '.join(allowed)} is taken")

    def target(self, key: str, *kinds: str) -> Node | None:
        """The resource that a Reference leads to, None where there is no reference or it names nothing."""
        if key not in self:
            return None
        reference = self.child(key)
        where = reference.text("reference")
        if not where:
            return None
        found = self.resources.get(where)
        if found is None:
            raise self.refuse("NP-FHIR-REFERENCE", key, "it leads to a resource that is not at hand")
        kind = found.get("resourceType")
        if kind not in kinds:
            raise self.refuse("NP-FHIR-REFERENCE", key, f"it leads to no {' or '.join(kinds)}")
        path = f"{self.at(key)}({kind})"
        node = Node(found, path, self.resources)
        if not where.startswith("#"):
            node.resources = self.resources.within(node.value)
        return node

    def done(self) -> None:
        """Refuses what was not asked for."""
        if self.value.get("modifierExtension"):
            raise self.refuse("NP-FHIR-UNHELD", "modifierExtension", "it may change what the rest means")
        for key, value in self.value.items():
            if key in self._taken or key.startswith("_"):
                continue
            if key not in _SILENT:
                raise self.refuse("NP-FHIR-UNHELD", _shown(key), "the noun has no place for it")
            if key == "extension" and holds_money(value):
                raise self.refuse("NP-FHIR-UNHELD", key, "an amount in an extension that is not known here")

    def amounts_read(self) -> None:
        """Refuses an amount, anywhere in the resource, that nobody read."""
        for where, amount in _amounts(self.value, self.path):
            if id(amount) not in self.resources.amounts:
                raise FhirRefusal("NP-FHIR-UNHELD", where, "the noun has no place for this amount")

    def _take(self, key: str) -> Any:
        self._taken.add(key)
        return self.value.get(key)

    def _missing_or(self, key: str, found: object, reason: str) -> FhirRefusal:
        if found is None:
            return self.refuse("NP-FHIR-MISSING", key, "it is needed")
        return self.refuse("NP-FHIR-SHAPE", key, reason)


def holds_money(value: object) -> bool:
    """Whether an amount stands somewhere in it."""
    if isinstance(value, dict):
        return "currency" in value or any(
            key in ("valueMoney", "valueDecimal") or holds_money(inner) for key, inner in value.items()
        )
    return isinstance(value, list) and any(holds_money(one) for one in value)


def _shown(key: str) -> str:
    """A key as a message may show it: one that FHIR could have, and no text that somebody typed."""
    return key if len(key) <= _SHOWN and key.isidentifier() else "an element"


def _amounts(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Every Money of a resource with its path."""
    if isinstance(value, dict):
        if "currency" in value:
            yield path, value
        for key, inner in value.items():
            yield from _amounts(inner, f"{path}.{_shown(key)}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _amounts(inner, f"{path}[{n}]")


def _codings(concept: Node) -> Iterator[tuple[str, str]]:
    for coding in concept.children("coding"):
        yield coding.text("system"), coding.text("code")

"""A chain of payer packs, each extending the next: followed by name, and put together as one document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError

from nextpayer.wire.profile import KeySources

__all__ = [
    "OWN",
    "SOURCES",
    "Document",
    "Problem",
    "Shelf",
    "chain_of",
    "merged",
    "own_sources",
    "sources_by_key",
]

#: Keys and a table that a pack has for itself alone: they are never inherited.
OWN = ("name", "extends", "abstract")
SOURCES = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A decoded TOML document. ``file`` is for messages; ``name`` serves where the document gives none."""

    file: str
    name: str
    content: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The name others extend it by."""
        stated = self.content.get("name")
        return stated if isinstance(stated, str) and stated else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong: the file, the path of the key in it (empty: the whole file), and what to do."""

    file: str
    path: str
    message: str


class Shelf:
    """The documents by the name they are extended by: the set's own first, then the bases."""

    def __init__(self, ours: list[Document], bases: Callable[[], Iterable[Document]]) -> None:
        self._ours = {document.title: document for document in ours}
        self._bases = bases
        self._more: dict[str, Document] | None = None

    def get(self, name: str) -> Document | None:
        return self._ours.get(name) or self._further().get(name)

    def names(self) -> list[str]:
        return sorted({*self._ours, *self._further()})

    def _further(self) -> dict[str, Document]:
        if self._more is None:
            self._more = {document.title: document for document in self._bases()}
        return self._more


def chain_of(document: Document, shelf: Shelf) -> tuple[list[Document], list[Problem]]:
    """The pack and those it extends, itself first, as far as they can be followed."""
    chain = [document]
    while isinstance(name := chain[-1].content.get("extends"), str) and name:
        last = chain[-1]
        base = shelf.get(name)
        if base is None:
            near = get_close_matches(name, shelf.names(), n=1, cutoff=0.0)
            nearest = f"the nearest is {near[0]}" if near else "there is none at all"
            message = f"there is no pack of this name; {nearest}"
            return chain, [Problem(file=last.file, path="extends", message=message)]
        if base in chain:
            names = " extends ".join(link.title for link in (*chain[chain.index(base) :], base))
            return chain, [
                Problem(file=last.file, path="extends", message=f"it comes back to itself: {names}")
            ]
        chain.append(base)
    return chain, []


def merged(chain: list[Document]) -> tuple[dict[str, Document], dict[str, Any]]:
    """The chain as one document, and for each key the pack that set it."""
    owners: dict[str, Document] = {}
    whole: dict[str, Any] = {}
    for document in reversed(chain):
        for table, content in document.content.items():
            if table in OWN or (table == SOURCES and document is not chain[0]):
                continue
            if not isinstance(content, Mapping):
                whole[table] = content
                owners[table] = document
                continue
            into = whole.setdefault(table, {})
            if not isinstance(into, dict):
                continue
            for key, value in content.items():
                into[key] = value
                owners[f"{table}.{key}"] = document
    for key in OWN:
        if key in chain[0].content:
            whole[key] = chain[0].content[key]
            owners[key] = chain[0]
    return {key: owners[key] for key in sorted(owners)}, whole


def sources_by_key(chain: list[Document], owners: dict[str, Document]) -> dict[str, str]:
    """Who says so, of each key: the source that its pack has for the key, else the one for all of it."""
    found: dict[str, str] = {}
    for key, owner in owners.items():
        if key in OWN or key.startswith(SOURCES):
            continue
        stated = owner.content.get(SOURCES)
        table = stated if isinstance(stated, Mapping) else {}
        found[key] = str(own_sources(owner).get(key) or table.get("source") or "")
    return found


def own_sources(document: Document) -> dict[str, str]:
    """The sources that a pack gives for single keys; none where they cannot be read."""
    stated = document.content.get(SOURCES)
    keys = stated.get("keys") if isinstance(stated, Mapping) else None
    try:
        return dict(KeySources().deserialize(keys)) if keys is not None else {}  # type: ignore[arg-type]
    except ValidationError:
        return {}

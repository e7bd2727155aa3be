"""A set of payer packs that extend one another: who sets which value, and every problem by file and path.

Theory of operation. A pack may name another one in ``extends``; it then has every key of that pack, and of
the pack which that one extends, unless it sets the key itself. A key is a table and a name in it
(``filing.days``); its value is taken or replaced as a whole. ``[sources]`` is never inherited: each pack
says who says so, for what it sets itself. The chain is put together as one document and read like any
other, so that a limit's days may come from one pack and the day they run from out of another; a problem is
told of the pack that wrote the value, a missing key of the pack that should have had it.

What would make the answer depend on anything but the text is refused: two packs of one name, a chain that
comes back to itself, and a pack that extends another on days when that other does not hold. The order of the
files is nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError

from nextpayer.errors import InvalidNoun, ProfileError
from nextpayer.profile import Profile, overlaps
from nextpayer.wire.chain import (
    OWN,
    SOURCES,
    Document,
    Problem,
    Shelf,
    chain_of,
    merged,
    own_sources,
    sources_by_key,
)
from nextpayer.wire.fields import problems, refusal
from nextpayer.wire.profile import profile_of

__all__ = ["Document", "Pack", "Problem", "Setting", "load_packs", "pack_problems"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The value of one key, the pack of the chain that set it, and who says so."""

    key: str
    value: object
    pack: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack with its chain, itself first. ``profile`` is None for an abstract one."""

    name: str
    file: str
    chain: tuple[str, ...]
    settings: tuple[Setting, ...]
    source: str
    effective: dt.date
    terminates: dt.date | None
    notes: str
    profile: Profile | None


def load_packs(
    documents: Iterable[Document], bases: Callable[[], Iterable[Document]] = tuple
) -> tuple[Pack, ...]:
    """The packs of a set, in name order. ``bases`` gives further packs to extend; it is asked only if needed.

    Raises ProfileError for the first file, in name order, with all of its problems.
    """
    made, found = _load(documents, bases)
    if found:
        first = min(problem.file for problem in found)
        raise refusal(ProfileError, first, [(p.path, p.message) for p in found if p.file == first])
    return made


def pack_problems(
    documents: Iterable[Document], bases: Callable[[], Iterable[Document]] = tuple
) -> tuple[Problem, ...]:
    """Every problem of a set, by file; two packs that speak for one payer on one day are one, too."""
    packs, found = _load(documents, bases)
    files = {pack.name: pack.file for pack in packs}
    twice = [
        Problem(
            file=files[second.name],
            path="payer.ids",
            message=f"{first.name} speaks for payer {payer_id}, too, on {second.effective}; end one of them"
            " (sources.terminates)",
        )
        for payer_id, first, second in overlaps(pack.profile for pack in packs if pack.profile is not None)
    ]
    return _in_order((*found, *twice))


def _load(
    documents: Iterable[Document], bases: Callable[[], Iterable[Document]]
) -> tuple[tuple[Pack, ...], tuple[Problem, ...]]:
    ours = sorted(documents, key=lambda document: (document.title, document.file))
    shelf = Shelf(ours, bases)
    chains = {id(document): chain_of(document, shelf) for document in ours}
    extended = {id(base) for chain, _ in chains.values() for base in chain[1:]}
    found: list[Problem] = list(_same_names(ours))
    packs: list[Pack] = []
    read: dict[int, _Read] = {}
    for document in ours:
        chain, broken = chains[id(document)]
        found += broken
        for at, link in enumerate(chain):
            if id(link) not in read:
                optional = bool(broken) or id(link) in extended or link not in ours
                read[id(link)] = _read(chain[at:], optional=optional)
                found += read[id(link)].problems
        done = read[id(document)]
        if done.pack is not None and not broken:
            packs.append(done.pack)
            found += _outside(chain, read)
    return tuple(packs), _in_order(found)


def _in_order(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(found), key=lambda problem: (problem.file, problem.path, problem.message)))


def _same_names(ours: list[Document]) -> Iterator[Problem]:
    for one, other in pairwise(ours):
        if one.title == other.title:
            message = f"{one.file} has the name {one.title!r}, too; rename one of them"
            yield Problem(file=other.file, path="name", message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    pack: Pack | None
    problems: tuple[Problem, ...]


def _read(chain: list[Document], *, optional: bool) -> _Read:
    """The first pack of the chain, with what is wrong in its own text; an ``optional`` one may lack ids."""
    document = chain[0]
    abstract = document.content.get("abstract") is True
    owners, whole = merged(chain)
    lenient = abstract or (optional and "payer.ids" not in owners and "layer" not in owners)
    sources = sources_by_key(chain, owners)
    found = [
        (path, message)
        for path, message in _checked(whole, document.title)
        if _is_own(path, document, owners, lenient=lenient)
    ]
    if abstract and owners.get("payer.ids") is document:
        found.append(("payer.ids", "the pack is abstract: no payer is its own; leave out one of the two"))
    found += _unset_sources(document, owners)
    if found:
        problems = tuple(Problem(file=document.file, path=path, message=text) for path, text in found)
        return _Read(pack=None, problems=problems)
    profile = None
    if not abstract and ("payer.ids" in owners or "layer" in owners):
        everything = {**whole, SOURCES: {**whole[SOURCES], "keys": sources}}
        try:
            profile = profile_of(everything, document.title)
        except (ValidationError, InvalidNoun):  # another pack of the chain is to blame, and says so
            return _Read(pack=None, problems=())
    own = whole[SOURCES]
    settings = tuple(
        Setting(key=key, value=_value(whole, key), pack=owners[key].title, source=source)
        for key, source in sources.items()
    )
    return _Read(
        pack=Pack(
            name=document.title,
            file=document.file,
            chain=tuple(link.title for link in chain),
            settings=settings,
            source=own["source"],
            effective=_day(own["effective"]),
            terminates=_day(own["terminates"]) if own.get("terminates") else None,
            notes=own.get("notes", ""),
            profile=profile,
        ),
        problems=(),
    )


def _checked(whole: dict[str, Any], name: str) -> list[tuple[str, str]]:
    try:
        profile_of(whole, name)
    except ValidationError as error:
        return problems(error.messages)
    except InvalidNoun as error:
        return [("", str(error))]
    return []


def _is_own(path: str, document: Document, owners: dict[str, Document], *, lenient: bool) -> bool:
    """Whether a problem at the path is this pack's own; ``lenient`` leaves out what nobody has set."""
    setters = [
        owner
        for key, owner in owners.items()
        if key == path or path.startswith((f"{key}.", f"{key}[")) or key.startswith(f"{path}.")
    ]
    if setters:
        return document in setters
    return not lenient or path.startswith(SOURCES) or path == ""


def _unset_sources(document: Document, owners: dict[str, Document]) -> Iterator[tuple[str, str]]:
    own = [key for key, owner in owners.items() if owner is document and not key.startswith(SOURCES)]
    own = [key for key in own if key not in OWN]
    for key in own_sources(document):
        if key not in own:
            near = get_close_matches(key, own, n=1, cutoff=0.0)
            nearest = f"; the nearest that it sets is {near[0]}" if near else ""
            yield f"{SOURCES}.keys.{key}", f"a source for a key that this pack does not set{nearest}"


def _outside(chain: list[Document], read: Mapping[int, _Read]) -> Iterator[Problem]:
    """A pack that holds on days when one that it extends does not would have values without a source."""
    pack = read[id(chain[0])].pack
    for document in chain[1:]:
        base = read[id(document)].pack
        if pack is None or base is None:
            continue
        if pack.effective < base.effective:
            message = f"it begins before {base.name}, which it extends and which holds from {base.effective}"
            yield Problem(file=pack.file, path="sources.effective", message=message)
        if base.terminates and (pack.terminates is None or pack.terminates > base.terminates):
            message = f"it ends after {base.name}, which it extends and which holds to {base.terminates}"
            yield Problem(file=pack.file, path="sources.terminates", message=message)


def _value(whole: Mapping[str, Any], key: str) -> object:
    table, _, name = key.partition(".")
    return whole[table][name] if name else whole[table]


def _day(value: object) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))

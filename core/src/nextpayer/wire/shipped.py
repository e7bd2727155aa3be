"""The payer packs that installed distributions ship: TOML files in a package, told by an entry point.

A distribution names the package in the entry-point group ``nextpayer.packs``; the packs' names are their own
and the entry point's name is only for messages. What is wrong with one distribution's packs is reported and
stops no other: the pack is left out, with those that extend it. Two distributions that supply one pack name
are in conflict, and neither's pack is used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint
from importlib.resources import files

from nextpayer import registry
from nextpayer.errors import PluginConflict, PluginError, PluginLoadFailed, UnusableInput, summary
from nextpayer.wire.chain import Document
from nextpayer.wire.packs import Pack, load_packs, pack_problems

__all__ = ["Shipped", "shipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """The shipped packs, in name order, with the distribution of each, and what could not be used."""

    packs: tuple[Pack, ...]
    documents: tuple[Document, ...]
    origins: Mapping[str, str]
    problems: tuple[PluginError, ...]

    def get(self, name: str) -> Pack:
        """The pack of that name. Raises UnusableInput, or what is wrong with it: PluginError."""
        for pack in self.packs:
            if pack.name == name:
                return pack
        for problem in self.problems:
            if problem.name == name:
                raise problem
        near = get_close_matches(name, [pack.name for pack in self.packs], n=1, cutoff=0.0)
        nearest = f"the nearest is {near[0]}" if near else "no installed distribution ships any"
        raise UnusableInput(name, "", f"there is no shipped payer pack of this name; {nearest}")


def shipped() -> Shipped:
    """Read them afresh: every distribution's, imported and checked."""
    documents: dict[str, list[Document]] = {}
    origins: dict[str, list[str]] = {}
    found: list[PluginError] = []
    for entry in registry.declared("packs"):
        origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
        for read in _read(entry, origin):
            if isinstance(read, PluginError):
                found.append(read)
            else:
                documents.setdefault(read.title, []).append(read)
                origins.setdefault(read.title, []).append(origin)
    for name, several in origins.items():
        if len(several) > 1:
            found.append(PluginConflict.between("payer pack", name, several))
    ours = [several[0] for several in documents.values() if len(several) == 1]
    while broken := pack_problems(ours):
        wrong = {problem.file for problem in broken}
        for document in [document for document in ours if document.file in wrong]:
            said = "; ".join(f"{p.path}: {p.message}" for p in broken if p.file == document.file)
            origin = origins[document.title][0]
            found.append(PluginLoadFailed("payer pack", document.title, origin, f"cannot be used: {said}"))
        ours = [document for document in ours if document.file not in wrong]
    packs = load_packs(ours)
    return Shipped(
        packs=packs,
        documents=tuple(ours),
        origins={pack.name: origins[pack.name][0] for pack in packs},
        problems=tuple({str(problem): problem for problem in found}.values()),
    )


def _read(entry: EntryPoint, origin: str) -> Iterator[Document | PluginError]:
    try:
        package = registry.load("packs", entry.name)
        folder = sorted(files(package).iterdir(), key=lambda file: file.name)
    except PluginError as error:
        yield error
        return
    except OSError as error:
        yield PluginLoadFailed("packs", entry.name, origin, f"cannot be listed: {summary(error)}")
        return
    for file in folder:
        if file.name.endswith(".toml"):
            try:
                content = tomllib.loads(file.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
                reason = f"{file.name} cannot be read: {summary(error)}"
                yield PluginLoadFailed("packs", entry.name, origin, reason)
            else:
                name = file.name.removesuffix(".toml")
                yield Document(file=f"{file.name} ({origin})", name=name, content=content)

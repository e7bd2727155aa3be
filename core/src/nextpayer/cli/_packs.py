"""Payer packs for a command: one file, a folder, the shipped ones by name, or several of these."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from nextpayer.denial import DenialTable, rules_of_packs
from nextpayer.errors import PluginConflict, ProfileError, UnusableInput
from nextpayer.hooks import Hooks
from nextpayer.profile import Profile, Profiles
from nextpayer.wire.packs import Document, Pack, load_packs
from nextpayer.wire.shipped import Shipped, shipped

from ._inputs import read_toml

__all__ = [
    "SHIPPED",
    "chosen",
    "denial_table",
    "documents_at",
    "neighbours",
    "one_pack",
    "payers_option",
    "read_profiles",
]

log = logging.getLogger("nextpayer.plugins")

#: The word for every shipped pack.
SHIPPED = "shipped"

payers_option = click.option(
    "--payers",
    metavar="FILE|DIR|NAME|shipped,...",
    help="Payer packs: a TOML file, a folder of them, a shipped pack by name, or all shipped ones.",
)


def read_profiles(path: Path) -> Profiles:
    """The payer packs of one TOML file, or of every ``*.toml`` file of a directory, in name order.

    A pack may extend one of its folder, or a shipped one. Raises ProfileError for a pack that cannot be used,
    UnusableInput for a file that cannot be read.
    """
    return Profiles(_profiles_at(path))


def chosen(text: str) -> Profiles:
    """What ``--payers`` names, separated by commas: the user's packs, behind them the shipped ones.

    A broken shipped pack is logged and left out; two distributions that ship one name are an error.
    """
    own: list[Profile] = []
    ours: dict[str, Profile] = {}
    stock: Shipped | None = None
    for item in [text] if Path(text).exists() else text.split(","):
        if not item:
            raise UnusableInput("--payers", "", "it names nothing before, after or between its commas")
        if Path(item).exists():
            own += _profiles_at(Path(item))
            continue
        stock = stock or shipped()
        if item == SHIPPED:
            for problem in stock.problems:
                if isinstance(problem, PluginConflict):
                    raise problem
                log.warning("%s", problem)
            ours |= {pack.name: pack.profile for pack in stock.packs if pack.profile is not None}
        else:
            ours[item] = _named(item, stock)
    return Profiles(tuple(own), behind=tuple(ours.values()))


def denial_table(hooks: Hooks, packs: Profiles | None) -> DenialTable:
    """What the plugins and the payers' packs say of reasons."""
    return DenialTable((*hooks.denial_rules(), *rules_of_packs(packs or ())))


def documents_at(path: Path) -> list[Document]:
    """The documents of one file, or of every ``*.toml`` file of a folder, in name order."""
    if not path.is_dir():
        return [_document(path)]
    files = sorted(path.glob("*.toml"))
    if not files:
        raise UnusableInput(path.name, "", "the directory has no payer pack (*.toml)")
    return [_document(file) for file in files]


def neighbours(path: Path) -> list[Document]:
    """What a pack at the path may extend besides its own set: the packs of a file's folder, the shipped ones.

    A neighbour that cannot be read is no neighbour; whoever extends it is told that there is none.
    """
    found = list(shipped().documents)
    if not path.is_dir():
        for file in sorted(path.resolve().parent.glob("*.toml")):
            try:
                found.append(_document(file))
            except UnusableInput:
                continue
    return found


def one_pack(text: str) -> Pack:
    """A pack by file or by the name it is shipped under."""
    path = Path(text)
    if path.is_file():
        (found,) = load_packs(documents_at(path), lambda: neighbours(path))
        return found
    return shipped().get(text)


def _profiles_at(path: Path) -> tuple[Profile, ...]:
    packs = load_packs(documents_at(path), lambda: neighbours(path))
    if not path.is_dir() and packs[0].profile is None:
        raise ProfileError(
            path.name, "abstract", "the pack speaks for no payer; extend it in one that has payer.ids"
        )
    return tuple(pack.profile for pack in packs if pack.profile is not None)


def _named(name: str, stock: Shipped) -> Profile:
    try:
        pack = stock.get(name)
    except UnusableInput as error:
        reason = error.reason.replace("no shipped payer pack", "no file, folder or shipped payer pack")
        raise UnusableInput(error.file, error.where, reason) from None
    if pack.profile is None:
        raise ProfileError(
            name, "payer.ids", "the shipped pack knows no payer id; extend it in one that has payer.ids"
        )
    return pack.profile


def _document(path: Path) -> Document:
    return Document(file=path.name, name=path.stem, content=read_toml(path))

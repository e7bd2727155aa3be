"""``nextpayer scrub-phi``: copies of X12 files that may be shared."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from nextpayer.errors import UnusableInput
from nextpayer_x12.reader import X12Reader

from .scrub import Deidentifier
from .shapes import Pseudonyms

__all__ = ["scrub_phi"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHORTEST_KEY = 16
#: Weeks that dates may move back when nobody says how far.
_WEEKS = 52


@click.command("scrub-phi")
@click.argument("files", metavar="FILE...", type=_FILE, nargs=-1, required=True)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the copies."
)
@click.option(
    "--key-file", type=_FILE, help="A secret of at least 16 bytes: the same key gives the same copies."
)
@click.option(
    "--shift-days",
    type=click.IntRange(-3650, 3650),
    help="How far every date moves (default: a number of weeks back that goes with the key).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def scrub_phi(
    files: tuple[Path, ...],
    out: Path,
    key_file: Path | None,
    shift_days: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Copy X12 FILEs without what points at a person, a provider or an account.

    Structure, codes, amounts and payers stay, and what matched still matches: give all the files of one story
    at once. The copies have names of their own, because a file's name may tell a patient.
    """
    key = _key(key_file)
    pseudonyms = Pseudonyms(key)
    days = -7 * (1 + pseudonyms.below("shift", "", _WEEKS)) if shift_days is None else shift_days
    made = Deidentifier(pseudonyms, days)
    out.mkdir(parents=True, exist_ok=True)
    names = [_name(number, path) for number, path in enumerate(files, 1)]
    for name in names:
        if (out / name).exists():
            raise UnusableInput(name, "", "it is there already in the folder for the copies")
    with _all_or_none(out, names) as parts:
        for path, part in zip(files, parts, strict=True):
            with path.open("rb") as stream, part.open("w", encoding="utf-8", newline="") as copy:
                copy.writelines(made.copy(stream, path.name))
    if as_json:
        click.echo(json.dumps({"files": names, "shift_days": days}, indent=1))
    elif not quiet:
        for path, name in zip(files, names, strict=True):
            click.echo(f"{path.name} -> {out.name}/{name}")
        click.echo(f"Every date moved by {days} days: move --as-of by as many.")
        click.echo("Read the copies before you share them: a code or an amount can tell a person, too.")
    return 0


def _key(file: Path | None) -> bytes:
    """The key's digest, or one that nobody knows. Raises UnusableInput."""
    if file is None:
        return os.urandom(32)
    secret = file.read_bytes().strip()
    if len(secret) < _SHORTEST_KEY:
        raise UnusableInput(file.name, "", f"a key has at least {_SHORTEST_KEY} bytes")
    return hashlib.sha256(secret).digest()


def _name(number: int, path: Path) -> str:
    """``01-837P.837``: what the file is, and its place in the command."""
    kind = X12Reader().sniff(path)
    if not kind:
        raise UnusableInput(path.name, "", "it is not an X12 file")
    ending = kind[:3] if kind[:3] in ("837", "835") else "x12"
    return f"{number:02d}-{kind}.{ending}"


@contextmanager
def _all_or_none(out: Path, names: list[str]) -> Iterator[list[Path]]:
    """Files to write into, which get their names when all are whole."""
    parts = [out / f"{name}.part" for name in names]
    try:
        yield parts
        for part, name in zip(parts, names, strict=True):
            part.replace(out / name)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)

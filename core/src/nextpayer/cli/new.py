"""``nextpayer new``: a distribution for a plugin of your own, with tests that pass."""

from __future__ import annotations

import json
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import click

from nextpayer.errors import UnusableInput
from nextpayer.scaffold import KINDS, Plugin, files_of, plugin

__all__ = ["new"]


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder in which the distribution's folder is made (default: here).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def new(kind: str, name: str, out: Path, as_json: bool, quiet: bool) -> int:
    """Make the distribution nextpayer-NAME for an adapter, transport, form or pack. Overwrites nothing."""
    made = plugin(kind, name, version("nextpayer"))
    folder = out / made.distribution
    if folder.exists():
        raise UnusableInput(
            str(folder), "", "is there already, and nothing is overwritten; choose --out or another name"
        )
    written = _write(made, folder)
    if as_json:
        document = {"kind": kind, "name": name, "folder": str(folder), "files": written}
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        click.echo("\n".join(_text(made, folder, written)))
    return 0


def _write(made: Plugin, folder: Path) -> list[str]:
    """All files or none: they are written beside, and moved into place together."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    written = []
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        for place, text in files_of(made):
            path = Path(beside) / folder.name / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(place)
        shutil.move(Path(beside) / folder.name, folder)
    return sorted(written)


def _text(made: Plugin, folder: Path, written: list[str]) -> list[str]:
    check = [f"  nextpayer check {made.name}"] if made.kind in ("adapter", "form") else []
    return [
        str(folder),
        *(f"  {place}" for place in written),
        "",
        "Next:",
        f"  cd {folder}",
        '  python3 -m pip install -e ".[testing]"',
        "  pytest",
        *check,
    ]

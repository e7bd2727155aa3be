"""``nextpayer collect``: bring what receivers left for us, and take it in."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import click

from nextpayer_desk.collecting import MOST
from nextpayer_desk.collecting import collect as collect_files
from nextpayer_desk.intake import Taken
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.receivers import read_receivers

from .intake import asks, line
from .options import as_of_option, day, ledger_option, output_options

__all__ = ["collect"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--receivers", required=True, type=_FILE, help="RECEIVERS.toml: who has files for us.")
@click.option("--keep", type=_FOLDER, help="Keep every file in this folder, also what the ledger takes not.")
@click.option("--again", is_flag=True, help="Fetch also files whose names are known; they count once.")
@click.option(
    "--most",
    type=click.IntRange(1),
    default=MOST,
    show_default=True,
    help="Files of one receiver in one run.",
)
@ledger_option
@as_of_option
@output_options
def collect(
    receivers: Path,
    keep: Path | None,
    again: bool,
    most: int,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Bring the files that receivers have for us and take them in, as `nextpayer intake` does.

    Exit status 1 when a receiver fails, or something was set aside or refused.
    """
    to = read_receivers(receivers)
    loud = not quiet and not as_json

    def tell(receiver: str, taken: Taken) -> None:
        if loud:
            click.echo(f"{receiver}: {line(taken)}")

    with open_ledger(ledger) as book:
        found = collect_files(book, to, day(as_of), keep=keep, again=again, most=most, tell=tell)
    if as_json:
        click.echo(json.dumps({"receivers": [asdict(one) for one in found]}, indent=1))
    elif not quiet:
        for one in found:
            if one.failed:
                click.echo(f"{one.receiver}: {one.failed}")
        if not any(one.files or one.failed for one in found):
            click.echo("no receiver brings files" if not any(one.brings for one in found) else "nothing new")
    taken = [file for one in found for file in one.files]
    bad = any(file.quarantined or file.problems or asks(file) for file in taken)
    return 1 if bad or any(one.failed for one in found) else 0

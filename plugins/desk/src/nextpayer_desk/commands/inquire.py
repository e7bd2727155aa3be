"""``nextpayer inquire``: ask payers about claims."""

from __future__ import annotations

import datetime as dt
import json

import click

from nextpayer_desk.inquiring import inquire as ask
from nextpayer_desk.ledger import open_ledger

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["inquire"]


@click.command()
@click.argument("claims", metavar="[CLAIM]...", type=click.IntRange(1), nargs=-1)
@ledger_option
@as_of_option
@output_options
def inquire(
    claims: tuple[int, ...], ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool
) -> int:
    """Ask payers how claims stand (276): all that are late, or those named by their number in the ledger.

    The files wait for `nextpayer submit`; take the answers (277) in with `nextpayer intake`. Exit status 1
    when a claim cannot be asked about in this way.
    """
    with open_ledger(ledger) as book:
        asked = ask(book, day(as_of), claims)
    if as_json:
        click.echo(json.dumps({"asked": asked.asked, "files": asked.files, "left": asked.left}, indent=1))
    elif not quiet:
        for one in asked.files:
            click.echo(f"ready to send: {one['name']} ({one['claims']:,} asked about)")
        for other in asked.left:
            click.echo(f"claim {other['claim']}: not asked about: {other['reason']}")
        if not asked.files and not asked.left:
            click.echo("no claim is late, or was asked about within the last days")
    return 1 if asked.left else 0

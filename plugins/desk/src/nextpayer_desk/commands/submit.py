"""``nextpayer submit``, ``settle``, ``resend`` and ``dismiss``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from nextpayer_desk.acknowledging import dismiss as dismiss_word
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.receivers import read_receivers
from nextpayer_desk.sending import VERDICTS
from nextpayer_desk.sending import settle as settle_file
from nextpayer_desk.sending import submit as submit_files
from nextpayer_desk.states import resend as resend_claim

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["dismiss", "resend", "settle", "submit"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--receivers", required=True, type=_FILE, help="RECEIVERS.toml: where files go.")
@ledger_option
@as_of_option
@output_options
def submit(receivers: Path, ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool) -> int:
    """Send the files that `nextpayer work` made, each once in effect.

    Exit status 1 when one is in doubt, rejected or has no receiver.
    """
    to = read_receivers(receivers)
    loud = sys.stderr.isatty() and not quiet and not as_json
    with open_ledger(ledger) as book:
        sent = submit_files(book, to, day(as_of), progress=_show if loud else lambda count: None)
    if loud:
        click.echo("\r" + " " * 30 + "\r", err=True, nl=False)
    if as_json:
        click.echo(json.dumps({"files": sent.files, "waiting": sent.waiting}, indent=1))
    elif not quiet:
        for one in sent.files:
            reason = f": {one['reason']}" if one["reason"] and one["state"] != "accepted" else ""
            click.echo(f"{one['name']} to {one['receiver']}: {one['state'].replace('_', ' ')}{reason}")
        for other in sent.waiting:
            click.echo(f"{other['name']}: not sent: {other['reason']}")
        if not sent.files and not sent.waiting:
            click.echo("nothing is ready to send")
    return 1 if sent.waiting or any(one["state"] != "accepted" for one in sent.files) else 0


def _show(files: int) -> None:
    click.echo(f"\r{files:,} files", err=True, nl=False)


@click.command()
@click.argument("submission")
@click.argument("verdict", type=click.Choice(VERDICTS))
@click.option("--why", required=True, help="How you know, for the journal.")
@ledger_option
@as_of_option
@output_options
def settle(
    submission: str,
    verdict: str,
    why: str,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Say what became of a file: in doubt, it `arrived` or is `lost`; rejected, make its claims `again`."""
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        settle_file(writer, submission, verdict, why)
    if as_json:
        click.echo(json.dumps({"submission": submission, "verdict": verdict}))
    elif not quiet:
        click.echo(f"{submission}: {verdict}")
    return 0


@click.command()
@click.argument("claim", type=click.IntRange(1))
@click.option("--why", required=True, help="How you know that the payer does not have it, for the journal.")
@ledger_option
@as_of_option
@output_options
def resend(claim: int, why: str, ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool) -> int:
    """Have a claim made again that its payer refused or does not have, by its number in the ledger.

    The next `nextpayer work` makes it as a new claim, also when nothing in it has changed.
    """
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        resend_claim(writer, claim, why)
    if as_json:
        click.echo(json.dumps({"claim": claim}))
    elif not quiet:
        click.echo(f"claim {claim} is made again; next: nextpayer work")
    return 0


@click.command()
@click.argument("acknowledgment", type=click.IntRange(1))
@click.option("--why", required=True, help="What came of it, for the journal.")
@ledger_option
@as_of_option
@output_options
def dismiss(
    acknowledgment: int, why: str, ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool
) -> int:
    """Take an acknowledgment from the worklist when you have looked at it, by its number there."""
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        dismiss_word(writer, acknowledgment, why)
    if as_json:
        click.echo(json.dumps({"acknowledgment": acknowledgment}))
    elif not quiet:
        click.echo(f"acknowledgment {acknowledgment} is settled")
    return 0

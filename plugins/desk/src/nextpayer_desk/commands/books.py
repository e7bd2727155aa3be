"""``nextpayer init``, ``status``."""

from __future__ import annotations

import json

import click

from nextpayer_desk.ledger import open_ledger

from .options import ledger_option, output_options

__all__ = ["init"]


@click.command()
@ledger_option
@output_options
def init(ledger: str, as_json: bool, quiet: bool) -> int:
    """Make the ledger, or bring an older one to this version. Does nothing to one that is up to date."""
    open_ledger(ledger, create=True).close()
    if as_json:
        click.echo(json.dumps({"ledger": "ready"}))
    elif not quiet:
        click.echo("the ledger is ready; next: nextpayer intake")
    return 0

"""``nextpayer accesses``: who looked at which claim, and when."""

from __future__ import annotations

import datetime as dt
import json

import click
from sqlalchemy import select

from nextpayer_desk import schema
from nextpayer_desk.accounts import claims_named
from nextpayer_desk.ledger import open_ledger

from .options import ledger_option, output_options

__all__ = ["accesses"]

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("claim", required=False)
@click.option("--who", multiple=True, metavar="NAME", help="Only what this person looked at.")
@click.option("--from", "first", type=_DATE, help="From this day on (UTC).")
@click.option("--to", "last", type=_DATE, help="Up to this day (UTC).")
@ledger_option
@output_options
def accesses(
    claim: str | None,
    who: tuple[str, ...],
    first: dt.datetime | None,
    last: dt.datetime | None,
    ledger: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Who looked at which claim, with which command and when, the oldest first.

    CLAIM is its patient control number, or its number in the ledger. Claims are told by the ledger's own
    numbers, and nobody's name but that of who looked.
    """
    table = schema.accesses
    rows = select(table.c.at, table.c.who, table.c.command, table.c.claim_id.label("claim"))
    with open_ledger(ledger) as book, book.reading() as connection:
        if claim is not None:
            rows = rows.where(table.c.claim_id.in_(claims_named(connection, "accesses", claim)))
        if who:
            rows = rows.where(table.c.who.in_(who))
        if first is not None:
            rows = rows.where(table.c.at >= first.date().isoformat())
        if last is not None:
            rows = rows.where(table.c.at < (last.date() + dt.timedelta(days=1)).isoformat())
        found = [dict(row) for row in connection.execute(rows.order_by(table.c.id)).mappings()]
    if as_json:
        click.echo(json.dumps({"accesses": found}, indent=1))
    elif not quiet:
        for one in found:
            click.echo(f"{one['at']}  {one['who']}  {one['command']}  claim {one['claim']}")
        if not found:
            click.echo("nobody has looked")
    return 0

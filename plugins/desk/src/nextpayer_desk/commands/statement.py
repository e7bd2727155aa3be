"""``nextpayer statement``: the patients' statements, out of the ledger."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from nextpayer.cli._packs import chosen, payers_option
from nextpayer.cli._rows import finding_row
from nextpayer.errors import UnusableInput
from nextpayer.money import dollars
from nextpayer_desk import schema
from nextpayer_desk.accounts import claims_named
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.statements import Told, tell
from nextpayer_desk.work import Terms

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["statement"]


@click.command()
@click.argument("claim_id", required=False)
@click.option("--patient", default="", help="The claims with this member id instead of one claim.")
@click.option("--checked", is_flag=True, help="Somebody has looked whether law or contract forbids it.")
@click.option("--again", is_flag=True, help="Also where the same statement was made before.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The statements' folder."
)
@payers_option
@ledger_option
@as_of_option
@output_options
def statement(
    claim_id: str | None,
    patient: str,
    checked: bool,
    again: bool,
    out: Path,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write the patient's statement of CLAIM_ID, or of every claim that only the patient still owes on.

    Every dollar has its reason, and nothing is asked for that law or contract forbids. Exit status 1 when
    there is none for a claim that was asked for, or somebody must look first.
    """
    if claim_id and patient:
        raise UnusableInput("statement", "", "name a claim or a patient, not both")
    terms = Terms(today=day(as_of), profiles=chosen(payers) if payers is not None else None)
    with open_ledger(ledger) as book:
        told = tell(book, terms, out, _ids(book, claim_id, patient), checked=checked, again=again)
    if as_json:
        click.echo(json.dumps({"statements": [_row(one) for one in told]}, indent=1))
    elif not quiet:
        for one in told:
            click.echo(_text(one))
        if not told:
            click.echo("no patient is to be told anything")
    return 1 if any(one.statement is None or one.findings for one in told) else 0


def _ids(book: Ledger, claim_id: str | None, patient: str) -> list[int] | None:
    with book.reading() as connection:
        if claim_id:
            return claims_named(connection, "statement", claim_id)
        if not patient:
            return None
        table = schema.claims
        found = list(
            connection.scalars(
                select(table.c.id)
                .where(table.c.member_id == patient, table.c.answers > 0)
                .order_by(table.c.id)
            )
        )
    if not found:
        raise UnusableInput("statement", "--patient", "the ledger has no answered claim with this member id")
    return found


def _row(one: Told) -> dict[str, Any]:
    made = one.statement
    return {
        "claim": one.claim,
        "file": one.file,
        "made": one.made.isoformat() if one.made else None,
        "due": dollars(made.due) if made else None,
        "refund": dollars(made.refund) if made else None,
        "rows": [
            {"part": row.part, "label": row.label, "amount": dollars(row.amount), "source": row.source}
            for row in (made.rows if made else ())
        ],
        "findings": [finding_row(finding) for finding in one.findings],
    }


def _text(one: Told) -> str:
    made = one.statement
    lines = []
    if made is not None and one.file is not None:
        refund = f", {dollars(made.refund)} goes back" if made.refund else ""
        lines.append(f"claim {one.claim}: {dollars(made.due)} due{refund}: {one.file}")
    elif made is not None:
        lines.append(f"claim {one.claim}: told on {one.made}; --again writes it once more")
    lines += [f"claim {one.claim}: {finding.id}: {finding.message}" for finding in one.findings]
    return "\n".join(lines)

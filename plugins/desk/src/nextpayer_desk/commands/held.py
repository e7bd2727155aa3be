"""``nextpayer held``, ``approve`` and ``return``: claims that a person looks at before they go out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nextpayer.errors import UnusableInput
from nextpayer_desk.ledger import Writer, open_ledger
from nextpayer_desk.reviewing import Waiting, give_back, waiting
from nextpayer_desk.reviewing import approve as approve_claims

from .options import as_of_option, day, dollars, ledger_option, output_options

__all__ = ["approve", "held", "return_"]

#: A comment is a sentence or two.
_LONGEST = 1000


@click.command()
@click.argument("claims", metavar="[CLAIM...]", type=click.IntRange(1), nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write their files there, to be looked at; they are sent from the ledger alone.",
)
@ledger_option
@as_of_option
@output_options
def held(
    claims: tuple[int, ...],
    out: Path | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """List the claims that wait for a person before they go out: all, or those of these numbers.

    Exit status 1 while there is any.
    """
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        found = waiting(writer.connection, claims)
        if missing := sorted(set(claims) - {one.claim for one in found}):
            raise UnusableInput(f"claim {missing[0]}", "", "nothing of it waits for a person's word")
        for one in found:
            writer.looked_at("held", one.claim)
    if out is not None:
        _write(out, found)
    if as_json:
        click.echo(json.dumps({"claims": [_row(one) for one in found]}, ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo("\n\n".join(_text(one) for one in found) or "nothing waits for a person's word")
    return 1 if found else 0


def _write(out: Path, found: list[Waiting]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for one in found:
        for name, data in one.files:
            (out / name).write_bytes(data)


@click.command()
@click.argument("claims", metavar="CLAIM...", type=click.IntRange(1), nargs=-1, required=True)
@click.option("--comment", default="", help="What there is to say.")
@ledger_option
@as_of_option
@output_options
def approve(claims: tuple[int, ...], comment: str, **rest: Any) -> int:
    """Approve claims, by their numbers in the ledger: their files are ready to be sent, as they were made."""
    return _speak(approve_claims, claims, comment, "approved; next: nextpayer submit", **rest)


@click.command("return")
@click.argument("claims", metavar="CLAIM...", type=click.IntRange(1), nargs=-1, required=True)
@click.option("--comment", required=True, help="What is wrong.")
@ledger_option
@as_of_option
@output_options
def return_(claims: tuple[int, ...], comment: str, **rest: Any) -> int:
    """Return claims, by their numbers in the ledger: they stay held, with the comment, until they are mended
    and made anew."""
    if not comment.strip():
        raise click.UsageError("--comment is empty")
    return _speak(give_back, claims, comment, "returned", **rest)


def _speak(
    speak: Callable[[Writer, tuple[int, ...], str], list[Waiting]],
    claims: tuple[int, ...],
    comment: str,
    done: str,
    *,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    comment = comment.strip()
    if not comment.isprintable() or len(comment) > _LONGEST:
        raise click.UsageError(f"a comment is one line of up to {_LONGEST} characters that print")
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        found = speak(writer, claims, comment)
    if as_json:
        rows = [{"claim": one.claim, "submissions": list(one.submissions)} for one in found]
        click.echo(json.dumps({"claims": rows}, indent=1))
    elif not quiet:
        for one in found:
            click.echo(f"claim {one.claim}: {done}")
    return 0


def _row(one: Waiting) -> dict[str, Any]:
    return {
        "claim": one.claim,
        "claim_id": one.claim_id,
        "payer_id": one.payer_id,
        "purpose": one.purpose,
        "state": one.state,
        "charge": dollars(one.charge),
        "reason": one.reason,
        "message": one.message,
        "said": one.said,
        "submissions": list(one.submissions),
        "files": [name for name, _ in one.files],
    }


def _text(one: Waiting) -> str:
    why = f": {one.message}" if one.message else ""
    lines = [
        f"claim {one.claim}  {one.claim_id}  {dollars(one.charge)} to {one.payer_id}: {one.state}",
        f"  {one.reason}{why}",
        *([f"  {one.said}"] if one.said not in one.message else []),
        *[f"  {name}" for name, _ in one.files],
    ]
    return "\n".join(lines)

"""``nextpayer review``: look at the claims that ``bill --review`` held, and approve or return them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ._reviews import Waiting, approve, give_back, of_ids, waiting_in

__all__ = ["review"]

Command = TypeVar("Command", bound=Callable[..., Any])

_DIR = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def review() -> None:
    """Claims that a person looks at before they go out."""


@review.command("list")
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors: the exit status tells.")
def list_(folder: Path, as_json: bool, quiet: bool) -> int:
    """List the claims of DIR (bill --out) that were held for review, and what was said of them.

    Exit status 1 while any of them waits or is returned.
    """
    claims = waiting_in(folder)
    counts = Counter(one.state for one in claims)
    if as_json:
        summary = {state: counts[state] for state in ("waiting", "approved", "returned")}
        rows = [_row(one) for one in claims]
        click.echo(json.dumps({"claims": rows, "summary": summary}, ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo("\n\n".join(_text(one) for one in claims) or "no claim was held for review")
    return 1 if counts["waiting"] or counts["returned"] else 0


def _speaks(command: Command) -> Command:
    """The options of somebody who says something of claims."""
    for option in (
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today)."),
        click.option("--by", envvar="NEXTPAYER_USER", required=True, help="Who says so (NEXTPAYER_USER)."),
        click.argument("claim_ids", metavar="CLAIM_ID...", nargs=-1, required=True),
        click.argument("folder", metavar="DIR", type=_DIR),
    ):
        command = option(command)
    return command


@review.command("approve")
@_speaks
@click.option("--comment", default="", help="What there is to say.")
def approve_(
    folder: Path,
    claim_ids: tuple[str, ...],
    by: str,
    comment: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Approve claims: their files move from DIR/review to DIR/outgoing, as bill wrote them."""
    claims = of_ids(waiting_in(folder), claim_ids)
    moved = approve(folder, claims, by=_said(by, "--by"), on=_day(as_of), comment=_said(comment))
    _tell([{"claim_id": one.claim_id, "file": name} for one, name in zip(claims, moved, strict=True)],
          as_json, quiet)  # fmt: skip
    return 0


@review.command("return")
@_speaks
@click.option("--comment", required=True, help="What is wrong.")
def return_(
    folder: Path,
    claim_ids: tuple[str, ...],
    by: str,
    comment: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Return claims: they stay held, with the comment, until they are corrected and billed again."""
    claims = of_ids(waiting_in(folder), claim_ids)
    give_back(folder, claims, by=_said(by, "--by"), on=_day(as_of), comment=_said(comment, "--comment"))
    _tell([{"claim_id": one.claim_id, "file": one.file} for one in claims], as_json, quiet)
    return 0


def _said(text: str, needed: str = "") -> str:
    """One line of text, not blank where it is needed. Raises UsageError."""
    text = text.strip()
    if needed and not text:
        raise click.UsageError(f"{needed} is empty")
    if not text.isprintable():
        raise click.UsageError("a name or comment holds a character that does not print")
    return text


def _day(as_of: dt.datetime | None) -> str:
    return (as_of.date() if as_of else dt.date.today()).isoformat()  # noqa: DTZ011 - an office's own day


def _tell(rows: list[dict[str, str]], as_json: bool, quiet: bool) -> None:
    if as_json:
        click.echo(json.dumps({"claims": rows}, ensure_ascii=False))
    elif not quiet:
        for row in rows:
            click.echo(f"{row['claim_id']}  {row['file']}")


def _row(one: Waiting) -> dict[str, Any]:
    opinion = one.opinion
    return {
        "claim_id": one.claim_id,
        "payer_id": one.payer_id,
        "charge": one.charge,
        "reason": one.reason,
        "message": one.message,
        "file": one.file,
        "content": one.content,
        "state": one.state,
        "by": opinion.by if opinion is not None else "",
        "on": opinion.on if opinion is not None else None,
        "comment": opinion.comment if opinion is not None else "",
    }


def _text(one: Waiting) -> str:
    said = f"{one.opinion}" if one.opinion is not None else one.state
    return (
        f"{one.claim_id}  {one.charge} to {one.payer} ({one.payer_id}): {said}\n"
        f"  {one.reason}: {one.message}\n"
        f"  {one.file}"
    )

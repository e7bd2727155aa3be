"""``nextpayer worklist``, and what people say of it: ``assign``, ``snooze``, ``close``, ``reopen``."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from nextpayer.errors import UnusableInput
from nextpayer_desk import marks
from nextpayer_desk.codes import CLOSINGS, SNOOZES, objection_to_closing, objection_to_snooze
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.office_rules import OfficeRules
from nextpayer_desk.standing import Standing
from nextpayer_desk.worklist import Item, Worklist, look

from .choosing import Choice, choice_options, found_by, items_argument
from .listing import lines_of, show_on_terminal, waiting_lines
from .options import (
    as_of_option,
    day,
    dollars,
    ledger_option,
    office_from,
    office_options,
    output_options,
)

__all__ = ["assign", "close", "reopen", "snooze", "worklist"]

_COLUMNS = (
    "id", "kind", "claim", "payer", "reason", "owner", "action", "due", "deadline", "since", "age_days",
    "at_stake", "about", "says", "snoozed",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command()
@choice_options
@click.option("--snoozed", is_flag=True, help="Also what is put off or was closed by a person.")
@click.option("--waiting", is_flag=True, help="Also the claims that wait for payers, each with its day.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it into a file too, without anybody's name.",
)
@office_options
@ledger_option
@as_of_option
@output_options
def worklist(
    snoozed: bool,
    waiting: bool,
    csv_file: Path | None,
    office: Path | None,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
    **chosen: Any,
) -> int:
    """What needs a person: whose it is, what to do next, and by when.

    The nearest day comes first, then the most money. Exit status 1 when there is anything.
    """
    today, choice = day(as_of), Choice(**chosen)
    found = _looked(ledger, today, office_from(office, payers))
    items = choice.of(found.items, today)
    also = choice.of((*found.snoozed, *found.closed), today) if snoozed else []
    if csv_file is not None:
        csv_file.write_text(_csv([*items, *also], today), encoding="utf-8", newline="")
    if as_json:
        click.echo(json.dumps(_document(found, items, also, waiting, today), indent=1, default=str))
    elif not quiet and not show_on_terminal(items, also, today):
        for line in lines_of(items, also, today):
            click.echo(line)
    if waiting and not as_json and not quiet:
        for line in waiting_lines(found.waiting):
            click.echo(line)
    return 1 if items else 0


def _looked(ledger: str, today: dt.date, office: OfficeRules) -> Worklist:
    with open_ledger(ledger) as book, book.reading() as connection:
        return look(connection, today, office)


def _document(
    found: Worklist, items: list[Item], also: list[Item], waiting: bool, today: dt.date
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "as_of": today,
        "items": [_item(one, today) for one in items],
        "summary": {
            "items": len(items),
            "late": sum(1 for one in items if one.due < today),
            "at_stake": dollars(sum(one.stake for one in items)),
            "snoozed": len(found.snoozed),
            "closed": len(found.closed),
            "waiting": len(found.waiting),
        },
    }
    if also:
        document["put_off"] = [_item(one, today) for one in also]
    if waiting:
        document["waiting"] = [_waiting(one) for one in found.waiting]
    return document


def _item(one: Item, today: dt.date) -> dict[str, Any]:
    row = asdict(one)
    del row["seen"], row["stake"], row["own_words"]
    row["at_stake"] = dollars(one.stake)
    row["age_days"] = (today - one.since).days
    row["candidates"] = [
        {"claim": claim, "score": score, "because": because} for claim, score, because in one.candidates
    ]
    return row


def _waiting(one: Standing) -> dict[str, Any]:
    return {
        "claim": one.claim, "payer": one.payer, "since": one.since, "until": one.until, "reason": one.reason,
        "at_stake": dollars(one.stake), "deadline": one.deadline, "submission": one.submission,
    }  # fmt: skip


def _csv(items: list[Item], today: dt.date) -> str:
    """A line for each; what a spreadsheet would take for a formula is quoted. What people wrote in words of
    their own stays here: it may name somebody."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(_COLUMNS)
    for one in items:
        row = _item(one, today)
        row["snoozed"] = one.snoozed.partition(": ")[0]
        if one.own_words:
            row["action"] = f"see: nextpayer show {one.claim}"
        cells = ["" if row[name] is None else str(row[name]) for name in _COLUMNS]
        out.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return text.getvalue()


@click.command()
@items_argument
@click.option("--to", required=True, metavar="NAME", help="Who has them from now on.")
@choice_options
@office_options
@ledger_option
@as_of_option
@output_options
def assign(items: tuple[str, ...], to: str, **rest: Any) -> int:
    """Give things to somebody: ITEMs by the ids of the worklist, or all that fit the filters."""
    name = to.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise UnusableInput("--to", "", "it is not a name")
    return _say(
        items, rest, lambda writer, found: marks.assign(writer, found, name), f"given to {name}", {"to": name}
    )


@click.command()
@items_argument
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day on which it comes back."
)
@click.option("--code", required=True, type=click.Choice(list(SNOOZES)), help="Why, as a code.")
@click.option("--why", default="", help="Why, in words, for the journal.")
@choice_options
@office_options
@ledger_option
@as_of_option
@output_options
def snooze(items: tuple[str, ...], until: dt.datetime, code: str, why: str, **rest: Any) -> int:
    """Put things off until a day: never past their last day, and only until something new comes in."""
    back = until.date()
    return _say(
        items,
        rest,
        lambda writer, found: marks.snooze(writer, found, back, code, why),
        f"put off until {back}",
        {"until": str(back), "reason": code},
        objection=lambda one, office, today: objection_to_snooze(one, back, office, today),
    )


@click.command()
@items_argument
@click.option("--code", required=True, type=click.Choice(list(CLOSINGS)), help="Why, as a code.")
@click.option("--why", required=True, help="Why, in words, for the journal.")
@choice_options
@office_options
@ledger_option
@as_of_option
@output_options
def close(items: tuple[str, ...], code: str, why: str, **rest: Any) -> int:
    """Close things for a reason that their case allows. They come back when something new comes in.

    No balance is changed: what payers said stays as they said it.
    """
    return _say(
        items,
        rest,
        lambda writer, found: marks.close(writer, found, code, why),
        f"closed, {code}",
        {"reason": code},
        objection=lambda one, office, today: objection_to_closing(one, code, office, today),
    )


@click.command()
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@click.option("--why", required=True, help="Why, in words, for the journal.")
@office_options
@ledger_option
@as_of_option
@output_options
def reopen(
    items: tuple[str, ...],
    why: str,
    office: Path | None,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Take back that things were put off or closed."""
    today, rules = day(as_of), office_from(office, payers)
    with open_ledger(ledger) as book, book.writing(today) as writer:
        known = look(writer.connection, today, rules)
        found = found_by(items, (*known.snoozed, *known.closed))
        for one in found:
            marks.reopen(writer, one.id, why, one.claim)
    return _told(found, [], "open again", {}, as_json=as_json, quiet=quiet)


def _say(
    items: tuple[str, ...],
    rest: dict[str, Any],
    write: Callable[[Any, list[Item]], None],
    done: str,
    told: dict[str, str],
    objection: Callable[[Item, OfficeRules, dt.date], str] = lambda one, office, today: "",
) -> int:
    """Say something of the things chosen. What an objection speaks against is left as it is, and told; when
    that is one that was named, nothing is done at all."""
    ledger, today = rest.pop("ledger"), day(rest.pop("as_of"))
    as_json, quiet = rest.pop("as_json"), rest.pop("quiet")
    office = office_from(rest.pop("office"), rest.pop("payers"))
    choice = Choice(**rest)
    if not items and not choice:
        raise UnusableInput("nextpayer", "", "name items by their ids, or choose them with a filter")
    with open_ledger(ledger) as book, book.writing(today) as writer:
        known = look(writer.connection, today, office)
        every = (*known.items, *known.snoozed)
        found = found_by(items, every) if items else choice.of(known.items, today)
        refused = [(one, says) for one in found if (says := objection(one, office, today))]
        if refused and items:
            raise UnusableInput(refused[0][0].id, refused[0][0].about, refused[0][1])
        against = {one.id for one, _ in refused}
        found = [one for one in found if one.id not in against]
        write(writer, found)
    return _told(found, refused, done, told, as_json=as_json, quiet=quiet)


def _told(
    found: list[Item],
    refused: list[tuple[Item, str]],
    done: str,
    told: dict[str, str],
    *,
    as_json: bool,
    quiet: bool,
) -> int:
    if as_json:
        document = {
            "items": [one.id for one in found],
            "refused": [{"item": one.id, "about": one.about, "reason": says} for one, says in refused],
            **told,
        }
        click.echo(json.dumps(document, indent=1))
    elif not quiet:
        for one in found:
            click.echo(f"{one.id}  {one.about}: {done}")
        for one, says in refused:
            click.echo(f"{one.id}  {one.about}: left as it is: {says}")
        if not found and not refused:
            click.echo("nothing fits")
    return 1 if refused else 0

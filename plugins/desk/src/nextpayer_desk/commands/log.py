"""``nextpayer log`` and ``escalate``: what was said about a claim, and going higher when nothing comes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from nextpayer.errors import UnusableInput
from nextpayer_desk.contacts import contacts_of, contacts_page
from nextpayer_desk.escalation import next_step
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.pages import write_page
from nextpayer_desk.standing import standings
from nextpayer_desk.talks import ESCALATION, KINDS, Talk, account_of, one_claim, record, talks_of

from .options import as_of_option, day, ledger_option, office_from, office_options, output_options
from .talking import talk_line, talk_row

__all__ = ["escalate", "log"]

_DATE = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("claim")
@click.option("--kind", type=click.Choice(KINDS), help="The channel.")
@click.option("--with", "whom", default="", metavar="WHOM", help="Who it was with.")
@click.option("--reference", default="", metavar="NO", help="The number that they gave for it.")
@click.option("--says", default="", metavar="TEXT", help="What was said.")
@click.option("--on", "held", type=_DATE, help="The day of it (default: today).")
@click.option("--next", "action", default="", metavar="ACTION", help="What is to be done next.")
@click.option("--by", type=_DATE, help="By when.")
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write days, channels, persons, numbers and what was to follow into a .txt, .html or .pdf file.",
)
@office_options
@ledger_option
@as_of_option
@output_options
def log(
    claim: str,
    kind: str | None,
    whom: str,
    reference: str,
    says: str,
    held: dt.datetime | None,
    action: str,
    by: dt.datetime | None,
    page: Path | None,
    office: Path | None,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write down what was said about a claim, and what comes next; without --kind, show what was.

    CLAIM is its patient control number, or its number in the ledger. What is next is on the worklist, on its
    day, until something new comes in or is written down.
    """
    today, rules = day(as_of), office_from(office, payers)
    if kind is None and (whom or reference or says or held or action or by):
        raise UnusableInput("--kind", "", f"say by which channel: {', '.join(KINDS)}")
    if kind is not None and not says.strip():
        raise UnusableInput("--says", "", "say what was said")
    if kind not in (None, "note") and not whom.strip():
        raise UnusableInput("--with", "", "say who it was with")
    with open_ledger(ledger) as book, book.writing(today) as writer:
        at = one_claim(writer.connection, "log", claim)
        if kind is not None:
            on, next_on = (held.date() if held else today), by.date() if by else None
            talk = Talk(
                claim=at, kind=kind, on=on, whom=whom, reference=reference, says=says,
                next_action=action, next_on=next_on,
            )  # fmt: skip
            record(writer, talk, rules)
        else:
            writer.looked_at("log", at)
        talks = talks_of(writer.connection, at)
        account = account_of(writer.connection, at)
    if page is not None:
        write_page(page, contacts_page(contacts_of(talks), account, today))
    return _told(at, talks[-1:] if kind is not None else talks, as_json=as_json, quiet=quiet)


@click.command()
@click.argument("claim")
@click.option("--step", default="", metavar="NAME", help="Which step, where it is not the next one.")
@click.option("--with", "whom", default="", metavar="WHOM", help="Who was asked.")
@click.option("--reference", default="", metavar="NO", help="The number that they gave for it.")
@click.option("--says", default="", metavar="TEXT", help="What was said.")
@click.option("--by", type=_DATE, help="The day by which it is to come to something.")
@click.option(
    "--show", "only_show", is_flag=True, help="Show what the next step would be, and write nothing."
)
@office_options
@ledger_option
@as_of_option
@output_options
def escalate(
    claim: str,
    step: str,
    whom: str,
    reference: str,
    says: str,
    by: dt.datetime | None,
    only_show: bool,
    office: Path | None,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Go one step higher about a claim, and say so in its log.

    When the step's day has passed, the next one is on the worklist. The steps are the office's.
    """
    today, rules = day(as_of), office_from(office, payers)
    with open_ledger(ledger) as book, book.writing(today) as writer:
        at = one_claim(writer.connection, "escalate", claim)
        (standing,) = standings(writer.connection, today, rules, (at,))
        taken = talks_of(writer.connection, at)
        found = next_step(rules, taken, at, standing.seen, today, name=step)
        talk = Talk(
            claim=at, kind=ESCALATION, on=today, whom=whom, reference=reference,
            says=says or found.step.says, step=found.step.name, next_action=found.then,
            next_on=by.date() if by else found.until,
        )  # fmt: skip
        if only_show:
            writer.looked_at("escalate", at)
        else:
            record(writer, talk, rules)
    return _told(at, [talk], as_json=as_json, quiet=quiet)


def _told(claim: int, talks: list[Talk], *, as_json: bool, quiet: bool) -> int:
    if as_json:
        document: dict[str, Any] = {"claim": claim, "log": [talk_row(one) for one in talks]}
        click.echo(json.dumps(document, indent=1, default=str))
    elif not quiet:
        for one in talks:
            click.echo(f"claim {claim}: {talk_line(one)}")
        if not talks:
            click.echo(f"claim {claim}: nothing was written down")
    return 0

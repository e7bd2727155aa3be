"""``nextpayer work``: decide what is due."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from nextpayer import registry
from nextpayer.cli._documents import LARGEST_MEGABYTES, Supplied, read_documents
from nextpayer.cli._gate import review_of
from nextpayer.cli._inputs import read_fees
from nextpayer.cli._packs import chosen, payers_option
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.work import Terms, Worked
from nextpayer_desk.work import work as work_ledger

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["work"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NOBODY = frozenset({"billed_next", "forwarded", "closed", "bill_patient", "written_off"})


@click.command()
@payers_option
@click.option("--fees", type=_FILE, help="A fee schedule (CSV or JSON): what payers' contracts allow.")
@click.option(
    "--form", help="Render every claim with this form instead of the one its kind or payer pack names."
)
@click.option("--review", type=_FILE, help="Rules (TOML or JSON) for claims that a person looks at first.")
@click.option(
    "--pilot",
    metavar="N",
    type=click.IntRange(1),
    help="Make each payer's first N claims as a test (ISA15 T); the others wait.",
)
@click.option("--test", is_flag=True, help="Mark every file as a test (ISA15 T): nothing is billed by it.")
@click.option(
    "--documents", type=_FILE, help="DOCUMENTS.json: files that go with claims; the ledger keeps them."
)
@click.option(
    "--largest-document",
    metavar="MB",
    default=LARGEST_MEGABYTES,
    show_default=True,
    type=click.IntRange(1, 1024),
    help="The largest file of --documents, in megabytes.",
)
@click.option(
    "--again", is_flag=True, help="Decide anew what waits for a person: packs, plugins or the day changed."
)
@ledger_option
@as_of_option
@output_options
def work(
    payers: str | None,
    fees: Path | None,
    form: str | None,
    review: Path | None,
    pilot: int | None,
    test: bool,
    documents: Path | None,
    largest_document: int,
    again: bool,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Decide every claim about which something came in, and make the next payers' claims.

    They wait in the ledger for `nextpayer submit`; those that a person looks at first wait for `nextpayer
    approve`. Exit status 1 when a decision needs a person.
    """
    if test and (review or pilot):
        raise click.UsageError("--test marks every file and asks nobody: leave out --review and --pilot")
    if form is not None:
        registry.load("form", form)
    terms = Terms(
        today=day(as_of),
        profiles=chosen(payers) if payers is not None else None,
        fees=read_fees(fees) if fees else None,
        form=form,
        again=again,
        review=review_of(review, pilot),
        test=test,
        documents=read_documents(documents, largest_document) if documents else Supplied(),
    )
    loud = sys.stderr.isatty() and not quiet and not as_json
    with open_ledger(ledger) as book:
        worked = work_ledger(book, terms, _show if loud else lambda count: None)
    if loud:
        click.echo("\r" + " " * 30 + "\r", err=True, nl=False)
    if as_json:
        document = {
            "decided": dict(sorted(worked.decided.items())),
            "unchanged": worked.unchanged,
            "files": worked.files,
            "held": worked.held,
            "ahead": worked.ahead,
            "learned": worked.learned,
            "unused_documents": worked.unused_documents,
            "withdrawn": worked.withdrawn,
        }
        click.echo(json.dumps(document, indent=1))
    elif not quiet:
        for line in _lines(worked):
            click.echo(line)
    if worked.held or worked.unused_documents:
        return 1
    return 1 if any(count for action, count in worked.decided.items() if action not in _NOBODY) else 0


def _lines(worked: Worked) -> list[str]:
    total = worked.decided.total()
    lines = [f"{total:,} decided" if total or worked.unchanged else "nothing is due"]
    lines += [f"  {count:>8,}  {action.replace('_', ' ')}" for action, count in worked.decided.most_common()]
    if worked.unchanged:
        lines.append(f"  {worked.unchanged:>8,}  unchanged: their next claims are made already")
    if worked.withdrawn:
        lines.append(f"{len(worked.withdrawn):,} unsent files withdrawn and made anew")
    lines += [
        f"ready to send: {one['name']} ({one['claims']:,} claim{'' if one['claims'] == 1 else 's'})"
        for one in worked.files
    ]
    if worked.held:
        claims = sum(one["claims"] for one in worked.held)
        lines.append(f"{claims:,} to be looked at first: nextpayer held --out DIR")
    if worked.learned:
        lines.append(f"{worked.learned:,} learned about policies from answers: kept in their coverage")
    lines += [
        f"documents entry {entry}: the ledger has no claim with its claim_id"
        for entry in worked.unused_documents
    ]
    return lines


def _show(claims: int) -> None:
    click.echo(f"\r{claims:,} claims", err=True, nl=False)

"""``nextpayer followup``: what each open claim asks for, and what is made of it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from nextpayer.cli._packs import chosen, payers_option
from nextpayer.cli._rows import finding_row
from nextpayer.cli.correct import read_given
from nextpayer.cli.triage import found_row
from nextpayer.errors import UnusableInput
from nextpayer.money import dollars
from nextpayer_desk.accounts import claims_named
from nextpayer_desk.followup import Followed, Made, Wishes, follow
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.work import Terms

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["followup"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("claim_ids", metavar="[CLAIM_ID...]", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Make it: corrected claims into the outbox, with copies and the appeals in this folder.",
)
@click.option("--with", "given", type=_FILE, help="A JSON file with what a person supplies, for one claim.")
@click.option("--void", is_flag=True, help="Take the claim back from its payer (frequency 8), one claim.")
@click.option("--appeal", is_flag=True, help="Appeal, where something else would come first, one claim.")
@click.option("--accept", default="", help="Leave it as the payer decided, and why, one claim.")
@click.option("--signer", default="", help="Who signs the letters.")
@click.option("--contact", default="", help="How to reach the signer.")
@click.option(
    "--no-contacts", is_flag=True, help="Put no list of the contacts about a claim behind its appeal."
)
@click.option("--all", "everything", is_flag=True, help="Also show the claims that wait for a payer.")
@payers_option
@ledger_option
@as_of_option
@output_options
def followup(
    claim_ids: tuple[str, ...],
    out: Path | None,
    given: Path | None,
    void: bool,
    appeal: bool,
    accept: str,
    signer: str,
    contact: str,
    no_contacts: bool,
    everything: bool,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Say of each answered claim that is not closed what is wrong, what to do and by when; with --out, do it.

    CLAIM_ID is a patient control number, or a number in the ledger. Exit status 1 while something needs a
    person.
    """
    wishes = Wishes(
        given=read_given(given) if given else None,
        void=void,
        appeal=appeal,
        accept=accept,
        signer=signer,
        contact=contact,
        contacts=not no_contacts,
    )
    single = given or void or appeal or accept
    if single and len(claim_ids) != 1:
        raise UnusableInput(
            "followup", "", "--with, --void, --appeal and --accept are for one claim: name it"
        )
    if sum(map(bool, (given, void, appeal, accept))) > 1:
        raise UnusableInput("followup", "", "--with, --void, --appeal and --accept exclude each other")
    if given and out is None:
        raise UnusableInput("followup", "", "--with makes a claim: say where its copy goes, with --out")
    terms = Terms(today=day(as_of), profiles=chosen(payers) if payers is not None else None)
    with open_ledger(ledger) as book:
        rows = follow(book, terms, _ids(book, claim_ids), out=out, wishes=wishes)
        if rows and out is None:  # what is made is written down when it is
            with book.writing(terms.today) as writer:
                writer.looked_at("followup", *dict.fromkeys(one.claim for one in rows))
    if as_json:
        click.echo(json.dumps({"claims": [_row(one) for one in rows], "summary": _summary(rows)}, indent=1))
    elif not quiet:
        for one in rows:
            if everything or claim_ids or one.state != "waits":
                click.echo(_text(one) + "\n")
        said = ", ".join(f"{count} {state}" for state, count in sorted(_summary(rows).items()))
        click.echo(f"{len(rows)} claim{'' if len(rows) == 1 else 's'} to follow: {said or 'none'}")
    return 1 if any(one.state == "open" for one in rows) else 0


def _ids(book: Ledger, claim_ids: tuple[str, ...]) -> list[int] | None:
    if not claim_ids:
        return None
    with book.reading() as connection:
        found = [one for claim_id in claim_ids for one in claims_named(connection, "followup", claim_id)]
    return list(dict.fromkeys(found))


def _summary(rows: list[Followed]) -> dict[str, int]:
    return dict(sorted(Counter(one.state for one in rows).items()))


def _row(one: Followed) -> dict[str, Any]:
    last = one.last
    return {
        "claim": one.claim,
        "payer_id": one.payer_id,
        "decision": {"action": one.action, "reason": one.reason},
        "do": one.does,
        "state": one.state,
        "disposition": one.triage.disposition,
        "action": one.triage.action,
        "next_payer": one.triage.next_payer,
        "at_stake": dollars(one.triage.at_stake),
        "found": [found_row(found) for found in one.triage.found],
        "deadline": last.day.isoformat() if last else None,
        "deadline_rule": last.rule if last else None,
        "deadline_source": last.source if last else None,
        "deadline_counted": last.counted if last else None,
        "changes": [
            {"element": element, "why": why, "source": source} for element, why, source in one.changes
        ],
        "made": [_made_row(made) for made in one.made],
        "findings": [finding_row(finding) for finding in one.findings],
    }


def _made_row(one: Made) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "day": one.day.isoformat(),
        "new": one.new,
        "files": list(one.files),
        "submission": one.submission,
        "frequency": one.frequency or None,
        "level": one.level or None,
        "enclosed": [{"file": file, "title": title} for file, title in one.enclosed],
        "look_again": one.look_again.isoformat() if one.look_again else None,
    }


def _text(one: Followed) -> str:
    head = f"claim {one.claim}, payer {one.payer_id}: {one.triage.disposition.replace('_', ' ')}"
    lines = [
        click.style(head, bold=True) + f"  ({one.action.replace('_', ' ')}, {one.reason})",
        (
            f"  do first    {one.does.replace('_', ' ')} [{one.state}]; the next payer may be billed:"
            f" {one.triage.next_payer}; at stake {dollars(one.triage.at_stake)}"
        ),
    ]
    if one.last is not None:
        lines.append(f"  last day    {one.last.day}: {one.last.counted} ({one.last.source})")
    for found in {found.code: found for found in reversed(one.triage.found)}.values():
        category = found.rule.category if found.rule is not None else "unknown"
        lines.append(f"  {found.code:<12}{category}: {found.says}")
        if found.rule is not None and found.rule.change:
            lines.append(f"{'':14}change: {found.rule.change}")
        if found.rule is not None and found.rule.document:
            lines.append(f"{'':14}enclose: {found.rule.document}")
    lines += [f"  change      {element}: {why}" for element, why, _ in one.changes]
    lines += [f"  {finding.id}: {finding.message}" for finding in one.findings]
    for made in one.made:
        when = "made" if made.new else f"made on {made.day}"
        what = (
            f", frequency {made.frequency}"
            if made.frequency
            else f", level {made.level}"
            if made.level
            else ""
        )
        again = f"; look again on {made.look_again}" if made.look_again else ""
        lines.append(
            f"  {when:<11} {made.kind}{what}{': ' if made.files else ''}{', '.join(made.files)}{again}"
        )
        lines += [f"  {'enclosed':<12}{title}: {file}" for file, title in made.enclosed]
    return "\n".join(lines)

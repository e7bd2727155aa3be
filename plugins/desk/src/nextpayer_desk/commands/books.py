"""``nextpayer init``, ``show``, and ``status``."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Select, func, select

from nextpayer_desk import schema
from nextpayer_desk.accounts import claims_named
from nextpayer_desk.books import verify
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.numbering import begin_above
from nextpayer_desk.receivers import read_receivers
from nextpayer_desk.talks import talks_of
from nextpayer_desk.worklist import worklist as items_of

from .options import as_of_option, day, dollars, ledger_option, output_options
from .talking import talk_line, talk_row

__all__ = ["init", "show", "status"]


@click.command()
@click.option(
    "--receivers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="RECEIVERS.toml: control numbers begin above each first_control_number.",
)
@click.option(
    "--encrypt",
    is_flag=True,
    help="Encipher what is of patients, with the key of NEXTPAYER_LEDGER_KEY; of a new ledger only.",
)
@ledger_option
@output_options
def init(receivers: Path | None, encrypt: bool, ledger: str, as_json: bool, quiet: bool) -> int:
    """Make the ledger, or bring an older one to this version. Does nothing to one that is up to date."""
    to = read_receivers(receivers) if receivers is not None else ()
    with open_ledger(ledger, create=True, encrypt=encrypt) as book:
        if to:
            with book.writing(day(None)) as writer:
                begin_above(writer, to)
    if as_json:
        click.echo(json.dumps({"ledger": "ready"}))
    elif not quiet:
        click.echo("the ledger is ready; next: nextpayer intake")
    return 0


@click.command()
@click.argument("claim_id")
@ledger_option
@as_of_option
@output_options
def show(claim_id: str, ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool) -> int:
    """Everything about one claim: CLAIM_ID is its patient control number, or its number in the ledger.

    Who looked at which claim is written down in the ledger.
    """
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        found = _claims(writer.connection, claim_id)
        for one in found:
            writer.looked_at("show", one["claim"])
    if as_json:
        for one in found:
            one["log"] = [talk_row(talk) for talk in one.pop("talks")]
        click.echo(json.dumps({"claims": found}, indent=1, default=str))
    elif not quiet:
        for one in found:
            for line in _claim_lines(one):
                click.echo(line)
    return 0


def _claims(connection: Connection, claim_id: str) -> list[dict[str, Any]]:
    return [_claim(connection, one) for one in claims_named(connection, "show", claim_id)]


def _claim(connection: Connection, at: int) -> dict[str, Any]:
    claims, payments, remittances = schema.claims, schema.payments, schema.remittances
    decisions, inside, files = schema.decisions, schema.submission_claims, schema.submissions
    claim = connection.execute(select(claims).where(claims.c.id == at)).mappings().one()
    answers = connection.execute(
        select(payments, remittances.c.payer_name, remittances.c.trace, schema.files.c.name.label("file"))
        .join(remittances, remittances.c.id == payments.c.remittance_id)
        .join(schema.files, schema.files.c.id == payments.c.file_id)
        .where(payments.c.claim_id == at)
        .order_by(payments.c.id)
    ).mappings()
    decision = connection.execute(
        select(decisions.c.as_of, decisions.c.row).where(decisions.c.claim_id == at, decisions.c.current)
    ).first()
    sent = connection.execute(
        select(
            files.c.id,
            files.c.name,
            files.c.receiver,
            files.c.state,
            files.c.sent_on,
            files.c.syntax,
            files.c.syntax_on,
            inside.c.state.label("claim_state"),
            inside.c.state_on,
            inside.c.accepted_on,
            inside.c.says,
            inside.c.said_by,
            inside.c.control_number,
        )
        .join(inside, inside.c.submission_id == files.c.id)
        .where(inside.c.claim_id == at)
        .order_by(files.c.made)
    ).mappings()
    words = schema.acknowledgments
    acknowledged = connection.execute(
        select(
            words.c.kind,
            words.c.level,
            words.c.state,
            words.c.says,
            words.c.said_on,
            words.c.taken_on,
            words.c.submission_id.label("submission"),
            schema.files.c.name.label("file"),
            schema.files.c.sha256,
            words.c.segment,
        )
        .join(schema.files, schema.files.c.id == words.c.file_id)
        .where(
            (words.c.claim_id == at)
            | (
                words.c.claim_id.is_(None)
                & words.c.submission_id.in_(select(inside.c.submission_id).where(inside.c.claim_id == at))
            )
        )
        .order_by(words.c.id)
    ).mappings()
    journal = schema.journal
    history = connection.execute(
        select(journal.c.at, journal.c.as_of, journal.c.who, journal.c.event, journal.c.why)
        .where(journal.c.claim_id == at)
        .order_by(journal.c.id)
    ).mappings()
    return {
        "claim": at,
        "claim_id": claim["patient_control_number"],
        "charge": dollars(claim["charge"]),
        "balances": {"paid": dollars(claim["paid"])}
        | {group: dollars(claim[group.lower()]) for group in schema.GROUPS},
        "due": claim["due"],
        "payments": [
            {
                "payment": one["id"],
                "payer": one["payer_name"],
                "trace": one["trace"],
                "status": one["status"],
                "paid": dollars(one["paid"]),
                "adjusted": {
                    group: dollars(one[group.lower()]) for group in schema.GROUPS if one[group.lower()]
                },
                "matched_by": one["matched_by"],
                "file": one["file"],
                "segment": one["segment"],
            }
            for one in answers
        ],
        "decision": {"as_of": decision.as_of, **json.loads(decision.row)} if decision is not None else None,
        "submissions": [dict(one) for one in sent],
        "acknowledgments": [dict(one) for one in acknowledged],
        "talks": talks_of(connection, at),
        "history": [dict(one) for one in history],
    }


def _claim_lines(one: dict[str, Any]) -> list[str]:
    lines = [click.style(f"claim {one['claim']} ({one['claim_id']}), billed {one['charge']}", bold=True)]
    for payment in one["payments"]:
        adjusted = ", ".join(f"{group} {amount}" for group, amount in payment["adjusted"].items())
        lines.append(
            f"  {payment['payer']} {payment['trace']}: paid {payment['paid']}"
            + (f", {adjusted}" if adjusted else "")
            + f"  [{payment['file']} segment {payment['segment']}]"
        )
    if one["decision"] is not None:
        decision = one["decision"]
        payer = decision["next_payer"]
        lines.append(
            f"  decided {decision['as_of']}: {decision['action'].replace('_', ' ')}"
            + (f" {payer['name']}" if payer else "")
            + f" ({decision['reason']})"
        )
        lines += [f"    {finding['id']}: {finding['message']}" for finding in decision["findings"]]
    if one["due"]:
        lines.append("  something came in since: nextpayer work")
    for sent in one["submissions"]:
        to = f" to {sent['receiver']}" if sent["receiver"] else ""
        lines.append(f"  {sent['name']}{to}: {sent['state'].replace('_', ' ')}{_standing(sent)}")
    for word in one["acknowledgments"]:
        said = f" of {word['said_on']}" if word["said_on"] else ""
        lines.append(
            f"  {word['kind']}{said}: {word['says']}"
            + (f" ({word['state'].replace('_', ' ')})" if word["state"] else "")
            + f"  [{word['file']} segment {word['segment']}, taken in {word['taken_on']}]"
        )
    lines += [f"  {talk_line(talk)}" for talk in one["talks"]]
    lines += [
        f"  {entry['at']}  {entry['who']}  {entry['event']}" + (f": {entry['why']}" if entry["why"] else "")
        for entry in one["history"]
    ]
    return lines


def _standing(sent: dict[str, Any]) -> str:
    """When a file went, and how the claim in it stands with its payer."""
    parts = [f"sent {sent['sent_on']}"] if sent["sent_on"] else []
    if sent["syntax"]:
        parts.append(f"syntax {sent['syntax']} {sent['syntax_on']}")
    if sent["claim_state"]:
        parts.append(f"{sent['claim_state'].replace('_', ' ')} {sent['state_on']} ({sent['says']})")
    if sent["control_number"]:
        parts.append(f"the payer's number is {sent['control_number']}")
    return "".join(f", {part}" for part in parts)


@click.command()
@click.option("--verify", "check", is_flag=True, help="Recompute all balances from the journal.")
@ledger_option
@as_of_option
@output_options
def status(check: bool, ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool) -> int:
    """How the desk stands. With --verify, exit status 1 when the books do not balance."""
    with open_ledger(ledger) as book, book.reading() as connection:
        found = _status(connection, day(as_of))
        wrong = verify(connection) if check else []
    if check:
        found["verified"], found["wrong"] = not wrong, wrong
    if as_json:
        click.echo(json.dumps(found, indent=1))
    elif not quiet:
        for line in _status_lines(found, wrong):
            click.echo(line)
    return 1 if wrong else 0


def _status(connection: Connection, today: dt.date) -> dict[str, Any]:
    claims, payments, files = schema.claims, schema.payments, schema.submissions
    decisions = schema.decisions
    total = connection.execute(
        select(func.count(), func.sum(claims.c.charge), func.sum(claims.c.paid)).select_from(claims)
    ).one()
    waiting = connection.scalar(
        select(func.count()).select_from(claims).where(claims.c.due, claims.c.answers > 0)
    )
    unmatched = connection.scalar(
        select(func.count()).select_from(payments).where(payments.c.matched_by.in_(("", "nobody")))
    )
    by_action = select(decisions.c.action, func.count()).where(decisions.c.current)
    inside = schema.submission_claims
    by_word = select(inside.c.state, func.count()).where(inside.c.state != "").group_by(inside.c.state)
    by_state = select(files.c.state, func.count()).group_by(files.c.state)
    return {
        "claims": total[0],
        "billed": dollars(int(total[1] or 0)),
        "paid": dollars(int(total[2] or 0)),
        "answers": connection.scalar(select(func.count()).select_from(payments)),
        "unmatched": unmatched,
        "due": waiting,
        "decisions": _counts(connection, by_action.group_by(decisions.c.action)),
        "files": _counts(connection, by_state),
        "sent_claims": _counts(connection, by_word),
        "waiting_for_a_person": len(items_of(connection, today)),
    }


def _counts(connection: Connection, rows: Select[Any]) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in connection.execute(rows)}


def _status_lines(found: dict[str, Any], wrong: list[str]) -> list[str]:
    lines = [
        f"{found['claims']:,} claims, billed {found['billed']}, paid {found['paid']}",
        f"{found['answers']:,} answers, {found['unmatched']:,} unmatched",
    ]
    if found["due"]:
        lines.append(f"{found['due']:,} due: nextpayer work")
    lines += [
        f"  {count:>8,}  {action.replace('_', ' ')}" for action, count in sorted(found["decisions"].items())
    ]
    lines += [
        f"  {count:>8,}  files {state.replace('_', ' ')}" for state, count in sorted(found["files"].items())
    ]
    lines += [
        f"  {count:>8,}  sent claims {state.replace('_', ' ')}"
        for state, count in sorted(found["sent_claims"].items())
    ]
    lines.append(f"{found['waiting_for_a_person']:,} things wait for a person: nextpayer worklist")
    if "verified" in found:
        lines.append("the books balance" if not wrong else "THE BOOKS DO NOT BALANCE")
        lines += [f"  {one}" for one in wrong[:20]]
    return lines

"""Telling patients: a statement for each claim whose payers are all done, once.

What it says, and what may not be asked for, is the core's ``statement``; how it looks is the document
maker's, and without one it is plain text. A statement with the same amounts is not made a second time unless
somebody asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars
from nextpayer.ports import LetterMaker
from nextpayer.reasons import Action
from nextpayer.statement import Part, Statement, statement_of

from . import schema
from .accounts import Held, reason_of
from .followup import letter_maker
from .ledger import Entry, Ledger, Writer
from .nouns import content_key
from .office import Office
from .posting import cents
from .work import Terms

__all__ = ["Told", "statement_text", "tell"]

BATCH = 100
_DONE = frozenset({Action.BILL_PATIENT, Action.CLOSED, Action.WRITE_OFF})


@dataclass(slots=True, kw_only=True)
class Told:
    """One claim's statement: its file where it was made now, and when it was made. ``statement`` is None
    where there must be none, for the reason of the findings."""

    claim: int
    statement: Statement | None
    file: str | None
    made: dt.date | None
    findings: tuple[Finding, ...]


def tell(
    ledger: Ledger,
    terms: Terms,
    out: Path,
    ids: Sequence[int] | None = None,
    *,
    checked: bool = False,
    again: bool = False,
    progress: Callable[[int], None] = lambda count: None,
) -> list[Told]:
    """The statements of these claims, or of all that the patient is to be billed for and was not told of."""
    with ledger.reading() as connection:
        chosen = _to_tell(connection) if ids is None else list(ids)
    maker, found = letter_maker(), list[Told]()
    for start in range(0, len(chosen), BATCH):
        part = chosen[start : start + BATCH]
        with ledger.writing(terms.today) as writer:
            office = Office(writer.connection, part, terms)
            reasons = _reasons(writer.connection, part)
            for one in sorted(office.accounts.held, key=lambda one: one.id):
                told = _tell(writer, office, one, reasons.get(one.id), maker, out, checked, again)
                if ids is not None or told.file is not None or told.statement is None:
                    found.append(told)
        progress(len(found))
    return found


def _to_tell(connection: Connection) -> list[int]:
    table = schema.decisions
    return list(
        connection.scalars(
            select(table.c.claim_id)
            .where(table.c.current, table.c.action == str(Action.BILL_PATIENT))
            .order_by(table.c.claim_id)
        )
    )


def _reasons(connection: Connection, ids: list[int]) -> dict[int, tuple[str, str]]:
    table = schema.decisions
    rows = connection.execute(
        select(table.c.claim_id, table.c.action, table.c.reason).where(
            table.c.claim_id.in_(ids), table.c.current
        )
    )
    return {row.claim_id: (row.action, row.reason) for row in rows}


def _tell(
    writer: Writer,
    office: Office,
    one: Held,
    decided: tuple[str, str] | None,
    maker: LetterMaker | None,
    out: Path,
    checked: bool,
    again: bool,
) -> Told:
    refused = _refused(one, decided)
    if refused is None:
        outcome = office.outcome(one)
        made = statement_of(
            outcome.account, outcome.decision, office.denials, office.job.today, checked=checked
        )
        refused = made if isinstance(made, Finding) else None
    if refused is not None:
        return Told(claim=one.id, statement=None, file=None, made=None, findings=(refused,))
    assert isinstance(made, Statement)  # noqa: S101 - a finding was told above
    key = content_key(*(f"{row.part} {row.label} {row.amount}" for row in made.rows), dollars(made.due))
    table = schema.followups
    before = writer.connection.scalar(
        select(table.c.made)
        .where(table.c.claim_id == one.id, table.c.kind == "statement", table.c.key == key)
        .order_by(table.c.id.desc())
        .limit(1)
    )
    if before is not None and not again:
        return Told(claim=one.id, statement=made, file=None, made=before, findings=made.findings)
    suffix = "pdf" if maker is not None else "txt"
    data = maker.statement(made) if maker is not None else statement_text(made).encode()
    name = f"claim-{one.id:06d}-statement.{suffix}"
    out.mkdir(parents=True, exist_ok=True)
    part = out / f"{name}.part"
    part.write_bytes(data)
    part.replace(out / name)
    _keep(writer, one, made, key)
    return Told(claim=one.id, statement=made, file=name, made=office.job.today, findings=made.findings)


def _refused(one: Held, decided: tuple[str, str] | None) -> Finding | None:
    """Why the claim is not ripe: nobody has decided it, or a payer is not done."""
    if not one.payments or decided is None:
        message = "no payer's answer to this claim has been decided yet: nextpayer work"
    elif Action(decided[0]) not in _DONE:
        message = f"its payers are not done ({decided[0].replace('_', ' ')}, {decided[1]})"
    else:
        return None
    return Finding(
        id="NP-STATEMENT-NOT-READY",
        severity=Severity.REJECT,
        where="statement",
        message=message,
        source="the desk",
    )


def _keep(writer: Writer, one: Held, made: Statement, key: str) -> None:
    table = schema.followups
    row = {
        "id": writer.new_id(table),
        "claim_id": one.id,
        "payment_id": max(one.numbers),
        "payer_id": "",
        "kind": "statement",
        "key": key,
        "answers": len(one.payments),
        "decided": reason_of(writer.connection, one.id),
        "level": 0,
        "made": writer.as_of,
        "look_again": writer.as_of if made.findings else None,  # somebody must look before it is done
        "expected": cents(made.due),
    }
    writer.add(table, [row])
    writer.note(Entry(event="statement-made", claim=one.id, data={"due": cents(made.due)}))
    writer.looked_at("statement", one.id)


_TITLES = {
    Part.PAID: "What your plans paid",
    Part.REDUCED: "What was taken off",
    Part.WORKING: "Not settled yet",
    Part.WAITING: "Not settled yet",
    Part.NOT_YOURS: "What you do not owe",
    Part.CHECKING: "What we hold back",
    Part.YOURS: "Your share",
}


def statement_text(made: Statement) -> str:
    """The statement as plain text: every dollar with its reason."""
    who, provider = made.patient, made.provider
    served = (
        f"{made.service_from}"
        if made.service_from == made.service_to
        else f"{made.service_from} to {made.service_to}"
    )
    lines = [
        " ".join(part for part in (provider.first, provider.last) if part),
        f"Statement of {made.day}",
        " ".join(part for part in (who.first, who.middle, who.last) if part),
        f"Account {made.claim_id}, date of service {served}",
        "",
        f"Amount due: {dollars(made.due)}",
        made.message,
        "",
        f"{dollars(made.charge):>12}  charged",
    ]
    shown = ""
    for part, title in _TITLES.items():
        rows = [row for row in made.rows if row.part is part]
        if rows and title != shown:
            lines.append(title)
            shown = title
        lines += [f"{dollars(row.amount):>12}  {row.label} ({row.source})" for row in rows]
    for amount, label in (
        (made.paid_by_patient, "you have paid"),
        (made.credit, "paid beyond the charge; we settle it with the plans"),
        (made.refund, "we owe you"),
    ):
        if amount:
            lines.append(f"{dollars(amount):>12}  {label}")
    return "\n".join([*lines, f"{dollars(made.due):>12}  amount due", ""])

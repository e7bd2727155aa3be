"""What was said about a claim, by which channel, to whom, under which number; and what was to come of it.

The words may be a patient's data, so they are in a table of their own that is only added to: the journal says
that something was written down, and not what. The latest entry says what is next; it is past when something
new has come in about the claim since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from nextpayer.errors import UnusableInput

from . import schema
from .ledger import Entry, Writer
from .office_rules import OfficeRules
from .standing import standings

__all__ = ["ESCALATION", "KINDS", "Talk", "account_of", "latest_steps", "one_claim", "record", "talks_of"]

#: The channels. ``note`` is a word to oneself and goes to nobody.
KINDS = ("call", "letter", "portal", "fax", "email", "note")
ESCALATION = "escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One entry. ``on`` is the day of the talk, ``step`` the step of an escalation that it was."""

    claim: int
    kind: str
    on: dt.date
    whom: str = ""
    reference: str = ""
    says: str = ""
    step: str = ""
    next_action: str = ""
    next_on: dt.date | None = None
    who: str = ""
    at: str = ""
    seen: str = ""


def record(writer: Writer, talk: Talk, office: OfficeRules) -> None:
    """Write an entry down. Raises UnusableInput."""
    if bool(talk.next_action) != (talk.next_on is not None):
        raise UnusableInput("--next", "", "what is next and its day go together: --next ACTION --by DATE")
    if talk.next_on is not None and talk.next_on < writer.as_of:
        raise UnusableInput("--by", "", "the day of what is next has passed")
    if talk.on > writer.as_of:
        raise UnusableInput("--on", "", "the day of the talk has not come")
    (standing,) = standings(writer.connection, writer.as_of, office, (talk.claim,))
    table = schema.communications
    number = writer.new_id(table)
    writer.add(
        table,
        [
            {
                "id": number,
                "claim_id": talk.claim,
                **writer.signed(),
                "kind": talk.kind,
                "held_on": talk.on,
                "whom": talk.whom,
                "reference": talk.reference,
                "says": talk.says,
                "step": talk.step,
                "next_action": talk.next_action,
                "next_on": talk.next_on,
                "seen": standing.seen,
            }
        ],
    )
    told: dict[str, str | int] = {"communication": number, "kind": talk.kind}
    if talk.step:
        told["step"] = talk.step
    if talk.next_on is not None:
        told["by"] = talk.next_on.isoformat()
    writer.note(Entry(event="logged", why=talk.step or talk.kind, claim=talk.claim, data=told))


def talks_of(connection: Connection, claim: int) -> list[Talk]:
    """Every entry about a claim, in the order of writing."""
    table = schema.communications
    return _read(connection, select(table).where(table.c.claim_id == claim).order_by(table.c.id))


def latest_steps(connection: Connection) -> dict[int, Talk]:
    """The latest entry about each claim, where it says what is next. A note that says nothing of it leaves
    the one before as it is."""
    table = schema.communications
    found: dict[int, Talk] = {}
    for one in _read(connection, select(table).order_by(table.c.id)):
        if one.next_action:
            found[one.claim] = one
        elif one.kind != "note":
            found.pop(one.claim, None)
    return found


def _read(connection: Connection, rows: schema.Record) -> list[Talk]:
    return [
        Talk(
            claim=row.claim_id, kind=row.kind, on=row.held_on, whom=row.whom, reference=row.reference,
            says=row.says, step=row.step, next_action=row.next_action, next_on=row.next_on, who=row.who,
            at=row.at, seen=row.seen,
        )
        for row in connection.execute(rows)
    ]  # fmt: skip


def one_claim(connection: Connection, command: str, named: str) -> int:
    """The one claim of a patient control number, or of a number in the ledger. Raises UnusableInput."""
    table = schema.claims
    ids: Iterable[int] = connection.scalars(
        select(table.c.id).where(table.c.patient_control_number == named).order_by(table.c.id)
    )
    found = list(ids)
    if not found and named.isascii() and named.isdigit() and len(named) < 16:
        found = list(connection.scalars(select(table.c.id).where(table.c.id == int(named))))
    if not found:
        raise UnusableInput(command, "", "the ledger has no claim with this number")
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        raise UnusableInput(command, "", f"several claims have this number; name one of {numbers}")
    return found[0]


def account_of(connection: Connection, claim: int) -> str:
    """The office's own number of a claim: its patient control number."""
    table = schema.claims
    return str(connection.scalar(select(table.c.patient_control_number).where(table.c.id == claim)))

"""What people said about things to do: whose they are, until when they are put off, that they are done.

Each is an entry of the journal; the latest of its kind counts. An owner stays with a thing. A thing that was
put off or closed comes back by itself as soon as something new came in about it (``seen``), so nobody can
close what nobody has seen yet.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from . import schema
from .ledger import Entry, Writer

if TYPE_CHECKING:
    from .worklist import Item

__all__ = ["EVENTS", "Marks", "assign", "close", "marks_of", "reopen", "snooze"]

_ASSIGNED, _SNOOZED, _CLOSED, _REOPENED = "item-assigned", "item-snoozed", "item-closed", "item-reopened"
EVENTS = (_ASSIGNED, _SNOOZED, _CLOSED, _REOPENED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something said about a thing as it then was."""

    seen: str
    reason: str
    why: str
    until: dt.date | None = None


@dataclass(slots=True, kw_only=True)
class Marks:
    """The latest of each kind, by the id of the thing."""

    owners: dict[str, str] = field(default_factory=dict)
    snoozed: dict[str, Said] = field(default_factory=dict)
    closed: dict[str, Said] = field(default_factory=dict)

    def is_closed(self, id: str, seen: str) -> bool:
        """Whether somebody closed it, and nothing new came in since."""
        said = self.closed.get(id)
        return said is not None and said.seen == seen

    def put_off(self, id: str, seen: str, today: dt.date) -> Said | None:
        """What put it off, if it still is."""
        said = self.snoozed.get(id)
        if said is None or said.seen != seen or said.until is None or said.until <= today:
            return None
        return said


def marks_of(connection: Connection) -> Marks:
    """Everything that people said, read from the journal in its order."""
    journal = schema.journal
    found = Marks()
    rows = select(journal.c.event, journal.c.why, journal.c.data).where(journal.c.event.in_(EVENTS))
    for event, why, text in connection.execute(rows.order_by(journal.c.id)):
        data = json.loads(text)
        id = data["item"]
        if event == _ASSIGNED:
            found.owners[id] = data["to"]
        elif event == _SNOOZED:
            until = dt.date.fromisoformat(data["until"])
            found.snoozed[id] = Said(seen=data["seen"], reason=data["reason"], why=why, until=until)
        elif event == _CLOSED:
            found.closed[id] = Said(seen=data["seen"], reason=data["reason"], why=why)
        else:
            found.snoozed.pop(id, None)
            found.closed.pop(id, None)
    return found


def assign(writer: Writer, items: Iterable[Item], to: str) -> None:
    """Give things to somebody."""
    writer.note(*[_entry(_ASSIGNED, one, f"to {to}", to=to) for one in items])


def snooze(writer: Writer, items: Iterable[Item], until: dt.date, reason: str, why: str) -> None:
    """Put things off."""
    says = _text(f"until {until}, {reason}", why)
    writer.note(
        *[_entry(_SNOOZED, one, says, until=until.isoformat(), reason=reason, seen=one.seen) for one in items]
    )


def close(writer: Writer, items: Iterable[Item], reason: str, why: str) -> None:
    """Close things; the money that they were about is told."""
    writer.note(
        *[
            _entry(_CLOSED, one, _text(reason, why), reason=reason, seen=one.seen, stake=one.stake)
            for one in items
        ]
    )


def reopen(writer: Writer, id: str, why: str, claim: int | None = None) -> None:
    """Take back that a thing was put off or closed."""
    writer.note(Entry(event=_REOPENED, why=why, claim=claim, data={"item": id}))


def _entry(event: str, item: Item, why: str, **data: str | int) -> Entry:
    return Entry(
        event=event,
        why=why,
        claim=item.claim,
        payment=item.payment,
        submission=item.submission,
        data={"item": item.id, **data},
    )


def _text(*parts: str) -> str:
    return ": ".join(part for part in parts if part)

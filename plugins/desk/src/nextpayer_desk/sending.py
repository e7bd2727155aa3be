"""Sending what ``work`` made: an outbox in the ledger, so that a file arrives once in effect.

::

    ready -> sending -> accepted
                     -> rejected        a person mends it; nextpayer settle ID again
                     -> ready           certainly not taken, may be sent again
                     -> in_doubt        it may or may not have arrived

The file is marked ``sending`` by one process, in a transaction of its own, before the first byte leaves;
its id, name and control numbers were stored when it was made. A file whose process died is in doubt,
because nobody knows how far it came. Doubt is settled by the receiver where it can be asked, or by sending
the same id again where it keeps one of several; where it can do neither, by a person. "It is not there" is
believed only when the doubt is older than the receiver needs to show a file (``settle``).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from nextpayer.errors import NextpayerError, UnusableInput
from nextpayer.ports import Accepted, InDoubt, ListingTransport, Outcome, Rejected, Submission, Transport

from . import schema
from .ledger import Entry, Ledger, Writer
from .numbering import begin_above, too_low
from .receivers import Receiver
from .schema import Record

__all__ = ["VERDICTS", "Sent", "arrived", "settle", "submit"]

#: What a person may say of a file: it is there; it is not, send it again; make its claims anew.
VERDICTS = ("arrived", "lost", "again")
#: Seconds after which a process on another machine is taken for dead.
_LEASE = 3600.0
_TOO_LOW = "its control number is below the receiver's first_control_number"


@dataclass(slots=True, kw_only=True)
class Sent:
    """What a run of ``submit`` came to: rows of file and state, and what could not be sent at all,
    each with a code and a reason."""

    files: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, str]] = field(default_factory=list)


class _Desk:
    """One run: the ledger, the receivers and their open transports."""

    def __init__(
        self, ledger: Ledger, receivers: Sequence[Receiver], as_of: dt.date, clock: Callable[[], float]
    ) -> None:
        self.ledger, self.as_of, self.clock = ledger, as_of, clock
        self.receivers = {one.name: one for one in receivers}
        self.me = _owner()
        self.tried: set[str] = set()
        self.sent = Sent()
        self._open: dict[tuple[str, str], Transport] = {}

    def waits(self, row: Record, code: str, reason: str) -> None:
        """Tell of a file that was not tried."""
        told = {"submission": row.id, "name": row.name, "code": code, "reason": reason}
        self.sent.waiting.append(told)

    def transport(self, receiver: Receiver, row: Record) -> Transport:
        """The receiver's transport with what the file's payer says of it, made once."""
        key = (receiver.name, row.transport_settings)
        found = self._open.get(key)
        if found is None:
            found = self._open[key] = receiver.connect(json.loads(row.transport_settings or "{}"))
        return found

    def receiver_for(self, row: Record) -> Receiver | None:
        """Where a file goes: where it was begun to be sent to, else the first that takes it."""
        if row.receiver:
            return self.receivers.get(row.receiver)
        return next(
            (one for one in self.receivers.values() if one.takes(row.payer_id, row.kind, row.transport)), None
        )


def submit(
    ledger: Ledger,
    receivers: Sequence[Receiver],
    as_of: dt.date,
    clock: Callable[[], float] = time.time,
    progress: Callable[[int], None] = lambda count: None,
) -> Sent:
    """Settle what is in doubt, then send what is ready. Safe to run twice at once."""
    desk = _Desk(ledger, receivers, as_of, clock)
    with ledger.writing(as_of) as writer:
        begin_above(writer, receivers)
    _resume(desk)
    while (row := _claim(desk)) is not None:
        receiver = desk.receivers[row.receiver]
        outcome = _send(desk, receiver, row)
        _record(desk, row, outcome)
        if isinstance(outcome, InDoubt):
            _settle_doubt(desk, receiver, _row(desk, row.id))
        progress(len(desk.tried))
    for id in sorted(desk.tried):
        _tell(desk, id)
    return desk.sent


def settle(writer: Writer, id: str, verdict: str, why: str) -> None:
    """What a person knows of a file. Raises UnusableInput."""
    table = schema.submissions
    row = writer.connection.execute(select(table.c.state).where(table.c.id == id)).first()
    if row is None:
        raise UnusableInput(id, "", "there is no such submission")
    states = {"arrived": ("in_doubt",), "lost": ("in_doubt",), "again": ("rejected",)}[verdict]
    if row.state not in states:
        raise UnusableInput(id, "", f"it is {row.state}; {verdict} is said of one that is {states[0]}")
    if verdict == "again":
        inside, claims = schema.submission_claims, schema.claims
        theirs = select(inside.c.claim_id).where(inside.c.submission_id == id)
        writer.connection.execute(update(claims).where(claims.c.id.in_(theirs)).values(due=True))
    else:
        state = "accepted" if verdict == "arrived" else "ready"
        values: dict[str, Any] = {"state": state, "owner": "", "doubt_since": None, "reason": ""}
        if state == "accepted":
            values["sent_on"] = writer.as_of
        writer.connection.execute(update(table).where(table.c.id == id).values(**values))
    writer.note(Entry(event=f"settled-{verdict}", why=why, submission=id))


def arrived(writer: Writer, id: str, why: str) -> None:
    """Its receiver has spoken of a file, so it is there, whatever doubt there was."""
    row = writer.connection.execute(
        select(schema.submissions.c.state, schema.submissions.c.sent_on).where(schema.submissions.c.id == id)
    ).one()
    if row.state != "accepted":
        _set(writer, id, "accepted", why, sent_on=row.sent_on or writer.as_of)


def _resume(desk: _Desk) -> None:
    """Files that a dead process left, and those in doubt."""
    table = schema.submissions
    with desk.ledger.writing(desk.as_of) as writer:
        for row in writer.connection.execute(
            select(table.c.id, table.c.owner, table.c.doubt_since).where(table.c.state == "sending")
        ).all():
            if not _alive(row.owner, desk.clock() - (row.doubt_since or 0)):
                _set(writer, row.id, "in_doubt", "the desk ended while it sent", doubt_since=desk.clock())
    with desk.ledger.reading() as connection:
        doubts = list(connection.scalars(select(table.c.id).where(table.c.state == "in_doubt")))
    for id in doubts:
        row = _row(desk, id)
        receiver = desk.receivers.get(row.receiver)
        if receiver is not None:
            _settle_doubt(desk, receiver, row)
        if _row(desk, id).state != "ready":
            desk.tried.add(id)


def _settle_doubt(desk: _Desk, receiver: Receiver, row: Record) -> None:
    """Ask the receiver, or have the same id sent again where it keeps one of several."""
    there: bool | None = None
    try:
        transport = desk.transport(receiver, row)
        if isinstance(transport, ListingTransport):
            there = transport.arrived(_submission(row))
        again = transport.deduplicates
    except Exception as error:  # noqa: BLE001 - a plugin's failure leaves the doubt as it is
        with desk.ledger.writing(desk.as_of) as writer:
            writer.note(Entry(event="asked", why=_why(error), submission=row.id))
        return
    old = desk.clock() - (row.doubt_since or desk.clock()) >= receiver.settle
    with desk.ledger.writing(desk.as_of) as writer:
        if _state(writer, row.id) != "in_doubt":
            return  # another process has settled it
        if there:
            _set(writer, row.id, "accepted", "the receiver has it", sent_on=desk.as_of)
        elif again:
            _set(writer, row.id, "ready", "the receiver keeps one of several with this id")
        elif there is False and old:
            _set(writer, row.id, "ready", "the receiver does not have it")


def _claim(desk: _Desk) -> Record | None:
    """Take one file that is ready, so that no other process does."""
    table = schema.submissions
    with desk.ledger.writing(desk.as_of) as writer:
        columns = (
            table.c.id, table.c.name, table.c.payer_id, table.c.kind, table.c.receiver, table.c.attempts,
            table.c.transport, table.c.transport_settings,
        )  # fmt: skip
        rows = select(*columns).where(table.c.state == "ready").order_by(table.c.made, table.c.name)
        for row in writer.connection.execute(rows).all():
            if row.id in desk.tried:
                continue
            desk.tried.add(row.id)
            receiver = desk.receiver_for(row)
            if receiver is None:
                desk.waits(row, "NP-NO-RECEIVER", _nobody(row))
                continue
            if _is_due(writer, row.id):
                desk.waits(row, "NP-DUE", "one of its claims is due again: nextpayer work")
                continue
            try:
                desk.transport(receiver, row)
            except NextpayerError as error:
                desk.waits(row, "NP-RECEIVER-UNUSABLE", str(error))
                continue
            if not row.attempts and too_low(writer, row.id, receiver):
                _set(writer, row.id, "rejected", _TOO_LOW, receiver=receiver.name)
                continue
            expects = receiver.expects(row.kind)
            _set(
                writer,
                row.id,
                "sending",
                "",
                syntax_days=expects.syntax,
                claims_days=expects.claims,
                answer_days=expects.answer,
                receiver=receiver.name,
                owner=desk.me,
                attempts=table.c.attempts + 1,
                doubt_since=desk.clock(),
            )
            return writer.connection.execute(select(table).where(table.c.id == row.id)).one()
    return None


def _nobody(row: Record) -> str:
    """Why a file has no receiver."""
    if row.receiver:
        return f"receiver {row.receiver} is not given"
    by = f" by {row.transport}, as its payer wants it" if row.transport else ""
    return f"no receiver takes it{by}"


def _send(desk: _Desk, receiver: Receiver, row: Record) -> Outcome:
    try:
        outcome: object = desk.transport(receiver, row).send(_submission(row))
    except Exception as error:  # noqa: BLE001 - a bug of the transport: how far it came is not known
        return InDoubt(reason=_why(error))
    if isinstance(outcome, Accepted | Rejected | InDoubt):
        return outcome
    return InDoubt(reason=f"transport {receiver.transport} gave no outcome")


def _record(desk: _Desk, row: Record, outcome: Outcome) -> None:
    with desk.ledger.writing(desk.as_of) as writer:
        if _state(writer, row.id, desk.me) != "sending":
            return  # this process was taken for dead and its doubt has been settled
        if isinstance(outcome, Accepted):
            _set(writer, row.id, "accepted", "", reference=outcome.reference, sent_on=desk.as_of)
        elif isinstance(outcome, InDoubt):
            _set(writer, row.id, "in_doubt", outcome.reason, doubt_since=desk.clock())
        else:
            _set(writer, row.id, "ready" if outcome.again else "rejected", outcome.reason)


def _set(writer: Writer, id: str, state: str, reason: str, **more: Any) -> None:
    """Change a file's state, with its entry in the journal."""
    table = schema.submissions
    values = {"state": state, "reason": reason, "doubt_since": None, **more}
    if state != "sending":
        values["owner"] = ""
    writer.connection.execute(update(table).where(table.c.id == id).values(**values))
    told = {"receiver": more["receiver"]} if "receiver" in more else {}
    writer.note(Entry(event=f"file-{state.replace('_', '-')}", why=reason, submission=id, data=told))


def _state(writer: Writer, id: str, owner: str = "") -> str:
    table = schema.submissions
    row = writer.connection.execute(select(table.c.state, table.c.owner).where(table.c.id == id)).one()
    return "" if owner and row.owner != owner else str(row.state)


def _is_due(writer: Writer, id: str) -> bool:
    inside, claims = schema.submission_claims, schema.claims
    due = select(claims.c.id).join(inside, inside.c.claim_id == claims.c.id)
    due = due.where(inside.c.submission_id == id, claims.c.due).limit(1)
    return writer.connection.scalar(due) is not None


def _row(desk: _Desk, id: str) -> Record:
    with desk.ledger.reading() as connection:
        return connection.execute(select(schema.submissions).where(schema.submissions.c.id == id)).one()


def _tell(desk: _Desk, id: str) -> None:
    row = _row(desk, id)
    if row.receiver:
        desk.sent.files.append(
            {
                "submission": id,
                "name": row.name,
                "receiver": row.receiver,
                "state": row.state,
                "claims": row.claims,
                "reference": row.reference,
                "reason": row.reason,
            }
        )


def _submission(row: Record) -> Submission:
    return Submission(id=row.id, name=row.name, kind=row.kind, data=bytes(row.data))


def _why(error: Exception) -> str:
    """An error without its text, which may hold a patient's data."""
    return f"the transport raised {type(error).__name__}"


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def _alive(owner: str, age: float) -> bool:
    """Whether the process that took a file still lives; one on another machine does for an hour."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname():
        return age < _LEASE
    return _started(int(rest)) == owner.rpartition(":")[2]


def _started(pid: int) -> str:
    """When a process started, which tells it from a later one with its number; '' when it is not there."""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[19]
        )
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "running"

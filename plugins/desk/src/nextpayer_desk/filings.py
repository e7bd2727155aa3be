"""The submission log of one claim: every file that it went out in, with the numbers around it and what became
of the file.

What is told is the office's own record, kept when it happened: the file's digest, who was to get it, each
attempt with its time, and the outcome, of which there are three (``nextpayer.ports``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from . import schema
from .frame import groups_of
from .reviewing import NOBODYS, TESTS
from .schema import Record

__all__ = ["Filing", "Step", "filings_of"]

#: Events of the journal that are about a file's way to its receiver.
_STEPS = (
    "file-made", "file-sending", "file-ready", "file-accepted", "file-rejected", "file-in-doubt", "asked",
    "settled-arrived", "settled-lost", "settled-again",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the journal about a file: when by the machine's clock (UTC), what, and why."""

    at: str
    event: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One file with the claim. ``outcome`` is the file's state, ``reference`` the receiver's own number for
    it; the control numbers are ISA13, GS06 and ST02, empty on paper. ``refused`` says that the claim in it
    was not taken in."""

    submission: str
    name: str
    kind: str
    sha256: str
    payer: str
    control_number: str
    made: str
    receiver: str
    sent_on: dt.date | None
    outcome: str
    reference: str
    reason: str
    refused: bool
    interchange: str = ""
    group: str = ""
    set: str = ""
    steps: tuple[Step, ...] = ()
    data: bytes = field(repr=False)


def filings_of(connection: Connection, claim: int, account: str) -> list[Filing]:
    """Every file with the claim that was not taken back before it was sent, the oldest first; none that waits
    for a person or went out as a test."""
    files, inside = schema.submissions, schema.submission_claims
    rows = (
        select(
            files, inside.c.payer_id.label("payer"), inside.c.control_number,
            inside.c.state.label("claim_state"),
        )
        .join(inside, inside.c.submission_id == files.c.id)
        .where(
            inside.c.claim_id == claim,
            inside.c.content != "",
            files.c.state.not_in(("withdrawn", *NOBODYS)),
            files.c.purpose.not_in(TESTS),
        )
        .order_by(files.c.made, files.c.id)
    )  # fmt: skip
    return [_filing(connection, row, account) for row in connection.execute(rows)]


def _filing(connection: Connection, row: Record, account: str) -> Filing:
    data = bytes(row.data)
    interchange, group, number = _numbers(data, account)
    return Filing(
        submission=row.id,
        name=row.name,
        kind=row.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        payer=row.payer,
        control_number=row.control_number,
        made=row.made,
        receiver=row.receiver,
        sent_on=row.sent_on,
        outcome=row.state,
        reference=row.reference,
        reason=row.reason,
        refused=row.claim_state == "refused",
        interchange=interchange,
        group=group,
        set=number,
        steps=_steps(connection, row.id),
        data=data,
    )


def _numbers(data: bytes, account: str) -> tuple[str, str, str]:
    """The control numbers around the claim: ISA13, GS06, ST02."""
    for group in groups_of(data):
        for one in group.sets:
            if account in one.claims:
                return group.interchange, group.number, one.number
    return "", "", ""


def _steps(connection: Connection, submission: str) -> tuple[Step, ...]:
    journal = schema.journal
    rows = (
        select(journal.c.at, journal.c.event, journal.c.why)
        .where(journal.c.submission_id == submission, journal.c.event.in_(_STEPS))
        .order_by(journal.c.id)
    )
    return tuple(Step(at=row.at, event=row.event, why=row.why) for row in connection.execute(rows))

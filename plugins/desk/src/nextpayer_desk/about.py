"""What an acknowledgment is about: a file that was sent, and perhaps a claim in it.

Files are known by control number, and only where sender, kind, day and sets are those of the file: a mailbox
also gets the answers to what other programs sent. Claims are known by the inquiry that they answer, by the
batch that the report names (BHT03 of our 837) and their number in it, or by their number alone where that
leaves no choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select

from nextpayer.acknowledgment import (
    Acknowledgment,
    ClaimState,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Level,
    StatusReport,
)

from . import schema
from .frame import Group, groups_of
from .ledger import Writer
from .posting import cents
from .schema import Record

__all__ = ["About", "Frames", "about"]

#: States of a file that may have left us.
_SENT = ("sending", "accepted", "in_doubt", "ready", "rejected")
#: Claims in files, as candidates.
_Rows: TypeAlias = list[Record]


@dataclass(frozen=True, slots=True)
class About:
    """A file, a group of it or a claim in it; or ``why`` there is none."""

    file: str | None = None
    claim: int | None = None
    group: Group | None = None
    why: str = ""


class Frames:
    """The frames of files that were sent, each read once."""

    def __init__(self) -> None:
        self._known: dict[str, list[Group]] = {}

    def of(self, writer: Writer, file: str) -> list[Group]:
        """The groups of a file."""
        if file not in self._known:
            table = schema.submissions
            data = writer.connection.scalars(select(table.c.data).where(table.c.id == file)).one()
            self._known[file] = groups_of(bytes(data))
        return self._known[file]


def about(writer: Writer, item: Acknowledgment, frames: Frames) -> About:
    """What it is about."""
    if isinstance(item, StatusReport):
        return _of_a_report(writer, item)
    file = _by_control_number(writer, item.control_number)
    if file is None:
        return About(why="nothing was sent under this control number")
    for group in frames.of(writer, file):
        if group.sent_by(item.receiver) and _answers(group, item):
            return About(file, group=group)
    return About(why="what was sent under this control number is another file")


def _answers(group: Group, item: InterchangeAcknowledgment | GroupAcknowledgment) -> bool:
    """A TA1 answers an interchange with its number, day and time; a 999 a group of its number and kind, to
    which every set that it names belongs."""
    if isinstance(item, InterchangeAcknowledgment):
        day = f"{item.date:%y%m%d}" if item.date is not None else group.date
        same_time = item.time in ("", group.time)
        return _same(group.interchange, item.control_number) and day == group.date and same_time
    sets = {one.number.lstrip("0") for one in group.sets}
    named = {one.control_number.lstrip("0") for one in item.sets}
    return _same(group.number, item.control_number) and group.functional == item.functional and named <= sets


def _same(ours: str, theirs: str) -> bool:
    return ours.lstrip("0") == theirs.lstrip("0")


def _by_control_number(writer: Writer, number: str) -> str | None:
    """The file that was sent with this control number."""
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        return None
    table, numbers = schema.submissions, schema.control_numbers
    found = (
        select(table.c.id)
        .join(numbers, numbers.c.submission_id == table.c.id)
        .where(numbers.c.number == int(number), table.c.state.in_(_SENT), table.c.attempts > 0)
    )
    return writer.connection.scalar(found)


def _of_a_report(writer: Writer, item: StatusReport) -> About:
    if item.kind == "277":
        return _asked(writer, item) or _by_claim(writer, item)
    batch = item.trace if item.level is Level.BATCH else item.batch
    # Our BHT03 is the interchange's number and the set's, nine digits each.
    file = _by_control_number(writer, batch[:9]) if len(batch) == 18 and batch.isdigit() else None
    if item.level is not Level.CLAIM:
        return About(file, why="" if file else "the batch is none that was sent")
    if file is not None:
        return _only(item, [one for one in _candidates(writer, item) if one.submission_id == file])
    return _by_claim(writer, item)


def _asked(writer: Writer, item: StatusReport) -> About | None:
    """By the number that our own inquiry had; None where it is not one of ours."""
    table, files = schema.inquiries, schema.submissions
    found = writer.connection.execute(
        select(table.c.about_id, table.c.claim_id)
        .join(files, files.c.id == table.c.submission_id)
        .where(table.c.trace == item.trace, files.c.attempts > 0)
    ).first()
    return About(found.about_id, found.claim_id) if found is not None else None


def _candidates(writer: Writer, item: StatusReport) -> _Rows:
    """The claims of that number in files that were sent, the newest file first."""
    table, files, claims = schema.submission_claims, schema.submissions, schema.claims
    rows = (
        select(
            table.c.submission_id, table.c.claim_id, table.c.payer_id, table.c.state, claims.c.charge,
            files.c.sent_on,
        )
        .join(files, files.c.id == table.c.submission_id)
        .join(claims, claims.c.id == table.c.claim_id)
        .where(
            claims.c.patient_control_number == item.claim_id,
            table.c.content != "",
            files.c.state.in_(_SENT),
            files.c.attempts > 0,
        )
        .order_by(files.c.made.desc(), files.c.id)
    )  # fmt: skip
    return list(writer.connection.execute(rows)) if item.claim_id else []


def _by_claim(writer: Writer, item: StatusReport) -> About:
    """By the claim's number alone: one that was sent by then and was not refused, else the one that was."""
    rows = _candidates(writer, item)
    by_then = [one for one in rows if not (item.date and one.sent_on) or one.sent_on <= item.date]
    standing = [one for one in by_then if one.state != ClaimState.REFUSED]
    return _only(item, standing or by_then[:1])


def _only(item: StatusReport, rows: _Rows) -> About:
    """The one claim; of several the one to that payer, with that charge."""
    if len(rows) > 1:
        rows = [one for one in rows if one.payer_id == item.source.id] or rows
    charge = next((cents(one.amount) for one in item.statuses if one.amount), None)
    if len(rows) > 1 and charge is not None:
        rows = [one for one in rows if one.charge == charge]
    if len(rows) != 1:
        return About(why="it is not certain which claim it is about" if rows else "no such claim was sent")
    return About(rows[0].submission_id, rows[0].claim_id)

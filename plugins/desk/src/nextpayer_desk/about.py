"""What an acknowledgment is about: a file that was sent, and perhaps a claim in it.

Files are known by control number, and only where sender, kind, day and sets are those of the file and the
answer is not older than it: a mailbox also gets the answers to what other programs sent. Claims are known by
the inquiry that they answer, by the batch that the report names (BHT03 of our 837) and their number in it, or
by their number alone where that leaves no choice. A batch of acknowledgments is looked up at once
(``Frames.expect``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
from .matching import parts
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
    """The frames of files that were sent, each read once, and what a batch of acknowledgments speaks of."""

    def __init__(self) -> None:
        self._known: dict[str, list[Group]] = {}
        self._files: dict[int, str] = {}
        self._asked: dict[str, About] = {}
        self._claims: dict[str, _Rows] = {}

    def of(self, writer: Writer, file: str) -> list[Group]:
        """The groups of a file."""
        if file not in self._known:
            table = schema.submissions
            data = writer.connection.scalars(select(table.c.data).where(table.c.id == file)).one()
            self._known[file] = groups_of(bytes(data))
        return self._known[file]

    def expect(self, writer: Writer, items: Iterable[Acknowledgment]) -> None:
        """Look up what a batch of acknowledgments speaks of: files, inquiries, claims in files."""
        every = [*items]
        reports = [one for one in every if isinstance(one, StatusReport)]
        numbers = [_own_number(one) for one in reports]
        numbers += [one.control_number for one in every if not isinstance(one, StatusReport)]
        self._files = _by_control_number(writer, {at for one in numbers if (at := _at(one)) is not None})
        self._asked = _asked(writer, {one.trace for one in reports if one.kind == "277"})
        self._claims = _candidates(writer, {one.claim_id for one in reports if one.claim_id})

    def file(self, number: str) -> str | None:
        """The file that was sent with this control number."""
        at = _at(number)
        return self._files.get(at) if at is not None else None

    def asked(self, item: StatusReport) -> About | None:
        """By the number that our own inquiry had; None where it is not one of ours."""
        return self._asked.get(item.trace)

    def claims(self, item: StatusReport) -> _Rows:
        """The claims of that number in files that were sent, the newest file first."""
        return self._claims.get(item.claim_id, [])


def about(writer: Writer, item: Acknowledgment, frames: Frames) -> About:
    """What it is about, of a batch that is expected."""
    if isinstance(item, StatusReport):
        return _of_a_report(writer, item, frames)
    file = frames.file(item.control_number)
    if file is None:
        return About(why="nothing was sent under this control number")
    table = schema.submissions
    sent = writer.connection.scalar(select(table.c.sent_on).where(table.c.id == file))
    late_enough = sent is None or item.answered is None or item.answered >= sent
    for group in frames.of(writer, file):
        if late_enough and group.sent_by(item.receiver) and _answers(group, item):
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


def _at(number: str) -> int | None:
    """A control number as such."""
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else None


def _own_number(item: StatusReport) -> str:
    """The control number in the batch that a report names; '' of a batch that is none of ours."""
    batch = item.trace if item.level is Level.BATCH else item.batch
    # Our BHT03 is the interchange's number and the set's, nine digits each.
    return batch[:9] if len(batch) == 18 and batch.isdigit() else ""


def _by_control_number(writer: Writer, wanted: set[int]) -> dict[int, str]:
    """The files that were sent with these control numbers."""
    table, numbers = schema.submissions, schema.control_numbers
    found: dict[int, str] = {}
    for part in parts(wanted):
        rows = (
            select(numbers.c.number, table.c.id)
            .join(numbers, numbers.c.submission_id == table.c.id)
            .where(numbers.c.number.in_(part), table.c.state.in_(_SENT), table.c.attempts > 0)
        )
        found.update((number, at) for number, at in writer.connection.execute(rows))
    return found


def _of_a_report(writer: Writer, item: StatusReport, frames: Frames) -> About:
    if item.kind == "277":
        return frames.asked(item) or _by_claim(writer, item, frames)
    file = frames.file(_own_number(item))
    if item.level is not Level.CLAIM:
        return About(file, why="" if file else "the batch is none that was sent")
    if file is not None:
        return _only(item, [one for one in frames.claims(item) if one.submission_id == file])
    return _by_claim(writer, item, frames)


def _asked(writer: Writer, traces: set[str]) -> dict[str, About]:
    """What our own inquiries with these numbers were about."""
    table, files = schema.inquiries, schema.submissions
    found: dict[str, About] = {}
    for part in parts(traces):
        rows = (
            select(table.c.trace, table.c.about_id, table.c.claim_id)
            .join(files, files.c.id == table.c.submission_id)
            .where(table.c.trace.in_(part), files.c.attempts > 0)
        )
        found.update((trace, About(file, claim)) for trace, file, claim in writer.connection.execute(rows))
    return found


def _candidates(writer: Writer, numbers: set[str]) -> dict[str, _Rows]:
    """The claims of these numbers in files that were sent, the newest file first."""
    table, files, claims = schema.submission_claims, schema.submissions, schema.claims
    found: dict[str, _Rows] = defaultdict(list)
    for part in parts(numbers):
        rows = (
            select(
                table.c.submission_id, table.c.claim_id, table.c.payer_id, claims.c.patient_control_number,
                claims.c.charge, files.c.sent_on,
            )
            .join(files, files.c.id == table.c.submission_id)
            .join(claims, claims.c.id == table.c.claim_id)
            .where(
                claims.c.patient_control_number.in_(part),
                table.c.content != "",
                files.c.state.in_(_SENT),
                files.c.attempts > 0,
            )
            .order_by(files.c.made.desc(), files.c.id)
        )  # fmt: skip
        for row in writer.connection.execute(rows):
            found[row.patient_control_number].append(row)
    return found


def _by_claim(writer: Writer, item: StatusReport, frames: Frames) -> About:
    """By the claim's number alone: one that was sent by then and was not refused, else the one that was."""
    rows = frames.claims(item)
    by_then = [one for one in rows if not (item.date and one.sent_on) or one.sent_on <= item.date]
    if len(by_then) > 1:
        by_then = _standing(writer, by_then) or by_then[:1]
    return _only(item, by_then)


def _standing(writer: Writer, rows: _Rows) -> _Rows:
    """Those that are not refused, now: what was said before in this batch counts."""
    table = schema.submission_claims
    states = select(table.c.submission_id, table.c.claim_id).where(
        table.c.claim_id.in_({one.claim_id for one in rows}), table.c.state == ClaimState.REFUSED
    )
    refused = {(file, claim) for file, claim in writer.connection.execute(states)}
    return [one for one in rows if (one.submission_id, one.claim_id) not in refused]


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

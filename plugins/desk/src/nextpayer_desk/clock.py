"""What should have come by now: the 999 of a file, the 277CA of its claims, the 835 of a claim.

Whatever came later proves what should have come before it: a file whose claims are acknowledged lacks no 999,
a claim that was answered lacks nothing. Days count from the day a file was sent; an 835's from the day the
payer took the claim, where that is known. A last day that is no business day is moved to the next one, since
nobody looks before (``nextpayer.deadlines``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from nextpayer.acknowledgment import ClaimState
from nextpayer.deadlines import add_business_days, next_business_day

from . import schema
from .reviewing import AHEAD, TESTS
from .schema import Record

__all__ = ["Late", "late"]

#: States of a claim whose payer has spoken, and is not adjudicating it yet.
_SILENT = ("", ClaimState.FORWARDED)
#: States that a person works on by themselves, or that end the waiting for an 835.
_OTHERWISE = (ClaimState.REFUSED, ClaimState.NOT_FOUND, ClaimState.INFO_REQUESTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Something that did not come: ``what`` is 999, 277CA or 835, ``due`` the last day for it. ``claims`` are
    the claims that lack it; ``state`` is where an unanswered one stands."""

    what: str
    submission: str
    name: str
    receiver: str
    due: dt.date
    claims: tuple[int, ...] = ()
    state: str = ""


def late(connection: Connection, today: dt.date) -> list[Late]:
    """Everything that is late, in the order in which it was sent."""
    found: list[Late] = []
    files: dict[str, list[Record]] = {}
    for row in _waiting(connection, today):
        files.setdefault(row.id, []).append(row)
    for rows in files.values():
        found += _of_a_file(rows, today)
    return found + _without_claims(connection, today)


def _waiting(connection: Connection, today: dt.date) -> list[Record]:
    """The claims whose last decision is the file that they went out in, and nothing came in since."""
    files, inside = schema.submissions, schema.submission_claims
    claims, decisions = schema.claims, schema.decisions
    rows = (
        select(
            files.c.id, files.c.name, files.c.receiver, files.c.sent_on, files.c.syntax, files.c.syntax_days,
            files.c.claims_days, files.c.answer_days, inside.c.claim_id, inside.c.state, inside.c.state_on,
            inside.c.accepted_on, files.c.purpose,
        )
        .join(inside, inside.c.submission_id == files.c.id)
        .join(claims, claims.c.id == inside.c.claim_id)
        .outerjoin(
            decisions,
            (decisions.c.claim_id == claims.c.id)
            & (decisions.c.submission_id == files.c.id)
            & decisions.c.current,
        )
        .where(
            files.c.state == "accepted",
            files.c.sent_on < today,
            inside.c.content != "",
            decisions.c.id.is_not(None) | ((files.c.purpose == AHEAD) & (claims.c.answers == 0)),
            claims.c.due.is_(False),
        )
        .order_by(files.c.made, files.c.id, inside.c.claim_id)
    )  # fmt: skip
    return list(connection.execute(rows))


def _of_a_file(rows: list[Record], today: dt.date) -> list[Late]:
    """What the claims of one file lack. Of a claim that nobody acknowledged, that is told and no more."""
    file = rows[0]
    found = list(_unacknowledged(rows, today))
    silent = {claim for one in found for claim in one.claims}
    for one in () if file.purpose in TESTS else rows:  # nobody pays a test
        if file.answer_days and one.state not in _OTHERWISE and one.claim_id not in silent:
            due = _day(one.accepted_on or file.sent_on, file.answer_days)
            if today > due:
                found.append(_late("835", file, due, (one.claim_id,), one.state))
    return found


def _unacknowledged(rows: list[Record], today: dt.date) -> Iterator[Late]:
    """The 999 of a file, or the 277CA of claims in it, by the day it should have come."""
    file = rows[0]
    if file.syntax_days and not file.syntax and not any(one.state for one in rows):
        due = add_business_days(file.sent_on, file.syntax_days)
        if today > due:
            yield _late("999", file, due, tuple([one.claim_id for one in rows]))
            return
    silent: dict[dt.date, list[int]] = {}
    for one in rows:
        if file.claims_days and one.state in _SILENT:
            silent.setdefault(_day(one.state_on or file.sent_on, file.claims_days), []).append(one.claim_id)
    for due, claims in sorted(silent.items()):
        if today > due:
            yield _late("277CA", file, due, tuple(claims))


def _day(start: dt.date, days: int) -> dt.date:
    return next_business_day(start + dt.timedelta(days=days))


def _late(what: str, file: Record, due: dt.date, claims: tuple[int, ...], state: str = "") -> Late:
    return Late(
        what=what, submission=file.id, name=file.name, receiver=file.receiver, due=due, claims=claims,
        state=state,
    )  # fmt: skip


def _without_claims(connection: Connection, today: dt.date) -> list[Late]:
    """The files of documents and inquiries that lack their 999."""
    files, inside = schema.submissions, schema.submission_claims
    with_claims = select(inside.c.submission_id).where(inside.c.content != "")
    rows = select(files.c.id, files.c.name, files.c.receiver, files.c.sent_on, files.c.syntax_days).where(
        files.c.state == "accepted",
        files.c.syntax == "",
        files.c.syntax_days.is_not(None),
        files.c.sent_on.is_not(None),
        files.c.id.not_in(with_claims),
    )
    found = []
    for row in connection.execute(rows.order_by(files.c.made, files.c.id)):
        due = add_business_days(row.sent_on, row.syntax_days)
        if today > due:
            found.append(_late("999", row, due, ()))
    return found

"""What needs a person, read from the books as they stand: it is never stored, so it cannot be stale.

Everything on it has an owner, a next action and a day. Its id is made from what it is about, so it is the
same in every run; what people say of it (``marks``) goes by that id.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, func, select

from . import schema
from .books import cheques
from .clock import Late, late
from .marks import Marks, marks_of
from .office_rules import KINDS, OfficeRules
from .standing import Standing, State, standings
from .talks import Talk, latest_steps

__all__ = ["KINDS", "Item", "Worklist", "item_id", "look", "worklist"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do. ``about`` names it by the ledger's own numbers, never by a person.

    ``due`` is the day of the next action, ``deadline`` the last safe day where one is known, ``since`` the
    day it came up, ``stake`` the money that it is about, in cents. ``seen`` changes with what it says.
    ``snoozed`` is why it is put off, empty where it is not; ``own_words`` says that ``action`` is somebody's.
    """

    kind: str
    about: str
    reason: str
    says: str
    id: str = ""
    owner: str = ""
    action: str = ""
    due: dt.date
    since: dt.date
    claim: int | None = None
    payment: int | None = None
    submission: str | None = None
    payer: str = ""
    deadline: dt.date | None = None
    stake: int = 0
    claims: int = 0
    decided: str = ""
    seen: str = ""
    snoozed: str = ""
    own_words: bool = False
    candidates: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """What is to be done, what is put off, what a person closed, and the claims that wait for payers."""

    items: tuple[Item, ...]
    snoozed: tuple[Item, ...]
    closed: tuple[Item, ...]
    waiting: tuple[Standing, ...]


def worklist(connection: Connection, today: dt.date, office: OfficeRules | None = None) -> list[Item]:
    """Everything that waits for a person and is not put off: the nearest day first, then the most money."""
    return list(look(connection, today, office or OfficeRules()).items)


def look(connection: Connection, today: dt.date, office: OfficeRules) -> Worklist:
    """The whole desk as it stands on a day."""
    every = list(standings(connection, today, office))
    missing = [one for one in late(connection, today) if one.what != "835"]
    marks = marks_of(connection)
    found: dict[str, list[Item]] = {"items": [], "snoozed": [], "closed": []}
    silent: set[int] = set()
    for one, item in zip(missing, _unacknowledged(missing, every, office), strict=True):
        place, marked = _marked(item, marks, today, office)
        found[place].append(marked)
        if place != "closed":
            silent.update(one.claims)
    for item in (
        *_files(connection, every, today, office),
        *_claims(every, silent, latest_steps(connection), today),
        *_unclear(connection, office),
        *_unmatched(connection, today, office),
        *_quarantined(connection, today, office),
        *_cheques(connection, today, office),
    ):
        place, marked = _marked(item, marks, today, office)
        found[place].append(marked)
    return Worklist(
        items=_sorted(found["items"]),
        snoozed=_sorted(found["snoozed"]),
        closed=_sorted(found["closed"]),
        waiting=tuple(one for one in every if one.state is State.WAITING),
    )


def item_id(kind: str, *subject: object) -> str:
    """The id of a thing: ten letters and digits, from what it is about and nothing else."""
    digest = blake2b("\x1f".join([kind, *map(str, subject)]).encode(), digest_size=7).digest()
    return base64.b32encode(digest).decode().lower()[:10]


def _marked(item: Item, marks: Marks, today: dt.date, office: OfficeRules) -> tuple[str, Item]:
    owner = marks.owners.get(item.id) or office.owner(item.payer, item.kind, item.reason)
    if marks.is_closed(item.id, item.seen):
        said = marks.closed[item.id]
        return "closed", replace(item, owner=owner, snoozed=said.why)
    put_off = marks.put_off(item.id, item.seen, today)
    if put_off is not None and put_off.until is not None:
        return "snoozed", replace(item, owner=owner, due=put_off.until, snoozed=put_off.why)
    return "items", replace(item, owner=owner)


def _sorted(items: list[Item]) -> tuple[Item, ...]:
    place = {kind: number for number, kind in enumerate(KINDS)}
    return tuple(
        sorted(items, key=lambda one: (one.due, -one.stake, place[one.kind], one.claim or 0, one.about))
    )


def _claims(
    every: list[Standing], silent: set[int], steps: dict[int, Talk], today: dt.date
) -> Iterator[Item]:
    """Things to do about one claim; what is due to be decided is one thing for all of it. The answer to
    a ``silent`` claim is not asked for: whether its receiver has it at all is asked first. What somebody said
    would be next (``steps``) is what is next, on its day, as long as nothing new has come in."""
    due = [one for one in every if one.state is State.DUE]
    if due:
        yield Item(
            kind="due",
            id=item_id("due"),
            about=f"{len(due):,} claim{'' if len(due) == 1 else 's'}",
            reason="NP-DUE",
            says="something came in that is not decided",
            action="nextpayer work",
            due=today,
            since=today,
            claims=len(due),
        )
    for one in every:
        step = steps.get(one.claim)
        if step is not None and step.seen != one.seen:
            step = None
        if one.state is not State.TO_DO or one.until is None:
            if step is not None:
                yield _next(one, step)
            continue
        if one.kind == "unanswered" and one.claim in silent:
            if step is not None:
                yield _next(one, step)
            continue
        about = one.kind if one.kind != "decision" else one.decided or "no decision"
        yield Item(
            kind=one.kind,
            id=item_id(one.kind, one.key),
            about=f"claim {one.claim}: {about.replace('_', ' ')}",
            reason=one.reason,
            says=one.says,
            action=one.action if step is None else step.next_action,
            due=one.until if step is None else _on(step, one.deadline),
            own_words=step is not None and not step.step,
            since=one.since,
            claim=one.claim,
            submission=one.submission,
            payer=one.payer,
            deadline=one.deadline,
            stake=one.stake,
            claims=1,
            decided=one.decided,
            seen=f"{one.seen}|{one.submission or ''}",
        )


def _files(
    connection: Connection, every: list[Standing], today: dt.date, office: OfficeRules
) -> Iterator[Item]:
    table, journal = schema.submissions, schema.journal
    stakes: dict[str, int] = {}
    deadlines: dict[str, dt.date] = {}
    for one in every:
        if one.state is State.WITH_FILE and one.submission is not None:
            stakes[one.submission] = stakes.get(one.submission, 0) + one.stake
            if one.deadline is not None:
                known = deadlines.get(one.submission, one.deadline)
                deadlines[one.submission] = min(known, one.deadline)
    rows = select(
        table.c.id, table.c.state, table.c.receiver, table.c.name, table.c.reason, table.c.payer_id,
        table.c.claims, table.c.attempts,
    )  # fmt: skip
    rows = rows.where(table.c.state.in_(("ready", "sending", "in_doubt", "rejected"))).order_by(table.c.made)
    # A rejected file whose claims somebody had made anew is done with; the claims are what waits now.
    done = (journal.c.submission_id == table.c.id) & (journal.c.event == "settled-again")
    rows = rows.where(~select(journal.c.id).where(done).exists())
    for row in connection.execute(rows).all():
        last = select(func.max(journal.c.as_of)).where(journal.c.submission_id == row.id)
        since = connection.scalar(last) or today
        kind, reason, says, action = _file_says(row)
        due, deadline = since + dt.timedelta(days=office.days[kind]), deadlines.get(row.id)
        yield Item(
            kind=kind,
            id=item_id(kind, row.id),
            about=f"{row.name} to {row.receiver}" if row.receiver else row.name,
            reason=reason,
            says=says,
            action=action,
            due=due if deadline is None else min(due, deadline),
            since=since,
            submission=row.id,
            payer=row.payer_id,
            deadline=deadline,
            stake=stakes.get(row.id, 0),
            claims=row.claims,
            seen=f"{row.state}|{row.attempts}",
        )


def _file_says(row: schema.Record) -> tuple[str, str, str, str]:
    """Kind, reason, what it says and what to do about a file that has not arrived."""
    if row.state == "in_doubt":
        ask = f"ask the receiver, then: nextpayer settle {row.id} arrived|lost"
        return "in_doubt", "NP-IN-DOUBT", row.reason, ask
    if row.state == "rejected":
        mend = f"mend the cause, then: nextpayer settle {row.id} again"
        return "rejected", "NP-FILE-REJECTED", row.reason, mend
    if row.state == "sending":
        return "unsent", "NP-SENDING", "it is being sent, or the desk ended while it was", "nextpayer submit"
    return "unsent", "NP-UNSENT", row.reason or "it is ready and has not been sent", "nextpayer submit"


def _on(step: Talk, deadline: dt.date | None) -> dt.date:
    """The day of what is next: never after the last day."""
    day = step.next_on or step.on
    return day if deadline is None else min(day, deadline)


def _next(one: Standing, step: Talk) -> Item:
    """What somebody said would be next about a claim that is nothing to do by itself."""
    return Item(
        kind="next",
        id=item_id("next", one.key),
        about=f"claim {one.claim}: next step",
        reason="NP-NEXT-STEP",
        says=f"it was said on {step.on}, by {step.who}",
        action=step.next_action,
        own_words=not step.step,
        due=_on(step, one.deadline),
        since=step.on,
        claim=one.claim,
        payer=one.payer,
        deadline=one.deadline,
        stake=one.stake,
        claims=1,
        decided=one.decided,
        seen=f"{step.at}|{one.seen}",
    )


def _unacknowledged(missing: list[Late], every: list[Standing], office: OfficeRules) -> Iterator[Item]:
    """Files of which nobody said in time that they are there and can be read."""
    known = {one.claim: one for one in every}
    for one in missing:
        theirs = [known[claim] for claim in one.claims]
        whose = f" for {len(theirs):,} claim{'' if len(theirs) == 1 else 's'}" if theirs else ""
        last = min((claim.deadline for claim in theirs if claim.deadline is not None), default=None)
        due = one.due + dt.timedelta(days=office.days["unacknowledged"])
        yield Item(
            kind="unacknowledged",
            id=item_id("unacknowledged", one.submission, one.what, one.due),
            about=f"{one.name} to {one.receiver}",
            reason="NP-NO-ACKNOWLEDGMENT",
            says=f"no {one.what} came{whose}",
            action="ask the receiver whether it has the file",
            due=due if last is None else min(due, last),
            since=one.due,
            submission=one.submission,
            payer=theirs[0].payer if theirs else "",
            deadline=last,
            stake=sum(claim.stake for claim in theirs),
            claims=len(theirs),
            seen=f"{one.what}|{','.join(map(str, one.claims))}",
        )


def _unclear(connection: Connection, office: OfficeRules) -> Iterator[Item]:
    """Acknowledgments that a person must look at."""
    table, files = schema.acknowledgments, schema.files
    rows = (
        select(table, files.c.name)
        .join(files, files.c.id == table.c.file_id)
        .where(table.c.look != "")
        .order_by(table.c.id)
    )
    for row in connection.execute(rows):
        yield Item(
            kind="acknowledgment",
            id=item_id("acknowledgment", row.key),
            about=f"acknowledgment {row.id} ({row.name} segment {row.segment})",
            reason="NP-ACKNOWLEDGMENT-UNCLEAR",
            says=f"{row.kind} {row.says}: {row.look}",
            action=f"ask its sender what it is about, then: nextpayer dismiss {row.id}",
            due=row.taken_on + dt.timedelta(days=office.days["acknowledgment"]),
            since=row.taken_on,
            claim=row.claim_id,
            submission=row.submission_id,
            seen=row.look,
        )


def _unmatched(connection: Connection, today: dt.date, office: OfficeRules) -> Iterator[Item]:
    table, candidates, remittances = schema.payments, schema.candidates, schema.remittances
    near: dict[int, list[tuple[int, int, str]]] = {}
    for row in connection.execute(
        select(candidates).order_by(candidates.c.payment_id, candidates.c.score.desc(), candidates.c.claim_id)
    ):
        near.setdefault(row.payment_id, []).append((row.claim_id, row.score, row.because))
    journal = schema.journal
    rows = (
        select(
            table.c.id, table.c.key, table.c.charge, table.c.matched_by, remittances.c.payer_name,
            remittances.c.payer_id, remittances.c.trace, func.max(journal.c.as_of).label("since"),
        )
        .join(remittances, remittances.c.id == table.c.remittance_id)
        .join(
            journal,
            (journal.c.payment_id == table.c.id)
            & journal.c.event.in_(("payment-posted", "payment-unmatched")),
        )
        .where(table.c.matched_by.in_(("", "nobody")))
        .group_by(
            table.c.id, table.c.key, table.c.charge, table.c.matched_by, remittances.c.payer_name,
            remittances.c.payer_id, remittances.c.trace,
        )
        .order_by(table.c.id)
    )  # fmt: skip
    for row in connection.execute(rows):
        found = tuple(near.get(row.id, ())[:5])
        says = f"no claim is surely the one that {row.payer_name} answered in {row.trace}"
        if row.matched_by == "nobody":
            says = "it was taken from its claim by hand"
        yield Item(
            kind="unmatched",
            id=item_id("unmatched", row.key),
            about=f"payment {row.id}",
            reason="NP-UNMATCHED",
            says=says,
            action=f"nextpayer match {row.id} {found[0][0] if found else 'CLAIM'}",
            due=row.since + dt.timedelta(days=office.days["unmatched"]),
            since=row.since,
            payment=row.id,
            payer=row.payer_id,
            stake=row.charge,
            seen=row.matched_by,
            candidates=found,
        )


def _quarantined(connection: Connection, today: dt.date, office: OfficeRules) -> Iterator[Item]:
    table, files, journal = schema.quarantine, schema.files, schema.journal
    when: dict[tuple[int, int], dt.date] = {
        (row.file_id, row.segment): row.as_of
        for row in connection.execute(
            select(journal.c.file_id, journal.c.segment, journal.c.as_of).where(
                journal.c.event == "quarantined"
            )
        )
    }
    rows = select(files.c.name, files.c.sha256, table).join(files, files.c.id == table.c.file_id)
    for row in connection.execute(rows.order_by(table.c.id)):
        since = when.get((row.file_id, row.segment), today)
        yield Item(
            kind="quarantined",
            id=item_id("quarantined", row.sha256, row.segment, row.kind),
            about=f"{row.name} segment {row.segment}",
            reason="NP-QUARANTINED",
            says=row.reason,
            action="ask the sender for a right file, or enter it by hand: nextpayer eob new",
            due=since + dt.timedelta(days=office.days["quarantined"]),
            since=since,
        )


def _cheques(connection: Connection, today: dt.date, office: OfficeRules) -> Iterator[Item]:
    table, journal = schema.remittances, schema.journal
    off = [one for one in cheques(connection) if not one.reconciles]
    if not off:
        return
    facts: dict[int, Any] = {
        row.id: row
        for row in connection.execute(
            select(table.c.id, table.c.key, table.c.file_id).where(
                table.c.id.in_([one.remittance for one in off])
            )
        )
    }
    taken: dict[int, dt.date] = {
        row.file_id: row.day
        for row in connection.execute(
            select(journal.c.file_id, func.max(journal.c.as_of).label("day"))
            .where(journal.c.event == "file-taken")
            .group_by(journal.c.file_id)
        )
    }
    for one in off:
        missing = f"{one.missing} of its payments are not posted" if one.missing else ""
        unexplained = f"{one.difference / 100:.2f} is not explained" if one.difference else ""
        end = "" if one.stated else "its end has not come in"
        fact = facts[one.remittance]
        since = taken.get(fact.file_id, today)
        yield Item(
            kind="cheque",
            id=item_id("cheque", fact.key),
            about=f"{one.payer_name} {one.trace}",
            reason="NP-CHEQUE-OFF",
            says="; ".join(part for part in (end, missing, unexplained) if part),
            action="find what is missing: nextpayer reconcile",
            due=since + dt.timedelta(days=office.days["cheque"]),
            since=since,
            payer=one.payer_id,
            stake=abs(one.difference),
            seen=f"{one.difference}|{one.missing}|{one.stated}",
        )

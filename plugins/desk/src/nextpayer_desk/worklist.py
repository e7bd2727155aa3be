"""What needs a person, read from the books as they stand: it is never stored, so it cannot be stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from nextpayer.acknowledgment import ClaimState
from nextpayer.reasons import REASONS

from . import schema
from .books import cheques
from .clock import late
from .states import REFUSED
from .work import PERSONS

__all__ = ["KINDS", "Item", "worklist"]

#: What there may be to do, the dearest first.
KINDS = (
    "in_doubt",
    "rejected",
    "refused",
    "decision",
    "asked",
    "not_found",
    "unacknowledged",
    "unanswered",
    "acknowledgment",
    "unmatched",
    "quarantined",
    "cheque",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do. ``about`` names it by the ledger's own numbers, never by a person."""

    kind: str
    about: str
    reason: str
    says: str
    claim: int | None = None
    payment: int | None = None
    submission: str | None = None
    deadline: dt.date | None = None
    candidates: tuple[tuple[int, int, str], ...] = ()


def worklist(connection: Connection, today: dt.date) -> list[Item]:
    """Everything that waits for a person; the nearest deadline first within its kind."""
    items = [
        *_files(connection),
        *_refused(connection),
        *_decisions(connection),
        *_spoken(connection),
        *_late(connection, today),
        *_unclear(connection),
        *_unmatched(connection),
        *_quarantined(connection),
        *_cheques(connection),
    ]
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(items, key=lambda one: (order[one.kind], one.deadline or dt.date.max))


def _files(connection: Connection) -> Iterator[Item]:
    table = schema.submissions
    rows = select(table.c.id, table.c.state, table.c.receiver, table.c.name, table.c.reason)
    for row in connection.execute(
        rows.where(table.c.state.in_(("in_doubt", "rejected"))).order_by(table.c.made)
    ):
        doubt = row.state == "in_doubt"
        ask = (
            "ask the receiver, then: nextpayer settle" if doubt else "mend the cause, then: nextpayer settle"
        )
        yield Item(
            kind=row.state,
            about=f"{row.name} to {row.receiver}",
            reason="NP-IN-DOUBT" if doubt else "NP-FILE-REJECTED",
            says=f"{row.reason}; {ask} {row.id} {'arrived|lost' if doubt else 'again'}",
            submission=row.id,
        )


def _decisions(connection: Connection) -> Iterator[Item]:
    table, claims = schema.decisions, schema.claims
    rows = (
        select(table.c.claim_id, table.c.action, table.c.reason, table.c.deadline)
        .join(claims, claims.c.id == table.c.claim_id)
        .where(table.c.current, table.c.action.in_([str(one) for one in PERSONS]))
        .where(table.c.reason.not_in(REFUSED))
        .order_by(table.c.id)
    )
    for row in connection.execute(rows):
        known = REASONS.get(row.reason)
        yield Item(
            kind="decision",
            about=f"claim {row.claim_id}: {row.action.replace('_', ' ')}",
            reason=row.reason,
            says=known.says if known is not None else f"see: nextpayer show {row.claim_id}",
            claim=row.claim_id,
            deadline=row.deadline,
        )


def _refused(connection: Connection) -> Iterator[Item]:
    """Claims that were refused and have not gone out again, each with the words of its last refusal."""
    table, inside, files = schema.decisions, schema.submission_claims, schema.submissions
    said: dict[int, str] = {}
    for row in connection.execute(
        select(inside.c.claim_id, inside.c.said_by, inside.c.says)
        .join(files, files.c.id == inside.c.submission_id)
        .where(inside.c.state == ClaimState.REFUSED)
        .order_by(files.c.made, files.c.name)
    ):
        said[row.claim_id] = f"{row.said_by} {row.says}".strip()
    rows = select(table.c.claim_id, table.c.reason, table.c.deadline)
    rows = rows.where(table.c.current, table.c.reason.in_(REFUSED)).order_by(table.c.id)
    for row in connection.execute(rows):
        ask = (
            "nextpayer work" if row.reason == "NP-SYNTAX-REFUSED" else "mend it, then: nextpayer work --again"
        )
        if row.reason == "NP-REFUSED-UNMENDED":
            ask = f"mend it, or send it as it is: nextpayer resend {row.claim_id}"
        yield Item(
            kind="refused",
            about=f"claim {row.claim_id}",
            reason=row.reason,
            says=f"{said.get(row.claim_id, '')}; {ask}",
            claim=row.claim_id,
            deadline=row.deadline,
        )


def _spoken(connection: Connection) -> Iterator[Item]:
    """What a payer wants of a claim, and claims that it does not have."""
    table, files, decisions = schema.submission_claims, schema.submissions, schema.decisions
    rows = (
        select(
            table.c.claim_id, table.c.state, table.c.said_by, table.c.says, files.c.id, files.c.name,
            decisions.c.deadline,
        )
        .join(files, files.c.id == table.c.submission_id)
        .join(decisions, decisions.c.claim_id == table.c.claim_id)
        .where(decisions.c.current, decisions.c.submission_id == files.c.id)
        .where(table.c.state.in_((ClaimState.INFO_REQUESTED, ClaimState.NOT_FOUND)))
        .order_by(files.c.made, files.c.id, table.c.claim_id)
    )  # fmt: skip
    for row in connection.execute(rows):
        asked = row.state == ClaimState.INFO_REQUESTED
        ask = f"trace it, then: nextpayer resend {row.claim_id}"
        yield Item(
            kind="asked" if asked else "not_found",
            about=f"claim {row.claim_id} in {row.name}",
            reason="NP-INFO-REQUESTED" if asked else "NP-NOT-FOUND",
            says=f"{row.said_by} {row.says}; {'send what the payer asks for' if asked else ask}",
            claim=row.claim_id,
            submission=row.id,
            deadline=row.deadline,
        )


def _late(connection: Connection, today: dt.date) -> Iterator[Item]:
    """What should have come: acknowledgments by file, answers by claim."""
    asked = _asked(connection)
    for one in late(connection, today):
        if one.what == "835":
            state = f"its payer says {one.state.replace('_', ' ')}" if one.state else "its payer said nothing"
            ask = asked.get(one.claims[0], "ask: nextpayer inquire")
            yield Item(
                kind="unanswered",
                about=f"claim {one.claims[0]} in {one.name}",
                reason="NP-NO-ANSWER",
                says=f"no 835 came and {state}; {ask}",
                claim=one.claims[0],
                submission=one.submission,
                deadline=one.due,
            )
            continue
        whose = f" for {len(one.claims):,} claim{'' if len(one.claims) == 1 else 's'}" if one.claims else ""
        yield Item(
            kind="unacknowledged",
            about=f"{one.name} to {one.receiver}",
            reason="NP-NO-ACKNOWLEDGMENT",
            says=f"no {one.what} came{whose}; ask the receiver whether it has the file",
            submission=one.submission,
            deadline=one.due,
        )


def _asked(connection: Connection) -> dict[int, str]:
    """What was last asked about claims, and not answered."""
    table = schema.inquiries
    rows = select(table.c.claim_id, table.c.asked_on).where(table.c.answered_on.is_(None))
    return {claim: f"asked {day}" for claim, day in connection.execute(rows.order_by(table.c.id))}


def _unclear(connection: Connection) -> Iterator[Item]:
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
            about=f"acknowledgment {row.id} ({row.name} segment {row.segment})",
            reason="NP-ACKNOWLEDGMENT-UNCLEAR",
            says=f"{row.kind} {row.says}: {row.look}; then: nextpayer dismiss {row.id}",
            claim=row.claim_id,
            submission=row.submission_id,
        )


def _unmatched(connection: Connection) -> Iterator[Item]:
    table, candidates, remittances = schema.payments, schema.candidates, schema.remittances
    near: dict[int, list[tuple[int, int, str]]] = {}
    for row in connection.execute(
        select(candidates).order_by(candidates.c.payment_id, candidates.c.score.desc(), candidates.c.claim_id)
    ):
        near.setdefault(row.payment_id, []).append((row.claim_id, row.score, row.because))
    rows = (
        select(table.c.id, table.c.segment, table.c.matched_by, remittances.c.payer_name, remittances.c.trace)
        .join(remittances, remittances.c.id == table.c.remittance_id)
        .where(table.c.matched_by.in_(("", "nobody")))
        .order_by(table.c.id)
    )
    for row in connection.execute(rows):
        found = tuple(near.get(row.id, ())[:5])
        says = f"no claim is surely the one that {row.payer_name} answered in {row.trace}"
        if row.matched_by == "nobody":
            says = "it was taken from its claim by hand"
        yield Item(
            kind="unmatched",
            about=f"payment {row.id}",
            reason="NP-UNMATCHED",
            says=f"{says}; nextpayer match {row.id} {found[0][0] if found else 'CLAIM'}",
            payment=row.id,
            candidates=found,
        )


def _quarantined(connection: Connection) -> Iterator[Item]:
    table, files = schema.quarantine, schema.files
    rows = select(files.c.name, table.c.segment, table.c.reason).join(files, files.c.id == table.c.file_id)
    for row in connection.execute(rows.order_by(table.c.id)):
        yield Item(
            kind="quarantined",
            about=f"{row.name} segment {row.segment}",
            reason="NP-QUARANTINED",
            says=row.reason,
        )


def _cheques(connection: Connection) -> Iterator[Item]:
    for one in cheques(connection):
        if not one.reconciles:
            missing = f"{one.missing} of its payments are not posted" if one.missing else ""
            off = f"{one.difference / 100:.2f} is not explained" if one.difference else ""
            end = "" if one.stated else "its end has not come in"
            yield Item(
                kind="cheque",
                about=f"{one.payer_name} {one.trace}",
                reason="NP-CHEQUE-OFF",
                says="; ".join(part for part in (end, missing, off) if part),
            )

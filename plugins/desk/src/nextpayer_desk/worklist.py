"""What needs a person, read from the books as they stand: it is never stored, so it cannot be stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from nextpayer.reasons import REASONS

from . import schema
from .books import cheques
from .work import PERSONS

__all__ = ["KINDS", "Item", "worklist"]

#: What there may be to do, the dearest first.
KINDS = ("in_doubt", "rejected", "decision", "unmatched", "quarantined", "cheque")


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


def worklist(connection: Connection) -> list[Item]:
    """Everything that waits for a person; the nearest deadline first within its kind."""
    items = [
        *_files(connection),
        *_decisions(connection),
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

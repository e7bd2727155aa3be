"""The books recomputed: what the tables say against what the journal says.

From the journal alone: every claim's charge, answers and balances, every payment's place. From the payments:
that each answer balances in itself is the decision's matter, so here only that the sums are the same. From
the remittances: what the cheque should be, its claims less its provider-level adjustments (BPR02 = sum of
CLP04 less PLB; X12 835, 1.10.2).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from . import schema
from .posting import AMOUNTS

__all__ = ["Cheque", "cheques", "verify"]

_SUMS = (*AMOUNTS, "answers")


def verify(connection: Connection) -> list[str]:
    """What does not agree, one line each; empty when the books balance."""
    wrong: list[str] = []
    claims: dict[int, dict[str, int]] = {}
    place: dict[int, int | None] = {}
    posted: dict[int, dict[str, int]] = {}
    journal = schema.journal
    entries = select(journal.c.event, journal.c.claim_id, journal.c.payment_id, journal.c.data).order_by(
        journal.c.id
    )
    for event, claim, payment, data in connection.execution_options(yield_per=5000).execute(entries):
        told: dict[str, Any] = json.loads(data) if data else {}
        if event == "claim-taken":
            claims[claim] = {"charge": told["charge"], **dict.fromkeys(_SUMS, 0)}
        elif event == "payment-posted":
            posted[payment] = {name: told.get(name, 0) for name in AMOUNTS}
            place[payment] = claim
            _move(claims, claim, posted[payment], 1)
        elif event in ("payment-matched", "payment-unmatched"):
            _move(claims, place[payment], posted[payment], -1)
            place[payment] = claim
            _move(claims, claim, posted[payment], 1)
    table = schema.claims
    columns = [table.c.id, table.c.charge, *[table.c[name] for name in _SUMS]]
    seen = 0
    for row in connection.execute(select(*columns)).mappings():
        seen += 1
        told = claims.get(row["id"], {})
        wrong += [
            f"claim {row['id']}: {name} is {row[name]} and the journal says {told.get(name)}"
            for name in ("charge", *_SUMS)
            if told.get(name) != row[name]
        ]
    if seen != len(claims):
        wrong.append(f"the journal tells of {len(claims)} claims, the ledger holds {seen}")
    payments = schema.payments
    columns = [payments.c.id, payments.c.claim_id, *[payments.c[name] for name in AMOUNTS]]
    seen = 0
    for row in connection.execute(select(*columns)).mappings():
        seen += 1
        if posted.get(row["id"]) != {name: row[name] for name in AMOUNTS}:
            wrong.append(f"payment {row['id']}: its amounts are not those of the journal")
        if place.get(row["id"]) != row["claim_id"]:
            wrong.append(f"payment {row['id']}: it is with another claim than the journal says")
    if seen != len(posted):
        wrong.append(f"the journal tells of {len(posted)} payments, the ledger holds {seen}")
    return wrong


def _move(claims: dict[int, dict[str, int]], claim: int | None, amounts: dict[str, int], sign: int) -> None:
    if claim is not None:
        sums = claims[claim]
        for name, amount in amounts.items():
            sums[name] += sign * amount
        sums["answers"] += sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheque:
    """One remittance held against itself; amounts in cents. ``stated`` says whether its end has come in."""

    remittance: int
    payer_id: str
    payer_name: str
    trace: str
    date: dt.date | None
    file: str
    payment: int
    posted: int
    adjusted: int
    stated: bool
    missing: int
    unapplied: tuple[tuple[str, int], ...]

    @property
    def difference(self) -> int:
        """The cheque less what it is made of: zero when it reconciles."""
        return self.payment - (self.posted - self.adjusted)

    @property
    def reconciles(self) -> bool:
        """Whether the cheque is explained to the cent."""
        return self.stated and not self.difference and not self.missing


def cheques(connection: Connection) -> list[Cheque]:
    """Every remittance with what was posted from it. ``missing`` are payments that its end counts and that
    are not posted (quarantined, for instance)."""
    table, payments, adjustments = schema.remittances, schema.payments, schema.provider_adjustments
    posted = {
        at: (count, int(paid or 0))
        for at, count, paid in connection.execute(
            select(payments.c.remittance_id, func.count(), func.sum(payments.c.paid)).group_by(
                payments.c.remittance_id
            )
        )
    }
    plb: dict[int, list[tuple[str, int]]] = {}
    for at, reason, amount in connection.execute(
        select(adjustments.c.remittance_id, adjustments.c.reason, adjustments.c.amount).order_by(
            adjustments.c.id
        )
    ):
        plb.setdefault(at, []).append((reason, amount))
    found = []
    files = schema.files
    rows = select(table, files.c.name).join(files, files.c.id == table.c.file_id).order_by(table.c.id)
    for row in connection.execute(rows):
        count, paid = posted.get(row.id, (0, 0))
        own = tuple(plb.get(row.id, ()))
        found.append(
            Cheque(
                remittance=row.id,
                payer_id=row.payer_id,
                payer_name=row.payer_name,
                trace=row.trace,
                date=row.payment_date,
                file=row.name,
                payment=row.payment,
                posted=paid,
                adjusted=sum(amount for _, amount in own),
                stated=row.stated_claims is not None,
                missing=(row.stated_claims or count) - count,
                unapplied=own,
            )
        )
    return found

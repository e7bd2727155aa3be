"""Which claim an answer belongs to: by its number, else by facts beyond doubt, else by hand.

By number: one claim has the patient control number; of several, the only one with the same charge. By facts:
the same charge, the same first day of service and the same patient, one claim for the answer and one answer
for the claim, as ``bill`` has it. Whatever fits less is kept as a candidate, with what speaks for it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from nextpayer.errors import UnusableInput
from nextpayer.remittance import ClaimPayment, Remittance

from . import schema
from .ledger import Entry, Writer
from .nouns import from_text
from .schema import Record

__all__ = ["Numbers", "by_facts", "claims_by_number", "match", "open_payments", "set_match", "unmatch"]

#: Values in one IN list; both databases look each up in the index.
_MANY = 500
#: What speaks for a candidate, and how much: 100 is all of it.
_SCORES = (
    ("the same charge", 35),
    ("the same first day", 25),
    ("the same member id", 20),
    ("the same name", 20),
)
#: From here on patient, day and charge are the same.
_SURE = 80
#: Candidates kept for one payment, the best ones.
_KEPT = 20
_NOBODY = Remittance(payer_name="", payer_ids=())


@dataclass(frozen=True, slots=True)
class Numbers:
    """Claims by patient control number, each with its charge."""

    claims: dict[str, list[tuple[int, int]]]

    def for_payment(self, number: str, charge: int) -> int | None:
        """The one claim, None where there is none or no telling."""
        found = self.claims.get(number, [])
        if len(found) > 1:
            found = [one for one in found if one[1] == charge]
        return found[0][0] if len(found) == 1 else None


def claims_by_number(connection: Connection, numbers: Iterable[str]) -> Numbers:
    """The claims with these patient control numbers."""
    table, found = schema.claims, defaultdict(list)
    for part in _parts(numbers):
        rows = select(table.c.patient_control_number, table.c.id, table.c.charge).where(
            table.c.patient_control_number.in_(part)
        )
        for number, at, charge in connection.execute(rows.order_by(table.c.id)):
            found[number].append((at, charge))
    return Numbers(found)


def open_payments(connection: Connection, numbers: Iterable[str]) -> list[Record]:
    """The unmatched payments with these patient control numbers."""
    table = schema.payments
    found: list[Record] = []
    for part in _parts(numbers):
        rows = select(table.c.id, table.c.patient_control_number, table.c.charge).where(
            table.c.patient_control_number.in_(part), table.c.matched_by == ""
        )
        found += connection.execute(rows.order_by(table.c.id))
    return found


def by_facts(writer: Writer, charges: Iterable[int]) -> int:
    """Match the unmatched payments of these charges where it is beyond doubt, and note the candidates of the
    others; how many were matched."""
    done = 0
    payments, claims = schema.payments, schema.claims
    columns = [claims.c[name] for name in ("id", "charge", "service_from", "member_id", "last", "first")]
    for part in _parts(charges):
        wanted = select(payments.c.charge).where(
            payments.c.matched_by == "", payments.c.charge.in_(part), payments.c.status != "22"
        )
        offered = _Offered()
        for claim in writer.connection.execute(
            select(*columns).where(claims.c.answers == 0, claims.c.charge.in_(wanted)).order_by(claims.c.id)
        ):
            offered.add(claim)
        for some in _parts(offered.charges):
            waiting = writer.connection.execute(
                select(payments.c.id, payments.c.charge, payments.c.noun)
                .where(payments.c.matched_by == "", payments.c.charge.in_(some), payments.c.status != "22")
                .order_by(payments.c.id)
            ).all()
            done += _settle(writer, waiting, offered)
    return done


class _Offered:
    """Claims without an answer, by charge together with day, member id or name."""

    def __init__(self) -> None:
        self.charges: set[int] = set()
        self._by: dict[tuple[int, object], list[Record]] = defaultdict(list)

    def add(self, claim: Record) -> None:
        """Offer a claim."""
        self.charges.add(claim.charge)
        for mark in (claim.service_from, claim.member_id, (claim.last, claim.first)):
            if mark:
                self._by[claim.charge, mark].append(claim)

    def near(self, charge: int, told: _Told) -> Iterable[Record]:
        """The claims of a charge that have anything else in common with a payment."""
        found = {
            claim.id: claim
            for mark in (told.day, *told.ids, told.name)
            for claim in (self._by.get((charge, mark), ()) if mark else ())
        }
        return found.values()


@dataclass(frozen=True, slots=True)
class _Told:
    """What a payment tells of its claim besides the charge. Without a patient only the day counts."""

    day: dt.date | None
    ids: frozenset[str]
    name: tuple[str, str] | None

    @classmethod
    def of(cls, payment: ClaimPayment) -> _Told:
        """Read from the payment."""
        day = min((line.date for line in payment.lines if line.date), default=payment.statement_from)
        patient = payment.patient
        if patient is None:
            return cls(day, frozenset(), None)
        ids = frozenset(one.id for one in (patient, payment.insured) if one is not None and one.id)
        name = (patient.last.casefold(), patient.first.casefold()) if patient.last else None
        return cls(day, ids, name)

    def score(self, claim: Record) -> tuple[int, str]:
        """How well a claim of the same charge fits, of 100, and why."""
        holds = (
            True,
            self.day is not None and self.day == claim.service_from,
            bool(claim.member_id) and claim.member_id in self.ids,
            self.name == (claim.last, claim.first),
        )
        told = [one for one, held in zip(_SCORES, holds, strict=True) if held]
        return sum(points for _, points in told), ", ".join(says for says, _ in told)


def _settle(writer: Writer, waiting: Sequence[Record], offered: _Offered) -> int:
    fits: dict[int, list[int]] = {}
    theirs: dict[int, list[int]] = defaultdict(list)
    kept: list[dict[str, Any]] = []
    for payment in waiting:
        told = _Told.of(from_text(ClaimPayment, payment.noun, remittance=_NOBODY))
        rows = []
        for claim in offered.near(payment.charge, told):
            score, because = told.score(claim)
            if score >= _SURE:
                fits.setdefault(payment.id, []).append(claim.id)
                theirs[claim.id].append(payment.id)
            rows.append({"payment_id": payment.id, "claim_id": claim.id, "score": score, "because": because})
        kept += sorted(rows, key=lambda row: (-row["score"], row["claim_id"]))[:_KEPT]
    sure = {
        payment: found[0] for payment, found in fits.items() if len(found) == 1 and len(theirs[found[0]]) == 1
    }
    table = schema.candidates
    for part in _parts([one.id for one in waiting]):
        writer.connection.execute(delete(table).where(table.c.payment_id.in_(part)))
    writer.add(table, [row for row in kept if row["payment_id"] not in sure])
    for payment_id, claim_id in sure.items():
        set_match(writer, payment_id, claim_id, "facts", "the same patient, charge and day, and no other")
    return len(sure)


def set_match(writer: Writer, payment: int, claim: int | None, how: str, why: str) -> None:
    """Give a payment to a claim, or take it from its claim (None), with the balances."""
    from .posting import AMOUNTS, add_to, move

    table = schema.payments
    columns = (table.c.claim_id, *[table.c[name] for name in AMOUNTS])
    row = writer.connection.execute(select(*columns).where(table.c.id == payment)).mappings().one()
    before = row["claim_id"]
    writer.connection.execute(
        update(table).where(table.c.id == payment).values(claim_id=claim, matched_by=how)
    )
    sums: dict[int, dict[str, int]] = {}
    if before is not None:
        add_to(sums.setdefault(before, {}), row, -1)
    if claim is not None:
        add_to(sums.setdefault(claim, {}), row)
        writer.connection.execute(delete(schema.candidates).where(schema.candidates.c.payment_id == payment))
    move(writer, sums)
    event = "payment-matched" if claim is not None else "payment-unmatched"
    data = {name: row[name] for name in AMOUNTS if row[name]} | {"from": before, "by": how}
    writer.note(Entry(event=event, why=why, claim=claim, payment=payment, data=data))


def match(writer: Writer, payment: int, claim: int, why: str) -> None:
    """Give an unmatched payment to a claim by hand. Raises UnusableInput."""
    if writer.connection.scalar(select(schema.claims.c.id).where(schema.claims.c.id == claim)) is None:
        raise UnusableInput(f"claim {claim}", "", "there is no such claim; nextpayer worklist shows them")
    if _owner(writer, payment) is not None:
        raise UnusableInput(f"payment {payment}", "", "it has a claim; take it away first: nextpayer unmatch")
    set_match(writer, payment, claim, "hand", why)


def unmatch(writer: Writer, payment: int, why: str) -> None:
    """Take a payment from its claim by hand; it is not matched again by itself. Raises UnusableInput."""
    if _owner(writer, payment) is None:
        raise UnusableInput(f"payment {payment}", "", "it has no claim")
    set_match(writer, payment, None, "nobody", why)


def _owner(writer: Writer, payment: int) -> int | None:
    table = schema.payments
    row = writer.connection.execute(select(table.c.claim_id).where(table.c.id == payment)).first()
    if row is None:
        raise UnusableInput(f"payment {payment}", "", "there is no such payment")
    owner: int | None = row.claim_id
    return owner


def _parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    every = sorted(values)
    return (every[at : at + _MANY] for at in range(0, len(every), _MANY))

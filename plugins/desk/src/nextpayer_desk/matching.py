"""Which claim an answer belongs to: by its number, else by facts beyond doubt, else by hand.

By number: one claim has the patient control number; of several, the only one with the same charge. By facts:
the same charge, the same first day of service and the same patient, one claim for the answer and one answer
for the claim, as ``bill`` has it. Whatever fits less is kept as a candidate, with what speaks for it.

All of it goes by set: some hundred answers, or a page of them past which the claims of their charges go by,
so that neither statements nor memory grow with a file.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, update

from nextpayer.errors import UnusableInput
from nextpayer.remittance import ClaimPayment, Remittance

from . import schema
from .ledger import Entry, Writer
from .nouns import from_text
from .schema import Record
from .scratch import Scratch

__all__ = [
    "Numbers",
    "by_facts",
    "claims_by_number",
    "match",
    "open_payments",
    "parts",
    "set_matches",
    "unmatch",
]

T = TypeVar("T")

#: Values in one IN list; both databases look each up in the index.
_MANY = 500
#: Answers that are held in memory to be matched.
_PAGE = 2_000
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
    """Claims by patient control number and charge: how many there are, and the first."""

    claims: dict[str, list[tuple[int, int, int]]]

    def for_payment(self, number: str, charge: int) -> int | None:
        """The one claim, None where there is none or no telling."""
        found = self.claims.get(number, [])
        if len(found) > 1:
            found = [one for one in found if one[0] == charge]
        return found[0][2] if len(found) == 1 and found[0][1] == 1 else None


def claims_by_number(connection: Connection, numbers: Iterable[str]) -> Numbers:
    """The claims with these patient control numbers."""
    table, found = schema.claims, defaultdict(list)
    number = table.c.patient_control_number
    for part in parts(numbers):
        rows = select(number, table.c.charge, func.count(), func.min(table.c.id)).where(number.in_(part))
        for name, charge, count, first in connection.execute(rows.group_by(number, table.c.charge)):
            found[name].append((charge, count, first))
    return Numbers(found)


def open_payments(connection: Connection, numbers: Iterable[str]) -> Iterator[list[Record]]:
    """The unmatched payments with these patient control numbers, by pages."""
    table = schema.payments
    for part in parts(numbers):
        rows = select(table.c.id, table.c.patient_control_number, table.c.charge).where(
            table.c.patient_control_number.in_(part), table.c.matched_by == ""
        )
        last = 0
        while page := connection.execute(
            rows.where(table.c.id > last).order_by(table.c.id).limit(_PAGE)
        ).all():
            last = page[-1].id
            yield [*page]


def by_facts(writer: Writer, charges: Iterable[int], scratch: Scratch) -> int:
    """Match the unmatched payments of these charges where it is beyond doubt, and note the candidates of the
    others; how many were matched."""
    payments, claims = schema.payments, schema.claims
    waits = (payments.c.matched_by == "") & (payments.c.status != "22")
    offered = exists().where(claims.c.charge == payments.c.charge, claims.c.answers == 0)
    done = 0
    for part in parts(charges):
        some = select(payments.c.charge).distinct().where(waits, payments.c.charge.in_(part), offered)
        for page in _pages(writer, list(writer.connection.scalars(some))):
            _weigh(writer, page, scratch)
        for sure in scratch.only(_PAGE):
            set_matches(writer, dict(sure), "facts", "the same patient, charge and day, and no other")
            done += len(sure)
    return done


def _pages(writer: Writer, charges: list[int]) -> Iterator[list[_Waiting]]:
    """The unmatched payments of these charges in their order, so that a page has few charges."""
    table = schema.payments
    rows = (
        select(table.c.id, table.c.charge, table.c.noun)
        .where(table.c.matched_by == "", table.c.status != "22", table.c.charge.in_(charges))
        .order_by(table.c.charge, table.c.id)
        .limit(_PAGE)
    )
    after = None
    while charges:
        wanted = rows
        if after is not None:
            charge, id = after
            later = (table.c.charge == charge) & (table.c.id > id)
            wanted = rows.where(table.c.charge >= charge, or_(table.c.charge > charge, later))
        page = [
            _Waiting(row.id, row.charge, _Told.of(from_text(ClaimPayment, row.noun, remittance=_NOBODY)))
            for row in writer.connection.execute(wanted)
        ]
        if not page:
            return
        after = page[-1].charge, page[-1].id
        yield page


def _weigh(writer: Writer, page: list[_Waiting], scratch: Scratch) -> None:
    """Hold the claims without an answer against a page of payments: what fits, and the candidates."""
    marked: dict[tuple[int, object], list[_Waiting]] = defaultdict(list)
    for payment in page:
        for mark in (payment.told.day, *payment.told.ids, payment.told.name):
            if mark:
                marked[payment.charge, mark].append(payment)
    claims = schema.claims
    columns = [claims.c[name] for name in ("id", "charge", "service_from", "member_id", "last", "first")]
    offered = select(*columns).where(claims.c.answers == 0).order_by(claims.c.id)
    for part in parts({payment.charge for payment in page}):
        fits: list[tuple[int, int]] = []
        for claim in writer.connection.execute(
            offered.where(claims.c.charge.in_(part)), execution_options={"yield_per": _PAGE}
        ):
            marks = (claim.service_from, claim.member_id, (claim.last, claim.first))
            near = {one.id: one for mark in marks if mark for one in marked.get((claim.charge, mark), ())}
            fits += [(payment.id, claim.id) for payment in near.values() if payment.weigh(claim)]
            if len(fits) > _PAGE:
                scratch.fit(fits)
                fits.clear()
        scratch.fit(fits)
    table = schema.candidates
    for ids in parts([payment.id for payment in page]):
        writer.connection.execute(delete(table).where(table.c.payment_id.in_(ids)))
    writer.add(table, [row for payment in page for row in payment.rows()])


@dataclass(slots=True)
class _Waiting:
    """An unmatched payment and its best candidates, the least of them first."""

    id: int
    charge: int
    told: _Told
    best: list[tuple[int, int, str]] = field(default_factory=list)

    def weigh(self, claim: Record) -> bool:
        """Take a claim for a candidate if it is among the best; whether it fits beyond doubt."""
        score, because = self.told.score(claim)
        one = (score, -claim.id, because)
        if len(self.best) < _KEPT:
            heapq.heappush(self.best, one)
        else:
            heapq.heappushpop(self.best, one)
        return score >= _SURE

    def rows(self) -> list[dict[str, Any]]:
        """The candidates, the best first."""
        return [
            {"payment_id": self.id, "claim_id": -claim, "score": score, "because": because}
            for score, claim, because in sorted(self.best, reverse=True)
        ]


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


def set_matches(writer: Writer, owners: Mapping[int, int | None], how: str, why: str) -> None:
    """Give payments to claims, or take them from theirs (None), with the balances."""
    from .posting import AMOUNTS, add_to, move

    table, candidates = schema.payments, schema.candidates
    columns = (table.c.id, table.c.claim_id, *[table.c[name] for name in AMOUNTS])
    set_owner = update(table).where(table.c.id == bindparam("at"))
    for part in parts(owners):
        rows = writer.connection.execute(select(*columns).where(table.c.id.in_(part)).order_by(table.c.id))
        sums: dict[int, dict[str, int]] = {}
        entries, changes = [], []
        for row in rows.mappings():
            before, claim = row["claim_id"], owners[row["id"]]
            changes.append({"at": row["id"], "owner": claim})
            if before is not None:
                add_to(sums.setdefault(before, {}), row, -1)
            if claim is not None:
                add_to(sums.setdefault(claim, {}), row)
            entries.append(_moved(row, claim, how, why))
        writer.connection.execute(set_owner.values(claim_id=bindparam("owner"), matched_by=how), changes)
        matched = [one["at"] for one in changes if one["owner"] is not None]
        writer.connection.execute(delete(candidates).where(candidates.c.payment_id.in_(matched)))
        move(writer, sums)
        writer.note(*entries)


def _moved(row: Any, claim: int | None, how: str, why: str) -> Entry:
    from .posting import AMOUNTS

    event = "payment-matched" if claim is not None else "payment-unmatched"
    data = {name: row[name] for name in AMOUNTS if row[name]} | {"from": row["claim_id"], "by": how}
    return Entry(event=event, why=why, claim=claim, payment=row["id"], data=data)


def match(writer: Writer, payment: int, claim: int, why: str) -> None:
    """Give an unmatched payment to a claim by hand. Raises UnusableInput."""
    if writer.connection.scalar(select(schema.claims.c.id).where(schema.claims.c.id == claim)) is None:
        raise UnusableInput(f"claim {claim}", "", "there is no such claim; nextpayer worklist shows them")
    if _owner(writer, payment) is not None:
        raise UnusableInput(f"payment {payment}", "", "it has a claim; take it away first: nextpayer unmatch")
    set_matches(writer, {payment: claim}, "hand", why)


def unmatch(writer: Writer, payment: int, why: str) -> None:
    """Take a payment from its claim by hand; it is not matched again by itself. Raises UnusableInput."""
    if _owner(writer, payment) is None:
        raise UnusableInput(f"payment {payment}", "", "it has no claim")
    set_matches(writer, {payment: None}, "nobody", why)


def _owner(writer: Writer, payment: int) -> int | None:
    table = schema.payments
    row = writer.connection.execute(select(table.c.claim_id).where(table.c.id == payment)).first()
    if row is None:
        raise UnusableInput(f"payment {payment}", "", "there is no such payment")
    owner: int | None = row.claim_id
    return owner


def parts(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in order, as many at a time as one IN list holds."""
    every: list[Any] = sorted(values)
    return (every[at : at + _MANY] for at in range(0, len(every), _MANY))

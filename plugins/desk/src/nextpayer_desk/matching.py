"""Which claim an answer belongs to: by its number, else by facts beyond doubt, else by hand.

By number: one claim has the patient control number; of several, the only one with the same charge. By facts:
the same charge, the same first day of service and the same patient, one claim for the answer and one answer
for the claim, as ``bill`` has it. Whatever fits less is kept as a candidate, with what speaks for it.
"""

from __future__ import annotations

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
    for part in _parts(charges):
        waiting = writer.connection.execute(
            select(payments.c.id, payments.c.charge, payments.c.noun)
            .where(payments.c.matched_by == "", payments.c.charge.in_(part), payments.c.status != "22")
            .order_by(payments.c.id)
        ).all()
        if not waiting:
            continue
        offered = defaultdict(list)
        for claim in writer.connection.execute(
            select(
                claims.c.id, claims.c.charge, claims.c.service_from, claims.c.member_id,
                claims.c.last, claims.c.first,
            ).where(claims.c.charge.in_({one.charge for one in waiting}), claims.c.answers == 0)
        ):  # fmt: skip
            offered[claim.charge].append(claim)
        done += _settle(writer, waiting, offered)
    return done


def _settle(writer: Writer, waiting: Sequence[Record], offered: dict[int, list[Record]]) -> int:
    fits: dict[int, list[int]] = {}
    theirs: dict[int, list[int]] = defaultdict(list)
    kept: list[dict[str, Any]] = []
    for payment in waiting:
        noun = from_text(ClaimPayment, payment.noun, remittance=_NOBODY)
        for claim in offered.get(payment.charge, ()):
            score, because = _score(noun, claim)
            if score >= 80:
                fits.setdefault(payment.id, []).append(claim.id)
                theirs[claim.id].append(payment.id)
            if score > 35:
                row = {"payment_id": payment.id, "claim_id": claim.id, "score": score, "because": because}
                kept.append(row)
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


def _score(payment: ClaimPayment, claim: Record) -> tuple[int, str]:
    """How well a claim of the same charge fits, of 100, and why. From 80 on, patient and day are the same."""
    first = min((line.date for line in payment.lines if line.date), default=payment.statement_from)
    patient = payment.patient
    people = (patient, payment.insured) if patient is not None else ()
    ids = {one.id for one in people if one is not None and one.id}
    name = (
        patient is not None
        and bool(patient.last)
        and ((patient.last.casefold(), patient.first.casefold()) == (claim.last, claim.first))
    )
    holds = (
        True,
        first is not None and first == claim.service_from,
        bool(claim.member_id) and claim.member_id in ids,
        name,
    )
    told = [one for one, held in zip(_SCORES, holds, strict=True) if held]
    return sum(points for _, points in told), ", ".join(says for says, _ in told)


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

"""Posting answers: one transaction for a batch of claim payments, a fixed number of statements for it.

Nothing of a file is kept in memory but its batch and the remittance that is being read (``scratch``).

An answer is the same as one before when payer, cheque, both claim numbers and every amount and code are: then
it is known and posts nothing. A payer may give one claim two equal answers in one cheque; the second is
another one, told by its number among its equals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, select, update

from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals

from . import schema
from .fit import unfit
from .ledger import Entry, Writer
from .matching import claims_by_number, parts
from .nouns import content_key, to_text
from .scratch import Scratch

if TYPE_CHECKING:
    from .intake import Taken

__all__ = ["Posting", "cents"]

#: Characters of CLP02 and PLB03-1 that the ledger keeps; the standard has two.
_STATUS = _REASON = 8


def cents(amount: Decimal) -> int:
    """An amount that is known to be whole cents, as a number of them."""
    return int(amount.scaleb(2))


class _UnfitError(ValueError):
    """What the ledger cannot keep."""


@dataclass(slots=True)
class _Cheque:
    """A remittance: what tells it from others, ``why`` it cannot be kept, and its row once it has one."""

    remittance: Remittance
    key: str
    noun: str
    why: str
    id: int | None = None


class Posting:
    """The answers of one file on their way into the ledger."""

    def __init__(self, file: int, taken: Taken, scratch: Scratch) -> None:
        self._file, self._taken, self._scratch = file, taken, scratch
        self._read: _Cheque | None = None

    def post(self, writer: Writer, items: list[ClaimPayment | RemittanceTotals | Quarantined]) -> None:
        """Post a batch."""
        from .intake import put_all_aside

        asides = [item for item in items if isinstance(item, Quarantined)]
        told = [(item, self._cheque(item.remittance)) for item in items if not isinstance(item, Quarantined)]
        self._file_cheques(writer, [cheque for _, cheque in told])
        closes: list[tuple[RemittanceTotals, int]] = []
        rows: list[tuple[str, dict[str, Any]]] = []
        for item, cheque in told:
            try:
                if isinstance(item, RemittanceTotals):
                    closes.append(_total(item, cheque))
                else:
                    rows.append(self._row(item, cheque))
            except _UnfitError as error:
                asides.append(_aside(item, str(error)))
        put_all_aside(writer, asides, self._file, self._taken)
        self._close(writer, closes)
        numbers = self._scratch.numbered([content for content, _ in rows])
        payments = {}
        for (content, row), number in zip(rows, numbers, strict=True):
            row["key"] = content_key(content, str(number))
            payments[row["key"]] = row
        self._taken.items += len(rows)
        self._insert(writer, payments)

    def _row(self, payment: ClaimPayment, cheque: _Cheque) -> tuple[str, dict[str, Any]]:
        """What is the same for two copies of it, and its row but for its key."""
        if cheque.why:
            raise _UnfitError(cheque.why)
        noun = to_text(payment, without=("remittance",))
        numbers = (payment.patient_control_number, payment.control_number)
        if why := unfit(noun, *numbers, claim_status=(payment.status, _STATUS)):
            raise _UnfitError(why)
        return content_key(cheque.key, noun), {
            "remittance_id": cheque.id,
            "patient_control_number": payment.patient_control_number,
            "control_number": payment.control_number,
            "status": payment.status,
            "charge": cents(payment.charge_amount),
            "paid": cents(payment.paid_amount),
            **_adjusted(payment),
            "file_id": self._file,
            "segment": payment.segment,
            "claim_id": None,
            "matched_by": "",
            "noun": noun,
        }

    def _cheque(self, remittance: Remittance) -> _Cheque:
        """The remittance of an answer; those of one remittance stand together."""
        if self._read is None or self._read.remittance != remittance:
            day = remittance.payment_date.isoformat() if remittance.payment_date else ""
            noun = to_text(remittance)
            why = unfit(noun)
            facts = ("\x1f".join(remittance.payer_ids), remittance.payer_name, remittance.trace_number, day)
            key = "" if why else content_key(*facts, str(remittance.payment_amount), remittance.payee_id)
            why = f"the remittance that it is of: {why}" if why else ""
            self._read = _Cheque(remittance, key, noun, why)
        return self._read

    def _file_cheques(self, writer: Writer, cheques: Iterable[_Cheque]) -> None:
        """Give each remittance its row: the one that it has, or a new one."""
        table = schema.remittances
        wanted = {one.key: one for one in reversed([*cheques]) if one.id is None and not one.why}
        known: dict[str, int] = {}
        for part in parts(wanted):
            rows = select(table.c.key, table.c.id).where(table.c.key.in_(part))
            known.update((key, at) for key, at in writer.connection.execute(rows))
        new = []
        for key, cheque in reversed(wanted.items()):
            if key not in known:
                known[key] = writer.new_id(table)
                new.append(self._cheque_row(cheque, known[key]))
        writer.add(table, new)
        for one in cheques:
            one.id = known.get(one.key, one.id)

    def _cheque_row(self, cheque: _Cheque, number: int) -> dict[str, Any]:
        remittance = cheque.remittance
        return {
            "id": number,
            "key": cheque.key,
            "payer_id": remittance.payer_id,
            "payer_name": remittance.payer_name,
            "trace": remittance.trace_number,
            "payment_date": remittance.payment_date,
            "payment": cents(remittance.payment_amount),
            "file_id": self._file,
            "segment": remittance.segment,
            "noun": cheque.noun,
        }

    def _close(self, writer: Writer, told: list[tuple[RemittanceTotals, int]]) -> None:
        """What cheques say of themselves: how many claims, how much, and what is not of a claim (PLB)."""
        table = schema.remittances
        closes: dict[int, RemittanceTotals] = {}
        for totals, at in told:
            closes.setdefault(at, totals)
        for part in parts(closes):
            known = select(table.c.id).where(table.c.id.in_(part), table.c.stated_claims.is_not(None))
            for at in writer.connection.scalars(known).all():
                del closes[at]
        if not closes:
            return
        stated = update(table).where(table.c.id == bindparam("at"))
        writer.connection.execute(
            stated.values(stated_claims=bindparam("claims"), stated_paid=bindparam("sum")),
            [{"at": at, "claims": one.claims, "sum": cents(one.paid_amount)} for at, one in closes.items()],
        )
        rows: list[dict[str, Any]] = [
            {
                "id": writer.new_id(schema.provider_adjustments),
                "remittance_id": at,
                "number": number,
                "reason": one.reason,
                "reference": one.reference,
                "amount": cents(one.amount),
            }
            for at, totals in closes.items()
            for number, one in enumerate(totals.provider_adjustments, 1)
        ]
        writer.add(schema.provider_adjustments, rows)
        _take_back(writer, {row["reference"] for row in rows if row["reason"] == "WO" and row["reference"]})
        writer.note(*[self._closed(at, totals) for at, totals in closes.items()])

    def _closed(self, at: int, totals: RemittanceTotals) -> Entry:
        amounts = [[one.reason, cents(one.amount)] for one in totals.provider_adjustments]
        data = {"remittance": at, "payment": cents(totals.remittance.payment_amount), "plb": amounts}
        return Entry(event="remittance-closed", file=self._file, segment=totals.remittance.segment, data=data)

    def _insert(self, writer: Writer, payments: dict[str, dict[str, Any]]) -> None:
        table = schema.payments
        known = keys_known(writer, table, payments)
        rows = [row for key, row in payments.items() if key not in known]
        self._taken.new += len(rows)
        self._taken.known += len(known)
        claims = claims_by_number(
            writer.connection, {row["patient_control_number"] for row in payments.values()}
        )
        self._scratch.remember(
            {
                row["charge"]
                for row in payments.values()
                if claims.for_payment(row["patient_control_number"], row["charge"]) is None
            }
        )
        sums: dict[int, dict[str, int]] = {}
        entries = []
        for row in rows:
            row["id"] = writer.new_id(table)
            found = claims.for_payment(row["patient_control_number"], row["charge"])
            if found is not None:
                row["claim_id"], row["matched_by"] = found, "number"
                self._taken.matched += 1
                add_to(sums.setdefault(found, {}), row)
            entries.append(posted(row))
        writer.add(table, rows)
        writer.note(*entries)
        move(writer, sums)


def _total(totals: RemittanceTotals, cheque: _Cheque) -> tuple[RemittanceTotals, int]:
    """With the row of its cheque."""
    if cheque.why or cheque.id is None:
        raise _UnfitError(cheque.why)
    for one in totals.provider_adjustments:
        if why := unfit(to_text(one), reason=(one.reason, _REASON)):
            raise _UnfitError(f"a provider-level adjustment: {why}")
    return totals, cheque.id


def keys_known(writer: Writer, table: Table, keys: Iterable[str]) -> set[str]:
    """Which of these keys a table has."""
    found: set[str] = set()
    for part in parts(keys):
        found.update(writer.connection.scalars(select(table.c.key).where(table.c.key.in_(part))))
    return found


def _adjusted(payment: ClaimPayment) -> dict[str, int]:
    """What each group adjusts, over the claim and its lines, in cents and by the name of its column."""
    sums = dict.fromkeys(schema.GROUPS, 0)
    for one in payment.adjustments:
        sums[one.group] += cents(one.amount)
    for line in payment.lines:
        for one in line.adjustments:
            sums[one.group] += cents(one.amount)
    return {group.lower(): amount for group, amount in sums.items()}


def _take_back(writer: Writer, numbers: set[str]) -> None:
    """Claims whose money a cheque takes back are due again, by the payer's own numbers of them."""
    claims, payments = schema.claims, schema.payments
    for part in parts(numbers):
        theirs = select(payments.c.claim_id).where(payments.c.control_number.in_(part))
        writer.connection.execute(update(claims).where(claims.c.id.in_(theirs)).values(due=True))


def _aside(payment: ClaimPayment | RemittanceTotals, why: str) -> Quarantined:
    if isinstance(payment, RemittanceTotals):
        header = payment.remittance
        return Quarantined(file=header.file, segment=header.segment, reason=why)
    return Quarantined(
        file=payment.remittance.file,
        segment=payment.segment,
        reason=why,
        kind="payment",
        claim_id=payment.patient_control_number,
    )


def posted(row: dict[str, Any]) -> Entry:
    """The journal entry of a payment: what it moves, and where."""
    amounts = {name: row[name] for name in AMOUNTS if row[name]}
    return Entry(
        event="payment-posted",
        claim=row["claim_id"],
        payment=row["id"],
        file=row["file_id"],
        segment=row["segment"],
        data={"remittance": row["remittance_id"], "charge": row["charge"], **amounts},
    )


#: The columns that payments move on their claim.
AMOUNTS = ("paid", *[group.lower() for group in schema.GROUPS])


def add_to(sums: dict[str, int], row: Any, sign: int = 1) -> None:
    """Add a payment's amounts to what a claim is moved by."""
    for name in AMOUNTS:
        sums[name] = sums.get(name, 0) + sign * row[name]
    sums["answers"] = sums.get("answers", 0) + sign


def move(writer: Writer, sums: dict[int, dict[str, int]]) -> None:
    """Move the balances of claims, which are due to be decided again."""
    if not sums:
        return
    table = schema.claims
    changed = {name: table.c[name] + bindparam(f"by_{name}") for name in (*AMOUNTS, "answers")}
    statement = update(table).where(table.c.id == bindparam("at")).values(due=True, **changed)
    rows = [{"at": at, **{f"by_{name}": by for name, by in row.items()}} for at, row in sums.items()]
    writer.connection.execute(statement, rows)

"""Posting answers: one transaction for a batch of claim payments, a fixed number of statements for it.

An answer is the same as one before when payer, cheque, both claim numbers and every amount and code are: then
it is known and posts nothing. A payer may give one claim two equal answers in one cheque; the second is
another one, told by its number among its equals.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals

from . import schema
from .fit import unfit
from .ledger import Entry, Writer
from .matching import claims_by_number
from .nouns import content_key, to_text

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


class Posting:
    """The answers of one file on their way into the ledger."""

    def __init__(self, file: int, taken: Taken) -> None:
        self._file, self._taken = file, taken
        self._remittances: dict[int, tuple[int, str, Remittance]] = {}
        #: Charges of the answers that no claim has by its number.
        self.unmatched: set[int] = set()
        self._equals: Counter[tuple[str, str]] = Counter()

    def post(self, writer: Writer, items: list[ClaimPayment | RemittanceTotals | Quarantined]) -> None:
        """Post a batch."""
        from .intake import put_aside

        payments: dict[str, dict[str, Any]] = {}
        for item in items:
            if isinstance(item, Quarantined):
                put_aside(writer, item, self._file, self._taken)
            elif isinstance(item, RemittanceTotals):
                self._close(writer, item)
            else:
                try:
                    key, row = self._row(writer, item)
                except _UnfitError as error:
                    put_aside(writer, _aside(item, str(error)), self._file, self._taken)
                    continue
                self._taken.items += 1
                payments[key] = row
        self._insert(writer, payments)

    def _row(self, writer: Writer, payment: ClaimPayment) -> tuple[str, dict[str, Any]]:
        remittance, cheque = self._remittance(writer, payment.remittance)
        noun = to_text(payment, without=("remittance",))
        numbers = (payment.patient_control_number, payment.control_number)
        if why := unfit(noun, *numbers, claim_status=(payment.status, _STATUS)):
            raise _UnfitError(why)
        content = content_key(cheque, noun)
        self._equals[cheque, content] += 1
        key = content_key(content, str(self._equals[cheque, content]))
        return key, {
            "key": key,
            "remittance_id": remittance,
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

    def _remittance(self, writer: Writer, remittance: Remittance) -> tuple[int, str]:
        known = self._remittances.get(remittance.number)
        if known is not None and known[2] == remittance:
            return known[0], known[1]
        day = remittance.payment_date.isoformat() if remittance.payment_date else ""
        noun = to_text(remittance)
        if why := unfit(noun):
            raise _UnfitError(f"the remittance that it is of: {why}")
        facts = ("\x1f".join(remittance.payer_ids), remittance.payer_name, remittance.trace_number, day)
        key = content_key(*facts, str(remittance.payment_amount), remittance.payee_id)
        table = schema.remittances
        found = writer.connection.scalar(select(table.c.id).where(table.c.key == key))
        if found is None:
            found = writer.new_id(table)
            row = {
                "id": found,
                "key": key,
                "payer_id": remittance.payer_id,
                "payer_name": remittance.payer_name,
                "trace": remittance.trace_number,
                "payment_date": remittance.payment_date,
                "payment": cents(remittance.payment_amount),
                "file_id": self._file,
                "segment": remittance.segment,
                "noun": noun,
            }
            writer.add(table, [row])
        self._remittances[remittance.number] = (found, key, remittance)
        return found, key

    def _close(self, writer: Writer, totals: RemittanceTotals) -> None:
        """What the cheque says of itself: how many claims, how much, and what is not of a claim (PLB)."""
        from .intake import put_aside

        try:
            remittance, _ = self._remittance(writer, totals.remittance)
            for one in totals.provider_adjustments:
                if why := unfit(to_text(one), reason=(one.reason, _REASON)):
                    raise _UnfitError(f"a provider-level adjustment: {why}")
        except _UnfitError as error:
            header = totals.remittance
            aside = Quarantined(file=header.file, segment=header.segment, reason=str(error))
            put_aside(writer, aside, self._file, self._taken)
            return
        table = schema.remittances
        at = writer.connection.execute(select(table.c.stated_claims).where(table.c.id == remittance)).one()
        if at.stated_claims is not None:
            return
        writer.connection.execute(
            update(table)
            .where(table.c.id == remittance)
            .values(stated_claims=totals.claims, stated_paid=cents(totals.paid_amount))
        )
        rows = []
        for number, one in enumerate(totals.provider_adjustments, 1):
            rows.append(
                {
                    "id": writer.new_id(schema.provider_adjustments),
                    "remittance_id": remittance,
                    "number": number,
                    "reason": one.reason,
                    "reference": one.reference,
                    "amount": cents(one.amount),
                }
            )
        writer.add(schema.provider_adjustments, rows)
        _take_back(writer, {row["reference"] for row in rows if row["reason"] == "WO" and row["reference"]})
        amounts = [[row["reason"], row["amount"]] for row in rows]
        writer.note(
            Entry(
                event="remittance-closed",
                file=self._file,
                segment=totals.remittance.segment,
                data={
                    "remittance": remittance,
                    "payment": cents(totals.remittance.payment_amount),
                    "plb": amounts,
                },
            )
        )

    def _insert(self, writer: Writer, payments: dict[str, dict[str, Any]]) -> None:
        table = schema.payments
        known = set(writer.connection.scalars(select(table.c.key).where(table.c.key.in_(list(payments)))))
        rows = [row for key, row in payments.items() if key not in known]
        self._taken.new += len(rows)
        self._taken.known += len(known)
        claims = claims_by_number(
            writer.connection, {row["patient_control_number"] for row in payments.values()}
        )
        self.unmatched |= {
            row["charge"]
            for row in payments.values()
            if claims.for_payment(row["patient_control_number"], row["charge"]) is None
        }
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


def _adjusted(payment: ClaimPayment) -> dict[str, int]:
    """What each group adjusts, over the claim and its lines, in cents and by the name of its column."""
    sums = dict.fromkeys(schema.GROUPS, 0)
    for one in payment.adjustments:
        sums[one.group] += cents(one.amount)
    for line in payment.lines:
        for one in line.adjustments:
            sums[one.group] += cents(one.amount)
    return {group.lower(): amount for group, amount in sums.items()}


def _take_back(writer: Writer, numbers: set[Any]) -> None:
    """Claims whose money a cheque takes back are due again, by the payer's own numbers of them."""
    if numbers:
        claims, payments = schema.claims, schema.payments
        theirs = select(payments.c.claim_id).where(payments.c.control_number.in_(numbers))
        writer.connection.execute(update(claims).where(claims.c.id.in_(theirs)).values(due=True))


def _aside(payment: ClaimPayment, why: str) -> Quarantined:
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

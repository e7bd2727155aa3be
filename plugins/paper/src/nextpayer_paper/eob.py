"""The proof of one payer's decision: a page for one claim, made from the remittance.

A claim on paper needs the EOB of every earlier payer, and a remittance file holds many patients. Here stands
what the payer said about this one claim: payer, payee, trace and control numbers, every line with every
adjustment, totals that balance, and the source file's digest, so that anybody with that file can check the
page. It is made from one ``ClaimPayment`` and sees nothing else of the file: no other patient, no total of
the cheque.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from nextpayer.money import dollars, total, x12_number
from nextpayer.policy import Person
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment, Procedure
from nextpayer.wire.eob import TYPED

from .eob_page import Document, Row
from .parts import name
from .words import GROUPS, reason_words

__all__ = ["Unbalanced", "eob_pdf", "eob_rows"]

#: CLP02 in our words.
_STATUSES = {
    "1": "processed as first payer", "2": "processed as second payer", "3": "processed as third payer",
    "4": "denied", "19": "processed as first payer and sent on",
    "20": "processed as second payer and sent on", "21": "processed as third payer and sent on",
    "22": "reversal of an earlier payment", "23": "not this payer's claim, sent on",
    "25": "predetermination, no payment",
}  # fmt: skip


class Unbalanced(ValueError):
    """The payment's amounts do not add up; it names the segment and proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amounts:
    where: str
    charge: Decimal
    paid: Decimal
    adjusted: Decimal


def eob_pdf(payments: Sequence[ClaimPayment], digests: Mapping[str, str]) -> bytes:
    """The payments of one claim, each from a page of its own. ``digests`` are SHA-256 by file name.

    Raises Unbalanced, and ValueError when there is no payment, or payments of several claims.
    """
    if not payments:
        raise ValueError("there is no payment to prove")
    if len({payment.patient_control_number for payment in payments}) > 1:
        raise ValueError("the payments are of several claims; each has a proof of its own")
    out = io.BytesIO()
    document = Document(out)
    for payment in payments:
        document.section(*eob_rows(payment, digests[payment.remittance.file]))
    document.finish()
    return out.getvalue()


def eob_rows(payment: ClaimPayment, digest: str) -> tuple[list[tuple[str, str]], list[Row], list[str]]:
    """What the page says: facts, the rows of the table, and the notes under it. Raises Unbalanced."""
    _check(payment)
    rows = [row for number, line in enumerate(payment.lines, 1) for row in _line(number, line)]
    if payment.adjustments:
        rows.append(Row(cells=("claim", "", "for the whole claim", "", "", ""), bold=True))
        rows += [_adjustment(one) for one in payment.adjustments]
    adjusted = payment.charge_amount - payment.paid_amount
    rows.append(
        Row(
            cells=(
                "total",
                "",
                "charge = paid + adjusted",
                dollars(payment.charge_amount),
                dollars(adjusted),
                dollars(payment.paid_amount),
            ),
            bold=True,
            rule=True,
        )
    )
    return _facts(payment), rows, _notes(payment, digest)


def _check(payment: ClaimPayment) -> None:
    """Charge is paid and adjusted, to the cent, on every line and on the claim; the lines make the claim."""
    whole = total(one.amount for one in payment.adjustments)
    for line in payment.lines:
        own = total(one.amount for one in line.adjustments)
        whole += own
        _balance(
            _Amounts(
                where=f"segment {line.segment}",
                charge=line.charge_amount,
                paid=line.paid_amount,
                adjusted=own,
            )
        )
    where = f"segment {payment.segment}"
    _balance(_Amounts(where=where, charge=payment.charge_amount, paid=payment.paid_amount, adjusted=whole))
    if payment.lines and total(line.charge_amount for line in payment.lines) != payment.charge_amount:
        raise Unbalanced(f"{where}: the line charges are not the claim's charge")


def _balance(amounts: _Amounts) -> None:
    off = amounts.charge - amounts.paid - amounts.adjusted
    if off:
        raise Unbalanced(f"{amounts.where}: charge, payment and adjustments differ by {dollars(off)}")


def _facts(payment: ClaimPayment) -> list[tuple[str, str]]:
    """Who paid whom, for whom, by which numbers."""
    remittance = payment.remittance
    paid_on = remittance.payment_date
    facts = [
        ("Payer", _with_ids(remittance.payer_name, *remittance.payer_ids)),
        ("Payee", _with_ids(remittance.payee_name, remittance.payee_id)),
        ("Payment", f"trace {remittance.trace_number}{f', {paid_on}' if paid_on else ''}"),
        ("Payer's claim number", payment.control_number),
        ("Patient account number", payment.patient_control_number),
        ("Patient", _person(payment.patient)),
    ]
    if payment.insured is not None:
        facts.append(("Insured", _person(payment.insured)))
    facts.append(("Decision", f"{payment.status}: {_STATUSES.get(payment.status, 'see the payer')}"))
    if payment.statement_from is not None:
        until = payment.statement_to or payment.statement_from
        facts.append(("Dates of service", f"{payment.statement_from} to {until}"))
    if payment.crossover_carrier is not None:
        facts.append(("Sent on to", payment.crossover_carrier.last))
    return [(label, text.strip()) for label, text in facts if text.strip()]


def _person(who: Person | None) -> str:
    return _with_ids(name(who), who.id) if who is not None else ""


def _with_ids(name: str, *ids: str) -> str:
    known = ", ".join([one for one in ids if one])
    return f"{name}, id {known}" if known else name


def _line(number: int, line: LinePayment) -> list[Row]:
    what = _procedure(line.procedure) or line.revenue_code
    if line.submitted_procedure is not None:
        what += f" (billed as {_procedure(line.submitted_procedure)})"
    units = f"  x {x12_number(line.units)}" if line.units is not None else ""
    adjusted = total(one.amount for one in line.adjustments)
    rows = [
        Row(
            cells=(str(number), line.date.isoformat() if line.date else "", what + units,
                   dollars(line.charge_amount), dollars(adjusted), dollars(line.paid_amount)),
            bold=True,
        )
    ]  # fmt: skip
    rows += [_adjustment(one) for one in line.adjustments]
    if line.allowed_amount is not None:
        rows.append(Row(cells=("", "", f"allowed by the payer: {dollars(line.allowed_amount)}", "", "", "")))
    if line.remark_codes:
        rows.append(Row(cells=("", "", "remarks " + ", ".join(line.remark_codes), "", "", "")))
    return rows


def _procedure(procedure: Procedure | None) -> str:
    return " ".join([procedure.code, *procedure.modifiers]) if procedure is not None else ""


def _adjustment(one: Adjustment) -> Row:
    quantity = f", quantity {x12_number(one.quantity)}" if one.quantity is not None else ""
    words = f"{one.group}-{one.reason}: {reason_words(one.reason)}{quantity}"
    return Row(cells=("", "", words, "", dollars(one.amount), ""))


def _notes(payment: ClaimPayment, digest: str) -> list[str]:
    """The legend of the groups that occur, the remarks, and where it comes from."""
    every = [*payment.adjustments, *[one for line in payment.lines for one in line.adjustments]]
    sums = {group: payment.adjusted(group) for group in dict.fromkeys(one.group for one in every)}
    notes = [f"{group} {dollars(amount)}: {GROUPS[group]}" for group, amount in sums.items()]
    if payment.patient_responsibility is not None:
        notes.append(
            f"Patient responsibility as the payer states it: {dollars(payment.patient_responsibility)}"
        )
    if payment.remark_codes:
        notes.append("Remarks on the claim: " + ", ".join(payment.remark_codes))
    remittance = payment.remittance
    typed = [one.message for one in payment.findings if one.id == TYPED]
    origin = f"Data {typed[0]}; the payer's own EOB is the proof" if typed else "Electronic remittance data"
    notes.append(
        f"{origin}. Printed from {remittance.file}, transaction {remittance.number},"
        f" segment {payment.segment}."
    )
    notes += [one.message for one in payment.findings if one.id != TYPED]
    notes.append(f"SHA-256 of that file: {digest}")
    notes.append("Amounts and codes are the payer's; the words beside the codes are ours.")
    return notes

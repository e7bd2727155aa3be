"""Statement: what the patient is told about one claim, every dollar of it with its reason in plain words.

    charge + credit = paid + reduced + working + waiting + not yours + checking + yours

Nothing is asked for before the last payer has answered, and nothing that law or contract forbids: a QMB owes
no cost sharing (42 USC 1396a(n)(3)), Medicaid's payment is payment in full (42 CFR 447.15), and a charge
above the allowed amount out of network is held back until somebody has looked whether the law protects the
patient.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from .account import Account
from .books import Books, Entry, Post, books_of
from .claim import Provider
from .decide import Decision
from .denial import DenialTable
from .finding import Finding, Severity
from .money import ZERO, total
from .patient import is_qmb
from .policy import Person
from .reasons import Action

__all__ = ["Part", "Row", "Statement", "statement_of"]

#: Decisions that end a claim for the patient: what was paid beyond the share goes back.
_FINAL = frozenset({Action.BILL_PATIENT, Action.CLOSED, Action.WRITE_OFF})
_WAITING = frozenset({Action.BILL_NEXT, Action.FORWARDED})
_QMB_SOURCE = "42 USC 1396a(n)(3); RARC N781-N783; CARC 209"
#: Shares that the law on surprise bills, or the contract, may forbid: somebody must look first.
_CHECK_FIRST = frozenset({"PR-45", "PR-242", "PR-243"})
#: Reasons of the patient's share, in words for the patient.
_PLAIN = {
    "PR-1": "Your deductible: what you pay before the plan begins to pay",
    "PR-2": "Your coinsurance: your part of the allowed amount",
    "PR-3": "Your copay for the visit",
    "PR-66": "Your deductible for blood",
    "PR-96": "Your plan does not cover this service",
    "PR-204": "Your plan does not cover this service",
    "PR-119": "Your plan's limit for this service is used up",
    "PR-26": "Your cover had not begun on that day",
    "PR-27": "Your cover had ended on that day",
    "PR-100": "Your plan paid this amount to you",
}


class Part(StrEnum):
    """Whose an amount is."""

    PAID = "paid"
    REDUCED = "reduced"
    WORKING = "working"
    WAITING = "waiting"
    NOT_YOURS = "not_yours"
    CHECKING = "checking"
    YOURS = "yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One amount, in dollars, and why."""

    part: Part
    label: str
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the patient is told. ``due`` is what to pay now, ``refund`` what goes back, ``paid_by_patient``
    what was paid before (AMT*F5); amounts in dollars."""

    claim_id: str = field(repr=False)
    patient: Person = field(repr=False)
    provider: Provider
    day: dt.date
    service_from: dt.date | None
    service_to: dt.date | None
    charge: Decimal
    credit: Decimal
    rows: tuple[Row, ...]
    paid_by_patient: Decimal
    due: Decimal
    refund: Decimal
    message: str
    findings: tuple[Finding, ...] = ()

    def sum(self, part: Part) -> Decimal:
        """What of the charge is of that part."""
        return total(row.amount for row in self.rows if row.part is part) or ZERO

    @property
    def balances(self) -> bool:
        """Every dollar of the charge has its row."""
        return self.charge + self.credit == (total(row.amount for row in self.rows) or ZERO)


def statement_of(
    account: Account, decision: Decision, table: DenialTable, today: dt.date, *, checked: bool = False
) -> Statement | Finding:
    """The statement of one claim, or why there must be none yet.

    ``checked`` says that somebody has looked whether law or contract forbids an amount above the allowed one.
    """
    books = books_of(account, table)
    if books.findings:
        return books.findings[0]
    if decision.action not in _FINAL | _WAITING:
        message = (
            f"the claim is not settled ({decision.action}, {decision.reason}): no statement goes out yet"
        )
        return _finding("NP-STATEMENT-NOT-READY", message, decision.source)
    rows = [*_of_payers(books)]
    if books.open:
        rows.append(_row(Part.WORKING, "Still open between us and your plan", books.open, "CAS"))
    rows += _of_share(account, books, decision, table, checked)
    claim = account.claim
    yours = total(row.amount for row in rows if row.part is Part.YOURS) or ZERO
    paid = claim.patient_paid
    final = decision.action in _FINAL
    refund = max(paid - yours, ZERO) if final else ZERO
    made = Statement(
        claim_id=claim.patient_control_number,
        patient=claim.patient,
        provider=claim.billing.provider,
        day=today,
        service_from=claim.service_from,
        service_to=claim.service_to,
        charge=books.billed,
        credit=books.credit,
        rows=tuple(rows),
        paid_by_patient=paid,
        due=max(yours - paid, ZERO),
        refund=refund,
        message=_message(decision, max(yours - paid, ZERO), refund),
        findings=tuple(_notes(rows, refund)),
    )
    if not made.balances:
        return _finding("NP-STATEMENT-UNBALANCED", "the rows are not the charge: tell us", "law of the books")
    return made


def _of_payers(books: Books) -> Iterator[Row]:
    """What each payer paid, and what its contract or the law takes off."""
    for one in books.entries:
        name = one.policy.payer.name
        if one.post is Post.PAID:
            yield _row(Part.PAID, f"Paid by {name}", one.amount, "the plan's remittance (CLP04)")
    reduced: dict[str, Decimal] = {}
    for one in books.entries:
        if one.post is Post.REDUCED:
            reduced[one.policy.payer.name] = reduced.get(one.policy.payer.name, ZERO) + one.amount
    for name, amount in reduced.items():
        yield _row(
            Part.REDUCED,
            f"Taken off by the contract or the rules of {name}",
            amount,
            "the plan's remittance (CAS)",
        )


def _of_share(
    account: Account, books: Books, decision: Decision, table: DenialTable, checked: bool
) -> Iterator[Row]:
    """What the last answer left: waiting for the next payer, not the patient's, to be looked at, or due."""
    shares = [one for one in books.entries if one.post is Post.SHARE and one.amount]
    share = books.share
    if not share:
        return
    if decision.action in _WAITING:
        payer = decision.next_policy.payer.name if decision.next_policy is not None else "your next plan"
        yield _row(Part.WAITING, f"Sent to {payer}: we wait for its answer", share, decision.source)
        return
    if is_qmb(account):
        yield _row(
            Part.NOT_YOURS, "Not billed: Medicare's savings programme protects you", share, _QMB_SOURCE
        )
        return
    limit = min(decision.expected_patient, share)
    left = limit
    for one in shares:
        amount = ZERO if one.held_harmless else min(one.amount, left)
        left -= amount
        if amount and one.code in _CHECK_FIRST and not checked:
            label = "Held back: we look whether the law protects you from it"
            yield _row(Part.CHECKING, label, amount, "45 CFR part 149; the contract")
        elif amount:
            yield _row(Part.YOURS, _words(one, table), amount, f"the plan's remittance ({one.code})")
    if share - limit + left:
        source = "; ".join(finding.source for finding in decision.findings if _is_limit(finding))
        label = "Not billed to you: the law or a contract says so"
        yield _row(Part.NOT_YOURS, label, share - limit + left, source or decision.source)


def _is_limit(finding: Finding) -> bool:
    return finding.id.startswith("NP-PATIENT-")


def _words(one: Entry, table: DenialTable) -> str:
    if one.code in _PLAIN:
        return _PLAIN[one.code]
    group, _, reason = one.code.partition("-")
    known = table.known(group, reason)
    return f"Your share: {known[0].says}" if known and known[0].says else f"Your share (code {one.code})"


def _row(part: Part, label: str, amount: Decimal, source: str) -> Row:
    return Row(part=part, label=label, amount=amount, source=source)


def _message(decision: Decision, due: Decimal, refund: Decimal) -> str:
    if due:
        return "Please pay the amount due. If you cannot pay it at once, or think it is wrong, call us."
    if refund:
        return "You paid more than your share: we owe you the difference."
    if decision.action in _WAITING:
        return "This is not a bill. Nothing is due until your next plan has answered."
    return "This is not a bill. You owe nothing for this visit."


def _notes(rows: list[Row], refund: Decimal) -> Iterator[Finding]:
    if any(row.part is Part.CHECKING for row in rows):
        message = "an amount above the allowed one is held back: does law or contract protect the patient?"
        yield _finding("NP-STATEMENT-CHECK", message, "45 CFR part 149", Severity.WARN)
    if refund:
        yield _finding("NP-STATEMENT-REFUND", "the patient paid more than is theirs", "AMT*F5", Severity.WARN)


def _finding(id: str, message: str, source: str, severity: Severity = Severity.REJECT) -> Finding:
    return Finding(id=id, severity=severity, where="statement", message=message, source=source)

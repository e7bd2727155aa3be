"""Where every dollar of every claim stands, and what each payer was expected to pay against what it paid.

    billed + credit = paid + adjusted + patient + outstanding

``paid`` is the money that came, whatever became of its answer; ``adjusted`` what contract, law or somebody
at the desk leaves with the provider; ``patient`` what only the patient owes; ``outstanding`` what a payer
still owes an answer for, or a person must act on; ``credit`` what came beyond what was left. A later
payer's write-off is posted as far as something was left, so nothing is written off twice
(``nextpayer.books``). Amounts in cents.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from nextpayer.account import Account, Standing
from nextpayer.books import Books, Post, books_of
from nextpayer.evidence import shortfalls
from nextpayer.money import ZERO, total
from nextpayer.pipeline import Outcome
from nextpayer.policy import Policy
from nextpayer.reasons import Action

from . import schema
from .accounts import Held
from .office import Office
from .posting import cents
from .work import Terms

__all__ = ["Balance", "Expected", "balances"]

_BATCH = 500
_CLOSED = frozenset({Action.CLOSED, Action.WRITE_OFF})
#: The method of an expectation that is only what the payer could pay at most.
CEILING = "PATIENT-RESPONSIBILITY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One payer: what it was expected to pay when it was billed (None where nobody said), by which method,
    and what it has paid. ``comparison`` is ``waiting``, ``as_expected``, ``under``, ``over``, ``within``
    (less than the most that it could owe, where its plan's terms are not known), ``taken_back`` or
    ``unexpected``."""

    payer_id: str
    expected: int | None
    method: str
    posted: int
    comparison: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One claim. ``action`` and ``reason`` are the decision's, empty where nobody has answered; ``day`` its
    deadline."""

    claim: int
    action: str
    reason: str
    day: dt.date | None
    billed: int
    paid: int
    adjusted: int
    patient: int
    outstanding: int
    credit: int
    payers: tuple[Expected, ...]

    @property
    def balances(self) -> bool:
        """The law, which holds at every step."""
        return self.billed + self.credit == self.paid + self.adjusted + self.patient + self.outstanding

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do on the claim but to wait for the patient's money."""
        return not self.outstanding and self.action in (*map(str, _CLOSED), str(Action.BILL_PATIENT))


def balances(connection: Connection, terms: Terms, ids: Iterable[int] | None = None) -> Iterator[Balance]:
    """The balances of these claims, or of all, in the ledger's order."""
    table = schema.claims
    chosen = list(connection.scalars(select(table.c.id).order_by(table.c.id))) if ids is None else list(ids)
    for start in range(0, len(chosen), _BATCH):
        part = chosen[start : start + _BATCH]
        office = Office(connection, part, terms)
        facts = _facts(connection, part)
        for one in sorted(office.accounts.held, key=lambda one: one.id):
            yield _balance(office, one, *facts.get(one.id, (None, {}, False, 0)))


def _facts(connection: Connection, ids: list[int]) -> dict[int, tuple[Any, dict[str, Any], bool, int]]:
    """Of each claim its decision, what was expected of each payer, whether it was left as it is, its
    money."""
    claims, decisions, followups = schema.claims, schema.decisions, schema.followups
    money = select(claims.c.id, claims.c.paid).where(claims.c.id.in_(ids))
    paid = {row.id: row.paid for row in connection.execute(money)}
    current: dict[int, Any] = {}
    expected: dict[int, dict[str, Any]] = {}
    rows = select(decisions).where(decisions.c.claim_id.in_(ids)).order_by(decisions.c.id)
    for row in connection.execute(rows):
        if row.current:
            current[row.claim_id] = row
        if row.action == str(Action.BILL_NEXT):
            told = json.loads(row.row)
            method = told["expectation"][0] if told["expectation"] else ""
            amount = cents(Decimal(told["amounts"]["expected_next"]))
            expected.setdefault(row.claim_id, {})[row.next_payer_id] = (amount, method)
    accepted: set[int] = set()
    for row in connection.execute(
        select(followups, claims.c.answers.label("now"))
        .join(claims, claims.c.id == followups.c.claim_id)
        .where(followups.c.claim_id.in_(ids))
        .order_by(followups.c.id)
    ):
        if row.kind == "accepted" and row.answers == row.now and _is_so_still(row, current):
            accepted.add(row.claim_id)
        elif row.kind == "void":
            expected.setdefault(row.claim_id, {})[row.payer_id] = (0, "void")
        elif row.expected is not None and row.kind == "correction":
            _, method = expected.get(row.claim_id, {}).get(row.payer_id, (0, ""))
            expected.setdefault(row.claim_id, {})[row.payer_id] = (row.expected, method)
    return {at: (current.get(at), expected.get(at, {}), at in accepted, int(paid.get(at, 0))) for at in ids}


def _is_so_still(row: Any, current: dict[int, Any]) -> bool:
    """Whether the claim is decided for the reason for which it was followed up."""
    decision = current.get(row.claim_id)
    return decision is not None and row.decided in (decision.reason, "")


def _balance(
    office: Office, one: Held, decided: Any, expected: dict[str, Any], accepted: bool, paid: int
) -> Balance:
    billed = cents(one.claim.charge_amount)
    action = decided.action if decided is not None else ""
    adjusted = patient = 0
    payers: tuple[Expected, ...] = ()
    if one.payments:
        outcome = office.outcome(one)
        adjusted, patient = _posted(office, outcome, action, paid)
        payers = tuple(_compared(outcome.account, expected))
    outstanding = max(billed - paid - adjusted - patient, 0)
    if accepted and action:
        adjusted, outstanding = adjusted + outstanding, 0
    return Balance(
        claim=one.id,
        action=action,
        reason=decided.reason if decided is not None else "",
        day=decided.deadline if decided is not None else None,
        billed=billed,
        paid=paid,
        adjusted=adjusted,
        patient=patient,
        outstanding=outstanding,
        credit=max(paid + adjusted + patient - billed, 0),
        payers=payers,
    )


def _posted(office: Office, outcome: Outcome, action: str, paid: int) -> tuple[int, int]:
    """What is adjusted and what is the patient's; nothing where an answer cannot be posted yet."""
    books = books_of(outcome.account, office.denials)
    if books.findings or cents(books.paid) != paid:
        return 0, 0
    adjusted, share = cents(books.reduced), cents(books.share)
    if action == Action.DISPUTE:
        return adjusted - min(_disputed(outcome, books), adjusted), 0
    if action == Action.BILL_PATIENT:
        patient = min(cents(outcome.decision.expected_patient), share)
        return adjusted + share - patient, patient
    if action in _CLOSED:
        return adjusted + share, 0
    return adjusted, 0


def _disputed(outcome: Outcome, books: Books) -> int:
    """What a payer took off that is disputed with it: on its own initiative, or below contract or terms."""
    payments = outcome.decision.payments
    initiated = total(
        one.amount for one in books.entries if one.post is Post.REDUCED and one.code.startswith("PI-")
    )
    short = total(one.short for one in shortfalls(outcome.decision.policy, payments))
    if not short:
        short = total(one.expected - one.paid for one in outcome.variances[:1] if one.paid < one.expected)
    return cents((initiated or ZERO) + (short or ZERO))


def _compared(account: Account, expected: dict[str, Any]) -> Iterator[Expected]:
    """Each payer that was billed or has answered, but the first: that one owes what its contract says."""
    for policy in account.policies:
        amount, method = expected.get(policy.payer.id, (None, ""))
        standing = account.standing(policy)
        if amount is None and (not standing or policy is account.policies[0]):
            continue
        posted = cents(total(answer.payment.paid_amount for answer in standing) or ZERO)
        yield Expected(
            payer_id=policy.payer.id,
            expected=amount,
            method=method,
            posted=posted,
            comparison=_comparison(account, policy, amount, method, posted),
        )


def _comparison(account: Account, policy: Policy, amount: int | None, method: str, posted: int) -> str:
    if not account.standing(policy):
        taken = any(
            answer.policy is policy and answer.standing is Standing.REVERSED for answer in account.answers
        )
        return "taken_back" if taken else "waiting"
    if amount is None:
        return "unexpected"
    if posted == amount:
        return "as_expected"
    if posted > amount:
        return "over"
    return "within" if method in ("", CEILING) else "under"

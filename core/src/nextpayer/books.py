"""Books: where every dollar of a claim stands after the answers so far.

    billed + credit = paid + reduced + share + open

``paid`` is what payers paid, ``reduced`` what contract or law takes off, ``share`` what the last answer
leaves to the next payer or the patient, ``open`` what somebody must still act on: a denial to correct or
appeal, a payer's own reduction, whatever no rule knows. ``credit`` is what later payers paid beyond what was
left.

A later payer's answer speaks of the whole charge again, and restates what came before it (OA-23): only the
difference is posted, against what earlier payers left, so nothing is written off twice (X12 RFI 1696, 2194,
2535). A later payer never leaves more than there was left, and what it restates of an earlier payer's denial
stays open with that payer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from .account import Account, Standing
from .denial import DenialAction, DenialTable
from .finding import Finding, Severity
from .money import ZERO, total
from .policy import Policy
from .remittance import Adjudication, Adjustment, ClaimPayment

__all__ = ["Books", "Entry", "Post", "books_of"]

_PRIOR = "23"
_HELD_HARMLESS = ("OA", "209")


class Post(StrEnum):
    """Where an amount is posted."""

    PAID = "paid"
    REDUCED = "reduced"
    SHARE = "share"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One amount of one payer's answer, in dollars. ``code`` is its group and reason, empty for a payment and
    for what the payer did not explain. ``held_harmless``: the patient may never be asked for it (OA-209)."""

    policy: Policy = field(repr=False)
    post: Post
    amount: Decimal
    code: str = ""
    held_harmless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The state after every answer that stands. ``entries`` are payments and reductions of all payers, and
    the share and open amounts of the last one. ``findings`` are answers that could not be posted."""

    billed: Decimal
    entries: tuple[Entry, ...]
    credit: Decimal
    unanswered: Decimal
    findings: tuple[Finding, ...] = ()

    def sum(self, post: Post) -> Decimal:
        """What is posted there."""
        return total(one.amount for one in self.entries if one.post is post) or ZERO

    @property
    def paid(self) -> Decimal:
        """What payers paid."""
        return self.sum(Post.PAID)

    @property
    def reduced(self) -> Decimal:
        """What contract or law takes off."""
        return self.sum(Post.REDUCED)

    @property
    def share(self) -> Decimal:
        """What the last answer leaves to the next payer or the patient."""
        return self.sum(Post.SHARE)

    @property
    def open(self) -> Decimal:
        """What somebody must act on, and the whole charge while nobody has answered."""
        return self.sum(Post.OPEN) + self.unanswered

    @property
    def balances(self) -> bool:
        """The law, which holds at every step."""
        return self.billed + self.credit == self.paid + self.reduced + self.share + self.open


@dataclass(frozen=True, slots=True)
class _Said:
    """One payer's answer: what it paid and every adjustment of it."""

    policy: Policy
    paid: Decimal
    adjustments: tuple[Adjustment, ...]


def books_of(account: Account, table: DenialTable) -> Books:
    """The books of one claim. A first answer that does not balance, or one that stands beside another of the
    same payer, is not posted: its money is open, and a finding says so."""
    charge = account.claim.charge_amount
    settled: list[Entry] = []
    left: list[Entry] = []
    unanswered, credit = charge, ZERO
    findings: list[Finding] = []
    for said in _said(account, findings):
        first = unanswered == charge and not settled and not left
        pool = unanswered + total(one.amount for one in left)
        if first and said.paid + total(one.amount for one in said.adjustments) != charge:
            findings.append(_unposted("NP-BOOKS-UNBALANCED", said.policy, "it does not add up to the charge"))
            continue
        settled.append(Entry(policy=said.policy, post=Post.PAID, amount=said.paid))
        if first:
            entries = list(_stated(said, table))
        else:
            credit += max(said.paid - pool, ZERO)
            entries = list(_divided(said, max(pool - said.paid, ZERO), table, left))
        settled += [one for one in entries if one.post is Post.REDUCED]
        left = [one for one in entries if one.post is not Post.REDUCED]
        unanswered = ZERO
    return Books(
        billed=charge,
        entries=(*settled, *left),
        credit=credit,
        unanswered=unanswered,
        findings=tuple(findings),
    )


def _said(account: Account, findings: list[Finding]) -> Iterator[_Said]:
    """The answers in paying order: those at hand, and those that the claim tells of."""
    for policy in account.policies:
        standing = account.standing(policy)
        if len(standing) > 1 and any(one.standing is not Standing.SPLIT for one in standing):
            findings.append(
                _unposted("NP-BOOKS-TWO-ANSWERS", policy, "it answered twice and took neither back")
            )
            continue
        if standing:
            payments = [one.payment for one in standing]
            yield _Said(
                policy,
                total(one.paid_amount for one in payments),
                tuple(adjustment for one in payments for adjustment in _of_payment(one)),
            )
            continue
        told = next((one.adjudication for one in account.claim.other_payers if one.policy is policy), None)
        if told is not None and told.paid_amount is not None:
            yield _Said(policy, told.paid_amount, tuple(_of_adjudication(told)))


def _of_payment(payment: ClaimPayment) -> Iterator[Adjustment]:
    yield from payment.adjustments
    for line in payment.lines:
        yield from line.adjustments


def _of_adjudication(adjudication: Adjudication) -> Iterator[Adjustment]:
    yield from adjudication.adjustments
    for line in adjudication.lines:
        yield from line.adjustments


def _stated(said: _Said, table: DenialTable) -> Iterator[Entry]:
    """The first payer's reasons as it gave them. They add up with its payment to the charge, also where it
    allowed more than was charged (a negative reason)."""
    for one in said.adjustments:
        held = (one.group, one.reason) == _HELD_HARMLESS
        code = f"{one.group}-{one.reason}"
        post = Post.OPEN if one.reason == _PRIOR else _post(one, table)  # nobody came before
        yield Entry(policy=said.policy, post=post, amount=one.amount, code=code, held_harmless=held)


def _divided(said: _Said, rest: Decimal, table: DenialTable, left: list[Entry]) -> Iterator[Entry]:
    """What is left after a later payer's payment, by its own reasons: the share first, then what is open,
    then the reductions, each as far as there is something left. Of the rest, what an earlier payer had denied
    (``left``) is that payer's still; what no reason explains is open."""
    by_post: dict[Post, list[Adjustment]] = {Post.SHARE: [], Post.OPEN: [], Post.REDUCED: []}
    for one in said.adjustments:
        if one.reason != _PRIOR:
            by_post[_post(one, table)].append(one)
    for post, adjustments in by_post.items():
        room = min(max(total(one.amount for one in adjustments), ZERO), rest)
        rest -= room
        yield from _within(said.policy, post, adjustments, room)
    for entry in left:
        amount = min(entry.amount, rest) if entry.post is Post.OPEN and entry.code else ZERO
        if amount > ZERO:
            rest -= amount
            yield replace(entry, amount=amount)
    if rest:
        yield Entry(policy=said.policy, post=Post.OPEN, amount=rest)


def _post(one: Adjustment, table: DenialTable) -> Post:
    if one.group == "PR" or (one.group, one.reason) == _HELD_HARMLESS:
        return Post.SHARE
    rule = table.rule(one)
    if rule is not None and rule.action in (DenialAction.WRITE_OFF, DenialAction.POST_ONLY):
        return Post.REDUCED
    return Post.OPEN


def _within(policy: Policy, post: Post, adjustments: Iterable[Adjustment], room: Decimal) -> Iterator[Entry]:
    """The adjustments one by one, as far as there is room; a negative one makes room."""
    for one in sorted(adjustments, key=lambda one: one.amount):
        amount = min(one.amount, room)
        room -= amount
        if amount:
            held = (one.group, one.reason) == _HELD_HARMLESS
            code = f"{one.group}-{one.reason}"
            yield Entry(policy=policy, post=post, amount=amount, code=code, held_harmless=held)


def _unposted(id: str, policy: Policy, why: str) -> Finding:
    return Finding(
        id=id,
        severity=Severity.REJECT,
        where=f"payer {policy.payer.id}",
        message=f"its answer is not posted: {why}",
        source="X12 835 TR3 1.10.2; CLP01, CLP07",
    )

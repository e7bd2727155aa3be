"""Triage: one payer's answer in; what is wrong with it, what to do first, and whether the next payer may be
billed out.

Every adjustment, every remark that says something by itself, and the claim status is looked up. Each comes
back with its rule, or without one where nobody knows the combination: that is for a person, and never a
write-off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from nextpayer.money import ZERO, total
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment

from .rule import PRECEDENCE, DenialAction, DenialRule, NextPayer
from .table import DenialTable

__all__ = ["Disposition", "Found", "Triage", "triage"]


class Disposition(StrEnum):
    """What the payer did with the claim. ``rejected`` it never received it (unprocessable: MA130), ``pended``
    it has not finished; ``zero_by_rule`` it paid nothing because rules leave the money elsewhere (the
    patient's share, the contract, earlier payers), ``denied`` for any other reason."""

    PAID = "paid"
    ZERO_BY_RULE = "zero_by_rule"
    DENIED = "denied"
    PENDED = "pended"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    REVERSED = "reversed"
    PREDETERMINATION = "predetermination"


#: CLP02 of answers that decide nothing about money.
_BY_STATUS = {
    "22": Disposition.REVERSED,
    "25": Disposition.PREDETERMINATION,
    "19": Disposition.FORWARDED,
    "20": Disposition.FORWARDED,
    "21": Disposition.FORWARDED,
    "23": Disposition.FORWARDED,
}
#: Categories of reasons that leave the money with somebody by rule: nothing was refused.
_BY_RULE = frozenset({"patient share", "price", "statutory", "prior payer", "qmb", "withhold", "posting"})
#: Actions that need nobody: it is posted, billed on or waited for.
_QUIET = frozenset({DenialAction.NEXT_PAYER, DenialAction.PATIENT, DenialAction.POST_ONLY, DenialAction.WAIT})
_UNPROCESSABLE = "MA130"
_RANK = {action: n for n, action in enumerate(PRECEDENCE)}
_UNKNOWN = "no rule knows this reason: a person must look at it before anything is billed or written off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing the payer said and its rule, None where nobody knows it. ``code`` is such as ``CO-97``, a
    RARC or ``CLP02 4``; ``amount`` is zero for what is not an adjustment."""

    code: str
    segment: int
    loop: str
    amount: Decimal
    rule: DenialRule | None

    @property
    def action(self) -> DenialAction:
        """What to do; a person decides what no rule knows."""
        return self.rule.action if self.rule is not None else DenialAction.REVIEW

    @property
    def next_payer(self) -> NextPayer:
        """Whether the next payer may be billed with it."""
        return self.rule.next_payer if self.rule is not None else NextPayer.CASE

    @property
    def says(self) -> str:
        """Why, in one sentence."""
        return self.rule.says if self.rule is not None else _UNKNOWN

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must act: not so for posting, waiting, billing on, and the contract's price."""
        if self.action is DenialAction.WRITE_OFF:
            return self.rule is None or self.rule.category not in _BY_RULE
        return self.action not in _QUIET

    @property
    def rank(self) -> tuple[bool, int]:
        """What must be put right first comes first."""
        return (self.next_payer is not NextPayer.NO, _RANK[self.action])


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """A payer's answer, understood: what became of the claim, and everything said about it, first things
    first. ``at_stake`` is the money that an action other than posting could still move, in dollars."""

    disposition: Disposition
    found: tuple[Found, ...]
    at_stake: Decimal

    @property
    def first(self) -> Found | None:
        """What settles the action; None when the payer gave no reason at all."""
        return self.found[0] if self.found else None

    @property
    def action(self) -> DenialAction:
        """What to do first. Without any reason it is posted, or looked at where nothing was paid."""
        if self.first is not None:
            return self.first.action
        return DenialAction.POST_ONLY if self.disposition is Disposition.PAID else DenialAction.REVIEW

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must do something about the answer."""
        if not self.found:
            return self.action is DenialAction.REVIEW
        return any(one.needs_a_person for one in self.found)

    @property
    def next_payer(self) -> NextPayer:
        """Whether the next payer may be billed: no if one reason says no, else the most careful answer."""
        said = {found.next_payer for found in self.found}
        for answer in (NextPayer.NO, NextPayer.CASE):
            if answer in said:
                return answer
        return NextPayer.YES if self.disposition is Disposition.PAID or said else NextPayer.CASE


def triage(payment: ClaimPayment, table: DenialTable) -> Triage:
    """What one answer says, and what to do about it."""
    found = tuple(sorted(_found(payment, table), key=lambda one: one.rank))
    at_stake = total(
        one.amount for one in found if one.action not in (DenialAction.POST_ONLY, DenialAction.WRITE_OFF)
    )
    return Triage(disposition=_disposition(payment, found), found=found, at_stake=at_stake)


def _found(payment: ClaimPayment, table: DenialTable) -> Iterator[Found]:
    status, payers = payment.status, payment.remittance.payer_ids
    day = payment.remittance.payment_date
    if (rule := table.of_status(status, payers=payers, day=day)) is not None:
        yield Found(code=f"CLP02 {status}", segment=payment.segment, loop="2100", amount=ZERO, rule=rule)
    levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
    for level in levels:
        loop = "2100" if level is payment else "2110"
        for remark in dict.fromkeys(level.remark_codes):
            if (rule := table.of_remark(remark, status=status, payers=payers, day=day)) is not None:
                yield Found(code=remark, segment=level.segment, loop=loop, amount=ZERO, rule=rule)
        remarks = {*level.remark_codes, *payment.remark_codes}
        for one in level.adjustments:
            rule = table.rule(one, remarks, status=status, payers=payers, day=day)
            yield Found(code=_code(one), segment=level.segment, loop=loop, amount=one.amount, rule=rule)


def _disposition(payment: ClaimPayment, found: tuple[Found, ...]) -> Disposition:
    if payment.status in _BY_STATUS:
        return _BY_STATUS[payment.status]
    if payment.paid_amount:
        return Disposition.PAID
    if any(one.code == _UNPROCESSABLE for one in found):
        return Disposition.REJECTED
    if any(one.action is DenialAction.WAIT and one.next_payer is NextPayer.NO for one in found):
        return Disposition.PENDED
    reasons = [one for one in found if one.amount]
    if reasons and all(one.rule is not None and one.rule.category in _BY_RULE for one in reasons):
        return Disposition.ZERO_BY_RULE
    return Disposition.DENIED


def _code(adjustment: Adjustment) -> str:
    return f"{adjustment.group}-{adjustment.reason}"

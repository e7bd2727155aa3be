"""Where the money goes astray: what was denied, paid short or held, as countable losses.

A decision says what to do about one claim; a loss says what it teaches about the next: which payer, which
reason, which form, how much. Losses are made while the decision is at hand and kept in the report, so that a
month's reports can be counted later, away from any claim (``tally``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from .claim import Claim
from .decide import Action, Decision
from .denial import DenialTable
from .evidence import shortfalls
from .money import ZERO, total
from .remittance import ClaimPayment, LinePayment
from .variance import Comparison, Variance

__all__ = ["Found", "Loss", "LossKind", "Tally", "losses", "refused", "tally"]

_SHORT = frozenset({Comparison.UNDER, Comparison.UNEXPLAINED})
Key = TypeVar("Key", bound=Hashable)


class LossKind(StrEnum):
    """``denied``: an adjustment that is neither a price nor a share. ``underpaid``: less than contract or
    terms owe. ``held``: stopped here before it was sent."""

    DENIED = "denied"
    UNDERPAID = "underpaid"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Money that did not come, and why. ``reason`` is group and reason (``CO-16``), a term of the plan, or a
    finding's id; ``category`` and ``action`` are the denial table's words; ``amount`` in dollars."""

    kind: LossKind
    payer_id: str
    form: str
    reason: str
    category: str
    action: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One loss with what else it is counted by: its claim, the month of the payment (``2025-02``), and who
    coded the claim."""

    claim: str
    month: str
    coder: str
    loss: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many claims, how many losses, and how much money."""

    claims: int
    losses: int
    amount: Decimal


def losses(
    decision: Decision, claim: Claim, variances: tuple[Variance, ...], table: DenialTable
) -> tuple[Loss, ...]:
    """What one decision teaches: the payer's denials, what it paid short, or what holds the claim."""
    found = [loss for payment in decision.payments for loss in refused(payment, claim, table)]
    found += _underpaid(decision, claim, variances)
    if decision.action is Action.HOLD:
        policy = decision.next_policy or decision.policy
        found.append(
            Loss(
                kind=LossKind.HELD,
                payer_id=policy.payer.id,
                form=f"837{claim.kind}",
                reason=decision.reason,
                category="held before sending",
                action="review",
                amount=decision.split.patient,
            )
        )
    return tuple(found)


def refused(payment: ClaimPayment, claim: Claim, table: DenialTable) -> tuple[Loss, ...]:
    """The adjustments of one answer that the denial table does not let pass; unknown ones too."""
    found = []
    levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
    for level in levels:
        for adjustment in level.adjustments:
            if table.passes[adjustment.group, adjustment.reason]:
                continue
            rule = table.rule(adjustment, level.remark_codes or payment.remark_codes)
            found.append(
                Loss(
                    kind=LossKind.DENIED,
                    payer_id=payment.remittance.payer_id,
                    form=f"837{claim.kind}",
                    reason=f"{adjustment.group}-{adjustment.reason}",
                    category="unknown" if rule is None else rule.category,
                    action="review" if rule is None else str(rule.action),
                    amount=adjustment.amount,
                )
            )
    return tuple(found)


def _underpaid(decision: Decision, claim: Claim, variances: tuple[Variance, ...]) -> list[Loss]:
    """What the payer paid less than its terms owe; without terms, what it allowed less than its contract."""
    whole = next((one for one in variances if not one.line and one.comparison in _SHORT), None)
    if whole is not None:
        reason, amount = whole.term or "unexplained", whole.expected - whole.paid
    else:
        told = decision.reason == "NP-BELOW-CONTRACT"
        short = shortfalls(decision.policy, decision.payments) if told else ()
        reason, amount = "allowed amount", total(one.short for one in short)
    if amount <= ZERO:
        return []
    return [
        Loss(
            kind=LossKind.UNDERPAID,
            payer_id=decision.policy.payer.id,
            form=f"837{claim.kind}",
            reason=reason,
            category="below contract" if whole is None else "below the plan's terms",
            action="appeal",
            amount=amount,
        )
    ]


def tally(found: Iterable[Found], key: Callable[[Found], Key]) -> dict[Key, Tally]:
    """The losses by ``key``, the most money first, then by key."""
    groups: dict[Key, list[Found]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    counted = {
        group: Tally(
            claims=len({one.claim for one in members}),
            losses=len(members),
            amount=total(one.loss.amount for one in members),
        )
        for group, members in groups.items()
    }
    return dict(sorted(counted.items(), key=lambda item: (-item[1].amount, str(item[0]))))

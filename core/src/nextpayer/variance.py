"""Expected against actual: did a payer pay what its plan owes, and if not, which term differs?

What a payer owed is computed from the answers before its own, by its adapter's method and the terms that the
user has stated; without them there is nothing to compare and nothing is said. Where the payment differs, each
fact that the answer tells of itself (its allowed amount, deductible, copay, a maximum reached, a service not
covered, sequestration) is put into the same formula: the one that then gives the very payment is the term
that differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .coordinate import Expectation, MissingTerms
from .money import ZERO, total
from .policy import Policy
from .shares import Share, Terms, spread, together, whole

__all__ = ["Comparison", "Variance", "compare"]

Owes = Callable[[tuple[Share, ...], tuple[Terms, ...], Policy], Expectation | MissingTerms]

_MAXIMUM = frozenset({"119", "35", "149"})
_NOT_COVERED = frozenset({"96", "204", "256"})
_SEQUESTRATION = "253"


class Comparison(StrEnum):
    """How a payment compares with what was owed."""

    AS_EXPECTED = "as_expected"
    UNDER = "under"
    OVER = "over"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """One comparison: ``line`` is LX01, 0 for the claim. ``term`` is the term that differs, with what was
    known of it (``assumed``) and what the answer says (``told``); empty when nothing differs or explains."""

    payer_id: str
    line: int
    expected: Decimal
    paid: Decimal
    comparison: Comparison
    method: str
    term: str = ""
    assumed: Decimal | None = None
    told: Decimal | None = None


def compare(
    owes: Owes,
    policy: Policy,
    before: tuple[Share, ...],
    terms: tuple[Terms, ...],
    answered: tuple[Share, ...],
) -> tuple[Variance, ...]:
    """The payer's answer against what it owed: the claim first, then each line where lines can be compared.

    ``before`` are the shares as the payers before left them, ``answered`` the same shares with this payer's
    own payment and adjustments. Empty where the terms do not say what was owed.
    """
    if len(before) != len(answered):  # one of them decided the claim as a whole
        before, answered, terms = (whole(before),), (whole(answered),), (together(terms),)
    owed = owes(before, terms, policy)
    if isinstance(owed, MissingTerms):
        return ()
    paid = total(share.paid for share in answered)
    found = [_variance(owes, policy, owed, paid, before, terms, answered, 0)]
    given = spread(before, terms)
    lines = [owes((share,), (one,), policy) for share, one in zip(before, given, strict=True)]
    known = [line for line in lines if isinstance(line, Expectation)]
    if len(before) > 1 and len(known) == len(lines) and total(one.amount for one in known) == owed.amount:
        for share, one, mine, line in zip(before, given, answered, known, strict=True):
            found.append(_variance(owes, policy, line, mine.paid, (share,), (one,), (mine,), share.number))
    return tuple(found)


def _variance(
    owes: Owes,
    policy: Policy,
    owed: Expectation,
    paid: Decimal,
    before: tuple[Share, ...],
    terms: tuple[Terms, ...],
    answered: tuple[Share, ...],
    line: int,
) -> Variance:
    plain = Variance(
        payer_id=policy.payer.id,
        line=line,
        expected=owed.amount,
        paid=paid,
        comparison=Comparison.AS_EXPECTED,
        method=owed.method,
    )
    if paid == owed.amount:
        return plain
    comparison = Comparison.UNDER if paid < owed.amount else Comparison.OVER
    reduction = _reasons(answered, frozenset({_SEQUESTRATION}))
    if reduction and owed.amount - reduction == paid:
        return replace(plain, term="sequestration", assumed=ZERO, told=reduction)
    for term, assumed, told, other in _told(terms, answered):
        again = owes(before, other, policy)
        if isinstance(again, Expectation) and again.amount == paid:
            return replace(plain, comparison=comparison, term=term, assumed=assumed, told=told)
    return replace(plain, comparison=Comparison.UNEXPLAINED)


def _told(
    terms: tuple[Terms, ...], answered: tuple[Share, ...]
) -> list[tuple[str, Decimal | None, Decimal | None, tuple[Terms, ...]]]:
    """Each term of which the answer tells another value: its name, both values, and the terms with it."""
    found: list[tuple[str, Decimal | None, Decimal | None, tuple[Terms, ...]]] = []
    stated = [share.stated_allowed for share in answered]
    if None not in stated:
        allowed = total(one for one in stated if one is not None)
        other = tuple(replace(one, allowed=told) for one, told in zip(terms, stated, strict=True))
        found.append(("allowed amount", _sum(terms, "allowed"), allowed, other))
    for term, name, reason in (("deductible", "deductible", "1"), ("copay", "copay", "3")):
        told = _patient(answered, reason)
        assumed = getattr(terms[0], name)
        if told != (assumed or ZERO):
            change: dict[str, Any] = {name: told}
            found.append((term, assumed, told, tuple(replace(one, **change) for one in terms)))
    if _reasons(answered, _MAXIMUM):
        paid = total(share.paid for share in answered)
        found.append(("maximum", terms[0].maximum, paid, tuple(replace(one, maximum=paid) for one in terms)))
    if _reasons(answered, _NOT_COVERED):
        found.append(("not covered", None, None, tuple(replace(one, excluded=True) for one in terms)))
    return found


def _sum(terms: tuple[Terms, ...], name: str) -> Decimal | None:
    amounts = [getattr(one, name) for one in terms]
    return None if None in amounts else total(amounts)


def _patient(answered: tuple[Share, ...], reason: str) -> Decimal:
    return total(
        one.amount
        for share in answered
        for one in share.adjustments
        if one.group == "PR" and one.reason == reason
    )


def _reasons(answered: tuple[Share, ...], reasons: frozenset[str]) -> Decimal:
    return total(one.amount for share in answered for one in share.adjustments if one.reason in reasons)

"""What would change the answer: the smallest single facts that would flip the order.

A biller on the phone wants to know what to ask twice. For each fact that the answer rests on, the nearest
other value that leads to another determined order is reported; facts whose every value leads to the same
order, or to none, are not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from .candidates import candidates
from .case import NEVER, Case, FactUsed
from .engine import Answer, Rules, order_of_benefits

__all__ = ["Flip", "would_flip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """If ``fact`` were ``value``, the order would be ``order`` (policy ids)."""

    fact: FactUsed
    value: Any = field(repr=False)
    order: tuple[str, ...]


def would_flip(answer: Answer, rules: Rules) -> tuple[Flip, ...]:
    """The facts of a determined answer that would change it: those it rests on, in the order in which the
    rules asked, then those that kept another rule from deciding."""
    if not answer.determined:
        return ()
    used: dict[str, FactUsed] = {}
    for because in (
        *(step.because for step in answer.derivation),
        *(out.because for out in answer.excluded),
        *(passed.because for passed in answer.passed),
    ):
        for fact in because:
            if not fact.any:
                used.setdefault(fact.name, fact)
    case = Case(answer.coverage, answer.on, answer.order, lambda case, one, other: None)
    found = []
    for fact in used.values():
        values = [value for value in candidates(case, fact.policy, fact.path) if value != fact.value]
        for value in sorted(values, key=lambda value, fact=fact: _distance(fact.value, value)):  # type: ignore[misc]
            other = order_of_benefits(
                answer.coverage.with_value(fact.policy, fact.path, value), answer.on, rules
            )
            if other.determined and _differs(answer, other):
                found.append(Flip(fact=fact, value=value, order=tuple(one.id for one in other.order)))
                break
    return tuple(found)


def _differs(one: Answer, other: Answer) -> bool:
    return _told(one) != _told(other)


def _told(answer: Answer) -> tuple[object, ...]:
    return [policy.id for policy in answer.order], answer.shares, answer.alternatives


def _distance(now: Any, value: Any) -> int:
    """How far a value is from the present one, for numbers and days; words are tried as they stand."""
    if isinstance(now, bool) or isinstance(value, bool):
        return 0
    if isinstance(now, int) and isinstance(value, int):
        return abs(now - value)
    if isinstance(now, dt.date) and isinstance(value, dt.date) and now != NEVER:
        return abs((now - value).days)
    return 0

"""What Medicare owes on one share, and the lowest of the regulation's amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nextpayer.coordinate import Term
from nextpayer.methods import at_least_zero

__all__ = ["Owed", "lowest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Medicare's payment before sequestration and what the beneficiary may be charged, in dollars."""

    amount: Decimal
    patient: Decimal
    terms: tuple[Term, ...] = ()


def lowest(compared: Sequence[Term]) -> tuple[Decimal, tuple[Term, ...]]:
    """The lowest of the terms, at least zero; and the terms with one more that says which it was."""
    least = min(compared, key=lambda term: term.amount)
    amount = at_least_zero(least.amount)
    which = Term(name=f"lowest: {least.name}", amount=amount, source=least.source)
    return amount, (*compared, which)

"""Coordinate: what the next payer is expected to pay, and the waterfall from the charge to the patient.

The default expectation is the patient responsibility that the last payer left: the standard method never
pays more than that (NAIC COB Model Regulation MDL-120 section 7, allowable expense), and an adapter that
knows its plan's method says better. Nothing here is ever sent to a payer; the payer decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .split import Split, split_of

__all__ = ["Expectation", "Split", "Step", "Term", "split_of", "waterfall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One number of a calculation: its name, amount in dollars, and who says so."""

    name: str
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a payer should pay, by which method, with every term. Amounts in dollars.

    ``patient`` is what the patient may then be billed; None means what the payer leaves.
    """

    amount: Decimal
    method: str
    source: str
    terms: tuple[Term, ...] = ()
    patient: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the waterfall: what is taken off, and what is left. Amounts in dollars."""

    name: str
    amount: Decimal
    left: Decimal


def waterfall(split: Split, expected_next: Decimal, expected_patient: Decimal) -> tuple[Step, ...]:
    """The charge, step by step, to what the patient is expected to owe."""
    left = split.charge
    steps = [Step(name="billed", amount=split.charge, left=left)]
    for name, amount in (
        ("contractual", split.contractual),
        ("other adjustments", split.other),
        ("paid", split.paid),
        ("expected from the next payer", expected_next),
        ("patient", expected_patient),
    ):
        left -= amount
        if amount or name == "paid":
            steps.append(Step(name=name, amount=amount, left=left))
    return tuple(steps)

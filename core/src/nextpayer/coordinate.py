"""Coordinate: what the next payer is expected to pay, and the waterfall from the charge to the patient.

The default expectation is the patient responsibility that the last payer left: the standard method never
pays more than that (NAIC COB Model Regulation MDL-120 section 7, allowable expense), and an adapter that
knows its plan's method says better. Nothing here is ever sent to a payer; the payer decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from .money import ZERO
from .split import Split, split_of

__all__ = ["Expectation", "MissingTerms", "Split", "Step", "Term", "held_harmless", "split_of", "waterfall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One number of a calculation: its name, amount in dollars, and who says so."""

    name: str
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a payer should pay, by which method, with every term. Amounts in dollars.

    ``patient`` is what the patient may then be billed; None means what the payer leaves, and with
    ``patient_stated`` false that no rule here says.
    """

    amount: Decimal
    method: str
    source: str
    terms: tuple[Term, ...] = ()
    patient: Decimal | None = None
    patient_stated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTerms:
    """Why an adapter says no amount: the terms it would need, by their names in the coverage file or case
    (``cob.method``, ``terms.medicare_fee``), and the rule that asks for them."""

    names: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the waterfall: what is taken off, and what is left. Amounts in dollars."""

    name: str
    amount: Decimal
    left: Decimal


def held_harmless(owed: Expectation) -> Expectation:
    """The same for a Qualified Medicare Beneficiary, who owes nothing of Medicare's cost sharing, whatever
    the next payer pays: 42 USC 1396a(n)(3)."""
    term = Term(name="patient, a QMB", amount=ZERO, source="42 USC 1396a(n)(3); RARC N781, N782; OA-209")
    return replace(owed, patient=ZERO, patient_stated=True, terms=(*owed.terms, term))


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

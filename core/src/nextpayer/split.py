"""Split: how a payer's answer divides the charge, in one walk over its adjustments.

Whether the answer balances, what is left and who may be billed are all asked of these sums, so they are made
once and handed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ._swift import swift
from .money import ZERO
from .remittance import ClaimPayment, LinePayment

__all__ = ["Split", "split_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How a payer's answer divides the charge: ``charge = paid + contractual + patient + other``.

    ``contractual`` is group CO (and CR), ``patient`` group PR, ``other`` OA and PI. ``prior`` is the part of
    ``other`` that restates earlier payers (OA-23), ``held_harmless`` what a QMB may not be billed (OA-209).
    """

    charge: Decimal
    paid: Decimal
    contractual: Decimal
    patient: Decimal
    other: Decimal
    prior: Decimal = ZERO
    held_harmless: Decimal = ZERO


make_split = swift(Split)


def split_of(payments: tuple[ClaimPayment, ...]) -> Split:
    """How one payer's answer (its payments together, when it split the claim) divides the charge."""
    charge = paid = contractual = patient = other = prior = harmless = ZERO
    for payment in payments:
        charge += payment.charge_amount
        paid += payment.paid_amount
        levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
        for level in levels:
            for adjustment in level.adjustments:
                group = adjustment.group
                if group == "CO":
                    contractual += adjustment.amount
                elif group == "PR":
                    patient += adjustment.amount
                elif group == "CR":
                    contractual += adjustment.amount
                else:
                    amount = adjustment.amount
                    other += amount
                    if adjustment.reason == "23":
                        prior += amount
                    elif adjustment.reason == "209":
                        harmless += amount
    return make_split(charge, paid, contractual, patient, other, prior, harmless)

"""Part B as a later payer: services paid on a fee schedule or reasonable charge basis, line by line.

42 CFR 411.33(a): the payment is the lowest of three amounts; below zero it is nothing. Each function is one
paragraph of the regulation; amounts in dollars.
"""

from __future__ import annotations

from decimal import Decimal

from nextpayer.coordinate import Term
from nextpayer.methods import at_least_zero, half_up
from nextpayer.money import ZERO
from nextpayer.shares import Share, Terms

from .otaf import accepted
from .owed import Owed, lowest

__all__ = ["beneficiary", "missing", "normal_payment", "owed", "payment"]

_A = "42 CFR 411.33(a)"


def missing(share: Share, terms: Terms) -> tuple[str, ...]:
    """The facts without which the three amounts are not known, by their names in the case."""
    if terms.excluded:
        return ()
    asked = (
        ("terms.medicare_fee", terms.allowed),
        ("terms.deductible_unmet", terms.deductible),
        ("terms.rate", terms.rate),
        ("prior[].allowed", share.told or terms.conditional or None),
    )
    return tuple(name for name, value in asked if value is None)


def less_charge(share: Share, terms: Terms) -> Decimal:
    """411.33(a)(1): the actual charge, or the amount obligated to accept if less, minus the primary
    payment."""
    return accepted(share, terms).amount - share.paid


def normal_payment(fee: Decimal, deductible: Decimal, rate: Decimal) -> Decimal:
    """411.33(a)(2): what Medicare would pay if the services were not covered by a primary payer."""
    return half_up(at_least_zero(fee - deductible) * rate)


def less_allowed(share: Share, fee: Decimal) -> Decimal:
    """411.33(a)(3): the higher of Medicare's fee and the primary's allowable charge, both without regard to
    deductible or coinsurance, minus the primary payment."""
    return max(fee, share.allowed) - share.paid


def payment(share: Share, fee: Decimal, terms: Terms) -> tuple[Decimal, tuple[Term, ...]]:
    """411.33(a): the lowest of the three, with each of them."""
    return lowest(
        (
            Term(
                name="(1) charge or OTAF less primary payment",
                amount=less_charge(share, terms),
                source=f"{_A}(1)",
            ),
            Term(
                name="(2) Medicare's payment as primary",
                amount=normal_payment(fee, terms.deductible or ZERO, terms.rate or ZERO),
                source=f"{_A}(2)",
            ),
            Term(
                name="(3) higher of fee and primary allowed, less primary payment",
                amount=less_allowed(share, fee),
                source=f"{_A}(3)",
            ),
        )
    )


def beneficiary(share: Share, fee: Decimal, terms: Terms) -> Decimal:
    """411.35(c): on an assigned claim Medicare's deductible and coinsurance, less the primary payment."""
    cost_sharing = fee - normal_payment(fee, terms.deductible or ZERO, terms.rate or ZERO)
    return at_least_zero(cost_sharing - share.paid)


def owed(share: Share, terms: Terms) -> Owed:
    """What Medicare owes on one line and what the beneficiary may be charged. ``missing`` is empty."""
    if terms.excluded:
        left = Term(
            name="not covered by Medicare", amount=share.patient, source="benefits.excluded_procedures"
        )
        return Owed(amount=ZERO, patient=share.patient, terms=(left,))
    fee = terms.allowed or ZERO
    amount, compared = payment(share, fee, terms)
    limit = accepted(share, terms)
    patient = min(beneficiary(share, fee, terms), at_least_zero(limit.amount - share.paid - amount))
    found = [
        Term(name="charge", amount=share.charge, source="SV1-02, SV2-03"),
        Term(name="primary paid", amount=share.paid, source="835 SVC03, CLP04"),
        Term(name="primary allowed", amount=share.allowed, source="835 AMT*B6, else paid and PR"),
        Term(name="Medicare fee", amount=fee, source="terms.medicare_fee"),
        Term(name="deductible unmet", amount=terms.deductible or ZERO, source="terms.deductible_unmet"),
        Term(name="rate", amount=terms.rate or ZERO, source="terms.rate; 42 CFR 410.152(b)"),
    ]
    if limit.name != "charge":
        found.append(limit)
    found += compared
    credit = min(terms.deductible or ZERO, fee)
    if credit:
        found.append(Term(name="credited to the deductible", amount=credit, source="42 CFR 411.30(b)"))
    return Owed(amount=amount, patient=patient, terms=tuple(found))

"""Part A, and whatever else is paid on a basis other than a fee schedule, as a later payer: claim by claim.

42 CFR 411.33(e): the payment is the lowest of four amounts; below zero it is nothing. Each function is one
paragraph of the regulation; amounts in dollars.
"""

from __future__ import annotations

from decimal import Decimal

from nextpayer.coordinate import Term
from nextpayer.methods import at_least_zero
from nextpayer.money import ZERO
from nextpayer.shares import Share, Terms

from .otaf import accepted
from .owed import Owed, lowest

__all__ = ["beneficiary", "missing", "owed", "payment"]

_E = "42 CFR 411.33(e)"


def missing(share: Share, terms: Terms) -> tuple[str, ...]:
    """The facts without which the four amounts are not known; a stay without coinsurance days states none."""
    asked = (("terms.gross_medicare", terms.gross), ("terms.deductible_unmet", terms.deductible))
    return tuple(name for name, value in asked if value is None)


def cost_sharing(terms: Terms) -> Decimal:
    """The Medicare deductible and coinsurance that apply to the stay (42 CFR 409.80 to 409.83)."""
    return (terms.deductible or ZERO) + (terms.coinsurance_amount or ZERO)


def payment(share: Share, gross: Decimal, terms: Terms) -> tuple[Decimal, tuple[Term, ...]]:
    """411.33(e)(1) to (4): the lowest of the four, with each of them.

    Gross is what Medicare pays without regard to its deductible and coinsurance or to the primary payment.
    """
    shared, charges = cost_sharing(terms), accepted(share, terms).amount
    return lowest(
        (
            Term(
                name="(1) gross amount less deductible and coinsurance",
                amount=gross - shared,
                source=f"{_E}(1)",
            ),
            Term(name="(2) gross amount less primary payment", amount=gross - share.paid, source=f"{_E}(2)"),
            Term(
                name="(3) charges or OTAF less primary payment",
                amount=charges - share.paid,
                source=f"{_E}(3)",
            ),
            Term(
                name="(4) charges or OTAF less deductible and coinsurance",
                amount=charges - shared,
                source=f"{_E}(4)",
            ),
        )
    )


def beneficiary(share: Share, terms: Terms) -> Decimal:
    """411.35(b): Medicare's deductible and coinsurance, less the primary payment."""
    return at_least_zero(cost_sharing(terms) - share.paid)


def owed(share: Share, terms: Terms) -> Owed:
    """What Medicare owes on the claim and what the beneficiary may be charged. ``missing`` is empty."""
    gross = terms.gross or ZERO
    amount, compared = payment(share, gross, terms)
    limit = accepted(share, terms)
    patient = min(beneficiary(share, terms), at_least_zero(limit.amount - share.paid - amount))
    found = [
        Term(name="charges", amount=share.charge, source="CLM02"),
        Term(name="primary paid", amount=share.paid, source="835 CLP04"),
        Term(name="gross Medicare amount", amount=gross, source="terms.gross_medicare"),
        Term(name="deductible", amount=terms.deductible or ZERO, source="terms.deductible_unmet"),
        Term(name="coinsurance", amount=terms.coinsurance_amount or ZERO, source="terms.coinsurance_amount"),
    ]
    if limit.name != "charge":
        found.append(limit)
    return Owed(amount=amount, patient=patient, terms=(*found, *compared))

"""How a Medicaid programme pays after another payer: five variants, each a formula; the state chooses.

``rate`` is the programme's own amount for the service, cost sharing the deductible, coinsurance and copay
that the payer before left (PR-1, PR-2, PR-3). Amounts in dollars, never below zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from nextpayer.methods import at_least_zero, lesser_of
from nextpayer.shares import Share

__all__ = ["VARIANTS", "Variant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One variant: the method's name, its formula, whether that asks for the rate, and who pays this way;
    ``of_percentage`` says that the state pays only its stated part of what the formula gives."""

    name: str
    formula: Callable[[Share, Decimal], Decimal]
    asks_rate: bool
    source: str
    of_percentage: bool = False


def full_cost_sharing(share: Share, rate: Decimal) -> Decimal:
    """All of the cost sharing, whatever the rate."""
    return at_least_zero(share.cost_sharing)


def rate_less_payment(share: Share, rate: Decimal) -> Decimal:
    """The rate less what was paid, and no other limit."""
    return at_least_zero(rate - share.paid)


def deductible_full_coinsurance_lesser(share: Share, rate: Decimal) -> Decimal:
    """The deductible in full, and coinsurance as far as the rate less the payment goes beyond it."""
    return max(at_least_zero(share.deductible), lesser_of(share, rate))


#: By the word of the payer pack.
VARIANTS = {
    "lesser_of": Variant(
        name="MEDICAID-LESSER-OF",
        formula=lesser_of,
        asks_rate=True,
        source="405 IAC 1-18-2; Wisconsin ForwardHealth topic 686; NCTracks crossover update",
    ),
    "full_cost_sharing": Variant(
        name="MEDICAID-FULL-COST-SHARING",
        formula=full_cost_sharing,
        asks_rate=False,
        source="42 USC 1396a(n)(1)",
    ),
    "rate_less_payment": Variant(
        name="MEDICAID-RATE-LESS-PAYMENT",
        formula=rate_less_payment,
        asks_rate=True,
        source="42 CFR 433.139(b)(1); Idaho IR 2002-11",
    ),
    "percentage_of_cost_sharing": Variant(
        name="MEDICAID-PERCENTAGE",
        formula=full_cost_sharing,
        asks_rate=False,
        source="42 USC 1396a(n)(2): a state may pay less than the cost sharing",
        of_percentage=True,
    ),
    "deductible_full_coinsurance_lesser": Variant(
        name="MEDICAID-DEDUCTIBLE-FULL",
        formula=deductible_full_coinsurance_lesser,
        asks_rate=True,
        source="Texas TMPPM, clinics 4.4.2.1 (FQHC)",
    ),
}

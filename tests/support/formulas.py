"""The published formulas once more, as plainly as they can be written: oracles for the estimates' tests.

Nothing here comes from the product; a slip would have to be made twice in the same way to go unseen.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def floor(amount: Decimal) -> Decimal:
    return max(Decimal("0.00"), amount)


def part_b(
    charge: Decimal,
    paid: Decimal,
    allowed: Decimal,
    fee: Decimal,
    unmet: Decimal,
    rate: Decimal,
    otaf: Decimal | None = None,
) -> Decimal:
    """42 CFR 411.33(a)."""
    limit = charge if otaf is None else min(charge, otaf)
    return floor(min(limit - paid, cents(floor(fee - unmet) * rate), max(fee, allowed) - paid))


def part_a(
    charges: Decimal, paid: Decimal, gross: Decimal, shared: Decimal, otaf: Decimal | None = None
) -> Decimal:
    """42 CFR 411.33(e); ``shared`` is deductible and coinsurance."""
    limit = charges if otaf is None else min(charges, otaf)
    return floor(min(gross - shared, gross - paid, limit - paid, limit - shared))


def lesser_of(rate: Decimal, paid: Decimal, shared: Decimal) -> Decimal:
    """Medicaid, most states."""
    return floor(min(shared, rate - paid))


def normal(allowed: Decimal, unmet: Decimal, copay: Decimal, rate: Decimal) -> Decimal:
    """What a plan pays alone."""
    return cents(floor(allowed - unmet - copay) * rate)


def tricare(
    billed: Decimal, allowed: Decimal, alone: Decimal, paid: Decimal, left: Decimal, *, participating: bool
) -> Decimal:
    """TRICARE after other health insurance."""
    limit = billed if participating else min(billed, cents(allowed * Decimal("1.15")))
    return floor(min(limit - paid, alone, left))

"""The published methods of coordination: each a small function from a share and the terms to dollars.

Exact decimals; a product is rounded half up to the cent, once. Nothing is below zero, and nothing is above
what the method's source allows. Who uses which method is the plan's choice and stands in its document or its
payer pack: labels are used loosely there (carve-out, non-duplication and maintenance of benefits are often
one another's names), so a method here is its formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from .coordinate import Expectation, MissingTerms
from .money import CENT, ZERO
from .policy import Policy
from .shares import Share, Terms, together, whole

__all__ = [
    "COMMERCIAL",
    "allowable",
    "alone",
    "at_least_zero",
    "half_up",
    "lesser_of",
    "limiting_charge",
    "nonduplication",
    "normal_benefit",
    "standard",
]


def half_up(amount: Decimal) -> Decimal:
    """Dollars rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def at_least_zero(amount: Decimal) -> Decimal:
    """The amount, or zero when it is less."""
    return max(amount, ZERO)


def normal_benefit(share: Share, terms: Terms) -> Decimal | None:
    """What the plan would pay if it were the only one: (allowed - unmet deductible - copay) x its rate, at
    most its maximum. None where the allowed amount or the rate is not known.

    An absent deductible, copay or maximum counts as none: a plan without one states none.
    """
    if terms.excluded:
        return ZERO
    if terms.allowed is None or terms.rate is None:
        return None
    left = at_least_zero(terms.allowed - (terms.deductible or ZERO) - (terms.copay or ZERO))
    benefit = half_up(left * terms.rate)
    return benefit if terms.maximum is None else min(benefit, terms.maximum)


def alone(shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy) -> Expectation | MissingTerms:
    """What a payer owes as the first one: its normal benefit, where its allowed amount and rate are known."""
    share, one = whole(shares), together(terms)
    if one.allowed is not None:
        one = replace(one, allowed=min(one.allowed, share.charge))
    benefit = normal_benefit(share, one)
    if benefit is None:
        return MissingTerms(names=("benefits.allowed", "benefits.coinsurance"), source="the plan's document")
    return Expectation(amount=benefit, method="NORMAL-BENEFIT", source="the plan's own terms", terms=())


def allowable(share: Share) -> Decimal:
    """The allowable expense that a contract with the payer before leaves: what that payer allowed, since the
    provider may not charge more (NAIC MDL-120 sec. 3A; Ohio Admin. Code 3901-8-01(C)(1)(d))."""
    return min(share.allowed, share.charge)


def standard(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The normal benefit, at most what is unpaid of the allowable expense (NAIC MDL-120 sec. 7)."""
    return min(benefit, at_least_zero(allowable(share) - share.paid))


def standard_higher_fee(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The standard method where the plan's document takes the higher of two negotiated fees as allowable."""
    higher = min(max(share.allowed, terms.allowed or ZERO), share.charge)
    return min(benefit, at_least_zero(higher - share.paid))


def patient_limited(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The normal benefit, at most what the payer before left to the patient ("come out whole")."""
    return min(benefit, at_least_zero(share.patient))


def nonduplication(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The normal benefit less what was paid: the plan adds nothing to what it would have paid alone."""
    return at_least_zero(benefit - share.paid)


def maintenance(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The plan's allowed amount less what was paid, then the deductible, copay and rate: at most what is
    unpaid of the allowable expense."""
    allowed = terms.allowed if terms.allowed is not None else share.allowed
    left = at_least_zero(allowed - share.paid)
    left = at_least_zero(left - (terms.deductible or ZERO) - (terms.copay or ZERO))
    paid = half_up(left * (terms.rate if terms.rate is not None else Decimal(1)))
    paid = min(paid, at_least_zero(share.patient) if share.adjustments else paid)
    return paid if terms.maximum is None else min(paid, terms.maximum)


def up_to_own_allowed(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The normal benefit, at most the plan's own allowed amount less what was paid (dental "basic")."""
    allowed = terms.allowed if terms.allowed is not None else share.allowed
    return min(benefit, at_least_zero(allowed - share.paid))


def reserve(share: Share, terms: Terms, benefit: Decimal) -> Decimal:
    """The standard method, and from what it saved this person earlier in the year up to what is unpaid.

    50 Ill. Adm. Code 2009.50; La. Admin. Code 37:XIII-309 (benefit reserve, credit bank).
    """
    base = standard(share, terms, benefit)
    unpaid = at_least_zero(allowable(share) - share.paid) - base
    return base + min(terms.reserve or ZERO, unpaid)


def lesser_of(share: Share, allowed: Decimal) -> Decimal:
    """The programme's own amount less what was paid, at most the cost sharing that was left."""
    return at_least_zero(min(share.cost_sharing, allowed - share.paid))


def limiting_charge(fee: Decimal) -> Decimal:
    """The most that a non-participating supplier who does not take assignment may charge: 115 percent of the
    fee for non-participating suppliers, in dollars (42 CFR 414.48(b))."""
    return half_up(fee * Decimal("1.15"))


Method = Callable[[Share, Terms, Decimal], Decimal]

#: The methods of plans by the word in ``cob.method``: (what it is, formula).
COMMERCIAL: dict[str, tuple[str, Method]] = {
    "standard": ("NAIC MDL-120 (2013) sec. 7", standard),
    "standard_higher_fee": ("the plan's document; NAIC MDL-120 (2013) sec. 3A(4)", standard_higher_fee),
    "traditional": ("NAIC MDL-120 (2013) sec. 7", standard),
    "come_out_whole": ("the plan's document: at most the patient's share", patient_limited),
    "nonduplication": ("the plan's document: normal benefit less the payment before", nonduplication),
    "carve_out": ("the plan's document: normal benefit less the payment before", nonduplication),
    "maintenance_of_benefits": (
        "the plan's document: expense less the payment, then cost sharing",
        maintenance,
    ),
    "reserve": ("50 Ill. Adm. Code 2009.50; La. Admin. Code 37:XIII-309", reserve),
    "basic": ("the plan's document: at most its own allowed amount less the payment", up_to_own_allowed),
}

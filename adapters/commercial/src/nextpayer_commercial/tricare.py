"""TRICARE after other health insurance (OHI): double coverage, and never more than without it.

32 CFR 199.8; TRICARE Reimbursement Manual ch. 4 sec. 1 to 4; Health Net Federal Services, "Calculations with
OHI". Amounts in dollars.
"""

from __future__ import annotations

from decimal import Decimal

from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.methods import at_least_zero, half_up, normal_benefit
from nextpayer.money import ZERO
from nextpayer.shares import Share, Terms

__all__ = ["nonparticipating", "owed_by_tricare", "participating"]

SOURCE = "TRICARE Reimbursement Manual ch. 4; 32 CFR 199.8"
#: A non-participating provider may charge 115 percent of the TRICARE allowed amount (32 CFR 199.14(j)).
_LIMIT = Decimal("1.15")
#: ``cob.method`` of a TRICARE coverage names the provider's standing, with or without ``tricare_`` before it.
STANDINGS = {"participating": True, "network": True, "nonparticipating": False}


def participating(share: Share, benefit: Decimal) -> Decimal:
    """Network or participating provider: the lowest of billed less the OHI payment, what TRICARE would pay
    alone, and what the OHI left to the beneficiary."""
    return at_least_zero(min(share.charge - share.paid, benefit, share.patient))


def balance_limit(share: Share, allowed: Decimal) -> Decimal:
    """What a non-participating provider may collect in all: 115 percent of the allowed amount, at most the
    charge."""
    return min(share.charge, half_up(allowed * _LIMIT))


def nonparticipating(share: Share, allowed: Decimal, benefit: Decimal) -> Decimal:
    """Non-participating provider: as above with the 115 percent limit for the billed amount; nothing where
    the OHI paid as much as that."""
    return at_least_zero(min(balance_limit(share, allowed) - share.paid, benefit, share.patient))


def owed_by_tricare(share: Share, terms: Terms, method: str) -> Expectation | MissingTerms:
    """What TRICARE owes after the OHI. Where both standings come to the same, nobody need say which it is."""
    takes = STANDINGS.get(method.removeprefix("tricare_"), terms.participating)
    benefit = normal_benefit(share, terms)
    names = _missing(share, terms)
    if names or benefit is None:
        return MissingTerms(names=names, source=SOURCE)
    allowed = terms.allowed or ZERO
    both = (participating(share, benefit), nonparticipating(share, allowed, benefit))
    limits = (share.charge, balance_limit(share, allowed))
    if takes is None:
        left = tuple(_patient(share, paid, limit) for paid, limit in zip(both, limits, strict=True))
        if both[0] != both[1] or left[0] != left[1]:
            return MissingTerms(names=("terms.participating",), source=SOURCE)
    amount, limit = (both[1], limits[1]) if takes is False else (both[0], limits[0])
    rows = [
        ("charge", share.charge, "SV1-02, SV2-03"),
        ("OHI paid", share.paid, "835 CLP04, SVC03"),
        ("left to the beneficiary by the OHI", share.patient, "835 CAS, group PR"),
        ("TRICARE allowed", allowed, "benefits.allowed"),
        ("TRICARE payment without OHI", benefit, SOURCE),
    ]
    if takes is False:
        rows.append(("115 % of allowed, at most the charge", limit, "32 CFR 199.14(j); TRM ch. 4"))
    rows.append(
        (
            "limit less OHI payment" if takes is False else "billed less OHI payment",
            limit - share.paid,
            SOURCE,
        )
    )
    return Expectation(
        amount=amount,
        method="TRICARE-NONPARTICIPATING" if takes is False else "TRICARE-PARTICIPATING",
        source=SOURCE,
        terms=tuple(Term(name=name, amount=value, source=where) for name, value, where in rows),
        patient=_patient(share, amount, limit),
    )


def _patient(share: Share, paid: Decimal, limit: Decimal) -> Decimal:
    """What the OHI left and TRICARE did not pay, as far as the provider may still collect."""
    return at_least_zero(min(share.patient - paid, limit - share.paid - paid))


def _missing(share: Share, terms: Terms) -> tuple[str, ...]:
    asked = (
        ("benefits.allowed", terms.allowed is not None or terms.excluded),
        ("benefits.coinsurance", terms.rate is not None or terms.excluded),
        ("prior[].allowed", share.told),
    )
    return tuple(name for name, known in asked if not known)

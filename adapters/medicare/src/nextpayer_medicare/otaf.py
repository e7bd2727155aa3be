"""What the provider may collect from the primary payer: its charge, or less where a contract says so (OTAF).

"Obligated to accept as payment in full" is told by the contract, or follows from what the primary took off
the price: charge less group CO, without reductions of the payment alone (CARC 104, 253). Medicare derives it
from the CAS in the same way (CR 6426, 6427), so both must agree.
"""

from __future__ import annotations

from decimal import Decimal

from nextpayer.coordinate import Term
from nextpayer.methods import limiting_charge
from nextpayer.money import ZERO
from nextpayer.shares import Share, Terms

__all__ = ["accepted", "otaf"]


def otaf(share: Share, terms: Terms) -> Decimal | None:
    """The obligated amount in dollars; None where there is none. A charge refused as a whole (all of it CO)
    is a denial and no price."""
    if terms.conditional:
        return None
    if terms.otaf is not None:
        return terms.otaf
    left = share.charge - share.contractual
    return left if terms.obligated is not False and ZERO < left < share.charge else None


def accepted(share: Share, terms: Terms) -> Term:
    """The actual charge, or the amount obligated to accept if less: 42 CFR 411.33(a)(1), (e)(3).

    The charge of a supplier that does not take assignment is at most the limiting charge (42 CFR 414.48).
    """
    obligated = otaf(share, terms)
    if obligated is not None and obligated < share.charge:
        source = "CN1, value code 44" if terms.otaf is not None else "charge less 835 CAS group CO"
        return Term(name="obligated to accept (OTAF)", amount=obligated, source=source)
    if terms.participating is False and terms.allowed is not None:
        limit = limiting_charge(terms.allowed)
        if limit < share.charge:
            return Term(name="limiting charge", amount=limit, source="42 CFR 414.48(b)")
    return Term(name="charge", amount=share.charge, source="SV1-02, SV2-03")

"""CN1: what the contract with the primary obliges the provider to accept, where the CAS does not show it.

Medicare derives the obligated amount from the CAS (CR 6426, 6427). Only where the contract's own amount,
which the coverage file or a fee schedule states, is another one must the claim say so: 837P 2300 CN1 with
type 09 and the amount. A CN1 that the claim already has is kept.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from nextpayer.claim import Claim
from nextpayer.money import x12_amount
from nextpayer.policy import Policy
from nextpayer.remittance import Adjudication

__all__ = ["contracted", "with_contract"]

_OTHER = "09"  # element 1166: a contract of another type, with its amount in CN102


def contracted(claim: Claim, primary: Policy) -> Decimal | None:
    """What the primary's contract allows for the claim; None unless it is stated for every line."""
    fees = dict(primary.benefits.allowed) if primary.benefits is not None else {}
    found = Decimal("0.00")
    for line in claim.lines:
        code = line.procedure.code if line.procedure is not None else line.revenue_code
        if code not in fees:
            return None
        fee = fees[code] * (line.units if line.units is not None else 1)
        found += min(fee, line.charge_amount)
    return found


def with_contract(claim: Claim, primary: Policy, told: Adjudication) -> Claim | None:
    """The claim with CN1 where the contract's amount is below the charge and not what the CAS shows; None
    where nothing is to be said."""
    amount = contracted(claim, primary)
    shown = claim.charge_amount - told.adjusted("CO")
    if amount is None or amount in (shown, claim.charge_amount) or claim.envelope is None:
        return None
    mark = claim.envelope.delimiters[0]
    if any(segment.startswith(f"CN1{mark}") for segment in claim.carried):
        return None
    return replace(claim, carried=(*claim.carried, mark.join(("CN1", _OTHER, x12_amount(amount)))))

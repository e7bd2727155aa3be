"""Why Medicare is not primary: the insurance type (837P SBR05), the same number as the 837I value code.

The facts come from the coverage file; a type that the claim already states is kept. Where the facts do not
say, the answer is None and the claim is held: a wrong type is returned unprocessable (CARC 16, RARC N245).
"""

from __future__ import annotations

from nextpayer.policy import Policy

__all__ = ["NEVER_CONDITIONAL", "TYPES", "insurance_type"]

#: Insurance type to why (42 CFR 411; Medicare contractors' MSP type tables).
TYPES = {
    "12": "working aged, employer group plan",
    "13": "end-stage renal disease, coordination period",
    "14": "no-fault, auto included",
    "15": "workers' compensation",
    "16": "Public Health Service or other federal agency",
    "41": "Black Lung",
    "42": "Veterans Affairs",
    "43": "disabled, large group plan",
    "47": "other liability",
}

#: Types for which Medicare makes no conditional payment on a hospital's claim.
NEVER_CONDITIONAL = frozenset({"16", "42"})

_BY_KIND = {"workers_comp": "15", "auto": "14", "liability": "47", "black_lung": "41", "va": "42"}
_BY_ENTITLEMENT = {"age": "12", "esrd": "13", "disability": "43"}


def insurance_type(medicare: Policy, primary: Policy) -> str | None:
    """The type for this pair of policies: as stated, by the kind of the payer ahead, by the entitlement.

    A group plan is ahead of Medicare only through current employment (42 CFR 411.170, 411.204) or in the ESRD
    coordination period (411.162); a plan of a retired person is not, so its type stays unknown here.
    """
    if medicare.insurance_type:
        return medicare.insurance_type
    if primary.payer.kind in _BY_KIND:
        return _BY_KIND[primary.payer.kind]
    if medicare.medicare is None:
        return None
    entitlement = medicare.medicare.entitlement
    if entitlement == "esrd" or primary.basis == "active":
        return _BY_ENTITLEMENT.get(entitlement)
    return None

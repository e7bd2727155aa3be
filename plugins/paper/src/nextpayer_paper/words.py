"""Our own short words for what a payer's adjustment says. The official texts are X12's and are not shipped;
a code that is not here is printed as it came.
"""

from __future__ import annotations

__all__ = ["GROUPS", "reason_words"]

#: CAS01, element 1033: who carries the amount.
GROUPS = {
    "CO": "contractual: the provider may not bill it to the patient",
    "PR": "the patient's share, or the next payer's",
    "OA": "other: neither the contract's nor the patient's by itself",
    "PI": "reduced by the payer on its own initiative",
    "CR": "a correction of an earlier decision",
}
#: CARC: why, in our words.
_REASONS = {
    "1": "deductible",
    "2": "coinsurance",
    "3": "copayment",
    "16": "something is missing or wrong on the claim",
    "18": "seen before: the payer takes it for a duplicate",
    "22": "another payer should pay first",
    "23": "what earlier payers paid or wrote off",
    "24": "covered under a managed care arrangement",
    "26": "before the cover began",
    "27": "after the cover ended",
    "29": "filed too late",
    "31": "the patient is not known to this payer",
    "45": "above what the contract or the fee schedule allows",
    "50": "the payer does not find it medically necessary",
    "59": "reduced because of other procedures of the day",
    "66": "blood deductible",
    "94": "paid more than was charged",
    "96": "not a covered service",
    "97": "contained in the payment of another service",
    "109": "not this payer's to pay",
    "119": "the benefit's maximum has been reached",
    "131": "negotiated discount",
    "144": "incentive payment",
    "197": "no authorization beforehand",
    "204": "not in the patient's plan",
    "237": "a penalty set by law",
    "242": "the provider is not in the plan's network",
    "253": "federal sequestration",
}
OTHERWISE = "see the payer's code list"


def reason_words(reason: str) -> str:
    """The reason in a few words of our own."""
    return _REASONS.get(reason, OTHERWISE)

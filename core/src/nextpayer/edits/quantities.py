"""Quantities: what an adjustment counts (CAS04), which are units that were not paid.

A payer's quantity travels as it came, so that nothing here holds a claim.
"""

from __future__ import annotations

from nextpayer.claim import Claim
from nextpayer.edits.look import Faults, Look
from nextpayer.edits.seen import answers
from nextpayer.finding import Severity

__all__ = ["EDITS"]

#: Reasons that share a charge between payer and patient and count no units: deductible, coinsurance, copay.
_SHARES = frozenset({"1", "2", "3"})


def walk(claim: Claim) -> Faults:
    for answer in answers(claim):
        for number, adjustments in answer.levels:
            for one in adjustments:
                if one.quantity is not None and (not one.quantity or one.reason in _SHARES):
                    where = f"2430 line {number} CAS" if number else f"{answer.loop} CAS"
                    message = f"the quantity of {one.group}-{one.reason} counts no units ({answer.name})"
                    yield "NP-E-CAS-QUANTITY", where, message


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-CAS-QUANTITY", title="An adjustment's quantity counts units", severity=Severity.WARN,
        source="X12 RFI 1532",
    ),
)  # fmt: skip

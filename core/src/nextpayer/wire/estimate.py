"""The answer of ``nextpayer estimate`` as JSON: the contract's keys."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nextpayer.coordinate import Expectation, MissingTerms
from nextpayer.money import ZERO, dollars
from nextpayer.shares import Share, whole

__all__ = ["estimate_document"]


def estimate_document(shares: tuple[Share, ...], owed: Expectation | MissingTerms) -> dict[str, Any]:
    """What the next payer should pay, every term, and the waterfall; or the terms that are missing."""
    share = whole(shares)
    if isinstance(owed, MissingTerms):
        return {
            "expected": None,
            "method": None,
            "source": owed.source,
            "terms": [],
            "patient": None,
            "write_off": None,
            "missing": list(owed.names),
            "waterfall": _waterfall(share, None, None),
        }
    patient = owed.patient if owed.patient is not None else max(share.patient - owed.amount, ZERO)
    write_off = share.charge - share.paid - owed.amount - patient
    stated = owed.patient_stated
    return {
        "expected": dollars(owed.amount),
        "method": owed.method,
        "source": owed.source,
        "terms": [
            {"name": term.name, "amount": dollars(term.amount), "source": term.source} for term in owed.terms
        ],
        "patient": dollars(patient) if stated else None,
        "write_off": dollars(write_off) if stated else None,
        "missing": [],
        "waterfall": _waterfall(share, owed.amount, patient if stated else None),
    }


def _waterfall(share: Share, owed: Decimal | None, patient: Decimal | None) -> list[dict[str, str]]:
    """The charge, step by step, to nothing."""
    left = share.charge
    steps = [{"name": "billed", "amount": dollars(left), "left": dollars(left)}]
    rest = share.charge - share.paid - (owed or ZERO) - (patient or ZERO)
    for name, amount in (
        ("contractual, by the payers before", share.contractual if share.contractual <= rest else ZERO),
        ("paid by the payers before", share.paid),
        ("expected next", owed),
        ("patient", patient),
    ):
        if amount is not None and (amount or not name.startswith("contractual")):
            left -= amount
            steps.append({"name": name, "amount": dollars(amount), "left": dollars(left)})
    if patient is not None:
        steps.append({"name": "write-off", "amount": dollars(left), "left": "0.00"})
    return steps

"""Matching a payment to a claim by facts, when the payer did not return the claim's number.

Proof is the same charge, the same first day of service, and the same patient (last and first name, or the
member id). It counts only when it is beyond doubt: one claim for the payment and one payment for the claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from nextpayer.claim import Claim
from nextpayer.finding import Finding, Severity
from nextpayer.remittance import ClaimPayment

__all__ = ["Facts", "matched_note"]

#: Payments tried; beyond it something is wrong with the pair of files, not with single numbers.
_LIMIT = 10_000
_ABS = frozenset({"22"})


class Facts:
    """Payments looking for their claims."""

    def __init__(self) -> None:
        self._payments: list[ClaimPayment] = []
        self._by_charge: dict[Decimal, list[int]] = {}
        self._claims: dict[int, list[int]] = {}
        self._fits: dict[int, list[int]] = {}
        self._paired: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._payments)

    def add(self, payment: ClaimPayment) -> bool:
        """Take a payment in; False when it cannot be matched by facts or there are too many."""
        if len(self._payments) >= _LIMIT or payment.status in _ABS or payment.patient is None:
            return False
        self._by_charge.setdefault(payment.charge_amount, []).append(len(self._payments))
        self._payments.append(payment)
        return True

    def consider(self, at: int, claim: Claim) -> None:
        """Offer a claim that has no payment; ``at`` is its number in its file."""
        for n in self._by_charge.get(claim.charge_amount, ()):
            if _fits(self._payments[n], claim):
                self._fits.setdefault(n, []).append(at)
                self._claims.setdefault(at, []).append(n)

    def pairs(self) -> dict[int, tuple[ClaimPayment, Finding]]:
        """Claim number to payment, where each has only the other."""
        found = {}
        for n, claims in self._fits.items():
            if len(claims) == 1 and len(self._claims[claims[0]]) == 1:
                self._paired.add(n)
                payment = self._payments[n]
                found[claims[0]] = (payment, matched_note(payment))
        return found

    def rest(self) -> Iterator[ClaimPayment]:
        """The payments that found no claim."""
        return (payment for n, payment in enumerate(self._payments) if n not in self._paired)


def _fits(payment: ClaimPayment, claim: Claim) -> bool:
    first = min((line.date for line in payment.lines if line.date), default=payment.statement_from)
    if first is None or first != claim.service_from:
        return False
    patient = payment.patient
    if patient is None:
        return False
    ids = {one.id for one in (patient, payment.insured) if one is not None and one.id}
    if claim.policy.member_id and claim.policy.member_id in ids:
        return True
    return bool(patient.last) and (patient.last.casefold(), patient.first.casefold()) == (
        claim.patient.last.casefold(),
        claim.patient.first.casefold(),
    )


def matched_note(payment: ClaimPayment) -> Finding:
    """What a decision on such a payment says of it."""
    return Finding(
        id="NP-MATCHED-BY-FACTS",
        severity=Severity.WARN,
        where=f"segment {payment.segment}",
        message=(
            "the payer did not return the claim's number; patient, charge and day of service fit this claim"
            " and no other"
        ),
        source="835 CLP01 against CLM01",
    )

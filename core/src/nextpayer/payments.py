"""The payments of remittances that are in memory: the index of a reader whose files are read whole."""

from __future__ import annotations

from collections.abc import Iterable

from .ports import Quarantined
from .remittance import ClaimPayment, RemittanceTotals

__all__ = ["Payments"]


class Payments:
    """A ``PaymentIndex`` of what a reader's ``remittances`` yields."""

    def __init__(self, items: Iterable[ClaimPayment | RemittanceTotals | Quarantined]) -> None:
        self._payments: list[ClaimPayment | Quarantined] = []
        self._closings: list[RemittanceTotals | Quarantined] = []
        self._numbers: dict[str, list[int]] = {}
        for item in items:
            if isinstance(item, RemittanceTotals) or (
                isinstance(item, Quarantined) and item.kind != "payment"
            ):
                self._closings.append(item)
                continue
            known = item.claim_id if isinstance(item, Quarantined) else item.patient_control_number
            self._numbers.setdefault(known, []).append(len(self._payments))
            self._payments.append(item)

    def __len__(self) -> int:
        return len(self._payments)

    def find(self, patient_control_number: str) -> tuple[int, ...]:
        """The numbers of the payments with this patient control number, in file order."""
        return tuple(self._numbers.get(patient_control_number, ()))

    def payment(self, number: int) -> ClaimPayment | Quarantined:
        """One payment."""
        return self._payments[number]

    def closings(self) -> tuple[RemittanceTotals | Quarantined, ...]:
        """Each remittance's totals, and what could not be read around the payments."""
        return tuple(self._closings)

    def close(self) -> None:
        """Nothing is open."""

"""The reader of EOB.json, which the core ships itself: it needs no codec, only the strict schema of the wire.

It lives at the edge because it opens files, and is declared as any reader is (``nextpayer.readers``, name
``eob``). A paper remittance is short: it is read whole, and its index is its payments.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from nextpayer.claim import Claim
from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals
from nextpayer.wire.eob import is_eob
from nextpayer.wire.eob_payments import read_eob

from ._inputs import read_json

__all__ = ["EobIndex", "EobReader"]


class EobReader:
    """Reads paper remittances that were typed in as JSON, one or a list of them in a file."""

    api_version: ClassVar[int] = 1

    def sniff(self, path: Path) -> str:
        """``EOB``, or '' for anything else. Raises UnusableInput for JSON that names claims and is broken."""
        with path.open("rb") as stream:
            start = stream.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()
        if not start.startswith((b"{", b"[")):
            return ""
        try:
            return "EOB" if is_eob(read_json(path)) else ""
        except UnusableInput:
            if b'"claims"' in start:
                raise
            return ""

    def claims(self, path: Path) -> Iterator[Claim | Quarantined]:
        """None: an EOB answers claims and holds none."""
        raise UnusableInput(path.name, "", "this is an EOB, which holds no claims")

    def remittances(self, path: Path) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
        """The payments of each EOB, then its totals. Raises UnusableInput."""
        yield from read_eob(read_json(path), file=path.name)

    def index(self, paths: Iterable[Path]) -> EobIndex:
        """Random access to the payments. Raises UnusableInput."""
        return EobIndex(item for path in paths for item in self.remittances(path))


class EobIndex:
    """The payments of some EOBs, by patient control number."""

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
        """Each EOB's totals, and the heads that could not be read."""
        return tuple(self._closings)

    def close(self) -> None:
        """Nothing is open."""

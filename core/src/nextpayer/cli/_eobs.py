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
from nextpayer.payments import Payments
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals
from nextpayer.wire.eob import is_eob
from nextpayer.wire.eob_payments import read_eob

from ._inputs import read_json

__all__ = ["EobReader"]


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

    def index(self, paths: Iterable[Path]) -> Payments:
        """Random access to the payments. Raises UnusableInput."""
        return Payments(item for path in paths for item in self.remittances(path))

"""The forms: claims of one payer in, one PDF out. ``cms1500`` and ``ub04`` are for pre-printed stock, the
same names with ``-screen`` are readable copies.

A claim's pages follow one another; a claim that cannot be printed is refused whole and leaves the file
as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import ClassVar

from nextpayer.claim import Claim, ClaimKind
from nextpayer.finding import Finding
from nextpayer.profile import PaperTerms

from .boxes import Mapped
from .cms1500 import map_cms1500
from .draw import Sheets
from .grid import CMS1500, UB04, Grid
from .printer import Printer, read_printer
from .ub04 import map_ub04

__all__ = ["Cms1500", "Cms1500Screen", "PaperFile", "Ub04", "Ub04Screen"]

Map = Callable[[Claim, PaperTerms, dt.date], Mapped]


class PaperFile:
    """One PDF being written: a ``FormFile`` that tells what it left out. It is written at its end."""

    def __init__(
        self, map_claim: Map, sheets: Sheets, terms: PaperTerms, kind: ClaimKind, today: dt.date
    ) -> None:
        self._map, self._sheets, self._terms, self._kind, self._today = map_claim, sheets, terms, kind, today
        self._told: tuple[Finding, ...] = ()

    def add(self, claim: Claim) -> bytes:
        """Take the claim; the bytes come at the end. Raises Unprintable and changes nothing."""
        self._told = ()
        if claim.kind is not self._kind:
            raise ValueError(f"a claim of kind {claim.kind} on a form of kind {self._kind}")
        mapped = self._map(claim, self._terms, self._today)
        for text in mapped.pages:
            self._sheets.page(text)
        self._told = mapped.findings
        return b""

    def findings(self) -> tuple[Finding, ...]:
        """What was cut or left out of the claim that was added last."""
        return self._told

    def finish(self) -> bytes:
        """The PDF; empty when nothing was added."""
        return self._sheets.finish()


class _Paper:
    """What the forms have in common."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str]
    kind: ClassVar[ClaimKind]
    suffix: ClassVar[str] = "pdf"
    grid: ClassVar[Grid]
    screen: ClassVar[bool] = False

    def __init__(self, printer: Printer | None = None, terms: PaperTerms | None = None) -> None:
        self.printer = read_printer() if printer is None else printer
        self.terms = terms or PaperTerms()

    def for_payer(self, terms: PaperTerms | None) -> _Paper:
        """The same form on one payer's terms."""
        return type(self)(self.printer, terms)

    def start(self, *, control_number: int, today: dt.date) -> PaperFile:
        """A new file; paper has no control numbers. ``today`` dates the signature or the creation."""
        sheets = Sheets(self.grid, self.printer, screen=self.screen)
        map_claim = map_cms1500 if self.grid is CMS1500 else map_ub04
        return PaperFile(map_claim, sheets, self.terms, self.kind, today)


class Cms1500(_Paper):
    """CMS-1500 (02/12), the text alone."""

    name: ClassVar[str] = "cms1500"
    kind: ClassVar[ClaimKind] = ClaimKind.PROFESSIONAL
    grid: ClassVar[Grid] = CMS1500


class Cms1500Screen(Cms1500):
    """The professional claim with boxes of our own, to be read."""

    name: ClassVar[str] = "cms1500-screen"
    screen: ClassVar[bool] = True


class Ub04(_Paper):
    """UB-04, the text alone."""

    name: ClassVar[str] = "ub04"
    kind: ClassVar[ClaimKind] = ClaimKind.INSTITUTIONAL
    grid: ClassVar[Grid] = UB04


class Ub04Screen(Ub04):
    """The institutional claim with boxes of our own, to be read."""

    name: ClassVar[str] = "ub04-screen"
    screen: ClassVar[bool] = True

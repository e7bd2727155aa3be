"""Laying out an EOB: facts, a table, notes; a section for each payment, on as many pages as it needs.

Drawn line by line on a canvas, so that every page can say which page of how many it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .grid import PAGE

__all__ = ["Document", "Row"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 564.0, 744.0, 54.0
_STEP = 12.5
_PLAIN, _BOLD, _SIZE = "Helvetica", "Helvetica-Bold", 9
#: Left edges of number, date and words; right edges of the three amounts.
_NUMBER, _DATE, _WORDS = _LEFT, _LEFT + 36, _LEFT + 96
_AMOUNTS = (436.0, 500.0, _RIGHT)
_HEAD = ("line", "date", "service, adjustment", "charge", "adjusted", "paid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: number, date, words, charge, adjusted, paid. ``rule`` draws a line above it."""

    cells: tuple[str, str, str, str, str, str]
    bold: bool = False
    rule: bool = False


class Document:
    """A PDF of sections. The same rows give the same bytes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._canvas = Canvas(out, pagesize=PAGE, invariant=1, pageCompression=1)
        self._canvas.setTitle("Explanation of benefits, one claim")
        self._canvas.setCreator("nextpayer")
        self._y = _TOP
        self._page = 0
        self._again = ""

    def section(self, facts: Sequence[tuple[str, str]], rows: Sequence[Row], notes: Sequence[str]) -> None:
        """One payment, from the top of a page."""
        self._page = 0
        self._again = ", ".join(text for label, text in facts if label in ("Payer", "Payer's claim number"))
        self._begin()
        for label, text in facts:
            self._fact(label, text)
        self._y -= 8
        self._table_head()
        for row in rows:
            if self._y < _BOTTOM + 2 * _STEP:
                self._turn()
                self._table_head()
            self._row(row)
        self._y -= 10
        for note in notes:
            for line in simpleSplit(note, _PLAIN, _SIZE, _RIGHT - _LEFT):
                if self._y < _BOTTOM + _STEP:
                    self._turn()
                self._text(_LEFT, line)
                self._y -= _STEP
        self._end()

    def finish(self) -> None:
        """Write the file."""
        self._canvas.save()

    def _begin(self) -> None:
        self._page += 1
        self._y = _TOP
        self._canvas.setFont(_BOLD, 14)
        self._canvas.drawString(_LEFT, self._y, "Explanation of benefits: one claim")
        self._y -= 2 * _STEP
        if self._page > 1:
            self._text(_LEFT, f"continued: {self._again}")
            self._y -= 1.5 * _STEP

    def _end(self) -> None:
        self._canvas.setFont(_PLAIN, 8)
        self._canvas.drawRightString(_RIGHT, 36, f"page {self._page} of this payer's decision")
        self._canvas.showPage()

    def _turn(self) -> None:
        self._end()
        self._begin()

    def _fact(self, label: str, text: str) -> None:
        self._text(_LEFT, label, _BOLD)
        for line in simpleSplit(text, _PLAIN, _SIZE, _RIGHT - _LEFT - 130) or [""]:
            self._text(_LEFT + 130, line)
            self._y -= _STEP

    def _table_head(self) -> None:
        self._cells(_HEAD, _BOLD)
        self._canvas.setLineWidth(0.7)
        self._canvas.line(_LEFT, self._y - 3, _RIGHT, self._y - 3)
        self._y -= _STEP + 2

    def _row(self, row: Row) -> None:
        if row.rule:
            self._canvas.setLineWidth(0.7)
            self._canvas.line(_LEFT, self._y + 9.5, _RIGHT, self._y + 9.5)
        font = _BOLD if row.bold else _PLAIN
        room = _AMOUNTS[0] - 52 - _WORDS
        first, *more = simpleSplit(row.cells[2], font, _SIZE, room) or [""]
        self._cells((*row.cells[:2], first, *row.cells[3:]), font)
        self._y -= _STEP
        for line in more:
            self._text(_WORDS, line, font)
            self._y -= _STEP

    def _cells(self, cells: Sequence[str], font: str) -> None:
        for x, text in zip((_NUMBER, _DATE, _WORDS), cells[:3], strict=True):
            self._text(x, text, font)
        for right, text in zip(_AMOUNTS, cells[3:], strict=True):
            self._text(right - stringWidth(text, font, _SIZE), text, font)

    def _text(self, x: float, text: str, font: str = _PLAIN) -> None:
        self._canvas.setFont(font, _SIZE)
        self._canvas.drawString(x, self._y, text)

"""Blocks as a PDF: letter size, Helvetica, as many pages as it needs, each with its number."""

from __future__ import annotations

import io
from collections.abc import Iterable

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .blocks import Block
from .grid import PAGE

__all__ = ["blocks_pdf"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 540.0, 726.0, 66.0
_PLAIN, _BOLD, _SIZE, _STEP = "Helvetica", "Helvetica-Bold", 10, 13.5
_AMOUNT, _SOURCE = 360.0, 372.0


def blocks_pdf(blocks: Iterable[Block], *, title: str, foot: str) -> bytes:
    """The document. The same blocks give the same bytes; ``foot`` stands beside each page's number."""
    page = _Page(title, foot)
    for block in blocks:
        page.put(block)
    return page.finish()


class _Page:
    """The canvas, and how far down it is written."""

    def __init__(self, title: str, foot: str) -> None:
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=PAGE, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor("")
        self._canvas.setCreator("nextpayer")
        self._foot, self._number, self._y = foot, 1, _TOP
        self._last = ""

    def put(self, block: Block) -> None:
        if self._last == "item" != block.kind:
            self._y -= _STEP / 2
        self._last = block.kind
        if block.kind == "heading":
            self._room(3 * _STEP)
            self._y -= 4
            self._line(_LEFT, block.text, _BOLD, 11)
            self._y -= 2
        elif block.kind == "item":
            for number, line in enumerate(simpleSplit(block.text, _PLAIN, _SIZE, _RIGHT - _LEFT - 14)):
                self._room(_STEP)
                if not number:
                    self._canvas.setFont(_PLAIN, _SIZE)
                    self._canvas.drawString(_LEFT + 2, self._y, "-")
                self._line(_LEFT + 14, line)
        elif block.kind == "sums":
            for row in block.rows:
                self._sum(row)
            self._y -= _STEP / 2
        else:
            for line in block.text.splitlines():
                for piece in simpleSplit(line, _PLAIN, _SIZE, _RIGHT - _LEFT) or [""]:
                    self._line(_LEFT, piece)
            self._y -= _STEP / 2

    def finish(self) -> bytes:
        self._end()
        self._canvas.save()
        return self._out.getvalue()

    def _sum(self, row: tuple[str, str, str]) -> None:
        label, amount, source = row
        labels = simpleSplit(label, _PLAIN, _SIZE, _AMOUNT - _LEFT - 62) or [""]
        sources = simpleSplit(source, _PLAIN, 8, _RIGHT - _SOURCE) or [""]
        for number in range(max(len(labels), len(sources))):
            self._room(_STEP)
            self._canvas.setFont(_PLAIN, 8)
            if number < len(sources):
                self._canvas.drawString(_SOURCE, self._y, sources[number])
            self._canvas.setFont(_PLAIN, _SIZE)
            if not number:
                self._canvas.drawString(_AMOUNT - stringWidth(amount, _PLAIN, _SIZE), self._y, amount)
            self._line(_LEFT, labels[number] if number < len(labels) else "")

    def _line(self, x: float, text: str, font: str = _PLAIN, size: int = _SIZE) -> None:
        self._room(_STEP)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, self._y, text)
        self._y -= _STEP

    def _room(self, needed: float) -> None:
        if self._y - needed < _BOTTOM - _STEP:
            self._end()
            self._number += 1
            self._y = _TOP

    def _end(self) -> None:
        self._canvas.setFont(_PLAIN, 8)
        self._canvas.drawString(_LEFT, 40, self._foot)
        self._canvas.drawRightString(_RIGHT, 40, f"page {self._number}")
        self._canvas.showPage()

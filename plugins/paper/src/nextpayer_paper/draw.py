"""Drawing a filled form: its text alone for pre-printed stock, or with boxes of our own for the screen.

Pages are letter size; positions are the grid's. The same claim gives the same bytes (reportlab's invariant
mode): no day and no name of a machine are in the file. The screen's boxes and their short names are ours; no
form's artwork or wording is copied, and the page says that it is not for submission.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from reportlab.pdfgen.canvas import Canvas

from .grid import COLUMN, LINE, PAGE, Field, Grid
from .printer import Printer

__all__ = ["Sheets", "shift", "write"]

_FONT, _SIZE = "Courier", 12  # its letters are a column wide
_SCREEN_FONT, _SCREEN_SIZE = "Courier-Bold", 9  # smaller, so that the boxes' names stay readable
_LABEL, _LABEL_SIZE = "Helvetica", 4.4
_INK, _RULE, _SHADE = (0, 0, 0), (0.72, 0.3, 0.3), (0.97, 0.93, 0.93)
_NOTICE = "Readable copy with boxes of our own: not for submission"


class Sheets:
    """A PDF of filled forms. ``screen`` draws the boxes too; a printer's offset is for stock alone."""

    def __init__(self, grid: Grid, printer: Printer | None = None, *, screen: bool = False) -> None:
        self._grid, self._screen = grid, screen
        self._printer = printer or Printer()
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=PAGE, invariant=1, pageCompression=1)
        self._canvas.setTitle(grid.title)
        self._canvas.setAuthor("")
        self._canvas.setCreator("nextpayer")
        self._pages = 0

    def page(self, text: Mapping[str, str]) -> None:
        """One more page, with these boxes."""
        canvas = self._canvas
        if self._screen:
            if not self._pages:
                canvas.beginForm("boxes")
                _boxes(canvas, self._grid)
                canvas.endForm()
            canvas.doForm("boxes")
        else:
            shift(canvas, self._printer)
        write(canvas, self._grid, text, screen=self._screen)
        canvas.showPage()
        self._pages += 1

    def finish(self) -> bytes:
        """The PDF; empty when it has no page."""
        if not self._pages:
            return b""
        self._canvas.save()
        return self._out.getvalue()


def shift(canvas: Canvas, printer: Printer) -> None:
    """Move and stretch what follows, from the top left."""
    if printer != Printer():
        scale, height = printer.scale, PAGE[1]
        canvas.transform(scale, 0, 0, scale, printer.dx, height - height * scale - printer.dy)


def write(canvas: Canvas, grid: Grid, text: Mapping[str, str], *, screen: bool = False) -> None:
    """Every box's text at its place in the grid; on screen smaller, from the same edge."""
    fields, height = grid.fields, PAGE[1]
    lines = canvas.beginText()
    lines.setFont(*((_SCREEN_FONT, _SCREEN_SIZE) if screen else (_FONT, _SIZE)))
    narrower = COLUMN - 0.6 * _SCREEN_SIZE if screen else 0.0
    lines.setFillColorRGB(*_INK)
    for key, value in text.items():
        place = fields[key]
        x = place.left(value) + (narrower * len(value) - 1.0 if place.right and screen else narrower / 2)
        lines.setTextOrigin(x, height - place.y)
        lines.textOut(value)
    canvas.drawText(lines)


def _boxes(canvas: Canvas, grid: Grid) -> None:
    height = PAGE[1]
    canvas.setStrokeColorRGB(*_RULE)
    canvas.setLineWidth(0.5)
    if grid.name == "cms1500":  # the half of a service row above the codes is for what supplements them
        canvas.setFillColorRGB(*_SHADE)
        for row in range(grid.lines):
            top = LINE * (44 + 2 * row)
            canvas.rect(grid.left - 0.3 * COLUMN, height - top - LINE, 79.3 * COLUMN, LINE, stroke=0, fill=1)
    canvas.setFillColorRGB(*_RULE)
    for frame in grid.frames:
        canvas.rect(frame.left, height - frame.bottom, frame.right - frame.left, frame.bottom - frame.top)
        canvas.setFont(_LABEL, _LABEL_SIZE)
        label = f"{frame.box} {frame.label}".strip()
        canvas.drawString(frame.left + 1.5, height - frame.top - 0.85 * _LABEL_SIZE, label)
    for place in grid.fields.values():
        if place.kind == "check":
            _check_box(canvas, place)
        elif place.kind == "cents":
            canvas.setDash(1, 1)
            x = place.x - 0.15 * COLUMN
            canvas.line(x, height - place.y + 7, x, height - place.y - 2)
            canvas.setDash()
    canvas.setFont("Helvetica", 6)
    canvas.drawString(grid.left, height - LINE * 65 + 2, f"{grid.title}. {_NOTICE}.")


def _check_box(canvas: Canvas, place: Field) -> None:
    y = PAGE[1] - place.y
    canvas.rect(place.x - 0.8, y - 1.6, COLUMN + 1.6, 9.4)
    canvas.setFont(_LABEL, 4)
    canvas.drawCentredString(place.x + COLUMN / 2, y + 8.8, place.label.rpartition(" ")[2].upper())

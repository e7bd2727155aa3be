"""The calibration page: printed on the stock, it shows how far a printer is off.

The marks stand where the form's own corners are. Where a mark misses, measure by how much, to the right and
down, in points (72 to the inch; 1 mm is 2.83), and put the opposite into the printer's file as dx and dy. The
rulers along the edges tell a stretched page: dividing what should be by what is gives the scale.
"""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas

from .draw import shift, write
from .grid import COLUMN, LINE, PAGE, Grid
from .printer import Printer

__all__ = ["calibration_page"]

#: What is printed into which box: the corners, and the alignment boxes that some stock has at line 8.
_MARKS = {
    "cms1500": ("1.medicare", "1.other", "10a.yes", "11d.yes", "25.ein", "27.yes", "24.1.dxptr", "33a"),
    "ub04": ("1.name", "4", "10", "30.lower", "42.1", "48.22.dollars", "67.dx", "80.4", "79.first"),
}
_ALIGNMENT = {"cms1500": ((8, 1), (8, 76)), "ub04": ()}


def calibration_page(grid: Grid, printer: Printer) -> bytes:
    """One page of marks and rulers as PDF, as this printer would print it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1)
    canvas.setTitle(f"Calibration, {grid.name}")
    canvas.setCreator("nextpayer")
    shift(canvas, printer)
    width = {key: grid.fields[key].width for key in _MARKS[grid.name]}
    write(canvas, grid, {key: "X" * min(size, 3) for key, size in width.items()})
    canvas.setFont("Courier", 12)
    for line, column in _ALIGNMENT[grid.name]:
        canvas.drawString(grid.left + (column - 1) * COLUMN, PAGE[1] - (LINE * line - 2.6), "XXX")
    canvas.setLineWidth(0.3)
    canvas.setFont("Courier", 5)
    for line in range(1, 67):
        y = PAGE[1] - LINE * line
        canvas.line(4, y, 4 + (10 if line % 10 == 0 else 5), y)
        if line % 10 == 0:
            canvas.drawString(4, y + 1.5, str(line))
    for column in range(0, 81, 5):
        x = grid.left + column * COLUMN
        canvas.line(x, PAGE[1] - 4, x, PAGE[1] - (14 if column % 10 == 0 else 9))
        if column % 10 == 0:
            canvas.drawString(x + 1.5, PAGE[1] - 14, str(column + 1))
    told = f"{grid.name}  dx {printer.dx:g}  dy {printer.dy:g}  scale {printer.scale:g}"
    canvas.drawString(grid.left, 4, told)
    canvas.showPage()
    canvas.save()
    return out.getvalue()

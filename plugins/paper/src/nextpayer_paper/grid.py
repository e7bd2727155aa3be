"""The printing grids: where each box's text stands, 10 characters to the inch and 6 lines to the inch.

A page is 612 x 792 points; a line is 12 points, a column 7.2, which is exactly a letter of 12 point Courier.
The tables are data files beside this module. They agree with several published grids; how sure each is, and
that the UB-04's place on the page is within a third of a line, is told in the documentation's open questions.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["CMS1500", "COLUMN", "LINE", "PAGE", "UB04", "Field", "Frame", "Grid"]

PAGE = (612.0, 792.0)
COLUMN, LINE = 7.2, 12.0
#: A text's baseline stands this far above the end of its line.
_RISE = 2.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One place for text: line and column count from 1, ``width`` is in characters, ``kind`` is ``text``,
    ``check``, ``dollars`` or ``cents``."""

    key: str
    box: str
    label: str
    line: int
    column: int
    width: int
    kind: str
    right: bool
    x: float
    y: float

    def left(self, text: str) -> float:
        """Where the text begins, in points from the page's left edge."""
        return self.x + (self.width - len(text)) * COLUMN if self.right else self.x


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A box as we draw it on screen, with a short name of our own; edges in points from the top left."""

    box: str
    label: str
    top: float
    bottom: float
    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One form's grid. ``left`` is column 1's distance from the page's edge, ``lines`` the service lines that
    one page holds."""

    name: str
    left: float
    lines: int
    title: str

    @property
    def fields(self) -> dict[str, Field]:
        """Every place for text, by key."""
        return _fields(self)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The boxes that the screen shows."""
        return _frames(self)


CMS1500 = Grid(name="cms1500", left=21.6, lines=6, title="Professional claim, CMS-1500 (02/12) boxes")
UB04 = Grid(name="ub04", left=10.8, lines=22, title="Institutional claim, UB-04 locators")


@cache
def _fields(grid: Grid) -> dict[str, Field]:
    return {
        row["key"]: Field(
            key=row["key"],
            box=row["box"],
            label=row["label"],
            line=int(row["line"]),
            column=int(row["column"]),
            width=int(row["width"]),
            kind=row["kind"],
            right=row["align"] == "R",
            x=grid.left + (int(row["column"]) - 1) * COLUMN,
            y=LINE * int(row["line"]) - _RISE,
        )
        for row in _rows(f"{grid.name}_grid.csv")
    }


@cache
def _frames(grid: Grid) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            box=row["box"],
            label=row["label"],
            top=LINE * float(row["top"]),
            bottom=LINE * float(row["bottom"]),
            left=grid.left + (float(row["left"]) - 1) * COLUMN,
            right=grid.left + (float(row["right"]) - 1) * COLUMN,
        )
        for row in _rows(f"{grid.name}_boxes.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))

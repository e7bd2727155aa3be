"""Reading a form back from its PDF: which text stands in which box, by position alone."""

from __future__ import annotations

import io
from collections import defaultdict
from pathlib import Path
from typing import Any

import pdfplumber

from nextpayer.claim import Claim
from nextpayer_paper.grid import COLUMN, Grid
from nextpayer_x12.claims import claims
from nextpayer_x12.tokens import blocks

Page = dict[str, str]


def read(text: str | bytes) -> Claim:
    """The one claim of an 837."""
    data = text if isinstance(text, bytes) else text.encode()
    (found,) = claims(blocks(io.BytesIO(data), "test.837"), "test.837")
    assert isinstance(found, Claim), found
    return found


def letters(data: bytes) -> list[list[dict[str, Any]]]:
    """Every letter of every page, with its place: x0 and the baseline measured from the top."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [
            [
                {**one, "base": float(page.height) - float(one["matrix"][5])}
                for one in page.chars
                if one["text"].strip()
            ]
            for page in document.pages
        ]


def words(data: bytes | Path, page: int | None = None) -> str:
    """All text of a PDF, or of one of its pages, counted from 0."""
    source = data if isinstance(data, Path) else io.BytesIO(data)
    with pdfplumber.open(source) as document:
        pages = document.pages if page is None else [document.pages[page]]
        return "\n".join(one.extract_text() or "" for one in pages)


def count(data: bytes) -> int:
    """How many pages a PDF has."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return len(document.pages)


def boxes(data: bytes, grid: Grid) -> list[Page]:
    """Each page's text by box. A letter that stands in no box, or between two columns, fails."""
    return [_page(found, grid) for found in letters(data)]


def _page(found: list[dict[str, Any]], grid: Grid) -> Page:
    rows: dict[str, dict[int, str]] = defaultdict(dict)
    for one in found:
        key, at = _place(float(one["x0"]), float(one["base"]), grid)
        assert at not in rows[key], f"two letters at one place in box {key}"
        rows[key][at] = one["text"]
    return {key: "".join(row.get(at, " ") for at in range(max(row) + 1)).strip() for key, row in rows.items()}


def _place(x: float, base: float, grid: Grid) -> tuple[str, int]:
    for field in grid.fields.values():
        if abs(field.y - base) < 0.01:
            at = (x - field.x) / COLUMN
            if -0.01 <= at <= field.width - 0.99:
                assert abs(at - round(at)) < 0.01, f"a letter between two columns in box {field.key}"
                return field.key, round(at)
    raise AssertionError(f"a letter outside every box, at {x:.1f}, {base:.1f}")

"""The forms as pictures: ink where the text of a box belongs, and nowhere else.

The other tests read the PDF's own positions. These render the page, as a printer or a screen does, and look
at the ink, so that a font that is missing, a page that is turned or a box drawn over its text cannot pass.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

import pdfplumber
import pytest
from PIL import Image

from nextpayer.claim import Claim
from nextpayer.ports import Form
from nextpayer_paper import Cms1500, Cms1500Screen, Printer, Ub04, Ub04Screen
from nextpayer_paper.grid import CMS1500, COLUMN, UB04, Grid
from paper.test_cms1500 import SECOND
from scenarios.test_hospital_and_dental import STAY
from support import files, pdf
from support.pdf import read

TODAY = dt.date(2025, 3, 1)
DPI = 144
SCALE = DPI / 72
#: A pixel darker than this is ink.
DARK = 160
PROFESSIONAL = read(files.claim_file(SECOND))
HOSPITAL = read(files.claim_file(STAY))
STOCK = [(Cms1500, CMS1500, PROFESSIONAL), (Ub04, UB04, HOSPITAL)]
SCREEN = [(Cms1500Screen, CMS1500, PROFESSIONAL), (Ub04Screen, UB04, HOSPITAL)]


def printed(form: Form, claim: Claim) -> bytes:
    file = form.start(control_number=1, today=TODAY)
    file.add(claim)
    return file.finish()


def picture(data: bytes) -> Image.Image:
    """The first page in grey, two pixels to the point."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return document.pages[0].to_image(resolution=DPI).original.convert("L")


def ink(image: Image.Image, left: float, top: float, right: float, bottom: float) -> int:
    """Dark pixels within a rectangle of the page, in points from its top left."""
    edges = tuple(round(edge * SCALE) for edge in (left, top, right, bottom))
    return sum(image.crop(edges).histogram()[:DARK])


def cells(data: bytes, dx: float = 0.0, dy: float = 0.0) -> Iterator[tuple[float, float, float, float]]:
    """The rectangle of every letter that the PDF says it has."""
    for one in pdf.letters(data)[0]:
        x, base = float(one["x0"]) + dx, float(one["base"]) + dy
        yield x - 0.5, base - 9.0, x + COLUMN + 0.5, base + 3.0


@pytest.mark.parametrize(("form", "grid", "claim"), STOCK, ids=["cms1500", "ub04"])
def test_every_letter_is_ink_in_its_column_and_the_rest_of_the_page_is_blank(
    form: type[Form], grid: Grid, claim: Claim
) -> None:
    data = printed(form(), claim)
    image = picture(data)
    assert image.size == (round(612 * SCALE), round(792 * SCALE))
    whole = ink(image, 0, 0, 612, 792)
    blank = image.copy()
    for cell in cells(data):
        assert ink(image, *cell) > 4, cell
        blank.paste(255, tuple(round(edge * SCALE) for edge in cell))
    assert whole > 1000
    assert ink(blank, 0, 0, 612, 792) == 0


@pytest.mark.parametrize(("form", "grid", "claim"), STOCK, ids=["cms1500", "ub04"])
def test_a_box_without_text_has_no_ink_and_one_with_text_has(
    form: type[Form], grid: Grid, claim: Claim
) -> None:
    data = printed(form(), claim)
    (page,) = pdf.boxes(data, grid)
    image = picture(data)
    for key, place in grid.fields.items():
        inked = ink(image, place.x, place.y - 8, place.x + place.width * COLUMN, place.y + 1) > 0
        shared = any(  # another box at the same place, such as the upper of two ways to print one
            other.line == place.line
            and other.column < place.column + place.width
            and place.column < other.column + other.width
            for name, other in grid.fields.items()
            if name in page and name != key
        )
        assert inked == (key in page) or shared, key


@pytest.mark.parametrize(("form", "grid", "claim"), STOCK, ids=["cms1500", "ub04"])
def test_a_printers_offset_moves_the_ink_and_nothing_else(form: type[Form], grid: Grid, claim: Claim) -> None:
    straight = picture(printed(form(), claim))
    moved = picture(printed(form(Printer(dx=5.0, dy=3.0)), claim))  # type: ignore[call-arg]
    shifted = Image.new("L", straight.size, 255)
    shifted.paste(straight, (round(5 * SCALE), round(3 * SCALE)))
    different = sum(
        abs(one - other) > 128 for one, other in zip(shifted.tobytes(), moved.tobytes(), strict=True)
    )
    assert different == 0
    assert straight.tobytes() != moved.tobytes()


@pytest.mark.parametrize(("form", "grid", "claim"), SCREEN, ids=["cms1500", "ub04"])
def test_on_screen_every_box_has_its_edges_and_the_text_stays_readable(
    form: type[Form], grid: Grid, claim: Claim
) -> None:
    data = printed(form(), claim)
    image = picture(data)
    for frame in grid.frames:
        assert ink(image, frame.left - 1, frame.top, frame.left + 1, frame.bottom) > 0, frame.box
        assert ink(image, frame.left, frame.bottom - 1, frame.right, frame.bottom + 1) > 0, frame.box
    black = image.point(lambda grey: 0 if grey < 60 else 255)  # the text, without the coloured boxes
    text = [one for one in pdf.letters(data)[0] if str(one["fontname"]).endswith("Courier-Bold")]
    assert len(text) > 100
    for one in text:
        x, base = float(one["x0"]), float(one["base"])
        assert ink(black, x, base - 8, x + COLUMN, base + 2) > 0

"""Laws of paper, for any claim: nothing overlaps, nothing leaves its box or the page, every cut is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.claim import Claim, ClaimKind
from nextpayer.policy import Address
from nextpayer.profile import PaperTerms
from nextpayer_paper import Cms1500, Mapped, Printer, Ub04, Unprintable, map_cms1500, map_ub04
from nextpayer_paper.boxes import plain
from nextpayer_paper.grid import CMS1500, PAGE, UB04, Field, Grid
from support import files, pdf
from support.pdf import read

TODAY = dt.date(2025, 3, 1)
PROFESSIONAL = read(files.claim_file(files.Claim()))
INSTITUTIONAL = read(
    files.claim_file(
        files.Claim(kind="I", place="13", lines=(files.Line(revenue="0300", charge="90"),)), kind="I"
    )
)
TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("ABCDEFGHIJKLM NOPQRSTUVWXYZ-0123456789"),
        st.characters(codec="latin-1", exclude_categories=("C", "Z")),
        st.sampled_from("ΔЖ漢ﬁ"),
    ),
    min_size=1,
    max_size=60,
)
IDS = st.text(alphabet="ABCDEFGHJKMNPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
ADDRESSES = st.builds(
    Address, lines=st.tuples(TEXT), city=TEXT, state=st.just("IL"), postal_code=st.just("627010001")
)
CHARGES = st.lists(st.decimals(min_value=0, max_value=9_999, places=2), min_size=1, max_size=30)
MAPS = {ClaimKind.PROFESSIONAL: map_cms1500, ClaimKind.INSTITUTIONAL: map_ub04}
GRIDS = {ClaimKind.PROFESSIONAL: CMS1500, ClaimKind.INSTITUTIONAL: UB04}
FORMS: dict[ClaimKind, Any] = {ClaimKind.PROFESSIONAL: Cms1500, ClaimKind.INSTITUTIONAL: Ub04}


@st.composite
def any_claim(draw: st.DrawFn) -> Claim:
    claim = draw(st.sampled_from([PROFESSIONAL, INSTITUTIONAL]))
    lines = tuple(
        replace(claim.lines[0], number=number, charge_amount=charge)
        for number, charge in enumerate(draw(CHARGES), 1)
    )
    patient = replace(claim.patient, last=draw(TEXT), first=draw(TEXT), address=draw(ADDRESSES))
    payer = replace(claim.policy.payer, name=draw(TEXT), address=draw(ADDRESSES))
    policy = replace(claim.policy, payer=payer, holder=patient, plan_name=draw(TEXT), member_id=draw(IDS))
    return replace(
        claim,
        patient=patient,
        policy=policy,
        lines=lines,
        charge_amount=sum((line.charge_amount for line in lines), Decimal("0.00")),
        patient_control_number=draw(st.one_of(IDS, TEXT)),
    )


def mapped(claim: Claim) -> Mapped | None:
    try:
        return MAPS[claim.kind](claim, PaperTerms(overflow="continued"), TODAY)
    except Unprintable:
        return None


@settings(max_examples=150, deadline=None)
@given(any_claim())
def test_every_text_fits_its_box(claim: Claim) -> None:
    found = mapped(claim)
    for page in found.pages if found else ():
        for key, text in page.items():
            place = GRIDS[claim.kind].fields[key]
            assert text == plain(text) != ""
            assert len(text) <= place.width
            assert place.x >= 0
            assert place.x + place.width * 7.2 <= PAGE[0]


@settings(max_examples=150, deadline=None)
@given(any_claim())
def test_what_is_not_printed_whole_is_told(claim: Claim) -> None:
    found = mapped(claim)
    if found is None:
        return
    told = {finding.where for finding in found.findings if finding.id == "NP-PAPER-CUT"}
    patient = claim.patient
    box, account = ("2", "26") if claim.kind is ClaimKind.PROFESSIONAL else ("8b", "3a")
    for key, text in (
        (box, f"{patient.last}, {patient.first}"),
        (account, claim.patient_control_number),
    ):
        whole = plain(text) == found.pages[0].get(key, "")
        assert whole or f"box {key}" in told


@settings(max_examples=25, deadline=None)
@given(any_claim())
def test_the_pdf_says_what_the_map_says_letter_by_letter_and_box_by_box(claim: Claim) -> None:
    found = mapped(claim)
    if found is None:
        return
    file = FORMS[claim.kind](Printer(), PaperTerms(overflow="continued")).start(control_number=1, today=TODAY)
    file.add(claim)
    shown = pdf.boxes(file.finish(), GRIDS[claim.kind])
    assert shown == list(found.pages)


@settings(max_examples=60, deadline=None)
@given(any_claim())
def test_all_charges_are_on_some_page_and_add_up_to_the_total(claim: Claim) -> None:
    found = mapped(claim)
    if found is None:
        return
    stem = "24.{}" if claim.kind is ClaimKind.PROFESSIONAL else "47.{}"
    total = "28" if claim.kind is ClaimKind.PROFESSIONAL else "47.23"
    rows = [
        Decimal(f"{page[f'{key}.dollars']}.{page[f'{key}.cents']}")
        for page in found.pages
        for key in (stem.format(row) for row in range(1, GRIDS[claim.kind].lines + 1))
        if f"{key}.dollars" in page
    ]
    last = found.pages[-1]
    assert len(rows) == len(claim.lines)
    assert sum(rows) == claim.charge_amount == Decimal(f"{last[total + '.dollars']}.{last[total + '.cents']}")


@pytest.mark.parametrize("grid", [CMS1500, UB04], ids=lambda grid: grid.name)
def test_no_two_places_of_a_grid_overlap(grid: Grid) -> None:
    by_line: dict[int, list[Field]] = {}
    for place in grid.fields.values():
        by_line.setdefault(place.line, []).append(place)
        assert 1 <= place.line <= 66
        assert place.x >= 0
        assert place.x + place.width * 7.2 <= PAGE[0]
    reserved = {("7.upper", "5.upper"), ("68.upper", "68.lower"), ("30.upper", "30.lower")}
    for places in by_line.values():
        for one, other in combinations(places, 2):
            apart = one.column + one.width <= other.column or other.column + other.width <= one.column
            assert apart or (one.key, other.key) in reserved, (one.key, other.key)


@pytest.mark.parametrize("grid", [CMS1500, UB04], ids=lambda grid: grid.name)
def test_every_place_for_text_lies_in_a_box_that_the_screen_draws(grid: Grid) -> None:
    for place in grid.fields.values():
        if place.box == "carrier":
            continue
        inside = [
            frame
            for frame in grid.frames
            if frame.left - 1 <= place.x < frame.right and frame.top < place.y <= frame.bottom
        ]
        assert inside, place.key

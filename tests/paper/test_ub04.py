"""The UB-04 of a secondary claim: each locator, read back from the PDF by position."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from nextpayer.claim import Claim
from nextpayer.profile import PaperTerms
from nextpayer_paper import Printer, Ub04, Unprintable, map_ub04
from nextpayer_paper.grid import UB04
from support import files, pdf
from support.pdf import read

TODAY = dt.date(2025, 3, 1)
FULL = Path(__file__).parents[2] / "plugins" / "x12" / "tests" / "full" / "institutional.837"


def printed(claim: Claim, terms: PaperTerms | None = None) -> list[pdf.Page]:
    file = Ub04(Printer(), terms).start(control_number=1, today=TODAY)
    file.add(claim)
    return pdf.boxes(file.finish(), UB04)


def stay(lines: int = 1, **facts: object) -> Claim:
    made = [files.Line(revenue="0300", procedure="80053", charge="10") for _ in range(lines)]
    claim = files.Claim(kind="I", control="HOSP1", place="13", lines=made, others=()).but(**facts)
    return read(files.claim_file(claim, kind="I"))


def test_a_claim_with_every_element_fills_its_locators() -> None:
    (page,) = printed(read(FULL.read_bytes()))
    expected = {
        "1.name": "MERCY HOSPITAL", "1.phone": "5555550201", "2.street": "PO BOX 78", "3a": "HOSP-9",
        "3b": "CHART1", "4": "0111", "5": "123456789", "6.from": "011025", "6.through": "011325",
        "8b": "ASHBY, TOMAS, L", "9b": "SPRINGFIELD", "10": "09091949", "11": "M", "12": "011025", "13": "09",
        "14": "1", "15": "1", "16": "11", "17": "01", "18": "09", "19": "77", "29": "IL", "31a.code": "18",
        "31a.date": "013120", "32a.code": "24", "35a.code": "70", "35a.from": "010125",
        "35a.through": "010525", "38.1": "GREAT LAKES LIFE", "39a.code": "12", "39a.dollars": "7000",
        "40a.code": "80", "40a.dollars": "3", "42.1": "0120", "47.1.dollars": "6000", "48.1.dollars": "200",
        "43.2": "N400002143301", "44.2": "J0696JZ", "46.2": "2.5", "42.23": "0001", "47.23.dollars": "10000",
        "43.23.page": "1", "43.23.of": "1", "45.23": "030125", "66": "0", "67.dx": "I2510", "67.poa": "Y",
        "67B.poa": "N", "69": "R079", "70b": "R0602", "71": "247", "72a.dx": "V091XXA", "74.code": "027034Z",
        "74.date": "011025", "76.npi": "1912301953", "76.last": "SMYTHE", "78.type": "ZZ", "79.type": "82",
        "80.1": "PAID BY THE PLAN", "80.2": "FIRST", "81a.qual": "B3", "81a.code": "282N00000X",
    }  # fmt: skip
    assert {key: page.get(key) for key in expected} == expected


def test_the_payers_stand_on_lines_in_paying_order_whoever_gets_the_bill() -> None:
    (page,) = printed(read(FULL.read_bytes()))
    assert [page[f"50{row}"] for row in "abc"] == ["FEDERAL PART A", "GREAT LAKES LIFE", "STATE PLAN"]
    assert [page[f"60{row}"] for row in "abc"] == ["1EG4TE5MK73", "SEC0001", "TER0001"]
    assert [page[f"59{row}"] for row in "abc"] == ["18", "01", "01"]
    assert (page["63a"], page["64a"], page["63b"], page["64b"]) == ("AUTHP", "ICN-PRIME", "AUTH1", "ICN-OLD")


def test_54_is_what_the_payer_before_paid_and_nothing_else() -> None:
    (page,) = printed(read(FULL.read_bytes()))
    assert (page["54a.dollars"], page["54a.cents"]) == ("7000", "00")
    assert not [key for key in page if key.startswith(("54b", "54c", "55"))]


def test_more_than_twenty_two_lines_are_refused_unless_the_payer_has_a_way() -> None:
    with pytest.raises(Unprintable, match="23 service lines, and a page holds 22"):
        map_ub04(stay(23), PaperTerms(), TODAY)
    first, last = printed(stay(23), PaperTerms(overflow="continued"))
    assert ("42.23" in first, last["42.23"], last["47.23.dollars"]) == (False, "0001", "230")
    assert [(page["43.23.page"], page["43.23.of"]) for page in (first, last)] == [("1", "2"), ("2", "2")]


def test_more_codes_than_places_are_refused() -> None:
    with pytest.raises(Unprintable, match="39 to 41 have room for 12"):
        map_ub04(stay(values=[(f"{n}", "1") for n in range(40, 53)]), PaperTerms(), TODAY)
    with pytest.raises(Unprintable, match="18 to 28 have room for 11"):
        map_ub04(stay(conditions=[f"{n}" for n in range(40, 52)]), PaperTerms(), TODAY)


def medicare_second(value: str) -> Claim:
    primary = files.OtherPayer(
        sequence="P",
        payer=files.PRIME,
        adjudication=files.Adjudication(paid="6", cas="PR-2 4", date="20250205"),
    )
    return stay(
        sequence="S", payer=replace(files.MEDICARE, filing="MA"), values=[("12", value)], others=(primary,)
    )


@pytest.mark.parametrize(("value", "found"), [("6", []), ("5", ["NP-PAPER-MSP-VALUE"])])
def test_for_medicare_54_and_the_value_code_tell_the_same(value: str, found: list[str]) -> None:
    mapped = map_ub04(medicare_second(value), PaperTerms(), TODAY)
    assert [one.id for one in mapped.findings if one.id == "NP-PAPER-MSP-VALUE"] == found


def test_two_plans_before_medicare_are_one_value_code_and_two_lines_of_54() -> None:
    first = files.OtherPayer(
        sequence="P", payer=files.PRIME, adjudication=files.Adjudication(paid="6", cas="PR-2 4")
    )
    next_one = files.OtherPayer(
        sequence="S", payer=files.GREAT, adjudication=files.Adjudication(paid="1", cas="OA-23 6, PR-2 3")
    )
    claim = stay(
        sequence="T",
        payer=replace(files.MEDICARE, filing="MA"),
        values=[("12", "7")],
        others=(first, next_one),
    )
    mapped = map_ub04(claim, PaperTerms(), TODAY)
    assert "NP-PAPER-MSP-VALUE" not in [one.id for one in mapped.findings]


def test_a_payer_beyond_the_third_line_cannot_be_billed_on_it() -> None:
    others = [files.OtherPayer(sequence=place, payer=replace(files.PRIME, id=f"P{place}")) for place in "PST"]
    with pytest.raises(Unprintable, match="the payer billed comes after them"):
        map_ub04(stay(sequence="A", others=others), PaperTerms(), TODAY)

"""A claim that left on paper is corrected on paper: box 22 or FL 4 and 64, and the EOB behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nextpayer_paper.grid import CMS1500, UB04
from support import pdf
from support.files import Claim, Person

from .steps import GREAT, PRIME, Desk, paid, taken_back
from .test_scenarios import FIX, HOSPITAL, SHARE, VISIT

pytestmark = pytest.mark.usefixtures("installed")
NEW_ID = Person(member_id="W999")


def pack(form: str) -> str:
    return f"""
[payer]
ids = ["GREAT1"]
[claims]
form = "{form}"
[sources]
source = "Great Prairies provider manual"
effective = 2020-01-01
"""


def made(folder: Path, template: Path, claim: Claim = VISIT, form: str = "cms1500") -> Desk:
    desk = Desk(folder, template, [claim], packs=pack(form))
    paid(PRIME, SHARE)(desk)
    send(desk)
    return desk


def send(desk: Desk) -> list[Path]:
    before = set(desk.sent.iterdir())
    desk.run("submit", "--receivers", str(desk.folder / "receivers.toml"))
    return sorted(set(desk.sent.iterdir()) - before)


def follow(desk: Desk, *more: str) -> dict[str, Any]:
    _, told = desk.run("followup", "1", "--out", str(desk.out), *desk.packs, *more)
    (row,) = told["claims"]
    return dict(row)


def corrected(desk: Desk, kind: str = "GREAT1-cms1500") -> tuple[dict[str, Any], list[Path]]:
    row = follow(desk)
    assert row["made"], row
    files = send(desk)
    assert [path.name for path in files] == sorted(Path(name).name for name in row["made"][0]["files"])
    for path in files:
        assert path.read_bytes() == (desk.out / "corrected" / path.name).read_bytes()
    assert all(path.name.startswith(kind) for path in files)
    return row, sorted(files, key=lambda path: "eob" in path.name)


def test_a_replacement_has_its_code_and_the_payers_number_in_box_22(tmp_path: Path, template: Path) -> None:
    desk = made(tmp_path, template)
    paid(GREAT, "OA-23 84, CO-31 16", status="2", corrected=NEW_ID, icn="GR77", decides=FIX)(desk)
    row, (form, eob) = corrected(desk)
    assert (row["state"], row["made"][0]["kind"], row["made"][0]["frequency"]) == ("made", "correction", "7")
    (page,) = pdf.boxes(form.read_bytes(), CMS1500)
    assert (page["22.code"], page["22.ref"], page["1a"]) == ("7", "GR77", "W999")
    assert "PRIME HEALTH PLAN" in pdf.words(eob)
    assert follow(desk)["made"][0]["new"] is False
    paid(GREAT, "OA-23 84", status="2", icn="GR78", frequency="7", decides="closed NP-NOTHING-LEFT")(desk)
    desk.check()


def test_a_claim_that_was_never_taken_in_is_a_new_one_with_box_22_empty(
    tmp_path: Path, template: Path
) -> None:
    desk = made(tmp_path, template)
    paid(GREAT, "CO-31 100", status="4", corrected=NEW_ID, remarks=("MA130",))(desk)
    row, (form, _) = corrected(desk)
    assert row["made"][0]["frequency"] == "1"
    (page,) = pdf.boxes(form.read_bytes(), CMS1500)
    assert {"22.code", "22.ref"} & set(page) == set()


def test_a_bill_on_a_ub04_has_frequency_7_in_fl_4_and_the_number_in_fl_64(
    tmp_path: Path, template: Path
) -> None:
    hospital = HOSPITAL.but(payer=PRIME, subscriber=VISIT.subscriber, others=VISIT.others)
    desk = made(tmp_path, template, hospital, "ub04")
    paid(GREAT, "OA-23 84, CO-31 16", status="2", corrected=NEW_ID, icn="GR77")(desk)
    row, (form, _) = corrected(desk, "GREAT1-ub04")
    assert row["made"][0]["frequency"] == "7"
    (page,) = pdf.boxes(form.read_bytes(), UB04)
    assert page["4"] == "0137"
    assert (page["64a"], page["64b"]) == ("PRIME0", "GR77")


def test_what_an_earlier_payers_new_answer_has_overtaken_is_voided_on_paper(
    tmp_path: Path, template: Path
) -> None:
    desk = made(tmp_path, template)
    paid(GREAT, "OA-23 84", status="2", icn="GR77")(desk)
    taken_back(0, "CO-45 20")(desk)
    row, (form,) = corrected(desk)
    assert row["made"][0]["kind"] == "void"
    (page,) = pdf.boxes(form.read_bytes(), CMS1500)
    assert (page["22.code"], page["22.ref"]) == ("8", "GR77")


def test_an_answer_to_paper_is_appealed_like_any_other(tmp_path: Path, template: Path) -> None:
    desk = made(tmp_path, template)
    paid(GREAT, "OA-23 84, CO-50 16", status="2")(desk)
    row = follow(desk, "--appeal")
    assert [one["kind"] for one in row["made"]] == ["appeal"]


def test_what_cannot_be_made_again_as_it_was_printed_is_refused(tmp_path: Path, template: Path) -> None:
    desk = made(tmp_path, template)
    paid(GREAT, "CO-31 100", status="4", corrected=NEW_ID)(desk)
    corrected(desk)
    desk.later()
    paid(GREAT, "CO-31 100", status="4", icn="GR79")(desk)
    row = follow(desk)
    assert (row["state"], row["made"]) == ("open", [])
    assert row["findings"][0]["id"] == "NP-FOLLOWUP-ON-PAPER"

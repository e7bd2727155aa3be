"""``nextpayer paper``: readable copies, calibration, a printer's file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nextpayer.errors import UnusableInput
from nextpayer_paper import Cms1500, Printer, read_printer
from nextpayer_paper.grid import CMS1500
from support import pdf
from support.run import command_line

FULL = Path(__file__).parents[2] / "plugins" / "x12" / "tests" / "full"
DAY = ["--as-of", "2025-03-01"]


@pytest.mark.parametrize(
    ("form", "file"), [("cms1500-screen", "professional.837"), ("ub04-screen", "institutional.837")]
)
def test_a_readable_copy_has_boxes_names_and_a_word_that_it_is_no_original(
    tmp_path: Path, form: str, file: str
) -> None:
    out = tmp_path / "copy.pdf"
    status, _, complaint = command_line(
        ["paper", "show", str(FULL / file), "--form", form, "--out", str(out), *DAY]
    )
    assert (status, complaint) == (0, "")
    shown = pdf.words(out)
    assert "not for submission" in shown
    assert "ASHBY" in shown


def test_the_text_alone_is_what_bill_prints(tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    command_line(
        ["paper", "show", str(FULL / "professional.837"), "--form", "cms1500", "--out", str(out), *DAY]
    )
    (page,) = pdf.boxes(out.read_bytes(), CMS1500)
    assert page["2"] == "ASHBY JR, TOMAS, L"


def test_json_tells_what_was_left_out(tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    _, said, _ = command_line(
        ["paper", "show", str(FULL / "professional.837"), "--out", str(out), "--json", *DAY]
    )
    (claim,) = json.loads(said)["claims"]
    found = {finding["id"]: finding["message"] for finding in claim["findings"]}
    assert "CR1" in found["NP-PAPER-NO-BOX"]
    assert "REF*P4" in found["NP-PAPER-NO-BOX"]


def test_a_picture_of_the_first_page(tmp_path: Path) -> None:
    png = tmp_path / "x.png"
    line = ["paper", "show", str(FULL / "professional.837"), "--out", str(tmp_path / "x.pdf"), *DAY]
    status, _, complaint = command_line([*line, "--png", str(png), "--quiet"])
    if shutil.which("pdftoppm") is None:
        assert (status, "poppler-utils" in complaint) == (2, True)
    else:
        assert png.read_bytes().startswith(b"\x89PNG")


def test_the_calibration_page_has_marks_in_the_alignment_boxes_and_tells_the_printer(tmp_path: Path) -> None:
    out, printer = tmp_path / "cal.pdf", tmp_path / "printer.toml"
    printer.write_text("dx = 1.5\ndy = -2\n")
    status, _, _ = command_line(["paper", "calibrate", "--out", str(out), "--printer", str(printer)])
    assert status == 0
    assert "dx 1.5" in pdf.words(out)
    (page,) = pdf.letters(out.read_bytes())
    marks = {(round(one["x0"], 1), round(one["base"], 1)) for one in page if one["text"] == "X"}
    assert (21.6 + 1.5, 8 * 12 - 2.6 - 2.0) in {(round(x, 1), round(y, 1)) for x, y in marks}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dx = 100", "not -72 to 72"), ("scale = 2", "not 0.9 to 1.1"), ("dz = 1", "unknown key"),
        ("dx = true", "not a number"), ("dx = nan", "not a number"), ("dx =", "not TOML"),
    ],
)  # fmt: skip
def test_a_printers_file_that_is_wrong_costs_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "printer.toml"
    path.write_text(text)
    with pytest.raises(UnusableInput, match=says):
        read_printer(path)


def test_the_environment_names_the_printers_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "printer.toml"
    path.write_text("dy = 4.5\n")
    monkeypatch.setenv("NEXTPAYER_PRINTER", str(path))
    assert Cms1500().printer == Printer(dy=4.5)
    monkeypatch.delenv("NEXTPAYER_PRINTER")
    assert Cms1500().printer == Printer()


def test_a_file_without_such_a_claim_is_refused(tmp_path: Path) -> None:
    line = ["paper", "show", str(FULL / "dental.837"), "--out", str(tmp_path / "x.pdf")]
    status, _, complaint = command_line(line)
    assert (status, complaint.count("\n")) == (2, 1)

"""The worked examples of the documentation are what the command prints, line for line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "what-each-payer-owes.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```text\n\$ nextpayer estimate (\S+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("file", "text"), SHOWN, ids=[file.split("/")[-1] for file, _ in SHOWN])
def test_the_page_shows_what_the_command_says(file: str, text: str) -> None:
    status, said, complained = command_line(["estimate", str(ROOT / file)])
    assert (status, complained) == (0, "")
    assert [line.rstrip() for line in said.splitlines()] == text.splitlines()


def test_the_page_has_an_example_of_every_kind_of_payer() -> None:
    assert len(SHOWN) == len(set(SHOWN)) == 7


def test_quiet_says_nothing() -> None:
    case = ROOT / "examples" / "estimate" / "medicare-part-b.json"
    assert command_line(["estimate", str(case), "--quiet"]) == (0, "", "")


def test_a_missing_term_is_told_in_words_too(tmp_path: Path) -> None:
    case = (ROOT / "examples" / "estimate" / "medicare-part-b.json").read_text(encoding="utf-8")
    (tmp_path / "case.json").write_text(case.replace('"medicare_fee": "125.00",', ""), encoding="utf-8")
    status, said, _ = command_line(["estimate", str(tmp_path / "case.json")])
    assert status == 1
    assert "Missing: terms.medicare_fee" in said
    assert "42 CFR 411.33(a)" in said

"""Every command of the how-to page on documents runs, in order, on the examples, and does what it says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "send-the-eob.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    nextpayer (.+)$", PAGE, re.MULTILINE)
DOCUMENTS = ROOT / "examples" / "documents"


def test_the_commands_run_and_leave_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 3
    said = []
    for command in COMMANDS:
        arguments = [
            name
            for word in shlex.split(command)
            for name in (sorted(str(path) for path in Path().glob(word)) if "*" in word else [word])
        ]
        status, text, complaint = command_line(arguments)
        assert (status in (0, 1), complaint) == (True, ""), command
        said.append(text)
    assert "D0001  hold     NP-DOC-MISSING" in said[0]
    shown = re.search(r"```text\n(.+?)```", PAGE, re.DOTALL)
    assert shown is not None
    assert shown[1] in said[1]
    (taken,) = Path("out/taken-out").iterdir()
    assert taken.read_bytes() == (DOCUMENTS / "scans" / "0001.pdf").read_bytes()


def test_the_page_shows_the_examples_as_they_are() -> None:
    (toml,) = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
    (listed,) = re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL)
    pack = tomllib.loads((DOCUMENTS / "great-prairies.toml").read_text())
    assert tomllib.loads(toml)["documents"] == pack["documents"]
    assert json.loads(listed) == json.loads((DOCUMENTS / "documents.json").read_text())


def test_the_picture_is_there_and_small() -> None:
    assert 5_000 < (ROOT / "docs" / "how-to" / "cover.png").stat().st_size < 150_000

"""Every command of the how-to page on paper runs, in order, on the examples."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "print-a-claim.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    nextpayer (.+)$", PAGE, re.MULTILINE)


def test_the_commands_run_and_leave_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 6
    made: set[str] = set()
    for command in COMMANDS:
        arguments = [
            name
            for word in shlex.split(command)
            for name in (sorted(str(path) for path in Path().glob(word)) if "*" in word else [word])
        ]
        status, _, complaint = command_line(arguments)
        assert (status in (0, 1), complaint) == (True, ""), command
        made |= {path.name for path in Path("out").rglob("*.pdf")}
    assert made >= {
        "567890-cms1500-0001.pdf", "567890-cms1500-0001-0002-eob.pdf", "look.pdf", "hospital.pdf",
        "calibration.pdf", "D0012-eob.pdf",
    }  # fmt: skip


def test_the_pictures_are_there_and_small() -> None:
    for name in re.findall(r"\]\((\w+\.png)\)", PAGE):
        assert 5_000 < (ROOT / "docs" / "how-to" / name).stat().st_size < 150_000

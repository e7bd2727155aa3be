"""Every command of the how-to page on denials runs, in order, on the examples."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "follow-up-a-denial.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    nextpayer (.+)$", PAGE, re.MULTILINE)


def test_the_commands_run_and_leave_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    (found,) = re.findall(r"```json\n(.+)\n```", PAGE)
    Path("found.json").write_text(found, encoding="utf-8")
    statuses = []
    for command in COMMANDS:
        arguments = [
            name
            for word in shlex.split(command)
            for name in (sorted(str(path) for path in Path().glob(word)) if "*" in word else [word])
        ]
        status, stdout, complaint = command_line(arguments)
        assert complaint == "", command
        statuses.append((arguments[0], status))
        if arguments[0] == "correct" and status:
            assert "NP-CORRECT-ASK" in stdout
            assert not Path("out/D0006.837").exists()
    assert " ".join(f"{name}:{status}" for name, status in statuses) == (
        "triage:1 bill:1 triage:1 correct:1 correct:0 appeal:0 paper:0"
    )
    assert "ACME-5560" in Path("out/D0006.837").read_text(encoding="ascii")
    made = {path.name for path in Path("out/D0007").iterdir()}
    assert made == {"01-letter.pdf", "01-letter.docx", "02-eob.pdf", "deadlines.ics", "packet.json"}
    assert Path("out/D0009.pdf").read_bytes().startswith(b"%PDF")


def test_the_pictures_are_there_and_small() -> None:
    for name in re.findall(r"\]\((\w+\.png)\)", PAGE):
        assert 5_000 < (ROOT / "docs" / "how-to" / name).stat().st_size < 150_000

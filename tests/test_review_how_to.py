"""Every command of the how-to page on review runs in order and leaves what the page says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to" / "review-before-sending.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    nextpayer (.+)$", PAGE, re.MULTILINE)


def run(command: str) -> str:
    arguments = [
        name
        for word in shlex.split(command)
        for name in (sorted(str(path) for path in Path().glob(word)) if "*" in word else [word])
    ]
    status, said, complaint = command_line(arguments)
    assert (status in (0, 1), complaint) == (True, ""), command
    return said


def test_the_commands_run_and_leave_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    first, listed, explained, approved, returned, again, at_last, pilot = COMMANDS
    run(first)
    held = [path.name for path in sorted(Path("out/review").iterdir())]
    assert len(held) >= 3
    said = run(listed)
    assert all(f"review/{name}" in said for name in held)
    assert "review     review/00131-837I-" in run(explained)
    moved = run(approved)
    assert re.findall(r"^(\w+)  outgoing/", moved, re.MULTILINE) == ["D0001", "D0017"]
    assert "review/STMCD-837P-" in run(returned)
    before = {path.name: path.read_bytes() for path in Path("out/outgoing").iterdir()}
    run(again)
    assert {path.name: path.read_bytes() for path in Path("out/outgoing").iterdir()} == before
    summary = json.loads(run(at_last))["summary"]
    assert (summary["approved"], summary["returned"]) == (0, 1)
    run(pilot)
    assert list(Path("trial/outgoing").iterdir()) == []
    assert all("*T*:~" in path.read_text()[:120] for path in Path("trial/pilot").iterdir())
    numbers = json.loads(Path("trial/report.json").read_text())["control_numbers"]
    assert numbers["next"] > numbers["first"]


def test_the_rules_of_the_page_are_those_of_the_examples() -> None:
    shown, _ = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    rules = (ROOT / "examples" / "review" / "rules.toml").read_text()
    assert shown == rules.partition("\n\n")[2]

"""Every command of the how-to page on paper EOBs runs, and the dialogue is the one that is shown."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from nextpayer.cli import cli
from support.run import command_line
from test_eob_new import HEAD

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "how-to" / "type-in-a-paper-eob.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    nextpayer (.+)$", PAGE, re.MULTILINE)
SHOWN = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
ANSWERS = [*HEAD, "", "120.00", "CO-45 25.00", 'PR "your share" 30.00', "", "", "120.00", "", "w"]


def test_the_commands_run_and_say_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 4
    first, *rest = [shlex.split(command) for command in COMMANDS]
    typed = CliRunner().invoke(cli, first, input="\n".join([*ANSWERS, ""]), standalone_mode=False)
    assert "\n".join(line.rstrip() for line in typed.output.splitlines()) + "\n" == SHOWN[0]
    said = ""
    for arguments in rest:
        status, said, complaint = command_line(arguments)
        assert (status, complaint) == (0, ""), arguments
    assert "typed in by B. Jones on 2025-02-10 from paper EOB" in said
    assert "the paper says 'your share'; it is sent as PR-192" in said


def test_the_example_is_the_answer_of_the_835_beside_it(tmp_path: Path) -> None:
    one = ROOT / "examples" / "one"
    for name, patient in (("era.835", "30.00"), ("eob.json", "30.00")):
        files = [str(one / "claim.837"), str(one / name), "--out", str(tmp_path / name)]
        status, said, _ = command_line(["bill", *files, "--as-of", "2025-03-01", "--json"])
        assert status == 0
        assert f'"patient_responsibility": "{patient}"' in said
    assert "the paper says 'over our fee schedule'; it is sent as CO-192" in said

"""What the README shows, works: its Python runs and says what it says, its commands are the two that set
up."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (.+)$", README, re.MULTILINE)


def test_the_python_example_prints_what_its_last_line_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    source = README.split("```python\n")[1].split("```")[0]
    assert len([line for line in source.splitlines() if line and not line.startswith("#")]) < 20
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "README.md", "exec"), {})
    assert printed.getvalue() == source.rstrip().splitlines()[-1].removeprefix("# ") + "\n"


def test_two_command_lines_set_everything_up() -> None:
    assert [command for command in COMMANDS if "pip install" in command] == [
        COMMANDS[0],
        "python3 -m pip install tox && tox",
    ]
    assert COMMANDS[0].startswith("python3 -m pip install . && nextpayer bill examples/")


def test_ci_runs_the_second_of_them() -> None:
    assert "python3 -m pip install tox && tox" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "out"
    for command in COMMANDS:
        words = shlex.split(command.rpartition("&& ")[2])
        if words[0] != "nextpayer":
            continue
        arguments = []
        for word in words[1:]:
            if "*" in word:
                arguments += sorted(str(path) for path in Path().glob(word))
            else:
                arguments.append(word.replace("out/", f"{out}/") if word.startswith("out/") else word)
        arguments = [str(out) if word == "out" else word for word in arguments]
        status, stdout, stderr = command_line(arguments)
        assert status in (0, 1), (command, stderr)
        assert stdout
        assert stderr == ""

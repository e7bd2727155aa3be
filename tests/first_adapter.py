"""The tutorial "Your first adapter", followed literally in a clean virtual environment.

``first_adapter.py DIST FOLDER``: every command of the page is run by one shell, in order, and every file that
the page shows is written as it stands. What the page prints below a command must be in what the command
prints. At the end: the wall time, and how many lines the author wrote beyond what ``nextpayer new`` made.
Not a pytest module: it needs wheels, and a folder without the sources.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tutorial" / "first-adapter.md"
FENCE = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A command with what it must print, or a file with its text."""

    command: str = ""
    prints: tuple[str, ...] = ()
    file: str = ""
    text: str = ""


def steps(page: str) -> Iterator[Step]:
    for kind, body in FENCE.findall(page):
        if kind == "python":
            first, _, text = body.partition("\n")
            yield Step(file=first.removeprefix("# "), text=text)
            continue
        for block in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, *printed = block.rstrip("\n").split("\n")
            yield Step(command=command, prints=tuple(printed))


class Shell:
    """One bash for the whole page, so that ``cd`` and the environment's activation last."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash"], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, command: str) -> tuple[int, str]:
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f'{command}\necho "__status__ $? $PWD"\n')
        self._bash.stdin.flush()
        said = []
        for line in self._bash.stdout:
            if line.startswith("__status__ "):
                _, status, self.place = line.rstrip("\n").split(" ", 2)
                return int(status), "".join(said)
            said.append(line)
        return 1, "".join(said)

    def close(self) -> None:
        assert self._bash.stdin is not None
        self._bash.stdin.close()
        self._bash.wait()


def beside(dist: Path) -> dict[str, str]:
    """The environment in which pip finds the wheels."""
    clean = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return {**clean, "PIP_FIND_LINKS": str(dist.resolve()), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def follow(dist: Path, folder: Path) -> int:
    folder.mkdir(parents=True)
    shell, written, began = Shell(folder, beside(dist)), 0, time.monotonic()
    try:
        for step in steps(PAGE.read_text(encoding="utf-8")):
            if step.file:
                written += write(Path(shell.place) / step.file, step.text)
                print(f"# {step.file}", flush=True)
                continue
            print(f"$ {step.command}", flush=True)
            status, said = shell.run(step.command)
            print(said, end="", flush=True)
            missing = [line for line in step.prints if line not in said]
            if status or missing:
                return complain(f"status {status}, and not printed: {missing}")
    finally:
        shell.close()
    print(f"wall time {time.monotonic() - began:.0f} s, {written} lines written by the author")
    return 0


def write(path: Path, text: str) -> int:
    """Write the file; give the lines that are the author's own."""
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    path.write_text(text, encoding="utf-8")
    added = [line[2:] for line in difflib.ndiff(before, text.splitlines()) if line.startswith("+ ")]
    return sum(1 for line in added if line.strip())


def complain(message: str) -> int:
    print(f"first adapter: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(follow(Path(sys.argv[1]), Path(sys.argv[2])))

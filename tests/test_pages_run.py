"""What the smaller pages of the documentation show, runs: commands on the examples, code as it is.

Pages that tell a longer story have tests of their own beside what they are about.
"""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nextpayer import cli
from nextpayer.codesets import LISTS, CodeSet
from nextpayer.hooks import HookPlugin, Hooks
from nextpayer.testing import FakeDistributions
from nextpayer.wire.profile import load_profile
from support.run import command_line

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:\$ |    )(nextpayer .+)$", re.MULTILINE)
DAY = "examples/day"
#: What the words of a page stand for, and the statuses that its commands may end with here.
PAGES: dict[str, tuple[dict[str, list[str]], set[int]]] = {
    "how-to/scrub-a-file.md": (
        {"claims.837": [f"{DAY}/claims.837"], "my-payers/": ["examples/payers"]},
        {0},
    ),
    "how-to/set-an-element.md": ({}, {0}),
    "how-to/share-a-file-without-its-patients.md": ({}, {0}),
    "tutorial/first-run.md": (
        {
            "CLAIMS.837": [f"{DAY}/claims.837"],
            "ANSWER.835": sorted(f"{DAY}/{path.name}" for path in (ROOT / DAY).glob("*.835")),
            "DIR": ["out"],
            "DIR/report.json": ["out/report.json"],
            "CLAIM_ID": ["D0001"],
        },
        {0, 1},
    ),
}


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return [source for found, source in FENCE.findall(text(page)) if found == language]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples, and the run that they tell of."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    answers = PAGES["tutorial/first-run.md"][0]["ANSWER.835"]
    known = ["--coverage", f"{DAY}/coverage.json", "--payers", "examples/payers", "--as-of", "2025-03-10"]
    command_line(["bill", f"{DAY}/claims.837", *answers, *known, "--out", "out", "--quiet"])
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_does_what_it_says(desk: Path, page: str) -> None:
    stand_for, statuses = PAGES[page]
    commands = COMMAND.findall(text(page))
    assert commands
    for command in commands:
        words = [one for word in shlex.split(command)[1:] for one in stand_for.get(word, [word])]
        status, printed, said = command_line(words)
        assert status in statuses, (command, said)
        assert said == ""
        assert printed


def test_the_repaired_file_is_there_and_clean(desk: Path) -> None:
    (command,) = [one for one in COMMAND.findall(text("how-to/scrub-a-file.md")) if "--repair" in one]
    words = shlex.split(command.replace("claims.837", f"{DAY}/claims.837", 1))[1:]
    assert command_line(words)[0] == 0
    assert command_line(["scrub", words[-1], "--quiet"])[0] == 0


@pytest.mark.parametrize("source", blocks("how-to/set-an-element.md", "toml"))
def test_the_packs_of_the_page_on_elements_are_packs(source: str) -> None:
    assert load_profile(tomllib.loads(source), name="page").elements


def test_the_code_list_of_the_page_answers(tmp_path: Path) -> None:
    (source,) = blocks("how-to/load-a-code-list.md", "python")
    codes = tmp_path / "carc.csv"
    with codes.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("code", "start", "stop"), ("45", "2000-01-01", "")])
    found: dict[str, Any] = {}
    exec(compile(source.replace("/var/lib/codes/carc.csv", str(codes)), "load-a-code-list.md", "exec"), found)
    made = found["Reasons"]()
    assert isinstance(made, CodeSet)
    assert made.lists <= set(LISTS)
    assert [made.knows("carc", code, None) for code in ("45", "46")] == [True, False]
    (declared,) = blocks("how-to/load-a-code-list.md", "toml")
    assert tomllib.loads(declared)["project"]["entry-points"]["nextpayer.codesets"]


def test_the_hook_plugin_of_the_page_is_found_and_counts(
    fake_distribution: FakeDistributions, desk: Path
) -> None:
    (source,) = blocks("how-to/write-a-hook-plugin.md", "python")
    (declared,) = blocks("how-to/write-a-hook-plugin.md", "toml")
    project = tomllib.loads(declared)["project"]
    fake_distribution(project["name"], "1.0", project["entry-points"], nextpayer_filecount=source)
    command_line(["bill", f"{DAY}/claims.837", f"{DAY}/acme-2025-02-05.835", "--out", "again", "--quiet"])
    counted = sys.modules["nextpayer_filecount"].FILES
    assert sum(counted.values()) > 0
    assert all(name.startswith("outgoing/") for name in counted)


def test_the_page_on_testing_tests(tmp_path: Path) -> None:
    """Its two tests are run by pytest on the adapter that they speak of; its third block in place."""
    kit, found, hooks = blocks("how-to/test-a-plugin.md", "python")
    (tmp_path / "nextpayer_acme.py").write_text(
        "from nextpayer.adapter import Example, PayerAdapter\n"
        "from nextpayer.policy import Payer, Person, Policy\n"
        "class Acme(PayerAdapter):\n"
        "    name = 'acme'\n"
        "    examples = (Example(policy=Policy(payer=Payer(id='ACME', name='ACME'), holder=Person(),"
        " member_id='A1', filing_indicator='CI')),)\n"
    )
    (tmp_path / "test_kit.py").write_text(kit)
    (tmp_path / "test_found.py").write_text(found)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_kit.py", "test_found.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:]
    exec(compile(hooks, "test-a-plugin.md", "exec"), {"my_module": type("Nothing", (), {})()})
    assert Hooks([HookPlugin(name="acme", origin="acme 1.0", plugin=object())]).problems == ()


def test_the_commands_that_need_an_adapter_of_ones_own_exist() -> None:
    for command in COMMAND.findall(text("how-to/test-a-plugin.md")):
        assert shlex.split(command)[1] in cli.BUILT_IN

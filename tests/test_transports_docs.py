"""The pages on transports say what the code does, and the transport of the how-to page works."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nextpayer import registry
from nextpayer.testing.transports import CHECKS, Behaviour
from nextpayer.transports import Secret

ROOT = Path(__file__).parents[1]
REFERENCE = (ROOT / "docs" / "reference" / "transports.md").read_text(encoding="utf-8")
HOW_TO = (ROOT / "docs" / "how-to" / "write-a-transport.md").read_text(encoding="utf-8")
OURS = ("folder", "print", "sftp", "clearinghouse")


def section(name: str) -> str:
    return REFERENCE.split(f"\n## `{name}`\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("name", OURS)
def test_every_key_of_a_transport_is_in_its_table_and_no_other(name: str) -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", section(name), re.MULTILINE)
    listed = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    assert listed == set(registry.load("transport", name).settings_schema().fields)


@pytest.mark.parametrize("name", OURS)
def test_the_example_of_a_transport_is_taken(name: str) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", section(name), re.DOTALL)
    registry.load("transport", name)(tomllib.loads(example))


@pytest.mark.parametrize("name", ["sftp", "clearinghouse"])
def test_the_example_of_a_readme_has_keys_that_exist(name: str) -> None:
    page = (ROOT / "plugins" / name / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    receiver = tomllib.loads(example)["receivers"]["acme"]
    assert receiver["transport"] == name
    assert set(receiver["settings"]) <= set(registry.load("transport", name).settings_schema().fields)


def test_the_forms_of_a_secret_are_told() -> None:
    for reference in ("env:NAME", "keyring:SERVICE/USER"):
        assert f"`{reference}`" in REFERENCE
        assert Secret(reference)


def test_behaviours_that_the_how_to_names_exist() -> None:
    for name in re.findall(r"`([A-Z_]{4,})`", HOW_TO):
        assert name in Behaviour.__members__


def test_the_transport_of_the_how_to_passes_its_own_test(tmp_path: Path) -> None:
    for source in re.findall(r"```python\n(# (?:\w+)\.py\n.*?)```", HOW_TO, re.DOTALL):
        name = source.split("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(source, encoding="utf-8")
    able = {Behaviour.TAKES, Behaviour.REFUSES, Behaviour.IS_DOWN}
    applying = [check for check in CHECKS if check.needs <= able and not check.collects]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "test_table.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(f"^{len(applying)} passed in", done.stdout, re.MULTILINE), done.stdout

"""``nextpayer new``: what it makes works as it is, and it overwrites nothing."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from nextpayer.cli.new import new
from nextpayer.errors import UnusableInput
from nextpayer.registry import GROUPS
from nextpayer.scaffold import KINDS
from nextpayer.wire.packs import Document, load_packs


def made(tmp_path: Path, kind: str, name: str = "sunrise-health") -> Path:
    result = CliRunner().invoke(new, [kind, name, "--out", str(tmp_path), "--json"], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    folder = tmp_path / f"nextpayer-{name}"
    document = json.loads(result.stdout)
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert found == sorted(document["files"])
    return folder


every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_a_distribution_is_whole(tmp_path: Path, kind: str) -> None:
    folder = made(tmp_path, kind)
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "nextpayer-sunrise-health"
    assert project["dependencies"] == ["nextpayer>=0.1,<0.2"]
    assert list(project["entry-points"]) == [GROUPS[KINDS[kind]]]
    assert set(project["entry-points"][GROUPS[KINDS[kind]]]) == {"sunrise-health"}
    for path in (
        "README.md",
        "tox.ini",
        ".github/workflows/tests.yml",
        "src/nextpayer_sunrise_health/py.typed",
    ):
        assert (folder / path).exists()
    assert list((folder / "tests").glob("test_*.py"))


@every_kind
def test_nothing_of_a_template_is_left_over(tmp_path: Path, kind: str) -> None:
    for path in made(tmp_path, kind).rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert "$" not in text.replace("${{ matrix.python }}", "")
            assert "PACKAGE" not in str(path)
            if path.suffix == ".py":
                ast.parse(text)


@pytest.mark.parametrize("kind", ["adapter", "transport", "form"])
def test_its_tests_pass_as_they_are(tmp_path: Path, kind: str) -> None:
    folder = made(tmp_path, kind)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    source = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = subprocess.run(run, cwd=folder, env=source, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


NEW_CHECK = """
import warnings
from nextpayer.testing.conformance import NewCheckWarning
def test_a_new_check_warns():
    warnings.warn("new", NewCheckWarning)
"""


def test_a_check_that_is_new_in_the_core_does_not_turn_its_tests_red(tmp_path: Path) -> None:
    folder = made(tmp_path, "adapter")
    (folder / "tests" / "test_new.py").write_text(NEW_CHECK)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_new.py"]
    done = subprocess.run(run, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "NewCheckWarning: new" in done.stdout


def test_its_pack_is_right(tmp_path: Path) -> None:
    (path,) = made(tmp_path, "pack").rglob("packs/*.toml")
    (pack,) = load_packs([Document(file=path.name, name=path.stem, content=tomllib.loads(path.read_text()))])
    assert pack.name == "sunrise-health"
    assert [setting.key for setting in pack.settings if not setting.source] == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Sunrise", "small letters"),
        ("1st", "small letters"),
        ("a--b", "small letters"),
        ("../up", "small letters"),
        ("a" * 41, "at most 40"),
        ("medicare", "that nextpayer publishes"),
        ("x12", "that nextpayer publishes"),
        ("payer", "a class Payer"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UnusableInput, match=why):
        made(tmp_path, "adapter", name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = made(tmp_path, "adapter")
    (folder / "README.md").write_text("mine")
    with pytest.raises(UnusableInput, match="nothing is overwritten"):
        made(tmp_path, "transport")
    assert (folder / "README.md").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]

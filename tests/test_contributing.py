"""What CONTRIBUTING, SECURITY and the release script say exists, does."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shlex
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[1]
PAGES = ("CONTRIBUTING.md", "SECURITY.md", "docs/explanation/versions.md")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (.+)$", CONTRIBUTING, re.MULTILINE)
MEMBERS = sorted(
    path.parent for g in ("core", "plugins/*", "adapters/*") for path in ROOT.glob(f"{g}/pyproject.toml")
)


def release_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def environments() -> set[str]:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    listed = re.sub(r"alone-\{[^}]*\}", "alone", tox["tox"]["env_list"]).replace(" ", "").split(",")
    return {*listed, *(name.removeprefix("testenv:") for name in tox.sections())}


@pytest.mark.parametrize("page", PAGES)
def test_every_tox_environment_and_path_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"tox -e ([a-z-]+)", text)) <= environments()
    inside = (ROOT / page).parent
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (inside / link).exists()] == []
    named = re.findall(r"`((?:tests|plugins|adapters|core|\.ci)/[\w./]*)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_newcomers_commands_are_those_that_the_script_runs() -> None:
    ten_minutes = CONTRIBUTING.split("## Ten minutes")[1].split("\n## ")[0]
    assert re.findall(r"^    (.+)$", ten_minutes, re.MULTILINE) == COMMANDS[:8]
    assert "s/^    //p" in (ROOT / ".ci" / "newcomer").read_text(encoding="utf-8")


def test_our_own_commands_run_as_the_page_shows_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ours = [shlex.split(command) for command in COMMANDS if command.startswith("nextpayer ")]
    assert len(ours) == 3
    for words in ours:
        moved = [
            word.replace("out", str(tmp_path / "out"), 1) if word.startswith("out") else word
            for word in words
        ]
        status, said, complained = command_line(moved[1:])
        assert (status in (0, 1), complained) == (True, "")
        assert said


def test_the_tests_that_the_page_names_are_there() -> None:
    named = [word for command in COMMANDS for word in command.split() if word.endswith(".py")]
    assert len(named) == 2
    assert all((ROOT / path).exists() for path in named)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_every_member_carries_the_licence(member: Path) -> None:
    assert (member / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_changelog_has_this_version_and_names_every_member() -> None:
    release_script().check_changelog()


def test_a_release_without_a_licence_types_or_with_tests_is_refused(tmp_path: Path) -> None:
    release = release_script()
    whole = ["p/py.typed", "p-1.dist-info/METADATA", "p-1.dist-info/licenses/LICENSE"]
    for n, names in enumerate([whole[1:], whole[:2], whole[::2], [*whole, "p/tests/test_a.py"]]):
        wheel = tmp_path / f"p{n}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name in names:
                archive.writestr(name, "")
        with pytest.raises(SystemExit):
            release.check_contents([wheel])
    sdist = tmp_path / "p.tar.gz"
    with tarfile.open(sdist, "w:gz") as archive:
        for name in ("LICENSE", "README.md"):
            archive.add(ROOT / name, f"p-1/{name}")
    with pytest.raises(SystemExit, match=r"py\.typed"):
        release.check_contents([sdist])

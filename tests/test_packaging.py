"""Every member is a whole distribution, and the root knows every member."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.resources
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = sorted(
    path.parent
    for pattern in ("core", "plugins/*", "adapters/*")
    for path in ROOT.glob(f"{pattern}/pyproject.toml")
)
CORE_DEPENDENCIES = {"pluggy", "stevedore", "marshmallow", "click"}


def project(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def declared_entry_points() -> list[tuple[str, str, str]]:
    return [
        (group, name, target)
        for folder in MEMBERS
        for group, names in project(folder).get("entry-points", {}).items()
        for name, target in names.items()
    ]


every_member = pytest.mark.parametrize("folder", MEMBERS, ids=lambda folder: str(folder.relative_to(ROOT)))


def test_the_members_were_found() -> None:
    assert {
        *("core", "x12", "paper", "fhir", "clearinghouse", "sftp", "desk"),
        *("medicare", "medicaid", "commercial"),
    } <= {folder.name for folder in MEMBERS}


@every_member
def test_a_member_has_a_readme_types_tests_and_a_package_of_its_own_name(folder: Path) -> None:
    package = folder / "src" / project(folder)["name"].replace("-", "_")
    assert project(folder)["readme"] == "README.md"
    assert (folder / "README.md").stat().st_size > 0
    assert (package / "__init__.py").is_file()
    assert (package / "py.typed").is_file()
    assert (folder / "tests").is_dir()
    assert [path.name for path in (folder / "src").iterdir() if (path / "__init__.py").exists()] == [
        package.name
    ]


@every_member
def test_a_member_folder_has_no_hyphen_because_old_pips_take_it_for_a_version(folder: Path) -> None:
    assert "-" not in str(folder.relative_to(ROOT))


@every_member
def test_members_agree_on_version_licence_and_python(folder: Path) -> None:
    ours, core = project(folder), project(ROOT / "core")
    for key in ("version", "license", "requires-python"):
        assert ours[key] == core[key]


@every_member
def test_a_member_asks_for_a_range_of_the_core_that_admits_this_one(folder: Path) -> None:
    if folder.name == "core":
        return
    wanted = [line for line in project(folder)["dependencies"] if re.match(r"nextpayer\b(?!-)", line)]
    major, minor, _ = project(ROOT / "core")["version"].split(".")
    assert wanted == [f"nextpayer>={major}.{minor},<{major}.{int(minor) + 1}"]


def test_the_core_needs_exactly_its_four_libraries() -> None:
    needed = project(ROOT / "core")["dependencies"]
    assert {re.split(r"[<>=!~\[; ]", line)[0] for line in needed} == CORE_DEPENDENCIES


def test_the_root_lists_every_member_by_path_and_ships_nothing() -> None:
    root = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # What needs a library under the LGPL is asked for by name.
    listed = {*root["project"]["dependencies"], *root["project"]["optional-dependencies"]["sftp"]}
    assert not [name for name in root["project"]["dependencies"] if "sftp" in name]
    expected = {
        f"{project(folder)['name']} @ {{root:uri}}/{folder.relative_to(ROOT).as_posix()}"
        for folder in MEMBERS
    }
    assert listed == expected
    assert set(root["tool"]["uv"]["sources"]) == {project(folder)["name"] for folder in MEMBERS}
    assert "Private :: Do Not Upload" in root["project"]["classifiers"]
    assert root["tool"]["hatch"]["build"]["targets"]["wheel"]["bypass-selection"] is True


@pytest.mark.parametrize("member", MEMBERS, ids=lambda folder: folder.name)
def test_tox_and_the_type_checker_know_every_member(member: Path) -> None:
    path = member.relative_to(ROOT).as_posix()
    assert re.search(rf"-e \./{path}(\[|$)", (ROOT / "tox.ini").read_text(encoding="utf-8"), re.MULTILINE)
    root = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"{path}/src" in root["tool"]["mypy"]["mypy_path"]
    assert project(member)["name"].replace("-", "_") in root["tool"]["importlinter"]["root_packages"]


@pytest.mark.parametrize(("group", "name", "target"), declared_entry_points(), ids=str)
def test_an_entry_point_leads_somewhere(group: str, name: str, target: str) -> None:
    module, _, attribute = target.partition(":")
    found = importlib.import_module(module)
    assert not attribute or hasattr(found, attribute)


@pytest.mark.parametrize(("group", "name", "target"), declared_entry_points(), ids=str)
def test_an_entry_point_is_installed_as_it_is_written(group: str, name: str, target: str) -> None:
    """Fails on an editable install made before the entry point was added: install the member again."""
    assert [ep.value for ep in importlib.metadata.entry_points(group=group, name=name)] == [target]


PACK_FOLDERS = sorted({path.parent for path in ROOT.glob("adapters/*/src/*/packs/*.toml")})


@pytest.mark.parametrize("folder", PACK_FOLDERS, ids=lambda folder: folder.parent.name)
def test_payer_packs_lie_in_a_package_that_the_wheel_takes_and_an_entry_point_tells(folder: Path) -> None:
    member = next(parent for parent in folder.parents if (parent / "pyproject.toml").exists())
    whole = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))
    assert whole["tool"]["hatch"]["build"]["targets"]["wheel"] == {"packages": [f"src/{folder.parent.name}"]}
    assert f"{folder.parent.name}.packs" in whole["project"]["entry-points"]["nextpayer.packs"].values()
    installed = importlib.resources.files(f"{folder.parent.name}.packs")
    assert {path.name for path in folder.glob("*.toml")} == {
        path.name for path in installed.iterdir() if path.name.endswith(".toml")
    }


def test_the_licence_is_here_and_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


PRIVATE = re.compile(rb"/root/|/work/|/home/[a-z]|/Users/|[A-Z]:\\\\Users")


def test_no_committed_text_names_a_machine() -> None:
    texts = [
        path
        for place in (
            "*",
            "core/**/*",
            "plugins/**/*",
            "adapters/**/*",
            "tests/**/*",
            "docs/**/*",
            "examples/**/*",
        )
        for path in ROOT.glob(place)
        if path.suffix in (".py", ".md", ".toml", ".ini", ".txt") and path != Path(__file__).resolve()
    ]
    assert texts
    assert [path for path in texts if PRIVATE.search(path.read_bytes())] == []

"""Every shipped payer pack: sourced, dated, linted, and of use to the main job."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nextpayer import cli
from nextpayer.wire.packs import Pack
from nextpayer.wire.shipped import shipped

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(ROOT.glob("adapters/*/src/*/packs/*.toml"))
PACKS = shipped().packs
#: A source names where to look: an address, or a document with its section, number or date.
TO_LOOK_UP = re.compile(r"https?://|\d")
OUR_CHOICE = "nextpayer: the adapter that knows payers of this kind"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main([str(argument) for argument in arguments])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_every_pack_file_is_found_through_its_distribution_and_nothing_is_wrong() -> None:
    assert shipped().problems == ()
    assert {pack.name for pack in PACKS} == {path.stem for path in FILES}
    assert len(PACKS) >= 15


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=lambda path: path.parent.name)
def test_every_folder_of_packs_lints_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("payers", "lint", folder) == 0
    assert capsys.readouterr().out == "no findings\n"


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_value_has_a_source_that_can_be_looked_up_and_every_pack_a_day(pack: Pack) -> None:
    for source in (pack.source, *(setting.source for setting in pack.settings)):
        assert source == OUR_CHOICE or TO_LOOK_UP.search(source), source
    assert pack.effective.year >= 2012  # 5010
    for setting in pack.settings:
        if setting.key == "claims.adapter":
            assert setting.source == OUR_CHOICE


def test_the_kinds_of_payers_that_an_office_meets_are_there() -> None:
    names = {pack.name for pack in PACKS}
    assert len([name for name in names if name.endswith("-part-b")]) >= 5
    assert len([name for name in names if name.endswith("-part-a")]) >= 2
    assert len([name for name in names if name.endswith("-medicaid")]) >= 5
    assert {"tricare-east", "delta-dental", "generic-ppo", "generic-hmo", "generic-medigap"} <= names


def test_the_main_job_takes_all_shipped_packs_at_once(tmp_path: Path) -> None:
    """No two of them speak for one payer on one day: that would stop it with status 2."""
    one = ROOT / "examples" / "one"
    job = ("bill", one / "claim.837", one / "era.835", "--payers", "shipped", "--as-of", "2025-03-10")
    assert run(*job, "--out", tmp_path / "out", "--quiet") in (0, 1)


def day(out: Path, payers: str) -> list[dict[str, object]]:
    folder = ROOT / "examples" / "day"
    job = ("bill", folder / "claims.837", *sorted(folder.glob("*.835")), "--payers", payers)
    run(*job, "--coverage", folder / "coverage.json", "--as-of", "2025-03-10", "--out", out, "--quiet")
    found: list[dict[str, object]] = json.loads((out / "report.json").read_text())["decisions"]
    return found


def test_behind_the_users_own_they_change_nothing_for_payers_that_they_do_not_know(tmp_path: Path) -> None:
    own = str(ROOT / "examples" / "payers")
    assert day(tmp_path / "one", own) == day(tmp_path / "two", f"{own},shipped")

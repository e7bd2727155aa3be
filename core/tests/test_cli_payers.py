"""``nextpayer payers`` and ``--payers``: what is printed, and with which status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nextpayer import cli
from nextpayer.cli._packs import chosen
from nextpayer.errors import PluginConflict, ProfileError, UnusableInput
from nextpayer.policy import Payer, Person, Policy
from nextpayer.testing import FakeDistributions

SOURCES = '[sources]\nsource = "manual of {0}"\neffective = 2025-01-01\n'


@pytest.fixture
def stock(fake_distribution: FakeDistributions) -> FakeDistributions:
    """One distribution with a base, a plan that extends it and a plan of its own."""
    base = 'abstract = true\n[payer]\nfiling_indicator = "BL"\n[filing]\ncrossover_wait_days = 30\n'
    plan = 'extends = "v-base"\n[payer]\nids = ["MOON"]\n[filing]\ncrossover_wait_days = 45\n'
    files: dict[str, str | bytes] = {
        "v_moon/__init__.py": "",
        "v_moon/v-base.toml": base + SOURCES.format("base"),
        "v_moon/v-moon.toml": plan + SOURCES.format("moon"),
        "v_moon/v-star.toml": '[payer]\nids = ["STAR"]\n' + SOURCES.format("star"),
    }
    fake_distribution("v-moon", "1.0", {"nextpayer.packs": {"moon": "v_moon"}}, files=files)
    return fake_distribution


def pack(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text + SOURCES.format(name))
    return path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main([str(argument) for argument in arguments])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def found(text: str, payer_id: str) -> str:
    profile = chosen(text).find(Policy(payer=Payer(id=payer_id, name=""), holder=Person()), None)
    return profile.source if profile is not None else ""


def test_list_has_a_row_for_every_shipped_pack(
    stock: FakeDistributions, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("payers", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "payer", "ids", "adapter", "effective", "source"]
    (row,) = [line for line in lines if line.startswith("v-moon")]
    assert row.split() == ["v-moon", "MOON", "2025-01-01", "manual", "of", "moon"]
    assert run("payers", "list", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    (one,) = [one for one in document["packs"] if one["name"] == "v-moon"]
    assert (one["ids"], one["extends"], one["distribution"]) == (["MOON"], "v-base", "v-moon 1.0")
    assert (one["abstract"], one["effective"], one["terminates"]) == (False, "2025-01-01", None)
    assert run("payers", "list", "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_list_with_a_broken_pack_names_it_and_exits_1(
    stock: FakeDistributions, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes] = {"v_bad/__init__.py": "", "v_bad/bad.toml": "[payer\n"}
    stock("v-bad", "1.0", {"nextpayer.packs": {"bad": "v_bad"}}, files=files)
    assert run("payers", "list", "--quiet") == 1
    out, err = capsys.readouterr()
    assert (out, err.startswith("packs 'bad' (v-bad 1.0): bad.toml cannot be read")) == ("", True)


def test_list_of_a_folder_lists_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack(tmp_path, "mine", '[payer]\nids = ["1"]\n')
    assert run("payers", "list", tmp_path, "--json") == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["packs"]] == ["mine"]


def test_show_has_the_pack_that_set_each_value_and_its_source(
    stock: FakeDistributions, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("payers", "show", "v-moon", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["chain"] == ["v-moon", "v-base"]
    assert document["values"] == [
        {"key": "filing.crossover_wait_days", "value": 45, "pack": "v-moon", "source": "manual of moon"},
        {"key": "payer.filing_indicator", "value": "BL", "pack": "v-base", "source": "manual of base"},
        {"key": "payer.ids", "value": ["MOON"], "pack": "v-moon", "source": "manual of moon"},
    ]
    assert run("payers", "show", "v-moon") == 0
    text = capsys.readouterr().out
    assert "extends v-base" in text
    assert 'v-base: manual of base\n  payer.filing_indicator     = "BL"\n' in text


def test_show_of_a_file_knows_its_folder_and_the_shipped_packs(
    stock: FakeDistributions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack(tmp_path, "near", 'extends = "v-base"\nabstract = true\n[cob]\nmethod = "reserve"\n')
    mine = pack(tmp_path, "mine", 'extends = "near"\n[payer]\nids = ["1"]\n')
    assert run("payers", "show", mine, "--json") == 0
    assert json.loads(capsys.readouterr().out)["chain"] == ["mine", "near", "v-base"]


def test_show_of_an_unknown_name_is_one_line_with_the_nearest(
    stock: FakeDistributions, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("payers", "show", "v-mon") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "nextpayer: v-mon: there is no shipped payer pack of this name; the nearest is v-moon\n"


def test_lint_finds_all_problems_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack(tmp_path, "a", '[payer]\nids = ["1"]\nnane = "x"\n[filing]\ndais = 3\n')
    pack(tmp_path, "b", 'extends = "aa"\n[payer]\nids = ["2"]\n')
    (tmp_path / "c.toml").write_text("[payer\n")
    assert run("payers", "lint", tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:4] == [
        "a.toml: filing.dais: unknown key; the nearest known one is days",
        "a.toml: payer.nane: unknown key; the nearest known one is name",
        "b.toml: extends: there is no pack of this name; the nearest is a",
    ]
    assert lines[0].startswith("c.toml: it is not TOML")
    assert lines[4] == "4 findings"
    assert run("payers", "lint", tmp_path, "--json") == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["file"], one["path"]) for one in findings][1:] == [
        ("a.toml", "filing.dais"), ("a.toml", "payer.nane"), ("b.toml", "extends")]  # fmt: skip
    assert run("payers", "lint", tmp_path, "--quiet") == 1
    assert capsys.readouterr().out == ""


def test_lint_without_findings_exits_0_and_of_nothing_readable_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = pack(tmp_path, "good", '[payer]\nids = ["1"]\n')
    assert run("payers", "lint", good) == 0
    assert capsys.readouterr().out == "no findings\n"
    good.write_text("[payer\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    for where in (good, empty, tmp_path / "nothing"):
        assert run("payers", "lint", where) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)


def test_diff_has_the_keys_that_differ(
    stock: FakeDistributions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = pack(tmp_path, "mine", 'extends = "v-moon"\n[payer]\nids = ["MINE"]\n')
    assert run("payers", "diff", "v-moon", mine, "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["differences"]
    assert (row["key"], row["a"]["value"], row["b"]["value"]) == ("payer.ids", ["MOON"], ["MINE"])
    assert run("payers", "diff", "v-star", "v-moon") == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["filing.crossover_wait_days", "-", "45"]
    assert run("payers", "diff", "v-moon", "v-moon") == 0
    assert capsys.readouterr().out == "no differences\n"
    assert run("payers", "diff", "v-moon", "v-nothing") == 2


def test_the_command_alone_prints_its_help_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("payers") == 2
    out, err = capsys.readouterr()
    assert (out, "Commands:" in err) == ("", True)


# --- --payers ---------------------------------------------------------------


def test_shipped_packs_are_chosen_by_name_or_all_together(stock: FakeDistributions) -> None:
    assert found("v-star", "STAR") == "manual of star"
    assert found("v-star", "MOON") == ""
    assert found("v-star,v-moon", "MOON") == "manual of moon"
    assert found("shipped", "MOON") == "manual of moon"


def test_the_users_own_packs_go_before_the_shipped_ones_for_a_payer(
    stock: FakeDistributions, tmp_path: Path
) -> None:
    pack(tmp_path, "mine", '[payer]\nids = ["MOON"]\n')
    assert found(f"shipped,{tmp_path}", "MOON") == "manual of mine"
    assert found(f"{tmp_path},shipped", "STAR") == "manual of star"
    assert found(str(tmp_path), "STAR") == ""


def test_a_folder_whose_name_has_a_comma_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine,yours"
    folder.mkdir()
    pack(folder, "mine", '[payer]\nids = ["1"]\n')
    assert found(str(folder), "1") == "manual of mine"


def test_a_pack_may_extend_a_shipped_one(stock: FakeDistributions, tmp_path: Path) -> None:
    path = pack(tmp_path, "mine", 'extends = "v-base"\n[payer]\nids = ["1"]\n')
    for where in (path, tmp_path):
        (profile,) = chosen(str(where))
        assert profile.crossover_wait_days == 30


def test_what_names_nothing_is_refused_with_the_nearest(stock: FakeDistributions) -> None:
    message = r"^v-mon: there is no file, folder or shipped payer pack of this name; the nearest is v-moon$"
    with pytest.raises(UnusableInput, match=message):
        chosen("v-mon")


def test_an_abstract_pack_alone_is_refused_because_it_would_apply_to_nobody(
    stock: FakeDistributions, tmp_path: Path
) -> None:
    with pytest.raises(ProfileError, match=r"^v-base: payer\.ids: .*extend it"):
        chosen("v-base")
    with pytest.raises(ProfileError, match="extend it"):
        chosen(str(pack(tmp_path, "mine", "abstract = true\n")))


@pytest.mark.parametrize("text", ["", ",", "v-moon,", "v-moon,,v-star"])
def test_an_empty_name_is_refused_and_not_taken_for_the_folder_we_are_in(
    text: str, stock: FakeDistributions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(tmp_path, "mine", '[payer]\nids = ["1"]\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnusableInput, match="it names nothing"):
        chosen(text)


def test_all_shipped_packs_without_a_broken_one_but_not_with_two_of_one_name(
    stock: FakeDistributions, caplog: pytest.LogCaptureFixture
) -> None:
    bad: dict[str, str | bytes] = {"v_bad/__init__.py": "", "v_bad/bad.toml": "[payer\n"}
    stock("v-bad", "1.0", {"nextpayer.packs": {"bad": "v_bad"}}, files=bad)
    assert found("shipped", "MOON") == "manual of moon"
    assert "bad.toml cannot be read" in caplog.text
    twin: dict[str, str | bytes] = {
        "v_twin/__init__.py": "",
        "v_twin/v-moon.toml": '[payer]\nids = ["TWIN"]\n' + SOURCES.format("twin"),
    }
    stock("v-twin", "1.0", {"nextpayer.packs": {"twin": "v_twin"}}, files=twin)
    for text in ("shipped", "v-moon"):
        with pytest.raises(PluginConflict, match=r"v-moon 1\.0 and v-twin 1\.0"):
            chosen(text)
    assert found("v-star", "STAR") == "manual of star"

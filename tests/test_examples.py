"""The examples: sound files, and every line of the story in their README is what the command does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from scenarios.expect import at_claim, at_lines, told
from support import balance, pyx12gate, run

ROOT = Path(__file__).parents[1]
DAY = ROOT / "examples" / "day"
README = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
STORY = re.findall(r"^\| (D\d+) \|[^|]*\| `(\w+)` ([\w-]+) \| ([\d.]+) \| (.+) \|$", README, re.MULTILINE)
REST = re.findall(r"^\| (\w+) \| (quarantined|unmatched|no answer yet) \| .+ \|$", README, re.MULTILINE)
DAMAGED = ("CLP*D0015*1*120*6S*25*", "CLP*D0015*1*120*65*25*")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> run.Result:
    """The command of the examples' README, run from the root of the checkout."""
    out = tmp_path_factory.mktemp("examples") / "out"
    line = next(line for line in README.splitlines() if line.startswith("    nextpayer bill"))
    arguments = [
        str(path)
        for word in shlex.split(line)[1:]
        for path in (sorted(ROOT.glob(word)) if word.startswith("examples/") else [word])
    ]
    arguments[arguments.index("out")] = str(out)
    made = run.Result(*run.command_line([*arguments, "--json"]), out=out)
    made.report = json.loads((out / "report.json").read_text())
    made.outgoing = {path.name: path.read_text() for path in sorted((out / "outgoing").glob("*.837"))}
    return made


def test_the_run_keeps_the_laws_of_the_house(result: run.Result) -> None:
    remittances = sorted(DAY.glob("*.835"))
    run.check_laws(
        result,
        (DAY / "claims.837").read_text(),
        [path.read_text() for path in remittances],
        [path.name for path in remittances],
    )
    assert result.exit_code == 1


def test_the_story_is_what_the_command_does(result: run.Result) -> None:
    """Every decision has its line, and every line its decision."""
    done = [
        (d["claim_id"], d["action"], d["reason"], d["amounts"]["expected_next"]) for d in result.decisions
    ]
    assert sorted(line[:4] for line in STORY) == sorted(done)
    assert len(STORY) == 20


def test_what_is_no_decision_is_told_too(result: run.Result) -> None:
    assert dict(REST) == {"D0015": "quarantined", "LC77120": "unmatched", "D0016": "no answer yet"}
    assert [(q["file"], q["segment"]) for q in result.quarantined] == [("acme-2025-02-05.835", 94)]
    assert [u["payment"]["control_number"] for u in result.unmatched] == ["MB250099"]
    assert result.report["summary"]["claims_without_payment"] == 1


def test_every_kind_of_outcome_is_in_the_story() -> None:
    assert {action for _, action, *_ in STORY} == run.ACTIONS


def test_five_files_go_out_one_for_each_payer_and_form(result: run.Result) -> None:
    assert list(result.outgoing) == [
        "00131-837I-0001.837",
        "00882-837P-0001.837",
        "567890-837I-0001.837",
        "567890-837P-0001.837",
        "STMCD-837P-0001.837",
    ]


def test_the_claims_that_went_out_say_what_the_story_says(result: run.Result) -> None:
    child = result.claim("D0001")
    assert (child["subscriber"]["nm1"][4], child["patient"]["nm1"][4]) == ("EVA", "MIA")
    assert told(child, "ACME1")["subscriber"]["nm1"][4] == "PAUL"
    assert result.claim("D0002")["sbr"][5] == "12"
    third = result.claim("D0003")
    assert (third["sbr"][1], third["sbr"][9]) == ("T", "MC")
    assert at_claim(third, "ACME1") == ("80", "")
    assert at_lines(third, "567890") == [("1", "75", "HC:99215", "1", "OA-23 130, CO-45 20, PR-3 25")]
    assert at_lines(result.claim("D0012"), "ACME1")[0][4] == "CO-45 30, PR-3 25"
    stay = result.claim("D0017")
    values = [part for segment in stay["hi"] for part in segment[1:] if part.startswith("BE:")]
    assert values == ["BE:12:::7000", "BE:44:::8000"]
    assert [made["svd"][4] for line in result.claim("D0018")["lines"] for made in line["svds"]] == [
        "0301",
        "0450",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.83[57]")), ids=lambda p: p.name)
def test_every_file_is_sound_and_has_one_segment_a_line(path: Path) -> None:
    """But for the one amount that is damaged on purpose."""
    text = path.read_text().replace(*DAMAGED)
    assert all(line.endswith("~") for line in text.splitlines())
    assert (balance.problems if path.suffix == ".837" else balance.problems_835)(text) == []
    if pyx12gate.skip_reason() is None:
        assert pyx12gate.errors(text) == []


def test_the_damage_is_in_the_file() -> None:
    assert DAMAGED[0] in (DAY / "acme-2025-02-05.835").read_text()


def test_the_line_of_the_front_page_is_this_one() -> None:
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    command = next(line.strip() for line in README.splitlines() if line.startswith("    nextpayer bill"))
    assert command in front


@pytest.mark.parametrize(
    ("name", "order", "status"),
    [
        ("retired-with-working-spouse", ["spouse", "medicare", "retiree"], 0),
        ("child-of-divorced-parents", ["mother", "stepfather", "father", "medicaid"], 0),
        ("facts-missing", [], 1),
    ],
)
def test_the_examples_of_who_pays_first_are_what_their_readme_says(
    name: str, order: list[str], status: int
) -> None:
    file = ROOT / "examples" / "order" / f"{name}.json"
    found, said, _ = run.command_line(["order", str(file), "--on", "2025-03-10", "--json"])
    answer = json.loads(said)
    assert (found, answer["order"]) == (status, order)
    assert f"`order/{name}.json`" in README


def test_what_is_missing_in_the_third_of_them_is_asked() -> None:
    file = ROOT / "examples" / "order" / "facts-missing.json"
    _, said, _ = run.command_line(["order", str(file), "--on", "2025-03-10", "--json"])
    assert [one["fact"] for one in json.loads(said)["missing"]] == [
        "circumstances.related_to",
        "employer.employer.size",
    ]

"""Every published rule has an edit that exists, or a reason why a claim cannot decide it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pytest

from nextpayer.codesets import LISTS
from nextpayer.edits import EDITS
from nextpayer.edits.published import FURTHER, PUBLISHED, Rule
from nextpayer.edits.repairs import REPAIRS
from nextpayer.edits.today import edits_on
from nextpayer.edits.unreadable import ELEMENTS, READING

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT.parent / "shared" / "domain"
KNOWN = (
    {one.id for one in (*EDITS, *edits_on(dt.date(2025, 1, 1)), *READING, *ELEMENTS.values(), *REPAIRS)}
    | {f"NP-E-LIST-{name.upper()}" for name in LISTS}
)  # fmt: skip
RULES = [*PUBLISHED.items(), *FURTHER]


def test_there_are_as_many_rules_as_were_published() -> None:
    assert (len(PUBLISHED), len(FURTHER)) == (109, 24)


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[name for name, _ in RULES])
def test_a_rule_has_an_edit_or_a_reason_why_not(name: str, rule: Rule) -> None:
    assert rule.ids or rule.note


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[name for name, _ in RULES])
def test_the_edits_of_a_rule_exist(name: str, rule: Rule) -> None:
    for id in rule.ids:
        if id.startswith(("NP-E-", "NP-R-")):
            assert id in KNOWN
        elif ROOT.joinpath("tox.ini").exists():  # of an adapter, or the reason of a decision
            sources = [*ROOT.glob("core/src/**/*.py"), *ROOT.glob("adapters/*/src/**/*.py")]
            assert any(
                f'"{id}"' in path.read_text(encoding="utf-8") for path in sources if path.stem != "published"
            )


@pytest.mark.skipif(not DOMAIN.is_dir(), reason="no copy of the published rules beside the checkout")
def test_no_published_rule_is_left_out() -> None:
    with (DOMAIN / "published-claim-edits.csv").open(encoding="utf-8") as file:
        assert {row["id"] for row in csv.DictReader(file)} == set(PUBLISHED)
    section = (DOMAIN / "other-edits.md").read_text(encoding="utf-8").partition("## 6.")[2]
    assert re.findall(r"(?:^|; )(\d+) ", section, re.MULTILINE) == [str(n + 1) for n in range(len(FURTHER))]

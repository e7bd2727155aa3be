"""The how-to pages on held claims and on embedding: every command and every line of Python runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from nextpayer.reasons import REASONS
from support.run import command_line

ROOT = Path(__file__).parents[1]
HELD = (ROOT / "docs" / "how-to" / "debug-a-held-claim.md").read_text(encoding="utf-8")
EMBED = (ROOT / "docs" / "how-to" / "embed-the-core.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def comments(source: str) -> list[str]:
    """What the lines that begin with ``# `` after a print say is printed."""
    return re.findall(r"^# (.+)$", source, re.MULTILINE)


def test_the_way_from_a_held_claim_to_the_run_that_bills_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^    nextpayer (.+)$", HELD, re.MULTILINE)
    assert len(commands) == 5
    explained = []
    for command in commands:
        words = [
            name
            for word in shlex.split(command)
            for name in (sorted(str(path) for path in Path().glob(word)) if "*" in word else [word])
        ]
        status, said, complained = command_line(words)
        assert (status in (0, 1), complained) == (True, ""), command
        explained += [said] if words[0] == "explain" else []
    for shown, said in zip(blocks(HELD, "text"), explained, strict=True):
        assert shown in said
    (source,) = blocks(HELD, "python")
    exec(compile(source, "debug-a-held-claim.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == comments(source)


def test_every_reason_that_the_page_names_is_one() -> None:
    named = {code for code in re.findall(r"NP-[A-Z]+(?:-[A-Z]+)*", HELD) if code != "NP-E"}
    beyond_the_table = {"NP-CROSSOVER-WAIT", "NP-ORDER"}
    assert named - beyond_the_table <= set(REASONS)


def test_the_python_of_the_embedding_page_runs_as_one_program(capsys: pytest.CaptureFixture[str]) -> None:
    sources = blocks(EMBED, "python")
    assert len(sources) == 6
    whole = "\n".join(sources)
    exec(compile(whole, "embed-the-core.md", "exec"), {"__name__": "embedding"})
    assert capsys.readouterr().out.splitlines() == comments(whole)


BALANCES = (ROOT / "docs" / "explanation" / "how-cob-balances.md").read_text(encoding="utf-8")
BILLERS = (ROOT / "docs" / "for-billers.md").read_text(encoding="utf-8")
AMOUNT = re.compile(r"\b\d+\.\d\d\b")


@pytest.mark.parametrize("part", [part for part in BILLERS.split("\n## ") if "nextpayer-waterfall" in part])
def test_every_amount_beside_a_picture_is_one_of_the_estimate(part: str) -> None:
    names = re.findall(r"\{nextpayer-waterfall\} (\S+)", part)
    said = "".join(
        command_line(["estimate", str(ROOT / f"examples/estimate/{name}.json")])[1] for name in names
    )
    text = part.partition("```")[0] + part.rpartition("```")[2]
    assert AMOUNT.findall(text)
    assert set(AMOUNT.findall(text)) <= set(AMOUNT.findall(said))


def test_the_example_that_balances_is_the_answer_to_d0001() -> None:
    status, said, _ = command_line(["read", str(ROOT / "examples" / "day" / "acme-2025-02-05.835")])
    payments = json.loads(said)["transactions"][0]["payments"]
    (answer,) = (one for one in payments if one["patient_control_number"] == "D0001")
    rows = re.findall(r"^\| (?:line \d|claim) \|(.+)\|$", BALANCES, re.MULTILINE)
    shown = [[cell.strip() or "0.00" for cell in row.split("|")] for row in rows]
    stated = []
    for line in answer["lines"]:
        by_reason = {f"{a['group']}-{a['reason']}": a["amount"] for a in line["adjustments"]}
        amounts = [by_reason.get(key, "0.00") for key in ("CO-45", "PR-1", "PR-2")]
        stated.append([line["charge_amount"], line["paid_amount"], *amounts])
    sums = [f"{sum(Decimal(row[n]) for row in stated):.2f}" for n in range(5)]
    assert status == 1
    assert shown == [*stated, sums]
    assert (answer["charge_amount"], answer["paid_amount"]) == (sums[0], sums[1])

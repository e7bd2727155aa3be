"""`nextpayer eob new`: a paper EOB typed in, through click's runner and once on a real terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.cli import cli
from nextpayer.cli._eob_draft import adjustment_of
from support import run

ROOT = Path(__file__).parents[1]
CLAIM = ROOT / "examples" / "one" / "claim.837"
DAY = ROOT / "examples" / "day" / "claims.837"
#: Payer id and name as billed, cheque, day, amount, paper, status, payer's number, no remarks.
HEAD = ["", "", "0012345", "2025-02-05", "120.00", "", "", "ACMEICN01", ""]
LINE = ["120.00", "CO-45 25.00", 'PR "your share" 30.00', ""]
WHOLE = ["", "120.00", ""]


def new(out: Path, answers: list[str], *more: str, claim: Path = CLAIM) -> Result:
    """Type these answers; an exception of ours is the result's."""
    arguments = ["eob", "new", "--claim", str(claim), "--out", str(out), "--as-of", "2025-02-10"]
    if "--author" not in more:
        arguments += ["--author", "B. Jones"]
    return CliRunner().invoke(
        cli, [*arguments, *more], input="".join(f"{one}\n" for one in answers), standalone_mode=False
    )


def written(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return document


def test_what_the_paper_says_is_billed_as_the_835_would_be(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    result = new(out, [*HEAD, "", "120.00", "CO-45 25.00", "PR-2 30.00", "", *WHOLE, "w"])
    assert (result.return_value, result.stdout) == (0, f"{out}: written\n")
    era = run.bill(tmp_path, CLAIM.read_text(), (CLAIM.parent / "era.835").read_text())
    paper = run.bill(tmp_path, CLAIM.read_text(), written(out))
    assert paper.claims == era.claims
    assert "typed in by B. Jones on 2025-02-10 from paper EOB" in str(paper.decision()["findings"])


def test_what_the_paper_says_in_words_goes_as_192_with_the_group_it_has(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    new(out, [*HEAD, "", *LINE, *WHOLE, "w"])
    (line,) = written(out)["claims"][0]["lines"]
    assert line["adjustments"][1] == {"group": "PR", "amount": "30.00", "text": "your share"}
    decided = run.bill(tmp_path, CLAIM.read_text(), written(out))
    (told,) = decided.claim()["lines"][0]["svds"]
    assert ("PR", "192") in [(one[0], one[1]) for one in told["cas"]]


def test_what_does_not_balance_is_told_at_once_and_by_how_much(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    off = ["120.00", "CO-45 20.00", "PR-2 30.00", ""]
    result = new(out, [*HEAD, "", *off, "r", *LINE, *WHOLE, "w"])
    assert "charge 175.00 is not paid 120.00 plus adjustments 50.00: 5.00 too little" in result.stderr
    assert result.return_value == 0


def test_what_the_paper_has_wrong_can_be_kept_and_is_held_by_bill(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    off = ["120.00", "CO-45 20.00", "PR-2 30.00", "", ""]
    result = new(out, [*HEAD, "", *off, "", "120.00", "", "", "w"], "--json")
    assert result.return_value == 1
    ids = {one["id"] for one in json.loads(result.stdout)["findings"]}
    assert {"NP-835-LINE-BALANCE", "NP-835-CLAIM-BALANCE"} <= ids
    assert run.bill(tmp_path, CLAIM.read_text(), written(out)).actions != ["bill_next"]


def test_the_claims_own_amounts_are_held_against_its_lines_and_its_charge(tmp_path: Path) -> None:
    answers = [*HEAD, "", *LINE, "180.00", "125.00", "", "c", *WHOLE, "w"]
    result = new(tmp_path / "eob.json", answers)
    assert "billed with another charge: 5.00 of difference" in result.stderr
    assert "the lines were paid 120.00: 5.00 of difference" in result.stderr
    assert result.return_value == 0


def test_back_goes_to_the_line_before_and_a_number_to_any_line(tmp_path: Path) -> None:
    """D0018 has several lines, told by revenue code and procedure."""
    out = tmp_path / "eob.json"
    probe = new(out, HEAD, "--claim-id", "D0018", claim=DAY)
    charges = [row.split()[-1] for row in probe.stderr.splitlines()[1:3]]
    first, second = ([charge, ""] for charge in charges)
    wrong = ["1.00", "back"]  # at the adjustments of the first line
    answers = [*HEAD[:4], "", *HEAD[5:], "", *wrong, *first, "back", *first, *second]
    total = str(sum(Decimal(one) for one in charges))
    again = ["2", *second, "", total, ""]
    result = new(out, [*answers, "", total, "", *again, "w"], "--claim-id", "D0018", claim=DAY)
    assert result.return_value == 0, result.stderr
    assert [line["paid"] for line in written(out)["claims"][0]["lines"]] == charges


def test_a_paper_that_decides_the_claim_alone_has_no_lines(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    result = new(out, [*HEAD, "n", "", "120.00", "CO-45 25.00", "PR-2 30.00", "", "w"])
    assert result.return_value == 0
    assert written(out)["claims"][0]["lines"] == []
    assert run.bill(tmp_path, CLAIM.read_text(), written(out)).actions == ["bill_next"]


@pytest.mark.parametrize(
    ("at", "wrong", "told"),
    [
        (2, " ", "an answer is needed"),
        (3, "02/05/2025", "it is not a date written YYYY-MM-DD"),
        (3, "2025-02-11", "it is after 2025-02-10, the day of typing"),
        (4, "$", "it is not an amount"),
        (4, "1.005", "it is not an amount"),
        (6, "5", "it is not one of 1, 2, 3"),
        (8, "MA18 X9", "it is not a remark code"),
        (8, "M1 M2 M3 M4 M5 M6", "more than five"),
        (9, "maybe", "y or n"),
        (10, "-", "it is not an amount"),
        (11, "45 25.00", "write group, reason and amount"),
        (11, "XX-45 25.00", "group: it is not one of"),
        (11, "CO-45 0.00", "explains nothing"),
        (11, "CO-192 25.00", "neither a CARC nor the reason in the paper's words"),
    ],
)
def test_an_answer_that_is_none_is_asked_again(tmp_path: Path, at: int, wrong: str, told: str) -> None:
    answers = [*HEAD, "", *LINE, *WHOLE, "w"]
    out = tmp_path / "eob.json"
    result = new(out, [*answers[:at], wrong, *answers[at:]])
    assert told in result.stderr
    assert result.return_value == 0
    best = tmp_path / "best.json"
    new(best, answers)
    assert written(out) == written(best)


@pytest.mark.parametrize("number", range(len([*HEAD, "", *LINE, *WHOLE]) + 1))
def test_abandoned_anywhere_it_writes_nothing(tmp_path: Path, number: int) -> None:
    answers = [*HEAD, "", *LINE, *WHOLE]
    result = new(tmp_path / "eob.json", answers[:number])
    assert "abandoned; nothing was written" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_it_never_writes_over_a_file_unless_it_is_told_to(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    out.write_text("mine")
    answers = [*HEAD, "", *LINE, *WHOLE, "w"]
    assert "--force writes over it" in str(new(out, answers).exception)
    assert out.read_text() == "mine"
    assert new(out, answers, "--force").return_value == 0
    assert written(out)["author"] == "B. Jones"


def test_who_types_is_an_option_a_variable_or_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [*HEAD, "", *LINE, *WHOLE, "w"]
    asked = [*HEAD[:5], "C. Smith", *answers[5:]]
    out = tmp_path / "eob.json"
    arguments = ["eob", "new", "--claim", str(CLAIM), "--out", str(out), "--as-of", "2025-02-10", "--force"]
    for typed, environment, name in ((asked, "", "C. Smith"), (answers, "D. Lee", "D. Lee")):
        monkeypatch.setenv("NEXTPAYER_USER", environment)
        text = "".join(f"{one}\n" for one in typed)
        assert CliRunner().invoke(cli, arguments, input=text, standalone_mode=False).return_value == 0
        assert (written(out)["author"], written(out)["entered"]) == (name, "2025-02-10")


@pytest.mark.parametrize(
    ("more", "claim", "told"),
    [
        ([], DAY, "it has several claims: say which with --claim-id"),
        (["--claim-id", "NONE"], DAY, "it has no claim of that id"),
        ([], CLAIM.parent / "era.835", "this is an 835, not an 837"),
    ],
)
def test_without_the_one_claim_nothing_is_asked(
    tmp_path: Path, more: list[str], claim: Path, told: str
) -> None:
    result = new(tmp_path / "eob.json", [], *more, claim=claim)
    assert told in str(result.exception)
    assert result.stderr == ""


@given(
    st.sampled_from(["CO", "PR", "OA", "PI", "cr"]),
    st.from_regex(r"([1-9][0-9]{0,2}|[A-Z][0-9]{1,2})", fullmatch=True).filter(lambda code: code != "192")
    | st.text("abc'-45 .\"", min_size=1).filter(str.strip).map(lambda words: f'"{words}"'),
    st.integers(-(10**9), 10**9).filter(bool),
    st.sampled_from(["-", " ", " - ", "  "]),
)
def test_an_adjustment_is_taken_as_it_is_typed(group: str, why: str, cents: int, between: str) -> None:
    """A code as it is; the paper's words, in quotes, to the letter."""
    amount = f"{Decimal(cents) / 100:.2f}"
    made = adjustment_of(f"{group}{between}{why} {amount}")
    key, told = ("text", why[1:-1]) if why.startswith('"') else ("reason", why)
    assert made == {"group": group.upper(), "amount": amount, key: told}


def test_a_person_at_a_real_terminal(tmp_path: Path) -> None:
    out = tmp_path / "eob.json"
    command = ["eob", "new", "--claim", str(CLAIM), "--out", str(out), "--author", "B. Jones"]
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", "from nextpayer.cli import main; main()", *command, "--as-of", "2025-02-10"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    answers = [*HEAD, "", *LINE, *WHOLE, "w"]
    seen, prompts = "", 0
    while prompts < len(answers) or program.poll() is None:
        if not select.select([ours], [], [], 30)[0]:
            break
        try:
            seen += os.read(ours, 4096).decode()
        except OSError:  # the program has closed the terminal
            break
        if seen.endswith(": ") and prompts < len(answers):
            os.write(ours, f"{answers[prompts]}\n".encode())
            seen, prompts = seen + " ", prompts + 1
    assert program.wait(30) == 0, seen
    os.close(ours)
    assert "PR-192 30.00, the paper says 'your share'" in seen
    assert written(out)["trace_number"] == "0012345"

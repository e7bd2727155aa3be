"""Taking in: by content, once, with what cannot be placed kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from nextpayer_desk import schema
from nextpayer_desk.books import verify
from nextpayer_desk.ledger import open_ledger
from support.run import command_line

ROOT = Path(__file__).parents[2]
MAIN = "from nextpayer.cli import main; import sys; main(sys.argv[1:])"
DAY, ONE = ROOT / "examples" / "day", ROOT / "examples" / "one"
PAIR = (ONE / "claim.837", ONE / "era.835")


def run(*arguments: object) -> tuple[int, Any]:
    status, out, errors = command_line([*map(str, arguments), "--json"])
    assert "Traceback" not in errors
    return status, json.loads(out) if out else errors


def rows(url: str, table: Any, *columns: Any) -> list[Any]:
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        found = connection.execute(select(*(columns or table.c)).select_from(table)).all()
    ledger.close()
    return list(found)


def wrong(url: str) -> list[str]:
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        found = verify(connection)
    ledger.close()
    return found


def started(url: str, *files: Path) -> None:
    run("init", "--ledger", url)
    if files:
        run("intake", *files, "--ledger", url, "--as-of", "2025-03-10")


def test_one_remittance_taken_in_ten_times_posts_once(url: str, tmp_path: Path) -> None:
    started(url, ONE / "claim.837")
    for number in range(10):
        era = (ONE / "era.835").read_text()
        copy = tmp_path / f"era{number}.835"  # the same answer in another envelope, as payers send it again
        copy.write_text(re.sub(r"\*00501\*\d{9}\*", f"*00501*{number:09d}*", era))
        status, told = run("intake", copy, "--ledger", url)
        assert (status, told["files"][0]["new"]) == (0, int(number == 0))
    assert len(rows(url, schema.payments)) == 1
    (claim,) = rows(url, schema.claims)
    assert claim.answers == 1
    assert wrong(url) == []


def test_two_processes_that_take_in_the_same_file_at_once_post_it_once(url: str, tmp_path: Path) -> None:
    started(url, DAY / "claims.837")
    files = [*DAY.glob("*.835")]
    command = [sys.executable, "-c", MAIN, "intake", *map(str, files), "--ledger", url, "--quiet"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for one in both:
        _, errors = one.communicate(timeout=120)
        assert (one.returncode in (0, 1), errors) == (True, b"")
    assert len(rows(url, schema.payments)) == 21
    assert len(rows(url, schema.quarantine)) == 1
    assert wrong(url) == []


def test_answers_that_come_before_their_claims_find_them(url: str) -> None:
    started(url, ONE / "era.835")
    assert [one.claim_id for one in rows(url, schema.payments)] == [None]
    run("intake", ONE / "claim.837", "--ledger", url)
    (payment,) = rows(url, schema.payments)
    assert (payment.claim_id, payment.matched_by) == (1, "number")
    assert wrong(url) == []


def test_an_answer_without_the_claims_number_is_matched_by_facts_beyond_doubt(
    url: str, tmp_path: Path
) -> None:
    era = tmp_path / "other.835"
    text_of = (ONE / "era.835").read_text()
    number = re.search(r"CLP\*([^*]+)\*", text_of)
    assert number is not None
    era.write_text(text_of.replace(f"CLP*{number[1]}*", "CLP*NOT-OURS*"))
    started(url, ONE / "claim.837", era)
    (payment,) = rows(url, schema.payments)
    assert (payment.claim_id, payment.matched_by) == (1, "facts")
    told = run("work", "--ledger", url, "--as-of", "2025-03-10")[1]
    assert told["decided"] == {"billed_next": 1}
    (decision,) = rows(url, schema.decisions)
    assert "NP-MATCHED-BY-FACTS" in decision.row


def test_what_fits_less_is_a_candidate_until_somebody_matches_it(url: str, tmp_path: Path) -> None:
    text_of = (ONE / "era.835").read_text()
    number = re.search(r"CLP\*([^*]+)\*", text_of)
    assert number is not None
    changed = text_of.replace(f"CLP*{number[1]}*", "CLP*NOT-OURS*")
    changed = re.sub(r"NM1\*QC\*1\*[^~]*~", "NM1*QC*1*NOBODY*NEMO****MI*ELSE1~", changed)
    changed = re.sub(r"NM1\*IL\*1\*[^~]*~\s*", "", changed)
    era = tmp_path / "other.835"
    era.write_text(changed)
    started(url, ONE / "claim.837", era)
    status, told = run("worklist", "--ledger", url, "--kind", "unmatched")
    (item,) = told["items"]
    assert (status, item["payment"]) == (1, 1)
    assert item["candidates"] == [{"claim": 1, "score": 60, "because": "the same charge, the same first day"}]
    assert run("match", 1, 1, "--why", "the payer confirmed it by telephone", "--ledger", url)[0] == 0
    assert run("match", 1, 1, "--why", "again", "--ledger", url)[0] == 2
    run("work", "--ledger", url, "--as-of", "2025-03-10")
    assert "NP-MATCHED-BY-HAND" in rows(url, schema.decisions)[0].row
    assert run("unmatch", 1, "--why", "it was another patient's", "--ledger", url)[0] == 0
    (claim,) = rows(url, schema.claims)
    assert (claim.answers, claim.paid) == (0, 0)
    assert wrong(url) == []
    told = run("work", "--ledger", url, "--as-of", "2025-03-10")[1]
    assert told["withdrawn"]  # what was made of it and not sent is not sent
    (file,) = rows(url, schema.submissions, schema.submissions.c.state)
    assert file.state == "withdrawn"


def test_a_cheque_is_its_claims_less_what_is_not_of_a_claim(url: str) -> None:
    started(url, DAY)
    status, told = run("reconcile", "--ledger", url)
    by_trace = {one["trace"]: one for one in told["remittances"]}
    assert status == 1
    assert by_trace["ACH25021901"]["provider_adjustments"] == [
        {"reason": "FB", "amount": "-7.00", "state": "unapplied"}
    ]
    assert by_trace["ACH25021901"]["reconciles"]
    off = by_trace["ACH25020501"]
    assert (off["missing_payments"], off["difference"], off["reconciles"]) == (1, "65.00", False)


def test_the_journal_is_only_added_to(url: str) -> None:
    started(url, ONE / "claim.837")
    ledger = open_ledger(url)
    for statement in ("UPDATE journal SET why = 'x'", "DELETE FROM journal"):
        with pytest.raises(DBAPIError, match="only added to"), ledger.engine.begin() as connection:
            connection.execute(text(statement))
    ledger.close()


def test_a_balance_that_was_changed_behind_the_journal_is_found(url: str) -> None:
    started(url, *PAIR)
    ledger = open_ledger(url)
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE claims SET paid = paid + 1"))
    ledger.close()
    status, told = run("status", "--verify", "--ledger", url)
    assert (status, told["verified"]) == (1, False)
    assert "paid" in told["wrong"][0]


def test_show_writes_down_who_looked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXTPAYER_USER", "clerk 7")
    started(url, *PAIR)
    status, told = run("show", "1", "--ledger", url)
    assert status == 0
    assert told["claims"][0]["payments"][0]["file"] == "era.835"
    assert [(one.who, one.command, one.claim_id) for one in rows(url, schema.accesses)] == [
        ("clerk 7", "show", 1)
    ]


@pytest.mark.parametrize("number", ["' OR '1'='1", "1; DROP TABLE claims", "%", "1e9", "\u0661"])
def test_a_claim_number_is_never_sql(number: str, url: str) -> None:
    started(url, *PAIR)
    status, told = run("show", number, "--ledger", url)
    assert (status, told) == (2, "nextpayer: show: the ledger has no claim with this number\n")
    assert len(rows(url, schema.claims)) == 1


def test_what_is_no_file_of_ours_is_told_and_stops_nothing(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.json").write_text('{"coverages": [')
    (tmp_path / "c.835").write_bytes((ONE / "era.835").read_bytes())
    started(url)
    status, told = run("intake", tmp_path / "a.txt", tmp_path / "b.json", tmp_path / "c.835", "--ledger", url)
    assert status == 1
    assert [bool(one["problems"]) for one in told["files"]] == [True, True, False]


def test_sqlite_is_for_nobody_elses_eyes(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    old = os.umask(0)
    try:
        started(f"sqlite:///{path}", *PAIR)
    finally:
        os.umask(old)
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("desk.db*")} == {0o600}


@pytest.mark.parametrize(
    ("ledger", "says"),
    [
        ("sqlite:///{}/none.db", "there is no ledger"),
        ("sqlite://", "needs a file"),
        ("mysql://x/y", "SQLite or PostgreSQL"),
        ("nonsense", "not a database URL"),
        ("sqlite:///{}/text.db", "not a ledger"),
    ],
)
def test_a_ledger_that_cannot_be_used_costs_one_line(ledger: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is a letter, and it is long enough to be no database at all" * 9)
    status, told = run("status", "--ledger", ledger.format(tmp_path))
    assert status == 2
    assert says in told
    assert told.count("\n") == 1


def test_a_folder_is_watched(url: str, tmp_path: Path) -> None:
    started(url)
    folder = tmp_path / "in"
    folder.mkdir()
    script = "from nextpayer.cli import main; import sys; main(sys.argv[1:])"
    command = [
        sys.executable,
        "-c",
        script,
        "intake",
        str(folder),
        "--watch",
        "--every",
        "0.1",
        "--ledger",
        url,
    ]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert watcher.stdout is not None
    try:
        shutil.copy(ONE / "claim.837", folder)
        assert "1 new" in watcher.stdout.readline()
        shutil.copy(ONE / "era.835", folder)
        assert "1 matched" in watcher.stdout.readline()
    finally:
        watcher.terminate()
        watcher.communicate(timeout=30)

"""Whose the ledger is, and who looked at which claim."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from nextpayer_desk.ledger import open_ledger
from support.run import command_line

ROOT = Path(__file__).parents[2]
DAY = ROOT / "examples" / "day"
AS_OF = ("--as-of", "2025-03-10")


def run(*arguments: object) -> str:
    status, out, errors = command_line([*map(str, arguments)])
    assert (status in (0, 1), errors) == (True, ""), errors
    return out


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.glob("desk.db*")}


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_a_ledger_its_log_and_its_index_are_readable_for_their_owner_alone(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        url = f"sqlite:///{tmp_path / 'desk.db'}"
        run("init", "--ledger", url)
        ledger = open_ledger(url)
        with ledger.reading():  # the log and the index are there while somebody works
            run("intake", DAY, "--ledger", url, *AS_OF)
            owner = {"desk.db": "0o600", "desk.db-wal": "0o600", "desk.db-shm": "0o600"}
            assert modes(tmp_path) == owner
            for path in tmp_path.glob("desk.db*"):
                path.chmod(0o644)
            run("init", "--ledger", url)
            assert modes(tmp_path) == owner
        ledger.close()
    finally:
        os.umask(before)


def test_who_looked_at_which_claim_is_written_down(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = ("--ledger", url, *AS_OF)
    run("init", "--ledger", url)
    run("intake", DAY, *to)
    run("work", *to)
    assert run("accesses", "--ledger", url) == "nobody has looked\n"
    looks = {
        "ann": ("show", "D0001"),
        "bob": ("log", "D0002"),
        "cid": ("escalate", "D0003", "--show"),
        "dan": ("followup", 6),
        "eve": ("statement", 9, "--out", tmp_path / "statements"),
        "fay": ("reconcile", "--claims"),
    }
    for who, command in looks.items():
        monkeypatch.setenv("NEXTPAYER_USER", who)
        command_line([str(one) for one in (*command, *to)])
    found = json.loads(run("accesses", "--ledger", url, "--json"))["accesses"]
    assert {(one["who"], one["command"]) for one in found} == {
        (who, command[0]) for who, command in looks.items()
    }
    assert len([one for one in found if one["who"] == "fay"]) == 18
    one = json.loads(run("accesses", "D0001", "--ledger", url, "--json"))["accesses"]
    assert [(row["who"], row["command"]) for row in one] == [("ann", "show"), ("fay", "reconcile")]
    assert run("accesses", "--who", "bob", "--ledger", url).endswith("  bob  log  claim 2\n")
    assert run("accesses", "--to", "2020-01-01", "--ledger", url) == "nobody has looked\n"
    assert "D0001" not in run("accesses", "--ledger", url)
    assert len(run("accesses", "--from", "2020-01-01", "--ledger", url).splitlines()) == len(found)


def test_a_claim_that_is_not_there_is_told(url: str) -> None:
    run("init", "--ledger", url)
    status, out, errors = command_line(["accesses", "' OR 1=1 --", "--ledger", url])
    assert (status, out, errors) == (2, "", "nextpayer: accesses: the ledger has no claim with this number\n")

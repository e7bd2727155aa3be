"""The log of what was said, and going higher: on the worklist on its day, in the claim's history alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from support.run import command_line

DAY = Path(__file__).parents[2] / "examples" / "day"
ON = ("--as-of", "2025-03-10")


def run(*arguments: object) -> tuple[int, Any]:
    status, out, errors = command_line([*map(str, arguments), "--json"])
    assert (status in (0, 1), errors) == (True, "")
    return status, json.loads(out)


def refused(*arguments: object) -> str:
    status, out, errors = command_line([*map(str, arguments)])
    assert (status, out) == (2, "")
    return errors


@pytest.fixture
def desk(url: str) -> tuple[str, ...]:
    to = ("--ledger", url, *ON)
    run("init", "--ledger", url)
    run("intake", DAY, *to)
    run("work", *to)
    return to


def of_claim(desk: tuple[str, ...], claim: int, *more: object) -> list[dict[str, Any]]:
    return [one for one in run("worklist", *desk, *more)[1]["items"] if one["claim"] == claim]


CALL = ("log", "D0006", "--kind", "call", "--with", "ACME provider line", "--reference", "77121")
WORDS = "Ms Roe of the plan says the member id ends in 9"


def test_what_was_said_is_in_the_claims_history_and_says_what_is_next(desk: tuple[str, ...]) -> None:
    run(*CALL, "--says", WORDS, "--next", "send the corrected claim", "--by", "2025-03-12", *desk)
    (item,) = of_claim(desk, 6)
    assert (item["action"], item["due"]) == ("send the corrected claim", "2025-03-12")
    (claim,) = run("show", "D0006", *desk)[1]["claims"]
    (said,) = claim["log"]
    assert (said["kind"], said["with"], said["reference"], said["says"]) == (
        "call", "ACME provider line", "77121", WORDS,
    )  # fmt: skip
    assert claim["history"][-1]["event"] == "logged"
    assert "77121" in command_line(["show", "D0006", *desk])[1]
    run(*CALL, "--says", "it is done", *desk)
    assert of_claim(desk, 6)[0]["action"] != "send the corrected claim"


def test_words_stay_out_of_the_journal_and_of_what_is_exported(
    desk: tuple[str, ...], url: str, tmp_path: Path
) -> None:
    run(*CALL, "--says", WORDS, "--next", "call Ms Roe again", "--by", "2025-03-12", *desk)
    command_line(["worklist", "--csv", str(tmp_path / "list.csv"), *desk])
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        journal = str(connection.execute(select(schema.journal)).all())
    ledger.close()
    assert "Roe" not in journal + (tmp_path / "list.csv").read_text()


def test_the_log_is_only_added_to(desk: tuple[str, ...], url: str) -> None:
    run(*CALL, "--says", WORDS, *desk)
    ledger = open_ledger(url)
    with pytest.raises(DBAPIError), ledger.engine.begin() as connection:
        connection.execute(update(schema.communications).values(says="nothing"))
    ledger.close()


def test_a_step_about_a_claim_that_waits_comes_up_too(desk: tuple[str, ...]) -> None:
    assert of_claim(desk, 15) == []  # nobody has answered it
    said = ("--says", "they have it", "--next", "call again", "--by", "2025-03-20")
    run("log", 15, "--kind", "call", "--with", "ACME", *said, *desk)
    (item,) = of_claim(desk, 15)
    assert (item["kind"], item["action"], item["due"]) == ("next", "call again", "2025-03-20")
    run("log", 15, "--kind", "note", "--says", "the line is bad in the morning", *desk)
    assert len(of_claim(desk, 15)) == 1


def test_an_entry_that_cannot_be_is_refused(desk: tuple[str, ...]) -> None:
    assert "go together" in refused(*CALL, "--says", "x", "--next", "call", *desk)
    assert "has passed" in refused(*CALL, "--says", "x", "--next", "call", "--by", "2025-03-01", *desk)
    assert "has not come" in refused(*CALL, "--says", "x", "--on", "2025-03-11", *desk)
    assert "say what was said" in refused(*CALL, *desk)
    assert "who it was with" in refused("log", "D0006", "--kind", "fax", "--says", "x", *desk)
    assert "by which channel" in refused("log", "D0006", "--says", "x", *desk)
    assert "no claim with this number" in refused("log", "NOBODY", *desk)


def test_the_page_for_a_payer_has_contacts_and_no_words(desk: tuple[str, ...], tmp_path: Path) -> None:
    run(*CALL, "--says", WORDS, *desk)
    run("log", "D0006", "--kind", "note", "--says", "a word to myself", *desk)
    page = tmp_path / "contacts.txt"
    run("log", "D0006", "--page", page, *desk)
    text = page.read_text()
    assert "2025-03-10, call, with ACME provider line, reference 77121" in text
    assert WORDS not in text
    assert "note" not in text


def test_the_next_step_is_proposed_when_the_last_ones_day_has_passed(desk: tuple[str, ...]) -> None:
    (before,) = of_claim(desk, 8)
    run("escalate", "D0008", "--with", "Ms Lee", *desk)
    (item,) = of_claim(desk, 8)
    assert (item["id"], item["due"]) == (before["id"], "2025-03-17")
    assert "provider relations" in item["action"]
    later = (*desk[:2], "--as-of", "2025-03-18")
    assert "no such step left" in refused("escalate", "D0008", "--step", "supervisor", *later)
    steps = [run("escalate", "D0008", *later)[1]["log"][0]["step"] for _ in range(4)]
    assert steps == ["provider-relations", "authority", "external-review", "attorney"]
    assert "no step is left" in refused("escalate", "D0008", *later)
    assert "give it up" in of_claim(desk, 8)[0]["action"]


def test_the_office_has_steps_of_its_own(desk: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text('[[escalation]]\nname = "boss"\nsays = "ask the boss"\ndays = 3\n')
    told = run("escalate", "D0008", "--office", path, "--show", *desk)[1]["log"][0]
    assert (told["step"], told["by"], told["says"]) == ("boss", "2025-03-13", "ask the boss")
    assert run("log", "D0008", *desk)[1]["log"] == []

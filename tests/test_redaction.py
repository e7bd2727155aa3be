"""Every command that a test runs is listened to, and a log that names a patient fails the test."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from nextpayer import cli
from support.redaction import PEOPLE, listening, people_of, shown
from support.run import command_line

ONE = Path(__file__).parents[1] / "examples" / "one"
DAY = Path(__file__).parents[1] / "examples" / "day"


def test_the_people_of_a_file_are_known_by_name_number_birth_and_street() -> None:
    assert people_of((ONE / "claim.837").read_text()) == {
        "ROE", "ANNA", "EMP556677", "1EG4TE5MK73", "19500215", "1950-02-15", "9 OAK ROAD", "ONE1001",
    }  # fmt: skip
    assert {"ROE", "ANNA", "EMP556677", "ONE1001"} <= people_of((ONE / "era.835").read_text())
    document = people_of((DAY / "coverage.json").read_text())
    assert len(document) > 5
    assert people_of("") == people_of("{") == people_of("ISA*") == set()


def leak_by_text() -> None:
    logging.getLogger("nextpayer.desk").debug("claim of %s is in", "ROE")


def leak_by_facts() -> None:
    logging.getLogger("nextpayer.desk").info("x", extra={"facts": {"event": "x", "who": "ONE1001"}})


def leak_by_exception() -> None:
    try:
        raise ValueError("9 OAK ROAD is no street")
    except ValueError:
        logging.getLogger("nextpayer.plugins").exception("it failed")


def leak_of_another() -> None:
    logging.getLogger("urllib3").warning("retrying /claims?member=1EG4TE5MK73")


@pytest.mark.parametrize("leak", [leak_by_text, leak_by_facts, leak_by_exception, leak_of_another])
def test_whatever_a_command_logs_of_a_patient_fails_its_test(
    leak: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "main", lambda arguments: leak())
    with pytest.raises(AssertionError, match="a log holds private data"):
        command_line(["read", str(ONE / "claim.837")])


def test_people_stay_known_when_a_later_command_names_no_file() -> None:
    command_line(["read", str(ONE / "claim.837")])
    assert "EMP556677" in PEOPLE
    with pytest.raises(AssertionError, match="private"), listening(["work"]):
        logging.getLogger("nextpayer").debug("EMP556677")


def test_a_word_is_a_whole_word() -> None:
    assert shown("it was ROEBUCK and 19500215000", {"ROE", "19500215"}) == set()
    assert shown("at 9 OAK ROAD, ROE", {"ROE", "9 OAK ROAD"}) == {"ROE", "9 OAK ROAD"}

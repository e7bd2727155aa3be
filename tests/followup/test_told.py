"""After its statement a claim is done, waits, or is looked at: what is done is not on the list as due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .steps import PRIME, Desk, paid, taken_back, tells
from .test_scenarios import ALONE, SHARE

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def desk(tmp_path: Path, template: Path) -> Desk:
    made = Desk(tmp_path, template, [ALONE])
    (tmp_path / "office.toml").write_text("[answers]\npatient = 30\n")
    return made


def listed(desk: Desk, *more: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    _, told = desk.run("worklist", "--waiting", *more)
    return told["items"], told["waiting"]


def test_the_patient_who_has_the_statement_is_off_the_list(desk: Desk) -> None:
    paid(PRIME, SHARE)(desk)
    (item,) = listed(desk)[0]
    assert (item["kind"], item["reason"]) == ("patient", "NP-PATIENT")
    tells("16.00")(desk)
    assert listed(desk) == ([], [])
    desk.later(400)
    assert listed(desk) == ([], [])


def test_an_office_that_asks_waits_and_asks_on_the_day(desk: Desk) -> None:
    office = ("--office", str(desk.folder / "office.toml"))
    paid(PRIME, SHARE)(desk)
    tells("16.00")(desk)
    made = desk.day
    items, (waiting,) = listed(desk, *office)
    assert (items, waiting["reason"], waiting["at_stake"]) == ([], "NP-PATIENT-TOLD", "16.00")
    desk.later(29)
    assert listed(desk, *office)[0] == []
    desk.later(1)
    (item,), waits = listed(desk, *office)
    assert waits == []
    assert (item["kind"], item["due"], item["since"]) == ("patient", f"{desk.day}", f"{made}")
    assert "--again" in item["action"]
    desk.run("statement", "1", "--again", "--out", str(desk.out))
    assert listed(desk, *office)[0] == []  # told anew: it waits anew
    desk.later(30)
    desk.run("close", "--kind", "patient", "--code", "PAID-ELSEWHERE", "--why", "at the desk", *office)
    assert listed(desk, *office)[0] == []


def test_an_amount_that_is_held_back_stays_on_the_list_until_somebody_looked(desk: Desk) -> None:
    paid(PRIME, "PR-45 20, PR-2 16")(desk)
    tells("16.00")(desk)
    (item,), _ = listed(desk)
    assert (item["kind"], item["at_stake"]) == ("patient", "36.00")
    assert "--checked" in item["action"]
    tells("36.00", "--checked")(desk)
    assert listed(desk) == ([], [])


def test_a_new_answer_takes_the_statement_s_place(desk: Desk) -> None:
    paid(PRIME, SHARE)(desk)
    tells("16.00")(desk)
    taken_back(0, "CO-45 20, PR-2 6")(desk)
    (item,), _ = listed(desk)
    assert (item["kind"], item["reason"], item["at_stake"]) == ("patient", "NP-PATIENT", "6.00")

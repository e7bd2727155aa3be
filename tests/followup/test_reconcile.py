"""The books close: each cheque, each claim, each day; and each payer against what it was expected to pay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .steps import GREAT, PRIME, Desk, again, paid, recouped, sends, taken_back
from .test_scenarios import SHARE, VISIT

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def desk(tmp_path: Path, template: Path) -> Desk:
    made = Desk(tmp_path, template, [VISIT, VISIT.but(control="ACCT1002")])
    paid(PRIME, SHARE)(made)
    sends("GREAT1 1")(made)
    return made


def reconciled(desk: Desk, *arguments: str) -> tuple[int, dict[str, Any]]:
    status, told = desk.run("reconcile", *arguments)
    return status, told


def test_each_claim_says_where_its_dollars_are_and_the_sums_are_theirs(desk: Desk) -> None:
    status, told = reconciled(desk, "--claims")
    first, second = told["claims"]
    assert status == 0
    assert (first["paid"], first["adjusted"], first["outstanding"]) == ("64.00", "20.00", "16.00")
    assert first["payers"] == [
        {
            "payer_id": "GREAT1", "expected": "16.00", "method": "PATIENT-RESPONSIBILITY", "posted": "0.00",
            "comparison": "waiting",
        }
    ]  # fmt: skip
    assert (second["action"], second["outstanding"]) == (None, "100.00")
    assert told["totals"] == {
        "billed": "200.00", "paid": "64.00", "adjusted": "20.00", "patient": "0.00", "outstanding": "116.00",
        "credit": "0.00",
    }  # fmt: skip


def test_a_day_closes_when_its_cheques_and_claims_do(desk: Desk) -> None:
    day = desk.day.isoformat()
    paid(GREAT, "OA-23 84", status="2")(desk)
    status, told = reconciled(desk, "--day", day)
    assert (status, len(told["remittances"]), len(told["claims"])) == (0, 1, 1)
    assert told["day"] == {
        "day": day, "cheques": 1, "payments": "64.00", "posted": "64.00", "provider_adjustments": "0.00",
        "unmatched": "0.00", "difference": "0.00", "closes": True,
    }  # fmt: skip
    later = reconciled(desk, "--day", desk.day.isoformat())[1]
    assert later["claims"][0]["payers"][0]["comparison"] == "as_expected"
    assert reconciled(desk, "--day", "2020-01-01")[1]["day"]["cheques"] == 0


@pytest.mark.parametrize(
    ("cas", "comparison"), [("OA-23 70", "over"), ("OA-23 84", "as_expected"), ("OA-23 84, PR-3 6", "within")]
)
def test_a_later_payer_is_held_against_what_it_was_expected_to_pay(
    desk: Desk, cas: str, comparison: str
) -> None:
    paid(GREAT, cas, status="2")(desk)
    status, told = reconciled(desk, "--claims")
    assert told["claims"][0]["payers"][0]["comparison"] == comparison
    assert status == int(comparison == "over")


def test_a_takeback_shows_in_the_cheque_and_at_the_payer(desk: Desk) -> None:
    paid(GREAT, "OA-23 84", status="2")(desk)
    taken_back(1)(desk)
    status, told = reconciled(desk, "--claims")
    assert (status, told["claims"][0]["payers"][0]["comparison"]) == (1, "taken_back")
    assert all(one["reconciles"] for one in told["remittances"])


def test_what_a_cheque_takes_back_makes_its_claim_due(desk: Desk) -> None:
    paid(GREAT, "OA-23 84", status="2", decides="closed NP-NOTHING-LEFT")(desk)
    recouped(1, "16", decides="hold NP-TAKEBACK")(desk)
    (plb,) = [one for one in reconciled(desk)[1]["remittances"] if one["trace"] == "W1"]
    assert plb["reconciles"]
    again(1, decides="hold NP-TAKEBACK")(desk)


def test_in_the_terminal_a_day_is_a_line_for_each_and_one_for_all(desk: Desk) -> None:
    from support.run import command_line

    arguments = ["reconcile", "--day", desk.day.isoformat(), "--ledger", desk.url]
    status, out, errors = command_line([*arguments, "--as-of", desk.day.isoformat()])
    assert (status, errors) == (0, "")
    assert "claim 1: billed 100.00 = paid 64.00, adjusted 20.00, outstanding 16.00; GREAT1 paid 0.00" in out
    assert "the day closes" in out

"""The worklist at work: whose a thing is, what puts it off, what may close it, and when it comes back."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from nextpayer_desk.codes import CLOSINGS, SNOOZES
from support.run import command_line

DAY = Path(__file__).parents[2] / "examples" / "day"
ON = ("--as-of", "2025-03-10")
OFFICE = """
queue = "billing"
longest_snooze = 30
small_balance = "20.00"
[[owners]]
name = "ann"
kinds = ["decision"]
reasons = ["NP-APPEAL", "NP-BELOW-CONTRACT"]
[[owners]]
name = "bob"
payers = ["00882"]
[days]
decision = 10
[answers]
electronic = 20
payers = {"567890" = 15}
"""


def run(*arguments: object) -> tuple[int, Any]:
    status, out, errors = command_line([*map(str, arguments), "--json"])
    assert (status in (0, 1), errors) == (True, "")
    return status, json.loads(out)


def refused(*arguments: object) -> str:
    status, out, errors = command_line([*map(str, arguments)])
    assert (status, out) == (2, "")
    assert len(errors.splitlines()) == 1
    return errors


@pytest.fixture
def desk(url: str) -> tuple[str, ...]:
    """A desk after a day's answers: what goes behind every command."""
    to = ("--ledger", url, *ON)
    run("init", "--ledger", url)
    run("intake", DAY, *to)
    run("work", *to)
    return to


def listed(desk: tuple[str, ...], *arguments: object) -> list[dict[str, Any]]:
    return list(run("worklist", *arguments, *desk)[1]["items"])


def test_every_thing_has_an_owner_an_action_and_a_day_the_nearest_first(desk: tuple[str, ...]) -> None:
    items = listed(desk)
    assert all(one["owner"] and one["action"] and one["due"] and one["id"] for one in items)
    assert {one["owner"] for one in items} == {"unassigned"}
    order = [(one["due"], -float(one["at_stake"])) for one in items]
    assert order == sorted(order)
    assert {one["kind"] for one in items} == {
        "unsent", "decision", "unmatched", "quarantined", "cheque", "patient",
    }  # fmt: skip


def test_ids_are_the_same_in_every_run_and_in_another_ledger(desk: tuple[str, ...], tmp_path: Path) -> None:
    other = ("--ledger", f"sqlite:///{tmp_path / 'other.db'}", *ON)
    run("init", *other[:2])
    for name in sorted(DAY.iterdir(), reverse=True):
        run("intake", name, *other)
    run("work", *other)
    ids = [{one["id"] for one in listed(to) if one["kind"] != "unsent"} for to in (desk, desk, other)]
    assert ids[0] == ids[1] == ids[2]
    assert len(ids[0]) == len([one for one in listed(desk) if one["kind"] != "unsent"])


def test_the_office_says_who_has_what_and_by_when(desk: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(OFFICE)
    by_reason = {one["reason"]: one for one in listed(desk, "--office", path)}
    assert by_reason["NP-APPEAL"]["owner"] == "ann"
    assert by_reason["NP-QMB"]["owner"] == "bob"
    assert by_reason["NP-CHEQUE-OFF"]["owner"] == "billing"
    assert by_reason["NP-APPEAL"]["due"] == "2025-03-20"


def test_filters_narrow_the_list(desk: tuple[str, ...]) -> None:
    every = listed(desk)
    for option, key, value in (
        ("--payer", "payer", "ACME1"), ("--reason", "reason", "NP-UNSENT"), ("--kind", "kind", "cheque"),
    ):  # fmt: skip
        found = listed(desk, option, value)
        assert found == [one for one in every if one[key] == value] != []
    assert listed(desk, "--due-by", "2025-03-10") == [one for one in every if one["due"] <= "2025-03-10"]
    assert listed(desk, "--age", 1) == []
    later = (*desk[:2], "--as-of", "2025-03-17")
    assert {one["age_days"] for one in listed(later, "--age", 7)} == {7}
    assert run("worklist", "--kind", "in_doubt", *desk)[0] == 0


def test_what_is_given_to_somebody_stays_theirs(desk: tuple[str, ...]) -> None:
    (appeal,) = listed(desk, "--reason", "NP-APPEAL")
    assert run("assign", appeal["id"], "--to", "ann", *desk)[1] == {"items": [appeal["id"]], "refused": [],
                                                                   "to": "ann"}  # fmt: skip
    run("work", "--again", *desk)
    assert [one["id"] for one in listed(desk, "--owner", "ann")] == [appeal["id"]]
    run("assign", "--to", "bob", "--payer", "ACME1", "--kind", "decision", *desk)
    assert appeal["id"] in {one["id"] for one in listed(desk, "--owner", "bob")}
    assert listed(desk, "--owner", "ann") == []
    assert "name items by their ids" in refused("assign", "--to", "ann", *desk)
    assert "not a name" in refused("assign", appeal["id"], "--to", "  ", *desk)
    assert "nothing has this id" in refused("assign", "zzzzzzzzzz", "--to", "ann", *desk)


def test_what_is_put_off_comes_back_on_its_day(desk: tuple[str, ...]) -> None:
    (appeal,) = listed(desk, "--reason", "NP-APPEAL")
    snooze = ("snooze", appeal["id"][:6], "--code", "PROVIDER-ASKED", "--why", "records", "--until")
    assert "the day is not after today" in refused(*snooze, "2025-03-10", *desk)
    assert "nothing is put off for more than 90 days" in refused(*snooze, "2025-09-01", *desk)
    run(*snooze, "2025-03-20", *desk)
    assert listed(desk, "--reason", "NP-APPEAL") == []
    (off,) = run("worklist", "--snoozed", "--reason", "NP-APPEAL", *desk)[1]["put_off"]
    assert (off["due"], off["snoozed"]) == ("2025-03-20", "until 2025-03-20, PROVIDER-ASKED: records")
    assert len(listed((*desk[:2], "--as-of", "2025-03-20"), "--reason", "NP-APPEAL")) == 1
    run("reopen", appeal["id"], "--why", "they came", *desk)
    assert len(listed(desk, "--reason", "NP-APPEAL")) == 1


def test_nothing_is_put_off_past_its_last_day(desk: tuple[str, ...]) -> None:
    near = (*desk[:2], "--as-of", "2026-01-10")
    (file,) = [one for one in listed(near, "--kind", "unsent") if one["deadline"] == "2026-01-13"]
    says = refused("snooze", file["id"], "--until", "2026-01-14", "--code", "OTHER-FIRST", *near)
    assert "its last day is 2026-01-13" in says


def test_new_facts_bring_back_what_was_put_off(desk: tuple[str, ...], url: str) -> None:
    (appeal,) = listed(desk, "--reason", "NP-APPEAL")
    run("snooze", appeal["id"], "--until", "2025-04-01", "--code", "PAYER-WORKING", *desk)
    answer = run("show", appeal["claim"], *desk)[1]["claims"][0]["payments"][0]["payment"]
    run("unmatch", answer, "--why", "a slip", *desk)
    run("work", *desk)
    run("match", answer, appeal["claim"], "--why", "it was right", *desk)
    run("work", *desk)
    assert listed(desk, "--reason", "NP-APPEAL") == []  # nothing new: the same answer as before
    (other,) = listed(desk, "--kind", "unmatched")
    run("match", other["payment"], appeal["claim"], "--why", "told by telephone", *desk)
    run("work", *desk)
    assert [one["id"] for one in listed(desk) if one["claim"] == appeal["claim"]] == [appeal["id"]]


@pytest.mark.parametrize(
    ("reason", "code", "says"),
    [
        ("NP-UNSENT", "WRITE-OFF-SMALL", "is no reason for unsent"),
        ("NP-UNMATCHED", "WRITE-OFF-SMALL", "is no reason for unmatched"),
        ("NP-APPEAL", "WRITE-OFF-SMALL", "the office has no small_balance"),
        ("NP-APPEAL", "WRITE-OFF-LATE", "no last day that is known has passed"),
        ("NP-APPEAL", "REFUNDED", "nothing was to be given back"),
        ("NP-APPEAL", "NOT-OURS", "is no reason for decision"),
        ("NP-OVERPAID", "WRITE-OFF-LATE", "no last day"),
    ],
)
def test_a_thing_is_closed_only_for_a_reason_that_its_case_allows(
    reason: str, code: str, says: str, desk: tuple[str, ...]
) -> None:
    item = listed(desk, "--reason", reason)[0]
    assert says in refused("close", item["id"], "--code", code, "--why", "done with it", *desk)
    assert item in listed(desk)


def test_small_balances_are_closed_by_rule_and_the_rest_is_left(
    desk: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "office.toml"
    path.write_text(OFFICE)
    by_rule = ("close", "--kind", "decision", "--code", "WRITE-OFF-SMALL", "--why", "policy 7")
    status, told = run(*by_rule, "--office", path, *desk)
    assert status == 1
    assert len(told["items"]) == 1
    assert {one["reason"] for one in told["refused"]} == {
        "it is about more than the office's small_balance",
        "what was paid too much is given back and not written off",
    }
    assert told["items"][0] not in {one["id"] for one in listed(desk)}
    closed = run("worklist", "--snoozed", *desk)[1]["put_off"]
    assert [one["snoozed"] for one in closed] == ["WRITE-OFF-SMALL: policy 7"]
    assert run("status", "--verify", *desk)[1]["verified"] is True


def test_a_claim_that_nobody_answers_comes_up_on_its_day(desk: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    receivers, office = tmp_path / "receivers.toml", tmp_path / "office.toml"
    receivers.write_text(
        f'[receivers.r]\ntransport = "folder"\nsettings = {{folder = "{tmp_path / "out"}"}}\n'
        "expects = {syntax = false, claims = false}\n"
    )
    office.write_text(OFFICE)
    run("submit", "--receivers", receivers, *desk)
    told = run("worklist", "--waiting", "--office", office, *desk)[1]
    until = {one["payer"]: one["until"] for one in told["waiting"] if one["since"] == "2025-03-10"}
    assert (until["567890"], until["STMCD"]) == ("2025-03-26", "2025-04-01")
    eve, day = ((*desk[:2], "--as-of", at, "--office", office) for at in ("2025-03-25", "2025-03-26"))
    asked = ("--kind", "unanswered", "--payer", "567890")
    assert listed(eve, *asked) == []
    found = listed(day, *asked)
    assert {(one["reason"], one["due"], one["since"]) for one in found} == {
        ("NP-NO-ANSWER", "2025-03-26", "2025-03-10")
    }
    assert len(found) == 3


def test_a_payers_pack_says_when_to_ask(desk: tuple[str, ...], tmp_path: Path) -> None:
    pack = tmp_path / "acme.toml"
    pack.write_text(
        '[payer]\nids = ["ACME1"]\n[filing]\ninquiry_days = 12\n'
        '[sources]\nsource = "Acme manual, invented"\neffective = 2020-01-01\n'
    )
    told = run("worklist", "--waiting", "--payers", pack, *desk)[1]["waiting"]
    assert {one["until"] for one in told if one["payer"] == "ACME1"} == {"2025-03-25"}


def test_a_spreadsheet_gets_every_line_and_no_formula(desk: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    command_line(["worklist", "--csv", str(path), *desk])
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows] == [one["id"] for one in listed(desk)]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@", "-"))]


def test_every_code_is_in_the_list_of_the_docs() -> None:
    page = (DAY.parents[1] / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
    for code, says in SNOOZES.items():
        assert f"| {code} | {says} |" in page
    for code, closing in CLOSINGS.items():
        assert f"| {code} | {closing.says} | {', '.join(sorted(closing.kinds))} |" in page

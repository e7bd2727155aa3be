"""What many runs teach: every loss counted once, every way of counting comes to the same money."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.money import ZERO, total
from nextpayer.pitfalls import Found, Loss, LossKind, tally
from support.files import Claim, Line, OtherPayer, Payer, Person, answer, claim_file, remittance_file
from support.run import bill, command_line

ROOT = Path(__file__).resolve().parents[1]
DAY = ROOT / "examples" / "day"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pitfalls") / "out"
    remittances = sorted(DAY.glob("*.835"))
    command_line(
        ["bill", str(DAY / "claims.837"), *map(str, remittances), "--coverage", str(DAY / "coverage.json"),
         "--payers", str(ROOT / "examples" / "payers"), "--as-of", "2025-03-10", "--out", str(out), "--quiet"]
    )  # fmt: skip
    return out / "report.json"


def counted(*arguments: object) -> dict[str, Any]:
    status, out, err = command_line(["pitfalls", *map(str, arguments), "--json"])
    assert (status, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    return document


def test_the_day_of_the_examples(report: Path) -> None:
    document = counted(report)
    assert document["answers"] == 18  # of 20: one came and was taken back
    assert {kind: one["amount"] for kind, one in document["totals"].items()} == {
        "denied": "200.00",  # D0006 CO-16 120.00 and D0007 CO-50 80.00
        "underpaid": "60.00",  # D0008: allowed 90.00, contract 150.00
        "held": "35.20",  # D0005 and D0013 wait with 17.60 each
    }
    worst = document["pitfalls"][0]
    assert (worst["payer"], worst["reason"], worst["action"], worst["amount"]) == (
        "ACME1", "CO-16", "fix_resubmit", "120.00",
    )  # fmt: skip
    assert document["by"]["month"] == [{"month": "2025-02", "claims": 5, "losses": 5, "amount": "295.20"}]
    assert document["by"]["coder"] == []


def test_the_how_to_shows_what_the_command_prints(report: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "see-where-the-money-goes-astray.md").read_text(encoding="utf-8")
    shown = page.split("```text\n")[1].split("```")[0]
    assert command_line(["pitfalls", str(report)])[1] == shown


def test_a_report_given_twice_counts_once(report: Path) -> None:
    once, twice = counted(report), counted(report, report)
    assert twice.pop("repeated") == 20
    assert once.pop("repeated") == 0
    assert twice == once


def test_an_earlier_payers_denial_counts_when_a_later_payer_answered_in_the_same_run(tmp_path: Path) -> None:
    first, second = Payer(id="PRIME", name="PRIME PLAN"), Payer(id="GREAT1", name="GREAT PLAN")
    claim = Claim(
        control="BOTH1",
        payer=first,
        subscriber=Person(last="PATIENTNAME"),
        others=[OtherPayer(sequence="S", payer=second, subscriber=Person(member_id="GP1"))],
        lines=[Line(charge="100")],
    )
    made = bill(
        tmp_path,
        claim_file([claim]),
        remittance_file(answer(claim, "CO-24 20, PR-2 80"), payer=first, date="20250120"),
        remittance_file(answer(claim, "OA-23 20, PR-2 10", status="2"), payer=second, date="20250220"),
    )
    document = counted(made.out / "report.json")
    (row,) = [row for row in document["pitfalls"] if row["kind"] == "denied"]
    assert (row["payer"], row["reason"], row["category"], row["amount"]) == (
        "PRIME", "CO-24", "capitation", "20.00",
    )  # fmt: skip
    assert [row["month"] for row in document["by"]["month"]] == ["2025-01"]


def test_a_reason_that_no_rule_knows_goes_to_a_person(tmp_path: Path) -> None:
    claim = Claim(control="NEW1", lines=[Line(charge="100")])
    made = bill(tmp_path, claim_file([claim]), remittance_file(answer(claim, "OA-ZZZ 100")))
    (row,) = [row for row in counted(made.out / "report.json")["pitfalls"] if row["kind"] == "denied"]
    assert (row["reason"], row["category"], row["action"]) == ("OA-ZZZ", "unknown", "review")


def test_coders_come_from_a_file_and_the_csv_has_a_line_for_each_loss(report: Path, tmp_path: Path) -> None:
    coders = tmp_path / "coders.csv"
    coders.write_text("claim_id,coder\nD0006,=cmd()\nD0007,Lee\n", encoding="utf-8")
    file = tmp_path / "losses.csv"
    document = counted(report, "--coders", coders, "--csv", file)
    assert {row["coder"]: row["amount"] for row in document["by"]["coder"]} == {
        "=cmd()": "120.00", "": "95.20", "Lee": "80.00",
    }  # fmt: skip
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert total(Decimal(row["amount"]) for row in rows) == Decimal("295.20")
    assert "'=cmd()" in [row["coder"] for row in rows]  # no spreadsheet takes it for a formula


def test_the_page_has_charts_and_names_no_claim(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "pitfalls.html"
    counted(report, "--html", page)
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == 5
    assert "120.00" in html
    assert "http" not in html.replace("http://www.w3.org", "")
    assert not [claim for claim in json.loads(report.read_text())["decisions"] if claim["claim_id"] in html]


@pytest.mark.parametrize("text", ["{}", "[]", '{"decisions": [1], "remittances": []}', "no JSON", ""])
def test_what_is_no_report_costs_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text, encoding="utf-8")
    status, out, err = command_line(["pitfalls", str(file)])
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "report.json" in err


def test_a_coders_file_with_another_column_is_refused(report: Path, tmp_path: Path) -> None:
    coders = tmp_path / "coders.csv"
    coders.write_text("claim_id,name\nD0006,Lee\n", encoding="utf-8")
    status, _, err = command_line(["pitfalls", str(report), "--coders", str(coders)])
    assert status == 2
    assert "line 2" in err


found_losses = st.lists(
    st.builds(
        Found,
        claim=st.sampled_from("ABC"),
        month=st.sampled_from(["2025-01", "2025-02", ""]),
        coder=st.sampled_from(["", "Lee"]),
        loss=st.builds(
            Loss,
            kind=st.sampled_from(LossKind),
            payer_id=st.sampled_from(["P1", "P2"]),
            form=st.sampled_from(["837P", "837I"]),
            reason=st.sampled_from(["CO-16", "CO-50"]),
            category=st.just("technical"),
            action=st.just("review"),
            amount=st.decimals(min_value=-999, max_value=9999, places=2),
        ),
    )
)


@given(found_losses)
def test_every_way_of_counting_comes_to_the_same_money(found: list[Found]) -> None:
    whole = total(one.loss.amount for one in found)
    for question in (lambda one: one.month, lambda one: one.loss.payer_id, lambda one: one.loss.reason):
        rows = tally(found, question)
        assert sum((row.amount for row in rows.values()), ZERO) == whole
        assert sum(row.losses for row in rows.values()) == len(found)
        amounts = [row.amount for row in rows.values()]
        assert amounts == sorted(amounts, reverse=True)

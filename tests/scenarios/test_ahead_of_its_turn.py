"""Pay and chase: what Medicaid pays before the other payer has answered (42 CFR 433.139(b)(3)).

The regulation: an agency rejects a claim where another payer is liable (cost avoidance, (b)(1)), but pays
first and recovers for preventive paediatric care and for a child whose support is enforced. Waiting periods
are the state's, counted from the first claim to the other payer (42 USC 1396a(a)(25)(E), (F)).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.test_what_the_office_knows import FIRST, PATIENT, policy
from support.balance import parse_837
from support.files import MEDICAID, PRIME, Claim, Line, Person, answer, claim_file, remittance_file
from support.run import Result, bill, command_line

CHILD = Claim(control="CHILD1", lines=[Line(charge="120")])
OTHER = Claim(
    control="OTHER1",
    subscriber=Person(last="ROE", first="RICHARD", member_id="W9"),
    lines=[Line(charge="100")],
)
PACK = """
[payer]
ids = ["STMCD"]
name = "STATE MEDICAID"
[claims]
adapter = "medicaid"
[medicaid]
CHASE
[sources]
source = "State Medicaid manual (invented), chapter 2"
effective = 2024-01-01
"""
LISTED = 'pay_and_chase = ["preventive_pediatric"]'
WAITS = 'pay_and_chase = ["child_support"]\npay_and_chase_after_days = { child_support = 100 }'


def run(tmp_path: Path, chase: str, circumstances: dict[str, Any], answered: bool = False) -> Result:
    """The child's claim at its first payer, which has not answered; another patient's is answered."""
    payments = [answer(OTHER, "CO-45 100"), *([answer(CHILD, "PR-2 20")] if answered else [])]
    return bill(
        tmp_path,
        claim_file([CHILD, OTHER]),
        remittance_file(payments, payer=CHILD.payer),
        coverage={
            "patient": PATIENT,
            "circumstances": circumstances,
            "coverages": [FIRST, policy(MEDICAID, None, "MCD1")],
        },
        payers=PACK.replace("CHASE", chase),
    )


def test_preventive_care_goes_to_medicaid_without_waiting(tmp_path: Path) -> None:
    result = run(tmp_path, LISTED, {"pay_and_chase": "preventive_pediatric"})
    (row,) = result.report["ahead"]
    assert (row["claim_id"], row["next_payer"]["id"]) == ("CHILD1", "STMCD")
    assert row["findings"][0]["id"] == "NP-MCD-PAYS-FIRST"
    assert "433.139(b)(3)" in row["findings"][0]["source"]
    assert "State Medicaid manual" in row["findings"][0]["source"]
    assert row["output"].startswith("ahead/STMCD-837P-")  # a person releases it: it is not in outgoing/
    assert result.outgoing == {}
    (claim,) = parse_837((result.out / row["output"]).read_text())
    assert (claim["payer"]["nm1"][9], claim["sbr"][9]) == ("STMCD", "MC")
    (other,) = claim["other"]
    assert other["payer"]["nm1"][9] == PRIME.id
    text = (result.out / row["output"]).read_text()
    assert not {"SVD", "CAS"} & {segment.split("*")[0].strip() for segment in text.split("~")}
    assert command_line(["scrub", str(result.out / row["output"]), "--quiet"])[0] == 0
    assert result.report["files"] == [row["output"]]


def test_without_the_states_word_the_other_payer_answers_first(tmp_path: Path) -> None:
    result = run(tmp_path, LISTED, {"pay_and_chase": "child_support"})
    (row,) = result.report["ahead"]
    assert (row["findings"][0]["id"], row["output"]) == ("NP-MCD-COST-AVOIDED", None)
    assert row["findings"][0]["source"] == "42 CFR 433.139(b)(1)"


@pytest.mark.parametrize(
    ("first_billed", "where", "goes"),
    [
        ("2024-11-21", "2000B", True),  # 100 days before the day it is, 2025-03-01
        ("2024-11-22", "2000B", False),
        (None, "circumstances.first_billed", False),
    ],
)
def test_a_states_wait_counts_from_the_first_claim_to_the_other_payer(
    tmp_path: Path, first_billed: str | None, where: str, goes: bool
) -> None:
    known = {"pay_and_chase": "child_support", "first_billed": first_billed}
    (row,) = run(tmp_path, WAITS, known).report["ahead"]
    assert bool(row["output"]) is goes
    assert row["findings"][0]["id"] == ("NP-MCD-PAYS-FIRST" if goes else "NP-MCD-CHASE-WAIT")
    assert row["findings"][0]["where"] == where
    if first_billed and not goes:
        assert "from 2025-03-02 on" in row["findings"][0]["message"]


def test_a_wait_that_the_pack_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    chase = 'pay_and_chase = ["child_support"]'
    (row,) = run(tmp_path, chase, {"pay_and_chase": "child_support", "first_billed": "2020-01-01"}).report[
        "ahead"
    ]
    assert (row["findings"][0]["id"], row["output"]) == ("NP-MCD-CHASE-WAIT", None)
    assert row["findings"][0]["where"] == "medicaid.pay_and_chase_after_days"


def test_an_answered_claim_and_one_without_the_circumstance_go_their_usual_way(tmp_path: Path) -> None:
    answered = run(tmp_path, LISTED, {"pay_and_chase": "preventive_pediatric"}, answered=True)
    assert "ahead" not in answered.report
    assert [claim["payer"]["nm1"][9] for claim in answered.claims] == ["STMCD"]
    assert "ahead" not in run(tmp_path, LISTED, {}).report


def test_a_pack_that_waits_for_a_category_it_does_not_list_is_refused(tmp_path: Path) -> None:
    chase = 'pay_and_chase = ["preventive_pediatric"]\npay_and_chase_after_days = { child_support = 100 }'
    result = run(tmp_path, chase, {})
    assert result.exit_code == 2
    assert "pay_and_chase_after_days" in result.stderr


def test_a_claim_that_nobody_released_is_not_cleared_by_another_batch(tmp_path: Path) -> None:
    result = run(tmp_path, LISTED, {"pay_and_chase": "preventive_pediatric"})
    claims, answers = tmp_path / "other.837", tmp_path / "other.835"
    claims.write_text(claim_file([OTHER]))
    answers.write_text(remittance_file([answer(OTHER, "CO-45 100")]))
    command = ["bill", str(claims), str(answers), "--out", str(result.out)]
    status, _, complaint = command_line(command)
    assert (status, complaint.count("\n")) == (2, 1)
    assert "1 claim of an earlier run waits there" in complaint
    (waiting,) = (result.out / "ahead").iterdir()
    waiting.unlink()  # released: it is somewhere else now
    assert command_line([*command, "--quiet"])[0] == 0

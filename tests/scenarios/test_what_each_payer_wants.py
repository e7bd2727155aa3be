"""What single payers want: a contract amount, accepted reasons, a wait, a part of the cost sharing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import decided
from scenarios.test_what_the_office_knows import BENEFICIARY, VISIT, known, policy, run
from support.files import MEDICAID, MEDICARE, PRIME, Line, OtherPayer, Person

CODE = Line().procedure
AGED = {"medicare": {"entitlement": "age"}}
TO_MEDICARE = VISIT.but(others=[OtherPayer(payer=MEDICARE, subscriber=BENEFICIARY)])
TO_MEDICAID = VISIT.but(others=[OtherPayer(payer=MEDICAID, subscriber=Person(member_id="MC1"))])


def contract(allowed: str) -> dict[str, Any]:
    """A working person's plan whose contract allows this much, before Medicare."""
    plan = policy(
        PRIME, "P", "W100200300", basis="active", employer={"size": 50}, benefits={"allowed": {CODE: allowed}}
    )
    return known(plan, policy(MEDICARE, "S", BENEFICIARY.member_id, **AGED))


def test_a_contract_amount_that_the_cas_does_not_show_is_told_to_medicare(tmp_path: Path) -> None:
    result = run(tmp_path, TO_MEDICARE, contract("70.00"))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    (text,) = result.outgoing.values()
    assert "CN1*09*70~" in text


def test_a_contract_amount_that_the_cas_shows_needs_no_cn1(tmp_path: Path) -> None:
    (text,) = run(tmp_path, TO_MEDICARE, contract("75.00")).outgoing.values()
    assert "CN1*" not in text


PACK = """
[payer]
ids = ["{payer}"]
filing_indicator = "MC"

[claims]
adapter = "medicaid"

[filing]
crossover_wait_days = 45

[medicaid]
crossover = "percentage_of_cost_sharing"
third_party = "percentage_of_cost_sharing"
percentage = "0.85"
{more}

[sources]
source = "State Medicaid manual (invented), chapter 3"
effective = 2020-01-01
"""


def pack(more: str = "") -> str:
    return PACK.format(payer=MEDICAID.id, more=more)


def test_a_state_that_pays_a_part_of_the_cost_sharing(tmp_path: Path) -> None:
    decision = decided(run(tmp_path, TO_MEDICAID, payers=pack()), "bill_next", "NP-NEXT-PAYER")
    assert decision["amounts"]["expected_next"] == "12.75"
    assert decision["amounts"]["expected_patient"] == "0.00"
    assert decision["expectation"][0] == "MEDICAID-PERCENTAGE"


def test_without_the_part_nothing_is_reckoned(tmp_path: Path) -> None:
    text = pack().replace('percentage = "0.85"', "")
    decision = decided(run(tmp_path, TO_MEDICAID, payers=text), "bill_next", "NP-NEXT-PAYER")
    assert decision["expectation"][0] == "MEDICAID-COST-SHARING-CEILING"


def test_a_reason_that_the_state_does_not_take_holds_the_claim(tmp_path: Path) -> None:
    takes = 'accepted_reasons = ["PR-1", "PR-2", "CO-45"]'
    decided(run(tmp_path, TO_MEDICAID, payers=pack(takes)), "bill_next", "NP-NEXT-PAYER")
    takes = 'accepted_reasons = ["PR-1", "PR-2"]'
    decision = decided(run(tmp_path, TO_MEDICAID, payers=pack(takes)), "hold", "NP-MCD-REASON")
    assert "takes no CO-45" in decision["findings"][-1]["message"]


@pytest.mark.parametrize(
    ("today", "reason"), [("2025-03-21", "NP-CROSSOVER-WAIT"), ("2025-03-22", "NP-NEXT-PAYER")]
)
def test_a_state_may_ask_to_wait_for_medicares_crossover_too(tmp_path: Path, today: str, reason: str) -> None:
    claim = TO_MEDICAID.but(payer=MEDICARE, subscriber=BENEFICIARY)
    assert run(tmp_path, claim, payers=pack(), as_of=today).decision()["reason"] == reason

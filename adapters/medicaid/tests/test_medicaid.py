"""Medicaid after other payers: the last one, whose patients owe nothing more. No X12 here, only nouns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from nextpayer.account import Account, open_account
from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, OtherPayer, Provider, ServiceLine
from nextpayer.coordinate import split_of
from nextpayer.policy import Payer, Person, Policy
from nextpayer.remittance import Adjustment, ClaimPayment, Remittance
from nextpayer_medicaid import Medicaid

TODAY = dt.date(2025, 3, 1)


def policy(payer_id: str, sequence: str, filing: str, **more: object) -> Policy:
    return Policy(
        payer=Payer(id=payer_id, name=payer_id, kind=str(more.pop("kind", ""))),
        holder=Person(last="ROE", first="ANN", birth_date=dt.date(1950, 2, 3), sex="F"),
        sequence=sequence,
        patient_relationship="18",
        filing_indicator=filing,
        **more,  # type: ignore[arg-type]
    )


def account(
    *policies: Policy,
    kind: ClaimKind = ClaimKind.PROFESSIONAL,
    charge: str = "175.00",
    paid: str = "120.00",
    adjustments: tuple[tuple[str, str, str], ...] = (("CO", "45", "25.00"), ("PR", "2", "30.00")),
    decided: dt.date = dt.date(2025, 2, 5),
) -> Account:
    """One claim, served on 2025-01-10 and 11, that the first of ``policies`` has answered at claim level."""
    amount = Decimal(charge)
    days = DateFact(
        qualifier="434",
        format="RD8",
        text="20250110-20250111",
        start=dt.date(2025, 1, 10),
        end=dt.date(2025, 1, 11),
    )
    claim = Claim(
        kind=kind,
        patient_control_number="ACCT1",
        charge_amount=amount,
        billing=Billing(provider=Provider(role="85", last="LAKE CLINIC")),
        policy=policies[0],
        patient=policies[0].holder,
        dates=(days,),
        lines=(ServiceLine(number=1, charge_amount=amount),),
        other_payers=tuple(OtherPayer(policy=other) for other in policies[1:]),
    )
    payment = ClaimPayment(
        remittance=Remittance(payer_name="FIRST", payer_ids=(policies[0].payer.id,), payment_date=decided),
        patient_control_number="ACCT1",
        status="1",
        charge_amount=amount,
        paid_amount=Decimal(paid),
        adjustments=tuple(Adjustment(group=g, reason=r, amount=Decimal(a)) for g, r, a in adjustments),
    )
    return open_account(claim, policies, [payment])


def test_nobody_comes_after_medicaid() -> None:
    state = policy("STMCD", "S", "MC")
    found = account(policy("ACME1", "P", "CI"), state, policy("LATER", "T", "CI"))
    assert [finding.id for finding in Medicaid().objections(found, state, TODAY)] == ["NP-MCD-NOT-LAST"]


def test_medicaid_in_the_last_place_is_billed() -> None:
    state = policy("STMCD", "S", "MC")
    assert list(Medicaid().objections(account(policy("ACME1", "P", "CI"), state), state, TODAY)) == []


def test_the_cost_sharing_is_the_ceiling_and_the_patient_owes_nothing() -> None:
    # Wisconsin ForwardHealth, topic 686: allowed 100, Medicare paid 80, coinsurance 20: at most 20.
    state = policy("STMCD", "S", "MC")
    found = account(
        policy("00882", "P", "MB"), state, charge="120.00", paid="80.00",
        adjustments=(("CO", "45", "20.00"), ("PR", "2", "20.00")),
    )  # fmt: skip
    expected = Medicaid().expected(found, state, split_of((found.answers[0].payment,)))
    assert (expected.amount, expected.patient) == (Decimal("20.00"), Decimal("0.00"))
    assert expected.method == "MEDICAID-COST-SHARING-CEILING"


def test_what_a_qmb_may_not_be_billed_goes_to_medicaid() -> None:
    state = policy("STMCD", "S", "MC")
    found = account(
        policy("00882", "P", "MB"),
        state,
        charge="100.00",
        paid="80.00",
        adjustments=(("OA", "209", "20.00"),),
    )
    expected = Medicaid().expected(found, state, split_of((found.answers[0].payment,)))
    assert expected.amount == Decimal("20.00")


@pytest.mark.parametrize("stated", ["", "CI", "MC"])
def test_the_claim_says_that_its_payer_is_medicaid(stated: str) -> None:
    found = account(policy("ACME1", "P", "CI"), policy("STMCD", "S", stated))
    claim = replace(found.claim, policy=found.policies[1])
    assert Medicaid().prepare(claim, found).policy.filing_indicator == "MC"

"""Medicaid after other payers: the last one, whose patients owe nothing more. No X12 here, only nouns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.account import Account
from nextpayer.claim import OtherPayer
from nextpayer.coordinate import split_of
from nextpayer.coverage import Circumstances
from nextpayer.finding import Severity
from nextpayer.profile import MedicaidTerms, Profile
from nextpayer.testing.accounts import account, policy
from nextpayer_medicaid import Medicaid

TODAY = dt.date(2025, 3, 1)


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


def pack(**more: object) -> Profile:
    return Profile(
        name="state", payer_ids=("STMCD",), source="an invented manual", effective=dt.date(2020, 1, 1),
        medicaid=MedicaidTerms(**more),  # type: ignore[arg-type]
    )  # fmt: skip


def crossover(kind: str = "MB") -> Account:
    return account(
        policy("00882", "P", kind), policy("STMCD", "S", "MC"), charge="120.00", paid="80.00",
        adjustments=(("CO", "45", "20.00"), ("PR", "2", "20.00")),
    )  # fmt: skip


def test_a_pack_that_pays_the_cost_sharing_needs_no_rate() -> None:
    found = crossover()
    adapter = Medicaid(pack(crossover="full_cost_sharing"))
    expected = adapter.expected(found, found.policies[1], split_of((found.answers[0].payment,)))
    assert (expected.method, expected.amount, expected.patient) == ("MEDICAID-FULL-COST-SHARING", 20, 0)


def test_a_pack_whose_variant_needs_a_rate_leaves_the_ceiling_without_one() -> None:
    found = crossover()
    adapter = Medicaid(pack(crossover="lesser_of"))
    expected = adapter.expected(found, found.policies[1], split_of((found.answers[0].payment,)))
    assert expected.method == "MEDICAID-COST-SHARING-CEILING"


def test_the_account_knows_whether_medicare_paid_before() -> None:
    adapter = Medicaid(pack(crossover="full_cost_sharing", third_party="lesser_of"))
    for kind, method in (("MB", "MEDICAID-FULL-COST-SHARING"), ("CI", "MEDICAID-COST-SHARING-CEILING")):
        found = crossover(kind)
        expected = adapter.expected(found, found.policies[1], split_of((found.answers[0].payment,)))
        assert expected.method == method


def test_other_payers_go_by_the_states_carrier_codes() -> None:
    found = crossover("CI")
    adapter = Medicaid(pack(third_party="lesser_of", carrier_codes=(("00882", "C0123"),)))
    claim = replace(
        found.claim, policy=found.policies[1], other_payers=(OtherPayer(policy=found.policies[0]),)
    )
    assert [other.policy.payer.id for other in adapter.prepare(claim, found).other_payers] == ["C0123"]
    assert list(adapter.objections(found, found.policies[1], TODAY)) == []


def test_a_payer_that_the_states_table_does_not_have_holds_the_claim() -> None:
    found = crossover("CI")
    adapter = Medicaid(pack(third_party="lesser_of", carrier_codes=(("OTHER", "C0123"),)))
    objections = adapter.objections(found, found.policies[1], TODAY)
    assert [finding.id for finding in objections] == ["NP-MCD-CARRIER-CODE"]


CATEGORIES = ("preventive_pediatric", "child_support")
days = st.dates(min_value=dt.date(2018, 1, 1), max_value=dt.date(2030, 12, 31))


@given(
    listed=st.sets(st.sampled_from(CATEGORIES)),
    wait=st.none() | st.integers(1, 400),
    category=st.sampled_from(CATEGORIES),
    billed=st.none() | days,
    today=days,
)
def test_medicaid_pays_ahead_only_where_the_state_says_so_and_after_its_wait(
    listed: set[str], wait: int | None, category: str, billed: dt.date | None, today: dt.date
) -> None:
    """42 CFR 433.139(b): cost avoidance is the rule, paying first the exception that the pack lists."""
    waits = ((category, wait),) if wait is not None and category in listed else ()
    adapter = Medicaid(pack(pay_and_chase=tuple(sorted(listed)), pay_and_chase_after_days=waits))
    said = adapter.pays_ahead(
        policy("STMCD", "S", "MC"), Circumstances(pay_and_chase=category, first_billed=billed), today
    )
    assert said is not None
    assert said.source
    if said.severity is not Severity.REJECT:
        assert category in listed
        assert wait is not None or category == "preventive_pediatric"
        assert wait is None or (billed is not None and (today - billed).days >= wait)
    elif category in listed:
        assert category == "child_support" or (
            wait is not None and (billed is None or (today - billed).days < wait)
        )


def test_without_a_pack_medicaid_pays_nothing_ahead() -> None:
    said = Medicaid().pays_ahead(
        policy("STMCD", "S", "MC"), Circumstances(pay_and_chase="preventive_pediatric"), TODAY
    )
    assert said is not None
    assert (said.id, said.severity) == ("NP-MCD-COST-AVOIDED", Severity.REJECT)

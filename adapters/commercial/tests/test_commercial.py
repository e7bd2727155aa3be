"""Commercial payers: what the pack says is done, and nothing is made up without one. No X12 here, only
nouns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from nextpayer.coordinate import split_of
from nextpayer.policy import Benefits
from nextpayer.profile import Profile
from nextpayer.remittance import Procedure
from nextpayer.testing.accounts import account, policy
from nextpayer_commercial import Commercial

TODAY = dt.date(2025, 2, 20)


def pack(**more: object) -> Profile:
    terms = {"name": "plains", "payer_ids": ("567890",), "source": "an invented manual"}
    return Profile(effective=dt.date(2024, 1, 1), **terms, **more)  # type: ignore[arg-type]


MEDICARE = policy("00882", "P", "MB")
GROUP = policy("ACME1", "P", "CI")
PLAINS = policy("567890", "S", "CI")


def test_without_a_pack_nothing_objects_and_no_deadline_is_made_up() -> None:
    found = account(GROUP, PLAINS)
    assert list(Commercial().objections(found, PLAINS, TODAY)) == []
    assert Commercial().deadline(found, PLAINS) is None


def test_after_medicare_the_packs_wait_holds_the_claim() -> None:
    found = account(MEDICARE, PLAINS)  # decided on 2025-02-05
    adapter = Commercial(pack(crossover_wait_days=30))
    assert [f.id for f in adapter.objections(found, PLAINS, dt.date(2025, 3, 6))] == ["NP-CROSSOVER-WAIT"]
    assert list(adapter.objections(found, PLAINS, dt.date(2025, 3, 7))) == []


@pytest.mark.parametrize(("remark", "held"), [("MA08", 0), ("MA19", 0), ("MA68", 0), ("N8", 0), ("MA18", 1)])
def test_what_medicare_says_it_did_not_forward_need_not_wait(remark: str, held: int) -> None:
    found = account(MEDICARE, PLAINS)
    said = replace(found.answers[0], payment=replace(found.answers[0].payment, remark_codes=(remark,)))
    found = replace(found, answers=(said,))
    assert len(list(Commercial(pack(crossover_wait_days=30)).objections(found, PLAINS, TODAY))) == held


def test_after_a_commercial_payer_there_is_no_wait() -> None:
    adapter = Commercial(pack(crossover_wait_days=30))
    assert list(adapter.objections(account(GROUP, PLAINS), PLAINS, TODAY)) == []


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"timely_filing_days": 90, "timely_filing_from": "service"}, dt.date(2025, 4, 11)),
        ({"timely_filing_days": 90, "timely_filing_from": "primary_decision"}, dt.date(2025, 5, 6)),
        ({"secondary_filing_days": 60}, dt.date(2025, 4, 6)),
        (
            {"timely_filing_days": 90, "timely_filing_from": "service", "secondary_filing_days": 60},
            dt.date(2025, 4, 6),
        ),
    ],
)
def test_the_earlier_of_two_clocks_counts(terms: dict[str, object], expected: dt.date) -> None:
    deadline = Commercial(pack(**terms)).deadline(account(GROUP, PLAINS), PLAINS)
    assert deadline is not None
    assert deadline.day == expected


def test_a_payer_that_takes_no_electronic_secondary_claim_holds_it() -> None:
    found = list(
        Commercial(pack(electronic_secondary=False)).objections(account(GROUP, PLAINS), PLAINS, TODAY)
    )
    assert [finding.id for finding in found] == ["NP-SECONDARY-PAPER"]


def test_a_payer_that_takes_no_electronic_tertiary_claim_holds_it() -> None:
    third = replace(PLAINS, sequence="T")
    found = account(GROUP, policy("OTHER", "S", "CI"), third)
    found = replace(found, answered=found.policies[:2])
    adapter = Commercial(pack(electronic_tertiary=False))
    assert [finding.id for finding in adapter.objections(found, third, TODAY)] == ["NP-TERTIARY-PAPER"]


def test_the_pack_fills_a_missing_filing_indicator_and_keeps_a_stated_one() -> None:
    found = account(GROUP, PLAINS)
    adapter = Commercial(pack(filing_indicator="BL"))
    claim = replace(found.claim, policy=PLAINS)
    assert adapter.prepare(claim, found).policy.filing_indicator == "CI"
    unstated = replace(claim, policy=replace(PLAINS, filing_indicator=""))
    assert adapter.prepare(unstated, found).policy.filing_indicator == "BL"


def test_the_patients_share_is_expected_of_the_next_payer() -> None:
    found = account(GROUP, PLAINS)
    expected = Commercial().expected(found, PLAINS, split_of((found.answers[0].payment,)))
    assert (expected.amount, expected.method) == (Decimal("30.00"), "PATIENT-RESPONSIBILITY")


def test_a_medigap_plans_letter_is_all_that_is_needed() -> None:
    # 42 USC 1395ss(p): Plan G pays the coinsurance and not the Part B deductible.
    second = policy("55123", "S", "CI", kind="medigap", plan_name="Plan G")
    found = account(
        MEDICARE,
        second,
        charge="175.00",
        paid="80.00",
        adjustments=(("CO", "45", "75.00"), ("PR", "2", "20.00")),
    )
    expected = Commercial().expected(found, second, split_of((found.answers[0].payment,)))
    assert (expected.method, expected.amount, expected.patient) == ("MEDIGAP-G", 20, 0)


def test_assignment_is_the_providers_standing_with_tricare() -> None:
    known = Benefits(coinsurance=Decimal("0.20"), allowed=(("99213", Decimal(200)),))
    second = policy("TRICARE", "S", "CH", kind="tricare", benefits=known)
    found = account(GROUP, second, charge="300.00", paid="235.00", adjustments=(("PR", "2", "65.00"),))
    lines = (replace(found.claim.lines[0], procedure=Procedure(qualifier="HC", code="99213")),)
    for assigned, method in (("A", "TRICARE-PARTICIPATING"), ("C", "TRICARE-NONPARTICIPATING")):
        claim = replace(found.claim, lines=lines, accepts_assignment=assigned)
        one = replace(found, claim=claim)
        expected = Commercial().expected(one, second, split_of((found.answers[0].payment,)))
        assert expected.method == method

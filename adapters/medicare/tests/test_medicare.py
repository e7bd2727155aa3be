"""Medicare after another payer: the reason it is not primary, value codes, limits. No X12 here, only
nouns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from nextpayer.account import Account
from nextpayer.claim import Claim, ClaimKind, DateFact, OtherPayer
from nextpayer.policy import MedicareEntitlement, Policy
from nextpayer.remittance import Adjudication
from nextpayer.scrub import scrub
from nextpayer.testing.accounts import account, policy
from nextpayer_medicare import Medicare, insurance_type

TODAY = dt.date(2025, 3, 1)


def group_plan(**more: object) -> Policy:
    return policy("ACME1", "P", "CI", basis="active", **more)


def medicare(filing: str = "MB", entitlement: str = "age", **more: object) -> Policy:
    told = MedicareEntitlement(entitlement=entitlement) if entitlement else None
    return policy("00882", "S", filing, member_id="1EG4TE5MK73", medicare=told, **more)


def second(found: Account) -> Claim:
    """The claim to Medicare as the core hands it to the adapter, with the group plan's decision on it."""
    payment = found.answers[0].payment
    decision = Adjudication(
        paid_amount=payment.paid_amount, adjustments=payment.adjustments, date=dt.date(2025, 2, 5)
    )
    first = OtherPayer(policy=found.policies[0], adjudication=decision)
    return replace(found.claim, policy=found.policies[1], other_payers=(first,))


@pytest.mark.parametrize(
    ("entitlement", "expected"), [("age", "12"), ("disability", "43"), ("esrd", "13"), ("", None)]
)
def test_the_reason_follows_from_the_entitlement_and_current_employment(
    entitlement: str, expected: str | None
) -> None:
    assert insurance_type(medicare(entitlement=entitlement), group_plan()) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("workers_comp", "15"), ("auto", "14"), ("liability", "47"), ("black_lung", "41"), ("va", "42")],
)
def test_a_payer_of_its_own_law_is_its_own_reason(kind: str, expected: str) -> None:
    assert insurance_type(medicare(entitlement=""), policy("X", "P", "WC", kind=kind)) == expected


def test_a_retired_persons_plan_gives_no_reason_and_none_is_guessed() -> None:
    retired = policy("ACME1", "P", "CI", basis="retired")
    assert insurance_type(medicare(), retired) is None
    found = list(Medicare().objections(account(retired, medicare()), medicare(), TODAY))
    assert [finding.id for finding in found] == ["NP-MCR-REASON-MISSING"]


def test_the_professional_claim_says_why_medicare_is_second() -> None:
    found = account(group_plan(), medicare())
    assert Medicare().prepare(second(found), found).policy.insurance_type == "12"


def test_the_hospital_claim_says_it_with_value_codes() -> None:
    # CGS 2013 cope21433: charges 5,000, to accept 3,500, paid 3,000, deductible 500 -> 12 = 3,000 and 44 =
    # 3,500.
    found = account(
        group_plan(), medicare("MA"), kind=ClaimKind.INSTITUTIONAL, charge="5000.00", paid="3000.00",
        adjustments=(("CO", "45", "1500.00"), ("PR", "1", "500.00")),
    )  # fmt: skip
    made = Medicare().prepare(second(found), found)
    assert [(code.code, code.detail[-1]) for code in made.codes[0]] == [("12", "3000"), ("44", "3500")]
    assert made.policy.insurance_type == ""


def test_value_code_44_is_charges_less_all_contractual_reductions() -> None:
    # Noridian Q2 (CR 6426): charges 5,000 with CO 4,000 can only mean 1,000; paid 1,000 is then paid in full.
    found = account(
        group_plan(), medicare("MA"), kind=ClaimKind.INSTITUTIONAL, charge="5000.00", paid="1000.00",
        adjustments=(("CO", "45", "4000.00"),),
    )  # fmt: skip
    made = Medicare().prepare(second(found), found)
    assert [code.code for code in made.codes[0]] == ["12"]


def test_part_b_takes_no_electronic_claim_with_two_payers_ahead() -> None:
    third = policy("00882", "T", "MB", insurance_type="12")
    found = account(group_plan(), policy("SPOUSE1", "S", "CI"), third)
    found = replace(found, answered=found.policies[:2])
    assert "NP-MCR-ONE-PAYER-AHEAD" in [finding.id for finding in Medicare().objections(found, third, TODAY)]


def test_part_a_does() -> None:
    third = policy("00881", "T", "MA", insurance_type="12")
    found = account(group_plan(), policy("SPOUSE1", "S", "CI"), third, kind=ClaimKind.INSTITUTIONAL)
    found = replace(found, answered=found.policies[:2])
    assert list(Medicare().objections(found, third, TODAY)) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(ClaimKind.PROFESSIONAL, dt.date(2026, 1, 10)), (ClaimKind.INSTITUTIONAL, dt.date(2026, 1, 11))],
)
def test_the_filing_limit_is_one_year_from_the_service(kind: ClaimKind, expected: dt.date) -> None:
    deadline = Medicare().deadline(account(group_plan(), medicare(), kind=kind), medicare())
    assert deadline is not None
    assert (deadline.day, deadline.source) == (expected, "42 CFR 424.44(a)")


@pytest.mark.parametrize(
    "member_id", ["102200221B1", "1EG4-TE5-MK73", "1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73"]
)
def test_what_is_no_beneficiary_identifier_is_rejected(member_id: str) -> None:
    found = account(group_plan(), medicare())
    claim = replace(second(found), policy=replace(found.policies[1], member_id=member_id))
    assert [finding.id for finding in scrub(claim, Medicare().edits())] == ["NP-MCR-MBI"]


def test_a_beneficiary_identifier_passes() -> None:
    assert scrub(second(account(group_plan(), medicare())), Medicare().edits()) == ()


def test_before_2020_the_old_number_passes() -> None:
    found = account(group_plan(), medicare())
    old = DateFact(qualifier="434", format="D8", text="20050119", start=dt.date(2005, 1, 19))
    claim = replace(second(found), policy=replace(found.policies[1], member_id="102200221B1"), dates=(old,))
    assert scrub(claim, Medicare().edits()) == ()

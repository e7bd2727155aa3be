"""Medicare after another payer: the reason it is not primary, value codes, limits. No X12 here, only
nouns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from nextpayer.account import Account
from nextpayer.claim import Claim, ClaimKind, DateFact, HealthCode, OtherPayer
from nextpayer.coordinate import split_of
from nextpayer.money import ZERO
from nextpayer.policy import Benefits, MedicareEntitlement, Policy
from nextpayer.remittance import Adjudication, Procedure
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


def hospital(
    paid: str, cas: tuple[tuple[str, str, str], ...], *, plan: Policy | None = None, own: Policy | None = None
) -> Claim:
    """The hospital claim of 10,000 to Medicare after the group plan."""
    found = account(
        plan or group_plan(), own or medicare("MA"), kind=ClaimKind.INSTITUTIONAL,
        charge="10000.00", paid=paid, adjustments=cas,
    )  # fmt: skip
    return Medicare().prepare(second(found), found)


def told(claim: Claim) -> dict[str, str]:
    """The codes of the claim by qualifier and code, with their amount or day."""
    return {
        f"{code.qualifier}:{code.code}": code.detail[-1] if code.detail else ""
        for group in claim.codes
        for code in group
    }


def test_a_part_of_the_charge_applied_to_the_deductible_is_told_with_44() -> None:
    # CGS billing_msp_code44 (2019), in its proportions: to accept 7,500, deductible 6,000, paid 1,500.
    made = hospital("1500.00", (("CO", "45", "2500.00"), ("PR", "1", "6000.00"), ("PR", "2", "0.00")))
    assert told(made) == {"BE:12": "1500", "BE:44": "7500"}


def test_an_answer_that_paid_nothing_is_told_with_its_day() -> None:
    made = hospital("0.00", (("CO", "45", "2500.00"), ("PR", "1", "7500.00")))
    assert told(made) == {"BE:12": "0", "BE:44": "7500", "BH:24": "20250205"}


def test_a_payment_that_must_be_taken_in_full_is_told_with_77_and_not_44() -> None:
    made = hospital("7500.00", (("CO", "45", "2500.00"),))
    assert told(made) == {"BE:12": "7500", "BG:77": ""}


@pytest.mark.parametrize(
    ("paid", "cas"),
    [("10000.00", ()), ("0.00", (("CO", "50", "10000.00"),)), ("7000.00", (("PR", "2", "3000.00"),))],
)
def test_77_is_for_a_payment_below_the_charge_and_never_for_a_denial(
    paid: str, cas: tuple[tuple[str, str, str], ...]
) -> None:
    assert "BG:77" not in told(hospital(paid, cas))


def test_the_esrd_coordination_period_is_told_with_its_first_day() -> None:
    entitled = MedicareEntitlement(entitlement="esrd", esrd_eligible_from=dt.date(2024, 3, 1))
    own = replace(medicare("MA"), medicare=entitled)
    made = hospital("9000.00", (("PR", "2", "1000.00"),), own=own)
    assert told(made) == {"BE:13": "9000", "BG:06": "", "BH:33": "20240301"}


def test_a_cover_that_had_ended_is_told_with_its_last_day() -> None:
    ended = group_plan(terminates=dt.date(2024, 12, 31))
    made = hospital("0.00", (("PR", "27", "10000.00"),), plan=ended)
    assert told(made) == {"BE:12": "0", "BH:24": "20250205", "BH:25": "20241231"}


def test_codes_that_the_claim_has_are_kept_as_they_are() -> None:
    found = account(
        group_plan(), medicare("MA"), kind=ClaimKind.INSTITUTIONAL, charge="10000.00", paid="7500.00",
        adjustments=(("CO", "45", "2500.00"),),
    )  # fmt: skip
    stated = (HealthCode(qualifier="BE", code="43", detail=("", "", "7000")),)
    full = tuple(HealthCode(qualifier="BG", code=f"{n:02}") for n in range(10, 22))
    claim = replace(second(found), codes=(stated, full))
    made = Medicare().prepare(claim, found)
    assert made.codes == (stated, full, (HealthCode(qualifier="BG", code="77"),))


def test_value_code_44_that_disagrees_with_the_adjustments_is_rejected() -> None:
    # Noridian Q2 (CR 6426): charges 5,000, CO 4,000, value code 44 of 2,000: FISS reason 33981.
    made = hospital("1000.00", (("CO", "45", "8000.00"), ("PR", "2", "1000.00")))
    wrong = (HealthCode(qualifier="BE", code="44", detail=("", "", "4000")),)
    assert scrub(made, Medicare().edits()) == ()
    changed = replace(made, codes=(made.codes[0][:1] + wrong,))
    assert [finding.id for finding in scrub(changed, Medicare().edits())] == ["NP-MCR-VALUE-44"]


@pytest.mark.parametrize(("id", "expected"), [("55123", []), ("12345", ["NP-MCR-COBA-MEDIGAP"])])
def test_a_medigap_insurer_behind_medicare_goes_by_its_coba_id(id: str, expected: list[str]) -> None:
    first = policy("00882", "P", "MB", member_id="1EG4TE5MK73")
    found = account(first, policy(id, "S", "CI", kind="medigap"))
    assert [finding.id for finding in scrub(found.claim, Medicare().edits())] == expected


def test_the_account_says_what_part_b_owes_from_the_coverages_benefits() -> None:
    # 42 CFR 411.33(b)
    known = Benefits(
        coinsurance=Decimal("0.20"), deductible_remaining=ZERO, allowed=(("99213", Decimal(125)),)
    )
    found = account(
        group_plan(), medicare(benefits=known), adjustments=(("CO", "45", "25.00"), ("PR", "2", "30.00"))
    )
    procedure = Procedure(qualifier="HC", code="99213")
    lines = (replace(found.claim.lines[0], procedure=procedure),)
    found = replace(found, claim=replace(found.claim, lines=lines, accepts_assignment="A"))
    expected = Medicare().expected(found, found.policies[1], split_of((found.answers[0].payment,)))
    assert (expected.method, expected.amount, expected.patient) == ("MSP-B", Decimal(30), 0)
    unassigned = replace(found, claim=replace(found.claim, accepts_assignment="C"))
    expected = Medicare().expected(unassigned, found.policies[1], split_of((found.answers[0].payment,)))
    assert not expected.patient_stated


def test_without_benefits_what_the_primary_left_is_the_ceiling() -> None:
    found = account(group_plan(), medicare())
    expected = Medicare().expected(found, found.policies[1], split_of((found.answers[0].payment,)))
    assert (expected.method, expected.amount) == ("PATIENT-RESPONSIBILITY", Decimal(30))


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


@pytest.mark.parametrize(
    ("reason", "kind", "paid", "refused"),
    [
        ("42", ClaimKind.INSTITUTIONAL, "0.00", True),
        ("16", ClaimKind.INSTITUTIONAL, "0.00", True),
        ("42", ClaimKind.INSTITUTIONAL, "120.00", False),
        ("47", ClaimKind.INSTITUTIONAL, "0.00", False),
        ("42", ClaimKind.PROFESSIONAL, "0.00", False),
    ],
)
def test_what_another_agency_leaves_unpaid_is_no_conditional_payment(
    reason: str, kind: ClaimKind, paid: str, refused: bool
) -> None:
    """FCSO, NGS: not for value codes 16 and 42; Medicare is then billed as primary."""
    ours = medicare("MA", insurance_type=reason)
    left = ("PR", "204", "175.00") if paid == "0.00" else ("PR", "2", "55.00")
    found = account(group_plan(), ours, kind=kind, paid=paid, adjustments=(left,))
    ids = [finding.id for finding in Medicare().objections(found, ours, TODAY)]
    assert ("NP-MCR-NOT-CONDITIONAL" in ids) == refused

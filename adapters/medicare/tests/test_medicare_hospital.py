"""Medicare Part A second: what the codes of an 837I say, and what they may not say. Nouns only, no X12."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.account import Account
from nextpayer.claim import Claim, ClaimKind, HealthCode, OtherPayer
from nextpayer.finding import Severity
from nextpayer.policy import MedicareEntitlement, Policy
from nextpayer.remittance import Adjudication, Adjustment, LineAdjudication
from nextpayer.scrub import scrub
from nextpayer.testing.accounts import account, policy
from nextpayer_medicare import Medicare

TODAY = dt.date(2025, 3, 1)
DECIDED = dt.date(2025, 2, 5)
CO, PR = "CO", "PR"


def plan(id: str = "ACME1", place: str = "P", **more: object) -> Policy:
    return policy(id, place, "CI", basis="active", **more)


def part_a(place: str = "S", entitlement: str = "age", **more: object) -> Policy:
    told = MedicareEntitlement(entitlement=entitlement) if entitlement else None
    return policy("00881", place, "MA", member_id="1EG4TE5MK73", medicare=told, **more)


def stay(*policies: Policy) -> Account:
    """A hospital claim of 10,000 on these policies; every one but the last has decided."""
    found = account(*policies, kind=ClaimKind.INSTITUTIONAL, charge="10000.00", paid="7000.00")
    return replace(found, answered=policies[:-1])


def decision(paid: str, *adjustments: tuple[str, str, str], day: dt.date | None = DECIDED) -> Adjudication:
    cas = tuple(Adjustment(group=g, reason=r, amount=Decimal(a)) for g, r, a in adjustments)
    return Adjudication(paid_amount=Decimal(paid), adjustments=cas, date=day)


def to_medicare(found: Account, *decisions: Adjudication) -> Claim:
    """The claim to Medicare with the decisions of the payers ahead, prepared by the adapter."""
    *ahead, last = found.policies
    others = tuple(
        OtherPayer(policy=one, adjudication=told) for one, told in zip(ahead, decisions, strict=True)
    )
    return Medicare().prepare(replace(found.claim, policy=last, other_payers=others), found)


def told(claim: Claim) -> dict[str, str]:
    return {
        f"{code.qualifier}:{code.code}": code.detail[-1] if code.detail else ""
        for group in claim.codes
        for code in group
    }


def hi(*codes: str) -> tuple[tuple[HealthCode, ...], ...]:
    """``BE:12:7000`` and ``BH:24:20250205`` as HI segments, one code in each."""
    found = []
    for text in codes:
        qualifier, code, *rest = text.split(":")
        detail = {"BE": ("", "", *rest), "BH": ("D8", *rest), "BG": ()}[qualifier]
        found.append((HealthCode(qualifier=qualifier, code=code, detail=detail),))
    return tuple(found)


def ids(claim: Claim) -> list[str]:
    return [finding.id for finding in scrub(claim, Medicare().edits())]


def test_a_denial_line_by_line_has_its_day_too() -> None:
    """The day of an outpatient decision stands on its lines (2430 DTP*573), not on the claim."""
    lines = (
        LineAdjudication(line=1, paid_amount=Decimal("0.00"), date=dt.date(2025, 2, 4)),
        LineAdjudication(line=1, paid_amount=Decimal("0.00"), date=DECIDED),
    )
    denied = Adjudication(paid_amount=Decimal("0.00"), lines=lines)
    made = to_medicare(stay(plan(), part_a()), denied)
    assert told(made) == {"BE:12": "0", "BH:24": "20250205"}


def test_two_plans_of_one_type_are_one_amount() -> None:
    """A value code stands once; Medicare pays after both (Noridian on tertiary claims)."""
    found = stay(plan(), plan("SPOUSE1", "S"), part_a("T"))
    made = to_medicare(
        found, decision("7000.00", (CO, "45", "2000.00")), decision("600.00", ("OA", "23", "9000.00"))
    )
    assert told(made) == {"BE:12": "7600", "BE:44": "8000"}
    assert ids(made) == []


def test_two_types_ahead_have_a_value_code_each() -> None:
    """FCSO: a working beneficiary in a car accident has two payers before Medicare."""
    found = stay(policy("CAR1", "P", "AM", kind="auto"), plan("ACME1", "S"), part_a("T"))
    made = to_medicare(
        found, decision("5000.00", (PR, "119", "5000.00")), decision("3000.00", ("OA", "23", "5000.00"))
    )
    assert told(made) == {"BE:14": "5000", "BE:12": "3000"}


def test_what_two_plans_paid_together_may_be_all_that_the_provider_must_accept() -> None:
    found = stay(plan(), plan("SPOUSE1", "S"), part_a("T"))
    made = to_medicare(
        found, decision("7000.00", (CO, "45", "2000.00")), decision("1000.00", ("OA", "23", "9000.00"))
    )
    assert told(made) == {"BE:12": "8000", "BG:77": ""}


def test_a_second_payer_ahead_whose_reason_is_unknown_holds_the_claim() -> None:
    found = stay(plan(), policy("OLD1", "S", "CI", basis="retired"), part_a("T"))
    said = [one.id for one in Medicare().objections(found, found.policies[-1], TODAY)]
    assert said == ["NP-MCR-REASON-MISSING"]


def test_workers_compensation_says_that_the_condition_is_employment_related() -> None:
    found = stay(policy("WC1", "P", "WC", kind="workers_comp"), part_a())
    made = to_medicare(found, decision("9000.00", (PR, "2", "1000.00")))
    assert told(made) == {"BE:15": "9000", "BG:02": ""}


CLEAN = ("BE:12:7000", "BE:44:8000")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (CLEAN, []),
        (("BE:12:6500", "BE:44:8000"), []),  # part of it for what Medicare does not cover
        (("BE:12:7000.01",), ["NP-MCR-VALUE-AMOUNT"]),
        (("BE:12:7000", "BE:14:500", "BH:02:20250109"), ["NP-MCR-VALUE-AMOUNT"]),
        (("BE:12:0", "BH:24:20250205"), ["NP-MCR-VALUE-AMOUNT"]),
        (("BE:80:3",), ["NP-MCR-VALUE-CODE"]),
        (("BE:80:3", "BH:02:20250109"), ["NP-MCR-VALUE-CODE", "NP-MCR-ACCIDENT"]),
        (("BE:14:7000",), ["NP-MCR-OCCURRENCE"]),
        (("BE:14:7000", "BH:03:20250109"), []),
        (("BE:15:7000", "BH:04:20250109"), ["NP-MCR-OCCURRENCE"]),
        (("BE:15:7000", "BH:04:20250109", "BG:02"), []),
        (("BE:13:7000", "BG:06"), ["NP-MCR-OCCURRENCE"]),
        (("BE:13:7000", "BG:06", "BH:33:20240301"), []),
        (("BE:12:7000", "BG:09"), ["NP-MCR-EMPLOYMENT"]),
        (("BE:43:7000", "BG:29"), ["NP-MCR-EMPLOYMENT"]),
        (("BE:43:7000", "BG:09"), []),
    ],
)
def test_the_codes_must_agree_with_the_decision_and_with_each_other(
    codes: tuple[str, ...], expected: list[str]
) -> None:
    found = stay(plan(), part_a())
    claim = to_medicare(found, decision("7000.00", (CO, "45", "2000.00"), (PR, "2", "1000.00")))
    assert ids(replace(claim, codes=hi(*codes))) == expected


def test_the_difference_is_told_with_both_sides() -> None:
    claim = to_medicare(stay(plan(), part_a()), decision("7000.00", (PR, "2", "3000.00")))
    found = scrub(replace(claim, codes=hi("BE:12:7250")), Medicare().edits())
    assert "7250.00" in found[0].message
    assert "differ by 250.00" in found[0].message


@pytest.mark.parametrize(("codes", "expected"), [(CLEAN[:1], ["NP-MCR-VALUE-PRIMARY"]), (("BE:80:3",), [])])
def test_medicare_that_is_primary_has_no_value_code_that_denies_it(
    codes: tuple[str, ...], expected: list[str]
) -> None:
    first = part_a("P")
    claim = stay(first, plan("SUPP1", "S")).claim
    assert ids(replace(claim, codes=hi(*codes))) == expected


def test_an_accident_insurer_that_has_not_answered_has_not_denied() -> None:
    """Palmetto, MSP tips: after 120 days the value code is 0 with the accident, and without occurrence 24."""
    found = stay(policy("CAR1", "P", "AM", kind="auto"), part_a())
    claim = replace(
        found.claim,
        policy=found.policies[1],
        other_payers=(OtherPayer(policy=found.policies[0]),),
        codes=hi("BE:14:0", "BH:02:20250109"),
    )
    assert ids(claim) == []


@pytest.mark.parametrize(
    ("frequency", "codes", "expected"),
    [
        ("7", ("BG:D9",), []),
        ("7", ("BG:E0", "BG:77"), []),
        ("8", ("BG:D5",), []),
        ("7", (), ["NP-MCR-CHANGE-REASON"]),
        ("7", ("BG:D6",), ["NP-MCR-CHANGE-REASON"]),
        ("8", ("BG:D1",), ["NP-MCR-CHANGE-REASON"]),
        ("7", ("BG:D1", "BG:D9"), ["NP-MCR-CHANGE-REASON"]),
        ("1", (), []),
    ],
)
def test_a_replacement_or_void_says_why_once(
    frequency: str, codes: tuple[str, ...], expected: list[str]
) -> None:
    claim = stay(part_a("P"), plan("SUPP1", "S")).claim
    assert ids(replace(claim, frequency=frequency, codes=hi(*codes))) == expected


KINDS = {
    "plan": "",
    "accident": "auto",
    "liability": "liability",
    "work": "workers_comp",
    "lung": "black_lung",
}


@given(
    st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3),
    st.lists(st.integers(0, 300_000), min_size=3, max_size=3),
    st.integers(0, 900_000),
)
def test_what_the_adapter_says_is_what_was_paid_whoever_is_ahead(
    kinds: list[str], cents: list[int], reduced: int
) -> None:
    """For any payers ahead: the MSP value codes add up to the payments, each code stands once, code 44 lies
    between the payments and the charge and never beside 77, and the adapter's own edits reject nothing."""
    ahead = tuple(
        policy(f"P{n}", "PSTA"[n], "CI", basis="active", kind=KINDS[kind]) for n, kind in enumerate(kinds)
    )
    found = stay(*ahead, part_a("PSTA"[len(ahead)]))
    paid = [Decimal(one) / 100 for one in cents[: len(ahead)]]
    taken = (CO, "45", f"{Decimal(reduced) / 100:.2f}")
    told_by = [decision(f"{one:.2f}", *([taken] if n == 0 else [])) for n, one in enumerate(paid)]
    made = to_medicare(found, *told_by)
    codes = [(code.qualifier, code.code) for group in made.codes for code in group]
    assert len(set(codes)) == len(codes)
    said = told(made)
    values = {code: Decimal(amount) for code, amount in said.items() if code.startswith("BE:")}
    obligated = values.pop("BE:44", None)
    assert sum(values.values()) == sum(paid)
    if obligated is not None:
        assert sum(paid) < obligated < found.claim.charge_amount
        assert "BG:77" not in said
    assert ("BH:24" in said) == (not sum(paid))
    rejects = [one for one in scrub(made, Medicare().edits()) if one.severity is Severity.REJECT]
    assert rejects == []

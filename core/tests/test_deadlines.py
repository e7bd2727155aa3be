"""Deadlines: the boundary day of every rule, leap years, weekends where the source says so, packs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.claim import ClaimKind
from nextpayer.deadlines import (
    CONTROVERSY,
    RULES,
    Base,
    Calendar,
    Days,
    LastDay,
    Step,
    add_business_days,
    add_months,
    add_years,
    federal_holidays,
    is_business_day,
    last_days,
    minimum,
)
from nextpayer.errors import InvalidNoun, ProfileError
from nextpayer.profile import AppealLevel, Profile
from nextpayer.wire.profile import load_profile


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


#: rule | the day it counts from | its last day. One row or more for every rule.
BOUNDARIES = """
MCR-FILE-PROFESSIONAL      | 2025-03-10 | 2026-03-10
MCR-FILE-PROFESSIONAL      | 2024-02-29 | 2025-02-28
MCR-FILE-PROFESSIONAL      | 2023-02-28 | 2024-02-28
MCR-FILE-INSTITUTIONAL     | 2025-03-10 | 2026-03-10
MCD-FILE-FEDERAL           | 2025-03-31 | 2026-03-31
MCD-FILE-AFTER-MEDICARE    | 2025-08-31 | 2026-02-28
MCD-FILE-AFTER-MEDICARE    | 2023-08-31 | 2024-02-29
TRICARE-FILE-PROFESSIONAL  | 2025-03-10 | 2026-03-10
TRICARE-FILE-INSTITUTIONAL | 2024-02-29 | 2025-02-28
CHAMPVA-FILE               | 2025-03-10 | 2026-03-10
MCR-REOPEN                 | 2025-03-10 | 2026-03-10
MCR-REOPEN-GOOD-CAUSE      | 2024-02-29 | 2028-02-29
MCR-APPEAL-1               | 2026-01-02 | 2026-05-07
MCR-APPEAL-2               | 2026-01-02 | 2026-07-06
MCR-APPEAL-3               | 2026-01-02 | 2026-03-08
MCR-APPEAL-4               | 2026-01-02 | 2026-03-08
MCR-APPEAL-5               | 2026-01-02 | 2026-03-08
MCR-APPEAL-1               | 2024-01-02 | 2024-05-06
ERISA-APPEAL               | 2026-01-02 | 2026-07-01
EXTERNAL-REVIEW            | 2026-01-02 | 2026-05-04
EXTERNAL-REVIEW            | 2025-10-30 | 2026-03-02
EXTERNAL-REVIEW            | 2026-02-20 | 2026-06-22
EXTERNAL-REVIEW            | 2026-01-05 | 2026-05-05
EXTERNAL-REVIEW            | 2026-03-03 | 2026-07-06
MCO-APPEAL                 | 2026-01-02 | 2026-03-03
MCO-HEARING                | 2026-01-02 | 2026-05-02
MCD-HEARING                | 2026-01-02 | 2026-04-02
TRICARE-APPEAL-1           | 2026-01-02 | 2026-04-02
TRICARE-APPEAL-1           | 2024-01-02 | 2024-04-01
TRICARE-APPEAL-2           | 2026-01-02 | 2026-03-03
TRICARE-APPEAL-3           | 2026-01-02 | 2026-03-03
FEHB-APPEAL-1              | 2025-08-31 | 2026-02-28
FEHB-APPEAL-1              | 2023-08-31 | 2024-02-29
FEHB-APPEAL-2              | 2026-01-02 | 2026-04-02
ACKNOWLEDGMENT             | 2026-11-25 | 2026-11-27
ACKNOWLEDGMENT             | 2026-07-02 | 2026-07-06
CLAIM-ACKNOWLEDGMENT       | 2026-11-25 | 2026-12-01
INQUIRE-MEDICARE           | 2026-01-02 | 2026-02-01
INQUIRE                    | 2026-01-02 | 2026-02-01
CROSSOVER-ACT              | 2026-01-02 | 2026-02-01
MCR-REFUND                 | 2026-01-02 | 2026-03-03
"""
ROWS = [[cell.strip() for cell in row.split("|")] for row in BOUNDARIES.strip().splitlines()]
_FIELDS = {
    Base.SERVICE_FROM: "service_from",
    Base.SERVICE_TO: "service_to",
    Base.DECIDED: "decided",
    Base.RECEIVED: "decided",
    Base.PRIMARY_DECIDED: "primary_decided",
    Base.SENT: "sent",
    Base.FORWARDED: "forwarded",
    Base.IDENTIFIED: "identified",
}


def reckoned(id: str, base: dt.date) -> LastDay:
    rule = next(rule for rule in RULES if rule.id == id)
    kind = rule.payers[0] if rule.payers else "commercial"
    claim_kind = rule.kinds[0] if rule.kinds else ClaimKind.PROFESSIONAL
    found = last_days(kind, Days(**{_FIELDS[rule.base]: base}), claim_kind=claim_kind)
    return next(one for one in found.days if one.rule == id)


@pytest.mark.parametrize(("id", "base", "last"), ROWS)
def test_the_last_day_of_a_rule(id: str, base: str, last: str) -> None:
    assert reckoned(id, day(base)).day == day(last)


def test_every_rule_has_a_boundary_and_a_source() -> None:
    assert {row[0] for row in ROWS} == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.source for rule in RULES)


def test_only_the_rule_whose_source_says_so_moves_a_last_day_off_a_weekend() -> None:
    assert {rule.id for rule in RULES if rule.rolls} == {"EXTERNAL-REVIEW"}
    sunday = reckoned("MCR-APPEAL-3", day("2026-01-02")).day
    assert sunday.weekday() == 6


# --- counting ------------------------------------------------------------


def test_the_federal_holidays_of_a_year() -> None:
    """As the Office of Personnel Management lists them."""
    found = " ".join(f"{one:%m-%d}" for one in sorted(federal_holidays(2021)))
    assert found == "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"
    assert day("2020-06-19") not in federal_holidays(2020)
    assert day("2022-01-01") not in federal_holidays(2022)  # observed on the last day of 2021
    assert day("2023-01-02") in federal_holidays(2023)
    assert day("2026-07-03") in federal_holidays(2026)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 400))
def test_business_days_are_counted_one_by_one(start: dt.date, number: int) -> None:
    end = add_business_days(start, number)
    between = [start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(is_business_day, between)) == number
    assert not number or is_business_day(end)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_months_last(start: dt.date, months: int) -> None:
    found = add_months(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found + dt.timedelta(days=1)).day == 1
    assert found <= add_months(start, months, first_of_next=True)


def test_a_leap_day_has_its_anniversary_on_the_twenty_eighth() -> None:
    assert add_years(day("2024-02-29"), 1) == day("2025-02-28")
    assert add_years(day("2024-02-29"), 4) == day("2028-02-29")


# --- which rules apply ---------------------------------------------------


def pack(**terms: Any) -> Profile:
    return Profile(name="acme", payer_ids=("ACME1",), source="manual", effective=day("2020-01-01"), **terms)


def test_both_filing_clocks_are_kept_and_the_earlier_one_counts() -> None:
    days = Days(service_to=day("2026-01-10"), primary_decided=day("2026-02-01"))
    terms = pack(timely_filing_days=365, timely_filing_from="service", secondary_filing_days=90)
    found = last_days("commercial", days, profile=terms)
    assert [(one.day, one.base) for one in found.of(Step.FILE)] == [
        (day("2026-05-02"), Base.PRIMARY_DECIDED),
        (day("2027-01-10"), Base.SERVICE_TO),
    ]
    last = found.last(Step.FILE)
    assert last is not None
    assert last.day == day("2026-05-02")


def test_a_late_primary_payment_moves_no_medicare_filing_limit() -> None:
    days = Days(
        service_from=day("2025-01-10"), service_to=day("2025-01-12"), primary_decided=day("2026-03-01")
    )
    last = last_days("medicare", days).last(Step.FILE)
    assert last is not None
    assert last.day == day("2026-01-10")


def test_a_hospitals_medicare_claim_is_counted_from_the_last_day() -> None:
    days = Days(service_from=day("2025-01-10"), service_to=day("2025-01-12"))
    last = last_days("medicare", days, claim_kind=ClaimKind.INSTITUTIONAL).last(Step.FILE)
    assert last is not None
    assert last.day == day("2026-01-12")


def names(found: Calendar) -> set[str]:
    return {finding.where for finding in found.unknown}


def test_a_contract_nobody_has_told_of_gives_no_deadline_but_says_where_to_look() -> None:
    everything = Days(**dict.fromkeys(_FIELDS.values(), day("2026-01-02")))
    found = last_days("commercial", everything)
    assert not found.of(Step.FILE)
    assert not found.of(Step.CORRECT)
    assert {"file", "correct", "refund"} <= names(found)
    assert last_days("", everything).last(Step.APPEAL) is None
    assert "appeal" in names(last_days("", everything))


def test_a_federal_outer_limit_is_told_and_never_taken_for_safe() -> None:
    found = last_days("medicaid", Days(service_from=day("2026-01-02")))
    assert [one.safe for one in found.of(Step.FILE)] == [False]
    assert found.last(Step.FILE) is None
    assert "file" in names(found)


def test_a_receipt_that_is_known_takes_the_place_of_the_presumed_one() -> None:
    days = Days(decided=day("2026-01-02"), received=day("2026-01-20"))
    last = last_days("medicare", days).last(Step.APPEAL, 1)
    assert last is not None
    assert (last.day, last.base_day) == (day("2026-05-20"), day("2026-01-20"))


def test_a_packs_appeals_are_levels_in_its_order_and_come_before_conditional_ones() -> None:
    terms = pack(
        appeals=(
            AppealLevel(name="Dispute", days=90),
            AppealLevel(name="Second review", days=30, counted_from="receipt", business_days=True),
        )
    )
    found = last_days("commercial", Days(decided=day("2026-01-02")), profile=terms)
    assert [(one.level, one.name, one.day) for one in found.of(Step.APPEAL) if not one.condition] == [
        (2, "Second review", day("2026-02-17")),
        (1, "Dispute", day("2026-04-02")),
    ]
    last = found.last(Step.APPEAL, 1)
    assert last is not None
    assert last.name == "Dispute"


def test_a_packs_day_to_look_again_takes_the_place_of_our_advice() -> None:
    days = Days(sent=day("2026-01-02"), forwarded=day("2026-01-02"))
    found = last_days(
        "commercial", days, profile=pack(inquiry_days=45, acknowledgment_days=2, crossover_wait_days=20)
    )
    assert [one.day for one in found.of(Step.INQUIRE)] == [day("2026-02-16")]
    assert [one.day for one in found.of(Step.CROSSOVER)] == [day("2026-01-22")]
    assert [(one.name, one.day) for one in found.of(Step.ACKNOWLEDGMENT)] == [
        ("999 or TA1", day("2026-01-05")),
        ("277CA", day("2026-01-06")),
    ]


_SOME_DAY = st.dates(dt.date(2010, 1, 1), dt.date(2060, 1, 1))


@given(
    st.sampled_from(["medicare", "medicaid", "commercial", "tricare", "medicaid_managed", "other", ""]),
    st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(set(_FIELDS.values())), _SOME_DAY)),
    st.sampled_from(ClaimKind),
)  # fmt: skip
def test_no_last_day_is_before_what_it_is_counted_from_and_none_without_it(
    kind: str, days: dict[str, dt.date], claim_kind: ClaimKind
) -> None:
    found = last_days(kind, Days(**days), claim_kind=claim_kind)
    for one in found.days:
        assert one.day > one.base_day
        assert one.source
        assert _FIELDS[one.base] in days
    assert list(found.days) == sorted(found.days, key=lambda one: (one.day, one.step, one.level, one.rule))


# --- amounts in controversy ----------------------------------------------


@pytest.mark.parametrize(
    ("level", "on", "least"),
    [
        (3, "2025-12-31", "190.00"), (3, "2026-01-01", "200.00"), (5, "2025-12-31", "1900.00"),
        (5, "2026-01-01", "1960.00"), (1, "2031-01-01", "0.00"), (4, "2026-05-05", "0.00"),
    ],
)  # fmt: skip
def test_the_least_amount_in_controversy(level: int, on: str, least: str) -> None:
    assert minimum(level, day(on)) == Decimal(least)


def test_a_year_whose_amounts_are_not_known_is_refused_and_not_guessed() -> None:
    assert max(CONTROVERSY) == 2026
    assert minimum(3, day("2027-01-01")) is None
    assert minimum(5, day("2019-06-01")) is None


# --- packs ---------------------------------------------------------------

PACK = {
    "payer": {"ids": ["ACME1"]},
    "filing": {"corrected_days": 180, "corrected_from": "decision", "inquiry_days": 45, "refund_days": 30},
    "appeals": {"levels": [{"name": "Dispute", "days": 90, "from": "receipt"}]},
    "sources": {
        "source": "Acme manual 2026",
        "effective": "2026-01-01",
        "keys": {"appeals.levels": "Acme contract, article 7"},
    },
}


def test_a_pack_says_the_payers_own_limits_with_their_sources() -> None:
    profile = load_profile(PACK)
    days = Days(decided=day("2026-01-02"), identified=day("2026-01-02"))
    found = last_days("commercial", days, profile=profile)
    corrected, refund = found.last(Step.CORRECT), found.last(Step.REFUND)
    appeal = found.last(Step.APPEAL, 1)
    assert corrected is not None
    assert refund is not None
    assert appeal is not None
    assert (corrected.day, corrected.source) == (day("2026-07-01"), "Acme manual 2026")
    assert (appeal.day, appeal.source) == (day("2026-04-02"), "Acme contract, article 7")
    assert refund.day == day("2026-02-01")


@pytest.mark.parametrize(
    ("table", "content", "path"),
    [
        ("filing", {"corrected_days": 180}, "filing.corrected_from"),
        ("filing", {"corrected_from": "decision"}, "filing.corrected_days"),
        ("filing", {"inquiry_days": 0}, "filing.inquiry_days"),
        ("appeals", {"levels": [{"name": "Dispute"}]}, "appeals.levels"),
        ("appeals", {"levels": [{"name": "Dispute", "days": 5, "from": "service"}]}, "appeals.levels"),
        ("appeals", {"level": []}, "appeals.level"),
    ],
)
def test_half_a_limit_is_refused_by_its_path(table: str, content: dict[str, Any], path: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile({**PACK, "sources": {**PACK["sources"], "keys": {}}, table: content})
    assert path in str(caught.value)


def test_a_level_of_appeal_needs_a_name_and_days() -> None:
    with pytest.raises(InvalidNoun):
        AppealLevel(name="", days=30)
    with pytest.raises(InvalidNoun):
        AppealLevel(name="Dispute", days=30, counted_from="service")

"""The rules that set last days, as data: which step, of which payers, counted from what, and who says so.

Only what a law or a programme says for everybody is here. What a contract says comes from payer packs, and
where neither says anything there is no deadline: ``reckon`` then says where to look.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from nextpayer.claim import ClaimKind

__all__ = ["CONTROVERSY", "LEVELS", "RULES", "Base", "Controversy", "DeadlineRule", "Step", "Unit", "minimum"]


class Step(StrEnum):
    """What has a last day."""

    FILE = "file"
    CORRECT = "correct"
    REOPEN = "reopen"
    APPEAL = "appeal"
    EXTERNAL_REVIEW = "external_review"
    ACKNOWLEDGMENT = "acknowledgment"
    INQUIRE = "inquire"
    CROSSOVER = "crossover"
    REFUND = "refund"


class Base(StrEnum):
    """The day a rule counts from."""

    SERVICE_FROM = "first day of service"
    SERVICE_TO = "last day of service"
    DECIDED = "this payer's decision"
    RECEIVED = "receipt of this payer's decision"
    PRIMARY_DECIDED = "the earlier payer's decision"
    SENT = "the day the claim was sent"
    FORWARDED = "the decision of the payer that sent it on"
    IDENTIFIED = "the day the overpayment was identified"


class Unit(StrEnum):
    """What is counted."""

    DAYS = "calendar days"
    BUSINESS_DAYS = "business days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """One rule. ``payers`` are kinds of payer (empty: every payer), ``kinds`` of claim.

    ``presumed`` are days after the decision on which its receipt is presumed, where nobody knows the day.
    ``rolls`` says that a last day on a weekend or federal holiday moves on, ``first_of_next`` that a missing
    day of a month becomes the next month's first: only where the source says so. ``ceiling`` marks an outer
    limit within which a state may set a shorter one. ``condition`` is when the rule applies, if not always.
    """

    id: str
    step: Step
    payers: tuple[str, ...]
    base: Base
    count: int
    unit: Unit
    source: str
    level: int = 0
    name: str = ""
    kinds: tuple[ClaimKind, ...] = ()
    presumed: int = 0
    rolls: bool = False
    first_of_next: bool = False
    ceiling: bool = False
    advice: bool = False
    condition: str = ""


_INSTITUTIONAL = (ClaimKind.INSTITUTIONAL,)
_OTHERS = (ClaimKind.PROFESSIONAL, ClaimKind.DENTAL)
_FFS = ("medicare",)
_PLANS = ("commercial", "marketplace", "other")
_ERISA = "an employer's plan under ERISA, for the member or with the member's authorization"

_TRICARE = "32 CFR 199.10; tricare.mil, factual appeals: postmarked by that day"
_TRICARE_PARTY = "a participating provider outside the network, or one whom the patient has appointed"
_FEHB_PARTY = "for the covered individual, with that person's specific written consent (890.105(a)(2))"

#: Who decides an appeal in original Medicare, by level.
LEVELS = {
    1: "Redetermination (MAC)", 2: "Reconsideration (QIC)", 3: "Hearing (OMHA)",
    4: "Review (Medicare Appeals Council)", 5: "Judicial review (US district court)",
}  # fmt: skip

RULES: tuple[DeadlineRule, ...] = (
    DeadlineRule(
        id="MCR-FILE-PROFESSIONAL", step=Step.FILE, payers=_FFS, kinds=_OTHERS, base=Base.SERVICE_FROM, count=1,
        unit=Unit.YEARS, source="42 CFR 424.44(a)(1); Medicare Claims Processing Manual ch. 1 sec. 70",
    ),
    DeadlineRule(
        id="MCR-FILE-INSTITUTIONAL", step=Step.FILE, payers=_FFS, kinds=_INSTITUTIONAL, base=Base.SERVICE_TO,
        count=1, unit=Unit.YEARS, source="42 CFR 424.44(a)(1); Medicare Claims Processing Manual ch. 1 sec. 70",
    ),
    DeadlineRule(
        id="MCD-FILE-FEDERAL", step=Step.FILE, payers=("medicaid",), base=Base.SERVICE_FROM, count=12,
        unit=Unit.MONTHS, ceiling=True, source="42 CFR 447.45(d)(1)",
        condition="the state may set less: look in its manual",
    ),
    DeadlineRule(
        id="MCD-FILE-AFTER-MEDICARE", step=Step.FILE, payers=("medicaid",), base=Base.PRIMARY_DECIDED, count=6,
        unit=Unit.MONTHS, ceiling=True, source="42 CFR 447.45(d)(4)(ii)",
        condition="Medicare came first and was filed in time; the state may pay then, and may set less",
    ),
    DeadlineRule(
        id="TRICARE-FILE-PROFESSIONAL", step=Step.FILE, payers=("tricare",), kinds=_OTHERS, base=Base.SERVICE_FROM,
        count=1, unit=Unit.YEARS, source="10 USC 1106(b)",
    ),
    DeadlineRule(
        id="TRICARE-FILE-INSTITUTIONAL", step=Step.FILE, payers=("tricare",), kinds=_INSTITUTIONAL,
        base=Base.SERVICE_TO, count=1, unit=Unit.YEARS, source="10 USC 1106(b); 32 CFR 199.7(d)",
    ),
    DeadlineRule(
        id="CHAMPVA-FILE", step=Step.FILE, payers=("champva",), base=Base.SERVICE_TO, count=1, unit=Unit.YEARS,
        source="38 CFR 17.275(a)",
    ),
    DeadlineRule(
        id="MCR-REOPEN", step=Step.REOPEN, payers=_FFS, base=Base.DECIDED, count=1, unit=Unit.YEARS,
        name="Reopening for any reason, clerical errors among them", source="42 CFR 405.980(c)(1), (a)(3)",
    ),
    DeadlineRule(
        id="MCR-REOPEN-GOOD-CAUSE", step=Step.REOPEN, payers=_FFS, base=Base.DECIDED, count=4, unit=Unit.YEARS,
        name="Reopening for good cause", source="42 CFR 405.980(c)(2)", condition="good cause (42 CFR 405.986)",
    ),
    DeadlineRule(
        id="MCR-APPEAL-1", step=Step.APPEAL, payers=_FFS, level=1, name=LEVELS[1], base=Base.RECEIVED, presumed=5,
        count=120, unit=Unit.DAYS, source="42 CFR 405.942(a)",
    ),
    DeadlineRule(
        id="MCR-APPEAL-2", step=Step.APPEAL, payers=_FFS, level=2, name=LEVELS[2], base=Base.RECEIVED, presumed=5,
        count=180, unit=Unit.DAYS, source="42 CFR 405.962(a)",
    ),
    DeadlineRule(
        id="MCR-APPEAL-3", step=Step.APPEAL, payers=_FFS, level=3, name=LEVELS[3], base=Base.RECEIVED, presumed=5,
        count=60, unit=Unit.DAYS, source="42 CFR 405.1002(a)",
    ),
    DeadlineRule(
        id="MCR-APPEAL-4", step=Step.APPEAL, payers=_FFS, level=4, name=LEVELS[4], base=Base.RECEIVED, presumed=5,
        count=60, unit=Unit.DAYS, source="42 CFR 405.1102(a)",
    ),
    DeadlineRule(
        id="MCR-APPEAL-5", step=Step.APPEAL, payers=_FFS, level=5, name=LEVELS[5], base=Base.RECEIVED, presumed=5,
        count=60, unit=Unit.DAYS, source="42 CFR 405.1130, 405.1136(c)",
    ),
    DeadlineRule(
        id="ERISA-APPEAL", step=Step.APPEAL, payers=_PLANS, level=1, name="Appeal to the plan", base=Base.RECEIVED,
        count=180, unit=Unit.DAYS, source="29 CFR 2560.503-1(h)(3)(i)", condition=_ERISA,
    ),
    DeadlineRule(
        id="EXTERNAL-REVIEW", step=Step.EXTERNAL_REVIEW, payers=_PLANS, name="External review", base=Base.RECEIVED,
        count=4, unit=Unit.MONTHS, rolls=True, first_of_next=True, source="45 CFR 147.136(d)(2)(i)",
        condition="a plan under the federal process, after its final decision, on a matter of medical judgment",
    ),
    DeadlineRule(
        id="MCO-APPEAL", step=Step.APPEAL, payers=("medicaid_managed",), level=1, name="Appeal to the plan",
        base=Base.DECIDED, count=60, unit=Unit.DAYS, source="42 CFR 438.402(c)(2)(ii)",
        condition="for the member, or with the member's written consent",
    ),
    DeadlineRule(
        id="MCO-HEARING", step=Step.APPEAL, payers=("medicaid_managed",), level=2, name="State fair hearing",
        base=Base.DECIDED, count=120, unit=Unit.DAYS, source="42 CFR 438.408(f)(2)",
        condition="for the member, or with the member's written consent",
    ),
    DeadlineRule(
        id="MCD-HEARING", step=Step.APPEAL, payers=("medicaid",), level=1, name="State fair hearing",
        base=Base.DECIDED, count=90, unit=Unit.DAYS, ceiling=True, source="42 CFR 431.221(d)",
        condition="for the member; the state may set less",
    ),
    DeadlineRule(
        id="TRICARE-APPEAL-1", step=Step.APPEAL, payers=("tricare",), level=1, name="Reconsideration (contractor)",
        base=Base.DECIDED, count=90, unit=Unit.DAYS, source=_TRICARE, condition=_TRICARE_PARTY,
    ),
    DeadlineRule(
        id="TRICARE-APPEAL-2", step=Step.APPEAL, payers=("tricare",), level=2,
        name="Formal review (Defense Health Agency)", base=Base.DECIDED, count=60, unit=Unit.DAYS, source=_TRICARE,
        condition=f"$50 or more in dispute; {_TRICARE_PARTY}",
    ),
    DeadlineRule(
        id="TRICARE-APPEAL-3", step=Step.APPEAL, payers=("tricare",), level=3, name="Independent hearing",
        base=Base.DECIDED, count=60, unit=Unit.DAYS, source=_TRICARE,
        condition=f"$300 or more in dispute; {_TRICARE_PARTY}",
    ),
    DeadlineRule(
        id="FEHB-APPEAL-1", step=Step.APPEAL, payers=("fehb",), level=1, name="Reconsideration by the plan",
        base=Base.DECIDED, count=6, unit=Unit.MONTHS, source="5 CFR 890.105(b)(1)", condition=_FEHB_PARTY,
    ),
    DeadlineRule(
        id="FEHB-APPEAL-2", step=Step.APPEAL, payers=("fehb",), level=2,
        name="Review by the Office of Personnel Management", base=Base.DECIDED, count=90, unit=Unit.DAYS,
        source="5 CFR 890.105(e), as fedweek.com tells it", condition=_FEHB_PARTY,
    ),
    DeadlineRule(
        id="ACKNOWLEDGMENT", step=Step.ACKNOWLEDGMENT, payers=(), base=Base.SENT, count=1, unit=Unit.BUSINESS_DAYS,
        advice=True, source="practice: a 999 within a business day", name="999 or TA1",
    ),
    DeadlineRule(
        id="CLAIM-ACKNOWLEDGMENT", step=Step.ACKNOWLEDGMENT, payers=(), base=Base.SENT, count=3,
        unit=Unit.BUSINESS_DAYS, advice=True, source="practice: a 277CA within two or three days", name="277CA",
    ),
    DeadlineRule(
        id="INQUIRE-MEDICARE", step=Step.INQUIRE, payers=_FFS, base=Base.SENT, count=30, unit=Unit.DAYS, advice=True,
        source="42 USC 1395u(c)(2): a clean claim is paid within 30 days", name="claim status inquiry (276)",
    ),
    DeadlineRule(
        id="INQUIRE", step=Step.INQUIRE, payers=("commercial", "medicaid", "medicaid_managed", "marketplace", "other"),
        base=Base.SENT, count=30, unit=Unit.DAYS, advice=True, name="claim status inquiry (276)",
        source="practice: prompt payment of clean claims within 30 days in most states",
    ),
    DeadlineRule(
        id="CROSSOVER-ACT", step=Step.CROSSOVER, payers=(), base=Base.FORWARDED, count=30, unit=Unit.DAYS, advice=True,
        source="CMS MLN SE0909: about 15 working days; act at 30 days", name="look for the crossover's answer",
    ),
    DeadlineRule(
        id="MCR-REFUND", step=Step.REFUND, payers=("medicare", "medicare_advantage", "medicaid", "medicaid_managed"),
        base=Base.IDENTIFIED, count=60, unit=Unit.DAYS, source="42 USC 1320a-7k(d)(2); 42 CFR 401.305(b)",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Controversy:
    """The least amount in controversy for the levels of original Medicare that have one, in dollars, for
    requests filed in a calendar year."""

    year: int
    hearing: Decimal
    court: Decimal
    source: str


#: By year. A year that is not here is not known: nothing is carried over from the year before.
CONTROVERSY = {
    one.year: one
    for one in (
        Controversy(year=2016, hearing=Decimal("150.00"), court=Decimal("1500.00"), source="80 FR 57827"),
        Controversy(year=2017, hearing=Decimal("160.00"), court=Decimal("1560.00"), source="81 FR 65651"),
        Controversy(year=2018, hearing=Decimal("160.00"), court=Decimal("1600.00"), source="82 FR 45592"),
        Controversy(year=2025, hearing=Decimal("190.00"), court=Decimal("1900.00"), source="89 FR 79294"),
        Controversy(year=2026, hearing=Decimal("200.00"), court=Decimal("1960.00"), source="90 FR 55869"),
    )
}
_HEARING, _COURT = 3, 5


def minimum(level: int, day: dt.date) -> Decimal | None:
    """The least amount in controversy for an appeal of original Medicare requested on the day.

    Zero for the levels without one; None for a year whose amounts are not known.
    """
    if level not in (_HEARING, _COURT):
        return Decimal("0.00")
    known = CONTROVERSY.get(day.year)
    if known is None:
        return None
    return known.hearing if level == _HEARING else known.court

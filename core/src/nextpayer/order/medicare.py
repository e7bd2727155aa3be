"""Medicare Secondary Payer: which plan pays before Medicare, and why (42 U.S.C. 1395y(b), 42 CFR 411 B to H).

Federal law stands above state law and plan wording (42 CFR 411.32(a)(1)). The rules below ask three things:
by what the patient is entitled (age, disability, kidney disease), whose current employment the plan rests
on, and how large the employer is. Each row is one line of the domain's table; the predicates above it read
like the row. Medicare Advantage takes Medicare's place (42 CFR 422.108).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from nextpayer.policy import Policy

from .case import NEVER, Case, UnknownFact
from .people import holder
from .rule import MEDICARE, PLANS, Exclusion, OrderRule, Phase, Test

__all__ = ["COORDINATION_MONTHS", "EXCLUSIONS", "RULES"]

#: Months in which a group plan pays before Medicare for a person with kidney disease, counted from the first
#: month of eligibility (42 CFR 411.162(b), (c); 30 since the Balanced Budget Act of 1997, sec. 4631(b)).
COORDINATION_MONTHS = 30
_AGED = 20  # employees: 42 CFR 411.172(a)
_LARGE = 100  # employees: 42 CFR 411.101, 411.204
_FEDERAL_EMPLOYER = (100, "5 U.S.C. 8901 ff: the employer is the federal government")


def _medicare(case: Case, medicare: Policy, path: str, **how: Any) -> Any:
    """A fact of the patient's entitlement, from whichever Medicare policy states it. Raises UnknownFact."""
    told = _told_of_medicare(case, medicare, path)
    return case.know(medicare, path, **how) if told is None else told


def _told_of_medicare(case: Case, medicare: Policy, path: str) -> Any:
    """The fact where a policy in force states it, None where none does. Entitlement is the patient's, not a
    policy's: another Medicare policy may tell it, and so may any other entry. Entries that contradict each
    other leave it to be asked. Raises UnknownFact."""
    in_force = sorted(case.coverage.in_force(case.on), key=lambda policy: policy.id)
    told = {case.told(policy, path) for policy in in_force} - {None}
    if len(told) > 1:
        raise UnknownFact(medicare.id, path)
    return told.pop() if told else None


def _entitled_by(case: Case, medicare: Policy, reason: str) -> bool:
    return bool(_medicare(case, medicare, "medicare.entitlement") == reason)


def _is_group(case: Case, plan: Policy) -> bool:
    """Whether an employer or union stands behind the plan: individual cover is no group health plan."""
    if plan.payer.kind == "marketplace":
        return False
    basis = case.know(plan, "basis")
    if basis == "none":
        return bool(case.know(plan, "employer.size"))
    return basis not in ("individual", "student")


def _working(case: Case, plan: Policy) -> bool:
    """Whether the plan rests on somebody's current employment status (42 CFR 411.104)."""
    return plan.payer.kind != "marketplace" and case.know(plan, "basis") == "active"


def _employs(case: Case, plan: Policy, threshold: int) -> bool:
    """Whether the employer, or one employer of a multi-employer plan, has so many employees."""
    if plan.payer.kind == "fehb":
        return bool(case.know(plan, "employer.size", _FEDERAL_EMPLOYER) >= threshold)
    if case.know(plan, "employer.size") >= threshold:
        return True
    return bool(
        case.know(plan, "employer.multi_employer") and case.know(plan, "employer.largest_size") >= threshold
    )


def _excepted(case: Case, plan: Policy) -> bool:
    """A small employer of a multi-employer plan that CMS excepted at the plan's request."""
    return bool(
        case.know(plan, "employer.multi_employer")
        and case.know(plan, "employer.small_employer_exception")
        and case.know(plan, "employer.size") < _AGED
    )


def _month(case: Case, medicare: Policy) -> int:
    """The month of eligibility by kidney disease in which the day of service lies, from 1; 0 before it and
    without the disease."""
    strict = _entitled_by(case, medicare, "esrd")
    begins: dt.date = _medicare(case, medicare, "medicare.esrd_eligible_from", strict=strict)
    if begins == NEVER or case.on < begins.replace(day=1):
        return 0
    return _months(case.on) - _months(begins) + 1


def _in_coordination_period(case: Case, medicare: Policy) -> bool:
    return 1 <= _month(case, medicare) <= COORDINATION_MONTHS


def _kidney_disease(case: Case, medicare: Policy) -> bool:
    return _month(case, medicare) > 0


def _disease_first(case: Case, medicare: Policy) -> bool:
    """Whether the kidney disease made the patient eligible before, or with, age or disability."""
    if _entitled_by(case, medicare, "esrd"):
        return True
    begins: dt.date = _medicare(case, medicare, "medicare.esrd_eligible_from")
    if _entitled_by(case, medicare, "age"):
        # Age 65 is reached the day before the birthday: born on the 1st, entitled a month earlier (SSA,
        # Premium-Free Part A Based on Age).
        born: dt.date = case.know(None, "patient.birth_date")
        return _months(begins) <= _months(born) + 65 * 12 - (born.day == 1)
    return _months(begins) <= _months(_medicare(case, medicare, "medicare.part_a"))


def _months(day: dt.date) -> int:
    """Months as a number, to be compared and subtracted."""
    return day.year * 12 + day.month


def _medicare_was_first(case: Case, medicare: Policy) -> bool:
    """Whether Medicare was properly primary when the kidney disease began: then it stays so."""
    if _disease_first(case, medicare):
        return bool(_medicare(case, medicare, "medicare.primary_before_esrd"))
    return bool(_medicare(case, medicare, "medicare.primary_before_esrd", strict=True))


def _lacks_part_a(case: Case, medicare: Policy) -> bool:
    """Whether the patient has Part B only on the day. Where only the day of Part B is told, it is asked."""
    if _told_of_medicare(case, medicare, "medicare.part_b_only") is None:
        begins = _told_of_medicare(case, medicare, "medicare.part_a")
        if begins is not None:
            return bool(begins > case.on)
    only_b = _told_of_medicare(case, medicare, "medicare.part_b") is not None
    return bool(_medicare(case, medicare, "medicare.part_b_only", strict=only_b))


def _no_disease(case: Case, medicare: Policy, reason: str) -> bool:
    return _entitled_by(case, medicare, reason) and not _kidney_disease(case, medicare)


# Plan first.


def _working_aged(case: Case, plan: Policy, medicare: Policy) -> bool:
    return (
        _no_disease(case, medicare, "age")
        and not _lacks_part_a(case, medicare)
        and _working(case, plan)
        and holder(case, plan) in ("self", "spouse")
        and not _excepted(case, plan)
        and case.know(plan, "employer.size", _FEDERAL_EMPLOYER if plan.payer.kind == "fehb" else None)
        >= _AGED
    )


def _working_aged_together(case: Case, plan: Policy, medicare: Policy) -> bool:
    return (
        _no_disease(case, medicare, "age")
        and not _lacks_part_a(case, medicare)
        and plan.payer.kind != "fehb"
        and _working(case, plan)
        and holder(case, plan) in ("self", "spouse")
        and not _excepted(case, plan)
        and case.know(plan, "employer.size") < _AGED
        and _employs(case, plan, _AGED)
    )


def _disabled(case: Case, plan: Policy, medicare: Policy) -> bool:
    return _no_disease(case, medicare, "disability") and _working(case, plan) and _employs(case, plan, _LARGE)


def _kidney_only(case: Case, plan: Policy, medicare: Policy) -> bool:
    return (
        _entitled_by(case, medicare, "esrd")
        and _in_coordination_period(case, medicare)
        and not _medicare_was_first(case, medicare)
        and _is_group(case, plan)
    )


def _kidney_before(case: Case, plan: Policy, medicare: Policy) -> bool:
    return (
        not _entitled_by(case, medicare, "esrd")
        and _in_coordination_period(case, medicare)
        and _disease_first(case, medicare)
        and not _medicare_was_first(case, medicare)
        and _is_group(case, plan)
    )


def _kidney_after(case: Case, plan: Policy, medicare: Policy) -> bool:
    return (
        not _entitled_by(case, medicare, "esrd")
        and _in_coordination_period(case, medicare)
        and not _disease_first(case, medicare)
        and not _medicare_was_first(case, medicare)
        and _is_group(case, plan)
    )


# Medicare first. Each takes the policies in that order.


def _small_employer(case: Case, medicare: Policy, plan: Policy) -> bool:
    return (
        _no_disease(case, medicare, "age")
        and plan.payer.kind != "fehb"
        and _working(case, plan)
        and holder(case, plan) in ("self", "spouse")
        and not _employs(case, plan, _AGED)
    )


def _granted_exception(case: Case, medicare: Policy, plan: Policy) -> bool:
    return _no_disease(case, medicare, "age") and _working(case, plan) and _excepted(case, plan)


def _part_b_only(case: Case, medicare: Policy, plan: Policy) -> bool:
    return _no_disease(case, medicare, "age") and _lacks_part_a(case, medicare)


def _not_own_or_spouse(case: Case, medicare: Policy, plan: Policy) -> bool:
    return (
        _no_disease(case, medicare, "age")
        and _working(case, plan)
        and holder(case, plan) not in ("self", "spouse")
    )


def _not_large(case: Case, medicare: Policy, plan: Policy) -> bool:
    return (
        _no_disease(case, medicare, "disability")
        and _working(case, plan)
        and not _employs(case, plan, _LARGE)
    )


def _period_over(case: Case, medicare: Policy, plan: Policy) -> bool:
    return _entitled_by(case, medicare, "esrd") and _month(case, medicare) > COORDINATION_MONTHS


def _period_over_dual(case: Case, medicare: Policy, plan: Policy) -> bool:
    return not _entitled_by(case, medicare, "esrd") and _month(case, medicare) > COORDINATION_MONTHS


def _stays_first(case: Case, medicare: Policy, plan: Policy) -> bool:
    return _in_coordination_period(case, medicare) and _medicare_was_first(case, medicare)


def _not_working(case: Case, medicare: Policy, plan: Policy) -> bool:
    return (
        not _kidney_disease(case, medicare)
        and plan.payer.kind != "marketplace"
        and case.know(plan, "basis") in ("retired", "laid_off")
    )


def _continuation(case: Case, medicare: Policy, plan: Policy) -> bool:
    return (
        not _kidney_disease(case, medicare)
        and plan.payer.kind != "marketplace"
        and case.know(plan, "basis") == "cobra"
    )


def _individual(case: Case, medicare: Policy, plan: Policy) -> bool:
    return plan.payer.kind == "marketplace" or case.know(plan, "basis") in ("individual", "student")


def _no_employment(case: Case, medicare: Policy, plan: Policy) -> bool:
    """A plan that nobody's work stands behind; in the coordination period only if it is no group's."""
    return (
        plan.payer.kind != "marketplace"
        and case.know(plan, "basis") == "none"
        and not (_in_coordination_period(case, medicare) and _is_group(case, plan))
    )


def _not_eligible_yet(case: Case, medicare: Policy) -> bool:
    begins = case.told(medicare, "medicare.esrd_eligible_from")
    return (
        begins is not None
        and case.told(medicare, "medicare.entitlement") == "esrd"
        and case.on < begins.replace(day=1)
    )


def _plan_first(number: str, title: str, test: Test, source: str, gives: str) -> OrderRule:
    return OrderRule(
        id=f"MSP-{number}",
        title=title,
        phase=Phase.MEDICARE,
        first=PLANS,
        second=MEDICARE,
        test=test,
        source=source,
        gives=gives,
    )


def _medicare_first(
    number: str, title: str, test: Test | None, source: str, second: frozenset[str] = PLANS
) -> OrderRule:
    return OrderRule(
        id=f"MSP-{number}",
        title=title,
        phase=Phase.MEDICARE,
        first=MEDICARE,
        second=second,
        test=test,
        source=source,
    )


RULES = (
    _plan_first(
        "M1",
        "Working aged: a group plan by the patient's or the spouse's current work, 20 or more employees",
        _working_aged,
        "42 U.S.C. 1395y(b)(1)(A); 42 CFR 411.172; Palmetto GBA, Working Aged",
        "12",
    ),
    _medicare_first(
        "M2",
        "Working aged, but the employer has fewer than 20 employees",
        _small_employer,
        "42 CFR 411.172(a)(1); Palmetto GBA, Working Aged",
    ),
    _plan_first(
        "M3",
        "Working aged: a multi-employer plan in which some employer has 20 or more employees",
        _working_aged_together,
        "42 CFR 411.172(a)(2); Palmetto GBA, Working Aged",
        "12",
    ),
    _medicare_first(
        "M3X",
        "Working aged: CMS granted the multi-employer plan the small-employer exception for this person",
        _granted_exception,
        "42 CFR 411.172(b)",
    ),
    _medicare_first(
        "M4",
        "Working aged, but the patient has Part B only",
        _part_b_only,
        "42 CFR 411.172(a): entitled to Part A",
    ),
    _medicare_first(
        "M5",
        "Working aged, but the plan is neither the patient's own nor a spouse's",
        _not_own_or_spouse,
        "42 CFR 411.172(a)(1): own or spouse's employment",
    ),
    _plan_first(
        "M6",
        "Disabled: a large group plan (100 or more employees) by the current employment of the patient or a"
        " family member",
        _disabled,
        "42 CFR 411.204(a), 411.206",
        "43",
    ),
    _medicare_first(
        "M7",
        "Disabled, but no employer of the plan has 100 employees",
        _not_large,
        "42 CFR 411.204(a), 411.101",
    ),
    _plan_first(
        "M8",
        "Kidney disease: any group plan, retired and COBRA included, in the 30-month coordination period",
        _kidney_only,
        "42 CFR 411.162(a), (b); SSA POMS HI 00620.177",
        "13",
    ),
    _medicare_first(
        "M9",
        "Kidney disease, after the 30-month coordination period",
        _period_over,
        "42 CFR 411.162(c), (d)",
    ),
    _plan_first(
        "M10",
        "Kidney disease first and age or disability later: the group plan to the end of the 30 months",
        _kidney_before,
        "42 CFR 411.163(b)(3); SSA POMS HI 00801.247",
        "13",
    ),
    _medicare_first(
        "M11",
        "Medicare was properly primary when the kidney disease began, and stays so",
        _stays_first,
        "42 CFR 411.163(b)(4); SSA POMS HI 00801.247",
    ),
    _plan_first(
        "M12",
        "The group plan was properly primary when the kidney disease began: it is for the 30 months",
        _kidney_after,
        "42 CFR 411.163(b)(3); SSA POMS HI 00801.247",
        "13",
    ),
    _medicare_first(
        "M13",
        "After the 30 months Medicare is first and stays so, current employment or not",
        _period_over_dual,
        "42 CFR 411.163(b)(3), 411.204(b); SSA POMS HI 00801.247",
    ),
    _medicare_first(
        "M14",
        "A retired or laid-off person's plan: no current employment",
        _not_working,
        "42 CFR 411.104, 411.172(a), 411.204(a)",
    ),
    _medicare_first(
        "M15",
        "COBRA is not current employment",
        _continuation,
        "42 CFR 411.104, 411.161(a)(3)",
    ),
    _medicare_first(
        "M29",
        "An individual, student or marketplace policy is no group health plan",
        _individual,
        "42 CFR 411.101: group health plan",
    ),
    _medicare_first(
        "M30",
        "A plan without anybody's current employment",
        _no_employment,
        "42 CFR 411.104, 411.172(a), 411.204(a)",
    ),
    _medicare_first(
        "M26",
        "A Medicare supplement pays after Medicare",
        None,
        "42 U.S.C. 1395ss; 42 CFR 403.205",
        frozenset({"medigap"}),
    ),
)

EXCLUSIONS = (
    Exclusion(
        id="MSP-NOT-YET",
        title="The patient is entitled by kidney disease, and the day lies before the first month of it",
        kinds=MEDICARE,
        test=_not_eligible_yet,
        source="42 CFR 406.13; 411.162(b)",
    ),
    Exclusion(
        id="MSP-M25",
        title="The patient is enrolled in Medicare Advantage, which is billed in Medicare's place",
        kinds=frozenset({"medicare"}),
        test=lambda case, policy: bool(case.of_kind(frozenset({"medicare_advantage"}))),
        source="42 CFR 422.108; 42 U.S.C. 1395w-21(i)",
    ),
    Exclusion(
        id="MSP-M25G",
        title="A Medicare supplement cannot pay beside Medicare Advantage",
        kinds=frozenset({"medigap"}),
        test=lambda case, policy: bool(case.of_kind(frozenset({"medicare_advantage"}))),
        source="42 U.S.C. 1395ss(d)(3)(A)",
    ),
)

"""What an unknown fact could be: for each fact a few values that stand for all the rules can tell apart.

The engine uses them twice: an absent fact is missing only if its value makes a difference, and an answer
would flip when another value of one fact changes it. A date stands for before, on and after the other dates
it is compared with; a number for each side of a threshold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from nextpayer.policy import BASES, RELATIONS

from .case import Case
from .medicare import COORDINATION_MONTHS
from .rule import MEDICARE

__all__ = ["candidates"]

_DAY = dt.timedelta(days=1)
_BOTH = (True, False)
_FIRST, _LAST = dt.date.min.toordinal(), dt.date.max.toordinal()

_WORDS: dict[str, tuple[Any, ...]] = {
    "basis": BASES,
    "holder.relation": RELATIONS,
    "employer.size": (19, 20, 99, 100),
    "employer.largest_size": (19, 20, 99, 100),
    "employer.multi_employer": _BOTH,
    "employer.small_employer_exception": _BOTH,
    "medicare.entitlement": ("age", "disability", "esrd"),
    "medicare.part_b_only": _BOTH,
    "medicare.primary_before_esrd": _BOTH,
    "cob.provision": ("compliant", "excess", "none"),
    "cob.child_rule": ("birthday", "gender"),
    "cob.active_rule": _BOTH,
    "cob.closed_panel": _BOTH,
    "authorized": _BOTH,
    "circumstances.related_to": ("none", "auto", "work", "liability", "black_lung"),
    "circumstances.parents.status": ("married", "separated", "divorced", "never_married"),
    "circumstances.parents.living_together": _BOTH,
    "circumstances.parents.custody": ("mother", "father", "joint"),
    "circumstances.parents.decree.exists": _BOTH,
    "circumstances.parents.decree.responsible": ("mother", "father", "both", "nobody"),
    "circumstances.parents.decree.plan_has_notice": _BOTH,
}


def candidates(case: Case, policy: str, path: str) -> tuple[Any, ...]:
    """The values to try for a fact, empty for a fact that no rule of the core asks about."""
    if path in _WORDS:
        return _WORDS[path]
    make = _DATES.get(path)
    return tuple(make(case, policy)) if make is not None else ()


def _others(case: Case, policy: str, path: str) -> list[dt.date]:
    found = (case.coverage.value(one.id, path) for one in case.coverage.policies if one.id != policy)
    return sorted({date for date in found if isinstance(date, dt.date)})


def _starts(case: Case, policy: str) -> Iterable[dt.date]:
    return _around(
        _others(case, policy, "holder.covered_since") + _others(case, policy, "covered_since")
    ) or (case.on,)


def _around(dates: list[dt.date]) -> list[dt.date]:
    days = {date.toordinal() + shift for date in dates for shift in (-1, 0, 1)}
    return [dt.date.fromordinal(day) for day in sorted(days) if _FIRST <= day <= _LAST]


def _birthdays(case: Case, policy: str) -> Iterable[dt.date]:
    """Days of one leap year: only month and day count."""
    born = _others(case, policy, "holder.birth_date") or [dt.date(1980, 7, 1)]
    days = {date.replace(year=1980) for date in born}
    year = {dt.date(1980, 1, 1), *days, dt.date(1980, 12, 31)}
    near = {one for date in days for one in (date - _DAY, date + _DAY) if one.year == 1980}
    return sorted(year | near)


def _ages(case: Case, policy: str) -> Iterable[dt.date]:
    """Under 65, and 65 or older since before and since after kidney disease made the patient eligible."""
    begins = [
        case.coverage.value(one.id, "medicare.esrd_eligible_from")
        for one in case.coverage.policies
        if one.payer.kind in MEDICARE
    ]
    turned = [case.on, *(date for date in begins if isinstance(date, dt.date))]
    return sorted({dt.date(max(date.year - 65 + shift, 1), 1, 1) for date in turned for shift in (-1, 2)})


def _kidney_dates(case: Case, policy: str) -> Iterable[dt.date]:
    """The first and the last month of the coordination period, the one after it, and none yet."""
    return [_months_before(case.on, back) for back in (0, COORDINATION_MONTHS - 1, COORDINATION_MONTHS, -1)]


def _part_a(case: Case, policy: str) -> Iterable[dt.date]:
    begins = case.coverage.value(policy, "medicare.esrd_eligible_from")
    return _around([begins if isinstance(begins, dt.date) else case.on])


def _months_before(day: dt.date, back: int) -> dt.date:
    months = day.year * 12 + day.month - 1 - back
    return dt.date(min(max(months // 12, 1), 9999), months % 12 + 1, 1)


_DATES: dict[str, Callable[[Case, str], Iterable[dt.date]]] = {
    "holder.covered_since": _starts,
    "covered_since": _starts,
    "holder.birth_date": _birthdays,
    "patient.birth_date": _ages,
    "medicare.esrd_eligible_from": _kidney_dates,
    "medicare.part_a": _part_a,
}

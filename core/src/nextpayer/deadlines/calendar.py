"""Days, months and years counted as laws count them; federal holidays.

The day of the event is not counted, the last day is. Nothing here rolls a day over a weekend by itself: that
is asked for by the rule whose source says so.
"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache

__all__ = [
    "add_business_days",
    "add_months",
    "add_years",
    "federal_holidays",
    "is_business_day",
    "next_business_day",
]

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
#: Fixed holidays (5 USC 6103(a)): month, day, first year.
_FIXED = ((1, 1, 1), (6, 19, 2021), (7, 4, 1), (11, 11, 1), (12, 25, 1))
#: Holidays on the n-th weekday of a month; 0 is the last one.
_FLOATING = (
    (1, _MONDAY, 3),
    (2, _MONDAY, 3),
    (5, _MONDAY, 0),
    (9, _MONDAY, 1),
    (10, _MONDAY, 2),
    (11, _THURSDAY, 4),
)


@cache
def federal_holidays(year: int) -> frozenset[dt.date]:
    """The days in ``year`` on which a federal holiday is observed.

    One that falls on a Saturday is observed on the Friday before, one on a Sunday on the Monday after
    (5 USC 6103(b), Executive Order 11582). Days of inauguration are not among them: they are local.
    """
    found = {_nth(year, month, weekday, n) for month, weekday, n in _FLOATING}
    for at in (year, year + 1):  # New Year's Day may be observed in December
        for month, day, since in _FIXED:
            if at >= since:
                found.add(_observed(dt.date(at, month, day)))
    return frozenset(day for day in found if day.year == year)


def is_business_day(day: dt.date) -> bool:
    """Neither a Saturday, a Sunday nor an observed federal holiday."""
    return day.weekday() not in (_SATURDAY, _SUNDAY) and day not in federal_holidays(day.year)


def next_business_day(day: dt.date) -> dt.date:
    """The day itself if it is a business day, else the next one."""
    while not is_business_day(day):
        day += dt.timedelta(days=1)
    return day


def add_business_days(day: dt.date, number: int) -> dt.date:
    """The ``number``-th business day after ``day``."""
    while number:
        day += dt.timedelta(days=1)
        number -= is_business_day(day)
    return day


def add_months(day: dt.date, number: int, *, first_of_next: bool = False) -> dt.date:
    """The corresponding day ``number`` months later.

    Where that month has no such day it is the month's last day, the earlier and so the safe one; with
    ``first_of_next`` the first day of the month after it, for rules that say so.
    """
    months = day.month - 1 + number
    year, month = day.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if day.day <= last:
        return dt.date(year, month, day.day)
    end = dt.date(year, month, last)
    return end + dt.timedelta(days=1) if first_of_next else end


def add_years(day: dt.date, number: int) -> dt.date:
    """The same date ``number`` years later; of 29 February the 28th where there is none."""
    return add_months(day, 12 * number)


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    weeks = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    return dt.date(year, month, weeks[n - 1])


def _observed(day: dt.date) -> dt.date:
    shift = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0)
    return day + dt.timedelta(days=shift)

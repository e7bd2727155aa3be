"""From when to when a payer's dates say that something holds.

A qualifier names a beginning (346 plan, 348 benefit, 356 eligibility, 539 policy), an end (347, 349, 357,
540) or a period (291 plan, 292 benefit, 307 eligibility, 290 coordination of benefits). A period that is
given as one day is its beginning: payers with cover that has no end say it so. A service day (472) bounds
nothing: it says what holds on that day (X12 RFI 215). A year of 9999 says that no end is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from nextpayer.claim import DateFact

__all__ = ["Span", "holds", "span"]

Span = tuple[dt.date | None, dt.date | None]

_BEGINS = frozenset({"346", "348", "356", "539"})
_ENDS = frozenset({"347", "349", "357", "540"})
_PERIODS = frozenset({"290", "291", "292", "307"})
_SERVICE = "472"


def span(dates: Iterable[DateFact]) -> Span:
    """The first and the last day that the dates bound; None where they do not, or where they disagree."""
    begins: set[dt.date | None] = set()
    ends: set[dt.date | None] = set()
    for one in dates:
        if one.qualifier in _BEGINS or one.qualifier in _PERIODS:
            begins.add(one.start)
        if one.qualifier in _ENDS:
            ends.add(_end(one.end or one.start))
        elif one.end and one.qualifier in _PERIODS:
            ends.add(_end(one.end))
    return _the_one(begins), _the_one(ends)


def holds(dates: Iterable[DateFact], on: dt.date) -> bool:
    """Whether nothing in the dates says that the day lies outside."""
    for one in dates:
        if one.start is None:
            continue
        if one.qualifier == _SERVICE and not one.start <= on <= (one.end or one.start):
            return False
        if (one.qualifier in _BEGINS or one.qualifier in _PERIODS) and on < one.start:
            return False
        last = (one.end or one.start) if one.qualifier in _ENDS else one.end
        if last and (one.qualifier in _ENDS or one.qualifier in _PERIODS) and on > last:
            return False
    return True


def _end(day: dt.date | None) -> dt.date | None:
    return None if day is None or day.year == dt.MAXYEAR else day


def _the_one(days: set[dt.date | None]) -> dt.date | None:
    return days.pop() if len(days) == 1 else None

"""Deadlines: the last safe day of every step, with its rule, its source and the day it was counted from.

``rules`` is the data, ``calendar`` the counting, ``reckon`` the verb.
"""

from .calendar import (
    add_business_days,
    add_months,
    add_years,
    federal_holidays,
    is_business_day,
    next_business_day,
)
from .reckon import Calendar, Days, LastDay, days_of, kind_of, last_days
from .rules import CONTROVERSY, LEVELS, RULES, Base, Controversy, DeadlineRule, Step, Unit, minimum

__all__ = [
    "CONTROVERSY",
    "LEVELS",
    "RULES",
    "Base",
    "Calendar",
    "Controversy",
    "Days",
    "DeadlineRule",
    "LastDay",
    "Step",
    "Unit",
    "add_business_days",
    "add_months",
    "add_years",
    "days_of",
    "federal_holidays",
    "is_business_day",
    "kind_of",
    "last_days",
    "minimum",
    "next_business_day",
]

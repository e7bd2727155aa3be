"""How much of each service a plan covers, from the limits of an answer (EB01 F)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from nextpayer.eligibility import Benefit
from nextpayer.policy import Limit

__all__ = ["limits"]

_REMAINING = "29"
#: EB09 or HSD01: what is counted.
_UNITS = {"VS": "visits", "DY": "days", "P6": "units"}


def limits(benefits: Iterable[Benefit]) -> tuple[tuple[Limit, ...], bool]:
    """The limits in order of service and unit, and whether some are told that do not agree.

    What is allowed and what remains of it come in two benefits (period 29 is what remains).
    """
    allowed: dict[tuple[str, str], set[tuple[Decimal, str]]] = {}
    remaining: dict[tuple[str, str], set[Decimal]] = {}
    for one in benefits:
        if one.status != "F":
            continue
        for service in one.services or ("30",):
            for unit, number, period in _amounts(one):
                if unit == "dollars" and service == "30":
                    continue  # the plan's maximum, a fact of its own
                if period == _REMAINING:
                    remaining.setdefault((service, unit), set()).add(number)
                else:
                    allowed.setdefault((service, unit), set()).add((number, period))
    found: list[Limit] = []
    unclear = False
    for key in sorted({*allowed, *remaining}):
        whole, left = allowed.get(key, set()), remaining.get(key, set())
        if len(whole) > 1 or len(left) > 1:
            unclear = True
            continue
        service, unit = key
        limit = Limit(service=service, unit=unit, remaining=next(iter(left), None))
        for allowed_number, period in whole:
            limit = replace(limit, allowed=allowed_number, period=period)
        found.append(limit)
    return tuple(found), unclear


def _amounts(one: Benefit) -> list[tuple[str, Decimal, str]]:
    """Unit, number and period of what one benefit says."""
    told = []
    if one.quantity is not None and one.quantity_qualifier in _UNITS:
        told.append((_UNITS[one.quantity_qualifier], one.quantity, one.period))
    for delivery in one.deliveries:
        if delivery.quantity is not None and delivery.qualifier in _UNITS and not delivery.per:
            told.append((_UNITS[delivery.qualifier], delivery.quantity, delivery.period or one.period))
    if one.amount is not None:
        told.append(("dollars", one.amount, one.period))
    return told

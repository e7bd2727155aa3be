"""Sequestration: Medicare's payment is reduced after everything else has been calculated (CARC 253).

It never changes what the patient owes, and no later payer pays it. 2 USC 901a(6); CARES Act sec. 3709;
Protecting Medicare and American Farmers from Sequester Cuts Act sec. 2.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from nextpayer.coordinate import Term
from nextpayer.methods import half_up
from nextpayer.money import ZERO

__all__ = ["RATES", "rate_on", "reduced"]

#: From this day of service (Part A: of discharge), this rate.
RATES: tuple[tuple[dt.date, Decimal, str], ...] = (
    (dt.date(2013, 4, 1), Decimal("0.02"), "2 USC 901a(6)(A)"),
    (dt.date(2020, 5, 1), Decimal("0.00"), "CARES Act (Pub. L. 116-136) sec. 3709"),
    (dt.date(2022, 4, 1), Decimal("0.01"), "2 USC 901a(6)(C); Pub. L. 117-71 sec. 2"),
    (dt.date(2022, 7, 1), Decimal("0.02"), "2 USC 901a(6)(A)"),
)


def rate_on(day: dt.date | None) -> tuple[Decimal, str]:
    """The rate for a day of service and its source. Without a day: today's law, and the source says so."""
    if day is None:
        _, rate, source = RATES[-1]
        return rate, f"{source}; the day of service is not told"
    found = (ZERO, "before 2013-04-01")
    for since, rate, source in RATES:
        if since <= day:
            found = (rate, source)
    return found


def reduced(payments: tuple[Decimal, ...], day: dt.date | None, rate: Decimal | None) -> tuple[Term, ...]:
    """What sequestration takes off the payments (each rounded half up on its own), and what is then paid.

    ``rate`` replaces the law's, where the case states one.
    """
    lawful, source = rate_on(day)
    if rate is not None:
        lawful, source = rate, "terms.sequestration"
    taken = sum((half_up(payment * lawful) for payment in payments), ZERO)
    paid = sum(payments, ZERO) - taken
    percent = f"{lawful * 100:f}".rstrip("0").rstrip(".") or "0"
    return (
        Term(name=f"sequestration, {percent} % (CO-253)", amount=taken, source=source),
        Term(name="paid after sequestration", amount=paid, source=f"{source}; CARC 253"),
    )

"""Published figures: what an authority, a payer or a state has worked out in print, as checks by capability.

``published.json`` names for each where it comes from and how certain it is. An adapter that declares to pay
by 42 CFR 411.33(a) must come to the figures that are printed for it.
"""

from __future__ import annotations

import datetime as dt
import json
from importlib import resources
from typing import Any

from nextpayer.coordinate import MissingTerms
from nextpayer.money import dollars
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import SERVICE, Journey, every, journeys
from nextpayer.testing.conformance.subject import AdapterSubject
from nextpayer.wire.case import load_case

__all__ = ["CHECKS", "ROWS"]

#: The figures: ``id``, ``source``, ``confidence``, ``case`` (a CASE.json) and ``expect``.
ROWS: list[dict[str, Any]] = json.loads(
    resources.files(__package__).joinpath("published.json").read_text(encoding="utf-8")
)
#: The capability that each method belongs to, by how the method's name begins.
_CAPABILITY = {
    "MSP-A": "msp-part-a",
    "MSP-B": "msp-part-b",
    "MEDICAID": "medicaid",
    "COB": "plan-methods",
    "TRICARE": "tricare",
}


def _check(row: dict[str, Any]) -> Check[AdapterSubject]:
    method, expected = row["expect"]["method"], row["expect"]["expected"]
    needs = next(word for start, word in _CAPABILITY.items() if method.startswith(start))

    def run(subject: AdapterSubject) -> None:
        case = load_case(row["case"], file=row["id"])
        owed = subject.make().estimate(case.shares, case.terms, case.policy)
        assert not isinstance(owed, MissingTerms), f"it misses {', '.join(owed.names)}"
        assert owed.method == method, f"it pays by {owed.method}, the figure is worked out by {method}"
        assert dollars(owed.amount) == expected, f"it comes to {dollars(owed.amount)}, printed is {expected}"

    return Check(
        name=f"published-{row['id']}", law=f"{method}: {expected}. {row['source']}", run=run, needs=needs
    )


def one_year(subject: AdapterSubject) -> None:
    """Service on 10 January 2025: the last day is 10 January 2026, also for a claim that comes late from the
    payer before."""
    wanted = dt.date(SERVICE.year + 1, SERVICE.month, SERVICE.day)

    def law(journey: Journey) -> None:
        limit = subject.make().deadline(journey.account, journey.policy)
        assert limit is not None, "it knows no last day"
        assert limit.day == wanted, f"the last day is {limit.day}, by the rule it is {wanted}"

    every(journeys(subject.examples), law, examples=10)


CHECKS = (
    *(_check(row) for row in ROWS),
    Check(
        name="published-filing-limit",
        law="One calendar year from the service. 42 CFR 424.44(a)",
        run=one_year,
        needs="medicare-filing-limit",
    ),
)

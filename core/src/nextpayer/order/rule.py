"""What a rule of the paying order is: a row of a table, with one small test.

A rule speaks of a pair of policies, ``first`` and ``second``, by their payers' kinds. Its test answers
whether, on the case's facts, the first pays before the second; the engine asks it both ways round. Without a
test the kinds alone decide. Rules are sorted by ``(phase, id)`` and the first that decides a pair ends it, so
a plugin's rule goes before or after the core's by its phase:

    OrderRule(
        id="ACME-LAST",
        title="Acme's student plan pays after every other plan",
        phase=45,
        first=PLANS,
        second=PLANS,
        test=lambda case, first, second: second.payer.id == "ACME9" != first.payer.id,
        source="Acme student plan 2025, section 8",
    )
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from nextpayer.policy import Policy

if TYPE_CHECKING:
    from .case import Case

__all__ = [
    "ACCIDENT",
    "EVERYONE",
    "MEDICARE",
    "PLANS",
    "PROGRAMMES",
    "Exclusion",
    "OrderRule",
    "Phase",
    "Relation",
    "Test",
]

#: Kinds of payer (``Payer.kind``), as the rules group them.
PLANS = frozenset({"commercial", "fehb", "marketplace", "other"})
MEDICARE = frozenset({"medicare", "medicare_advantage"})
ACCIDENT = frozenset({"workers_comp", "auto", "liability", "black_lung"})
PROGRAMMES = frozenset({"tricare", "champva", "chip", "medicaid", "ihs"})
EVERYONE = (
    PLANS | MEDICARE | ACCIDENT | PROGRAMMES | {"medigap", "tricare_supplement", "federal_agency", "va"}
)


class Phase:
    """The order in which groups of rules are asked; a plugin may use any number between."""

    CAUSE = 20  # an accident or an employer's liability comes before health cover
    PROGRAMME = 30  # federal law about public programmes
    MEDICARE = 40  # Medicare Secondary Payer
    PLAN = 50  # between health plans: the NAIC model regulation, 50 to 62


class Relation(StrEnum):
    """What a rule says of a pair."""

    BEFORE = "before"
    SHARE = "share"  # both pay, an equal part each
    EITHER = "either"  # one or the other, never both


Test = Callable[["Case", Policy, Policy], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRule:
    """One rule. ``gives`` is the insurance type (837P SBR05, the same number as the 837I value code) when the
    rule puts a payer ahead of Medicare; ``states`` limits it to claims under those states' law; ``since`` and
    ``until`` are the first and last day of service on which it holds; ``caution`` is what a biller should
    know before relying on it."""

    id: str
    title: str
    phase: int
    first: frozenset[str]
    second: frozenset[str]
    source: str
    test: Test | None = None
    relation: Relation = Relation.BEFORE
    gives: str = ""
    states: frozenset[str] = frozenset()
    since: dt.date | None = None
    until: dt.date | None = None
    caution: str = ""

    def holds(self, on: dt.date) -> bool:
        """Whether the rule is law on that day of service. The state is a fact, which the engine asks for."""
        return (self.since or on) <= on <= (self.until or on)

    def covers(self, first: Policy, second: Policy) -> bool:
        """Whether it speaks of these kinds of payers, in this order."""
        return first.payer.kind in self.first and second.payer.kind in self.second


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A rule that takes a policy out of the order of this claim, with the reason as its title."""

    id: str
    title: str
    kinds: frozenset[str]
    test: Callable[[Case, Policy], bool]
    source: str

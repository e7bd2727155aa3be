"""Case: one patient's coverage on one day of service, as the rules see it.

Rules ask the case for facts by name and never look at a policy's attributes themselves: so the case knows on
which facts an answer rests, and stops a rule whose fact nobody has stated (``UnknownFact``). A few facts are
so rarely otherwise that the law or the forms presume them; those are the table below, they are used only
where nobody has said anything, and an answer that rests on one says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nextpayer.coverage import Coverage
from nextpayer.policy import Policy

from .rule import OrderRule, Relation

__all__ = ["NEVER", "PRESUMED", "Case", "FactUsed", "UnknownFact", "Verdict"]

#: A day that does not come: what a date is presumed to be when the event is not known to have happened.
NEVER = dt.date.max

#: Facts that are presumed where nobody has stated them, with the reason. Everything else must be known.
PRESUMED: dict[str, tuple[Any, str]] = {
    "cob.provision": ("compliant", "NAIC MDL-120 sec. 6: plans coordinate unless their contract says not"),
    "cob.child_rule": ("birthday", "NAIC MDL-120 sec. 6D(2): the gender rule is no longer in the model"),
    "cob.active_rule": (True, "NAIC MDL-120 sec. 6D(3)"),
    "cob.closed_panel": (False, "NAIC MDL-120 sec. 3: a term of the plan that is marked on the card"),
    "employer.multi_employer": (False, "Palmetto GBA, Working Aged: one employer unless the plan says not"),
    "employer.largest_size": (100, "SSA POMS HI 00620.177 B.1.b: met unless there is evidence against it"),
    "employer.small_employer_exception": (False, "42 CFR 411.172(b): only if CMS granted it on request"),
    "medicare.part_b_only": (False, "42 CFR 411.20: entitlement is to Part A"),
    "medicare.primary_before_esrd": (False, "entitled by kidney disease, so not to Medicare before it"),
    "medicare.esrd_eligible_from": (NEVER, "entitled by age or disability, and no kidney disease told"),
}


class UnknownFact(Exception):
    """A rule needs a fact that nobody has stated. Caught by the engine; never leaves it."""

    def __init__(self, policy: str, path: str) -> None:
        super().__init__(f"{policy}.{path}".strip("."))
        self.policy, self.path = policy, path

    @property
    def name(self) -> str:
        """The fact's name, such as ``A.employer.size``."""
        return str(self)


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact on which a rule's answer rests. ``presumed`` is the reason when nobody stated it;
    ``any`` says that its value makes no difference."""

    policy: str
    path: str
    value: Any = field(repr=False)
    presumed: str = ""
    any: bool = False

    @property
    def name(self) -> str:
        """The fact's name, such as ``A.employer.size``."""
        return f"{self.policy}.{self.path}" if self.policy else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule says of a pair: ``first`` before ``second``, or both of equal rank."""

    rule: OrderRule
    first: Policy
    second: Policy
    because: tuple[FactUsed, ...]
    passed: tuple[tuple[OrderRule, tuple[FactUsed, ...]], ...] = ()

    @property
    def outcome(self) -> tuple[str, str, str]:
        """What it comes to, for comparing answers."""
        first = "" if self.rule.relation is not Relation.BEFORE else self.first.id
        return (self.rule.relation, first, self.rule.gives)


class Case:
    """The facts of one patient on one day. ``decide`` is the engine's way to settle a pair, which a rule
    about three payers needs (the Medicare reversal of NAIC rule 1)."""

    def __init__(
        self,
        coverage: Coverage,
        on: dt.date,
        policies: tuple[Policy, ...],
        decide: Callable[[Case, Policy, Policy], Verdict | None],
    ) -> None:
        self.coverage, self.on, self.policies = coverage, on, policies
        self._decide = decide
        self._used: dict[str, FactUsed] = {}
        self._verdicts: dict[tuple[str, str], Verdict | None] = {}

    def know(
        self,
        policy: Policy | None,
        path: str,
        presumed: tuple[Any, str] | None = None,
        *,
        strict: bool = False,
    ) -> Any:
        """The value of a fact: as stated, else as presumed (here or in ``PRESUMED``), unless ``strict``.

        Raises UnknownFact.
        """
        subject = policy.id if policy is not None else ""
        value = self.coverage.value(subject, path)
        reason = ""
        if value is None:
            default = None if strict else presumed or PRESUMED.get(path)
            if default is None:
                raise UnknownFact(subject, path)
            value, reason = default
        used = FactUsed(subject, path, value, reason)
        self._used[used.name] = used
        return value

    def told(self, policy: Policy | None, path: str) -> Any:
        """The value of a fact, None when nobody has stated it: for facts that add to others."""
        subject = policy.id if policy is not None else ""
        value = self.coverage.value(subject, path)
        if value is not None:
            used = FactUsed(subject, path, value)
            self._used[used.name] = used
        return value

    def of_kind(self, kinds: frozenset[str]) -> tuple[Policy, ...]:
        """The policies of these kinds of payer that are in the order."""
        return tuple(policy for policy in self.policies if policy.payer.kind in kinds)

    def before(self, first: Policy, second: Policy) -> bool:
        """Whether the rules put one policy before another. Raises UnknownFact."""
        verdict = self.verdict(first, second)
        if verdict is None:
            return False
        for used in verdict.because:
            self._used[used.name] = used
        return verdict.rule.relation is Relation.BEFORE and verdict.first is first

    def verdict(self, one: Policy, other: Policy) -> Verdict | None:
        """What the rules say of a pair, None when none decides. Raises UnknownFact."""
        first, second = (one, other) if one.id <= other.id else (other, one)
        key = (first.id, second.id)
        if key not in self._verdicts:
            outer, self._used = self._used, {}
            try:
                self._verdicts[key] = self._decide(self, first, second)
            finally:
                self._used = outer
        return self._verdicts[key]

    def ask(self, question: Callable[[], bool]) -> tuple[bool, tuple[FactUsed, ...]]:
        """A rule's answer, and the facts on which it rests. Raises UnknownFact."""
        self._used = {}
        answer = bool(question())
        return answer, tuple(self._used.values())

    def supposing(self, values: Mapping[tuple[str, str], Any]) -> Case:
        """The same case with other facts: what would be the answer then?"""
        coverage = self.coverage
        for (policy, path), value in values.items():
            coverage = coverage.with_value(policy, path, value)
        kept = tuple(
            policy for policy in coverage.policies if any(policy.id == one.id for one in self.policies)
        )
        return Case(coverage, self.on, kept, self._decide)

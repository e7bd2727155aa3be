"""Coverage: every policy that may pay for one patient, and the facts that decide which pays first.

The billing office states it in the coverage file (``nextpayer.wire.coverage`` reads that). What the
office does not know stays empty here, ``""`` or None: an absent fact is never taken for "no".

Facts change: people marry, retire and change plans, and a payer's answer corrects what the card said. So a
coverage also keeps a history, and ``on(day)`` gives what was true on a day of service. Every fact has one
name, its path in the coverage file (``A.employer.size``, ``circumstances.related_to``); history, the rules
of the paying order, their questions and answers all speak of facts by that name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from nextpayer.errors import InvalidNoun
from nextpayer.policy import (
    Address,
    Benefits,
    CobTerms,
    Contact,
    Employer,
    MedicareEntitlement,
    Person,
    Policy,
)

__all__ = ["Change", "Circumstances", "Coverage", "Decree", "Fact", "Parents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """A court's order about a child's health care. ``responsible`` is ``mother``, ``father``, ``both``, or
    ``nobody`` when the decree is silent about health care; ``plan_has_notice`` says whether that parent's
    plan knows the terms (NAIC MDL-120, section 6D). ``exists`` is False when it is known that there is none.
    """

    responsible: str = ""
    plan_has_notice: bool | None = None
    exists: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Parents:
    """How a child's parents stand. ``status`` is ``married``, ``separated``, ``divorced`` or
    ``never_married``, ``custody`` is ``mother``, ``father`` or ``joint``; ``remarried`` names the parents
    who married again."""

    status: str = ""
    living_together: bool | None = None
    custody: str = ""
    decree: Decree | None = None
    remarried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What lies outside the policies. ``related_to`` is the other cause that may pay (``auto``, ``work``,
    ``liability`` or ``black_lung``), ``none`` when the office knows that there is no such cause; ``state``
    is the postal code of the state whose law governs.

    ``panel_provider``, ``emergency`` and ``referral`` say how a closed panel plan sees the service;
    ``pay_and_chase`` names a service that Medicaid pays before other payers (42 CFR 433.139(b)(3)):
    ``preventive_pediatric`` or ``child_support``; ``first_billed`` is the day when the payer before Medicaid
    was first sent the claim, from which a state may count its wait.
    """

    related_to: str = ""
    state: str = ""
    parents: Parents | None = None
    panel_provider: bool | None = None
    emergency: bool | None = None
    referral: bool | None = None
    pay_and_chase: str = ""
    first_billed: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact as somebody told it: ``path`` of ``policy`` (its id; empty for the patient and the
    circumstances) is ``value`` for services from ``since`` to ``until``, both included, None for no bound.

    ``source`` is who said so, ``learned`` when the office heard it; ``file`` and ``segment`` where it stands.
    """

    policy: str
    path: str
    value: object = field(repr=False)
    source: str
    learned: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    file: str = ""
    segment: int = 0

    @property
    def name(self) -> str:
        """The fact's name: ``A.employer.size``."""
        return f"{self.policy}.{self.path}" if self.policy else self.path

    def holds(self, on: dt.date) -> bool:
        """Whether it speaks of services on that day."""
        return (self.since or on) <= on <= (self.until or on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact of the history, and the value that stood before it was told."""

    fact: Fact
    replaced: object = field(repr=False)


#: Where a fact's path in the coverage file is not the attribute's own.
_MOVED = {
    "holder.relation": ["holder_relation"],
    "holder.covered_since": ["covered_since"],
    "covered_since": ["patient_covered_since"],
    "patient.id": ["patient_id"],
}
_MADE: dict[str, type] = {
    "employer": Employer,
    "medicare": MedicareEntitlement,
    "cob": CobTerms,
    "benefits": Benefits,
    "parents": Parents,
    "decree": Decree,
    "address": Address,
    "contact": Contact,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One patient's policies, in the order they were typed, which says nothing about who pays first.

    ``facts`` is the history: what was told later, or for some days only. Each policy has an ``id`` of its own
    within the coverage. Raises InvalidNoun.
    """

    patient: Person
    patient_id: str = field(default="", repr=False)
    circumstances: Circumstances = Circumstances()
    policies: tuple[Policy, ...] = ()
    facts: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        ids = [policy.id for policy in self.policies]
        if len(set(ids)) != len(ids):
            raise InvalidNoun("coverage: two policies share one id")

    def policy(self, policy_id: str) -> Policy | None:
        """The policy of that id, None when the patient has none."""
        return next((policy for policy in self.policies if policy.id == policy_id), None)

    def in_force(self, on: dt.date) -> tuple[Policy, ...]:
        """The policies not known to begin after the day or to end before it; the last day counts."""
        return tuple(
            policy for policy in self.policies if (policy.effective or on) <= on <= (policy.terminates or on)
        )

    def value(self, policy: str, path: str) -> object:
        """What the coverage says of one fact (``Fact.policy``, ``Fact.path``), None when nobody has said."""
        found: Any = self.policy(policy) if policy else self
        for step in _steps(path):
            found = getattr(found, step) if found is not None else None
        return None if found == "" else found

    def with_value(self, policy: str, path: str, value: object) -> Coverage:
        """The coverage with one fact changed. Raises InvalidNoun when it names nothing."""
        try:
            if not policy:
                changed: Coverage = _set(self, _steps(path), value)
                return changed
            old = self.policy(policy)
            if old is None:
                raise AttributeError
            new = _set(old, _steps(path), value)
        except (AttributeError, KeyError, TypeError):
            raise InvalidNoun(f"coverage: no fact is called {f'{policy}.{path}'.strip('.')}") from None
        return replace(self, policies=tuple(new if one is old else one for one in self.policies))

    def on(self, day: dt.date) -> Coverage:
        """The coverage as it was for services on that day: of each fact, what was told last. The history is
        then spent: what is supposed of such a coverage must not be told over again."""
        return replace(self._told(day)[0], facts=()) if self.facts else self

    def changes(self, day: dt.date) -> tuple[Change, ...]:
        """What the history says about that day, in the order it was told, each with what it replaced."""
        return self._told(day)[1]

    def _told(self, day: dt.date) -> tuple[Coverage, tuple[Change, ...]]:
        told, changes = self, []
        for fact in sorted(self.facts, key=lambda fact: fact.learned or dt.date.min):
            if fact.holds(day):
                changes.append(Change(fact=fact, replaced=told.value(fact.policy, fact.path)))
                told = told.with_value(fact.policy, fact.path, fact.value)
        return told, tuple(changes)


def _steps(path: str) -> list[str]:
    """The attributes that lead to a fact. A person's name is no noun of its own here."""
    return _MOVED.get(path) or [step for step in path.split(".") if step != "name" or path == "payer.name"]


def _set(noun: Any, steps: list[str], value: Any) -> Any:
    step, *rest = steps
    if not rest:
        if value is None and isinstance(getattr(noun, step), str):
            value = ""
        return replace(noun, **{step: value})
    inner = getattr(noun, step)
    if inner is None:
        inner = _MADE[step]()
    return replace(noun, **{step: _set(inner, rest, value)})

"""Coverage: every policy that may pay for one patient, and the facts that decide which pays first.

The billing office states it in the coverage file (``nextpayer.wire.coverage`` reads that). What the
office does not know stays empty here, ``""`` or None: an absent fact is never taken for "no".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from nextpayer.errors import InvalidNoun
from nextpayer.policy import Person, Policy

__all__ = ["Circumstances", "Coverage", "Decree", "Parents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """A court's order about a child's health care. ``responsible`` is ``mother``, ``father`` or ``both``;
    ``plan_has_notice`` says whether that parent's plan knows the terms (NAIC MDL-120, section 6D)."""

    responsible: str = ""
    plan_has_notice: bool | None = None


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
    ``liability`` or ``black_lung``); ``state`` is the postal code of the state whose law governs."""

    related_to: str = ""
    state: str = ""
    parents: Parents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One patient's policies, in the order they were typed, which says nothing about who pays first.

    Each policy has an ``id`` of its own within the coverage. Raises InvalidNoun.
    """

    patient: Person
    patient_id: str = field(default="", repr=False)
    circumstances: Circumstances = Circumstances()
    policies: tuple[Policy, ...] = ()

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

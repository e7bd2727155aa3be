"""Going higher, step by step: who is asked next when the one before did not answer by the day it had.

The steps and their days are practice and no law; an office has its own in OFFICE.toml (``[[escalation]]``). A
step may be left out, but none is taken twice while nothing new has come in about the claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from nextpayer.errors import UnusableInput

from .office_rules import OfficeRules, Step
from .talks import ESCALATION, Talk

__all__ = ["Next", "next_step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The step that is taken now, the day on which it is to have come to something, and what comes then."""

    step: Step
    until: dt.date
    then: str


def next_step(
    office: OfficeRules, talks: Sequence[Talk], claim: int, seen: str, today: dt.date, *, name: str = ""
) -> Next:
    """The step after those that were taken since the claim stands as it does, or the named one after them.
    Raises UnusableInput."""
    ladder = office.escalation
    at = _taken(ladder, talks, seen)
    left = ladder[at + 1 :]
    if name:
        left = tuple(one for one in left if one.name == name)
    if not left:
        known = ", ".join(one.name for one in ladder)
        says = f"there is no such step left; the steps are {known}" if name else "no step is left"
        raise UnusableInput("escalate", "", says)
    step = left[0]
    return Next(step=step, until=today + dt.timedelta(days=step.days), then=_then(ladder, step, claim))


def _taken(ladder: Sequence[Step], talks: Sequence[Talk], seen: str) -> int:
    """The place of the highest step that was taken since; -1 where none was."""
    places = {one.name: place for place, one in enumerate(ladder)}
    return max(
        (
            places[one.step]
            for one in talks
            if one.kind == ESCALATION and one.seen == seen and one.step in places
        ),
        default=-1,
    )


def _then(ladder: Sequence[Step], step: Step, claim: int) -> str:
    place = ladder.index(step)
    if place + 1 == len(ladder):
        return "no step is left: decide whether to give it up"
    return f"nothing came of it: {ladder[place + 1].says} (nextpayer escalate {claim})"

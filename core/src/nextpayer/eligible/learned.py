"""What an answer about eligibility teaches: facts for the policy, each with its source, and other payers.

Only what is unambiguous becomes a fact. Values that hold on the day and agree are one fact; values that
differ (two services, two networks, two plans), that are only for one service or that carry a condition (a
procedure, a message, a place, a named provider) are told as ambiguous and left to a person. Nothing is
computed and nothing is filled in: a share above one, an amount below zero and a single day of unclear
meaning are no facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nextpayer.claim import DateFact
from nextpayer.coverage import Coverage, Fact
from nextpayer.eligibility import ACTIVE, INACTIVE, Benefit, Eligibility
from nextpayer.eligible.limits import limits
from nextpayer.eligible.programmes import of_another_programme
from nextpayer.eligible.spans import Span, holds, span
from nextpayer.errors import InvalidNoun
from nextpayer.policy import Policy

__all__ = ["Asked", "Learned", "learn"]

SOURCE = "271"
_REMAINING = "29"
#: EB01 of what is only told usefully as what remains: deductible, maximum.
_THAT_REMAIN = frozenset({"C", "F"})
_GROUP_NUMBERS = ("6P", "1L")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the office wants to know: the day, the service types (none: the plan as a whole), and whether the
    provider is in the plan's network (None: not known)."""

    on: dt.date
    services: tuple[str, ...] = ()
    in_network: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """``facts`` in the order in which they can be applied; ``ambiguous`` and ``contradicting`` are paths that
    the answer tells without settling them, or against what else is on file."""

    facts: tuple[Fact, ...]
    ambiguous: tuple[str, ...]
    contradicting: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One value for a path as one place of the answer tells it."""

    value: Any
    segment: int
    span: Span = (None, None)


def learn(policy: Policy, coverage: Coverage, answer: Eligibility, asked: Asked) -> Learned:
    """What the answer tells about a policy of the coverage."""
    facts: list[Fact] = []
    ambiguous: list[str] = []
    for path, told, settled in _candidates(policy, answer, asked):
        values = list(dict.fromkeys(one.value for one in told))
        if len(values) == 1 and settled:
            since, until = _common(told)
            facts.append(
                Fact(
                    policy=policy.id,
                    path=path,
                    value=values[0],
                    source=SOURCE,
                    learned=answer.answered,
                    since=since,
                    until=until,
                    file=answer.file,
                    segment=told[0].segment,
                )
            )
        elif values or not settled:
            ambiguous.append(path)
    applied, refused = _applicable(coverage, facts)
    return Learned(facts=applied, ambiguous=tuple(ambiguous), contradicting=refused)


def _candidates(policy: Policy, answer: Eligibility, asked: Asked) -> Iterator[tuple[str, list[_Told], bool]]:
    """Path, what is told for it, and whether that settles it."""
    active = [
        one
        for one in answer.benefits
        if one.status in ACTIVE
        and one.of_the_plan
        and not of_another_programme(policy, one)
        and holds(_dates(one, answer), asked.on)
    ]
    if answer.member_id:
        yield "member_id", [_Told(value=answer.member_id, segment=answer.segment)], True
    yield "group_number", _groups(answer, active), True
    yield "plan_name", [_told(one, one.plan_name) for one in active if one.plan_name], True
    yield from _days(policy, answer, active, asked)
    for path, status in (("coinsurance", "A"), ("copay", "B"), ("deductible_remaining", "C")):
        yield _terms(f"benefits.{path}", answer, asked, status)
    yield _terms("benefits.maximum_remaining", answer, asked, "F")
    yield from _limits(answer, asked)


def _limits(answer: Eligibility, asked: Asked) -> Iterator[tuple[str, list[_Told], bool]]:
    """The limits of every service, or of those asked about."""
    meant = [
        one
        for one in answer.benefits
        if one.status == "F"
        and (not asked.services or set(one.services) & set(asked.services))
        and _network(one, asked)
        and holds(one.dates, asked.on)
    ]
    usable = [one for one in meant if not _condition(one)]
    found, unclear = limits(usable)
    if found:
        told = [_told(one, found) for one in usable]
        yield "benefits.limits", told, True
    if unclear or len(usable) < len(meant):
        yield "benefits.limits", [], False


def _groups(answer: Eligibility, active: list[Benefit]) -> list[_Told]:
    """The group numbers told: of the person's loop, else of the plan's own benefits."""
    for qualifier in _GROUP_NUMBERS:
        own = [
            _Told(value=one.value, segment=answer.segment)
            for one in answer.references or answer.subscriber_references
            if one.qualifier == qualifier
        ]
        found = own or [
            _Told(value=reference.value, segment=one.segment)
            for one in active
            for reference in one.references
            if reference.qualifier == qualifier
        ]
        if found:
            return found
    return []


def _days(
    policy: Policy, answer: Eligibility, active: list[Benefit], asked: Asked
) -> Iterator[tuple[str, list[_Told], bool]]:
    """When the policy, and each part of Medicare, begins and ends."""
    of_medicare = policy.payer.kind == "medicare"
    parts: dict[str, list[_Told]] = {"MA": [], "MB": []}
    begins: list[_Told] = []
    ends: list[_Told] = []
    for one in active:
        since, until = span(_dates(one, answer))
        of_the_part = parts.get(one.insurance_type) if of_medicare else None
        if since:
            (begins if of_the_part is None else of_the_part).append(_Told(value=since, segment=one.segment))
        if until and of_the_part is None:
            ends.append(_Told(value=until, segment=one.segment))
    if not active:
        ends = [
            _Told(value=until, segment=one.segment)
            for one in answer.benefits
            if one.status in INACTIVE and one.of_the_plan
            for until in [span(_dates(one, answer))[1]]
            if until and until < asked.on
        ]
    yield "medicare.part_a", parts["MA"], True
    yield "medicare.part_b", parts["MB"], True
    yield "effective", begins, True
    yield "terminates", ends, True


def _terms(path: str, answer: Eligibility, asked: Asked, status: str) -> tuple[str, list[_Told], bool]:
    """One number of the plan: coinsurance, copay, or what remains of a deductible or a maximum."""
    told: list[_Told] = []
    family: list[Decimal] = []
    aside: set[Decimal] = set()  # for other services, or under a condition
    for one in answer.benefits:
        value = one.percent if status == "A" else one.amount
        remains = one.period == _REMAINING
        if one.status != status or value is None or remains != (status in _THAT_REMAIN):
            continue
        if not (holds(one.dates, asked.on) and _network(one, asked)):
            continue
        if status == "F" and not one.of_the_plan:
            continue  # a maximum for one service is a limit
        if not _meant(one, asked) or _condition(one) or value < 0 or (status == "A" and value > 1):
            aside.add(value)
        elif one.level == "FAM":
            family.append(value)
        else:
            told.append(_told(one, value))
    settled = aside <= {one.value for one in told}
    if told and family and status in _THAT_REMAIN:  # what remains for the patient is at most the family's
        settled = settled and min(family) >= min(one.value for one in told)
    elif family:
        settled = settled and set(family) <= {one.value for one in told}
    return path, told, settled


def _meant(one: Benefit, asked: Asked) -> bool:
    """Whether a benefit is about the services asked about, or about the plan as a whole when none are."""
    return bool(set(one.services) & set(asked.services)) if asked.services else one.of_the_plan


def _network(one: Benefit, asked: Asked) -> bool:
    return asked.in_network is None or one.network != ("N" if asked.in_network else "Y")


def _condition(one: Benefit) -> bool:
    """Whether something narrows the benefit down: a procedure, a message, a place, a named party."""
    return bool(one.procedure or one.messages or one.parties or one.carried)


def _dates(one: Benefit, answer: Eligibility) -> tuple[DateFact, ...]:
    return one.dates or answer.dates


def _told(one: Benefit, value: Any) -> _Told:
    return _Told(value=value, segment=one.segment, span=span(one.dates))


def _common(told: Iterable[_Told]) -> Span:
    """The days that every place gives, none where they differ."""
    spans = {one.span for one in told}
    return spans.pop() if len(spans) == 1 else (None, None)


def _applicable(coverage: Coverage, facts: list[Fact]) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """The facts in an order in which each can be applied, and the paths of those that cannot."""
    pending, applied = facts, []
    while True:
        refused = []
        for fact in pending:
            try:
                coverage = coverage.with_value(fact.policy, fact.path, fact.value)
            except InvalidNoun:
                refused.append(fact)
            else:
                applied.append(fact)
        if not refused or len(refused) == len(pending):
            return tuple(applied), tuple(fact.path for fact in refused)
        pending = refused

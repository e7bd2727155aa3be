"""The order of benefits: rules settle every pair of policies, and the pairs make the order.

Theory of operation. On the day of service the coverage is what its history says; policies not in force and
policies that a rule excludes drop out. Each pair of the rest goes through the rules in ``(phase, id)`` order
until one decides. A rule whose fact nobody has stated stops there: the fact's possible values are tried, and
only if they lead to different answers is the fact *missing* and the order undetermined. Nothing is guessed,
and the order in which policies were typed is never looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from nextpayer.coverage import Coverage
from nextpayer.errors import PluginFailed
from nextpayer.policy import Policy

from .candidates import candidates
from .case import Case, FactUsed, UnknownFact, Verdict
from .notes import NOTES, Note, NoteRule
from .rule import MEDICARE, Exclusion, OrderRule, Relation

__all__ = ["Answer", "Excluded", "Msp", "Passed", "Rules", "Step", "order_of_benefits"]

#: Unknown facts of one pair that are tried together; more are simply missing.
_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything an order is decided by: the core's tables and what plugins contributed."""

    order: tuple[OrderRule, ...]
    exclusions: tuple[Exclusion, ...]
    notes: tuple[NoteRule, ...] = NOTES

    @classmethod
    def of(cls, contributed: Iterable[OrderRule | Exclusion]) -> Rules:
        """The rules that the hooks handed over, of both sorts. Raises PluginFailed for anything else."""
        rules = tuple(contributed)
        for rule in rules:
            if not isinstance(rule, OrderRule | Exclusion):
                raise PluginFailed("order rule", rule.id, "", "is neither an OrderRule nor an Exclusion")
        return cls(
            order=tuple(rule for rule in rules if isinstance(rule, OrderRule)),
            exclusions=tuple(rule for rule in rules if isinstance(rule, Exclusion)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One settled pair: ``puts`` pays before ``before`` (or the two share, or only one of them pays)."""

    rule: OrderRule
    puts: str
    before: str
    because: tuple[FactUsed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A rule that was asked about a pair and did not decide it, with the facts that spoke against it."""

    rule: OrderRule
    between: tuple[str, str]
    because: tuple[FactUsed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A policy that does not pay this claim. ``rule`` is None when it was not in force on the day."""

    policy: Policy
    rule: Exclusion | None
    because: tuple[FactUsed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Msp:
    """Why Medicare is not primary: the insurance type (837P SBR05), which is also the 837I value code."""

    insurance_type: str
    rule: OrderRule
    ahead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The order of benefits for one patient and day. ``order`` is empty unless it is determined.

    ``certain`` are the leading payers whose place no missing fact can change. ``shares`` are policies that
    pay equal parts, ``alternatives`` those of which only one pays. ``missing`` are facts (policy, path), the
    most decisive first; ``trouble`` says in words why an order cannot be made of known facts.
    """

    on: dt.date
    coverage: Coverage
    order: tuple[Policy, ...]
    determined: bool
    certain: tuple[Policy, ...] = ()
    derivation: tuple[Step, ...] = ()
    passed: tuple[Passed, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    trouble: tuple[str, ...] = ()
    shares: tuple[tuple[str, ...], ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    msp: Msp | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Settled:
    """What became of one pair: a verdict, or the facts that are missing for one."""

    verdict: Verdict | None
    missing: tuple[tuple[str, str], ...] = ()


def order_of_benefits(coverage: Coverage, on: dt.date, rules: Rules) -> Answer:
    """Who pays first for services on ``on``, and why. Pure; refuses nothing, and guesses nothing.

    Raises PluginFailed, naming the rule, when a rule's test raises.
    """
    coverage = coverage.on(on)
    in_force = tuple(sorted(coverage.in_force(on), key=lambda policy: policy.id))
    excluded = [Excluded(policy=one, rule=None) for one in coverage.policies if one not in in_force]
    excluded.sort(key=lambda out: out.policy.id)
    in_order = sorted((rule for rule in rules.order), key=lambda rule: (rule.phase, rule.id))
    held = tuple(rule for rule in in_order if rule.holds(on))

    def decide(case: Case, one: Policy, other: Policy) -> Verdict | None:
        return _decide(case, one, other, held)

    missing: dict[tuple[str, str], None] = {}
    kept, dropped = _exclude(Case(coverage, on, in_force, decide), rules.exclusions, missing)
    excluded += dropped
    policies = tuple(kept)
    case = Case(coverage, on, policies, decide)
    unsure = bool(missing)  # whether a policy is in the order at all
    missing.update({(one.id, "payer.kind"): None for one in policies if not one.payer.kind})
    verdicts: dict[tuple[str, str], Verdict] = {}
    trouble: list[str] = []
    for one, other in combinations(policies, 2):
        if not one.payer.kind or not other.payer.kind:
            continue
        settled = _settle(case, one, other, _DEPTH)
        if settled.verdict is not None:
            verdicts[one.id, other.id] = settled.verdict
        elif settled.missing:
            missing.update(dict.fromkeys(settled.missing))
        else:
            trouble.append(f"no rule says which of {one.id} and {other.id} pays first: ask both payers")
    trouble += _uneven(policies, verdicts)
    order = _sorted(policies, verdicts)
    certain = _leading(policies, verdicts)
    if order is None and not missing and not trouble:
        names = ", ".join(policy.id for policy in policies if policy not in certain)
        trouble.append(f"the rules put {names} in a circle: ask the payers which of them pays first")
    if missing or trouble:
        order = None
    answer = Answer(
        on=on,
        coverage=coverage,
        order=order or (),
        determined=order is not None,
        certain=() if unsure else order or certain,
        derivation=_steps(verdicts, order or policies),
        passed=tuple(
            Passed(rule=rule, between=pair, because=because)
            for pair, verdict in verdicts.items()
            for rule, because in verdict.passed
        ),
        excluded=tuple(excluded),
        missing=tuple(missing),
        trouble=tuple(trouble),
        shares=_sharing(verdicts) if order is not None else (),
        alternatives=_alternatives(verdicts) if order is not None else (),
        msp=_msp(order, verdicts) if order else None,
    )
    return replace(answer, notes=tuple(_notes(case, answer, rules.notes)))


def _exclude(
    case: Case, exclusions: Sequence[Exclusion], missing: dict[tuple[str, str], None]
) -> tuple[list[Policy], list[Excluded]]:
    kept, dropped = [], []
    for policy in case.policies:
        unknown: dict[tuple[str, str], None] = {}
        for rule in sorted(exclusions, key=lambda rule: rule.id):
            if policy.payer.kind not in rule.kinds:
                continue
            try:
                out, because = _guarded(case, rule, policy)
            except UnknownFact as fact:
                unknown[fact.policy, fact.path] = None
                continue
            if out:
                dropped.append(Excluded(policy=policy, rule=rule, because=because))
                break
        else:
            missing.update(unknown)
            kept.append(policy)
    return kept, dropped


def _decide(case: Case, one: Policy, other: Policy, rules: tuple[OrderRule, ...]) -> Verdict | None:
    """The first rule that decides the pair. Raises UnknownFact."""
    passed: list[tuple[OrderRule, tuple[FactUsed, ...]]] = []
    for rule in rules:
        ways = [(a, b) for a, b in ((one, other), (other, one)) if rule.covers(a, b)]
        if not ways:
            continue
        asked = [(a, b, *_ask(case, rule, a, b)) for a, b in ways]
        yes = [way for way in asked if way[2]]
        if len(yes) == 1 or (yes and rule.relation is not Relation.BEFORE):
            first, second, _, because = yes[0]
            return Verdict(rule=rule, first=first, second=second, because=because, passed=tuple(passed))
        facts = {used.name: used for way in asked for used in way[3]}
        passed.append((rule, tuple(facts.values())))
    return None


def _ask(case: Case, rule: OrderRule, first: Policy, second: Policy) -> tuple[bool, tuple[FactUsed, ...]]:
    """The state is asked for last: only where the rule would decide does it matter whose law governs."""
    return _guarded(case, rule, first, second) if rule.test or rule.states else (True, ())


def _guarded(case: Case, rule: OrderRule | Exclusion, *policies: Policy) -> tuple[bool, tuple[FactUsed, ...]]:
    """A rule's answer. Whatever its test raises is the failure of the plugin that contributed the rule."""
    states: frozenset[str] = getattr(rule, "states", frozenset())

    def question() -> bool:
        answer = rule.test is None or rule.test(case, *policies)
        return bool(answer and (not states or case.know(None, "circumstances.state") in states))

    try:
        return case.ask(question)
    except (UnknownFact, PluginFailed):
        raise
    except Exception as error:
        raise PluginFailed.during("order rule", rule.id, "", "looking at the policies", error) from error


def _settle(case: Case, one: Policy, other: Policy, depth: int) -> _Settled:
    """The pair's verdict; where a fact is unknown, the verdict that all its values agree on, else what is
    missing for one.

    Below the first unknown fact the search ends at the first disagreement: with little known there are
    thousands of possible worlds, and they would only say again that the facts are missing.
    """
    try:
        return _Settled(case.verdict(one, other))
    except UnknownFact as unknown:
        key = (unknown.policy, unknown.path)
    values = candidates(case, *key)
    if not values or not depth:
        return _Settled(None, (key,))
    found = []
    for value in values:
        world = case.supposing({key: value})
        a, b = world.coverage.policy(one.id), world.coverage.policy(other.id)
        if a is not None and b is not None:  # a supposition removes no policy
            found.append(_settle(world, a, b, depth - 1))
            if depth < _DEPTH and not _agree(found):
                break
    first = found[0].verdict
    if first is not None and _agree(found):
        mine = {one.id: one, other.id: other}
        return _Settled(
            replace(
                first,
                first=mine[first.first.id],
                second=mine[first.second.id],
                because=_supposed(first.because, key),
                passed=tuple((rule, _supposed(because, key)) for rule, because in first.passed),
            )
        )
    further = [missing for settled in found for missing in settled.missing]
    return _Settled(None, tuple(dict.fromkeys([key, *further])))


def _agree(found: list[_Settled]) -> bool:
    outcomes = {settled.verdict.outcome if settled.verdict is not None else None for settled in found}
    return len(outcomes) == 1 and None not in outcomes


def _supposed(because: tuple[FactUsed, ...], key: tuple[str, str]) -> tuple[FactUsed, ...]:
    return tuple(replace(used, any=True) if (used.policy, used.path) == key else used for used in because)


def _sorted(
    policies: tuple[Policy, ...], verdicts: dict[tuple[str, str], Verdict]
) -> tuple[Policy, ...] | None:
    """The policies in order, None when a pair is open or the rules go in a circle."""
    rest = list(policies)
    order: list[Policy] = []
    while rest:
        free = [
            one for one in rest if all(_not_after(one, other, verdicts) for other in rest if other is not one)
        ]
        if not free:
            return None
        order.append(free[0])
        rest.remove(free[0])
    return tuple(order)


def _leading(policies: tuple[Policy, ...], verdicts: dict[tuple[str, str], Verdict]) -> tuple[Policy, ...]:
    """The policies that pay before all the rest, whatever becomes of the open pairs."""
    rest, leading = list(policies), list[Policy]()
    while rest:
        ahead = [
            one for one in rest if all(_before(one, other, verdicts) for other in rest if other is not one)
        ]
        if not ahead:
            break
        leading += ahead
        rest.remove(ahead[0])
    return tuple(leading)


def _between(one: Policy, other: Policy, verdicts: dict[tuple[str, str], Verdict]) -> Verdict | None:
    return verdicts.get((min(one.id, other.id), max(one.id, other.id)))


def _not_after(one: Policy, other: Policy, verdicts: dict[tuple[str, str], Verdict]) -> bool:
    verdict = _between(one, other, verdicts)
    if verdict is None:
        return False
    return verdict.rule.relation is not Relation.BEFORE or verdict.first.id == one.id


def _before(one: Policy, other: Policy, verdicts: dict[tuple[str, str], Verdict]) -> bool:
    verdict = _between(one, other, verdicts)
    return verdict is not None and verdict.outcome[:2] == (Relation.BEFORE, one.id)


def _uneven(policies: tuple[Policy, ...], verdicts: dict[tuple[str, str], Verdict]) -> list[str]:
    """Policies that share, and a third that the rules put between them: then the shares are no answer."""
    by_id = {policy.id: policy for policy in policies}
    found = []
    for (a, b), verdict in verdicts.items():
        if verdict.rule.relation is not Relation.SHARE:
            continue
        for third in policies:
            ways = [_between(by_id[one], third, verdicts) for one in (a, b) if third.id not in (a, b)]
            if None in ways:
                continue
            stands = {way.outcome[:2] == (Relation.BEFORE, third.id) for way in ways if way is not None}
            ranks = {way.rule.relation for way in ways if way is not None}
            if len(stands) > 1 or len(ranks) > 1:
                found.append(
                    f"{a} and {b} would share equally, but {third.id} pays after one of them and not after"
                    " the other: ask the payers"
                )
    return found


def _sharing(verdicts: dict[tuple[str, str], Verdict]) -> tuple[tuple[str, ...], ...]:
    """Groups of policies that share equally."""
    groups: list[set[str]] = []
    for (one, other), verdict in verdicts.items():
        if verdict.rule.relation is Relation.SHARE:
            joined = [group for group in groups if group & {one, other}]
            groups = [group for group in groups if group not in joined]
            groups.append({one, other}.union(*joined))
    return tuple(tuple(sorted(group)) for group in groups)


def _alternatives(verdicts: dict[tuple[str, str], Verdict]) -> tuple[tuple[str, ...], ...]:
    """Pairs of which only one pays. They do not join: VA or a plan, VA or Medicare, but plan and Medicare."""
    return tuple(pair for pair, verdict in verdicts.items() if verdict.rule.relation is Relation.EITHER)


def _steps(verdicts: dict[tuple[str, str], Verdict], order: tuple[Policy, ...]) -> tuple[Step, ...]:
    """The settled pairs as they are read aloud: the first payer against each later one, then the second."""
    place = {policy.id: number for number, policy in enumerate(order)}
    steps = [
        Step(rule=verdict.rule, puts=verdict.first.id, before=verdict.second.id, because=verdict.because)
        for verdict in verdicts.values()
    ]
    return tuple(sorted(steps, key=lambda step: (place[step.puts], place[step.before])))


def _msp(order: tuple[Policy, ...], verdicts: dict[tuple[str, str], Verdict]) -> Msp | None:
    """The type of the first payer ahead of Medicare that has one."""
    medicare = next((one for one in order if one.payer.kind in MEDICARE), None)
    if medicare is None:
        return None
    for payer in order:
        if payer is medicare:
            continue
        verdict = verdicts.get((min(payer.id, medicare.id), max(payer.id, medicare.id)))
        if verdict is not None and verdict.rule.gives:
            return Msp(insurance_type=verdict.rule.gives, rule=verdict.rule, ahead=payer.id)
    return None


def _notes(case: Case, answer: Answer, rules: tuple[NoteRule, ...]) -> list[Note]:
    found = [
        Note(id=step.rule.id, says=step.rule.caution, source=step.rule.source)
        for step in answer.derivation
        if step.rule.caution
    ]
    for rule in rules:
        if answer.determined and rule.applies(case, answer.order):
            found.append(Note(id=rule.id, says=rule.says, source=rule.source))
    return list(dict.fromkeys(found))

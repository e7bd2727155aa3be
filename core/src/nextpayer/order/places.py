"""The paying order put into a claim: which policies may pay it, and in which place.

With a coverage file the rules say the order; the places that the claim or the file states (SBR01) are then
checked against it, and a stated order that contradicts the rules holds the claim with the derivation. A
place that a payer itself has told (a fact of the history) goes before the rules: both are kept, and the
difference is a finding. Where the rules miss a fact the stated places are followed, with a warning that
names it. Without a coverage file there are no facts, and the claim's own places are all there is. It is never
the order in which policies were typed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from nextpayer._swift import swift
from nextpayer.account import Contradiction
from nextpayer.claim import Claim
from nextpayer.coverage import Coverage
from nextpayer.finding import Finding, Severity
from nextpayer.policy import SEQUENCES, Policy

from .case import FactUsed
from .engine import Answer, Rules, Step, order_of_benefits
from .joined import Joined, finding, joined
from .rule import MEDICARE, Relation

__all__ = ["PayingOrder", "paying_order", "with_policies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayingOrder:
    """Policies in paying order, and the claim with those very policies in its places.

    ``undetermined`` names the missing fact, empty when the order is known. ``contradiction`` is the order
    that the rules give where the claim was billed in another.
    """

    claim: Claim
    policies: tuple[Policy, ...]
    undetermined: str = ""
    findings: tuple[Finding, ...] = ()
    contradiction: Contradiction | None = None


make_order = swift(PayingOrder)


def paying_order(claim: Claim, coverage: Coverage | None = None, rules: Rules | None = None) -> PayingOrder:
    """The claim's policies in paying order, from the claim alone or with what the billing office knows.

    With a coverage file, that file says which policies there are; the claim's own loops fill what it omits.
    A policy not in force on the day of service is left out; a payer that has decided always stays. Without
    ``rules`` only stated places count.
    """
    if coverage is None:
        return _by_place(claim, claim.policies, ())
    service = claim.service_from
    if rules is not None and service is not None:
        return _by_rules(claim, coverage, rules, service)
    return _stated(joined(claim, coverage if service is None else coverage.on(service), service))


def _stated(found: Joined) -> PayingOrder:
    """The order that the stated places give."""
    policies = list(found.policies)
    unknown = [policy for policy in policies if not policy.sequence]
    if len(unknown) == 1:  # only one place is left for it
        taken = {policy.sequence for policy in policies}
        free = next(place for place in SEQUENCES if place not in taken)
        placed = replace(unknown[0], sequence=free)
        policies = [placed if policy is unknown[0] else policy for policy in policies]
    elif unknown:
        names = ", ".join(policy.id or policy.payer.id for policy in unknown)
        return PayingOrder(
            claim=found.claim,
            policies=found.policies,
            findings=found.findings,
            undetermined=f"the place (sequence) of {names}",
        )
    order = _by_place(found.claim, tuple(policies), found.findings)
    return _placed(order, order.policies) if found.left_out and not order.undetermined else order


def _by_rules(claim: Claim, coverage: Coverage, rules: Rules, service: dt.date) -> PayingOrder:
    """The order that the rules give, checked against the stated places and on the last line's day too."""
    found, answer = _answer(claim, coverage, rules, service)
    named = found.named
    stated = _stated(found)
    last = max((day for line in claim.lines if (day := line.service_date)), default=service)
    if last > service:
        _, later = _answer(claim, coverage, rules, last)
        if answer.determined and later.determined and _ids(answer) != _ids(later):
            why = f"the order of benefits changes between {service} and {last}: split the claim by day"
            return replace(stated, undetermined=why)
    if not answer.determined:
        return _unconfirmed(stated, answer)
    order = _equals_as_stated(tuple(named[policy.id] for policy in answer.order), answer, named)
    told = any(fact.path == "sequence" and fact.holds(service) for fact in coverage.facts)
    against = _against(found, answer, named)
    if told and against:
        says = "a payer has told another order than the rules give; the payer's is followed"
        more = tuple(replace(one, severity=Severity.WARN) for one in against)
        return replace(
            stated,
            findings=(*stated.findings, finding("NP-ORDER-PAYER-SAYS", Severity.WARN, says), *more),
        )
    if against:
        return replace(stated, contradiction=Contradiction(order=order, steps=against))
    return _as_the_rules_say(found, answer, order)


def _equals_as_stated(
    order: tuple[Policy, ...], answer: Answer, named: dict[str, Policy]
) -> tuple[Policy, ...]:
    """Payers of equal rank stand as the claim states them: the rules put neither first."""
    for group in answer.shares + answer.alternatives:
        members = [named[name] for name in group]
        rest = iter(sorted(members, key=_stated_place))
        order = tuple(next(rest) if any(one is member for member in members) else one for one in order)
    return order


def _stated_place(policy: Policy) -> int:
    return SEQUENCES.find(policy.sequence) if policy.sequence not in ("", "U") else len(SEQUENCES)


def _as_the_rules_say(found: Joined, answer: Answer, order: tuple[Policy, ...]) -> PayingOrder:
    """The claim with its policies in the places that the rules give them."""
    out = {excluded.policy.id for excluded in answer.excluded}
    decided = tuple(
        policy
        for name, policy in found.named.items()
        if name in out and (policy is found.claim.policy or _has_decided(policy, found.claim))
    )
    findings = found.findings + tuple(
        finding("NP-ORDER-EXCLUDED", Severity.INFO, f"{one.policy.id}: {one.rule.title} ({one.rule.id})")
        for one in answer.excluded
        if one.rule is not None
    )
    findings += tuple(_note(note.id, note.says, note.source) for note in answer.notes)
    policies = order + decided
    placed = _placed(PayingOrder(claim=found.claim, policies=policies, findings=findings), policies)
    if answer.alternatives:
        names = " and ".join(answer.alternatives[0])
        why = f"only one of {names} pays this care, never both: ask which of them ordered it"
        placed = replace(placed, undetermined=why)
    return _with_insurance_type(placed, answer)


def _answer(claim: Claim, coverage: Coverage, rules: Rules, day: dt.date) -> tuple[Joined, Answer]:
    known = coverage.on(day)
    found = joined(claim, known, day)
    return found, order_of_benefits(found.case(known), day, rules)


def _ids(answer: Answer) -> list[str]:
    return [policy.id for policy in answer.order]


def _unconfirmed(stated: PayingOrder, answer: Answer) -> PayingOrder:
    """The rules miss a fact: the stated order with a warning, or nothing but the missing facts."""
    missing = [f"{policy}.{path}".strip(".") for policy, path in answer.missing]
    what = ", ".join((*missing, *answer.trouble)) or "nothing"
    if stated.undetermined:
        return replace(stated, undetermined=what)
    says = f"the rules do not confirm the stated order of payers; missing: {what}"
    return replace(stated, findings=(*stated.findings, finding("NP-ORDER-UNCONFIRMED", Severity.WARN, says)))


def _against(found: Joined, answer: Answer, named: dict[str, Policy]) -> tuple[Finding, ...]:
    """Where the stated places contradict the rules: each pair that stands the other way round, and payers
    that come before the billed one although its place has no room for them."""
    steps = [step for step in answer.derivation if step.rule.relation is Relation.BEFORE]
    wrong = [
        step
        for step in steps
        if (first := named[step.puts].sequence) in SEQUENCES
        and (second := named[step.before].sequence) in SEQUENCES
        and first
        and second
        and SEQUENCES.index(first) > SEQUENCES.index(second)
    ]
    billed = found.claim.policy
    if billed.sequence and billed.sequence in SEQUENCES:
        ahead = [step for step in steps if named[step.before] is billed]
        if len(ahead) > SEQUENCES.index(billed.sequence):
            wrong += [step for step in ahead if step not in wrong and not named[step.puts].sequence]
    findings = [_contradiction(step, named) for step in wrong]
    for out in answer.excluded:
        if out.rule is not None and named[out.policy.id] is billed:
            why = f"{billed.payer.name or out.policy.id} was billed and does not pay: {out.rule.title}"
            findings.append(_reject("NP-ORDER-CONTRADICTED", why, f"{out.rule.id}; {out.rule.source}"))
    return tuple(findings)


def _contradiction(step: Step, named: dict[str, Policy]) -> Finding:
    first, second = named[step.puts], named[step.before]
    because = ", ".join(_told(used) for used in step.because if not used.presumed)
    says = (
        f"{first.payer.name or step.puts} pays before {second.payer.name or step.before}: {step.rule.title}"
        + (f" (because {because})" if because else "")
    )
    return _reject("NP-ORDER-CONTRADICTED", says, f"{step.rule.id}; {step.rule.source}")


def _told(used: FactUsed) -> str:
    """A fact as a finding may tell it: words and numbers of the plan; a person's days are not repeated."""
    if used.any or (isinstance(used.value, dt.date) and used.path.endswith("birth_date")):
        return used.name
    return f"{used.name} {used.value}"


def _has_decided(policy: Policy, claim: Claim) -> bool:
    return any(other.policy is policy and other.adjudication is not None for other in claim.other_payers)


def _with_insurance_type(order: PayingOrder, answer: Answer) -> PayingOrder:
    """Why Medicare is not primary (SBR05), where the rules say it and nobody has stated it."""
    if answer.msp is None:
        return order
    typed = tuple(
        replace(policy, insurance_type=answer.msp.insurance_type)
        if policy.payer.kind in MEDICARE and not policy.insurance_type
        else policy
        for policy in order.policies
    )
    return with_policies(order, order.policies, typed)


def _placed(order: PayingOrder, policies: tuple[Policy, ...]) -> PayingOrder:
    """The policies in the places of their order, which skips none (SBR01), and the claim with them."""
    placed = tuple(
        policy if policy.sequence == place else replace(policy, sequence=place)
        for policy, place in zip(policies, SEQUENCES, strict=False)
    )
    return with_policies(order, policies, placed)


def with_policies(order: PayingOrder, before: tuple[Policy, ...], after: tuple[Policy, ...]) -> PayingOrder:
    """The same order with other policy objects, in the claim too."""
    moved = {id(old): new for old, new in zip(before, after, strict=False)}
    claim = order.claim
    others = tuple(
        replace(other, policy=moved.get(id(other.policy), other.policy)) for other in claim.other_payers
    )
    claim = replace(claim, policy=moved.get(id(claim.policy), claim.policy), other_payers=others)
    return replace(order, claim=claim, policies=after)


def _by_place(claim: Claim, policies: tuple[Policy, ...], findings: tuple[Finding, ...]) -> PayingOrder:
    undetermined = ""
    if len(policies) > 1:
        places = [policy.sequence for policy in policies]
        if "U" in places or "" in places:
            undetermined = "the place of a payer that the claim marks as unknown (SBR01)"
        elif len(set(places)) != len(places):
            undetermined = "two payers have the same place (SBR01)"
        else:
            policies = tuple(sorted(policies, key=_place))
    return make_order(claim, policies, undetermined, findings)


def _place(policy: Policy) -> int:
    return SEQUENCES.index(policy.sequence)


def _reject(id: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.REJECT, where="2000B, 2320 SBR01", message=message, source=source)


def _note(id: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.INFO, where="coverage file", message=message, source=source)

"""The paying order: which policies may pay this claim, and in which place.

For now the order is what the claim's own responsibility codes (SBR01) or the coverage file's ``sequence``
say. It is never the order in which policies were typed: where a place is not known, the answer is
``undetermined`` with the fact that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from ._swift import swift
from .claim import Claim, ClaimKind
from .coverage import Coverage
from .finding import Finding, Severity
from .policy import SEQUENCES, Person, Policy

__all__ = ["PayingOrder", "paying_order"]

#: Filing indicator (SBR09, element 1032) for the coverage file's kinds of payer that have exactly one.
_FILING = {
    "commercial": "CI",
    "medicaid": "MC",
    "tricare": "CH",
    "va": "VA",
    "fehb": "FI",
    "workers_comp": "WC",
    "auto": "AM",
    "liability": "LM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayingOrder:
    """Policies in paying order, and the claim with those very policies in its places.

    ``undetermined`` names the missing fact, empty when the order is known.
    """

    claim: Claim
    policies: tuple[Policy, ...]
    undetermined: str = ""
    findings: tuple[Finding, ...] = ()


make_order = swift(PayingOrder)


def paying_order(claim: Claim, coverage: Coverage | None = None) -> PayingOrder:
    """The claim's policies in paying order, from the claim alone or with what the billing office knows.

    With a coverage file, that file says which policies there are; the claim's own loops fill what it omits.
    A policy not in force on the day of service is left out; a payer that has decided always stays.
    """
    if coverage is None:
        return _by_place(claim, claim.policies, ())
    findings: list[Finding] = []
    unused = list(claim.policies)
    policies: list[Policy] = []
    replaced: dict[int, Policy] = {}
    left_out: list[Policy | None] = []
    service = claim.service_from
    for stated in coverage.policies:
        if service and (
            (stated.effective and service < stated.effective)
            or (stated.terminates and service > stated.terminates)
        ):
            name = stated.id or stated.payer.id
            left_out.append(_same(stated, unused))
            findings.append(
                _finding(
                    "NP-COVERAGE-NOT-IN-FORCE",
                    Severity.INFO,
                    f"policy {name} was not in force on the day of service",
                )
            )
            continue
        billed = _same(stated, unused)
        merged = _merge(stated, billed, claim)
        if billed is not None:
            unused = [policy for policy in unused if policy is not billed]
            replaced[id(billed)] = merged
        policies.append(merged)
    kept = []
    for other in claim.other_payers:
        if id(other.policy) in replaced:
            kept.append(replace(other, policy=replaced[id(other.policy)]))
        elif other.adjudication is not None:
            policies.append(other.policy)
            kept.append(other)
        elif not any(other.policy is policy for policy in left_out):
            findings.append(
                _finding(
                    "NP-COVERAGE-REPLACES",
                    Severity.INFO,
                    "the claim names another payer that the coverage file does not have; the coverage file is"
                    " followed",
                )
            )
    if id(claim.policy) not in replaced:
        policies.append(claim.policy)
        findings.append(
            _finding(
                "NP-COVERAGE-LACKS-BILLED",
                Severity.WARN,
                "the coverage file does not have the payer that was billed; the claim's own facts are used"
                " for it",
            )
        )
    claim = replace(claim, policy=replaced.get(id(claim.policy), claim.policy), other_payers=tuple(kept))
    unknown = [policy for policy in policies if not policy.sequence]
    if len(unknown) == 1:  # only one place is left for it
        taken = {policy.sequence for policy in policies}
        free = next(place for place in SEQUENCES if place not in taken)
        placed = replace(unknown[0], sequence=free)
        policies = [placed if policy is unknown[0] else policy for policy in policies]
    elif unknown:
        names = ", ".join(policy.id or policy.payer.id for policy in unknown)
        return PayingOrder(
            claim=claim,
            policies=tuple(policies),
            findings=tuple(findings),
            undetermined=f"the place (sequence) of {names}",
        )
    order = _by_place(claim, tuple(policies), tuple(findings))
    return _moved_up(order) if left_out and not order.undetermined else order


def _moved_up(order: PayingOrder) -> PayingOrder:
    """Once a policy was left out, those after it move up: a claim may not skip a place (SBR01)."""
    moved = {
        id(policy): policy if policy.sequence == place else replace(policy, sequence=place)
        for policy, place in zip(order.policies, SEQUENCES, strict=False)
    }
    claim = order.claim
    others = tuple(
        replace(other, policy=moved.get(id(other.policy), other.policy)) for other in claim.other_payers
    )
    claim = replace(claim, policy=moved.get(id(claim.policy), claim.policy), other_payers=others)
    return replace(order, claim=claim, policies=tuple(moved.values()))


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


def _same(policy: Policy, others: Iterable[Policy]) -> Policy | None:
    """The policy among ``others`` that is this one: same payer and member, else same payer."""
    same_payer = [other for other in others if other.payer.id == policy.payer.id]
    for other in same_payer:
        if other.member_id == policy.member_id:
            return other
    return same_payer[0] if same_payer else None


def _merge(stated: Policy, billed: Policy | None, claim: Claim) -> Policy:
    """What the office states, filled up with what the claim says of the same policy."""
    changes: dict[str, object] = {}
    if billed is not None:
        for field in fields(Policy):
            if getattr(stated, field.name) in ("", None) and getattr(billed, field.name) not in ("", None):
                changes[field.name] = getattr(billed, field.name)
        changes["payer"] = (
            billed.payer if not stated.payer.kind else replace(billed.payer, kind=stated.payer.kind)
        )
        changes["holder"] = _fill(stated.holder, billed.holder)
        if not stated.sequence:
            changes["sequence"] = billed.sequence
    if not stated.filing_indicator and "filing_indicator" not in changes:
        kind = stated.payer.kind
        if kind == "medicare":
            changes["filing_indicator"] = "MA" if claim.kind is ClaimKind.INSTITUTIONAL else "MB"
        elif kind in _FILING:
            changes["filing_indicator"] = _FILING[kind]
    return replace(stated, **changes) if changes else stated  # type: ignore[arg-type]


def _fill(person: Person, other: Person) -> Person:
    changes = {
        field.name: getattr(other, field.name)
        for field in fields(Person)
        if getattr(person, field.name) in ("", None, ()) and getattr(other, field.name) not in ("", None, ())
    }
    return replace(person, **changes) if changes else person


def _finding(id: str, severity: Severity, message: str) -> Finding:
    return Finding(id=id, severity=severity, where="coverage file", message=message, source="coverage file")

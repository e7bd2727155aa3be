"""The policies of a claim and of the coverage file, joined: what each says fills what the other omits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from nextpayer.claim import Claim, ClaimKind
from nextpayer.coverage import Circumstances, Coverage
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Person, Policy

__all__ = ["Joined", "finding", "joined"]

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
#: The kind of payer that a filing indicator tells, for policies that only the claim names.
_KINDS = {
    **dict.fromkeys(("12", "13", "14", "15", "BL", "CI", "HM"), "commercial"),
    **{code: kind for kind, code in _FILING.items() if kind != "commercial"},
    "16": "medicare_advantage",
    "MA": "medicare",
    "MB": "medicare",
}
#: The cause that CLM11 tells (element 1362).
_CAUSES = {"AA": "auto", "EM": "work"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The claim with the joined policies in its places. ``named`` gives each policy the name that answers
    about the coverage call it by."""

    claim: Claim
    policies: tuple[Policy, ...]
    findings: tuple[Finding, ...]
    left_out: bool

    @property
    def named(self) -> dict[str, Policy]:
        """The policies by name: their id in the file, or the payer's id for those of the claim alone."""
        return {_name(policy, number): policy for number, policy in enumerate(self.policies)}

    def case(self, coverage: Coverage) -> Coverage:
        """The coverage that the rules are asked about."""
        return replace(
            coverage,
            circumstances=_circumstances(coverage.circumstances, self.claim),
            policies=tuple(_with_kind(policy, name) for name, policy in self.named.items()),
            facts=(),
        )


def joined(claim: Claim, coverage: Coverage, day: dt.date | None) -> Joined:
    """The policies that may pay on that day: the file's in force, and the claim's own that have decided."""
    findings: list[Finding] = []
    unused = list(claim.policies)
    policies: list[Policy] = []
    replaced: dict[int, Policy] = {}
    left_out: list[Policy | None] = []
    in_force = coverage.policies if day is None else coverage.in_force(day)
    for stated in coverage.policies:
        if not any(stated is policy for policy in in_force):
            name = stated.id or stated.payer.id
            left_out.append(_same(stated, unused))
            findings.append(
                finding(
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
                finding(
                    "NP-COVERAGE-REPLACES",
                    Severity.INFO,
                    "the claim names another payer that the coverage file does not have; the coverage file is"
                    " followed",
                )
            )
    if id(claim.policy) not in replaced:
        policies.append(claim.policy)
        findings.append(
            finding(
                "NP-COVERAGE-LACKS-BILLED",
                Severity.WARN,
                "the coverage file does not have the payer that was billed; the claim's own facts are used"
                " for it",
            )
        )
    claim = replace(claim, policy=replaced.get(id(claim.policy), claim.policy), other_payers=tuple(kept))
    return Joined(claim=claim, policies=tuple(policies), findings=tuple(findings), left_out=bool(left_out))


def _circumstances(circumstances: Circumstances, claim: Claim) -> Circumstances:
    """The office's, and the cause that the claim tells (CLM11) where the office does not."""
    if circumstances.related_to:
        return circumstances
    causes = {_CAUSES[code] for code in claim.accident if code in _CAUSES}
    return replace(circumstances, related_to=causes.pop()) if len(causes) == 1 else circumstances


def _name(policy: Policy, number: int) -> str:
    return policy.id or f"claim {policy.payer.id or number}"


def _with_kind(policy: Policy, name: str) -> Policy:
    kind = policy.payer.kind or _KINDS.get(policy.filing_indicator, "")
    return replace(policy, id=name, payer=replace(policy.payer, kind=kind))


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
    if stated.holder.id and stated.patient_relationship not in ("", "18"):
        changes["member_id"] = stated.holder.id  # 2010BA NM109 and 2330A NM109 are the policyholder's number
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


def finding(id: str, severity: Severity, message: str) -> Finding:
    return Finding(id=id, severity=severity, where="coverage file", message=message, source="coverage file")

"""Does the payer's answer (271) bear the policy out? Findings, the facts it teaches, and the payers it
tells of.

``check`` holds one answer against one policy of a patient's coverage for one day. It says whether the
policy is active, whether the payer knows the same person under the same number, and what the office did not
know: another payer, another place, Medicare, Medicaid, a Qualified Medicare Beneficiary. Facts are learned
only from an answer that is about the right person. Codes are the standard's; where a rule is more than
that, its row says whose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nextpayer.coverage import Coverage, Fact
from nextpayer.eligibility import ACTIVE, INACTIVE, Benefit, Eligibility
from nextpayer.eligible.elsewhere import OtherPayerTold, other_payers, unnamed
from nextpayer.eligible.identity import recognised
from nextpayer.eligible.learned import Asked, learn
from nextpayer.eligible.likeness import same_payer, squeezed
from nextpayer.eligible.programmes import of_another_programme, programmes
from nextpayer.eligible.spans import holds
from nextpayer.eligible.turned_down import Step, turned_down
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Policy

__all__ = ["Checked", "check"]

TR3 = "X12 271 (005010X279A1)"
_REJECT, _WARN, _INFO = Severity.REJECT, Severity.WARN, Severity.INFO
Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What an answer comes to. ``active`` is None where the answer does not settle it; ``facts`` can be
    applied in their order with ``Coverage.with_value``; ``other_policies`` are those that the coverage does
    not have."""

    policy: str
    active: bool | None
    findings: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()
    other_policies: tuple[Policy, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        return any(one.severity is not Severity.INFO for one in self.findings)


def check(
    policy: Policy,
    coverage: Coverage,
    answer: Eligibility,
    on: dt.date,
    *,
    services: tuple[str, ...] = (),
    in_network: bool | None = None,
) -> Checked:
    """One answer against one policy. ``services`` are service types that matter to the office (element 1365);
    without them the plan as a whole is looked at."""
    asked = Asked(on=on, services=services, in_network=in_network)
    findings = list(_rejected(answer))
    if answer.names_nobody or (answer.rejections and not answer.benefits):
        return Checked(policy=policy.id, active=None, findings=tuple(findings))
    findings += _payer(policy, answer)
    who = recognised(policy, coverage, answer)
    findings += who.findings
    if not who.same_person:
        return Checked(policy=policy.id, active=None, findings=tuple(findings))
    active, status = _standing(policy, answer, asked)
    findings += status
    findings += _services(answer, asked)
    findings += _group(policy, answer)
    others = other_payers(policy, coverage, answer, on)
    findings += [_other(policy, one) for one in others]
    says = "another payer is told of and not named; ask the patient"
    findings += [_finding("NP-ELIG-OTHER-UNNAMED", _WARN, at, says) for at in unnamed(answer)]
    findings += programmes(policy, coverage, answer, on)
    learned = learn(policy, coverage, answer, asked)
    if learned.ambiguous:
        told = ", ".join(dict.fromkeys(learned.ambiguous))
        findings.append(
            _finding(
                "NP-ELIG-AMBIGUOUS",
                _INFO,
                answer.segment,
                f"told in several ways or under a condition, so not taken: {told}",
            )
        )
    if learned.contradicting:
        told = ", ".join(learned.contradicting)
        findings.append(
            _finding(
                "NP-ELIG-CONTRADICTS", _WARN, answer.segment, f"cannot stand with what is on file: {told}"
            )
        )
    return Checked(
        policy=policy.id,
        active=active,
        findings=tuple(findings),
        facts=learned.facts,
        other_policies=_new(others, coverage),
    )


def _rejected(answer: Eligibility) -> Findings:
    """What the payer turned down; of a single benefit it is no more than a warning."""
    of_benefits = [one for benefit in answer.benefits for one in benefit.rejections]
    for one in (*answer.rejections, *of_benefits):
        row = turned_down(one)
        code = f"AAA {one.code}, follow-up {one.follow_up}" if one.follow_up else f"AAA {one.code}"
        severity = _WARN if row.step is Step.AGAIN or one in of_benefits else _REJECT
        says = f"{one.where} {code}: {row.says} ({row.step})"
        yield _finding("NP-ELIG-REJECTED", severity, one.segment, says, "X12 element 901")


def _payer(policy: Policy, answer: Eligibility) -> Findings:
    if (policy.payer.id or policy.payer.name) and not same_payer(policy.payer, answer.payer):
        yield _finding(
            "NP-ELIG-PAYER", _WARN, answer.segment, "the payer that answers has another name and another id"
        )


def _standing(policy: Policy, answer: Eligibility, asked: Asked) -> tuple[bool | None, list[Finding]]:
    """Whether the plan covers the day."""
    plan = [
        one
        for one in answer.benefits
        if one.of_the_plan
        and (one.status in ACTIVE or one.status in INACTIVE)
        and not of_another_programme(policy, one)
    ]
    active = [one for one in plan if one.status in ACTIVE and holds(one.dates or answer.dates, asked.on)]
    inactive = [one for one in plan if one.status in INACTIVE]
    if active:  # what ended before does not count against what is active now
        inactive = [one for one in inactive if holds(one.dates or answer.dates, asked.on)]
    where = (active or inactive or plan)[0].segment if plan else answer.segment
    if active and inactive:
        says = "the payer calls one plan active and another inactive; look which one is the policy"
        return None, [_finding("NP-ELIG-MIXED", _WARN, where, says)]
    if inactive:
        return False, [_finding("NP-ELIG-INACTIVE", _REJECT, where, "the payer calls the policy inactive")]
    if plan and not active:
        says = "the payer calls the policy active, but not for this day"
        return False, [_finding("NP-ELIG-DATES", _REJECT, where, says)]
    if not active:
        says = "the payer does not say whether the policy is active"
        return None, [_finding("NP-ELIG-UNTOLD", _WARN, where, says)]
    found = []
    if all(one.status == "5" for one in active):
        says = "the payer calls the policy active, and is still looking into it"
        found.append(_finding("NP-ELIG-PENDING", _WARN, where, says))
    if not any(one.dates for one in active) and not answer.dates and answer.answered != asked.on:
        says = (
            "the payer calls the policy active without a date, so for the day it was asked and not this one"
        )
        found.append(_finding("NP-ELIG-UNDATED", _WARN, where, says, "X12 RFI 918"))
    return True, found


def _services(answer: Eligibility, asked: Asked) -> Findings:
    """Services that the plan does not cover: those asked about are rejected, others told."""
    for one in answer.benefits:
        if not (one.status == "I" or one.status in INACTIVE) or (one.status != "I" and one.of_the_plan):
            continue
        if not (holds(one.dates, asked.on) and _in_network(one, asked)):
            continue
        named = "^".join(one.services) or "plan"
        wanted = bool(set(one.services) & set(asked.services)) or (one.of_the_plan and not one.procedure)
        how = ", for one procedure" if one.procedure else ""
        yield _finding(
            "NP-ELIG-SERVICE",
            _REJECT if wanted and not one.procedure else _INFO,
            one.segment,
            f"not covered: service type {named}{how}",
        )


def _in_network(one: Benefit, asked: Asked) -> bool:
    return asked.in_network is None or one.network != ("N" if asked.in_network else "Y")


def _group(policy: Policy, answer: Eligibility) -> Findings:
    references = (
        *answer.references,
        *answer.subscriber_references,
        *(reference for one in answer.benefits if one.status in ACTIVE for reference in one.references),
    )
    told = {squeezed(one.value) for one in references if one.qualifier in ("6P", "1L")}
    if policy.group_number and told and squeezed(policy.group_number) not in told:
        yield _finding("NP-ELIG-GROUP", _WARN, answer.segment, "the payer has another group number")


def _other(policy: Policy, told: OtherPayerTold) -> Finding:
    place = {"P": " as primary", "S": " as secondary", "T": " as tertiary"}.get(told.place, "")
    source = "X12 RFI 505, 2403"
    if not told.holds:
        says = f"another payer is told{place}, for other days"
        return _finding("NP-ELIG-OTHER-ENDED", _INFO, told.segment, says, source)
    if told.known is None:
        says = f"another payer is told{place} that is not on file; ask it, and the patient"
        return _finding("NP-ELIG-OTHER-PAYER", _WARN, told.segment, says, source)
    known = told.known
    if told.place and ((known.sequence and known.sequence != told.place) or policy.sequence == told.place):
        says = f"the payer takes another payer{place}, and the file has it in another place"
        return _finding("NP-ELIG-OTHER-PLACE", _WARN, told.segment, says, source)
    return _finding(
        "NP-ELIG-OTHER-KNOWN", _INFO, told.segment, f"another payer is told{place}; it is on file", source
    )


def _new(others: tuple[OtherPayerTold, ...], coverage: Coverage) -> tuple[Policy, ...]:
    """The policies that the coverage does not have, under ids that it does not use."""
    taken = {policy.id for policy in coverage.policies}
    found: list[Policy] = []
    for one in others:
        if one.known is None:
            number = len(found) + 1
            while f"told-{number}" in taken:
                number += 1
            taken.add(f"told-{number}")
            found.append(replace(one.policy, id=f"told-{number}"))
    return tuple(found)


def _finding(id: str, severity: Severity, segment: int, message: str, source: str = TR3) -> Finding:
    return Finding(id=id, severity=severity, where=f"segment {segment}", message=message, source=source)

"""Laws of refusing: with a code and a source, by the payer pack, and after the last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from nextpayer.claim import Claim
from nextpayer.decide import REASONS, Action
from nextpayer.finding import Finding, Severity
from nextpayer.profile import Profile
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import SERVICE, STYLES, Journey, every, journeys
from nextpayer.testing.conformance.subject import AdapterSubject
from nextpayer.testing.packs import pack_faults

__all__ = ["CHECKS"]

_PACK = Profile(
    name="conformance",
    payer_ids=("NEXT",),
    source="the conformance kit's invented manual",
    effective=dt.date(2020, 1, 1),
)


def refusals(subject: AdapterSubject) -> None:
    """Each example that is refused is refused with its code; and whatever is said has a code and a source."""
    for example in subject.refused:
        every(journeys((example,)), partial(_refused, subject, wanted=example.refused), examples=10)
    for style in STYLES:
        for ahead in (1, 2):
            every(
                journeys((*subject.examples, *subject.refused), ahead=ahead, style=style),
                lambda journey: _coded(subject, journey),
                examples=10,
            )


def _refused(subject: AdapterSubject, journey: Journey, wanted: str) -> None:
    decided = subject.work(journey).decision
    assert decided.action is not Action.BILL_NEXT, f"it is billed, and should be refused with {wanted}"
    found = {finding.id for finding in decided.findings}
    assert wanted in found, f"it is refused with {', '.join(sorted(found))}, and not with {wanted}"


def _coded(subject: AdapterSubject, journey: Journey) -> None:
    outcome = subject.work(journey)
    decision = outcome.decision
    assert decision.reason != "NP-PLUGIN-FAILED", f"it fails: {decision.says}; " + "; ".join(
        finding.message for finding in decision.findings if finding.id == "NP-PLUGIN-FAILED"
    )
    known = decision.reason in REASONS or any(finding.id == decision.reason for finding in decision.findings)
    assert known, f"the reason {decision.reason!r} is nobody's"
    for finding in _said(subject, journey):
        assert finding.id, "a finding has no code"
        assert finding.id == finding.id.strip().upper(), f"the code {finding.id!r} is not in capitals"
        assert isinstance(finding.severity, Severity), f"{finding.id} has no severity"
        assert finding.where, f"{finding.id} does not say where"
        assert finding.message, f"{finding.id} says nothing"
        assert finding.source, f"{finding.id} names no source"
        private = _secrets(journey.claim)
        shown = [word for word in private if word in f"{finding.message} {finding.where}"]
        assert not shown, f"{finding.id} shows the patient's name or number"


def _said(subject: AdapterSubject, journey: Journey) -> Iterable[Finding]:
    return (*subject.objections(journey), *subject.work(journey).decision.findings)


def _secrets(claim: Claim) -> set[str]:
    numbers = {policy.member_id for policy in claim.policies}
    return {claim.patient.last, claim.patient.first, claim.patient_control_number, *numbers} - {""}


def deadlines(subject: AdapterSubject) -> None:
    """A last day has a rule and a source, does not hang on amounts, and after it the claim is held."""

    def law(journey: Journey) -> None:
        limit = subject.make().deadline(journey.account, journey.policy)
        if limit is None:
            return
        assert limit.day >= SERVICE, "the last day is before the service"
        if subject.refuses(journey):
            return
        _held_after(subject, journey, limit.day)

    every(journeys(subject.examples), law)


def _held_after(
    subject: AdapterSubject, journey: Journey, day: dt.date, profile: Profile | None = None
) -> None:
    on, after = (subject.work(journey, profile, day + dt.timedelta(days=n)).decision for n in (0, 1))
    assert on.action is Action.BILL_NEXT, f"it is not billed on the last day, {day}: {on.reason}"
    assert on.deadline is not None, "the decision does not tell the last day"
    assert on.deadline.rule, "the last day names no rule"
    assert on.deadline.source, "the last day names no source"
    assert on.deadline.day == day, f"the decision says {on.deadline.day}, the last day is {day}"
    assert after.reason == "NP-FILING-LIMIT-PASSED", (
        f"it is not held after the last day, {day}: {after.reason}"
    )


def pack_limit(subject: AdapterSubject) -> None:
    """A pack's filing limit holds, counted from what the pack says."""
    decided = dt.date(2025, 2, 3)
    for start, base in (("service", SERVICE), ("primary_decision", decided)):
        day = base + dt.timedelta(days=90)
        pack = replace(_PACK, timely_filing_days=90, timely_filing_from=start)
        every(journeys(subject.examples), partial(_held_after, subject, day=day, profile=pack), examples=5)


def pack_paper(subject: AdapterSubject) -> None:
    """A pack that takes no electronic secondary claim holds it."""
    pack = replace(_PACK, electronic_secondary=False)
    every(
        journeys(subject.examples),
        lambda journey: _held_for(subject, journey, pack, "NP-SECONDARY-PAPER"),
        examples=5,
    )
    pack = replace(_PACK, electronic_tertiary=False)
    every(
        journeys(subject.examples, ahead=2),
        lambda journey: _held_for(subject, journey, pack, "NP-TERTIARY-PAPER"),
        examples=5,
    )


def _held_for(subject: AdapterSubject, journey: Journey, pack: Profile, wanted: str) -> None:
    decided = subject.work(journey, pack).decision
    assert decided.action is not Action.BILL_NEXT, f"it is billed although its pack says otherwise ({wanted})"
    found = [finding for finding in decided.findings if finding.id == wanted]
    assert found, f"it is held for {decided.reason}, not {wanted}"
    assert all(finding.source for finding in found), f"{wanted} names no source"


def packs(subject: AdapterSubject) -> None:
    faults = pack_faults(subject.distribution)
    assert not faults, "; ".join(faults)


CHECKS: tuple[Check[AdapterSubject], ...] = (
    Check(
        name="refusals-coded",
        law="Every refusal has a code, a place and a source, and shows nothing of the patient.",
        run=refusals,
    ),
    Check(
        name="deadlines",
        law="A last day has a rule and a source; on it the claim goes out, after it it is held.",
        run=deadlines,
    ),
    Check(
        name="pack-filing-limit",
        law="The payer pack's filing limit holds.",
        run=pack_limit,
    ),
    Check(
        name="pack-paper",
        law="What the payer pack wants on paper is not sent electronically.",
        run=pack_paper,
    ),
    Check(
        name="packs",
        law="The payer packs that come with it are fit to ship.",
        run=packs,
        needs="packs",
    ),
)

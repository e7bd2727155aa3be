"""A 271 held against the coverage file: who answered what, as a document and as lines for a biller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from nextpayer.coverage import Coverage, Fact
from nextpayer.eligibility import Eligibility, Inquiry
from nextpayer.eligible import Checked, Unasked, check, whose
from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars
from nextpayer.policy import Limit, Person, Policy
from nextpayer.ports import Quarantined

__all__ = ["Verification", "asked_document", "verification"]

TR3 = "X12 271 (005010X279A1)"
_MONEY = frozenset({"benefits.copay", "benefits.deductible_remaining", "benefits.maximum_remaining"})
_STANDING = {True: "active", False: "not active", None: "not known whether active"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    patient: str
    coverage: Coverage
    policy: Policy
    answer: Eligibility
    checked: Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a file of answers comes to. ``unmatched`` are answers that belong to no policy of the file;
    ``unanswered`` policies in force of which no answer speaks."""

    on: dt.date
    answered: tuple[_Answered, ...]
    unmatched: tuple[tuple[Eligibility, tuple[Finding, ...]], ...]
    unanswered: tuple[tuple[str, Policy, Finding], ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def needs_a_person(self) -> bool:
        checked = any(one.checked.needs_a_person for one in self.answered)
        return bool(checked or self.unmatched or self.unanswered or self.quarantined)

    def document(self) -> dict[str, Any]:
        """The whole as plain JSON values."""
        return {
            "on": self.on.isoformat(),
            "summary": {
                "answers": len(self.answered) + len(self.unmatched),
                "active": sum(1 for one in self.answered if one.checked.active),
                "facts": sum(len(one.checked.facts) for one in self.answered),
                "other_payers": sum(len(one.checked.other_policies) for one in self.answered),
                "unmatched": len(self.unmatched),
                "unanswered": len(self.unanswered),
                "quarantined": len(self.quarantined),
            },
            "answers": [_answered(one) for one in self.answered],
            "unmatched": [
                {
                    "payer": _payer(one),
                    "file": one.file,
                    "segment": one.segment,
                    "findings": [asdict(finding) for finding in findings],
                }
                for one, findings in self.unmatched
            ],
            "unanswered": [
                {"patient": patient, "policy": policy.id, "findings": [asdict(finding)]}
                for patient, policy, finding in self.unanswered
            ],
            "quarantined": [asdict(one) for one in self.quarantined],
        }

    def lines(self) -> Iterator[str]:
        """The whole for a biller to read."""
        for one in self.answered:
            standing = _STANDING[one.checked.active]
            of = f"policy {one.policy.id} ({one.policy.payer.name})"
            yield f"patient {one.patient}, {of}: {standing} [{one.answer.file}]"
            yield from _findings(one.checked.findings)
            for fact in one.checked.facts:
                yield "  " + _fact_line(fact, one.coverage)
            for other in one.checked.other_policies:
                place = f", place {other.sequence}" if other.sequence else ""
                since = f", from {other.effective}" if other.effective else ""
                until = f" to {other.terminates}" if other.terminates else ""
                yield f"  another payer: {other.payer.name} {other.payer.id}".rstrip() + place + since + until
        for answer, findings in self.unmatched:
            yield f"an answer of {answer.payer.name}, which belongs to no policy of the file [{answer.file}]"
            yield from _findings(findings)
        for patient, policy, finding in self.unanswered:
            yield f"patient {patient}, policy {policy.id} ({policy.payer.name})"
            yield from _findings((finding,))
        for aside in self.quarantined:
            yield f"segment {aside.segment} could not be read: {aside.reason} [{aside.file}]"


def verification(
    coverages: Sequence[Coverage],
    answers: Iterable[Eligibility | Quarantined],
    on: dt.date,
    *,
    services: tuple[str, ...] = (),
    in_network: bool | None = None,
) -> Verification:
    """Every answer held against the policy that it is about, and what is left over on either side."""
    then = [coverage.on(on) for coverage in coverages]
    patients = {id(one): one.patient_id or str(place) for place, one in enumerate(then, 1)}
    answered: list[_Answered] = []
    unmatched: list[tuple[Eligibility, tuple[Finding, ...]]] = []
    aside: list[Quarantined] = []
    for answer in answers:
        if isinstance(answer, Quarantined):
            aside.append(answer)
            continue
        found = None if answer.names_nobody else whose(answer, then)
        if found is None:
            unmatched.append((answer, _unmatched(answer, on)))
            continue
        checked = check(found.policy, found.coverage, answer, on, services=services, in_network=in_network)
        answered.append(
            _Answered(
                patient=patients[id(found.coverage)],
                coverage=found.coverage,
                policy=found.policy,
                answer=answer,
                checked=checked,
            )
        )
    spoken = {(one.patient, one.policy.id) for one in answered}
    unanswered = [
        (patients[id(coverage)], policy, _UNANSWERED)
        for coverage in then
        for policy in coverage.in_force(on)
        if (patients[id(coverage)], policy.id) not in spoken
    ]
    return Verification(
        on=on,
        answered=tuple(answered),
        unmatched=tuple(unmatched),
        unanswered=tuple(unanswered),
        quarantined=tuple(aside),
    )


_UNANSWERED = Finding(
    id="NP-ELIG-UNANSWERED",
    severity=Severity.WARN,
    where="coverage",
    message="the file has no answer about this policy",
    source=TR3,
)


def _unmatched(answer: Eligibility, on: dt.date) -> tuple[Finding, ...]:
    """Why nobody's, and what the payer turned down."""
    nobody = Coverage(patient=Person())
    findings = check(Policy(payer=answer.payer, holder=Person()), nobody, answer, on).findings
    rejected = tuple(one for one in findings if one.id == "NP-ELIG-REJECTED")
    if answer.names_nobody:
        return rejected
    says = "the answer belongs to no policy of the file, or to several alike; look at it by its segment"
    return (
        *rejected,
        Finding(
            id="NP-ELIG-UNMATCHED",
            severity=Severity.REJECT,
            where=f"segment {answer.segment}",
            message=says,
            source=TR3,
        ),
    )


def asked_document(
    asked: Sequence[tuple[str, str, Inquiry]],
    unasked: Sequence[tuple[str, Unasked]],
    on: dt.date,
    file: str,
    text: str,
) -> dict[str, Any]:
    """What was asked, and what could not be, as plain JSON values. ``x12`` holds the file when none is
    written."""
    return {
        "on": on.isoformat(),
        "summary": {"inquiries": len(asked), "not_asked": len(unasked)},
        "file": file or None,
        "inquiries": [
            {"patient": patient, "policy": policy, "payer": _payer(one), "trace": one.trace}
            for patient, policy, one in asked
        ],
        "not_asked": [
            {"patient": patient, "policy": policy, "findings": [asdict(finding)]}
            for patient, (policy, finding) in unasked
        ],
        "x12": None if file else text,
    }


def _answered(one: _Answered) -> dict[str, Any]:
    return {
        "patient": one.patient,
        "policy": one.policy.id,
        "payer": _payer(one.answer),
        "trace": one.answer.trace,
        "file": one.answer.file,
        "segment": one.answer.segment,
        "active": one.checked.active,
        "findings": [asdict(finding) for finding in one.checked.findings],
        "facts": [
            {
                "history": _history(fact),
                "on_file": _plain(fact.path, one.coverage.value(fact.policy, fact.path)),
                "segment": fact.segment,
            }
            for fact in one.checked.facts
        ],
        "other_payers": [_policy(policy) for policy in one.checked.other_policies],
    }


def _payer(one: Eligibility | Inquiry) -> dict[str, str]:
    return {"id": one.payer.id, "name": one.payer.name}


def _history(fact: Fact) -> dict[str, Any]:
    """The fact as an entry of a coverage's ``history``."""
    entry = {
        "fact": fact.path,
        "value": _plain(fact.path, fact.value),
        "source": fact.source,
        "learned": fact.learned and fact.learned.isoformat(),
        "since": fact.since and fact.since.isoformat(),
        "until": fact.until and fact.until.isoformat(),
    }
    return {key: value for key, value in entry.items() if value is not None}


def _policy(policy: Policy) -> dict[str, Any]:
    """A policy as an entry of ``coverages``."""
    payer, holder = policy.payer, policy.holder
    name = {part: getattr(holder, part) for part in ("last", "first", "middle", "suffix")}
    entry = {
        "id": policy.id,
        "payer": {"id": payer.id, "name": payer.name},
        "holder": {"name": {key: value for key, value in name.items() if value}},
        "sequence": policy.sequence,
        "member_id": policy.member_id,
        "group_number": policy.group_number,
        "plan_name": policy.plan_name,
        "effective": policy.effective and policy.effective.isoformat(),
        "terminates": policy.terminates and policy.terminates.isoformat(),
        "verified": policy.verified
        and {
            "source": policy.verified.source,
            "learned": policy.verified.learned and policy.verified.learned.isoformat(),
        },
    }
    return {key: value for key, value in entry.items() if value}


def _plain(path: str, value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return dollars(value) if path in _MONEY else f"{value:f}"
    if isinstance(value, tuple):
        return [_plain(path, one) for one in value]
    if isinstance(value, Limit):
        told = {one.name: _plain("", getattr(value, one.name)) for one in fields(value)}
        return {key: one for key, one in told.items() if one not in ("", None)}
    return value


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for one in findings:
        yield f"  {one.severity:6} {one.id}: {one.message} ({one.where})"


def _fact_line(fact: Fact, coverage: Coverage) -> str:
    held = coverage.value(fact.policy, fact.path)
    if held is None or held == ():
        standing = "not on file"
    else:
        standing = "as on file" if held == fact.value else f"on file: {_shown(fact.path, held)}"
    return f"fact   {fact.path} {_shown(fact.path, fact.value)} ({standing}; segment {fact.segment})"


def _shown(path: str, value: Any) -> str:
    plain = _plain(path, value)
    if isinstance(plain, list):
        return "; ".join(" ".join(f"{key} {one}" for key, one in item.items()) for item in plain)
    return str(plain)

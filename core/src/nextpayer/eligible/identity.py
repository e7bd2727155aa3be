"""Is the answer about the patient and the policyholder on file? Names, numbers, birth dates, and who holds
what.

A difference that would turn a claim down, or that makes it another person, is a reject; a suffix, a middle
initial or a name cut off is a warning. No message holds a name, a number or a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from nextpayer.coverage import Coverage
from nextpayer.eligibility import Eligibility
from nextpayer.eligible.likeness import Likeness, names, same_number
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Person, Policy

__all__ = ["NUMBERS", "Recognised", "recognised"]

TR3 = "X12 271 (005010X279A1)"
SELF = "18"
#: REF01 of numbers that the payer also knows the member by; Q4 is one that it has replaced.
_PRIOR = "Q4"
_ALSO = frozenset({"1W", "F6", "NQ", "IG", "HJ"})
#: All of them.
NUMBERS = _ALSO | {_PRIOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """``same_person`` is False when the answer is about somebody else: nothing is learned from it."""

    same_person: bool
    findings: tuple[Finding, ...]


def recognised(policy: Policy, coverage: Coverage, answer: Eligibility) -> Recognised:
    """Who the answer is about, held against the policy's holder and the coverage's patient."""
    found: list[Finding] = []
    is_holder = policy.patient_relationship == SELF or policy.holder_relation == "self"
    known = bool(policy.patient_relationship or policy.holder_relation)
    patient = coverage.patient if coverage.patient.last or not is_holder else policy.holder
    where = f"segment {answer.segment}"
    same = True
    if answer.dependant is not None:
        if is_holder:
            says = "the payer has the patient as a dependant, and the file as the policyholder"
            found.append(_finding("NP-ELIG-NOT-HOLDER", Severity.WARN, where, says))
        else:
            found += _differences(policy.holder, answer.subscriber, where, "the policyholder")[0]
        more, same = _differences(patient, answer.dependant, where, "the patient")
        found += more
    elif known and not is_holder:
        if _is(patient, answer.subscriber):
            says = "the payer has the patient as the policyholder, and the file as a dependant"
            found.append(_finding("NP-ELIG-IS-HOLDER", Severity.WARN, where, says))
        elif _is(policy.holder, answer.subscriber):
            says = "the payer answers about the policyholder and not about the patient"
            found.append(_finding("NP-ELIG-PATIENT-UNTOLD", Severity.WARN, where, says))
            same = False
        else:
            more, same = _differences(patient, answer.subscriber, where, "the patient")
            found += more
    else:
        holder = policy.holder if policy.holder.last or not is_holder else patient
        more, same = _differences(holder, answer.subscriber, where, "the policyholder")
        found += more
    found += _number(policy, answer, where)
    if same and not _comparable(policy, patient, answer):
        says = "nothing on file can be compared with the answer, so it may be about somebody else"
        found.append(_finding("NP-ELIG-UNCOMPARED", Severity.WARN, where, says))
        same = False
    if answer.maintenance_type == "001":
        says = "the payer says that its record of the person differs from what it was asked"
        found.append(_finding("NP-ELIG-CHANGED", Severity.INFO, where, says))
    return Recognised(same_person=same, findings=tuple(found))


def _comparable(policy: Policy, patient: Person, answer: Eligibility) -> bool:
    """Whether a number, or a name, stands on both sides."""
    if policy.member_id and answer.member_id:
        return True
    ours, theirs = (policy.holder, patient), (answer.subscriber, answer.patient)
    return any(one.last and other.last for one in ours for other in theirs)


def _is(ours: Person, theirs: Person) -> bool:
    last, first = names(ours, theirs)
    alike = (Likeness.SAME, Likeness.NEAR)
    born = ours.birth_date is None or theirs.birth_date is None or ours.birth_date == theirs.birth_date
    return last in alike and first in alike and born


def _differences(ours: Person, theirs: Person, where: str, who: str) -> tuple[list[Finding], bool]:
    """What differs between our record and theirs, and whether it may still be the same person."""
    found: list[Finding] = []
    same = True
    for part, likeness in zip(("last", "first"), names(ours, theirs), strict=True):
        if likeness is Likeness.OTHER:
            same = False
            says = f"{who}'s {part} name is another at the payer"
            found.append(_finding("NP-ELIG-NAME", Severity.REJECT, where, says))
        elif likeness is Likeness.NEAR:
            says = f"{who}'s {part} name is written otherwise at the payer (suffix, middle name or cut off)"
            found.append(_finding("NP-ELIG-NAME-NEAR", Severity.WARN, where, says))
    if ours.birth_date and theirs.birth_date and ours.birth_date != theirs.birth_date:
        same = False
        says = f"{who}'s birth date is another at the payer"
        found.append(_finding("NP-ELIG-BIRTH-DATE", Severity.REJECT, where, says))
    if ours.sex in ("F", "M") and theirs.sex in ("F", "M") and ours.sex != theirs.sex:
        says = f"{who}'s sex is another at the payer"
        found.append(_finding("NP-ELIG-SEX", Severity.WARN, where, says))
    return found, same


def _number(policy: Policy, answer: Eligibility, where: str) -> list[Finding]:
    """The member id, which the payer may have replaced or know as another of the member's numbers."""
    if not policy.member_id or not answer.member_id or same_number(policy.member_id, answer.member_id):
        return []
    references = (*answer.references, *answer.subscriber_references)
    ours = {one.qualifier for one in references if same_number(one.value, policy.member_id)}
    if _PRIOR in ours:
        says = "the payer has replaced the member id on file; the new one is in the answer"
        return [_finding("NP-ELIG-ID-CHANGED", Severity.WARN, where, says)]
    if ours & _ALSO:
        says = "the member id on file is another of the member's numbers; the answer has the member id"
        return [_finding("NP-ELIG-ID-OTHER-KIND", Severity.WARN, where, says)]
    return [
        _finding("NP-ELIG-ID", Severity.REJECT, where, "the member id at the payer is not the one on file")
    ]


def _finding(id: str, severity: Severity, where: str, message: str) -> Finding:
    return Finding(id=id, severity=severity, where=where, message=message, source=TR3)

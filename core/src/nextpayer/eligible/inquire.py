"""What to ask: one inquiry for each policy that may be in force on the day."""

from __future__ import annotations

import datetime as dt

from nextpayer.claim import Provider
from nextpayer.coverage import Coverage
from nextpayer.eligibility import Inquiry
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Policy, Reference

__all__ = ["Unasked", "inquire"]

SELF = "18"
TR3 = "X12 270 (005010X279A1)"

#: A policy that cannot be asked about: its id, and why.
Unasked = tuple[str, Finding]


def inquire(
    coverage: Coverage, provider: Provider, on: dt.date, *, services: tuple[str, ...] = ("30",)
) -> tuple[tuple[tuple[str, Inquiry], ...], tuple[Unasked, ...]]:
    """The inquiries with the ids of their policies, and the policies that lack what a payer needs.

    A payer is asked by its id and name, about the member id, or the policyholder's name and birth date where
    there is none.
    """
    asked, unasked = [], []
    for policy in coverage.on(on).in_force(on):
        missing = _missing(policy, coverage)
        if missing:
            unasked.append((policy.id, _unasked(missing)))
        else:
            asked.append((policy.id, _inquiry(policy, coverage, provider, on, services)))
    return tuple(asked), tuple(unasked)


def _missing(policy: Policy, coverage: Coverage) -> str:
    """What the policy lacks, empty when it can be asked about."""
    holder, patient = policy.holder, coverage.patient
    if not policy.payer.id or not policy.payer.name:
        return "the payer's id or name"
    if not (policy.patient_relationship or policy.holder_relation):
        return "whether the patient is the policyholder"
    if not policy.member_id and not (holder.last and holder.first and holder.birth_date):
        return "the member id, or the policyholder's name and birth date"
    if not _is_holder(policy) and not (patient.last and patient.first):
        return "the patient's name"
    return ""


def _inquiry(
    policy: Policy, coverage: Coverage, provider: Provider, on: dt.date, services: tuple[str, ...]
) -> Inquiry:
    group = policy.group_number
    return Inquiry(
        payer=policy.payer,
        provider=provider,
        subscriber=policy.holder,
        dependant=None if _is_holder(policy) else coverage.patient,
        member_id=policy.member_id,
        member_id_qualifier=policy.member_id_qualifier,
        relationship="" if _is_holder(policy) else policy.patient_relationship,
        references=(Reference(qualifier="6P", value=group),) if group else (),
        services=services,
        start=on,
    )


def _is_holder(policy: Policy) -> bool:
    return policy.patient_relationship == SELF or policy.holder_relation == "self"


def _unasked(missing: str) -> Finding:
    return Finding(
        id="NP-ELIG-UNASKED",
        severity=Severity.REJECT,
        where="coverage",
        message=f"the payer cannot be asked: {missing} is not known",
        source=TR3,
    )

"""Ahead of its turn: a claim that a payer takes before the payers ahead of it have answered.

Medicaid does so for preventive paediatric care, and for a child whose medical support is enforced, where it
pays first and recovers from the other payer (42 CFR 433.139(b)(3), pay and chase). The order of benefits
stays as it is: only the waiting ends. Whether a payer does it, and when, is its adapter's to say
(``pays_ahead``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .account import open_account
from .claim import Claim
from .coverage import Coverage
from .errors import PluginError
from .finding import Finding, Severity
from .order import paying_order
from .pipeline import House, edited
from .policy import Policy
from .scrub import rejected
from .secondary import first_claim

__all__ = ["Ahead", "ahead", "may_chase"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a payer says of a claim ahead of its turn. ``claim`` is ready for a person to release; None where
    the findings say why not."""

    policy: Policy
    findings: tuple[Finding, ...]
    claim: Claim | None = None


def may_chase(coverage: Coverage) -> bool:
    """Whether somebody has said, now or in the history, that a payer pays ahead of its turn."""
    path = "circumstances.pay_and_chase"
    return bool(coverage.circumstances.pay_and_chase) or any(fact.path == path for fact in coverage.facts)


def ahead(claim: Claim, coverage: Coverage, *, today: dt.date, house: House) -> Ahead | None:
    """What the first payer that may take this unanswered claim now says of it: one behind the payer billed.
    None where none ever does, or where the order is not known."""
    service = claim.service_from
    circumstances = (coverage if service is None else coverage.on(service)).circumstances
    if not circumstances.pay_and_chase:
        return None
    try:
        order = paying_order(claim, coverage, house.order)
        if (
            order.undetermined
            or order.contradiction is not None
            or order.policies[0] is not order.claim.policy
        ):
            return None
        for policy in order.policies[1:]:
            adapter = house.rulebook.adapter_for(policy)
            said = adapter.pays_ahead(policy, circumstances, today)
            if said is None:
                continue
            if said.severity is Severity.REJECT:
                return Ahead(policy=policy, findings=(said,))
            account = open_account(order.claim, order.policies, (), billed=claim)
            others = tuple(one for one in order.policies if one is not policy)
            made, notes = first_claim(account, (policy, *others), house.profile_for(policy))
            made = adapter.prepare(made, account)
            findings = (said, *notes, *edited(made, adapter, house.scrubber))
            return Ahead(policy=policy, findings=findings, claim=None if rejected(findings) else made)
    except PluginError:
        return None  # the claim's own way through the house names the plugin
    return None

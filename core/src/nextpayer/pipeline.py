"""One claim's way through the house: order, account, decision, the next claim, the edits.

``work`` is the whole of it for one claim and is pure: nouns in, an ``Outcome`` out. The ``bill`` command
reads files into it and writes what it returns; a billing system that embeds the core calls it directly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from ._swift import evolver, swift
from .account import Account, Answer, Standing, open_account
from .adapter import PayerAdapter
from .claim import Claim
from .coverage import Coverage
from .decide import REASONS, Action, Decision, Reason, Rulebook, decide
from .errors import PluginError
from .finding import Finding, Severity
from .money import ZERO
from .order import paying_order
from .policy import Policy
from .profile import Profile
from .remittance import ClaimPayment
from .required import missing_elements
from .scrub import Edit, Scrubber, rejected, scrub
from .secondary import next_claim

__all__ = ["House", "Outcome", "work"]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything a run decides with. ``profile_for`` gives a policy's payer pack, None without one."""

    rulebook: Rulebook
    edits: tuple[Edit, ...]
    profile_for: Callable[[Policy], Profile | None]
    scrubber: Scrubber = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scrubber", Scrubber(self.edits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one claim: the decision, the next claim when there is one, and what the claim's other
    payments came to (each is accounted for)."""

    account: Account
    decision: Decision
    claim: Claim | None = None
    aside: tuple[tuple[ClaimPayment, Reason], ...] = ()


evolve_decision = evolver(Decision)
make_outcome = swift(Outcome)


def work(
    claim: Claim,
    payments: tuple[ClaimPayment, ...],
    *,
    today: dt.date,
    house: House,
    coverage: Coverage | None = None,
) -> Outcome:
    """Everything from the answers to one claim to the next payer's clean claim. Needs at least one
    payment."""
    order = paying_order(claim, coverage)
    account = open_account(order.claim, order.policies, payments, order.undetermined, billed=claim)
    decision = decide(account, today, house.rulebook)
    if order.findings:
        decision = evolve_decision(decision, findings=decision.findings + order.findings)
    made = None
    if decision.action is Action.BILL_NEXT and decision.next_policy is not None:
        decision, made = _build(account, decision, house)
    aside = (
        tuple(_aside(answer) for answer in account.answers if answer.payment is not decision.payment)
        if len(account.answers) > 1
        else ()
    )
    return make_outcome(account, decision, made, aside)


def _build(account: Account, decision: Decision, house: House) -> tuple[Decision, Claim | None]:
    """The next claim, prepared by its payer's adapter and scrubbed; a reject holds it."""
    policy = decision.next_policy
    assert policy is not None  # noqa: S101 - the caller's condition, for the type checker
    who = "the core"
    try:
        adapter: PayerAdapter = house.rulebook.adapter_for(policy)
        profile = house.profile_for(policy)
        made, notes = next_claim(account, decision, profile)
        who = f"adapter {adapter.name}"
        made = adapter.prepare(made, account)
        findings = house.scrubber.findings(made)
        own = tuple(adapter.edits())
        if own:
            findings += scrub(made, own)
        if profile is not None and profile.required_elements:
            findings += tuple(missing_elements(made, profile.required_elements, profile.source))
    except PluginError as error:
        return held(decision, "NP-PLUGIN-FAILED", str(error)), None
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises holds this one claim
        return held(decision, "NP-PLUGIN-FAILED", f"{who} failed: {type(error).__name__}"), None
    if notes or findings:
        decision = evolve_decision(decision, findings=decision.findings + notes + findings)
    if findings and rejected(findings):
        first = next(finding for finding in findings if finding.severity is Severity.REJECT)
        decision = evolve_decision(
            decision,
            action=Action.HOLD,
            reason=first.id,
            says=first.message,
            source=first.source,
            expected_next=ZERO,
            expected_patient=ZERO,
        )
        return decision, None
    return decision, made


def held(decision: Decision, reason: str, message: str) -> Decision:
    """The decision turned into a hold, with a finding that says why."""
    known = REASONS[reason]
    finding = Finding(
        id=reason, severity=Severity.REJECT, where="next claim", message=message, source=known.source
    )
    nothing: Decimal = ZERO
    return evolve_decision(
        decision,
        action=known.action,
        reason=reason,
        says=known.says,
        source=known.source,
        findings=(*decision.findings, finding),
        expected_next=nothing,
        expected_patient=nothing,
    )


def _aside(answer: Answer) -> tuple[ClaimPayment, Reason]:
    """What a payment comes to that does not decide."""
    reason = {
        Standing.DUPLICATE: "NP-DUPLICATE-PAYMENT",
        Standing.REVERSAL: "NP-REVERSAL-PAIRED",
        Standing.REVERSED: "NP-REVERSED-EARLIER",
        Standing.SPLIT: "NP-SPLIT-PART",
        Standing.STANDS: "NP-EARLIER-PAYER",
    }.get(answer.standing, "NP-SUPERSEDED")
    return answer.payment, REASONS[reason]

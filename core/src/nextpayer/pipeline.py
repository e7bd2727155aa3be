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
from .account import Account, Answer, Standing, open_account, place_in_order
from .adapter import Deadline, PayerAdapter
from .claim import Claim
from .coverage import Coverage, Fact
from .deadlines import Step, days_of, kind_of, last_days
from .decide import REASONS, Action, Decision, Reason, Rulebook, decide
from .errors import PluginError, ProfileError
from .fees import FeeSchedule, priced
from .finding import Finding, Severity
from .layers import Setting, apply, overrides_of, set_by_adapter
from .learn import learned
from .methods import alone
from .money import ZERO, dollars
from .order import RULES, Rules, paying_order
from .order.places import with_policies
from .policy import Policy
from .profile import Profile
from .remittance import ClaimPayment
from .required import missing_elements
from .scrub import Edit, Scrubber, rejected, scrub
from .secondary import first_claim, next_claim
from .shares import shares_of, terms_of
from .variance import Comparison, Variance, compare

__all__ = ["House", "Outcome", "held", "held_by", "rebilled", "work"]

_AS_EXPECTED = Comparison.AS_EXPECTED
#: Reasons that end a claim with what the payer said.
_ENDS = frozenset({"NP-NOTHING-LEFT", "NP-CONTRACTUAL"})
#: Reasons of decisions that name the payer which should have been first.
_WRONG_ORDER = frozenset({"NP-ORDER-CONTRADICTED", "NP-PRIORITY-KNOWN"})


#: The steps that have a last day of their own where a decision bills nobody, the first known one counts.
_FOLLOW_UP = {
    Action.APPEAL: (Step.APPEAL,),
    Action.DISPUTE: (Step.APPEAL,),
    Action.REWORK: (Step.CORRECT, Step.REOPEN),
    Action.REFUND: (Step.REFUND,),
}


def _no_packs(claim: Claim) -> tuple[Profile, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything a run decides with. ``profile_for`` gives a policy's payer pack, None without one.

    ``order`` are the rules of the order of benefits: the core's own, or with what plugins contribute;
    ``fees`` what payers' contracts allow, where the user has supplied it; ``packs_above`` the packs of a
    claim's state, clearinghouse and practice, which stand above its payer's.
    """

    rulebook: Rulebook
    edits: tuple[Edit, ...]
    profile_for: Callable[[Policy], Profile | None]
    order: Rules = RULES
    fees: FeeSchedule | None = None
    packs_above: Callable[[Claim], tuple[Profile, ...]] = _no_packs
    scrubber: Scrubber = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scrubber", Scrubber(e for e in self.edits if not e.scrub_only))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one claim: the decision, the next claim when there is one, and what the claim's other
    payments came to (each is accounted for). ``learned`` are the facts about the policies that the answers
    told, ``variances`` how the last payer's payment compares with what its terms say it owed,
    ``settings`` the elements of the next claim that somebody else than the standard set."""

    account: Account
    decision: Decision
    claim: Claim | None = None
    aside: tuple[tuple[ClaimPayment, Reason], ...] = ()
    learned: tuple[Fact, ...] = ()
    variances: tuple[Variance, ...] = ()
    settings: tuple[Setting, ...] = ()


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
    failed = ""
    try:
        order = paying_order(claim, coverage, house.order)
    except PluginError as error:  # a contributed rule: the claim is held, on the order that it states
        order, failed = paying_order(claim), str(error)
    if house.fees is not None:
        prices = tuple(priced(policy, claim, house.fees) for policy in order.policies)
        order = with_policies(order, order.policies, prices)
    account = open_account(
        order.claim,
        order.policies,
        payments,
        order.undetermined,
        billed=claim,
        contradiction=order.contradiction,
    )
    decision = decide(account, today, house.rulebook)
    if order.findings:
        decision = evolve_decision(decision, findings=decision.findings + order.findings)
    if failed:
        decision = held(decision, "NP-PLUGIN-FAILED", failed)
    variances: tuple[Variance, ...] = ()
    if decision.policy.benefits is not None or len(account.answered) > 1:
        try:
            variances = _variances(account, decision, house)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises holds this one claim
            decision = held(decision, "NP-PLUGIN-FAILED", f"comparing a payment: {type(error).__name__}")
        decision = _compared(account, decision, variances)
    if decision.action in _FOLLOW_UP:
        decision = _with_last_day(account, decision, today, house)
    made = None
    settings: tuple[Setting, ...] = ()
    if decision.action is Action.BILL_NEXT and decision.next_policy is not None:
        decision, made, settings = _build(account, decision, house)
    aside = (
        tuple(
            _aside(answer, account, decision)
            for answer in account.answers
            if answer.payment is not decision.payment
        )
        if len(account.answers) > 1
        else ()
    )
    facts = learned(account) if coverage is not None else ()
    return make_outcome(account, decision, made, aside, facts, variances, settings)


def _with_last_day(account: Account, decision: Decision, today: dt.date, house: House) -> Decision:
    """The decision with the last safe day of what it asks for, where law or the payer's pack tells one."""
    steps = _FOLLOW_UP[decision.action]
    policy = decision.policy
    decided = decision.payment.remittance.payment_date
    calendar = last_days(
        kind_of(policy),
        days_of(account.claim, decided=decided, identified=today),
        claim_kind=account.claim.kind,
        profile=house.profile_for(policy),
        steps=steps,
    )
    for step in steps:
        last = calendar.last(step, 1 if step is Step.APPEAL else 0)
        if last is not None:
            deadline = Deadline(day=last.day, rule=last.rule, source=last.source)
            return evolve_decision(decision, deadline=deadline)
    return decision


def _variances(account: Account, decision: Decision, house: House) -> tuple[Variance, ...]:
    """The deciding payer's payment against what it owed, by its plan's terms."""
    policy = decision.policy
    place = place_in_order(policy, account.answered)
    if place < 0:
        return ()
    owes = alone
    if place:
        adapter = house.rulebook.adapter_for(policy)
        if not adapter.has_terms(policy):
            return ()
        owes = adapter.owes
    elif policy.benefits is None:
        return ()
    before = shares_of(account, account.answered[:place])
    terms = tuple(terms_of(policy, share) for share in before)
    return compare(owes, policy, before, terms, shares_of(account, (policy,)))


def _compared(account: Account, decision: Decision, variances: tuple[Variance, ...]) -> Decision:
    """The decision with what the comparison found: a payment below the terms is disputed before the patient
    is billed, and a later payer's before what it left is written off."""
    if not variances:
        return decision
    findings = tuple(_variance_finding(one) for one in variances if one.comparison is not _AS_EXPECTED)
    decision = evolve_decision(decision, findings=decision.findings + findings)
    short = variances[0].comparison is not _AS_EXPECTED and variances[0].paid < variances[0].expected
    later = place_in_order(decision.policy, account.answered) > 0
    if short and (decision.action is Action.BILL_PATIENT or (later and decision.reason in _ENDS)):
        known = REASONS["NP-BELOW-EXPECTED"]
        return evolve_decision(
            decision,
            action=known.action,
            reason=known.id,
            says=known.says,
            source=known.source,
            expected_patient=ZERO,
        )
    return decision


def _variance_finding(one: Variance) -> Finding:
    told = f"; {one.term}: {_amount(one.assumed)} assumed, {_amount(one.told)} told" if one.term else ""
    return Finding(
        id=f"NP-PAID-{one.comparison.upper()}",
        severity=Severity.WARN,
        where=f"line {one.line}" if one.line else "claim",
        message=f"expected {dollars(one.expected)}, paid {dollars(one.paid)}{told}",
        source=one.method,
    )


def _amount(amount: Decimal | None) -> str:
    return "nothing" if amount is None else dollars(amount)


def rebilled(outcome: Outcome, house: House) -> Claim | Finding | None:
    """The claim from the start to the payer that should have been first, where the decision names one.

    None where the order was right; the first reject where the claim would not be clean.
    """
    decision = outcome.decision
    if decision.reason not in _WRONG_ORDER or decision.next_policy is None:
        return None
    policy, account = decision.next_policy, outcome.account
    wrong_order = account.contradiction
    order = wrong_order.order if wrong_order is not None else (policy, *account.policies)
    adapter = house.rulebook.adapter_for(policy)
    made, notes = first_claim(account, order, house.profile_for(policy))
    findings = notes + edited(made, adapter, house.scrubber)
    return next((one for one in findings if one.severity is Severity.REJECT), made)


def edited(claim: Claim, adapter: PayerAdapter, scrubber: Scrubber) -> tuple[Finding, ...]:
    """What every edit of a claim that leaves finds: the house's (``scrubber``), then its payer's own."""
    findings = scrubber.findings(claim)
    own = [edit for edit in adapter.edits() if not edit.scrub_only]
    return findings + scrub(claim, own) if own else findings


def _build(
    account: Account, decision: Decision, house: House
) -> tuple[Decision, Claim | None, tuple[Setting, ...]]:
    """The next claim, prepared by its payer's adapter, with the packs' elements, and scrubbed; a reject holds
    it."""
    policy = decision.next_policy
    assert policy is not None  # noqa: S101 - the caller's condition, for the type checker
    who = "the core"
    try:
        adapter: PayerAdapter = house.rulebook.adapter_for(policy)
        profile = house.profile_for(policy)
        made, notes = next_claim(account, decision, profile)
        who = f"adapter {adapter.name}"
        prepared = adapter.prepare(made, account)
        settings = set_by_adapter(made, prepared, adapter.name) if prepared is not made else ()
        packs = house.packs_above(prepared)
        if profile is not None:
            packs = (profile, *packs)
        made = prepared
        if wishes := [one for pack in packs for one in overrides_of(pack)]:
            made, won = apply(prepared, wishes)
            settings = won + tuple(one for one in settings if one.element not in {two.element for two in won})
        findings = notes + edited(made, adapter, house.scrubber)
        if profile is not None and profile.required_elements:
            findings += tuple(
                missing_elements(
                    made, profile.required_elements, profile.source_of("claims.required_elements")
                )
            )
    except ProfileError as error:
        return held(decision, "NP-PACKS-DISAGREE", str(error)), None, ()
    except PluginError as error:
        return held(decision, "NP-PLUGIN-FAILED", str(error)), None, ()
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises holds this one claim
        return held(decision, "NP-PLUGIN-FAILED", f"{who} failed: {type(error).__name__}"), None, ()
    if findings and rejected(findings):
        return held_by(decision, findings), None, ()
    if findings:
        decision = evolve_decision(decision, findings=decision.findings + findings)
    return decision, made, settings


def held_by(decision: Decision, findings: tuple[Finding, ...]) -> Decision:
    """The decision turned into a hold by findings of which one at least is a reject: the first is the
    reason."""
    first = next(finding for finding in findings if finding.severity is Severity.REJECT)
    return evolve_decision(
        decision,
        action=Action.HOLD,
        reason=first.id,
        says=first.message,
        source=first.source,
        findings=decision.findings + findings,
        expected_next=ZERO,
        expected_patient=ZERO,
    )


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


def _aside(answer: Answer, account: Account, decision: Decision) -> tuple[ClaimPayment, Reason]:
    """What a payment comes to that does not decide."""
    places = [place_in_order(policy, account.policies) for policy in (answer.policy, decision.policy)]
    if answer.standing is Standing.STANDS and places[0] > places[1]:
        return answer.payment, REASONS["NP-SUPERSEDED"]
    reason = {
        Standing.DUPLICATE: "NP-DUPLICATE-PAYMENT",
        Standing.REVERSAL: "NP-REVERSAL-PAIRED",
        Standing.REVERSED: "NP-REVERSED-EARLIER",
        Standing.SPLIT: "NP-SPLIT-PART",
        Standing.STANDS: "NP-EARLIER-PAYER",
    }.get(answer.standing, "NP-SUPERSEDED")
    return answer.payment, REASONS[reason]

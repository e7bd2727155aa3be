"""Decide: an account and a day in, exactly one decision out. The heart of the house: read this first.

The questions are asked in a fixed order, and the first that settles the matter ends it:

1. Does an answer stand at all, and only one?            (reversals, predeterminations, two answers)
2. Has the payer sent the claim on itself?               (crossover: never bill twice)
3. Does the answer fit the claim and balance?            (verify)
4. Must something be fixed or appealed first?            (denial)
5. Is anything left to pay, and who is next?             (order)
6. Does the next payer object, and what should it pay?   (adapter)

Every decision carries a reason out of ``REASONS``, the amounts, and the findings that led to it. Money
fails closed: whatever is not understood is held for a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from ._swift import swift
from .account import Account, Answer, Standing, place_in_order
from .adapter import Deadline, PayerAdapter
from .coordinate import Expectation, Split, split_of
from .denial import DenialTable
from .errors import PluginError
from .evidence import (
    below_contract,
    credit_of,
    denied,
    money_back,
    money_undecided,
    named_first,
    notes,
    overpaid,
    refused_before,
    remarks_of,
    sent_on,
    still_open,
    undone_by,
    unexplained,
    which_answer,
)
from .finding import Finding, Severity
from .money import ZERO
from .patient import has_medicaid, is_qmb, patient_balance
from .policy import Policy
from .reasons import REASONS, Action, Reason
from .remittance import ClaimPayment
from .scrub import rejected
from .verify import Verified, verify

__all__ = ["REASONS", "Action", "Decision", "Reason", "Rulebook", "decide"]


_ENDS = frozenset({Action.CLOSED, Action.WRITE_OFF, Action.BILL_PATIENT})
_QMB_REMARKS = frozenset({"N781", "N782", "N783"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What a decision needs besides the account: the adapters by policy, the denial rules, the payers'
    control numbers that provider-level adjustments take money back for (PLB WO), and whether every payment
    ever made on a claim is at hand (a ledger), or those of a day."""

    adapter_for: Callable[[Policy], PayerAdapter]
    denials: DenialTable
    taken_back: frozenset[str] = frozenset()
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens next to a claim, and why. Amounts in dollars.

    ``payment`` is the answer that decided; ``payments`` all parts of it when the payer split the claim,
    ``verified`` what verification found about each. ``next_policy`` is set when the next payer is billed or
    known.
    """

    action: Action
    reason: str
    says: str
    source: str
    payment: ClaimPayment
    policy: Policy
    split: Split
    payments: tuple[ClaimPayment, ...] = ()
    verified: tuple[Verified, ...] = ()
    next_policy: Policy | None = None
    expectation: Expectation | None = None
    expected_next: Decimal = ZERO
    expected_patient: Decimal = ZERO
    findings: tuple[Finding, ...] = ()
    deadline: Deadline | None = None


make_decision = swift(Decision)


def decide(account: Account, today: dt.date, rulebook: Rulebook) -> Decision:
    """The account's one decision on ``today``. The account has at least one answer."""
    host, standing = _deciding_answer(account)
    payments = tuple(answer.payment for answer in standing) or (host.payment,)
    split = split_of(payments)
    if not standing:
        return _closed_without_answer(account, host, split, rulebook)
    payment = host.payment
    verified = verify(account.claim, payments, split)
    findings: tuple[Finding, ...] = ()
    for one in verified:
        findings += one.findings

    def settle(reason: str, more: tuple[Finding, ...] = (), **fields: object) -> Decision:
        if _ends_beside_money(reason, account, rulebook):
            reason, fields = "NP-PAID-UNDECIDED", {}
        known = REASONS[reason]
        return make_decision(
            known.action,
            reason,
            known.says,
            known.source,
            payment,
            host.policy,
            split,
            payments,
            verified,
            findings=findings + more,
            **fields,
        )

    def hold(finding: Finding, **fields: object) -> Decision:
        return make_decision(
            action=Action.HOLD,
            reason=finding.id,
            says=finding.message,
            source=finding.source,
            payment=payment,
            policy=host.policy,
            split=split,
            payments=payments,
            verified=verified,
            findings=findings,
            **fields,
        )

    if trouble := which_answer(account, host, standing):
        return settle(trouble)
    next_policy = account.next_policy
    if forwarded := sent_on(payments):
        return settle(forwarded, next_policy=next_policy)
    if payment.corrected_priority_payer is not None:
        first = named_first(payment, host.policy, account.policies)
        if first is None:
            return settle("NP-PRIORITY-CORRECTED")
        return settle("NP-PRIORITY-KNOWN", next_policy=first)
    if wrong_order := account.contradiction:
        return settle("NP-ORDER-CONTRADICTED", wrong_order.steps, next_policy=wrong_order.order[0])
    if findings and rejected(findings):
        return hold(next(finding for finding in findings if finding.severity is Severity.REJECT))
    taken_back = rulebook.taken_back
    if taken_back and money_back(account, host, payments, taken_back):
        return settle("NP-TAKEBACK")
    date = payment.remittance.payment_date
    if date is None or date > today:
        return settle("NP-NO-ADJUDICATION-DATE" if date is None else "NP-DATE-IN-FUTURE")
    findings += notes(account, host, split)

    liability = split.patient + split.held_harmless
    blocked, more = denied(payments, rulebook.denials, liability, split.paid)
    findings += more
    if blocked and REASONS[blocked].action is not Action.WRITE_OFF:
        return settle(blocked)
    if below := below_contract(account, host.policy, payments, verified):
        return settle("NP-BELOW-CONTRACT", below)
    if over := overpaid(account, split):
        return settle("NP-OVERPAID", (over,))
    if credit := credit_of(account, rulebook.denials):
        return settle("NP-CREDIT-BALANCE", (credit,))
    if rest := unexplained(account, rulebook.denials):
        if rest.id == "NP-ANSWER-STALE" or blocked or liability <= ZERO or next_policy is None:
            return settle(rest.id, (rest,))
        findings += (replace(rest, severity=Severity.WARN),)
    if wrong := _wrong_before(account, host):
        return _with(hold(wrong[0], next_policy=next_policy), wrong)
    if silent := _silent_before(account, host.policy):
        return settle("NP-EARLIER-UNANSWERED", (silent,), next_policy=next_policy)
    if blocked or liability <= ZERO:
        if earlier := refused_before(account, host, rulebook.denials):
            return _of_earlier(account, settle, *earlier)
        ends = blocked or ("NP-NOTHING-LEFT" if split.paid else _without_a_share(split))
        if REASONS[ends].action is not Action.DISPUTE and (open_ := still_open(account, rulebook.denials)):
            return settle(open_.id, (open_,))
        return settle(ends)
    if account.undetermined:
        missing = Finding(
            id="NP-ORDER-UNDETERMINED",
            severity=Severity.REJECT,
            where="2000B, 2320 SBR01",
            message=f"missing: {account.undetermined}",
            source="order of benefits",
        )
        return settle("NP-ORDER-UNDETERMINED", (missing,))
    if next_policy is None:
        if split.held_harmless or remarks_of(payments) & _QMB_REMARKS:
            return settle("NP-QMB")
        if is_qmb(account) and not has_medicaid(account):
            return settle("NP-QMB")
        balance = patient_balance(account, split)
        open_ = still_open(account, rulebook.denials)
        if not balance.amount:
            if open_:
                return settle(open_.id, (*balance.findings, open_))
            return settle("NP-PATIENT-PROTECTED", balance.findings)
        more = (replace(open_, id="NP-STILL-OPEN", severity=Severity.WARN),) if open_ else ()
        return settle("NP-PATIENT", balance.findings + more, expected_patient=balance.amount)
    if next_policy is account.claim.policy and _carried(account, host.policy):
        return settle("NP-ALREADY-BILLED", next_policy=next_policy)
    if (undone := undone_by(account, next_policy)) is not None:
        return _closed_without_answer(account, undone, split_of((undone.payment,)), rulebook)
    return _bill(account, next_policy, split, liability, today, rulebook, settle, hold)


def _of_earlier(
    account: Account,
    settle: Callable[..., Decision],
    answers: tuple[Answer, ...],
    reason: str,
    why: tuple[Finding, ...],
) -> Decision:
    """The decision about an earlier payer's denial, which is what is left of the claim when the last payer is
    done."""
    payments = tuple(answer.payment for answer in answers)
    split = split_of(payments)
    return replace(
        settle(reason, why),
        payment=payments[-1],
        policy=answers[0].policy,
        split=split,
        payments=payments,
        verified=verify(account.claim, payments, split),
    )


def _without_a_share(split: Split) -> str:
    """Why nothing is left where the payer paid nothing: what it restates of the payers before (OA-23) is no
    reason of its own (X12 RFI 1696)."""
    if split.contractual and split.contractual == split.charge - split.prior:
        return "NP-CONTRACTUAL"
    return "NP-PAYER-INITIATED" if split.other - split.prior else "NP-NOTHING-LEFT"


def _bill(
    account: Account,
    policy: Policy,
    split: Split,
    liability: Decimal,
    today: dt.date,
    rulebook: Rulebook,
    settle: Callable[..., Decision],
    hold: Callable[..., Decision],
) -> Decision:
    """Ask the next payer's adapter; a plugin that fails holds the claim and is named."""
    who = f"for payer {policy.payer.id}"
    try:
        adapter = rulebook.adapter_for(policy)
        who = adapter.name or type(adapter).__name__
        objections = tuple(adapter.objections(account, policy, today))
        expectation = adapter.expected(account, policy, split)
        deadline = adapter.deadline(account, policy)
    except PluginError as error:
        trouble = Finding(
            id="NP-NO-ADAPTER",
            severity=Severity.REJECT,
            where="2000B",
            message=str(error),
            source="nextpayer plugins",
        )
        return settle("NP-NO-ADAPTER", (trouble,), next_policy=policy)
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises holds this one claim
        trouble = Finding(
            id="NP-PLUGIN-FAILED",
            severity=Severity.REJECT,
            where="2000B",
            message=f"adapter {who} failed: {type(error).__name__}",
            source="nextpayer plugins",
        )
        return settle("NP-PLUGIN-FAILED", (trouble,), next_policy=policy)
    if objections and rejected(objections):
        first = next(finding for finding in objections if finding.severity is Severity.REJECT)
        held = hold(first, next_policy=policy, deadline=deadline)
        return _with(held, objections)
    if deadline is not None and today > deadline.day:
        late = Finding(
            id="NP-FILING-LIMIT-PASSED",
            severity=Severity.REJECT,
            where="2000B",
            message=f"the last day was {deadline.day} ({deadline.rule})",
            source=deadline.source,
        )
        return settle("NP-FILING-LIMIT-PASSED", (late,), next_policy=policy, deadline=deadline)
    patient = (
        expectation.patient if expectation.patient is not None else max(liability - expectation.amount, ZERO)
    )
    return settle(
        "NP-NEXT-PAYER",
        objections,
        next_policy=policy,
        expectation=expectation,
        expected_next=expectation.amount,
        expected_patient=patient,
        deadline=deadline,
    )


def _carried(account: Account, policy: Policy) -> bool:
    """Whether the claim as billed already tells this payer's decision."""
    return any(
        other.policy is policy and other.adjudication is not None for other in account.claim.other_payers
    )


def _wrong_before(account: Account, host: Answer) -> tuple[Finding, ...]:
    """What is wrong with the other payers' answers, which the next claim must tell as well."""
    found: tuple[Finding, ...] = ()
    for policy in account.policies if len(account.answers) > 1 else ():
        standing = account.standing(policy)
        if standing and policy is not host.policy:
            for one in verify(account.claim, tuple(answer.payment for answer in standing)):
                found += tuple(finding for finding in one.findings if finding.severity is Severity.REJECT)
    return found


def _silent_before(account: Account, policy: Policy) -> Finding | None:
    """The payers before ``policy`` whose answer is neither here nor on the claim.

    What ``policy`` restates of them (OA-23) is one sum: it tells neither what they paid nor what they left to
    the patient, nor a mark that forbids to bill the patient. So it neither closes a claim nor bills anybody.
    """
    if account.undetermined:
        return None
    answered = account.answered
    before = account.policies[: max(place_in_order(policy, account.policies), 0)]
    missing = [one.payer.id for one in before if not any(one is other for other in answered)]
    if not missing:
        return None
    return Finding(
        id="NP-EARLIER-UNANSWERED",
        severity=Severity.REJECT,
        where="2320",
        message=f"no answer of payer {', '.join(missing)}: add its remittance to this run",
        source="X12 837 2320, 2430; 835 CAS of the first payer",
    )


def _with(decision: Decision, findings: tuple[Finding, ...]) -> Decision:
    return replace(decision, findings=decision.findings + findings)


def _deciding_answer(account: Account) -> tuple[Answer, tuple[Answer, ...]]:
    """The answer that speaks for the account, with its parts: the standing one of the last payer that
    decided."""
    answers = account.answers
    if len(answers) == 1 and answers[0].standing is Standing.STANDS:
        return answers[0], answers
    for policy in reversed(account.policies):
        standing = account.standing(policy)
        if standing:
            return standing[-1], standing
    live = [answer for answer in answers if answer.standing is not Standing.DUPLICATE]
    return live[-1], ()


def _ends_beside_money(reason: str, account: Account, rulebook: Rulebook) -> bool:
    """Whether the claim would end although money of it is in no answer that stands."""
    return rulebook.complete and REASONS[reason].action in _ENDS and money_undecided(account)


def _closed_without_answer(account: Account, host: Answer, split: Split, rulebook: Rulebook) -> Decision:
    """The decision when no answer stands."""
    reason = {
        "22": "NP-REVERSED",
        "4": "NP-NOT-RECOGNISED",
        "23": "NP-NOT-THEIRS",
        "25": "NP-PREDETERMINATION",
    }.get(host.payment.status, "NP-REVERSED")
    if _ends_beside_money(reason, account, rulebook):
        reason = "NP-PAID-UNDECIDED"
    known = REASONS[reason]
    return make_decision(
        action=known.action,
        reason=reason,
        says=known.says,
        source=known.source,
        payment=host.payment,
        policy=host.policy,
        split=split,
        payments=(host.payment,),
    )

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
from enum import StrEnum

from .account import Account, Answer, Standing, place_in_order
from .adapter import Deadline, PayerAdapter
from .coordinate import Expectation, Split, split_of
from .denial import DenialAction, DenialRule, DenialTable, NextPayer
from .errors import PluginError
from .finding import Finding, Severity
from .money import ZERO, dollars, total
from .policy import Policy
from .remittance import Adjustment, ClaimPayment
from .scrub import rejected
from .verify import Verified, verify

__all__ = ["REASONS", "Action", "Decision", "Reason", "Rulebook", "decide"]


class Action(StrEnum):
    """What happens to the claim next (the public contract's words)."""

    BILL_NEXT = "bill_next"
    FORWARDED = "forwarded"
    HOLD = "hold"
    DISPUTE = "dispute"
    REWORK = "rework"
    APPEAL = "appeal"
    BILL_PATIENT = "bill_patient"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: a stable code, what it leads to, one sentence for a biller, and who says so."""

    id: str
    action: Action
    says: str
    source: str


def _reasons() -> dict[str, Reason]:
    rfi = "X12 RFI "
    table = (
        ("NP-NEXT-PAYER", Action.BILL_NEXT, "the patient's share goes to the next payer", "secondary billing; CAS group PR"),
        ("NP-FORWARDED", Action.FORWARDED, "the payer sent the claim on to the next payer itself; wait for that payer's answer", "CLP02 19, 20, 21"),
        ("NP-CROSSOVER-NAMED", Action.FORWARDED, "the payer names the payer it sent the claim on to; wait for that payer's answer", "835 2100 NM1*TT"),
        ("NP-CROSSOVER-REMARK", Action.FORWARDED, "a remark says that the claim was sent on; wait for the next payer's answer", "RARC MA18, N89, MA07"),
        ("NP-NOT-THEIRS", Action.FORWARDED, "it is not this payer's claim and was sent on; wait", "CLP02 23"),
        ("NP-CROSSOVER-CONTRADICTED", Action.HOLD, "the status says sent on, a remark says not sent on; ask the payer", "CLP02 19-21 with RARC MA08, MA19, MA68"),
        ("NP-REVERSED", Action.HOLD, "the payer took its answer back and no correction has come yet", rfi + "1147, 1429, 2442"),
        ("NP-REVERSAL-UNPAIRED", Action.HOLD, "a reversal came after the answer and does not match it", rfi + "1147"),
        ("NP-TWO-ANSWERS", Action.HOLD, "the payer answered twice and took neither answer back", "835 CLP01, CLP07"),
        ("NP-STATUS-UNKNOWN", Action.HOLD, "the claim status code is not one an 835 may have", "CLP02 (element 1029)"),
        ("NP-PREDETERMINATION", Action.CLOSED, "a predetermination is no payment; nothing is billed from it", "CLP02 25"),
        ("NP-NOT-RECOGNISED", Action.REWORK, "the payer does not recognise the patient: check member id, name and payer", "CLP02 4; " + rfi + "1423, 1885"),
        ("NP-ORDER-DIFFERS", Action.HOLD, "the payer processed the claim in another place than it was billed in", "CLP02 1, 2, 3 against SBR01"),
        ("NP-PRIORITY-CORRECTED", Action.HOLD, "the payer names another payer that must come first: the order is wrong", "835 2100 NM1*PR; " + rfi + "963"),
        ("NP-TAKEBACK", Action.HOLD, "a provider-level adjustment takes money of this claim back; look for a reversal", "835 PLB WO"),
        ("NP-ORDER-UNDETERMINED", Action.HOLD, "the paying order is not known", "SBR01; coverage file"),
        ("NP-DATE-IN-FUTURE", Action.HOLD, "the payment is dated after today", "BPR16"),
        ("NP-NO-ADJUDICATION-DATE", Action.HOLD, "the remittance has no payment date, which the next claim needs", "BPR16 for DTP*573"),
        ("NP-FIX-FIRST", Action.REWORK, "the payer names something to correct or send before anyone else is billed", "denial table"),
        ("NP-WAIT", Action.HOLD, "the payer has not finished", "denial table"),
        ("NP-REVIEW", Action.HOLD, "a person must look at the payer's reason", "denial table"),
        ("NP-APPEAL", Action.APPEAL, "the denial can be appealed and nothing else is left to bill", "denial table"),
        ("NP-REASON-UNKNOWN", Action.HOLD, "nothing was paid for a reason that no rule knows", "CAS"),
        ("NP-BELOW-CONTRACT", Action.DISPUTE, "the payer allowed less than its contract says", "coverage file benefits.allowed"),
        ("NP-PAYER-INITIATED", Action.DISPUTE, "the payer reduced on its own initiative; the patient does not owe it", "CAS group PI"),
        ("NP-OVERPAID", Action.REFUND, "the payers together paid more than the charge", "posting; 42 CFR 401.305 for Medicare"),
        ("NP-NOTHING-LEFT", Action.CLOSED, "nothing is left for the next payer or the patient", "CAS group PR is zero"),
        ("NP-CONTRACTUAL", Action.WRITE_OFF, "nothing was paid and the contract leaves it with the provider", "CAS group CO"),
        ("NP-PATIENT", Action.BILL_PATIENT, "no payer is left: the patient owes what the last payer assigned", "CAS group PR"),
        ("NP-QMB", Action.HOLD, "the patient is a QMB and may not be billed; the Medicaid policy is missing", "RARC N781-N783; 42 USC 1396a(n)(3)"),
        ("NP-NO-ADAPTER", Action.HOLD, "no adapter for the next payer is installed", "nextpayer plugins"),
        ("NP-PLUGIN-FAILED", Action.HOLD, "a plugin failed on this claim", "nextpayer plugins"),
        ("NP-UNWRITABLE", Action.HOLD, "the claim cannot be written in the next payer's form", "form"),
        ("NP-FILING-LIMIT-PASSED", Action.HOLD, "the next payer's filing limit has passed", "payer pack or adapter"),
        ("NP-DUPLICATE-PAYMENT", Action.CLOSED, "the same payment was read before; it counts once", "CLP01, CLP07, TRN02 and every amount"),
        ("NP-REVERSAL-PAIRED", Action.CLOSED, "this reversal takes an earlier answer back; the correction counts", rfi + "1147, 1429"),
        ("NP-REVERSED-EARLIER", Action.CLOSED, "the payer took this answer back later", rfi + "1147, 1429"),
        ("NP-EARLIER-PAYER", Action.CLOSED, "a later payer has answered; this decision goes with the account", "order of benefits"),
        ("NP-SPLIT-PART", Action.CLOSED, "one part of a split claim; the parts are decided together", "277 A5; CLP01"),
        ("NP-SUPERSEDED", Action.CLOSED, "another answer of the account decides", "CLP02"),
    )
    return {id: Reason(id=id, action=action, says=says, source=source) for id, action, says, source in table}


#: Every reason a decision can have, but for the ids of findings that hold a claim.
REASONS = _reasons()

_FORWARDED_REMARKS = frozenset({"MA18", "N89", "MA07"})
_NOT_FORWARDED_REMARKS = frozenset({"MA08", "MA19", "MA68"})
_QMB_REMARKS = frozenset({"N781", "N782", "N783"})
_PROCESSED = frozenset({"1", "2", "3"})
_SENT_ON = frozenset({"19", "20", "21"})
_PLACES = {"1": 0, "2": 1, "3": 2, "19": 0, "20": 1, "21": 2}
_FIRST_THINGS_FIRST = (
    DenialAction.WAIT, DenialAction.FIX_RESUBMIT, DenialAction.CORRECT_PAYER, DenialAction.COB_UPDATE,
    DenialAction.SEND_DOCUMENTS, DenialAction.APPEAL, DenialAction.REVIEW,
)  # fmt: skip
_DENIAL_REASONS = {
    DenialAction.WAIT: "NP-WAIT",
    DenialAction.APPEAL: "NP-APPEAL",
    DenialAction.REVIEW: "NP-REVIEW",
    DenialAction.PATIENT: "NP-REVIEW",
    DenialAction.WRITE_OFF: "NP-CONTRACTUAL",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What a decision needs besides the account: the adapters by policy, the denial rules, and the payers'
    control numbers that provider-level adjustments take money back for (PLB WO)."""

    adapter_for: Callable[[Policy], PayerAdapter]
    denials: DenialTable
    taken_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens next to a claim, and why. Amounts in dollars.

    ``payment`` is the answer that decided; ``payments`` all parts of it when the payer split the claim,
    ``verified`` what verification found about each. ``next_policy`` is set when the next payer is billed or known.
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


def decide(account: Account, today: dt.date, rulebook: Rulebook) -> Decision:
    """The account's one decision on ``today``. The account has at least one answer."""
    host, standing = _deciding_answer(account)
    payments = tuple(answer.payment for answer in standing) or (host.payment,)
    split = split_of(payments)
    if not standing:
        return _closed_without_answer(account, host, split)
    payment = host.payment
    verified = verify(account.claim, payments)
    findings: tuple[Finding, ...] = ()
    for one in verified:
        findings += one.findings

    def settle(reason: str, more: tuple[Finding, ...] = (), **fields: object) -> Decision:
        known = REASONS[reason]
        return Decision(
            action=known.action, reason=reason, says=known.says, source=known.source, payment=payment, policy=host.policy,
            split=split, payments=payments, verified=verified, findings=findings + more, **fields,  # type: ignore[arg-type]
        )  # fmt: skip

    def hold(finding: Finding, **fields: object) -> Decision:
        return Decision(
            action=Action.HOLD, reason=finding.id, says=finding.message, source=finding.source, payment=payment,
            policy=host.policy, split=split, payments=payments, verified=verified, findings=findings, **fields,  # type: ignore[arg-type]
        )  # fmt: skip

    if trouble := _which_answer(account, host, standing):
        return settle(trouble)
    next_policy = account.next_policy
    if sent_on := _sent_on(payments):
        return settle(sent_on, next_policy=next_policy)
    if payment.corrected_priority_payer is not None:
        return settle("NP-PRIORITY-CORRECTED")
    if rejected(findings):
        return hold(next(finding for finding in findings if finding.severity is Severity.REJECT))
    if any(part.control_number and part.control_number in rulebook.taken_back for part in payments):
        return settle("NP-TAKEBACK")
    date = payment.remittance.payment_date
    if date is None or date > today:
        return settle("NP-NO-ADJUDICATION-DATE" if date is None else "NP-DATE-IN-FUTURE")
    findings += _notes(account, host, split)

    liability = split.patient + split.held_harmless
    blocked, more = _denied(payments, rulebook.denials, liability, split.paid)
    findings += more
    if blocked:
        return settle(blocked)
    if below := _below_contract(account, host.policy, payments, verified):
        return settle("NP-BELOW-CONTRACT", below)
    if over := _overpaid(account, split):
        return settle("NP-OVERPAID", (over,))
    if liability <= ZERO:
        if split.paid:
            return settle("NP-NOTHING-LEFT")
        return settle("NP-CONTRACTUAL" if split.contractual == split.charge else "NP-PAYER-INITIATED" if split.other else "NP-NOTHING-LEFT")
    if account.undetermined:
        missing = Finding(id="NP-ORDER-UNDETERMINED", severity=Severity.REJECT, where="2000B, 2320 SBR01", message=f"missing: {account.undetermined}", source="order of benefits")
        return settle("NP-ORDER-UNDETERMINED", (missing,))
    if next_policy is None:
        if split.held_harmless or _remarks(payments) & _QMB_REMARKS:
            return settle("NP-QMB")
        return settle("NP-PATIENT", expected_patient=liability)
    return _bill(account, next_policy, split, liability, today, rulebook, settle, hold)


def _bill(
    account: Account, policy: Policy, split: Split, liability: Decimal, today: dt.date, rulebook: Rulebook,
    settle: Callable[..., Decision], hold: Callable[..., Decision],
) -> Decision:  # fmt: skip
    """Ask the next payer's adapter; a plugin that fails holds the claim and is named."""
    try:
        adapter = rulebook.adapter_for(policy)
        objections = tuple(adapter.objections(account, policy, today))
        expectation = adapter.expected(account, policy, split)
        deadline = adapter.deadline(account, policy)
    except PluginError as error:
        trouble = Finding(id="NP-NO-ADAPTER", severity=Severity.REJECT, where="2000B", message=str(error), source="nextpayer plugins")
        return settle("NP-NO-ADAPTER", (trouble,), next_policy=policy)
    except Exception as error:
        name = getattr(type(adapter), "name", "") or type(adapter).__name__
        trouble = Finding(id="NP-PLUGIN-FAILED", severity=Severity.REJECT, where="2000B", message=f"adapter {name} failed: {type(error).__name__}", source="nextpayer plugins")
        return settle("NP-PLUGIN-FAILED", (trouble,), next_policy=policy)
    if rejected(objections):
        first = next(finding for finding in objections if finding.severity is Severity.REJECT)
        held = hold(first, next_policy=policy, deadline=deadline)
        return _with(held, objections)
    if deadline is not None and today > deadline.day:
        late = Finding(id="NP-FILING-LIMIT-PASSED", severity=Severity.REJECT, where="2000B", message=f"the last day was {deadline.day} ({deadline.rule})", source=deadline.source)
        return settle("NP-FILING-LIMIT-PASSED", (late,), next_policy=policy, deadline=deadline)
    patient = expectation.patient if expectation.patient is not None else max(liability - expectation.amount, ZERO)
    return settle(
        "NP-NEXT-PAYER", objections, next_policy=policy, expectation=expectation, expected_next=expectation.amount,
        expected_patient=patient, deadline=deadline,
    )  # fmt: skip


def _with(decision: Decision, findings: tuple[Finding, ...]) -> Decision:
    return replace(decision, findings=decision.findings + findings)


def _deciding_answer(account: Account) -> tuple[Answer, tuple[Answer, ...]]:
    """The answer that speaks for the account, with its parts: the standing one of the last payer that decided."""
    answers = account.answers
    if len(answers) == 1 and answers[0].standing is Standing.STANDS:
        return answers[0], answers
    for policy in reversed(account.policies):
        standing = account.standing(policy)
        if standing:
            return standing[-1], standing
    live = [answer for answer in answers if answer.standing is not Standing.DUPLICATE]
    return live[-1], ()


def _closed_without_answer(account: Account, host: Answer, split: Split) -> Decision:
    """The decision when no answer stands."""
    reason = {"22": "NP-REVERSED", "4": "NP-NOT-RECOGNISED", "23": "NP-NOT-THEIRS", "25": "NP-PREDETERMINATION"}.get(
        host.payment.status, "NP-REVERSED"
    )
    known = REASONS[reason]
    return Decision(
        action=known.action, reason=reason, says=known.says, source=known.source, payment=host.payment, policy=host.policy,
        split=split, payments=(host.payment,),
    )  # fmt: skip


def _which_answer(account: Account, host: Answer, standing: tuple[Answer, ...]) -> str:
    """What is wrong with the answers themselves: more than one, a stray reversal, a wrong place or status."""
    if len(standing) > 1 and standing[0].standing is not Standing.SPLIT:
        return "NP-TWO-ANSWERS"
    if len(account.answers) > len(standing):
        at = max(account.answers.index(answer) for answer in standing)
        reversals = [a for a in account.answers[at + 1 :] if a.standing is Standing.REVERSAL and a.policy is host.policy]
        taken = sum(1 for a in account.answers if a.standing is Standing.REVERSED and a.policy is host.policy)
        if len(reversals) > taken:
            return "NP-REVERSAL-UNPAIRED"
    status = host.payment.status
    if status not in _PROCESSED and status not in _SENT_ON:
        return "NP-STATUS-UNKNOWN"
    if _PLACES[status] != min(place_in_order(host.policy, account.policies), 2):
        return "NP-ORDER-DIFFERS"
    return ""


def _remarks(payments: tuple[ClaimPayment, ...]) -> set[str]:
    found: set[str] = set()
    for payment in payments:
        found.update(payment.remark_codes)
        for line in payment.lines:
            if line.remark_codes:
                found.update(line.remark_codes)
    return found


def _sent_on(payments: tuple[ClaimPayment, ...]) -> str:
    """Evidence that the payer sent the claim on to the next payer: status, carrier, or remark; '' for none."""
    remarks = _remarks(payments)
    by_status = any(payment.status in _SENT_ON for payment in payments)
    if by_status:
        return "NP-CROSSOVER-CONTRADICTED" if remarks & _NOT_FORWARDED_REMARKS else "NP-FORWARDED"
    if any(payment.crossover_carrier is not None for payment in payments):
        return "NP-CROSSOVER-NAMED"
    return "NP-CROSSOVER-REMARK" if remarks & _FORWARDED_REMARKS else ""


def _denied(
    payments: tuple[ClaimPayment, ...], table: DenialTable, liability: Decimal, paid: Decimal
) -> tuple[str, tuple[Finding, ...]]:
    """The reason that stops the claim before the next payer ('' for none), and the findings about reasons."""
    stops: list[tuple[DenialRule, Finding]] = []
    cases: list[tuple[DenialRule, Finding]] = []
    unknown: list[Finding] = []
    for payment in payments:
        levels = [("2100", payment.adjustments, payment.remark_codes, payment.segment)]
        for line in payment.lines:
            if line.adjustments:
                levels.append(("2110", line.adjustments, line.remark_codes or payment.remark_codes, line.segment))
        for loop, adjustments, remarks, segment in levels:
            for adjustment in adjustments:
                rule = table.rule(adjustment, remarks)
                if rule is None:
                    unknown.append(_about(adjustment, None, loop, segment))
                elif rule.next_payer is NextPayer.NO:
                    stops.append((rule, _about(adjustment, rule, loop, segment)))
                elif rule.next_payer is NextPayer.CASE:
                    cases.append((rule, _about(adjustment, rule, loop, segment)))
    findings = tuple(finding for _, finding in stops + cases) + tuple(unknown)
    if stops or (cases and liability <= ZERO):
        candidates = stops or cases
        order = {action: n for n, action in enumerate(_FIRST_THINGS_FIRST)}
        rule = min((rule for rule, _ in candidates), key=lambda rule: order.get(rule.action, 99))
        return _DENIAL_REASONS.get(rule.action, "NP-FIX-FIRST"), findings
    if unknown and liability <= ZERO and paid <= ZERO:
        return "NP-REASON-UNKNOWN", findings
    return "", findings


def _about(adjustment: Adjustment, rule: DenialRule | None, loop: str, segment: int) -> Finding:
    code = f"{adjustment.group}-{adjustment.reason}"
    if rule is None:
        return Finding(
            id="NP-REASON-UNKNOWN", severity=Severity.INFO, where=f"{loop} segment {segment}",
            message=f"{code} {dollars(adjustment.amount)}: no rule knows this reason; it is carried as received", source="CAS",
        )  # fmt: skip
    severity = Severity.WARN
    return Finding(
        id="NP-REASON", severity=severity, where=f"{loop} segment {segment}",
        message=f"{code} {dollars(adjustment.amount)}: {rule.category}; {rule.action.replace('_', ' ')}", source=rule.source,
    )  # fmt: skip


def _notes(account: Account, host: Answer, split: Split) -> tuple[Finding, ...]:
    """What a biller should know about an answer that is otherwise fine."""
    payment, found = host.payment, []
    if payment.corrected_insured is not None:
        found.append(
            Finding(id="NP-INSURED-CORRECTED", severity=Severity.INFO, where=f"segment {payment.segment}",
                    message="the payer corrected the insured's name or id; the next claim uses it, registration should too", source="835 2100 NM1*74")
        )  # fmt: skip
    if any(answer.standing is Standing.REVERSAL for answer in account.answers):
        found.append(
            Finding(id="NP-CORRECTED-ANSWER", severity=Severity.INFO, where=f"segment {payment.segment}",
                    message="this answer corrects an earlier one; if the next payer was already billed from it, send a replacement (frequency 7) with that payer's own number",
                    source="CLM05-3, 2300 REF*F8; X12 RFI 1147")
        )  # fmt: skip
    place = place_in_order(host.policy, account.policies)
    if place > 0 and not split.prior:
        found.append(
            Finding(id="NP-OA23-MISSING", severity=Severity.WARN, where=f"segment {payment.segment}",
                    message="a later payer's answer lacks OA-23 (the effect of earlier payers): its write-off may repeat what earlier payers paid or wrote off; post only the difference",
                    source="X12 RFI 1696, 2194, 2535")
        )  # fmt: skip
    return tuple(found)


def _below_contract(
    account: Account, policy: Policy, payments: tuple[ClaimPayment, ...], verified: tuple[Verified, ...]
) -> tuple[Finding, ...]:
    """Lines whose allowed amount (paid plus PR) is below the contract's, where the coverage file states it."""
    if policy.benefits is None or not policy.benefits.allowed:
        return ()
    contract = dict(policy.benefits.allowed)
    found = []
    for payment in payments:
        for line in payment.lines:
            if line.procedure is None or line.procedure.code not in contract or not line.paid_amount:
                continue
            allowed = line.paid_amount + total(a.amount for a in line.adjustments if a.group == "PR")
            due = min(contract[line.procedure.code] * (line.units or 1), line.charge_amount)
            if allowed < due and not payment.adjustments:
                found.append(
                    Finding(id="NP-BELOW-CONTRACT", severity=Severity.REJECT, where=f"segment {line.segment}",
                            message=f"{line.procedure.code}: allowed {dollars(allowed)}, contract {dollars(due)}: short {dollars(due - allowed)}",
                            source="coverage file benefits.allowed")
                )  # fmt: skip
    return tuple(found)


def _overpaid(account: Account, split: Split) -> Finding | None:
    """When more than one payer has paid, and together more than the charge."""
    on_claim = [o.adjudication.paid_amount for o in account.claim.other_payers if o.adjudication and o.adjudication.paid_amount]
    paid = total(on_claim) + total(
        answer.payment.paid_amount for answer in account.answers if answer.standing in (Standing.STANDS, Standing.SPLIT)
    )
    if paid <= split.charge or paid == split.paid:
        return None
    return Finding(
        id="NP-OVERPAID", severity=Severity.REJECT, where="account",
        message=f"paid {dollars(paid)} on a charge of {dollars(split.charge)}: {dollars(paid - split.charge)} too much",
        source="sum of CLP04 and AMT*D",
    )  # fmt: skip

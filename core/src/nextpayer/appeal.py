"""Appeal: from a payer's answer to what a letter against it says: facts, rules with sources, arithmetic.

Only what the claim, the answers, the pack and the law say is in it: no argument is made up, and a reason that
is better answered otherwise (a claim that was never taken in, a COB record that the member must update, a
clerical error that Medicare reopens) says so. The letter itself, and its looks, are a member's to make.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from .account import Account, Answer, own_answer, place_in_order
from .claim import Claim, OtherPayer
from .deadlines import Calendar, LastDay, Step, days_of, kind_of, last_days, minimum
from .denial import DenialAction, DenialTable, Disposition, Found, Triage, triage
from .evidence import shortfalls
from .finding import Finding, Severity
from .money import ZERO, dollars, total
from .policy import Policy
from .profile import Profile
from .remittance import ClaimPayment, LinePayment
from .variance import Variance

__all__ = ["Appeal", "Argument", "Disputed", "Sum", "appeal_of"]

#: What became of a claim that nobody can appeal, and what to do instead.
_NO_APPEAL = {
    Disposition.REJECTED: "the payer never took the claim in: correct it and send it as a new one",
    Disposition.FORWARDED: "the payer sent the claim on: wait for the next payer's answer",
    Disposition.REVERSED: "the payer took its answer back: wait for its correction",
    Disposition.PREDETERMINATION: "a predetermination is no decision on a claim",
    Disposition.PENDED: "the payer has not finished",
}
#: Categories that something else than an appeal answers sooner.
_BETTER = {
    "cob update": "the member must answer the plan about other cover; then ask it to process the claim again",
    "other payer first": "have the member correct the plan's COB record, or bill the right first payer",
    "eligibility": "send a corrected claim",
    "technical": "send a corrected claim",
    "coding": "send a corrected claim, if the codes are wrong",
    "documents": "send what was asked for",
    "cob data": "send a corrected claim with the earlier payer's decision",
}
#: Actions of reasons that a letter disputes.
_DISPUTED = frozenset(
    {
        DenialAction.APPEAL,
        DenialAction.REVIEW,
        DenialAction.FIX_RESUBMIT,
        DenialAction.SEND_DOCUMENTS,
        DenialAction.CORRECT_PAYER,
        DenialAction.COB_UPDATE,
    }
)
_MEDICARE = "medicare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """One thing the payer said that the letter disputes: on which line (0: the claim), what it is about."""

    code: str
    line: int
    amount: Decimal
    category: str
    says: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One sentence that the appeal rests on, and who says so."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One row of the arithmetic, in dollars."""

    label: str
    amount: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What the letter says. ``amount`` is what is in dispute. ``findings`` are what a person should know
    before it goes out; one that is a ``reject`` means that it should not."""

    claim: Claim = field(repr=False)
    policy: Policy
    payment: ClaimPayment = field(repr=False)
    triage: Triage
    level: int
    level_name: str
    disputed: tuple[Disputed, ...]
    facts: tuple[str, ...]
    arguments: tuple[Argument, ...]
    sums: tuple[Sum, ...]
    amount: Decimal
    documents: tuple[str, ...]
    deadline: LastDay | None
    calendar: Calendar
    earlier: tuple[ClaimPayment, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()


def appeal_of(
    account: Account,
    table: DenialTable,
    today: dt.date,
    *,
    level: int = 1,
    profile: Profile | None = None,
    decided: dt.date | None = None,
    received: dt.date | None = None,
    variances: tuple[Variance, ...] = (),
) -> Appeal | Finding:
    """What an appeal against the claim's own payer says, or a finding that there is nothing to appeal.

    ``decided`` is the day of the decision appealed against where that is a level's and not the remittance's,
    ``received`` the day it came. ``profile`` is the payer's pack, ``variances`` how its payment compares with
    what it owed.
    """
    answer = own_answer(account)
    if answer is None:
        return _refusal("NP-APPEAL-UNANSWERED", "the payer of this claim has not answered it")
    payment, policy = answer.payment, answer.policy
    found = triage(payment, table)
    if found.disposition in _NO_APPEAL:
        return _refusal("NP-APPEAL-NONE", _NO_APPEAL[found.disposition])
    disputed = (*_disputed(found, payment), *_short(policy, payment, variances))
    if not disputed:
        return _refusal("NP-APPEAL-NOTHING", "the payer said nothing that an appeal could change")
    earlier = _earlier(account, answer)
    calendar = _calendar(account, answer, earlier, profile, decided, received)
    deadline = calendar.last(Step.APPEAL, level)
    amount = total(one.amount for one in disputed)
    return Appeal(
        claim=account.claim,
        policy=policy,
        payment=payment,
        triage=found,
        level=level,
        level_name=_level_name(calendar, level),
        disputed=disputed,
        facts=tuple(_facts(account, answer, earlier)),
        arguments=tuple(_arguments(disputed, account, policy, earlier, profile)),
        sums=tuple(_sums(account, payment, earlier, amount)),
        amount=amount,
        documents=tuple(_documents(disputed, earlier)),
        deadline=deadline,
        calendar=calendar,
        earlier=earlier,
        findings=tuple(_findings(found, policy, level, amount, deadline, calendar, today)),
    )


def _refusal(id: str, message: str) -> Finding:
    return Finding(
        id=id, severity=Severity.REJECT, where="appeal", message=message, source="CLP02, CAS, RARC"
    )


def _disputed(found: Triage, payment: ClaimPayment) -> Iterator[Disputed]:
    lines = {line.segment: number for number, line in enumerate(payment.lines, 1)}
    for one in found.found:
        wanted = one.action in _DISPUTED or (
            one.rule is not None and DenialAction.APPEAL in one.rule.then and one.amount
        )
        if wanted:
            yield Disputed(
                code=one.code,
                line=lines.get(one.segment, 0),
                amount=one.amount,
                category=one.rule.category if one.rule is not None else "unknown",
                says=one.says if one.rule is not None else "",
                document=one.rule.document if one.rule is not None else "",
            )


def _short(policy: Policy, payment: ClaimPayment, variances: tuple[Variance, ...]) -> Iterator[Disputed]:
    """What was paid, but less than the contract allows or the plan's terms owe."""
    lines = {line.segment: number for number, line in enumerate(payment.lines, 1)}
    below = shortfalls(policy, (payment,))
    for one in below:
        yield Disputed(
            code="Underpaid",
            line=lines.get(one.segment, 0),
            amount=one.short,
            category="underpaid",
            says=f"allowed {dollars(one.allowed)}, where the contract allows {dollars(one.due)}",
            document="the contract's fee schedule",
        )
    for other in variances[:0] if below else variances[:1]:
        if other.paid < other.expected and other.payer_id == policy.payer.id:
            yield Disputed(
                code="Underpaid",
                line=0,
                amount=other.expected - other.paid,
                category="underpaid",
                says=(
                    f"paid {dollars(other.paid)}, where the plan owes {dollars(other.expected)}"
                    f" ({other.method})"
                ),
                document="the plan's terms",
            )


def _earlier(account: Account, answer: Answer) -> tuple[ClaimPayment, ...]:
    """The standing answers of the payers before this one."""
    own = place_in_order(answer.policy, account.policies)
    return tuple(
        one.payment for policy in account.policies[: max(own, 0)] for one in account.standing(policy)
    )


def _calendar(
    account: Account,
    answer: Answer,
    earlier: tuple[ClaimPayment, ...],
    profile: Profile | None,
    decided: dt.date | None,
    received: dt.date | None,
) -> Calendar:
    days = [one.remittance.payment_date for one in earlier]
    days += [
        other.adjudication.date for other in account.claim.other_payers if other.adjudication is not None
    ]
    return last_days(
        kind_of(answer.policy),
        days_of(
            account.claim,
            decided=decided or answer.payment.remittance.payment_date,
            received=received,
            primary_decided=max((day for day in days if day is not None), default=None),
        ),
        claim_kind=account.claim.kind,
        profile=profile,
        steps=(Step.APPEAL, Step.REOPEN, Step.EXTERNAL_REVIEW, Step.CORRECT),
    )


def _level_name(calendar: Calendar, level: int) -> str:
    last = calendar.last(Step.APPEAL, level)
    return last.name if last is not None and last.name else f"Appeal, level {level}"


# --- what the letter says ------------------------------------------------


def _facts(account: Account, answer: Answer, earlier: tuple[ClaimPayment, ...]) -> Iterator[str]:
    payment = answer.payment
    claim = account.claim
    paid_on = payment.remittance.payment_date
    yield (
        f"We billed {dollars(claim.charge_amount)} for {len(claim.lines)} service"
        f"{'' if len(claim.lines) == 1 else 's'}{_between(claim)}."
    )
    for one in earlier:
        day = one.remittance.payment_date
        yield (
            f"{one.remittance.payer_name} came before you and decided{f' on {day}' if day else ''}: it paid"
            f" {dollars(one.paid_amount)} and left {dollars(one.adjusted('PR'))} to the patient or the next"
            f" payer (its claim {one.control_number or 'number unknown'}; its EOB is enclosed)."
        )
    for other in _told(claim, answer.policy, account):
        made = other.adjudication
        assert made is not None  # noqa: S101 - the caller's condition, for the type checker
        yield (
            f"{other.policy.payer.name} came before you and paid {dollars(made.paid_amount or ZERO)}, as our"
            " claim states in its other-payer loops."
        )
    yield (
        f"You answered{f' on {paid_on}' if paid_on else ''} under your claim number"
        f" {payment.control_number or '(none given)'} and paid {dollars(payment.paid_amount)}."
    )


def _told(claim: Claim, own: Policy, account: Account) -> Iterator[OtherPayer]:
    """Earlier payers whose decision is on the claim alone."""
    for other in claim.other_payers:
        if other.adjudication is not None and not account.standing(other.policy) and other.policy is not own:
            yield other


def _between(claim: Claim) -> str:
    if claim.service_from is None:
        return ""
    if claim.service_to is None or claim.service_to == claim.service_from:
        return f" of {claim.service_from}"
    return f" of {claim.service_from} to {claim.service_to}"


def _arguments(
    disputed: tuple[Disputed, ...],
    account: Account,
    policy: Policy,
    earlier: tuple[ClaimPayment, ...],
    profile: Profile | None,
) -> Iterator[Argument]:
    """What law and contract say about what is disputed; nothing where they say nothing that we know."""
    categories = {one.category for one in disputed}
    kind = kind_of(policy)
    if "timely filing" in categories:
        yield from _about_filing(kind, account.claim, earlier, profile)
    if categories & {"cob data", "prior payer", "prior payer rules", "other payer first", "cob order"}:
        if earlier:
            yield Argument(
                text=(
                    "The earlier payer's decision stands on our claim as that payer made it: each amount with"
                    " its group and reason at the level at which it was given, balanced to the cent."
                ),
                source="X12 837 loops 2320 and 2430; X12 835 TR3 1.10.2",
            )
        if account.contradiction is not None:
            for step in account.contradiction.steps:
                yield Argument(text=step.message, source=step.source)
    if kind in ("commercial", "marketplace") and categories & {
        "medical necessity",
        "authorization",
        "not covered",
    }:
        yield Argument(
            text=(
                "Where the plan is an employer's under ERISA: the review takes account of everything that is"
                " submitted, seen before or not, and does not defer to the first decision; a decision that"
                " rests on medical judgment is made with a health care professional of the field. We ask for"
                " the documents, records and criteria on which the denial rests."
            ),
            source="29 CFR 2560.503-1(h)(2)(iii), (h)(2)(iv), (h)(3)(ii), (h)(3)(iii)",
        )


def _about_filing(
    kind: str, claim: Claim, earlier: tuple[ClaimPayment, ...], profile: Profile | None
) -> Iterator[Argument]:
    decided = [one.remittance.payment_date for one in earlier if one.remittance.payment_date is not None]
    days = days_of(claim, primary_decided=max(decided, default=None))
    for last in last_days(kind, days, claim_kind=claim.kind, profile=profile, steps=(Step.FILE,)).of(
        Step.FILE
    ):
        yield Argument(
            text=f"The claim was to be filed by {last.day}: {last.counted}.",
            source=last.source,
        )


def _sums(
    account: Account, payment: ClaimPayment, earlier: tuple[ClaimPayment, ...], amount: Decimal
) -> Iterator[Sum]:
    yield Sum(label="Charge", amount=payment.charge_amount, source="CLP03")
    for one in earlier:
        label = f"Paid by {one.remittance.payer_name}, before you"
        yield Sum(label=label, amount=one.paid_amount, source="its CLP04")
        left = f"Left to the patient or the next payer by {one.remittance.payer_name}"
        yield Sum(label=left, amount=one.adjusted("PR"), source="its CAS, group PR")
    yield Sum(label="Paid by you", amount=payment.paid_amount, source="CLP04")
    levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
    adjusted: dict[str, Decimal] = {}
    for level in levels:
        for one_of in level.adjustments:
            code = f"{one_of.group}-{one_of.reason}"
            adjusted[code] = adjusted.get(code, ZERO) + one_of.amount
    for code, sum_of in adjusted.items():
        yield Sum(label=f"Adjusted by you, {code}", amount=sum_of, source="CAS")
    yield Sum(label="In dispute", amount=amount, source="the adjustments that this letter disputes")


def _documents(disputed: tuple[Disputed, ...], earlier: tuple[ClaimPayment, ...]) -> Iterator[str]:
    """What to enclose, each once: your EOB, the earlier payers', and what each reason calls for."""
    yield "your explanation of benefits"
    for one in earlier:
        yield f"the explanation of benefits of {one.remittance.payer_name}"
    found = dict.fromkeys(one.document for one in disputed if one.document)
    told = {"this EOB", "the earlier payer's EOB", "every earlier EOB", "both EOBs"}
    yield from (document for document in found if document not in told)


# --- what a person should know -------------------------------------------


def _findings(
    found: Triage,
    policy: Policy,
    level: int,
    amount: Decimal,
    deadline: LastDay | None,
    calendar: Calendar,
    today: dt.date,
) -> Iterator[Finding]:
    if deadline is None:
        yield from (one for one in calendar.unknown if one.where == Step.APPEAL.value)
        yield from (
            _note("NP-APPEAL-LIMIT", f"{one.name}: no later than {one.day}; {one.condition}", one.source)
            for one in calendar.of(Step.APPEAL, level)
        )
    elif today > deadline.day:
        message = f"the last day was {deadline.day} ({deadline.counted}): good cause must be shown"
        yield _stop("NP-APPEAL-LATE", message, deadline.source)
    if kind_of(policy) == _MEDICARE:
        least = minimum(level, today)
        if least is None:
            message = f"the least amount in controversy for {today.year} is not known: look it up"
            yield _stop("NP-APPEAL-CONTROVERSY", message, "42 CFR 405.1006")
        elif amount < least:
            message = f"{dollars(amount)} is in dispute, and this level asks for {dollars(least)}"
            yield _stop("NP-APPEAL-CONTROVERSY", message, "42 CFR 405.1006")
        if {_category(one) for one in found.found} & {"coding", "technical", "duplicate"}:
            message = "a clerical error is reopened, not appealed: ask for a reopening"
            yield _note("NP-APPEAL-REOPEN", message, "42 CFR 405.980(a)(3)")
    if any(one.code == "MA44" for one in found.found):
        yield _stop("NP-APPEAL-NONE", "the payer says that this answer cannot be appealed", "RARC MA44")
    for category in dict.fromkeys(_category(one) for one in found.found):
        if category in _BETTER:
            yield _note("NP-APPEAL-BETTER", f"{category}: {_BETTER[category]}", "practice")


def _category(found: Found) -> str:
    return found.rule.category if found.rule is not None else ""


def _stop(id: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.REJECT, where="appeal", message=message, source=source)


def _note(id: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.WARN, where="appeal", message=message, source=source)

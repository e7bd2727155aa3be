"""Evidence: what an answer shows, before anything is decided from it. One small question per function.

Each looks at an account or at payments and returns the id of a reason, or findings; none decides alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from .account import COUNTS, Account, Answer, Standing, place_in_order
from .books import Entry, Post, books_of
from .coordinate import Split
from .denial import PRECEDENCE, DenialAction, DenialRule, DenialTable, NextPayer
from .finding import Finding, Severity
from .money import ZERO, dollars, total
from .policy import Policy
from .remittance import Adjustment, ClaimPayment, LinePayment
from .verify import Verified

__all__ = [
    "Shortfall",
    "below_contract",
    "credit_of",
    "denied",
    "money_back",
    "money_undecided",
    "notes",
    "overpaid",
    "refused_before",
    "remarks_of",
    "sent_on",
    "shortfalls",
    "still_open",
    "undone_by",
    "unexplained",
    "which_answer",
]

_FORWARDED_REMARKS = frozenset({"MA18", "N89", "MA07"})
_NOT_FORWARDED_REMARKS = frozenset({"MA08", "MA19", "MA68"})
_SAID = frozenset({Standing.STANDS, Standing.SPLIT, Standing.REVERSED, Standing.SUPERSEDED})
_PROCESSED = frozenset({"1", "2", "3"})
_SENT_ON = frozenset({"19", "20", "21"})
_PLACES = {"1": 0, "2": 1, "3": 2, "19": 0, "20": 1, "21": 2}
_DENIAL_REASONS = {
    DenialAction.WAIT: "NP-WAIT",
    DenialAction.APPEAL: "NP-APPEAL",
    DenialAction.REVIEW: "NP-REVIEW",
    DenialAction.PATIENT: "NP-REVIEW",
    DenialAction.WRITE_OFF: "NP-CONTRACTUAL",
}


def which_answer(account: Account, host: Answer, standing: tuple[Answer, ...]) -> str:
    """What is wrong with the answers themselves: more than one, a stray reversal, a wrong place or status."""
    if trouble := _not_one_answer(account, standing):
        return trouble
    if _paid_undecided(account):
        return "NP-PAID-UNDECIDED"
    if overtaken := _overtaken(account, host):
        return overtaken
    status = host.payment.status
    if status not in _PROCESSED and status not in _SENT_ON:
        return "NP-STATUS-UNKNOWN"
    if not account.undetermined and _PLACES[status] != min(place_in_order(host.policy, account.policies), 2):
        return "NP-ORDER-DIFFERS"
    return ""


def _not_one_answer(account: Account, standing: tuple[Answer, ...]) -> str:
    """Whether this payer, or one before it, answered twice and took neither back, or took back what is not
    there. What a later payer left says nothing of what an earlier one meant."""
    if len(account.answers) == len(standing) == 1:
        return ""
    for policy in account.policies:
        stands = account.standing(policy)
        if len(stands) > 1 and stands[0].standing is not Standing.SPLIT:
            return "NP-TWO-ANSWERS"
        if not stands:
            continue
        at = max(account.answers.index(answer) for answer in stands)
        reversals = [
            a for a in account.answers[at + 1 :] if a.standing is Standing.REVERSAL and a.policy is policy
        ]
        taken = sum(1 for a in account.answers if a.standing is Standing.REVERSED and a.policy is policy)
        if len(reversals) > taken:
            return "NP-REVERSAL-UNPAIRED"
    return ""


def _paid_undecided(account: Account) -> bool:
    """Whether money came with an answer that says that it decides nothing. A predetermination tells amounts,
    which are no money."""
    return any(
        one.standing is Standing.NO_ANSWER and one.payment.status != "25" and one.payment.paid_amount
        for one in account.answers
    )


def money_undecided(account: Account) -> bool:
    """Whether money that came or went back is not in the answers that stand: it came with one that decides
    nothing, or went back for one that is not here. Asked where every payment ever made is on the account."""
    every = total(one.payment.paid_amount for one in account.answers)
    stands = total(one.payment.paid_amount for one in account.answers if one.standing in COUNTS)
    return every != stands


def _overtaken(account: Account, host: Answer) -> str:
    """Whether a payer before this one has taken back, since, what this answer rests on: the claim that this
    payer decided on told the old decision. The same money for the same reasons again changes nothing."""
    if len(account.answers) < 3:
        return ""
    mine = host.payment.remittance.payment_date
    for policy in account.policies[: max(place_in_order(host.policy, account.policies), 0)]:
        theirs = [answer for answer in account.answers if answer.policy is policy]
        since = [
            answer
            for answer in theirs
            if answer.standing is Standing.REVERSAL and _not_before(answer.payment, mine)
        ]
        taken = [answer for answer in theirs if answer.standing is Standing.REVERSED]
        if not since or not taken:
            continue
        standing = account.standing(policy)
        if not standing:
            return "NP-BASIS-REVERSED"
        before = [a for a in theirs if a.standing in _SAID and not _not_before(a.payment, mine)]
        if before and before[-1] in standing:
            continue  # what it was told still stands; what came after was taken back
        told = [answer for answer in taken if not _not_before(answer.payment, mine)]
        if _money([answer.payment for answer in told[-1:] or taken]) != _money(
            [answer.payment for answer in standing]
        ):
            return "NP-ANSWER-STALE"
    return ""


def _not_before(payment: ClaimPayment, day: dt.date | None) -> bool:
    paid_on = payment.remittance.payment_date
    return paid_on is not None and day is not None and paid_on >= day


def _money(payments: list[ClaimPayment]) -> tuple[object, ...]:
    """What payments come to: paid, and adjusted for each reason."""
    adjusted: dict[tuple[str, str], Decimal] = {}
    for payment in payments:
        levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
        for level in levels:
            for one in level.adjustments:
                code = (one.group, one.reason)
                adjusted[code] = adjusted.get(code, ZERO) + one.amount
    return total(payment.paid_amount for payment in payments), sorted(adjusted.items())


def named_first(payment: ClaimPayment, answered: Policy, policies: tuple[Policy, ...]) -> Policy | None:
    """The patient's policy with the payer that an answer names as the one to come first (835 2100 NM1*PR),
    None where no policy, or more than one, is with it."""
    named = payment.corrected_priority_payer
    if named is None:
        return None
    others = [policy for policy in policies if policy is not answered]
    by_id = [policy for policy in others if named.id and policy.payer.id == named.id]
    by_name = [policy for policy in others if policy.payer.name.casefold() == named.last.casefold()]
    found = by_id or by_name
    return found[0] if len(found) == 1 else None


def remarks_of(payments: tuple[ClaimPayment, ...]) -> set[str]:
    found: set[str] = set()
    for payment in payments:
        found.update(payment.remark_codes)
        for line in payment.lines:
            if line.remark_codes:
                found.update(line.remark_codes)
    return found


def sent_on(payments: tuple[ClaimPayment, ...]) -> str:
    """Evidence that the payer sent the claim on to the next payer: status, carrier, or remark; '' for
    none."""
    remarks = remarks_of(payments)
    found = "NP-CROSSOVER-REMARK" if remarks and remarks & _FORWARDED_REMARKS else ""
    for payment in payments:
        if payment.status in _SENT_ON:
            found = "NP-FORWARDED"
        elif payment.crossover_carrier is not None and found != "NP-FORWARDED":
            found = "NP-CROSSOVER-NAMED"
    if not found:
        return ""
    return "NP-CROSSOVER-CONTRADICTED" if remarks & _NOT_FORWARDED_REMARKS else found


def denied(
    payments: tuple[ClaimPayment, ...], table: DenialTable, liability: Decimal, paid: Decimal
) -> tuple[str, tuple[Finding, ...]]:
    """The reason that stops the claim before the next payer ('' for none), and the findings about reasons."""
    stops: list[tuple[DenialRule, Finding]] = []
    cases: list[tuple[DenialRule, Finding]] = []
    unknown: list[Finding] = []
    misgrouped: list[Finding] = []
    passes = table.passes
    for payment in payments:
        levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
        said = payment.remittance
        for level in levels:
            if level.remark_codes and paid <= ZERO:
                stops += _stopped(level, payment, table)
            for adjustment in level.adjustments:
                if passes[adjustment.group, adjustment.reason]:
                    continue
                loop, segment = "2100" if level is payment else "2110", level.segment
                rule = table.rule(
                    adjustment,
                    (*level.remark_codes, *payment.remark_codes),
                    status=payment.status,
                    payers=said.payer_ids,
                    day=said.payment_date,
                )
                if rule is None:
                    unknown.append(_about(adjustment, None, loop, segment))
                elif rule.next_payer is NextPayer.NO:
                    stops.append((rule, _about(adjustment, rule, loop, segment)))
                elif rule.next_payer is NextPayer.CASE:
                    cases.append((rule, _about(adjustment, rule, loop, segment)))
                elif rule.action is DenialAction.REVIEW:
                    misgrouped.append(_misgrouped(adjustment, loop, segment))
    if not stops and not cases and not unknown and not misgrouped:
        return "", ()
    findings = tuple(finding for _, finding in stops + cases) + tuple(unknown + misgrouped)
    if stops or (cases and liability <= ZERO):
        candidates = stops or cases
        rule = min((rule for rule, _ in candidates), key=lambda rule: PRECEDENCE.index(rule.action))
        return _DENIAL_REASONS.get(rule.action, "NP-FIX-FIRST"), findings
    if unknown and liability <= ZERO:
        return "NP-REASON-UNKNOWN", findings
    return "", findings


def _stopped(
    level: ClaimPayment | LinePayment, payment: ClaimPayment, table: DenialTable
) -> list[tuple[DenialRule, Finding]]:
    """The remarks that by themselves say what must be put right first. They count where nothing was paid."""
    found = []
    for remark in dict.fromkeys(level.remark_codes):
        rule = table.of_remark(
            remark,
            status=payment.status,
            payers=payment.remittance.payer_ids,
            day=payment.remittance.payment_date,
        )
        if rule is not None and rule.next_payer is NextPayer.NO:
            finding = Finding(
                id="NP-REASON",
                severity=Severity.WARN,
                where=f"{'2100' if level is payment else '2110'} segment {level.segment}",
                message=f"{remark}: {rule.category}; {rule.action.replace('_', ' ')}",
                source=rule.source,
            )
            found.append((rule, finding))
    return found


def _misgrouped(adjustment: Adjustment, loop: str, segment: int) -> Finding:
    return Finding(
        id="NP-COST-SHARE-AS-CO",
        severity=Severity.WARN,
        where=f"{loop} segment {segment}",
        message=(
            f"{adjustment.group}-{adjustment.reason} {dollars(adjustment.amount)}: a deductible, coinsurance"
            " or copay belongs to group PR; ask the payer to correct it and do not write it off"
        ),
        source="X12 RFI 2048",
    )


def _about(adjustment: Adjustment, rule: DenialRule | None, loop: str, segment: int) -> Finding:
    code = f"{adjustment.group}-{adjustment.reason}"
    if rule is None:
        return Finding(
            id="NP-REASON-UNKNOWN",
            severity=Severity.INFO,
            where=f"{loop} segment {segment}",
            message=(
                f"{code} {dollars(adjustment.amount)}: no rule knows this reason; it is carried as received"
            ),
            source="CAS",
        )
    severity = Severity.WARN
    return Finding(
        id="NP-REASON",
        severity=severity,
        where=f"{loop} segment {segment}",
        message=f"{code} {dollars(adjustment.amount)}: {rule.category}; {rule.action.replace('_', ' ')}",
        source=rule.source,
    )


def notes(account: Account, host: Answer, split: Split) -> tuple[Finding, ...]:
    """What a biller should know about an answer that is otherwise fine."""
    payment, found = host.payment, []
    if payment.corrected_insured is not None:
        found.append(
            Finding(
                id="NP-INSURED-CORRECTED",
                severity=Severity.INFO,
                where=f"segment {payment.segment}",
                message=(
                    "the payer corrected the insured's name or id; the next claim uses it, registration"
                    " should too"
                ),
                source="835 2100 NM1*74",
            )
        )
    if len(account.answers) > 1 and any(a.standing is Standing.REVERSAL for a in account.answers):
        found.append(
            Finding(
                id="NP-CORRECTED-ANSWER",
                severity=Severity.INFO,
                where=f"segment {payment.segment}",
                message=(
                    "this answer corrects an earlier one; if the next payer was already billed from it, send"
                    " a replacement (frequency 7) with that payer's own number"
                ),
                source="CLM05-3, 2300 REF*F8; X12 RFI 1147",
            )
        )
    place = place_in_order(host.policy, account.policies)
    if place > 0 and not split.prior:
        found.append(
            Finding(
                id="NP-OA23-MISSING",
                severity=Severity.WARN,
                where=f"segment {payment.segment}",
                message=(
                    "a later payer's answer lacks OA-23 (the effect of earlier payers): its write-off may"
                    " repeat what earlier payers paid or wrote off; post only the difference"
                ),
                source="X12 RFI 1696, 2194, 2535",
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A line that was allowed less than the contract says. Amounts in dollars."""

    segment: int
    procedure: str
    allowed: Decimal
    due: Decimal

    @property
    def short(self) -> Decimal:
        return self.due - self.allowed


def below_contract(
    account: Account, policy: Policy, payments: tuple[ClaimPayment, ...], verified: tuple[Verified, ...]
) -> tuple[Finding, ...]:
    """Lines of the first payer whose allowed amount (paid plus PR) is below the contract's, where that is
    stated. A later payer's payment and PR are not its allowed amount: the payers before paid their part."""
    if place_in_order(policy, account.answered) > 0:
        return ()
    return tuple(
        Finding(
            id="NP-BELOW-CONTRACT",
            severity=Severity.REJECT,
            where=f"segment {one.segment}",
            message=(
                f"{one.procedure}: allowed {dollars(one.allowed)}, contract {dollars(one.due)}:"
                f" short {dollars(one.short)}"
            ),
            source="coverage file benefits.allowed",
        )
        for one in shortfalls(policy, payments)
    )


def shortfalls(policy: Policy, payments: tuple[ClaimPayment, ...]) -> tuple[Shortfall, ...]:
    """The paid lines of a first payer that were allowed less than the policy's contract, where that is
    stated."""
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
                code = line.procedure.code
                found.append(Shortfall(segment=line.segment, procedure=code, allowed=allowed, due=due))
    return tuple(found)


def credit_of(account: Account, table: DenialTable) -> Finding | None:
    """When a later payer has paid more than the payers before it left to be paid."""
    if len(account.answered) < 2:
        return None
    books = books_of(account, table)
    if not books.credit or books.findings:
        return None
    return Finding(
        id="NP-CREDIT-BALANCE",
        severity=Severity.REJECT,
        where="account",
        message=f"paid {dollars(books.credit)} more than was left of the charge of {dollars(books.billed)}",
        source="posting: CLP04 against what the payers before left",
    )


def unexplained(account: Account, table: DenialTable) -> Finding | None:
    """When the last answer does not say what became of all that the payers before it left: it restates
    (OA-23) other decisions than theirs, as one does that was given on an earlier payer's old answer."""
    if len(account.answered) < 2:
        return None
    books = books_of(account, table)
    rest = total(one.amount for one in books.entries if one.post is Post.OPEN and not one.code)
    if not rest or books.findings:
        return None
    corrected = any(answer.standing is Standing.REVERSED for answer in account.answers)
    return Finding(
        id="NP-ANSWER-STALE" if corrected else "NP-PRIOR-DIFFERS",
        severity=Severity.REJECT,
        where="account",
        message=f"the last answer gives no reason for {dollars(rest)} of what the payers before it left",
        source="X12 RFI 1696, 2194, 2535: OA-23 is what the earlier payers paid and adjusted",
    )


def refused_before(
    account: Account, host: Answer, table: DenialTable
) -> tuple[tuple[Answer, ...], str, tuple[Finding, ...]] | None:
    """The first of the earlier payers whose denial is still open after the last answer: its answers, the
    reason that it stops the claim for, and what it said; None where nothing of theirs is open."""
    if len(account.answers) == 1:
        return None
    books = books_of(account, table)
    for policy in account.policies:
        mine = [one for one in books.entries if one.post is Post.OPEN and one.policy is policy and one.code]
        answers = account.standing(policy)
        if policy is host.policy or not answers or total(one.amount for one in mine) <= ZERO:
            continue
        payments = tuple(answer.payment for answer in answers)
        paid = total(payment.paid_amount for payment in payments)
        reason, findings = denied(payments, table, ZERO, paid)
        if reason in ("", "NP-CONTRACTUAL"):
            reason, findings = "NP-STILL-OPEN", (*findings, _open(mine))
        return answers, reason, findings
    return None


def still_open(account: Account, table: DenialTable) -> Finding | None:
    """What is neither paid nor taken off by contract or law, nor anybody's share, when no payer is left: to
    end the claim would write it off. Restated decisions (OA-23) of payers that there are not are not
    anybody's."""
    books = books_of(account, table)
    found = [one for one in books.entries if one.post is Post.OPEN and one.code]
    if books.findings or total(one.amount for one in found) <= ZERO:
        return None
    return _open(found)


def _open(entries: list[Entry]) -> Finding:
    restated = all(one.code.endswith("-23") for one in entries)
    told = ", ".join(f"{one.policy.payer.id} {one.code} {dollars(one.amount)}" for one in entries)
    return Finding(
        id="NP-PRIOR-DIFFERS" if restated else "NP-STILL-OPEN",
        severity=Severity.REJECT,
        where="account",
        message=f"open: {told}",
        source="CAS; posting: neither paid, taken off by contract or law, nor the patient's",
    )


def money_back(
    account: Account, host: Answer, payments: tuple[ClaimPayment, ...], numbers: frozenset[str]
) -> bool:
    """Whether a provider-level adjustment takes back money of this answer that no reversal explains."""
    if any(one.standing is Standing.REVERSAL and one.policy is host.policy for one in account.answers):
        return False
    return any(one.control_number and one.control_number in numbers for one in payments)


def undone_by(account: Account, policy: Policy) -> Answer | None:
    """The answer by which the next payer, which has the claim already, took its decision back, did not know
    the patient, or was the wrong one; None where it has given none."""
    mine = [answer for answer in account.answers if answer.policy is policy]
    undone = [answer for answer in mine if answer.payment.status in ("22", "4", "23")]
    return undone[-1] if undone else None


def overpaid(account: Account, split: Split) -> Finding | None:
    """When more than one payer has paid, and together more than the charge and than any of them allowed.

    A case rate may allow more than the charge, so the charge alone is no limit.
    """
    carried = [other for other in account.claim.other_payers if other.adjudication is not None]
    if not carried and len(account.answers) == 1:
        return None
    paid, limit, payers = ZERO, split.charge, 0
    for policy in account.policies:
        payments = [answer.payment for answer in account.standing(policy)]
        told = next((other.adjudication for other in carried if other.policy is policy), None)
        if payments:
            one = total(payment.paid_amount for payment in payments)
            share = total(payment.adjusted("PR") for payment in payments)
        elif told is not None:
            one, share = told.paid_amount or ZERO, told.adjusted("PR")
        else:
            continue
        paid += one
        payers += bool(one)
        limit = max(limit, one + share)
    if payers < 2 or paid <= limit:
        return None
    return Finding(
        id="NP-OVERPAID",
        severity=Severity.REJECT,
        where="account",
        message=(
            f"paid {dollars(paid)}, where {dollars(limit)} was to be paid: {dollars(paid - limit)} too much"
        ),
        source="sum of CLP04 and AMT*D",
    )

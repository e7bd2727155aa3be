"""What the patient may be billed after the last payer, and why not more.

Each rule gives a limit; the least of them counts, and every one that was looked at is told. The group code
PR alone never proves that the patient owes an amount: contracts and programmes may forbid it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .account import Account
from .coordinate import Split
from .finding import Finding, Severity
from .money import ZERO, dollars, total
from .policy import Policy
from .remittance import Adjustment, ClaimPayment, LinePayment

__all__ = ["Balance", "has_medicaid", "is_qmb", "patient_balance"]

_COPAY = "3"
_QMB = frozenset({"N781", "N782", "N783"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the patient may be billed, the rule that limits it, and what every rule said."""

    amount: Decimal
    rule: str
    findings: tuple[Finding, ...]


def patient_balance(account: Account, split: Split) -> Balance:
    """The least of what the rules allow, given the last payer's answer."""
    limits = [
        (
            split.patient,
            "NP-PATIENT-LAST-PR",
            "the last payer left this much to the patient",
            "835 CAS, group PR of the last payer",
        )
    ]
    first = account.answered[0] if account.answered else None
    if first is not None and len(account.answered) > 1:
        left = _left_by(account, first)
        later = total(_paid_by(account, policy) for policy in account.answered[1:])
        if left is not None:
            limits.append(
                (
                    max(left - later, ZERO),
                    "NP-PATIENT-FIRST-PR",
                    "what the first payer left to the patient, less what later payers paid",
                    "contract with the first payer; NAIC MDL-120 sec. 7",
                )
            )
    if any(_is_medicaid(policy) for policy in account.answered):
        copay = total(
            one.amount
            for policy in account.answered
            if _is_medicaid(policy)
            for payment in _payments(account, policy)
            for one in _adjustments(payment)
            if one.group == "PR" and one.reason == _COPAY
        )
        limits.append(
            (
                copay,
                "NP-PATIENT-MEDICAID",
                "Medicaid's payment is payment in full; only its own copay may be asked for",
                "42 CFR 447.15, 447.20, 447.52",
            )
        )
    if is_qmb(account):
        limits.append(
            (
                ZERO,
                "NP-PATIENT-QMB",
                "an answer marks the patient as a QMB: no cost sharing may be asked for",
                "42 USC 1396a(n)(3); RARC N781-N783; CARC 209",
            )
        )
    amount, rule, _, _ = min(limits, key=lambda limit: limit[0])
    findings = tuple(
        Finding(
            id=name,
            severity=Severity.INFO,
            where="account",
            message=f"at most {dollars(limit)}: {says}",
            source=source,
        )
        for limit, name, says, source in limits
        if len(limits) > 1
    )
    return Balance(amount=amount, rule=rule, findings=findings)


def is_qmb(account: Account) -> bool:
    """Whether any answer marks the patient as a QMB. Medicare's does; a supplement that answers after it does
    not repeat the mark."""
    for answer in account.answers:
        payment = answer.payment
        levels: tuple[ClaimPayment | LinePayment, ...] = (payment, *payment.lines)
        for level in levels:
            if level.remark_codes and not _QMB.isdisjoint(level.remark_codes):
                return True
            if any(one.reason == "209" and one.group == "OA" for one in level.adjustments):
                return True
    return False


def has_medicaid(account: Account) -> bool:
    """Whether Medicaid is among the payers that have answered."""
    return any(_is_medicaid(policy) for policy in account.answered)


def _is_medicaid(policy: Policy) -> bool:
    return policy.filing_indicator == "MC" or policy.payer.kind == "medicaid"


def _payments(account: Account, policy: Policy) -> tuple[ClaimPayment, ...]:
    return tuple(answer.payment for answer in account.standing(policy))


def _adjustments(payment: ClaimPayment) -> list[Adjustment]:
    return [*payment.adjustments, *(one for line in payment.lines for one in line.adjustments)]


def _left_by(account: Account, policy: Policy) -> Decimal | None:
    payments = _payments(account, policy)
    if payments:
        return total(payment.adjusted("PR") for payment in payments)
    told = next((one.adjudication for one in account.claim.other_payers if one.policy is policy), None)
    return told.adjusted("PR") if told is not None else None


def _paid_by(account: Account, policy: Policy) -> Decimal:
    payments = _payments(account, policy)
    if payments:
        return total(payment.paid_amount for payment in payments)
    told = next((one.adjudication for one in account.claim.other_payers if one.policy is policy), None)
    return (told.paid_amount or ZERO) if told is not None else ZERO

"""The rows of the report: one line of JSON for what became of one payment, with where its amounts come from.

A row is put together as text, because its shape never changes and there is one for every payment: to make
objects first and have them encoded takes twice as long. Whatever comes from a file or a plugin is quoted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.encoder import encode_basestring as quoted
from typing import Any

from nextpayer.decide import Decision, Reason
from nextpayer.finding import Finding
from nextpayer.layers import Setting
from nextpayer.money import dollars
from nextpayer.pitfalls import Loss
from nextpayer.remittance import Adjustment, ClaimPayment
from nextpayer.variance import Variance

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode

__all__ = [
    "aside_row",
    "decision_row",
    "finding_row",
    "loss_row",
    "payment_row",
    "setting_row",
    "variance_row",
]


def decision_row(
    decision: Decision,
    claim_id: str,
    output: str | None,
    notes: tuple[Finding, ...] = (),
    **more: object,
) -> str:
    """A decision as the contract writes it, with the explanation of every amount. ``notes`` are findings
    about the claim's way to this decision; ``more`` are keys that few decisions have."""
    split, policy, deadline = decision.split, decision.next_policy, decision.deadline
    expectation = decision.expectation
    next_payer = expected = "null"
    if policy is not None:
        payer = policy.payer
        next_payer = (
            f'{{"id": {quoted(payer.id)}, "name": {quoted(payer.name)},'
            f' "sequence": {quoted(policy.sequence)}}}'
        )
    if expectation is not None:
        terms = [f'[{quoted(term.name)}, "{dollars(term.amount)}"]' for term in expectation.terms]
        expected = f"[{quoted(expectation.method)}, [{', '.join(terms)}]]"
    findings = decision.findings + notes
    amounts = (
        f'"billed": "{dollars(split.charge)}", "paid": "{dollars(split.paid)}",'
        f' "contractual": "{dollars(split.contractual)}", "other": "{dollars(split.other)}",'
        f' "patient_responsibility": "{dollars(split.patient)}",'
        f' "expected_next": "{dollars(decision.expected_next)}",'
        f' "expected_patient": "{dollars(decision.expected_patient)}"'
    )
    parts = ", ".join([_parts(payment) for payment in decision.payments])
    return (
        f'{{"claim_id": {quoted(claim_id)}, "payment": {_payment(decision.payment)},'
        f' "action": "{decision.action}", "reason": {quoted(decision.reason)}, "next_payer": {next_payer},'
        f' "amounts": {{{amounts}}}, "expectation": {expected}, "from": [{parts}],'
        f' "findings": {_findings(findings) if findings else "[]"},'
        f' "deadline": {"null" if deadline is None else quoted(deadline.day.isoformat())},'
        f' "deadline_rule": {"null" if deadline is None else quoted(deadline.rule)},'
        f' "output": {"null" if output is None else quoted(output)}{_remarks(decision.payments)}'
        f"{_further(more)}}}"
    )


def aside_row(payment: ClaimPayment, reason: Reason, claim_id: str, **more: object) -> str:
    """The row of a payment that does not decide: it is accounted for, and says why it does not. What its
    reader has to say stays with it (who typed it in)."""
    findings = _findings(payment.findings) if payment.findings else "[]"
    amounts = (
        f'"billed": "{dollars(payment.charge_amount)}", "paid": "{dollars(payment.paid_amount)}",'
        f' "contractual": "{dollars(payment.adjusted("CO") + payment.adjusted("CR"))}",'
        f' "other": "{dollars(payment.adjusted("OA") + payment.adjusted("PI"))}",'
        f' "patient_responsibility": "{dollars(payment.adjusted("PR"))}",'
        ' "expected_next": "0.00", "expected_patient": "0.00"'
    )
    return (
        f'{{"claim_id": {quoted(claim_id)}, "payment": {_payment(payment)},'
        f' "action": "{reason.action}", "reason": {quoted(reason.id)}, "next_payer": null,'
        f' "amounts": {{{amounts}}}, "expectation": null, "from": [{_parts(payment)}],'
        f' "findings": {findings}, "deadline": null, "deadline_rule": null, "output": null'
        f"{_remarks((payment,))}{_further(more)}}}"
    )


def payment_row(payment: ClaimPayment) -> dict[str, Any]:
    """Which payment: its payer, cheque, payer's number, and where it stands in which file."""
    remittance = payment.remittance
    return {
        "payer_id": remittance.payer_id,
        "trace": remittance.trace_number,
        "control_number": payment.control_number,
        "status": payment.status,
        "file": remittance.file,
        "segment": payment.segment,
        "date": None if remittance.payment_date is None else remittance.payment_date.isoformat(),
    }


def finding_row(finding: Finding) -> dict[str, str]:
    """A finding as the contract writes it."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "where": finding.where,
        "message": finding.message,
        "source": finding.source,
    }


def setting_row(one: Setting) -> dict[str, Any]:
    """An element of the next claim that somebody else than the standard set."""
    return {
        "element": one.element,
        "value": one.value,
        "layer": one.layer,
        "set_by": one.set_by,
        "source": one.source,
        "instead_of": [
            {"value": other.value, "layer": other.layer, "set_by": other.set_by} for other in one.instead_of
        ],
    }


def variance_row(one: Variance) -> dict[str, Any]:
    """A payment against what the payer owed: for the claim (line 0) or one line."""
    return {
        "payer_id": one.payer_id,
        "line": one.line,
        "expected": dollars(one.expected),
        "paid": dollars(one.paid),
        "comparison": one.comparison,
        "method": one.method,
        "term": one.term or None,
        "assumed": None if one.assumed is None else dollars(one.assumed),
        "told": None if one.told is None else dollars(one.told),
    }


def loss_row(one: Loss) -> dict[str, str]:
    """Money that did not come, for ``nextpayer pitfalls``."""
    return {
        "kind": one.kind,
        "payer_id": one.payer_id,
        "form": one.form,
        "reason": one.reason,
        "category": one.category,
        "action": one.action,
        "amount": dollars(one.amount),
    }


def _further(more: dict[str, object]) -> str:
    """Keys that few rows have."""
    return "".join(f", {quoted(key)}: {_encode(value)}" for key, value in more.items())


def _payment(payment: ClaimPayment) -> str:
    """``payment_row`` as text."""
    remittance = payment.remittance
    paid_on = remittance.payment_date
    return (
        f'{{"payer_id": {quoted(remittance.payer_id)}, "trace": {quoted(remittance.trace_number)},'
        f' "control_number": {quoted(payment.control_number)}, "status": {quoted(payment.status)},'
        f' "file": {quoted(remittance.file)}, "segment": {payment.segment},'
        f' "date": {"null" if paid_on is None else quoted(paid_on.isoformat())}}}'
    )


def _findings(findings: Iterable[Finding]) -> str:
    """``finding_row`` of each as text."""
    rows = [
        "{" + ", ".join([f'"{name}": {quoted(text)}' for name, text in finding_row(finding).items()]) + "}"
        for finding in findings
    ]
    return f"[{', '.join(rows)}]"


def _remarks(payments: tuple[ClaimPayment, ...]) -> str:
    """The remark codes where there are any, as ``segment code``, for the end of a row."""
    found = []
    for payment in payments:
        found += [f"{payment.segment} {code}" for code in payment.remark_codes]
        for line in payment.lines:
            if line.remark_codes:
                found += [f"{line.segment} {code}" for code in line.remark_codes]
    return f', "remarks": [{", ".join([quoted(one) for one in found])}]' if found else ""


def _parts(payment: ClaimPayment) -> str:
    """Every amount the payer stated, as ``segment what amount``; segment is that of its CLP or SVC."""
    at = payment.segment
    parts = [
        f'"{at} charge {dollars(payment.charge_amount)}", "{at} paid {dollars(payment.paid_amount)}"',
        *_adjusted(payment.adjustments, at),
    ]
    for line in payment.lines:
        at, charge, paid = line.segment, dollars(line.charge_amount), dollars(line.paid_amount)
        parts.append(f'"{at} line-charge {charge}", "{at} line-paid {paid}"')
        parts += _adjusted(line.adjustments, at)
    return ", ".join(parts)


def _adjusted(adjustments: tuple[Adjustment, ...], at: int) -> list[str]:
    return [quoted(f"{at} {one.group}-{one.reason} {dollars(one.amount)}") for one in adjustments]

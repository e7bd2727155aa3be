"""The report of a run: one JSON document, written as decisions are made and never held in memory.

The summary stands first, where a person looks, but is known last: room is kept for it and filled in at the
end. Every decision is one line, so that two reports can be compared and searched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nextpayer.decide import Action, Decision, Reason
from nextpayer.finding import Finding
from nextpayer.money import dollars
from nextpayer.remittance import ClaimPayment

__all__ = ["Report", "aside_row", "decision_row", "finding_row", "payment_row"]

_ROOM = 640
_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode

#: The summary's key for each action.
COUNTS = {
    Action.BILL_NEXT: "billed_next",
    Action.FORWARDED: "forwarded",
    Action.HOLD: "held",
    Action.DISPUTE: "disputed",
    Action.REWORK: "rework",
    Action.APPEAL: "appeal",
    Action.BILL_PATIENT: "bill_patient",
    Action.WRITE_OFF: "written_off",
    Action.REFUND: "refund",
    Action.CLOSED: "closed",
}


class Report:
    """Writes ``report.json``. ``counts`` becomes its summary."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {"claims_in": 0, "payments_in": 0, **dict.fromkeys(COUNTS.values(), 0)}
        self.counts |= {"unmatched": 0, "quarantined": 0, "claims_without_payment": 0, "problems": 0}
        self._part = path.with_name(path.name + ".part")
        self._file = self._part.open("w", encoding="utf-8", newline="\n")
        self._file.write('{"summary": ' + " " * _ROOM + ',\n"decisions": [')
        self._first = True
        self.meanings: dict[str, tuple[str, str]] = {}

    def decided(self, decision: Decision, row: dict[str, Any]) -> None:
        """Write a decision's row, and keep what its codes mean: each is said once, under ``meanings``."""
        meanings = self.meanings
        if decision.reason not in meanings:
            meanings[decision.reason] = (decision.says, decision.source)
        expectation, deadline = decision.expectation, decision.deadline
        if expectation is not None and expectation.method not in meanings:
            meanings[expectation.method] = ("how the next payer is expected to pay", expectation.source)
            meanings.update({term.name: ("", term.source) for term in expectation.terms})
        if deadline is not None and deadline.rule not in meanings:
            meanings[deadline.rule] = ("the last safe day", deadline.source)
        self.row(row)

    def aside(self, reason: Reason, row: dict[str, Any]) -> None:
        """Write the row of a payment that does not decide."""
        self.meanings.setdefault(reason.id, (reason.says, reason.source))
        self.row(row)

    def row(self, row: dict[str, Any]) -> None:
        self._file.write("\n" if self._first else ",\n")
        self._file.write(_encode(row))
        self._first = False
        self.counts[COUNTS[row["action"]]] += 1

    def finish(self, **rest: Any) -> None:
        """Write what is left and put the finished report in its place."""
        self._file.write("\n]")
        rest["meanings"] = dict(sorted(self.meanings.items()))
        for name, value in rest.items():
            if isinstance(value, list):
                lines = ",\n".join(_encode(one) for one in value)
                self._file.write(f',\n"{name}": [\n{lines}\n]' if value else f',\n"{name}": []')
            else:
                self._file.write(f',\n"{name}": {_encode(value)}')
        self._file.write("\n}\n")
        self._file.seek(len('{"summary": '))
        summary = _encode(self.counts)
        if len(summary) > _ROOM:
            raise AssertionError("the summary outgrew its room")
        self._file.write(summary)
        self._file.close()
        self._part.replace(self.path)

    def abandon(self) -> None:
        """Leave no half report behind."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def decision_row(decision: Decision, claim_id: str, output: str | None) -> dict[str, Any]:
    """A decision as the contract writes it, with the explanation of every amount."""
    split, policy = decision.split, decision.next_policy
    expectation = decision.expectation
    return {
        "claim_id": claim_id,
        "payment": payment_row(decision.payment),
        "action": decision.action,
        "reason": decision.reason,
        "next_payer": policy
        and {"id": policy.payer.id, "name": policy.payer.name, "sequence": policy.sequence},
        "amounts": {
            "billed": dollars(split.charge),
            "paid": dollars(split.paid),
            "contractual": dollars(split.contractual),
            "other": dollars(split.other),
            "patient_responsibility": dollars(split.patient),
            "expected_next": dollars(decision.expected_next),
            "expected_patient": dollars(decision.expected_patient),
        },
        "expectation": expectation
        and [expectation.method, [[term.name, dollars(term.amount)] for term in expectation.terms]],
        "from": [part for payment in decision.payments for part in _parts(payment)],
        "findings": [finding_row(finding) for finding in decision.findings],
        "deadline": decision.deadline and decision.deadline.day.isoformat(),
        "deadline_rule": decision.deadline and decision.deadline.rule,
        "output": output,
    }


def aside_row(payment: ClaimPayment, reason: Reason, claim_id: str) -> dict[str, Any]:
    """The row of a payment that does not decide: it is accounted for, and says why it does not."""
    return {
        "claim_id": claim_id,
        "payment": payment_row(payment),
        "action": reason.action,
        "reason": reason.id,
        "next_payer": None,
        "amounts": {
            "billed": dollars(payment.charge_amount),
            "paid": dollars(payment.paid_amount),
            "contractual": dollars(payment.adjusted("CO") + payment.adjusted("CR")),
            "other": dollars(payment.adjusted("OA") + payment.adjusted("PI")),
            "patient_responsibility": dollars(payment.adjusted("PR")),
            "expected_next": "0.00",
            "expected_patient": "0.00",
        },
        "expectation": None,
        "from": _parts(payment),
        "findings": [],
        "deadline": None,
        "deadline_rule": None,
        "output": None,
    }


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


def _parts(payment: ClaimPayment) -> list[str]:
    """Every amount the payer stated, as ``segment what amount``; segment is that of its CLP or SVC."""
    at = payment.segment
    parts = [f"{at} charge {dollars(payment.charge_amount)}", f"{at} paid {dollars(payment.paid_amount)}"]
    for one in payment.adjustments:
        parts.append(f"{at} {one.group}-{one.reason} {dollars(one.amount)}")
    for line in payment.lines:
        at = line.segment
        parts.append(f"{at} line-charge {dollars(line.charge_amount)}")
        parts.append(f"{at} line-paid {dollars(line.paid_amount)}")
        for one in line.adjustments:
            parts.append(f"{at} {one.group}-{one.reason} {dollars(one.amount)}")
    return parts

"""Adjudication: one payer's answer as the next claim carries it (loops 2320, 2430): copied, never computed.

Group, reason, amount, quantity and level are the payer's (UHIN COB standard 3.2; X12 RFI 455). What the 835
and the 837 write differently is the date, the remaining liability, and what a line needs to be complete.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ._swift import evolver, swift
from .claim import Claim, ClaimKind
from .finding import Finding, Severity
from .money import ZERO, total
from .remittance import Adjudication, Adjustment, ClaimPayment, LineAdjudication, group_total
from .verify import Verified

__all__ = ["adjudication_of"]

evolve_line = evolver(LineAdjudication)
make_adjudication = swift(Adjudication)
make_line_adjudication = swift(LineAdjudication)

#: Where the remark codes stand in MOA (03 to 07) and MIA (05, 20 to 23), counted from 0.
_OUTPATIENT = (2, 3, 4, 5, 6)
_INPATIENT = (4, 19, 20, 21, 22)


def adjudication_of(
    claim: Claim,
    payments: tuple[ClaimPayment, ...],
    verified: tuple[Verified, ...],
    liability_rule: str,
    findings: list[Finding],
) -> Adjudication:
    """One payer's answer as the 837 carries it: amounts verbatim, each at its own level.

    The adjudication date stands on the lines where there are lines, else on the claim, never on both. The
    remaining patient liability (AMT*EAF) stands at the level at which the payer assigned it: on the lines if
    only lines carry PR adjustments, else on the claim (X12 RFI 1517, 1353: one level only).
    """
    date = payments[-1].remittance.payment_date
    paid = ZERO
    claim_level: tuple[Adjustment, ...] = ()
    on_claim = on_lines = ZERO
    for payment in payments:
        paid += payment.paid_amount
        claim_level += payment.adjustments
    if claim_level:
        claim_level = _told(claim_level, f"segment {payments[0].segment}", findings)
        on_claim = group_total(claim_level, "PR")
    lines: list[LineAdjudication] = []
    billed_units = {line.number: line.units for line in claim.lines}
    for payment, check in zip(payments, verified, strict=True):
        for service, number, into in zip(
            payment.lines, check.lines, check.bundled or (0,) * len(check.lines), strict=True
        ):
            liability = ZERO
            adjustments = service.adjustments
            plain, reasons = True, set()
            for adjustment in adjustments:
                amount = adjustment.amount
                if adjustment.group == "PR":
                    liability += amount
                if not amount:
                    plain = False
                reasons.add(adjustment.reason)
            if not plain or len(reasons) < len(adjustments):
                adjustments = _told(adjustments, f"segment {service.segment}", findings)
            on_lines += liability
            lines.append(
                make_line_adjudication(
                    number,
                    service.paid_amount,
                    adjustments,
                    service.procedure,
                    service.revenue_code,
                    service.units or billed_units.get(number),
                    into or None,
                    date,
                    liability if liability > ZERO else None,
                )
            )
    remaining: Decimal | None = None
    if on_claim or not lines or liability_rule == "never" or not on_lines:
        lines = [
            evolve_line(line, remaining_liability=None) if line.remaining_liability is not None else line
            for line in lines
        ]
        remaining = on_claim + on_lines
        if liability_rule == "never" or (not remaining and liability_rule != "always"):
            remaining = None
    if claim.kind is ClaimKind.INSTITUTIONAL:
        lines = [_with_revenue(line, claim) if not line.revenue_code else line for line in lines]
    elif lines:
        lines = [_with_procedure(line, claim) if line.procedure is None else line for line in lines]
    lines.sort(key=_by_line)
    return make_adjudication(
        paid,
        claim_level,
        tuple(lines),
        None if lines else date,
        remaining,
        non_covered_amount=None,
        outpatient=_remarks([one.outpatient for one in payments], _OUTPATIENT, "MOA", findings),
        inpatient=_remarks([one.inpatient for one in payments], _INPATIENT, "MIA", findings)
        if claim.kind is ClaimKind.INSTITUTIONAL
        else (),
    )


def _remarks(
    parts: list[tuple[str, ...]], places: tuple[int, ...], segment: str, findings: list[Finding]
) -> tuple[str, ...]:
    """MOA or MIA of a payer's answer. Of a claim that the payer split it is the last part's, with the remark
    codes of every part, of which there is room for five."""
    if len(parts) == 1:
        return parts[0]
    told = [part for part in parts if any(part)] or [()]
    codes = list(dict.fromkeys(part[at] for part in told for at in places if at < len(part) and part[at]))
    if len(codes) > len(places):
        findings.append(
            Finding(
                id="NP-REMARKS-LEFT",
                severity=Severity.WARN,
                where=f"2320 {segment}",
                message=f"the parts of the answer have {len(codes)} remark codes, and {len(places)} fit",
                source="X12 837 2320 MOA, MIA",
            )
        )
    size = max(len(told[-1]), max(places[: len(codes)], default=-1) + 1)
    found = [*told[-1], *[""] * (size - len(told[-1]))]
    for place, at in enumerate(places):
        if at < size:
            found[at] = codes[place] if place < len(codes) else ""
    return tuple(found)


def _told(adjustments: tuple[Adjustment, ...], where: str, findings: list[Finding]) -> tuple[Adjustment, ...]:
    """The adjustments of one level as the 837 takes them: none of zero, each group and reason once."""
    told: dict[tuple[str, str], Adjustment] = {}
    for adjustment in adjustments:
        key = (adjustment.group, adjustment.reason)
        before = told.get(key)
        if before is None:
            told[key] = adjustment
            continue
        quantities = [one for one in (before.quantity, adjustment.quantity) if one is not None]
        told[key] = replace(
            before,
            amount=before.amount + adjustment.amount,
            quantity=total(quantities) if quantities else None,
        )
        findings.append(
            Finding(
                id="NP-ADJUSTMENT-SUMMED",
                severity=Severity.WARN,
                where=where,
                message=f"{key[0]}-{key[1]} stands more than once at one level; the next claim tells the sum",
                source="X12 RFI 213",
            )
        )
    if not all(adjustment.amount for adjustment in told.values()):
        _dropped_zero(findings, where)
    return tuple(adjustment for adjustment in told.values() if adjustment.amount)


def _by_line(line: LineAdjudication) -> int:
    return line.line


def _with_revenue(line: LineAdjudication, claim: Claim) -> LineAdjudication:
    """SVD04 is required on institutional claims: the line's own revenue code where the payer repeated none.

    A payer that named the service by revenue code alone (SVC01 NU) names no procedure.
    """
    procedure = line.procedure
    revenue = next((one.revenue_code for one in claim.lines if one.number == line.line), "")
    if procedure is not None and procedure.qualifier == "NU":
        return replace(line, revenue_code=procedure.code, procedure=None)
    return replace(line, revenue_code=revenue)


def _with_procedure(line: LineAdjudication, claim: Claim) -> LineAdjudication:
    billed = next((one.procedure for one in claim.lines if one.number == line.line), None)
    return replace(line, procedure=billed)


def _dropped_zero(findings: list[Finding], where: str) -> None:
    findings.append(
        Finding(
            id="NP-ZERO-ADJUSTMENT",
            severity=Severity.INFO,
            where=where,
            message="an adjustment of zero is not sent on",
            source="X12 RFI 382, 1865",
        )
    )

"""Verify: does this payment belong to this claim, does it balance, and which line does each service pay?

Everything found is a finding; nothing is corrected. Lines are matched by the provider's line number
(REF*6R) where the payer returned it, otherwise by procedure, date and charge, so that the same procedure
twice on one claim works, and a billed line that the payer split into several services is recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ._swift import swift
from .claim import Claim, ServiceLine
from .finding import Finding, Severity
from .money import ZERO, dollars
from .remittance import ClaimPayment, LinePayment
from .split import Split, split_of

__all__ = ["Verified", "balance", "match_lines", "verify"]

_BALANCE = "X12 835 (X221A1) balancing: charge less adjustments = payment"
_CARC_BUNDLED = frozenset({"97", "B15", "234", "236", "231"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification found. ``lines`` gives the claim's LX number for each of the payment's services
    (0 where none fits), ``bundled`` the LX number of the line that was paid instead (0 for none)."""

    lines: tuple[int, ...] = ()
    bundled: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


make_verified = swift(Verified)


def verify(
    claim: Claim, payments: tuple[ClaimPayment, ...], split: Split | None = None
) -> tuple[Verified, ...]:
    """Check one payer's standing answer, payment by payment (several when the payer split the claim).

    ``split`` is how they divide the charge, where the caller knows it already.
    """
    charged = ZERO
    found = []
    paid_lines: list[int] = []
    for payment in payments:
        findings = balance(payment, split if len(payments) == 1 else None)
        if payment.findings:
            findings += payment.findings
        charged += payment.charge_amount
        lines: tuple[int, ...] = ()
        bundled: tuple[int, ...] = ()
        if payment.lines:
            lines = match_lines(claim.lines, payment.lines)
            if 0 in lines:
                at = payment.lines[lines.index(0)].segment
                findings.append(
                    _reject(
                        "NP-LINE-UNMATCHED",
                        f"segment {at}",
                        "a paid service fits no line of the claim by line number, procedure, date and charge",
                        "X12 835 2110 REF*6R, SVC",
                    )
                )
            else:
                bundled = _bundled(payment.lines, lines)
                paid_lines += lines
                findings += _compare(claim, payment, lines)
        found.append(make_verified(lines, bundled, tuple(findings)))
    more: list[Finding] = []
    if charged != claim.charge_amount:
        more.append(
            _reject(
                "NP-CHARGE-DIFFERS",
                f"segment {payments[0].segment}",
                f"the payer answered a charge of {dollars(charged)}, the claim charges"
                f" {dollars(claim.charge_amount)}",
                "CLP03 = CLM02 (UHIN COB standard 3.2)",
            )
        )
    if paid_lines and len(set(paid_lines)) < len(claim.lines):
        billed = {
            line.number for line in claim.lines if line.charge_amount
        }  # a charge of zero needs no answer
        missing = sorted(billed - set(paid_lines))
    else:
        missing = []
    if missing:
        more.append(
            _reject(
                "NP-LINE-UNANSWERED",
                "line " + ", ".join(map(str, missing)),
                "the payer decided other lines of this claim but not this one",
                "X12 835 2110; 837 2430",
            )
        )
    if more:
        last = found[-1]
        found[-1] = Verified(lines=last.lines, bundled=last.bundled, findings=last.findings + tuple(more))
    return tuple(found)


def balance(payment: ClaimPayment, split: Split | None = None) -> list[Finding]:
    """The 835's own arithmetic: each service, then the claim (charge less all adjustments = payment).

    ``split`` is how this payment divides the charge, where the caller knows it already.
    """
    split = split or split_of((payment,))
    adjusted, responsible = split.contractual + split.patient + split.other, split.patient
    findings = []
    charges = ZERO
    for line in payment.lines:
        on_line = ZERO
        for adjustment in line.adjustments:
            on_line += adjustment.amount
        if line.charge_amount - on_line != line.paid_amount:
            findings.append(
                _reject(
                    "NP-835-LINE-BALANCE",
                    f"segment {line.segment}",
                    _sides("service", line.charge_amount, line.paid_amount, on_line),
                    _BALANCE + " (SVC02, 2110 CAS, SVC03)",
                )
            )
        charges += line.charge_amount
    if payment.charge_amount - adjusted != payment.paid_amount:
        findings.append(
            _reject(
                "NP-835-CLAIM-BALANCE",
                f"segment {payment.segment}",
                _sides("claim", payment.charge_amount, payment.paid_amount, adjusted),
                _BALANCE + " (CLP03, CAS, CLP04)",
            )
        )
    if payment.lines and charges != payment.charge_amount:
        findings.append(
            _reject(
                "NP-835-LINE-CHARGES",
                f"segment {payment.segment}",
                f"the services charge {dollars(charges)}, the claim {dollars(payment.charge_amount)}",
                _BALANCE + " (SVC02, CLP03)",
            )
        )
    stated = payment.patient_responsibility
    if stated is not None and stated != responsible and payment.status != "22":
        findings.append(
            Finding(
                id="NP-835-PATIENT-RESPONSIBILITY",
                severity=Severity.WARN,
                where=f"segment {payment.segment}",
                message=(
                    f"CLP05 says {dollars(stated)}, the PR adjustments add up to {dollars(responsible)}; the"
                    " adjustments are used"
                ),
                source="X12 835 CLP05; CAS group PR",
            )
        )
    return findings


def match_lines(billed: tuple[ServiceLine, ...], paid: tuple[LinePayment, ...]) -> tuple[int, ...]:
    """The LX number of the billed line for each paid service, 0 where none fits.

    In order of proof: REF*6R; procedure, modifiers, date and charge; procedure and charge; a code the payer
    changed, by date and charge; several services of one submitted procedure that add up to one line.
    """
    if len(billed) == len(paid):
        for line, service in zip(billed, paid, strict=True):
            if service.control_number:
                if service.control_number != line.control_number:
                    break
            elif not _same_service(line, service, strict=True) or line.charge_amount != service.charge_amount:
                break
        else:  # one to one in order, by far the most frequent
            return tuple([line.number for line in billed])
    return _match_slowly(billed, paid)


def _match_slowly(billed: tuple[ServiceLine, ...], paid: tuple[LinePayment, ...]) -> tuple[int, ...]:
    found = [0] * len(paid)
    by_control = {line.control_number: line.number for line in billed if line.control_number}
    for n, service in enumerate(paid):
        found[n] = by_control.get(service.control_number, 0)
    free = [line for line in billed if line.number not in found]
    for test in (_exactly, _same_code_and_charge, _same_day_and_charge):
        for n, service in enumerate(paid):
            if found[n]:
                continue
            fits = [line for line in free if test(line, service)]
            if test is _same_day_and_charge and len(fits) != 1:
                continue  # a changed code proves little: it counts only when nothing else fits
            if fits:
                found[n] = fits[0].number
                free = [line for line in free if line is not fits[0]]
    for line in list(free):  # one billed line adjudicated as several services (X12 RFI 1555, 2425)
        parts = [
            n for n, service in enumerate(paid) if not found[n] and _same_service(line, service, strict=False)
        ]
        parts = parts or [n for n, service in enumerate(paid) if not found[n] and _same_day(line, service)]
        if parts and sum((paid[n].charge_amount for n in parts), ZERO) == line.charge_amount:
            for n in parts:
                found[n] = line.number
            free.remove(line)
    return tuple(found)


def _exactly(line: ServiceLine, service: LinePayment) -> bool:
    return line.charge_amount == service.charge_amount and _same_service(line, service, strict=True)


def _same_code_and_charge(line: ServiceLine, service: LinePayment) -> bool:
    return line.charge_amount == service.charge_amount and _same_service(line, service, strict=False)


def _same_day_and_charge(line: ServiceLine, service: LinePayment) -> bool:
    return line.charge_amount == service.charge_amount and _same_day(line, service)


def _same_service(line: ServiceLine, service: LinePayment, *, strict: bool) -> bool:
    """Whether a service was billed as this line: by the submitted procedure, the adjudicated one
    otherwise."""
    procedure = service.submitted_procedure or service.procedure
    by_revenue = procedure is not None and procedure.qualifier == "NU"
    if line.procedure is None or procedure is None or by_revenue:  # institutional lines may have no procedure
        revenue = procedure.code if by_revenue and procedure is not None else service.revenue_code
        same = bool(revenue) and line.revenue_code == revenue
    else:
        same = line.procedure.code == procedure.code and (
            not strict or line.procedure.modifiers == procedure.modifiers
        )
    return same and (not strict or _same_day(line, service))


def _same_day(line: ServiceLine, service: LinePayment) -> bool:
    return service.date is None or line.service_date is None or service.date == line.service_date


def _bundled(paid: tuple[LinePayment, ...], lines: tuple[int, ...]) -> tuple[int, ...]:
    """For each service, the line it was bundled into: unpaid, recoded to the code of one other line that was
    paid."""
    into = [0] * len(paid)
    for n, service in enumerate(paid):
        if service.paid_amount or service.submitted_procedure is None or service.procedure is None:
            continue
        if not any(adjustment.reason in _CARC_BUNDLED for adjustment in service.adjustments):
            continue
        others = {
            lines[m]
            for m, other in enumerate(paid)
            if lines[m] != lines[n]
            and other.paid_amount
            and other.procedure
            and other.procedure.code == service.procedure.code
        }
        if len(others) == 1:
            into[n] = others.pop()
    return tuple(into)


def _compare(claim: Claim, payment: ClaimPayment, lines: tuple[int, ...]) -> list[Finding]:
    """Where the payer's services differ from the billed lines: code, units, and the charge of each line."""
    if len(lines) == len(claim.lines) and _as_billed(claim.lines, payment.lines, lines):
        return []
    findings = []
    by_number = {line.number: line for line in claim.lines}
    charged: dict[int, Decimal] = {}
    for number, service in zip(lines, payment.lines, strict=True):
        line = by_number[number]
        charged[number] = charged.get(number, ZERO) + service.charge_amount
        paid, billed = service.procedure, line.procedure
        if paid is not None and billed is not None and paid.code != billed.code and paid.qualifier != "NU":
            findings.append(
                _info(
                    "NP-PROCEDURE-CHANGED",
                    f"line {number}",
                    f"billed {billed.code}, adjudicated {paid.code} (segment {service.segment})",
                    "SVC01, SVC06; X12 RFI 1796",
                )
            )
        if (
            service.units is not None
            and line.units is not None
            and service.units != line.units
            and lines.count(number) == 1
        ):
            findings.append(
                _info(
                    "NP-UNITS-DIFFER",
                    f"line {number}",
                    f"billed {line.units:f} units, paid {service.units:f} (segment {service.segment})",
                    "SVC05; X12 RFI 2425",
                )
            )
    for number, amount in charged.items():
        if amount != by_number[number].charge_amount:
            findings.append(
                _reject(
                    "NP-LINE-CHARGE-DIFFERS",
                    f"line {number}",
                    f"the payer answered a charge of {dollars(amount)}, the line charges"
                    f" {dollars(by_number[number].charge_amount)}",
                    "SVC02 = SV102, SV203, SV302",
                )
            )
    return findings


def _as_billed(
    billed: tuple[ServiceLine, ...], paid: tuple[LinePayment, ...], lines: tuple[int, ...]
) -> bool:
    """Whether every line was answered once, in order, as it was billed."""
    for number, line, service in zip(lines, billed, paid, strict=True):
        if number != line.number or service.charge_amount != line.charge_amount:
            return False
        one, other = service.procedure, line.procedure
        if one is not other and (one is None or other is None or one.code != other.code):
            return False
        if service.units is not None and service.units != line.units:
            return False
    return True


def _sides(what: str, charge: Decimal, paid: Decimal, adjusted: Decimal) -> str:
    return (
        f"the {what} charge {dollars(charge)} is not paid {dollars(paid)} plus adjustments"
        f" {dollars(adjusted)}: difference {dollars(charge - paid - adjusted)}"
    )


def _reject(id: str, where: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.REJECT, where=where, message=message, source=source)


def _info(id: str, where: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.INFO, where=where, message=message, source=source)

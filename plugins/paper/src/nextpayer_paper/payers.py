"""UB-04: the payers, line A the first, B the second, C the third (locators 50 to 65).

The payer that gets the bill is the line whose turn it is. 54 holds what a payer paid to the provider on this
bill: never what it allowed or wrote off, never the patient's money. Where Medicare is second, 54 of the
primary and the value code that says why Medicare is second tell the same amount (contractors' instructions).
"""

from __future__ import annotations

from decimal import Decimal

from nextpayer.claim import Claim, OtherPayer
from nextpayer.finding import Finding
from nextpayer.money import cents, total
from nextpayer.policy import Policy

from .boxes import Boxes, Unprintable, told
from .parts import earlier_first, first, name
from .roles import is_medicare

__all__ = ["MSP_VALUES", "payer_lines", "primary_paid_check"]

#: Value codes that say why Medicare is second, with what the primary paid.
MSP_VALUES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})


def payer_lines(boxes: Boxes, claim: Claim) -> None:
    """Fill 50 to 65, and 56. Raises Unprintable where the payer billed would be on no line."""
    policies = earlier_first(claim)
    if not any(policy is claim.policy for policy in policies[:3]):
        raise Unprintable("locators 50: three payers have a line, and the payer billed comes after them")
    if len(policies) > 3:
        boxes.findings.append(told("NP-PAPER-UNNAMED", "50", f"{len(policies) - 3} more payers have no line"))
    for row, policy in zip("abc", policies, strict=False):
        _line(boxes, claim, row, policy)
    us = claim.billing.provider
    boxes.put("56", us.id if us.id_qualifier == "XX" else "", whole=True)


def _line(boxes: Boxes, claim: Claim, row: str, policy: Policy) -> None:
    other = next((one for one in claim.other_payers if one.policy is policy), None)
    boxes.put(f"50{row}", policy.payer.name)
    boxes.put(f"51{row}", policy.payer.id, whole=True)
    boxes.put(f"52{row}", other.release if other else claim.release)
    boxes.put(f"53{row}", other.benefits_assigned if other else claim.benefits_assigned)
    paid = _paid(other)
    if paid is not None:
        boxes.money(f"54{row}", paid)
    boxes.put(f"58{row}", name(policy.holder))
    boxes.put(f"59{row}", policy.patient_relationship, whole=True)
    boxes.put(f"60{row}", policy.member_id, whole=True)
    boxes.put(f"61{row}", policy.plan_name)
    boxes.put(f"62{row}", policy.group_number, whole=True)
    references = claim.references if other is None else other.references
    boxes.put(f"63{row}", first(references, "G1", "9F"), whole=True)
    boxes.put(f"64{row}", first(references, "F8"), whole=True)  # each payer's own number for the bill


def _paid(other: OtherPayer | None) -> Decimal | None:
    return other.adjudication.paid_amount if other is not None and other.adjudication is not None else None


def primary_paid_check(claim: Claim) -> tuple[Finding, ...]:
    """A warning where Medicare is second and 54 and the value codes do not tell the same amount. Two plans of
    one MSP type are one value code, so that the sums count."""
    if not is_medicare(claim.policy):
        return ()
    values = [code for code in claim.codes_of("BE") if code.code in MSP_VALUES]
    told_values = [cents(code.detail[2]) for code in values if len(code.detail) > 2]
    paid = [amount for other in claim.other_payers if (amount := _paid(other)) is not None]
    if told_values and paid and total(told_values) != total(paid):
        message = "what the primary paid is not the amount of the value code that says why Medicare is second"
        return (told("NP-PAPER-MSP-VALUE", "54", message),)
    return ()

"""The 837I codes of a claim to Medicare after another payer (HI segments): value, condition, occurrence.

Each code is there because a fact says so, and a code that the claim already has is kept as it is. Sources:
Medicare Secondary Payer Manual (CMS Pub. 100-05) ch. 3; CGS cope21433 (2013) and billing_msp_code44 (2019);
NGS and FCSO on billing Medicare second; Noridian on tertiary claims.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from nextpayer.claim import HealthCode
from nextpayer.money import ZERO, total, x12_amount
from nextpayer.policy import Policy
from nextpayer.remittance import Adjudication

from .reasons import TYPES

__all__ = ["MSP_VALUE_CODES", "OTAF", "Ahead", "msp_codes", "value_44", "with_codes"]

VALUE, CONDITION, OCCURRENCE = "BE", "BG", "BH"
MSP_VALUE_CODES = frozenset(TYPES)
OTAF = "44"
_PAID_IN_FULL, _EMPLOYMENT, _ESRD_30_MONTHS = "77", "02", "06"
_DENIED, _TERMINATED, _ESRD_BEGINS = "24", "25", "33"
_ESRD, _WORKERS_COMPENSATION = "13", "15"
_IN_A_SEGMENT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A payer before Medicare that has decided: why it is ahead (the MSP type), its policy, its decision."""

    kind: str
    policy: Policy
    decision: Adjudication

    @property
    def paid(self) -> Decimal:
        return self.decision.paid_amount or ZERO

    @property
    def day(self) -> dt.date | None:
        """The day of the decision, which stands on the claim or on its lines."""
        if self.decision.date is not None:
            return self.decision.date
        return max((line.date for line in self.decision.lines if line.date is not None), default=None)


def value_44(charge: Decimal, primary: Adjudication, paid: Decimal) -> Decimal | None:
    """The amount of value code 44 in dollars: charges less every CO adjustment (FISS reason 33981), sent only
    when it is less than the charges and more than was ``paid`` before Medicare (CGS cope21433)."""
    obligated = charge - primary.adjusted("CO")
    return obligated if paid < obligated < charge else None


def paid_in_full(charge: Decimal, primary: Adjudication, paid: Decimal) -> bool:
    """Condition code 77: all that the provider is obligated to accept has been paid (42 CFR 411.32(b))."""
    return ZERO < paid < charge and paid == charge - primary.adjusted("CO")


def msp_codes(
    ahead: tuple[Ahead, ...], charge: Decimal, medicare: Policy, until: dt.date | None
) -> Iterator[HealthCode]:
    """The codes for a claim after the payers ``ahead``, the first one first, served until the day ``until``.

    Each MSP value code holds what the payers of its type paid; a type has one code, so that two group plans
    are one amount. Where nothing was paid, occurrence 24 is the day of that answer, and 25 the day the cover
    ended where that is before the service. 33 is the first day of the ESRD coordination period (with
    condition 06); condition 02 goes with workers' compensation.
    """
    for kind in dict.fromkeys(one.kind for one in ahead):
        amount = total(one.paid for one in ahead if one.kind == kind)
        yield HealthCode(qualifier=VALUE, code=kind, detail=("", "", x12_amount(amount)))
    paid, first = total(one.paid for one in ahead), ahead[0]
    obligated = value_44(charge, first.decision, paid)
    if obligated is not None:
        yield HealthCode(qualifier=VALUE, code=OTAF, detail=("", "", x12_amount(obligated)))
    if paid_in_full(charge, first.decision, paid):
        yield HealthCode(qualifier=CONDITION, code=_PAID_IN_FULL)
    kinds = {one.kind for one in ahead}
    if _WORKERS_COMPENSATION in kinds:
        yield HealthCode(qualifier=CONDITION, code=_EMPLOYMENT)
    if _ESRD in kinds:
        yield HealthCode(qualifier=CONDITION, code=_ESRD_30_MONTHS)
        begins = medicare.medicare.esrd_eligible_from if medicare.medicare is not None else None
        if begins is not None:
            yield _occurrence(_ESRD_BEGINS, begins)
    if paid:
        return
    if first.day is not None:
        yield _occurrence(_DENIED, first.day)
    ended = first.policy.terminates
    if ended is not None and until is not None and ended < until:
        yield _occurrence(_TERMINATED, ended)


def with_codes(
    groups: tuple[tuple[HealthCode, ...], ...], wanted: Iterator[HealthCode]
) -> tuple[tuple[HealthCode, ...], ...]:
    """The HI segments with the codes added that are not there, an MSP value code only where none is."""
    present = {(code.qualifier, code.code) for group in groups for code in group}
    has_msp = any(kind == VALUE and code in MSP_VALUE_CODES for kind, code in present)
    for code in wanted:
        if (code.qualifier, code.code) in present:
            continue
        if has_msp and code.qualifier == VALUE and code.code in MSP_VALUE_CODES:
            continue
        groups = _added(groups, code)
    return groups


def _added(
    groups: tuple[tuple[HealthCode, ...], ...], code: HealthCode
) -> tuple[tuple[HealthCode, ...], ...]:
    for place, group in enumerate(groups):
        if group[0].qualifier == code.qualifier and len(group) < _IN_A_SEGMENT:
            return (*groups[:place], (*group, code), *groups[place + 1 :])
    return (*groups, (code,))


def _occurrence(code: str, day: dt.date) -> HealthCode:
    return HealthCode(qualifier=OCCURRENCE, code=code, detail=("D8", f"{day:%Y%m%d}"))

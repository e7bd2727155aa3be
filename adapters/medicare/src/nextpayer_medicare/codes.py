"""The 837I codes of a claim to Medicare after another payer (HI segments): value, condition, occurrence.

Each code is there because a fact says so, and a code that the claim already has is kept as it is. Sources:
Medicare Secondary Payer Manual (CMS Pub. 100-05) ch. 3; CGS cope21433 (2013) and billing_msp_code44 (2019);
NGS and FCSO on billing Medicare second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from nextpayer.claim import HealthCode
from nextpayer.money import ZERO, x12_amount
from nextpayer.policy import Policy
from nextpayer.remittance import Adjudication

from .reasons import TYPES

__all__ = ["MSP_VALUE_CODES", "OTAF", "msp_codes", "value_44", "with_codes"]

VALUE, CONDITION, OCCURRENCE = "BE", "BG", "BH"
MSP_VALUE_CODES = frozenset(TYPES)
OTAF = "44"
_PAID_IN_FULL, _ESRD_30_MONTHS = "77", "06"
_DENIED, _TERMINATED, _ESRD_BEGINS = "24", "25", "33"
_ESRD = "13"
_IN_A_SEGMENT = 12


def value_44(charge: Decimal, primary: Adjudication) -> Decimal | None:
    """The amount of value code 44 in dollars: charges less every CO adjustment (FISS reason 33981), sent only
    when it is less than the charges and more than the primary paid (CGS cope21433)."""
    obligated = charge - primary.adjusted("CO")
    return obligated if (primary.paid_amount or ZERO) < obligated < charge else None


def paid_in_full(charge: Decimal, primary: Adjudication) -> bool:
    """Condition code 77: the primary paid all that the provider is obligated to accept (42 CFR 411.32(b))."""
    paid = primary.paid_amount or ZERO
    return ZERO < paid < charge and paid == charge - primary.adjusted("CO")


def msp_codes(
    kind: str,
    primary: Adjudication,
    charge: Decimal,
    group_plan: Policy,
    medicare: Policy,
    until: dt.date | None,
) -> Iterator[HealthCode]:
    """The codes for a claim of MSP type ``kind`` (12 to 47) that is served until the day ``until``.

    The MSP value code holds what the primary paid. Occurrence 24 is the day of an answer that paid nothing,
    25 the day the primary's cover ended where that is before the service, 33 the first day of the ESRD
    coordination period (with condition 06).
    """
    yield HealthCode(qualifier=VALUE, code=kind, detail=("", "", x12_amount(primary.paid_amount or ZERO)))
    obligated = value_44(charge, primary)
    if obligated is not None:
        yield HealthCode(qualifier=VALUE, code=OTAF, detail=("", "", x12_amount(obligated)))
    if paid_in_full(charge, primary):
        yield HealthCode(qualifier=CONDITION, code=_PAID_IN_FULL)
    if kind == _ESRD:
        yield HealthCode(qualifier=CONDITION, code=_ESRD_30_MONTHS)
        begins = medicare.medicare.esrd_eligible_from if medicare.medicare is not None else None
        if begins is not None:
            yield _occurrence(_ESRD_BEGINS, begins)
    if not primary.paid_amount and primary.date is not None:
        yield _occurrence(_DENIED, primary.date)
    ended = group_plan.terminates
    if not primary.paid_amount and ended is not None and until is not None and ended < until:
        yield _occurrence(_TERMINATED, ended)


def with_codes(
    groups: tuple[tuple[HealthCode, ...], ...], wanted: Iterator[HealthCode]
) -> tuple[tuple[HealthCode, ...], ...]:
    """The HI segments with the codes added that are not there, an MSP value code only where none is."""
    present = {(code.qualifier, code.code) for group in groups for code in group}
    has_msp = any(qualifier == VALUE and code in MSP_VALUE_CODES for qualifier, code in present)
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

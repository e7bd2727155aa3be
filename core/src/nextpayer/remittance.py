"""Remittances: what a payer answered, kept exactly as it said it.

``Remittance`` is one 835 transaction's header; ``ClaimPayment`` one CLP loop, handed out one at a time;
``RemittanceTotals`` closes the transaction with its provider-level adjustments. Amounts in an
``Adjustment`` are subtracted from the charge: positive reduces the payment (X12 835, 1.10.2).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from .errors import InvalidNoun
from .finding import Finding
from .money import ZERO, is_cents, total
from .policy import Person, Reference

__all__ = [
    "Adjudication",
    "Adjustment",
    "AdjustmentGroup",
    "Amount",
    "ClaimPayment",
    "LineAdjudication",
    "LinePayment",
    "Procedure",
    "ProviderAdjustment",
    "Remittance",
    "RemittanceTotals",
    "group_total",
]


class AdjustmentGroup(StrEnum):
    """Claim adjustment group code (CAS01, element 1033)."""

    CONTRACTUAL = "CO"
    PATIENT = "PR"
    OTHER = "OA"
    PAYER_INITIATED = "PI"
    CORRECTION = "CR"  # 4010 only; still met in old files and legal in the 837


_GROUPS = frozenset(group.value for group in AdjustmentGroup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One group, reason (CARC), amount and quantity. Raises InvalidNoun."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None

    def __post_init__(self) -> None:
        if self.group not in _GROUPS:
            raise InvalidNoun("adjustment: the group code is not CO, PR, OA, PI or CR (CAS01)")
        if not self.reason:
            raise InvalidNoun("adjustment: there is an amount without a reason code (CARC)")
        if not is_cents(self.amount):
            raise InvalidNoun("adjustment: the amount is not whole cents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure as SV1-01, SVC-01 or SVD-03 writes it: qualifier (HC, AD, NU ...), code, modifiers."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A qualified amount (AMT01, AMT02), in dollars."""

    qualifier: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdjudication:
    """One payer's decision on one service line of a claim (loop 2430); ``line`` is the claim's LX number.

    ``bundled_into`` is the LX number of the line that the payer paid instead (SVD06).
    """

    line: int
    paid_amount: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    procedure: Procedure | None = None
    revenue_code: str = ""
    units: Decimal | None = None
    bundled_into: int | None = None
    date: dt.date | None = None
    remaining_liability: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudication:
    """One payer's decision on a claim, at the levels at which the payer gave it (loops 2320 and 2430).

    ``date`` is the claim-level adjudication date (2330B DTP*573); with line dates it stays None.
    ``outpatient`` and ``inpatient`` are the elements of MOA and MIA as received, position by position.
    """

    paid_amount: Decimal | None
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[LineAdjudication, ...] = ()
    date: dt.date | None = None
    remaining_liability: Decimal | None = None
    non_covered_amount: Decimal | None = None
    outpatient: tuple[str, ...] = ()
    inpatient: tuple[str, ...] = ()

    def adjusted(self, group: str) -> Decimal:
        """The sum of a group's adjustments over the claim and its lines."""
        return group_total(self.adjustments, group) + total(
            group_total(x.adjustments, group) for x in self.lines
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAdjustment:
    """A provider-level adjustment (PLB): money tied to the cheque, never to a claim's adjudication."""

    reason: str
    reference: str = field(repr=False)
    amount: Decimal
    provider_id: str = ""
    fiscal_period: str = ""

    def __post_init__(self) -> None:
        _whole_cents("provider adjustment", self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """One 835 transaction's header. ``payer_ids`` are all ids the payer gave for itself, best first
    (N104, REF*2U, REF*NF, TRN03); ``number`` counts the transactions of the file from 1."""

    payer_name: str
    payer_ids: tuple[str, ...]
    payee_id: str = ""
    payee_name: str = ""
    trace_number: str = ""
    payment_date: dt.date | None = None
    payment_amount: Decimal = ZERO
    payment_method: str = ""
    handling: str = ""
    file: str = ""
    number: int = 1
    segment: int = 0

    def __post_init__(self) -> None:
        _whole_cents("remittance", self.payment_amount)

    @property
    def payer_id(self) -> str:
        """The payer's own id, the best one given; empty when none was."""
        return self.payer_ids[0] if self.payer_ids else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePayment:
    """One service payment (SVC loop). ``procedure`` is the code as adjudicated (SVC01); when the payer
    recoded the line ``submitted_procedure`` is the code as billed (SVC06). ``allowed_amount`` is AMT*B6."""

    charge_amount: Decimal
    paid_amount: Decimal
    procedure: Procedure | None = None
    submitted_procedure: Procedure | None = None
    revenue_code: str = ""
    units: Decimal | None = None
    submitted_units: Decimal | None = None
    date: dt.date | None = None
    end_date: dt.date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    control_number: str = ""
    remark_codes: tuple[str, ...] = ()
    allowed_amount: Decimal | None = None
    amounts: tuple[Amount, ...] = ()
    references: tuple[Reference, ...] = ()
    segment: int = 0

    def __post_init__(self) -> None:
        _whole_cents("service payment", self.charge_amount, self.paid_amount, self.allowed_amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPayment:
    """One claim's payment (CLP loop): the payer's answer to one claim, as received.

    ``status`` is CLP02 (1 2 3 processed, 4 not recognised, 19 20 21 forwarded, 22 reversal, 23 not ours,
    25 predetermination). ``control_number`` is the payer's own number (CLP07). ``segment`` is the
    position of CLP in the file, counted from 1. ``remark_codes`` gathers the claim-level RARCs. ``findings``
    is what its reader has to say: who typed it in from paper, the paper's own words for a reason.
    """

    remittance: Remittance
    patient_control_number: str = field(repr=False)
    status: str
    charge_amount: Decimal
    paid_amount: Decimal
    patient_responsibility: Decimal | None = None
    filing_indicator: str = ""
    control_number: str = ""
    facility_code: str = ""
    frequency: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[LinePayment, ...] = ()
    patient: Person | None = None
    insured: Person | None = None
    corrected_insured: Person | None = None
    crossover_carrier: Person | None = None
    corrected_priority_payer: Person | None = None
    corrected_other_insured: Person | None = None
    outpatient: tuple[str, ...] = ()
    inpatient: tuple[str, ...] = ()
    remark_codes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    statement_from: dt.date | None = None
    statement_to: dt.date | None = None
    received: dt.date | None = None
    segment: int = 0
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        _whole_cents("claim payment", self.charge_amount, self.paid_amount, self.patient_responsibility)

    def adjusted(self, group: str) -> Decimal:
        """The sum of a group's adjustments over the claim and its lines."""
        found = group_total(self.adjustments, group)
        for line in self.lines:
            if line.adjustments:
                found += group_total(line.adjustments, group)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceTotals:
    """The end of one 835 transaction: what its claims add up to, its provider-level adjustments, and
    whether the cheque agrees (sum of CLP04 less PLB = BPR02)."""

    remittance: Remittance
    claims: int
    paid_amount: Decimal
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    findings: tuple[Finding, ...] = ()


def group_total(adjustments: tuple[Adjustment, ...], group: str) -> Decimal:
    """The sum of the adjustments of one group code."""
    found = ZERO
    for adjustment in adjustments:
        if adjustment.group == group:
            found += adjustment.amount
    return found


def _whole_cents(what: str, *amounts: Decimal | None) -> None:
    for amount in amounts:
        if amount is not None and not is_cents(amount):
            raise InvalidNoun(f"{what}: an amount is not whole cents")

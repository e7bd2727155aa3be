"""Claims: what was billed, to whom, for whom, and what earlier payers decided.

``Claim`` serves professional, institutional and dental claims. What a noun does not model travels in
its ``carried`` fields: opaque segments in the syntax of ``claim.envelope``, put back by a form that
speaks the same syntax, so that nothing of the original claim is lost on the way to the next payer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from .errors import InvalidNoun
from .money import ZERO, cents, is_cents, total
from .policy import Address, Person, Policy, Reference
from .remittance import Adjudication, Amount, Procedure

__all__ = [
    "Attachment",
    "Billing",
    "Claim",
    "ClaimKind",
    "DateFact",
    "Diagnosis",
    "Envelope",
    "HealthCode",
    "OtherPayer",
    "Provider",
    "ServiceLine",
]

#: HI qualifiers that name diagnoses: principal and other, ICD-10 and ICD-9.
_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_PATIENT_PAID = "FC"  # a value code


class ClaimKind(StrEnum):
    """Which 837 the claim is: professional (X222), institutional (X223) or dental (X224)."""

    PROFESSIONAL = "P"
    INSTITUTIONAL = "I"
    DENTAL = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFact:
    """A qualified date (DTP): 472 service, 434 statement, 439 accident, 573 adjudication ...

    ``text`` is the value as written; ``start`` and ``end`` are set when it is a date or a date range.
    """

    qualifier: str
    format: str
    text: str
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCode:
    """One composite of an HI segment: a diagnosis, value, condition, occurrence ... code.

    ``detail`` holds the composite's further components in place (HI01-3 on), e.g. the amount of a value code.
    """

    qualifier: str
    code: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A diagnosis code; ``number`` is its pointer value (1 for the principal diagnosis)."""

    number: int
    code: str
    qualifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A paper or electronic attachment announced on the claim (PWK), or on one of its lines (LX01)."""

    type: str
    transmission: str
    control_number: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider on the claim. ``role`` is NM101: 85 billing, 87 pay-to, 82 rendering, 77 facility, DN
    referring.

    ``references`` are REF segments (EI tax id, SY, 0B, G2 payer-assigned ...); ``carried`` what is not
    modelled.
    """

    role: str
    entity: str = "2"
    last: str = ""
    first: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    id_qualifier: str = ""
    id: str = ""
    taxonomy: str = ""
    taxonomy_role: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """Who bills (loop 2000A): the billing provider, where to pay, and the rest of that loop.

    ``carried`` are 2000A segments (CUR), ``pay_to_plan`` the segments of 2010AC.
    """

    provider: Provider
    taxonomy: str = ""
    pay_to: Provider | None = None
    pay_to_plan: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The interchange a claim came in (or goes out in): delimiters, sender, receiver, submitter.

    ``submitter`` and ``receiver`` are the segments of loops 1000A and 1000B.
    """

    delimiters: str = "*:^~"
    sender_qualifier: str = "ZZ"
    sender_id: str = ""
    receiver_qualifier: str = "ZZ"
    receiver_id: str = ""
    group_sender: str = ""
    group_receiver: str = ""
    version: str = ""
    usage: str = "P"
    transaction_type: str = "CH"
    submitter: tuple[str, ...] = ()
    receiver: Person | None = None
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPayer:
    """Another payer of the claim (loops 2320 and 2330): its policy, and its decision once it has one.

    ``benefits_assigned`` is OI03, ``patient_signature`` OI04, ``release`` OI06. ``references`` are those of
    2330B (F8 its claim number, G1 authorization, 9F referral ...); ``carried`` loops 2330C to 2330I.
    """

    policy: Policy
    adjudication: Adjudication | None = None
    benefits_assigned: str = ""
    patient_signature: str = ""
    release: str = ""
    references: tuple[Reference, ...] = ()
    carried: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """One service line (loop 2400). ``number`` is LX01.

    ``details`` holds further elements of SV1, SV2 or SV3 by position. ``carried`` are other segments of 2400,
    ``drugs`` loop 2410 and ``forms`` loop 2440. Amounts in dollars. Raises InvalidNoun.
    """

    number: int
    charge_amount: Decimal
    procedure: Procedure | None = None
    units: Decimal | None = None
    unit: str = ""
    revenue_code: str = ""
    place_of_service: str = ""
    diagnosis_pointers: tuple[str, ...] = ()
    control_number: str = ""
    dates: tuple[DateFact, ...] = ()
    references: tuple[Reference, ...] = ()
    providers: tuple[Provider, ...] = ()
    details: tuple[tuple[int, str], ...] = ()
    carried: tuple[str, ...] = field(default=(), repr=False)
    drugs: tuple[str, ...] = field(default=(), repr=False)
    forms: tuple[str, ...] = field(default=(), repr=False)
    segment: int = 0

    def __post_init__(self) -> None:
        if self.number < 1:
            raise InvalidNoun("service line: numbers start at 1 (LX01)")
        if not is_cents(self.charge_amount):
            raise InvalidNoun(f"service line {self.number}: the charge is not whole cents")

    @property
    def service_date(self) -> dt.date | None:
        """The first day of service (DTP*472), None when the line does not say."""
        for fact in self.dates:
            if fact.qualifier == "472":
                return fact.start
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim to one payer (837 loops 2000A to 2440).

    ``policy`` is the destination payer's policy, ``other_payers`` every other one, earlier and later.
    ``accident`` is CLM11 in its components. ``codes`` are the HI segments, each a tuple of its composites.
    ``details`` holds further CLM elements by position, ``patient_details`` those of PAT.
    Charges in dollars; the claim charge must be the sum of the line charges. Raises InvalidNoun.
    """

    kind: ClaimKind
    patient_control_number: str = field(repr=False)
    charge_amount: Decimal
    billing: Billing
    policy: Policy
    patient: Person
    lines: tuple[ServiceLine, ...]
    facility_code: str = ""
    facility_qualifier: str = "B"
    frequency: str = "1"
    provider_signature: str = ""
    accepts_assignment: str = ""
    benefits_assigned: str = ""
    release: str = ""
    patient_signature: str = ""
    accident: tuple[str, ...] = ()
    details: tuple[tuple[int, str], ...] = ()
    patient_details: tuple[tuple[int, str], ...] = ()
    dates: tuple[DateFact, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    codes: tuple[tuple[HealthCode, ...], ...] = ()
    providers: tuple[Provider, ...] = ()
    other_payers: tuple[OtherPayer, ...] = ()
    carried: tuple[str, ...] = field(default=(), repr=False)
    envelope: Envelope | None = field(default=None, repr=False)
    segment: int = 0

    def __post_init__(self) -> None:
        if not self.patient_control_number:
            raise InvalidNoun("claim: it has no patient control number (CLM01)")
        if not is_cents(self.charge_amount):
            raise InvalidNoun("claim: the charge is not whole cents (CLM02)")
        if not self.lines:
            raise InvalidNoun("claim: it has no service line (loop 2400)")
        if self.charge_amount != total(line.charge_amount for line in self.lines):
            raise InvalidNoun("claim: the charge is not the sum of its line charges (CLM02, SV1/SV2/SV3)")

    def codes_of(self, *qualifiers: str) -> tuple[HealthCode, ...]:
        """The codes of those kinds (HI) in the order of the claim: value BE, condition BG, occurrence BH."""
        return tuple(code for group in self.codes for code in group if code.qualifier in qualifiers)

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The diagnoses in pointer order."""
        named = self.codes_of(*_DIAGNOSES)
        return tuple(Diagnosis(number=n, code=c.code, qualifier=c.qualifier) for n, c in enumerate(named, 1))

    @property
    def service_from(self) -> dt.date | None:
        """The first day of service, from the lines or, failing that, the claim's own dates."""
        days = [day for line in self.lines if (day := line.service_date)]
        days = days or [fact.start for fact in self.dates if fact.qualifier in ("434", "472") and fact.start]
        return min(days, default=None)

    @property
    def service_to(self) -> dt.date | None:
        """The last day of service (the statement's through date on an institutional claim)."""
        facts = [fact for fact in self.dates if fact.qualifier == "434"]
        facts = facts or [fact for line in self.lines for fact in line.dates if fact.qualifier == "472"]
        facts = facts or [fact for fact in self.dates if fact.qualifier == "472"]
        return max((day for fact in facts if (day := fact.end or fact.start)), default=None)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Every policy the claim names, the destination's first."""
        return (self.policy, *[other.policy for other in self.other_payers])

    @property
    def patient_paid(self) -> Decimal:
        """What the patient has paid on this claim, in dollars: AMT*F5, or the value code FC, where an
        institutional claim says it (X12 RFI 1116). Raises NotExactMoney where that code has no amount."""
        told = [code for code in self.codes_of("BE") if code.code == _PATIENT_PAID]
        if told:
            return total(cents(code.detail[-1] if code.detail else "") for code in told)
        return total(amount.amount for amount in self.amounts if amount.qualifier == "F5") or ZERO

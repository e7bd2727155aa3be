"""Eligibility: what the office asks a payer about a patient (270), and what the payer answers (271).

An ``Inquiry`` is one question about one patient; an ``Eligibility`` is the payer's answer about one patient.
The answer is a list of ``Benefit`` entries, one for each EB segment, and each stands for itself: its codes,
its amount, its dates, and the parties it names (other payers among them). Codes keep the standard's values.
What an entry does not model is ``carried`` as it stood, so that nothing the payer said is lost. What an
answer means for a policy is ``nextpayer.eligible``'s part.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from nextpayer.claim import DateFact, Provider
from nextpayer.errors import InvalidNoun
from nextpayer.policy import Payer, Person, Reference
from nextpayer.remittance import Procedure

__all__ = [
    "ACTIVE",
    "INACTIVE",
    "Benefit",
    "Delivery",
    "Eligibility",
    "Inquiry",
    "OtherParty",
    "PartyContact",
    "Rejection",
    "Trace",
]

#: EB01: the plan covers the patient. 5 says that the payer is still looking into it.
ACTIVE = frozenset("12345")
#: EB01: it does not. 7 and 8 say that the payer is still looking into it.
INACTIVE = frozenset("678")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A trace number (TRN): ``kind`` 1 is the payer's own, 2 the inquiry's, returned. ``origin`` names who
    made it (TRN03)."""

    kind: str
    number: str
    origin: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One question about one patient.

    ``subscriber`` is the policyholder, ``dependant`` the patient who is not. ``relationship`` is the
    patient's to the subscriber (element 1069), ``services`` are service types (element 1365; 30 asks for the
    plan), ``start`` and ``end`` the days asked about; without them a payer answers for the day it is asked.
    ``trace`` returns with the answer. ``references`` are the subscriber's. Raises InvalidNoun.
    """

    payer: Payer
    provider: Provider
    subscriber: Person
    dependant: Person | None = None
    member_id: str = field(default="", repr=False)
    member_id_qualifier: str = "MI"
    relationship: str = ""
    references: tuple[Reference, ...] = ()
    services: tuple[str, ...] = ("30",)
    start: dt.date | None = None
    end: dt.date | None = None
    trace: str = ""
    trace_origin: str = ""
    file: str = ""
    segment: int = 0
    carried: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.end and not self.start:
            raise InvalidNoun("inquiry: it asks about days that have an end and no beginning")
        if self.start and self.end and self.end < self.start:
            raise InvalidNoun("inquiry: the days it asks about end before they begin")

    @property
    def patient(self) -> Person:
        """Whom the question is about."""
        return self.dependant or self.subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a payer did not answer (AAA): ``code`` is AAA03, ``follow_up`` AAA04, ``where`` the loop. ``valid``
    is AAA01: Y says that the question was right and still has no answer."""

    code: str
    follow_up: str
    where: str
    valid: str = "N"
    segment: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyContact:
    """How to reach a party (PER): pairs of a qualifier (TE, FX, EM, UR ...) and a number."""

    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherParty:
    """A party that a benefit names (2120). ``role`` is NM101: PR a payer, PRP SEP TTP a payer and its place
    (primary, secondary, tertiary), IL the policyholder there, P3 the primary care provider ..."""

    role: str
    person: Person
    relationship: str = ""
    contacts: tuple[PartyContact, ...] = ()
    carried: tuple[str, ...] = field(default=(), repr=False)
    segment: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How often a service is covered (HSD): ``quantity`` in ``qualifier`` (VS visits, DY days ...), for each
    ``per_count`` ``per``, over ``periods`` of ``period``; ``pattern`` and ``time`` are HSD07 and HSD08."""

    qualifier: str = ""
    quantity: Decimal | None = None
    per: str = ""
    per_count: str = ""
    period: str = ""
    periods: str = ""
    pattern: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """One EB with what belongs to it.

    ``status`` is EB01 (1 to 5 active, 6 to 8 inactive, A coinsurance, B copay, C deductible, F limit, I not
    covered, R another payer ...), ``level`` EB02, ``insurance_type`` EB04, ``period`` EB06 (29 is what
    remains). ``percent`` is the patient's share as a fraction of one, as sent. ``authorization`` and
    ``network`` are Y, N, U (and W: either) as sent; empty where the payer does not say.
    """

    status: str
    level: str = ""
    services: tuple[str, ...] = ()
    insurance_type: str = ""
    plan_name: str = ""
    period: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    network: str = ""
    procedure: Procedure | None = None
    procedure_end: str = ""
    diagnosis_pointers: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    references: tuple[Reference, ...] = field(default=(), repr=False)
    dates: tuple[DateFact, ...] = ()
    messages: tuple[str, ...] = field(default=(), repr=False)
    parties: tuple[OtherParty, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    carried: tuple[str, ...] = field(default=(), repr=False)
    segment: int = 0

    @property
    def of_the_plan(self) -> bool:
        """Whether it speaks of the plan as a whole, not of one kind of service."""
        return not self.services or "30" in self.services


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What one payer says about one patient.

    ``dependant`` is the patient who is not the subscriber. ``references``, ``dates`` and ``carried`` are of
    the patient's loop, ``subscriber_references`` of the subscriber's when that is another person.
    ``maintenance_type`` and ``maintenance_reason`` (INS03, INS04) are there when the payer holds other
    particulars than it was asked about.
    ``rejections`` are those of the payer's, the provider's and the person's loops; each benefit has its own.
    ``answered`` is the day of the answer, ``segment`` the patient's HL. Where the payer turned a whole group
    of inquiries down, nobody is named.
    """

    payer: Payer
    subscriber: Person
    dependant: Person | None = None
    member_id: str = field(default="", repr=False)
    member_id_qualifier: str = ""
    relationship: str = ""
    maintenance_type: str = ""
    maintenance_reason: str = ""
    references: tuple[Reference, ...] = field(default=(), repr=False)
    subscriber_references: tuple[Reference, ...] = field(default=(), repr=False)
    traces: tuple[Trace, ...] = ()
    dates: tuple[DateFact, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    provider: Provider | None = None
    payer_contacts: tuple[PartyContact, ...] = ()
    answered: dt.date | None = None
    reference: str = ""
    file: str = ""
    segment: int = 0
    carried: tuple[str, ...] = field(default=(), repr=False)

    @property
    def patient(self) -> Person:
        """Whom the answer is about."""
        return self.dependant or self.subscriber

    @property
    def trace(self) -> str:
        """The inquiry's own trace number as the payer returned it, empty where it did not."""
        return next((trace.number for trace in self.traces if trace.kind == "2"), "")

    @property
    def names_nobody(self) -> bool:
        """Whether it turns down everything asked of the payer, and so is about no one person."""
        return not (self.subscriber.last or self.subscriber.first or self.member_id)

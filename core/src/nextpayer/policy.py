"""Policies: who may pay, for whom, in which place, and on what terms.

One ``Policy`` is one plan of one policyholder as it stands for one patient. The 837 states it in
loops 2000B/2010BA/2010BB (destination payer) or 2320/2330 (every other payer); the billing office
states it in the coverage file.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from .errors import InvalidNoun

__all__ = [
    "BASES",
    "RELATIONS",
    "SEQUENCES",
    "Address",
    "Benefits",
    "CobTerms",
    "Contact",
    "Employer",
    "Limit",
    "MedicareEntitlement",
    "Payer",
    "Person",
    "Policy",
    "Provenance",
    "Reference",
]

#: SBR01 (element 1138) in paying order: primary, secondary, tertiary, then the 4th to the 11th payer.
SEQUENCES = "PSTABCDEFGH"
#: What a policyholder is to the patient, and how the holder has the plan (the coverage file's words).
RELATIONS = (
    "self",
    "spouse",
    "mother",
    "father",
    "stepmother",
    "stepfather",
    "grandparent",
    "guardian",
    "other",
)
BASES = ("active", "retired", "laid_off", "cobra", "individual", "student", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address (N3, N4)."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An identifier with its qualifier (REF01, REF02). ``payer_id`` names the other payer whose number
    it is, where the standard lets a number be tied to one (REF04 with 2U)."""

    qualifier: str
    value: str = field(repr=False)
    payer_id: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How the office reaches a person."""

    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or organization as NM1 names it, with what the claim tells about them.

    ``entity`` is NM102: ``1`` person, ``2`` organization (then ``last`` holds the organization's name).
    ``carried`` are segments of the loop that this noun does not model, as they came.
    """

    entity: str = "1"
    last: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    middle: str = field(default="", repr=False)
    prefix: str = field(default="", repr=False)
    suffix: str = field(default="", repr=False)
    id_qualifier: str = ""
    id: str = field(default="", repr=False)
    address: Address | None = field(default=None, repr=False)
    birth_date: dt.date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    carried: tuple[str, ...] = field(default=(), repr=False)
    contact: Contact | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """An insurer or programme. ``id_qualifier`` is PI (payer id) or XV (health plan id); ``kind`` is the
    coverage file's word (``commercial``, ``medicare``, ``medicaid`` ...), empty when only X12 is known."""

    id: str
    name: str
    id_qualifier: str = "PI"
    kind: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CobTerms:
    """What the plan document says about other cover (method and provision are plan terms, never guessed).

    ``level`` is ``claim`` or ``line``: what the method is applied to.
    """

    method: str = ""
    level: str = ""
    provision: str = ""
    child_rule: str = ""
    active_rule: bool | None = None
    closed_panel: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How much of a service a plan still pays for. ``service`` is a procedure code or an X12 service type
    (element 1365), ``unit`` is ``visits``, ``units``, ``days`` or ``dollars``; None where not known."""

    service: str
    unit: str
    allowed: Decimal | None = None
    remaining: Decimal | None = None
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """What the plan pays: rates as fractions of one, money in dollars; None where not known."""

    coinsurance: Decimal | None = None
    copay: Decimal | None = None
    deductible_remaining: Decimal | None = None
    maximum_remaining: Decimal | None = None
    excluded_procedures: tuple[str, ...] = ()
    allowed: tuple[tuple[str, Decimal], ...] = ()
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """The employer behind a group plan, as far as Medicare Secondary Payer rules ask (42 CFR 411.100 ff).

    ``largest_size`` is the largest employer of a multi-employer plan, whose size counts for everybody in it.
    """

    size: int | None = None
    multi_employer: bool | None = None
    small_employer_exception: bool | None = None
    largest_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicareEntitlement:
    """Why and since when a person has Medicare: ``entitlement`` is ``age``, ``disability`` or ``esrd``.

    ``part_b_only`` says that the person has no Part A, which the working-aged rule asks for (42 CFR 411.172).
    """

    entitlement: str = ""
    part_a: dt.date | None = None
    part_b: dt.date | None = None
    esrd_eligible_from: dt.date | None = None
    primary_before_esrd: bool | None = None
    part_b_only: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who said so and when the office learned it: ``source`` is a word such as ``card``, ``patient``,
    ``payer``, ``271`` or ``835``."""

    source: str
    learned: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One plan of one policyholder for one patient.

    ``sequence`` is SBR01 (P, S, T, A to H; U unknown; empty when nobody has said). ``patient_relationship``
    is the patient's relationship to the holder (element 1069: 18 self, 01 spouse, 19 child ...).
    ``insurance_type`` is SBR05, why Medicare is not primary. ``covered_since`` is the holder's cover, and
    ``patient_covered_since`` the patient's own where that began on another day; ``continues`` is the id of
    the policy that this one follows without a gap. ``authorized`` says that the payer ordered this care
    (Veterans Affairs). Raises InvalidNoun.
    """

    payer: Payer
    holder: Person
    sequence: str = ""
    patient_relationship: str = ""
    member_id: str = field(default="", repr=False)
    member_id_qualifier: str = "MI"
    group_number: str = field(default="", repr=False)
    plan_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = ""
    id: str = ""
    holder_relation: str = ""
    covered_since: dt.date | None = None
    effective: dt.date | None = None
    terminates: dt.date | None = None
    basis: str = ""
    employer: Employer | None = None
    medicare: MedicareEntitlement | None = None
    cob: CobTerms | None = None
    benefits: Benefits | None = None
    patient_covered_since: dt.date | None = None
    continues: str = ""
    authorized: bool | None = None
    verified: Provenance | None = None

    def __post_init__(self) -> None:
        if self.sequence and self.sequence not in {*SEQUENCES, "U"}:
            raise InvalidNoun("policy: the payer's place is not one of P, S, T, A to H or U (SBR01)")
        if self.effective and self.terminates and self.terminates < self.effective:
            raise InvalidNoun("policy: it ends before it begins")

"""COVERAGE.json: what the office knows about a patient's policies, as a ``Coverage``.

A document is one object, or a list with one object per patient::

    {"patient": {"id": "p1", "name": {"last": "SMITH", "first": "TED"}, "birth_date": "1973-05-01"},
     "circumstances": {"related_to": null, "state": "FL"},
     "coverages": [{"id": "A", "payer": {"id": "999996666", "name": "KEY INSURANCE", "kind": "commercial"},
                    "holder": {"relation": "self"}, "member_id": "JS00111223333"}]}

An absent or null fact is never an error: it stays empty. An unknown key and a wrong type are, and all
of them are reported at once, by path and never by value. Only what is the same fact in other words is
filled in: a holder who is ``self`` is the patient, relationship 18 is ``self``, and a policy without an
``id`` is called by its place in the list, from 1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, validates_schema

from nextpayer.coverage import Circumstances, Coverage, Decree, Parents
from nextpayer.errors import UnusableInput
from nextpayer.policy import (
    SEQUENCES,
    Address,
    Benefits,
    CobTerms,
    Employer,
    MedicareEntitlement,
    Payer,
    Person,
    Policy,
)
from nextpayer.wire.fields import (
    Amounts,
    Boolean,
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Nested,
    Noun,
    Rate,
    Strict,
    Text,
    problems,
    refusal,
)

__all__ = ["PAYER_KINDS", "AddressSchema", "load_coverage"]

PAYER_KINDS = (
    "commercial",
    "medicare",
    "medicare_advantage",
    "medigap",
    "medicaid",
    "chip",
    "tricare",
    "va",
    "ihs",
    "workers_comp",
    "auto",
    "liability",
    "black_lung",
    "fehb",
    "marketplace",
    "other",
)
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
SELF = "18"  # element 1069: the patient is the policyholder


def _text() -> Text:
    return Text(allow_none=True)


def _code(*words: str) -> Code:
    return Code(words, allow_none=True)


def _x12_code() -> Code:
    return Code(pattern=r"[0-9A-Z]{1,2}", such_as="an X12 code of one or two characters", allow_none=True)


class AddressSchema(Noun):
    noun = Address
    lines = Listed(Text(), allow_none=True)
    city, state, postal_code, country, subdivision = (_text() for _ in range(5))


class NameSchema(Strict):
    last, first, middle, prefix, suffix = (_text() for _ in range(5))


class PatientSchema(Strict):
    id = _text()
    name = Nested(NameSchema, allow_none=True)
    birth_date = Date(allow_none=True)
    sex = _code("M", "F", "U")
    address = Nested(AddressSchema, allow_none=True)


class DecreeSchema(Noun):
    noun = Decree
    responsible = _code("mother", "father", "both")
    plan_has_notice = Boolean(allow_none=True)


class ParentsSchema(Noun):
    noun = Parents
    status = _code("married", "separated", "divorced", "never_married")
    living_together = Boolean(allow_none=True)
    custody = _code("mother", "father", "joint")
    decree = Nested(DecreeSchema, allow_none=True)
    remarried = Listed(Code(("mother", "father")), allow_none=True)


class CircumstancesSchema(Noun):
    noun = Circumstances
    related_to = _code("auto", "work", "liability", "black_lung")
    state = Code(pattern=r"[A-Z]{2}", such_as="a state's two-letter postal code", allow_none=True)
    parents = Nested(ParentsSchema, allow_none=True)


class PayerSchema(Strict):
    id = _text()
    name = _text()
    kind = _code(*PAYER_KINDS)
    id_qualifier = _code("PI", "XV")
    address = Nested(AddressSchema, allow_none=True)


class HolderSchema(PatientSchema):
    relation = _code(*RELATIONS)
    covered_since = Date(allow_none=True)


class EmployerSchema(Noun):
    noun = Employer
    size = Integer(allow_none=True)
    multi_employer = Boolean(allow_none=True)
    small_employer_exception = Boolean(allow_none=True)


class MedicareSchema(Noun):
    noun = MedicareEntitlement
    entitlement = _code("age", "disability", "esrd")
    part_a = Date(allow_none=True)
    part_b = Date(allow_none=True)
    esrd_eligible_from = Date(allow_none=True)
    primary_before_esrd = Boolean(allow_none=True)


class CobSchema(Noun):
    noun = CobTerms
    method = Code(pattern=r"[A-Za-z][A-Za-z0-9_-]*", such_as="a word such as nonduplication", allow_none=True)
    provision = _code("compliant", "excess", "none")
    child_rule = _code("birthday", "gender")
    active_rule = Boolean(allow_none=True)
    closed_panel = Boolean(allow_none=True)


class BenefitsSchema(Noun):
    noun = Benefits
    coinsurance = Rate(allow_none=True)
    copay = Money(signed=False, allow_none=True)
    deductible_remaining = Money(signed=False, allow_none=True)
    maximum_remaining = Money(signed=False, allow_none=True)
    excluded_procedures = Listed(Text(), allow_none=True)
    allowed = Amounts(Money(signed=False), allow_none=True)


class PolicySchema(Strict):
    """One entry of ``coverages``."""

    id = _text()
    payer = Nested(PayerSchema, allow_none=True)
    holder = Nested(HolderSchema, allow_none=True)
    sequence = _code(*SEQUENCES)
    patient_relationship = _x12_code()
    member_id = _text()
    group_number = _text()
    plan_name = _text()
    filing_indicator = _x12_code()
    effective = Date(allow_none=True)
    terminates = Date(allow_none=True)
    basis = _code(*BASES)
    employer = Nested(EmployerSchema, allow_none=True)
    medicare = Nested(MedicareSchema, allow_none=True)
    cob = Nested(CobSchema, allow_none=True)
    benefits = Nested(BenefitsSchema, allow_none=True)

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a policy that ends before it begins."""
        begins, ends = data.get("effective"), data.get("terminates")
        if begins and ends and ends < begins:
            raise ValidationError("it is before effective", "terminates")


class CoverageSchema(Strict):
    """One patient of the file."""

    patient = Nested(PatientSchema, allow_none=True)
    circumstances = Nested(CircumstancesSchema, allow_none=True)
    coverages = Listed(Nested(PolicySchema), allow_none=True)

    @validates_schema
    def ids_are_distinct(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two coverages of one id: answers name coverages by it."""
        seen: set[str] = set()
        errors = {}
        for number, label in enumerate(_labels(data.get("coverages") or ())):
            if label in seen:
                errors[number] = {"id": ["an earlier coverage of this patient has the same id"]}
            seen.add(label)
        if errors:
            raise ValidationError({"coverages": errors})


_SCHEMA = CoverageSchema()


def load_coverage(document: object, *, file: str = "coverage") -> tuple[Coverage, ...]:
    """The coverages of a decoded COVERAGE.json, one per patient, in the document's order.

    ``file`` is what messages call the document. Raises UnusableInput naming every problem by path.
    """
    patients = document if isinstance(document, list) else [document]
    found, wrong = [], []
    for number, patient in enumerate(patients):
        try:
            found.append(_coverage(_SCHEMA.load(patient)))
        except ValidationError as error:
            wrong += problems(error.messages, f"[{number}]" if isinstance(document, list) else "")
    if wrong:
        raise refusal(UnusableInput, file, wrong)
    return tuple(found)


def _coverage(data: dict[str, Any]) -> Coverage:
    facts = _known(data.get("patient"))
    patient = _person(facts)
    items = data.get("coverages") or ()
    return Coverage(
        patient=patient,
        patient_id=facts.get("id", ""),
        circumstances=data.get("circumstances") or Circumstances(),
        policies=tuple(
            _policy(_known(item), label, patient) for item, label in zip(items, _labels(items), strict=True)
        ),
    )


def _labels(items: tuple[dict[str, Any], ...]) -> list[str]:
    return [item.get("id") or str(place) for place, item in enumerate(items, 1)]


def _policy(item: dict[str, Any], label: str, patient: Person) -> Policy:
    payer = {"id": "", "name": "", **_known(item.pop("payer", None))}
    if not payer.get("id_qualifier"):
        payer.pop("id_qualifier", None)  # the noun's own default, PI
    facts = _known(item.pop("holder", None))
    relation = facts.get("relation", "")
    relationship = item.pop("patient_relationship", "")
    relation = relation or ("self" if relationship == SELF else "")
    relationship = relationship or (SELF if relation == "self" else "")
    holder = replace(_person(facts), id=facts.get("id", ""))
    return Policy(
        **{**item, "id": label},
        payer=Payer(**payer),
        holder=_completed(holder, patient) if relation == "self" else holder,
        holder_relation=relation,
        patient_relationship=relationship,
        covered_since=facts.get("covered_since"),
    )


def _person(facts: dict[str, Any]) -> Person:
    rest = {key: facts[key] for key in ("birth_date", "sex", "address") if key in facts}
    return Person(**_known(facts.get("name")), **rest)


def _completed(holder: Person, patient: Person) -> Person:
    """The holder who is the patient: what the file did not repeat is the patient's."""
    named = holder.last or holder.first
    names = holder if named else patient
    return replace(
        holder,
        **{part: getattr(names, part) for part in ("last", "first", "middle", "prefix", "suffix")},
        birth_date=holder.birth_date or patient.birth_date,
        sex=holder.sex or patient.sex,
        address=holder.address or patient.address,
    )


def _known(facts: dict[str, Any] | None) -> dict[str, Any]:
    """The keys with a value: null means that nobody has said."""
    return {key: value for key, value in (facts or {}).items() if value is not None}

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

Three nulls say more than an absent key, because "none" is an answer there: ``related_to`` null (no accident
and no work), ``decree`` null (there is no decree), ``responsible`` null (the decree names nobody).

``history`` of a coverage, or of the document for the patient and the circumstances, tells what changed::

    "history": [{"fact": "employer.size", "value": 12, "since": "2024-07-01", "until": null,
                 "source": "patient", "learned": "2024-07-03"}]
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validates_schema

from nextpayer.coverage import Circumstances, Coverage, Decree, Fact, Parents
from nextpayer.errors import UnusableInput
from nextpayer.policy import (
    BASES,
    RELATIONS,
    SEQUENCES,
    Address,
    Benefits,
    CobTerms,
    Contact,
    Employer,
    Limit,
    MedicareEntitlement,
    Payer,
    Person,
    Policy,
    Provenance,
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
    Quantity,
    Rate,
    Strict,
    Text,
    problems,
    refusal,
)

__all__ = ["PAYER_KINDS", "AddressSchema", "PolicySchema", "load_coverage", "load_policy"]

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
    "champva",
    "tricare_supplement",
    "federal_agency",
    "other",
)
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


class ContactSchema(Noun):
    noun = Contact
    phone, email = (_text() for _ in range(2))


class PatientSchema(Strict):
    id = _text()
    name = Nested(NameSchema, allow_none=True)
    birth_date = Date(allow_none=True)
    sex = _code("M", "F", "U")
    address = Nested(AddressSchema, allow_none=True)
    contact = Nested(ContactSchema, allow_none=True)


class DecreeSchema(Noun):
    noun = Decree
    responsible = _code("mother", "father", "both", "nobody")
    plan_has_notice = Boolean(allow_none=True)

    @pre_load
    def names_nobody(self, data: Any, **_: Any) -> Any:
        """A null here is an answer."""
        return _answered(data, "responsible", "nobody")


class ParentsSchema(Noun):
    noun = Parents
    status = _code("married", "separated", "divorced", "never_married")
    living_together = Boolean(allow_none=True)
    custody = _code("mother", "father", "joint")
    decree = Nested(DecreeSchema, allow_none=True)
    remarried = Listed(Code(("mother", "father")), allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """A decree that is null is known not to exist."""
        if "decree" in data and data["decree"] is None:
            data["decree"] = Decree(exists=False)
        return super().make(data)


class CircumstancesSchema(Noun):
    noun = Circumstances
    related_to = _code("auto", "work", "liability", "black_lung", "none")
    state = Code(pattern=r"[A-Z]{2}", such_as="a state's two-letter postal code", allow_none=True)
    parents = Nested(ParentsSchema, allow_none=True)
    panel_provider, emergency, referral = (Boolean(allow_none=True) for _ in range(3))
    pay_and_chase = _code("preventive_pediatric", "child_support")
    first_billed = Date(allow_none=True)

    @pre_load
    def related_to_nothing(self, data: Any, **_: Any) -> Any:
        """A null here is an answer."""
        return _answered(data, "related_to", "none")


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
    largest_size = Integer(allow_none=True)


class MedicareSchema(Noun):
    noun = MedicareEntitlement
    entitlement = _code("age", "disability", "esrd")
    part_a = Date(allow_none=True)
    part_b = Date(allow_none=True)
    esrd_eligible_from = Date(allow_none=True)
    primary_before_esrd = Boolean(allow_none=True)
    part_b_only = Boolean(allow_none=True)


class CobSchema(Noun):
    noun = CobTerms
    method = Code(pattern=r"[A-Za-z][A-Za-z0-9_-]*", such_as="a word such as nonduplication", allow_none=True)
    level = _code("claim", "line")
    provision = _code("compliant", "excess", "none")
    child_rule = _code("birthday", "gender")
    active_rule = Boolean(allow_none=True)
    closed_panel = Boolean(allow_none=True)


class LimitSchema(Noun):
    noun = Limit
    service = Text(required=True)
    unit = Code(("visits", "units", "days", "dollars"), required=True)
    allowed, remaining = (Quantity(allow_none=True) for _ in range(2))
    period = _text()


class BenefitsSchema(Noun):
    noun = Benefits
    coinsurance = Rate(allow_none=True)
    copay = Money(signed=False, allow_none=True)
    deductible_remaining = Money(signed=False, allow_none=True)
    maximum_remaining = Money(signed=False, allow_none=True)
    excluded_procedures = Listed(Text(), allow_none=True)
    allowed = Amounts(Money(signed=False), allow_none=True)
    limits = Listed(Nested(LimitSchema), allow_none=True)


class ProvenanceSchema(Noun):
    noun = Provenance
    source = Text(required=True)
    learned = Date(allow_none=True)


class FactSchema(Strict):
    """One entry of a ``history``; its value is read by the schema of the fact that it names."""

    fact = Text(required=True)
    value = fields.Raw(required=True, allow_none=True)
    source = Text(required=True)
    learned = Date(allow_none=True)
    since = Date(allow_none=True)
    until = Date(allow_none=True)
    file = _text()
    segment = Integer(allow_none=True)


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
    covered_since = Date(allow_none=True)
    continues = _text()
    authorized = Boolean(allow_none=True)
    verified = Nested(ProvenanceSchema, allow_none=True)
    history = Listed(Nested(FactSchema), allow_none=True)

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
    history = Listed(Nested(FactSchema), allow_none=True)

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
    person = _known(data.get("patient"))
    patient = _person(person)
    items = data.get("coverages") or ()
    labels = _labels(items)
    wrong: dict[Any, Any] = {}
    facts = _facts("", data.get("history"), wrong)
    for number, (item, label) in enumerate(zip(items, labels, strict=True)):
        found: dict[Any, Any] = {}
        facts += _facts(label, item.pop("history", None), found)
        if found:
            wrong.setdefault("coverages", {})[number] = found
    if wrong:
        raise ValidationError(wrong)
    return Coverage(
        patient=patient,
        patient_id=person.get("id", ""),
        circumstances=data.get("circumstances") or Circumstances(),
        policies=tuple(
            _policy(_known(item), label, patient) for item, label in zip(items, labels, strict=True)
        ),
        facts=tuple(facts),
    )


#: What a fact's path may not name: the policy's own name, and what holds further facts.
_NO_FACT = frozenset({"id", "history", "verified", "coverages"})


def _facts(policy: str, entries: Any, wrong: dict[Any, Any]) -> list[Fact]:
    """The history of one policy, or of the patient and the circumstances (no policy)."""
    found = []
    for number, entry in enumerate(entries or ()):
        try:
            value = _fact_field(policy, entry["fact"]).deserialize(entry["value"])
        except KeyError:
            message = "it names no fact; write its path below this object, such as employer.size"
            wrong.setdefault("history", {})[number] = {"fact": [message]}
        except ValidationError as error:
            wrong.setdefault("history", {})[number] = {"value": error.messages}
        else:
            told = _known({key: entry.get(key) for key in entry if key not in ("fact", "value")})
            found.append(Fact(policy=policy, path=entry["fact"], value=value, **told))
    return found


def _fact_field(policy: str, path: str) -> fields.Field[Any]:
    """The field that reads the fact of that path. Raises KeyError when there is none, or it holds others."""
    schema: Schema = PolicySchema() if policy else _SCHEMA
    first, *rest = path.split(".")
    if first in _NO_FACT or (not policy and first not in ("patient", "circumstances")):
        raise KeyError(path)
    field = schema.fields[first]
    for step in rest:
        if not isinstance(field, fields.Nested):
            raise KeyError(path)
        field = field.schema.fields[step]
    if isinstance(field, fields.Nested):
        raise KeyError(path)
    return field


def _answered(data: Any, key: str, answer: str) -> Any:
    """The object with a null under ``key`` spelled out as the answer that it is."""
    if isinstance(data, dict) and key in data and data[key] is None:
        return {**data, key: answer}
    return data


def load_policy(item: dict[str, Any]) -> Policy:
    """One entry of ``coverages``, as ``PolicySchema`` has loaded it, on its own."""
    facts = _known(item)
    facts.pop("history", None)
    return _policy(facts, facts.get("id") or "next", Person())


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
    since = item.pop("covered_since", None)
    return Policy(
        **{**item, "id": label},
        patient_covered_since=since,
        payer=Payer(**payer),
        holder=_completed(holder, patient) if relation == "self" else holder,
        holder_relation=relation,
        patient_relationship=relationship,
        covered_since=facts.get("covered_since"),
    )


def _person(facts: dict[str, Any]) -> Person:
    rest = {key: facts[key] for key in ("birth_date", "sex", "address", "contact") if key in facts}
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
        contact=holder.contact or patient.contact,
    )


def _known(facts: dict[str, Any] | None) -> dict[str, Any]:
    """The keys with a value: null means that nobody has said."""
    return {key: value for key, value in (facts or {}).items() if value is not None}

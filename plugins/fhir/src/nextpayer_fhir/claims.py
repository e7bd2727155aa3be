"""Claim <-> Claim, professional, institutional and dental (FHIR's ``oral``).

The payer billed is the focal ``insurance``, every other payer another one. A payer that has decided has its
decision in a ClaimResponse (``prior``). FHIR's ``created`` is the day on which the resource was made: a claim
knows none, so whoever writes one says it, and what is read of it is dropped.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nextpayer.claim import Claim, ServiceLine
from nextpayer.money import cents, dollars, total

from .codes import CLAIM_TYPE_SYSTEM, CLAIM_TYPES, OURS
from .decided import amount_out
from .diagnoses import diagnoses_out, read_diagnoses
from .facts import TAG, Document, fits, is_ours, put_facts, take_facts
from .insurance import insurance_out, read_insurance
from .items import (
    date_fact,
    put_days,
    put_quantity,
    put_service,
    read_days,
    read_period,
    read_quantity,
    read_service,
)
from .node import Node
from .parties import Contained, patient_out, person_of, provider_of, provider_out
from .team import CareTeam, read_team

__all__ = ["claim_of", "claim_out"]

_NUMBER = "urn:nextpayer:patient-control-number"
_PLACE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_BILL = "https://www.nubc.org/CodeSystem/TypeOfBill"
_CARIN_INFO = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType"
_SERVICE, _STATEMENT = "472", "434"
_NORMAL = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/processpriority", "code": "normal"}]}


def claim_out(doc: Document, *, created: str) -> Document:
    """The FHIR Claim of a claim's JSON, which is used up."""
    contained = Contained()
    kind = doc.pop("kind")
    patient = contained.add("patient", patient_out(doc.pop("patient")))
    billing = doc["billing"]
    provider = billing["provider"]
    if "taxonomy" not in provider and fits(billing.get("taxonomy"), code=True):
        provider["taxonomy"] = billing.pop("taxonomy")
        billing["taxonomy_of"] = "provider"
    role = provider.pop("role")
    biller = contained.add("provider", provider_out(provider))
    doc["billing"] = {key: value for key, value in billing.items() if key != "provider"}
    if role != "85":
        doc["billing"]["role"] = role
    team = CareTeam(contained)
    claim: Document = {"resourceType": "Claim", "meta": TAG, "status": "active", "use": "claim"}
    if fits(doc["patient_control_number"]):
        claim["identifier"] = [{"system": _NUMBER, "value": doc.pop("patient_control_number")}]
    claim["type"] = {"coding": [{"system": CLAIM_TYPE_SYSTEM, "code": CLAIM_TYPES[kind]}]}
    claim |= {"patient": patient, "created": created, "provider": biller, "priority": _NORMAL}
    _put_statement(claim, doc)
    if CareTeam.takes(doc.get("providers", [])):
        team.add(doc.pop("providers", []))
    _put_place(claim, doc, kind)
    claim["diagnosis"] = diagnoses_out(doc, kind)
    claim["insurance"] = insurance_out(doc, claim, contained, created)
    lines = doc.pop("lines")
    claim["item"] = [_item(line, team, len(claim["diagnosis"])) for line in lines]
    claim["total"] = amount_out(doc.pop("charge_amount"))
    claim["careTeam"] = team.entries
    claim["contained"] = contained.resources
    put_facts(claim, {key: value for key, value in doc.items() if value != {}}, Claim)
    return {key: value for key, value in claim.items() if value != []}


def claim_of(node: Node) -> Document:
    """The JSON of a claim. Raises FhirRefusal."""
    doc = take_facts(node)
    node.fixed("status", "active")
    node.fixed("use", "claim")
    node.skip("created", "priority", "insurer", "enterer")
    if "payee" in node:
        payee = node.child("payee")
        if [code for _, code in payee.codings("type")] != ["provider"] or "party" in payee:
            raise payee.refuse("NP-FHIR-UNHELD", "party", "only the provider itself is taken as payee")
    kinds = {word: kind for kind, word in CLAIM_TYPES.items()}
    kind = next((kinds[code] for _, code in node.codings("type") if code in kinds), "")
    if not kind:
        raise node.refuse("NP-FHIR-CODE", "type", "it is not professional, institutional or oral")
    doc["kind"] = kind
    doc |= _number(node)
    patient = node.target("patient", "Patient")
    if patient is None:
        raise node.refuse("NP-FHIR-MISSING", "patient", "who it is, is not said")
    doc["patient"] = person_of(patient)
    doc["billing"] = _billing(node, doc.get("billing"))
    _read_statement(node, doc)
    team = read_team(node)
    items = node.children("item")
    used = {number for item in items for number in item.numbers("careTeamSequence")}
    own = [one for number, one in team.items() if number not in used]
    if own:
        doc["providers"] = own
    numbers = read_diagnoses(node, doc, kind)
    doc["lines"] = [_line(item, team, numbers) for item in items]
    _read_place(node, doc, kind)
    read_insurance(node, doc)
    summed = dollars(total(cents(line["charge_amount"]) for line in doc["lines"]))
    if node.money("total") not in (None, summed):
        raise node.refuse("NP-FHIR-SUM", "total", "it is not the sum of the items' net")
    doc["charge_amount"] = summed
    node.done()
    return doc


def _item(line: Document, team: CareTeam, diagnoses: int) -> Document:
    item: Document = {"sequence": line.pop("number")}
    providers = line.get("providers", [])
    if providers and CareTeam.takes(providers):
        item["careTeamSequence"] = team.add(line.pop("providers"))
    pointers = line.get("diagnosis_pointers", [])
    if pointers and all(
        one.isdecimal() and str(int(one)) == one and 0 < int(one) <= diagnoses for one in pointers
    ):
        item["diagnosisSequence"] = [int(one) for one in line.pop("diagnosis_pointers")]
    put_service(item, line)
    _put_dates(item, line, _SERVICE, "serviced")
    if fits(line.get("place_of_service"), code=True):
        code = line.pop("place_of_service")
        item["locationCodeableConcept"] = {"coding": [{"system": _PLACE, "code": code}]}
    put_quantity(item, line)
    item["net"] = amount_out(line.pop("charge_amount"))
    put_facts(item, line, ServiceLine)
    return item


def _line(item: Node, team: dict[int, Document], diagnoses: list[int]) -> Document:
    line = {"number": item.number("sequence"), **take_facts(item)}
    providers = []
    for number in item.numbers("careTeamSequence"):
        if number not in team:
            raise item.refuse("NP-FHIR-REFERENCE", "careTeamSequence", "there is no such member")
        providers.append(team[number])
    if providers:
        line["providers"] = providers
    pointers = item.numbers("diagnosisSequence")
    if not set(pointers) <= set(diagnoses):
        raise item.refuse("NP-FHIR-REFERENCE", "diagnosisSequence", "there is no such diagnosis")
    if pointers:
        line["diagnosis_pointers"] = [str(diagnoses.index(number) + 1) for number in pointers]
    line |= read_service(item)
    _read_dates(item, line, _SERVICE, read_days(item, "serviced"), "servicedDate")
    place = item.codings("locationCodeableConcept")
    if place:
        line["place_of_service"] = place[0][1]
    line |= read_quantity(item)
    net, price = item.money("net"), item.money("unitPrice")
    if net is None:
        raise item.refuse("NP-FHIR-MISSING", "net", "the line's charge")
    line["charge_amount"] = net
    if price is not None and not _product(price, line.get("units"), net):
        raise item.refuse("NP-FHIR-SUM", "unitPrice", "times the quantity it is not the net")
    item.done()
    return line


def _product(price: str, units: str | None, net: str) -> bool:
    return Decimal(price) * Decimal(units or "1") == Decimal(net)


def _number(node: Node) -> Document:
    """The patient control number: the identifier of our system, or the only one."""
    found = [(one.text("system"), one.text("value", needed=True)) for one in node.children("identifier")]
    ours = [value for system, value in found if system == _NUMBER]
    chosen = ours or [value for _, value in found]
    if len(chosen) == 1:
        return {"patient_control_number": chosen[0]}
    if not found and is_ours(node):
        return {}
    raise node.refuse("NP-FHIR-MISSING", "identifier", f"one is needed, or one of the system {_NUMBER}")


def _billing(node: Node, rest: Any) -> Document:
    billing: Document = dict(rest) if isinstance(rest, dict) else {}
    provider = node.target("provider", "Organization", "Practitioner")
    if provider is None:
        raise node.refuse("NP-FHIR-MISSING", "provider", "who bills is not said")
    found = provider_of(provider, billing.pop("role", "85"))
    if billing.pop("taxonomy_of", "") == "provider" or not is_ours(node):
        taxonomy = found.pop("taxonomy", "")
        if taxonomy:
            billing["taxonomy"] = taxonomy
    return {**billing, "provider": found}


def _put_statement(claim: Document, doc: Document) -> None:
    """``billablePeriod``: the statement's days (DTP*434)."""
    days: Document = {}
    _put_dates(days, doc, _STATEMENT, "billable", whole=False)
    if "billablePeriod" in days:
        claim["billablePeriod"] = days["billablePeriod"]
    elif "billableDate" in days:
        claim["billablePeriod"] = {"start": days["billableDate"], "end": days["billableDate"]}


def _put_dates(element: Document, doc: Document, qualifier: str, name: str, *, whole: bool = True) -> None:
    """The days of a qualifier. They are used up where they are the first of ``dates``, the only ones of the
    qualifier, and say no more than their days; one day only where FHIR says it as such (``whole``)."""
    dates = doc.get("dates", [])
    known = [one for one in dates if one["qualifier"] == qualifier]
    if not known or not put_days(element, name, known[0].get("start"), known[0].get("end")):
        return
    start, end = known[0]["start"], known[0].get("end")
    if known == dates[:1] and (whole or end) and known[0] == date_fact(qualifier, start, end):
        doc["dates"] = dates[1:]
        if not doc["dates"]:
            del doc["dates"]


def _read_statement(node: Node, doc: Document) -> None:
    if "billablePeriod" in node:
        start, end = read_period(node.child("billablePeriod"))
        _read_dates(node, doc, _STATEMENT, (start, end), "billablePeriod")


def _read_dates(
    node: Node, doc: Document, qualifier: str, days: tuple[str | None, str | None], key: str
) -> None:
    """The days into ``dates``; where our extension has dates of the qualifier, the first must agree."""
    start, end = days
    if not start:
        return
    dates = doc.get("dates", [])
    kept = [(one.get("start"), one.get("end")) for one in dates if one.get("qualifier") == qualifier]
    if not kept:
        doc["dates"] = [date_fact(qualifier, start, end), *dates]
    elif (kept[0][0], kept[0][1] or kept[0][0]) != (start, end or start):
        raise node.refuse("NP-FHIR-TWICE", key, "the facts of the extension have other days")


def _put_place(claim: Document, doc: Document, kind: str) -> None:
    """Where, or the type of bill: CLM05-1, with the frequency on an institutional claim."""
    code = doc.get("facility_code")
    if not fits(code, code=True):
        return
    frequency = doc["frequency"]
    is_bill = kind == "I" and doc["facility_qualifier"] == "A"
    if is_bill and fits(frequency, code=True) and len(frequency) == 1:
        del doc["frequency"], doc["facility_qualifier"]
        concept: Document = {"system": _BILL, "code": f"0{code}{frequency}"}
        category = {"system": _CARIN_INFO, "code": "typeofbill"}
    else:
        concept = {"system": _PLACE, "code": code}
        category = {"system": OURS, "code": "place-of-service"}
    del doc["facility_code"]
    claim["supportingInfo"] = [
        {"sequence": 1, "category": {"coding": [category]}, "code": {"coding": [concept]}}
    ]


def _read_place(node: Node, doc: Document, kind: str) -> None:
    for info in node.children("supportingInfo"):
        info.number("sequence")
        categories = {code for _, code in info.codings("category")}
        codes = [code for _, code in info.codings("code") if code]
        if len(codes) != 1 or "facility_code" in doc:
            raise info.refuse("NP-FHIR-UNHELD", "code", "a claim has one place or type of bill")
        if categories == {"place-of-service"}:
            doc["facility_code"] = codes[0]
        elif categories == {"typeofbill"} and kind == "I":
            bill = codes[0].removeprefix("0")
            doc |= {"facility_code": bill[:-1], "facility_qualifier": "A", "frequency": bill[-1:]}
        else:
            raise info.refuse("NP-FHIR-UNHELD", "category", "a place of service or a type of bill is taken")
        info.done()
    places = {line.get("place_of_service", "") for line in doc["lines"]}
    if len(places) == 1 and "facility_code" not in doc and not is_ours(node) and places != {""}:
        doc["facility_code"] = places.pop()

"""ClaimPayment <-> ExplanationOfBenefit or ClaimResponse: one payer's answer to one claim.

An ExplanationOfBenefit says of each line what was billed, so it holds a payment whole. An item of a
ClaimResponse only points at the line of a claim: what else the payment says of it is in our extension, and of
a response that another system wrote it is read from the claim (``claim``).

The place in which the payer paid (CLP02 1, 2, 3) is ``precedence``; forwarded, reversed and other statuses
have no FHIR word and stay in the extension. Amounts balance, of every line and of the whole, or the resource
is refused.
"""

from __future__ import annotations

from nextpayer.claim import Claim
from nextpayer.remittance import ClaimPayment, LinePayment
from nextpayer.wire.nouns import dump

from .codes import ABSENT
from .decided import (
    Seen,
    adjudications_out,
    amount_out,
    balances,
    read_adjudications,
    read_totals,
    totals_out,
)
from .facts import TAG, Document, fits, is_ours, put_facts, take_facts
from .items import put_days, put_quantity, put_service, read_days, read_period, read_quantity, read_service
from .node import Node
from .parties import ABSENT_REFERENCE, Contained, patient_out, person_of
from .refusal import FhirRefusal

__all__ = ["payment_of", "payment_out"]

_NUMBER = "urn:nextpayer:patient-control-number"
_PAYERS, _PAYER_ID = "urn:nextpayer:payer-control-number", "urn:nextpayer:payer-id"
_TRACE = "urn:nextpayer:trace-number"
_UNKNOWN = {"coding": [{"system": ABSENT, "code": "unknown"}]}
_PREDETERMINATION = "25"
_PLACES = ("1", "2", "3")


def payment_out(doc: Document, *, kind: str, created: str) -> Document:
    """The resource of a payment's JSON, which is used up. ``kind`` is its resourceType."""
    if not balances(doc, *doc.get("lines", ())) or not all(balances(line) for line in doc.get("lines", ())):
        raise FhirRefusal("NP-FHIR-SUM", kind, "charge, payment and adjustments do not balance")
    explained = kind == "ExplanationOfBenefit"
    contained = Contained()
    remittance = doc["remittance"]
    person = doc.pop("patient", None)
    patient = contained.add("patient", patient_out(person)) if person else ABSENT_REFERENCE
    insurer = contained.add("insurer", _insurer(remittance))
    payee = _payee(remittance)
    provider = contained.add("provider", payee) if payee else ABSENT_REFERENCE
    use = "predetermination" if doc["status"] == _PREDETERMINATION else "claim"
    resource: Document = {"resourceType": kind, "meta": TAG, "status": "active", "type": _UNKNOWN, "use": use}
    if use == "predetermination":
        del doc["status"]
    if fits(doc.get("control_number")):
        resource["identifier"] = [{"system": _PAYERS, "value": doc.pop("control_number")}]
    resource |= {"patient": patient, "created": remittance.get("payment_date") or created, "insurer": insurer}
    resource["provider" if explained else "requestor"] = provider
    if fits(doc["patient_control_number"]):
        number = {"system": _NUMBER, "value": doc.pop("patient_control_number")}
        resource["claim" if explained else "request"] = {"identifier": number}
    resource["outcome"] = "complete"
    if explained:
        coverage = {
            "resourceType": "Coverage", "status": "active", "beneficiary": patient, "payor": [insurer]
        }  # fmt: skip
        resource["insurance"] = [{"focal": True, "coverage": contained.add("coverage", coverage)}]
        if doc.get("status") in _PLACES:
            resource["precedence"] = int(doc.pop("status"))
        if doc.get("statement_from") and doc.get("statement_to"):
            period = {"start": doc.pop("statement_from"), "end": doc.pop("statement_to")}
            resource["billablePeriod"] = period
    lines = doc.pop("lines", [])
    resource["item"] = [_item(number, line, explained) for number, line in enumerate(lines, 1)]
    if not lines:
        del resource["item"]
    paid = doc["paid_amount"]
    resource["total"] = totals_out(doc, "charge_amount", "paid_amount", "patient_responsibility")
    if adjudications := adjudications_out(doc):
        resource["adjudication"] = adjudications
    _put_payment(resource, remittance, paid)
    resource["contained"] = contained.resources
    put_facts(resource, doc, ClaimPayment)
    return resource


def payment_of(node: Node, claim: Claim | None = None) -> Document:
    """The JSON of a payment, for a ClaimResponse of another system with the claim that it answers."""
    explained = node.value.get("resourceType") == "ExplanationOfBenefit"
    doc = take_facts(node)
    remittance = {"payer_name": "", "payer_ids": [], **_object(doc.get("remittance"))}
    node.fixed("status", "active")
    node.fixed("outcome", "complete")
    node.skip("type", "subType", "created", "disposition", "payeeType", "payee", "careTeam", "diagnosis")
    node.skip("supportingInfo", "procedure", "priority", "facility", "enterer", "related", "referral")
    node.skip("claimResponse", "preAuthRef")
    use = node.text("use")
    if use not in ("claim", "predetermination"):
        raise node.refuse("NP-FHIR-UNHELD", "use", "a claim or a predetermination is taken")
    if use == "predetermination":
        doc["status"] = _PREDETERMINATION
    ours = [one for one in node.children("identifier") if one.text("system") == _PAYERS]
    every = ours or node.children("identifier")
    if len(every) > 1:
        raise node.refuse("NP-FHIR-UNHELD", "identifier", f"of several, give one the system {_PAYERS}")
    if every:
        doc["control_number"] = every[0].text("value", needed=True)
    doc |= _claim_number(node, "claim" if explained else "request", claim)
    patient = node.target("patient", "Patient")
    if patient is not None:
        doc["patient"] = person_of(patient)
    remittance |= _read_insurer(node)
    remittance |= _read_payee(node, "provider" if explained else "requestor")
    if "billablePeriod" in node:
        doc["statement_from"], doc["statement_to"] = read_period(node.child("billablePeriod"))
    seen: Seen = []
    lines = [_line(item, seen, explained, claim) for item in node.children("item")]
    if lines:
        doc["lines"] = lines
    doc |= read_adjudications(node.children("adjudication"), seen)
    doc |= read_totals(node, seen)
    for key, word in (("charge_amount", "submitted"), ("paid_amount", "benefit")):
        if key not in doc:
            raise node.refuse("NP-FHIR-MISSING", "total", f"the total {word}")
    if not balances(doc, *lines):
        raise node.refuse("NP-FHIR-SUM", "total", "charge, payment and adjustments do not balance")
    remittance |= _read_payment(node, doc["paid_amount"])
    doc["remittance"] = remittance
    _read_place(node, doc)
    node.done()
    return doc


def _item(number: int, line: Document, explained: bool) -> Document:
    item: Document = {"sequence" if explained else "itemSequence": number}
    if explained:
        put_service(item, line)
        if put_days(item, "serviced", line.get("date"), line.get("end_date")):
            line.pop("date")
            line.pop("end_date", None)
        put_quantity(item, line)
    item["adjudication"] = adjudications_out(line, "charge_amount", "allowed_amount", "paid_amount")
    put_facts(item, line, LinePayment)
    return item


def _line(item: Node, seen: Seen, explained: bool, claim: Claim | None) -> Document:
    line: Document = take_facts(item)
    number = item.number("sequence" if explained else "itemSequence")
    if explained:
        line |= read_service(item)
        start, end = read_days(item, "serviced")
        line |= {key: day for key, day in (("date", start), ("end_date", end)) if day}
        units = read_quantity(item)
        line |= {"units": units["units"]} if units else {}
        item.skip("diagnosisSequence", "careTeamSequence", "procedureSequence", "informationSequence")
        item.skip("locationCodeableConcept", "category")
    elif claim is not None and not is_ours_line(line):
        line |= _as_billed(item, claim, number)
    line |= read_adjudications(item.children("adjudication"), seen)
    net = item.money("net")
    if net is not None and line.setdefault("charge_amount", net) != net:
        raise item.refuse("NP-FHIR-SUM", "net", "it is not the amount submitted")
    if "charge_amount" not in line or "paid_amount" not in line:
        raise item.refuse("NP-FHIR-MISSING", "adjudication", "the amounts submitted and benefit")
    if not balances(line):
        raise item.refuse("NP-FHIR-SUM", "adjudication", "charge, payment and adjustments do not balance")
    item.done()
    return line


def is_ours_line(line: Document) -> bool:
    """Whether our extension says what the line was."""
    return "procedure" in line or "revenue_code" in line


def _as_billed(item: Node, claim: Claim, number: int | None) -> Document:
    """What the claim says of the line that a ClaimResponse only points at."""
    for line in dump(claim)["lines"]:
        if line["number"] == number:
            kept = ("charge_amount", "procedure", "revenue_code", "control_number")
            return {key: line[key] for key in kept if key in line}
    raise item.refuse("NP-FHIR-REFERENCE", "itemSequence", "the claim has no such line")


def _insurer(remittance: Document) -> Document:
    insurer: Document = {"resourceType": "Organization"}
    if fits(remittance["payer_name"]):
        insurer["name"] = remittance.pop("payer_name")
    ids = remittance.get("payer_ids", [])
    if ids and all(map(fits, ids)):
        del remittance["payer_ids"]
        insurer["identifier"] = [{"system": _PAYER_ID, "value": one} for one in ids]
    return insurer


def _read_insurer(node: Node) -> Document:
    insurer = node.target("insurer", "Organization")
    if insurer is None:
        raise node.refuse("NP-FHIR-MISSING", "insurer", "who decided is not said")
    name = insurer.text("name")
    ids = [one.text("value", needed=True) for one in insurer.children("identifier")]
    return _known(payer_name=name, payer_ids=ids)


def _payee(remittance: Document) -> Document:
    payee: Document = {}
    if fits(remittance.get("payee_name")):
        payee["name"] = remittance.pop("payee_name")
    if fits(remittance.get("payee_id")):
        payee["identifier"] = [{"value": remittance.pop("payee_id")}]
    return {"resourceType": "Organization", **payee} if payee else {}


def _read_payee(node: Node, key: str) -> Document:
    payee = node.target(key, "Organization", "Practitioner")
    if payee is None or payee.value.get("resourceType") == "Practitioner":
        return {}
    name = payee.text("name")
    ids = [one.text("value", needed=True) for one in payee.children("identifier")]
    return _known(payee_name=name, payee_id=ids[0] if len(ids) == 1 else "")


def _object(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _known(**facts: object) -> Document:
    return {key: value for key, value in facts.items() if value}


def _put_payment(resource: Document, remittance: Document, paid: str) -> None:
    """``payment``: what this claim's part of the cheque is, on which day, under which number."""
    payment: Document = {}
    if remittance.get("payment_date"):
        payment["date"] = remittance.pop("payment_date")
    payment["amount"] = amount_out(paid)
    if fits(remittance.get("trace_number")):
        payment["identifier"] = {"system": _TRACE, "value": remittance.pop("trace_number")}
    if resource["resourceType"] == "ClaimResponse":
        payment["type"] = _UNKNOWN
    resource["payment"] = payment


def _read_payment(node: Node, paid: str) -> Document:
    if "payment" not in node:
        return {}
    payment = node.child("payment")
    found: Document = {}
    if (day := payment.date("date")) is not None:
        found["payment_date"] = day
    if "identifier" in payment:
        identifier = payment.child("identifier")
        identifier.skip("system", "type", "use")
        found["trace_number"] = identifier.text("value", needed=True)
        identifier.done()
    if payment.money("amount") not in (None, paid):
        raise payment.refuse("NP-FHIR-SUM", "amount", "it is not the total benefit")
    payment.skip("type")
    payment.done()
    return found


def _claim_number(node: Node, key: str, claim: Claim | None) -> Document:
    """The patient control number of the claim answered."""
    if key in node:
        reference = node.child(key)
        reference.skip("reference", "type")
        if "identifier" in reference:
            identifier = reference.child("identifier")
            identifier.skip("system", "type", "use")
            return {"patient_control_number": identifier.text("value", needed=True)}
    if claim is not None:
        return {"patient_control_number": claim.patient_control_number}
    if is_ours(node):
        return {}
    raise node.refuse(
        "NP-FHIR-MISSING", key, "the number of the claim answered, as the reference's identifier"
    )


def _read_place(node: Node, doc: Document) -> None:
    """CLP02: the payer's place by ``precedence``, or by the only insurance's sequence."""
    entries = node.children("insurance")
    focal = [one for one in entries if one.value.get("focal") is True]
    place = node.number("precedence")
    if place is None and len(focal) == 1 and "status" not in doc:
        place = focal[0].number("sequence")
    if "status" in doc and (place is None or doc["status"] == _PREDETERMINATION):
        return
    if place is None or str(place) not in _PLACES or "status" in doc:
        raise node.refuse("NP-FHIR-MISSING", "precedence", "did the payer pay first, second or third?")
    doc["status"] = str(place)

"""Coverage <-> Policy. Who is covered (``beneficiary``) is the claim's patient, which a policy does not name.

FHIR's ``order`` is the payer's place (SBR01: 1 primary ... 11), ``relationship`` that of the patient to the
holder, ``class`` the group and plan. Element 1069 has more words than HL7: ours stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nextpayer.policy import SEQUENCES, Policy

from .codes import RELATIONSHIP_SYSTEM, RELATIONSHIPS, element
from .facts import TAG, Document, fits, is_ours, put_facts, take_facts
from .node import Node
from .parties import Contained, payer_of, payer_out, person_of, person_out

__all__ = ["coverage_out", "policy_of"]

_CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class"
_CLASSES = {"group": "group_number", "plan": "plan_name"}
_FILING, _RELATION = element("1032"), element("1069")


def coverage_out(doc: Document, beneficiary: Mapping[str, Any], contained: Contained, name: str) -> Document:
    """The Coverage of a policy's JSON; its payer and holder go to ``contained`` as ``name``'s own."""
    coverage: Document = {"resourceType": "Coverage", "meta": TAG, "status": "active"}
    if fits(doc.get("filing_indicator"), code=True):
        coverage["type"] = {"coding": [{"system": _FILING, "code": doc.pop("filing_indicator")}]}
    holder = contained.add(f"{name}-holder", person_out(doc.pop("holder")))
    organization = contained.resources[-1]["resourceType"] == "Organization"
    coverage["policyHolder" if organization else "subscriber"] = holder
    if fits(doc.get("member_id")):
        coverage["subscriberId"] = doc.pop("member_id")
    coverage["beneficiary"] = dict(beneficiary)
    relationship = doc.get("patient_relationship")
    if fits(relationship, code=True):
        del doc["patient_relationship"]
        codings = [{"system": _RELATION, "code": relationship}]
        if relationship in RELATIONSHIPS:
            codings.append({"system": RELATIONSHIP_SYSTEM, "code": RELATIONSHIPS[relationship]})
        coverage["relationship"] = {"coding": codings}
    period = {
        word: doc.pop(key) for word, key in (("start", "effective"), ("end", "terminates")) if doc.get(key)
    }
    if period:
        coverage["period"] = period
    coverage["payor"] = [contained.add(f"{name}-payer", payer_out(doc.pop("payer")))]
    classes = [
        {"type": {"coding": [{"system": _CLASS, "code": code}]}, "value": doc.pop(key)}
        for code, key in _CLASSES.items()
        if fits(doc.get(key))
    ]
    if classes:
        coverage["class"] = classes
    if doc.get("sequence") in set(SEQUENCES):
        coverage["order"] = SEQUENCES.index(doc.pop("sequence")) + 1
    put_facts(coverage, doc, Policy)
    return coverage


def policy_of(node: Node) -> Document:
    """The JSON of a Policy. Raises FhirRefusal."""
    doc = take_facts(node)
    node.fixed("status", "active")
    node.skip("identifier", "dependent", "network")
    filing = [code for system, code in node.codings("type") if system == _FILING]
    if filing:
        doc["filing_indicator"] = filing[0]
    if node.value.get("subscriberId"):
        doc["member_id"] = node.text("subscriberId")
    if "relationship" in node:
        doc["patient_relationship"] = _relationship(node)
    beneficiary = node.target("beneficiary", "Patient")
    doc["holder"] = _holder(node, beneficiary, doc.get("patient_relationship"))
    if "period" in node:
        period = node.child("period")
        doc |= {
            key: day
            for word, key in (("start", "effective"), ("end", "terminates"))
            if (day := period.date(word))
        }
        period.done()
    doc["payer"] = _payer(node)
    for one in node.children("class"):
        code = next((code for system, code in one.codings("type") if system == _CLASS), "")
        if code not in _CLASSES or _CLASSES[code] in doc:
            raise one.refuse("NP-FHIR-UNHELD", "type", "a policy has one group and one plan")
        doc[_CLASSES[code]] = one.text("value", needed=True)
        one.skip("name")
        one.done()
    order = node.number("order")
    if order is not None:
        if order > len(SEQUENCES):
            raise node.refuse("NP-FHIR-CODE", "order", f"a claim has at most {len(SEQUENCES)} payers")
        doc["sequence"] = SEQUENCES[order - 1]
    node.done()
    return doc


def _relationship(node: Node) -> str:
    codings = node.codings("relationship")
    back = {word: code for code, word in RELATIONSHIPS.items()}
    ours = {code for system, code in codings if system == _RELATION}
    theirs = {back.get(code, "") for system, code in codings if system == RELATIONSHIP_SYSTEM}
    if len(ours) == 1 and theirs <= ours:
        return ours.pop()
    if not ours and len(theirs) == 1 and theirs != {""}:
        return theirs.pop()
    raise node.refuse("NP-FHIR-CODE", "relationship", "self, spouse, child and other have an equivalent")


def _holder(node: Node, beneficiary: Node | None, relationship: str | None) -> Document:
    subscriber = node.target("subscriber", "Patient", "RelatedPerson")
    organization = node.target("policyHolder", "Organization", "Patient", "RelatedPerson")
    if subscriber is not None:
        return person_of(subscriber)
    if organization is not None:
        return person_of(organization)
    if relationship == "18" and beneficiary is not None and not is_ours(node):
        return person_of(beneficiary)
    raise node.refuse("NP-FHIR-MISSING", "subscriber", "who holds the policy is not said")


def _payer(node: Node) -> Document:
    payors = node.children("payor")
    if len(payors) != 1:
        raise node.refuse("NP-FHIR-UNHELD", "payor", "a policy has one payer")
    where = payors[0].text("reference", needed=True)
    found = node.resources.get(where)
    if found is None or found.get("resourceType") != "Organization":
        raise payors[0].refuse("NP-FHIR-REFERENCE", "reference", "it leads to no Organization at hand")
    return payer_of(Node(found, f"{node.path}.payor[0](Organization)", node.resources))

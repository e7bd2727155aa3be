"""People and organizations: a Person is a Patient or an Organization, a Payer an Organization, a Provider a
Practitioner or an Organization. Each is contained in the resource that names it.

Of a party that another system wrote, only what a claim asks for is read: what else is known of a patient is
no fact of the claim. Of several names or addresses the one of use ``official`` or ``home`` is taken, of
several identifiers the one that a claim can name; where that is not one, the resource is refused.
"""

from __future__ import annotations

from typing import Any

from nextpayer.claim import Provider
from nextpayer.policy import Payer, Person

from .codes import NPI, SEX, TAX_ID, TAXONOMY, element
from .facts import TAG, Document, fits, put_facts, take_facts
from .node import Node

__all__ = [
    "ABSENT_REFERENCE",
    "Contained",
    "patient_out",
    "payer_of",
    "payer_out",
    "person_of",
    "person_out",
    "provider_of",
    "provider_out",
]

_ID = element("66:")
_KIND = "urn:nextpayer:payer-kind"
_HOME = ("", "US", "USA")
#: What FHIR requires and we do not know.
ABSENT_REFERENCE = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
}


class Contained:
    """The resources that one resource contains, each with its id."""

    def __init__(self) -> None:
        self.resources: list[Document] = []

    def add(self, name: str, resource: Document) -> dict[str, str]:
        """Contain it; the reference to it."""
        self.resources.append({"resourceType": resource["resourceType"], "id": name, **resource})
        return {"reference": f"#{name}"}


def patient_out(doc: Document) -> Document:
    """A patient as Patient, whatever NM102 says of it."""
    return person_out(doc, may_be_organization=False)


def person_out(doc: Document, *, may_be_organization: bool = True) -> Document:
    """A person as Patient, an organization as Organization."""
    organization = may_be_organization and doc["entity"] == "2"
    if organization:
        del doc["entity"]
    resource: Document = {"resourceType": "Organization" if organization else "Patient", "meta": TAG}
    _put_identifier(resource, doc, "66")
    if organization:
        if fits(doc.get("last")):
            resource["name"] = doc.pop("last")
    else:
        _put_name(resource, doc)
        if doc.get("sex") in SEX:
            resource["gender"] = SEX[doc.pop("sex")]
        if doc.get("birth_date"):
            resource["birthDate"] = doc.pop("birth_date")
    _put_address(resource, doc)
    put_facts(resource, doc, Person)
    return resource


def person_of(node: Node) -> Document:
    """The JSON of a Person."""
    doc = take_facts(node)
    if node.value.get("resourceType") == "Organization":
        doc["entity"] = "2"
        doc |= _known(last=node.text("name"))
    else:
        doc |= _name(node)
        doc |= _known(birth_date=node.date("birthDate"))
        gender = node.text("gender")
        if gender:
            back = {word: code for code, word in SEX.items()}
            if gender not in back:
                raise node.refuse("NP-FHIR-CODE", "gender", "the claim knows male, female and unknown")
            doc["sex"] = back[gender]
    doc |= _address(node)
    for one in node.children("identifier"):
        system = one.text("system")
        if system.startswith(_ID):
            doc |= {"id_qualifier": system.removeprefix(_ID), "id": one.text("value", needed=True)}
    return doc


def payer_out(doc: Document) -> Document:
    """A payer as Organization."""
    resource: Document = {"resourceType": "Organization", "meta": TAG}
    if fits(doc["id"]) and fits(doc["id_qualifier"], code=True):
        system = element(f"66:{doc.pop('id_qualifier')}")
        resource["identifier"] = [{"system": system, "value": doc.pop("id")}]
    if fits(doc.get("kind"), code=True):
        resource["type"] = [{"coding": [{"system": _KIND, "code": doc.pop("kind")}]}]
    if fits(doc["name"]):
        resource["name"] = doc.pop("name")
    _put_address(resource, doc)
    put_facts(resource, doc, Payer)
    return resource


def payer_of(node: Node) -> Document:
    """The JSON of a Payer: its own identifier is one of ours, or the only one there is."""
    doc = {"id": "", "name": node.text("name"), **take_facts(node), **_address(node)}
    found = [(one.text("system"), one.text("value", needed=True)) for one in node.children("identifier")]
    ours = [(system.removeprefix(_ID), value) for system, value in found if system.startswith(_ID)]
    if len(ours) == 1:
        doc["id_qualifier"], doc["id"] = ours[0]
    elif len(found) == 1 and not ours:
        doc["id"] = found[0][1]
    elif found:
        reason = f"of several, which is the payer id? Give one the system {element('66:PI')}"
        raise node.refuse("NP-FHIR-CODE", "identifier", reason)
    kinds = [code for codings in node.concepts("type") for system, code in codings if system == _KIND]
    return {**doc, "kind": kinds[0]} if kinds else doc


def provider_out(doc: Document) -> Document:
    """A provider as Practitioner or Organization. ``role`` stays with who names it."""
    organization = doc.get("entity") == "2"
    person = doc.get("entity") == "1"
    resource: Document = {"resourceType": "Practitioner" if person else "Organization", "meta": TAG}
    if person or organization:
        del doc["entity"]
    identifiers = []
    if doc.get("id_qualifier") == "XX" and fits(doc.get("id")):
        identifiers.append({"system": NPI, "value": doc.pop("id")})
        del doc["id_qualifier"]
    references = doc.get("references", [])
    if all(set(one) == {"qualifier", "value"} and fits(one["value"]) for one in references) and all(
        fits(one["qualifier"], code=True) for one in references
    ):
        doc.pop("references", None)
        identifiers += [
            {
                "system": TAX_ID if one["qualifier"] == "EI" else element(f"128:{one['qualifier']}"),
                "value": one["value"],
            }
            for one in references
        ]
    if identifiers:
        resource["identifier"] = identifiers
    if fits(doc.get("taxonomy"), code=True):
        concept = {"coding": [{"system": TAXONOMY, "code": doc.pop("taxonomy")}]}
        resource |= {"qualification": [{"code": concept}]} if person else {"type": [concept]}
    if person:
        _put_name(resource, doc)
    elif fits(doc.get("last")):
        resource["name"] = doc.pop("last")
    _put_address(resource, doc)
    put_facts(resource, doc, Provider)
    return resource


def provider_of(node: Node, role: str) -> Document:
    """The JSON of a Provider."""
    person = node.value.get("resourceType") == "Practitioner"
    doc: Document = {"role": role, "entity": "1" if person else "2", **take_facts(node)}
    doc |= _name(node) if person else _known(last=node.text("name"))
    doc |= _address(node)
    references = []
    for one in node.children("identifier"):
        system, value = one.text("system"), one.text("value", needed=True)
        if system == NPI:
            doc |= {"id_qualifier": "XX", "id": value}
        elif system == TAX_ID:
            references.append({"qualifier": "EI", "value": value})
        elif system.startswith(element("128:")):
            references.append({"qualifier": system.removeprefix(element("128:")), "value": value})
    if references:
        doc["references"] = references
    told = (
        [one.codings("code") for one in node.children("qualification")] if person else node.concepts("type")
    )
    taxonomies = [code for codings in told for system, code in codings if system == TAXONOMY]
    if len(taxonomies) == 1:
        doc["taxonomy"] = taxonomies[0]
    return doc


def _put_identifier(resource: Document, doc: Document, number: str) -> None:
    if fits(doc.get("id")) and fits(doc.get("id_qualifier"), code=True):
        system = element(f"{number}:{doc.pop('id_qualifier')}")
        resource["identifier"] = [{"system": system, "value": doc.pop("id")}]


def _put_name(resource: Document, doc: Document) -> None:
    """The name; a middle name can only follow a first one."""
    name: dict[str, Any] = {}
    if fits(doc.get("last")):
        name["family"] = doc.pop("last")
    if fits(doc.get("first")):
        name["given"] = [doc.pop("first")]
        if fits(doc.get("middle")):
            name["given"].append(doc.pop("middle"))
    for key in ("prefix", "suffix"):
        if fits(doc.get(key)):
            name[key] = [doc.pop(key)]
    if name:
        resource["name"] = [name]


def _name(node: Node) -> Document:
    names = node.children("name")
    official = [one for one in names if one.text("use") == "official"]
    chosen = official if len(names) > 1 else names
    if not names:
        return {}
    if len(chosen) != 1:
        raise node.refuse("NP-FHIR-UNHELD", "name", "of several, which is the one? Give it the use official")
    (name,) = chosen
    given = name.texts("given")
    family = name.text("family")
    return _known(
        last=family,
        first=given[0] if given else "",
        middle=" ".join(given[1:]),
        prefix=" ".join(name.texts("prefix")),
        suffix=" ".join(name.texts("suffix")),
    )


def _put_address(resource: Document, doc: Document) -> None:
    """The address. Of ours in the United States the 837 names no country (N404)."""
    known = doc.get("address")
    if not known:
        return
    address: Document = {}
    if known.get("lines") and all(fits(line) for line in known["lines"]):
        address["line"] = known.pop("lines")
    for key, name in (("city", "city"), ("state", "state"), ("postal_code", "postalCode")):
        if fits(known.get(key)):
            address[name] = known.pop(key)
    if fits(known.get("country")) and known["country"] not in _HOME:
        address["country"] = known.pop("country")
    if not known:
        del doc["address"]
    if address:
        resource["address"] = [address]


def _address(node: Node) -> Document:
    """The address, merged with what our extension has of it."""
    rest = take_facts(node).get("address")
    found = node.children("address")
    chosen = [one for one in found if one.text("use") in ("home", "billing")] if len(found) > 1 else found
    if found and len(chosen) != 1:
        raise node.refuse("NP-FHIR-UNHELD", "address", "of several, which is the one? Give it the use home")
    told: Document = dict(rest) if isinstance(rest, dict) else {}
    for one in chosen:
        country = one.text("country")
        told |= _known(
            lines=one.texts("line"),
            city=one.text("city"),
            state=one.text("state"),
            postal_code=one.text("postalCode"),
            country="" if country in _HOME else country,
        )
    return {"address": told} if told or (rest is not None) else {}


def _known(**facts: Any) -> Document:
    return {key: value for key, value in facts.items() if value not in ("", None, [])}

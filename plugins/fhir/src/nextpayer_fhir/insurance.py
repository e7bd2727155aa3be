"""``insurance[]``: every payer of a claim. The payer billed is the focal one; another payer's decision is the
ClaimResponse of its entry (``prior``)."""

from __future__ import annotations

from nextpayer.claim import OtherPayer
from nextpayer.policy import SEQUENCES

from .coverages import coverage_out, policy_of
from .facts import Document, is_ours, put_facts, take_facts
from .node import Node
from .parties import Contained
from .prior import read_response, response_out

__all__ = ["insurance_out", "read_insurance"]


def insurance_out(doc: Document, claim: Document, contained: Contained, created: str) -> list[Document]:
    """The entries, the payer billed first; the policies are taken from the claim's JSON."""
    found = []
    others = doc.pop("other_payers", [])
    parts: list[Document] = [{"policy": doc.pop("policy")}, *others]
    for number, other in enumerate(parts, 1):
        name = f"coverage-{number}"
        coverage = coverage_out(other.pop("policy"), claim["patient"], contained, name)
        payer = coverage["payor"][0]
        entry: Document = {"sequence": number, "focal": number == 1}
        entry["coverage"] = contained.add(name, coverage)
        adjudication = other.pop("adjudication", None)
        if adjudication is not None:
            response = response_out(adjudication, claim, payer, created)
            entry["claimResponse"] = contained.add(f"response-{number}", response)
        put_facts(entry, other, OtherPayer)
        found.append(entry)
    return found


def read_insurance(node: Node, doc: Document) -> None:
    """The policies and earlier decisions into the claim's JSON, which has its lines. Raises FhirRefusal."""
    others, places, focal = [], [], 0
    charges = {line["number"]: line["charge_amount"] for line in doc["lines"]}
    for entry in node.children("insurance"):
        is_focal = entry.value.get("focal") is True
        entry.skip("focal", "businessArrangement")
        number = entry.number("sequence")
        coverage = entry.target("coverage", "Coverage")
        if coverage is None or number is None:
            raise entry.refuse("NP-FHIR-MISSING", "coverage", "a payer needs its Coverage and a sequence")
        policy = policy_of(coverage)
        if "sequence" not in policy and not is_ours(coverage):
            places.append((number, policy))
        other = {**take_facts(entry), "policy": policy}
        response = entry.target("claimResponse", "ClaimResponse")
        if response is not None:
            other["adjudication"] = read_response(response, charges)
        approvals = [{"qualifier": "G1", "value": one} for one in entry.texts("preAuthRef")]
        if approvals:
            whose = doc if is_focal else other
            whose["references"] = [*whose.get("references", ()), *approvals]
        if is_focal:
            focal += 1
            if set(other) != {"policy"}:
                raise entry.refuse("NP-FHIR-UNHELD", "", "the payer billed has decided nothing yet")
            doc["policy"] = policy
        else:
            others.append(other)
        entry.done()
    if focal != 1:
        raise node.refuse("NP-FHIR-MISSING", "insurance", "one, and only one, is focal")
    _place_in_order(places)
    if others:
        doc["other_payers"] = others


def _place_in_order(places: list[tuple[int, Document]]) -> None:
    """A Coverage without its order takes that of ``insurance.sequence``, which conveys it (FHIR R4)."""
    for number, policy in places:
        if number <= len(SEQUENCES):
            policy["sequence"] = SEQUENCES[number - 1]

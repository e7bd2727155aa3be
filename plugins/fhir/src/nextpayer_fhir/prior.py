"""An earlier payer's decision on a claim (loops 2320 and 2430): a ClaimResponse within the Claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from nextpayer.money import ZERO, cents, dollars, total
from nextpayer.remittance import Adjudication, LineAdjudication

from .decided import Seen, adjudications_out, read_adjudications, read_totals, totals_out
from .facts import TAG, Document, is_ours, put_facts, take_facts
from .node import Node

__all__ = ["read_response", "response_out"]


def response_out(doc: Document, claim: Document, payer: Document, created: str) -> Document:
    """The ClaimResponse of an adjudication's JSON, to the claim that carries it."""
    response: Document = {
        "resourceType": "ClaimResponse",
        "meta": TAG,
        "status": "active",
        "type": claim["type"],
        "use": "claim",
        "patient": claim["patient"],
        "created": doc.get("date") or created,
        "insurer": payer,
        "outcome": "complete",
    }
    items = [_item(line) for line in doc.pop("lines", ())]
    totals = totals_out(doc, "paid_amount")
    adjudications = adjudications_out(doc, "non_covered_amount", "remaining_liability")
    for key, entries in (("item", items), ("adjudication", adjudications), ("total", totals)):
        if entries:
            response[key] = entries
    put_facts(response, doc, Adjudication)
    return response


def read_response(node: Node, charges: Mapping[int, str]) -> Document:
    """The JSON of an Adjudication; ``charges`` are those of the claim's lines. Raises FhirRefusal."""
    doc = take_facts(node)
    node.fixed("status", "active")
    node.fixed("use", "claim")
    node.fixed("outcome", "complete")
    node.skip("type", "subType", "patient", "insurer", "requestor", "request", "identifier", "disposition")
    node.skip("insurance", "payeeType")
    created = node.date("created")
    if created and not is_ours(node):
        doc["date"] = created
    seen: Seen = []
    lines = [_line(item, seen, charges) for item in node.children("item")]
    if lines:
        doc["lines"] = lines
    doc |= read_adjudications(node.children("adjudication"), seen)
    doc |= read_totals(node, seen)
    doc.setdefault("paid_amount", None)
    _drop_repeated(node, "total", doc, lines, dollars(total(map(cents, charges.values()))))
    if "remark_codes" in doc:
        raise node.refuse("NP-FHIR-UNHELD", "adjudication", "remark codes of an earlier payer: see MOA, MIA")
    node.done()
    return doc


def _item(line: Document) -> Document:
    item: Document = {"itemSequence": line.pop("line")}
    item["adjudication"] = adjudications_out(line, "paid_amount", "remaining_liability")
    put_facts(item, line, LineAdjudication)
    return item


def _line(item: Node, seen: Seen, charges: Mapping[int, str]) -> Document:
    line: Document = {"line": item.number("itemSequence"), **take_facts(item)}
    line |= read_adjudications(item.children("adjudication"), seen)
    if "paid_amount" not in line:
        raise item.refuse("NP-FHIR-MISSING", "adjudication", "what was paid for the line (benefit)")
    _drop_repeated(item, "adjudication", line, (), charges.get(line["line"], ""))
    if set(line) & {"non_covered_amount", "remark_codes"}:
        raise item.refuse("NP-FHIR-UNHELD", "adjudication", "the 837 carries no such thing of a line")
    item.done()
    return line


def _drop_repeated(node: Node, key: str, doc: Document, lines: Iterable[Document], charge: str) -> None:
    """Amounts for which the 837 has no place, because they are sums of others: held against these."""
    left_to_patient = sum(
        (
            Decimal(one["amount"])
            for part in (doc, *lines)
            for one in part.get("adjustments", ())
            if one["group"] == "PR"
        ),
        ZERO,
    )
    paid = Decimal(doc["paid_amount"] or 0)
    sums = {"charge_amount": charge, "allowed_amount": dollars(paid + left_to_patient)}
    sums["patient_responsibility"] = dollars(left_to_patient)
    for name, expected in sums.items():
        if doc.pop(name, expected) != expected:
            raise node.refuse("NP-FHIR-SUM", key, f"the {name.replace('_', ' ')} is not what the others say")

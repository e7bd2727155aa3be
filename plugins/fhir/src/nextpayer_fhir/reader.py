"""The reader of FHIR JSON: a Bundle of Claims is read as an 837 is, one of answers as an 835.

A resource that is refused is set aside alone, with its place in the Bundle; resources that other resources
refer to are no items. Claims and answers do not mix in one file: bill takes them from two.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from nextpayer.claim import Claim
from nextpayer.cli._limits import read_whole
from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars, total
from nextpayer.payments import Payments
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals

from .bundle import entries
from .mapping import ANSWERS, claim_from_fhir, payment_from_fhir
from .refusal import FhirRefusal
from .text import loads

__all__ = ["FhirReader"]

_SIGN = re.compile(rb'"resourceType"\s*:\s*"')
_START = 65536


class FhirReader:
    """Reads FHIR R4 JSON: one resource or a Bundle of them."""

    api_version: ClassVar[int] = 1

    def sniff(self, path: Path) -> str:
        """``837 FHIR`` or ``835 FHIR``, '' for anything else. Raises FhirRefusal for FHIR that is broken."""
        with path.open("rb") as stream:
            start = stream.read(_START).removeprefix(codecs.BOM_UTF8).lstrip()
        if not start.startswith(b"{") or not _SIGN.search(start):
            return ""
        kinds = {resource["resourceType"] for _, resource in _entries(path)}
        claims, answers = "Claim" in kinds, bool(kinds & set(ANSWERS))
        if claims and answers:
            raise FhirRefusal(
                "NP-FHIR-SHAPE", "Bundle", "claims and answers: put them into two files", path.name
            )
        if not claims and not answers:
            raise FhirRefusal("NP-FHIR-SHAPE", "", "it holds no claim and no answer", path.name)
        return "837 FHIR" if claims else "835 FHIR"

    def claims(self, path: Path) -> Iterator[Claim | Quarantined]:
        """The claims; ``segment`` is the number of the entry. Raises FhirRefusal."""
        document = _document(path)
        for number, (where, resource) in enumerate(_entries(path, document), 1):
            if resource["resourceType"] != "Claim":
                continue
            try:
                claim = claim_from_fhir(resource, bundle=document)
            except FhirRefusal as refusal:
                yield _aside(path, number, where, refusal, resource)
            else:
                yield replace(claim, segment=number)

    def remittances(self, path: Path) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
        """The payments, those of one cheque together, and then what they add up to. Raises FhirRefusal."""
        document = _document(path)
        cheques: dict[Remittance, list[ClaimPayment]] = {}
        for number, (where, resource) in enumerate(_entries(path, document), 1):
            if resource["resourceType"] not in ANSWERS:
                continue
            try:
                payment = payment_from_fhir(resource, bundle=document)
            except FhirRefusal as refusal:
                yield _aside(path, number, where, refusal, resource)
                continue
            header = replace(payment.remittance, file=path.name, number=1, segment=0)
            cheques.setdefault(header, []).append(replace(payment, segment=number))
        for number, (header, payments) in enumerate(cheques.items(), 1):
            remittance = replace(header, number=number, segment=payments[0].segment)
            yield from (replace(payment, remittance=remittance) for payment in payments)
            yield _totals(remittance, payments)

    def index(self, paths: Iterable[Path]) -> Payments:
        """Random access to the payments. Raises FhirRefusal."""
        return Payments(item for path in paths for item in self.remittances(path))


def _document(path: Path) -> object:
    try:
        text = read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1}"
        raise FhirRefusal("NP-FHIR-SHAPE", where, "it is not UTF-8 text", path.name) from None
    return loads(text, file=path.name)


def _entries(path: Path, document: object = None) -> list[tuple[str, Any]]:
    try:
        return list(entries(document if document is not None else _document(path)))
    except FhirRefusal as refusal:
        raise FhirRefusal(refusal.code, refusal.where, refusal.reason, path.name) from None


def _aside(path: Path, number: int, where: str, refusal: FhirRefusal, resource: Any) -> Quarantined:
    """The resource as one item set aside, with its claim's number where that can be read: a claim of which an
    answer could not be read is held."""
    claim = resource["resourceType"] == "Claim"
    named = resource.get("identifier") if claim else resource.get("claim", resource.get("request"))
    if claim:
        identifier = named[0] if isinstance(named, list) and len(named) == 1 else None
    else:
        identifier = named.get("identifier") if isinstance(named, dict) else None
    value = identifier.get("value") if isinstance(identifier, dict) else None
    return Quarantined(
        file=path.name,
        segment=number,
        reason=f"{where}: {refusal}",
        kind="claim" if claim else "payment",
        claim_id=value if isinstance(value, str) else "",
    )


def _totals(remittance: Remittance, payments: list[ClaimPayment]) -> RemittanceTotals:
    paid = total(payment.paid_amount for payment in payments)
    finding = Finding(
        id="NP-FHIR-CHEQUE",
        severity=Severity.INFO,
        where=f"entry {remittance.segment}",
        message=f"these answers add up to {dollars(paid)}; FHIR answers bring no provider adjustments, so"
        " they were not held against the cheque",
        source="FHIR R4: ExplanationOfBenefit, ClaimResponse",
    )
    return RemittanceTotals(
        remittance=remittance, claims=len(payments), paid_amount=paid, findings=(finding,)
    )

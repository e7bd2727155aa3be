"""``adjudication[]``: what a payer decided, amount by amount, as CARIN's categories name it.

=================================  ======================================================================
our amount                         category
=================================  ======================================================================
charge                             HL7 ``submitted``
allowed (AMT*B6)                   HL7 ``eligible``
paid                               HL7 ``benefit``
patient responsibility (CLP05)     CARIN ``memberliability``
non covered (AMT*A8)               CARIN ``noncovered``
an adjustment                      CARIN ``adjustmentreason``; beside it ``deductible``, ``copay`` and
                                   ``coinsurance`` for PR 1, 3 and 2; the reason is the CARC, the group an
                                   extension, the quantity ``value``
remaining liability (AMT*EAF)      ours, ``remaining-liability``
a remark code (RARC)               ours, ``remark``, without an amount
=================================  ======================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from nextpayer.money import ZERO

from .codes import ADJUDICATION, CARC, CARIN, DISCRIMINATOR, GROUP, GROUPS, OURS, RARC
from .facts import Document, fits
from .node import Node

__all__ = [
    "Seen",
    "adjudications_out",
    "amount_out",
    "balances",
    "read_adjudications",
    "read_totals",
    "totals_out",
]

_AMOUNTS = {
    "charge_amount": (ADJUDICATION, "submitted"),
    "allowed_amount": (ADJUDICATION, "eligible"),
    "paid_amount": (ADJUDICATION, "benefit"),
    "patient_responsibility": (CARIN, "memberliability"),
    "non_covered_amount": (CARIN, "noncovered"),
    "remaining_liability": (OURS, "remaining-liability"),
}
_BACK = {coding: key for key, coding in _AMOUNTS.items()}
_PATIENT = {
    ("PR", "1"): (ADJUDICATION, "deductible"),
    ("PR", "2"): (CARIN, "coinsurance"),
    ("PR", "3"): (ADJUDICATION, "copay"),
}
_ADJUSTMENT = (DISCRIMINATOR, "adjustmentreason")
_REMARK = (OURS, "remark")
#: Each amount that was read, with its category: what totals are held against.
Seen = list[tuple[set[tuple[str, str]], Decimal]]
#: Discriminators of CARIN that say nothing of an amount.
_NETWORK = frozenset(
    (DISCRIMINATOR, code) for code in ("inoutnetwork", "benefitpaymentstatus", "billingnetworkstatus")
)


def amount_out(text: str) -> Document:
    """A Money."""
    return {"value": Decimal(text), "currency": "USD"}


def totals_out(doc: Document, *keys: str) -> list[Document]:
    """``total[]``: the amounts of a claim as a whole, taken from the noun's JSON."""
    return [
        {"category": _concept(_AMOUNTS[key]), "amount": amount_out(doc.pop(key))}
        for key in keys
        if doc.get(key) is not None
    ]


def adjudications_out(doc: Document, *keys: str) -> list[Document]:
    """The named amounts, the adjustments and the remark codes, taken from the noun's JSON."""
    found = totals_out(doc, *keys)
    adjustments = doc.get("adjustments", ())
    if all(fits(one["reason"], code=True) for one in adjustments):
        found += [_adjustment(one) for one in doc.pop("adjustments", ())]
    remarks = doc.get("remark_codes", ())
    if all(fits(code, code=True) for code in remarks):
        found += [
            {"category": _concept(_REMARK), "reason": _concept((RARC, code))}
            for code in doc.pop("remark_codes", ())
        ]
    return found


def read_adjudications(entries: Iterable[Node], seen: Seen) -> Document:
    """The amounts, adjustments and remark codes of ``adjudication[]``. Raises FhirRefusal."""
    found: Document = {}
    adjustments: list[Document] = []
    remarks: list[str] = []
    for entry in entries:
        category = set(entry.codings("category"))
        keys = {_BACK[one] for one in category if one in _BACK}
        if _REMARK in category:
            remarks.append(_code(entry, "reason", RARC, "a remark code (RARC)"))
        elif "amount" not in entry:
            entry.skip("reason")
            if not category & _NETWORK:
                raise entry.refuse("NP-FHIR-UNHELD", "category", "an entry without an amount")
        elif len(keys) == 1:
            key = keys.pop()
            if key in found:
                raise entry.refuse("NP-FHIR-TWICE", "category", "the amount is given twice")
            found[key] = entry.money("amount")
            seen.append((category, Decimal(found[key])))
        else:
            adjustments.append(_read_adjustment(entry))
            seen.append((category, Decimal(adjustments[-1]["amount"])))
        entry.done()
    if adjustments:
        found["adjustments"] = adjustments
    if remarks:
        found["remark_codes"] = remarks
    return found


def read_totals(node: Node, seen: Seen) -> Document:
    """``total[]``: our amounts are read; any other must be the sum of what was seen of its category."""
    found: Document = {}
    for total in node.children("total"):
        category = set(total.codings("category"))
        keys = {_BACK[one] for one in category if one in _BACK}
        amount = total.money("amount")
        if amount is None:
            raise total.refuse("NP-FHIR-MISSING", "amount", "it is needed")
        if len(keys) == 1 and (name := keys.pop()) not in found:
            found[name] = amount
        elif Decimal(amount) != sum((one for other, one in seen if other & category), ZERO):
            raise total.refuse("NP-FHIR-SUM", "amount", "it is not the sum of its category over the lines")
        total.done()
    return found


def balances(doc: Document, *more: Document) -> bool:
    """Whether charge = paid + adjustments, of a line or of a claim with its lines (X12 835, 1.10.2)."""
    adjusted = sum(
        (Decimal(one["amount"]) for part in (doc, *more) for one in part.get("adjustments", ())), ZERO
    )
    return Decimal(doc["charge_amount"]) == Decimal(doc["paid_amount"]) + adjusted


def _adjustment(one: Document) -> Document:
    codings = [_ADJUSTMENT]
    if (beside := _PATIENT.get((one["group"], one["reason"]))) is not None:
        codings.append(beside)
    entry: Document = {
        "extension": [{"url": GROUP, "valueCoding": {"system": GROUPS, "code": one["group"]}}],
        "category": {"coding": [{"system": system, "code": code} for system, code in codings]},
        "reason": _concept((CARC, one["reason"])),
        "amount": amount_out(one["amount"]),
    }
    if one.get("quantity") is not None:
        entry["value"] = Decimal(one["quantity"])
    return entry


def _read_adjustment(entry: Node) -> Document:
    extensions = entry.value.get("extension")
    groups = [
        one["valueCoding"].get("code")
        for one in (extensions if isinstance(extensions, list) else ())
        if isinstance(one, dict) and one.get("url") == GROUP and isinstance(one.get("valueCoding"), dict)
    ]
    reason = _code(entry, "reason", CARC, "an adjustment's reason (CARC)")
    if len(groups) != 1:
        raise entry.refuse(
            "NP-FHIR-MISSING", "extension", f"an adjustment without its group code ({GROUP}) is not taken"
        )
    read = {"group": groups[0], "reason": reason, "amount": entry.money("amount")}
    if quantity := entry.decimal("value"):
        read["quantity"] = quantity
    return read


def _code(entry: Node, key: str, system: str, what: str) -> str:
    found = {code for one, code in entry.codings(key) if one == system}
    if len(found) != 1:
        raise entry.refuse("NP-FHIR-MISSING", key, f"{what} by {system}")
    return found.pop()


def _concept(coding: tuple[str, str]) -> Document:
    return {"coding": [{"system": coding[0], "code": coding[1]}]}

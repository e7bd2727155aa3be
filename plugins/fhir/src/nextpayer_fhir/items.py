"""What claim lines and paid lines have in common: procedures, revenue codes, quantities, days of service."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from .codes import ABSENT, PROCEDURES, REVENUE, element, modifier_system, procedure_system
from .facts import Document, fits
from .node import Node

__all__ = [
    "date_fact",
    "put_days",
    "put_quantity",
    "put_service",
    "read_days",
    "read_period",
    "read_quantity",
    "read_service",
]

_UNIT, _QUALIFIER = element("355"), element("235:")
_UCUM = "http://unitsofmeasure.org"
_UNITS = {"1": "UN", "{count}": "UN", "min": "MJ", "d": "DA"}
_NOT_APPLICABLE = {"coding": [{"system": ABSENT, "code": "not-applicable"}]}


def put_service(item: Document, doc: Document) -> None:
    """``productOrService`` with its modifiers, and ``revenue``.

    FHIR requires a service; where an institutional line has a revenue code alone, CARIN says that the service
    is not applicable.
    """
    if fits(doc.get("revenue_code"), code=True):
        item["revenue"] = {"coding": [{"system": REVENUE, "code": doc.pop("revenue_code")}]}
    procedure = doc.get("procedure") or {"qualifier": "", "code": ""}
    modifiers, description = procedure.get("modifiers", []), procedure.get("description")
    codes = (procedure["qualifier"], procedure["code"], *modifiers)
    if not all(fits(one, code=True) for one in codes) or not fits(description or "-"):
        item["productOrService"] = _NOT_APPLICABLE
        return
    del doc["procedure"]
    system = procedure_system(procedure["qualifier"], procedure["code"])
    item["productOrService"] = {"coding": [{"system": system, "code": procedure["code"]}]}
    if description:
        item["productOrService"]["text"] = description
    if modifiers:
        item["modifier"] = [
            {"coding": [{"system": modifier_system(code), "code": code}]} for code in modifiers
        ]


def read_service(item: Node) -> Document:
    """The procedure and revenue code of an item. Raises FhirRefusal."""
    read: Document = {}
    revenue = [code for system, code in item.codings("revenue") if system == REVENUE]
    if revenue:
        read["revenue_code"] = revenue[0]
    elif "revenue" in item:
        raise item.refuse("NP-FHIR-CODE", "revenue", f"it is not of {REVENUE}")
    modifiers = item.concepts("modifier")
    if not all(modifiers):
        raise item.refuse("NP-FHIR-CODE", "modifier", "a modifier without its code")
    if "productOrService" in item:
        service = item.child("productOrService")
        codings = Node(service.value, service.path, service.resources).children("coding")
        pairs = [(one.text("system"), one.text("code")) for one in codings]
        if ({system for system, _ in pairs} <= {ABSENT}) and not modifiers:
            return read
        known = {(_qualifier(system), code) for system, code in pairs if _qualifier(system)}
        if len(known) != 1:
            raise item.refuse("NP-FHIR-CODE", "productOrService", "one code of CPT, HCPCS or CDT is needed")
        qualifier, code = known.pop()
        read["procedure"] = {"qualifier": qualifier, "code": code}
        if modifiers:
            read["procedure"]["modifiers"] = [codings[0][1] for codings in modifiers]
        description = service.text("text")
        if description:
            read["procedure"]["description"] = description
    return read


def put_quantity(item: Document, doc: Document) -> None:
    """``quantity``: the units, with element 355 as their unit."""
    if doc.get("units") is None:
        return
    item["quantity"] = {"value": Decimal(doc.pop("units"))}
    if fits(doc.get("unit"), code=True):
        item["quantity"] |= {"system": _UNIT, "code": doc.pop("unit")}


def read_quantity(item: Node) -> Document:
    """The units and their unit. Raises FhirRefusal."""
    if "quantity" not in item:
        return {}
    quantity = item.child("quantity")
    read = {"units": quantity.decimal("value")}
    if not read["units"]:
        raise quantity.refuse("NP-FHIR-MISSING", "value", "a quantity without its value")
    system, code = quantity.text("system"), quantity.text("code")
    quantity.skip("unit")
    if code:
        unit = code if system == _UNIT else _UNITS.get(code, "") if system == _UCUM else ""
        if not unit:
            raise quantity.refuse("NP-FHIR-CODE", "code", "units, minutes and days have an equivalent")
        read["unit"] = unit
    quantity.done()
    return read


def put_days(element: Document, name: str, start: str | None, end: str | None) -> bool:
    """``servicedDate`` or ``servicedPeriod``; False where there is no day to write."""
    if start and not end:
        element[f"{name}Date"] = start
    elif start and end:
        element[f"{name}Period"] = {"start": start, "end": end}
    return bool(start)


def read_days(item: Node, name: str) -> tuple[str | None, str | None]:
    """The first and last day, the last None where it is one day. Raises FhirRefusal."""
    day = item.date(f"{name}Date")
    if f"{name}Period" not in item:
        return day, None
    if day:
        raise item.refuse("NP-FHIR-TWICE", f"{name}Period", "a date and a period")
    return read_period(item.child(f"{name}Period"))


def read_period(period: Node) -> tuple[str, str]:
    """Both days of a period. Raises FhirRefusal."""
    start, end = period.date("start"), period.date("end")
    period.done()
    if not start or not end:
        raise period.refuse("NP-FHIR-MISSING", "end" if start else "start", "a period has two days here")
    return start, end


def date_fact(qualifier: str, start: str, end: str | None) -> Document:
    """The days as the JSON of a DateFact, as the 837 writes them (D8 or RD8)."""
    days = [dt.date.fromisoformat(day).strftime("%Y%m%d") for day in (start, end) if day]
    fact = {"qualifier": qualifier, "format": "RD8" if end else "D8", "text": "-".join(days), "start": start}
    return {**fact, "end": end} if end else fact


def _qualifier(system: str) -> str:
    if system.startswith(_QUALIFIER):
        return system.removeprefix(_QUALIFIER)
    return PROCEDURES.get(system, "")

"""UB-04: the provider, the stay, the codes and the service lines (locators 1 to 49 and 66 to 81).

The printed copy is the same for every payer; what grows from payer to payer stands in ``payers`` (50 to 65).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from nextpayer.claim import Claim, HealthCode, Provider, ServiceLine
from nextpayer.errors import NotExactMoney
from nextpayer.finding import Finding
from nextpayer.money import ZERO, cents, total, x12_number
from nextpayer.profile import PaperTerms

from .boxes import Boxes, Mapped, Unprintable, digits, told
from .grid import UB04
from .leftover import left_over
from .parts import carried, city_line, dated, first, name, phone, street
from .payers import payer_lines, primary_paid_check

__all__ = ["map_ub04"]


def map_ub04(claim: Claim, terms: PaperTerms, today: dt.date) -> Mapped:
    """The text of every locator, page by page. Raises Unprintable where the claim cannot be put on the form.

    Several pages are always one bill: the totals stand on the last page.
    """
    chunks = [claim.lines[at : at + UB04.lines] for at in range(0, len(claim.lines), UB04.lines)]
    if len(chunks) > 1 and not terms.overflow:
        raise Unprintable(
            f"locators 42 to 49: {len(claim.lines)} service lines, and a page holds {UB04.lines}; the payer"
            ' pack may allow further pages (paper.overflow = "continued")'
        )
    boxes = Boxes(UB04)
    _provider(boxes, claim)
    _stay(boxes, claim)
    _codes(boxes, claim)
    payer_lines(boxes, claim)
    _diagnoses(boxes, claim)
    _people(boxes, claim)
    _remarks(boxes, claim)
    pages = []
    for number, chunk in enumerate(chunks, 1):
        page = Boxes(UB04, dict(boxes.text))
        for row, line in enumerate(chunk, 1):
            _line(page, claim, line, row)
        _last_row(page, claim.lines if number == len(chunks) else None, number, len(chunks), today)
        boxes.findings += page.findings
        pages.append(page.text)
    findings: tuple[Finding, ...] = (*boxes.findings, *primary_paid_check(claim), *left_over(claim))
    return Mapped(tuple(pages), findings)


def _provider(boxes: Boxes, claim: Claim) -> None:
    """1: 2010AA. 2: pay-to, 2010AB. 3a: CLM01. 3b: REF*EA. 4: CLM05. 5: REF*EI. 6: DTP*434. 38: the payer."""
    us = claim.billing.provider
    boxes.put("1.name", us.last)
    if us.address is not None:
        boxes.put("1.street", street(us.address))
        boxes.put("1.city", us.address.city)
        boxes.put("1.state", us.address.state)
        boxes.put("1.zip", us.address.postal_code)
        boxes.put("1.country", us.address.country)
    boxes.put("1.phone", phone(claim, us.carried)[:10])
    to = claim.billing.pay_to
    if to is not None and to.address is not None:
        boxes.put("2.name", to.last)
        boxes.put("2.street", street(to.address))
        boxes.put("2.city", to.address.city)
        boxes.put("2.state", to.address.state)
        boxes.put("2.zip", to.address.postal_code[:5])
    boxes.put("3a", claim.patient_control_number, whole=True)
    boxes.put("3b", first(claim.references, "EA"), whole=True)
    boxes.put("4", f"0{claim.facility_code}{claim.frequency}", whole=True)
    boxes.put("5", digits(first(us.references, "EI", "SY")), whole=True)
    statement = dated(claim.dates, "434")
    if statement is not None and statement.start is not None:
        boxes.put("6.from", _mmddyy(statement.start))
        boxes.put("6.through", _mmddyy(statement.end or statement.start))
    payer = claim.policy.payer
    lines = [payer.name, *(payer.address.lines if payer.address else ()), city_line(payer.address)]
    for number, line in enumerate([line for line in lines if line][:5], 1):
        boxes.put(f"38.{number}", line)


def _stay(boxes: Boxes, claim: Claim) -> None:
    """8 to 11: the patient. 12 to 17: admission (DTP*435), type, source and status (CL1), discharge
    (DTP*096). 29: accident state (REF*LU)."""
    patient = claim.patient
    boxes.put("8a", patient.id)
    boxes.put("8b", name(patient))
    if patient.address is not None:
        boxes.put("9a", street(patient.address))
        boxes.put("9b", patient.address.city)
        boxes.put("9c", patient.address.state)
        boxes.put("9d", patient.address.postal_code)
        boxes.put("9e", patient.address.country)
    if patient.birth_date is not None:
        boxes.put("10", f"{patient.birth_date:%m%d%Y}")
    boxes.put("11", patient.sex)
    admitted = dated(claim.dates, "435")
    if admitted is not None and admitted.start is not None:
        boxes.put("12", _mmddyy(admitted.start))
        boxes.put("13", admitted.text[8:10] if admitted.format == "DT" else "")
    discharged = dated(claim.dates, "096")
    if discharged is not None:
        boxes.put("16", discharged.text[:2] if discharged.format == "TM" else discharged.text[8:10])
    for elements in carried(claim, claim.carried, "CL1"):
        for box, text in zip(("14", "15", "17"), elements[1:4], strict=False):
            boxes.put(box, text, whole=True)
    boxes.put("29", first(claim.references, "LU"))


def _codes(boxes: Boxes, claim: Claim) -> None:
    """18 to 28: condition codes. 31 to 34: occurrences. 35, 36: spans. 39 to 41: values; for Medicare second
    the code that says why and what the primary paid is among them, put there by its adapter."""
    conditions = sorted({code.code for code in claim.codes_of("BG")})
    _room("18 to 28", len(conditions), 11)
    for number, condition in enumerate(conditions, 18):
        boxes.put(str(number), condition, whole=True)
    occurrences = claim.codes_of("BH")
    _room("31 to 34", len(occurrences), 8)
    places = [f"{box}{row}" for row in "ab" for box in (31, 32, 33, 34)]
    for place, code in zip(places, occurrences, strict=False):
        boxes.put(f"{place}.code", code.code, whole=True)
        boxes.put(f"{place}.date", _short(_component(code, 1)), whole=True)
    spans = claim.codes_of("BI")
    _room("35 and 36", len(spans), 4)
    for place, code in zip(["35a", "36a", "35b", "36b"], spans, strict=False):
        since, _, until = _component(code, 1).partition("-")
        boxes.put(f"{place}.code", code.code, whole=True)
        boxes.put(f"{place}.from", _short(since), whole=True)
        boxes.put(f"{place}.through", _short(until), whole=True)
    values = claim.codes_of("BE")
    _room("39 to 41", len(values), 12)
    for place, code in zip([f"{box}{row}" for row in "abcd" for box in (39, 40, 41)], values, strict=False):
        boxes.put(f"{place}.code", code.code, whole=True)
        try:
            boxes.money(place, cents(_component(code, 2)))
        except NotExactMoney:
            raise Unprintable(f"locator {place}: its amount is not a number of two decimal places") from None


def _line(boxes: Boxes, claim: Claim, line: ServiceLine, row: int) -> None:
    """42 to 48: revenue code, drug, procedure or rate, day, units, charge, not covered (SV2)."""
    details = dict(line.details)
    boxes.put(f"42.{row}", line.revenue_code, whole=True)
    for elements in carried(claim, line.drugs, "LIN"):
        boxes.put(f"43.{row}", "".join(elements[2:4]))
    if line.procedure is not None:
        boxes.put(f"44.{row}", line.procedure.code + "".join(line.procedure.modifiers), whole=True)
    else:
        boxes.put(f"44.{row}", details.get(6, ""))
    if line.service_date is not None:
        boxes.put(f"45.{row}", _mmddyy(line.service_date))
    if line.units is not None:
        boxes.put(f"46.{row}", x12_number(line.units), whole=True)
    boxes.money(f"47.{row}", line.charge_amount)
    if details.get(7):
        boxes.money(f"48.{row}", cents(details[7]))


def _last_row(
    boxes: Boxes, lines: Sequence[ServiceLine] | None, page: int, pages: int, today: dt.date
) -> None:
    """Row 23: the pages, the day, and on the last page the totals under revenue code 0001."""
    boxes.put("43.23.page", str(page))
    boxes.put("43.23.of", str(pages))
    boxes.put("45.23", _mmddyy(today))
    if lines is None:
        return
    boxes.put("42.23", "0001")
    boxes.money("47.23", total(line.charge_amount for line in lines))
    uncovered = total(cents(text) for line in lines if (text := dict(line.details).get(7)))
    if uncovered != ZERO:
        boxes.money("48.23", uncovered)


def _diagnoses(boxes: Boxes, claim: Claim) -> None:
    """66: the code set. 67 to 67Q: diagnoses with present on admission. 69 to 72 and 74: the other codes."""
    principal = [*claim.codes_of("ABK"), *claim.codes_of("BK")]
    boxes.put("66", "0" if principal and principal[0].qualifier == "ABK" else "9" if principal else "")
    others = [*claim.codes_of("ABF"), *claim.codes_of("BF")]
    _room("67A to 67Q", len(others), 17)
    named = [("67", code) for code in principal[:1]]
    named += list(zip([f"67{letter}" for letter in "ABCDEFGHIJKLMNOPQ"], others, strict=False))
    causes = [*claim.codes_of("ABN"), *claim.codes_of("BN")]
    _room("72a to 72c", len(causes), 3)
    named += list(zip(("72a", "72b", "72c"), causes, strict=False))
    for place, code in named:
        boxes.put(f"{place}.dx", code.code.replace(".", ""), whole=True)
        boxes.put(f"{place}.poa", _component(code, 6))
    for place, code in zip(("69",), [*claim.codes_of("ABJ"), *claim.codes_of("BJ")], strict=False):
        boxes.put(place, code.code.replace(".", ""), whole=True)
    reasons = [*claim.codes_of("APR"), *claim.codes_of("PR")]
    _room("70a to 70c", len(reasons), 3)
    for place, code in zip(("70a", "70b", "70c"), reasons, strict=False):
        boxes.put(place, code.code.replace(".", ""), whole=True)
    for code in claim.codes_of("DR"):
        boxes.put("71", code.code, whole=True)
    done = [*claim.codes_of("BBR"), *claim.codes_of("BR"), *claim.codes_of("BBQ"), *claim.codes_of("BQ")]
    _room("74 to 74e", len(done), 6)
    for place, code in zip(("74", "74a", "74b", "74c", "74d", "74e"), done, strict=False):
        boxes.put(f"{place}.code", code.code.replace(".", ""), whole=True)
        boxes.put(f"{place}.date", _short(_component(code, 1)), whole=True)


def _people(boxes: Boxes, claim: Claim) -> None:
    """76: attending. 77: operating. 78 and 79: two of the others (other operating, rendering, referring)."""
    named = [("76", "71"), ("77", "72")]
    others = [who.role for who in claim.providers if who.role in ("ZZ", "82", "DN")]
    if len(others) > 2:
        boxes.findings.append(told("NP-PAPER-UNNAMED", "79", f"{len(others) - 2} more providers have no box"))
    for place, role in [*named, *zip(("78", "79"), others, strict=False)]:
        who = next((one for one in claim.providers if one.role == role), None)
        if who is not None:
            if place in ("78", "79"):
                boxes.put(f"{place}.type", role)
            _person(boxes, place, who)


def _person(boxes: Boxes, place: str, who: Provider) -> None:
    boxes.put(f"{place}.npi", who.id if who.id_qualifier == "XX" else "", whole=True)
    boxes.put(f"{place}.last", who.last)
    boxes.put(f"{place}.first", who.first)
    known = {reference.qualifier: reference.value for reference in who.references if not reference.payer_id}
    found = next((one for one in ("G2", "0B", "1G") if one in known), "")
    if found:
        boxes.put(f"{place}.qual", found)
        boxes.put(f"{place}.id", known[found], whole=True)


def _remarks(boxes: Boxes, claim: Claim) -> None:
    """80: remarks (NTE*ADD). 81a: the billing provider's taxonomy (qualifier B3)."""
    text = " ".join(x[2] for x in carried(claim, claim.carried, "NTE") if len(x) > 2 and x[1] == "ADD")
    for number in (1, 2, 3):
        width = boxes.grid.fields[f"80.{number}"].width
        if len(text) > width:
            at = text.rfind(" ", 0, width + 1)
            at = at if at > 0 else width
        else:
            at = len(text)
        boxes.put(f"80.{number}", text[:at])
        text = text[at:].strip()
    boxes.put("80.4", text)
    if claim.billing.taxonomy:
        boxes.put("81a.qual", "B3")
        boxes.put("81a.code", claim.billing.taxonomy, whole=True)


def _component(code: HealthCode, at: int) -> str:
    """A further component of the composite, counted from HI01-3 as 0."""
    return code.detail[at] if len(code.detail) > at else ""


def _room(locators: str, found: int, room: int) -> None:
    if found > room:
        raise Unprintable(f"locators {locators} have room for {room} codes, and the claim has {found}")


def _mmddyy(day: dt.date) -> str:
    return f"{day:%m%d%y}"


def _short(day: str) -> str:
    """CCYYMMDD as MMDDYY."""
    return day[4:8] + day[2:4]

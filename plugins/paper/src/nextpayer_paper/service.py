"""CMS-1500 (02/12), the lower half: dates, referral, diagnoses, service lines, totals, who bills (14 to 33).

The services, codes and charges are those of the claim as first billed: charges in full, never less what an
earlier payer paid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from nextpayer.claim import Claim, Provider, ServiceLine
from nextpayer.money import ZERO, total, x12_number
from nextpayer.policy import Address
from nextpayer.profile import PaperTerms

from .boxes import Boxes, Unprintable, digits, told
from .parts import carried, city_line, dated, first, phone, street

__all__ = ["foot", "middle", "service_line", "totals"]

_LETTERS = "ABCDEFGHIJKL"
#: Date qualifiers of box 14 and of box 15, the first that the claim has is printed.
_ONSET = ("431", "484")
_OTHER_DATES = ("454", "304", "453", "439", "455", "471", "090", "091", "444")
#: Numbers of a provider that is not its NPI: licence, UPIN, the payer's own, location.
_OTHER_IDS = ("G2", "0B", "1G", "LU")
_AT_HOME = "12"


def middle(boxes: Boxes, claim: Claim) -> None:
    """Boxes 14 to 23."""
    _dates(boxes, claim)
    _referral(boxes, claim)
    notes = [x[2] for x in carried(claim, claim.carried, "NTE") if len(x) > 2 and x[1] == "ADD"]
    _two_lines(boxes, " ".join(notes))  # 19: additional information; never a payer's money
    bought = [x for line in claim.lines for x in carried(claim, line.carried, "PS1") if len(x) > 2]
    boxes.tick("20.yes", bool(bought))  # 20: bought from an outside laboratory (PS1)
    boxes.tick("20.no", not bought)
    if bought:
        boxes.money("20", total(Decimal(x[2]) for x in bought))
    _diagnoses(boxes, claim)
    if claim.frequency in ("7", "8"):  # 22: what is replaced or taken back, by this payer's own number
        boxes.put("22.code", claim.frequency)
        boxes.put("22.ref", first(claim.references, "F8"), whole=True)
    numbers = [r for r in claim.references if r.qualifier in ("G1", "9F", "X4", "EW")]
    boxes.put("23", first(numbers, "G1", "9F", "X4", "EW"), whole=True)
    if len({r.value for r in numbers}) > 1:
        boxes.findings.append(
            told("NP-PAPER-UNNAMED", "23", "it holds one number, and the claim has more: REF*G1, 9F, X4, EW")
        )


def _dates(boxes: Boxes, claim: Claim) -> None:
    """14: onset or last period. 15: another date. 16: unable to work. 18: in hospital."""
    for box, qualifiers in (("14", _ONSET), ("15", _OTHER_DATES)):
        fact = dated(claim.dates, *qualifiers)
        if fact is not None:
            boxes.day(f"{box}.date", fact.start)
            boxes.put(f"{box}.qual", fact.qualifier)
        left = [one for one in claim.dates if one.qualifier in qualifiers and one is not fact]
        if left:
            boxes.findings.append(
                told("NP-PAPER-UNNAMED", box, f"it holds one date, and the claim has {len(left) + 1}")
            )
    both = dated(claim.dates, "314")
    for box, begins, ends in (("16", "360", "361"), ("18", "435", "096")):
        start, end = dated(claim.dates, begins), dated(claim.dates, ends)
        boxes.day(f"{box}.from", start.start if start else both.start if both and box == "16" else None)
        boxes.day(f"{box}.to", end.start if end else both.end if both and box == "16" else None)


def _referral(boxes: Boxes, claim: Claim) -> None:
    """17: who referred, ordered or supervised (2310A, 2310D, or a line's ordering provider), one of them."""
    everyone = [*claim.providers, *[who for line in claim.lines for who in line.providers]]
    who = next((who for role in ("DN", "DK", "DQ") for who in everyone if who.role == role), None)
    if who is None:
        return
    boxes.put("17.qual", who.role)
    boxes.put("17.name", _first_last(who))
    _other_id(boxes, who, "17a.qual", "17a.id")
    boxes.put("17b", who.id if who.id_qualifier == "XX" else "", whole=True)


def _diagnoses(boxes: Boxes, claim: Claim) -> None:
    """21: up to twelve, without their dot; the pointers of 24E are their letters."""
    found = claim.diagnoses
    if len(found) > len(_LETTERS):
        raise Unprintable(f"box 21 holds {len(_LETTERS)} diagnoses, and the claim has {len(found)}")
    if found:
        boxes.put("21.ind", "0" if found[0].qualifier.startswith("AB") else "9")
    for letter, diagnosis in zip(_LETTERS, found, strict=False):
        boxes.put(f"21.{letter}", diagnosis.code.replace(".", ""), whole=True)


def service_line(boxes: Boxes, claim: Claim, line: ServiceLine, row: int) -> None:
    """24: one service (2400), on the ``row``-th of six rows."""
    at = f"24.{row}"
    fact = next((fact for fact in line.dates if fact.qualifier == "472"), None)
    if fact is not None:
        boxes.day(f"{at}.from", fact.start, "yy")
        boxes.day(f"{at}.to", fact.end or fact.start, "yy")
    details = dict(line.details)
    boxes.put(f"{at}.pos", line.place_of_service or claim.facility_code, whole=True)
    boxes.put(f"{at}.emg", details.get(9, ""))
    if line.procedure is not None:
        boxes.put(f"{at}.cpt", line.procedure.code, whole=True)
        for number, modifier in enumerate(line.procedure.modifiers[:4], 1):
            boxes.put(f"{at}.mod{number}", modifier, whole=True)
    boxes.put(f"{at}.dxptr", "".join([_letter(pointer) for pointer in line.diagnosis_pointers]), whole=True)
    boxes.money(at, line.charge_amount)
    if line.units is not None:
        boxes.put(f"{at}.units", x12_number(line.units), whole=True)
    boxes.put(f"{at}.epsdt", details.get(11, ""))
    boxes.put(f"{at}.suppl", _supplement(claim, line))
    who = next((one for one in (*line.providers, *claim.providers) if one.role == "82"), None)
    if who is None and claim.billing.provider.entity == "1":
        who = claim.billing.provider  # a person who bills alone is the one who treated
    if who is not None:
        boxes.put(f"{at}.npi", who.id if who.id_qualifier == "XX" else "", whole=True)
        _other_id(boxes, who, f"{at}.i_qual", f"{at}.j_id")


def totals(
    boxes: Boxes, claim: Claim, terms: PaperTerms, medicare: bool, lines: Sequence[ServiceLine] | None
) -> None:
    """28: the full charge. 29: what has been paid, by the payer's choice; Medicare wants the patient's
    payments only and never the primary's, others commonly all of them. ``lines`` are those of a form that
    stands for itself, None where the total is the claim's. Raises Unprintable where 29 cannot be divided."""
    boxes.money("28", claim.charge_amount if lines is None else total(line.charge_amount for line in lines))
    wanted = terms.amount_paid or ("patient" if medicare else "all")
    paid = claim.patient_paid if wanted in ("patient", "all") else ZERO
    if lines is not None and paid:
        raise Unprintable(
            "box 29: what the patient paid stands for the claim and cannot be divided over separate forms;"
            ' the payer pack may say paper.overflow = "continued"'
        )
    if wanted in ("payers", "all"):
        paid += _payers_paid(claim, lines)
    if paid or wanted != "none":
        boxes.money("29", paid)


def _payers_paid(claim: Claim, lines: Sequence[ServiceLine] | None) -> Decimal:
    """What earlier payers paid on the claim, or on some of its lines."""
    paid = ZERO
    numbers = {line.number for line in lines} if lines is not None else set()
    for other in claim.other_payers:
        made = other.adjudication
        if made is None or made.paid_amount is None:
            continue
        if lines is None:
            paid += made.paid_amount
            continue
        if total(one.paid_amount for one in made.lines) != made.paid_amount:
            raise Unprintable(
                "box 29: an earlier payer paid on the claim and not on its lines, which cannot be divided"
                ' over separate forms; the payer pack may say paper.overflow = "continued"'
            )
        paid += total(one.paid_amount for one in made.lines if one.line in numbers)
    return paid


def foot(boxes: Boxes, claim: Claim, today: dt.date) -> None:
    """25 to 27 and 31 to 33: numbers, signature, where, and who bills."""
    us = claim.billing.provider
    boxes.put("25", digits(first(us.references, "EI", "SY")), whole=True)
    known = {reference.qualifier for reference in us.references}
    boxes.tick("25.ein", "EI" in known)
    boxes.tick("25.ssn", "EI" not in known and "SY" in known)
    boxes.put("26", claim.patient_control_number)
    boxes.tick("27.yes", claim.accepts_assignment == "A")
    boxes.tick("27.no", claim.accepts_assignment in ("B", "C"))
    if claim.provider_signature == "Y":  # 31
        boxes.put("31.2", "SIGNATURE ON FILE")
        boxes.put("31.date", f"{today:%m%d%y}")
    # 32: where, if the claim says so; without 2310C that is where the billing provider is, but not at home
    where = next((one for one in claim.providers if one.role == "77"), None)
    if where is not None:
        _party(boxes, "32", where, where.address)
    elif claim.facility_code != _AT_HOME:
        _party(boxes, "32", us, us.address)
    _party(boxes, "33", us, us.address)  # 33: 2010AA; a pay-to address has no box
    if claim.billing.taxonomy:
        boxes.put("33b", f"ZZ{claim.billing.taxonomy}", whole=True)
    telephone = phone(claim, us.carried)
    if len(telephone) >= 10:
        boxes.put("33.area", telephone[:3])
        boxes.put("33.phone", telephone[3:10])


def _party(boxes: Boxes, box: str, who: Provider, address: Address | None) -> None:
    boxes.put(f"{box}.1", _first_last(who))
    boxes.put(f"{box}.2", street(address))
    boxes.put(f"{box}.3", city_line(address))
    boxes.put(f"{box}a", who.id if who.id_qualifier == "XX" else "", whole=True)


def _other_id(boxes: Boxes, who: Provider, qualifier: str, number: str) -> None:
    """A provider's other number, or its taxonomy (ZZ)."""
    known = {reference.qualifier: reference.value for reference in who.references if not reference.payer_id}
    found = next(((one, known[one]) for one in _OTHER_IDS if one in known), None)
    if found is None and who.taxonomy:
        found = ("ZZ", who.taxonomy)
    if found is not None:
        boxes.put(qualifier, found[0])
        boxes.put(number, found[1], whole=True)


def _first_last(who: Provider) -> str:
    return " ".join([part for part in (who.first, who.middle, who.last, who.suffix) if part])


def _letter(pointer: str) -> str:
    number = int(pointer) if pointer.isdigit() else 0
    if not 1 <= number <= len(_LETTERS):
        raise Unprintable("box 24E: a pointer leads to no diagnosis of box 21")
    return _LETTERS[number - 1]


def _supplement(claim: Claim, line: ServiceLine) -> str:
    """The shaded half of a row: the drug (N4 and its quantity), a note, or what an unlisted code was."""
    parts = []
    drug = quantity = ""
    for elements in carried(claim, line.drugs, "LIN", "CTP"):
        if elements[0] == "LIN" and len(elements) > 3:
            drug = elements[2] + elements[3]
        elif elements[0] == "CTP" and len(elements) > 5:
            quantity = elements[5] + elements[4]
    if drug:
        parts.append(f"{drug} {quantity}".strip())
    parts += [x[2] for x in carried(claim, line.carried, "NTE") if len(x) > 2 and x[1] == "ADD"]
    if line.procedure is not None and line.procedure.description:
        parts.append("ZZ" + line.procedure.description)
    return "   ".join(parts)


def _two_lines(boxes: Boxes, text: str) -> None:
    """19 is printed in one line, or in two of which the upper is used first."""
    width = boxes.grid.fields["19"].width
    if len(text) <= width:
        boxes.put("19", text)
        return
    at = text.rfind(" ", 0, width + 1)
    at = at if at > 0 else width
    boxes.put("19.upper", text[:at])
    boxes.put("19", text[at:].strip())

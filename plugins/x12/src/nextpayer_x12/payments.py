"""One claim payment's text (a CLP loop of the 835) into a ``ClaimPayment``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from nextpayer._swift import swift
from nextpayer.policy import Person, Reference
from nextpayer.ports import Quarantined
from nextpayer.remittance import Adjustment, Amount, ClaimPayment, LinePayment, Remittance

from .blame import blame
from .elements import NAMELESS, Elements, Unreadable

__all__ = ["PaymentParser"]

make_amount = swift(Amount)
make_line = swift(LinePayment)
make_payment = swift(ClaimPayment)

#: Segments of loops 2100 and 2110 whose content is not taken into the nouns.
_PASSED_OVER = frozenset({"PER", "QTY", "K3", "DTP", "PLA"})
_ENDS_CLAIM = frozenset({"TS3", "TS2"})
_NOTHING = [""] * 9
_NAMES = {
    "74": "corrected_insured",
    "TT": "crossover_carrier",
    "PR": "corrected_priority_payer",
    "GB": "corrected_other_insured",
}
_OTHER_NAMES = frozenset({"82"})
_DATES = {"232": "statement_from", "233": "statement_to", "050": "received"}


class PaymentParser:
    """Turns the text of one CLP loop into a ``ClaimPayment``."""

    def __init__(self, elements: Elements, file: str) -> None:
        self.elements = elements
        self.file = file

    def read(self, text: str, remittance: Remittance, segment: int) -> ClaimPayment | Quarantined:
        """The payment, or why it was set aside."""
        try:
            return self._parse(text, remittance, segment)
        except Unreadable as error:
            reason = blame(f"CLP{self.elements.element}{text}", self.elements, segment, str(error))
        except (ValueError, IndexError):
            reason = "a segment of this claim payment is malformed"
        number = text.partition(self.elements.delimiters.segment)[0].partition(self.elements.element)[0]
        return Quarantined(file=self.file, segment=segment, kind="payment", reason=reason, claim_id=number)

    def _parse(self, text: str, remittance: Remittance, segment: int) -> ClaimPayment:
        """The claim's own segments first; each service is what follows one ``SVC*``."""
        elements = self.elements
        mark, terminator, money = elements.element, elements.delimiters.segment, elements.money
        head, *services = text.split(terminator + "SVC" + mark)
        claim, *segments = head.split(terminator)
        clp = claim.split(mark)
        if len(clp) < 9:
            clp += _NOTHING[len(clp) :]
        if not clp[0]:
            raise Unreadable("CLP01: no patient control number")
        if not clp[1]:
            raise Unreadable("CLP02: no claim status")
        adjustments: tuple[Adjustment, ...] = ()
        rare: dict[str, Any] = {}
        patient: Person | None = None
        insured: Person | None = None
        references: tuple[Reference, ...] = ()
        amounts: tuple[Amount, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == "NM1":
                parts = one.split(mark)
                if parts[1] == "QC":
                    if patient is not None:
                        raise Unreadable("NM1: two patients in one claim payment; a CLP may be missing")
                    patient = elements.person(parts)
                elif parts[1] == "IL":
                    insured = elements.person(parts)
                elif parts[1] in _NAMES:
                    rare[_NAMES[parts[1]]] = elements.person(parts)
                elif parts[1] not in _OTHER_NAMES:
                    raise Unreadable("NM101: an unknown entity in the claim payment")
            elif tag == "CAS":
                adjustments += elements.adjustments[one]
            elif tag == "DTM":
                if one[4:7] in _DATES:
                    rare[_DATES[one[4:7]]] = elements.date[one[8:]]
            elif tag == "REF":
                references += (elements.reference(one),)
            elif one[:4] == "MOA" + mark:
                parts = one.split(mark)[1:]
                rare["remark_codes"] = rare.get("remark_codes", ()) + tuple(
                    code for code in parts[2:7] if code
                )
                rare["outpatient"] = tuple(parts)
            elif one[:4] == "MIA" + mark:
                parts = one.split(mark)[1:]
                codes = (code for code in parts[4:5] + parts[19:23] if code)
                rare["remark_codes"] = rare.get("remark_codes", ()) + tuple(codes)
                rare["inpatient"] = tuple(parts)
            elif tag == "AMT":
                amounts += (self._amount(one),)
            elif tag in _ENDS_CLAIM or tag == "LX" + mark:
                self._ends(segments[segments.index(one) :], last=not services)
                break
            elif tag and tag not in _PASSED_OVER:
                raise Unreadable("a segment that does not belong into a claim payment")
        number, status, charge, paid, owed, filing, control_number, facility, frequency = clp[:9]
        payment = make_payment(
            remittance,
            number,
            status,
            money[charge],
            money[paid],
            money[owed] if owed else None,
            filing,
            control_number,
            facility,
            frequency,
            adjustments,
            self._lines(services, segment + len(segments) + 1) if services else (),
            patient,
            insured,
            references=references,
            amounts=amounts,
            segment=segment,
        )
        for name, value in rare.items():
            object.__setattr__(payment, name, value)  # still being made: nobody has seen it
        return payment

    def _lines(self, services: list[str], number: int) -> tuple[LinePayment, ...]:
        elements = self.elements
        mark, terminator = elements.element, elements.delimiters.segment
        money, date, units = elements.money, elements.date, elements.units
        procedure, adjust = elements.procedure, elements.adjustments
        control = "6R" + mark
        lines: list[LinePayment] = []
        allowed = "B6" + mark
        for service in services:
            whole = service.split(terminator)
            segments = iter(whole)
            svc = next(segments).split(mark)
            if len(svc) < 7:
                svc += _NOTHING[len(svc) : 7]
            adjustments: tuple[Adjustment, ...] = ()
            remarks: tuple[str, ...] = ()
            references: tuple[Reference, ...] = ()
            amounts: tuple[Amount, ...] = ()
            allowed_amount: Decimal | None = None
            control_number = ""
            start: dt.date | None = None
            end: dt.date | None = None
            for one in segments:
                tag = one[:3]
                if tag == "CAS":
                    adjustments += adjust[one]
                elif tag == "DTM":
                    qualifier = one[4:7]
                    if qualifier == "472" or qualifier == "150":
                        start = date[one[8:]]
                    elif qualifier == "151":
                        end = date[one[8:]]
                elif tag == "REF":
                    if one[4:7] == control:
                        control_number = one[7:]
                    else:
                        references += (elements.reference(one),)
                elif tag == "AMT":
                    if one[4:7] == allowed:
                        allowed_amount = money[one[7:]]
                    else:
                        amounts += (self._amount(one),)
                elif tag == "LQ" + mark:
                    remarks += (one[3:].partition(mark)[2],)
                elif tag in _ENDS_CLAIM or tag == "LX" + mark:
                    self._ends(segments, last=len(lines) == len(services) - 1)
                    break
                elif tag and tag not in _PASSED_OVER:
                    raise Unreadable("a segment that does not belong into a service payment")
            lines.append(
                make_line(
                    money[svc[1]],
                    money[svc[2]],
                    procedure[svc[0]],
                    procedure[svc[5]] if svc[5] else None,
                    svc[3],
                    units[svc[4]],
                    units[svc[6]] if svc[6] else None,
                    start,
                    end,
                    adjustments,
                    control_number,
                    remarks,
                    allowed_amount,
                    amounts,
                    references,
                    number,
                )
            )
            number += len(whole)
        return tuple(lines)

    def _ends(self, rest: Iterable[str], *, last: bool) -> None:
        """Refuse what would be passed over after the header (LX, TS3, TS2) of the claims that follow."""
        line = "LX" + self.elements.element
        if not last or any(one and one[:3] not in _ENDS_CLAIM and one[:3] != line for one in rest):
            raise Unreadable("a segment of a claim payment after the header of other claims (LX, TS3, TS2)")

    def _amount(self, segment: str) -> Amount:
        parts = segment.split(self.elements.element)
        if parts[0] != "AMT":
            raise Unreadable(NAMELESS)
        if len(parts) < 3:
            raise Unreadable("AMT02: no amount")
        return make_amount(qualifier=parts[1], amount=self.elements.money[parts[2]])

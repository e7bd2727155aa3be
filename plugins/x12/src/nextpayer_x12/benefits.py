"""One benefit of a 271 as it is read: the EB segment, what qualifies it, and the parties it names (2110,
2120)."""

from __future__ import annotations

import re
from decimal import Decimal

from nextpayer.claim import DateFact
from nextpayer.eligibility import Benefit, Delivery, OtherParty, PartyContact, Rejection
from nextpayer.policy import Person, Reference

from .elements import Unreadable
from .level import LevelParser, elements_of

__all__ = ["BenefitText"]

_STATUS = re.compile(r"[A-Z0-9]{1,2}", re.ASCII)


class BenefitText:
    """An EB and what follows it up to the next one."""

    def __init__(self, parser: LevelParser, segment: str, where: str, number: int) -> None:
        self._parser, self._where, self._number = parser, where, number
        self._eb = elements_of(segment, parser.mark)
        if not _STATUS.fullmatch(self._eb[1]):
            raise Unreadable("EB01: a benefit without its code")
        self._amount = parser.elements.money[self._eb[7]] if self._eb[7] else None
        self._percent = _number(parser, self._eb[8])
        self._quantity = _number(parser, self._eb[10])
        self._procedure = parser.elements.procedure[self._eb[13]]
        self._deliveries: list[Delivery] = []
        self._references: list[Reference] = []
        self._dates: list[DateFact] = []
        self._messages: list[str] = []
        self._rejections: list[Rejection] = []
        self._carried: list[str] = []
        self._parties: list[OtherParty] = []
        self._party: _PartyText | None = None

    def take(self, tag: str, segment: str, number: int) -> None:
        """A segment after the EB. Raises Unreadable."""
        parser = self._parser
        if tag == "NM1":
            self._close()
            self._party = _PartyText(parser, segment, number)
        elif tag in ("LS", "LE"):
            self._close()
        elif self._party is not None:
            self._party.take(tag, segment)
        elif tag == "DTP":
            self._dates.append(parser.date(segment))
        elif tag == "REF":
            self._references.append(parser.reference(segment))
        elif tag == "MSG":
            self._messages.append(elements_of(segment, parser.mark)[1])
        elif tag == "HSD":
            self._deliveries.append(_delivery(parser, segment))
        elif tag == "AAA":
            self._rejections.append(parser.rejection(segment, self._where, number))
        else:
            self._carried.append(parser.carry(segment))

    def benefit(self) -> Benefit:
        """The benefit, whole."""
        self._close()
        eb, parser = self._eb, self._parser
        procedure = eb[13].split(parser.elements.component) if eb[13] else []
        return Benefit(
            status=eb[1],
            level=eb[2],
            services=tuple(one for one in eb[3].split(parser.repetition) if one),
            insurance_type=eb[4],
            plan_name=eb[5],
            period=eb[6],
            amount=self._amount,
            percent=self._percent,
            quantity_qualifier=eb[9],
            quantity=self._quantity,
            authorization=eb[11],
            network=eb[12],
            procedure=self._procedure,
            procedure_end=procedure[7] if len(procedure) > 7 else "",
            diagnosis_pointers=tuple(one for one in eb[14].split(parser.elements.component) if one),
            deliveries=tuple(self._deliveries),
            references=tuple(self._references),
            dates=tuple(self._dates),
            messages=tuple(self._messages),
            parties=tuple(self._parties),
            rejections=tuple(self._rejections),
            carried=tuple(self._carried),
            segment=self._number,
        )

    def _close(self) -> None:
        if self._party is not None:
            self._parties.append(self._party.made())
        self._party = None


class _PartyText:
    """A party (2120)."""

    def __init__(self, parser: LevelParser, segment: str, number: int) -> None:
        self._parser, self._number = parser, number
        self._nm1 = elements_of(segment, parser.mark)
        if not self._nm1[1]:
            raise Unreadable("NM101: a party without its role")
        self._street = self._place = ""
        self._contacts: list[PartyContact] = []
        self._carried: list[str] = []

    def take(self, tag: str, segment: str) -> None:
        if tag == "N3" and not self._street:
            self._street = segment
        elif tag == "N4" and not self._place:
            self._place = segment
        elif tag == "PER":
            self._contacts.append(self._parser.contact(segment))
        else:
            self._carried.append(self._parser.carry(segment))

    def made(self) -> OtherParty:
        nm1 = self._nm1
        return OtherParty(
            role=nm1[1],
            person=Person(
                entity=nm1[2],
                last=nm1[3],
                first=nm1[4],
                middle=nm1[5],
                prefix=nm1[6],
                suffix=nm1[7],
                id_qualifier=nm1[8],
                id=nm1[9],
                address=self._parser.elements.address(self._street, self._place),
            ),
            relationship=nm1[10],
            contacts=tuple(self._contacts),
            carried=tuple(self._carried),
            segment=self._number,
        )


def _number(parser: LevelParser, text: str) -> Decimal | None:
    return parser.elements.units[text]


def _delivery(parser: LevelParser, segment: str) -> Delivery:
    hsd = elements_of(segment, parser.mark)
    return Delivery(
        qualifier=hsd[1],
        quantity=_number(parser, hsd[2]),
        per=hsd[3],
        per_count=hsd[4],
        period=hsd[5],
        periods=hsd[6],
        pattern=hsd[7],
        time=hsd[8],
    )

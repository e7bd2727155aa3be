"""The segments that 270 and 271 levels share: who, which numbers, which dates, and why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nextpayer.claim import DateFact, Provider
from nextpayer.eligibility import PartyContact, Rejection, Trace
from nextpayer.policy import Payer, Person, Reference

from .elements import NAMELESS, Elements, Unreadable
from .hierarchy import Level
from .loops import Loops

__all__ = ["LevelParser", "PersonText", "elements_of"]

_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)
_NOTHING = [""] * 20
#: Segments of claims and remittances: met here they say that two files were mixed up.
_ELSEWHERE = frozenset({"CLM", "CLP", "SVC", "SBR", "LX", "SV1", "SV2", "SV3", "CAS", "PLB", "BPR", "BHT"})


def elements_of(segment: str, mark: str) -> list[str]:
    """A segment's elements, the tag first, with empty ones to spare."""
    return segment.split(mark) + _NOTHING


class LevelParser:
    """Parsers for one set of delimiters. Raises Unreadable."""

    def __init__(self, elements: Elements) -> None:
        self.elements, self.mark = elements, elements.element
        self.repetition = elements.delimiters.repetition
        self._loops = Loops(elements)
        self._at: tuple[str, int] | None = None

    def segments(self, level: Level) -> Iterator[tuple[int, str, str]]:
        """A level's segments with their numbers and tags; ``place`` names the one at hand."""
        mark = self.mark
        for number, segment in enumerate(level.segments, level.segment + 1):
            tag = segment.partition(mark)[0]
            self._at = (tag, number)
            yield number, tag, segment
        self._at = None

    @property
    def place(self) -> str:
        """The segment at hand, for a message; empty between levels."""
        if self._at is None:
            return ""
        tag, number = self._at
        return f"{tag if _TAG.fullmatch(tag) else 'a segment'} (segment {number}): "

    def carry(self, segment: str) -> str:
        """A segment that the nouns do not model, kept as it stands."""
        tag = segment.partition(self.mark)[0]
        if not _TAG.fullmatch(tag):
            raise Unreadable(NAMELESS)
        if tag in _ELSEWHERE:
            raise Unreadable("a segment that an eligibility transaction does not have here")
        return segment

    def payer(self, segment: str) -> Payer:
        nm1 = elements_of(segment, self.mark)
        if nm1[1] in ("IL", "03", "1P"):
            raise Unreadable("NM101: this is no payer")
        return Payer(id=nm1[9], name=nm1[3], id_qualifier=nm1[8])

    def provider(self, loop: list[str]) -> Provider:
        """Loop 2100B, its NM1 first."""
        if not loop or loop[0][:4] != "NM1" + self.mark:
            raise Unreadable("the provider's level has no name (2100B NM1)")
        for segment in loop[1:]:
            if segment[:4] == "NM1" + self.mark:
                raise Unreadable("the provider's level has two names (2100B NM1)")
        provider: Provider = self._loops.providers[self.elements.delimiters.segment.join(loop)[4:]]
        return provider

    def person(self, role: str) -> PersonText:
        return PersonText(self, role)

    def date(self, segment: str) -> DateFact:
        found: DateFact = self._loops.dates[segment]
        return found

    def reference(self, segment: str) -> Reference:
        if self.mark not in segment:
            raise Unreadable("REF01: a number without its qualifier")
        return self.elements.reference(segment)

    def trace(self, segment: str) -> Trace:
        trn = elements_of(segment, self.mark)
        if not trn[1] or not trn[2]:
            raise Unreadable("a trace number without its kind or its value")
        return Trace(kind=trn[1], number=trn[2], origin=trn[3], detail=trn[4])

    def rejection(self, segment: str, where: str, number: int) -> Rejection:
        aaa = elements_of(segment, self.mark)
        if not _CODE.fullmatch(aaa[3]):
            raise Unreadable("AAA03: a rejection without its reason")
        return Rejection(code=aaa[3], follow_up=aaa[4], where=where, valid=aaa[1], segment=number)

    def contact(self, segment: str) -> PartyContact:
        per = elements_of(segment, self.mark)
        pairs = [(per[at], per[at + 1]) for at in (3, 5, 7) if per[at] or per[at + 1]]
        return PartyContact(name=per[2], numbers=tuple(pairs))


class PersonText:
    """A person's loop as it is read, segment by segment."""

    def __init__(self, parser: LevelParser, role: str) -> None:
        self._parser, self._role = parser, role
        self._person: Person | None = None
        self._street = self._place = ""
        self._references: tuple[Reference, ...] = ()
        self.carried: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[Reference, ...]:
        return self._references

    def carry(self, segment: str) -> None:
        self.carried += (self._parser.carry(segment),)

    def take(self, tag: str, segment: str) -> None:
        parser = self._parser
        if tag == "NM1":
            parts = elements_of(segment, parser.mark)
            if self._person is not None or parts[1] != self._role:
                raise Unreadable("NM101: a person that this level does not have")
            self._person = parser.elements.person(parts)
        elif self._person is None:
            raise Unreadable("a segment before the name of its level")
        elif tag == "REF":
            self._references += (parser.reference(segment),)
        elif tag == "N3" and not self._street:
            self._street = segment
        elif tag == "N4" and not self._place:
            self._place = segment
        elif tag == "DMG":
            dmg = elements_of(segment, parser.mark)
            if dmg[2] and dmg[1] != "D8":
                raise Unreadable("DMG01: a birth date that is not written CCYYMMDD")
            born = parser.elements.date[dmg[2]] if dmg[2] else None
            self._person = replace(self._person, birth_date=born, sex=dmg[3])
        else:
            self.carry(segment)

    def made(self, where: str) -> Person:
        """The person. Raises Unreadable when the level has none."""
        if self._person is None:
            raise Unreadable(f"the level has no name ({where} NM1)")
        address = self._parser.elements.address(self._street, self._place)
        return replace(self._person, address=address)

"""One file's segments, each element replaced by what the table says it is.

Every date moves by the same number of days, so that what came before still does, and weekdays stay. A birth
date also loses its day: it becomes an earlier day of its year. Payers keep their names and ids: they decide
what happens to a claim, and name no person.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined
from nextpayer_x12.tokens import Delimiters, blocks

from .shapes import Pseudonyms
from .table import ELEMENTS, KEPT_REFERENCES, PAYERS, Kind

__all__ = ["Deidentifier"]

_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_DATE = re.compile(r"(?<!\d)(\d{8})(?=\d{4}\b|\b)")
#: Where a loop of a person, an organization or a service begins, or ends.
_ELSEWHERE = frozenset({"CLM", "CLP", "SVC", "LX", "HL", "SBR", "ST", "PLB"})
#: First three digits of postal codes with 20,000 people or fewer (45 CFR 164.514(b)(2)(i)(B); the list is of
#: the Department's guidance on de-identification, census of 2000).
_FEW_PEOPLE = re.compile("036|059|063|102|203|556|692|790|821|823|830|831|878|879|884|890|893")
_REMOVED = "TEXT REMOVED"


class Deidentifier:
    """Copies files under one set of pseudonyms and one shift, so that the copies match each other.

    ``days`` is how far every date moves; negative is earlier.
    """

    def __init__(self, pseudonyms: Pseudonyms, days: int) -> None:
        self._pseudonyms, self._days = pseudonyms, days
        self._kinds: dict[Kind, Callable[[str], str]] = {
            Kind.NAME: pseudonyms.name,
            Kind.IDENTIFIER: pseudonyms.identifier,
            Kind.TEXT: lambda value: _REMOVED if value else "",
            Kind.DAY: self._day,
            Kind.DATED: self._dates_in,
            Kind.BIRTH: self._birth,
            Kind.ZIP: self._zip,
            Kind.COPY: lambda value: "X" * len(value),
        }

    def copy(self, stream: BinaryIO, file: str) -> Iterator[str]:
        """The copy's text, in pieces of whole segments. Raises UnusableInput for what is not understood."""
        walk = _Walk(self._kinds, self._pseudonyms)
        for block in blocks(stream, file):
            if isinstance(block, Quarantined):
                raise UnusableInput(file, f"segment {block.segment}", f"{block.reason}; nothing was written")
            segments = block.text.split(block.delimiters.segment)
            made = [
                walk.segment(segment, block.delimiters, file, number)
                for number, segment in enumerate(segments[:-1], block.segment)
            ]
            yield "\n".join(f"{segment}{block.delimiters.segment}" for segment in made) + "\n"

    def _day(self, value: str) -> str:
        """CCYYMMDD, or YYMMDD of the envelope; what is no date stays away."""
        short = len(value) == 6
        text = f"20{value}" if short else value
        if not text:
            return ""
        moved = self._moved(text)
        return moved[2:] if short else moved

    def _moved(self, text: str) -> str:
        """Eight digits moved; a date that does not exist becomes one that does not exist either."""
        try:
            day = dt.datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a date without a clock
            return f"{day + dt.timedelta(days=self._days):%Y%m%d}"
        except (ValueError, OverflowError):
            return "0" * len(text)

    def _dates_in(self, value: str) -> str:
        """A date, a date and time, or two dates: whatever eight digits stand in it."""
        if not _DATE.search(value):
            return value if len(value) <= 4 else "0" * len(value)
        return _DATE.sub(lambda found: self._moved(found[1]), value)

    def _birth(self, value: str) -> str:
        try:
            day = dt.datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 - a date without a clock
        except ValueError:
            return "0" * len(value)
        size = day.timetuple().tm_yday
        earlier = day - dt.timedelta(days=self._pseudonyms.below("birth", value, size))
        return self._moved(f"{earlier:%Y%m%d}")

    def _zip(self, value: str) -> str:
        if not value.isdigit() or len(value) not in (5, 9):
            return self._pseudonyms.identifier(value)
        area = "000" if _FEW_PEOPLE.match(value) else value[:3]
        return f"{area}010001"[: len(value)]


class _Walk:
    """Where in the file we are: after which entity, in which kind of transaction."""

    def __init__(self, kinds: dict[Kind, Callable[[str], str]], pseudonyms: Pseudonyms) -> None:
        self._kinds, self._pseudonyms = kinds, pseudonyms
        self._payer = False
        self._transaction = ""

    def segment(self, segment: str, delimiters: Delimiters, file: str, number: int) -> str:
        elements = segment.split(delimiters.element)
        tag = elements[0]
        special = _SPECIAL.get(tag)
        table = ELEMENTS.get(tag)
        if special is None and table is None:
            known = tag if _TAG.fullmatch(tag) else "without a name"
            raise UnusableInput(
                file,
                f"segment {number}",
                f"a segment {known}: nobody knows what it holds; nothing was written",
            )
        if tag == "ST":
            self._transaction = elements[1] if len(elements) > 1 else ""
        if tag in _ELSEWHERE:
            self._payer = False
        if special is not None:
            special(self, elements)
            return delimiters.element.join(elements)
        assert table is not None  # noqa: S101 - one of the two is there, for the type checker
        for at, kind in table.items():
            if at < len(elements) and elements[at].strip() and not self._stays(tag, at, elements):
                elements[at] = self._element(kind, elements[at], delimiters)
        return delimiters.element.join(elements)

    def _stays(self, tag: str, at: int, elements: list[str]) -> bool:
        if tag == "REF" and at != 4:
            return elements[1] in KEPT_REFERENCES or (self._payer and elements[1] == "EI")
        return self._payer and tag in ("N2", "N3", "N4")

    def _element(self, kind: Kind, value: str, delimiters: Delimiters) -> str:
        if kind in _COMPOSITES:
            repeated = value.split(delimiters.repetition)
            return delimiters.repetition.join(
                delimiters.component.join(self._composite(kind, one.split(delimiters.component)))
                for one in repeated
            )
        replaced = self._kinds[kind](value.strip())
        return replaced.ljust(len(value)) if value != value.strip() else replaced  # ISA's fixed width

    def _composite(self, kind: Kind, parts: list[str]) -> list[str]:
        """A composite's components, those replaced that tell something."""
        if kind is Kind.CODE_WITH_TEXT:
            places, one = range(6, 7), Kind.TEXT
        elif kind is Kind.DATED_CODE:
            places, one = range(3, 4), Kind.DATED
            if parts[2:3] not in (["D8"], ["RD8"], ["DT"]):
                return parts
        else:
            places, one = range(1, len(parts), 2), Kind.IDENTIFIER
        for at in places:
            kept = kind is Kind.PAIRS and parts[at - 1] in KEPT_REFERENCES
            if at < len(parts) and parts[at] and not kept:
                parts[at] = self._kinds[one](parts[at])
        return parts

    def _party(self, elements: list[str]) -> None:
        """NM1 and N1. A person has a name of their own even where payers stand."""
        individual = elements[0] == "NM1" and elements[2:3] == ["1"]
        self._payer = elements[1:2] != [] and elements[1] in PAYERS and not individual
        if self._payer:
            return
        names, number = ((2,), 4) if elements[0] == "N1" else ((3, 4, 5), 9)
        for at in names:
            if at < len(elements):
                elements[at] = self._pseudonyms.name(elements[at])
        if number < len(elements):
            elements[number] = self._pseudonyms.identifier(elements[number])

    def _contact(self, elements: list[str]) -> None:
        """PER: a name, and numbers by what they are."""
        if len(elements) > 2:
            elements[2] = self._pseudonyms.name(elements[2])
        for at in range(3, len(elements) - 1, 2):
            value = elements[at + 1]
            if elements[at] == "EM":
                value = f"{self._pseudonyms.name(value.partition('@')[0])}@example.com"
            elif elements[at] == "UR":
                value = "https://example.com"
            else:
                value = self._pseudonyms.phone(value)
            elements[at + 1] = value

    def _trace(self, elements: list[str]) -> None:
        """TRN: the cheque's or the inquiry's number. In an 835 TRN03 tells which payer it is."""
        places = (2, 4) if self._transaction == "835" else (2, 3, 4)
        for at in places:
            if at < len(elements):
                elements[at] = self._pseudonyms.identifier(elements[at])


_COMPOSITES = frozenset({Kind.CODE_WITH_TEXT, Kind.DATED_CODE, Kind.PAIRS})
_SPECIAL: dict[str, Callable[[_Walk, list[str]], None]] = {
    "NM1": _Walk._party,
    "N1": _Walk._party,
    "PER": _Walk._contact,
    "TRN": _Walk._trace,
}

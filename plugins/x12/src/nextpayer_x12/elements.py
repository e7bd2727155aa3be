"""What 835 and 837 segments share: dates, names, procedures, adjustments, cached by their text.

Codes, dates, procedures and adjustments repeat endlessly in claim files, and frozen nouns may be shared,
so each is parsed once per distinct text. Caches are bounded. A problem is raised as ``Unreadable``, whose
text names the segment and element and never the value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, TypeVar

from nextpayer._swift import swift
from nextpayer.errors import NotExactMoney
from nextpayer.money import cents, quantity
from nextpayer.policy import Address, Person, Reference
from nextpayer.remittance import Adjustment, AdjustmentGroup, Procedure

from .tokens import Delimiters

__all__ = ["NAMELESS", "Cache", "Elements", "Unreadable", "make_adjustment", "make_person"]

T = TypeVar("T")

CACHE_LIMIT = 50_000
#: CAS segments kept: three in five are among the first so many, and each takes more memory than most texts.
_ADJUSTMENTS_LIMIT = 15_000

make_address = swift(Address)
make_adjustment = swift(Adjustment)
make_person = swift(Person)
make_procedure = swift(Procedure)
make_reference = swift(Reference)

_GROUPS = frozenset(AdjustmentGroup)
_CARC = re.compile(r"[A-Z0-9]{1,5}", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)


#: Why a segment such as ``SV10`` is refused, which is not an SV1.
NAMELESS = "a segment with an unreadable name"


class Unreadable(ValueError):
    """A segment that cannot be turned into a noun; the text says which and why, without its values."""


class Cache(dict[str, T]):
    """Values parsed from text, kept by their text; looked up at the speed of a dict."""

    __slots__ = ("_limit", "_parse")

    def __init__(self, parse: Callable[[str], T], limit: int = CACHE_LIMIT) -> None:
        self._parse, self._limit = parse, limit

    def __missing__(self, text: str) -> T:
        found = self._parse(text)
        if len(self) < self._limit:  # full: the early ones are the frequent ones
            self[text] = found
        return found


class _Money(dict[str, Decimal]):
    """Amounts by their text. Claim files hold many distinct ones, so a first look must be quick too."""

    __slots__ = ()

    def __missing__(self, text: str) -> Decimal:
        whole, cent = text[:-3], text[-2:]
        if text[-3:-2] == "." and whole.isdigit() and cent.isdigit() and len(text) < 20 and text.isascii():
            found = Decimal(text)
        else:
            try:
                found = cents(text)
            except NotExactMoney as error:
                raise Unreadable(str(error)) from None
        if len(self) < CACHE_LIMIT:  # full: the early ones are the frequent ones
            self[text] = found
        return found


def _units(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return quantity(text)
    except NotExactMoney as error:
        raise Unreadable(str(error)) from None


def _date(text: str) -> dt.date:
    if not _DATE.fullmatch(text):
        raise Unreadable("a date is not written CCYYMMDD")
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise Unreadable("a date is no day of the calendar") from None


def _wrong_adjustment(reason: str, at: int) -> str:
    """What is wrong with the adjustment whose reason is CAS element ``at``."""
    if not reason:
        return f"CAS{at:02d}: an adjustment without a reason code (CARC)"
    if not _CARC.fullmatch(reason):
        return f"CAS{at:02d}: not a reason code (CARC)"
    return f"CAS{at + 1:02d}: a reason code without an amount"


class Elements:
    """Parsers for one set of delimiters, each a mapping from text to its meaning."""

    #: An amount element in dollars.
    money: ClassVar[Mapping[str, Decimal]] = _Money()
    #: A quantity element, None when it is empty.
    units: ClassVar[Mapping[str, Decimal | None]] = Cache(_units)
    #: A CCYYMMDD date.
    date: ClassVar[Mapping[str, dt.date]] = Cache(_date)

    _reason: ClassVar[Mapping[str, bool]] = Cache(lambda reason: _CARC.fullmatch(reason) is not None)

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.element = delimiters.element
        self.component = delimiters.component
        #: A procedure composite (SV101, SVC01, SVD03), None when it is empty.
        self.procedure: Mapping[str, Procedure | None] = Cache(self._procedure)
        #: The adjustments of a CAS segment, as they stand. They repeat as fee schedules do: a payer writes
        #: the same amount off the same service, and leaves the same share of it to the patient.
        self.adjustments: Mapping[str, tuple[Adjustment, ...]] = Cache(self._adjustments, _ADJUSTMENTS_LIMIT)

    def _procedure(self, text: str) -> Procedure | None:
        if not text:
            return None
        parts = text.split(self.component)
        if len(parts) < 2 or not parts[0] or not parts[1]:
            raise Unreadable("a procedure is not a qualifier and a code")
        return make_procedure(
            qualifier=parts[0],
            code=parts[1],
            modifiers=tuple(part for part in parts[2:6] if part),
            description=parts[6] if len(parts) > 6 else "",
        )

    def _adjustments(self, segment: str) -> tuple[Adjustment, ...]:
        parts = segment.split(self.element)
        if parts[0] != "CAS":
            raise Unreadable(NAMELESS)
        group, size = parts[1], len(parts)
        if group not in _GROUPS:
            raise Unreadable("CAS01: the group code is not CO, PR, OA, PI or CR")
        if size > 20:
            raise Unreadable("CAS: more than six adjustments in one segment")
        parts += ("", "")
        found = []
        for at in range(2, size, 3):
            reason, amount = parts[at], parts[at + 1]
            if amount and self._reason[reason]:
                found.append(make_adjustment(group, reason, self.money[amount], self.units[parts[at + 2]]))
            elif reason or amount or parts[at + 2]:
                raise Unreadable(_wrong_adjustment(reason, at))
        if not found:
            raise Unreadable("CAS: a group code without an adjustment")
        return tuple(found)

    def person(self, parts: list[str]) -> Person:
        """An NM1 segment's elements as a person or organization."""
        if parts[0] != "NM1":
            raise Unreadable(NAMELESS)
        if len(parts) < 10:
            parts += [""] * (10 - len(parts))
        return make_person(*parts[2:10])  # NM102 to NM109 are the noun's first fields, in order

    def address(self, n3: str, n4: str) -> Address | None:
        """An address from its N3 and N4 segments (either may be empty), None when both are."""
        if not n3 and not n4:
            return None
        street = n3.split(self.element)[1:] if n3 else ()
        place = n4.split(self.element)
        if len(place) < 8:
            place += ("",) * (8 - len(place))
        _, city, state, postal_code, country, _, _, subdivision, *_ = place
        return make_address(tuple(street), city, state, postal_code, country, subdivision)

    def reference(self, segment: str) -> Reference:
        """A REF segment."""
        parts = segment.split(self.element)
        if parts[0] != "REF":
            raise Unreadable(NAMELESS)
        if not parts[1]:
            raise Unreadable("REF01: a number without its qualifier")
        if len(parts) == 3:
            return make_reference(parts[1], parts[2])
        parts += [""] * (5 - len(parts))
        tied = parts[4].split(self.component) if parts[4] else []
        payer_id = tied[1] if len(tied) > 1 and tied[0] == "2U" else ""
        return make_reference(qualifier=parts[1], value=parts[2], description=parts[3], payer_id=payer_id)

"""Cutting a 270 or 271 into its hierarchical levels: payer (20), provider (21), subscriber (22), dependant
(23).

A level is everything from its HL to the next. Each level knows the one above it, so that whoever reads a
patient's level has the subscriber, the provider and the payer at hand. One level is held at a time, with
those above it. A level that stands where the guides have none is quarantined with all below it, as is one
that the file ends in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from nextpayer.ports import Quarantined

from .elements import Elements, Unreadable
from .envelope import NOTHING, Body, Envelope
from .tokens import Block

__all__ = ["DEPENDANT", "PAYER", "PROVIDER", "SUBSCRIBER", "Level", "levels"]

PAYER, PROVIDER, SUBSCRIBER, DEPENDANT = "20", "21", "22", "23"
_ABOVE = {PAYER: "", PROVIDER: PAYER, SUBSCRIBER: PROVIDER, DEPENDANT: SUBSCRIBER}


@dataclass(slots=True, kw_only=True, eq=False)
class Level:
    """One level as text. ``segments`` are those after its HL, whose number is ``segment``.

    ``opens`` says that a level below it follows, as is known once that begins; ``date`` and ``reference`` are
    the transaction's (BHT04, BHT03).
    """

    code: str
    segment: int
    above: Level | None
    elements: Elements
    segments: list[str] = field(default_factory=list)
    opens: bool = False
    date: dt.date | None = None
    reference: str = ""


def levels(
    blocks: Iterator[Block | Quarantined], file: str, transaction: str, item: str
) -> Iterator[Level | Quarantined]:
    """Every level of the file's transactions of that set (``270``, ``271``), in order, closed.

    ``item`` is what a quarantined patient's level counts as (``inquiry``, ``answer``).
    """
    return _Transactions(file, transaction, item).read(blocks)


class _Transactions(Envelope[Level]):
    """Those of one set."""

    def __init__(self, file: str, wanted: str, item: str) -> None:
        super().__init__(file)
        self._wanted, self._item = wanted, item

    def begin(self, st: list[str], elements: Elements, number: int) -> Body[Level] | Quarantined:
        if st[1] == self._wanted:
            return _Levels(self.file, self._wanted, self._item, elements)
        return self.aside(number, f"a transaction that is not a {self._wanted} (ST01)")


class _Levels:
    """One transaction being cut into its levels."""

    def __init__(self, file: str, transaction: str, item: str, elements: Elements) -> None:
        self._file, self._wanted, self._item = file, transaction, item
        self._elements, self._mark = elements, elements.element
        self._header: list[str] = []
        self._last: dict[str, tuple[str, Level]] = {}
        self._level: Level | None = None
        self._lost = False

    def take(self, segment: str, number: int) -> Iterator[Level | Quarantined]:
        """Take one segment in; the level that it closes comes out."""
        if segment.split(self._mark, 1)[0] == "HL":
            yield from self._begin(segment.split(self._mark) + NOTHING, number)
        elif self._level is not None:
            self._level.segments.append(segment)
        elif not self._lost:
            self._header.append(segment)

    def finish(self, *, whole: bool) -> Iterator[Level | Quarantined]:
        """The last level, which may not be whole when the transaction is not."""
        level = self._level
        if whole or level is None or level.code not in (SUBSCRIBER, DEPENDANT):
            yield from self._end()
        else:
            what = f"the interchange ends inside this {self._item}, so it may not be whole"
            yield self._aside(level.segment, what, self._item)

    def _aside(self, number: int, reason: str, kind: str = "file") -> Quarantined:
        return Quarantined(file=self._file, segment=number, reason=reason, kind=kind)

    def _begin(self, hl: list[str], number: int) -> Iterator[Level | Quarantined]:
        _, own, parent, code = hl[:4]
        wanted = _ABOVE.get(code)
        above_number, above = self._last.get(wanted or "", ("", None))
        fits = wanted is not None and parent == above_number and (above is not None or not wanted)
        if fits and above is not None:
            above.opens = True
        yield from self._end()
        ends = code if code in _ABOVE else SUBSCRIBER
        for lower in [lower for lower in self._last if lower >= ends]:
            del self._last[lower]
        if not fits:
            self._lost = True
            kind = self._item if code in (SUBSCRIBER, DEPENDANT) else "file"
            reason = f"a hierarchical level that a {self._wanted} does not have here (HL02, HL03)"
            yield self._aside(number, reason, kind)
            return
        self._lost = False
        level = Level(code=code, segment=number, above=above, elements=self._elements)
        if code == PAYER:
            yield from self._transaction_facts(level, number)
        elif above is not None:
            level.date, level.reference = above.date, above.reference
        self._last[code] = (own, level)
        self._level = level

    def _transaction_facts(self, level: Level, number: int) -> Iterator[Quarantined]:
        for segment in self._header:
            parts = segment.split(self._mark) + NOTHING
            if parts[0] == "BHT":
                level.reference = parts[3]
                try:
                    level.date = level.elements.date[parts[4]]
                except Unreadable as error:
                    yield self._aside(number - 1, f"BHT04: {error}")
            else:
                yield self._aside(number - 1, "a segment before the first level that has no place there")

    def _end(self) -> Iterator[Level]:
        if self._level is not None:
            yield self._level
        self._level = None

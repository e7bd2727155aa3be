"""Cutting a 270 or 271 into its hierarchical levels: payer (20), provider (21), subscriber (22), dependant
(23).

A level is everything from its HL to the next. Each level knows the one above it, so that whoever reads a
patient's level has the subscriber, the provider and the payer at hand. One level is held at a time, with
those above it. What stands between levels (envelope, counts, trailers) is checked here. A level that stands
where the guides have none is quarantined with all below it, as is one that the file ends in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from nextpayer.ports import Quarantined

from .counts import Counts, counts
from .elements import Elements, Unreadable
from .tokens import Block, Delimiters

__all__ = ["DEPENDANT", "PAYER", "PROVIDER", "SUBSCRIBER", "Level", "levels"]

PAYER, PROVIDER, SUBSCRIBER, DEPENDANT = "20", "21", "22", "23"
_ABOVE = {PAYER: "", PROVIDER: PAYER, SUBSCRIBER: PROVIDER, DEPENDANT: SUBSCRIBER}
_ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
_NOTHING = [""] * 20


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
    walker = _Walker(file, transaction, item)
    number = 1
    for block in blocks:
        if isinstance(block, Quarantined):
            yield from walker.close(number)
            yield block
            continue
        if walker.elements is None or walker.elements.delimiters is not block.delimiters:
            yield from walker.close(number)
            walker.use(block.delimiters)
        number = block.segment
        for segment in block.text.split(block.delimiters.segment):
            if segment:
                yield from walker.see(segment, number)
                number += 1
    yield from walker.close(number)


class _Walker:
    """Follows the envelope, the transactions and the levels of one file."""

    def __init__(self, file: str, transaction: str, item: str) -> None:
        self.file, self.wanted, self.item = file, transaction, item
        self.elements: Elements | None = None
        self._mark = ""
        self._counts = Counts()
        self._open = False
        self._transaction = 0
        self._ours = False
        self._header: list[str] = []
        self._last: dict[str, tuple[str, Level]] = {}
        self._level: Level | None = None
        self._lost = False

    def use(self, delimiters: Delimiters) -> None:
        self.elements, self._mark = Elements(delimiters), delimiters.element

    def see(self, segment: str, number: int) -> Iterator[Level | Quarantined]:
        """Take one segment in; what it closes comes out."""
        tag = segment.split(self._mark, 1)[0]
        if tag in _ENVELOPE:
            yield from self._enveloping(tag, segment.split(self._mark), number)
        elif not self._transaction:
            yield self._aside(number, "a segment outside a transaction")
        elif not self._ours:
            pass
        elif tag == "HL":
            yield from self._begin(segment.split(self._mark) + _NOTHING, number)
        elif self._level is not None:
            self._level.segments.append(segment)
        elif not self._lost:
            self._header.append(segment)

    def close(self, number: int) -> Iterator[Level | Quarantined]:
        """The end of the interchange or file, and what was left open."""
        if self._transaction:
            yield from self._cut_short(number, "the transaction has no end (SE): it is cut short")
        elif self._open:
            yield self._aside(number, "the interchange has no end (IEA is missing)")
        self._open, self._transaction = False, 0

    def _aside(self, number: int, reason: str, kind: str = "file") -> Quarantined:
        return Quarantined(file=self.file, segment=number, reason=reason, kind=kind)

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
        if not fits or self.elements is None:
            self._lost = True
            kind = self.item if code in (SUBSCRIBER, DEPENDANT) else "file"
            reason = f"a hierarchical level that a {self.wanted} does not have here (HL02, HL03)"
            yield self._aside(number, reason, kind)
            return
        self._lost = False
        level = Level(code=code, segment=number, above=above, elements=self.elements)
        if code == PAYER:
            yield from self._transaction_facts(level, number)
        elif above is not None:
            level.date, level.reference = above.date, above.reference
        self._last[code] = (own, level)
        self._level = level

    def _transaction_facts(self, level: Level, number: int) -> Iterator[Quarantined]:
        for segment in self._header:
            parts = segment.split(self._mark) + _NOTHING
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

    def _cut_short(self, number: int, reason: str) -> Iterator[Level | Quarantined]:
        """The transaction is not whole: its last level may not be either."""
        level, self._level = self._level, None
        if level is not None and level.code in (SUBSCRIBER, DEPENDANT):
            what = f"the interchange ends inside this {self.item}, so it may not be whole"
            yield self._aside(level.segment, what, self.item)
        elif level is not None:
            yield level
        yield self._aside(number, reason)

    def _enveloping(self, tag: str, parts: list[str], number: int) -> Iterator[Level | Quarantined]:
        parts = parts + _NOTHING
        if trouble := self._counts.see(tag, parts):
            yield self._aside(number, trouble)
        if tag == "SE" and self._transaction:
            yield from self._end()
            if not counts(parts[1], number - self._transaction + 1):
                yield self._aside(
                    number, "SE01 does not count the transaction's segments: some may be missing"
                )
            self._transaction = 0
            return
        if tag not in ("TA1", "SE") and self._transaction:
            yield from self._cut_short(number, "the transaction before has no end (SE)")
            self._transaction = 0
        if tag == "ISA":
            if self._open:
                yield self._aside(
                    number, "a new interchange begins before the last one ended (IEA is missing)"
                )
            self._open = True
        elif tag == "IEA":
            self._open = False
        elif tag == "ST":
            self._transaction, self._ours = number, parts[1] == self.wanted
            self._header, self._last, self._lost, self._level = [], {}, False, None
            if not self._ours:
                yield self._aside(number, f"a transaction that is not a {self.wanted} (ST01)")

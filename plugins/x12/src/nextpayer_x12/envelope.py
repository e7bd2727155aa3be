"""The envelope of a file (ISA, GS, ST and their ends), followed for those who read a transaction by segments.

What a transaction holds is its guide's; what stands around it is the same for all. So one class follows the
envelope, counts, and tells what is cut short, and hands the segments between ST and SE to a body that the
reader of each guide makes. A body that the file ends in is told so: what it holds then may not be whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from nextpayer.ports import Quarantined

from .counts import Counts, counts
from .elements import Elements
from .tokens import Block

__all__ = ["NOTHING", "Body", "Envelope"]

#: Put after a segment's elements, so that one it does not have is empty.
NOTHING = [""] * 20
_TAGS = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
Read = TypeVar("Read")
Told = TypeVar("Told", covariant=True)


class Body(Protocol[Told]):
    """What reads one transaction, segment by segment."""

    def take(self, segment: str, number: int) -> Iterator[Told | Quarantined]:
        """Take one segment in; what it completes comes out."""

    def finish(self, *, whole: bool) -> Iterator[Told | Quarantined]:
        """What is left at the end, which is SE when the transaction is ``whole``."""


class Envelope(ABC, Generic[Read]):
    """Follows the envelope of one file. ``isa`` and ``guide`` (GS08) are those of the transaction at hand."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.isa = NOTHING
        self.guide = ""
        self._elements: Elements | None = None
        self._counts = Counts()
        self._open = False
        self._transaction = 0
        self._body: Body[Read] | None = None

    @abstractmethod
    def begin(self, st: list[str], elements: Elements, number: int) -> Body[Read] | Quarantined:
        """What reads the transaction that ``st`` begins, or why nothing does."""

    def interchange(self, ta1: list[str], number: int) -> Iterator[Read | Quarantined]:
        """What a TA1 says; a reader to whom it says nothing leaves this as it is."""
        yield from ()

    def read(self, blocks: Iterator[Block | Quarantined]) -> Iterator[Read | Quarantined]:
        """All that the bodies tell, in order, and what could not be read, with its position."""
        number = 1
        for block in blocks:
            if isinstance(block, Quarantined):
                yield from self._close(number)
                yield block
                continue
            elements = self._elements
            if elements is None or elements.delimiters is not block.delimiters:
                yield from self._close(number)
                self._elements = elements = Elements(block.delimiters)
            number = block.segment
            for segment in block.text.split(block.delimiters.segment):
                if segment:
                    yield from self._see(segment, elements, number)
                    number += 1
        yield from self._close(number)

    def aside(self, number: int, reason: str, kind: str = "file") -> Quarantined:
        """That segment set aside."""
        return Quarantined(file=self.file, segment=number, reason=reason, kind=kind)

    def _see(self, segment: str, elements: Elements, number: int) -> Iterator[Read | Quarantined]:
        if segment.split(elements.element, 1)[0] in _TAGS:
            yield from self._frame(segment.split(elements.element) + NOTHING, elements, number)
        elif not self._transaction:
            yield self.aside(number, "a segment outside a transaction")
        elif self._body is not None:
            yield from self._body.take(segment, number)

    def _close(self, number: int) -> Iterator[Read | Quarantined]:
        """The end of the interchange or file, and what was left open."""
        if self._transaction:
            yield from self._cut_short(number, "the transaction has no end (SE): it is cut short")
        elif self._open:
            yield self.aside(number, "the interchange has no end (IEA is missing)")
        self._open = False

    def _cut_short(self, number: int, reason: str) -> Iterator[Read | Quarantined]:
        yield from self._finish(whole=False)
        yield self.aside(number, reason)

    def _finish(self, *, whole: bool) -> Iterator[Read | Quarantined]:
        body, self._body, self._transaction = self._body, None, 0
        if body is not None:
            yield from body.finish(whole=whole)

    def _frame(self, parts: list[str], elements: Elements, number: int) -> Iterator[Read | Quarantined]:
        tag = parts[0]
        if trouble := self._counts.see(tag, parts):
            yield self.aside(number, trouble)
        if tag == "SE" and self._transaction:
            right = counts(parts[1], number - self._transaction + 1)
            yield from self._finish(whole=True)
            if not right:
                yield self.aside(
                    number, "SE01 does not count the transaction's segments: some may be missing"
                )
            return
        if self._transaction:
            yield from self._cut_short(number, "the transaction before has no end (SE)")
        if tag == "ISA":
            if self._open:
                yield self.aside(
                    number, "a new interchange begins before the last one ended (IEA is missing)"
                )
            self._open, self.isa = True, parts
        elif tag == "IEA":
            self._open = False
        elif tag == "TA1":
            yield from self.interchange(parts, number)
        elif tag == "GS":
            self.guide = parts[8]
        elif tag == "ST":
            begun = self.begin(parts, elements, number)
            self._transaction = number
            if isinstance(begun, Quarantined):
                yield begun
            else:
                self._body = begun

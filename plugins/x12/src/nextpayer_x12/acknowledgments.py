"""Reading acknowledgments: TA1, 999 and 277 (claim acknowledgment, status response), in one pass of a file.

A file may hold all of them, in several interchanges. A 999 is handed out when its group's word (AK9) is
complete, a 277's reports one by one. What cannot be read is quarantined alone: one set of a 999, one claim
of a 277, or one transaction where its frame is broken. A transaction that the file ends in has said nothing
final, so a 999 without its end is quarantined whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from nextpayer.acknowledgment import Acknowledgment, InterchangeAcknowledgment
from nextpayer.ports import Quarantined

from .counts import Counts, counts
from .elements import Elements, Unreadable
from .status_reports import KINDS, StatusReports
from .syntax_reports import SyntaxReport
from .tokens import Block

__all__ = ["acknowledgments"]

_ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
_NOTHING = [""] * 20


class _Body(Protocol):
    """What reads one transaction, segment by segment."""

    def take(self, parts: list[str], segment: str, number: int) -> Iterator[Acknowledgment | Quarantined]: ...
    def finish(self, *, whole: bool) -> Iterator[Acknowledgment | Quarantined]: ...


def acknowledgments(
    blocks: Iterator[Block | Quarantined], file: str
) -> Iterator[Acknowledgment | Quarantined]:
    """Every acknowledgment of the file in order, and what could not be read, with its position."""
    walker = _Walker(file)
    number = 1
    for block in blocks:
        if isinstance(block, Quarantined):
            yield from walker.close(number)
            yield block
            continue
        if walker.elements is None or walker.elements.delimiters is not block.delimiters:
            yield from walker.close(number)
            walker.elements = Elements(block.delimiters)
        number = block.segment
        for segment in block.text.split(block.delimiters.segment):
            if segment:
                yield from walker.see(segment, number)
                number += 1
    yield from walker.close(number)


class _Walker:
    """Follows the envelope of one file and hands each transaction to what reads it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.elements: Elements | None = None
        self._counts = Counts()
        self._open = False
        self._parties = ("", "")
        self._guide = ""
        self._transaction = 0
        self._body: _Body | None = None

    def see(self, segment: str, number: int) -> Iterator[Acknowledgment | Quarantined]:
        """Take one segment in; what it completes comes out."""
        assert self.elements is not None  # noqa: S101 - a block is used first
        parts = segment.split(self.elements.element)
        if parts[0] in _ENVELOPE:
            yield from self._enveloping(parts + _NOTHING, number)
        elif not self._transaction:
            yield self._aside(number, "a segment outside a transaction")
        elif self._body is not None:
            yield from self._body.take(parts + _NOTHING, segment, number)

    def close(self, number: int) -> Iterator[Acknowledgment | Quarantined]:
        """The end of the interchange or file, and what was left open."""
        if self._transaction:
            yield from self._cut_short(number, "the transaction has no end (SE): it is cut short")
        elif self._open:
            yield self._aside(number, "the interchange has no end (IEA is missing)")
        self._open = False

    def _aside(self, number: int, reason: str, kind: str = "file") -> Quarantined:
        return Quarantined(file=self.file, segment=number, reason=reason, kind=kind)

    def _cut_short(self, number: int, reason: str) -> Iterator[Acknowledgment | Quarantined]:
        body, self._body, self._transaction = self._body, None, 0
        if body is not None:
            yield from body.finish(whole=False)
        yield self._aside(number, reason)

    def _enveloping(self, parts: list[str], number: int) -> Iterator[Acknowledgment | Quarantined]:
        tag = parts[0]
        if trouble := self._counts.see(tag, parts):
            yield self._aside(number, trouble)
        if tag == "SE" and self._transaction:
            body, self._body = self._body, None
            right = counts(parts[1], number - self._transaction + 1)
            if body is not None:
                yield from body.finish(whole=True)
            if not right:
                yield self._aside(
                    number, "SE01 does not count the transaction's segments: some may be missing"
                )
            self._transaction = 0
            return
        if self._transaction:
            yield from self._cut_short(number, "the transaction before has no end (SE)")
        if tag == "ISA":
            if self._open:
                yield self._aside(
                    number, "a new interchange begins before the last one ended (IEA is missing)"
                )
            self._open, self._parties = True, (parts[6].strip(), parts[8].strip())
        elif tag == "IEA":
            self._open = False
        elif tag == "TA1":
            yield self._interchange(parts, number)
        elif tag == "GS":
            self._guide = parts[8]
        elif tag == "ST":
            yield from self._begin(parts, number)

    def _begin(self, st: list[str], number: int) -> Iterator[Quarantined]:
        assert self.elements is not None  # noqa: S101 - a block is used first
        self._transaction = number
        guide = st[3] or self._guide
        kind = next((kind for mark, kind in KINDS if st[1] == "277" and mark in guide), "")
        if st[1] == "999":
            self._body = SyntaxReport(self.file, self.elements, self._parties, number)
        elif kind:
            self._body = StatusReports(self.file, self.elements, self._parties, kind)
        else:
            self._body = None
            yield self._aside(number, "a transaction that is no acknowledgment (ST01, GS08)")

    def _interchange(self, ta1: list[str], number: int) -> InterchangeAcknowledgment | Quarantined:
        try:
            if not ta1[1].isdigit() or ta1[4] not in ("A", "E", "R"):
                raise Unreadable("TA101 is no number or TA104 is not A, E or R")
            if not (ta1[3] + ta1[5]).isalnum():
                raise Unreadable("TA103 or TA105 is no code")
            return InterchangeAcknowledgment(
                control_number=ta1[1],
                date=_short_day(ta1[2]),
                time=ta1[3],
                code=ta1[4],
                note=ta1[5],
                sender=self._parties[0],
                receiver=self._parties[1],
                file=self.file,
                segment=number,
            )
        except Unreadable as error:
            return self._aside(number, f"TA1: {error}", "acknowledgment")


def _short_day(text: str) -> dt.date | None:
    """A YYMMDD date of this century, None when it is empty."""
    if not text:
        return None
    try:
        if not (text.isascii() and text.isdigit() and len(text) == 6):
            raise ValueError
        return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise Unreadable("TA102 is no day written YYMMDD") from None

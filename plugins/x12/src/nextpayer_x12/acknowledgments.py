"""Reading acknowledgments: TA1, 999 and 277 (claim acknowledgment, status response), in one pass of a file.

A file may hold all of them, in several interchanges. A 999 is handed out when its group's word (AK9) is
complete, a 277's reports one by one. What cannot be read is quarantined alone: one set of a 999, one claim
of a 277, or one transaction where its frame is broken. A transaction that the file ends in has said nothing
final, so a 999 without its end is quarantined whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from nextpayer.acknowledgment import Acknowledgment, InterchangeAcknowledgment
from nextpayer.ports import Quarantined

from .elements import Elements, Unreadable
from .envelope import Body, Envelope
from .status_reports import KINDS, StatusReports
from .syntax_reports import SyntaxReport
from .tokens import Block

__all__ = ["acknowledgments"]


def acknowledgments(
    blocks: Iterator[Block | Quarantined], file: str
) -> Iterator[Acknowledgment | Quarantined]:
    """Every acknowledgment of the file in order, and what could not be read, with its position."""
    return _Acknowledgments(file).read(blocks)


class _Acknowledgments(Envelope[Acknowledgment]):
    def begin(self, st: list[str], elements: Elements, number: int) -> Body[Acknowledgment] | Quarantined:
        guide = st[3] or self.guide
        kind = next((kind for mark, kind in KINDS if st[1] == "277" and mark in guide), "")
        if st[1] == "999":
            return SyntaxReport(self.file, elements, self._parties(), number)
        if kind:
            return StatusReports(self.file, elements, self._parties(), kind)
        return self.aside(number, "a transaction that is no acknowledgment (ST01, GS08)")

    def interchange(self, ta1: list[str], number: int) -> Iterator[Acknowledgment | Quarantined]:
        try:
            if not ta1[1].isdigit() or ta1[4] not in ("A", "E", "R"):
                raise Unreadable("TA101 is no number or TA104 is not A, E or R")
            if not (ta1[3] + ta1[5]).isalnum():
                raise Unreadable("TA103 or TA105 is no code")
            yield InterchangeAcknowledgment(
                control_number=ta1[1],
                date=_short_day(ta1[2]),
                time=ta1[3],
                code=ta1[4],
                note=ta1[5],
                **self._parties(),
                file=self.file,
                segment=number,
            )
        except Unreadable as error:
            yield self.aside(number, f"TA1: {error}", "acknowledgment")

    def _parties(self) -> dict[str, Any]:
        """Who sent the interchange to whom, and when; a day that is none is left out."""
        try:
            day = _short_day(self.isa[9])
        except Unreadable:
            day = None
        return {"sender": self.isa[6].strip(), "receiver": self.isa[8].strip(), "answered": day}


def _short_day(text: str) -> dt.date | None:
    """A YYMMDD date of this century, None when it is empty."""
    if not text:
        return None
    try:
        if not (text.isascii() and text.isdigit() and len(text) == 6):
            raise ValueError
        return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise Unreadable("a day is not written YYMMDD (TA102)") from None

"""Last days as a calendar file (RFC 5545): one all-day event each, with an alarm some days before.

The same days give the same bytes: the stamp is the day of the run, and an event's id is made of what it is
about, so that a calendar that reads the file again changes its entries and adds none. An event names the
office's own number of the claim and no person.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Event", "ics"]

_FOLD = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One last day. ``key`` says what it is about, and is the same when the day changes."""

    key: str
    day: dt.date
    title: str
    text: str = ""
    remind_days: int = 7


def ics(events: Iterable[Event], today: dt.date) -> bytes:
    """The calendar file, lines folded at 75 octets and ended with CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//nextpayer//deadlines//EN", "CALSCALE:GREGORIAN"]
    for event in events:
        lines += _event(event, today)
    lines.append("END:VCALENDAR")
    return b"".join(folded for line in lines for folded in _folded(line))


def _event(event: Event, today: dt.date) -> Iterator[str]:
    id = hashlib.sha256(event.key.encode()).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{id}@nextpayer"
    yield f"DTSTAMP:{today:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{_escaped(event.text)}"
    yield "TRANSP:TRANSPARENT"
    if event.remind_days:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_escaped(event.title)}"
        yield f"TRIGGER:-P{event.remind_days}D"
        yield "END:VALARM"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11): a line end is written as such, other control characters go."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    text = "\\n".join(text.splitlines())
    return "".join(one for one in text if one.isprintable())


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces of at most 75 octets, each but the first after a space; no letter is cut."""
    room, piece = _FOLD, b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > room:
            yield piece + b"\r\n"
            piece, room = b" ", _FOLD
        piece += octets
    yield piece + b"\r\n"

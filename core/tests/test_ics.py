"""The calendar file: RFC 5545 line by line."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from nextpayer.ics import Event, ics

TODAY = dt.date(2026, 3, 1)


def unfolded(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_an_event_is_a_whole_day_with_an_alarm() -> None:
    event = Event(key="a", day=dt.date(2028, 2, 29), title="Last day, A1; really", text="one\ntwo")
    lines = unfolded(ics([event], TODAY))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20280229" in lines
    assert "DTEND;VALUE=DATE:20280301" in lines
    assert "SUMMARY:Last day\\, A1\\; really" in lines
    assert "DESCRIPTION:one\\ntwo" in lines
    assert "TRIGGER:-P7D" in lines
    assert "DTSTAMP:20260301T000000Z" in lines


def test_a_day_that_moves_keeps_its_id_and_another_event_has_another() -> None:
    def ids(*events: Event) -> list[str]:
        return [line for line in unfolded(ics(events, TODAY)) if line.startswith("UID")]

    first = Event(key="a", day=TODAY, title="t")
    moved = Event(key="a", day=TODAY + dt.timedelta(days=3), title="other")
    assert ids(first) == ids(moved)
    assert len(set(ids(first, Event(key="b", day=TODAY, title="t")))) == 2


@given(st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_no_line_is_longer_than_seventy_five_octets_and_no_letter_is_cut(
    texts: list[tuple[str, str]],
) -> None:
    data = ics([Event(key=a, day=TODAY, title=a, text=b) for a, b in texts], TODAY)
    physical = data.split(b"\r\n")
    assert physical[-1] == b""
    assert all(len(line) <= 75 for line in physical)
    assert all(b"\n" not in line and b"\r" not in line for line in physical)
    for line in physical:
        line.decode()
    assert sum(line == "BEGIN:VEVENT" for line in unfolded(data)) == len(texts)

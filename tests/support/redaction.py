"""Nobody's data in a log: every command that any test runs is listened to.

`support.run.command_line` is how the scenarios, the laws and the desk's tests run the program. It reads from
the files of the command who the people in them are, and fails when anything that any logger said meanwhile
holds a name, a number, a birth date or a street of one of them. People stay known for the rest of the run,
since a ledger remembers them too.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["PEOPLE", "People", "listening", "people_of", "shown"]

_LARGEST = 2 << 20
_READ: set[tuple[str, int, int]] = set()
#: NM101 of persons that are patients or insured.
_PERSONS = ("IL", "QC", "74")
_KEYS = {"last", "first", "member_id", "patient_control_number", "claim_id", "birth_date", "group_number"}


class People(set[str]):
    """Private values; those of several words are found by the longest of them."""

    def __init__(self) -> None:
        super().__init__()
        self._several: dict[str, set[str]] = {}

    def update(self, *values: Iterable[str]) -> None:
        for one in itertools.chain(*values):
            self.add(one)
            if not one.isalnum() and (words := re.findall(r"\w+", one)):
                self._several.setdefault(max(words, key=len), set()).add(one)

    def shown(self, text: str) -> set[str]:
        """Which of them stand in a text."""
        words = set(re.findall(r"\w+", text))
        several = {one for word in words for one in self._several.get(word, ())}
        return (words & self) | {one for one in several if one in text}


#: What is private in the files that were given to a command so far.
PEOPLE = People()


class _Ear(logging.Handler):
    """Everything that is logged, with the text of exceptions and what NEXTPAYER_LOG would show."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{self.format(record)} {record.__dict__.get('facts', '')}")


@contextmanager
def listening(arguments: Sequence[str]) -> Iterator[None]:
    """While it lasts, nothing of the people in the files of a command may be logged."""
    for argument in arguments:
        _meet(Path(argument))
    ear, root, ours = _Ear(), logging.getLogger(), logging.getLogger("nextpayer")
    before = ours.level
    root.addHandler(ear)
    ours.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        ours.setLevel(before)
        root.removeHandler(ear)
    found = PEOPLE.shown("\n".join(ear.heard))
    assert not found, f"a log holds private data: {sorted(found)} in {arguments[:1]}"


def shown(text: str, private: Collection[str]) -> set[str]:
    """What of it stands in a text, as words of their own."""
    people = People()
    people.update(private)
    return people.shown(text)


def people_of(text: str) -> set[str]:
    """The private values of an X12 file or a JSON document."""
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            found = set(_of_json(json.loads(text)))
        except (ValueError, RecursionError):
            found = set()
    else:
        found = set(_of_x12(text))
    return {one for one in found if len(one) > 2 and (not one.isdigit() or len(one) > 5)}


def _meet(path: Path) -> None:
    try:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        for one in inside:
            if not one.is_file():
                continue
            status = one.stat()
            mark = (str(one), status.st_size, status.st_mtime_ns)
            if mark in _READ or status.st_size > _LARGEST:
                continue
            _READ.add(mark)
            PEOPLE.update(people_of(one.read_text(encoding="utf-8", errors="replace")))
    except (OSError, ValueError):
        return


def _of_x12(text: str) -> Iterator[str]:
    start = text.find("ISA")
    if start < 0 or len(text) < start + 106:
        return
    mark, end = text[start + 3], text[start + 105]
    person = False
    for segment in text[start:].split(end):
        name, *parts = (part.strip() for part in segment.strip().split(mark))
        parts += [""] * 9
        if name == "NM1":
            person = parts[0] in _PERSONS
            if person:
                yield from (parts[2], parts[3], parts[8])
        elif name in ("N3", "DMG") and person:
            day = parts[1]
            yield from (parts[0],) if name == "N3" else (day, f"{day[:4]}-{day[4:6]}-{day[6:]}")
        elif name in ("CLM", "CLP"):
            yield parts[0]
            person = False


def _of_json(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if key in _KEYS and isinstance(inside, str):
                yield inside
            else:
                yield from _of_json(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _of_json(inside)

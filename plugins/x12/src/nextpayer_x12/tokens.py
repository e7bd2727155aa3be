"""From bytes to blocks of whole segments, one interchange at a time.

An X12 file says its own delimiters: the ISA segment is 106 characters long, and three of them are the
element separator, the component separator and the segment terminator. Files in the wild add a byte order
mark, line ends after (or as) the terminator, line wrapping, indentation, several interchanges with
different delimiters, and sometimes stop in the middle. ``blocks`` takes all that away and hands out
large pieces of clean text that hold whole segments of one interchange, so that readers can split text at
the speed of ``str.split``. What it cannot read it reports as ``Quarantined`` with its position.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined

__all__ = ["LONGEST_CLAIM", "Block", "Delimiters", "blocks", "crowded", "endless"]

#: Bytes read at a time.
CHUNK = 1 << 20
#: No segment of a health care guide comes near this; a longer one means a lost terminator.
LONGEST_SEGMENT = 64 * 1024
#: Nor does a claim of 999 lines with ten payers' decisions come near these; it is in memory as a whole.
LONGEST_CLAIM = 4 << 20
MOST_SEGMENTS = 50_000

_ISA_LENGTH = 106
_BLANK = " \t\r\n\x00\x1a\ufeff"
#: The end of an element when a segment was cut off in it and an ISA follows (VISA at its end is a name).
_BEGINS_AGAIN = re.compile(r"[^A-Za-z0-9 ]\s*ISA$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiters:
    """The four delimiters of one interchange."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"

    def __str__(self) -> str:
        return self.element + self.component + self.repetition + self.segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Whole segments of one interchange, each closed by the terminator, no line ends or indentation.

    ``segment`` is the number of the first one in its file (ISA is 1). ``clean`` says that the text is
    byte for byte what the file holds.
    """

    text: str
    delimiters: Delimiters
    segment: int
    clean: bool


def blocks(stream: BinaryIO, file: str) -> Iterator[Block | Quarantined]:
    """The file's segments in blocks, in order. Raises UnusableInput when it is not X12 at all."""
    text, clean = _Text(stream, file), True
    rest = text.read()
    if not rest.strip(_BLANK):
        raise UnusableInput(file, "", "the file is empty")
    start = rest.lstrip(_BLANK)
    clean, rest = len(start) == len(rest) and text.plain, start
    if not rest.startswith("ISA"):
        raise UnusableInput(
            file, "", "the file does not begin with an ISA segment, so it is not an X12 interchange"
        )
    while len(rest) < _ISA_LENGTH + 2 and not text.ended:
        rest += text.read()
    declared = _delimiters(rest)
    if declared is None:
        raise UnusableInput(file, "segment 1", "the ISA segment is damaged: its delimiters cannot be read")
    delimiters, number, begins = declared, 1, False
    while rest or not text.ended:
        if begins:  # rest begins with a further ISA
            while len(rest) < _ISA_LENGTH + 2 and not text.ended:
                rest += text.read()
            declared = _delimiters(rest)
            if declared is None:
                yield Quarantined(
                    file=file,
                    segment=number,
                    reason="a damaged ISA segment: the delimiters of the interchange before are taken",
                )
            delimiters, begins = declared or replace(delimiters), False
        end = rest.rfind(delimiters.segment) + 1
        following = _next_interchange(rest[:end], delimiters)
        if following:
            whole, rest = rest[:following], rest[following:]
        else:
            whole, rest = rest[:end], rest[end:]
        if whole:
            segments, same = _normal(whole, delimiters)
            yield Block(
                text=segments, delimiters=delimiters, segment=number, clean=clean and same and text.plain
            )
            number += segments.count(delimiters.segment)
        if following:
            skipped = rest.lstrip(_BLANK)
            clean = clean and len(skipped) == len(rest)
            rest, begins = skipped, True
            continue
        held = len(rest)
        while _may_be_isa(rest) and not text.ended:
            rest += text.read()
        left = rest.lstrip(_BLANK)
        if left.startswith("ISA") and _delimiters(left) is not None:
            clean = clean and len(left) == len(rest)  # an interchange whose terminator is not the last one's
            rest, begins = left, True
        elif text.ended and delimiters.segment not in rest:
            left = left.rstrip(_BLANK)
            if left:
                reason = (
                    "the file ends inside a segment"
                    if len(left) < LONGEST_SEGMENT
                    else "no segment terminator"
                )
                yield Quarantined(file=file, segment=number, reason=reason)
            return
        elif len(rest) == held:
            if held > CHUNK + LONGEST_SEGMENT:
                yield Quarantined(file=file, segment=number, reason="no segment terminator for 64 KiB")
                return
            rest += text.read()


def endless(file: str, segment: int) -> Quarantined:
    """What to say of a claim that is longer than any."""
    reason = f"a claim of more than {LONGEST_CLAIM >> 20} MiB: the rest of the file is not read"
    return Quarantined(file=file, segment=segment, reason=reason)


def crowded(text: str, terminator: str) -> str:
    """What is wrong with a claim that has more segments than any, '' otherwise."""
    if len(text) < 2 * MOST_SEGMENTS or text.count(terminator) < MOST_SEGMENTS:
        return ""
    return f"a claim of more than {MOST_SEGMENTS:,} segments"


class _Text:
    """The file's bytes as text: UTF-8 where it is, Latin-1 from the first piece that is not."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream, self._file = stream, file
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
        self._begun = False
        self.ended = False
        self.plain = True  # only ASCII so far, so that characters are bytes

    def read(self) -> str:
        data = self._stream.read(CHUNK)
        self.ended = not data
        if not self._begun and (data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:2]):
            raise UnusableInput(self._file, "", "the file is UTF-16; save it as UTF-8 or plain ASCII")
        self.plain = self.plain and data.isascii()
        if not self._begun:
            data = data.removeprefix(codecs.BOM_UTF8)
        self._begun = True
        try:
            return self._decoder.decode(data, final=self.ended)
        except UnicodeDecodeError:
            held = self._decoder.getstate()[0]
            self._decoder = codecs.getincrementaldecoder("latin-1")()
            return self._decoder.decode(held + data, final=self.ended)


def _delimiters(text: str) -> Delimiters | None:
    """The delimiters an ISA segment declares, None when it is damaged.

    A sender that trims the fixed-width elements is still read: the component separator is then the first
    character of ISA16, and the terminator the character after it.
    """
    element = text[3:4]
    if not element or element.isalnum() or element in _BLANK:
        return None
    parts = text[: _ISA_LENGTH * 2].split(element, 16)
    if len(parts) < 17 or len(parts[16]) < 2 or any(_BEGINS_AGAIN.search(part) for part in parts[1:16]):
        return None
    component, terminator = parts[16][0], parts[16][1]
    repetition = parts[11][:1]
    if (
        component.isalnum()
        or terminator.isalnum()
        or terminator == " "
        or len({element, component, terminator}) < 3
    ):
        return None
    if not repetition or repetition.isalnum() or repetition in element + component + terminator:
        repetition = "^" if "^" not in element + component + terminator else "\x1e"
    return Delimiters(element=element, component=component, repetition=repetition, segment=terminator)


def _may_be_isa(rest: str) -> bool:
    """Whether ``rest`` may be the beginning of an ISA segment, too short to tell its delimiters."""
    left = rest.lstrip(_BLANK)
    return len(left) < _ISA_LENGTH + 2 and (left.startswith("ISA") or "ISA".startswith(left))


def _next_interchange(text: str, delimiters: Delimiters) -> int:
    """Where the next ISA segment begins in ``text``, 0 if there is none."""
    at = text.find("ISA", 3)
    while at > 0:
        before = text[:at].rstrip(_BLANK) if text[at - 1] in _BLANK else text[:at]
        mark = text[at + 3 : at + 4]
        ends_segment = before.endswith(delimiters.segment) or delimiters.segment in text[len(before) : at]
        if ends_segment and mark and not mark.isalnum() and text.count(mark, at, at + _ISA_LENGTH) >= 14:
            return at
        at = text.find("ISA", at + 3)
    return 0


def _normal(text: str, delimiters: Delimiters) -> tuple[str, bool]:
    """The text without line ends and indentation, and whether it was so already."""
    normal = text
    for line_end in "\r\n":
        if line_end != delimiters.segment and line_end in normal:
            normal = normal.replace(line_end, "")
    mark = re.escape(delimiters.segment)
    if re.search(f"{mark}[ \t{mark}]", normal) or normal[:1] in " \t":  # indentation, empty segments
        normal = re.sub(f"(^|{mark})[ \t{mark}]+", r"\1", normal)
    return normal, normal is text

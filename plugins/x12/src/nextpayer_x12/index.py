"""Finding the payments of one claim among millions without keeping them: positions, not nouns.

One pass over the remittance files notes for every CLP where its text begins and ends and a hash of its
patient control number, in flat arrays (26 bytes a payment). A payment is read back from its file and parsed
when its claim comes along. Two numbers may share a hash, so whoever asks compares the number itself.

Positions count bytes of clean text. A file that is not clean (line ends, byte order mark, accents) is copied
in clean form into an unnamed temporary file that only this process can see and that ends with it.
"""

from __future__ import annotations

import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals

from .payments import PaymentParser
from .remittances import ClaimText, walk
from .tokens import Block, blocks

__all__ = ["Index"]

#: Clean copies up to this size stay in memory.
_IN_MEMORY = 8 << 20


class Index:
    """The payments of some remittance files, by patient control number. Close it when done."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._files: list[_Text] = []
        self._transactions: list[tuple[Remittance, PaymentParser, int]] = []
        self._hashes = array("q")
        self._offsets = array("Q")
        self._lengths = array("I")
        self._segments = array("I")
        self._where = array("I")
        self._closings: list[RemittanceTotals | Quarantined] = []
        self._set_aside: dict[int, Quarantined] = {}
        for path in paths:
            self._add(path)
        self._ranked = _ranked(self._hashes)
        self._sorted = array("q", (self._hashes[rank] for rank in self._ranked))

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()

    def __len__(self) -> int:
        return len(self._offsets)

    def find(self, patient_control_number: str) -> tuple[int, ...]:
        """The numbers of the payments that may carry this patient control number, in file order."""
        key, keys = hash(patient_control_number), self._sorted
        first = at = bisect_left(keys, key)
        while at < len(keys) and keys[at] == key:
            at += 1
        return tuple(self._ranked[first:at]) if at - first < 2 else tuple(sorted(self._ranked[first:at]))

    def payment(self, number: int) -> ClaimPayment | Quarantined:
        """One payment, parsed from its file."""
        if number in self._set_aside:
            return self._set_aside[number]
        remittance, parser, file = self._transactions[self._where[number]]
        text = self._files[file].read(self._offsets[number], self._lengths[number])
        return parser.read(text, remittance, self._segments[number])

    def closings(self) -> tuple[RemittanceTotals | Quarantined, ...]:
        """Each transaction's totals, and what could not be read around the payments."""
        return tuple(self._closings)

    def _add(self, path: Path) -> None:
        file = len(self._files)
        copy = _CleanCopy(path)
        before: Remittance | None = None
        with path.open("rb") as source:
            for item in walk(copy.watch(blocks(source, path.name)), path.name):
                if isinstance(item, ClaimText):
                    if item.remittance is not before:
                        before = item.remittance
                        self._transactions.append((before, item.parser, file))
                    text = item.text
                    self._note(
                        hash(text.partition(item.parser.elements.element)[0]),
                        item.offset,
                        len(text),
                        item.segment,
                    )
                elif isinstance(item, Quarantined) and item.kind == "payment":
                    self._set_aside[len(self._offsets)] = item
                    self._note(hash(item.claim_id or item), 0, 0, item.segment)
                else:
                    self._closings.append(item)
        self._files.append(copy.finish())

    def _note(self, key: int, offset: int, length: int, segment: int) -> None:
        self._hashes.append(key)
        self._offsets.append(offset)
        self._lengths.append(length)
        self._segments.append(segment)
        self._where.append(max(len(self._transactions) - 1, 0))


def _ranked(keys: array[int]) -> array[int]:
    """The numbers of the keys in the order of the keys; sorted in parts, as one list of all is heavy."""
    parts = [array("I") for _ in range(64)]
    for number, key in enumerate(keys):
        parts[(key >> 58) + 32].append(number)  # the top six bits of a signed key, in their order
    ranked = array("I")
    for part in parts:
        ranked.extend(sorted(part, key=keys.__getitem__))
    return ranked


class _Text:
    """Random access to text by character, in a file of ``width`` bytes a character."""

    def __init__(self, file: BinaryIO, width: int = 1) -> None:
        self._file, self._width = file, width

    def read(self, offset: int, length: int) -> str:
        self._file.seek(offset * self._width)
        data = self._file.read(length * self._width)
        return data.decode("latin-1" if self._width == 1 else "utf-32-le")

    def close(self) -> None:
        self._file.close()


class _CleanCopy:
    """The file itself while its blocks are clean; from the first that is not, a clean copy of all of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy: Any = None
        self._width = 1
        self._written = 0

    def watch(self, blocks: Iterator[Block | Quarantined]) -> Iterator[Block | Quarantined]:
        """Pass the blocks through; positions become those of the copy where one is made."""
        for block in blocks:
            if isinstance(block, Block):
                if self._copy is None and not block.clean:
                    with self._path.open("rb") as file:
                        self._begin(file.read(self._written).decode("latin-1"))
                if self._copy is not None:
                    self._append(block.text)
                self._written += len(block.text)
            yield block

    def finish(self) -> _Text:
        if self._copy is None:
            # Unbuffered: a payment is short, and the next one asked for is seldom its neighbour.
            return _Text(self._path.open("rb", buffering=0))
        return _Text(self._copy, self._width)

    def _begin(self, text: str) -> None:
        self._copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - open as long as the index
        if text:
            self._append(text)

    def _append(self, text: str) -> None:
        if self._width == 1:
            try:
                self._copy.write(text.encode("latin-1"))
                return
            except UnicodeEncodeError:  # letters beyond Latin-1: four bytes for every character instead
                self._copy.seek(0)
                before = self._copy.read().decode("latin-1")
                self._copy.close()
                self._width = 4
                self._begin(before)
        self._copy.write(text.encode("utf-32-le"))

"""The X12 reader: what the driver group ``nextpayer.readers`` knows as ``x12``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from nextpayer.claim import Claim
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals

from .claims import claims
from .index import Index
from .remittances import payments
from .tokens import Block, blocks

__all__ = ["X12Reader"]

#: What a functional group or transaction set says it is.
_KINDS = (("835", "835"), ("X222", "837P"), ("X223", "837I"), ("X224", "837D"), ("837", "837"))
_OTHERS = ("270", "271", "276", "277", "278", "275", "820", "834", "999", "997")


class X12Reader:
    """Reads 835 and 837 P, I and D files, streamed."""

    api_version: ClassVar[int] = 1

    def sniff(self, path: Path | str) -> str:
        """The kind of the file's first transaction: ``835``, ``837P`` ..., ``''`` if it is not X12.

        Raises UnusableInput for an empty or damaged file.
        """
        with Path(path).open("rb") as stream:
            if b"ISA" not in stream.read(4096):
                return ""
            stream.seek(0)
            for block in blocks(stream, Path(path).name):
                if isinstance(block, Block):
                    return _kind(block)
        return ""

    def claims(self, path: Path | str) -> Iterator[Claim | Quarantined]:
        """The claims of an 837, in order. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from claims(blocks(stream, Path(path).name), Path(path).name)

    def remittances(self, path: Path | str) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
        """The payments of an 835, each transaction's totals after its payments. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from payments(blocks(stream, Path(path).name), Path(path).name)

    def index(self, paths: Iterable[Path | str]) -> Index:
        """Random access to the payments of 835 files. Raises UnusableInput."""
        return Index(Path(path) for path in paths)


def _kind(block: Block) -> str:
    element, terminator = block.delimiters.element, block.delimiters.segment
    for segment in block.text.split(terminator):
        parts = segment.split(element)
        if parts[0] == "GS" and len(parts) > 8:
            for mark, kind in _KINDS[1:4]:
                if mark in parts[8]:
                    return kind
        elif parts[0] == "ST" and len(parts) > 1:
            if parts[1] == "837" and len(parts) > 3:
                return next((kind for mark, kind in _KINDS[1:4] if mark in parts[3]), "837")
            return parts[1] if parts[1] in ("835", "837", *_OTHERS) else ""
    return ""

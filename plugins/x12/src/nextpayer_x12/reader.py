"""The X12 reader: what the driver group ``nextpayer.readers`` knows as ``x12``."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from nextpayer.acknowledgment import Acknowledgment
from nextpayer.claim import Claim
from nextpayer.eligibility import Eligibility, Inquiry
from nextpayer.errors import UnusableInput
from nextpayer.ports import ElementFault, Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals

from .acknowledgments import acknowledgments
from .claims import claims
from .eligibility import eligibilities
from .index import Index
from .questions import inquiries
from .raw import element_faults
from .remittances import payments
from .tokens import Block, blocks

__all__ = ["X12Reader"]

#: What a functional group (GS08) or transaction set (ST03, ST01) says it is.
_GUIDES = (
    ("X221", "835"), ("X222", "837P"), ("X223", "837I"), ("X224", "837D"), ("X214", "277CA"), ("X212", "277"),
)  # fmt: skip
_SETS = ("835", "837", "270", "271", "275", "276", "277", "278", "820", "834", "997", "999")
_BARE = re.compile(rb"(ST|GS)[^A-Za-z0-9\s][A-Z0-9]{2,3}[^A-Za-z0-9\s]")


class X12Reader:
    """Reads 835, 837 P, I and D, 270, 271 and acknowledgments (TA1, 999, 277), streamed."""

    api_version: ClassVar[int] = 1

    def sniff(self, path: Path | str) -> str:
        """The kind of the file's first transaction: ``835``, ``837P``, ``277CA`` ..., ``TA1`` of a file that
        begins with one and has no group, ``''`` if it is not X12.

        Raises UnusableInput for X12 that cannot be used: without its envelope, damaged, in UTF-16.
        """
        with Path(path).open("rb") as stream:
            start = stream.read(4096).removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\x00")
            if _BARE.match(start):
                raise UnusableInput(
                    Path(path).name, "", "the envelope around the transaction (ISA, GS) is missing"
                )
            if b"ISA" not in (start[:3], start[:10].replace(b"\x00", b"").lstrip(b"\xff\xfe")[:3]):
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

    def element_faults(self, path: Path | str) -> Iterator[ElementFault]:
        """The faults of an 837's text that no claim shows, in order. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from element_faults(blocks(stream, Path(path).name))

    def remittances(self, path: Path | str) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
        """The payments of an 835, each transaction's totals after its payments. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from payments(blocks(stream, Path(path).name), Path(path).name)

    def inquiries(self, path: Path | str) -> Iterator[Inquiry | Quarantined]:
        """The inquiries of a 270, in order. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from inquiries(blocks(stream, Path(path).name), Path(path).name)

    def eligibilities(self, path: Path | str) -> Iterator[Eligibility | Quarantined]:
        """The answers of a 271, in order. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from eligibilities(blocks(stream, Path(path).name), Path(path).name)

    def acknowledgments(self, path: Path | str) -> Iterator[Acknowledgment | Quarantined]:
        """The acknowledgments of a file of TA1, 999 and 277, in order. Raises UnusableInput."""
        with Path(path).open("rb") as stream:
            yield from acknowledgments(blocks(stream, Path(path).name), Path(path).name)

    def index(self, paths: Iterable[Path | str]) -> Index:
        """Random access to the payments of 835 files. Raises UnusableInput."""
        return Index(Path(path) for path in paths)


def _kind(block: Block) -> str:
    element, terminator = block.delimiters.element, block.delimiters.segment
    alone = group = ""
    for segment in block.text.split(terminator):
        parts = segment.split(element)
        if parts[0] == "TA1":
            alone = "TA1"
        elif parts[0] == "GS" and len(parts) > 8:
            group = parts[8]
            for guide, kind in _GUIDES:
                if guide in group and kind != "277":  # that guide is the 276's too
                    return kind
        elif parts[0] == "ST" and parts[1:2] and parts[1] in _SETS:
            version = (parts[3] if len(parts) > 3 else "") or group
            named = parts[1] in ("837", "277")
            return next((kind for guide, kind in _GUIDES if named and guide in version), parts[1])
    return alone

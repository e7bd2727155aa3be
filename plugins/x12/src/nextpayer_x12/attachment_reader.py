"""Reading back the 275 that we write: the documents, byte for byte, by claim and control number.

A BDS segment is counted and not searched: BDS02 says how many bytes BDS03 has, whatever they are, and the
terminator must stand right behind them. Everything else of the file is split at its delimiters. A file that
does not keep to that is refused as a whole, because a document that is nearly right is none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError

from nextpayer.errors import UnusableInput

__all__ = ["Attached", "read_attachments"]

_ISA_LENGTH = 106
_FILTERS = frozenset({"B64", "ASC"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One document of a 275: the claim's number (REF*X1), the payer's id, the attachment control number
    (TRN02), what it is made of, and its bytes. ``segment`` is the position of its BDS."""

    claim_id: str = field(repr=False)
    payer_id: str
    control_number: str
    media: str
    data: bytes = field(repr=False)
    segment: int


def read_attachments(data: bytes, file: str = "275") -> Iterator[Attached]:
    """The documents of the file, in order. Raises UnusableInput with the position of what is wrong."""
    claim_id = payer_id = control_number = ""
    count, stated = 0, ""
    for number, parts, binary in _segments(data, file):
        tag = parts[0]
        count += 1
        if tag == "ST":
            if parts[1:2] != ["275"]:
                raise UnusableInput(file, f"segment {number}", "the transaction is no 275")
            claim_id = payer_id = control_number = ""
            count = 1
        elif tag == "NM1" and parts[1:2] == ["PR"]:
            payer_id = _element(parts, 9)
        elif tag == "REF" and parts[1:2] == ["X1"]:
            claim_id = _element(parts, 2)
        elif tag == "LX":
            control_number = ""
        elif tag == "TRN":
            control_number = _element(parts, 2)
        elif tag == "BDS":
            media, document = _document(parts[1], binary, file, number)
            yield Attached(
                claim_id=claim_id, payer_id=payer_id, control_number=control_number,
                media=media, data=document, segment=number,
            )  # fmt: skip
        elif tag == "SE":
            stated = _element(parts, 1)
            if stated != str(count):
                raise UnusableInput(
                    file, f"segment {number}", "SE01 does not count the transaction's segments"
                )
    if not stated:
        raise UnusableInput(file, "", "the file ends inside a transaction")


def _element(parts: list[str], at: int) -> str:
    return parts[at] if len(parts) > at else ""


def _segments(data: bytes, file: str) -> Iterator[tuple[int, list[str], bytes]]:
    """Each segment with its position, its elements, and the bytes of a BDS."""
    if not data.startswith(b"ISA") or len(data) < _ISA_LENGTH:
        raise UnusableInput(file, "", "the file does not begin with a whole ISA segment")
    mark, end = data[3:4], data[105:106]
    head = re.compile(
        b"BDS" + re.escape(mark) + rb"(\w{3})" + re.escape(mark) + rb"(\d{1,15})" + re.escape(mark)
    )
    at = number = 0
    while at < len(data):
        number += 1
        found = head.match(data, at)
        if found is None:
            stop = data.find(end, at)
            if stop < 0:
                raise UnusableInput(file, f"segment {number}", "the file ends inside a segment")
            yield number, data[at:stop].decode("utf-8", "replace").split(mark.decode("latin-1")), b""
        else:
            stop = found.end() + int(found[2])
            if stop >= len(data):
                raise UnusableInput(file, f"segment {number}", "the file ends inside a document")
            if data[stop : stop + 1] != end:
                raise UnusableInput(
                    file, f"segment {number}", "BDS02 is not the length of the document (BDS03)"
                )
            yield number, ["BDS", found[1].decode()], data[found.end() : stop]
        at = stop + 1


def _document(code: str, binary: bytes, file: str, number: int) -> tuple[str, bytes]:
    """What the document is made of, and its bytes, out of the MIME entity."""
    where = f"segment {number}"
    if code not in _FILTERS:
        raise UnusableInput(file, where, "BDS01 names a filter that we do not know (B64, ASC)")
    try:
        entity = message_from_bytes(base64.b64decode(binary, validate=True) if code == "B64" else binary)
        body = entity.get_payload()
        document = base64.b64decode("".join(str(body).split()), validate=True)
    except (binascii.Error, ValueError, MessageError):
        raise UnusableInput(file, where, "BDS03 is not base64 of a MIME entity with a base64 body") from None
    if not document:
        raise UnusableInput(file, where, "BDS03 holds no document")
    return entity.get_content_type(), document

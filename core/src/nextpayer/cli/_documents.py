"""The documents that ``bill --documents`` is given: looked at before the run, read when their claim goes out.

A file is taken for what its first bytes say, whatever its name. Messages name the entry and never the file,
because people name files after patients.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nextpayer.documents import Document, Media
from nextpayer.errors import UnusableInput
from nextpayer.wire.documents import Entry, load_documents

from ._inputs import read_json

__all__ = ["LARGEST_MEGABYTES", "Supplied", "read_documents"]

#: What HL7's attachment rules take at most; payers take less, and say so in their packs.
LARGEST_MEGABYTES = 64
_MEGABYTE = 1 << 20
_BEGINNINGS = (
    (b"%PDF-", Media.PDF),
    (b"\xff\xd8\xff", Media.JPEG),
    (b"II*\x00", Media.TIFF),
    (b"MM\x00*", Media.TIFF),
)
#: A PDF ends with a mark in its last kilobyte; one without it was cut off.
_PDF_END, _PDF_TAIL = b"%%EOF", 1024


@dataclass(slots=True)
class _Held:
    number: int
    document: Document
    path: Path
    met: bool = False


@dataclass(slots=True)
class Supplied:
    """The documents of a run, by claim. ``file`` is the name of the file that lists them."""

    file: str = ""
    _by_claim: dict[str, list[_Held]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._by_claim)

    def add(self, held: _Held) -> None:
        self._by_claim.setdefault(held.document.claim_id, []).append(held)

    def of(self, claim_id: str) -> tuple[Document, ...]:
        """The documents of the claim, in the order of the file."""
        return tuple(one.document for one in self._by_claim.get(claim_id, ()))

    def each(self) -> Iterator[tuple[int, Document]]:
        """Every document with its entry's number, counted from 1, in the order of the file."""
        held = [one for several in self._by_claim.values() for one in several]
        return ((one.number, one.document) for one in sorted(held, key=lambda one: one.number))

    def met(self, claim_id: str) -> None:
        """The run has such a claim."""
        for one in self._by_claim.get(claim_id, ()):
            one.met = True

    def data(self, document: Document) -> bytes:
        """The bytes of one of them. Raises ValueError when they are no longer what was looked at."""
        for one in self._by_claim[document.claim_id]:
            if one.document is document:
                try:
                    data = one.path.read_bytes()
                except OSError:
                    raise ValueError(f"a document can no longer be read (entry {one.number})") from None
                if hashlib.sha256(data).hexdigest() != document.sha256:
                    raise ValueError(f"a document has changed since the run began (entry {one.number})")
                return data
        raise ValueError("no such document")

    def unmet(self) -> Iterator[int]:
        """The entries, counted from 1, whose claim the run has not seen."""
        return (one.number for held in self._by_claim.values() for one in held if not one.met)


def read_documents(path: Path, largest_megabytes: int) -> Supplied:
    """The documents that a DOCUMENTS.json lists, each looked at. Raises UnusableInput."""
    supplied = Supplied(path.name)
    folder = path.resolve().parent
    seen: set[tuple[str, str, int, str, str]] = set()
    for at, entry in enumerate(load_documents(read_json(path), file=path.name)):
        try:
            held = _Held(at + 1, *_looked_at(entry, folder, largest_megabytes * _MEGABYTE))
        except OSError as error:
            raise _refused(path, at, f"the file cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise _refused(path, at, str(error)) from None
        one = held.document
        key = (one.claim_id, one.payer_id, one.line, one.kind, one.sha256)
        if key in seen:
            raise _refused(path, at, "the same document of the same claim stands here twice")
        seen.add(key)
        supplied.add(held)
    return supplied


def _refused(path: Path, at: int, reason: str) -> UnusableInput:
    return UnusableInput(path.name, f"[{at}].file", reason)


def _looked_at(entry: Entry, folder: Path, largest: int) -> tuple[Document, Path]:
    """The document and where it is. Raises OSError and ValueError."""
    path = (folder / entry.file).resolve()
    if not path.is_relative_to(folder):
        raise ValueError("it leads out of the folder of the documents file")
    if not path.exists():
        raise ValueError("there is no such file")
    if not path.is_file():
        raise ValueError("it is not a file")
    size = path.stat().st_size
    if not size:
        raise ValueError("the file is empty")
    if size > largest:
        raise ValueError(
            f"the file has {-(-size // _MEGABYTE)} MB, more than {largest // _MEGABYTE} (--largest-document)"
        )
    media = _media(path, size)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    document = Document(
        claim_id=entry.claim_id,
        kind=entry.kind,
        sha256=digest,
        size=size,
        media=media,
        line=entry.line,
        payer_id=entry.payer_id,
    )
    return document, path


def _media(path: Path, size: int) -> Media:
    with path.open("rb") as file:
        head = file.read(8)
        file.seek(max(0, size - _PDF_TAIL))
        tail = file.read()
    for beginning, media in _BEGINNINGS:
        if head.startswith(beginning):
            if media is Media.PDF and _PDF_END not in tail:
                raise ValueError("the PDF is cut off: its end is missing")
            return media
    raise ValueError("the file is neither PDF nor TIFF nor JPEG")

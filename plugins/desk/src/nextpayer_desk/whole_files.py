"""The files behind a proof, byte for byte: what was sent is in the ledger, what came in is where it was kept.

The ledger knows a file that came in by its SHA-256. One is taken only when its bytes have that digest: from
where ``collect --keep`` has kept it, or from the files and folders that somebody names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from nextpayer.errors import UnusableInput

from . import schema
from .proof import Proof

__all__ = ["COPY", "kept_files", "whole_files"]

#: What a copy is called.
COPY = re.compile(r"\d\d+-[a-z0-9]+\.(?:txt|pdf)")

#: No acknowledgment or remittance that anybody sends is larger; what is, is not read to compare it.
_LARGEST = 1 << 28


def kept_files(connection: Connection, found: Proof) -> list[Path]:
    """Where the files behind a proof were kept when they were collected."""
    table = schema.collected
    wanted = {one.sha256 for one in found.evidence}
    rows = select(table.c.kept).where(table.c.sha256.in_(wanted)).order_by(table.c.receiver, table.c.name)
    return [Path(kept) for kept in connection.scalars(rows) if kept]


def whole_files(found: Proof, places: Iterable[Path]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files by names of ours, and the name of each by its digest. What is not at hand has none. Raises
    UnusableInput."""
    data = {one.sha256: one.data for one in found.filings}
    kinds = {one.sha256: "sent" for one in found.filings}
    kinds |= {one.sha256: one.kind.lower() for one in found.evidence if one.kind != "receipt"}
    wanted = set(kinds) - set(data)
    for path in _files(places):
        if not wanted:
            break
        try:
            content = path.read_bytes()
        except OSError as error:  # without its name, which may be a patient's
            raise UnusableInput("--files", "", f"a file there cannot be read: {error.strerror}") from None
        digest = hashlib.sha256(content).hexdigest()
        if digest in wanted:
            data[digest] = content
            wanted.discard(digest)
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for number, (digest, kind) in enumerate(kinds.items(), 1):
        if digest in data:
            suffix = ".pdf" if data[digest].startswith(b"%PDF") else ".txt"
            names[digest] = f"{number:02d}-{kind}{suffix}"
            files[names[digest]] = data[digest]
    return files, names


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        inside = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in inside:
            if path.is_file() and path.stat().st_size <= _LARGEST:
                yield path

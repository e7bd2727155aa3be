"""How much is read into memory at once: a document of JSON, TOML or CSV, or a Bundle of FHIR.

X12 is streamed, whatever its size. Whoever really has a larger document raises the limit for the command:
``NEXTPAYER_LARGEST_DOCUMENT`` is a number of megabytes.
"""

from __future__ import annotations

import os
from pathlib import Path

from nextpayer.errors import UnusableInput

__all__ = ["LARGEST_MEGABYTES", "read_whole"]

LARGEST_MEGABYTES = 64
_ASKED = "NEXTPAYER_LARGEST_DOCUMENT"


def read_whole(path: Path) -> bytes:
    """The bytes of a document that is not larger than the limit; of a pipe, too. Raises UnusableInput and
    OSError."""
    most = _megabytes() << 20
    with path.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        reason = f"a document of more than {most >> 20} MB is not read; raise {_ASKED} (megabytes)"
        raise UnusableInput(path.name, "", reason)
    return data


def _megabytes() -> int:
    asked = os.environ.get(_ASKED, "").strip()
    if not asked:
        return LARGEST_MEGABYTES
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 6 and int(asked)):
        raise UnusableInput(_ASKED, "", "it is not a number of megabytes")
    return int(asked)

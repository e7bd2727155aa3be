"""DOCUMENTS.json: the documents that go with claims, each with the file that holds it.

A list of entries, or one::

    [{"claim_id": "D0012", "kind": "records", "file": "scans/0012.pdf"},
     {"claim_id": "D0012", "line": 2, "kind": "OB", "file": "scans/0012-2.tif", "payer_id": "567890"}]

``kind`` is a word (eob, records, referral, authorization, medical_necessity, consent) or a report type
(PWK01), ``line`` the service line that the document is about, ``payer_id`` the one payer that gets it. A file
is named from the folder that DOCUMENTS.json is in, and lies in that folder or below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from marshmallow import ValidationError, validates

from nextpayer.errors import UnusableInput
from nextpayer.wire.fields import Integer, Listed, Nested, Noun, Text, problems, refusal
from nextpayer.wire.profile import DocumentKind

__all__ = ["Entry", "load_documents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``file`` is a relative path that does not lead upward."""

    claim_id: str = field(repr=False)
    kind: str
    file: str = field(repr=False)
    line: int = 0
    payer_id: str = ""


class EntrySchema(Noun):
    noun = Entry
    claim_id = Text(required=True)
    kind = DocumentKind(required=True)
    file = Text(required=True)
    line = Integer(least=1, allow_none=True)
    payer_id = Text(allow_none=True)

    @validates("claim_id")
    def names_a_claim(self, value: str, **_: Any) -> None:
        """Refuse an empty one."""
        if not value.strip():
            raise ValidationError("it is empty")

    @validates("file")
    def stays_below(self, value: str, **_: Any) -> None:
        """Refuse a path that is empty, absolute, or leads upward, in the way of any system."""
        for path in (PurePosixPath(value), PureWindowsPath(value)):
            if not path.name or path.is_absolute() or path.anchor or ".." in path.parts:
                raise ValidationError("it is not a path to a file below the folder of the documents file")


_ENTRIES = Listed(Nested(EntrySchema))


def load_documents(document: object, *, file: str) -> tuple[Entry, ...]:
    """The entries of a decoded document. Raises UnusableInput naming every problem by its path."""
    rows = document if isinstance(document, list) else [document]
    try:
        entries: tuple[Entry, ...] = _ENTRIES.deserialize(rows)  # type: ignore[assignment]  # Listed
        return entries
    except ValidationError as error:
        raise refusal(UnusableInput, file, problems(error.messages)) from None

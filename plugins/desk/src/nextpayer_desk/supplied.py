"""Documents that go with claims, kept in the ledger: a claim made anew goes out with the same ones.

They are given once (``work --documents``) and belong to a claim from then on. An entry whose claim the ledger
does not have is told and not kept; a number that several claims have is refused, because a document sent with
the wrong claim shows one patient's record to another's payer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select, update

from nextpayer.cli._documents import Supplied
from nextpayer.documents import Document, Media
from nextpayer.errors import UnusableInput

from . import schema
from .accounts import Held
from .ledger import Entry, Ledger
from .nouns import content_key

__all__ = ["LedgerDocuments", "take_documents"]


class LedgerDocuments(Supplied):
    """The documents of a batch's claims. ``claim`` is the ledger's number of the one that is written."""

    def __init__(self, connection: Connection, held: Sequence[Held]) -> None:
        super().__init__("the ledger")
        self.claim = 0
        self._connection = connection
        self._documents: dict[int, list[tuple[int, Document]]] = {}
        numbers = {one.id: one.claim.patient_control_number for one in held}
        table = schema.documents
        columns = (
            table.c.id, table.c.claim_id, table.c.payer_id, table.c.kind, table.c.line, table.c.media,
            table.c.size, table.c.sha256,
        )  # fmt: skip
        rows = select(*columns).where(table.c.claim_id.in_(list(numbers))).order_by(table.c.id)
        for row in connection.execute(rows):
            document = Document(
                claim_id=numbers[row.claim_id], kind=row.kind, sha256=row.sha256, size=row.size,
                media=Media(row.media), line=row.line, payer_id=row.payer_id,
            )  # fmt: skip
            self._documents.setdefault(row.claim_id, []).append((row.id, document))

    def __bool__(self) -> bool:
        return bool(self._documents)

    def of(self, claim_id: str) -> tuple[Document, ...]:
        """The documents of the claim that is written, whichever others have its number."""
        return tuple(document for _, document in self._documents.get(self.claim, ()))

    def data(self, document: Document) -> bytes:
        """The bytes of one of them."""
        at = next(id for id, one in self._documents[self.claim] if one is document)
        table = schema.documents
        return bytes(self._connection.scalars(select(table.c.data).where(table.c.id == at)).one())

    def unmet(self) -> Iterator[int]:
        """None: each was given to a claim."""
        return iter(())


def take_documents(ledger: Ledger, supplied: Supplied, as_of: dt.date) -> list[int]:
    """Keep the documents and have their claims decided anew; the entries whose claim the ledger does not
    have. Raises UnusableInput before anything is kept."""
    claims = schema.claims
    every = list(supplied.each())
    found: dict[str, list[int]] = {}
    with ledger.reading() as connection:
        for name in {document.claim_id for _, document in every}:
            theirs = select(claims.c.id).where(claims.c.patient_control_number == name)
            found[name] = list(connection.scalars(theirs))
    for entry, document in every:
        if len(found[document.claim_id]) > 1:
            says = "several claims of the ledger have this number"
            raise UnusableInput(supplied.file, f"[{entry - 1}].claim_id", says)
    unused = []
    for entry, document in every:
        if not found[document.claim_id]:
            unused.append(entry)
            continue
        try:
            data = supplied.data(document)
        except ValueError as error:
            raise UnusableInput(supplied.file, f"[{entry - 1}].file", str(error)) from None
        _keep(ledger, document, data, found[document.claim_id][0], as_of)
    return unused


def _keep(ledger: Ledger, document: Document, data: bytes, claim: int, as_of: dt.date) -> None:
    """One document in one transaction; the same one twice is kept once."""
    table, claims = schema.documents, schema.claims
    parts = (str(claim), document.payer_id, str(document.line), document.kind, document.sha256)
    key = content_key(*parts)
    with ledger.writing(as_of) as writer:
        if writer.connection.scalar(select(table.c.id).where(table.c.key == key)) is not None:
            return
        row = {
            "id": writer.new_id(table), "key": key, "claim_id": claim, "payer_id": document.payer_id,
            "kind": document.kind, "line": document.line, "media": str(document.media),
            "size": document.size, "sha256": document.sha256, "data": data,
        }  # fmt: skip
        writer.add(table, [row])
        due = (claims.c.id == claim) & (claims.c.answers > 0)
        writer.connection.execute(update(claims).where(due).values(due=True))
        writer.note(Entry(event="document-taken", why=document.kind, claim=claim))

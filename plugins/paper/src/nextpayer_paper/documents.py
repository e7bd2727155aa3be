"""The documents that go to a payer: the proof of earlier decisions, and packets for mail and fax.

A packet is one PDF for one claim: a cover by which the payer finds the claim, and behind it the documents in
the order in which the claim announces them. PDFs are taken as they are, page by page; the images of a JPEG or
TIFF file get a page each.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from PIL import Image, ImageSequence
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from nextpayer.appeal import Appeal
from nextpayer.claim import Claim
from nextpayer.documents import Media
from nextpayer.finding import Finding
from nextpayer.ports import Contents, LetterEnclosure
from nextpayer.profile import DocumentTerms
from nextpayer.remittance import ClaimPayment
from nextpayer.statement import Statement

from .blocks import blocks_of
from .blocks_pdf import blocks_pdf
from .cover import cover_page
from .eob import eob_pdf
from .grid import PAGE
from .packet import packet
from .statement import statement_pdf

__all__ = ["PdfDocuments"]

_MARGIN = 36.0
#: It tells of every slip in a file that it mends, on stderr where nobody listens.
_PYPDF = logging.getLogger("pypdf")


class PdfDocuments:
    """The document maker ``pdf``."""

    api_version: ClassVar[int] = 1
    suffix: ClassVar[str] = "pdf"

    def proof(self, payments: Sequence[ClaimPayment], digests: Mapping[str, str]) -> bytes:
        """The EOB of one claim's payments. Raises Unbalanced."""
        return eob_pdf(payments, digests)

    def packet(self, claim: Claim, contents: Contents, terms: DocumentTerms | None, today: dt.date) -> bytes:
        """A cover and the documents behind it. Raises ValueError where one of them cannot be read."""
        with _quietly():
            return self._packet(claim, contents, terms, today)

    def appeal(
        self,
        appeal: Appeal,
        digests: Mapping[str, str],
        today: dt.date,
        *,
        signer: str = "",
        contact: str = "",
        enclosures: Sequence[LetterEnclosure] = (),
    ) -> tuple[Mapping[str, bytes], tuple[Finding, ...]]:
        """The packet of an appeal, the letter by our own template. Raises Unbalanced."""
        return packet(appeal, digests, today, enclosures=enclosures, signer=signer, contact=contact)

    def statement(self, statement: Statement) -> bytes:
        """The patient's statement as a PDF."""
        return statement_pdf(statement)

    def page(self, text: str, *, title: str, foot: str = "") -> bytes:
        """The host's text as a PDF."""
        return blocks_pdf(blocks_of(text), title=title, foot=foot)

    def _packet(self, claim: Claim, contents: Contents, terms: DocumentTerms | None, today: dt.date) -> bytes:
        readers = [_pages(one.document.media, data) for one, data in contents]
        counts = [len(reader.pages) for reader in readers]
        listed = [(one, count) for (one, _), count in zip(contents, counts, strict=True)]
        writer = PdfWriter()
        writer.append(PdfReader(io.BytesIO(cover_page(claim, listed, terms, today))))
        try:
            for reader in readers:
                writer.append(reader, import_outline=False)
            out = io.BytesIO()
            writer.write(out)
        except Exception as error:  # noqa: BLE001 - a damaged PDF may raise anything; the claim is held
            raise ValueError(_unusable(error)) from None
        return out.getvalue()


@contextmanager
def _quietly() -> Iterator[None]:
    before, _PYPDF.disabled = _PYPDF.disabled, True
    try:
        yield
    finally:
        _PYPDF.disabled = before


def _unusable(error: Exception) -> str:
    return f"a document cannot be put behind its cover: its file is damaged ({type(error).__name__})"


def _pages(media: Media, data: bytes) -> PdfReader:
    """The document as pages. Raises ValueError."""
    try:
        reader = PdfReader(io.BytesIO(data if media is Media.PDF else _printed(data)))
        if reader.is_encrypted:
            raise _EncryptedError
        empty = not reader.pages
    except _EncryptedError:
        raise ValueError("a document is encrypted, so that its payer could not read it either") from None
    except Exception as error:  # noqa: BLE001 - a damaged file may raise anything; the claim is held
        raise ValueError(_unusable(error)) from None
    if empty:
        raise ValueError("a document has no page")
    return reader


class _EncryptedError(ValueError):
    pass


def _printed(data: bytes) -> bytes:
    """The images of a file as a PDF, each as large as its page takes it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1, pageCompression=1)
    room = (PAGE[0] - 2 * _MARGIN, PAGE[1] - 2 * _MARGIN)
    for image in _images(data):
        scale = min(room[0] / image.width, room[1] / image.height)
        size = (image.width * scale, image.height * scale)
        canvas.drawImage(ImageReader(image), _MARGIN, PAGE[1] - _MARGIN - size[1], *size)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _images(data: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(data)) as file:
        for frame in ImageSequence.Iterator(file):
            yield frame.convert("RGB")

"""The cover of documents that go to a payer by mail or fax.

It says what the payer needs to find the claim, and no more of the patient than that: the attachment control
numbers of the claim (PWK06), the account number, the member id, the days of service, who sends it, and how
many pages there are. No name, no birth date, no diagnosis, no amount.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from nextpayer.claim import Claim
from nextpayer.documents import Channel, Enclosure, kind_name
from nextpayer.policy import Address
from nextpayer.profile import DocumentTerms

from .grid import PAGE
from .parts import city_line, name, phone

__all__ = ["cover_page"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 54.0, 558.0, 730.0, 72.0
_STEP = 15.0
_PLAIN, _BOLD, _SIZE = "Helvetica", "Helvetica-Bold", 11
_LABEL = 150.0
#: Left edges of the columns of the list; the right edge of the pages.
_NUMBER, _WHAT = _LEFT, _LEFT + 170
_NOTICE = (
    "For the payer named above alone: these pages hold health information that the law protects. Whoever got"
    " them by mistake is asked to tell the sender and to destroy them."
)


def cover_page(
    claim: Claim, enclosed: Sequence[tuple[Enclosure, int]], terms: DocumentTerms | None, today: dt.date
) -> bytes:
    """The cover of ``enclosed``, documents with their numbers of pages. The same gives the same bytes."""
    data, covers = _drawn(claim, enclosed, terms, today, covers=1)
    if covers > 1:  # now that it is known how many pages the cover itself takes
        data, _ = _drawn(claim, enclosed, terms, today, covers=covers)
    return data


def _drawn(
    claim: Claim,
    enclosed: Sequence[tuple[Enclosure, int]],
    terms: DocumentTerms | None,
    today: dt.date,
    *,
    covers: int,
) -> tuple[bytes, int]:
    """The cover, and how many pages it took."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1, pageCompression=1)
    canvas.setTitle("Documents for a claim")
    canvas.setCreator("nextpayer")
    cover = _Cover(canvas)
    cover.line("Documents for a claim", _BOLD, 16)
    cover.gap()
    for label, text in _facts(claim, enclosed[0][0].channel, terms, today):
        cover.fact(label, text)
    pages = sum(count for _, count in enclosed) + covers
    cover.fact("Pages", f"{pages}, this cover included")
    cover.gap()
    cover.head()
    for one, count in enclosed:
        cover.document(one, count)
    cover.gap()
    cover.paragraph(_NOTICE)
    took = canvas.getPageNumber()
    canvas.showPage()
    canvas.save()
    return out.getvalue(), took


def _facts(
    claim: Claim, channel: Channel | None, terms: DocumentTerms | None, today: dt.date
) -> list[tuple[str, str]]:
    payer, us = claim.policy.payer, claim.billing.provider
    facts = [("To", payer.name), ("", f"payer id {payer.id}")]
    if channel is Channel.FAX:
        facts.append(("Fax", terms.fax if terms is not None else ""))
    else:
        to = (terms.address if terms is not None else None) or payer.address
        facts += [("", line) for line in _address(to)]
    facts += [("From", name(us)), ("", f"NPI {us.id}" if us.id_qualifier == "XX" else us.id)]
    facts += [("", line) for line in _address(us.address)]
    facts += [
        ("Telephone", phone(claim, us.carried) or _submitters_phone(claim)),
        ("Date", today.isoformat()),
        ("Account number", claim.patient_control_number),
        ("Member id", claim.policy.member_id),
        ("Days of service", _days(claim)),
    ]
    return [(label, text) for label, text in facts if text.strip()]


def _address(address: Address | None) -> list[str]:
    return [*address.lines, city_line(address)] if address is not None else []


def _submitters_phone(claim: Claim) -> str:
    return phone(claim, claim.envelope.submitter) if claim.envelope is not None else ""


def _days(claim: Claim) -> str:
    first, last = claim.service_from, claim.service_to
    if first is None:
        return ""
    return first.isoformat() if last in (None, first) else f"{first} to {last}"


class _Cover:
    """A page, and further ones where it is full, from top to bottom."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._y = _TOP

    def gap(self) -> None:
        self._y -= _STEP

    def line(self, text: str, font: str = _PLAIN, size: int = _SIZE, x: float = _LEFT) -> None:
        self._put(x, text, font, size)
        self._next()

    def fact(self, label: str, text: str) -> None:
        self._put(_LEFT, label, _BOLD)
        for part in simpleSplit(text, _PLAIN, _SIZE, _RIGHT - _LEFT - _LABEL) or [""]:
            self.line(part, x=_LEFT + _LABEL)

    def head(self) -> None:
        self._put(_NUMBER, "attachment control number", _BOLD)
        self._put(_WHAT, "document", _BOLD)
        self._right("pages", _BOLD)
        self._canvas.setLineWidth(0.7)
        self._canvas.line(_LEFT, self._y - 4, _RIGHT, self._y - 4)
        self._y -= _STEP + 4

    def document(self, one: Enclosure, pages: int) -> None:
        line = f", service line {one.document.line}" if one.document.line else ""
        kind = f", type {one.report_type}" if one.document.kind != one.report_type else ""
        what = kind_name(one.document.kind) + kind + line
        self._put(_NUMBER, one.control_number)
        self._right(str(pages))
        for part in simpleSplit(what, _PLAIN, _SIZE, _RIGHT - _WHAT - 40):
            self.line(part, x=_WHAT)

    def paragraph(self, text: str) -> None:
        for part in simpleSplit(text, _PLAIN, _SIZE, _RIGHT - _LEFT):
            self.line(part)

    def _put(self, x: float, text: str, font: str = _PLAIN, size: int = _SIZE) -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, self._y, text)

    def _right(self, text: str, font: str = _PLAIN) -> None:
        self._put(_RIGHT - stringWidth(text, font, _SIZE), text, font)

    def _next(self) -> None:
        self._y -= _STEP
        if self._y < _BOTTOM:
            self._canvas.showPage()
            self._y = _TOP

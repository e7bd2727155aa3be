"""Packets for mail and fax: a cover that says what the payer needs, and the documents behind it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import pdfplumber
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, Provider, ServiceLine
from nextpayer.documents import Channel, Document, Enclosure, Media
from nextpayer.policy import Address, Payer, Person, Policy
from nextpayer.ports import DocumentMaker
from nextpayer.profile import DocumentTerms
from nextpayer_paper import PdfDocuments

TODAY = dt.date(2025, 3, 1)
DAY = dt.date(2025, 1, 10)
SHORE = Address(lines=("4 SHORE ROAD",), city="CHICAGO", state="IL", postal_code="60601")
CLAIM = Claim(
    kind=ClaimKind.PROFESSIONAL,
    patient_control_number="ACCT-77",
    charge_amount=Decimal("1234.56"),
    billing=Billing(
        provider=Provider(
            role="85",
            last="LAKE CLINIC",
            id_qualifier="XX",
            id="1234567893",
            carried=("PER*IC*DESK*TE*2175550111",),
        )
    ),
    policy=Policy(
        payer=Payer(id="GREAT1", name="GREAT PRAIRIES", address=SHORE),
        holder=Person(last="DALY"),
        member_id="M-1",
    ),
    patient=Person(last="DALY", first="RUTH", birth_date=dt.date(1961, 4, 12)),
    lines=(
        ServiceLine(
            number=1,
            charge_amount=Decimal("1234.56"),
            dates=(DateFact(qualifier="472", format="D8", text="20250110", start=DAY, end=DAY),),
        ),
    ),
)


def pages(text: str, count: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number in range(1, count + 1):
        canvas.drawString(72, 700, f"{text} page {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def enclosed(
    data: bytes, number: str, *, channel: Channel = Channel.MAIL, media: Media = Media.PDF, line: int = 0
) -> tuple[Enclosure, bytes]:
    document = Document(
        claim_id="ACCT-77", kind="records", sha256="0" * 64, size=len(data), media=media, line=line
    )
    return Enclosure(document=document, report_type="M1", channel=channel, control_number=number), data


def packet(*contents: tuple[Enclosure, bytes], terms: DocumentTerms | None = None) -> list[str]:
    data = PdfDocuments().packet(CLAIM, contents, terms, TODAY)
    assert data == PdfDocuments().packet(CLAIM, contents, terms, TODAY)
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [page.extract_text() or "" for page in document.pages]


def test_it_is_a_document_maker() -> None:
    assert isinstance(PdfDocuments(), DocumentMaker)


def test_the_cover_says_who_to_whom_about_which_claim_and_how_many_pages() -> None:
    cover, *rest = packet(enclosed(pages("ONE", 2), "NPAAA"), enclosed(pages("TWO"), "NPBBB", line=1))
    for text in (
        "GREAT PRAIRIES", "payer id GREAT1", "4 SHORE ROAD", "CHICAGO IL 60601", "LAKE CLINIC",
        "NPI 1234567893", "2175550111", "2025-03-01", "ACCT-77", "M-1", "2025-01-10",
        "4, this cover included",
        "NPAAA medical records, type M1 2", "NPBBB medical records, type M1, service line 1 1",
    ):  # fmt: skip
        assert text in cover, text
    assert [one.strip() for one in rest] == ["ONE page 1", "ONE page 2", "TWO page 1"]


def test_the_cover_holds_no_more_of_the_patient_than_the_payer_needs() -> None:
    cover, _ = packet(enclosed(pages("ONE"), "NPAAA"))
    assert not any(word in cover for word in ("DALY", "RUTH", "1961", "1234.56", "1,234.56"))


def test_a_fax_names_its_number_and_letters_may_have_an_address_of_their_own() -> None:
    fax = DocumentTerms(by="FX", fax="2175550100")
    cover, _ = packet(enclosed(pages("ONE"), "NPAAA", channel=Channel.FAX), terms=fax)
    assert ("2175550100" in cover, "4 SHORE ROAD" in cover) == (True, False)
    mail = DocumentTerms(by="BM", address=replace(SHORE, lines=("PO BOX 9",)))
    cover, _ = packet(enclosed(pages("ONE"), "NPAAA"), terms=mail)
    assert ("PO BOX 9" in cover, "4 SHORE ROAD" in cover) == (True, False)


def test_a_cover_that_takes_two_pages_counts_both() -> None:
    shown = packet(*[enclosed(pages("X"), f"NP{number:03d}") for number in range(40)])
    assert len(shown) == 42
    assert "42, this cover included" in shown[0]
    assert "NP039" in shown[1]


@pytest.mark.parametrize(("size", "kind"), [((1200, 300), "JPEG"), ((300, 1200), "TIFF"), ((3, 3), "JPEG")])
def test_an_image_fits_on_its_page(size: tuple[int, int], kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, format=kind)
    media = Media.JPEG if kind == "JPEG" else Media.TIFF
    data = PdfDocuments().packet(CLAIM, [enclosed(out.getvalue(), "NPAAA", media=media)], None, TODAY)
    with pdfplumber.open(io.BytesIO(data)) as document:
        (image,) = document.pages[1].images
        page = document.pages[1]
        assert 0 < image["x0"] < image["x1"] < page.width
        assert 0 < image["top"] < image["bottom"] < page.height
        shape = (image["x1"] - image["x0"]) / (image["bottom"] - image["top"])
        assert shape == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"%PDF-1.4\n%%EOF", Media.PDF),
        (pages("X")[:200] + b"%%EOF", Media.PDF),
        (b"\xff\xd8\xff\xe0junk", Media.JPEG),
        (b"II*\x00junk", Media.TIFF),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_and_nothing_else_is_said(
    data: bytes, media: Media, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="a document") as caught:
        PdfDocuments().packet(CLAIM, [enclosed(data, "NPAAA", media=media)], None, TODAY)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")

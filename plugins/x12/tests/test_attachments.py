"""The 275 writer and its reader: documents come back byte for byte, in an envelope that counts right."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, Envelope, Provider, ServiceLine
from nextpayer.documents import Channel, Document, Enclosure, Media, control_number
from nextpayer.errors import UnusableInput
from nextpayer.policy import Payer, Person, Policy
from nextpayer.ports import AttachmentForm
from nextpayer.profile import DocumentTerms
from nextpayer_x12 import Attachments, UnwritableText, X12Reader, read_attachments

TODAY = dt.date(2025, 3, 10)
DAY = dt.date(2025, 1, 10)
ROUTE = Envelope(
    sender_id="LAKECLINIC",
    receiver_id="CLEARING",
    submitter=("NM1*41*2*LAKE BILLING*****46*ETIN01", "PER*IC*X"),
)
CLAIM = Claim(
    kind=ClaimKind.PROFESSIONAL,
    patient_control_number="ACCT-77",
    charge_amount=Decimal("10.00"),
    billing=Billing(provider=Provider(role="85", last="LAKE CLINIC", id_qualifier="XX", id="1234567893")),
    policy=Policy(
        payer=Payer(id="GREAT1", name="GREAT PRAIRIES"),
        holder=Person(last="DALY", first="OWEN"),
        member_id="M-1",
        member_id_qualifier="MI",
    ),
    patient=Person(last="DALY", first="RUTH"),
    lines=(
        ServiceLine(
            number=1,
            charge_amount=Decimal("10.00"),
            dates=(DateFact(qualifier="472", format="D8", text="20250110", start=DAY, end=DAY),),
        ),
    ),
    envelope=ROUTE,
)
EVERY_BYTE = bytes(range(256)) * 3


def enclosed(data: bytes, media: Media = Media.PDF, kind: str = "eob") -> tuple[Enclosure, bytes]:
    document = Document(
        claim_id="ACCT-77", kind=kind, sha256=hashlib.sha256(data).hexdigest(), size=len(data), media=media
    )
    number = control_number("GREAT1", document)
    return Enclosure(
        document=document, report_type="EB", channel=Channel.ELECTRONIC, control_number=number
    ), data


def write(*claims: tuple[Claim, list[tuple[Enclosure, bytes]]], number: int = 7) -> bytes:
    form = Attachments()
    file = form.start(control_number=number, today=TODAY)
    text = b"".join(file.add(claim, form.render(claim, contents, TODAY)) for claim, contents in claims)
    return text + file.finish()


def segments(data: bytes) -> list[str]:
    return data.decode().split("~")[:-1]


def test_it_is_an_attachment_form() -> None:
    assert isinstance(Attachments(), AttachmentForm)


def test_a_claims_document_stands_in_these_segments() -> None:
    one, data = enclosed(b"%PDF-1.4 ~*:^ %%EOF")
    found = segments(write((CLAIM, [(one, data)])))
    assert found[0] == (
        "ISA*00*          *00*          *ZZ*LAKECLINIC     *ZZ*CLEARING       *250310*0000"
        "*^*00602*000000007*0*P*:"
    )
    assert found[1:14] == [
        "GS*PI*LAKECLINIC*CLEARING*20250310*0000*7*X*006020X314",
        "ST*275*0007*006020X314",
        "BGN*02*000000007000000007*20250310",
        "NM1*PR*2*GREAT PRAIRIES*****PI*GREAT1",
        "NM1*41*2*LAKE BILLING*****46*ETIN01",
        "NM1*1P*2*LAKE CLINIC*****XX*1234567893",
        "NM1*QC*1*DALY*RUTH****MI*M-1",
        "REF*X1*ACCT-77",
        "DTP*472*D8*20250110",
        "LX*1",
        f"TRN*1*{one.control_number}",
        "DTP*368*D8*20250310",
        "CAT*AE*IA",
    ]
    assert found[14] == "OOI*1*47*ATTACHMENT"
    tag, code, length, binary = found[15].split("*")
    assert (tag, code, int(length)) == ("BDS", "B64", len(binary.encode()))
    assert found[16:] == ["SE*15*0007", "GE*1*7", "IEA*1*000000007"]
    entity = base64.b64decode(binary).decode()
    assert f'filename="{one.control_number}.pdf"' in entity
    assert "Content-Type: application/pdf\r\n" in entity
    assert not any(word in entity for word in ("DALY", "ACCT", "M-1"))


def test_a_stay_of_several_days_is_a_range() -> None:
    stay = DateFact(
        qualifier="434", format="RD8", text="20250110-20250113", start=DAY, end=dt.date(2025, 1, 13)
    )
    claim = replace(CLAIM, dates=(stay,))
    assert "DTP*472*RD8*20250110-20250113" in segments(write((claim, [enclosed(b"x")])))


def test_each_claim_has_its_transaction_and_each_receiver_its_interchange() -> None:
    other = replace(CLAIM, patient_control_number="ACCT-78", envelope=replace(ROUTE, receiver_id="ELSEWHERE"))
    data = write(
        (CLAIM, [enclosed(b"a"), enclosed(b"b")]), (CLAIM, [enclosed(b"c")]), (other, [enclosed(b"d")])
    )
    text = data.decode()
    assert re.findall(r"ST\*275\*(\d+)", text) == ["0007", "0008", "0009"]
    assert re.findall(r"~GE\*(\d)\*(\d)~IEA\*1\*0+(\d)~", text) == [("2", "7", "7"), ("1", "8", "8")]
    references = re.findall(r"BGN\*02\*(\d+)", text)
    assert len(set(references)) == 3
    assert [(one.claim_id, one.data) for one in read_attachments(data)] == [
        ("ACCT-77", b"a"), ("ACCT-77", b"b"), ("ACCT-77", b"c"), ("ACCT-78", b"d"),
    ]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=400), min_size=1, max_size=4),
    st.permutations("*:^~|!>;\n\x1c\x1d+/=").map(lambda marks: "".join(marks[:4])),
    st.sampled_from(Media),
)
def test_every_document_comes_back_byte_for_byte_in_any_delimiters(
    documents: list[bytes], delimiters: str, media: Media
) -> None:
    claim = replace(CLAIM, envelope=replace(ROUTE, delimiters=delimiters, submitter=()))
    contents = [enclosed(data, media) for data in documents]
    found = list(read_attachments(write((claim, contents))))
    assert [(one.control_number, one.data, one.media) for one in found] == [
        (one.control_number, data, media) for one, data in contents
    ]


def test_a_large_document_of_every_byte_comes_back() -> None:
    data = EVERY_BYTE * 2_000
    (found,) = read_attachments(write((CLAIM, [enclosed(data)])))
    assert (found.data, found.payer_id, found.claim_id) == (data, "GREAT1", "ACCT-77")


def test_delimiters_that_base64_uses_give_way_to_the_usual_ones() -> None:
    claim = replace(CLAIM, envelope=replace(ROUTE, delimiters="+:^/", submitter=()))
    data = write((claim, [enclosed(EVERY_BYTE)]))
    assert data[:4] == b"ISA*"
    assert next(read_attachments(data)).data == EVERY_BYTE


def test_the_reader_of_claims_says_what_kind_of_file_it_is(tmp_path: object) -> None:
    path = tmp_path / "x.275"  # type: ignore[operator]
    path.write_bytes(write((CLAIM, [enclosed(EVERY_BYTE * 3_000)])))
    assert X12Reader().sniff(path) == "275"


@pytest.mark.parametrize(
    ("claim", "where"),
    [
        (replace(CLAIM, policy=replace(CLAIM.policy, member_id="")), "1000D NM109"),
        (replace(CLAIM, billing=Billing(provider=Provider(role="85", last="X"))), "1000C NM109"),
        (replace(CLAIM, patient=Person(last="DA~LY")), "1000D NM103"),
        (replace(CLAIM, patient=Person(last="DA\x07LY")), "1000: the claim holds"),
        (replace(CLAIM, envelope=replace(ROUTE, receiver_id="R" * 16)), "ISA08"),
    ],
)
def test_a_claim_that_cannot_be_named_is_refused_by_the_element(claim: Claim, where: str) -> None:
    with pytest.raises(UnwritableText) as caught:
        Attachments().render(claim, [enclosed(b"x")], TODAY)
    assert where in str(caught.value)
    assert not any(word in str(caught.value) for word in ("DA~LY", "ACCT-77"))


def test_another_codec_counts_the_same_segments_transactions_and_groups() -> None:
    x12file = pytest.importorskip("pyx12.x12file")
    form = Attachments().for_payer(
        DocumentTerms(by="EL", interchange_version="00501")
    )  # all that pyx12 takes
    file = form.start(control_number=7, today=TODAY)
    other = replace(CLAIM, patient_control_number="ACCT-78", envelope=replace(ROUTE, receiver_id="ELSEWHERE"))
    text = b"".join(
        file.add(one, form.render(one, [enclosed(EVERY_BYTE)], TODAY)) for one in (CLAIM, CLAIM, other)
    )
    reader = x12file.X12Reader(io.StringIO((text + file.finish()).decode()))
    assert sum(1 for _ in reader) == 3 * 15 + 2 * 4
    reader.cleanup()
    assert reader.pop_errors() == []


def test_a_file_without_documents_is_empty() -> None:
    assert Attachments().start(control_number=1, today=TODAY).finish() == b""


GOOD = write((CLAIM, [enclosed(b"%PDF-1.4 the document %%EOF")]))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (b"", "whole ISA"),
        (GOOD[:-200], "the file ends inside"),
        (re.sub(rb"BDS\*B64\*\d", b"BDS*B64*", GOOD), "BDS02 is not the length"),
        (GOOD.replace(b"BDS*B64*", b"BDS*ZIP*"), "BDS01 names a filter"),
        (GOOD.replace(b"ST*275", b"ST*837"), "the transaction is no 275"),
        (GOOD.replace(b"SE*15", b"SE*16"), "SE01 does not count"),
        (re.sub(rb"BDS\*B64\*\d+\*[^~]+", b"BDS*B64*4*????", GOOD), "is not base64"),
        (re.sub(rb"BDS\*B64\*\d+\*[^~]+", b"BDS*B64*12*QTogYg0KDQo=", GOOD), "holds no document"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_its_place(broken: bytes, says: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        list(read_attachments(broken, "sent.275"))
    assert str(caught.value).startswith("sent.275: ")
    assert says in str(caught.value)
    assert "DALY" not in str(caught.value)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=1))
def test_a_changed_byte_is_refused_or_read_and_never_a_traceback(at: int, byte: bytes) -> None:
    with contextlib.suppress(UnusableInput):
        list(read_attachments(GOOD[:at] + byte + GOOD[at + 1 :]))

"""The 270 writer: inquiries come back as they were, in an envelope that counts right."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.claim import Envelope, Provider
from nextpayer.eligibility import Inquiry
from nextpayer.policy import Address, Payer, Person, Reference
from nextpayer.ports import Quarantined
from nextpayer_x12 import UnwritableText, write_inquiries
from nextpayer_x12.questions import inquiries
from nextpayer_x12.tokens import blocks

AT = dt.datetime(2025, 3, 10, 9, 5)
ROUTE = Envelope(sender_id="LAKECLINIC", receiver_id="CLEARING")
CLINIC = Provider(role="1P", last="LAKE CLINIC", id_qualifier="XX", id="1234567893")
KEY = Payer(id="KEY01", name="KEY INSURANCE")
RUTH = Person(last="DALY", first="RUTH", birth_date=dt.date(1961, 4, 12), sex="F")
OWEN = Person(last="DALY", first="OWEN")
SELF = Inquiry(
    payer=KEY, provider=CLINIC, subscriber=RUTH, member_id="M-1", trace="T1", trace_origin="9234567893"
)
WIFE = replace(SELF, subscriber=OWEN, dependant=RUTH, relationship="01", trace="T2")


def write(*asked: Inquiry, envelope: Envelope = ROUTE, number: int = 7) -> str:
    return write_inquiries(asked, envelope, control_number=number, at=AT).decode()


def read(text: str) -> list[Inquiry | Quarantined]:
    return list(inquiries(blocks(io.BytesIO(text.encode()), "ask.270"), "ask.270"))


def nowhere(found: list[Inquiry | Quarantined]) -> list[Inquiry]:
    """The inquiries without where they were read."""
    assert [one for one in found if isinstance(one, Quarantined)] == []
    return [replace(one, file="", segment=0) for one in found if isinstance(one, Inquiry)]


def segments(text: str) -> list[str]:
    return text.split("~")[:-1]


def test_a_question_about_a_policyholder_is_one_level_below_the_provider() -> None:
    asked = replace(SELF, references=(Reference(qualifier="6P", value="G1"),), start=dt.date(2025, 3, 9))
    assert segments(write(asked))[2:-2] == [
        "ST*270*0007*005010X279A1",
        "BHT*0022*13*0007*20250310*0905",
        "HL*1**20*1",
        "NM1*PR*2*KEY INSURANCE*****PI*KEY01",
        "HL*2*1*21*1",
        "NM1*1P*2*LAKE CLINIC*****XX*1234567893",
        "HL*3*2*22*0",
        "TRN*1*T1*9234567893",
        "NM1*IL*1*DALY*RUTH****MI*M-1",
        "REF*6P*G1",
        "DMG*D8*19610412*F",
        "DTP*291*D8*20250309",
        "EQ*30",
        "SE*14*0007",
    ]


def test_a_question_about_a_dependant_names_the_policyholder_above() -> None:
    assert segments(write(WIFE))[8:-3] == [
        "HL*3*2*22*1",
        "NM1*IL*1*DALY*OWEN****MI*M-1",
        "HL*4*3*23*0",
        "TRN*1*T2*9234567893",
        "NM1*03*1*DALY*RUTH",
        "DMG*D8*19610412*F",
        "INS*N*01",
        "EQ*30",
    ]


def test_the_envelope_has_fixed_widths_and_says_who_sends_to_whom() -> None:
    text = write(SELF, envelope=replace(ROUTE, usage="T", sender_qualifier="30"))
    sender, receiver = f"{'LAKECLINIC':<15}", f"{'CLEARING':<15}"
    start = f"ISA*00*{' ':10}*00*{' ':10}*30*{sender}*ZZ*{receiver}*"
    assert text[:106] == start + "250310*0905*^*00501*000000007*0*T*:~"
    assert segments(text)[1] == "GS*HS*LAKECLINIC*CLEARING*20250310*0905*7*X*005010X279A1"
    assert segments(text)[-2:] == ["GE*1*7", "IEA*1*000000007"]


def test_inquiries_to_one_payer_share_a_transaction_and_another_payer_begins_one() -> None:
    other = replace(SELF, payer=Payer(id="OTH", name="OTHER"))
    text = write(SELF, WIFE, other)
    heads = [one for one in segments(text) if one[:2] in ("ST", "SE", "HL", "GE")]
    assert heads == [
        "ST*270*0007*005010X279A1",
        "HL*1**20*1",
        "HL*2*1*21*1",
        "HL*3*2*22*0",
        "HL*4*2*22*1",
        "HL*5*4*23*0",
        "SE*20*0007",
        "ST*270*0008*005010X279A1",
        "HL*1**20*1",
        "HL*2*1*21*1",
        "HL*3*2*22*0",
        "SE*12*0008",
        "GE*2*7",
    ]
    assert nowhere(read(text)) == [SELF, WIFE, other]


def test_a_transaction_takes_99_patients() -> None:
    asked = [replace(SELF, trace=f"T{n}") for n in range(100)]
    text = write(*asked)
    assert text.count("~ST*270*") == 2
    assert [one.trace for one in nowhere(read(text))] == [f"T{n}" for n in range(100)]


def test_the_same_questions_give_the_same_bytes() -> None:
    assert write(SELF, WIFE) == write(SELF, WIFE)


def test_nothing_to_ask_is_no_file() -> None:
    assert write_inquiries([], ROUTE, control_number=1, at=AT) == b""


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        (replace(SELF, payer=Payer(id="", name="KEY")), "2100A"),
        (replace(SELF, payer=Payer(id="K", name="")), "2100A"),
        (replace(SELF, provider=Provider(role="1P", last="LAKE")), "2100B"),
        (replace(SELF, trace_origin="9"), "2000C TRN03"),
        (replace(WIFE, trace_origin=""), "2000D TRN03"),
        (replace(SELF, member_id="M~1"), "2100C NM109"),
        (replace(SELF, subscriber=replace(RUTH, last="DA*LY")), "2100C NM103"),
        (replace(SELF, services=("3:0",)), "2110C EQ01"),
        (replace(SELF, subscriber=replace(RUTH, last="DA\x07LY")), "2000"),
    ],
)
def test_what_cannot_be_written_is_refused_by_its_place_and_not_its_value(asked: Inquiry, where: str) -> None:
    with pytest.raises(UnwritableText) as caught:
        write(asked)
    assert str(caught.value).startswith(where)
    assert "DA" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "A" * 16, "A*B"])
def test_a_sender_that_does_not_fit_the_envelope_is_refused(sender: str) -> None:
    with pytest.raises(UnwritableText, match="ISA06"):
        write(SELF, envelope=replace(ROUTE, sender_id=sender))


@pytest.mark.parametrize("number", [0, 1_000_000_000])
def test_a_control_number_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="ISA13"):
        write(SELF, number=number)


def test_a_relationship_that_a_270_does_not_know_is_not_said() -> None:
    assert "~INS*" not in write(replace(WIFE, relationship="53"))


def test_a_270_with_service_types_in_one_element_is_read() -> None:
    text = write(SELF).replace("EQ*30", "EQ*30^98^MH")
    (one,) = nowhere(read(text))
    assert one.services == ("30", "98", "MH")


def test_what_the_noun_does_not_model_is_carried_and_written_again() -> None:
    text = write(SELF).replace("EQ*30~", "EQ*30~III*ZZ*11~").replace("SE*12*", "SE*13*")
    (one,) = nowhere(read(text))
    assert one.carried == ("III*ZZ*11",)
    assert write(one) == text


def test_a_policyholder_who_is_asked_about_with_a_dependant_is_an_inquiry_too() -> None:
    text = write(WIFE).replace("~HL*4*3*23*0", "~EQ*30~HL*4*3*23*0").replace("SE*15*", "SE*16*")
    assert [one.patient.first for one in nowhere(read(text))] == ["OWEN", "RUTH"]


def test_a_damaged_inquiry_is_set_aside_alone() -> None:
    found = read(
        write(SELF, WIFE).replace("DMG*D8*19610412*F~DTP", "").replace("DMG*D8*19610412", "DMG*D8*1", 1)
    )
    (aside,) = (one for one in found if isinstance(one, Quarantined))
    assert (aside.kind, aside.claim_id) == ("inquiry", "T1")
    assert [one.trace for one in found if isinstance(one, Inquiry)] == ["T2"]


def test_days_asked_about_that_end_before_they_begin_are_set_aside() -> None:
    asked = replace(SELF, start=dt.date(2025, 1, 1), end=dt.date(2025, 1, 2))
    (aside,) = read(write(asked).replace("20250101-20250102", "20250102-20250101"))
    assert isinstance(aside, Quarantined)
    assert aside.kind == "inquiry"


texts = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'.&/\u00c9\u00f1", min_size=1, max_size=20).map(
    lambda text: text.strip() or "X"
)
maybe = st.just("") | texts
days = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
addresses = st.none() | st.builds(
    Address,
    lines=st.lists(texts, min_size=1, max_size=2).map(tuple),
    city=texts,
    state=st.sampled_from(["KS", "FL"]),
    postal_code=st.sampled_from(["67401", "674010001"]),
)
people = st.builds(
    Person,
    last=texts,
    first=maybe,
    middle=maybe,
    suffix=maybe,
    birth_date=st.none() | days,
    sex=st.sampled_from(["", "F", "M"]),
    address=addresses,
)
payers = st.builds(Payer, id=texts, name=texts, id_qualifier=st.sampled_from(["PI", "XV"]))
providers = st.builds(
    Provider,
    role=st.just("1P"),
    last=texts,
    id_qualifier=st.just("XX"),
    id=st.just("1234567893"),
    address=addresses,
    taxonomy=st.just("207Q00000X"),
    taxonomy_role=st.just("PE"),
    references=st.lists(st.builds(Reference, qualifier=st.just("EO"), value=texts), max_size=2).map(tuple),
)


@st.composite
def asked(draw: st.DrawFn) -> Inquiry:
    dependant = draw(st.none() | people)
    start = draw(st.none() | days)
    end = draw(st.none() | days) if start else None
    return Inquiry(
        payer=draw(payers),
        provider=draw(providers),
        subscriber=draw(people),
        dependant=dependant,
        member_id=draw(texts),
        relationship=draw(st.sampled_from(["", "01", "19", "34"])) if dependant else "",
        references=tuple(
            draw(st.lists(st.builds(Reference, qualifier=st.just("6P"), value=texts), max_size=2))
        ),
        services=tuple(draw(st.lists(st.sampled_from(["30", "98", "MH", "UC"]), min_size=1, max_size=3))),
        start=start,
        end=end if start and end and end >= start else None,
        trace=draw(texts),
        trace_origin="9234567893",
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(asked(), min_size=1, max_size=6), st.sampled_from(["*:^~", "|>!\n", "+:^'"]))
def test_whatever_is_asked_is_read_back(all_asked: list[Inquiry], delimiters: str) -> None:
    """With any delimiters that the texts do not hold."""
    envelope = replace(ROUTE, delimiters=delimiters)
    if any(mark in repr_of(one) for one in all_asked for mark in delimiters):
        return
    text = write(*all_asked, envelope=envelope)
    assert nowhere(read(text)) == all_asked


def repr_of(inquiry: Inquiry) -> str:
    """Every text of an inquiry, for a search."""
    parts = [inquiry.member_id, inquiry.trace, inquiry.payer.id, inquiry.payer.name, inquiry.provider.last]
    parts += [one.value for one in (*inquiry.references, *inquiry.provider.references)]
    for who in (inquiry.subscriber, inquiry.dependant):
        if who is not None:
            parts += [who.last, who.first, who.middle, who.suffix]
    for place in (inquiry.subscriber, inquiry.dependant, inquiry.provider):
        if place is not None and place.address is not None:
            parts += [*place.address.lines, place.address.city]
    return "".join(parts)

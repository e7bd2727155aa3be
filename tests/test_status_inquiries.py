"""The 276: each claim is asked about by its own numbers, charge and days, in an order that payers read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nextpayer.acknowledgment import StatusInquiry
from nextpayer.claim import Claim, Envelope
from nextpayer.policy import Payer
from nextpayer.ports import InquiryForm
from nextpayer_x12 import StatusInquiries, X12Reader
from nextpayer_x12.syntax import UnwritableText
from support.guide212 import problems

HERE = Path(__file__).parents[1] / "plugins" / "x12" / "tests"
TODAY = dt.date(2025, 4, 3)


def claims(name: str) -> list[Claim]:
    return [one for one in X12Reader().claims(HERE / "full" / name) if isinstance(one, Claim)]


def ask(*asked: Claim, number: str = "") -> str:
    inquiries = [
        StatusInquiry(claim=one, trace=f"T{at}", control_number=number) for at, one in enumerate(asked, 1)
    ]
    return StatusInquiries().render(inquiries, control_number=301, today=TODAY).decode()


def lines(text: str, *tags: str) -> list[str]:
    return [one for one in text.split(text[105]) if one.split(text[3])[0] in tags]


def claim() -> Claim:
    """One whose patient is the subscriber, in our own envelope."""
    one = claims("professional.837")[0]
    envelope = Envelope(sender_id="CLINIC", receiver_id="HOUSE")
    policy = replace(one.policy, patient_relationship="18")
    return replace(one, envelope=envelope, policy=policy, patient=replace(one.patient, birth_date=TODAY))


def policy(name: str, value: object) -> Callable[[Claim], Claim]:
    return lambda one: replace(one, policy=replace(one.policy, **{name: value}))


def provider(name: str, value: object) -> Callable[[Claim], Claim]:
    return lambda one: replace(
        one, billing=replace(one.billing, provider=replace(one.billing.provider, **{name: value}))
    )


def test_it_is_an_inquiry_form() -> None:
    assert isinstance(StatusInquiries(), InquiryForm)


@pytest.mark.parametrize("name", ["professional.837", "institutional.837", "dental.837"])
def test_what_is_asked_keeps_the_published_layout(name: str) -> None:
    one = claims(name)[0]
    text = ask(replace(one, patient=replace(one.patient, birth_date=one.patient.birth_date or TODAY)))
    assert problems(text) == []
    assert [one.split(text[3])[1:] for one in lines(text, "BHT")] == [
        ["0010", "13", "000000301", "20250403", "0000"]
    ]


def test_a_claim_is_asked_about_by_its_own_numbers() -> None:
    one = claim()
    text = ask(one, number="ICN7")
    assert problems(text) == []
    day, charge = one.service_from, f"{one.charge_amount}".rstrip("0").rstrip(".")
    assert day is not None
    assert lines(text, "TRN", "REF", "AMT") == [
        "TRN*1*T1", "REF*1K*ICN7", f"REF*EJ*{one.patient_control_number}", f"AMT*T3*{charge}",
    ]  # fmt: skip
    assert lines(text, "DTP")[0].startswith(("DTP*472*D8*", "DTP*472*RD8*"))


def test_an_institutional_claim_has_its_type_of_bill() -> None:
    one = claims("institutional.837")[0]
    assert f"REF*BLT*{one.facility_code}{one.frequency}" in ask(one).replace(ask(one)[3], "*")


def test_a_patient_who_is_not_the_subscriber_has_a_level_of_their_own() -> None:
    one = claim()
    child = replace(one, policy=replace(one.policy, patient_relationship="19"))
    text = ask(child)
    assert problems(text) == []
    assert [line.split("*")[1:] for line in lines(text, "HL")] == [
        ["1", "", "20", "1"], ["2", "1", "21", "1"], ["3", "2", "19", "1"], ["4", "3", "22", "1"],
        ["5", "4", "23"],
    ]  # fmt: skip


def test_each_payer_has_a_transaction_and_each_provider_a_level() -> None:
    one = claim()
    other = replace(one, policy=replace(one.policy, payer=replace(one.policy.payer, id="OTHER9")))
    elsewhere = replace(one.billing, provider=replace(one.billing.provider, id="1999999984"))
    text = ask(one, replace(one, billing=elsewhere), other)
    assert problems(text) == []
    assert [line.split("*")[2] for line in lines(text, "ST")] == ["0301", "0302"]
    assert len([line for line in lines(text, "HL") if "*19*" in line]) == 3
    assert [line.split("*")[2] for line in lines(text, "TRN")] == ["T1", "T2", "T3"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (policy("member_id", ""), "2100D NM103, NM109"),
        (lambda one: replace(one, patient=replace(one.patient, birth_date=None)), "2000D DMG02"),
        (provider("id", ""), "2100C NM108"),
        (policy("payer", Payer(id="P", name="")), "2100A"),
        (lambda one: replace(one, patient_control_number="A~B"), "REF02"),
    ],
)  # fmt: skip
def test_what_a_question_needs_and_a_claim_lacks_is_named(
    change: Callable[[Claim], Claim], says: str
) -> None:
    with pytest.raises(UnwritableText, match=says):
        ask(change(claim()))


def test_claims_of_two_envelopes_are_no_file() -> None:
    one = claim()
    other = replace(one, envelope=Envelope(sender_id="ELSE", receiver_id="HOUSE"))
    with pytest.raises(ValueError, match="different envelopes"):
        ask(one, other)
    with pytest.raises(ValueError, match="nothing to ask"):
        ask()

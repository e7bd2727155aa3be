"""The forms as plugins: they are what the core asks for, and refuse what they cannot print whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from nextpayer.claim import Billing, Claim, ClaimKind, Provider, ServiceLine
from nextpayer.policy import Payer, Person, Policy
from nextpayer.ports import Form, PaperForm, TellingFile
from nextpayer.profile import PaperTerms
from nextpayer_paper import Cms1500, Cms1500Screen, Printer, Ub04, Ub04Screen, Unprintable
from nextpayer_paper.boxes import Boxes
from nextpayer_paper.grid import CMS1500

TODAY = dt.date(2025, 3, 1)
CLAIM = Claim(
    kind=ClaimKind.PROFESSIONAL,
    patient_control_number="A1",
    charge_amount=Decimal("10.00"),
    billing=Billing(provider=Provider(role="85", last="LAKE CLINIC")),
    policy=Policy(payer=Payer(id="P1", name="PLAN"), holder=Person(last="DOE"), member_id="M1"),
    patient=Person(last="DOE", first="JANE"),
    lines=(ServiceLine(number=1, charge_amount=Decimal("10.00")),),
)


@pytest.mark.parametrize("form", [Cms1500, Cms1500Screen, Ub04, Ub04Screen])
def test_each_is_a_form_on_paper_whose_files_tell_what_they_cut(form: type[Cms1500 | Ub04]) -> None:
    made = form()
    assert isinstance(made, Form)
    assert isinstance(made, PaperForm)
    assert made.suffix == "pdf"
    assert isinstance(made.start(control_number=1, today=TODAY), TellingFile)
    on_terms = made.for_payer(PaperTerms(overflow="continued"))
    assert (on_terms.name, on_terms.kind) == (made.name, made.kind)


def test_a_claim_that_says_little_prints_what_it_says() -> None:
    file = Cms1500(Printer()).start(control_number=1, today=TODAY)
    assert file.add(CLAIM) == b""
    assert file.finish().startswith(b"%PDF")


def test_a_file_without_claims_is_empty() -> None:
    assert Ub04(Printer()).start(control_number=1, today=TODAY).finish() == b""


def test_a_claim_of_another_kind_is_refused_and_adds_no_page() -> None:
    file = Ub04(Printer()).start(control_number=1, today=TODAY)
    with pytest.raises(ValueError, match="a claim of kind P on a form of kind I"):
        file.add(CLAIM)
    assert file.finish() == b""


def test_an_amount_below_zero_or_too_large_has_no_box() -> None:
    boxes = Boxes(CMS1500)
    with pytest.raises(Unprintable, match="below zero"):
        boxes.money("28", Decimal("-1.00"))
    with pytest.raises(Unprintable, match="room for 7 characters, the claim has 8"):
        boxes.money("28", Decimal("12345678.00"))

"""Code sets: an edit for each list that somebody holds, asked on the right day; plugins that supply them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

import pytest

from nextpayer import registry
from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, HealthCode, OtherPayer, Provider, ServiceLine
from nextpayer.codesets import LISTS, CodeSet, edits_of
from nextpayer.policy import Payer, Person, Policy
from nextpayer.remittance import Adjudication, Adjustment, Procedure
from nextpayer.scrub import scrub
from nextpayer.testing import FakeDistributions

DAY = dt.date(2025, 1, 10)
DECIDED = dt.date(2025, 2, 1)


class Fixed:
    """Knows, refuses or cannot say every code alike, and notes what it was asked."""

    api_version: ClassVar[int] = 1

    def __init__(self, answer: bool | None, *lists: str) -> None:
        self.answer, self.lists = answer, frozenset(lists)
        self.asked: list[tuple[str, str, dt.date | None]] = []

    def knows(self, name: str, code: str, on: dt.date | None) -> bool | None:
        self.asked.append((name, code, on))
        return self.answer


def claim() -> Claim:
    holder = Person(last="L", first="F")
    policy = Policy(payer=Payer(id="2", name="B"), holder=holder, sequence="S", patient_relationship="18")
    first = Policy(payer=Payer(id="1", name="A"), holder=holder, sequence="P", patient_relationship="18")
    return Claim(
        kind=ClaimKind.PROFESSIONAL,
        patient_control_number="1",
        charge_amount=Decimal("10.00"),
        policy=policy,
        patient=holder,
        facility_code="11",
        billing=Billing(
            taxonomy="207Q00000X", provider=Provider(role="85", last="C", id="1234567893", id_qualifier="XX")
        ),
        codes=((HealthCode(qualifier="ABK", code="R05"), HealthCode(qualifier="DR", code="470")),),
        lines=(
            ServiceLine(
                number=1,
                charge_amount=Decimal("10.00"),
                procedure=Procedure(qualifier="HC", code="99213"),
                dates=(DateFact(qualifier="472", format="D8", text="20250110", start=DAY),),
                revenue_code="0250",
                drugs=("LIN**N4*00002143380",),
            ),
        ),
        other_payers=(
            OtherPayer(
                policy=first,
                adjudication=Adjudication(
                    paid_amount=Decimal("9.00"),
                    date=DECIDED,
                    outpatient=("", "", "MA01"),
                    adjustments=(Adjustment(group="CO", reason="45", amount=Decimal("1.00")),),
                ),
            ),
        ),
    )


CODES = {
    "carc": ("45", DECIDED),
    "rarc": ("MA01", DECIDED),
    "icd10cm": ("R05", DAY),
    "procedures": ("99213", DAY),
    "revenue": ("0250", DAY),
    "drg": ("470", DAY),
    "taxonomy": ("207Q00000X", DAY),
    "npi": ("1234567893", DAY),
    "place": ("11", DAY),
    "ndc": ("00002143380", DAY),
}


@pytest.mark.parametrize("name", CODES)
def test_a_code_that_the_list_refuses_is_found_on_its_day(name: str) -> None:
    code, day = CODES[name]
    held = Fixed(False, name)
    (finding,) = scrub(claim(), edits_of([held]))
    assert finding.id == f"NP-E-LIST-{name.upper()}"
    assert str(day) in finding.message
    assert code not in finding.message
    assert held.asked == [(name, code, day)]


@pytest.mark.parametrize(("name", "qualifier"), [("cdt", "AD"), ("hipps", "HP")])
def test_other_procedures_have_lists_of_their_own(name: str, qualifier: str) -> None:
    one = claim()
    line = replace(one.lines[0], procedure=Procedure(qualifier=qualifier, code="D2150"))
    found = scrub(replace(one, lines=(line,)), edits_of([Fixed(False, name, "procedures")]))
    assert [finding.id for finding in found] == [f"NP-E-LIST-{name.upper()}"]


def test_every_list_is_tried() -> None:
    assert {*CODES, "cdt", "hipps"} == set(LISTS)


@pytest.mark.parametrize("answer", [True, None])
def test_a_code_that_is_known_or_cannot_be_judged_passes(answer: bool | None) -> None:
    assert scrub(claim(), edits_of([Fixed(answer, *LISTS)])) == ()


def test_one_list_that_knows_the_code_is_enough() -> None:
    assert scrub(claim(), edits_of([Fixed(False, "carc"), Fixed(True, "carc")])) == ()


def test_without_a_code_set_there_is_no_edit() -> None:
    assert edits_of([]) == ()


def test_a_plugin_supplies_a_list(fake_distribution: FakeDistributions) -> None:
    source = """
        class Reasons:
            api_version = 1
            lists = frozenset({"carc"})

            def knows(self, name, code, on):
                return code != "45"
    """
    entry = {"nextpayer.codesets": {"reasons": "vendor_codes:Reasons"}}
    fake_distribution("vendor-codes", "1.0", entry, vendor_codes=source)
    codeset = registry.load("codeset", "reasons")()
    assert isinstance(codeset, CodeSet)
    assert [finding.id for finding in scrub(claim(), edits_of([codeset]))] == ["NP-E-LIST-CARC"]

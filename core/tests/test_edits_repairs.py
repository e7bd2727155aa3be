"""Repairs: form is put right, always alike, and nothing that was billed, decided or paid changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from nextpayer.claim import Billing, Claim, ClaimKind, HealthCode, OtherPayer, Provider, ServiceLine
from nextpayer.edits.repairs import REPAIRS, repaired
from nextpayer.finding import Severity
from nextpayer.policy import Address, Payer, Person, Policy, Reference
from nextpayer.remittance import Adjudication, Adjustment, Procedure
from nextpayer.wire.nouns import dump


def claim(**more: object) -> Claim:
    holder = Person(
        last="ROE",
        first="ANNA",
        address=Address(lines=("5 HILL",), city="X", state="WI", postal_code="53703"),
    )
    policy = Policy(
        payer=Payer(id="2", name="B"), holder=holder, sequence="S", patient_relationship="18", member_id="M1"
    )
    values: dict[str, object] = {
        "kind": ClaimKind.PROFESSIONAL,
        "patient_control_number": "A1",
        "charge_amount": Decimal("10.00"),
        "policy": policy,
        "patient": holder,
        "facility_code": "11",
        "billing": Billing(provider=Provider(role="85", last="CLINIC", id="1234567893", id_qualifier="XX")),
        "codes": ((HealthCode(qualifier="ABK", code="R05"),),),
        "lines": (line(),),
        "other_payers": (
            OtherPayer(
                policy=replace(policy, sequence="P", payer=Payer(id="1", name="A")),
                adjudication=Adjudication(
                    paid_amount=Decimal("9.00"),
                    adjustments=(Adjustment(group="CO", reason="45", amount=Decimal("1.00")),),
                ),
            ),
        ),
    }
    return Claim(**{**values, **more})  # type: ignore[arg-type]


def line(code: str = "99213", *modifiers: str) -> ServiceLine:
    procedure = Procedure(qualifier="HC", code=code, modifiers=modifiers)
    return ServiceLine(number=1, charge_amount=Decimal("10.00"), procedure=procedure)


def billed_by(**more: object) -> Claim:
    provider = {"role": "85", "last": "CLINIC", "id": "1234567893", "id_qualifier": "XX", **more}
    return claim(billing=Billing(provider=Provider(**provider)))  # type: ignore[arg-type]


EIN = Reference(qualifier="EI", value="391234567")
SOUND = billed_by(references=(EIN,))
SLIPS = {
    "blanks at the end of a name": ("NP-R-BLANKS", billed_by(last="CLINIC  "), claim()),
    "blanks before a procedure": ("NP-R-BLANKS", claim(lines=(line(" 99213"),)), claim()),
    "a lower-case procedure": (
        "NP-R-CASE",
        claim(lines=(line("a0427", "tc"),)),
        claim(lines=(line("A0427", "TC"),)),
    ),
    "a lower-case diagnosis": (
        "NP-R-CASE",
        claim(codes=((HealthCode(qualifier="ABK", code="r05"),),)),
        claim(),
    ),
    "a tax id with its hyphen": (
        "NP-R-NUMBERS",
        billed_by(references=(Reference(qualifier="EI", value="39-1234567"),)),
        SOUND,
    ),
    "an NPI with blanks": ("NP-R-NUMBERS", billed_by(id="123-456-7893"), claim()),
    "one reference twice": ("NP-R-REF-TWICE", billed_by(references=(EIN, EIN)), SOUND),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_put_right_and_told(name: str) -> None:
    id, broken, sound = SLIPS[name]
    mended, findings = repaired(broken)
    assert mended == sound
    assert [(finding.id, finding.severity) for finding in findings] == [(id, Severity.REPAIR)]


@pytest.mark.parametrize("name", SLIPS)
def test_a_repaired_claim_needs_no_repair(name: str) -> None:
    mended, _ = repaired(SLIPS[name][1])
    assert repaired(mended) == (mended, ())


def test_every_repair_is_tried() -> None:
    assert {id for id, _, _ in SLIPS.values()} == {repair.id for repair in REPAIRS}


def test_a_sound_claim_is_the_same_object() -> None:
    one = claim()
    assert repaired(one)[0] is one


NOT_REPAIRED = {
    "a diagnosis with its point": claim(codes=((HealthCode(qualifier="ABK", code="J01.90"),),)),
    "a procedure with a mark within": claim(lines=(line("99-13"),)),
    "a tax id of eight digits": billed_by(references=(Reference(qualifier="EI", value="39-123456"),)),
    "two references of one kind": billed_by(references=(EIN, Reference(qualifier="EI", value="391234568"))),
    "a member id in lower case": claim(policy=replace(claim().policy, member_id="m1")),
}


@pytest.mark.parametrize("name", NOT_REPAIRED)
def test_what_is_not_form_stays(name: str) -> None:
    one = NOT_REPAIRED[name]
    assert repaired(one) == (one, ())


@pytest.mark.parametrize("name", SLIPS)
def test_money_decisions_and_charges_are_never_touched(name: str) -> None:
    broken = SLIPS[name][1]
    mended, _ = repaired(broken)
    assert mended.charge_amount == broken.charge_amount
    assert [one.charge_amount for one in mended.lines] == [one.charge_amount for one in broken.lines]
    assert [one.adjudication for one in mended.other_payers] == [
        one.adjudication for one in broken.other_payers
    ]
    assert dump(mended).keys() == dump(broken).keys()

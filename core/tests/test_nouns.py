"""The nouns: every invariant refused in a sentence, nothing of a patient shown, nothing changed in place."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from decimal import Decimal
from typing import Any

import pytest

from nextpayer import claim as claim_module
from nextpayer import policy as policy_module
from nextpayer import remittance as remittance_module
from nextpayer._swift import evolver, swift
from nextpayer.claim import (
    Billing,
    Claim,
    ClaimKind,
    DateFact,
    HealthCode,
    OtherPayer,
    Provider,
    ServiceLine,
)
from nextpayer.errors import InvalidNoun, NextpayerError
from nextpayer.policy import SEQUENCES, Address, Payer, Person, Policy, Reference
from nextpayer.remittance import (
    Adjudication,
    Adjustment,
    AdjustmentGroup,
    Amount,
    ClaimPayment,
    LineAdjudication,
    LinePayment,
    Procedure,
    ProviderAdjustment,
    Remittance,
    RemittanceTotals,
    group_total,
)

SECRET = "ZEBRAFINCH"
HUNDRED = Decimal("100.00")
PERSON = Person(
    last=SECRET,
    first=SECRET,
    middle=SECRET,
    prefix=SECRET,
    suffix=SECRET,
    id_qualifier="MI",
    id=SECRET,
    address=Address(lines=(SECRET,), city=SECRET),
    birth_date=dt.date(1975, 2, 15),
    sex="F",
    carried=(SECRET,),
)
POLICY = Policy(
    payer=Payer(id="PRIME", name="PRIME"),
    holder=PERSON,
    sequence="P",
    patient_relationship="18",
    member_id=SECRET,
    group_number=SECRET,
)
ADJUSTMENT = Adjustment(group="CO", reason="45", amount=Decimal("20.00"))
LINE = ServiceLine(
    number=1,
    charge_amount=HUNDRED,
    procedure=Procedure(qualifier="HC", code="99213"),
    carried=(SECRET,),
    drugs=(SECRET,),
    forms=(SECRET,),
    references=(Reference(qualifier="9B", value=SECRET),),
    dates=(DateFact(qualifier="472", format="D8", text="20250110", start=dt.date(2025, 1, 10)),),
)
OTHER = OtherPayer(
    policy=replace(POLICY, sequence="S"),
    references=(Reference(qualifier="F8", value=SECRET),),
    carried=(SECRET,),
    adjudication=Adjudication(
        paid_amount=Decimal(80),
        adjustments=(ADJUSTMENT,),
        lines=(LineAdjudication(line=1, paid_amount=Decimal(80)),),
    ),
)
CLAIM = Claim(
    kind=ClaimKind.PROFESSIONAL,
    patient_control_number=SECRET,
    charge_amount=HUNDRED,
    billing=Billing(provider=Provider(role="85", last="LAKESIDE", id="1234567893")),
    policy=POLICY,
    patient=PERSON,
    lines=(LINE,),
    references=(Reference(qualifier="EA", value=SECRET),),
    carried=(SECRET,),
    other_payers=(OTHER,),
)
REMITTANCE = Remittance(payer_name="PRIME", payer_ids=("PRIME",))
SERVICE = LinePayment(charge_amount=HUNDRED, paid_amount=Decimal(80), adjustments=(ADJUSTMENT,))
PAYMENT = ClaimPayment(
    remittance=REMITTANCE,
    patient_control_number=SECRET,
    status="1",
    charge_amount=HUNDRED,
    paid_amount=Decimal(80),
    patient=PERSON,
    insured=PERSON,
    corrected_insured=PERSON,
    references=(Reference(qualifier="1L", value=SECRET),),
    lines=(SERVICE,),
)
PLB = ProviderAdjustment(reason="WO", reference=SECRET, amount=Decimal(1))
NOUNS = [PERSON, POLICY, LINE, OTHER, CLAIM, PAYMENT, PLB, ADJUSTMENT, SERVICE, REMITTANCE]

HALF_CENT = Decimal("0.005")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda: replace(ADJUSTMENT, group="XX"), "CAS01", id="unknown group"),
        pytest.param(lambda: replace(ADJUSTMENT, group=""), "CAS01", id="no group"),
        pytest.param(lambda: replace(ADJUSTMENT, reason=""), "CARC", id="no reason"),
        pytest.param(
            lambda: replace(ADJUSTMENT, amount=HALF_CENT), "whole cents", id="adjustment of half a cent"
        ),
        pytest.param(lambda: replace(ADJUSTMENT, amount=1.5), "whole cents", id="adjustment as a float"),
        pytest.param(
            lambda: replace(ADJUSTMENT, amount=Decimal("NaN")), "whole cents", id="adjustment not a number"
        ),
        pytest.param(lambda: replace(LINE, number=0), "LX01", id="line zero"),
        pytest.param(lambda: replace(LINE, charge_amount=HALF_CENT), "line 1", id="line of half a cent"),
        pytest.param(
            lambda: replace(LINE, charge_amount=Decimal("1E+99")), "line 1", id="line beyond all measure"
        ),
        pytest.param(lambda: replace(CLAIM, patient_control_number=""), "CLM01", id="no control number"),
        pytest.param(lambda: replace(CLAIM, charge_amount=HALF_CENT), "CLM02", id="claim of half a cent"),
        pytest.param(lambda: replace(CLAIM, charge_amount=100), "CLM02", id="claim as an integer"),
        pytest.param(lambda: replace(CLAIM, lines=()), "2400", id="no line"),
        pytest.param(lambda: replace(CLAIM, lines=(LINE, replace(LINE, number=2))), "sum", id="not the sum"),
        pytest.param(lambda: replace(POLICY, sequence="X"), "SBR01", id="unknown place"),
        pytest.param(lambda: replace(POLICY, sequence="PS"), "SBR01", id="two places at once"),
        pytest.param(
            lambda: replace(POLICY, effective=dt.date(2025, 2, 1), terminates=dt.date(2025, 1, 31)),
            "ends before",
            id="ends before it begins",
        ),
        pytest.param(
            lambda: replace(PAYMENT, charge_amount=HALF_CENT), "whole cents", id="payment of half a cent"
        ),
        pytest.param(lambda: replace(PAYMENT, paid_amount=0.5), "whole cents", id="payment as a float"),
        pytest.param(
            lambda: replace(PAYMENT, patient_responsibility=HALF_CENT), "whole cents", id="half a cent owed"
        ),
        pytest.param(
            lambda: replace(SERVICE, charge_amount=HALF_CENT), "whole cents", id="service of half a cent"
        ),
        pytest.param(
            lambda: replace(SERVICE, allowed_amount=HALF_CENT), "whole cents", id="half a cent allowed"
        ),
        pytest.param(
            lambda: replace(REMITTANCE, payment_amount=HALF_CENT), "whole cents", id="cheque of half a cent"
        ),
        pytest.param(
            lambda: replace(PLB, amount=HALF_CENT), "whole cents", id="provider adjustment of half a cent"
        ),
    ],
)
def test_an_invariant_is_refused_in_one_clear_line(make: Callable[[], object], says: str) -> None:
    with pytest.raises(InvalidNoun, match=says) as refused:
        make()
    message = str(refused.value)
    assert SECRET not in message
    assert "\n" not in message
    assert "0.005" not in message, "an amount is a patient's own"
    assert isinstance(refused.value, NextpayerError | ValueError)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: type(noun).__name__)
def test_nothing_of_a_patient_is_shown(noun: object) -> None:
    for shown in (repr(noun), str(noun), f"{noun}"):
        assert SECRET not in shown
        assert "1975" not in shown


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: type(noun).__name__)
def test_a_noun_cannot_be_changed_in_place(noun: Any) -> None:
    for field in fields(noun):
        with pytest.raises(FrozenInstanceError):
            setattr(noun, field.name, None)
    with pytest.raises((AttributeError, TypeError)):
        noun.something_else = 1


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: type(noun).__name__)
def test_a_noun_is_a_value(noun: Any) -> None:
    assert hash(noun) == hash(replace(noun))
    assert noun == replace(noun) == copy.deepcopy(noun) == pickle.loads(pickle.dumps(noun))


def test_every_noun_is_frozen_slotted_and_built_by_keyword() -> None:
    for module in (claim_module, policy_module, remittance_module):
        for name in module.__all__:
            found = getattr(module, name)
            parameters = getattr(found, "__dataclass_params__", None)
            if parameters is None:
                continue
            assert parameters.frozen, name
            assert "__slots__" in vars(found), name
            assert all(field.kw_only for field in fields(found)), name
            for field in fields(found):
                assert not isinstance(field.default, list | dict | set), f"{name}.{field.name}"


@pytest.mark.parametrize("sequence", [*SEQUENCES, "U", ""])
def test_every_place_that_a_claim_can_name_is_taken(sequence: str) -> None:
    assert replace(POLICY, sequence=sequence).sequence == sequence


@pytest.mark.parametrize("group", list(AdjustmentGroup))
@pytest.mark.parametrize("amount", ["0", "-5", "0.01", "9999999.99"])
def test_every_group_and_sign_is_taken(group: AdjustmentGroup, amount: str) -> None:
    assert Adjustment(group=group, reason="45", amount=Decimal(amount)) == Adjustment(
        group=group.value, reason="45", amount=Decimal(amount)
    )


# --- what nouns say of themselves ------------------------------------------------------------------------


def test_adjustments_are_summed_by_group_over_claim_and_lines() -> None:
    rows = (ADJUSTMENT, replace(ADJUSTMENT, group="PR", amount=Decimal("-3.00")))
    assert group_total(rows, "PR") == Decimal("-3.00")
    assert str(group_total((), "PR")) == "0.00"
    payment = replace(PAYMENT, adjustments=rows, lines=(SERVICE, replace(SERVICE, adjustments=rows)))
    assert (payment.adjusted("CO"), payment.adjusted("PR")) == (Decimal("60.00"), Decimal("-6.00"))
    made = Adjudication(
        paid_amount=None,
        adjustments=rows,
        lines=(LineAdjudication(line=1, paid_amount=Decimal(0), adjustments=rows),),
    )
    assert (made.adjusted("CO"), made.adjusted("OA")) == (Decimal("40.00"), Decimal(0))


def test_diagnoses_are_numbered_in_pointer_order() -> None:
    codes = (
        (HealthCode(qualifier="ABK", code="M545"),),
        (HealthCode(qualifier="BG", code="01"),),
        (HealthCode(qualifier="ABF", code="M546"), HealthCode(qualifier="ABF", code="M547")),
    )
    assert [(one.number, one.code) for one in replace(CLAIM, codes=codes).diagnoses] == [
        (1, "M545"),
        (2, "M546"),
        (3, "M547"),
    ]


def test_days_of_service_come_from_the_lines_or_the_statement() -> None:
    assert (CLAIM.service_from, CLAIM.service_to) == (dt.date(2025, 1, 10), dt.date(2025, 1, 10))
    start, end = dt.date(2025, 1, 3), dt.date(2025, 1, 5)
    statement = (DateFact(qualifier="434", format="RD8", text="", start=start, end=end),)
    stay = replace(CLAIM, lines=(replace(LINE, dates=()),), dates=statement)
    assert (stay.service_from, stay.service_to) == (start, end)
    undated = replace(stay, dates=())
    assert (undated.service_from, undated.service_to) == (None, None)


def test_a_claim_names_all_its_policies_the_destination_first() -> None:
    assert [policy.sequence for policy in CLAIM.policies] == ["P", "S"]


FC = HealthCode(qualifier="BE", code="FC", detail=("", "", "25"))


def test_what_the_patient_paid_is_zero_when_nobody_says() -> None:
    assert str(CLAIM.patient_paid) == "0.00"
    paid = replace(CLAIM, amounts=(Amount(qualifier="F5", amount=Decimal("5.50")),))
    assert paid.patient_paid == Decimal("5.50")


def test_a_hospital_says_what_the_patient_paid_by_a_value_code() -> None:
    """X12 RFI 1116: value code FC; the 837I has no AMT*F5."""
    told = (HealthCode(qualifier="BE", code="80", detail=("", "", "3")), FC)
    stay = replace(CLAIM, kind=ClaimKind.INSTITUTIONAL, codes=(told,))
    assert stay.patient_paid == Decimal("25.00")
    with pytest.raises(NextpayerError):
        _ = replace(stay, codes=((replace(FC, detail=()),),)).patient_paid


def test_a_remittance_names_its_payer_by_the_best_id() -> None:
    assert Remittance(payer_name="X", payer_ids=("A", "B")).payer_id == "A"
    assert Remittance(payer_name="X", payer_ids=()).payer_id == ""


# --- the fast constructors -------------------------------------------------------------------------------

CLASSES = [
    Adjustment,
    LinePayment,
    ClaimPayment,
    ServiceLine,
    Claim,
    Person,
    Policy,
    Adjudication,
    RemittanceTotals,
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_the_fast_constructor_makes_the_same_noun(cls: type[Any]) -> None:
    examples = [
        *NOUNS,
        OTHER.adjudication,
        RemittanceTotals(remittance=REMITTANCE, claims=0, paid_amount=HUNDRED),
    ]
    (example,) = [noun for noun in examples if type(noun) is cls]
    given = {field.name: getattr(example, field.name) for field in fields(cls)}
    made = swift(cls)(**given)
    assert type(made) is cls
    assert made == example
    assert hash(made) == hash(example)
    assert evolver(cls)(example) == example
    with pytest.raises(FrozenInstanceError):
        setattr(made, fields(cls)[0].name, None)


def test_the_fast_constructor_has_the_same_defaults() -> None:
    made = swift(Policy)(payer=POLICY.payer, holder=PERSON)
    assert made == Policy(payer=POLICY.payer, holder=PERSON)


def test_the_fast_replace_changes_what_it_is_given_and_nothing_else() -> None:
    evolve = evolver(ServiceLine)
    assert evolve(LINE, number=7) == replace(LINE, number=7)
    assert evolve(LINE, procedure=None).procedure is None
    assert LINE.number == 1

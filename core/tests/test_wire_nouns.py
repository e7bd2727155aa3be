"""Nouns as JSON: nothing lost, nothing rounded, and a claim comes back equal."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextpayer.claim import Billing, Claim, ClaimKind, OtherPayer, Provider, ServiceLine
from nextpayer.errors import NotExactMoney, UnusableInput
from nextpayer.money import total
from nextpayer.policy import SEQUENCES, Benefits, Payer, Person, Policy
from nextpayer.ports import Quarantined
from nextpayer.remittance import (
    Adjudication,
    Adjustment,
    AdjustmentGroup,
    Amount,
    ClaimPayment,
    LinePayment,
    Procedure,
    ProviderAdjustment,
    Remittance,
    RemittanceTotals,
)
from nextpayer.wire.nouns import dump, dump_inner, load_claim

AMOUNTS = st.integers(-(10**9), 10**9).map(lambda whole: Decimal(whole) / 100)
UNITS = st.decimals(-(10**6), 10**6, places=6)
WORDS = st.text(max_size=4)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(0, 9999),
    bool: st.booleans(),
    Decimal: AMOUNTS,
    dt.date: st.dates(),
}
SPECIAL: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (Adjustment, "group"): st.sampled_from([group.value for group in AdjustmentGroup]),
    (Adjustment, "reason"): st.text(min_size=1, max_size=3),
    (Adjustment, "quantity"): st.none() | UNITS,
    (ServiceLine, "number"): st.integers(1, 999),
    (ServiceLine, "units"): st.none() | UNITS,
    (Policy, "sequence"): st.sampled_from([*SEQUENCES, "U", ""]),
    (Policy, "effective"): st.none(),
    (Benefits, "coinsurance"): st.none() | UNITS,
    (Claim, "patient_control_number"): st.text(min_size=1, max_size=5),
    (Claim, "lines"): st.just(()),
    (Claim, "charge_amount"): st.just(Decimal()),
}


@cache
def made(noun: type) -> st.SearchStrategy[Any]:
    """Any noun of that class: every field drawn, so that a new field is tested the day it is added."""
    hints = get_type_hints(noun)
    return st.builds(
        noun,
        **{
            field.name: SPECIAL[noun, field.name]
            if (noun, field.name) in SPECIAL
            else drawn(hints[field.name])
            for field in fields(noun)
        },
    )


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is UnionType:
        return st.none() | drawn(get_args(hint)[0])
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[1] is Ellipsis:
            return st.lists(drawn(parts[0]), max_size=2).map(tuple)
        return st.tuples(*map(drawn, parts))
    if is_dataclass(hint):
        return st.deferred(lambda: made(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    return PLAIN[hint]


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    lines = draw(st.lists(made(ServiceLine), min_size=1, max_size=3).map(tuple))
    # The noun with no line cannot be made, so the parts are drawn and the claim is made of them here.
    hints = get_type_hints(Claim)
    rest = {
        field.name: draw(SPECIAL.get((Claim, field.name), drawn(hints[field.name])))
        for field in fields(Claim)
        if field.name not in ("lines", "charge_amount")
    }
    return Claim(lines=lines, charge_amount=total(line.charge_amount for line in lines), **rest)


def large(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def small(**changes: Any) -> Claim:
    claim = Claim(
        kind=ClaimKind.PROFESSIONAL,
        patient_control_number="26407789",
        charge_amount=Decimal("79.04"),
        billing=Billing(provider=Provider(role="85", last="BEN KILDARE SERVICE")),
        policy=Policy(payer=Payer(id="567890", name="GREAT PRAIRIES HEALTH"), holder=Person(last="SMITH")),
        patient=Person(last="SMITH", birth_date=dt.date(1973, 5, 1)),
        lines=(
            ServiceLine(
                number=1,
                charge_amount=Decimal("79.04"),
                procedure=Procedure(qualifier="HC", code="99213"),
                units=Decimal(1),
                details=((11, "Y"),),
            ),
        ),
    )
    return replace(claim, **changes)


def strings(node: Any) -> Iterator[Any]:
    """Every value of a document that is neither an object nor a list."""
    if isinstance(node, dict):
        for inner in node.values():
            yield from strings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from strings(inner)
    else:
        yield node


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(claims())
def test_a_claim_comes_back_equal_through_json_text(claim: Claim) -> None:
    document = json.loads(json.dumps(dump(claim)))
    assert load_claim(document) == claim
    assert not any(isinstance(value, float) for value in strings(document))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(made(ClaimPayment), made(RemittanceTotals))
def test_every_payment_and_total_is_plain_json_without_floats(
    payment: ClaimPayment, totals: RemittanceTotals
) -> None:
    for noun in (payment, totals):
        document = dump(noun)
        assert json.loads(json.dumps(document)) == document
        assert not any(isinstance(value, float) for value in strings(document))
        rest = {key: value for key, value in document.items() if key != "remittance"}
        assert dump_inner(noun) == rest
        assert document["remittance"] == dump(noun.remittance)


def test_a_claim_reads_as_its_noun() -> None:
    assert dump(small()) == {
        "kind": "P",
        "patient_control_number": "26407789",
        "charge_amount": "79.04",
        "billing": {"provider": {"role": "85", "entity": "2", "last": "BEN KILDARE SERVICE"}},
        "policy": {
            "payer": {"id": "567890", "name": "GREAT PRAIRIES HEALTH", "id_qualifier": "PI"},
            "holder": {"entity": "1", "last": "SMITH"},
            "member_id_qualifier": "MI",
        },
        "patient": {"entity": "1", "last": "SMITH", "birth_date": "1973-05-01"},
        "lines": [
            {
                "number": 1,
                "charge_amount": "79.04",
                "procedure": {"qualifier": "HC", "code": "99213"},
                "units": "1",
                "details": [[11, "Y"]],
            }
        ],
        "facility_qualifier": "B",
        "frequency": "1",
    }


def test_a_payment_reads_as_its_noun() -> None:
    remittance = Remittance(
        payer_name="KEY INSURANCE", payer_ids=("999996666",), payment_amount=Decimal("40")
    )
    payment = ClaimPayment(
        remittance=remittance,
        patient_control_number="26407789",
        status="1",
        charge_amount=Decimal("43"),
        paid_amount=Decimal("40"),
        lines=(
            LinePayment(
                charge_amount=Decimal("43"),
                paid_amount=Decimal("40"),
                adjustments=(Adjustment(group="CO", reason="45", amount=Decimal("3")),),
                amounts=(Amount(qualifier="B6", amount=Decimal("40")),),
                date=dt.date(2005, 10, 3),
            ),
        ),
        segment=14,
    )
    assert dump_inner(payment) == {
        "patient_control_number": "26407789",
        "status": "1",
        "charge_amount": "43.00",
        "paid_amount": "40.00",
        "lines": [
            {
                "charge_amount": "43.00",
                "paid_amount": "40.00",
                "date": "2005-10-03",
                "adjustments": [{"group": "CO", "reason": "45", "amount": "3.00"}],
                "amounts": [{"qualifier": "B6", "amount": "40.00"}],
            }
        ],
        "segment": 14,
    }
    totals = RemittanceTotals(
        remittance=remittance,
        claims=1,
        paid_amount=Decimal("40"),
        provider_adjustments=(ProviderAdjustment(reason="WO", reference="X", amount=Decimal("-5.5")),),
    )
    assert dump_inner(totals) == {
        "claims": 1,
        "paid_amount": "40.00",
        "provider_adjustments": [{"reason": "WO", "reference": "X", "amount": "-5.50"}],
    }


def test_a_zero_amount_is_written_and_an_unknown_one_is_not_made_zero() -> None:
    assert dump(Remittance(payer_name="", payer_ids=()))["payment_amount"] == "0.00"
    (other,) = dump(replace(small(), other_payers=(_answered(None),)))["other_payers"]
    assert other["adjudication"] == {"paid_amount": None}
    (other,) = dump(replace(small(), other_payers=(_answered(Decimal("0.00")),)))["other_payers"]
    assert other["adjudication"] == {"paid_amount": "0.00"}


def _answered(paid: Decimal | None) -> Any:
    return OtherPayer(policy=small().policy, adjudication=Adjudication(paid_amount=paid))


def test_an_empty_value_whose_default_is_not_empty_is_written() -> None:
    claim = small(frequency="")
    assert dump(claim)["frequency"] == ""
    assert load_claim(dump(claim)) == claim


def test_an_amount_that_is_not_whole_cents_is_never_rounded_away() -> None:
    with pytest.raises(NotExactMoney):
        dump(small(amounts=(Amount(qualifier="F5", amount=Decimal("1.005")),)))


def test_a_quarantined_item_reads_as_its_noun() -> None:
    item = Quarantined(file="era.835", segment=212, reason="CLP03 is not an amount")
    assert dump(item) == {
        "file": "era.835",
        "segment": 212,
        "reason": "CLP03 is not an amount",
        "kind": "file",
    }


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["charge_amount"], 79.04, 'charge_amount: an amount is a string such as "36.89", not a number'),
        (["charge_amount"], "79.05", "the charge is not the sum of its line charges"),
        (["kind"], "X", "kind: it is not one of P, I, D"),
        (["lines", 0, "number"], 0, "service line: numbers start at 1"),
        (["lines", 0, "number"], True, "lines[0].number: it is not a whole number"),
        (["lines", 0, "units"], 1.5, "lines[0].units: a quantity is a string"),
        (["lines", 0, "detials"], [], "lines[0].detials: unknown key; the nearest known one is details"),
        (["lines", 0, "details"], [[11]], "lines[0].details[0]: it is not a list of two values"),
        (["lines"], {}, "lines: it is not a list"),
        (["patient", "birth_date"], "19730501", "patient.birth_date: it is not a date"),
        (["patient", "last"], None, "patient.last: "),
        (["envelope"], [], "envelope: it is not an object"),
    ],
)
def test_what_is_not_a_claim_is_refused_by_path(path: list[Any], value: Any, message: str) -> None:
    document = copy.deepcopy(dump(small()))
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(UnusableInput) as caught:
        load_claim(document)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "key", ["kind", "patient_control_number", "charge_amount", "billing", "policy", "lines"]
)
def test_a_claim_without_its_essentials_is_refused(key: str) -> None:
    document = {name: value for name, value in dump(small()).items() if name != key}
    with pytest.raises(UnusableInput, match=key):
        load_claim(document)


@pytest.mark.parametrize("document", [None, [], "claim", 3])
def test_a_document_of_another_shape_is_no_claim(document: Any) -> None:
    with pytest.raises(UnusableInput, match="it is not an object"):
        load_claim(document)

"""Any noun goes to FHIR and comes back equal, with every amount, and a FHIR library takes what was made."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from fhir.resources.R4B.claim import Claim as FhirClaim
from fhir.resources.R4B.claimresponse import ClaimResponse
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.explanationofbenefit import ExplanationOfBenefit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextpayer.claim import Claim, DateFact, HealthCode, Provider, ServiceLine
from nextpayer.money import ZERO, total
from nextpayer.policy import SEQUENCES, Benefits, Person, Policy
from nextpayer.remittance import (
    Adjustment,
    AdjustmentGroup,
    ClaimPayment,
    LinePayment,
    Procedure,
    group_total,
)
from nextpayer_fhir import (
    claim_from_fhir,
    claim_to_fhir,
    dumps,
    loads,
    payment_from_fhir,
    payment_to_fhir,
    policy_from_fhir,
    policy_to_fhir,
)

TODAY = dt.date(2025, 3, 1)
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda whole: Decimal(whole) / 100)
UNITS = st.decimals(-(10**6), 10**6, places=6)
#: Text that the 837 can carry, and text that FHIR cannot: empty, or without anything but a no-break space.
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=4) | st.sampled_from(
    ["", " ", "\xa0", "A  B", " A", "18", "EI", "\u2028"]
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(0, 9999),
    bool: st.booleans(),
    Decimal: AMOUNTS,
    dt.date: st.dates(),
}
SPECIAL: dict[tuple[type, str], st.SearchStrategy[Any]] = {
    (Adjustment, "group"): st.sampled_from([group.value for group in AdjustmentGroup]),
    (Adjustment, "reason"): st.sampled_from(["1", "2", "3", "45", "A 1"]),
    (Adjustment, "quantity"): st.none() | UNITS,
    (Benefits, "coinsurance"): st.none() | UNITS,
    (HealthCode, "qualifier"): st.sampled_from(["ABK", "ABF", "ABF", "BK", "BE", ""]),
    (HealthCode, "code"): st.sampled_from(["M545", "E1165", "E8490", "I10", "x", ""]),
    (DateFact, "qualifier"): st.sampled_from(["472", "434", "573"]),
    (Person, "entity"): st.sampled_from(["1", "2"]),
    (Person, "sex"): st.sampled_from(["M", "F", "U", "X", ""]),
    (Provider, "entity"): st.sampled_from(["1", "2", "2", ""]),
    (Provider, "id_qualifier"): st.sampled_from(["XX", "", "FI"]),
    (Procedure, "qualifier"): st.sampled_from(["HC", "AD", "HP", "N4", ""]),
    (Procedure, "code"): st.sampled_from(["99213", "J1100", "D0120", "", "A  B"]),
    (ServiceLine, "number"): st.integers(1, 999),
    (ServiceLine, "units"): st.none() | UNITS,
    (ServiceLine, "diagnosis_pointers"): st.lists(
        st.sampled_from(["1", "2", "01", "", "9", "\u0661"]), max_size=3
    ).map(tuple),
    (Policy, "sequence"): st.sampled_from([*SEQUENCES, "U", ""]),
    (Policy, "patient_relationship"): st.sampled_from(["18", "01", "19", "G8", "53", ""]),
    (Policy, "effective"): st.none() | st.dates(max_value=dt.date(2020, 1, 1)),
    (Policy, "terminates"): st.none() | st.dates(min_value=dt.date(2020, 1, 2)),
    (Claim, "patient_control_number"): st.sampled_from(["A1", " ", "\xa0"]),
    (Claim, "frequency"): st.sampled_from(["1", "7", "", "71"]),
    (Claim, "facility_code"): st.sampled_from(["11", "", "A"]),
    (Claim, "facility_qualifier"): st.sampled_from(["A", "B", ""]),
    (LinePayment, "units"): st.none() | UNITS,
    (LinePayment, "submitted_units"): st.none() | UNITS,
    (ClaimPayment, "status"): st.sampled_from(["1", "2", "3", "4", "19", "22", "25"]),
    (ClaimPayment, "patient_control_number"): st.sampled_from(["A1", " ", "\xa0"]),
}


@cache
def made(noun: type) -> st.SearchStrategy[Any]:
    """Any noun of that class, every field drawn."""
    hints = get_type_hints(noun)
    return st.builds(
        noun,
        **{one.name: SPECIAL.get((noun, one.name), drawn(hints[one.name])) for one in fields(noun)},
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
def dates(draw: st.DrawFn) -> DateFact:
    """A day or days as the 837 reader makes them, and now and then anything."""
    if draw(st.integers(0, 3)) == 0:
        return draw(made(DateFact))
    start = draw(st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)))
    end = draw(st.none() | st.dates(start, dt.date(2031, 1, 1)))
    text = "-".join(day.strftime("%Y%m%d") for day in (start, end) if day)
    qualifier = draw(st.sampled_from(["472", "434"]))
    return DateFact(qualifier=qualifier, format="RD8" if end else "D8", text=text, start=start, end=end)


def with_drawn(draw: st.DrawFn, noun: type, **given_: Any) -> Any:
    hints = get_type_hints(noun)
    rest = {
        one.name: draw(SPECIAL.get((noun, one.name), drawn(hints[one.name])))
        for one in fields(noun)
        if one.name not in given_
    }
    return noun(**rest, **given_)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    days = st.lists(dates(), max_size=2).map(tuple)
    lines = tuple(
        replace(line, dates=draw(days)) for line in draw(st.lists(made(ServiceLine), min_size=1, max_size=2))
    )
    numbered = tuple(replace(line, number=n) for n, line in enumerate(lines, 1))
    return with_drawn(
        draw,
        Claim,
        lines=numbered,
        dates=draw(days),
        charge_amount=total(line.charge_amount for line in lines),
    )


def adjusted(adjustments: tuple[Adjustment, ...]) -> Decimal:
    return sum((group_total(adjustments, group) for group in AdjustmentGroup), ZERO)


@st.composite
def payments(draw: st.DrawFn) -> ClaimPayment:
    """Payments that balance, as the 835 asks of every one."""
    lines = tuple(
        replace(line, charge_amount=line.paid_amount + adjusted(line.adjustments))
        for line in draw(st.lists(made(LinePayment), max_size=2))
    )
    adjustments = tuple(draw(st.lists(made(Adjustment), max_size=2)))
    paid = draw(AMOUNTS)
    charge = paid + adjusted(adjustments) + sum((adjusted(line.adjustments) for line in lines), ZERO)
    return with_drawn(
        draw, ClaimPayment, lines=lines, adjustments=adjustments, paid_amount=paid, charge_amount=charge
    )


SCALE = 1


def law(examples: int) -> Any:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples * SCALE, deadline=None, suppress_health_check=slow)


def amounts(value: object) -> Counter[Decimal]:
    """Every amount that stands in FHIR's own Money elements."""
    found: Counter[Decimal] = Counter()
    if isinstance(value, dict):
        if "currency" in value:
            found[value["value"]] += 1
        for inner in value.values():
            found += amounts(inner)
    elif isinstance(value, list):
        for inner in value:
            found += amounts(inner)
    return found


@law(30)
@given(made(Policy), st.none() | made(Person))
def test_a_policy_comes_back_equal(policy: Policy, patient: Person | None) -> None:
    resource = policy_to_fhir(policy, patient=patient)
    Coverage.model_validate(resource)
    assert policy_from_fhir(loads(dumps(resource))) == policy


@law(30)
@given(claims())
def test_a_claim_comes_back_equal(claim: Claim) -> None:
    resource = claim_to_fhir(claim, created=TODAY)
    FhirClaim.model_validate(resource)
    assert claim_from_fhir(loads(dumps(resource))) == claim


@law(30)
@given(payments(), st.sampled_from([ExplanationOfBenefit, ClaimResponse]))
def test_a_payment_comes_back_equal(payment: ClaimPayment, model: type) -> None:
    resource = payment_to_fhir(payment, created=TODAY, kind=model.__name__)
    model.model_validate(resource)  # type: ignore[attr-defined]
    assert payment_from_fhir(loads(dumps(resource))) == payment


@law(30)
@given(payments())
def test_every_amount_of_the_decision_stands_in_an_element_of_its_own(payment: ClaimPayment) -> None:
    found = amounts(payment_to_fhir(payment, created=TODAY))
    parts = (payment, *payment.lines)
    said = Counter([payment.charge_amount, payment.paid_amount, payment.paid_amount])
    said += Counter(line.charge_amount for line in payment.lines)
    said += Counter(line.paid_amount for line in payment.lines)
    said += Counter(a.allowed_amount for a in payment.lines if a.allowed_amount is not None)
    said += Counter([payment.patient_responsibility] if payment.patient_responsibility is not None else [])
    for part in parts:
        if all(one.reason != "A  B" for one in part.adjustments):
            said += Counter(one.amount for one in part.adjustments)
    assert found == said

"""COVERAGE.json: every fact kept, none guessed, every problem named by its path."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.coverage import Circumstances, Decree, Parents
from nextpayer.errors import UnusableInput
from nextpayer.policy import Address, CobTerms, Employer, MedicareEntitlement, Person
from nextpayer.wire.coverage import load_coverage

FULL: dict[str, Any] = {
    "patient": {
        "id": "p1",
        "name": {"last": "SMITH", "first": "TED", "middle": "Q", "prefix": "MR", "suffix": "JR"},
        "birth_date": "1973-05-01",
        "sex": "M",
        "address": {"lines": ["236 N MAIN ST"], "city": "MIAMI", "state": "FL", "postal_code": "33111"},
    },
    "circumstances": {
        "related_to": None,
        "state": "FL",
        "parents": {
            "status": "divorced",
            "living_together": False,
            "custody": "mother",
            "decree": {"responsible": "father", "plan_has_notice": True},
            "remarried": ["mother"],
        },
    },
    "coverages": [
        {
            "id": "A",
            "payer": {
                "id": "999996666",
                "name": "KEY INSURANCE",
                "kind": "commercial",
                "id_qualifier": "XV",
                "address": {"city": "MIAMI", "country": "US", "subdivision": "X"},
            },
            "holder": {
                "relation": "mother",
                "id": "H1",
                "name": {"last": "SMITH", "first": "JANE"},
                "birth_date": "1975-08-30",
                "sex": "F",
                "address": {"city": "MIAMI"},
                "covered_since": "2009-01-01",
            },
            "sequence": "P",
            "patient_relationship": "19",
            "member_id": "JS00111223333",
            "group_number": "G1",
            "plan_name": "PPO",
            "filing_indicator": "CI",
            "effective": "2020-01-01",
            "terminates": None,
            "basis": "active",
            "employer": {"size": 200, "multi_employer": False, "small_employer_exception": False},
            "medicare": {
                "entitlement": "age",
                "part_a": "2018-01-01",
                "part_b": "2018-01-01",
                "esrd_eligible_from": None,
                "primary_before_esrd": False,
            },
            "cob": {
                "method": "carve_out",
                "provision": "compliant",
                "child_rule": "birthday",
                "active_rule": True,
                "closed_panel": False,
            },
            "benefits": {
                "coinsurance": "0.20",
                "copay": "0.00",
                "deductible_remaining": "12.50",
                "maximum_remaining": None,
                "excluded_procedures": ["J3301"],
                "allowed": {"99213": "80.00"},
            },
        }
    ],
}


def objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a document with its path, amounts by code excepted (their keys are free)."""
    if isinstance(node, dict):
        yield path, node
        for key, inner in node.items():
            if key != "allowed":
                yield from objects(inner, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from objects(inner, f"{path}[{number}]")


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every value of a document as (path, its container, its key)."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in pairs:
        step = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else key
        yield step, node, key
        yield from leaves(inner, step)


PATHS = [path for path, _ in objects(FULL)]
LEAVES = [path for path, _, _ in leaves(FULL)]


def refusal(document: Any) -> str:
    with pytest.raises(UnusableInput) as caught:
        load_coverage(document)
    return str(caught.value)


def test_every_key_of_the_contract_reaches_the_nouns() -> None:
    (coverage,) = load_coverage(FULL)
    assert coverage.patient_id == "p1"
    assert coverage.patient == Person(
        last="SMITH",
        first="TED",
        middle="Q",
        prefix="MR",
        suffix="JR",
        birth_date=dt.date(1973, 5, 1),
        sex="M",
        address=Address(lines=("236 N MAIN ST",), city="MIAMI", state="FL", postal_code="33111"),
    )
    assert coverage.circumstances == Circumstances(
        related_to="none",  # a null there is an answer
        state="FL",
        parents=Parents(
            status="divorced",
            living_together=False,
            custody="mother",
            decree=Decree(responsible="father", plan_has_notice=True),
            remarried=("mother",),
        ),
    )
    (policy,) = coverage.policies
    assert (policy.id, policy.sequence, policy.basis, policy.plan_name) == ("A", "P", "active", "PPO")
    assert (policy.payer.id, policy.payer.name) == ("999996666", "KEY INSURANCE")
    assert (policy.payer.kind, policy.payer.id_qualifier) == ("commercial", "XV")
    assert policy.payer.address == Address(city="MIAMI", country="US", subdivision="X")
    assert policy.holder == Person(
        last="SMITH",
        first="JANE",
        id="H1",
        birth_date=dt.date(1975, 8, 30),
        sex="F",
        address=Address(city="MIAMI"),
    )
    assert (policy.holder_relation, policy.patient_relationship) == ("mother", "19")
    assert (policy.covered_since, policy.effective) == (dt.date(2009, 1, 1), dt.date(2020, 1, 1))
    assert policy.terminates is None
    assert (policy.member_id, policy.group_number) == ("JS00111223333", "G1")
    assert policy.filing_indicator == "CI"
    assert policy.employer == Employer(size=200, multi_employer=False, small_employer_exception=False)
    assert policy.medicare == MedicareEntitlement(
        entitlement="age",
        part_a=dt.date(2018, 1, 1),
        part_b=dt.date(2018, 1, 1),
        primary_before_esrd=False,
    )
    assert policy.cob == CobTerms(
        method="carve_out", provision="compliant", child_rule="birthday", active_rule=True, closed_panel=False
    )
    assert policy.benefits is not None
    assert policy.benefits.coinsurance == Decimal("0.20")
    assert policy.benefits.deductible_remaining == Decimal("12.50")
    assert policy.benefits.maximum_remaining is None
    assert policy.benefits.excluded_procedures == ("J3301",)
    assert policy.benefits.allowed == (("99213", Decimal("80.00")),)


@pytest.mark.parametrize("path", LEAVES)
def test_a_null_or_absent_fact_is_never_an_error(path: str) -> None:
    for absent in (True, False):
        document = copy.deepcopy(FULL)
        container, key = next((c, k) for p, c, k in leaves(document) if p == path)
        if isinstance(container, list) or path.startswith("coverages[0].benefits.allowed."):
            return  # an entry of a list or of the amounts is not a fact that may be missing
        if absent:
            del container[key]
        else:
            container[key] = None
        assert len(load_coverage(document)) == 1


@pytest.mark.parametrize(
    "document", [{}, {"patient": None}, {"coverages": [{}]}, {"coverages": [{"holder": {}}]}]
)
def test_a_file_that_says_little_is_not_an_error(document: Any) -> None:
    assert len(load_coverage(document)) == 1


def test_what_nobody_said_stays_empty() -> None:
    (coverage,) = load_coverage({"coverages": [{"payer": {"id": "1"}}]})
    (policy,) = coverage.policies
    assert policy.filing_indicator == policy.sequence == policy.holder_relation == policy.basis == ""
    assert policy.patient_relationship == policy.payer.kind == policy.payer.name == ""
    assert policy.employer is policy.medicare is policy.cob is policy.benefits is None
    assert policy.payer.id_qualifier == "PI"


@given(st.sampled_from(PATHS), st.from_regex(r"[a-z_]{1,12}", fullmatch=True))
def test_an_unknown_key_at_any_depth_names_its_path_and_the_nearest_key(path: str, key: str) -> None:
    document = copy.deepcopy(FULL)
    target = dict(objects(document))[path]
    known = {*target, "address", "sex", "id", "name", "birth_date", "relation", "covered_since", "middle"}
    known |= {"prefix", "suffix", "lines", "city", "state", "postal_code", "country", "subdivision"}
    if key in known:
        return
    target[key] = "SECRET"
    message = refusal(document)
    where = f"{path}.{key}" if path else key
    assert f"{where}: unknown key; the nearest known one is " in message
    assert "SECRET" not in message


@pytest.mark.parametrize(
    ("path", "key", "nearest"),
    [
        ("", "coverage", "coverages"),
        ("patient.name", "lastname", "last"),
        ("coverages[0].payer", "knid", "kind"),
        ("coverages[0].holder", "Relation", "relation"),
        ("circumstances.parents.decree", "plan_has_notices", "plan_has_notice"),
        ("coverages[0].benefits", "co_insurance", "coinsurance"),
    ],
)
def test_the_nearest_key_is_the_one_meant(path: str, key: str, nearest: str) -> None:
    document = copy.deepcopy(FULL)
    dict(objects(document))[path][key] = 1
    assert f"{key}: unknown key; the nearest known one is {nearest}" in refusal(document)


@given(st.sampled_from(LEAVES), st.sampled_from([3.5, -1, {"SECRET": "SECRET"}, [["SECRET"]], "\x07SECRET"]))
def test_a_wrong_type_at_any_depth_names_its_path_and_never_the_value(path: str, wrong: Any) -> None:
    document = copy.deepcopy(FULL)
    container, key = next((c, k) for p, c, k in leaves(document) if p == path)
    container[key] = wrong
    message = refusal(document)
    assert path in message
    assert "\x07" not in message
    if wrong != {"SECRET": "SECRET"}:  # there SECRET is itself a key
        assert "SECRET" not in message


def test_all_problems_are_reported_at_once() -> None:
    document = copy.deepcopy(FULL)
    document["patinet"] = {}
    document["patient"]["birth_date"] = "05/01/1973"
    document["coverages"][0]["employer"]["size"] = "200"
    document["coverages"][0]["benefits"]["allowed"]["99213"] = 80.0
    message = refusal(document)
    assert message.startswith("coverage: 4 problems: ")
    for path in (
        "patinet",
        "patient.birth_date",
        "coverages[0].employer.size",
        "coverages[0].benefits.allowed.99213",
    ):
        assert f"{path}: " in message
    assert "\n" not in message


def test_a_list_of_patients_keeps_their_order_and_numbers_their_problems() -> None:
    one, two = copy.deepcopy(FULL), copy.deepcopy(FULL)
    two["patient"]["id"] = "p2"
    assert [coverage.patient_id for coverage in load_coverage([one, two])] == ["p1", "p2"]
    two["coverages"][0]["payer"] = "KEY"
    assert "[1].coverages[0].payer: it is not an object" in refusal([one, two])


@pytest.mark.parametrize("document", [None, "x", 3, [1], [[]], True])
def test_a_document_of_another_shape_is_refused(document: Any) -> None:
    assert "it is not an object" in refusal(document)


def test_two_coverages_of_one_id_are_refused() -> None:
    document = {"coverages": [{"id": "A"}, {"id": "B"}, {"id": "A"}]}
    assert "coverages[2].id: an earlier coverage of this patient has the same id" in refusal(document)


def test_a_coverage_without_an_id_is_called_by_its_place() -> None:
    (coverage,) = load_coverage({"coverages": [{}, {"id": "B"}, {}]})
    assert [policy.id for policy in coverage.policies] == ["1", "B", "3"]


def test_a_policy_that_ends_before_it_begins_is_refused() -> None:
    document = {"coverages": [{"effective": "2020-01-01", "terminates": "2019-12-31"}]}
    assert "coverages[0].terminates: it is before effective" in refusal(document)


def test_a_holder_who_is_the_patient_has_the_patients_facts() -> None:
    document = copy.deepcopy(FULL)
    document["coverages"] = [
        {"id": "A", "holder": {"relation": "self"}},
        {"id": "B", "patient_relationship": "18"},
    ]
    (coverage,) = load_coverage(document)
    for policy in coverage.policies:
        assert policy.holder == coverage.patient
        assert (policy.holder_relation, policy.patient_relationship) == ("self", "18")


def test_a_holder_who_is_the_patient_keeps_what_the_plan_calls_them() -> None:
    document = copy.deepcopy(FULL)
    document["coverages"] = [{"id": "A", "holder": {"relation": "self", "name": {"last": "SMYTH"}}}]
    (coverage,) = load_coverage(document)
    holder = coverage.policies[0].holder
    assert (holder.last, holder.first, holder.middle) == ("SMYTH", "", "")
    assert holder.birth_date == coverage.patient.birth_date


def test_another_holder_never_takes_the_patients_facts() -> None:
    document = copy.deepcopy(FULL)
    document["coverages"] = [{"id": "A", "holder": {"relation": "spouse"}}]
    (coverage,) = load_coverage(document)
    assert coverage.policies[0].holder == Person()
    assert coverage.policies[0].patient_relationship == ""

"""Resources of other systems: what the nouns hold is read, and what they do not is refused by path and code."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from nextpayer.claim import ClaimKind
from nextpayer_fhir import (
    FhirRefusal,
    claim_from_fhir,
    dumps,
    loads,
    payment_from_fhir,
    policy_from_fhir,
)

HL7 = "http://terminology.hl7.org/CodeSystem/"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
GROUP = "urn:nextpayer:fhir:adjustment-group"


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def usd(value: str) -> dict[str, Any]:
    return {"value": Decimal(value), "currency": "USD"}


RESOURCES: Any = loads((Path(__file__).parent / "foreign.json").read_text(encoding="utf-8"))
COVERAGE, CLAIM, EOB, RESPONSE = (RESOURCES[name] for name in ("coverage", "claim", "eob", "response"))
BUNDLE: Any = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": one} for name, one in RESOURCES.items() if name != "response"],
}


def amount(code: str, value: str) -> dict[str, Any]:
    return {"category": coded(HL7 + "adjudication", code), "amount": usd(value)}


def test_the_resources_of_this_page_are_fhir() -> None:
    Bundle.model_validate(BUNDLE)
    Bundle.model_validate({**BUNDLE, "entry": [{"resource": RESPONSE}]})


def test_a_claim_is_read_with_what_its_references_lead_to() -> None:
    claim = claim_from_fhir(CLAIM, bundle=BUNDLE)
    assert claim.kind is ClaimKind.PROFESSIONAL
    assert (claim.patient_control_number, claim.charge_amount) == ("ONE1001", Decimal("175.00"))
    assert (claim.patient.last, claim.patient.first, claim.patient.middle) == ("Roe", "Anna", "Maria Jo")
    assert claim.patient.address is not None
    assert claim.patient.address.country == ""
    assert (claim.billing.provider.id, claim.billing.provider.references[0].qualifier) == ("1234567893", "EI")
    assert [one.code for one in claim.diagnoses] == ["M545", "I10"]
    assert [one.qualifier for one in claim.diagnoses] == ["ABK", "ABF"]
    assert claim.policy.holder == claim.patient
    assert (claim.policy.sequence, claim.policy.payer.id, claim.policy.group_number) == ("P", "ACME1", "G7")
    (line,) = claim.lines
    assert line.diagnosis_pointers == ("2",)
    assert line.service_date == dt.date(2025, 1, 10)
    assert line.procedure is not None
    assert (line.procedure.qualifier, line.procedure.code, line.procedure.modifiers) == (
        "HC",
        "99214",
        ("25",),
    )
    assert claim.facility_code == "11"
    assert [(one.role, one.last, one.taxonomy) for one in claim.providers] == [("82", "Smith", "207Q00000X")]


def test_an_explanation_of_benefit_is_read_to_the_cent() -> None:
    payment = payment_from_fhir(EOB, bundle=BUNDLE)
    assert (payment.status, payment.control_number) == ("1", "ICN1")
    assert (payment.charge_amount, payment.paid_amount) == (Decimal("175.00"), Decimal("120.00"))
    assert payment.remittance.trace_number == "ACH0001"
    assert payment.remittance.payment_date == dt.date(2025, 2, 5)
    (line,) = payment.lines
    assert line.allowed_amount == Decimal("150.00")
    assert [(one.group, one.reason, one.amount) for one in line.adjustments] == [
        ("CO", "45", Decimal("25.00")),
        ("PR", "2", Decimal("30.00")),
    ]


def test_a_claim_response_takes_what_was_billed_from_its_claim() -> None:
    claim = claim_from_fhir(CLAIM, bundle=BUNDLE)
    payment = payment_from_fhir(RESPONSE, bundle=BUNDLE, claim=claim)
    assert payment.patient_control_number == "ONE1001"
    assert payment.status == "1"
    assert payment.lines[0].procedure == claim.lines[0].procedure


def test_an_earlier_payers_response_goes_into_the_next_claim() -> None:
    second = {**copy.deepcopy(COVERAGE), "id": "c2", "order": 2}
    claim = copy.deepcopy(CLAIM)
    claim["insurance"] = [
        {"sequence": 1, "focal": False, "coverage": {"reference": "Coverage/c1"},
         "claimResponse": {"reference": "ClaimResponse/r1"}},
        {"sequence": 2, "focal": True, "coverage": {"reference": "Coverage/c2"}},
    ]  # fmt: skip
    around = copy.deepcopy(BUNDLE)
    around["entry"] += [{"resource": second}, {"resource": {**RESPONSE, "id": "r1"}}]  # type: ignore[operator]
    read = claim_from_fhir(claim, bundle=around)
    (other,) = read.other_payers
    assert (read.policy.sequence, other.policy.sequence) == ("S", "P")
    assert other.adjudication is not None
    assert other.adjudication.paid_amount == Decimal("120.00")
    assert other.adjudication.adjusted("PR") == Decimal("30.00")
    assert other.adjudication.date == dt.date(2025, 2, 5)


def test_a_policy_is_read() -> None:
    policy = policy_from_fhir(COVERAGE, bundle=BUNDLE)
    assert (policy.member_id, policy.patient_relationship, policy.effective) == (
        "M100",
        "18",
        dt.date(2024, 1, 1),
    )
    assert policy.sequence == ""


def at(resource: Any, path: str, value: object) -> Any:
    """A copy of the resource with one element set, or without it (None)."""
    changed = copy.deepcopy(resource)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    inner = changed
    for step in steps:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return changed


def read_claim(resource: Any) -> object:
    return claim_from_fhir(resource, bundle=BUNDLE)


def read_eob(resource: Any) -> object:
    return payment_from_fhir(resource, bundle=BUNDLE)


def read_policy(resource: Any) -> object:
    return policy_from_fhir(resource, bundle=BUNDLE)


ADJ = "item.0.adjudication"
REFUSED: list[tuple[Callable[[Any], object], Any, str, object, str, str]] = [
    (read_claim, CLAIM, "item.0.net.value", 175.0, "NP-FHIR-MONEY", "Claim.item[0].net.value"),
    (read_claim, CLAIM, "item.0.net.value", Decimal("175.001"), "NP-FHIR-MONEY", "Claim.item[0].net"),
    (read_claim, CLAIM, "item.0.net.currency", "EUR", "NP-FHIR-MONEY", "Claim.item[0].net.currency"),
    (read_claim, CLAIM, "item.0.net.value", "175", "NP-FHIR-SHAPE", "Claim.item[0].net.value"),
    (read_claim, CLAIM, "item.0.net", None, "NP-FHIR-MISSING", "Claim.item[0].net"),
    (read_claim, CLAIM, "total", usd("176"), "NP-FHIR-SUM", "Claim.total"),
    (read_claim, CLAIM, "item.0.unitPrice", usd("170"), "NP-FHIR-SUM", "Claim.item[0].unitPrice"),
    (read_claim, CLAIM, "item.0.detail", [{"sequence": 1}], "NP-FHIR-UNHELD", "Claim.item[0].detail"),
    (read_claim, CLAIM, "item.0.factor", 2, "NP-FHIR-UNHELD", "Claim.item[0].factor"),
    (read_claim, CLAIM, "accident", {"date": "2025-01-01"}, "NP-FHIR-UNHELD", "Claim.accident"),
    (read_claim, CLAIM, "modifierExtension", [{"url": "x"}], "NP-FHIR-UNHELD", "Claim.modifierExtension"),
    (read_claim, CLAIM, "extension", [{"url": "x", "valueMoney": usd("1")}], "NP-FHIR-UNHELD", "Claim.extension"),
    (read_claim, CLAIM, "status", "cancelled", "NP-FHIR-UNHELD", "Claim.status"),
    (read_claim, CLAIM, "use", "preauthorization", "NP-FHIR-UNHELD", "Claim.use"),
    (read_claim, CLAIM, "type", coded(HL7 + "claim-type", "vision"), "NP-FHIR-CODE", "Claim.type"),
    (read_claim, CLAIM, "identifier", [{"value": "1"}, {"value": "2"}], "NP-FHIR-MISSING", "Claim.identifier"),
    (read_claim, CLAIM, "patient.reference", "Patient/other", "NP-FHIR-REFERENCE", "Claim.patient"),
    (read_claim, CLAIM, "insurance.0.focal", False, "NP-FHIR-MISSING", "Claim.insurance"),
    (read_claim, CLAIM, "item.0.diagnosisSequence", [1], "NP-FHIR-REFERENCE", "Claim.item[0].diagnosisSequence"),
    (read_claim, CLAIM, "item.0.productOrService", coded("http://x", "1"), "NP-FHIR-CODE", "Claim.item[0].productOrService"),
    (read_claim, CLAIM, "item.0.quantity.code", "kg", "NP-FHIR-CODE", "Claim.item[0].quantity.code"),
    (read_claim, CLAIM, "item.0.servicedDate", "2025-01", "NP-FHIR-SHAPE", "Claim.item[0].servicedDate"),
    (read_claim, CLAIM, "careTeam.0.role", coded("http://x", "nurse"), "NP-FHIR-CODE", "Claim.careTeam[0].role"),
    (read_claim, CLAIM, "item", "x", "NP-FHIR-SHAPE", "Claim.item"),
    (read_claim, CLAIM, "resourceType", "Patient", "NP-FHIR-SHAPE", "resourceType"),
    (read_claim, CLAIM, "extension", [{"url": "urn:nextpayer:fhir:facts", "valueString": "{"}], "NP-FHIR-SHAPE", "Claim.extension[0].valueString"),
    (read_claim, CLAIM, "extension", [{"url": "urn:nextpayer:fhir:facts", "valueString": '{"chargee": 1}'}], "NP-FHIR-NOUN", "Claim"),
    (read_eob, EOB, f"{ADJ}.2.amount", usd("121"), "NP-FHIR-SUM", "ExplanationOfBenefit.item[0].adjudication"),
    (read_eob, EOB, "total.1.amount", usd("121"), "NP-FHIR-SUM", "ExplanationOfBenefit.total"),
    (read_eob, EOB, "total.2.amount", usd("54"), "NP-FHIR-SUM", "ExplanationOfBenefit.total[2].amount"),
    (read_eob, EOB, "payment.amount", usd("119"), "NP-FHIR-SUM", "ExplanationOfBenefit.payment.amount"),
    (read_eob, EOB, "payment.adjustment", usd("1"), "NP-FHIR-UNHELD", "ExplanationOfBenefit.payment.adjustment"),
    (read_eob, EOB, f"{ADJ}.3.extension", None, "NP-FHIR-MISSING", "ExplanationOfBenefit.item[0].adjudication[3].extension"),
    (read_eob, EOB, f"{ADJ}.3.reason", None, "NP-FHIR-MISSING", "ExplanationOfBenefit.item[0].adjudication[3].reason"),
    (read_eob, EOB, f"{ADJ}.3.amount", None, "NP-FHIR-UNHELD", "ExplanationOfBenefit.item[0].adjudication[3].category"),
    (read_eob, EOB, "total", [amount("submitted", "175")], "NP-FHIR-MISSING", "ExplanationOfBenefit.total"),
    (read_eob, EOB, "precedence", None, "NP-FHIR-MISSING", "ExplanationOfBenefit.precedence"),
    (read_eob, EOB, "claim", None, "NP-FHIR-MISSING", "ExplanationOfBenefit.claim"),
    (read_eob, EOB, "outcome", "partial", "NP-FHIR-UNHELD", "ExplanationOfBenefit.outcome"),
    (read_eob, EOB, "addItem", [{}], "NP-FHIR-UNHELD", "ExplanationOfBenefit.addItem"),
    (read_eob, EOB, "benefitBalance", [{}], "NP-FHIR-UNHELD", "ExplanationOfBenefit.benefitBalance"),
    (read_eob, EOB, "supportingInfo", [{"valueMoney": usd("1")}], "NP-FHIR-UNHELD", "ExplanationOfBenefit.supportingInfo"),
    (read_policy, COVERAGE, "relationship", coded(HL7 + "subscriber-relationship", "common"), "NP-FHIR-CODE", "Coverage.relationship"),
    (read_policy, COVERAGE, "costToBeneficiary", [{}], "NP-FHIR-UNHELD", "Coverage.costToBeneficiary"),
    (read_policy, COVERAGE, "payor", [], "NP-FHIR-UNHELD", "Coverage.payor"),
    (read_policy, COVERAGE, "order", 12, "NP-FHIR-CODE", "Coverage.order"),
    (read_policy, COVERAGE, "period", {"start": "2024-02-30"}, "NP-FHIR-SHAPE", "Coverage.period.start"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "resource", "path", "value", "code", "where"),
    REFUSED,
    ids=[f"{row[5]}-{row[4]}-{n}" for n, row in enumerate(REFUSED)],
)
def test_what_is_not_held_is_refused(
    read: Callable[[Any], object], resource: Any, path: str, value: object, code: str, where: str
) -> None:
    with pytest.raises(FhirRefusal) as caught:
        read(at(resource, path, value))
    assert (caught.value.code, caught.value.where) == (code, where)
    assert str(value) not in str(caught.value) or str(value).isdigit() or value in (None, "x", "{")


def test_a_claim_response_without_its_claim_says_what_it_needs() -> None:
    with pytest.raises(FhirRefusal) as caught:
        payment_from_fhir(RESPONSE, bundle=BUNDLE)
    assert caught.value.code == "NP-FHIR-MISSING"


def test_text_keeps_every_digit_and_refuses_what_is_no_number() -> None:
    assert dumps(loads('{"a": 0.10, "b": [1, true, null, "\\u00e9"]}')) == (
        '{"a": 0.10, "b": [1, true, null, "\\u00e9"]}'
    )
    for text in ('{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100_000, "{", "9" * 5000):
        with pytest.raises(FhirRefusal):
            loads(text)
    with pytest.raises(FhirRefusal, match="float"):
        dumps({"a": 0.1})


def test_a_refusal_survives_the_way_from_a_worker_process() -> None:
    import pickle

    refusal = FhirRefusal("NP-FHIR-SUM", "Claim.total", "why", "a.json")
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal) == "a.json: Claim.total: NP-FHIR-SUM: why"

"""Laws of the claim that goes out: the payers' decisions verbatim, nothing lost, to the right payer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache

from nextpayer.claim import Claim, OtherPayer, ServiceLine
from nextpayer.money import ZERO, total
from nextpayer.remittance import Adjudication, Adjustment, ClaimPayment
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import Journey, every, journeys
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = ["CHECKS"]

#: Elements of a claim that no payer may want otherwise, and those to which an adapter may only add.
_KEPT = (
    "kind", "patient_control_number", "charge_amount", "patient", "facility_code", "facility_qualifier",
    "provider_signature", "accepts_assignment", "benefits_assigned", "release", "patient_signature",
    "accident", "patient_details",
)  # fmt: skip
_GROWING = ("dates", "amounts", "carried", "details")
_LINE_KEPT = (
    "number", "charge_amount", "procedure", "units", "unit", "revenue_code", "place_of_service",
    "diagnosis_pointers", "control_number",
)  # fmt: skip
_LINE_GROWING = ("dates", "carried", "drugs", "forms", "details")
_INSURANCE_TYPES = frozenset({"", "12", "13", "14", "15", "16", "41", "42", "43", "47"})


@lru_cache(maxsize=4)
def _each(subject: AdapterSubject, ahead: int = 1) -> list[tuple[Journey, Claim]]:
    """Generated journeys with the claims that go out, made once for all laws. A claim that the adapter
    refuses breaks none."""
    found: list[tuple[Journey, Claim]] = []

    def collect(journey: Journey) -> None:
        if ahead == 1 or not subject.refuses(journey):
            found.append((journey, subject.billed(journey)))

    every(journeys(subject.examples, ahead=ahead), collect)
    return found


def bills(subject: AdapterSubject) -> None:
    every(journeys(subject.examples), subject.billed)


def verbatim(subject: AdapterSubject) -> None:
    for ahead in (1, 2):
        for journey, claim in _each(subject, ahead):
            for place, payment in enumerate(journey.payments):
                _is_told(_other(claim, journey, place), payment)


def _is_told(other: OtherPayer, payment: ClaimPayment) -> None:
    """One payer's answer stands in the claim as it was given, each adjustment at its own level."""
    told = other.adjudication
    assert told is not None, "an earlier payer's decision is missing (2320, 2430)"
    _same("2320 AMT*D", told.paid_amount, payment.paid_amount)
    _same("2320 CAS", _cas(told.adjustments), _cas(payment.adjustments))
    _same("2320 MOA", told.outpatient, payment.outpatient)
    _same("2430 lines", len(told.lines), len(payment.lines))
    for number, (line, said) in enumerate(zip(told.lines, payment.lines, strict=True), 1):
        where = f"2430 line {number}"
        _same(f"{where} number", line.line, number)
        _same(f"{where} SVD02", line.paid_amount, said.paid_amount)
        _same(f"{where} SVD03", line.procedure, said.procedure)
        _same(f"{where} SVD05", line.units, said.units)
        _same(f"{where} CAS", _cas(line.adjustments), _cas(said.adjustments))
        _same(f"{where} DTP*573", line.date, payment.remittance.payment_date)
        _same(f"{where} AMT*EAF", line.remaining_liability or ZERO, _patient(said.adjustments))
    if not payment.lines:
        _same("2330B DTP*573", told.date, payment.remittance.payment_date)
        _same("2320 AMT*EAF", told.remaining_liability or ZERO, _patient(payment.adjustments))


def balances(subject: AdapterSubject) -> None:
    for ahead in (1, 2):
        for _, claim in _each(subject, ahead):
            for other in claim.other_payers:
                if other.adjudication is not None:
                    _balances(claim, other.adjudication)


def _balances(claim: Claim, told: Adjudication) -> None:
    for line in claim.lines:
        decisions = [one for one in told.lines if one.line == line.number]
        if decisions:
            said = total(one.paid_amount + _sum(one.adjustments) for one in decisions)
            _same(f"line {line.number}: charge = paid + adjustments", said, line.charge_amount)
    adjusted = _sum(told.adjustments) + total(_sum(line.adjustments) for line in told.lines)
    _same("claim: charge = paid + adjustments", (told.paid_amount or ZERO) + adjusted, claim.charge_amount)


def lossless(subject: AdapterSubject) -> None:
    for journey, claim in _each(subject):
        before = journey.claim
        for name in _KEPT:
            _same(name, getattr(claim, name), getattr(before, name))
        for name in _GROWING:
            _holds(name, getattr(claim, name), getattr(before, name))
        _holds(
            "codes (HI)",
            [one for group in claim.codes for one in group],
            [c for g in before.codes for c in g],
        )
        _same("diagnoses, in pointer order", claim.diagnoses, before.diagnoses)
        _same("billing provider", _who(claim), _who(before))
        _holds("providers", claim.providers, before.providers)
        _holds(
            "references (REF)",
            _numbers(claim),
            [one for one in _numbers(before) if one[0] not in ("F8", "G1", "9F")],
        )
        _same("number of lines", len(claim.lines), len(before.lines))
        for line, billed in zip(claim.lines, before.lines, strict=True):
            _line_is_whole(line, billed)


def _line_is_whole(line: ServiceLine, billed: ServiceLine) -> None:
    for name in _LINE_KEPT:
        _same(f"line {billed.number} {name}", getattr(line, name), getattr(billed, name))
    for name in _LINE_GROWING:
        _holds(f"line {billed.number} {name}", getattr(line, name), getattr(billed, name))


def destination(subject: AdapterSubject) -> None:
    for journey, claim in _each(subject):
        wanted, policy = journey.policy, claim.policy
        for name in (
            "member_id",
            "group_number",
            "holder",
            "patient_relationship",
            "sequence",
            "filing_indicator",
        ):
            _same(name, getattr(policy, name), getattr(wanted, name))
        _same("payer id", policy.payer.id, wanted.payer.id)
        _same("payer name", policy.payer.name, wanted.payer.name)
        if wanted.insurance_type and claim.kind == "P":
            _same("insurance type (SBR05)", policy.insurance_type, wanted.insurance_type)
        assert policy.insurance_type in _INSURANCE_TYPES, (
            "SBR05 is not a reason for which Medicare is not primary"
        )
        known = wanted.insurance_type or wanted.medicare is not None
        assert known or not policy.insurance_type, "SBR05 is set, and the policy does not say why"


def others(subject: AdapterSubject) -> None:
    for ahead in (1, 2):
        for journey, claim in _each(subject, ahead):
            _same("other payers (2320)", len(claim.other_payers), len(journey.policies) - 1)
            for place, wanted in enumerate(journey.ahead):
                policy = _other(claim, journey, place).policy
                for name in (
                    "sequence",
                    "filing_indicator",
                    "patient_relationship",
                    "member_id",
                    "group_number",
                ):
                    _same(f"2320 {name}", getattr(policy, name), getattr(wanted, name))
                _same("2330B payer id", policy.payer.id, wanted.payer.id)
                _same(
                    "2320 OI",
                    _other(claim, journey, place).benefits_assigned,
                    journey.claim.benefits_assigned,
                )


def a_new_claim(subject: AdapterSubject) -> None:
    for journey, claim in _each(subject):
        _same("frequency (CLM05-3)", claim.frequency, "1")
        stray = [one.qualifier for one in claim.references if one.qualifier in ("F8", "G1", "9F")]
        assert not stray, f"2300 REF*{stray[0]} is the earlier payer's number" if stray else ""
        for place, payment in enumerate(journey.payments):
            numbers = [(r.qualifier, r.value) for r in _other(claim, journey, place).references]
            assert ("F8", payment.control_number) in numbers, (
                "2330B REF*F8, the payer's claim number, is missing"
            )
            given = [r.value for r in journey.claim.references if r.qualifier == "G1"]
            if place == 0:
                _holds("2330B REF*G1", [value for name, value in numbers if name == "G1"], given)


def exact(subject: AdapterSubject) -> None:
    for _, claim in _each(subject):
        _exact(claim, "claim")


def _exact(value: object, where: str) -> None:
    """Every number below a noun is a Decimal; a float anywhere is a cent lost somewhere."""
    assert not isinstance(value, float), f"{where} is a float"
    if isinstance(value, tuple):
        for one in value:
            _exact(one, where)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):  # type: ignore[arg-type]
            _exact(getattr(value, field.name), f"{where}.{field.name}")


def _other(claim: Claim, journey: Journey, place: int) -> OtherPayer:
    wanted = journey.policies[place].sequence
    found = [other for other in claim.other_payers if other.policy.sequence == wanted]
    assert len(found) == 1, f"{len(found)} other payers stand in place {wanted} (2320 SBR01)"
    return found[0]


def _cas(adjustments: Iterable[Adjustment]) -> list[tuple[str, str, Decimal, Decimal | None]]:
    return [(one.group, one.reason, one.amount, one.quantity) for one in adjustments]


def _sum(adjustments: Iterable[Adjustment]) -> Decimal:
    return total(one.amount for one in adjustments)


def _patient(adjustments: Iterable[Adjustment]) -> Decimal:
    return total(one.amount for one in adjustments if one.group == "PR")


def _who(claim: Claim) -> tuple[object, ...]:
    provider = claim.billing.provider
    return (provider.last, provider.id, provider.address, claim.billing.taxonomy)


def _numbers(claim: Claim) -> list[tuple[str, str]]:
    return [(one.qualifier, one.value) for one in claim.references]


def _same(what: str, found: object, wanted: object) -> None:
    assert found == wanted, f"{what}: {found!r}, and it should be {wanted!r}"


def _holds(what: str, found: Iterable[object], wanted: Iterable[object]) -> None:
    rest = list(found)
    for one in wanted:
        assert one in rest, f"{what}: {one!r} is lost"
        rest.remove(one)


CHECKS = (
    Check(
        name="bills",
        law="A claim on each of its examples goes out, and passes every edit.",
        run=bills,
    ),
    Check(
        name="decision-verbatim",
        law="Every earlier payer's decision stands in the claim as given, each amount at its own level.",
        run=verbatim,
    ),
    Check(
        name="balance",
        law="Every payer's decision in the claim balances, each line and the whole.",
        run=balances,
    ),
    Check(
        name="lossless",
        law="Nothing of the claim as billed is lost or changed.",
        run=lossless,
    ),
    Check(
        name="destination",
        law="The claim names the policy that it is for, in its place.",
        run=destination,
    ),
    Check(
        name="other-payers",
        law="Every earlier payer is named, in its place.",
        run=others,
    ),
    Check(
        name="a-new-claim",
        law="It is a first claim to its payer; the earlier payer's numbers stand with that payer.",
        run=a_new_claim,
    ),
    Check(
        name="exact-claim",
        law="No number in the claim is a float.",
        run=exact,
    ),
)

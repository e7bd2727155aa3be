"""Edits for a hospital's claims to Medicare Part A: the codes that say why another payer is first.

An 837I has no SBR05; what its value, condition and occurrence codes say must agree with the decisions in its
other payers' loops and with each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from nextpayer.claim import Claim, HealthCode
from nextpayer.errors import NotExactMoney
from nextpayer.finding import Severity
from nextpayer.money import ZERO, cents, dollars, total, x12_amount
from nextpayer.scrub import Edit

from .codes import CONDITION, MSP_VALUE_CODES, OCCURRENCE, OTAF, VALUE

__all__ = ["HOSPITAL"]

#: MSP value code to the occurrence codes of which it needs one (FCSO 0510554; rgbagov, helpful tips).
_ACCIDENTS = frozenset({"01", "02", "03", "06"})
_PAIRED = {"14": _ACCIDENTS, "47": _ACCIDENTS, "15": frozenset({"04"}), "13": frozenset({"33"})}
#: MSP value code to the condition codes that go with it, and to those that say the opposite.
_WITH = {"13": "06", "15": "02"}
_AGAINST = {"12": frozenset({"09", "10", "28"}), "43": frozenset({"11", "29"})}
#: Occurrence codes of accidents that somebody is liable for: somebody else than Medicare pays first.
_LIABLE = frozenset({"01", "02", "03", "04"})
#: Why a claim is replaced, and why it is taken back: Claims Processing Manual ch. 1, 130.1.2.
_CHANGES = {
    "7": frozenset({"D0", "D1", "D2", "D3", "D4", "D7", "D8", "D9", "E0"}),
    "8": frozenset({"D5", "D6"}),
}
_CHANGE_CODES = frozenset().union(*_CHANGES.values())
#: The day on which the insurer before Medicare denied.
_DENIED = "24"


def _msp_codes(claim: Claim) -> tuple[HealthCode, ...]:
    return tuple(code for code in claim.codes_of(VALUE) if code.code in MSP_VALUE_CODES)


def _amount(code: HealthCode) -> Decimal | None:
    """The amount of a value code; None where it has none that can be read."""
    try:
        return cents(code.detail[-1]) if code.detail else None
    except NotExactMoney:
        return None


def _paid_before(claim: Claim) -> Decimal | None:
    """What the payers that have decided paid; None where none has."""
    decided = [one.adjudication for one in claim.other_payers if one.adjudication is not None]
    return total(one.paid_amount or ZERO for one in decided) if decided else None


def _msp_value_code(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator == "MA" and claim.policy.sequence != "P" and not _msp_codes(claim):
        yield (
            "2300 HI*BE",
            "Medicare is not primary, and no value code says why and what the payer before paid",
        )


def _msp_value_primary(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator == "MA" and claim.policy.sequence == "P":
        for code in _msp_codes(claim):
            message = f"Medicare is primary, and value code {code.code} says that another payer is"
            yield f"2300 HI*BE:{code.code}", message


def _msp_amount(claim: Claim) -> Iterator[tuple[str, str]]:
    """The payment toward services that Medicare covers: it may be less than was paid, never more, and 0 asks
    for a conditional payment."""
    paid, told = _paid_before(claim), [_amount(code) for code in _msp_codes(claim)]
    if claim.policy.filing_indicator != "MA" or paid is None or not told or None in told:
        return
    stated = total(one for one in told if one is not None)
    if stated > paid:
        message = (
            f"the value codes tell {dollars(stated)} paid before Medicare, the payers {dollars(paid)}:"
            f" they differ by {dollars(stated - paid)}"
        )
        yield "2300 HI*BE, 2320 AMT*D", message
    elif not stated and paid:
        message = f"a value code of 0 asks for a conditional payment, and {dollars(paid)} has been paid"
        yield "2300 HI*BE, 2320 AMT*D", message


def _value_44(claim: Claim) -> Iterator[tuple[str, str]]:
    primary = next((o.adjudication for o in claim.other_payers if o.adjudication is not None), None)
    if claim.policy.filing_indicator != "MA" or primary is None:
        return
    for code in claim.codes_of(VALUE):
        if code.code == OTAF and code.detail[-1:] != (
            x12_amount(claim.charge_amount - primary.adjusted("CO")),
        ):
            yield "2300 HI*BE:44", "value code 44 is not the charges less every CO adjustment of the primary"


def _occurrences(claim: Claim) -> Iterator[tuple[str, str]]:
    """What a value code goes with, and a conditional payment (0.00). Where no payer has answered there is no
    denial: an accident's insurer was given 120 days (Palmetto, MSP tips)."""
    if claim.policy.filing_indicator != "MA":
        return
    occurred = {code.code for code in claim.codes_of(OCCURRENCE)}
    conditions = {code.code for code in claim.codes_of(CONDITION)}
    for code in _msp_codes(claim):
        where = f"2300 HI*BE:{code.code}"
        wanted = _PAIRED.get(code.code, frozenset())
        if wanted and not wanted & occurred:
            yield where, f"value code {code.code} goes with an occurrence code {' or '.join(sorted(wanted))}"
        beside = _WITH.get(code.code)
        if beside and beside not in conditions:
            yield where, f"value code {code.code} goes with condition code {beside}"
        answered = _paid_before(claim) is not None
        if answered and _amount(code) == ZERO and _DENIED not in occurred:
            message = f"a conditional payment (value code {code.code} of 0) needs occurrence code {_DENIED}"
            yield where, message


def _accident(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator == "MA" and not _msp_codes(claim):
        for code in claim.codes_of(OCCURRENCE):
            if code.code in _LIABLE:
                message = (
                    f"occurrence code {code.code} is an accident that another payer may answer for, and no"
                    " value code says so; 05 is one that nobody covers"
                )
                yield f"2300 HI*BH:{code.code}", message


def _employment(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator == "MA":
        conditions = {code.code for code in claim.codes_of(CONDITION)}
        for code in _msp_codes(claim):
            for against in sorted(_AGAINST.get(code.code, frozenset()) & conditions):
                message = (
                    f"value code {code.code}: an employer's plan is first; condition {against}: it is not"
                )
                yield f"2300 HI*BE:{code.code}, HI*BG:{against}", message


def _change_reason(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.policy.filing_indicator != "MA" or claim.frequency not in _CHANGES:
        return
    told = [code.code for code in claim.codes_of(CONDITION) if code.code in _CHANGE_CODES]
    wanted = _CHANGES[claim.frequency]
    if len(told) != 1 or told[0] not in wanted:
        message = (
            f"frequency {claim.frequency} has one reason of {', '.join(sorted(wanted))}; the claim has"
            f" {' and '.join(told) or 'none'}"
        )
        yield "2300 CLM05-3, HI*BG", message


HOSPITAL = (
    Edit(
        id="NP-MCR-VALUE-CODE",
        title="An institutional MSP claim has its value code",
        check=_msp_value_code,
        kinds="I",
        source="Medicare Secondary Payer Manual ch. 3; CGS, NGS MSP billing",
    ),
    Edit(
        id="NP-MCR-VALUE-PRIMARY",
        title="No MSP value code where Medicare is primary",
        check=_msp_value_primary,
        kinds="I",
        source="Palmetto on MSP billing, in barnestorm.com kbart 50765; X12 code list 1138: P is primary",
    ),
    Edit(
        id="NP-MCR-VALUE-AMOUNT",
        title="The MSP value codes tell no more than was paid",
        check=_msp_amount,
        kinds="I",
        source="Medicare Secondary Payer Manual ch. 3, 40.1: the primary's payment; CR 7355",
    ),
    Edit(
        id="NP-MCR-VALUE-44",
        title="Value code 44 agrees with the primary's adjustments",
        check=_value_44,
        kinds="I",
        source="Noridian MSP inquiries Q2 (CR 6426); FISS reason 33981",
    ),
    Edit(
        id="NP-MCR-OCCURRENCE",
        title="An MSP value code has its occurrence and condition codes",
        check=_occurrences,
        kinds="I",
        source="FCSO 0510554, MSP coding; rgbagov, helpful tips; Medicare Secondary Payer Manual ch. 5, 50",
        severity=Severity.WARN,
    ),
    Edit(
        id="NP-MCR-ACCIDENT",
        title="An accident that another payer answers for has its MSP value code",
        check=_accident,
        kinds="I",
        source="FCSO 0510554: an accident's occurrence code without an MSP value code is returned",
        severity=Severity.WARN,
        scrub_only=True,
    ),
    Edit(
        id="NP-MCR-EMPLOYMENT",
        title="No condition code says that the employer's plan is not first",
        check=_employment,
        kinds="I",
        source="CGS cope21194: condition codes 09, 10, 11, 28, 29",
        severity=Severity.WARN,
    ),
    Edit(
        id="NP-MCR-CHANGE-REASON",
        title="A replacement or void has one claim change reason",
        check=_change_reason,
        kinds="I",
        source="Medicare Claims Processing Manual ch. 1, 130.1.2.1 and 130.1.2.2; CGS cope12661",
    ),
)

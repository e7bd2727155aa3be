"""Whole: what the claim says about itself: its numbers, its kind of bill, its patient, its attachments."""

from __future__ import annotations

import re
from collections import Counter

from nextpayer.claim import Claim, ClaimKind
from nextpayer.edits.carried import segments
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.finding import Severity
from nextpayer.money import ZERO

__all__ = ["EDITS"]

_LONGEST_ACCOUNT, _LONGEST_LINE_NUMBER = 20, 30
_FREQUENCIES = frozenset({"1", "7", "8"})
_FREQUENCY = re.compile(r"[0-9A-Z]", re.ASCII)
#: PWK02: how an attachment is sent, where it needs a control number, and where it may not have one.
_SENT, _ON_REQUEST = frozenset({"BM", "EL", "EM", "FX", "FT"}), "AA"
_STATE_AT = 3
#: Characters of X12's basic and extended sets, beyond letters, digits and the delimiters of a file.
_PLAIN = re.compile(r"[\x20-\x7e]*")


def walk(claim: Claim) -> Faults:
    chargeable = claim.envelope is None or claim.envelope.transaction_type == "CH"
    if claim.charge_amount <= ZERO and chargeable:
        yield "NP-E-CHARGE-ZERO", "2300 CLM02", "the claim's charge is not above zero"
    if len(claim.patient_control_number) > _LONGEST_ACCOUNT:
        message = f"the patient control number has {len(claim.patient_control_number)} characters: at most 20"
        yield "NP-E-ACCOUNT-LENGTH", "2300 CLM01", message
    if claim.kind is ClaimKind.INSTITUTIONAL:
        if not _FREQUENCY.fullmatch(claim.frequency):
            yield "NP-E-FREQUENCY", "2300 CLM05-3", "a frequency is one letter or digit of the bill type"
    elif claim.frequency not in _FREQUENCIES:
        yield "NP-E-FREQUENCY", "2300 CLM05-3", "a frequency is 1 (original), 7 (replacement) or 8 (void)"
    if "AA" in claim.accident[:_STATE_AT] and not "".join(claim.accident[_STATE_AT:]):
        message = "an auto accident without the state, or the country, in which it happened"
        yield "NP-E-ACCIDENT-STATE", "2300 CLM11-4", message
    relationship, patient = claim.policy.patient_relationship, claim.patient
    if patient == claim.policy.holder:
        if relationship != "18":
            message = "the claim has no patient of its own, so the subscriber must be the patient (18)"
            yield "NP-E-SELF", "2000B SBR02", message
    elif relationship == "18":
        message = "the subscriber is the patient (18), and the claim has another one"
        yield "NP-E-SELF", "2000C PAT01", message
    yield from _numbers(claim)
    yield from _attachments(claim, claim.carried, "2300")
    for line in claim.lines:
        yield from _attachments(claim, line.carried, f"2400 line {line.number}")
    yield from _characters(claim)


def _numbers(claim: Claim) -> Faults:
    numbers = [line.control_number for line in claim.lines if line.control_number]
    for line in claim.lines:
        if len(line.control_number) > _LONGEST_LINE_NUMBER:
            message = f"the line's control number has {len(line.control_number)} characters: at most 30"
            yield "NP-E-LINE-NUMBER-LENGTH", f"2400 line {line.number} REF*6R", message
    if len(set(numbers)) < len(numbers):
        twice = {number for number, count in Counter(numbers).items() if count > 1}
        lines = ", ".join(str(line.number) for line in claim.lines if line.control_number in twice)
        yield "NP-E-LINE-NUMBER-TWICE", "2400 REF*6R", f"lines {lines} share a control number"


def _attachments(claim: Claim, carried: tuple[str, ...], where: str) -> Faults:
    for pwk in segments(claim, carried, "PWK"):
        if pwk[2] in _SENT and not pwk[6]:
            message = f"an attachment that is sent ({pwk[2]}) needs its control number"
            yield "NP-E-ATTACHMENT-NUMBER", f"{where} PWK06", message
        elif pwk[2] == _ON_REQUEST and pwk[6]:
            message = "an attachment that is available on request (AA) has no control number"
            yield "NP-E-ATTACHMENT-REQUEST", f"{where} PWK06", message


def _characters(claim: Claim) -> Faults:
    people = (claim.policy.holder, claim.patient, *(other.policy.holder for other in claim.other_payers))
    texts = [text for one in people for text in (one.last, one.first, one.middle)]
    texts += [claim.billing.provider.last, claim.policy.payer.name]
    if not all(map(_PLAIN.fullmatch, texts)):
        message = "a name holds a character that not every receiver takes (beyond A to Z)"
        yield "NP-E-CHARACTERS", "NM1", message


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-CHARGE-ZERO", title="A chargeable claim has a charge",
        source=STEDI + "new-claim-edit-zero-charge-claims",
    ),
    _look.edit(
        id="NP-E-ACCOUNT-LENGTH", title="A patient control number has at most 20 characters",
        source=STEDI + "new-claim-edit-invalid-patient-control-number",
    ),
    _look.edit(
        id="NP-E-FREQUENCY", title="The claim's frequency is one of its kind of claim",
        source=STEDI + "claim-edit-invalid-claim-frequency-code",
    ),
    _look.edit(
        id="NP-E-ACCIDENT-STATE", title="An auto accident names its state", kinds="PD",
        source=STEDI + "claim-edit-missing-auto-accident-state-or-province",
    ),
    _look.edit(
        id="NP-E-SELF", title="The subscriber is the patient, or the claim has a patient of its own",
        source=STEDI + "new-claim-edits-invalid-subscriber-individual-relationship-codes",
    ),
    _look.edit(
        id="NP-E-LINE-NUMBER-TWICE", title="A line's control number is its own",
        source=STEDI + "new-claim-edit-line-item-control-numbers-must-be-unique",
    ),
    _look.edit(
        id="NP-E-LINE-NUMBER-LENGTH", title="A line's control number has at most 30 characters",
        source=STEDI + "new-claim-edit-limit-line-item-control-number-to-30-characters",
    ),
    _look.edit(
        id="NP-E-ATTACHMENT-NUMBER", title="An attachment that is sent has a control number",
        source="https://www.stedi.com/changelog/page/18 (missing attachment control number)",
    ),
    _look.edit(
        id="NP-E-ATTACHMENT-REQUEST", title="An attachment on request has no control number",
        source=STEDI + "claim-edit-attachment-control-number-for-an-attachment-available-on-request",
    ),
    _look.edit(
        id="NP-E-CHARACTERS", title="Names are written in A to Z", severity=Severity.WARN,
        source=STEDI + "claims-api-autocorrects-non-latin-characters",
    ),
)  # fmt: skip

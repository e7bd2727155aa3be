"""Correct: from a payer's answer to the claim that replaces the one it answered, with every change listed.

A replacement (frequency 7) or void (8) goes to a payer that has the claim, under that payer's own number; a
claim that the payer never took in is sent again as a first one (frequency 1). What is put right is what is
known: the insured as the payer corrected them (NM1*74) or the coverage file has them now, the earlier payers'
decisions as their remittances state them, and what a person supplies (authorization, referral, modifiers).
Nothing else of the claim is touched, and where something the payer wants is not known, nothing is built: the
answer says what to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .account import Account, Answer, Standing, own_answer, place_in_order
from .adjudication import adjudication_of
from .claim import Claim, ClaimKind, HealthCode, OtherPayer, ServiceLine
from .denial import DenialAction, DenialTable, Disposition, Found, NextPayer, Triage, triage
from .finding import Finding, Severity
from .policy import Person, Policy, Reference
from .remittance import Adjudication, Adjustment, ClaimPayment
from .verify import verify

__all__ = ["Change", "Correction", "Given", "correct"]

_REPLACE, _VOID, _FIRST = "7", "8", "1"
_NAMES = (("last", "NM103"), ("first", "NM104"), ("middle", "NM105"), ("suffix", "NM107"))
#: Categories of reasons that any change answers: they only say that something is wrong.
_GENERAL = frozenset({"technical", "unprocessable"})
#: Categories that no correction of this claim answers: another payer must be billed, or nothing.
_ELSEWHERE = frozenset(
    {"other payer first", "wrong payer", "liability", "cob order", "duplicate", "crossover"}
)
_ASKS = {
    "authorization": "the number (authorization 2300 REF*G1, referral 2300 REF*9F)",
    "coding": "what a coder says: the modifiers of a line, or codes that only the billing system may change",
    "eligibility": "the member id and name as the payer has them: ask eligibility (271), or look at the card",
    "cob data": "the earlier payer's remittance: give it to this command, or type it in as an EOB",
    "prior payer rules": "nothing here: put it right with the earlier payer first",
    "credentialing": "the provider's data as the payer has them enrolled",
}
#: What says that an earlier payer's decision is missing, not that it is wrong.
_MISSED = frozenset({"CO-22", "N4", "MA04", "N479"})
_CHANGE_CODES = frozenset({*(f"D{n}" for n in range(10)), "E0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One element that differs from the claim as billed, and why. ``old`` and ``new`` may be a patient's data
    and are in no repr. ``category`` is that of the reasons that the change answers."""

    element: str
    old: str = field(repr=False)
    new: str = field(repr=False)
    why: str
    source: str
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person supplies. ``modifiers`` are those of a line, by its number (LX01), all of them;
    ``condition`` is the claim change reason of a hospital's claim to Medicare (D0 to D9, E0)."""

    member_id: str = field(default="", repr=False)
    authorization: str = field(default="", repr=False)
    referral: str = field(default="", repr=False)
    modifiers: tuple[tuple[int, tuple[str, ...]], ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The claim to send, None where something is missing; every change; and what a person must do or know."""

    claim: Claim | None
    changes: tuple[Change, ...]
    asks: tuple[Finding, ...]
    triage: Triage | None


def correct(
    account: Account,
    table: DenialTable,
    *,
    known: Policy | None = None,
    given: Given | None = None,
    void: bool = False,
) -> Correction:
    """The correction of the account's claim after its payer's answer.

    ``account.claim`` is the claim that the payer answered, ``known`` its policy as the office knows it now.
    """
    given = given or Given()
    answer = own_answer(account)
    if answer is None:
        message = "the payer of this claim has not answered it: there is nothing to correct yet"
        return _refused("NP-CORRECT-UNANSWERED", message, None)
    payment = answer.payment
    found = triage(payment, table)
    if answer.standing is Standing.REVERSAL:
        message = "the payer took its answer back: wait for its correction"
        return _refused("NP-CORRECT-REVERSED", message, found)
    claim, changes = account.claim, list[Change]()
    if not void:
        claim, changes = _changed(account, answer, known, given)
    asks = [] if void else [*_unanswered(found, changes, _told(account)), *_not_here(claim, given)]
    if not void and not changes and not asks:
        message = "nothing to change is known: the same claim again would be a duplicate"
        asks.append(_ask("NP-CORRECT-NOTHING", "2300", message))
    frequency = _VOID if void else _frequency(found, payment.control_number)
    if frequency != _FIRST and not payment.control_number:
        message = "the payer's own claim number (CLP07) is missing, without which it cannot find the claim"
        asks.append(_ask("NP-CORRECT-NO-NUMBER", "2300 REF*F8", message))
    if frequency != _FIRST and account.claim.policy.filing_indicator == "MB":
        message = "Medicare Part B takes no replacement and no void: ask for a reopening, or appeal"
        asks.append(_ask("NP-CORRECT-REOPEN", "2300 CLM05-3", message, "42 CFR 405.980(a)(3)"))
    claim, more = _under_number(claim, frequency, payment.control_number)
    if given.condition:
        claim, reason = _with_reason(claim, given.condition)
        more += reason
    elif _needs_reason(claim, frequency):
        message = "a hospital's replacement or void to Medicare needs its claim change reason (D0 to D9, E0)"
        asks.append(_ask("NP-CORRECT-REASON", "2300 HI BG", message, "NUBC condition codes D0-D9, E0"))
    return Correction(
        claim=None if asks else replace(claim, segment=0),
        changes=tuple(changes) + more,
        asks=tuple(asks),
        triage=found,
    )


def _frequency(found: Triage, number: str) -> str:
    """1 where the payer never took the claim in: unprocessable, or an unknown patient and no number."""
    unknown = any(one.code == "CLP02 4" for one in found.found)
    if found.disposition is Disposition.REJECTED or (unknown and not number):
        return _FIRST
    return _REPLACE


# --- what is put right ------------------------------


def _changed(
    account: Account, answer: Answer, known: Policy | None, given: Given
) -> tuple[Claim, list[Change]]:
    claim, changes = account.claim, list[Change]()
    for step in (
        _insured_given(claim, given),
        _insured_of_answer(claim, answer),
        _insured_known(claim, known),
    ):
        if step is not None:
            policy, patient, more = step
            claim = replace(claim, policy=policy, patient=patient)
            changes += more
            break
    claim, more = _decisions(claim, account)
    changes += more
    for qualifier, value, what in (
        ("G1", given.authorization, "authorization"),
        ("9F", given.referral, "referral"),
    ):
        if value:
            claim, one = _numbered(claim, qualifier, value, what)
            changes += one
    if given.modifiers:
        claim, more = _modified(claim, dict(given.modifiers))
        changes += more
    return claim, changes


_Insured = tuple[Policy, Person, list[Change]]


def _insured_of_answer(claim: Claim, answer: Answer) -> _Insured | None:
    corrected = answer.payment.corrected_insured
    if corrected is None:
        return None
    id = corrected.id if corrected.id_qualifier in ("C", "MI", "II", "") else ""
    return _insured(claim, corrected, id, "the payer corrected the insured", "835 2100 NM1*74")


def _insured_known(claim: Claim, known: Policy | None) -> _Insured | None:
    """The policy as the office knows it now, where the payer could not find the patient."""
    if known is None:
        return None
    return _insured(
        claim, known.holder, known.member_id, "the coverage file has the insured so", "coverage file"
    )


def _insured_given(claim: Claim, given: Given) -> _Insured | None:
    if not given.member_id:
        return None
    return _insured(claim, Person(), given.member_id, "a person gave it", "the office")


def _insured(claim: Claim, person: Person, member_id: str, why: str, source: str) -> _Insured | None:
    policy, holder = claim.policy, claim.policy.holder
    changes, names = [], {}
    for name, element in _NAMES:
        new = getattr(person, name)
        if new and new.casefold() != getattr(holder, name).casefold():
            names[name] = new
            changes.append(_change(f"2010BA {element}", getattr(holder, name), new, why, source))
    if member_id and member_id != policy.member_id:
        changes.append(_change("2010BA NM109", policy.member_id, member_id, why, source))
    if not changes:
        return None
    patient = claim.patient
    if names and policy.patient_relationship in ("", "18"):
        patient = replace(patient, **names)
    made = replace(policy, member_id=member_id or policy.member_id, holder=replace(holder, **names))
    return made, patient, changes


def _change(element: str, old: str, new: str, why: str, source: str, category: str = "eligibility") -> Change:
    return Change(element=element, old=old, new=new, why=why, source=source, category=category)


def _decisions(claim: Claim, account: Account) -> tuple[Claim, list[Change]]:
    """The earlier payers' decisions as their remittances state them, where the claim lacks or contradicts
    them."""
    changes: list[Change] = []
    others = []
    own = place_in_order(account.claim.policy, account.policies)
    for other in claim.other_payers:
        standing = account.standing(other.policy)
        place = place_in_order(other.policy, account.policies)
        if not standing or not -1 < place < own:
            others.append(other)
            continue
        made, more = _decided(other, claim, tuple(one.payment for one in standing))
        others.append(made)
        changes += more
    return (replace(claim, other_payers=tuple(others)) if changes else claim), changes


def _decided(
    other: OtherPayer, claim: Claim, payments: tuple[ClaimPayment, ...]
) -> tuple[OtherPayer, list[Change]]:
    stated = adjudication_of(claim, payments, verify(claim, payments), "standard", [])
    if other.adjudication is not None and _same(other.adjudication, stated):
        return other, []
    payment = payments[-1]
    old = "missing" if other.adjudication is None else _summary(other.adjudication)
    paid_on = payment.remittance.payment_date
    change = Change(
        element=f"2320, 2430 of payer {other.policy.payer.id}",
        old=old,
        new=_summary(stated),
        why=f"as its remittance of {paid_on or 'an unknown day'} states it (segment {payment.segment})",
        source="835 CLP, SVC, CAS to 837 2320, 2430",
        category="cob data",
    )
    references = tuple(one for one in other.references if one.qualifier != "F8")
    if payment.control_number:
        references += (Reference(qualifier="F8", value=payment.control_number),)
    return replace(other, adjudication=stated, references=references), [change]


def _summary(adjudication: Adjudication) -> str:
    """What a decision comes to, in the standard's own words."""
    adjusted = Counter[str]()
    for one in _all_adjustments(adjudication):
        adjusted[f"{one.group}-{one.reason}"] += int(one.amount * 100)
    parts = [f"{code} {cents // 100}.{cents % 100:02d}" for code, cents in sorted(adjusted.items())]
    return ", ".join([f"paid {adjudication.paid_amount}", *parts])


def _all_adjustments(adjudication: Adjudication) -> list[Adjustment]:
    return [*adjudication.adjustments, *(one for line in adjudication.lines for one in line.adjustments)]


def _same(one: Adjudication, other: Adjudication) -> bool:
    """Whether two decisions say the same money for the same reasons, at the same levels."""
    return _money(one) == _money(other)


def _money(one: Adjudication) -> tuple[object, ...]:
    return (
        one.paid_amount,
        sorted((x.group, x.reason, x.amount) for x in one.adjustments),
        sorted(
            (line.line, line.paid_amount, sorted((x.group, x.reason, x.amount) for x in line.adjustments))
            for line in one.lines
        ),
    )


def _numbered(claim: Claim, qualifier: str, value: str, what: str) -> tuple[Claim, list[Change]]:
    """The claim with a number that the payer gave (2300 REF)."""
    old = [one for one in claim.references if one.qualifier == qualifier and not one.payer_id]
    if old and old[0].value == value:
        return claim, []
    kept = tuple(one for one in claim.references if one not in old)
    made = replace(claim, references=(*kept, Reference(qualifier=qualifier, value=value)))
    element = f"2300 REF*{qualifier}"
    before = old[0].value if old else ""
    return made, [
        _change(element, before, value, f"the {what}, as a person gave it", "the office", "authorization")
    ]


def _modified(claim: Claim, modifiers: dict[int, tuple[str, ...]]) -> tuple[Claim, list[Change]]:
    changes: list[Change] = []
    lines: list[ServiceLine] = []
    element = "SV202" if claim.kind is ClaimKind.INSTITUTIONAL else "SV101"
    for line in claim.lines:
        wanted = modifiers.get(line.number)
        if wanted is None or line.procedure is None or wanted == line.procedure.modifiers:
            lines.append(line)
            continue
        before, after = ", ".join(line.procedure.modifiers), ", ".join(wanted)
        where = f"2400 line {line.number} {element} modifiers"
        changes.append(_change(where, before, after, "a coder's decision", "the office", "coding"))
        lines.append(replace(line, procedure=replace(line.procedure, modifiers=wanted)))
    return (replace(claim, lines=tuple(lines)) if changes else claim), changes


# --- under which number ------------------------------


def _under_number(claim: Claim, frequency: str, number: str) -> tuple[Claim, tuple[Change, ...]]:
    """The claim with its frequency, and the payer's own number where it replaces or voids one."""
    why = {
        _REPLACE: "replaces the claim that the payer has",
        _VOID: "voids the claim that the payer has",
        _FIRST: "the payer never took the claim in: it is a first one",
    }[frequency]
    source = "837 CLM05-3, 2300 REF*F8"
    changes = []
    if claim.frequency != frequency:
        changes.append(_change("2300 CLM05-3", claim.frequency, frequency, why, source, ""))
    old = next((one.value for one in claim.references if one.qualifier == "F8"), "")
    new = "" if frequency == _FIRST else number
    references = tuple(one for one in claim.references if one.qualifier != "F8")
    if new:
        references += (Reference(qualifier="F8", value=new),)
    if old != new:
        changes.append(_change("2300 REF*F8", old, new, f"{why}: its own number (CLP07)", source, ""))
    return replace(claim, frequency=frequency, references=references), tuple(changes)


def _needs_reason(claim: Claim, frequency: str) -> bool:
    return (
        frequency != _FIRST
        and claim.kind is ClaimKind.INSTITUTIONAL
        and claim.policy.filing_indicator == "MA"
        and not any(
            code.qualifier == "BG" and code.code in _CHANGE_CODES for hi in claim.codes for code in hi
        )
    )


def _with_reason(claim: Claim, code: str) -> tuple[Claim, tuple[Change, ...]]:
    made = replace(claim, codes=(*claim.codes, (HealthCode(qualifier="BG", code=code),)))
    change = _change("2300 HI BG", "", code, "the claim change reason, as a person gave it", "the office", "")
    return made, (change,)


# --- what is still to ask ------------------------------


def _told(account: Account) -> bool:
    """Whether the claim tells the decision of every payer before its own, as they are known."""
    own = place_in_order(account.claim.policy, account.policies)
    before = [
        other for other in account.claim.other_payers if place_in_order(other.policy, account.policies) < own
    ]
    return bool(before) and all(other.adjudication is not None for other in before)


def _unanswered(found: Triage, changes: list[Change], told: bool) -> Iterator[Finding]:
    """The reasons that must be answered before the payer is asked again, and that no change answers. One that
    only says that something is wrong is told where nothing says what. ``told``: the earlier payers' decisions
    are on the claim."""
    answered = {change.category for change in changes}
    asked = False
    general: list[Found] = []
    for one in found.found:
        if one.next_payer is not NextPayer.NO or one.action is DenialAction.WAIT:
            continue
        category = one.rule.category if one.rule is not None else ""
        if category in _GENERAL:
            general.append(one)
        elif category in _ELSEWHERE:
            asked = True
            yield _about(one, "NP-CORRECT-ELSEWHERE", one.rule.change if one.rule is not None else "")
        elif one.action is DenialAction.SEND_DOCUMENTS:
            asked = True
            yield _about(
                one, "NP-CORRECT-DOCUMENTS", f"send {one.rule.document if one.rule else 'documents'}"
            )
        elif category == "cob data" and one.code in _MISSED and told and not answered:
            asked = True
            yield _about(one, "NP-CORRECT-TOLD", "the EOB: the claim tells that decision already; or appeal")
        elif one.action is DenialAction.FIX_RESUBMIT and category not in answered:
            asked = True
            yield _about(one, "NP-CORRECT-ASK", _ASKS.get(category) or (one.rule.change if one.rule else ""))
    for one in general:
        if not asked and not answered:
            yield _about(one, "NP-CORRECT-ASK", one.rule.change if one.rule is not None else "")


def _not_here(claim: Claim, given: Given) -> Iterator[Finding]:
    numbers = {line.number for line in claim.lines if line.procedure is not None}
    for number, _ in given.modifiers:
        if number not in numbers:
            message = f"the claim has no line {number} with a procedure"
            yield _ask("NP-CORRECT-LINE", f"2400 line {number}", message)


def _about(found: Found, id: str, what: str) -> Finding:
    source = found.rule.source if found.rule is not None else "CAS"
    return _ask(
        id, f"{found.loop} segment {found.segment}", f"{found.code}: {found.says}; wanted: {what}", source
    )


def _ask(id: str, where: str, message: str, source: str = "837 CLM05-3; practice") -> Finding:
    return Finding(id=id, severity=Severity.REJECT, where=where, message=message, source=source)


def _refused(id: str, message: str, found: Triage | None) -> Correction:
    return Correction(claim=None, changes=(), asks=(_ask(id, "2300", message),), triage=found)

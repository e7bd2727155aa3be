"""One claim as the segments of loops 2000B to 2440: the hierarchical levels, the claim, what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from nextpayer.claim import Billing, Claim
from nextpayer.policy import Person, Policy, Reference
from nextpayer_x12.coverage import Coverage
from nextpayer_x12.facts import Facts
from nextpayer_x12.parties import Parties
from nextpayer_x12.segments import HOLDER, PATIENT, Guide
from nextpayer_x12.services import Decided, Services
from nextpayer_x12.syntax import Syntax, UnwritableText

__all__ = ["ClaimText"]

#: Element 1069: the patient is the subscriber.
_SELF = "18"


class ClaimText:
    """Renders the claims of one guide in one syntax."""

    def __init__(self, guide: Guide, syntax: Syntax) -> None:
        self.syntax = syntax
        self._guide = guide
        self._facts = Facts(syntax)
        self._parties = Parties(guide, self._facts)
        self._coverage = Coverage(guide, self._facts, self._parties)
        self._services = Services(guide, self._facts, self._parties)

    def billing(self, billing: Billing) -> str:
        """Loop 2000A after its HL. Raises UnwritableText."""
        return self._parties.billing(billing)

    def claim(self, claim: Claim, above: int, level: int) -> tuple[str, int]:
        """The claim from its HL 22 on, and how many levels it took.

        ``above`` is the number of its HL 20, ``level`` that of its HL 22. Raises UnwritableText.
        """
        facts, parties = self._facts, self._parties
        mark, end, free = facts.mark, facts.end, facts.free
        free.clear()
        free.append(claim.patient_control_number)
        policy, patient = claim.policy, claim.patient
        holder = policy.holder
        if _is_subscriber(policy, patient):
            levels = 1
            parts = [
                f"HL{mark}{level}{mark}{above}{mark}22{mark}0{end}",
                self._coverage.subscriber("2000B", policy, _SELF),
                self._pat("2000B", "", claim.patient_details) if claim.patient_details else "",
                parties.person("2010BA", "IL", holder, policy, patient),
                parties.demographics(holder, patient),
                parties.carried(HOLDER, "2010BA", parties.about_holder(holder, patient)),
                parties.payer(policy.payer),
            ]
        else:
            levels = 2
            parts = [
                f"HL{mark}{level}{mark}{above}{mark}22{mark}1{end}",
                self._coverage.subscriber("2000B", policy, ""),
                parties.person("2010BA", "IL", holder, policy, holder),
                parties.demographics(holder, holder) if holder.birth_date and holder.sex else "",
                parties.carried(HOLDER, "2010BA", holder.carried),
                parties.payer(policy.payer),
                f"HL{mark}{level + 1}{mark}{level}{mark}23{mark}0{end}",
                self._pat("2000C", policy.patient_relationship, claim.patient_details),
                parties.person("2010CA", "QC", patient, None, patient),
                parties.demographics(patient, patient),
                parties.carried(PATIENT, "2010CA", patient.carried),
            ]
        parts.append(self._clm(claim))
        parts += self._situational(claim)
        if claim.providers:
            parts.append(parties.providers(self._guide.providers, "2310", claim.providers))
        decided: Decided = {}
        for other in claim.other_payers:
            parts += self._coverage.other(other, decided)
        parts += self._services.lines(claim.lines, decided)
        if decided:
            raise UnwritableText("2430: a payer's decision names a line that the claim does not have (LX01)")
        gathered = "".join(free)
        for one in self.syntax.forbidden:
            if one in gathered:
                self._blame(claim)
        return "".join(parts), levels

    def _pat(self, loop: str, relationship: str, details: tuple[tuple[int, str], ...]) -> str:
        key = (loop, relationship, details)
        text = self._facts.codes.get(key)
        if text is None:
            if loop == "2000C" and not relationship:
                raise UnwritableText("2000C PAT01: how the patient is related to the subscriber is not known")
            self.syntax.segment(loop, "PAT", relationship)  # refuses what cannot be written
            text = (
                "PAT" + self._facts.placed(f"{loop} PAT", [relationship], details, 1) + self.syntax.terminator
            )
            self._facts.codes.keep(key, text)
        return text

    def _clm(self, claim: Claim) -> str:
        mark = self._facts.mark
        key = (
            claim.facility_code, claim.facility_qualifier, claim.frequency, claim.provider_signature,
            claim.accepts_assignment, claim.benefits_assigned, claim.release, claim.patient_signature,
            claim.accident, claim.details,
        )  # fmt: skip
        tail = self._facts.codes.get(key)
        if tail is None:
            self.syntax.segment("2300", "CLM", "", "", "", "", key[:3], *key[3:8], claim.accident)
            colon = self.syntax.component
            row = [
                "",
                "",
                colon.join(key[:3]).rstrip(colon),
                *key[3:8],
                colon.join(claim.accident).rstrip(colon),
            ]
            tail = self._facts.placed("2300 CLM", row, claim.details, 3) + self.syntax.terminator
            self._facts.codes.keep(key, tail)
        return (
            f"CLM{mark}{claim.patient_control_number}{mark}{self._facts.amounts[claim.charge_amount]}{tail}"
        )

    def _situational(self, claim: Claim) -> list[str]:
        """The segments between CLM and the first provider (2300)."""
        facts, order, mark = self._facts, self._guide.claim, self._facts.mark
        found = [(order.place("DTP", one.qualifier), facts.date("2300", one)) for one in claim.dates]
        for amount in claim.amounts:
            facts.free.append(amount.qualifier)
            text = f"AMT{mark}{amount.qualifier}{mark}{facts.amounts[amount.amount]}{facts.end}"
            found.append((order.place("AMT", amount.qualifier), text))
        for reference in claim.references:
            found.append((order.place("REF", reference.qualifier), facts.reference("2300", reference)))
        for group in claim.codes:
            if group:
                found.append((order.place("HI", group[0].qualifier), facts.health_codes(group)))
        for one in claim.carried:
            found.append((self.syntax.place(order, one), self.syntax.raw("2300", [one])))
        if len(found) > 1:
            found.sort(key=_place)
        return [text for _, text in found]

    def _blame(self, claim: Claim) -> NoReturn:
        """Finds the element that may not be written, and refuses it by name."""
        for where, value in _fresh(claim):
            if self.syntax.broken(value):
                self.syntax.refuse(where)
        self.syntax.refuse("2300: an element")


def _place(pair: tuple[int, str]) -> int:
    return pair[0]


def _is_subscriber(policy: Policy, patient: Person) -> bool:
    """Whether the patient is the subscriber; where nobody says, only when both bear one name."""
    if policy.patient_relationship:
        return policy.patient_relationship == _SELF
    holder = policy.holder
    return patient is holder or (patient.last, patient.first) == (holder.last, holder.first)


def _fresh(claim: Claim) -> Iterator[tuple[str, str]]:
    """What is checked when the claim is whole: every text that went into ``Facts.free``, with its place."""
    yield "2300 CLM01", claim.patient_control_number
    yield from _person("2010BA", claim.policy.holder, claim.policy)
    yield from _person("2010CA", claim.patient, None)
    yield from (("2300 AMT01", one.qualifier) for one in claim.amounts)
    yield from _references("2300", claim.references)
    for other in claim.other_payers:
        yield from _person("2330A", other.policy.holder, other.policy)
        yield from _references("2330B", other.references)
        if other.adjudication is not None:
            yield from (("2320 CAS02", one.reason) for one in other.adjudication.adjustments)
            for decision in other.adjudication.lines:
                yield "2430 SVD04", decision.revenue_code
                yield from (("2430 CAS02", one.reason) for one in decision.adjustments)
    for line in claim.lines:
        yield "2400 REF02 (6R)", line.control_number
        yield "2400 SV201", line.revenue_code
        yield "2400 SV204", line.unit
        yield "2400 SV303", line.place_of_service
        yield from (("2400 SV311", one) for one in line.diagnosis_pointers)
        yield from _references("2400", line.references)


def _person(loop: str, person: Person, policy: Policy | None) -> Iterator[tuple[str, str]]:
    names = (person.entity, person.last, person.first, person.middle, person.prefix, person.suffix)
    yield from ((f"{loop} NM1{number:02d}", value) for number, value in enumerate(names, 2))
    if policy is not None:
        yield f"{loop} NM108", policy.member_id_qualifier
        yield f"{loop} NM109", policy.member_id
    yield f"{loop} DMG03", person.sex
    if person.address is not None:
        place = (person.address.city, person.address.state, person.address.postal_code)
        yield from ((f"{loop} N301", line) for line in person.address.lines)
        yield from ((f"{loop} N4{number:02d}", value) for number, value in enumerate(place, 1))


def _references(loop: str, references: tuple[Reference, ...]) -> Iterator[tuple[str, str]]:
    for one in references:
        yield f"{loop} REF01", one.qualifier
        yield f"{loop} REF02", one.value

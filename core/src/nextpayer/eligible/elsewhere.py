"""Other payers that an answer tells of (EB01 R, and parties PRP, SEP, TTP), as policies of which only that is
known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from nextpayer.coverage import Coverage
from nextpayer.eligibility import Benefit, Eligibility, OtherParty
from nextpayer.eligible.likeness import same_number, same_payer, squeezed
from nextpayer.eligible.spans import holds, span
from nextpayer.errors import InvalidNoun
from nextpayer.policy import Payer, Person, Policy, Provenance

__all__ = ["OtherPayerTold", "other_payers", "unnamed"]

#: NM101 of a party that names its place: SBR01 of the same.
_PLACES = {"PRP": "P", "SEP": "S", "TTP": "T"}
_GROUP_NUMBERS = ("6P", "1L")
_MEMBER_NUMBERS = ("1W", "IG")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPayerTold:
    """One other payer. ``place`` is P, S, T or empty; ``known`` the policy that the coverage already has of
    it; ``holds`` whether it covers the day; ``policy`` what the answer says of it."""

    place: str
    known: Policy | None
    holds: bool
    policy: Policy
    segment: int


def other_payers(
    policy: Policy, coverage: Coverage, answer: Eligibility, on: dt.date
) -> tuple[OtherPayerTold, ...]:
    """The other payers of the answer, in its order. One told twice with the same particulars is one."""
    found: list[OtherPayerTold] = []
    for benefit in answer.benefits:
        for party in _payers(benefit):
            told = _policy(benefit, party, answer)
            if told is None or (benefit.status != "R" and same_payer(told.payer, policy.payer)):
                continue
            if any(one.policy == told for one in found):
                continue
            found.append(
                OtherPayerTold(
                    place=told.sequence,
                    known=_known(told, policy, coverage),
                    holds=holds(benefit.dates, on),
                    policy=told,
                    segment=party.segment,
                )
            )
    return tuple(found)


def unnamed(answer: Eligibility) -> tuple[int, ...]:
    """The segments of benefits that tell of another payer and do not name it."""
    return tuple(one.segment for one in answer.benefits if one.status == "R" and not _payers(one))


def _known(told: Policy, policy: Policy, coverage: Coverage) -> Policy | None:
    """The coverage's policy that is meant. Two policies of one payer are told apart by their member ids."""
    same = [one for one in coverage.policies if one.id != policy.id and same_payer(one.payer, told.payer)]
    for one in same:
        if not (one.member_id and told.member_id) or same_number(one.member_id, told.member_id):
            return one
    return None if not same or same_payer(told.payer, policy.payer) else same[0]


def _payers(benefit: Benefit) -> list[OtherParty]:
    """The payers that a benefit names, once each: one with its place says more than one without."""
    placed = [one for one in benefit.parties if one.role in _PLACES]
    plain = [one for one in benefit.parties if one.role == "PR" and benefit.status == "R"]
    known = {(squeezed(one.person.id), squeezed(one.person.last)) for one in placed}
    return placed + [
        one for one in plain if (squeezed(one.person.id), squeezed(one.person.last)) not in known
    ]


def _policy(benefit: Benefit, party: OtherParty, answer: Eligibility) -> Policy | None:
    """A policy with what the benefit says, None when it names no payer. Its id comes later."""
    if not (party.person.last or party.person.id):
        return None
    several = len(_payers(benefit)) > 1  # then a number or holder is not known to be this payer's
    holder = next((one.person for one in benefit.parties if one.role == "IL"), None)
    if several or holder is None:
        holder = Person()
    number = "" if several else _number(benefit, _MEMBER_NUMBERS)
    since, until = span(benefit.dates)
    try:
        return Policy(
            payer=Payer(
                id=party.person.id,
                name=party.person.last,
                id_qualifier=party.person.id_qualifier or "PI",
                address=party.person.address,
            ),
            holder=holder,
            sequence=_PLACES.get(party.role, ""),
            member_id=holder.id or number,
            group_number="" if several else _number(benefit, _GROUP_NUMBERS),
            plan_name=benefit.plan_name,
            effective=since,
            terminates=until,
            verified=Provenance(source="271", learned=answer.answered),
        )
    except InvalidNoun:  # its days contradict each other: the payer is told without them
        return Policy(
            payer=Payer(id=party.person.id, name=party.person.last),
            holder=holder,
            sequence=_PLACES.get(party.role, ""),
            verified=Provenance(source="271", learned=answer.answered),
        )


def _number(benefit: Benefit, qualifiers: tuple[str, ...]) -> str:
    for qualifier in qualifiers:
        values = {one.value for one in benefit.references if one.qualifier == qualifier}
        if len(values) == 1:
            return values.pop()
    return ""

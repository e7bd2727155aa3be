"""Parts of a claim as a form writes them: names, addresses, phones, and the segments that a claim carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nextpayer.claim import Claim, DateFact, Provider
from nextpayer.policy import SEQUENCES, Address, Person, Policy, Reference

from .boxes import digits

__all__ = [
    "MEDICARE",
    "carried",
    "city_line",
    "dated",
    "earlier_first",
    "first",
    "name",
    "phone",
    "place",
    "street",
]

#: Filing indicators of original Medicare.
MEDICARE = frozenset({"MA", "MB"})


def name(who: Person | Provider) -> str:
    """``LAST SUFFIX, FIRST, M``; an organization by its name."""
    if who.entity == "2":
        return who.last
    return ", ".join(
        [part for part in (f"{who.last} {who.suffix}".strip(), who.first, who.middle[:1]) if part]
    )


def street(address: Address | None) -> str:
    """The lines of the address in one."""
    return " ".join(address.lines) if address is not None else ""


def city_line(address: Address | None) -> str:
    """City, state and postal code in one line; a nine-digit code with its hyphen."""
    if address is None:
        return ""
    code = address.postal_code
    if len(code) == 9 and code.isdigit():
        code = f"{code[:5]}-{code[5:]}"
    return " ".join([part for part in (address.city, address.state, code) if part])


def carried(claim: Claim, segments: Iterable[str], *tags: str) -> Iterator[list[str]]:
    """The elements of the carried segments with these tags."""
    mark = claim.envelope.delimiters[0] if claim.envelope is not None else "*"
    for segment in segments:
        elements = segment.split(mark)
        if elements[0] in tags:
            yield elements


def phone(claim: Claim, segments: Iterable[str]) -> str:
    """The first telephone number (PER*...*TE) among carried segments, digits only."""
    for elements in carried(claim, segments, "PER"):
        for at in range(3, len(elements) - 1, 2):
            if elements[at] == "TE":
                return digits(elements[at + 1])
    return ""


def first(references: Iterable[Reference], *qualifiers: str) -> str:
    """The value of the first reference with one of the qualifiers, in the qualifiers' order."""
    known = {reference.qualifier: reference.value for reference in reversed(tuple(references))}
    return next((known[one] for one in qualifiers if one in known), "")


def dated(facts: Iterable[DateFact], *qualifiers: str) -> DateFact | None:
    """The first date with one of the qualifiers, in the qualifiers' order."""
    known = {fact.qualifier: fact for fact in facts}
    return next((known[one] for one in qualifiers if one in known), None)


def place(policy: Policy) -> int:
    """The payer's place among the claim's payers, counted from 0; the last of all where it is not stated."""
    known = SEQUENCES.find(policy.sequence) if policy.sequence else -1
    return known if known >= 0 else len(SEQUENCES)


def earlier_first(claim: Claim) -> tuple[Policy, ...]:
    """Every policy of the claim, in paying order."""
    return tuple(sorted(claim.policies, key=place))

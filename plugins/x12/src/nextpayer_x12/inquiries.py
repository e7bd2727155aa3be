"""Writing the 270 (005010X279A1): inquiries about eligibility in one interchange, as many as there are.

Inquiries keep their order. Those that follow each other to the same payer from the same provider share a
transaction, up to 99 of them; another payer or provider begins the next, since payers take a transaction as
one of theirs. Each inquiry has its own subscriber's level, and a dependant's below it when the patient is not
the policyholder. Levels are numbered and segments counted as they are written. The same inquiries with the
same numbers, day and time give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from nextpayer.claim import Envelope, Provider
from nextpayer.eligibility import Inquiry
from nextpayer.policy import Payer, Person, Reference

from .syntax import Syntax, UnwritableText

__all__ = ["write_inquiries"]

VERSION = "005010X279A1"
#: Patients in one transaction; more needs an agreement with the receiver.
LONGEST_TRANSACTION = 99
_LAST_NUMBER = 999_999_999
#: INS02 in a 270 knows these three (spouse, child, other adult); other relationships are not said.
_RELATIONSHIPS = frozenset({"01", "19", "34"})
_SEXES = frozenset({"F", "M"})


def write_inquiries(
    inquiries: Iterable[Inquiry], envelope: Envelope, *, control_number: int, at: dt.datetime
) -> bytes:
    """One interchange with every inquiry, empty bytes when there is none.

    ``envelope`` says who sends to whom, in which delimiters. ``control_number`` numbers the interchange,
    its group and its first transaction; ``at`` dates them. Raises UnwritableText naming the loop and
    element that cannot be written.
    """
    if not 1 <= control_number <= _LAST_NUMBER:
        raise ValueError("the interchange control number is not 1 to 999,999,999 (ISA13)")
    syntax = Syntax(envelope.delimiters)
    everything = tuple(inquiries)
    if not everything:
        return b""
    text, sets = _opening(syntax, envelope, control_number, at), 0
    for together in _transactions(everything):
        transaction = _Transaction(syntax, control_number + sets, at, together[0])
        for inquiry in together:
            transaction.add(inquiry)
        text += transaction.whole()
        sets += 1
    text += syntax.segment("GE", "GE", str(sets), str(control_number))
    text += syntax.segment("IEA", "IEA", "1", f"{control_number:09d}")
    if syntax.has_control(text):
        raise UnwritableText("2000: an inquiry holds a character that cannot be printed")
    return text.encode()


def _transactions(inquiries: tuple[Inquiry, ...]) -> Iterator[list[Inquiry]]:
    """The inquiries by transaction."""
    for _, run in groupby(inquiries, key=lambda one: (one.payer, one.provider)):
        together = list(run)
        for first in range(0, len(together), LONGEST_TRANSACTION):
            yield together[first : first + LONGEST_TRANSACTION]


def _opening(syntax: Syntax, envelope: Envelope, number: int, at: dt.datetime) -> str:
    """ISA, whose elements have fixed widths, and GS."""
    for where, value, least, longest in (
        ("ISA06", envelope.sender_id, 1, 15),
        ("ISA08", envelope.receiver_id, 1, 15),
        ("ISA05", envelope.sender_qualifier, 2, 2),
        ("ISA07", envelope.receiver_qualifier, 2, 2),
        ("ISA15", envelope.usage, 1, 1),
    ):
        if not least <= len(value) <= longest:
            raise UnwritableText(f"{where}: it is not {least} to {longest} characters long")
        if syntax.broken(value):
            syntax.refuse(where)
    sender, receiver = envelope.sender_id, envelope.receiver_id
    isa = (
        "ISA", "00", " " * 10, "00", " " * 10,
        envelope.sender_qualifier, f"{sender:<15}", envelope.receiver_qualifier, f"{receiver:<15}",
        f"{at:%y%m%d}", f"{at:%H%M}", syntax.repetition, "00501", f"{number:09d}", "0", envelope.usage,
        syntax.component,
    )  # fmt: skip
    gs = syntax.segment(
        "GS", "GS", "HS", envelope.group_sender or sender, envelope.group_receiver or receiver,
        f"{at:%Y%m%d}", f"{at:%H%M}", str(number), "X", VERSION,
    )  # fmt: skip
    return syntax.element.join(isa) + syntax.terminator + gs


class _Transaction:
    """One ST to SE."""

    def __init__(self, syntax: Syntax, number: int, at: dt.datetime, first: Inquiry) -> None:
        if number > _LAST_NUMBER:
            raise ValueError("the control numbers are used up (ST02)")
        self._syntax, self._number, self._level = syntax, f"{number:04d}", 0
        segment = syntax.segment
        self._parts = [
            segment("ST", "ST", "270", self._number, VERSION),
            segment("BHT", "BHT", "0022", "13", self._number, f"{at:%Y%m%d}", f"{at:%H%M}"),
        ]
        payer = self._hl("2000A", 0, "20", opens=True)
        self._parts.append(_payer(syntax, first.payer))
        self._provider_level = self._hl("2000B", payer, "21", opens=True)
        self._parts.append(_provider(syntax, first.provider))

    def add(self, inquiry: Inquiry) -> None:
        """The inquiry's levels."""
        segment = self._syntax.segment
        holder, dependant = inquiry.subscriber, inquiry.dependant
        member = (inquiry.member_id_qualifier, inquiry.member_id) if inquiry.member_id else ("", "")
        subscriber = self._hl("2000C", self._provider_level, "22", opens=dependant is not None)
        if dependant is None:
            self._parts.append(self._trace("2000C", inquiry))
        self._parts += _person(self._syntax, "2100C", "IL", holder, member, inquiry.references)
        if dependant is not None:
            self._hl("2000D", subscriber, "23", opens=False)
            self._parts.append(self._trace("2000D", inquiry))
            self._parts += _person(self._syntax, "2100D", "03", dependant, ("", ""), ())
            if inquiry.relationship in _RELATIONSHIPS:
                self._parts.append(segment("2100D", "INS", "N", inquiry.relationship))
        loop = "C" if dependant is None else "D"
        if inquiry.start and inquiry.end:
            days = f"{inquiry.start:%Y%m%d}-{inquiry.end:%Y%m%d}"
            self._parts.append(segment(f"2100{loop}", "DTP", "291", "RD8", days))
        elif inquiry.start:
            self._parts.append(segment(f"2100{loop}", "DTP", "291", "D8", f"{inquiry.start:%Y%m%d}"))
        self._parts += [segment(f"2110{loop}", "EQ", service) for service in inquiry.services]
        self._parts.append(self._syntax.raw(f"2110{loop}", inquiry.carried))

    def whole(self) -> str:
        """The transaction, its segments counted."""
        text = "".join(self._parts)
        count = text.count(self._syntax.terminator) + 1
        return text + self._syntax.segment("SE", "SE", str(count), self._number)

    def _hl(self, loop: str, above: int, code: str, *, opens: bool) -> int:
        self._level += 1
        self._parts.append(
            self._syntax.segment(
                loop, "HL", str(self._level), str(above) if above else "", code, "1" if opens else "0"
            )
        )
        return self._level

    def _trace(self, loop: str, inquiry: Inquiry) -> str:
        if not inquiry.trace:
            return ""
        if len(inquiry.trace_origin) != 10:
            raise UnwritableText(f"{loop} TRN03: who made the trace number is not named in ten characters")
        return self._syntax.segment(loop, "TRN", "1", inquiry.trace, inquiry.trace_origin)


def _payer(syntax: Syntax, payer: Payer) -> str:
    if not payer.id or not payer.name:
        raise UnwritableText("2100A NM103, NM109: the payer's name and id are both needed")
    return syntax.segment(
        "2100A", "NM1", "PR", "2", payer.name, "", "", "", "", payer.id_qualifier, payer.id
    ) + syntax.raw("2100A", payer.carried)


def _provider(syntax: Syntax, provider: Provider) -> str:
    if not provider.id or not provider.last:
        raise UnwritableText("2100B NM103, NM109: the provider's name and id are both needed")
    text = syntax.segment(
        "2100B", "NM1", provider.role, provider.entity, provider.last, provider.first, provider.middle,
        provider.prefix, provider.suffix, provider.id_qualifier, provider.id,
    )  # fmt: skip
    text += _references(syntax, "2100B", provider.references)
    if provider.address is not None:
        text += _address(syntax, "2100B", provider)
    if provider.taxonomy and provider.taxonomy_role:
        text += syntax.segment("2100B", "PRV", provider.taxonomy_role, "PXC", provider.taxonomy)
    return text + syntax.raw("2100B", provider.carried)


def _person(
    syntax: Syntax,
    loop: str,
    role: str,
    person: Person,
    member: tuple[str, str],
    references: tuple[Reference, ...],
) -> list[str]:
    """NM1, REF, N3, N4 and DMG; the REFs that a person carries go with the others."""
    own = [one for one in person.carried if syntax.head(one)[0] == "REF"]
    rest = [one for one in person.carried if syntax.head(one)[0] != "REF"]
    parts = [
        syntax.segment(
            loop, "NM1", role, person.entity, person.last, person.first, person.middle, person.prefix,
            person.suffix, *member,
        ),
        _references(syntax, loop, references),
        syntax.raw(loop, own),
        _address(syntax, loop, person) if person.address is not None else "",
    ]  # fmt: skip
    sex = person.sex if person.sex in _SEXES else ""
    if person.birth_date or sex:
        born = ("D8", f"{person.birth_date:%Y%m%d}") if person.birth_date else ("", "")
        parts.append(syntax.segment(loop, "DMG", *born, sex))
    return [*parts, syntax.raw(loop, rest)]


def _references(syntax: Syntax, loop: str, references: tuple[Reference, ...]) -> str:
    return "".join(
        syntax.segment(loop, "REF", one.qualifier, one.value, one.description) for one in references
    )


def _address(syntax: Syntax, loop: str, who: Person | Provider) -> str:
    address = who.address
    if address is None:
        return ""
    text = syntax.segment(loop, "N3", *address.lines) if any(address.lines) else ""
    place = (address.city, address.state, address.postal_code, address.country)
    if any(place) or address.subdivision:
        text += syntax.segment(loop, "N4", *place, "", "", address.subdivision)
    return text

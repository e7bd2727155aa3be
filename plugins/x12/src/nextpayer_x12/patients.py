"""Reading the levels of a 270 or 271: each patient's own level, with what the levels above it have told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nextpayer.eligibility import PartyContact, Rejection
from nextpayer.policy import Payer
from nextpayer.ports import Quarantined

from .elements import Unreadable
from .hierarchy import DEPENDANT, PAYER, PROVIDER, SUBSCRIBER, Level, levels
from .level import LevelParser
from .tokens import Block, Delimiters

__all__ = ["Patient", "Told", "patients"]

#: What a level tells, by the name of the noun's field.
Told = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One level of a subscriber or dependant, read. ``around`` is what the payer's and the provider's
    levels told, ``subscriber`` what the level above a dependant's did. A payer's or provider's level
    without patients is one too, with nothing of its own."""

    level: Level
    around: Told
    own: Told = field(default_factory=dict)
    subscriber: Told | None = None


def patients(
    blocks: Iterator[Block | Quarantined],
    file: str,
    transaction: str,
    item: str,
    read: Callable[[LevelParser, Level], Told],
) -> Iterator[Patient | Quarantined]:
    """Every patient of the file in order, and what could not be read. ``read`` parses a patient's level."""
    reader = _Reader(file, item, read)
    for one in levels(blocks, file, transaction, item):
        if isinstance(one, Quarantined):
            yield one
        else:
            yield from reader.level(one)


class _Reader:
    """Keeps what the levels above a patient have told. A level that is not kept could not be read."""

    def __init__(self, file: str, item: str, read: Callable[[LevelParser, Level], Told]) -> None:
        self._file, self._item, self._read = file, item, read
        self._parsers: dict[Delimiters, LevelParser] = {}
        self._told: dict[str, tuple[Level, Told]] = {}

    def level(self, level: Level) -> Iterator[Patient | Quarantined]:
        for code in [code for code in self._told if code >= level.code]:
            del self._told[code]
        of_a_patient = level.code in (SUBSCRIBER, DEPENDANT)
        above: Told = {}
        if level.above is not None:
            held = self._told.get(level.above.code)
            if held is None or held[0] is not level.above:
                if of_a_patient:
                    yield self._aside(level, "the level above it could not be read")
                return
            above = held[1]
        parser = self._parsers.get(level.elements.delimiters)
        if parser is None:
            parser = self._parsers[level.elements.delimiters] = LevelParser(level.elements)
        try:
            if of_a_patient:
                own = self._read(parser, level)
            else:
                own = _payer(parser, level) if level.code == PAYER else _provider(parser, level)
        except Unreadable as error:
            yield self._aside(level, f"{parser.place}{error}")
            return
        except (ValueError, IndexError):
            yield self._aside(level, "a segment of this level is malformed")
            return
        if of_a_patient:
            self._told[level.code] = (level, own)
            around = self._told[PROVIDER][1]
            yield Patient(
                level=level, around=around, own=own, subscriber=above if level.code == DEPENDANT else None
            )
            return
        rejections = above.get("rejections", ()) + own["rejections"]
        told = {**above, **own, "rejections": rejections}
        self._told[level.code] = (level, told)
        if not level.opens:
            yield Patient(level=level, around=told)

    def _aside(self, level: Level, reason: str) -> Quarantined:
        mark = level.elements.element
        trace = next((one for one in level.segments if one.startswith("TRN" + mark)), "").split(mark)
        return Quarantined(
            file=self._file,
            segment=level.segment,
            reason=reason,
            kind=self._item if level.code in (SUBSCRIBER, DEPENDANT) else "file",
            claim_id=trace[2] if len(trace) > 2 else "",
        )


def _payer(parser: LevelParser, level: Level) -> Told:
    """Levels 2000A and 2100A."""
    payer: Payer | None = None
    rejections: list[Rejection] = []
    contacts: list[PartyContact] = []
    carried: list[str] = []
    for number, tag, segment in parser.segments(level):
        if tag == "NM1" and payer is None:
            payer = parser.payer(segment)
        elif tag == "AAA":
            rejections.append(parser.rejection(segment, "2000A" if payer is None else "2100A", number))
        elif tag == "PER":
            contacts.append(parser.contact(segment))
        else:
            carried.append(parser.carry(segment))
    if payer is None:
        raise Unreadable("the payer's level has no name (2100A NM1)")
    if carried:
        payer = Payer(id=payer.id, name=payer.name, id_qualifier=payer.id_qualifier, carried=tuple(carried))
    return {"payer": payer, "payer_contacts": tuple(contacts), "rejections": tuple(rejections)}


def _provider(parser: LevelParser, level: Level) -> Told:
    """Levels 2000B and 2100B."""
    loop: list[str] = []
    rejections: list[Rejection] = []
    for number, tag, segment in parser.segments(level):
        if tag == "AAA":
            rejections.append(parser.rejection(segment, "2100B", number))
        else:
            loop.append(parser.carry(segment))
    return {"provider": parser.provider(loop), "rejections": tuple(rejections)}

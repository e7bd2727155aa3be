"""Reading the 270: inquiries about eligibility, handed out one patient at a time.

A subscriber's level that asks nothing and has dependants below it is no inquiry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nextpayer.eligibility import Inquiry
from nextpayer.errors import InvalidNoun
from nextpayer.policy import Person
from nextpayer.ports import Quarantined

from .elements import Unreadable
from .hierarchy import DEPENDANT, SUBSCRIBER, Level
from .level import LevelParser, elements_of
from .patients import Patient, Told, patients
from .tokens import Block

__all__ = ["inquiries"]


def inquiries(blocks: Iterator[Block | Quarantined], file: str) -> Iterator[Inquiry | Quarantined]:
    """Every inquiry of the file in order, and what could not be read, with its position."""
    for item in patients(blocks, file, "270", "inquiry", _asked):
        if isinstance(item, Quarantined):
            yield item
        elif item.level.code in (SUBSCRIBER, DEPENDANT) and (not item.level.opens or item.own["services"]):
            yield _inquiry(item, file)


def _inquiry(patient: Patient, file: str) -> Inquiry | Quarantined:
    own = dict(patient.own)
    who: Person = own.pop("who")
    references = own.pop("references")
    if patient.subscriber is None:
        holder, dependant, of_the_holder = who, None, references
    else:
        holder, of_the_holder = patient.subscriber["who"], patient.subscriber["references"]
        dependant = replace(who, carried=own.pop("reference_texts") + who.carried)
    own.pop("reference_texts", None)
    try:
        return Inquiry(
            payer=patient.around["payer"],
            provider=patient.around["provider"],
            subscriber=replace(holder, id="", id_qualifier=""),
            dependant=dependant,
            member_id=holder.id,
            member_id_qualifier=holder.id_qualifier or "MI",
            references=of_the_holder,
            file=file,
            segment=patient.level.segment,
            **own,
        )
    except InvalidNoun as error:
        return Quarantined(file=file, segment=patient.level.segment, reason=str(error), kind="inquiry")


def _asked(parser: LevelParser, level: Level) -> Told:
    """A subscriber's or dependant's level: who it is, and what is asked."""
    person = parser.person("IL" if level.code == SUBSCRIBER else "03")
    told: Told = {"relationship": "", "trace": "", "trace_origin": "", "start": None, "end": None}
    services: list[str] = []
    carried: list[str] = []
    numbers: list[str] = []
    for _, tag, segment in parser.segments(level):
        parts = elements_of(segment, parser.mark)
        if tag == "TRN" and not told["trace"]:
            trace = parser.trace(segment)
            told["trace"], told["trace_origin"] = trace.number, trace.origin
        elif tag == "INS" and not any(parts[3:]):
            told["relationship"] = parts[2]
        elif tag == "DTP" and parts[1] == "291" and told["start"] is None and not services:
            date = parser.date(segment)
            if date.start is None:
                raise Unreadable("DTP02: the days asked about are in a form that is not a date")
            told["start"], told["end"] = date.start, date.end
        elif tag == "EQ" and not any(parts[2:]):
            services += [one for one in parts[1].split(parser.repetition) if one]
        elif tag in ("NM1", "REF", "N3", "N4", "DMG"):
            person.take(tag, segment)
            if tag == "REF":
                numbers.append(segment)
        else:
            carried.append(parser.carry(segment))
    who = person.made("2100C" if level.code == SUBSCRIBER else "2100D")
    return {
        **told,
        "who": who,
        "references": person.references,
        "reference_texts": tuple(numbers),
        "services": tuple(services),
        "carried": tuple(carried),
    }

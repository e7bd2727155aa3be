"""Reading the 271: a payer's answers about eligibility and benefits, handed out one patient at a time.

A patient's answer is what stands in the subscriber's level, or in the dependant's with the subscriber above
it. A subscriber's level that only names the policyholder of the dependants below it is no answer of its
own. Everything of an answer is read or carried; one that cannot be read is quarantined alone. When a payer
turns a whole group of inquiries down, that is one answer which names nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from nextpayer.claim import DateFact
from nextpayer.eligibility import Benefit, Eligibility, Rejection, Trace
from nextpayer.policy import Person
from nextpayer.ports import Quarantined

from .benefits import BenefitText
from .hierarchy import DEPENDANT, SUBSCRIBER, Level
from .level import LevelParser, elements_of
from .patients import Patient, Told, patients
from .tokens import Block

__all__ = ["eligibilities"]

#: What a dependant's answer takes from the subscriber's level: who holds the policy.
_OF_THE_SUBSCRIBER = ("subscriber", "member_id", "member_id_qualifier")


def eligibilities(blocks: Iterator[Block | Quarantined], file: str) -> Iterator[Eligibility | Quarantined]:
    """Every answer of the file in order, and what could not be read, with its position."""
    for item in patients(blocks, file, "271", "answer", _patient):
        if isinstance(item, Quarantined):
            yield item
        elif _answers(item):
            yield _answer(item, file)


def _answers(patient: Patient) -> bool:
    """Whether the level is an answer of its own."""
    if patient.level.code in (SUBSCRIBER, DEPENDANT):
        own = patient.own
        return not patient.level.opens or bool(own["benefits"] or own["rejections"])
    return bool(patient.around["rejections"])


def _answer(patient: Patient, file: str) -> Eligibility:
    told: Told = {"subscriber": Person(), **patient.around, **patient.own}
    if patient.subscriber is not None:
        told |= {key: patient.subscriber[key] for key in _OF_THE_SUBSCRIBER}
        told["subscriber_references"] = patient.subscriber["references"]
    told["rejections"] = patient.around["rejections"] + patient.own.get("rejections", ())
    level = patient.level
    return Eligibility(
        **told, answered=level.date, reference=level.reference, file=file, segment=level.segment
    )


def _patient(parser: LevelParser, level: Level) -> Told:
    """A subscriber's or dependant's level: who it is, then the benefits."""
    letter = "C" if level.code == SUBSCRIBER else "D"
    traces: list[Trace] = []
    dates: list[DateFact] = []
    rejections: list[Rejection] = []
    benefits: list[Benefit] = []
    told: Told = {}
    person = parser.person("IL" if letter == "C" else "03")
    text: BenefitText | None = None
    for number, tag, segment in parser.segments(level):
        if tag == "EB":
            if text is not None:
                benefits.append(text.benefit())
            text = BenefitText(parser, segment, f"2110{letter}", number)
        elif text is not None:
            text.take(tag, segment, number)
        elif tag == "TRN":
            traces.append(parser.trace(segment))
        elif tag == "AAA":
            rejections.append(parser.rejection(segment, f"2100{letter}", number))
        elif tag == "DTP":
            dates.append(parser.date(segment))
        elif tag == "INS":
            ins = elements_of(segment, parser.mark)
            told["relationship"] = ins[2]
            told["maintenance_type"], told["maintenance_reason"] = ins[3], ins[4]
            if any(ins[5:]):
                person.carry(segment)
        else:
            person.take(tag, segment)
    if text is not None:
        benefits.append(text.benefit())
    who = person.made(f"2100{letter}")
    told |= {
        "references": person.references,
        "traces": tuple(traces),
        "dates": tuple(dates),
        "rejections": tuple(rejections),
        "benefits": tuple(benefits),
        "carried": person.carried,
    }
    if letter == "D":
        return {**told, "dependant": who}
    return {**told, "subscriber": who, "member_id": who.id, "member_id_qualifier": who.id_qualifier}

"""Today: edits that need to know the day it is. Nothing here reads a clock: the day is an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from nextpayer.claim import Claim
from nextpayer.edits.look import STEDI
from nextpayer.edits.seen import answers
from nextpayer.finding import Severity
from nextpayer.scrub import Edit

__all__ = ["edits_on"]

_OLDEST = 150


def edits_on(today: dt.date) -> tuple[Edit, ...]:
    """The edits of that day, for ``nextpayer scrub``."""

    def born(claim: Claim) -> Iterator[tuple[str, str]]:
        people = [("2010BA", claim.policy.holder)]
        if claim.patient is not claim.policy.holder:
            people.append(("2010CA", claim.patient))
        for where, person in people:
            day = person.birth_date
            if day is not None and (day > today or today.year - day.year >= _OLDEST):
                yield f"{where} DMG02", f"a birth date after {today}, or {_OLDEST} years before it"

    def decided(claim: Claim) -> Iterator[tuple[str, str]]:
        for answer in answers(claim):
            if answer.decision.date is not None and answer.decision.date > today:
                yield f"{answer.loop} DTP*573", f"the payer decided after {today} ({answer.name})"
            for line in answer.decision.lines:
                if line.date is not None and line.date > today:
                    message = f"the payer decided after {today} ({answer.name})"
                    yield f"2430 line {line.line} DTP*573", message

    def served(claim: Claim) -> Iterator[tuple[str, str]]:
        for line in claim.lines:
            if line.service_date is not None and line.service_date > today:
                yield f"2400 line {line.number} DTP*472", f"the service is dated after {today}"

    return (
        Edit(
            id="NP-E-BIRTH-DATE",
            title="Nobody is born after today, or 150 years before",
            check=born,
            source=STEDI + "new-claim-edit-invalid-date-of-birth",
            scrub_only=True,
        ),
        Edit(
            id="NP-E-DATE-FUTURE",
            title="No payer decided after today",
            check=decided,
            source="Encounter data rule: valid adjudication date, not in the future",
            scrub_only=True,
        ),
        Edit(
            id="NP-E-DATE-SERVICE-FUTURE",
            title="No service is dated after today",
            check=served,
            source="CARC 110",
            severity=Severity.WARN,
            scrub_only=True,
        ),
    )

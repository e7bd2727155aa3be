"""What acknowledgments do to the books.

::

    TA1 R, 999 R (a set, or all of a group)   its claims are refused: no claim exists at the payer. They are
                                              due, and made anew as they were, not as replacements; one that
                                              is at fault a second time waits for a person
    277CA A3, A6, A7, A8 or STC03 U           the claim is refused and waits for a person: the same claim is
                                              made again only when it has changed or somebody says so
    999 A, E; 277CA A0, A1, A2, A5; 277       the file's or the claim's state, with its day
    any of them                               the file is there, whatever doubt there was

What is said of a claim is about the claim in one file (``about``). A word that matches nothing sent, or
contradicts what was said before, changes nothing; where it is a refusal, a person looks at it. An
acknowledgment counts once, however often it comes in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from nextpayer.acknowledgment import (
    Acknowledgment,
    ClaimState,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Level,
    StatusReport,
    SyntaxFault,
)
from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined

from . import schema
from .about import About, Frames, about
from .frame import Group, Set
from .ledger import Entry, Writer
from .nouns import content_key, to_text
from .posting import keys_known
from .sending import arrived
from .states import Refusal, advance, refuse

if TYPE_CHECKING:
    from .intake import Taken

__all__ = ["Acknowledging", "dismiss"]

#: Faults of a set that are told with its refusal.
_TOLD = 3


@dataclass(frozen=True, slots=True)
class _Word:
    """An acknowledgment as its row has it."""

    level: str
    state: str
    says: str
    said_on: dt.date | None = None


class Acknowledging:
    """The acknowledgments of one file on their way into the ledger."""

    def __init__(self, file: int, taken: Taken) -> None:
        self._file, self._taken = file, taken
        self._frames = Frames()

    def post(self, writer: Writer, items: list[Acknowledgment | Quarantined]) -> None:
        """Post a batch."""
        from .intake import put_aside

        words: dict[str, tuple[Acknowledgment, str]] = {}
        for item in items:
            if isinstance(item, Quarantined):
                put_aside(writer, item, self._file, self._taken)
                continue
            self._taken.items += 1
            noun = to_text(item)
            words.setdefault(content_key(noun), (item, noun))
            self._taken.known += 1
        table = schema.acknowledgments
        known = keys_known(writer, table, words)
        new = [(key, *word) for key, word in words.items() if key not in known]
        self._taken.new += len(new)
        self._taken.known -= len(new)
        self._frames.expect(writer, [item for _, item, _ in new])
        posted = [self._post(writer, item, key, noun) for key, item, noun in new]
        writer.add(table, [row for row, _ in posted])
        writer.note(*[entry for _, entry in posted])

    def _post(
        self, writer: Writer, item: Acknowledgment, key: str, noun: str
    ) -> tuple[dict[str, Any], Entry]:
        """Do what it says; its row, and its entry in the journal."""
        word = _word(item)
        found = about(writer, item, self._frames)
        look = found.why if word.state in (ClaimState.REFUSED, ClaimState.NOT_FOUND) else ""
        if found.file is not None:
            self._taken.matched += 1
            look = self._apply(writer, item, found, found.file)
        if word.state:
            self._taken.states[word.state] = self._taken.states.get(word.state, 0) + 1
        row = {
            "id": writer.new_id(schema.acknowledgments),
            "key": key,
            "file_id": self._file,
            "segment": item.segment,
            "kind": item.kind,
            "level": word.level,
            "submission_id": found.file,
            "claim_id": found.claim,
            "taken_on": writer.as_of,
            "said_on": word.said_on,
            "state": word.state,
            "says": word.says,
            "look": look,
            "noun": noun,
        }
        entry = Entry(
            event="acknowledged" if found.file is not None else "acknowledgment-unmatched",
            why=": ".join(part for part in (f"{item.kind} {word.says}", found.why or look) if part),
            claim=found.claim,
            submission=found.file,
            file=self._file,
            segment=item.segment,
        )
        return row, entry

    def _apply(self, writer: Writer, item: Acknowledgment, found: About, file: str) -> str:
        """Do what it says; why a person must look at it, '' where nobody must."""
        arrived(writer, file, f"its receiver acknowledges it ({item.kind})")
        if isinstance(item, StatusReport):
            if item.level is not Level.CLAIM:
                return self._of_a_batch(writer, item, file)
            return self._of_a_claim(writer, item, file, found.claim)
        group = found.group
        assert group is not None  # noqa: S101 - a file is found by a group of it
        if isinstance(item, InterchangeAcknowledgment):
            return self._interchange(writer, item, file, group)
        return self._group(writer, item, file, group)

    def _interchange(self, writer: Writer, item: InterchangeAcknowledgment, file: str, group: Group) -> str:
        if not item.refused:
            return ""  # what a 999 says of it, or said, counts
        same = [one for one in self._frames.of(writer, file) if one.interchange == group.interchange]
        numbers = [claim for one in same for claim in one.claims]
        _checked(writer, file, "refused")
        return self._refuse(writer, file, numbers, item, _word(item).says)

    def _group(self, writer: Writer, item: GroupAcknowledgment, file: str, group: Group) -> str:
        said = {one.control_number.lstrip("0"): one for one in item.sets}
        states, look = {"errors" if item.code == "E" else "accepted"}, ""
        for each in group.sets:
            one = said.get(each.number.lstrip("0"))
            if item.refused or (one is not None and one.refused):
                states.add("refused")
                codes = " ".join([item.code, *item.errors] if one is None else [one.code, *one.errors])
                look = self._set(writer, item, file, each, codes, one.faults if one else ()) or look
            elif one is not None and one.code == "E":
                states.add("errors")
            elif one is None and (item.code == "P" or not item.complete):
                states.add("")
        state = next(one for one in ("refused", "", "errors", "accepted") if one in states)
        if state != "refused" and _was_refused(writer, file):
            return "the file was refused before and its claims are made anew: ask which is right"
        _checked(writer, file, state)
        return look

    def _set(
        self,
        writer: Writer,
        item: GroupAcknowledgment,
        file: str,
        each: Set,
        codes: str,
        faults: tuple[SyntaxFault, ...],
    ) -> str:
        """Refuse the claims of a set. Where every fault is in a claim, the others are not at fault."""
        bad = {each.at(fault.position) for fault in faults} or {""}
        if "" in bad:
            return self._refuse(writer, file, each.claims, item, _told(codes, faults))
        look = ""
        for number in sorted(bad):
            theirs = tuple([fault for fault in faults if each.at(fault.position) == number])
            same = [one for one in each.claims if one == number]
            look = self._refuse(writer, file, same, item, _told(codes, theirs)) or look
        rest = [one for one in each.claims if one not in bad]
        if rest:
            says = f"{codes}: the fault is in another claim of its set"
            look = self._refuse(writer, file, rest, item, says, innocent=True) or look
        return look

    def _refuse(
        self,
        writer: Writer,
        file: str,
        numbers: list[str],
        item: Acknowledgment,
        says: str,
        *,
        innocent: bool = False,
    ) -> str:
        """Refuse the claims of a file that have these patient control numbers."""
        if not numbers:
            return "a file without claims was refused: what it is for must be sent again"
        inside = Counter(claim for group in self._frames.of(writer, file) for claim in group.claims)
        refused = Counter(numbers)
        alone = [one for one, count in refused.items() if inside[one] == count]
        if not alone:
            return "the refused claims have the numbers of others in the file: find out which they are"
        table, claims = schema.submission_claims, schema.claims
        rows = select(table.c.claim_id).join(claims, claims.c.id == table.c.claim_id)
        rows = rows.where(table.c.submission_id == file, table.c.content != "")
        rows = rows.where(claims.c.patient_control_number.in_(alone)).order_by(table.c.claim_id)
        look = refuse(
            writer, file, list(writer.connection.scalars(rows)), self._refusal(item, says, innocent)
        )
        several = "a refused claim has the number of another in the file: find out which it is"
        return look or (several if len(alone) < len(refused) else "")

    def _refusal(self, item: Acknowledgment, says: str, innocent: bool = False) -> Refusal:
        day = item.date if isinstance(item, StatusReport) else None
        return Refusal(
            kind=item.kind, says=says, day=day, file=self._file, segment=item.segment, innocent=innocent
        )

    def _of_a_batch(self, writer: Writer, item: StatusReport, file: str) -> str:
        """What is said of all claims at once counts where it is a refusal."""
        if item.state is not ClaimState.REFUSED:
            return ""
        if item.level is Level.PROVIDER:
            return "the claims of one provider are refused together: find out which they are"
        numbers = [claim for group in self._frames.of(writer, file) for claim in group.claims]
        return self._refuse(writer, file, numbers, item, item.says)

    def _of_a_claim(self, writer: Writer, item: StatusReport, file: str, claim: int | None) -> str:
        assert claim is not None  # noqa: S101 - a claim's report is found by the claim
        if item.kind == "277":
            _answered(writer, file, claim)
        state = item.state
        if state is None:
            return ""
        if state is ClaimState.REFUSED:
            return refuse(writer, file, [claim], self._refusal(item, item.says))
        return advance(writer, file, claim, item, state)


def _told(codes: str, faults: tuple[SyntaxFault, ...]) -> str:
    """The codes of a set and its first faults; of a segment whose elements are told of, those alone."""
    inside = {fault.position for fault in faults if fault.element}
    told = [one.says for one in faults if one.element or one.position not in inside]
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"{codes}: {', '.join(told[:_TOLD])}{more}" if told else codes


def _word(item: Acknowledgment) -> _Word:
    if isinstance(item, InterchangeAcknowledgment):
        return _Word(
            "interchange", "refused" if item.refused else "taken", f"{item.code} {item.note}".strip()
        )
    if isinstance(item, GroupAcknowledgment):
        refused = item.refused or any(one.refused for one in item.sets)
        sets = [f"set {one.control_number} {one.code}" for one in item.sets]
        return _Word("group", "refused" if refused else "taken", " ".join([item.code, *item.errors, *sets]))
    counts = item.level is Level.CLAIM or item.state is ClaimState.REFUSED
    return _Word(item.level, str(item.state or "") if counts else "", item.says, item.date)


def _was_refused(writer: Writer, file: str) -> bool:
    table = schema.submissions
    return writer.connection.scalar(select(table.c.syntax).where(table.c.id == file)) == "refused"


def _checked(writer: Writer, file: str, state: str) -> None:
    """What the syntax check came to; '' while it says nothing of a part, and a refusal stays."""
    table = schema.submissions
    one = (table.c.id == file) & (table.c.syntax != "refused")
    if state:
        writer.connection.execute(update(table).where(one).values(syntax=state, syntax_on=writer.as_of))


def _answered(writer: Writer, file: str, claim: int) -> None:
    """What was asked about the claim has its answer."""
    table = schema.inquiries
    writer.connection.execute(
        update(table)
        .where(table.c.claim_id == claim, table.c.about_id == file, table.c.answered_on.is_(None))
        .values(answered_on=writer.as_of)
    )


def dismiss(writer: Writer, number: int, why: str) -> None:
    """Somebody has looked at an acknowledgment, and it leaves the worklist. Raises UnusableInput."""
    table = schema.acknowledgments
    row = writer.connection.execute(select(table).where(table.c.id == number)).first()
    if row is None or not row.look:
        raise UnusableInput(f"acknowledgment {number}", "", "it is none that waits on the worklist")
    writer.connection.execute(update(table).where(table.c.id == number).values(look=""))
    writer.note(
        Entry(
            event="acknowledgment-dismissed", why=why, claim=row.claim_id, submission=row.submission_id,
            file=row.file_id, segment=row.segment,
        )
    )  # fmt: skip

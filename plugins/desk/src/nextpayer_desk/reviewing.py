"""Claims that a person looks at before they go out: what the ledger knows of them, and what people say.

A claim that is held is made: its files wait in the ledger as they are, with their control numbers, and are
sent by nobody. Approving it lets these very files go; returning it leaves it to be mended, with what was
said. Whatever is said is bound to the content that was seen, by the rules of ``nextpayer.review``, so that a
claim made anew is held again only when it has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from nextpayer.cli._gate import Gate, approved
from nextpayer.cli._rows import finding_row, loss_row
from nextpayer.decide import Action, Decision
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars
from nextpayer.pitfalls import Loss
from nextpayer.reasons import REASONS
from nextpayer.review import Opinion, Review, Said
from nextpayer.wire.review import State

from . import schema
from .accounts import Held
from .ledger import Entry, Writer
from .schema import Record

__all__ = [
    "AHEAD",
    "HELD",
    "NOBODYS",
    "PILOT",
    "RETURNED",
    "REVIEW",
    "TEST",
    "TESTS",
    "Waiting",
    "approve",
    "approved_row",
    "gate_of",
    "give_back",
    "keep_first",
    "piloted",
    "waiting",
]

#: States of a file that a person must release: nobody has spoken of it, or it was returned.
HELD, RETURNED = "held", "returned"
NOBODYS = (HELD, RETURNED)
#: What a file is for, other than to bill.
REVIEW, AHEAD, PILOT, TEST = "review", "ahead", "pilot", "test"
TESTS = (PILOT, TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One claim that waits for a person. ``files`` are its files' names in the ledger with their bytes, the
    claim's own last; ``said`` is what was said of it."""

    claim: int
    claim_id: str
    payer_id: str
    purpose: str
    state: str
    charge: int
    reason: str
    message: str
    submissions: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]
    said: str = ""


def gate_of(connection: Connection, held: Sequence[Held], review: Review | None) -> Gate | None:
    """The gate of a run over these claims, None where there is nothing to ask. What was said of a claim
    counts with or without rules."""
    opinions = _opinions(connection, held)
    if review is None and not opinions:
        return None
    review = review or Review()
    state = State()
    if review.needs_state:
        marks = _marks(connection)
        billed = _billed(connection)
        state = State(billed_before=tuple(one for one in billed if one not in marks), first=marks)
    tested = _tested(connection) if review.pilot is not None else {}
    return Gate(review, opinions, state, None, tested)


def keep_first(writer: Writer, gate: Gate) -> None:
    """Keep which claims were first."""
    known = _marks(writer.connection)
    rows = [
        {"payer_id": payer, "number": number, "mark": mark}
        for payer, marks in gate.first.items()
        for number, mark in enumerate(marks)
        if number >= len(known.get(payer, ()))
    ]
    writer.add(schema.first_claims, rows)


def piloted(connection: Connection, held: Sequence[Held]) -> dict[tuple[int, str], str]:
    """The names of the files in which claims went out as a pilot, by claim and payer."""
    inside, files = schema.submission_claims, schema.submissions
    rows = connection.execute(
        select(inside.c.claim_id, inside.c.payer_id, files.c.name)
        .join(files, files.c.id == inside.c.submission_id)
        .where(
            inside.c.claim_id.in_([one.id for one in held]),
            inside.c.content != "",
            files.c.purpose == PILOT,
            files.c.state.not_in(("withdrawn", "rejected")),
        )
    )
    return {(row.claim_id, row.payer_id): row.name for row in rows}


def _opinions(connection: Connection, held: Sequence[Held]) -> tuple[Opinion, ...]:
    table = schema.opinions
    numbers = {one.id: one.claim.patient_control_number for one in held}
    rows = connection.execute(select(table).where(table.c.claim_id.in_(list(numbers))).order_by(table.c.id))
    return tuple(
        Opinion(
            claim_id=numbers[row.claim_id], payer_id=row.payer_id, content=row.content, said=Said(row.said),
            by=row.who, on=row.as_of.isoformat(), comment=row.comment,
        )
        for row in rows
    )  # fmt: skip


def _marks(connection: Connection) -> dict[str, tuple[str, ...]]:
    table = schema.first_claims
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(select(table).order_by(table.c.payer_id, table.c.number)):
        found[row.payer_id] = (*found.get(row.payer_id, ()), row.mark)
    return found


def _billed(connection: Connection) -> list[str]:
    """The payers that have had a claim of ours that was meant."""
    table = schema.submissions
    rows = select(table.c.payer_id).distinct().where(table.c.state == "accepted", table.c.claims > 0)
    return sorted(connection.scalars(rows.where(table.c.purpose.not_in(TESTS))))


def _tested(connection: Connection) -> dict[str, int]:
    """How many claims to each payer are in a pilot."""
    inside, files = schema.submission_claims, schema.submissions
    rows = (
        select(inside.c.payer_id, func.count(inside.c.claim_id.distinct()))
        .join(files, files.c.id == inside.c.submission_id)
        .where(
            files.c.purpose == PILOT,
            files.c.state.not_in(("withdrawn", "rejected")),
            inside.c.content != "",
        )
        .group_by(inside.c.payer_id)
    )
    return {row[0]: row[1] for row in connection.execute(rows)}


def approved_row(row: str, before: Decision, file: str, losses: Iterable[Loss]) -> str:
    """A held decision's row as it is once the claim is approved: ``before`` is the decision that was held,
    ``losses`` the money that did not come by it."""
    told: dict[str, Any] = json.loads(row)
    reason = told["reason"]
    del told["review"]
    told.pop("losses", None)
    if rows := [loss_row(one) for one in losses]:
        told["losses"] = rows
    told |= {"action": str(before.action), "reason": before.reason, "output": file}
    told["amounts"] |= {
        "expected_next": dollars(before.expected_next),
        "expected_patient": dollars(before.expected_patient),
    }
    told["findings"] = [one for one in told["findings"] if one["id"] != reason]
    return json.dumps(told, ensure_ascii=False)


def waiting(connection: Connection, claims: Iterable[int] = ()) -> list[Waiting]:
    """The claims that wait for a person, or those of the given numbers."""
    inside, files, table, decisions = (
        schema.submission_claims, schema.submissions, schema.claims, schema.decisions,
    )  # fmt: skip
    query = (
        select(
            inside.c.claim_id, inside.c.payer_id, inside.c.content, files.c.id, files.c.name, files.c.data,
            files.c.purpose, files.c.state, table.c.patient_control_number, table.c.charge,
            decisions.c.reason, decisions.c.row,
        )
        .join(files, files.c.id == inside.c.submission_id)
        .join(table, table.c.id == inside.c.claim_id)
        .outerjoin(decisions, (decisions.c.claim_id == table.c.id) & decisions.c.current)
        .where(files.c.state.in_(NOBODYS))
        .order_by(inside.c.claim_id, inside.c.content != "", files.c.name)
    )  # fmt: skip
    if numbers := list(claims):
        query = query.where(inside.c.claim_id.in_(numbers))
    grouped: dict[int, list[Record]] = {}
    for row in connection.execute(query):
        grouped.setdefault(row.claim_id, []).append(row)
    said = _last_said(connection, list(grouped))
    return [_waiting(rows, said.get(claim, "")) for claim, rows in grouped.items()]


def _waiting(rows: list[Record], said: str) -> Waiting:
    own = rows[-1]
    reason, message = "NP-AHEAD", ""
    if own.purpose == REVIEW and own.row is not None:
        told = json.loads(own.row)
        reason = own.reason
        message = next((one["message"] for one in told["findings"] if one["id"] == reason), "")
    return Waiting(
        claim=own.claim_id,
        claim_id=own.patient_control_number,
        payer_id=own.payer_id,
        purpose=own.purpose,
        state=own.state,
        charge=own.charge,
        reason=reason,
        message=message,
        submissions=tuple(row.id for row in rows),
        files=tuple((row.name, bytes(row.data)) for row in rows),
        said=said,
    )


def _last_said(connection: Connection, claims: list[int]) -> dict[int, str]:
    table = schema.opinions
    rows = connection.execute(select(table).where(table.c.claim_id.in_(claims)).order_by(table.c.id))
    return {row.claim_id: _words(row.said, row.who, str(row.as_of), row.comment) for row in rows}


def _words(said: str, who: str, on: str, comment: str) -> str:
    return f"{said} by {who} on {on}{f': {comment}' if comment else ''}"


def approve(writer: Writer, claims: Sequence[int], comment: str) -> list[Waiting]:
    """Let the claims go: their files, as they are, are ready to be sent. All are looked at first, and one
    that cannot go stops them all. Raises UnusableInput."""
    found = _spoken_of(writer, claims)
    for one in found:
        _say(writer, one, Said.APPROVED, comment)
        _move(writer, one, "ready")
        if one.purpose == REVIEW:
            _decide(writer, one, comment, Said.APPROVED)
    return found


def give_back(writer: Writer, claims: Sequence[int], comment: str) -> list[Waiting]:
    """Return the claims: they stay where they are, with the comment. Raises UnusableInput."""
    found = _spoken_of(writer, claims)
    for one in found:
        _say(writer, one, Said.RETURNED, comment)
        _move(writer, one, RETURNED)
        if one.purpose == REVIEW:
            _decide(writer, one, comment, Said.RETURNED)
    return found


def _spoken_of(writer: Writer, claims: Sequence[int]) -> list[Waiting]:
    known = {one.claim: one for one in waiting(writer.connection, claims)}
    table = schema.claims
    due = set(writer.connection.scalars(select(table.c.id).where(table.c.id.in_(list(claims)), table.c.due)))
    for claim in claims:
        if claim not in known:
            raise UnusableInput(f"claim {claim}", "", "nothing of it waits for a person's word")
        if claim in due:
            raise UnusableInput(f"claim {claim}", "", "something came in about it: nextpayer work goes first")
    return [known[claim] for claim in dict.fromkeys(claims)]


def _say(writer: Writer, one: Waiting, said: Said, comment: str) -> None:
    table = schema.opinions
    row = {
        "id": writer.new_id(table), "claim_id": one.claim, "payer_id": one.payer_id, **writer.signed(),
        "content": _content(writer, one), "said": str(said), "comment": comment,
    }  # fmt: skip
    writer.add(table, [row])
    event = f"claim-{said}"
    writer.note(Entry(event=event, why=one.reason, claim=one.claim, submission=one.submissions[-1]))


def _content(writer: Writer, one: Waiting) -> str:
    """The digest of what was seen."""
    if one.purpose == REVIEW:
        return str(json.loads(_current(writer, one.claim).row)["review"]["content"])
    inside = schema.submission_claims
    own = (inside.c.submission_id == one.submissions[-1]) & (inside.c.claim_id == one.claim)
    return str(writer.connection.scalar(select(inside.c.content).where(own)))


def _move(writer: Writer, one: Waiting, state: str) -> None:
    table = schema.submissions
    theirs = table.c.id.in_(one.submissions)
    writer.connection.execute(update(table).where(theirs).values(state=state))


def _current(writer: Writer, claim: int) -> Record:
    table = schema.decisions
    return writer.connection.execute(select(table).where(table.c.claim_id == claim, table.c.current)).one()


def _decide(writer: Writer, one: Waiting, comment: str, said: Said) -> None:
    """The decision that holds from now on, in place of the one that held the claim."""
    table, before = schema.decisions, _current(writer, one.claim)
    words = _words(str(said), writer.signed()["who"], str(writer.as_of), comment)
    if said is Said.APPROVED:
        told = json.loads(before.approved)
        finding = approved(words)
        reason, action, submission = told["reason"], told["action"], one.submissions[-1]
    else:
        known = REASONS["NP-REVIEW-RETURNED"]
        told = json.loads(before.row)
        told["findings"] = [each for each in told["findings"] if each["id"] != before.reason]
        finding = Finding(
            id=known.id, severity=Severity.REJECT, where="next claim", message=words, source=known.source
        )
        reason, action, submission = known.id, str(Action.HOLD), None
    told |= {"reason": reason, "action": action, "findings": [*told["findings"], finding_row(finding)]}
    writer.connection.execute(update(table).where(table.c.id == before.id).values(current=False))
    row = {
        "id": writer.new_id(table),
        "claim_id": one.claim,
        "as_of": writer.as_of,
        "current": True,
        "action": action,
        "reason": reason,
        "next_payer_id": before.next_payer_id,
        "deadline": before.deadline,
        "submission_id": submission,
        "row": json.dumps(told, ensure_ascii=False),
        "approved": "" if said is Said.APPROVED else before.approved,
    }
    writer.add(table, [row])
    writer.note(
        Entry(event="decided", why=reason, claim=one.claim, submission=submission, data={"action": action})
    )

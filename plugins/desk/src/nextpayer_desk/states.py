"""How a claim that was sent stands with its payer: it goes on, it is refused, it is sent again.

Of two words the newer counts; on one day the one that is further. A word from before adjudication says
nothing new of a claim that is in adjudication. A refusal is the last word about a claim in a file: what comes
after it is another claim in another file.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from nextpayer.acknowledgment import ClaimState, StatusReport
from nextpayer.errors import UnusableInput
from nextpayer.reasons import REASONS

from . import schema
from .ledger import Entry, Writer
from .schema import Record

__all__ = ["REFUSED", "TAKEN", "Refusal", "advance", "refuse", "resend"]

#: The reasons of decisions about what was refused.
REFUSED = ("NP-SYNTAX-REFUSED", "NP-CLAIM-REFUSED", "NP-REFUSED-UNMENDED")
_BEFORE = (ClaimState.FORWARDED, ClaimState.RECEIVED)
#: What a claim has reached when its payer adjudicates it.
TAKEN = (
    ClaimState.ACCEPTED,
    ClaimState.SPLIT,
    ClaimState.PENDING,
    ClaimState.INFO_REQUESTED,
    ClaimState.FINALIZED,
)
#: What no acknowledgment from before adjudication can undo.
_BEYOND = (ClaimState.PENDING, ClaimState.INFO_REQUESTED, ClaimState.FINALIZED)
_ORDER = (ClaimState.NOT_FOUND, *_BEFORE, *TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Who refuses (``kind`` of the message), in which codes, on which day, and where it stands. ``innocent``
    says that the fault is in another claim, so that this one may go again as it is."""

    kind: str
    says: str
    day: dt.date | None
    file: int
    segment: int
    innocent: bool = False

    @property
    def reason(self) -> str:
        """The reason of the decision that it leads to."""
        return "NP-CLAIM-REFUSED" if self.kind.startswith("277") else "NP-SYNTAX-REFUSED"


def advance(writer: Writer, submission: str, claim: int, item: StatusReport, state: ClaimState) -> str:
    """A claim goes on; why a person must look at it, '' where nobody must."""
    row = _row(writer, submission, claim)
    day = item.date or writer.as_of
    if row.state == ClaimState.REFUSED:
        news = state in TAKEN or day > row.state_on
        return "the claim was refused before and is made anew: ask which is right" if news else ""
    older = _is_older(row, state, day)
    values: dict[str, Any] = {}
    if item.control_number and (not row.control_number or not older):
        values["control_number"] = item.control_number
    if state in TAKEN and (row.accepted_on is None or day < row.accepted_on):
        values["accepted_on"] = day
    if not older:
        values |= {"state": str(state), "state_on": day, "says": item.says, "said_by": item.kind}
        event = f"claim-{state.replace('_', '-')}"
        writer.note(Entry(event=event, why=item.says, claim=claim, submission=submission))
    _set(writer, submission, claim, values)
    return ""


def refuse(writer: Writer, submission: str, ids: list[int], refusal: Refusal) -> str:
    """No claim exists at the payer. Why a person must look at it, '' where the worklist has the claims."""
    look = ""
    for claim in ids:
        row, day = _row(writer, submission, claim), refusal.day
        if row.state == ClaimState.REFUSED:
            continue
        if _contradicts(row, refusal):
            look = f"its payer has said that the claim is {row.state}: ask which is right"
            continue
        values: dict[str, Any] = {"state": "refused", "state_on": day or writer.as_of, "says": refusal.says}
        values |= {"said_by": refusal.kind, "released": refusal.innocent}
        _set(writer, submission, claim, values)
        writer.note(
            Entry(
                event="claim-refused", why=f"{refusal.kind} {refusal.says}", claim=claim,
                submission=submission, file=refusal.file, segment=refusal.segment,
            )
        )  # fmt: skip
        _rework(writer, submission, claim, refusal)
    return look


def _contradicts(row: Record, refusal: Refusal) -> bool:
    """Whether a refusal is not believed without asking: of a syntax check, when the payer has spoken of the
    claim; of a payer, when it has adjudicated it or has taken it since."""
    if not row.state or row.state == ClaimState.NOT_FOUND:
        return False
    if refusal.reason == "NP-SYNTAX-REFUSED" or row.state in _BEYOND:
        return True
    return row.state in TAKEN and refusal.day is not None and bool(refusal.day < row.state_on)


def resend(writer: Writer, claim: int, why: str) -> None:
    """A person says that the payer does not have a claim and that it is to be made again, as it is if nothing
    has changed. Raises UnusableInput."""
    table, decisions, claims = schema.submission_claims, schema.decisions, schema.claims
    last = writer.connection.execute(
        select(
            decisions.c.reason, table.c.submission_id, table.c.state, schema.submissions.c.state.label("file")
        )
        .outerjoin(
            table,
            (table.c.submission_id == decisions.c.submission_id) & (table.c.claim_id == decisions.c.claim_id),
        )
        .outerjoin(schema.submissions, schema.submissions.c.id == decisions.c.submission_id)
        .where(decisions.c.claim_id == claim, decisions.c.current)
    ).first()
    if last is None or (last.reason not in REFUSED and last.file != "accepted"):
        raise UnusableInput(f"claim {claim}", "", "it is not one that was sent and waits for its payer")
    if last.state in TAKEN:
        says = f"its payer has it ({last.state}): correct it with a replacement, not with a new claim"
        raise UnusableInput(f"claim {claim}", "", says)
    if last.reason not in REFUSED:
        values = {"state": "refused", "state_on": writer.as_of, "says": "", "said_by": "person"}
        _set(writer, last.submission_id, claim, values)
    writer.connection.execute(
        update(table)
        .where(table.c.claim_id == claim, table.c.state == ClaimState.REFUSED)
        .values(released=True)
    )
    writer.connection.execute(update(claims).where(claims.c.id == claim).values(due=True))
    writer.note(Entry(event="resend", why=why, claim=claim, submission=last.submission_id))


def _row(writer: Writer, submission: str, claim: int) -> Record:
    table = schema.submission_claims
    found = select(table).where(table.c.submission_id == submission, table.c.claim_id == claim)
    return writer.connection.execute(found).one()


def _set(writer: Writer, submission: str, claim: int, values: dict[str, Any]) -> None:
    table = schema.submission_claims
    if values:
        one = (table.c.submission_id == submission) & (table.c.claim_id == claim)
        writer.connection.execute(update(table).where(one).values(**values))


def _is_older(row: Record, state: ClaimState, day: dt.date) -> bool:
    if not row.state:
        return False
    now = ClaimState(row.state)
    if now in TAKEN and state in _BEFORE:
        return True
    if row.state_on != day:
        return bool(row.state_on > day)
    return _ORDER.index(state) < _ORDER.index(now)


def _rework(writer: Writer, submission: str, claim: int, refusal: Refusal) -> None:
    """The claim is to be made anew, where its last decision is to bill it by this very file."""
    table, claims = schema.decisions, schema.claims
    current = select(table).where(table.c.claim_id == claim, table.c.current)
    before = writer.connection.execute(current).first()
    if before is None or before.submission_id != submission:
        return
    reason = REASONS[refusal.reason]
    row = json.loads(before.row)
    finding = {
        "id": reason.id, "severity": "reject", "where": refusal.kind,
        "message": f"{reason.says} ({refusal.says})", "source": reason.source,
    }  # fmt: skip
    row |= {"action": str(reason.action), "reason": reason.id, "output": None}
    row["findings"] = [*row["findings"], finding]
    writer.connection.execute(update(table).where(table.c.id == before.id).values(current=False))
    decision = {
        "id": writer.new_id(table),
        "claim_id": claim,
        "as_of": writer.as_of,
        "current": True,
        "action": str(reason.action),
        "reason": reason.id,
        "next_payer_id": before.next_payer_id,
        "deadline": before.deadline,
        "submission_id": None,
        "row": json.dumps(row, ensure_ascii=False),
    }
    writer.add(table, [decision])
    writer.note(Entry(event="decided", why=reason.id, claim=claim, data={"action": str(reason.action)}))
    if refusal.reason == "NP-SYNTAX-REFUSED":
        writer.connection.execute(update(claims).where(claims.c.id == claim).values(due=True))

"""Where every claim stands: closed, waiting for somebody with a date, or somebody's next thing to do.

There is no fourth way. Each claim is read once and comes out as exactly one of them, so none can fall between
the payers; what waits becomes a thing to do on the day that its date comes. Nothing of it is stored.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from nextpayer.acknowledgment import ClaimState
from nextpayer.money import cents
from nextpayer.reasons import REASONS, Action

from . import schema
from .office_rules import OfficeRules
from .reviewing import AHEAD, HELD, TEST
from .schema import Record
from .states import REFUSED

__all__ = ["Standing", "State", "standings"]

#: What a person does about a decision.
_NEXT = {
    Action.HOLD: "find out what is missing, then: nextpayer work --again",
    Action.DISPUTE: "ask the payer to correct its payment: nextpayer followup {claim} --out DIR",
    Action.REWORK: "correct the claim and send it again: nextpayer followup {claim} --out DIR",
    Action.APPEAL: "appeal to the payer: nextpayer followup {claim} --out DIR",
    Action.REFUND: "give back what was paid too much",
}
#: Reasons with a next step, or days, of their own. A pended claim is asked after every 7 to 14 days
#: (practice); a reversal is followed by its correction, which comes in another remittance.
_OWN_NEXT = {
    "NP-WAIT": ("ask the payer how far it is", 14),
    "NP-REVERSED": ("ask the payer for its correction", 14),
    "NP-FILING-LIMIT-PASSED": ("show the payer that it was in time, or write it off", None),
    "NP-ALREADY-BILLED": ("send the next payer a replacement: nextpayer followup {claim} --out DIR", None),
    "NP-BASIS-REVERSED": ("ask the earlier payer for its correction", 14),
    "NP-EARLIER-UNANSWERED": ("find the earlier payer's remittance and take it in, or ask that payer", 14),
    "NP-PRIOR-DIFFERS": ("ask the payer what it was given of the earlier payers", None),
    "NP-NO-ADAPTER": ("install the adapter, then: nextpayer work --again", None),
    "NP-SYNTAX-REFUSED": ("nextpayer work", 0),
    "NP-CLAIM-REFUSED": ("mend it, then: nextpayer work --again", None),
    "NP-REFUSED-UNMENDED": ("mend it, or send it as it is: nextpayer resend {claim}", None),
    "NP-REVIEW-RETURNED": ("mend what was said (nextpayer held), then: nextpayer work --again", None),
    "NP-PILOT-SENT": ("see how the test went, then without --pilot: nextpayer work --again", None),
    "NP-PILOT-WAITS": ("see how the test went, then without --pilot: nextpayer work --again", None),
}
#: Reasons of claims that are made and wait for a person to let them go.
_LOOK = frozenset(
    {
        "NP-REVIEW-AMOUNT", "NP-REVIEW-FIRST", "NP-REVIEW-PAYER", "NP-REVIEW-SAMPLE", "NP-REVIEW-CHANGED",
    }
)  # fmt: skip
_LOOK_AT = (
    "look at it (nextpayer held --out DIR), then: nextpayer approve {claim} or nextpayer return {claim}"
)
#: Decisions that a person follows up.
_FOLLOWED = frozenset(
    {Action.HOLD, Action.DISPUTE, Action.REWORK, Action.APPEAL, Action.REFUND, Action.WRITE_OFF}
)
#: What a decision to bill the patient says where a payer still refuses a part.
_OPEN = "NP-STILL-OPEN"
#: Words of payers about a claim that they have not answered, which a person acts upon.
_SPOKEN = {
    ClaimState.INFO_REQUESTED: ("asked", "NP-INFO-REQUESTED", "send what the payer asks for"),
    ClaimState.NOT_FOUND: ("not_found", "NP-NOT-FOUND", "trace it, then: nextpayer resend {claim}"),
}


class State(StrEnum):
    """Closed; waiting for a payer; in a file, or among what `work` is to decide, which are things to do of
    their own; or a thing to do itself."""

    CLOSED = "closed"
    WAITING = "waiting"
    WITH_FILE = "with_file"
    DUE = "due"
    TO_DO = "to_do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One claim. ``until`` is the day of the next step, None of a closed claim; ``stake`` the money that it
    is about, in cents. ``seen`` changes when something happened that makes what a person said of it stale."""

    claim: int
    key: str
    state: State
    kind: str = ""
    reason: str = ""
    says: str = ""
    action: str = ""
    payer: str = ""
    since: dt.date
    until: dt.date | None = None
    deadline: dt.date | None = None
    stake: int = 0
    submission: str | None = None
    decided: str = ""
    seen: str = ""


def standings(
    connection: Connection, today: dt.date, office: OfficeRules, claims: tuple[int, ...] = ()
) -> Iterator[Standing]:
    """Every claim of the ledger, or those of the given numbers, by number."""
    table, decisions, files = schema.claims, schema.decisions, schema.submissions
    inside = schema.submission_claims
    taken, refusals, asked = _taken(connection), _refusals(connection), _asked(connection)
    followed, early = _followed(connection), _made_ahead(connection)
    query = (
        select(
            table.c.id, table.c.key, table.c.payer_id, table.c.charge, table.c.paid, table.c.due,
            table.c.answers,
            decisions.c.as_of, decisions.c.action, decisions.c.reason, decisions.c.next_payer_id,
            decisions.c.deadline, decisions.c.row, decisions.c.submission_id,
            files.c.state, files.c.sent_on, files.c.kind, files.c.answer_days, files.c.purpose,
            inside.c.state.label("claim_state"), inside.c.state_on, inside.c.accepted_on, inside.c.says,
            inside.c.said_by,
        )
        .outerjoin(decisions, (decisions.c.claim_id == table.c.id) & decisions.c.current)
        .outerjoin(files, files.c.id == decisions.c.submission_id)
        .outerjoin(inside, (inside.c.submission_id == files.c.id) & (inside.c.claim_id == table.c.id))
        .order_by(table.c.id)
    )  # fmt: skip
    if claims:
        query = query.where(table.c.id.in_(claims))
    for row in connection.execute(query):
        said = refusals.get(row.id, "") if row.reason in REFUSED else asked.get(row.id, "")
        past = followed.get(row.id, {})
        if row.action == Action.BILL_PATIENT and row.answers and not row.due:
            yield _of_the_patient(row, past, today, office)
        elif past and not row.due and row.action in _FOLLOWED:
            yield _followed_up(row, list(past.values())[-1], today, office)
        else:
            yield _stands(row, taken.get(row.id, today), said, today, office, early.get(row.id))


def _refusals(connection: Connection) -> dict[int, str]:
    """The words of each claim's last refusal."""
    inside, files = schema.submission_claims, schema.submissions
    rows = (
        select(inside.c.claim_id, inside.c.said_by, inside.c.says)
        .join(files, files.c.id == inside.c.submission_id)
        .where(inside.c.state == ClaimState.REFUSED)
        .order_by(files.c.made, files.c.name)
    )
    return {row.claim_id: f"{row.said_by} {row.says}".strip() for row in connection.execute(rows)}


def _asked(connection: Connection) -> dict[int, str]:
    """When claims were asked about, where no answer came."""
    table = schema.inquiries
    rows = select(table.c.claim_id, table.c.asked_on).where(table.c.answered_on.is_(None))
    return {row.claim_id: f"asked {row.asked_on}" for row in connection.execute(rows.order_by(table.c.id))}


def _followed(connection: Connection) -> dict[int, dict[str, Record]]:
    """What was made of each claim's answers as they are, by kind, the last one last: no answer has come
    since, the decision is for the same reason, and no file of it is withdrawn or rejected."""
    table, claims, files = schema.followups, schema.claims, schema.submissions
    decisions = schema.decisions
    rows = (
        select(table, files.c.state, files.c.sent_on, files.c.kind.label("form"), files.c.answer_days)
        .join(claims, claims.c.id == table.c.claim_id)
        .outerjoin(files, files.c.id == table.c.submission_id)
        .join(decisions, (decisions.c.claim_id == claims.c.id) & decisions.c.current)
        .where(table.c.answers == claims.c.answers)
        .where(table.c.decided.in_((decisions.c.reason, "")))
        .where(files.c.state.is_(None) | files.c.state.not_in(("withdrawn", "rejected")))
        .order_by(table.c.id)
    )
    found: dict[int, dict[str, Record]] = {}
    for row in connection.execute(rows):
        kinds = found.setdefault(row.claim_id, {})
        kinds.pop(row.kind, None)
        kinds[row.kind] = row
    return found


def _of_the_patient(row: Record, past: dict[str, Record], today: dt.date, office: OfficeRules) -> Standing:
    """A claim that the patient is billed for: the statement first, then what a payer still refuses of it."""
    told: dict[str, Any] = json.loads(row.row)
    statement = past.get("statement")
    others = [one for kind, one in past.items() if kind != "statement"]
    common: dict[str, Any] = {
        "claim": row.id,
        "key": row.key,
        "seen": f"{row.reason or ''}|{row.answers}|{row.paid}" + (f"|{statement.id}" if statement else ""),
        "decided": row.action,
    }
    if statement is None:
        return Standing(
            state=State.TO_DO, kind="patient", since=row.as_of, until=_by(row, office.days["patient"]),
            reason=row.reason, says=_says(row), action="send the patient a statement",
            stake=_amount(told, "expected_patient"), **common,
        )  # fmt: skip
    open_ = [one for one in told["findings"] if one["id"] == _OPEN]
    if open_ and not others:
        return Standing(
            state=State.TO_DO, kind="decision", since=row.as_of, until=_by(row, office.days["decision"]),
            reason=_OPEN, says=open_[0]["message"], payer=_decider(told), stake=_stake(row, told),
            action=f"appeal, or leave it: nextpayer followup {row.id} --appeal --out DIR, or --accept WHY",
            **common,
        )  # fmt: skip
    fought = open_ and others[-1].kind != "accepted"
    return _followed_up(row, others[-1] if fought else statement, today, office)


def _followed_up(row: Record, past: Record, today: dt.date, office: OfficeRules) -> Standing:
    """A claim whose answer was followed up: left as it is, or waiting for what that brings."""
    told: dict[str, Any] = json.loads(row.row)
    common: dict[str, Any] = {
        "claim": row.id,
        "key": row.key,
        "seen": f"{row.reason or ''}|{row.answers}|{row.paid}|{past.id}",
        "decided": row.action or "",
    }
    if past.kind == "accepted":
        return Standing(state=State.CLOSED, since=past.made, reason=row.reason, **common)
    if past.kind == "statement":
        return _told(common, row, past, _amount(told, "expected_patient"), today, office)
    common["deadline"] = row.deadline
    if past.state in ("ready", "sending", "in_doubt"):
        return Standing(
            state=State.WITH_FILE, since=past.made, until=today, payer=past.payer_id,
            submission=past.submission_id, stake=_stake(row, told), **common,
        )  # fmt: skip
    until = past.look_again
    if past.sent_on is not None:
        until = office.answer_due(past.payer_id, past.sent_on, form=past.form, expected=past.answer_days)
    return _waits(
        common, past.payer_id, past.sent_on or past.made, until or past.made, today, _stake(row, told),
        "NP-NO-ANSWER", f"no answer to the {past.kind}",
    )  # fmt: skip


def _told(
    common: dict[str, Any], row: Record, past: Record, share: int, today: dt.date, office: OfficeRules
) -> Standing:
    """A claim whose patient has the statement. It is done here, unless the statement itself says that
    somebody must look, or the office wants to know whether the patient has paid."""
    days, due = office.patient, int(past.expected or 0)
    if past.look_again is not None:
        return Standing(
            state=State.TO_DO, kind="patient", since=past.made, reason=row.reason, stake=max(share, due),
            says=f"the statement of {past.made} holds an amount back, or the patient paid too much",
            action=f"look at it, then: nextpayer statement {row.id} --checked --out DIR, or close it",
            until=past.made + dt.timedelta(days=office.days["patient"]), **common,
        )  # fmt: skip
    if not due or days is None:
        return Standing(state=State.CLOSED, since=past.made, reason=row.reason, **common)
    until = past.made + dt.timedelta(days=days)
    return Standing(
        state=State.WAITING if today < until else State.TO_DO, kind="patient", since=past.made,
        reason="NP-PATIENT-TOLD", stake=due, until=until,
        says=f"the patient was told on {past.made}, and nobody has said that it was paid",
        action=f"has it been paid? Close it, or: nextpayer statement {row.id} --again --out DIR", **common,
    )  # fmt: skip


def _taken(connection: Connection) -> dict[int, dt.date]:
    """The day on which each claim came in."""
    journal = schema.journal
    rows = select(journal.c.claim_id, func.min(journal.c.as_of)).where(journal.c.event == "claim-taken")
    return {row.claim_id: row[1] for row in connection.execute(rows.group_by(journal.c.claim_id))}


def _early(common: dict[str, Any], early: Record, office: OfficeRules) -> Standing:
    """A claim that its next payer takes before the first has answered, made and not released."""
    since: dt.date = early.since
    return Standing(
        state=State.TO_DO,
        kind="ahead",
        reason="NP-AHEAD",
        says="its next payer takes it before the first one has answered",
        action=_LOOK_AT.format(claim=early.claim_id),
        payer=early.payer_id,
        since=since,
        until=since + dt.timedelta(days=office.days["ahead"]),
        stake=int(early.charge),
        **common,
    )


def _made_ahead(connection: Connection) -> dict[int, Record]:
    """The files of claims ahead of their turn that nobody has spoken of, by claim."""
    inside, files, journal, claims = (
        schema.submission_claims, schema.submissions, schema.journal, schema.claims,
    )  # fmt: skip
    rows = (
        select(
            inside.c.claim_id, inside.c.payer_id, claims.c.charge, func.min(journal.c.as_of).label("since")
        )
        .join(files, files.c.id == inside.c.submission_id)
        .join(claims, claims.c.id == inside.c.claim_id)
        .join(journal, journal.c.submission_id == files.c.id)
        .where(files.c.purpose == AHEAD, files.c.state == HELD)
        .group_by(inside.c.claim_id, inside.c.payer_id, claims.c.charge)
    )
    return {row.claim_id: row for row in connection.execute(rows)}


def _stands(
    row: Record, taken: dt.date, said: str, today: dt.date, office: OfficeRules, early: Record | None
) -> Standing:
    common: dict[str, Any] = {
        "claim": row.id,
        "key": row.key,
        "seen": f"{row.reason or ''}|{row.answers}|{row.paid}",
        "decided": row.action or "",
    }
    if row.due and row.reason not in REFUSED:
        return Standing(state=State.DUE, since=today, until=today, payer=row.payer_id, **common)
    if row.answers == 0 or row.reason == "NP-PREDETERMINATION":  # which is no answer to the claim
        if early is not None:
            return _early(common, early, office)
        until = office.answer_due(row.payer_id, taken)
        return _waits(
            common, row.payer_id, taken, until, today, row.charge,
            "NP-NO-ANSWER", "the first payer's answer has not come in",
        )  # fmt: skip
    if row.action is None:
        return _undecided(common, row, today)
    told: dict[str, Any] = json.loads(row.row)
    if row.action == Action.BILL_NEXT:
        return _billed(common, row, told, said, today, office)
    if row.action == Action.FORWARDED:
        day = told["payment"]["date"]
        since = dt.date.fromisoformat(day) if day else row.as_of
        until = office.crossover_due(row.next_payer_id, since)
        return _waits(
            common, row.next_payer_id, since, until, today, _amount(told, "patient_responsibility"),
            "NP-NO-CROSSOVER", "the payer that it was sent on to has not answered",
        )  # fmt: skip
    if row.action in (Action.CLOSED, Action.WRITE_OFF):
        return Standing(state=State.CLOSED, since=row.as_of, reason=row.reason, **common)
    action, days = _OWN_NEXT.get(row.reason, (_NEXT[Action(row.action)], None))
    kind = "refused" if row.reason in REFUSED else "decision"
    if row.reason in _LOOK:
        action, kind = _LOOK_AT, "review"
    return Standing(
        state=State.TO_DO,
        kind=kind,
        since=row.as_of,
        until=_by(row, office.days[kind] if days is None else days),
        deadline=row.deadline,
        reason=row.reason,
        says=said or _says(row),
        action="nextpayer work" if row.due else action.format(claim=row.id),
        payer=row.next_payer_id if kind in ("refused", "review") else _decider(told),
        stake=_stake(row, told),
        **common,
    )


def _billed(
    common: dict[str, Any],
    row: Record,
    told: dict[str, Any],
    asked: str,
    today: dt.date,
    office: OfficeRules,
) -> Standing:
    """A claim to the next payer: on its way, or there."""
    if row.state == "accepted":
        sent = row.accepted_on or row.sent_on or row.as_of
        common = {**common, "deadline": row.deadline, "submission": row.submission_id}
        if row.purpose == TEST:
            return Standing(
                state=State.TO_DO, kind="decision", since=sent, until=_by(row, office.days["decision"], sent),
                reason="NP-TEST-SENT", says="it went out as a test and is not billed",
                action="see how the test went, then without --test: nextpayer work --again",
                payer=row.next_payer_id, stake=_amount(told, "expected_next"), **common,
            )  # fmt: skip
        if row.claim_state in _SPOKEN:
            return _spoken(common, row, told, office)
        until = office.answer_due(row.next_payer_id, sent, form=row.kind, expected=row.answer_days)
        state = row.claim_state.replace("_", " ") if row.claim_state else ""
        ask = "look for the payer's answer" if asked else f"ask how it stands: nextpayer inquire {row.id}"
        says = f"no 835 came and its payer says {state or 'nothing'}; {asked or 'not asked yet'}: waiting"
        return _waits(
            common, row.next_payer_id, sent, until, today, _amount(told, "expected_next"),
            "NP-NO-ANSWER", says,
            action=ask,
        )  # fmt: skip
    if row.state in ("ready", "sending", "in_doubt", "rejected"):
        return Standing(
            state=State.WITH_FILE, since=row.as_of, until=today, deadline=row.deadline,
            payer=row.next_payer_id, submission=row.submission_id, stake=_amount(told, "expected_next"),
            **common,
        )  # fmt: skip
    return _undecided(common, row, today)


def _spoken(common: dict[str, Any], row: Record, told: dict[str, Any], office: OfficeRules) -> Standing:
    """A claim about which its payer said something that somebody must act upon."""
    kind, reason, action = _SPOKEN[ClaimState(row.claim_state)]
    since = row.state_on or row.sent_on or row.as_of
    return Standing(
        state=State.TO_DO,
        kind=kind,
        reason=reason,
        says=f"{row.said_by} {row.says}".strip(),
        action=action.format(claim=row.id),
        payer=row.next_payer_id,
        since=since,
        until=_by(row, office.days[kind], since),
        stake=_amount(told, "expected_next"),
        **common,
    )


def _waits(
    common: dict[str, Any],
    payer: str,
    since: dt.date,
    until: dt.date,
    today: dt.date,
    stake: int,
    reason: str,
    says: str,
    action: str = "ask the payer for the claim's status",
) -> Standing:
    """Waiting until its day; from that day on a thing to do."""
    return Standing(
        state=State.WAITING if today < until else State.TO_DO,
        kind="unanswered",
        reason=reason,
        says=f"{says} since {since}",
        action=action,
        payer=payer,
        since=since,
        until=until,
        stake=stake,
        **common,
    )


def _undecided(common: dict[str, Any], row: Record, today: dt.date) -> Standing:
    """Answered, and nobody knows what became of it: never let lie."""
    return Standing(
        state=State.TO_DO,
        kind="decision",
        reason="NP-UNDECIDED",
        says="the claim has an answer and no decision that holds",
        action=f"look at it: nextpayer show {row.id}",
        payer=row.payer_id,
        since=today,
        until=today,
        stake=row.charge,
        **common,
    )


def _by(row: Record, days: int, since: dt.date | None = None) -> dt.date:
    """When something is to be acted upon: in some days, and never after its last day."""
    day: dt.date = (since or row.as_of) + dt.timedelta(days=days)
    return day if row.deadline is None else min(day, row.deadline)


def _says(row: Record) -> str:
    known = REASONS.get(row.reason)
    return known.says if known is not None else f"see: nextpayer show {row.id}"


def _decider(told: dict[str, Any]) -> str:
    return str(told["payment"]["payer_id"])


def _amount(told: dict[str, Any], name: str) -> int:
    return int(cents(told["amounts"][name]).scaleb(2))


def _stake(row: Record, told: dict[str, Any]) -> int:
    """What acting on a decision may still move: what was denied or paid short, else the patient's share, else
    all that is not paid; of a refund, what is too much."""
    if row.action == Action.REFUND:
        return max(int(row.paid) - int(row.charge), 0)
    lost = sum(
        int(cents(one["amount"]).scaleb(2))
        for one in told.get("losses", ())
        if one["kind"] in ("denied", "underpaid")
    )
    share = _amount(told, "patient_responsibility")
    return max(lost, 0) or max(share, 0) or max(int(row.charge) - int(row.paid), 0)

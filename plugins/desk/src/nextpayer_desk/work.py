"""Deciding what is due: the steps of ``bill`` over the ledger's accounts, a batch in one transaction.

A claim is due when something about it came in. Decisions, the files to send and their control numbers are
stored together or not at all, so a run may be killed and started again at any moment, and two may run at
once. A file that has not been sent is withdrawn when one of its claims is due again, and all its claims are
decided anew; a claim that another file has taken to its next payer is not written a second time. What a
person looks at first (``reviewing``) waits in a file of its own; claims without an answer that a payer takes
ahead of its turn wait in theirs, made again only when they have changed.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from nextpayer import registry
from nextpayer.acknowledgment import ClaimState
from nextpayer.cli._documents import Supplied
from nextpayer.cli._job import Job, without_collector
from nextpayer.cli._report import COUNTS
from nextpayer.decide import Action
from nextpayer.fees import FeeSchedule
from nextpayer.hooks import Hooks
from nextpayer.pitfalls import losses
from nextpayer.profile import Profiles
from nextpayer.review import Review
from nextpayer.wire.coverage import load_coverage

from . import schema
from .accounts import Accounts, coverage_documents
from .ledger import Entry, Ledger, Writer
from .ledger_run import LedgerRun
from .made import GONE, WAITING, MadeFile, decision_kept, next_control_number, store_file
from .numbering import APART
from .reviewing import (
    AHEAD,
    NOBODYS,
    TEST,
    approved_row,
    keep_first,
)
from .supplied import LedgerDocuments, take_documents
from .teaching import teach

__all__ = ["PERSONS", "Terms", "Worked", "work"]

#: Claims decided in one transaction.
BATCH = 2_000
#: What a decision says that needs a person.
PERSONS = frozenset({Action.HOLD, Action.DISPUTE, Action.REWORK, Action.APPEAL, Action.REFUND})


@dataclass(slots=True, kw_only=True)
class Worked:
    """What a run of ``work`` came to. ``decided`` counts by the contract's words for actions; ``files`` are
    ready to be sent, ``held`` wait for a person; ``ahead`` is what payers say of claims ahead of their turn;
    ``unused_documents`` are entries, counted from 1, whose claim the ledger does not have."""

    decided: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    learned: int = 0
    files: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    ahead: list[dict[str, Any]] = field(default_factory=list)
    unused_documents: list[int] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a run decides with, besides the ledger. ``again`` has every claim that waits for a person, or has
    gone out as a test alone, decided anew, because something else than its answers has changed.
    ``documents`` are taken into the ledger first; ``test`` marks every file as a test."""

    today: dt.date
    profiles: Profiles | None = None
    fees: FeeSchedule | None = None
    form: str | None = None
    again: bool = False
    review: Review | None = None
    test: bool = False
    documents: Supplied = field(default_factory=Supplied)


def work(ledger: Ledger, terms: Terms, progress: Callable[[int], None] = lambda count: None) -> Worked:
    """Decide all that is due."""
    hooks = registry.hooks()
    worked = Worked()
    if terms.documents:
        worked.unused_documents = take_documents(ledger, terms.documents, terms.today)
    if terms.again:
        with ledger.writing(terms.today) as writer:
            _again(writer)
    looked: set[int] = set()
    while True:
        with without_collector(), ledger.writing(terms.today) as writer:
            _withdraw(writer, worked)
            due = _due(writer)
            early = _unanswered(writer, looked) if len(due) < BATCH else []
            if not due and not early:
                return worked
            looked.update(early)
            _batch(writer, due, early, terms, hooks, worked)
        progress(worked.decided.total() + worked.unchanged)


def _again(writer: Writer) -> None:
    """Every claim whose decision needs a person is due, what was refused among them, and every one that has
    gone out as a test alone."""
    table, claims, files = schema.decisions, schema.claims, schema.submissions
    tests = select(files.c.id).where(files.c.purpose == TEST)
    persons = table.c.action.in_([str(one) for one in PERSONS])
    waiting = select(table.c.claim_id).where(table.c.current, persons | table.c.submission_id.in_(tests))
    writer.connection.execute(update(claims).where(claims.c.id.in_(waiting)).values(due=True))
    writer.note(Entry(event="work-again", why="what waits for a person is decided anew"))


def _due(writer: Writer) -> list[int]:
    table = schema.claims
    found = select(table.c.id).where(table.c.due, table.c.answers > 0).order_by(table.c.id).limit(BATCH)
    return list(writer.connection.scalars(found))


def _withdraw(writer: Writer, worked: Worked) -> None:
    """Take back the files that hold a claim which is due again; all their claims are due then. A claim that
    has lost its only answer is not decided on anything any more."""
    claims, inside, files = schema.claims, schema.submission_claims, schema.submissions
    stale = list(
        writer.connection.scalars(
            select(files.c.id)
            .distinct()
            .join(inside, inside.c.submission_id == files.c.id)
            .join(claims, claims.c.id == inside.c.claim_id)
            .where(files.c.state.in_((WAITING, *NOBODYS)), claims.c.due)
        )
    )
    for one in stale:
        theirs = select(inside.c.claim_id).where(inside.c.submission_id == one)
        writer.connection.execute(update(claims).where(claims.c.id.in_(theirs)).values(due=True))
        _take_away(writer, one, "one of its claims is due again")
    worked.withdrawn += stale
    orphans = list(writer.connection.scalars(select(claims.c.id).where(claims.c.due, claims.c.answers == 0)))
    if orphans:
        table = schema.decisions
        writer.connection.execute(update(table).where(table.c.claim_id.in_(orphans)).values(current=False))
        writer.connection.execute(update(claims).where(claims.c.id.in_(orphans)).values(due=False))


def _take_away(writer: Writer, submission: str, why: str) -> None:
    files = schema.submissions
    writer.connection.execute(update(files).where(files.c.id == submission).values(state="withdrawn"))
    writer.note(Entry(event="withdrawn", why=why, submission=submission))


def _unanswered(writer: Writer, looked: set[int]) -> list[int]:
    """Claims without an answer of patients about whom somebody has said that a payer pays ahead of its turn;
    not those that went to such a payer and were not refused, nor those that this run has looked at."""
    claims, table, known = schema.claims, schema.coverages, schema.coverage_members
    inside, files = schema.submission_claims, schema.submissions
    connection = writer.connection
    if connection.scalar(select(table.c.id).where(table.c.chases).limit(1)) is None:
        return []
    people = select(claims.c.id).join(
        table, (table.c.last == claims.c.last) & (table.c.first == claims.c.first) & table.c.chases
    )
    members = (
        select(claims.c.id)
        .join(known, known.c.member_id == claims.c.member_id)
        .join(table, (table.c.id == known.c.coverage_id) & table.c.chases)
    )
    gone = (
        select(inside.c.claim_id)
        .join(files, files.c.id == inside.c.submission_id)
        .where(
            files.c.purpose == AHEAD,
            files.c.state.not_in((*NOBODYS, *GONE)),
            inside.c.state != ClaimState.REFUSED,
        )
    )
    rows = connection.scalars(
        select(claims.c.id)
        .where(claims.c.answers == 0, claims.c.id.in_(people.union(members)), claims.c.id.not_in(gone))
        .order_by(claims.c.id)
    )
    return [one for one in rows if one not in looked]


def _batch(
    writer: Writer, due: list[int], early: list[int], terms: Terms, hooks: Hooks, worked: Worked
) -> None:
    accounts = Accounts(writer.connection, due)
    chased = Accounts(writer.connection, early).held if early else []
    first = next_control_number(writer)
    documents = coverage_documents(writer.connection, [*accounts.held, *chased])
    for apart in (APART, max(len(due), APART)):
        with tempfile.TemporaryDirectory(prefix="nextpayer-") as folder:
            job = Job(
                claims=Path("ledger"),
                remittances=(),
                out=Path(folder),
                today=terms.today,
                coverages=load_coverage(documents, file="the ledger") if documents else (),
                fees=terms.fees,
                profiles=terms.profiles,
                documents=LedgerDocuments(writer.connection, accounts.held),
                form=terms.form,
                control_number=first,
                review=terms.review,
                test=terms.test,
            )
            run = LedgerRun(job, hooks, accounts, chased, writer, apart)
            run.run()
            files = run.files()
            numbers = [number for one in files for number in one.numbers]
            if len(set(numbers)) == len(numbers):
                _store(writer, run, files, worked)
                worked.learned += teach(writer, documents, run.learned.by_coverage(), run.lessons)
                return
    raise AssertionError("one batch gave two interchanges one control number")


def _as_before(writer: Writer, same: dict[int, str]) -> None:
    """The decisions that made the files of these claims hold again, whatever was decided in between."""
    table = schema.decisions
    for claim, submission in same.items():
        own = table.c.claim_id == claim
        made = select(func.max(table.c.id)).where(own, table.c.submission_id == submission).scalar_subquery()
        held = writer.connection.scalar(select(table.c.id).where(own, table.c.current))
        if held == writer.connection.scalar(select(made)):
            continue
        writer.connection.execute(update(table).where(own).values(current=table.c.id == made))
        writer.note(
            Entry(event="decided-as-before", why="its next claim is made already", claim=claim,
                  submission=submission)
        )  # fmt: skip


def _store(writer: Writer, run: LedgerRun, files: list[MadeFile], worked: Worked) -> None:
    """The decisions, the files and their control numbers, in the batch's transaction."""
    ids = {one.output: f"NP{uuid.uuid4().hex}" for one in files}
    inside: dict[str, dict[int, tuple[int, str, str]]] = {}
    for one in run.made:
        for output, own in one.files.items():
            claim = one.outcome.claim
            assert claim is not None  # noqa: S101 - what a file holds was written
            content = run.contents[one.account.id] if own else ""
            inside.setdefault(output, {})[one.account.id] = (one.account.id, claim.policy.payer.id, content)
    for output, chased in run.chased.made.items():
        inside[output] = {chased[0]: chased}
    for file in files:
        stored = store_file(writer, file, ids[file.output], list(inside[file.output].values()))
        (worked.held if file.state in NOBODYS else worked.files).append(stored)
    for stale in run.chased.stale():
        _take_away(writer, stale, "its claim is not made so any more")
        worked.withdrawn.append(stale)
    worked.ahead += run.chased.rows(ids)
    if run.gate is not None:
        keep_first(writer, run.gate)
    decisions, entries = [], []
    table = schema.decisions
    every = [one.account.id for one in run.made]
    fresh = [at for at in every if at not in run.same]
    writer.connection.execute(update(table).where(table.c.claim_id.in_(fresh)).values(current=False))
    _as_before(writer, run.same)
    for one, row in zip(run.made, run.rows.rows, strict=True):
        account, decision = one.account, one.decision
        if account.id in run.same:
            worked.unchanged += 1
            continue
        worked.decided[COUNTS[decision.action]] += 1
        submission = ids[one.output] if one.output is not None else None
        approved = ""
        if one.before is not None:
            file_name = one.also["review"]["files"][-1]["file"]
            lost = losses(one.before, account.claim, one.outcome.variances, run.denials)
            approved = approved_row(row, one.before, file_name, lost)
        kept, entry = decision_kept(
            writer, account.id, run.job.today, decision, row=row, submission=submission, approved=approved
        )
        decisions.append(kept)
        entries.append(entry)
    writer.add(table, decisions)
    writer.note(*entries)
    claims = schema.claims
    writer.connection.execute(update(claims).where(claims.c.id.in_(every)).values(due=False))

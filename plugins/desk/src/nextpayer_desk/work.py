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
import json
import re
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from nextpayer import registry
from nextpayer.acknowledgment import ClaimState
from nextpayer.ahead import Ahead
from nextpayer.claim import Claim
from nextpayer.cli._documents import Supplied
from nextpayer.cli._gate import Gate
from nextpayer.cli._job import Answered, Job, Run, Written, without_collector
from nextpayer.cli._outbox import Outbox
from nextpayer.cli._proofs import Proofs
from nextpayer.cli._report import COUNTS, Report
from nextpayer.decide import Action, Decision
from nextpayer.fees import FeeSchedule
from nextpayer.hooks import Hooks
from nextpayer.pipeline import Outcome, held
from nextpayer.pitfalls import losses
from nextpayer.policy import Policy
from nextpayer.ports import AttachmentForm, Form, Quarantined
from nextpayer.profile import Profiles
from nextpayer.review import Review
from nextpayer.wire.coverage import load_coverage

from . import schema
from .accounts import Accounts, Held, coverage_documents, taken_back
from .chasing import Chased
from .ledger import Entry, Ledger, Writer
from .nouns import content_key, to_text
from .numbering import beginning
from .reviewing import (
    AHEAD,
    HELD,
    NOBODYS,
    PILOT,
    RETURNED,
    REVIEW,
    TEST,
    TESTS,
    approved_row,
    gate_of,
    keep_first,
    piloted,
)
from .supplied import LedgerDocuments, take_documents
from .teaching import Lesson, teach

__all__ = [
    "GONE",
    "WAITING",
    "LedgerProofs",
    "MadeFile",
    "Worked",
    "next_control_number",
    "store_file",
    "work",
]

#: Claims decided in one transaction.
BATCH = 2_000
#: Control numbers kept for each file of a batch (as ``bill`` keeps them).
_APART = 100
_INTERCHANGE_END = re.compile(rb"IEA[^A-Za-z0-9\s]\d{1,5}[^A-Za-z0-9\s](\d{9})")
#: States of a file that nobody has begun to send.
WAITING = "ready"
#: States of a file that nobody will get.
GONE = ("withdrawn", "rejected")
#: What the files of a run's folders are for.
_PURPOSES = {"outgoing": "", "review": REVIEW, "ahead": AHEAD, "pilot": PILOT}


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


def next_control_number(writer: Writer) -> int:
    """The first control number of the next file; those kept for the file before it are left alone."""
    last = writer.connection.scalar(select(func.max(schema.control_numbers.c.number))) or 0
    return beginning(writer, -(-last // _APART) * _APART + 1)


def _batch(
    writer: Writer, due: list[int], early: list[int], terms: Terms, hooks: Hooks, worked: Worked
) -> None:
    accounts = Accounts(writer.connection, due)
    chased = Accounts(writer.connection, early).held if early else []
    first = next_control_number(writer)
    documents = coverage_documents(writer.connection, [*accounts.held, *chased])
    for apart in (_APART, max(len(due), _APART)):
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
            run = _LedgerRun(job, hooks, accounts, chased, writer, apart)
            run.run()
            files = run.files()
            numbers = [number for one in files for number in one.numbers]
            if len(set(numbers)) == len(numbers):
                _store(writer, run, files, worked)
                worked.learned += teach(writer, documents, run.learned.by_coverage(), run.lessons)
                return
    raise AssertionError("one batch gave two interchanges one control number")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """A file to be sent, and the interchange control numbers in it; ``state`` is the one that it begins in,
    ``purpose`` what it is for (``schema.submissions``). ``transport`` is the one that its payer names, '' for
    any, and ``settings`` what the payer's pack tells it."""

    output: str
    kind: str
    data: bytes = field(repr=False)
    numbers: tuple[int, ...]
    transport: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    state: str = WAITING
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What came of one claim: ``also`` are its row's keys for files, ``before`` the decision on one that a
    person looks at first, as it is once approved."""

    account: Held
    outcome: Outcome
    decision: Decision
    output: str | None
    also: dict[str, Any]
    before: Decision | None

    @property
    def files(self) -> dict[str, bool]:
        """The files that hold something of the claim, and whether they hold the claim itself."""
        found = {row["file"]: False for row in self.also.get("documents", ()) if row["file"]}
        review = self.also.get("review")
        own = self.output or self.also.get("pilot") or (review["files"][-1]["file"] if review else None)
        return found | ({own: True} if own else {})


class _Rows(Report):
    """Keeps each decision's row, to be stored; writes the report as ``bill`` does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.rows: list[str] = []

    def decided(self, decision: Decision, row: str) -> None:
        """Keep the row too."""
        super().decided(decision, row)
        self.rows.append(row)


class _LedgerRun(Run):
    """A run over the accounts of a ledger."""

    complete = True

    def __init__(
        self,
        job: Job,
        hooks: Hooks,
        accounts: Accounts,
        chased: list[Held],
        writer: Writer,
        apart: int,
    ) -> None:
        self._writer, self._apart = writer, apart
        super().__init__(job, hooks, accounts, accounts)
        self.accounts = accounts
        self.lessons: list[Lesson] = []
        self.chased = Chased(writer.connection, chased)
        self._at = iter(accounts.held)
        self._billed = _sent(writer, accounts.held)
        self._piloted: dict[tuple[int, str], str] = {}
        if job.review is not None and job.review.pilot is not None:
            self._piloted = piloted(writer.connection, accounts.held)
        self._refused = _refused(writer, accounts.held)
        self._worked: dict[int, Held] = {}
        self.contents: dict[int, str] = {}
        self.made: list[_Made] = []
        self.same: dict[int, str] = {}
        self._also: list[tuple[dict[str, Any], Decision | None]] = []

    def _gate(self) -> Gate | None:
        return gate_of(self._writer.connection, self.accounts.held, self.job.review)

    def _taken_back(self) -> frozenset[str]:
        return taken_back(self._writer.connection)

    def _report(self, path: Path) -> Report:
        self.rows = _Rows(path)
        return self.rows

    def _outbox(self, folder: Path) -> Outbox:
        number, today = self.job.control_number, self.job.today
        self._kept = _Kept(folder, control_number=number, today=today, apart=self._apart)
        return self._kept

    def _proofs(self) -> Proofs:
        return LedgerProofs(self._writer.connection, self.accounts.held)

    def _with_payments(self, item: Claim | Quarantined) -> Answered | None:
        one = next(self._at)
        self.report.counts["claims_in"] += 1
        self.answered.append(1)
        note = one.notes[0] if one.notes else None
        answered = Answered(one.claim, one.payments, note=note, unreadable=one.unreadable)
        self._worked[id(answered)] = one
        return answered

    def _work(self, one: Answered) -> Outcome:
        outcome = super()._work(one)
        account = self._worked[id(one)]
        if outcome.claim is None or outcome.decision.next_policy is None:
            return outcome
        content = self.contents[account.id] = content_key(to_text(outcome.claim))
        payer = outcome.decision.next_policy.payer.id
        before = self._billed.get(account.id, {}).get(payer)
        if before is None and (name := self._in_pilot(account, payer)):
            stopped = held(outcome.decision, "NP-PILOT-SENT", f"it went out as a test in {name}")
            return replace(outcome, claim=None, decision=stopped)
        if before is None:
            if content not in self._refused.get(account.id, ()):
                return outcome
            says = "the same claim was refused before: mend it, or: nextpayer resend"
            return replace(outcome, claim=None, decision=held(outcome.decision, "NP-REFUSED-UNMENDED", says))
        if before.content == content:
            self.same[account.id] = before.submission
            return replace(outcome, claim=None)
        says = "the ledger has an earlier claim to this payer; it was made before something changed"
        return replace(outcome, claim=None, decision=held(outcome.decision, "NP-ALREADY-BILLED", says))

    def _in_pilot(self, account: Held, payer: str) -> str:
        """The file in which the claim went out as a test, while the pilot with this payer goes on."""
        pilot = self.job.review.pilot if self.job.review is not None else None
        if pilot is None or not pilot.speaks_of(payer):
            return ""
        return self._piloted.get((account.id, payer), "")

    def _decide(self, answered: list[Answered]) -> None:
        accounts = [self._worked[id(one)] for one in answered]
        self._writes, self._tells = iter(accounts), iter(accounts)
        super()._decide(answered)

    def _write(self, outcome: Outcome) -> Written:
        documents = self.job.documents
        if isinstance(documents, LedgerDocuments):
            documents.claim = next(self._writes).id
        written = super()._write(outcome)
        also = written[3]
        held_here = self.gate is not None and "review" in also
        self._also.append((also, self.gate.before if self.gate is not None and held_here else None))
        return written

    def _tell(self, outcome: Outcome, decision: Decision, payments: Any, output: str | None) -> None:
        super()._tell(outcome, decision, payments, output)
        account = next(self._tells)
        also, before = self._also[len(self.made)]
        self.lessons += [Lesson(fact, account.id) for fact in outcome.learned]
        self.made.append(
            _Made(
                account=account, outcome=outcome, decision=decision, output=output, also=also, before=before
            )
        )  # fmt: skip

    def _unanswered(self) -> Iterator[Claim]:
        return self.chased.claims()

    def _ahead_row(self, claim: Claim, one: Ahead) -> dict[str, Any]:
        if self.chased.is_made(one):
            return {}
        row = super()._ahead_row(claim, one)
        self.chased.told(one, row)
        return row

    def files(self) -> list[MadeFile]:
        """What was made, in its order, with the interchange control numbers that it uses."""
        returned = {
            file for one in self.made if one.decision.reason == "NP-REVIEW-RETURNED" for file in one.files
        }
        found = []
        for output in self._kept.written:
            folder = output.partition("/")[0]
            if folder not in _PURPOSES:
                continue
            data = (self.job.out / output).read_bytes()
            interchanges = data.startswith(b"ISA")
            numbers = tuple(map(int, _INTERCHANGE_END.findall(data))) if interchanges else ()
            kind = self._kept.forms.get(output, "275" if interchanges else "document")
            purpose = _PURPOSES[folder] or (TEST if self.job.test else "")
            state = HELD if purpose in (REVIEW, AHEAD) else WAITING
            policy = self._kept.policies.get(output)
            transport, settings = self.payers.transport_for(policy, kind) if policy is not None else ("", {})
            found.append(
                MadeFile(
                    output=output, kind=kind, data=data, numbers=numbers, purpose=purpose,
                    state=RETURNED if output in returned else state, transport=transport, settings=settings,
                )
            )  # fmt: skip
        return found


class _Kept(Outbox):
    """An outbox that remembers what it wrote, in which form and to whom."""

    def __init__(self, folder: Path, *, control_number: int, today: dt.date, apart: int) -> None:
        super().__init__(folder, control_number=control_number, today=today, apart=apart)
        self.forms: dict[str, str] = {}
        self.policies: dict[str, Policy] = {}
        self.written: list[str] = []

    def add(self, claim: Claim, form: Form, folder: str = "") -> str:
        """Remember the form too."""
        output = super().add(claim, form, folder)
        self.forms[output], self.policies[output] = form.name, claim.policy
        return output

    def attach(self, claim: Claim, rendered: bytes, form: AttachmentForm) -> str:
        """Remember to whom too."""
        output = super().attach(claim, rendered, form)
        self.policies[output] = claim.policy
        return output

    def alone(self, claim: Claim, form: Form, folder: str, mark: str) -> str:
        """Remember the form too."""
        output = super().alone(claim, form, folder, mark)
        self.forms[output], self.policies[output] = form.name, claim.policy
        return output

    def finish(self) -> list[str]:
        """Remember the files too."""
        self.written = super().finish()
        return self.written


class LedgerProofs(Proofs):
    """Proofs whose files are the ledger's: known by name and digest."""

    def __init__(self, connection: Connection, accounts: Iterable[Held]) -> None:
        super().__init__(())
        names = {payment.remittance.file for one in accounts for payment in one.payments}
        table = schema.files
        rows = connection.execute(select(table.c.name, table.c.sha256).where(table.c.name.in_(names)))
        self._known: dict[str, list[str]] = {}
        for name, digest in rows:
            self._known.setdefault(name, []).append(digest)

    def digest(self, name: str) -> str:
        """The SHA-256 of the file of that name. Raises ValueError where two have one name."""
        found = self._known.get(name, [])
        if len(found) != 1:
            raise ValueError("the EOB cannot name its source: two files of the ledger have one name")
        return found[0]


@dataclass(frozen=True, slots=True)
class _Billed:
    """A claim that is on its way or there already: its content, and the file it is in."""

    content: str
    submission: str


def _sent(writer: Writer, accounts: list[Held]) -> dict[int, dict[str, _Billed]]:
    """What is on its way or there already, by claim and payer."""
    inside, files = schema.submission_claims, schema.submissions
    rows = writer.connection.execute(
        select(inside.c.claim_id, inside.c.payer_id, inside.c.content, inside.c.submission_id)
        .join(files, files.c.id == inside.c.submission_id)
        .where(
            inside.c.claim_id.in_([one.id for one in accounts]),
            inside.c.content != "",
            files.c.state.not_in(GONE),
            files.c.purpose.not_in(TESTS),
            inside.c.state != ClaimState.REFUSED,
        )
        .order_by(files.c.made, files.c.name)
    )
    found: dict[int, dict[str, _Billed]] = {}
    for claim, payer, content, submission in rows:
        found.setdefault(claim, {})[payer] = _Billed(content, submission)
    return found


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


def _refused(writer: Writer, accounts: list[Held]) -> dict[int, set[str]]:
    """The contents of claims that are not made again as they are: what a payer refused, and what a receiver's
    syntax check refused twice, unless a person released it."""
    inside = schema.submission_claims
    rows = writer.connection.execute(
        select(inside.c.claim_id, inside.c.content, inside.c.said_by).where(
            inside.c.claim_id.in_([one.id for one in accounts]),
            inside.c.state == ClaimState.REFUSED,
            inside.c.released.is_(False),
        )
    )
    found: dict[int, set[str]] = {}
    before = set()
    for claim, content, by in rows:
        if by in ("277CA", "277") or (claim, content) in before:
            found.setdefault(claim, set()).add(content)
        before.add((claim, content))
    return found


def _store(writer: Writer, run: _LedgerRun, files: list[MadeFile], worked: Worked) -> None:
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
        policy, deadline = decision.next_policy, decision.deadline
        submission = ids[one.output] if one.output is not None else None
        approved = ""
        if one.before is not None:
            file_name = one.also["review"]["files"][-1]["file"]
            lost = losses(one.before, account.claim, one.outcome.variances, run.denials)
            approved = approved_row(row, one.before, file_name, lost)
        decisions.append(
            {
                "id": writer.new_id(table),
                "claim_id": account.id,
                "as_of": run.job.today,
                "current": True,
                "action": str(decision.action),
                "reason": decision.reason,
                "next_payer_id": policy.payer.id if policy is not None else "",
                "deadline": deadline.day if deadline is not None else None,
                "submission_id": submission,
                "row": row,
                "approved": approved,
            }
        )
        entries.append(
            Entry(
                event="decided",
                why=decision.reason,
                claim=account.id,
                submission=submission,
                data={"action": str(decision.action)},
            )
        )
    writer.add(table, decisions)
    writer.note(*entries)
    claims = schema.claims
    writer.connection.execute(update(claims).where(claims.c.id.in_(every)).values(due=False))


def store_file(writer: Writer, file: MadeFile, id: str, inside: list[tuple[int, str, str]]) -> dict[str, Any]:
    """Put a file into the outbox, and say what it is; ``inside`` are its claims, each with its payer and
    content ('' in a file of documents or questions)."""
    stem, _, suffix = Path(file.output).name.rpartition(".")
    mark = f"{min(file.numbers):09d}" if file.numbers else id[2:14]
    payer = inside[0][1] if inside else ""
    claims = sum(1 for _, _, content in inside if content)
    row = {
        "id": id,
        "name": f"{stem}-{mark}.{suffix}",
        "kind": file.kind,
        "payer_id": payer,
        "claims": claims,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "state": file.state,
        "purpose": file.purpose,
        "transport": file.transport,
        "transport_settings": json.dumps(dict(file.settings)) if file.settings else "",
        "receiver": "",
        "attempts": 0,
        "owner": "",
        "reference": "",
        "reason": "",
        "data": file.data,
    }
    writer.add(schema.submissions, [row])
    writer.add(
        schema.submission_claims,
        [
            {"submission_id": id, "claim_id": at, "payer_id": payer_id, "content": content}
            for at, payer_id, content in inside
        ],
    )
    writer.add(schema.control_numbers, [{"number": one, "submission_id": id} for one in file.numbers])
    writer.note(Entry(event="file-made", submission=id, data={"claims": claims, "name": row["name"]}))
    return {"submission": id, "name": row["name"], "payer_id": payer, "claims": claims}


#: What a decision says that needs a person.
PERSONS = frozenset({Action.HOLD, Action.DISPUTE, Action.REWORK, Action.APPEAL, Action.REFUND})

"""A run of ``bill``'s steps whose claims, answers, coverage and documents are the ledger's.

What is on its way or there already is not written a second time, and what a payer refused is not sent again
as it was. The run writes into a folder that lasts as long as it does; what it made is taken from there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from nextpayer.acknowledgment import ClaimState
from nextpayer.ahead import Ahead
from nextpayer.claim import Claim
from nextpayer.cli._gate import Gate
from nextpayer.cli._job import Answered, Job, Run, Written
from nextpayer.cli._outbox import Outbox
from nextpayer.cli._proofs import Proofs
from nextpayer.cli._report import Report
from nextpayer.decide import Decision
from nextpayer.hooks import Hooks
from nextpayer.pipeline import Outcome, held
from nextpayer.policy import Policy
from nextpayer.ports import AttachmentForm, Form, Quarantined

from . import schema
from .accounts import Accounts, Held, taken_back
from .chasing import Chased
from .ledger import Writer
from .made import GONE, WAITING, MadeFile
from .nouns import content_key, to_text
from .reviewing import (
    AHEAD,
    HELD,
    PILOT,
    RETURNED,
    REVIEW,
    TEST,
    TESTS,
    gate_of,
    piloted,
)
from .supplied import LedgerDocuments
from .teaching import Lesson

__all__ = ["LedgerProofs", "LedgerRun", "Made"]

_INTERCHANGE_END = re.compile(rb"IEA[^A-Za-z0-9\s]\d{1,5}[^A-Za-z0-9\s](\d{9})")
#: What the files of a run's folders are for.
_PURPOSES = {"outgoing": "", "review": REVIEW, "ahead": AHEAD, "pilot": PILOT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
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


class LedgerRun(Run):
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
        self.made: list[Made] = []
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
            Made(
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

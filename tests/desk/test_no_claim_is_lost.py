"""The law of the worklist: whatever happens in whatever order, no claim is without an owner, a next action
and a day, unless it is closed."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Connection, select

from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected, Submission
from nextpayer_desk import marks, schema
from nextpayer_desk.codes import CLOSINGS, objection_to_closing, objection_to_snooze
from nextpayer_desk.intake import take
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.matching import match, unmatch
from nextpayer_desk.office_rules import OfficeRules
from nextpayer_desk.receivers import Receiver
from nextpayer_desk.sending import settle, submit
from nextpayer_desk.statements import tell
from nextpayer_desk.talks import Talk, record
from nextpayer_desk.work import Terms, work
from nextpayer_desk.worklist import Item, Worklist, look

DAY = Path(__file__).parents[2] / "examples" / "day"
FILES = sorted(DAY.iterdir())
OFFICE = OfficeRules(small_balance=3000, patient=30)
OUTCOMES = (
    Accepted(reference="R1"),
    Rejected(reason="not today", again=True),
    Rejected(reason="never", again=False),
    InDoubt(reason="the line went dead"),
)


@dataclass
class Scripted:
    """A transport that does what the test drew."""

    outcomes: list[Outcome]
    sent: list[Submission] = field(default_factory=list)
    api_version: ClassVar[int] = 1
    deduplicates: bool = False

    def send(self, submission: Submission) -> Outcome:
        self.sent.append(submission)
        return self.outcomes[(len(self.sent) - 1) % len(self.outcomes)]


class Drawn(Receiver):
    """A receiver with such a transport."""

    __slots__ = ("outcomes",)

    def connect(self, settings: object = None) -> Scripted:
        return Scripted(self.outcomes)


def receiver(outcomes: list[Outcome]) -> Drawn:
    made = Drawn(name="r", transport="scripted")
    object.__setattr__(made, "outcomes", outcomes)
    return made


def unaccounted(connection: Connection, found: Worklist, today: dt.date) -> list[str]:
    """Claims that nothing on the list answers for, told from the tables and not from ``standing``."""
    inside, files, decisions = schema.submission_claims, schema.submissions, schema.decisions
    in_file: dict[str, set[int]] = {}
    for claim, file in connection.execute(select(inside.c.claim_id, inside.c.submission_id)):
        in_file.setdefault(file, set()).add(claim)
    items = (*found.items, *found.snoozed)
    by_claim = {one.claim for one in (*items, *found.closed) if one.claim is not None}
    with_file = {
        claim for one in items if one.submission and one.claim is None for claim in in_file[one.submission]
    }
    arrived = set(connection.scalars(select(files.c.id).where(files.c.state == "accepted")))
    current = {row.claim_id: row for row in connection.execute(select(decisions).where(decisions.c.current))}
    waiting = {one.claim: one for one in found.waiting}
    statements = schema.followups
    rows = select(statements).where(statements.c.kind == "statement").order_by(statements.c.id)
    told = {(row.claim_id, row.answers): row.expected for row in connection.execute(rows)}
    work_waits = any(one.kind == "due" for one in items)
    wrong = []
    for claim in connection.execute(select(schema.claims)):
        decision = current.get(claim.id)
        action = decision.action if decision is not None else ""
        if claim.due:
            fine = work_waits or claim.id in by_claim
        elif claim.id in waiting:
            until = waiting[claim.id].until
            real = claim.answers == 0 or action == "forwarded"
            real = real or (decision is not None and decision.submission_id in arrived)
            real = real or (action == "bill_patient" and (claim.id, claim.answers) in told)
            fine = real and until is not None and until > today
        else:
            closed = action in ("closed", "write_off")
            closed = closed or (action == "bill_patient" and told.get((claim.id, claim.answers)) == 0)
            fine = closed or claim.id in by_claim or (claim.id in with_file and action == "bill_next")
        if not fine:
            wrong.append(f"claim {claim.id}: {action or 'no decision'}, answers {claim.answers}")
    return wrong


class Desk(RuleBasedStateMachine):
    """A desk to which anything happens."""

    empty: ClassVar[bytes] = b""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="np-law-"))
        self.today = dt.date(2025, 3, 5)

    @initialize(busy=st.booleans())
    def begin(self, busy: bool) -> None:
        path = self.folder / "desk.db"
        url = f"sqlite:///{path}"
        if Desk.empty:
            path.write_bytes(Desk.empty)
        self.ledger: Ledger = open_ledger(url, create=not Desk.empty)
        if not Desk.empty:
            self.ledger.close()
            Desk.empty = path.read_bytes()
            self.ledger = open_ledger(url)
        self.take(DAY / "claims.837")
        if busy:
            for file in FILES:
                self.take(file)
            self.work(again=False)
            self.submit([OUTCOMES[0]])

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    def look(self) -> Worklist:
        with self.ledger.reading() as connection:
            return look(connection, self.today, OFFICE)

    def one_of(self, data: st.DataObject, *kinds: str) -> Item | None:
        found = [one for one in self.look().items if not kinds or one.kind in kinds]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(file=st.sampled_from(FILES))
    def take(self, file: Path) -> None:
        take(self.ledger, file, self.today)

    @rule(again=st.booleans())
    def work(self, again: bool) -> None:
        work(self.ledger, Terms(today=self.today, again=again))

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=3))
    def submit(self, outcomes: list[Outcome]) -> None:
        submit(self.ledger, [receiver(outcomes)], self.today)

    @rule(data=st.data(), doubt=st.sampled_from(["arrived", "lost"]))
    def settle(self, data: st.DataObject, doubt: str) -> None:
        item = self.one_of(data, "in_doubt", "rejected")
        if item is not None and item.submission is not None:
            verdict = doubt if item.kind == "in_doubt" else "again"
            with self.ledger.writing(self.today) as writer:
                settle(writer, item.submission, verdict, "asked")

    @rule(again=st.booleans(), checked=st.booleans())
    def tell_the_patients(self, again: bool, checked: bool) -> None:
        out = self.folder / "statements"
        tell(self.ledger, Terms(today=self.today), out, again=again, checked=checked)

    @rule(number=st.integers(1, 21))
    def take_an_answer_from_its_claim(self, number: int) -> None:
        table = schema.payments
        with self.ledger.writing(self.today) as writer:
            own = select(table.c.claim_id).where(table.c.id == number)
            if writer.connection.scalar(own) is not None:
                unmatch(writer, number, "a slip")

    @rule(number=st.integers(1, 21), claim=st.integers(1, 18))
    def give_an_answer_to_a_claim(self, number: int, claim: int) -> None:
        table = schema.payments
        with self.ledger.writing(self.today) as writer:
            row = writer.connection.execute(select(table.c.claim_id).where(table.c.id == number)).first()
            if row is not None and row.claim_id is None:
                match(writer, number, claim, "told by telephone")

    @rule(number=st.integers(1, 21))
    def take_an_answer_away_and_give_it_back(self, number: int) -> None:
        table = schema.payments
        with self.ledger.reading() as connection:
            claim = connection.scalar(select(table.c.claim_id).where(table.c.id == number))
        if claim is not None:
            self.take_an_answer_from_its_claim(number)
            self.work(again=False)
            self.give_an_answer_to_a_claim(number, claim)
            self.work(again=False)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.today += dt.timedelta(days=days)

    @rule(data=st.data(), days=st.integers(1, 90))
    def put_off(self, data: st.DataObject, days: int) -> None:
        item, until = self.one_of(data), self.today + dt.timedelta(days=days)
        if item is not None and not objection_to_snooze(item, until, OFFICE, self.today):
            with self.ledger.writing(self.today) as writer:
                marks.snooze(writer, [item], until, "PAYER-PROMISED", "")
            assert item.id in {one.id for one in self.look().snoozed}

    @rule(data=st.data(), code=st.sampled_from(sorted(CLOSINGS)))
    def close(self, data: st.DataObject, code: str) -> None:
        item = self.one_of(data)
        if item is not None and not objection_to_closing(item, code, OFFICE, self.today):
            with self.ledger.writing(self.today) as writer:
                marks.close(writer, [item], code, "settled")
            assert item.id in {one.id for one in self.look().closed}

    @rule(claim=st.integers(1, 18), days=st.integers(0, 60), higher=st.booleans())
    def say_what_is_next(self, claim: int, days: int, higher: bool) -> None:
        by = self.today + dt.timedelta(days=days)
        talk = Talk(
            claim=claim, kind="call", on=self.today, whom="the payer", says="asked", next_action="ask again",
            next_on=by, step="supervisor" if higher else "",
        )  # fmt: skip
        with self.ledger.writing(self.today) as writer:
            record(writer, talk, OFFICE)
        found = self.look()
        told = [one for one in (*found.items, *found.snoozed, *found.closed) if one.claim == claim]
        assert "ask again" in {one.action for one in told}

    @precondition(lambda self: self.look().closed or self.look().snoozed)
    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        found = self.look()
        item = data.draw(st.sampled_from([*found.closed, *found.snoozed]))
        with self.ledger.writing(self.today) as writer:
            marks.reopen(writer, item.id, "after all")
        assert item.id in {one.id for one in self.look().items}

    @invariant()
    def every_claim_has_somebody_something_to_do_and_a_day(self) -> None:
        with self.ledger.reading() as connection:
            found = look(connection, self.today, OFFICE)
            assert unaccounted(connection, found, self.today) == []
        every = (*found.items, *found.snoozed, *found.closed)
        assert [one for one in every if not (one.owner and one.action and one.reason and one.due)] == []
        assert len({one.id for one in every}) == len(every)
        assert all(one.due > self.today for one in found.snoozed)
        assert "NP-UNDECIDED" not in {one.reason for one in every}


TestNoClaimIsLost = Desk.TestCase
TestNoClaimIsLost.settings = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)

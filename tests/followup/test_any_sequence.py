"""Whatever comes, in whatever order: money is conserved at every step, of each claim and in total, and no
claim is without an owner, a next action and a day, unless it is closed.

The machine plays random events over one ledger, all through the desk's own commands: answers of three
payers, right and wrong, alone, twice, reversed, corrected, repeated, sent on and late; takebacks at the
cheque; files sent, refused and in doubt; every acknowledgment, good and bad; corrections, voids, appeals and
denials accepted; statements; answers taken from their claim and given back. ``Desk.check`` holds after each
one. ``NEXTPAYER_LIVES`` plays more of them. What fails is told as it was found: shrinking a life takes
minutes.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from support import acknowledging
from support.files import MEDICAID, Claim, Line, OtherPayer, Payer, Person

from .steps import GREAT, PRIME, Desk, again, paid, recouped, taken_back

TWO = Claim(lines=[Line(control="L1")])
THREE = TWO.but(
    others=[OtherPayer(), OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC100"))]
)
ALONE = TWO.but(others=())
PLACE = {PRIME.id: "1", GREAT.id: "2", MEDICAID.id: "3"}
NEW_ID = Person(member_id="W999")
#: What is taken off, and what is left to the patient; the rest is paid.
CENTS = st.integers(0, 100)
CODES = (
    "CO-45", "PR-1", "PR-2", "PR-3", "OA-23", "CO-50", "CO-97", "CO-16", "CO-29", "CO-2", "CO-22", "OA-18",
    "PR-27", "PR-96", "OA-209", "PI-45", "CO-253", "OA-133", "CO-ZZ9",
)  # fmt: skip
REASONS = st.lists(st.tuples(st.sampled_from(CODES), CENTS), max_size=3, unique_by=lambda one: one[0])
#: What a payer says beside the money: where it comes in the order, that it sent the claim on, what it missed.
SAID: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {}, {},
    {"forwarded": True}, {"moa": ("", "", "MA130")}, {"corrected": NEW_ID}, {"frequency": "7"},
    {"remarks": ("N782",)}, {"remarks": ("MA18",)},
)  # fmt: skip
#: Statuses that no money goes with: denied, not known, not theirs, a predetermination.
WITHOUT = ("4", "4", "23", "25")
STATUSES = ("A2:20:PR", "A1:19:PR", "A3:21:PR", "A7:562:85", "A6:21:PR", "A4:35:PR")
ASKED = ("P1:20", "F1:65", "F2:88", "R4:287", "A4:35", "D0:35", "E1:0")


def split(reasons: list[tuple[str, int]]) -> str:
    """Reasons that come to no more than the charge, one after the other as far as there is room."""
    room, parts = 100, []
    for code, amount in reasons:
        amount = min(amount, room)
        room -= amount
        parts += [f"{code} {amount}"] if amount else []
    return ", ".join(parts)


class Life(RuleBasedStateMachine):
    """One claim at the desk, and another one that nobody ever answers."""

    empty: ClassVar[bytes] = b""

    @initialize(
        payers=st.sampled_from([2, 2, 3, 1]), begun=st.integers(0, 3), share=st.integers(1, 80), refused=CENTS
    )
    def open(self, payers: int, begun: int, share: int, refused: int) -> None:
        """A fresh desk, or one at which the first payer has answered, the next one was billed, and has it."""
        claim = (ALONE, TWO, THREE)[payers - 1]
        self.folder = Path(tempfile.mkdtemp(prefix="nextpayer-life-"))
        template = self.folder / "empty.db"
        if Life.empty:
            template.write_bytes(Life.empty)
        else:
            open_ledger(f"sqlite:///{template}", create=True).close()
            Life.empty = template.read_bytes()
        self.desk = Desk(self.folder, template, [claim, TWO.but(control="ACCT1002")])
        self.desk.resent = 99  # what its payer does not have may go out as a first one again
        self.payers = [claim.payer, *(other.payer for other in claim.others)]
        self.numbers = itertools.count(9001)
        self.cheque = itertools.count(1)
        if begun:
            first = [("PR-2", share), ("CO-45", 20), ("CO-50", refused if refused > 80 else 0)]
            paid(PRIME, split(first))(self.desk)
        if begun > 1:
            self.desk.submits("there")
        for path in sorted(self.desk.sent.glob("*.837")) if begun > 2 else ():
            day = f"{self.desk.day:%Y%m%d}"
            self.desk.take(acknowledging.syntax(path.read_text(), number=next(self.numbers), day=day), "txt")
            self.desk.take(acknowledging.claims(path.read_text(), number=next(self.numbers), day=day), "txt")

    # --- answers -------------------------------------------------------

    @rule(data=st.data(), reasons=REASONS, said=st.sampled_from(SAID), days=st.integers(0, 40))
    def a_payer_answers(
        self, data: st.DataObject, reasons: list[tuple[str, int]], said: dict[str, Any], days: int
    ) -> None:
        """One that has not answered, where there is one; else again."""
        answered = {payer.id for payer, _ in self.desk.answers}
        silent = [payer for payer in self.payers if payer.id not in answered]
        payer = (
            data.draw(st.integers(0, len(silent) - 1).map(silent.__getitem__))
            if silent
            else self.one_payer(data)
        )
        facts = {"status": PLACE[payer.id], **said}
        if facts.pop("forwarded", False):
            facts["status"] = {"1": "19", "2": "20", "3": "21"}[PLACE[payer.id]]
        paid(payer, split(reasons), after=days, **facts)(self.desk)

    @rule(prior=CENTS, share=CENTS, reduced=CENTS)
    def the_second_payer_restates_the_first(self, prior: int, share: int, reduced: int) -> None:
        if GREAT in self.payers:
            paid(GREAT, split([("OA-23", prior), ("PR-3", share), ("CO-45", reduced)]), status="2")(self.desk)

    @precondition(lambda self: self.desk.answers)
    @rule(data=st.data(), share=CENTS)
    def the_next_payer_answers_as_it_should(self, data: st.DataObject, share: int) -> None:
        """It restates what the answers before come to, and leaves a share of the rest or none."""
        answered = {payer.id for payer, _ in self.desk.answers}
        silent = [payer for payer in self.payers if payer.id not in answered]
        if silent:
            one = self.desk.balances()[0]
            prior = min(one.paid + one.adjusted, 10000) // 100
            paid(silent[0], split([("OA-23", prior), ("PR-3", share)]), status=PLACE[silent[0].id])(self.desk)

    @rule(data=st.data(), status=st.sampled_from(WITHOUT))
    def a_payer_decides_nothing(self, data: st.DataObject, status: str) -> None:
        payer = self.one_payer(data)
        paid(payer, "CO-109 100" if status == "23" else "CO-31 100", status=status)(self.desk)

    @precondition(lambda self: self.desk.answers)
    @rule(data=st.data())
    def an_answer_is_taken_back(self, data: st.DataObject) -> None:
        taken_back(self.one_answer(data))(self.desk)

    @precondition(lambda self: self.desk.answers)
    @rule(data=st.data(), reasons=REASONS)
    def an_answer_is_corrected(self, data: st.DataObject, reasons: list[tuple[str, int]]) -> None:
        taken_back(self.one_answer(data), split(reasons))(self.desk)

    @precondition(lambda self: self.desk.answers)
    @rule(data=st.data())
    def an_answer_comes_once_more(self, data: st.DataObject) -> None:
        again(self.one_answer(data))(self.desk)

    @precondition(lambda self: self.desk.answers)
    @rule(data=st.data(), amount=st.integers(1, 100))
    def a_cheque_takes_money_back(self, data: st.DataObject, amount: int) -> None:
        recouped(self.one_answer(data), str(amount), trace=f"W{next(self.cheque)}")(self.desk)

    @rule(data=st.data())
    def an_answer_is_taken_from_its_claim_or_given_to_one(self, data: st.DataObject) -> None:
        rows = self.desk.rows(select(schema.payments.c.id, schema.payments.c.claim_id))
        if not rows:
            return
        row = data.draw(st.sampled_from(sorted(tuple(one) for one in rows)))
        if row[1] is None:
            claim = data.draw(st.sampled_from(["1", "1", "2"]))
            self.desk.run("match", str(row[0]), claim, "--why", "told by telephone")
        else:
            self.desk.run("unmatch", str(row[0]), "--why", "a slip")
        if data.draw(st.booleans()):
            self.desk.run("work")

    # --- files ---------------------------------------------------------

    @rule(way=st.sampled_from(["there", "there", "there", "busy", "refused", "kept", "lost"]))
    def what_is_ready_goes_out(self, way: str) -> None:
        self.desk.submits(way)

    @rule(data=st.data())
    def a_file_is_settled(self, data: st.DataObject) -> None:
        files = schema.submissions
        rows = self.desk.rows(
            select(files.c.id, files.c.state).where(files.c.state.in_(("in_doubt", "rejected")))
        )
        if rows:
            name, state = data.draw(st.sampled_from(sorted(tuple(one) for one in rows)))
            verdict = data.draw(st.sampled_from(["arrived", "lost"])) if state == "in_doubt" else "again"
            self.desk.run("settle", name, verdict, "--why", "asked")
            self.desk.run("work")

    @rule(data=st.data(), kind=st.sampled_from(["TA1", "999", "277CA", "277CA", "277"]), good=st.booleans())
    def an_acknowledgment_comes(self, data: st.DataObject, kind: str, good: bool) -> None:
        sent = sorted(self.desk.sent.glob("*.837"))
        if not sent:
            return
        self.desk.later(1)
        text = sent[data.draw(st.integers(0, len(sent) - 1))].read_text()
        day, number = f"{self.desk.day:%Y%m%d}", next(self.numbers)
        if kind == "TA1":
            made = acknowledging.ta1(
                text, "A" if good else "R", "000" if good else "006", number=number, day=day
            )
        elif kind == "999":
            refused = {} if good else {one.number: "R" for one in acknowledging.sent(text)[0].sets}
            made = acknowledging.syntax(text, refused, number=number, day=day)
        elif kind == "277CA":
            status = data.draw(st.sampled_from(STATUSES[:2] if good else STATUSES[2:]))
            made = acknowledging.claims(text, default=status, number=number, day=day)
        else:
            self.is_asked(data, day, number)
            return
        self.desk.take(made, "txt")
        self.desk.run("work")

    def is_asked(self, data: st.DataObject, day: str, number: int) -> None:
        """A 276 about the claim, and its payer's 277."""
        before = set(self.desk.sent.iterdir())
        self.desk.asks("inquire", "1")
        self.desk.submits("there")
        for path in sorted(one for one in set(self.desk.sent.iterdir()) - before if "-276-" in one.name):
            text = path.read_text()
            traces = [
                one.split("*")[2] for one in text.replace("\n", "").split("~") if one.startswith("TRN*1*")
            ]
            status = data.draw(st.sampled_from(ASKED))
            answers = dict.fromkeys(traces, status)
            self.desk.take(acknowledging.status(text, answers, number=number, day=day), "txt")
        self.desk.run("work")

    # --- people --------------------------------------------------------

    @rule()
    def it_is_followed_up(self) -> None:
        self.desk.run("followup", "--out", str(self.desk.out))

    @precondition(lambda self: self.desk.answers)
    @rule(wish=st.sampled_from([("--void",), ("--appeal",), ("--accept", "not worth it")]))
    def somebody_wants_something_else(self, wish: tuple[str, ...]) -> None:
        self.desk.run("followup", "1", "--out", str(self.desk.out), *wish)

    @rule()
    def the_patient_is_told(self) -> None:
        self.desk.run("statement", "--out", str(self.desk.out / "statements"))

    @rule(claim=st.sampled_from(["1", "2"]))
    def a_claim_is_sent_again(self, claim: str) -> None:
        self.desk.asks("resend", claim, "--why", "the payer does not have it")
        self.desk.run("work")

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        self.desk.later(days)
        self.desk.run("work", "--again")

    # --- the laws ------------------------------------------------------

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "desk"):
            self.desk.check()

    @invariant()
    def all_the_money_that_came_is_somewhere(self) -> None:
        if hasattr(self, "desk"):
            table = schema.payments
            (row,) = self.desk.rows(select(func.coalesce(func.sum(table.c.paid), 0)))
            (loose,) = self.desk.rows(
                select(func.coalesce(func.sum(table.c.paid), 0)).where(table.c.claim_id.is_(None))
            )
            assert row[0] == loose[0] + sum(one.paid for one in self.desk.balances())

    def one_payer(self, data: st.DataObject) -> Payer:
        return self.payers[data.draw(st.integers(0, len(self.payers) - 1))]

    def one_answer(self, data: st.DataObject) -> int:
        return int(data.draw(st.integers(0, len(self.desk.answers) - 1)))

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


Life.TestCase.settings = settings(
    max_examples=int(os.environ.get("NEXTPAYER_LIVES", "15")),
    stateful_step_count=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestAnySequence = pytest.mark.usefixtures("installed")(Life.TestCase)

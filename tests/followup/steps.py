"""A claim's life at the desk, step by step: files in, commands run, files and letters out.

A scenario is a list of steps over a fresh ledger. After each step, whatever it is about, the laws of the
desk are asserted (``Desk.check``): the journal makes the books again, every claim's money is conserved and
so is the total, what is closed has nothing outstanding, what is not has something to do next, nothing goes
out twice, and every claim that goes out balances for each payer it tells of.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import func, select

from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected, Submission
from nextpayer_desk import schema
from nextpayer_desk.balances import Balance, balances
from nextpayer_desk.books import verify
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.office_rules import OfficeRules
from nextpayer_desk.receivers import Receiver
from nextpayer_desk.sending import submit
from nextpayer_desk.standing import State, standings
from nextpayer_desk.work import Terms
from nextpayer_desk.worklist import look
from support import balance
from support.files import (
    GREAT,
    PRIME,
    Check,
    Claim,
    Payer,
    Payment,
    answer,
    claim_file,
    remittance_file,
    reversal,
)
from support.run import command_line

#: Days between two answers.
APART = 10


@dataclass
class Fate:
    """A receiver's end that does what the test says: ``there``, ``busy``, ``refused``, ``kept`` or ``lost``
    (the last two in doubt)."""

    way: str
    folder: Path
    api_version: ClassVar[int] = 1
    deduplicates: bool = False

    def send(self, submission: Submission) -> Outcome:
        if self.way in ("there", "kept"):
            (self.folder / submission.name).write_bytes(submission.data)
        if self.way == "there":
            return Accepted(reference=submission.name)
        if self.way in ("busy", "refused"):
            return Rejected(reason="no", again=self.way == "busy")
        return InDoubt(reason="the line went dead")


class Scripted(Receiver):
    """A receiver with such an end."""

    __slots__ = ("folder", "way")

    def connect(self, settings: object = None) -> Fate:
        return Fate(self.way, self.folder)


class Desk:
    """A ledger with one claim's life in it (or several)."""

    def __init__(
        self,
        folder: Path,
        template: Path,
        claims: Sequence[Claim],
        coverage: Any = None,
        packs: str = "",
        day: str = "2025-02-05",
    ) -> None:
        self.folder, self.claims = folder, list(claims)
        shutil.copy(template, folder / "desk.db")
        self.url = f"sqlite:///{folder / 'desk.db'}"
        self.day = dt.date.fromisoformat(day)
        self.out, self.sent = folder / "out", folder / "sent"
        self.sent.mkdir()
        (folder / "receivers.toml").write_text(
            f'[receivers.r]\ntransport = "folder"\n[receivers.r.settings]\nfolder = "{self.sent}"\n'
        )
        self.packs: list[str] = []
        if packs:
            (folder / "packs.toml").write_text(packs)
            self.packs = ["--payers", str(folder / "packs.toml")]
        self.answers: list[tuple[Payer, Payment]] = []
        self.days: list[dt.date] = []
        self.files = 0
        self.resent = 0
        self.take(claim_file(self.claims), "837")
        if coverage is not None:
            self.take(json.dumps(coverage), "json")

    def run(self, *arguments: str) -> tuple[int, Any]:
        """A command with the day, as JSON."""
        today = ["--as-of", self.day.isoformat()]
        status, out, errors = command_line([*arguments, "--ledger", self.url, *today, "--json"])
        assert (status in (0, 1), errors) == (True, ""), (arguments, errors)
        return status, json.loads(out)

    def asks(self, *arguments: str) -> int:
        """A command that may be refused (2, in one line)."""
        status, _, errors = command_line(
            [*arguments, "--ledger", self.url, "--as-of", self.day.isoformat(), "--json"]
        )
        assert status in (0, 1) or (status == 2 and len(errors.strip().splitlines()) == 1), errors
        return status

    def rows(self, query: Any) -> list[Any]:
        ledger = self.ledger
        with ledger.reading() as connection:
            found = list(connection.execute(query))
        ledger.close()
        return found

    def submits(self, way: str) -> None:
        """What is ready goes out, and the receiver takes it, refuses it, or leaves a doubt."""
        receiver = Scripted(name="r", transport="scripted")
        object.__setattr__(receiver, "way", way)
        object.__setattr__(receiver, "folder", self.sent)
        ledger = self.ledger
        submit(ledger, [receiver], self.day)
        ledger.close()

    def take(self, text: str, suffix: str) -> None:
        self.files += 1
        path = self.folder / f"file{self.files}.{suffix}"
        path.write_text(text, encoding="ascii")
        status, told = self.run("intake", str(path))
        assert status == 0 or not any(one["quarantined"] or one["problems"] for one in told["files"]), told

    def later(self, days: int = APART) -> None:
        self.day += dt.timedelta(days=days)

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.url)

    def balances(self) -> list[Balance]:
        ledger = self.ledger
        with ledger.reading() as connection:
            found = list(balances(connection, Terms(today=self.day)))
        ledger.close()
        return found

    def decision(self, claim: int = 1) -> tuple[str, str]:
        ledger, table = self.ledger, schema.decisions
        with ledger.reading() as connection:
            row = connection.execute(
                select(table.c.action, table.c.reason).where(table.c.claim_id == claim, table.c.current)
            ).one()
        ledger.close()
        return str(row.action), str(row.reason)

    def outgoing(self) -> list[dict[str, Any]]:
        """Every claim at the payers', in the order in which it got there."""
        paths = sorted(self.sent.glob("*.837"), key=lambda path: path.name.rpartition("-")[2])
        return [claim for path in paths for claim in balance.parse_837(path.read_text())]

    def check(self) -> None:
        """The laws that hold after every step."""
        ledger = self.ledger
        with ledger.reading() as connection:
            assert verify(connection) == []
            table, payments = schema.claims, schema.payments
            billed = connection.scalar(select(func.sum(table.c.charge)))
            rows = connection.execute(
                select(payments.c.claim_id, func.sum(payments.c.paid)).group_by(payments.c.claim_id)
            )
            came = {row[0]: row[1] for row in rows}
            due = connection.scalar(select(func.count()).select_from(table).where(table.c.due))
            desk = look(connection, self.day, OfficeRules())
            stand = list(standings(connection, self.day, OfficeRules()))
        ledger.close()
        assert all(one.owner and one.action and one.due for one in desk.items), desk.items
        waiting = {one.claim for one in desk.waiting}
        items = {one.claim for one in desk.items}
        files = {one.submission for one in desk.items if one.submission and one.claim is None}
        for claim in stand:
            assert claim.state is State.CLOSED or claim.until is not None, claim
            if claim.state is State.TO_DO:
                assert claim.claim in items or claim.submission in files, claim
            elif claim.state is State.WAITING:
                assert claim.claim in waiting, claim
        every = self.balances()
        closed = {one.claim for one in stand if one.state is State.CLOSED}
        for one in every:
            assert one.balances, one
            assert not one.outstanding or one.claim not in closed, one
            assert min(one.adjusted, one.patient, one.outstanding, one.credit) >= 0, one
            assert one.paid == came.get(one.claim, 0)
            if one.action in ("closed", "write_off") and one.reason != "NP-PREDETERMINATION" and not due:
                assert not one.outstanding, one
        assert billed == sum(
            one.paid + one.adjusted + one.patient + one.outstanding - one.credit for one in every
        )
        self._check_outgoing()

    def _check_outgoing(self) -> None:
        firsts: Counter[tuple[str, str]] = Counter()
        for path in self.sent.glob("*.837"):
            text = path.read_text()
            assert balance.problems(text) == [], path.name
            for segment in text.split("~"):
                assert "DOE" not in path.name
                part = segment.strip().split("*")
                if part[0] == "CLM" and part[5].endswith(":1"):
                    firsts[path.name.split("-")[0], part[1]] += 1
        assert sum(count - 1 for count in firsts.values()) <= self.resent, firsts


Step = Callable[[Desk], None]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One life. ``ends`` is the balance in dollars at the end; ``closed`` whether nothing is left to do."""

    name: str
    steps: Sequence[Step]
    ends: str
    claim: Claim
    coverage: Any = None
    packs: str = ""
    closed: bool = True
    day: str = "2025-02-05"
    more: Sequence[Claim] = field(default=())


def play(scenario: Scenario, folder: Path, template: Path) -> Desk:
    """The scenario, with the laws after each step; at its end the money stands where it says."""
    claims = (scenario.claim, *scenario.more)
    desk = Desk(folder, template, claims, scenario.coverage, scenario.packs, scenario.day)
    desk.check()
    for step in scenario.steps:
        step(desk)
        desk.check()
    every = desk.balances()
    said = " ".join(
        f"{name} {sum(getattr(one, name) for one in every) / 100:g}"
        for name in ("paid", "adjusted", "patient", "outstanding", "credit")
        if sum(getattr(one, name) for one in every)
    )
    assert said == scenario.ends
    assert [one.closed for one in every] == [scenario.closed] * len(every), every
    return desk


# --- the steps ----------------------------------------------------------


def paid(
    payer: Payer, *cas: str, by: Claim | None = None, after: int = APART, decides: str = "", **facts: Any
) -> Step:
    """The payer answers (the first claim, or ``by``), the desk takes it in and works; the decision is then
    ``action reason``."""

    def step(desk: Desk) -> None:
        desk.later(after)
        made = answer(by or desk.claims[0], *cas, **{"icn": f"{payer.id}{len(desk.answers)}", **facts})
        desk.answers.append((payer, made))
        desk.days.append(desk.day)
        _remit(desk, payer, [made])
        _decides(desk, decides)

    return step


def taken_back(number: int, *cas: str, after: int = APART, decides: str = "", **facts: Any) -> Step:
    """The payer takes its answer of that number back; with ``cas`` it answers anew in the same file."""

    def step(desk: Desk) -> None:
        desk.later(after)
        payer, made = desk.answers[number]
        parts = [reversal(made)]
        if cas:
            again = answer(
                desk.claims[0],
                *cas,
                **{"icn": made.icn, "status": made.status, "remarks": made.remarks, **facts},
            )
            desk.answers.append((payer, again))
            desk.days.append(desk.day)
            parts.append(again)
        _remit(desk, payer, parts)
        _decides(desk, decides)

    return step


def taken_back_elsewhere(payer: Payer, old: str, new: str, decides: str = "") -> Step:
    """The payer takes back an answer that was posted before there was this desk, and answers anew."""

    def step(desk: Desk) -> None:
        desk.later()
        before = answer(desk.claims[0], old, icn="BEFORE1")
        _remit(desk, payer, [reversal(before), answer(desk.claims[0], new, icn="BEFORE1")])
        _decides(desk, decides)

    return step


def again(number: int, decides: str = "") -> Step:
    """The very same answer once more, in another file."""

    def step(desk: Desk) -> None:
        payer, made = desk.answers[number]
        _remit(desk, payer, [made], trace=f"T{number + 1:04d}", day=desk.days[number])
        _decides(desk, decides)

    return step


def recouped(number: int, amount: str, decides: str = "", trace: str = "") -> Step:
    """A cheque of nothing but a takeback of that answer's money (PLB WO)."""

    def step(desk: Desk) -> None:
        desk.later()
        payer, made = desk.answers[number]
        plb = [("WO", made.icn, Decimal(amount)), ("FB", "FORWARD", -Decimal(amount))]
        check = Check(
            payments=[], payer=payer, trace=trace or f"W{number}", date=f"{desk.day:%Y%m%d}", plb=plb
        )
        desk.take(remittance_file(checks=[check]), "835")
        desk.run("work", "--again", *desk.packs)
        _decides(desk, decides)

    return step


def _remit(
    desk: Desk, payer: Payer, payments: list[Payment], trace: str = "", day: dt.date | None = None
) -> None:
    trace = (
        trace or f"T{len(desk.answers):04d}{'R' if len(payments) > 1 or payments[0].status == '22' else ''}"
    )
    on = f"{day or desk.day:%Y%m%d}"
    desk.take(remittance_file(payments, payer=payer, trace=trace, date=on, control=desk.files + 1), "835")
    desk.run("work", *desk.packs)


def _decides(desk: Desk, decides: str) -> None:
    if decides:
        found = " ".join(desk.decision())
        assert found == decides, f"{found}, not {decides}"


def sends(*claims: str) -> Step:
    """What is ready goes out: these claims, each as ``payer frequency`` with the payer's own number it
    names."""

    def step(desk: Desk) -> None:
        before = {path.name for path in desk.sent.iterdir()}
        desk.run("submit", "--receivers", str(desk.folder / "receivers.toml"))
        found = []
        for path in sorted(desk.sent.iterdir()):
            if path.name not in before:
                found += told_of(path)
        assert sorted(found) == sorted(claims)

    return step


def told_of(path: Path) -> list[str]:
    """The claims of a file: payer, frequency, and the payer's own number of the claim it replaces."""
    payer, found = path.name.split("-")[0], []
    segments = [one.strip().split("*") for one in path.read_text().split("~")]
    for at, part in enumerate(segments):
        if part[0] == "CLM":
            own = []
            for other in segments[at + 1 :]:
                if other[0] in ("SBR", "LX", "CLM"):
                    break
                own += [other[2]] if other[:2] == ["REF", "F8"] else []
            found.append(" ".join([payer, part[5].rpartition(":")[2], *own]))
    return found


def follows(
    does: str,
    state: str = "open",
    *arguments: str,
    made: str = "",
    by: str = "",
    asks: str = "",
    given: Mapping[str, Any] | None = None,
    first: bool = False,
) -> Step:
    """``nextpayer followup --out``, and the same again, which makes nothing. ``made`` is the kind of what
    was made, ``by`` the last day, ``asks`` a finding. ``first`` says that a first claim goes out a second
    time."""

    def step(desk: Desk) -> None:
        more = list(arguments)
        if given is not None:
            (desk.folder / "given.json").write_text(json.dumps(given))
            more += ["--with", str(desk.folder / "given.json")]
        desk.resent += first
        base = ["followup", *(["1"] if more else []), "--out", str(desk.out), *desk.packs]
        row = _first(desk, [*base, *more])
        kinds = [one["kind"] for one in row["made"] if one["new"]]
        told = (row["do"], row["state"], kinds)
        assert told == (does, state, [made] if made else []), row
        if by:
            assert row["deadline"] == by, row
        if asks:
            assert asks in [one["id"] for one in row["findings"]], row
        for one in row["made"]:
            assert all((desk.out / name).is_file() for name in one["files"])
        if made:
            before = sorted(desk.out.rglob("*"))
            after = _first(desk, base)
            assert [one["new"] for one in after["made"]] == [False] * len(after["made"])
            assert sorted(desk.out.rglob("*")) == before

    return step


def _first(desk: Desk, arguments: list[str]) -> dict[str, Any]:
    status, told = desk.run(*arguments)
    rows = [one for one in told["claims"] if one["claim"] == 1]
    if not rows:
        return {"do": "nothing", "state": "closed", "made": [], "findings": [], "deadline": None}
    assert status == int(any(one["state"] == "open" for one in told["claims"]))
    found: dict[str, Any] = rows[0]
    return found


def tells(due: str, *arguments: str, refused: str = "") -> Step:
    """``nextpayer statement``: the patient is told to pay this much, once; or there is no statement."""

    def step(desk: Desk) -> None:
        command = ["statement", "1", "--out", str(desk.out / "statements"), *desk.packs, *arguments]
        _, told = desk.run(*command)
        (row,) = told["statements"]
        assert row["due"] == (due or None), row
        if refused:
            assert refused in [one["id"] for one in row["findings"]]
            return
        assert (desk.out / "statements" / row["file"]).is_file()
        assert desk.run(*command)[1]["statements"][0]["file"] is None
        amounts = sum(Decimal(one["amount"]) for one in row["rows"])
        assert amounts >= desk.claims[0].total_charge

    return step


def compares(**payers: str) -> Step:
    """What each payer was expected to pay and did: ``GREAT1="as_expected 16.00 16.00"``."""

    def step(desk: Desk) -> None:
        (one,) = [other for other in desk.balances() if other.claim == 1]
        found = {
            two.payer_id: f"{two.comparison} {_dollars(two.expected)} {_dollars(two.posted)}"
            for two in one.payers
        }
        assert {name: found.get(name) for name in payers} == payers, found

    return step


def _dollars(cents: int | None) -> str:
    return "-" if cents is None else f"{cents / 100:.2f}"


def listed(*items: str) -> Step:
    """What the worklist has to do on the claim, as ``kind reason``."""

    def step(desk: Desk) -> None:
        _, told = desk.run("worklist")
        found = [f"{one['kind']} {one['reason']}" for one in told["items"] if one["claim"] == 1]
        assert found == list(items), told["items"]

    return step


def waits(days: int) -> Step:
    """Days go by."""

    def step(desk: Desk) -> None:
        desk.later(days)

    return step


def decided_anew(decides: str) -> Step:
    """``work --again``."""

    def step(desk: Desk) -> None:
        desk.run("work", "--again", *desk.packs)
        _decides(desk, decides)

    return step


__all__ = [
    "GREAT", "PRIME", "Desk", "Scenario", "again", "compares", "decided_anew", "follows", "listed", "paid",
    "play", "recouped", "sends", "taken_back", "taken_back_elsewhere", "tells", "waits",
]  # fmt: skip

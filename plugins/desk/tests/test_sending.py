"""One file's way out: three outcomes, and doubt that is settled only by who knows."""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import select, update

from nextpayer.errors import UnusableInput
from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected, Submission
from nextpayer_desk import schema, sending
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.receivers import Receiver
from nextpayer_desk.sending import settle, submit
from nextpayer_desk.worklist import worklist

DAY = dt.date(2025, 3, 10)


@dataclass
class Scripted:
    """A transport that answers what it is told to."""

    answers: list[Outcome | Exception]
    there: bool | None = None
    sent: list[Submission] = field(default_factory=list)
    api_version: ClassVar[int] = 1
    deduplicates: bool = False

    def send(self, submission: Submission) -> Outcome:
        self.sent.append(submission)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Listing(Scripted):
    def arrived(self, submission: Submission) -> bool | None:
        return self.there


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = open_ledger(f"sqlite:///{tmp_path / 'desk.db'}", create=True)
    row = {
        "id": "NP1", "name": "P1-837P-0001-000000001.837", "kind": "837P", "payer_id": "P1", "claims": 1,
        "made": "2025-03-10T00:00:00+00:00", "state": "ready", "receiver": "", "attempts": 0, "owner": "",
        "reference": "", "reason": "", "data": b"ISA",
    }  # fmt: skip
    with made.writing(DAY) as writer:
        writer.add(schema.submissions, [row])
    yield made
    made.close()


def state(ledger: Ledger) -> Any:
    with ledger.reading() as connection:
        return connection.execute(select(schema.submissions)).one()


def send(
    ledger: Ledger, transport: Scripted, monkeypatch: pytest.MonkeyPatch, now: float = 1000.0, **more: Any
) -> str:
    monkeypatch.setattr(Receiver, "connect", lambda self, settings: transport)
    receiver = Receiver(name="r", transport="scripted", settle=60.0, **more)
    submit(ledger, [receiver], DAY, clock=lambda: now)
    return str(state(ledger).state)


def test_an_accepted_file_is_sent_once_with_its_id(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Scripted([Accepted(reference="R9")])
    assert send(ledger, transport, monkeypatch) == "accepted"
    assert send(ledger, transport, monkeypatch) == "accepted"
    assert [(one.id, one.name, one.kind, one.data) for one in transport.sent] == [
        ("NP1", "P1-837P-0001-000000001.837", "837P", b"ISA")
    ]
    row = state(ledger)
    assert (row.reference, row.attempts, row.sent_on, row.owner) == ("R9", 1, DAY, "")


def test_a_file_that_was_certainly_not_taken_waits_for_the_next_run(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Scripted([Rejected(reason="busy", again=True), Accepted()])
    assert send(ledger, transport, monkeypatch) == "ready"
    assert send(ledger, transport, monkeypatch) == "accepted"


def test_a_rejected_file_is_a_persons(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Scripted([Rejected(reason="unknown sender")])
    assert send(ledger, transport, monkeypatch) == "rejected"
    assert send(ledger, transport, monkeypatch) == "rejected"
    with ledger.reading() as connection:
        (item,) = worklist(connection, DAY)
    assert (item.kind, item.submission) == ("rejected", "NP1")


@pytest.mark.parametrize("answer", [InDoubt(reason="the line went dead"), ValueError("Doe, Jane"), "yes"])
def test_doubt_with_a_receiver_that_can_say_nothing_is_a_persons(
    answer: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Scripted([answer])
    assert send(ledger, transport, monkeypatch) == "in_doubt"
    assert send(ledger, transport, monkeypatch, now=1e9) == "in_doubt"
    assert len(transport.sent) == 1
    with ledger.reading() as connection:
        (item,) = worklist(connection, DAY)
    assert item.kind == "in_doubt"
    assert "Doe" not in item.says
    with ledger.writing(DAY) as writer:
        settle(writer, "NP1", "arrived", "the payer's portal shows it")
    assert state(ledger).state == "accepted"


def test_doubt_is_settled_by_a_receiver_that_has_the_file(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Listing([InDoubt(reason="")], there=True)
    assert send(ledger, transport, monkeypatch) == "accepted"
    assert len(transport.sent) == 1


def test_not_there_is_believed_only_when_the_doubt_is_old_enough(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Listing([InDoubt(reason=""), Accepted()], there=False)
    assert send(ledger, transport, monkeypatch, now=1000.0) == "in_doubt"
    assert send(ledger, transport, monkeypatch, now=1059.0) == "in_doubt"
    assert len(transport.sent) == 1
    assert send(ledger, transport, monkeypatch, now=1060.0) == "accepted"
    assert [one.id for one in transport.sent] == ["NP1", "NP1"]


def test_doubt_is_sent_again_under_the_same_id_to_a_receiver_that_keeps_one(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Scripted([InDoubt(reason=""), Accepted()], deduplicates=True)
    assert send(ledger, transport, monkeypatch) == "ready"
    assert send(ledger, transport, monkeypatch) == "accepted"
    assert [one.id for one in transport.sent] == ["NP1", "NP1"]


def test_a_file_whose_process_died_is_in_doubt_and_one_whose_process_lives_is_left_alone(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:

    for owner, expected in (
        (sending._owner(), "sending"),
        (f"{socket.gethostname()}:{os.getpid()}:1", "in_doubt"),
    ):
        with ledger.writing(DAY) as writer:
            table = schema.submissions
            writer.connection.execute(update(table).values(state="sending", owner=owner, receiver="r"))
        assert send(ledger, Scripted([]), monkeypatch) == expected


def test_a_file_without_a_receiver_stays(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Scripted([])
    assert send(ledger, transport, monkeypatch, payers=frozenset({"P2"})) == "ready"
    assert send(ledger, transport, monkeypatch, forms=frozenset({"837I"})) == "ready"
    assert transport.sent == []


def test_a_verdict_is_only_taken_on_what_is_in_doubt(ledger: Ledger) -> None:
    for id, verdict in (("NP1", "arrived"), ("NP2", "lost"), ("NP1", "again")):
        with pytest.raises(UnusableInput), ledger.writing(DAY) as writer:
            settle(writer, id, verdict, "why")

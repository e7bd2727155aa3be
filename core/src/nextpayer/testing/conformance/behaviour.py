"""Laws of how an adapter behaves: it declares what it does, repeats itself, and touches nothing."""

from __future__ import annotations

import builtins
import copy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from nextpayer.adapter import CAPABILITIES
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import Journey, every, journeys
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = ["CHECKS"]


def declares(subject: AdapterSubject) -> None:
    adapter = subject.adapter
    assert adapter.name, "it has no name"
    assert isinstance(adapter.api_version, int), "it declares no api_version"
    strange = sorted(adapter.capabilities - set(CAPABILITIES))
    assert not strange, f"no capability is called {', '.join(strange)}; there are {', '.join(CAPABILITIES)}"
    for example in adapter.examples:
        assert example.kinds, "an example is for no kind of claim"
        assert set(example.kinds) <= set("PID"), f"an example's kinds are {example.kinds!r}, not some of PID"
    assert subject.examples, "every example is refused: none shows a claim that is billed"
    ids = [edit.id for edit in subject.make().edits()]
    assert len(ids) == len(set(ids)), "two of its edits have one id"
    assert all(edit.source for edit in subject.make().edits()), "an edit has no source"


def repeatable(subject: AdapterSubject) -> None:
    def law(journey: Journey) -> None:
        one, adapter = _everything(subject, journey), subject.make()
        assert one == _everything(subject, journey), "the same claim comes out differently the second time"
        split = subject.work(journey).decision.split
        shared = [adapter.expected(journey.account, journey.policy, split) for _ in (1, 2)]
        assert shared[0] == shared[1], "one instance says different amounts of one claim"

    every(journeys(subject.examples), law)


def idempotent(subject: AdapterSubject) -> None:
    def law(journey: Journey) -> None:
        claim, account = subject.billed(journey), journey.account
        assert subject.make().prepare(claim, account) == claim, "preparing a prepared claim changes it again"

    every(journeys(subject.examples), law)


def unchanged(subject: AdapterSubject) -> None:
    def law(journey: Journey) -> None:
        before = copy.deepcopy(journey)
        _everything(subject, journey)
        assert journey == before, "the claim, a policy or a payment was changed"

    every(journeys(subject.examples), law)


def pure(subject: AdapterSubject) -> None:
    def law(journey: Journey) -> None:
        with _nothing_to_read() as read:
            _everything(subject, journey)
        assert not read, "it reads a file or the network: what it needs comes with its pack and the account"

    every(journeys(subject.examples), law, examples=10)


@contextmanager
def _nothing_to_read() -> Iterator[list[str]]:
    """Nothing can be opened in here. Gives what was tried: the house takes an exception for a held claim."""
    tried: list[str] = []

    def refuse(*_: object, **__: object) -> None:
        tried.append("open")
        raise PermissionError("nothing may be read here")

    with mock.patch.object(builtins, "open", refuse), mock.patch.object(socket, "socket", refuse):
        yield tried


def _everything(subject: AdapterSubject, journey: Journey) -> tuple[object, ...]:
    """All that an adapter says of one claim."""
    adapter, account = subject.make(), journey.account
    outcome = subject.work(journey)
    return (
        tuple(adapter.objections(account, journey.policy, journey.today)),
        subject.expected(journey),
        adapter.deadline(account, journey.policy),
        outcome.decision,
        outcome.claim,
    )


CHECKS: tuple[Check[AdapterSubject], ...] = (
    Check(
        name="declares",
        law="It has a name, an interface version, known capabilities, and edits with ids and sources.",
        run=declares,
    ),
    Check(
        name="repeatable",
        law="The same input gives the same output.",
        run=repeatable,
    ),
    Check(
        name="idempotent",
        law="Preparing a prepared claim changes nothing.",
        run=idempotent,
    ),
    Check(
        name="inputs-unchanged",
        law="Nothing that it is given is changed.",
        run=unchanged,
    ),
    Check(
        name="pure",
        law="It reads no file and opens no connection.",
        run=pure,
    ),
)

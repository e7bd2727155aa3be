"""Does a transport tell the truth? Checks for authors, against a receiver that misbehaves on command.

The author writes a ``Receiver`` that really listens, and a fixture that makes a ``Bench``: the transport and
its receiver, both new. The checks are the laws of ``nextpayer.ports``:

- *Accepted* only when the receiver kept the file; *Rejected* only when it did not;
- one ``send`` never leaves two kept copies, and where the transport deduplicates, neither do several;
- what ``arrived`` answers is so;
- no secret and no byte of a file in a repr or a log.

Example::

    from nextpayer.testing.transports import Behaviour, Bench, conformance

    @pytest.fixture
    def bench(tmp_path):
        receiver = AcmeReceiver()
        yield Bench(transport=AcmeTransport(receiver.settings), receiver=receiver)
        receiver.close()

    @conformance(Behaviour.TAKES, Behaviour.REFUSES, Behaviour.TAKES_AND_DROPS)
    def test_conformance(check, bench):
        check(bench)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import pytest

from nextpayer.ports import (
    Accepted,
    CollectingTransport,
    InDoubt,
    ListingTransport,
    Outcome,
    Rejected,
    Submission,
    Transport,
)

__all__ = ["CHECKS", "Behaviour", "Bench", "Check", "Receiver", "conformance", "send_under", "submission"]


class Behaviour(StrEnum):
    """What a receiver does with one attempt. After its script it ``TAKES``."""

    TAKES = "takes"
    REFUSES = "refuses"
    BUSY = "busy"
    TAKES_AND_DROPS = "takes-and-drops"
    DROPS = "drops"
    TAKES_AND_IS_SILENT = "takes-and-is-silent"
    IS_SILENT = "is-silent"
    IS_DOWN = "is-down"


class Receiver(Protocol):
    """A receiver under the test's command."""

    def will(self, *behaviours: Behaviour) -> None:
        """What it does with the next attempts, in order."""
        ...

    def kept(self, submission: Submission) -> Sequence[bytes]:
        """The copies of this submission that it has taken in and will work on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A new transport and its new receiver. ``secrets`` are those that it was given; ``offer`` puts a file
    where the transport collects, if it does."""

    transport: Transport
    receiver: Receiver
    secrets: tuple[str, ...] = ()
    offer: Callable[[str, bytes], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One law. ``needs`` are the behaviours that the receiver must be able to show; ``collects`` is for
    transports that collect."""

    name: str
    run: Callable[[Bench], None]
    needs: frozenset[Behaviour] = frozenset({Behaviour.TAKES})
    collects: bool = False


def submission(number: int = 1, *, name: str = "", data: bytes = b"") -> Submission:
    """A file of invented text, recognizable in a log."""
    return Submission(
        id=f"np-conformance-{number}",
        name=name or f"conformance-{number}.837",
        kind="837P",
        data=data or b"%PDF-1.4\nNM1*IL*1*MARLOWE*PHILIPPA~" * 40 + str(number).encode(),
    )


def send_under(bench: Bench, script: Sequence[Behaviour], file: Submission) -> Outcome:
    """Send one file while the receiver follows a script, and hold the outcome against what it kept.

    For property tests: call it with any script. A second call with the same file is a second attempt of the
    host.
    """
    before = len(bench.receiver.kept(file))
    bench.receiver.will(*script)
    outcome = bench.transport.send(file)
    kept = bench.receiver.kept(file)
    assert isinstance(outcome, Accepted | Rejected | InDoubt), "the outcome is one of three"
    assert len(kept) - before <= 1, "one send left several copies"
    assert all(copy == file.data for copy in kept), "the receiver kept other bytes than were sent"
    if isinstance(outcome, Accepted):
        assert kept, "accepted, and the receiver kept nothing"
    if isinstance(outcome, Rejected):
        assert len(kept) == before, "rejected, and the receiver kept it"
    if bench.transport.deduplicates:
        assert len(kept) <= 1, "it deduplicates, and the receiver kept several"
    if isinstance(bench.transport, ListingTransport):
        _listing_is_so(bench.transport, bench.receiver, file)
    return outcome


def _listing_is_so(transport: ListingTransport, receiver: Receiver, file: Submission) -> None:
    receiver.will()
    there = transport.arrived(file)
    if there is not None:
        assert there == bool(receiver.kept(file)), "arrived() says what is not so"


def _a_file_that_is_taken_is_accepted(bench: Bench) -> None:
    outcome = send_under(bench, [Behaviour.TAKES], submission())
    assert isinstance(outcome, Accepted), outcome
    assert len(bench.receiver.kept(submission())) == 1


def _two_files_are_two(bench: Bench) -> None:
    for number in (1, 2):
        assert isinstance(send_under(bench, [Behaviour.TAKES], submission(number)), Accepted)
    assert [len(bench.receiver.kept(submission(number))) for number in (1, 2)] == [1, 1]


def _under(behaviour: Behaviour) -> Callable[[Bench], None]:
    def run(bench: Bench) -> None:
        send_under(bench, [behaviour], submission())

    return run


def _a_refusal_is_rejected_for_good(bench: Bench) -> None:
    outcome = send_under(bench, [Behaviour.REFUSES] * 9, submission())
    assert isinstance(outcome, Rejected), outcome
    assert not outcome.again, "what the receiver refuses, it refuses again"


def _busy_may_be_tried_again(bench: Bench) -> None:
    outcome = send_under(bench, [Behaviour.BUSY] * 9, submission())
    assert isinstance(outcome, Rejected), outcome
    assert outcome.again, "a busy receiver may be asked again"
    assert isinstance(send_under(bench, [Behaviour.TAKES], submission()), Accepted)


def _down_may_be_tried_again(bench: Bench) -> None:
    outcome = send_under(bench, [Behaviour.IS_DOWN] * 9, submission())
    assert isinstance(outcome, Rejected), outcome
    assert outcome.again, "who never connected may try again"


def _no_answer_is_no_yes_and_no_no(bench: Bench) -> None:
    """Whoever drops each attempt may have kept it: unless it can be seen, that is a doubt."""
    outcome = send_under(bench, [Behaviour.TAKES_AND_DROPS] * 9, submission())
    assert not isinstance(outcome, Rejected), outcome


def _the_same_file_twice_is_kept_once(bench: Bench) -> None:
    send_under(bench, [Behaviour.TAKES], submission())
    if bench.transport.deduplicates or isinstance(bench.transport, ListingTransport):
        outcome = send_under(bench, [Behaviour.TAKES], submission())
        if bench.transport.deduplicates:
            assert isinstance(outcome, Accepted), "the same file again is accepted as the one it is"


def _a_name_that_leads_out_is_refused(bench: Bench) -> None:
    for name in ("../out.837", "/out.837", "a/b.837", "a\\b.837", "..", "a\nb"):
        outcome = bench.transport.send(submission(name=name))
        assert isinstance(outcome, Rejected), f"{name!r} was not refused"
        assert not outcome.again
        assert name not in outcome.reason


def _nothing_gives_a_secret_away(bench: Bench) -> None:
    with _logged() as lines:
        outcomes = [
            send_under(bench, [behaviour], submission(number))
            for number, behaviour in enumerate((Behaviour.TAKES, Behaviour.TAKES))
        ]
    shown = [repr(bench.transport), repr(submission()), *map(repr, outcomes), *lines]
    for secret in (*bench.secrets, "MARLOWE", "PHILIPPA"):
        assert not any(secret in line for line in shown), "a secret or a byte of the file is shown"


def _collecting_brings_what_is_new(bench: Bench) -> None:
    assert isinstance(bench.transport, CollectingTransport), "it has no collect()"
    assert bench.offer is not None, "the bench has no way to offer a file"
    bench.offer("answer-1.835", b"ISA*1~")
    bench.offer("answer-2.835", b"ISA*2~")
    found = {one.name: one.data for one in bench.transport.collect(frozenset())}
    assert found == {"answer-1.835": b"ISA*1~", "answer-2.835": b"ISA*2~"}
    again = [one.name for one in bench.transport.collect(frozenset({"answer-1.835"}))]
    assert again == ["answer-2.835"], "what is known is left out, and nothing is removed"


@contextmanager
def _logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    root, handler = logging.getLogger(), Keep(level=logging.DEBUG)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _check(name: str, run: Callable[[Bench], None], *needs: Behaviour) -> Check:
    return Check(name=name, run=run, needs=frozenset({Behaviour.TAKES, *needs}))


#: Every check, in the order in which an author wants to hear of it.
CHECKS: tuple[Check, ...] = (
    _check("a-file-that-is-taken-is-accepted", _a_file_that_is_taken_is_accepted),
    _check("two-files-are-two", _two_files_are_two),
    _check("a-name-that-leads-out-is-refused", _a_name_that_leads_out_is_refused),
    _check("a-refusal-is-rejected-for-good", _a_refusal_is_rejected_for_good, Behaviour.REFUSES),
    _check("busy-may-be-tried-again", _busy_may_be_tried_again, Behaviour.BUSY),
    _check("down-may-be-tried-again", _down_may_be_tried_again, Behaviour.IS_DOWN),
    *(_check(f"the-truth-when-it-{one}", _under(one), one) for one in Behaviour if one != Behaviour.TAKES),
    _check("no-answer-is-no-no", _no_answer_is_no_yes_and_no_no, Behaviour.TAKES_AND_DROPS),
    _check("the-same-file-twice-is-kept-once", _the_same_file_twice_is_kept_once),
    _check("nothing-gives-a-secret-away", _nothing_gives_a_secret_away),
    Check(name="collecting-brings-what-is-new", run=_collecting_brings_what_is_new, collects=True),
)


def conformance(*behaviours: Behaviour, collects: bool = False) -> pytest.MarkDecorator:
    """Run a test once for each check, as its argument ``check``: call it with a bench.

    ``behaviours`` are what the author's receiver can show; checks that need others do not apply and are left
    out. ``TAKES`` is always one. ``collects`` adds those of a transport that collects.
    """
    able = {Behaviour.TAKES, *behaviours}
    return pytest.mark.parametrize(
        "check",
        [
            pytest.param(one.run, id=one.name)
            for one in CHECKS
            if one.needs <= able and (collects or not one.collects)
        ],
    )

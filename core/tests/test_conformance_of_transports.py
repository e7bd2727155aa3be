"""The checks catch what they are for: every lie fails one by name, and an honest transport passes all."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from nextpayer.ports import Accepted, InDoubt, Outcome, Received, Rejected, Submission
from nextpayer.testing.transports import CHECKS, Behaviour, Bench
from nextpayer.transports import plain_name

SECRET = "s3cr3t"
KEEPS = (Behaviour.TAKES, Behaviour.TAKES_AND_DROPS, Behaviour.TAKES_AND_IS_SILENT)


class Memory:
    """A receiver in memory: it answers, or it does not."""

    def __init__(self) -> None:
        self.script: deque[Behaviour] = deque()
        self.copies: list[tuple[str, bytes]] = []
        self.files: dict[str, bytes] = {}

    def will(self, *behaviours: Behaviour) -> None:
        self.script = deque(behaviours)

    def kept(self, submission: Submission) -> Sequence[bytes]:
        return [data for key, data in self.copies if key == submission.id]

    def take(self, key: str, data: bytes) -> Behaviour:
        now = self.script.popleft() if self.script else Behaviour.TAKES
        if now in KEEPS and not any(key == kept for kept, _ in self.copies):
            self.copies.append((key, data))
        return now


class Honest:
    api_version: ClassVar[int] = 1
    deduplicates: bool = True

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def send(self, submission: Submission) -> Outcome:
        if not plain_name(submission.name):
            return Rejected(reason="the name")
        return self.judge(self.memory.take(submission.id, submission.data))

    def judge(self, now: Behaviour) -> Outcome:
        if now is Behaviour.TAKES:
            return Accepted()
        if now is Behaviour.REFUSES:
            return Rejected(reason="refused")
        if now in (Behaviour.BUSY, Behaviour.IS_DOWN):
            return Rejected(reason="later", again=True)
        return InDoubt(reason="no answer")

    def arrived(self, submission: Submission) -> bool | None:
        return bool(self.memory.kept(submission))

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        for name, data in self.memory.files.items():
            if name not in known:
                yield Received(name=name, data=data)


class TwoValued(Honest):
    """No answer is taken for a no."""

    def judge(self, now: Behaviour) -> Outcome:
        found = super().judge(now)
        return Rejected(reason="failed", again=True) if isinstance(found, InDoubt) else found


class Hopeful(Honest):
    """No answer is taken for a yes."""

    def judge(self, now: Behaviour) -> Outcome:
        found = super().judge(now)
        return Accepted() if isinstance(found, InDoubt) else found


class Stubborn(Honest):
    """It sends until somebody says yes, under a new key each time."""

    deduplicates = False

    def send(self, submission: Submission) -> Outcome:
        for attempt in range(3):
            now = self.memory.take(submission.id, submission.data)
            if attempt and now in KEEPS:
                self.memory.copies.append((submission.id, submission.data))
            if now is Behaviour.TAKES:
                return Accepted()
        return self.judge(now)


class Forgetful(Honest):
    """It does not deduplicate, whatever it says."""

    def send(self, submission: Submission) -> Outcome:
        now = self.memory.take(submission.id, submission.data)
        if now in KEEPS:
            self.memory.copies.append((submission.id, submission.data))
        return self.judge(now)


class Mangling(Honest):
    def send(self, submission: Submission) -> Outcome:
        return self.judge(self.memory.take(submission.id, submission.data.strip(b"1")))


class Blind(Honest):
    def arrived(self, submission: Submission) -> bool | None:
        return False


class Believing(Honest):
    def arrived(self, submission: Submission) -> bool | None:
        return True


class Impatient(Honest):
    """What is refused may be tried again for ever."""

    def judge(self, now: Behaviour) -> Outcome:
        return Rejected(reason="no", again=True) if now is Behaviour.REFUSES else super().judge(now)


class Resigned(Honest):
    def judge(self, now: Behaviour) -> Outcome:
        later = now in (Behaviour.BUSY, Behaviour.IS_DOWN)
        return Rejected(reason="no") if later else super().judge(now)


class Trusting(Honest):
    def send(self, submission: Submission) -> Outcome:
        return self.judge(self.memory.take(submission.id, submission.data))


class Talkative(Honest):
    def send(self, submission: Submission) -> Outcome:
        logging.getLogger("acme").debug("sending %r", submission.data)
        return super().send(submission)


class Open(Honest):
    def __repr__(self) -> str:
        return f"Open(token={SECRET!r})"


class Repeating(Honest):
    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        return super().collect(frozenset())


class Removing(Honest):
    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        yield from list(super().collect(known))
        self.memory.files.clear()


def failing(kind: type[Honest]) -> set[str]:
    """The names of the checks that a transport fails."""
    found = set()
    for check in CHECKS:
        memory = Memory()
        bench = Bench(
            transport=kind(memory), receiver=memory, secrets=(SECRET,), offer=memory.files.__setitem__
        )
        try:
            check.run(bench)
        except AssertionError:
            found.add(check.name)
    return found


def test_an_honest_transport_passes_every_check() -> None:
    assert failing(Honest) == set()


@pytest.mark.parametrize(
    ("kind", "caught"),
    [
        (TwoValued, "the-truth-when-it-takes-and-drops"),
        (TwoValued, "no-answer-is-no-no"),
        (Hopeful, "the-truth-when-it-drops"),
        (Hopeful, "the-truth-when-it-is-silent"),
        (Stubborn, "the-truth-when-it-takes-and-drops"),
        (Forgetful, "the-same-file-twice-is-kept-once"),
        (Mangling, "a-file-that-is-taken-is-accepted"),
        (Blind, "a-file-that-is-taken-is-accepted"),
        (Believing, "the-truth-when-it-refuses"),
        (Impatient, "a-refusal-is-rejected-for-good"),
        (Resigned, "busy-may-be-tried-again"),
        (Resigned, "down-may-be-tried-again"),
        (Trusting, "a-name-that-leads-out-is-refused"),
        (Talkative, "nothing-gives-a-secret-away"),
        (Open, "nothing-gives-a-secret-away"),
        (Repeating, "collecting-brings-what-is-new"),
        (Removing, "collecting-brings-what-is-new"),
    ],
)
def test_a_lie_is_caught_by_name(kind: type[Honest], caught: str) -> None:
    assert caught in failing(kind)


def test_every_check_catches_somebody() -> None:
    caught = set().union(*(failing(kind) for kind in Honest.__subclasses__()))
    assert caught == {check.name for check in CHECKS}

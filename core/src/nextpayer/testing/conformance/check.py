"""What a check is, what can come of one, and a run of many that never stops at a failure.

A check is a law with a name that stays. It is held against a subject (an adapter, a form, a distribution's
packs) and raises AssertionError where the law is broken. ``needs`` is a capability that the subject must
declare: checks ask for capabilities, never for a class. ``since`` is the release that brought the check: in
that release it only warns, so that an update of the core turns nobody's tests red overnight.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Generic, Protocol, TypeVar

from nextpayer.errors import UnusableInput

__all__ = ["FIRST", "Check", "NewCheckWarning", "Outcome", "Report", "Result", "run_checks", "unknown"]

#: The release that brought the kit: its checks hold from the start.
FIRST = "0.1"
_LENGTH = 600


class NewCheckWarning(UserWarning):
    """A check that this release brought would fail. From the next minor release on it does."""


class Declares(Protocol):
    """What every subject says of itself."""

    @property
    def name(self) -> str: ...
    @property
    def capabilities(self) -> frozenset[str]: ...


S = TypeVar("S", bound=Declares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[S]):
    """One law. ``run`` returns where it holds and raises where it is broken; ``law`` is one sentence."""

    name: str
    law: str
    run: Callable[[S], None]
    needs: str = ""
    since: str = FIRST

    def applies_to(self, subject: S) -> bool:
        return not self.needs or self.needs in subject.capabilities

    def is_new(self, release: str = "") -> bool:
        """Whether the running release is the one that brought it."""
        return self.since != FIRST and _minor(release or version("nextpayer")) == self.since


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"  # a new check that would fail
    NOT_APPLICABLE = "not applicable"
    EXPECTED_FAILURE = "expected failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One check's outcome, with one line that says why."""

    check: str
    law: str
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that came of one subject."""

    subject: str
    results: tuple[Result, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each outcome, zeros too: a run of nothing must not look like a run of everything."""
        found = Counter(result.outcome for result in self.results)
        return {str(outcome): found[outcome] for outcome in Outcome}

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.outcome is Outcome.FAILED)

    @property
    def sound(self) -> bool:
        """Whether nothing failed and something passed."""
        return not self.failed and any(result.outcome is Outcome.PASSED for result in self.results)


def run_checks(
    subject: S, checks: Iterable[Check[S]], *, expected_failures: Mapping[str, str] | None = None
) -> Report:
    """Hold every check against the subject. ``expected_failures`` gives a reason by check name; one that
    passes all the same has failed. Raises ValueError for a name that no check has, and UnusableInput where
    Python runs without assertions."""
    if not __debug__:
        raise UnusableInput("the conformance kit", "", "Python runs with -O, which takes its checks away")
    every, expected = tuple(checks), dict(expected_failures or {})
    if wrong := unknown(expected, every):
        raise ValueError(wrong)
    return Report(subject=subject.name, results=tuple(_results(subject, every, expected)))


def unknown(names: Iterable[str], checks: Iterable[Check[S]]) -> str:
    """A sentence about names that no check has, empty where there are none."""
    known = {check.name for check in checks}
    strange = sorted(set(names) - known)
    return (
        f"no check is called {', '.join(strange)}; the checks are {', '.join(sorted(known))}"
        if strange
        else ""
    )


def _results(subject: S, checks: Iterable[Check[S]], expected: Mapping[str, str]) -> Iterator[Result]:
    for check in checks:
        outcome, message = _run(subject, check)
        if check.name in expected and outcome is not Outcome.NOT_APPLICABLE:
            if outcome is Outcome.PASSED:
                outcome, message = Outcome.FAILED, "it was expected to fail and passes: take it off the list"
            else:
                outcome, message = Outcome.EXPECTED_FAILURE, expected[check.name]
        yield Result(check=check.name, law=check.law, outcome=outcome, message=message)


def _run(subject: S, check: Check[S]) -> tuple[Outcome, str]:
    if not check.applies_to(subject):
        return Outcome.NOT_APPLICABLE, f"it does not declare {check.needs!r}"
    try:
        check.run(subject)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a subject's own code runs here, and it may raise anything
        message = _said(error)
        if not check.is_new():
            return Outcome.FAILED, message
        warnings.warn(f"{subject.name}: {check.name}: {message}", NewCheckWarning, stacklevel=2)
        return Outcome.WARNED, f"new in {check.since}, fails from the next release on: {message}"
    return Outcome.PASSED, ""


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    text = text if isinstance(error, AssertionError) else f"{type(error).__name__}: {text}"
    return text[:_LENGTH] if text else type(error).__name__


def _minor(release: str) -> str:
    return ".".join(release.split(".")[:2])

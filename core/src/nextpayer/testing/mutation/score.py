"""The mutation score: how many seeded faults the kit catches, and how many more the adapter's own tests do.

The adapter must be sound before: a kit that is red already catches everything and proves nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import unshrunk
from nextpayer.testing.conformance.marks import ADAPTER_CHECKS
from nextpayer.testing.conformance.subject import AdapterSubject
from nextpayer.testing.mutation.faults import MUTANTS
from nextpayer.testing.mutation.mutant import Mutant, seed
from nextpayer.testing.mutation.plugin import ADAPTER, MUTANT

__all__ = ["Caught", "Score", "score"]

#: pytest's exit status of a run in which tests failed.
_TESTS_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One mutant. ``by`` names the check that caught it, ``own tests``, or nobody; one that was not
    ``seeded`` found no place in this adapter and does not count."""

    mutant: str
    says: str
    by: str = ""
    seeded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Every mutant of one adapter."""

    subject: str
    mutants: tuple[Caught, ...]

    @property
    def seeded(self) -> tuple[Caught, ...]:
        return tuple(one for one in self.mutants if one.seeded)

    @property
    def caught(self) -> tuple[Caught, ...]:
        return tuple(one for one in self.seeded if one.by)

    @property
    def survived(self) -> tuple[Caught, ...]:
        return tuple(one for one in self.seeded if not one.by)

    @property
    def percent(self) -> float:
        return 100 * len(self.caught) / len(self.seeded) if self.seeded else 0.0


def score(
    subject: AdapterSubject, tests: Path | None = None, mutants: Iterable[Mutant[Any]] = MUTANTS
) -> Score:
    """Seed every mutant, one by one. ``tests`` are the adapter's own, asked about those the kit lets live."""
    found = [_by_kit(subject, mutant) for mutant in mutants]
    if tests is not None:
        found = list(_asked(subject, found, tests))
    return Score(subject=subject.name, mutants=tuple(found))


def _by_kit(subject: AdapterSubject, mutant: Mutant[Any]) -> Caught:
    seeded = seed(mutant, subject.adapter)
    faulty = replace(subject, adapter=seeded.adapter)
    with unshrunk():
        for check in ADAPTER_CHECKS:
            if check.applies_to(subject) and _fails(check, faulty):
                return Caught(mutant=mutant.name, says=mutant.says, by=check.name)
    return Caught(mutant=mutant.name, says=mutant.says, seeded=seeded.fired > 0)


def _fails(check: Check[AdapterSubject], subject: AdapterSubject) -> bool:
    try:
        check.run(subject)
    except Exception:  # noqa: BLE001 - whatever a faulty adapter raises, it was caught
        return True
    return False


def _asked(subject: AdapterSubject, found: Iterable[Caught], tests: Path) -> Iterator[Caught]:
    """Ask the adapter's own tests about each mutant that lives, in processes of their own."""
    every = list(found)
    with ThreadPoolExecutor(max_workers=2) as pool:
        asked = pool.map(
            lambda one: _by_tests(subject.adapter, one, tests) if one.seeded and not one.by else one, every
        )
        yield from asked


def _by_tests(adapter: type[object], one: Caught, tests: Path) -> Caught:
    target = f"{adapter.__module__}:{adapter.__qualname__}"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "nextpayer.testing.mutation.plugin",
        str(tests),
    ]
    environment = {**os.environ, ADAPTER: target, MUTANT: one.mutant}
    done = subprocess.run(command, check=False, capture_output=True, env=environment)  # noqa: S603
    return replace(one, by="own tests" if done.returncode == _TESTS_FAILED else "")

"""The mutation score: faults are seeded, caught by name, and not counted where they have no place."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nextpayer.adapter import PayerAdapter
from nextpayer.testing.conformance import AdapterSubject
from nextpayer.testing.mutation import MUTANTS, Mutant, score, seed


class Plain(PayerAdapter):
    name = "plain"


BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
#: Some faults of each kind.
SOME = (
    "cas-group-swapped", "missing-ref-f8", "wrong-sequence", "wrong-filing-indicator", "expected-negative",
    "patient-above-liability", "never-objects", "a-day-late", "reads-a-file",
)  # fmt: skip


def of(*names: str) -> list[Mutant[object]]:
    return [BY_NAME[name] for name in names]


def test_there_are_enough_faults_each_with_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(MUTANTS) >= 30
    assert {mutant.spoils for mutant in MUTANTS} == {
        "claim",
        "expectation",
        "objections",
        "deadline",
        "edits",
    }


@pytest.mark.parametrize("name", SOME)
def test_a_seeded_fault_is_caught(name: str) -> None:
    (one,) = score(AdapterSubject(adapter=Plain), mutants=of(name)).mutants
    assert one.seeded
    assert one.by


def test_a_fault_without_a_place_is_not_counted() -> None:
    found = score(AdapterSubject(adapter=Plain), mutants=of("edits-dropped"))
    assert [one.seeded for one in found.mutants] == [False]
    assert (found.seeded, found.percent) == ((), 0.0)


OWN = """
from own_adapter import Own
def test_it_prepares_in_its_own_way():
    assert Own.edits.__name__ == "{name}"
"""


@pytest.mark.parametrize(("name", "by"), [("edits", "own tests"), ("faulty", "")])
def test_the_adapters_own_tests_are_asked_about_what_the_kit_lets_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, by: str
) -> None:
    (tmp_path / "own_adapter.py").write_text(
        "from nextpayer.adapter import PayerAdapter\nclass Own(PayerAdapter):\n    name = 'own'\n"
        "    def edits(self):\n        return ()\n"
    )
    (tmp_path / "test_own.py").write_text(OWN.format(name=name))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    own = importlib.import_module("own_adapter").Own
    harmless = replace(BY_NAME["edits-dropped"], silent=True)  # there are none to drop: nothing can see it
    found = score(AdapterSubject(adapter=own), tmp_path / "test_own.py", mutants=(harmless,))
    monkeypatch.delitem(sys.modules, "own_adapter")
    assert [one.by for one in found.mutants] == [by]


def test_the_class_itself_stays_as_it_was() -> None:
    before = PayerAdapter.prepare
    seed(BY_NAME["wrong-sequence"], Plain)
    assert Plain.prepare is before

"""What a run learned about policies: rows of the report, and the coverage file with its history made longer.

The file that was given is never changed. A run that learned something writes ``coverage.json`` beside its
report: the same document, each fact appended to the history of its policy, ready to be used next time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nextpayer.coverage import Coverage, Fact

from ._inputs import read_json

__all__ = ["Learned", "fact_row", "lengthen"]


def fact_row(fact: Fact) -> dict[str, Any]:
    """A fact as an entry of a policy's history."""
    return {
        "fact": fact.path,
        "value": fact.value,
        "since": fact.since and fact.since.isoformat(),
        "source": fact.source,
        "learned": fact.learned and fact.learned.isoformat(),
        "file": fact.file,
        "segment": fact.segment,
    }


class Learned:
    """The facts that a run learned, by coverage of the coverage file at ``path``."""

    def __init__(self, path: Path | None, coverages: tuple[Coverage, ...]) -> None:
        self._path, self._coverages = path, coverages
        self._facts: dict[int, dict[str, Fact]] = {}

    def add(self, coverage: Coverage, facts: Iterable[Fact]) -> None:
        """Remember what one claim's answers told."""
        for number, one in enumerate(self._coverages):
            if one is coverage:
                for fact in facts:
                    if coverage.policy(fact.policy) is not None:
                        self._facts.setdefault(number, {})[fact.name] = fact

    def write(self, out: Path) -> str | None:
        """The longer coverage file, in ``out``; its name, None when nothing was learned."""
        target = out / "coverage.json"
        target.unlink(missing_ok=True)
        if self._path is None or not self._facts:
            return None
        document: Any = read_json(self._path)
        patients = document if isinstance(document, list) else [document]
        for number, facts in self._facts.items():
            lengthen(patients[number], facts.values())
        part = target.with_name(target.name + ".part")
        part.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(target)
        return target.name

    def by_coverage(self) -> dict[int, tuple[Fact, ...]]:
        """What was learned, by the number of the coverage."""
        return {number: tuple(facts.values()) for number, facts in self._facts.items()}


def lengthen(patient: dict[str, Any], facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Append facts to the histories of one patient's coverage document; the entries that are new there."""
    fresh = []
    for place, item in enumerate(patient["coverages"], 1):
        label = item.get("id") or str(place)
        known = item.get("history") or []
        told = [row for row in (fact_row(fact) for fact in facts if fact.policy == label) if row not in known]
        if told:
            item["history"] = [*known, *told]
            fresh += told
    return fresh

"""What answers teach about policies, kept in the coverage that the ledger holds.

Each fact is appended to the history of its policy, as ``bill`` does it in its ``coverage.json``: with its
source, the day on which the office heard it, and the file and segment that it stands in. The coverage that
was there stays; the longer one counts from then on, and its patient's claims are decided anew by it. A fact
that a coverage has already is not learned again, so deciding comes to an end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from nextpayer.cli._learned import fact_row, lengthen
from nextpayer.coverage import Fact
from nextpayer.wire.coverage import load_coverage

from . import schema
from .intake import add_coverages
from .ledger import Entry, Writer

__all__ = ["Lesson", "teach"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A fact, and the claim whose answer told it."""

    fact: Fact
    claim: int


def teach(
    writer: Writer,
    documents: list[Any],
    learned: Mapping[int, tuple[Fact, ...]],
    lessons: list[Lesson],
) -> int:
    """Keep what was learned, by the number of the coverage among ``documents``; how many facts were new."""
    told = 0
    for number, facts in learned.items():
        patient = documents[number]
        fresh = lengthen(patient, facts)
        if not fresh:
            continue
        mine = [one for one in lessons if any(one.fact is fact and fact_row(fact) in fresh for fact in facts)]
        text = json.dumps(patient, ensure_ascii=False, separators=(",", ":"))
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        (coverage,) = load_coverage(patient, file="the ledger")
        entries = [_entry(writer, one) for one in mine]
        file = next(entry.file for entry in entries if entry.file is not None)
        add_coverages(writer, {key: (coverage, text)}, file, entries)
        told += len(fresh)
    return told


def _entry(writer: Writer, one: Lesson) -> Entry:
    """Where a fact comes from; what it says is in the coverage alone."""
    payments, files = schema.payments, schema.files
    file = writer.connection.scalar(
        select(files.c.id)
        .join(payments, payments.c.file_id == files.c.id)
        .where(
            payments.c.claim_id == one.claim,
            payments.c.segment == one.fact.segment,
            files.c.name == one.fact.file,
        )
    )
    return Entry(
        event="coverage-learned",
        why=one.fact.source,
        claim=one.claim,
        file=file,
        segment=one.fact.segment,
        data={"policy": one.fact.policy, "fact": one.fact.path},
    )

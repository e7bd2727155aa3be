"""The gate before a claim goes out: review rules, pilots, and what a person has said of the claim.

The content that an opinion is bound to is everything that would be sent, as its form writes it: the claim in
a file by itself, made with a fixed day and control number so that the same content has the same digest in any
run, and the documents that go with it. So nothing can change in what goes out without voiding an
approval, and nothing else can void it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import click

from nextpayer.claim import Claim, Envelope
from nextpayer.decide import Decision
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer.pipeline import held
from nextpayer.ports import Form
from nextpayer.review import Opinion, Pilot, Review, Reviewer, Ruling, Verdict
from nextpayer.wire.review import State, dump_state, load_opinions, load_review, load_state

from ._enclosures import Enclosures, Prepared, documents_of
from ._inputs import read_json, read_text, read_toml
from ._outbox import Outbox

__all__ = [
    "AHEAD",
    "LOG",
    "PILOT",
    "REVIEW",
    "SHORT",
    "Gate",
    "approved",
    "as_test",
    "content_of",
    "opened",
    "read_opinions",
    "read_review",
    "review_of",
]

#: What was said of claims, in the run's folder.
LOG = "review.jsonl"
_DAY = dt.date(2000, 1, 1)


#: The folders of claims that a person looks at first, of claims ahead of their turn, and of claims that go
#: out as a test.
REVIEW, AHEAD, PILOT = "review", "ahead", "pilot"
#: So much of a digest names a file.
SHORT = 16

Sent: TypeAlias = tuple[Decision, str | None, dict[str, object]]


class Gate:
    """Sends each claim where it belongs, and keeps who was billed before for the next run.

    ``before`` is the decision on the last claim as it was before it was held: what it is once approved.
    """

    def __init__(
        self,
        review: Review,
        opinions: tuple[Opinion, ...],
        state: State,
        state_file: Path | None,
        tested: Mapping[str, int] | None = None,
    ) -> None:
        self.to_review = 0
        self.pilots: dict[str, int] = {}
        self.before: Decision | None = None
        self._reviewer = Reviewer(
            review, opinions, billed_before=state.billed_before, first=dict(state.first), tested=tested
        )
        self._state, self._state_file = state, state_file

    def send(
        self,
        prepared: Prepared,
        decision: Decision,
        form: Form,
        outbox: Outbox,
        enclosures: Enclosures,
        *,
        on_paper: bool,
    ) -> Sent:
        """Write the claim and its documents where they go: the decision, the claim's file in outgoing, the
        keys that its row has. A form may refuse with ValueError."""
        claim = prepared.claim
        verdict, content = self._judge(prepared, form, on_paper)
        if verdict.ruling is Ruling.WAIT:
            return held(decision, verdict.reason, verdict.message), None, {}
        if verdict.ruling is Ruling.PILOT:
            prepared = replace(prepared, claim=as_test(claim, on_paper))
            written = outbox.add(prepared.claim, form, PILOT)
        elif verdict.ruling is Ruling.GO:
            written = outbox.add(claim, form)
        else:
            folder = REVIEW if verdict.ruling is Ruling.HOLD else ""
            written = outbox.alone(claim, form, folder, content[:SHORT])
        told = prepared.findings + outbox.findings()
        if verdict.ruling is Ruling.APPROVED:
            told += (approved(verdict.message),)
        if told:
            decision = replace(decision, findings=decision.findings + told)
        self.before = decision
        more = documents_of(enclosures.deliver(prepared))
        if verdict.ruling in (Ruling.GO, Ruling.APPROVED):
            return decision, written, more
        decision = held(decision, verdict.reason, verdict.message)
        if verdict.ruling is Ruling.PILOT:
            self.pilots[written] = self.pilots.get(written, 0) + 1
            return decision, None, {**more, "pilot": written}
        self.to_review += 1
        files = [*_files(more), written]  # documents are moved before their claim
        return decision, None, {**more, "review": {"content": content, "files": outbox.digests(files)}}

    def _judge(self, prepared: Prepared, form: Form, on_paper: bool) -> tuple[Verdict, str]:
        """Where the claim goes, and the digest of its content."""
        claim = prepared.claim
        drawn = content_of(claim, form)
        content = drawn.copy()
        for one, data in prepared.enclosed:
            content.update(f"\0{one.channel or ''} {one.control_number} {len(data)}\0".encode() + data)
        verdict = self._reviewer.judge(
            claim, content=content.hexdigest(), drawn=drawn.hexdigest(), can_test=not on_paper
        )
        return verdict, content.hexdigest()

    @property
    def first(self) -> Mapping[str, tuple[str, ...]]:
        """The marks of first claims, by payer."""
        return self._reviewer.first

    def finish(self) -> None:
        """Keep which claims were first, where the user keeps it."""
        first = self._reviewer.first
        if self._state_file is None or first == dict(self._state.first):
            return
        part = self._state_file.with_name(self._state_file.name + ".part")
        kept = State(billed_before=self._state.billed_before, first=first)
        part.write_text(dump_state(kept), encoding="utf-8")
        part.replace(self._state_file)


def _files(more: dict[str, object]) -> list[str]:
    """The files of a claim's documents, each once."""
    rows = more.get("documents", ())
    assert isinstance(rows, list | tuple)  # noqa: S101 - what documents_of made
    return list(dict.fromkeys(row["file"] for row in rows if row["file"]))


def as_test(claim: Claim, on_paper: bool) -> Claim:
    """The claim in an interchange that is marked as a test (ISA15 T). Raises ValueError for paper, where
    nothing would tell it from a claim that is meant."""
    if on_paper:
        raise ValueError("a claim on paper cannot be marked as a test")
    return replace(claim, envelope=replace(claim.envelope or Envelope(), usage="T"))


def content_of(claim: Claim, form: Form) -> hashlib._Hash:
    """The digest of a claim as its form writes it; the same in every run. A form may refuse with
    ValueError."""
    file = form.start(control_number=1, today=_DAY)
    return hashlib.sha256(f"{form.name}\0".encode() + file.add(claim) + file.finish())


def approved(message: str) -> Finding:
    """What is said of a claim that a person approved."""
    return Finding(
        id="NP-REVIEW-APPROVED",
        severity=Severity.INFO,
        where="next claim",
        message=message,
        source="review log",
    )


def opened(review: Review | None, out: Path, state_file: Path | None) -> Gate | None:
    """The gate of a run into ``out``, None where there is nothing to ask. Raises UnusableInput.

    What was said of a claim in this folder counts with or without rules.
    """
    opinions = read_opinions(out)
    if review is None and not opinions:
        return None
    review = review or Review()
    if not review.needs_state:
        return Gate(review, opinions, State(), None)
    if state_file is None:
        raise UnusableInput(
            "--review", "hold.first", "who was billed before? name a file for it with --review-state"
        )
    if not state_file.parent.is_dir():
        raise UnusableInput(state_file.name, "", "its folder does not exist")
    state = load_state(read_json(state_file), file=state_file.name) if state_file.exists() else State()
    return Gate(review, opinions, state, state_file)


def read_review(path: Path) -> Review:
    """Review rules of a TOML or JSON file (by its ending). Raises UnusableInput."""
    document = read_json(path) if path.suffix.lower() == ".json" else read_toml(path)
    return load_review(document, file=path.name)


def review_of(file: Path | None, pilot: int | None) -> Review | None:
    """The rules of the file, with the pilot of the command line. Raises UsageError and UnusableInput."""
    rules = read_review(file) if file is not None else None
    if pilot is None:
        return rules
    if rules is not None and rules.pilot is not None:
        raise click.UsageError("--review has a pilot already: leave out --pilot")
    return replace(rules or Review(), pilot=Pilot(claims=pilot))


def read_opinions(out: Path) -> tuple[Opinion, ...]:
    """What was said of the claims of a run's folder. Raises UnusableInput."""
    log = out / LOG
    return load_opinions(read_text(log), file=log.name) if log.exists() else ()

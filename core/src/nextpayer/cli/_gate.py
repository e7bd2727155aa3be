"""The gate before a claim goes out: review rules, pilots, and what a person has said of the claim.

The content that an opinion is bound to is everything that would be sent, as its form writes it: the claim in
a file by itself, made with a fixed day and control number so that the same content has the same digest in any
run, and the proof beside it where it is on paper. So nothing can change in what goes out without voiding an
approval, and nothing else can void it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from nextpayer.claim import Claim, Envelope
from nextpayer.decide import Decision
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer.pipeline import held
from nextpayer.ports import Form
from nextpayer.review import Opinion, Review, Reviewer, Ruling, Verdict
from nextpayer.wire.review import State, dump_state, load_opinions, load_review, load_state

from ._inputs import read_json, read_text, read_toml
from ._outbox import Outbox

__all__ = ["LOG", "PILOT", "REVIEW", "Gate", "as_test", "opened", "read_opinions", "read_review"]

#: What was said of claims, in the run's folder.
LOG = "review.jsonl"
_DAY = dt.date(2000, 1, 1)


#: The folders of claims that a person looks at first, and of claims that go out as a test.
REVIEW, PILOT = "review", "pilot"
#: So much of a digest names a file.
_SHORT = 16

Sent: TypeAlias = tuple[Decision, str | None, dict[str, object]]


class Gate:
    """Sends each claim where it belongs, and keeps who was billed before for the next run."""

    def __init__(
        self, review: Review, opinions: tuple[Opinion, ...], state: State, state_file: Path | None
    ) -> None:
        self.to_review = 0
        self.pilots: dict[str, int] = {}
        self._reviewer = Reviewer(
            review, opinions, billed_before=state.billed_before, first=dict(state.first)
        )
        self._state, self._state_file = state, state_file

    def send(
        self,
        claim: Claim,
        decision: Decision,
        form: Form,
        proof: bytes | None,
        told: tuple[Finding, ...],
        outbox: Outbox,
        on_paper: bool,
    ) -> Sent:
        """Write the claim where it goes: the decision, its file in outgoing, the keys that its row has.

        ``told`` are findings about its proof. A form may refuse with ValueError.
        """
        verdict, content = self._judge(claim, form, proof, on_paper)
        more: dict[str, object] = {}
        if verdict.ruling is Ruling.WAIT:
            return held(decision, verdict.reason, verdict.message), None, more
        if verdict.ruling is Ruling.PILOT:
            written = outbox.add(as_test(claim, on_paper), form, PILOT)
        elif verdict.ruling is Ruling.GO:
            written = outbox.add(claim, form)
        else:
            folder = REVIEW if verdict.ruling is Ruling.HOLD else ""
            written = outbox.alone(claim, form, folder, content[:_SHORT])
        told += outbox.findings()
        if verdict.ruling is Ruling.APPROVED:
            told += (_approved(verdict.message),)
        if told:
            decision = replace(decision, findings=decision.findings + told)
        beside = "" if proof is None else outbox.beside(proof)
        if verdict.ruling in (Ruling.GO, Ruling.APPROVED):
            return decision, written, {"proof": beside} if beside else more
        decision = held(decision, verdict.reason, verdict.message)
        if verdict.ruling is Ruling.PILOT:
            self.pilots[written] = self.pilots.get(written, 0) + 1
            return decision, None, {"pilot": written}
        self.to_review += 1
        files = [name for name in (beside, written) if name]  # the proof is moved before its claim
        return decision, None, {"review": {"content": content, "files": outbox.digests(files)}}

    def _judge(self, claim: Claim, form: Form, proof: bytes | None, on_paper: bool) -> tuple[Verdict, str]:
        """Where the claim goes, and the digest of its content."""
        file = form.start(control_number=1, today=_DAY)
        drawn = hashlib.sha256(f"{form.name}\0".encode() + file.add(claim) + file.finish())
        content = drawn.copy()
        if proof is not None:
            content.update(b"\0" + proof)
        verdict = self._reviewer.judge(
            claim, content=content.hexdigest(), drawn=drawn.hexdigest(), can_test=not on_paper
        )
        return verdict, content.hexdigest()

    def finish(self) -> None:
        """Keep which claims were first, where the user keeps it."""
        first = self._reviewer.first
        if self._state_file is None or first == dict(self._state.first):
            return
        part = self._state_file.with_name(self._state_file.name + ".part")
        kept = State(billed_before=self._state.billed_before, first=first)
        part.write_text(dump_state(kept), encoding="utf-8")
        part.replace(self._state_file)


def as_test(claim: Claim, on_paper: bool) -> Claim:
    """The claim in an interchange that is marked as a test (ISA15 T). Raises ValueError for paper, where
    nothing would tell it from a claim that is meant."""
    if on_paper:
        raise ValueError("a claim on paper cannot be marked as a test")
    return replace(claim, envelope=replace(claim.envelope or Envelope(), usage="T"))


def _approved(message: str) -> Finding:
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


def read_opinions(out: Path) -> tuple[Opinion, ...]:
    """What was said of the claims of a run's folder. Raises UnusableInput."""
    log = out / LOG
    return load_opinions(read_text(log), file=log.name) if log.exists() else ()

"""Laws of a form: what it renders is the same every time, whole, and reads back as the claim that went in."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nextpayer import registry
from nextpayer.adapter import Example, PayerAdapter
from nextpayer.claim import Claim
from nextpayer.ports import Form, Quarantined, Reader
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import TODAY, Journey, every, journeys
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = ["CHECKS", "FormSubject"]

_STANDARD = AdapterSubject(adapter=PayerAdapter)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubject:
    """One form class. Its claims are those that the standard bills on generated accounts."""

    form: type[Form]

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def capabilities(self) -> frozenset[str]:
        """What the form declares in ``capabilities``: ``read-back``, where an installed reader knows what it
        writes."""
        declared: frozenset[str] = getattr(self.form, "capabilities", frozenset())
        return declared

    @property
    def examples(self) -> tuple[Example, ...]:
        (usual,) = _STANDARD.examples
        return (Example(policy=usual.policy, kinds=str(self.form.kind)),)

    def render(self, *claims: Claim, number: int = 7, today: dt.date = TODAY) -> bytes:
        file = self.form().start(control_number=number, today=today)
        return b"".join(file.add(claim) for claim in claims) + file.finish()


def _each(subject: FormSubject, law: Callable[[Journey, Claim], None], examples: int = 15) -> None:
    every(
        journeys(subject.examples, ahead=1),
        lambda journey: law(journey, _STANDARD.billed(journey)),
        examples=examples,
    )


def declares(subject: FormSubject) -> None:
    form = subject.form
    assert form.name, "it has no name"
    assert isinstance(form.api_version, int), "it declares no api_version"
    assert form.suffix, "it has no suffix for its file's name"
    assert not form.suffix.startswith("."), "its suffix begins with a point, which the host adds"
    assert isinstance(form(), Form), "it lacks a part of nextpayer.ports.Form"


def reproducible(subject: FormSubject) -> None:
    def law(journey: Journey, claim: Claim) -> None:
        one = subject.render(claim)
        assert one == subject.render(claim), (
            "the same claim on the same day gives other bytes the second time"
        )
        assert one, "a claim gives no bytes"

    _each(subject, law)


def empty(subject: FormSubject) -> None:
    assert subject.render() == b"", "a file without a claim has bytes"


def independent(subject: FormSubject) -> None:
    """A file of two claims holds both, and is no shorter than with one."""

    def law(journey: Journey, claim: Claim) -> None:
        alone, both = subject.render(claim), subject.render(claim, claim)
        assert len(both) > len(alone), "the second claim of a file is lost"

    _each(subject, law)


def numbered(subject: FormSubject) -> None:
    def law(journey: Journey, claim: Claim) -> None:
        assert subject.render(claim, number=7) != subject.render(claim, number=8), (
            "the control number is not used"
        )

    _each(subject, law, examples=3)


def round_trip(subject: FormSubject) -> None:
    """What a reader makes of the bytes holds what went in, and renders to the same bytes."""

    def law(journey: Journey, claim: Claim) -> None:
        data = subject.render(claim)
        (read,) = _read(data, subject.form.suffix)
        _same(read, claim)
        assert subject.render(read) == data, "what is read back renders to other bytes"

    _each(subject, law)


def _read(data: bytes, suffix: str) -> list[Claim]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"claims.{suffix}"
        path.write_bytes(data)
        for ep in registry.declared("reader"):
            reader: Reader = registry.load("reader", ep.name)()
            if reader.sniff(path):
                found = list(reader.claims(path))
                assert not [one for one in found if isinstance(one, Quarantined)], (
                    "a claim cannot be read back"
                )
                return [one for one in found if isinstance(one, Claim)]
    raise AssertionError("no installed reader knows what the form writes")


def _same(read: Claim, claim: Claim) -> None:
    for name in ("patient_control_number", "charge_amount", "frequency", "kind"):
        assert getattr(read, name) == getattr(claim, name), f"{name} is read back as {getattr(read, name)!r}"
    assert [x.charge_amount for x in read.lines] == [x.charge_amount for x in claim.lines], (
        "a line's charge differs"
    )
    assert read.policy.payer.id == claim.policy.payer.id, "the payer is another one"
    for one, other in zip(read.other_payers, claim.other_payers, strict=True):
        assert (one.adjudication is None) == (other.adjudication is None), "a decision is lost"
        if one.adjudication is not None and other.adjudication is not None:
            assert one.adjudication.paid_amount == other.adjudication.paid_amount, "what was paid differs"
            assert one.adjudication.adjustments == other.adjudication.adjustments, (
                "a claim's adjustments differ"
            )
            assert [x.adjustments for x in one.adjudication.lines] == [
                x.adjustments for x in other.adjudication.lines
            ], "a line's adjustments differ"


CHECKS = (
    Check(
        name="form-declares",
        law="It has a name, an interface version, a kind and a suffix.",
        run=declares,
    ),
    Check(
        name="form-reproducible",
        law="The same claims on the same day give the same bytes.",
        run=reproducible,
    ),
    Check(
        name="form-empty",
        law="A file without a claim is empty.",
        run=empty,
    ),
    Check(
        name="form-several",
        law="A file holds every claim that was added.",
        run=independent,
    ),
    Check(
        name="form-numbered",
        law="The control number stands in the file.",
        run=numbered,
        needs="read-back",
    ),
    Check(
        name="form-round-trip",
        law="What it writes reads back as the claim that went in.",
        run=round_trip,
        needs="read-back",
    ),
)

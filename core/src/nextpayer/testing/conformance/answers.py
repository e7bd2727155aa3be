"""Laws of what follows from the answers ahead: nothing paid, denied, overpaid, taken back, several."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from nextpayer.decide import Action
from nextpayer.money import ZERO
from nextpayer.remittance import ClaimPayment
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import Journey, every, journeys, later_payer
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = ["CHECKS"]


def zero(subject: AdapterSubject) -> None:
    """Nothing paid and everything left to the patient: the next payer is billed for it, or refuses."""
    every(journeys(subject.examples, style="zero"), lambda journey: _bills_or_refuses(subject, journey))


def denied(subject: AdapterSubject) -> None:
    """Denied for a benefit that the plan has not (PR-204): the next payer is billed, with the denial."""
    every(journeys(subject.examples, style="denied"), lambda journey: _bills_or_refuses(subject, journey))


def _bills_or_refuses(subject: AdapterSubject, journey: Journey) -> None:
    if not subject.refuses(journey):
        subject.billed(journey)


def overpaid(subject: AdapterSubject) -> None:
    """The payer before paid all of it, or more by mistake: the next payer is not billed."""

    def law(journey: Journey) -> None:
        first = journey.payments[0]
        whole = replace(first, adjustments=(), lines=(), paid_amount=first.charge_amount)
        decided = subject.work(replace(journey, payments=(whole,))).decision
        assert decided.action is not Action.BILL_NEXT, "it is billed although nothing is left"
        assert decided.expected_next == ZERO, "money is expected although nothing is left"

    every(journeys(subject.examples), law, examples=10)


def reversal(subject: AdapterSubject) -> None:
    """An answer that was taken back bills nobody; a correction after it does."""

    def law(journey: Journey) -> None:
        first = journey.payments[0]
        back = _reversed(first)
        decided = subject.work(replace(journey, payments=(first, back))).decision
        assert decided.action is not Action.BILL_NEXT, "it is billed on an answer that was taken back"
        again = replace(
            first, remittance=replace(first.remittance, trace_number="AGAIN", payment_date=_later(first, 2))
        )
        outcome = subject.work(replace(journey, payments=(first, back, again)))
        assert outcome.claim is not None or subject.refuses(journey), "the corrected answer is not billed on"

    every(journeys(subject.examples), law, examples=10)


def _reversed(payment: ClaimPayment) -> ClaimPayment:
    """The same answer with every amount negated (X12 RFI 1147)."""
    lines = tuple(
        replace(
            line, charge_amount=-line.charge_amount, paid_amount=-line.paid_amount,
            adjustments=tuple(replace(one, amount=-one.amount) for one in line.adjustments),
        )
        for line in payment.lines
    )  # fmt: skip
    return replace(
        payment,
        remittance=replace(payment.remittance, trace_number="BACK", payment_date=_later(payment, 1)),
        status="22",
        charge_amount=-payment.charge_amount,
        paid_amount=-payment.paid_amount,
        adjustments=tuple(replace(one, amount=-one.amount) for one in payment.adjustments),
        lines=lines,
    )


def _later(payment: ClaimPayment, days: int) -> dt.date:
    day = payment.remittance.payment_date
    assert day is not None
    return day + dt.timedelta(days=days)


def several(subject: AdapterSubject) -> None:
    for ahead in (2, 3):
        every(
            journeys(subject.examples, ahead=ahead), lambda journey: _several(subject, journey), examples=10
        )


def _several(subject: AdapterSubject, journey: Journey) -> None:
    told = [other for other in subject.billed(journey).other_payers if other.adjudication is not None]
    assert len(told) == len(journey.payments), (
        f"{len(told)} of {len(journey.payments)} decisions are in the claim"
    )


def several_or_refused(subject: AdapterSubject) -> None:
    """Whoever does not declare ``several-ahead`` refuses somewhere, with a code."""
    refused: list[bool] = []
    every(
        journeys(subject.examples, ahead=2),
        lambda journey: refused.append(_billed_or_coded(subject, journey)),
        examples=25,
    )
    if "several-ahead" not in subject.capabilities:
        assert any(refused), "it does not declare several-ahead, and refuses no claim with two payers ahead"


def _billed_or_coded(subject: AdapterSubject, journey: Journey) -> bool:
    """Whether it refuses; where it does not, the claim must go out."""
    if subject.refuses(journey):
        return True
    subject.billed(journey)
    return False


def later(subject: AdapterSubject) -> None:
    every(
        journeys(subject.examples),
        lambda one: _and_refuse(subject, later_payer(one), wanted=False),
        examples=10,
    )


def nobody_later(subject: AdapterSubject) -> None:
    if "later-payers" not in subject.capabilities:
        every(
            journeys(subject.examples),
            lambda one: _and_refuse(subject, later_payer(one), wanted=True),
            examples=10,
        )


def _and_refuse(subject: AdapterSubject, journey: Journey, *, wanted: bool) -> None:
    refuses = subject.refuses(journey)
    assert refuses is wanted, (
        "it does not declare later-payers, and takes a claim with a payer after it"
        if wanted
        else "it declares later-payers, and refuses a claim with a payer after it"
    )
    assert subject.is_billed(journey) is not wanted


CHECKS: tuple[Check[AdapterSubject], ...] = (
    Check(
        name="zero-paid",
        law="A claim that was paid nothing and left to the patient goes on.",
        run=zero,
    ),
    Check(
        name="denied",
        law="A claim denied for want of a benefit goes on, with the denial.",
        run=denied,
    ),
    Check(
        name="overpaid",
        law="A claim that was paid in full is not billed again.",
        run=overpaid,
    ),
    Check(
        name="reversal",
        law="An answer that was taken back bills nobody; its correction does.",
        run=reversal,
    ),
    Check(
        name="several-payers",
        law="With two and three payers ahead, every decision is in the claim.",
        run=several,
        needs="several-ahead",
    ),
    Check(
        name="several-or-refused",
        law="With two payers ahead a claim goes out whole, or is refused with a code.",
        run=several_or_refused,
    ),
    Check(
        name="later-payers",
        law="A payer after it is no objection.",
        run=later,
        needs="later-payers",
    ),
    Check(
        name="nobody-later",
        law="Who does not declare later-payers refuses a claim with one.",
        run=nobody_later,
    ),
)

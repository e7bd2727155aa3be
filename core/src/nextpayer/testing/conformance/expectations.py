"""Laws of what an adapter expects its payer to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from nextpayer.coordinate import Expectation, MissingTerms
from nextpayer.money import ZERO, is_cents, total
from nextpayer.shares import Terms, shares_of
from nextpayer.testing.conformance.check import Check
from nextpayer.testing.conformance.journeys import Journey, every, journeys
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = ["CHECKS"]

_Law = Callable[[Journey, Expectation], None]


def _each(subject: AdapterSubject, law: _Law, styles: tuple[str, ...] = ("paid", "zero", "qmb")) -> None:
    """Hold a law against expectations with the plan's terms known and without, after each kind of answer."""
    for known in (False, True):
        for style in styles:
            every(
                journeys(subject.examples, style=style, known=known),
                lambda journey: law(journey, subject.expected(journey)),
                examples=15,
            )


def never_negative(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        assert owed.amount >= ZERO, f"the payer is expected to pay {owed.amount}"
        assert owed.patient is None or owed.patient >= ZERO, f"the patient is expected to owe {owed.patient}"

    _each(subject, law)


def never_above_charge(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        unpaid = journey.claim.charge_amount - journey.paid
        together = owed.amount + (owed.patient or ZERO)
        assert together <= unpaid, f"{unpaid} of the charge is unpaid, {together} is expected"

    _each(subject, law)


def patient_at_most_left(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        assert owed.patient is None or owed.patient <= journey.left, (
            f"the patient is expected to owe {owed.patient}, of {journey.left} that the payer before left"
        )

    _each(subject, law)


def held_harmless(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        assert owed.patient == ZERO or (owed.patient is None and owed.amount == journey.left), (
            f"a Qualified Medicare Beneficiary is expected to owe {owed.patient}"
        )

    _each(subject, law, styles=("qmb",))


def owes_nothing(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        assert owed.patient == ZERO, f"the patient is expected to owe {owed.patient}"

    _each(subject, law)


def exact_money(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        amounts = [owed.amount, *(term.amount for term in owed.terms)]
        amounts += [owed.patient] if owed.patient is not None else []
        wrong = [amount for amount in amounts if not isinstance(amount, Decimal)]
        assert not wrong, f"{wrong[0]!r} is not a Decimal" if wrong else ""
        assert is_cents(owed.amount), f"{owed.amount} is not whole cents"
        assert owed.patient is None or is_cents(owed.patient), f"{owed.patient} is not whole cents"

    _each(subject, law)


def explained(subject: AdapterSubject) -> None:
    def law(journey: Journey, owed: Expectation) -> None:
        assert owed.method, "the expectation names no method"
        assert owed.source, "the expectation names no source"
        assert owed.terms or not owed.amount, "the expectation has an amount and no term"
        for term in owed.terms:
            assert term.name, "a term has no name"
            assert term.source, f"the term {term.name!r} has no source"
        assert not owed.amount or owed.amount in _told(owed), (
            f"no term, and no sum of lines, is {owed.amount}"
        )

    _each(subject, law)


def _told(owed: Expectation) -> set[Decimal]:
    """The amounts that terms state, and the sums over lines of one term."""
    sums: dict[str, Decimal] = {}
    for term in owed.terms:
        name = term.name.partition(": ")[2] or term.name
        sums[name] = sums.get(name, ZERO) + term.amount
    return {term.amount for term in owed.terms} | set(sums.values())


def without_terms(subject: AdapterSubject) -> None:
    """With nothing known an adapter names what it misses, or says an amount by a rule that needs no terms."""

    def law(journey: Journey) -> None:
        shares = shares_of(journey.account)
        bare = replace(journey.policy, cob=None, benefits=None)
        owed = subject.make().owes(shares, tuple(Terms() for _ in shares), bare)
        if isinstance(owed, MissingTerms):
            assert owed.names, "terms are missing, and none is named"
            assert owed.source, "terms are missing, and no rule is named that asks for them"

    every(journeys(subject.examples), law)


def ceiling(subject: AdapterSubject) -> None:
    """Without terms the expectation is what was left, or less by a rule that is named."""

    def law(journey: Journey) -> None:
        bare = replace(journey, policy=replace(journey.policy, cob=None, benefits=None))
        bare = replace(bare, policies=(*journey.policies[:-1], bare.policy))
        others = tuple(
            replace(other, policy=bare.policy) if other.policy is journey.policy else other
            for other in journey.claim.other_payers
        )
        bare = replace(bare, claim=replace(journey.claim, other_payers=others))
        owed = subject.expected(bare)
        assert owed.amount <= journey.left, f"{owed.amount} is expected of {journey.left} that was left"
        if owed.method == "PATIENT-RESPONSIBILITY":
            assert owed.amount == journey.left, f"{owed.amount} is expected of {journey.left} that was left"

    for style in ("paid", "zero", "qmb"):
        every(journeys(subject.examples, style=style), law, examples=15)


def line_order(subject: AdapterSubject) -> None:
    def law(journey: Journey) -> None:
        turned = _turned(journey)
        one, other = subject.expected(journey), subject.expected(turned)
        assert one.amount == other.amount, (
            f"{one.amount} in one order of the lines, {other.amount} in another"
        )
        assert one.patient == other.patient, (
            f"the patient: {one.patient} in one order, {other.patient} in another"
        )

    for known in (False, True):
        every(journeys(subject.examples, known=known), law)


def _turned(journey: Journey) -> Journey:
    """The same claim with its lines the other way round, in the claim and in the answers."""
    lines = tuple(
        replace(line, number=number) for number, line in enumerate(reversed(journey.claim.lines), 1)
    )
    payments = tuple(replace(payment, lines=payment.lines[::-1]) for payment in journey.payments)
    return replace(journey, claim=replace(journey.claim, lines=lines), payments=payments)


def adds_up(subject: AdapterSubject) -> None:
    """The decision repeats the adapter's own expectation, and the waterfall never falls below zero."""

    def law(journey: Journey) -> None:
        outcome, owed = subject.work(journey), subject.expected(journey)
        decision = outcome.decision
        if outcome.claim is None:
            return
        assert decision.expected_next == owed.amount, (
            f"{decision.expected_next} is decided, {owed.amount} owed"
        )
        left = decision.split.charge - total(payment.paid_amount for payment in journey.payments)
        rest = left - decision.expected_next - decision.expected_patient
        assert rest >= ZERO, f"more is expected than is unpaid: {-rest} too much"

    every(journeys(subject.examples), law)


CHECKS = (
    Check(
        name="never-negative",
        law="Nobody is expected to pay less than nothing.",
        run=never_negative,
    ),
    Check(
        name="never-above-charge",
        law="Paid, expected and the patient's part are at most the charge.",
        run=never_above_charge,
    ),
    Check(
        name="patient-at-most-left",
        law="The patient owes at most what the payer before left.",
        run=patient_at_most_left,
    ),
    Check(
        name="held-harmless",
        law="A Qualified Medicare Beneficiary owes nothing (42 USC 1396a(n)(3)).",
        run=held_harmless,
    ),
    Check(
        name="owes-nothing",
        law="The patient owes nothing (42 CFR 447.15).",
        run=owes_nothing,
        needs="patient-owes-nothing",
    ),
    Check(
        name="exact-money",
        law="Amounts are Decimals, in whole cents.",
        run=exact_money,
    ),
    Check(
        name="explained",
        law="An expectation names its method, its source, and the term that is its amount.",
        run=explained,
    ),
    Check(
        name="terms-named",
        law="What is not known is named, never guessed.",
        run=without_terms,
    ),
    Check(
        name="ceiling",
        law="Without the plan's terms at most what was left is expected.",
        run=ceiling,
    ),
    Check(
        name="line-order",
        law="The order of the lines changes no amount.",
        run=line_order,
    ),
    Check(
        name="adds-up",
        law="The decision repeats the expectation, and with it the charge adds up.",
        run=adds_up,
    ),
)

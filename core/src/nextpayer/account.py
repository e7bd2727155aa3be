"""Account: one claim, the policies that may pay it, and every answer so far.

Several payments may carry one claim's number: another payer's answer, a reversal and its correction, the
same file read twice, a claim that the payer split. ``open_account`` says whose answer each payment is and
whether it still stands; it decides nothing about money.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ._swift import swift
from .claim import Claim
from .finding import Finding
from .money import ZERO
from .policy import Policy
from .remittance import ClaimPayment

__all__ = [
    "COUNTS",
    "Account",
    "Answer",
    "Contradiction",
    "Standing",
    "open_account",
    "own_answer",
    "place_in_order",
]

_PLACES = {"1": 0, "2": 1, "3": 2, "19": 0, "20": 1, "21": 2}
_FAR_FUTURE = dt.date.max
_UNPROCESSABLE, _DUPLICATE, _REPLACEMENT = "MA130", "18", "7"


class Standing(StrEnum):
    """Whether an answer still counts."""

    STANDS = "stands"
    SPLIT = "split"  # one part of a claim that the payer split; together the parts are the answer
    REVERSAL = "reversal"  # takes an earlier answer back
    REVERSED = "reversed"  # was taken back
    DUPLICATE = "duplicate"  # the very same payment again
    SUPERSEDED = "superseded"  # paid nothing and gave way to the payer's answer to the claim sent again
    NO_ANSWER = "no_answer"  # not recognised, not theirs, or a predetermination: nothing was adjudicated


#: How an answer stands whose money and reasons count.
COUNTS = frozenset({Standing.STANDS, Standing.SPLIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One payment on the account: whose it is, how that is known, and whether it stands."""

    payment: ClaimPayment
    policy: Policy
    standing: Standing = Standing.STANDS
    known_by: str = "destination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """The claim was billed in an order that the rules contradict. ``order`` is the right one, ``steps`` its
    derivation where the two differ."""

    order: tuple[Policy, ...]
    steps: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One claim with its policies in paying order and its answers in the order they were given.

    ``answered`` are the payers that have decided, in paying order: by a payment here or on the claim itself.
    ``billed`` is the claim as it was first sent; ``claim`` is the same with its policies as they are known
    now.
    ``undetermined`` says why the paying order is not known, empty when it is; ``contradiction`` how the order
    in which the claim was billed contradicts the rules.
    """

    claim: Claim
    billed: Claim
    policies: tuple[Policy, ...]
    answers: tuple[Answer, ...]
    answered: tuple[Policy, ...] = ()
    undetermined: str = ""
    contradiction: Contradiction | None = None

    def standing(self, policy: Policy) -> tuple[Answer, ...]:
        """The answers of one payer that count: none, one, or the parts of a split claim."""
        return tuple(
            [answer for answer in self.answers if answer.policy is policy and answer.standing in COUNTS]
        )

    @property
    def next_policy(self) -> Policy | None:
        """The first payer after the last one that has decided; None when there is no other."""
        answered = self.answered
        last = place_in_order(answered[-1], self.policies) if answered else -1
        rest = self.policies[last + 1 :]
        return rest[0] if rest else None


make_account = swift(Account)
make_answer = swift(Answer)


def own_answer(account: Account) -> Answer | None:
    """The last answer of the payer that the claim goes to, neither a repetition, taken back nor superseded;
    None without one."""
    dead = (Standing.DUPLICATE, Standing.REVERSED, Standing.SUPERSEDED)
    own = [one for one in account.answers if one.policy is account.claim.policy and one.standing not in dead]
    return own[-1] if own else None


def _answered(claim: Claim, policies: tuple[Policy, ...], answers: list[Answer]) -> tuple[Policy, ...]:
    decided = [answer.policy for answer in answers if answer.standing in COUNTS]
    decided += [other.policy for other in claim.other_payers if other.adjudication is not None]
    if len(decided) == 1:
        return tuple(decided)
    return tuple([policy for policy in policies if any(policy is one for one in decided)])


def place_in_order(policy: Policy, policies: tuple[Policy, ...]) -> int:
    """Where the policy stands in the order, counted from 0; -1 when it does not."""
    for place, one in enumerate(policies):
        if one is policy:
            return place
    return -1


def open_account(
    claim: Claim,
    policies: tuple[Policy, ...],
    payments: Iterable[ClaimPayment],
    undetermined: str = "",
    *,
    billed: Claim | None = None,
    contradiction: Contradiction | None = None,
) -> Account:
    """The account of one claim. ``policies`` are in paying order and hold the claim's own policy object.

    ``billed`` is the claim as it was first sent, where its policies were different.
    """
    answers = []
    for payment in payments:
        policy, known_by = _whose(payment, claim, policies)
        answers.append(make_answer(payment, policy, Standing.STANDS, known_by))
    if len(answers) > 1:
        answers.sort(key=_chronologically)
        answers = _stand(answers, claim)
    elif answers and answers[0].payment.status in ("4", "23", "25", "22"):
        status = answers[0].payment.status
        answers = [replace(answers[0], standing=Standing.REVERSAL if status == "22" else Standing.NO_ANSWER)]
    answered = _answered(claim, policies, answers)
    return make_account(
        claim, billed or claim, policies, tuple(answers), answered, undetermined, contradiction
    )


def _chronologically(answer: Answer) -> tuple[object, ...]:
    remittance = answer.payment.remittance
    return (remittance.payment_date or _FAR_FUTURE, remittance.file, answer.payment.segment)


def _whose(payment: ClaimPayment, claim: Claim, policies: tuple[Policy, ...]) -> tuple[Policy, str]:
    """Whose answer a payment is: by payer id, by payer name, by the place it says it paid in, else the payer
    billed."""
    if len(policies) == 1:
        return policies[0], "destination"
    ids = payment.remittance.payer_ids
    named = [policy for policy in policies if policy.payer.id in ids]
    if not named:
        name = payment.remittance.payer_name.casefold()
        named = [policy for policy in policies if policy.payer.name.casefold() == name]
    if len(named) == 1:
        return named[0], "payer id"
    destination = next((policy for policy in policies if policy is claim.policy), policies[0])
    place = _PLACES.get(payment.status)
    if (
        named
        and any(policy is destination for policy in named)
        and place in (None, place_in_order(destination, policies))
    ):
        return destination, "payer id"
    if (
        place is not None
        and place < len(policies)
        and (not named or any(policies[place] is one for one in named))
    ):
        return policies[place], "claim status"
    return destination, "destination"


def _stand(answers: list[Answer], claim: Claim) -> list[Answer]:
    """Find duplicates, pair reversals with what they take back, recognise split claims."""
    found: list[Answer] = []
    for answer in answers:
        payment = answer.payment
        if any(same_payment(payment, other.payment) for other in found):
            found.append(replace(answer, standing=Standing.DUPLICATE))
        elif payment.status == "22":
            found.append(replace(answer, standing=Standing.REVERSAL))
        elif payment.status in ("4", "23", "25"):
            found.append(replace(answer, standing=Standing.NO_ANSWER))
        else:
            found.append(answer)
    for reversal in [answer for answer in found if answer.standing is Standing.REVERSAL]:
        at = _taken_back(reversal, found)
        if at is not None:
            found[at] = replace(found[at], standing=Standing.REVERSED)
    _give_way(found)
    for policy in {id(answer.policy): answer.policy for answer in found}.values():
        parts = [n for n, a in enumerate(found) if a.policy is policy and a.standing is Standing.STANDS]
        if len(parts) > 1:
            charges = sum((found[n].payment.charge_amount for n in parts), ZERO)
            if charges == claim.charge_amount:
                for n in parts:
                    found[n] = replace(found[n], standing=Standing.SPLIT)
    return found


def _give_way(answers: list[Answer]) -> None:
    """Answers that paid nothing and speak of no decision beside another one of the same payer.

    The payer never took the claim in (RARC MA130: a new claim, and no appeal), so that nothing is there to be
    reversed; it only said that it has the claim already (CARC 18); or it now answers a claim which replaces
    the one that it refused (CLP09, the frequency of the claim answered, is 7). Whatever it paid it takes back
    by a reversal.
    """
    for n, answer in enumerate(answers):
        others = [
            (at, one)
            for at, one in enumerate(answers)
            if at != n and one.policy is answer.policy and one.standing is Standing.STANDS
        ]
        if answer.standing is not Standing.STANDS or answer.payment.paid_amount or not others:
            continue
        later = [one for at, one in others if at > n]
        if (
            (later and _UNPROCESSABLE in answer.payment.remark_codes)
            or any(one.payment.frequency == _REPLACEMENT for one in later)
            or (_only_duplicate(answer) and any(not _only_duplicate(one) for _, one in others))
        ):
            answers[n] = replace(answer, standing=Standing.SUPERSEDED)


def _only_duplicate(answer: Answer) -> bool:
    """Whether the payer said of the claim only that it is there already (CARC 18)."""
    payment = answer.payment
    said = [*payment.adjustments, *(one for line in payment.lines for one in line.adjustments)]
    return bool(said) and all(one.reason == _DUPLICATE for one in said)


def _taken_back(reversal: Answer, answers: list[Answer]) -> int | None:
    """The answer that a reversal takes back: same payer, amounts negated; the payer's number decides between
    several.

    Reversals repeat the original with every amount negated (X12 RFI 1147, 1429, 2442).
    """
    payment = reversal.payment
    fits = [
        n
        for n, answer in enumerate(answers)
        if answer.policy is reversal.policy
        and answer.standing in (Standing.STANDS, Standing.NO_ANSWER)
        and answer.payment.charge_amount == abs(payment.charge_amount)
        and answer.payment.paid_amount == -payment.paid_amount
    ]
    numbered = [n for n in fits if answers[n].payment.control_number == payment.control_number]
    before = [n for n in numbered or fits if _chronologically(answers[n]) < _chronologically(reversal)]
    candidates = before or numbered or fits
    stands = [n for n in candidates if answers[n].standing is Standing.STANDS]
    return next(iter(stands or candidates), None)


def same_payment(one: ClaimPayment, other: ClaimPayment) -> bool:
    """Whether two payments are the very same one, read twice: payer, cheque, payer's number and every
    amount."""
    return (
        one.remittance.trace_number == other.remittance.trace_number
        and one.remittance.payer_ids == other.remittance.payer_ids
        and one.control_number == other.control_number
        and one.status == other.status
        and one.charge_amount == other.charge_amount
        and one.paid_amount == other.paid_amount
        and one.adjustments == other.adjustments
        and [replace(line, segment=0) for line in one.lines]
        == [replace(line, segment=0) for line in other.lines]
    )

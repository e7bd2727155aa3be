"""Review: which finished claims a person looks at before they go out, and what that person said of them.

A rule holds claims by payer, by charge, the first ones to a payer not billed before, or a sample. What was
said of a claim is bound to its content: a digest of exactly what would be sent. Approved content goes out,
returned content stays, and a claim that was reviewed and has changed since is looked at again, whether or not
a rule still holds it. Nothing here reads a file or a clock or draws at random: the digest, what was said, and
who was billed before are arguments, and a sample is drawn from the claim's own content and the rule's seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .claim import Claim
from .errors import InvalidNoun
from .money import ZERO, dollars, is_cents

__all__ = ["Opinion", "Pilot", "Review", "ReviewRule", "Reviewer", "Ruling", "Said", "Verdict"]

#: A share of all digests: those whose first eight bytes are below that part of the whole range.
_RANGE = 1 << 64


class Said(StrEnum):
    """What a person said of a claim."""

    APPROVED = "approved"
    RETURNED = "returned"


class Ruling(StrEnum):
    """Where a claim goes: out with the others, out in a file of its own as it was approved, held to be looked
    at, out as a test, or held until the pilot is over."""

    GO = "go"
    APPROVED = "approved"
    HOLD = "hold"
    PILOT = "pilot"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """One reason to hold claims. ``payer_ids`` limits it to these payers; alone it holds every claim to them.

    Beside it stands at most one of: ``amount``, a charge at or above which a claim is held; ``first``, how
    many claims to a payer not billed before; ``sample``, the part of all claims, drawn with ``seed``.
    Raises InvalidNoun.
    """

    name: str
    payer_ids: tuple[str, ...] = ()
    amount: Decimal | None = None
    first: int | None = None
    sample: Decimal | None = None
    seed: str = ""

    def __post_init__(self) -> None:
        asked = [one for one in (self.amount, self.first, self.sample) if one is not None]
        if len(asked) > 1:
            raise InvalidNoun("review rule: it has one of amount, first and sample; write a rule for each")
        if not asked and not self.payer_ids:
            raise InvalidNoun("review rule: it says neither which payers nor which claims")
        if self.amount is not None and (self.amount <= ZERO or not is_cents(self.amount)):
            raise InvalidNoun("review rule: the amount is not whole cents above zero")
        if self.first is not None and self.first < 1:
            raise InvalidNoun("review rule: the number of first claims is below 1")
        if self.sample is not None and not 0 < self.sample <= 1:
            raise InvalidNoun("review rule: a sample is a part of all claims, above zero and at most 1")
        if (self.sample is not None) != bool(self.seed):
            raise InvalidNoun("review rule: a sample and its seed go together")

    @property
    def reason(self) -> str:
        """The reason of a decision that the rule holds."""
        if self.amount is not None:
            return "NP-REVIEW-AMOUNT"
        if self.first is not None:
            return "NP-REVIEW-FIRST"
        return "NP-REVIEW-PAYER" if self.sample is None else "NP-REVIEW-SAMPLE"

    def speaks_of(self, payer_id: str) -> bool:
        """Whether it is about claims to this payer."""
        return not self.payer_ids or payer_id in self.payer_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """The first claims to a payer go out as a test, its others wait; of every payer without ``payer_ids``.
    Raises InvalidNoun."""

    claims: int
    payer_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.claims < 1:
            raise InvalidNoun("pilot: the number of claims is below 1")

    def speaks_of(self, payer_id: str) -> bool:
        """Whether claims to this payer are part of it."""
        return not self.payer_ids or payer_id in self.payer_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The rules of a run."""

    rules: tuple[ReviewRule, ...] = ()
    pilot: Pilot | None = None

    @property
    def needs_state(self) -> bool:
        """Whether it matters who was billed before."""
        return any(rule.first is not None for rule in self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one person said of one claim's content, on which day (YYYY-MM-DD)."""

    claim_id: str
    payer_id: str
    content: str
    said: Said
    by: str
    on: str
    comment: str = ""

    def __str__(self) -> str:
        comment = f": {self.comment}" if self.comment else ""
        return f"{self.said} by {self.by} on {self.on}{comment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where a claim goes, with the reason of a hold and a sentence that says why."""

    ruling: Ruling
    reason: str = ""
    message: str = ""


class Reviewer:
    """Judges the claims of one run, in their order.

    ``billed_before`` are payers that need no first claims; ``first`` the marks of first claims by payer, as
    earlier runs left them: a claim among them stays a first claim, so that a run repeated holds the same.
    ``tested`` is how many claims to each payer went out as a test before.
    """

    def __init__(
        self,
        review: Review,
        opinions: Iterable[Opinion] = (),
        *,
        billed_before: Iterable[str] = (),
        first: Mapping[str, tuple[str, ...]] | None = None,
        tested: Mapping[str, int] | None = None,
    ) -> None:
        self.first = dict(first or {})
        self._rules, self._pilot = review.rules, review.pilot
        self._billed = frozenset(billed_before)
        self._by_content: dict[str, Opinion] = {}
        self._by_claim: dict[tuple[str, str], Opinion] = {}
        for one in opinions:
            self._by_content[one.content] = self._by_claim[one.payer_id, one.claim_id] = one
        self._sent = dict(tested or {})

    def judge(self, claim: Claim, *, content: str, drawn: str, can_test: bool = True) -> Verdict:
        """``content`` is the digest of all that would be sent, ``drawn`` that of the claim alone, by which a
        sample is drawn; ``can_test`` says whether its form can be marked as a test."""
        payer_id, claim_id = claim.policy.payer.id, claim.patient_control_number
        place = self._place(payer_id, claim_id)
        opinion = self._by_content.get(content)
        if opinion is not None and opinion.said is Said.RETURNED:
            return Verdict(ruling=Ruling.HOLD, reason="NP-REVIEW-RETURNED", message=str(opinion))
        earlier = self._by_claim.get((payer_id, claim_id))
        if opinion is None and earlier is not None:
            message = f"{earlier}; it has changed since, and that no longer counts"
            return Verdict(ruling=Ruling.HOLD, reason="NP-REVIEW-CHANGED", message=message)
        if self._pilot is not None and self._pilot.speaks_of(payer_id):
            return self._piloted(payer_id, self._pilot.claims, can_test)
        if opinion is not None:
            return Verdict(ruling=Ruling.APPROVED, message=str(opinion))
        found = [(rule, why) for rule in self._rules if (why := _why(rule, claim, place, drawn))]
        if not found:
            return Verdict(ruling=Ruling.GO)
        message = "; ".join(f"rule {rule.name!r}: {why}" for rule, why in found)
        return Verdict(ruling=Ruling.HOLD, reason=found[0][0].reason, message=message)

    def _place(self, payer_id: str, claim_id: str) -> int | None:
        """Which of the first claims to its payer this is, from 1; None when it is none of them."""
        most = max((rule.first or 0 for rule in self._rules if rule.speaks_of(payer_id)), default=0)
        if not most or payer_id in self._billed:
            return None
        mark = hashlib.sha256(f"{payer_id}\0{claim_id}".encode()).hexdigest()
        known = self.first.get(payer_id, ())
        if mark not in known:
            if len(known) >= most:
                return None
            known = self.first[payer_id] = (*known, mark)
        return known.index(mark) + 1

    def _piloted(self, payer_id: str, claims: int, can_test: bool) -> Verdict:
        if not can_test:
            message = "its form has no mark for a test"
            return Verdict(ruling=Ruling.WAIT, reason="NP-PILOT-WAITS", message=message)
        sent = self._sent.get(payer_id, 0)
        if sent >= claims:
            message = f"the first {claims} to this payer went out as a test"
            return Verdict(ruling=Ruling.WAIT, reason="NP-PILOT-WAITS", message=message)
        self._sent[payer_id] = sent + 1
        message = f"claim {sent + 1} of {claims} in the test"
        return Verdict(ruling=Ruling.PILOT, reason="NP-PILOT-SENT", message=message)


def _why(rule: ReviewRule, claim: Claim, place: int | None, drawn: str) -> str:
    """Why the rule holds the claim; empty when it does not."""
    if not rule.speaks_of(claim.policy.payer.id):
        return ""
    if rule.amount is not None:
        if claim.charge_amount < rule.amount:
            return ""
        return f"the charge, {dollars(claim.charge_amount)}, is at or above {dollars(rule.amount)}"
    if rule.first is not None:
        return f"claim {place} to a payer not billed before" if place and place <= rule.first else ""
    if rule.sample is not None:
        return f"drawn, {rule.sample} of all" if _drawn(rule.seed, drawn, rule.sample) else ""
    return "every claim to this payer"


def _drawn(seed: str, digest: str, share: Decimal) -> bool:
    draw = hashlib.sha256(f"{seed}\0{digest}".encode()).digest()[:8]
    return int.from_bytes(draw, "big") < int(share * _RANGE)

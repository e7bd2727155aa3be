"""Tidewater Mutual, an invented payer: waits for Medicare, wants a referral, and pays by a rule of its own.

Its certificate (invented), article 7: the plan pays four fifths of what the payer before left to the patient,
at most what is left of the year's maximum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import ClassVar

from nextpayer.account import Account
from nextpayer.adapter import Example, PayerAdapter
from nextpayer.claim import Claim
from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.finding import Finding
from nextpayer.methods import half_up
from nextpayer.policy import Payer, Person, Policy
from nextpayer.scrub import Edit
from nextpayer.shares import Share, Terms, together, whole

__all__ = ["Tidewater"]

_ARTICLE = "Tidewater certificate of coverage (invented), article 7"
_RATE = Decimal("0.80")


def _named(member_id: str) -> Policy:
    payer = Payer(id="TIDE1", name="TIDEWATER MUTUAL", kind="commercial")
    return Policy(payer=payer, holder=Person(), member_id=member_id, filing_indicator="CI")


def _ten_characters(claim: Claim) -> Iterator[tuple[str, str]]:
    if len(claim.policy.member_id) != 10:
        yield "2010BA NM109", "Tidewater's member ids have ten characters"


class Tidewater(PayerAdapter):
    """What Tidewater Mutual wants and owes."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "tidewater"
    capabilities: ClassVar[frozenset[str]] = frozenset({"later-payers"})
    examples: ClassVar[tuple[Example, ...]] = (
        Example(policy=_named("TW00112233")),
        Example(policy=_named("TW1"), refused="TIDE-MEMBER-ID"),
    )

    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        """One payer ahead, no more."""
        yield from super().objections(account, policy, today)
        if len(account.answered) > 1:
            yield self.reject(
                "TIDE-ONE-AHEAD",
                "2320",
                "Tidewater takes a claim with more than one payer ahead on paper only",
                "Tidewater billing guide (invented), section 3",
            )

    def owes(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        """Article 7; without a word on how the payer before divided the charge it is not known."""
        share, own = whole(shares), together(terms)
        if not share.told:
            return MissingTerms(names=("prior[].adjustments",), source=_ARTICLE)
        amount = half_up(share.patient * _RATE)
        if own.maximum is not None:
            amount = min(amount, own.maximum)
        return Expectation(
            amount=amount,
            method="TIDEWATER-FOUR-FIFTHS",
            source=_ARTICLE,
            terms=(
                Term(name="left to the patient", amount=share.patient, source="835 CAS, group PR"),
                Term(name="four fifths, at most the maximum", amount=amount, source=_ARTICLE),
            ),
            patient=share.patient - amount,
        )

    def has_terms(self, policy: Policy) -> bool:
        """Article 7 needs nothing of the coverage file."""
        return True

    def edits(self) -> Iterable[Edit]:
        return (
            Edit(
                id="TIDE-MEMBER-ID",
                title="A member id has ten characters",
                check=_ten_characters,
                source="Tidewater billing guide (invented), section 2",
            ),
        )

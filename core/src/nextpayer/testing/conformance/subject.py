"""The adapter under test: how it is made, what it declares, and a claim's way through the house with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from nextpayer.account import Account
from nextpayer.adapter import Example, PayerAdapter
from nextpayer.claim import Claim
from nextpayer.coordinate import Expectation
from nextpayer.decide import Action, Rulebook
from nextpayer.denial import DenialTable
from nextpayer.edits import OUTGOING
from nextpayer.finding import Finding, Severity
from nextpayer.pipeline import House, Outcome, work
from nextpayer.policy import Payer, Person, Policy
from nextpayer.profile import Profile
from nextpayer.split import split_of
from nextpayer.testing.conformance.journeys import Journey

__all__ = ["AdapterSubject"]

_USUAL = Example(
    policy=Policy(
        payer=Payer(id="NEXT", name="NEXT MUTUAL"),
        holder=Person(),
        member_id="NEXT112233",
        group_number="GNEXT",
        filing_indicator="CI",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterSubject:
    """One adapter class, with the distribution that supplies it (empty where it is not installed)."""

    adapter: type[PayerAdapter]
    distribution: str = ""
    ships_packs: bool = False

    @property
    def name(self) -> str:
        return self.adapter.name or self.adapter.__name__

    @property
    def capabilities(self) -> frozenset[str]:
        """What the adapter declares, and ``packs`` where its distribution ships payer packs."""
        return self.adapter.capabilities | ({"packs"} if self.ships_packs else frozenset())

    @property
    def examples(self) -> tuple[Example, ...]:
        """The policies that are billed; one of a usual plan where the adapter gives none."""
        return tuple(one for one in self.adapter.examples if not one.refused) or (_USUAL,)

    @property
    def refused(self) -> tuple[Example, ...]:
        return tuple(one for one in self.adapter.examples if one.refused)

    def make(self, profile: Profile | None = None) -> PayerAdapter:
        return self.adapter(profile)

    def work(self, journey: Journey, profile: Profile | None = None, today: dt.date | None = None) -> Outcome:
        """The journey's claim through the house: this adapter for its policy, the usual one for others."""
        mine, usual = self.make(profile), PayerAdapter()
        payer = journey.policy.payer.id

        def adapter_for(policy: Policy) -> PayerAdapter:
            return mine if policy.payer.id == payer else usual

        house = House(
            rulebook=Rulebook(adapter_for=adapter_for, denials=DenialTable()),
            edits=OUTGOING,
            profile_for=lambda policy: profile if policy.payer.id == payer else None,
        )
        return work(journey.claim, journey.payments, today=today or journey.today, house=house)

    def billed(self, journey: Journey) -> Claim:
        """The claim that goes out; it must go out."""
        outcome = self.work(journey)
        decision = outcome.decision
        said = "; ".join(f"{f.id} {f.where}" for f in decision.findings if f.severity is Severity.REJECT)
        if outcome.claim is None:
            raise AssertionError(f"the claim is not billed: {decision.action} {decision.reason} ({said})")
        return outcome.claim

    def refuses(self, journey: Journey) -> bool:
        """Whether the adapter itself objects to the claim."""
        return any(finding.severity is Severity.REJECT for finding in self.objections(journey))

    def objections(self, journey: Journey, profile: Profile | None = None) -> tuple[Finding, ...]:
        return tuple(self.make(profile).objections(journey.account, journey.policy, journey.today))

    def expected(self, journey: Journey, profile: Profile | None = None) -> Expectation:
        account: Account = journey.account
        last = account.standing(journey.ahead[-1])
        split = split_of(tuple(answer.payment for answer in last))
        return self.make(profile).expected(account, journey.policy, split)

    def is_billed(
        self, journey: Journey, profile: Profile | None = None, today: dt.date | None = None
    ) -> bool:
        return self.work(journey, profile, today).decision.action is Action.BILL_NEXT

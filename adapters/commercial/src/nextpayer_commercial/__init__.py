"""Commercial payers: group and individual plans, Blue plans, TRICARE, dental. What differs between them is
data.

Everything comes from the payer pack; without one the plan is billed by the standard rules, and what only the
plan document can say (method, filing limit) is left open and never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from nextpayer.account import Account
from nextpayer.adapter import Example, PayerAdapter
from nextpayer.claim import Claim
from nextpayer.coordinate import Expectation, MissingTerms
from nextpayer.policy import CobTerms, Payer, Person, Policy
from nextpayer.shares import Share, Terms, spread, together, whole

from .medigap import owed_by_medigap, plan_letter
from .plans import owed_by_line, owed_by_plan
from .tricare import owed_by_tricare

__all__ = ["Commercial"]


def _named(name: str, kind: str, filing: str, cob: CobTerms | None = None) -> Policy:
    return Policy(
        payer=Payer(id=name, name=name, kind=kind),
        holder=Person(),
        member_id="NEXT112233",
        filing_indicator=filing,
        cob=cob,
    )


def _plan(method: str) -> Policy:
    """A plan's policy as a claim names it, with the method of its document where that is known."""
    return _named("PLAINS", "commercial", "CI", CobTerms(method=method) if method else None)


class Commercial(PayerAdapter):
    """A payer that its pack describes."""

    name: ClassVar[str] = "commercial"
    capabilities: ClassVar[frozenset[str]] = frozenset(
        {"several-ahead", "later-payers", "plan-methods", "tricare"}
    )
    examples: ClassVar[tuple[Example, ...]] = (
        *(Example(policy=_plan(method)) for method in ("", "standard", "nonduplication")),
        Example(policy=_named("TRICARE", "tricare", "CH")),
    )

    def owes(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        """A Medigap plan by its letter, TRICARE by its manual, any other plan by the method that its coverage
        names, else its pack, and at that plan's level: claim or line."""
        stated, pack = policy.cob or CobTerms(), self.profile
        method = stated.method or (pack.cob_method if pack is not None else "")
        level = stated.level or (pack.cob_level if pack is not None else "")
        share, own, kind = whole(shares), together(terms), policy.payer.kind
        if kind == "medigap" or method.lower().startswith("medigap_"):
            return owed_by_medigap(share, own, plan_letter(method, policy.plan_name))
        if kind == "tricare" or policy.filing_indicator == "CH" or method.startswith("tricare_"):
            return owed_by_tricare(share, own, method)
        if level == "line" and len(shares) > 1:
            return owed_by_line(shares, spread(shares, terms), method)
        return owed_by_plan(share, own, method)

    def has_terms(self, policy: Policy) -> bool:
        """A Medigap plan's letter says everything."""
        return policy.payer.kind == "medigap" or super().has_terms(policy)

    def prepare(self, claim: Claim, account: Account) -> Claim:
        """The pack's filing indicator, where the policy has none; never an insurance type, which is
        Medicare's."""
        policy = claim.policy
        changed = policy
        if not policy.filing_indicator and self.profile is not None and self.profile.filing_indicator:
            changed = replace(changed, filing_indicator=self.profile.filing_indicator)
        if policy.insurance_type:
            changed = replace(changed, insurance_type="")
        return claim if changed is policy else replace(claim, policy=changed)

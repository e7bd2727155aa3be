"""Who is the insured of a CMS-1500, and who the other insured: it turns round when Medicare is second.

Commonly the payer that gets the form is described in boxes 1a, 4, 7 and 11 and the other payer in 9. Medicare
as secondary payer has its own number in 1a, but the primary's policy in 4, 7 and 11; box 9 is for Medigap
alone (Medicare Claims Processing Manual, chapter 26, section 10.2, and contractors' instructions).
"""

from __future__ import annotations

from dataclasses import dataclass

from nextpayer.claim import Claim
from nextpayer.policy import Policy

from .parts import MEDICARE, earlier_first, place

__all__ = ["Roles", "is_medicare", "roles_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """``insured`` is whose policy stands in 4, 6, 7 and 11, None where they say that nobody is before
    Medicare. ``other`` stands in 9; ``unnamed`` are payers that the form has no box for."""

    medicare: bool
    insured: Policy | None
    other: Policy | None
    unnamed: int


def is_medicare(policy: Policy) -> bool:
    """Whether it is original Medicare."""
    return policy.filing_indicator in MEDICARE or policy.payer.kind == "medicare"


def roles_of(claim: Claim) -> Roles:
    """The roles of the claim's policies on the form."""
    ours = claim.policy
    others = [policy for policy in earlier_first(claim) if policy is not ours]
    if not is_medicare(ours):
        other = others[0] if others else None
        return Roles(medicare=False, insured=ours, other=other, unnamed=max(0, len(others) - 1))
    before = [policy for policy in others if place(policy) < place(ours)]
    medigap = next((policy for policy in others if policy.payer.kind == "medigap"), None)
    shown = [one for one in (before[0] if before else None, medigap) if one is not None]
    ahead_unnamed = sum(1 for policy in before if not any(policy is one for one in shown))
    return Roles(medicare=True, insured=before[0] if before else None, other=medigap, unnamed=ahead_unnamed)

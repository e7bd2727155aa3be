"""Medicare as a later payer: which part's calculation, the cases that stand before it, and what comes after.

42 CFR 411.32 (no payment where the primary's is payment in full), 411.33 (amount), 411.35 (beneficiary).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.money import ZERO, total
from nextpayer.policy import Policy
from nextpayer.shares import Share, Terms, spread, together, whole

from . import part_a, part_b
from .owed import Owed
from .sequestration import reduced

__all__ = ["owed_by_medicare", "part_of"]

_METHODS = {"A": ("MSP-A", "42 CFR 411.33(e)"), "B": ("MSP-B", "42 CFR 411.33(a)")}


def part_of(terms: Terms, policy: Policy) -> str:
    """A or B: as told, by the filing indicator (MA, MB), or by which part's amount is told; else empty."""
    told = terms.part or {"MA": "A", "MB": "B"}.get(policy.filing_indicator, "")
    if told or (terms.gross is None) == (terms.allowed is None):
        return told
    return "A" if terms.gross is not None else "B"


def owed_by_medicare(
    shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
) -> Expectation | MissingTerms:
    """What Medicare owes after the primary, before sequestration, with every term. What is not known is
    named."""
    part = part_of(terms[0], policy)
    if not part:
        return MissingTerms(names=("terms.part",), source="42 CFR 411.33(a), (e)")
    method, source = _METHODS[part]
    if any(one.paid_in_full for one in terms):
        return _paid_in_full(whole(shares), method)
    if part == "A":
        shares, terms = (whole(shares),), (together(terms),)
    names = dict.fromkeys(n for s, t in zip(shares, terms, strict=True) for n in _missing(part, s, t))
    if names:
        return MissingTerms(names=tuple(names), source=source)
    terms = spread(shares, terms)
    conditional = any(one.conditional for one in terms)
    if conditional:
        shares = tuple(_unanswered(share) for share in shares)
    found = tuple(_owed(part, s, t) for s, t in zip(shares, terms, strict=True))
    amounts = tuple(one.amount for one in found)
    return Expectation(
        amount=total(amounts),
        method=method,
        source=source,
        terms=(
            *(_CONDITIONAL if conditional else ()),
            *_named(shares, found),
            Term(name="Medicare secondary payment", amount=total(amounts), source=source),
            *reduced(amounts, whole(shares).date, terms[0].sequestration),
        ),
        patient=total(one.patient for one in found),
        patient_stated=terms[0].participating is not False,
    )


#: Medicare pays for now, as though the primary had paid nothing, and is repaid when the primary pays.
_CONDITIONAL = (
    Term(
        name="primary paid, for a conditional payment",
        amount=ZERO,
        source="42 CFR 411.45, 411.53, 411.165, 411.175; repaid: 411.24",
    ),
)


def _missing(part: str, share: Share, terms: Terms) -> tuple[str, ...]:
    return part_a.missing(share, terms) if part == "A" else part_b.missing(share, terms)


def _owed(part: str, share: Share, terms: Terms) -> Owed:
    return part_a.owed(share, terms) if part == "A" else part_b.owed(share, terms)


def _unanswered(share: Share) -> Share:
    """The share as if the primary had not decided: nothing is paid, allowed or taken off."""
    return replace(share, paid=ZERO, adjustments=(), stated_allowed=ZERO)


def _paid_in_full(share: Share, method: str) -> Expectation:
    """Nothing: the provider accepts, or must accept, the primary's payment as payment in full (411.32(b);
    condition code 77)."""
    source = "42 CFR 411.32(b)"
    paid: Decimal = share.paid
    return Expectation(
        amount=ZERO,
        method=method,
        source=source,
        terms=(
            Term(name="charge", amount=share.charge, source="SV1-02, SV2-03"),
            Term(name="primary paid, accepted as payment in full", amount=paid, source=source),
        ),
        patient=ZERO,
    )


def _named(shares: tuple[Share, ...], found: tuple[Owed, ...]) -> tuple[Term, ...]:
    """Every line's terms; with several lines each name begins with its line."""
    if len(found) == 1:
        return found[0].terms
    return tuple(
        replace(term, name=f"line {share.number}: {term.name}")
        for share, one in zip(shares, found, strict=True)
        for term in one.terms
    )

"""Two questions that a program which embeds the core asks, as pure functions: who pays, and how much.

With ``decide``, ``next_claim`` and ``scrub`` they are the core without files, clock or command line; ``work``
is all of it at once. An answer that needs more than is known names what is missing.

    answer = order(coverage, on=dt.date(2025, 3, 1))
    owed = estimate(account, policy, adapter)
"""

from __future__ import annotations

import datetime as dt

from .account import Account
from .adapter import PayerAdapter
from .coordinate import Expectation, MissingTerms
from .coverage import Coverage
from .order import RULES, Answer, Rules, order_of_benefits
from .policy import Policy
from .shares import shares_of, terms_of

__all__ = ["estimate", "order"]


def order(coverage: Coverage, on: dt.date, rules: Rules = RULES) -> Answer:
    """Who pays first for services on a day, each step with its rule, and the facts that are missing."""
    return order_of_benefits(coverage, on, rules)


def estimate(account: Account, policy: Policy, adapter: PayerAdapter) -> Expectation | MissingTerms:
    """What the policy's payer owes on the account by its own method, in dollars, or the terms it would need.

    Unlike ``PayerAdapter.expected`` it does not fall back on what the payer before left to the patient.
    """
    shares = shares_of(account)
    return adapter.estimate(shares, tuple(terms_of(policy, share) for share in shares), policy)

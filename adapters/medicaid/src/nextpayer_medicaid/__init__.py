"""Medicaid as the next payer: the last one, and the one whose patients owe nothing more.

Sources: 42 USC 1396a(a)(25) and 42 CFR 433.139 (payer of last resort), 42 CFR 447.15 (payment in full),
42 USC 1396a(n)(3) (QMB), 42 CFR 447.45(d) (filing).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from nextpayer.account import Account, place_in_order
from nextpayer.adapter import PayerAdapter
from nextpayer.claim import Claim
from nextpayer.coordinate import Expectation, Split
from nextpayer.finding import Finding, Severity
from nextpayer.money import ZERO
from nextpayer.policy import Policy

__all__ = ["Medicaid"]


class Medicaid(PayerAdapter):
    """A state's Medicaid programme. How much it pays is the state's choice and comes from its payer pack."""

    name: ClassVar[str] = "medicaid"

    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        """Medicaid pays last: nobody may come after it, and everybody before it must have answered."""
        yield from super().objections(account, policy, today)
        place = place_in_order(policy, account.policies)
        if place < len(account.policies) - 1:
            yield Finding(
                id="NP-MCD-NOT-LAST",
                severity=Severity.REJECT,
                where="2000B SBR01",
                message=(
                    "another payer is placed after Medicaid, which pays last: check the order of benefits"
                ),
                source="42 USC 1396a(a)(25); 42 CFR 433.139",
            )

    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        """At most the cost sharing that is left; the patient owes nothing of it (42 CFR 447.15, QMB).

        Whether a state pays all of it or the lesser of it and its own rate less the payment is the state's
        choice; without that choice the cost sharing is the ceiling, and the method says so.
        """
        ceiling = super().expected(account, policy, split)
        return replace(
            ceiling,
            method="MEDICAID-COST-SHARING-CEILING",
            source="42 CFR 433.139(b)(1); 42 CFR 447.15",
            patient=ZERO,
        )

    def prepare(self, claim: Claim, account: Account) -> Claim:
        """The filing indicator is MC."""
        if claim.policy.filing_indicator == "MC":
            return claim
        return replace(claim, policy=replace(claim.policy, filing_indicator="MC"))

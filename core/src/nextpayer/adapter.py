"""PayerAdapter: what one payer wants. This file is the reference for adapter authors.

An adapter answers five questions about a claim that goes to its payer. Every method has a default that
is right for a payer with no peculiarities, so an adapter overrides only what differs; a payer that differs
in data alone needs a payer pack (``nextpayer.profile``) and no code. Methods are pure: they read no clock
and no file, and answer the same for the same input.

    class Sunrise(PayerAdapter):
        name = "sunrise"

        def objections(self, account, policy, today):
            if today < account.answers[-1].payment.remittance.payment_date + timedelta(days=30):
                why = "Sunrise takes no claim before 30 days"
                yield self.reject("SUN-WAIT", "2000B", why, "Sunrise manual 4.2")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from ._swift import swift
from .account import Account
from .claim import Claim
from .coordinate import Expectation, Split, Term
from .finding import Finding, Severity
from .policy import Policy
from .profile import Profile
from .scrub import Edit

__all__ = ["Deadline", "PayerAdapter"]

make_expectation = swift(Expectation)
make_term = swift(Term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last safe day of an action, with the rule that sets it."""

    day: dt.date
    rule: str
    source: str


class PayerAdapter:
    """One payer family's coordination of benefits. ``profile`` is the payer's pack, None without one."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = ""

    def __init__(self, profile: Profile | None = None) -> None:
        self.profile = profile

    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        """Why this payer cannot be billed now, or not electronically. A reject holds the claim."""
        profile = self.profile
        ahead = len(account.answered)
        if profile is not None and ahead > 1 and profile.electronic_tertiary is False:
            yield self.reject(
                "NP-TERTIARY-PAPER",
                "2000B",
                f"this payer takes no electronic claim with {ahead} payers ahead of it; send it on paper with"
                " every EOB",
                profile.source,
            )
        if profile is not None and profile.electronic_secondary is False:
            yield self.reject(
                "NP-SECONDARY-PAPER",
                "2000B",
                "this payer takes no electronic secondary claim",
                profile.source,
            )

    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        """What this payer should pay, given how the payer before it divided the charge."""
        amount = split.patient + split.held_harmless
        term = make_term(
            "patient responsibility left by the payer before", amount, "835 CAS, group PR and OA-209"
        )
        return make_expectation(
            amount,
            "PATIENT-RESPONSIBILITY",
            "NAIC MDL-120 sec. 7: allowable expense less what was paid",
            (term,),
        )

    def prepare(self, claim: Claim, account: Account) -> Claim:
        """The next claim with this payer's own elements in it. ``claim.policy`` is this payer's."""
        return claim

    def deadline(self, account: Account, policy: Policy) -> Deadline | None:
        """The last day this payer takes the claim, None when the pack does not say (nothing is guessed)."""
        profile = self.profile
        if profile is None:
            return None
        found = []
        service = account.claim.service_to
        decided = max(
            (a.payment.remittance.payment_date for a in account.answers if a.payment.remittance.payment_date),
            default=None,
        )
        if profile.timely_filing_days is not None:
            base = decided if profile.timely_filing_from == "primary_decision" else service
            if base is not None:
                found.append((base + dt.timedelta(days=profile.timely_filing_days), "NP-FILING-LIMIT"))
        if profile.secondary_filing_days is not None and decided is not None:
            found.append(
                (decided + dt.timedelta(days=profile.secondary_filing_days), "NP-SECONDARY-FILING-LIMIT")
            )
        if not found:
            return None
        day, rule = min(found)
        return Deadline(day=day, rule=rule, source=profile.source)

    def edits(self) -> Iterable[Edit]:
        """Further clean-claim edits for claims to this payer."""
        return ()

    def reject(self, id: str, where: str, message: str, source: str) -> Finding:
        """A finding that holds the claim."""
        return Finding(id=id, severity=Severity.REJECT, where=where, message=message, source=source)

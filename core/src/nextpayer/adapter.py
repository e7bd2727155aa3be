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
from .coordinate import Expectation, MissingTerms, Split, Term, held_harmless
from .coverage import Circumstances
from .finding import Finding, Severity
from .policy import Policy
from .profile import Profile
from .scrub import Edit
from .shares import Share, Terms, shares_of, terms_of, with_terms

__all__ = ["CAPABILITIES", "Deadline", "Example", "PayerAdapter"]

_MEDICARE = frozenset({"MA", "MB"})
#: Medicare says that it did not send the claim on: there is nothing to wait for.
_NOT_FORWARDED = frozenset({"MA08", "MA19", "MA68", "N8"})

make_expectation = swift(Expectation)
make_term = swift(Term)

#: CLM07, whether the provider takes the payer's amount as payment in full (assignment).
_ASSIGNMENT = {"A": True, "C": False}
#: Medicare's remarks that the patient is a QMB.
_QMB = frozenset({"N781", "N782", "N783"})


#: What an adapter may declare that it does. The conformance kit asks for these words, never for a class.
CAPABILITIES = {
    "several-ahead": "takes an electronic claim with more than one payer ahead of it",
    "later-payers": "other payers may come after it",
    "patient-owes-nothing": "its payment is payment in full: the patient never owes what it leaves",
    "plan-methods": "pays by the method that the coverage names (standard, nonduplication, basic ...)",
    "msp-part-a": "pays as Medicare Part A after another payer, 42 CFR 411.33(e)",
    "msp-part-b": "pays as Medicare Part B after another payer, 42 CFR 411.33(a)",
    "medicaid": "pays as a Medicaid programme after another payer, 42 CFR 433.139",
    "tricare": "pays as TRICARE after another payer, 32 CFR 199.8",
    "medicare-filing-limit": "takes claims for one calendar year, 42 CFR 424.44",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last safe day of an action, with the rule that sets it."""

    day: dt.date
    rule: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A policy as claims to this payer name it, of invented people: the conformance kit bills claims on it.

    ``kinds`` are the kinds of claims it may be on, as a subset of ``PID``. ``refused`` is the id of the
    finding with which a claim on it is refused, empty where it is billed.
    """

    policy: Policy
    kinds: str = "PID"
    refused: str = ""


class PayerAdapter:
    """One payer family's coordination of benefits. ``profile`` is the payer's pack, None without one.

    ``form`` and ``transport`` name the plugins by which its claims are written and travel, where its pack
    names none; empty: the usual 837, and any receiver that takes them. ``capabilities`` and ``examples`` tell
    the conformance kit (``nextpayer check``) what to hold it to.
    """

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = ""
    form: ClassVar[str] = ""
    transport: ClassVar[str] = ""
    capabilities: ClassVar[frozenset[str]] = frozenset({"several-ahead", "later-payers"})
    examples: ClassVar[tuple[Example, ...]] = ()

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
                profile.source_of("claims.electronic_tertiary"),
            )
        if profile is not None and profile.electronic_secondary is False:
            yield self.reject(
                "NP-SECONDARY-PAPER",
                "2000B",
                "this payer takes no electronic secondary claim",
                profile.source_of("claims.electronic_secondary"),
            )
        if profile is not None and profile.crossover_wait_days is not None:
            yield from self._wait(account, profile, profile.crossover_wait_days, today)

    def pays_ahead(self, policy: Policy, circumstances: Circumstances, today: dt.date) -> Finding | None:
        """Whether this payer takes a claim that the payers before it have not answered, because it pays first
        and recovers from them. None: it never does. A finding that rejects says why not in these
        circumstances; any other says why."""
        return None

    def _wait(self, account: Account, profile: Profile, days: int, today: dt.date) -> Iterator[Finding]:
        """The pack's wait after a Medicare decision: the crossover may still come (Blue plans publish 15 to
        45 days)."""
        last = account.answers[-1]
        decided = last.payment.remittance.payment_date
        if decided is None or last.policy.filing_indicator not in _MEDICARE:
            return
        first = decided + dt.timedelta(days=days)
        if today < first and not _NOT_FORWARDED.intersection(last.payment.remark_codes):
            yield self.reject(
                "NP-CROSSOVER-WAIT",
                "2000B",
                f"this payer takes no claim before {first}: Medicare may still cross the claim over",
                profile.source_of("filing.crossover_wait_days"),
            )

    def owes(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        """What this payer owes on the shares, each with its terms, by this payer's own method.

        The arithmetic only: no account, no clock. What the terms do not say is named, never guessed.
        """
        return MissingTerms(names=("cob.method",), source="the plan's document")

    def estimate(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        """What this payer owes (``owes``), under the law above every payer: a QMB is billed nothing."""
        owed = self.owes(shares, terms, policy)
        qmb = any(one.qmb for one in terms) or any(share.held_harmless for share in shares)
        return held_harmless(owed) if qmb and isinstance(owed, Expectation) else owed

    def has_terms(self, policy: Policy) -> bool:
        """Whether anything is known from which ``owes`` could say an amount: cheap, asked for every claim."""
        return policy.benefits is not None or policy.cob is not None

    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        """What this payer should pay, given how the payer before it divided the charge.

        By its method where the terms are known; else the ceiling: what the payer before left to the patient.
        """
        if self.has_terms(policy):
            shares = shares_of(account)
            told = _told_by(account)
            terms = tuple(with_terms(terms_of(policy, share), told) for share in shares)
            owed = self.estimate(shares, terms, policy)
            if isinstance(owed, Expectation):
                return owed
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
                last = base + dt.timedelta(days=profile.timely_filing_days)
                found.append((last, "NP-FILING-LIMIT", profile.source_of("filing.days")))
        if profile.secondary_filing_days is not None and decided is not None:
            last = decided + dt.timedelta(days=profile.secondary_filing_days)
            found.append((last, "NP-SECONDARY-FILING-LIMIT", profile.source_of("filing.secondary_days")))
        if not found:
            return None
        day, rule, source = min(found)
        return Deadline(day=day, rule=rule, source=source)

    def edits(self) -> Iterable[Edit]:
        """Further clean-claim edits for claims to this payer."""
        return ()

    def reject(self, id: str, where: str, message: str, source: str) -> Finding:
        """A finding that holds the claim."""
        return Finding(id=id, severity=Severity.REJECT, where=where, message=message, source=source)


def _told_by(account: Account) -> Terms:
    """The terms that the claim and the answers themselves tell: assignment (CLM07), a QMB's remark codes."""
    remarks = {code for answer in account.answers for code in answer.payment.remark_codes}
    return Terms(
        participating=_ASSIGNMENT.get(account.claim.accepts_assignment),
        qmb=True if remarks & _QMB else None,
    )

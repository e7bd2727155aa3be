"""The Medicare adapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from nextpayer.account import Account
from nextpayer.adapter import Deadline, Example, PayerAdapter
from nextpayer.claim import Claim, ClaimKind
from nextpayer.coordinate import Expectation, MissingTerms
from nextpayer.finding import Finding
from nextpayer.money import total
from nextpayer.policy import Payer, Person, Policy
from nextpayer.scrub import Edit
from nextpayer.shares import Share, Terms

from .codes import Ahead, msp_codes, with_codes
from .contract import with_contract
from .edits import EDITS
from .reasons import NEVER_CONDITIONAL, insurance_type
from .secondary import owed_by_medicare

__all__ = ["Medicare"]


def _named(filing: str, reason: str, member_id: str = "1EG4TE5MK73") -> Policy:
    """A beneficiary's policy as a claim names it, with the number on CMS's sample card."""
    payer = Payer(id="00882", name="MEDICARE", kind="medicare")
    return Policy(
        payer=payer, holder=Person(), member_id=member_id, filing_indicator=filing, insurance_type=reason
    )


def _decisions(claim: Claim, ahead: tuple[Policy, ...]) -> tuple[Ahead, ...]:
    """The decisions on the claim of the payers ahead, in their order, each with why it is ahead."""
    medicare = claim.policy
    decided = [one for one in claim.other_payers if one.adjudication is not None]
    return tuple(
        Ahead(kind=kind, policy=policy, decision=decision)
        for policy, other in zip(ahead, decided, strict=False)
        if (kind := insurance_type(medicare, policy)) and (decision := other.adjudication)
    )


class Medicare(PayerAdapter):
    """Medicare Part A and Part B, billed after another payer."""

    name: ClassVar[str] = "medicare"
    capabilities: ClassVar[frozenset[str]] = frozenset(
        {"later-payers", "msp-part-a", "msp-part-b", "medicare-filing-limit"}
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example(policy=_named("MB", "12"), kinds="P"),
        Example(policy=_named("MA", "12"), kinds="I"),
        Example(policy=_named("MB", ""), kinds="P", refused="NP-MCR-REASON-MISSING"),
        Example(policy=_named("MA", ""), kinds="I", refused="NP-MCR-REASON-MISSING"),
        Example(policy=_named("MB", "12", "1EG4-TE5-MK73"), kinds="P", refused="NP-MCR-MBI"),
    )

    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        """More than one payer ahead (Part B), and no known reason for being second."""
        yield from super().objections(account, policy, today)
        ahead = account.answered
        pack_says = self.profile.electronic_tertiary if self.profile is not None else None
        if len(ahead) > 1 and policy.filing_indicator == "MB" and pack_says is None:
            yield self.reject(
                "NP-MCR-ONE-PAYER-AHEAD",
                "2000B",
                f"Medicare Part B takes no electronic claim with {len(ahead)} payers ahead of it: send the"
                " paper form with every EOB",
                "FCSO 138521, NGS MSP electronic filing; ASCA exception",
            )
        institutional = account.claim.kind is ClaimKind.INSTITUTIONAL
        asked = ahead if institutional else ahead[:1]  # 837I tells of every payer, 837P has one SBR05
        if any(insurance_type(policy, one) is None for one in asked):
            yield self.reject(
                "NP-MCR-REASON-MISSING",
                "2300 HI*BE" if institutional else "2000B SBR05",
                "why Medicare is not primary is not known: state SBR05 on the claim, or the entitlement and"
                " the employment in the coverage file",
                "42 CFR 411.20 ff; CARC 16 with RARC N245",
            )
        elif institutional and ahead and insurance_type(policy, ahead[0]) in NEVER_CONDITIONAL:
            yield from self._unpaid(account, ahead[0])

    def _unpaid(self, account: Account, first: Policy) -> Iterator[Finding]:
        """A hospital's claim that the Public Health Service or Veterans Affairs left unpaid is no conditional
        claim: Medicare is billed for it as the first payer."""
        answers = account.standing(first)
        if answers and not total(one.payment.paid_amount for one in answers):
            yield self.reject(
                "NP-MCR-NOT-CONDITIONAL",
                "2300 HI*BE",
                "value codes 16 and 42 are not for a conditional payment: what the agency ahead leaves unpaid"
                " is billed to Medicare as primary",
                "FCSO and NGS, conditional payment; Medicare Secondary Payer Manual ch. 3",
            )

    def owes(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        """By 42 CFR 411.33: paragraph (a) for Part B, line by line; (e) for Part A."""
        return owed_by_medicare(shares, terms, policy)

    def prepare(self, claim: Claim, account: Account) -> Claim:
        """837P: SBR05, and CN1 where the contract says another amount than the CAS. 837I: the codes for what
        the primary paid, what the provider must accept, and why."""
        policy, ahead = claim.policy, account.answered
        kind = insurance_type(policy, ahead[0]) if ahead else None
        if kind is None:
            return claim
        told = _decisions(claim, ahead)
        if claim.kind is not ClaimKind.INSTITUTIONAL:
            if told and ahead[0].benefits is not None:
                claim = with_contract(claim, ahead[0], told[0].decision) or claim
            return replace(claim, policy=replace(policy, insurance_type=kind))
        if not told:
            return claim
        wanted = msp_codes(told, claim.charge_amount, policy, claim.service_to)
        codes = with_codes(claim.codes, wanted)
        return replace(claim, policy=replace(policy, insurance_type=""), codes=codes)

    def deadline(self, account: Account, policy: Policy) -> Deadline | None:
        """One calendar year from the service, for institutional claims from the through date.

        A late primary payment is no exception (42 CFR 424.44; Novitas on MSP claims).
        """
        stated = super().deadline(account, policy)
        claim = account.claim
        base = claim.service_to if claim.kind is ClaimKind.INSTITUTIONAL else claim.service_from
        if stated is not None or base is None:
            return stated
        try:
            day = base.replace(year=base.year + 1)
        except ValueError:  # 29 February
            day = dt.date(base.year + 1, 2, 28)
        return Deadline(day=day, rule="NP-MCR-ONE-YEAR", source="42 CFR 424.44(a)")

    def edits(self) -> Iterable[Edit]:
        return EDITS

"""The Medicare adapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from nextpayer.account import Account
from nextpayer.adapter import Deadline, PayerAdapter
from nextpayer.claim import Claim, ClaimKind, HealthCode
from nextpayer.finding import Finding
from nextpayer.money import ZERO, x12_amount
from nextpayer.policy import Policy
from nextpayer.remittance import Adjudication
from nextpayer.scrub import Edit

from .edits import EDITS
from .reasons import TYPES, insurance_type

__all__ = ["Medicare"]

_MSP_VALUE_CODES = frozenset(TYPES)
_OTAF = "44"


class Medicare(PayerAdapter):
    """Medicare Part A and Part B, billed after another payer."""

    name: ClassVar[str] = "medicare"

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
        if ahead and insurance_type(policy, ahead[0]) is None:
            yield self.reject(
                "NP-MCR-REASON-MISSING",
                "2000B SBR05" if account.claim.kind is ClaimKind.PROFESSIONAL else "2300 HI*BE",
                "why Medicare is not primary is not known: state SBR05 on the claim, or the entitlement and"
                " the employment in the coverage file",
                "42 CFR 411.20 ff; CARC 16 with RARC N245",
            )

    def prepare(self, claim: Claim, account: Account) -> Claim:
        """837P: SBR05. 837I: value codes for what the primary paid and what the provider must accept."""
        policy = claim.policy
        ahead = account.answered
        kind = insurance_type(policy, ahead[0]) if ahead else None
        if kind is None:
            return claim
        if claim.kind is not ClaimKind.INSTITUTIONAL:
            return replace(claim, policy=replace(policy, insurance_type=kind))
        primary = next((o.adjudication for o in claim.other_payers if o.adjudication is not None), None)
        if primary is None:
            return claim
        codes = _with_value_codes(claim.codes, kind, primary, claim.charge_amount)
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


def _with_value_codes(
    codes: tuple[tuple[HealthCode, ...], ...], kind: str, primary: Adjudication, charge: Decimal
) -> tuple[tuple[HealthCode, ...], ...]:
    """The HI segments with the MSP value code (amount the primary paid) and, where it applies, value code 44.

    Code 44 is the amount the provider is obligated to accept in full: charges less the contractual reduction,
    sent only when it is less than the charges and more than the payment (CGS 2013 cope21433; it must equal
    charges less all CO adjustments, FISS reason 33981). Codes the claim already has are kept as they are.
    """
    paid = primary.paid_amount or ZERO
    present = {code.code for group in codes for code in group if code.qualifier == "BE"}
    added = []
    if not present & _MSP_VALUE_CODES:
        added.append(HealthCode(qualifier="BE", code=kind, detail=("", "", x12_amount(paid))))
    accepted = charge - primary.adjusted("CO")
    if _OTAF not in present and paid < accepted < charge:
        added.append(HealthCode(qualifier="BE", code=_OTAF, detail=("", "", x12_amount(accepted))))
    if not added:
        return codes
    for place, group in enumerate(codes):
        if group[0].qualifier == "BE" and len(group) + len(added) <= 12:
            return (*codes[:place], group + tuple(added), *codes[place + 1 :])
    return (*codes, tuple(added))

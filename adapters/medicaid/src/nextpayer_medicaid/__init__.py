"""Medicaid as the next payer: the last one, and the one whose patients owe nothing more.

Sources: 42 USC 1396a(a)(25) and 42 CFR 433.139 (payer of last resort), 42 CFR 447.15 (payment in full),
42 USC 1396a(n)(3) (QMB), 42 CFR 447.45(d) (filing).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from nextpayer.account import Account, place_in_order
from nextpayer.adapter import Example, PayerAdapter
from nextpayer.claim import Claim, OtherPayer
from nextpayer.coordinate import Expectation, MissingTerms, Split
from nextpayer.coverage import Circumstances
from nextpayer.finding import Finding, Severity
from nextpayer.money import ZERO
from nextpayer.policy import Payer, Person, Policy
from nextpayer.profile import MedicaidTerms
from nextpayer.scrub import Edit
from nextpayer.shares import Share, Terms

from .owed import owed_by_medicaid

__all__ = ["Medicaid"]

_COST_AVOIDED = "42 CFR 433.139(b)(1)"
_PAYS_FIRST = "42 CFR 433.139(b)(3); 42 USC 1396a(a)(25)(E), (F)"


class Medicaid(PayerAdapter):
    """A state's Medicaid programme. How much it pays is the state's choice and comes from its payer pack."""

    name: ClassVar[str] = "medicaid"
    capabilities: ClassVar[frozenset[str]] = frozenset({"several-ahead", "patient-owes-nothing", "medicaid"})
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            policy=Policy(
                payer=Payer(id="STMCD", name="STATE MEDICAID", kind="medicaid"),
                holder=Person(),
                member_id="MCD445566",
                filing_indicator="MC",
            )
        ),
    )

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
        yield from self._refused_reasons(account)
        codes = dict(self._state.carrier_codes)
        unknown = [one.payer.id for one in account.policies[:place] if one.payer.id not in codes]
        if codes and unknown:
            yield self.reject(
                "NP-MCD-CARRIER-CODE",
                "2330B NM109",
                f"the payer pack has no carrier code of this state for payer {', '.join(unknown)}",
                self.profile.source if self.profile is not None else "",
            )

    def pays_ahead(self, policy: Policy, circumstances: Circumstances, today: dt.date) -> Finding | None:
        """Pay and chase: the categories of the pack that the agency pays first, to recover from the other
        payer. Whatever the pack does not list is cost avoided: the other payer answers first."""
        category, state = circumstances.pay_and_chase, self._state
        if category not in state.pay_and_chase:
            says = f"no payer pack says that this state pays {category} before the other payer"
            return self.reject("NP-MCD-COST-AVOIDED", "2000B", says, _COST_AVOIDED)
        source = self.profile.source_of("medicaid.pay_and_chase") if self.profile is not None else ""
        wait = dict(state.pay_and_chase_after_days).get(category)
        if wait is None and category == "child_support":
            says = "the payer pack does not say how long this state waits for the other payer"
            return self.reject("NP-MCD-CHASE-WAIT", "medicaid.pay_and_chase_after_days", says, _PAYS_FIRST)
        if wait is not None:
            billed = circumstances.first_billed
            if billed is None:
                says = (
                    f"this state waits {wait} days from when the other payer was first billed: when was it?"
                )
                return self.reject("NP-MCD-CHASE-WAIT", "circumstances.first_billed", says, source)
            first = billed + dt.timedelta(days=wait)
            if today < first:
                says = f"this state pays before the other payer from {first} on"
                return self.reject("NP-MCD-CHASE-WAIT", "2000B", says, source)
        return Finding(
            id="NP-MCD-PAYS-FIRST",
            severity=Severity.INFO,
            where="2000B",
            message=f"{category}: Medicaid pays before the other payer and recovers from it",
            source=f"{_PAYS_FIRST}; {source}",
        )

    def _refused_reasons(self, account: Account) -> Iterator[Finding]:
        """Pairs of group and reason that the state does not take: such a claim is denied for it."""
        accepted = self._state.accepted_reasons
        for answer in account.answers if accepted else ():
            payment = answer.payment
            levels = [(payment.segment, payment.adjustments)]
            levels += [(line.segment, line.adjustments) for line in payment.lines]
            for segment, adjustments in levels:
                for one in adjustments:
                    if f"{one.group}-{one.reason}" not in accepted:
                        yield self.reject(
                            "NP-MCD-REASON",
                            f"segment {segment}",
                            f"this state takes no {one.group}-{one.reason} of another payer; it takes"
                            f" {', '.join(accepted)}",
                            self.profile.source_of("medicaid.accepted_reasons") if self.profile else "",
                        )

    def owes(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        """By the state's variant, or the federal floor where no choice is known; the patient owes nothing."""
        method = policy.cob.method if policy.cob is not None else ""
        return owed_by_medicaid(shares, terms, method, self.profile)

    def has_terms(self, policy: Policy) -> bool:
        """A pack that says how the state pays is enough for the variants that ask for no rate."""
        pack = self.profile is not None and self.profile.medicaid is not None
        return pack or super().has_terms(policy)

    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        """What it owes; where the terms do not say, at most the cost sharing that is left. The patient owes
        nothing of it (42 CFR 447.15, QMB)."""
        found = super().expected(account, policy, split)
        if found.method != "PATIENT-RESPONSIBILITY":
            return found
        return replace(
            found,
            method="MEDICAID-COST-SHARING-CEILING",
            source="42 CFR 433.139(b)(1); 42 CFR 447.15",
            patient=ZERO,
        )

    def prepare(self, claim: Claim, account: Account) -> Claim:
        """The filing indicator is MC; other payers go by the state's carrier codes (2330B NM109, SVD01)."""
        if claim.policy.filing_indicator != "MC":
            claim = replace(claim, policy=replace(claim.policy, filing_indicator="MC"))
        codes = dict(self._state.carrier_codes)
        if not any(other.policy.payer.id in codes for other in claim.other_payers):
            return claim
        return replace(claim, other_payers=tuple(_coded(other, codes) for other in claim.other_payers))

    def edits(self) -> Iterable[Edit]:
        """The state's carrier codes, where its pack has them."""
        codes = frozenset(code for _, code in self._state.carrier_codes)
        if not codes:
            return ()

        def uncoded(claim: Claim) -> Iterator[tuple[str, str]]:
            for other in claim.other_payers:
                if other.adjudication is not None and other.policy.payer.id not in codes:
                    where = f"2330B {other.policy.sequence or '?'} NM109"
                    yield where, f"{other.policy.payer.id} is no carrier code of the state"

        return (
            Edit(
                id="NP-MCD-CARRIER-CODE",
                title="Another payer goes by the state's carrier code",
                check=uncoded,
                source="Rhode Island and other states: 2330B NM109 is the state's carrier code",
                severity=Severity.WARN,
                scrub_only=True,
            ),
        )

    @property
    def _state(self) -> MedicaidTerms:
        found = self.profile.medicaid if self.profile is not None else None
        return found or MedicaidTerms()


def _coded(other: OtherPayer, codes: dict[str, str]) -> OtherPayer:
    """The other payer under the state's number for it; as it is where the state's table has none."""
    payer = other.policy.payer
    code = codes.get(payer.id, payer.id)
    return replace(other, policy=replace(other.policy, payer=replace(payer, id=code)))

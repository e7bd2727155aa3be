"""Policies as text: SBR, and the loops of every payer that is not the claim's destination (2320, 2330)."""

from __future__ import annotations

import datetime as dt

from nextpayer.claim import ClaimKind, OtherPayer
from nextpayer.policy import Payer, Policy, Reference
from nextpayer.remittance import Adjudication
from nextpayer_x12.facts import Facts
from nextpayer_x12.parties import Parties
from nextpayer_x12.segments import HOLDER, Guide
from nextpayer_x12.services import Decided
from nextpayer_x12.syntax import Kept

__all__ = ["Coverage"]


class Coverage:
    """Renders policies and other payers of one guide in one syntax."""

    def __init__(self, guide: Guide, facts: Facts, parties: Parties) -> None:
        self._guide, self._facts, self._parties = guide, facts, parties
        self._professional = guide.kind is ClaimKind.PROFESSIONAL
        self._names, self._ids = Kept(), Kept()

    def subscriber(self, loop: str, policy: Policy, relationship: str) -> str:
        """SBR. The insurance type (SBR05) exists on the professional claim only."""
        kind = policy.insurance_type if self._professional else ""
        key = (
            policy.sequence,
            relationship,
            policy.group_number,
            policy.plan_name,
            kind,
            policy.filing_indicator,
        )
        text = self._facts.codes.get(key)
        if text is None:
            text = self._facts.syntax.segment(loop, "SBR", *key[:5], "", "", "", key[5])
            self._facts.codes.keep(key, text)
        return text

    def other(self, other: OtherPayer, decided: Decided) -> list[str]:
        """Loops 2320 and 2330; the payer's decisions on lines are put into ``decided``."""
        facts, policy, decision = self._facts, other.policy, other.adjudication
        payer, holder = policy.payer, policy.holder
        parts = [self.subscriber("2320", policy, policy.patient_relationship)]
        if decision is None:
            date = None
            parts.append(self._insurance(other))
        else:
            date = decision.date
            if decision.adjustments:
                parts.append(facts.adjustments(decision.adjustments))
            parts.append(self._amounts(decision))
            parts.append(self._insurance(other))
            if decision.inpatient and self._guide.kind is ClaimKind.INSTITUTIONAL:
                parts.append(self._elements("MIA", decision.inpatient))
            if decision.outpatient:
                parts.append(self._elements("MOA", decision.outpatient))
            for one in decision.lines:
                if one.line in decided:
                    decided[one.line].append((payer.id, one))
                else:
                    decided[one.line] = [(payer.id, one)]
        parts.append(self._parties.person("2330A", "IL", holder, policy, holder))
        if holder.carried:
            parts.append(self._parties.carried(HOLDER, "2330A", holder.carried))
        parts.append(self._payer(payer, other.references, date))
        if other.carried:
            parts.append(self._provider_loops(other.carried))
        return parts

    def _amounts(self, decision: Adjudication) -> str:
        """AMT: paid, remaining liability, not covered (the last two swapped on the professional claim)."""
        mark, end, amounts = self._facts.mark, self._facts.end, self._facts.amounts
        paid, liability, not_covered = (
            decision.paid_amount,
            decision.remaining_liability,
            decision.non_covered_amount,
        )
        text = "" if paid is None else f"AMT{mark}D{mark}{amounts[paid]}{end}"
        if liability is None and not_covered is None:
            return text
        second = "" if liability is None else f"AMT{mark}EAF{mark}{amounts[liability]}{end}"
        third = "" if not_covered is None else f"AMT{mark}A8{mark}{amounts[not_covered]}{end}"
        return text + (third + second if self._professional else second + third)

    def _insurance(self, other: OtherPayer) -> str:
        """OI. The signature source (OI04) exists on the professional claim only."""
        signature = other.patient_signature if self._professional else ""
        key = ("OI", other.benefits_assigned, signature, other.release)
        text = self._facts.codes.get(key)
        if text is None:
            row = ("", "", other.benefits_assigned, signature, "", other.release) if any(key[1:]) else None
            text = self._facts.syntax.segment("2320", "OI", *row) if row else ""
            self._facts.codes.keep(key, text)
        return text

    def _elements(self, tag: str, elements: tuple[str, ...]) -> str:
        """MIA or MOA as received."""
        return self._facts.syntax.segment("2320", tag, *elements) if any(elements) else ""

    def _payer(self, payer: Payer, references: tuple[Reference, ...], date: dt.date | None) -> str:
        """Loop 2330B: a payer's name and ids, which claims share, around this claim's date and numbers."""
        facts, order = self._facts, self._guide.other_payer
        name = self._names.get(id(payer))
        if name is None:
            name, rest = self._parties.payer_parts("2330B", payer)
            ids = facts.syntax.in_order(order, rest)
            mixed = any(facts.syntax.place(order, one) > order.place("REF", "NF") for one in ids)
            name = self._names.keep(payer, "" if mixed else name)
            self._ids.keep(payer, "".join(ids))
        if not name:  # some of its own segments stand after those of the claim
            name, rest = self._parties.payer_parts("2330B", payer)
            if date is not None:
                rest.append(facts.decided[date])
            rest += [facts.reference("2330B", one) for one in references]
            return name + "".join(facts.syntax.in_order(order, rest))
        if date is not None:
            name += facts.decided[date]
        name += self._ids[id(payer)]
        if len(references) > 1:
            references = tuple(sorted(references, key=lambda one: order.place("REF", one.qualifier)))
        for one in references:
            name += facts.reference("2330B", one)
        return name

    def _provider_loops(self, segments: tuple[str, ...]) -> str:
        """Loops 2330C to 2330I: whole loops, each beginning with NM1, in the guide's order."""
        loops: list[list[str]] = []
        for one in segments:
            if one[:3] == "NM1" or not loops:
                loops.append([])
            loops[-1].append(one)
        syntax = self._facts.syntax
        loops.sort(key=lambda loop: syntax.place(self._guide.other_providers, loop[0]))
        return syntax.raw("2330", [one for loop in loops for one in loop])

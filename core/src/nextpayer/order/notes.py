"""What a biller should know beside the order: conditional payment, closed panels, what Medicaid pays first.

A note changes no place in the order. Each is a row with a test on the finished order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nextpayer.policy import Policy

from .case import Case
from .rule import MEDICARE, PLANS

__all__ = ["NOTES", "Note", "NoteRule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing to know, with its source."""

    id: str
    says: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRule:
    """A note and when it is worth saying. ``applies`` gets the payers in order."""

    id: str
    says: str
    source: str
    applies: Callable[[Case, tuple[Policy, ...]], bool]


def _conditional(case: Case, order: tuple[Policy, ...]) -> bool:
    kinds = [policy.payer.kind for policy in order]
    medicare = next((place for place, kind in enumerate(kinds) if kind in MEDICARE), 0)
    return any(kind in ("auto", "liability", "workers_comp") for kind in kinds[:medicare])


def _outside_panel(case: Case, order: tuple[Policy, ...]) -> bool:
    if len(order) < 2 or any(policy.payer.kind not in PLANS for policy in order[:2]):
        return False
    return (
        case.know(order[0], "cob.closed_panel") is True
        and case.know(order[1], "cob.closed_panel") is False
        and case.told(None, "circumstances.panel_provider") is False
        and not case.told(None, "circumstances.emergency")
        and not case.told(None, "circumstances.referral")
    )


def _paid_by_medicaid_first(case: Case, order: tuple[Policy, ...]) -> bool:
    return (
        len(order) > 1
        and order[-1].payer.kind == "medicaid"
        and bool(case.told(None, "circumstances.pay_and_chase"))
    )


NOTES = (
    NoteRule(
        id="MSP-CONDITIONAL",
        says=(
            "if the insurer ahead does not pay within 120 days, Medicare may be billed for a conditional"
            " payment, which it takes back when the insurer pays"
        ),
        source="42 CFR 411.21, 411.45, 411.52, 411.53",
        applies=_conditional,
    ),
    NoteRule(
        id="NAIC-PANEL",
        says=(
            "the provider is outside the first plan's closed panel: the second plan pays as if it were first"
        ),
        source="NAIC MDL-120 (2013) sec. 6B; SDCL 58-18A-66(2); 28 TAC 3.3507(a)(3)",
        applies=_outside_panel,
    ),
    NoteRule(
        id="GOV-D2",
        says=(
            "Medicaid pays for this service before other cover and recovers from it: the claim may go to"
            " Medicaid without waiting"
        ),
        source="42 CFR 433.139(b)(3)",
        applies=_paid_by_medicaid_first,
    ),
)

"""Medigap after Medicare: what each standard plan pays of what Medicare left, as the plans' own table.

42 USC 1395ss(p); NAIC Medicare Supplement model regulation (MDL-651) sec. 9.1 (benefit plans from 2010);
Medicare & You, comparison of Medigap plans. The rates of K and L hold until their yearly limit is reached.
No plan pays above what Medicare allowed, but for the excess charge of an unassigned claim. Amounts in
dollars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.methods import at_least_zero, half_up, limiting_charge
from nextpayer.money import ZERO
from nextpayer.shares import Share, Terms

__all__ = ["PLANS", "Medigap", "owed_by_medigap", "plan_letter"]

SOURCE = "42 USC 1395ss(p); NAIC MDL-651 sec. 9.1"
_ALL, _HALF, _MOST, _NONE = Decimal(1), Decimal("0.50"), Decimal("0.75"), Decimal(0)
_COINSURANCE, _COPAY, _EXCESS = "2", "3", "45"


@dataclass(frozen=True, slots=True)
class Medigap:
    """The share that a plan pays of each of Medicare's gaps; ``copay`` says that the patient keeps one."""

    deductible_a: Decimal
    deductible_b: Decimal
    coinsurance: Decimal
    excess: Decimal
    copay: bool = False


#: Plan letter: Part A deductible, Part B deductible, coinsurance, Part B excess charge.
#: C and F only for those eligible for Medicare before 2020 (42 USC 1395ss(z)).
PLANS = {
    "A": Medigap(_NONE, _NONE, _ALL, _NONE),
    "B": Medigap(_ALL, _NONE, _ALL, _NONE),
    "C": Medigap(_ALL, _ALL, _ALL, _NONE),
    "D": Medigap(_ALL, _NONE, _ALL, _NONE),
    "F": Medigap(_ALL, _ALL, _ALL, _ALL),
    "G": Medigap(_ALL, _NONE, _ALL, _ALL),
    "K": Medigap(_HALF, _NONE, _HALF, _NONE),
    "L": Medigap(_MOST, _NONE, _MOST, _NONE),
    "M": Medigap(_HALF, _NONE, _ALL, _NONE),
    "N": Medigap(_ALL, _NONE, _ALL, _NONE, copay=True),
}
_METHOD = re.compile("medigap_([a-n])", re.ASCII)
_PLAN_NAME = re.compile(r"\bplan\s+([a-n])\b", re.ASCII | re.IGNORECASE)


def plan_letter(method: str, plan_name: str) -> str:
    """The plan's letter from ``cob.method`` (medigap_g), else from the plan's name (Plan G); else empty."""
    found = _METHOD.fullmatch(method.lower()) or _PLAN_NAME.search(plan_name)
    letter = found[1].upper() if found else ""
    return letter if letter in PLANS else ""


def excess(share: Share) -> Decimal:
    """The Part B excess charge that Medicare left to the patient (PR-45), within the limiting charge: 115
    percent of what Medicare allowed the non-participating supplier (42 CFR 414.48(b))."""
    allowed = share.paid + share.cost_sharing
    return min(beyond(share), at_least_zero(limiting_charge(allowed) - allowed))


def beyond(share: Share) -> Decimal:
    """What was billed beyond Medicare's amount and left to the patient (PR-45)."""
    return at_least_zero(share.left(_EXCESS))


def owed_by_medigap(share: Share, terms: Terms, letter: str) -> Expectation | MissingTerms:
    """What a Medigap plan owes on what Medicare left. What is not known is named."""
    if not letter:
        names = f"cob.method (medigap_a to medigap_n) or coverage.plan_name (Plan {', '.join(PLANS)})"
        return MissingTerms(names=(names,), source=SOURCE)
    plan = PLANS[letter]
    if missing := _missing(share, terms, plan):
        return MissingTerms(names=missing, source=SOURCE)
    deductible = plan.deductible_a if terms.part == "A" else plan.deductible_b
    shared = share.cost_sharing - share.deductible
    kept = min(terms.copay or ZERO, shared) if plan.copay else ZERO
    parts = (
        ("of the deductible", half_up(share.deductible * deductible)),
        ("of the coinsurance", half_up((shared - kept) * plan.coinsurance)),
        ("of the excess charge", half_up(excess(share) * plan.excess)),
    )
    amount = sum((paid for _, paid in parts), ZERO)
    rows = [
        ("charge", share.charge, "SV1-02, SV2-03"),
        ("Medicare paid", share.paid, "835 CLP04, SVC03"),
        ("deductible left by Medicare", share.deductible, "835 CAS PR-1"),
        ("coinsurance left by Medicare", shared, "835 CAS PR-2, PR-3"),
        ("excess charge within the limit", excess(share), "835 CAS PR-45; 42 CFR 414.48(b)"),
    ]
    if plan.copay:
        rows.append(("copay that the patient keeps", kept, "Plan N: up to $20 office, $50 emergency"))
    rows += [(f"Plan {letter} pays {what}", paid, SOURCE) for what, paid in parts]
    return Expectation(
        amount=amount,
        method=f"MEDIGAP-{letter}",
        source=SOURCE,
        terms=tuple(Term(name=name, amount=value, source=where) for name, value, where in rows),
        patient=at_least_zero(share.patient + share.held_harmless - (beyond(share) - excess(share)) - amount),
    )


def _missing(share: Share, terms: Terms, plan: Medigap) -> tuple[str, ...]:
    """The facts that matter here: the part where the plan treats the two deductibles differently, Plan N's
    copay where there is coinsurance."""
    parts_differ = plan.deductible_a != plan.deductible_b and bool(share.deductible)
    coinsurance = share.left(_COINSURANCE) or share.left(_COPAY) or share.held_harmless
    asked = (
        ("prior[].adjustments", share.told and (bool(share.adjustments) or share.patient == ZERO)),
        ("terms.part", bool(terms.part) or not parts_differ),
        ("terms.copay", terms.copay is not None or not (plan.copay and coinsurance)),
    )
    return tuple(name for name, known in asked if not known)

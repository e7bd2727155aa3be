"""What Medicaid owes after the payers before it, by the variant that the state chose.

The choice is, in this order: the coverage's own ``cob.method``, the state's payer pack (by category of
service, else by whether Medicare paid before), and without either the federal floor: the agency pays to the
extent that its own rate exceeds the third party's payment, 42 CFR 433.139(b)(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.methods import half_up
from nextpayer.money import ZERO, total
from nextpayer.profile import MedicaidTerms, Profile
from nextpayer.shares import Share, Terms, together, whole

from .variants import VARIANTS

__all__ = ["owed_by_medicaid", "variant_for"]

FLOOR = "42 CFR 433.139(b)(1)"
_OWN_RATE = "the programme's payment schedule; 42 CFR 433.139(b)(3)(i)"
_PAYMENT_IN_FULL = "42 CFR 447.15, 447.20"
_Pair = tuple[Share, Terms]


def variant_for(share: Share, terms: Terms, state: MedicaidTerms) -> str | MissingTerms:
    """The state's variant for a share: by category (``part_a`` and ``part_b`` are categories), after
    Medicare, or after another payer."""
    by_category = dict(state.by_category)
    after_medicare = share.medicare if share.medicare is not None else (True if terms.part else None)
    part = f"part_{terms.part.lower()}" if terms.part and after_medicare else ""
    for category in (share.category, part):
        if category in by_category:
            return by_category[category]
    if after_medicare is None and state.crossover != state.third_party:
        return MissingTerms(names=("prior[].kind",), source="whether this is a Medicare crossover")
    key = "crossover" if after_medicare is not False else "third_party"
    found: str = getattr(state, key)
    return found or MissingTerms(names=(f"payer pack medicaid.{key}",), source="the state's own choice")


def owed_by_medicaid(
    shares: tuple[Share, ...], terms: tuple[Terms, ...], method: str, profile: Profile | None
) -> Expectation | MissingTerms:
    """What the programme owes, each term named. What is not known is named."""
    state = profile.medicaid if profile is not None else None
    if all(share.first for share in shares):
        return _owed_first(whole(shares), together(terms), state, profile)
    variants = _variants(shares, terms, method, state)
    if isinstance(variants, MissingTerms):
        return variants
    source = _source(method, state, profile)
    by_line = state is not None and state.level == "line"
    groups = _grouped(tuple(zip(shares, terms, strict=True)), variants, by_line)
    missing = [name for variant, share, own in groups for name in _missing(variant, share, own)]
    if any(VARIANTS[variant].of_percentage for variant in variants) and (
        state is None or state.percentage is None
    ):
        missing.append("payer pack medicaid.percentage")
    if missing:
        return MissingTerms(names=tuple(dict.fromkeys(missing)), source=source)
    percentage = state.percentage if state is not None else None
    amounts = [_paid(variant, share, own, percentage) for variant, share, own in groups]
    found = [
        term
        for (variant, share, own), amount in zip(groups, amounts, strict=True)
        for term in _terms(variant, share, own, amount, len(groups) > 1)
    ]
    claim = whole(shares)
    amount, patient, more = _after(total(amounts), claim, terms[0], state, source)
    names = {VARIANTS[variant].name for variant in variants}
    return Expectation(
        amount=amount,
        method=names.pop() if len(names) == 1 else "MEDICAID-BY-CATEGORY",
        source=source,
        terms=(*found, *more, Term(name="patient", amount=patient, source=_PAYMENT_IN_FULL)),
        patient=patient,
    )


def _owed_first(
    claim: Share, terms: Terms, state: MedicaidTerms | None, profile: Profile | None
) -> Expectation | MissingTerms:
    """Where nobody decides before it, as in pay and chase: its own rate, never above the charge."""
    if terms.allowed is None and not terms.excluded:
        return MissingTerms(names=("terms.medicaid_allowed",), source=_OWN_RATE)
    rate = ZERO if terms.excluded else min(terms.allowed or ZERO, claim.charge)
    copays = None if state is None else replace(state, needs_patient_responsibility=None)
    source = profile.source if profile is not None and state is not None else _OWN_RATE
    amount, patient, more = _after(rate, claim, terms, copays, source)
    found = [
        Term(name="charge", amount=claim.charge, source="SV1-02, SV2-03"),
        Term(name="Medicaid rate", amount=rate, source="terms.medicaid_allowed"),
        *more,
        Term(name="patient", amount=patient, source=_PAYMENT_IN_FULL),
    ]
    return Expectation(
        amount=amount, method="MEDICAID-FIRST", source=_OWN_RATE, terms=tuple(found), patient=patient
    )


def _variants(
    shares: Sequence[Share], terms: Sequence[Terms], method: str, state: MedicaidTerms | None
) -> tuple[str, ...] | MissingTerms:
    """The variant of each share."""
    if method in VARIANTS:
        return (method,) * len(shares)
    if method and state is None:
        names = (f"cob.method (one of {', '.join(VARIANTS)})",)
        return MissingTerms(names=names, source="the state's own choice")
    if state is None:
        if any(one.allowed is None for one in terms):
            either = ("payer pack medicaid.crossover", "terms.medicaid_allowed")
            return MissingTerms(names=either, source=f"the state's own choice; {FLOOR}")
        return ("lesser_of",) * len(shares)
    found: list[str] = []
    for share, own in zip(shares, terms, strict=True):
        variant = variant_for(share, own, state)
        if isinstance(variant, MissingTerms):
            return variant
        found.append(variant)
    return tuple(found)


def _source(method: str, state: MedicaidTerms | None, profile: Profile | None) -> str:
    if method in VARIANTS:
        return "the coverage's cob.method"
    return profile.source if profile is not None and state is not None else FLOOR


def _grouped(
    pairs: tuple[_Pair, ...], variants: tuple[str, ...], by_line: bool
) -> list[tuple[str, Share, Terms]]:
    """The shares to be paid each on its own: every line, or the lines of one variant as one claim."""
    if by_line:
        return [(variant, *pair) for variant, pair in zip(variants, pairs, strict=True)]
    groups: dict[str, list[_Pair]] = {}
    for variant, pair in zip(variants, pairs, strict=True):
        groups.setdefault(variant, []).append(pair)
    return [
        (variant, whole([share for share, _ in group]), together([own for _, own in group]))
        for variant, group in groups.items()
    ]


def _paid(variant: str, share: Share, terms: Terms, percentage: Decimal | None) -> Decimal:
    if terms.excluded:
        return ZERO
    chosen = VARIANTS[variant]
    amount = chosen.formula(share, terms.allowed or ZERO)
    return half_up(amount * (percentage or ZERO)) if chosen.of_percentage else amount


def _missing(variant: str, share: Share, terms: Terms) -> tuple[str, ...]:
    asked = (
        (
            "terms.medicaid_allowed",
            not VARIANTS[variant].asks_rate or terms.allowed is not None or terms.excluded,
        ),
        ("prior[].adjustments", share.told or variant == "rate_less_payment"),
    )
    return tuple(name for name, known in asked if not known)


def _terms(variant: str, share: Share, terms: Terms, amount: Decimal, several: bool) -> list[Term]:
    chosen = VARIANTS[variant]
    before = (f"line {share.number}: " if share.number else f"{variant}: ") if several else ""
    rows = [
        ("charge", share.charge, "SV1-02, SV2-03"),
        ("paid before", share.paid, "835 CLP04, SVC03"),
        ("cost sharing left", share.cost_sharing, "835 CAS PR-1, PR-2, PR-3, OA-209"),
    ]
    if variant == "deductible_full_coinsurance_lesser":
        rows.append(("deductible left", share.deductible, "835 CAS PR-1"))
    if terms.allowed is not None:
        rows.append(("Medicaid rate", terms.allowed, "terms.medicaid_allowed"))
        rows.append(("rate less payment", terms.allowed - share.paid, FLOOR))
    rows.append((f"by {chosen.name}", amount, chosen.source))
    return [Term(name=before + what, amount=value, source=source) for what, value, source in rows]


def _after(
    amount: Decimal, claim: Share, terms: Terms, state: MedicaidTerms | None, source: str
) -> tuple[Decimal, Decimal, list[Term]]:
    """What stands after the variant: no patient responsibility, spend-down, copay. Returns the payment, what
    the patient owes of it, and the terms."""
    found: list[Term] = []
    patient = ZERO
    if state is None and terms.allowed is not None and source == FLOOR:
        found.append(
            Term(name="federal floor; a state's own choice goes before it", amount=amount, source=FLOOR)
        )
    if (
        state is not None
        and state.needs_patient_responsibility
        and claim.patient + claim.held_harmless <= ZERO
    ):
        found.append(Term(name="denied: nothing was left to the patient", amount=ZERO, source=source))
        return ZERO, ZERO, found
    if terms.spend_down:
        taken = min(terms.spend_down, amount)
        where = "42 CFR 435.831; CARC 142, 178"
        found.append(Term(name="spend-down or share of cost", amount=taken, source=where))
        amount, patient = amount - taken, patient + taken
    copay = state.copay if state is not None and state.copay is not None else terms.copay
    if copay:
        taken = min(copay, amount)
        found.append(Term(name="copay of the programme", amount=taken, source=f"{source}; 42 CFR 447.52"))
        amount, patient = amount - taken, patient + taken
    return amount, patient, found

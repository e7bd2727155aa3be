"""What a plan owes as a later payer: its method is a term of the plan, from the coverage file or its pack.

NAIC plans coordinate claim by claim (MDL-120 sec. 7: "the total allowable expense for that claim"); a plan
whose pack or coverage says so works line by line.
"""

from __future__ import annotations

from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.methods import COMMERCIAL, allowable, at_least_zero, normal_benefit
from nextpayer.money import ZERO, total
from nextpayer.shares import Share, Terms

__all__ = ["owed_by_line", "owed_by_plan"]


def owed_by_line(
    shares: tuple[Share, ...], terms: tuple[Terms, ...], method: str, source: str = ""
) -> Expectation | MissingTerms:
    """What a plan owes that works line by line: the sum, each line's terms under its number."""
    lines = [owed_by_plan(share, one, method, source) for share, one in zip(shares, terms, strict=True)]
    missing = [line for line in lines if isinstance(line, MissingTerms)]
    if missing:
        return missing[0]
    owed = [line for line in lines if isinstance(line, Expectation)]
    return Expectation(
        amount=total(line.amount for line in owed),
        method=owed[0].method,
        source=owed[0].source,
        terms=tuple(
            Term(name=f"line {share.number}: {term.name}", amount=term.amount, source=term.source)
            for share, line in zip(shares, owed, strict=True)
            for term in (*line.terms, Term(name="owed", amount=line.amount, source=line.source))
        ),
        patient=total(line.patient or ZERO for line in owed),
        patient_stated=all(line.patient_stated for line in owed),
    )


#: Methods that ask what the payer before paid, and not what it allowed.
_WITHOUT_ALLOWED = frozenset({"nonduplication", "carve_out", "basic"})


def owed_by_plan(share: Share, terms: Terms, method: str, source: str = "") -> Expectation | MissingTerms:
    """What a plan with this method owes on a share. What is not known is named."""
    if not method:
        return MissingTerms(names=("cob.method",), source="the plan's document")
    if method not in COMMERCIAL:
        return MissingTerms(
            names=(f"cob.method (one of {', '.join(COMMERCIAL)})",), source="the plan's document"
        )
    benefit = normal_benefit(share, terms)
    missing = _missing(share, terms, method)
    if missing or benefit is None:
        return MissingTerms(names=missing, source="the plan's document")
    what, formula = COMMERCIAL[method]
    amount = formula(share, terms, benefit)
    if share.medicare:
        amount = min(amount, at_least_zero(share.allowed - share.paid))
    found = [
        ("charge", share.charge, "SV1-02, SV2-03"),
        ("paid before", share.paid, "835 CLP04, SVC03"),
        ("allowed before", share.allowed, "835 AMT*B6, else paid and PR"),
        ("left to the patient before", share.patient, "835 CAS, group PR"),
        ("allowed here", terms.allowed or ZERO, "benefits.allowed"),
        ("unmet deductible", terms.deductible or ZERO, "benefits.deductible_remaining"),
        ("copay", terms.copay or ZERO, "benefits.copay"),
        ("normal benefit", benefit, "what the plan would pay alone"),
        ("normal benefit less what was paid", benefit - share.paid, "what non-duplication looks at"),
    ]
    if share.told:
        left = allowable(share) - share.paid
        found.append(("unpaid of the allowable expense", left, "NAIC MDL-120 sec. 3A: allowed before"))
    if share.medicare:
        found.append(
            (
                "unpaid of Medicare's amount",
                at_least_zero(share.allowed - share.paid),
                "42 CFR 424.55; 42 USC 1395cc",
            )
        )
    credit = min(terms.deductible or ZERO, terms.allowed or ZERO)
    if credit:
        found.append(("credited to the plan's deductible", credit, "NAIC MDL-120 sec. 7"))
    if terms.maximum is not None:
        found.append(("maximum left", terms.maximum, "benefits.maximum_remaining"))
    if terms.reserve is not None:
        found.append(("reserve", terms.reserve, "terms.reserve"))
    return Expectation(
        amount=amount,
        method=f"COB-{method.upper().replace('_', '-')}",
        source=source or what,
        terms=tuple(Term(name=name, amount=value, source=where) for name, value, where in found),
        patient=at_least_zero(share.patient - amount),
        patient_stated=share.told,
    )


def _missing(share: Share, terms: Terms, method: str) -> tuple[str, ...]:
    """The facts without which the method has no answer, by their names in the case."""
    asked = (
        ("benefits.allowed", terms.allowed is not None or terms.excluded),
        ("benefits.coinsurance", terms.rate is not None or terms.excluded),
        ("prior[].allowed", share.told or method in _WITHOUT_ALLOWED),
    )
    return tuple(name for name, known in asked if not known)

"""Shares: what each line came to before the next payer sees it, and the terms by which that payer pays.

A share is one service line, or the whole claim where some payer decided at claim level only, with what the
earlier payers decided about it. Terms are what the next payer's plan or programme says about it. The methods
(``nextpayer.methods``) are arithmetic on these two; adapters choose the method. Amounts in dollars.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .account import Account
from .money import ZERO, total
from .policy import Benefits, Policy
from .remittance import Adjustment, group_total
from .verify import match_lines

__all__ = ["Share", "Terms", "shares_of", "spread", "terms_of", "together", "whole", "with_terms"]

_DEDUCTIBLE, _COINSURANCE, _COPAY = "1", "2", "3"
#: Reasons that lower the payment and not the price: they stay in the allowed amount (CARC 104, 253).
_PAYMENT_REDUCTIONS = frozenset({"104", "253"})
#: Claim filing indicators (SBR09) of Medicare: Part A, Part B, a Medicare Advantage HMO.
_MEDICARE = frozenset({"MA", "MB", "16"})
_MEDICARE_KINDS = frozenset({"medicare", "medicare_advantage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One line (``number`` is LX01), or the claim as a whole (number 0), after the earlier payers.

    ``paid`` is what all of them paid, ``adjustments`` what the last of them took off. ``stated_allowed`` is
    an allowed amount that a payer told (835 AMT*B6); ``services`` are the procedure (or revenue) codes in it
    with their units, ``category`` a programme's own word for the kind of service, ``date`` the day of
    service. ``medicare`` says whether Medicare is among the payers before, None where nobody has said who
    they are; ``first`` that the payer asked is the first to decide.
    """

    number: int
    charge: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    stated_allowed: Decimal | None = None
    services: tuple[tuple[str, Decimal], ...] = ()
    category: str = ""
    date: dt.date | None = None
    medicare: bool | None = None
    first: bool = False

    @property
    def told(self) -> bool:
        """Whether the payers before said how they divided the charge; else what they allowed is not known."""
        return bool(self.adjustments) or self.stated_allowed is not None or self.paid == self.charge

    @property
    def held_harmless(self) -> Decimal:
        """What the next payer may be asked for and the patient never (OA-209, a QMB's cost sharing)."""
        return total(one.amount for one in self.adjustments if one.group == "OA" and one.reason == "209")

    @property
    def patient(self) -> Decimal:
        """What the last payer left to the patient: group PR, or of its allowed amount if it told no more."""
        if not self.adjustments and self.stated_allowed is not None:
            return max(self.stated_allowed - self.paid, ZERO)
        return group_total(self.adjustments, "PR")

    @property
    def contractual(self) -> Decimal:
        """What the last payer took off the price (group CO, without reductions of the payment alone)."""
        return total(
            one.amount
            for one in self.adjustments
            if one.group in ("CO", "CR") and one.reason not in _PAYMENT_REDUCTIONS
        )

    @property
    def allowed(self) -> Decimal:
        """What the earlier payer allowed: as it told, else what it paid and left to the patient, and what it
        kept back of its payment."""
        if self.stated_allowed is not None:
            return self.stated_allowed
        kept = total(one.amount for one in self.adjustments if one.reason in _PAYMENT_REDUCTIONS)
        return self.paid + self.patient + self.held_harmless + kept

    @property
    def cost_sharing(self) -> Decimal:
        """Deductible, coinsurance and copayment (PR-1, PR-2, PR-3), and a QMB's (OA-209)."""
        if not self.adjustments:
            return self.patient
        shared = total(self.left(reason) for reason in (_DEDUCTIBLE, _COINSURANCE, _COPAY))
        return shared + self.held_harmless

    @property
    def deductible(self) -> Decimal:
        """The deductible that the earlier payer left (PR-1)."""
        return self.left(_DEDUCTIBLE)

    def left(self, reason: str) -> Decimal:
        """What the last payer left to the patient for one reason (group PR)."""
        return total(one.amount for one in self.adjustments if one.group == "PR" and one.reason == reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the next payer's plan says about one share; None where nobody knows it, and nothing is guessed.

    ``allowed`` is its own allowed amount or fee for the share, ``deductible`` what is unmet of its
    deductible, ``rate`` the share that it pays (0.80), ``maximum`` what is left of its maximum. ``otaf`` is
    the amount that the provider must accept as payment in full, ``paid_in_full`` that it accepts the earlier
    payment as such, ``gross`` Medicare's amount before deductible and coinsurance, ``coinsurance_amount`` a
    coinsurance in dollars (Part A days), ``part`` A or B, ``reserve`` what the plan has saved this year for
    the person, ``participating`` whether the provider takes this payer's amount as payment in full (on a
    Medicare claim: assignment). ``obligated`` False says that there is no OTAF, whatever the adjustments look
    like. ``conditional`` asks for a conditional Medicare payment, ``sequestration`` is its rate where it is
    not the law's, ``spend_down`` what the patient must spend first (Medicaid), ``qmb`` that the patient is a
    Qualified Medicare Beneficiary.
    """

    allowed: Decimal | None = None
    deductible: Decimal | None = None
    copay: Decimal | None = None
    rate: Decimal | None = None
    maximum: Decimal | None = None
    excluded: bool = False
    otaf: Decimal | None = None
    gross: Decimal | None = None
    coinsurance_amount: Decimal | None = None
    part: str = ""
    reserve: Decimal | None = None
    participating: bool | None = None
    paid_in_full: bool | None = None
    obligated: bool | None = None
    conditional: bool | None = None
    sequestration: Decimal | None = None
    spend_down: Decimal | None = None
    qmb: bool | None = None


def shares_of(account: Account, payers: tuple[Policy, ...] | None = None) -> tuple[Share, ...]:
    """The claim's shares after every payer that has decided, or after these: by line where all of them
    decided every line, else one for the claim. Without a payer, the lines as billed."""
    claim = account.claim
    by_line: dict[int, list[_Said]] = {line.number: [] for line in claim.lines}
    whole: list[_Said] = []
    lined = True
    for policy in account.answered if payers is None else payers:
        said, lines = _said(account, policy)
        whole.append(said)
        lined = lined and set(lines) == set(by_line)
        for number, one in lines.items():
            by_line.setdefault(number, []).append(one)
    medicare = _has_medicare(account.answered if payers is None else payers)
    if lined:
        return tuple(
            _share(
                line.number,
                line.charge_amount,
                by_line[line.number],
                _service(line),
                line.service_date or claim.service_from,
                medicare,
            )
            for line in claim.lines
        )
    services = tuple(service for line in claim.lines for service in _service(line))
    return (_share(0, claim.charge_amount, whole, services, claim.service_to, medicare),)


def _has_medicare(policies: Sequence[Policy]) -> bool | None:
    """Whether one of them is Medicare; None where a policy says neither its kind nor its indicator."""
    if any(p.payer.kind in _MEDICARE_KINDS or p.filing_indicator in _MEDICARE for p in policies):
        return True
    return None if any(not p.payer.kind and not p.filing_indicator for p in policies) else False


def terms_of(policy: Policy, share: Share) -> Terms:
    """The terms that the coverage file states about a share (``benefits``). An allowed amount is per unit."""
    benefits = policy.benefits
    if benefits is None:
        return Terms()
    return Terms(
        allowed=_allowed(benefits, share),
        deductible=benefits.deductible_remaining,
        copay=benefits.copay,
        rate=None if benefits.coinsurance is None else 1 - benefits.coinsurance,
        maximum=benefits.maximum_remaining,
        excluded=any(code in benefits.excluded_procedures for code, _ in share.services),
    )


def _allowed(benefits: Benefits, share: Share) -> Decimal | None:
    fees = dict(benefits.allowed)
    if not share.services or any(code not in fees for code, _ in share.services):
        return None
    return total(fees[code] * units for code, units in share.services)


@dataclass(frozen=True, slots=True)
class _Said:
    """What one payer said of one share."""

    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    allowed: Decimal | None = None


def _said(account: Account, policy: Policy) -> tuple[_Said, dict[int, _Said]]:
    """One payer's decision about the claim, and about its lines (none where it decided the claim only)."""
    payments = tuple(answer.payment for answer in account.standing(policy))
    adjustments: tuple[Adjustment, ...] = ()
    lines: dict[int, _Said] = {}
    if not payments:
        told = next((one.adjudication for one in account.claim.other_payers if one.policy is policy), None)
        if told is None:
            return _Said(ZERO, ()), {}
        for one in told.lines:
            lines[one.line] = _added(lines.get(one.line), one.paid_amount, one.adjustments, None)
        adjustments = told.adjustments + tuple(a for one in told.lines for a in one.adjustments)
        at_claim = told.adjustments
        paid = told.paid_amount or ZERO
    else:
        at_claim = tuple(a for payment in payments for a in payment.adjustments)
        adjustments = at_claim
        for payment in payments:
            numbers = match_lines(account.claim.lines, payment.lines) if payment.lines else ()
            for number, line in zip(numbers, payment.lines, strict=True):
                lines[number] = _added(
                    lines.get(number), line.paid_amount, line.adjustments, line.allowed_amount
                )
                adjustments += line.adjustments
        paid = total(payment.paid_amount for payment in payments)
    return _Said(paid, adjustments), {} if at_claim else lines


def _added(
    before: _Said | None, paid: Decimal, adjustments: tuple[Adjustment, ...], allowed: Decimal | None
) -> _Said:
    if before is None:
        return _Said(paid, adjustments, allowed)
    both = None if before.allowed is None or allowed is None else before.allowed + allowed
    return _Said(before.paid + paid, before.adjustments + adjustments, both)


def _share(
    number: int,
    charge: Decimal,
    said: list[_Said],
    services: tuple[tuple[str, Decimal], ...],
    date: dt.date | None,
    medicare: bool | None,
) -> Share:
    return Share(
        number=number,
        charge=charge,
        paid=total(one.paid for one in said),
        adjustments=said[-1].adjustments if said else (),
        stated_allowed=max((one.allowed for one in said if one.allowed is not None), default=None),
        services=services,
        date=date,
        medicare=medicare,
    )


def _service(line: object) -> tuple[tuple[str, Decimal], ...]:
    procedure = getattr(line, "procedure", None)
    code = procedure.code if procedure is not None else getattr(line, "revenue_code", "")
    units = getattr(line, "units", None)
    return ((code, units if units is not None else Decimal(1)),) if code else ()


def whole(shares: Sequence[Share]) -> Share:
    """The shares as one: a method that works claim by claim looks at this."""
    if len(shares) == 1:
        return shares[0]
    told = any(share.stated_allowed is not None for share in shares)
    return Share(
        number=0,
        charge=total(share.charge for share in shares),
        paid=total(share.paid for share in shares),
        adjustments=tuple(one for share in shares for one in share.adjustments),
        stated_allowed=total(share.allowed for share in shares) if told else None,
        services=tuple(service for share in shares for service in share.services),
        category=shares[0].category if len({share.category for share in shares}) == 1 else "",
        date=max((share.date for share in shares if share.date), default=None),
        medicare=shares[0].medicare,
        first=shares[0].first,
    )


def together(terms: Sequence[Terms]) -> Terms:
    """The terms of the claim as a whole: amounts of each line added up (unknown if one is), the rest as
    stated for the first."""
    if len(terms) == 1:
        return terms[0]
    added: dict[str, Decimal | None] = {}
    for name in ("allowed", "otaf", "gross", "coinsurance_amount"):
        amounts = [getattr(one, name) for one in terms]
        added[name] = None if None in amounts else total(amounts)
    return replace(terms[0], excluded=all(one.excluded for one in terms), **added)  # type: ignore[arg-type]


def spread(shares: Sequence[Share], terms: Sequence[Terms]) -> tuple[Terms, ...]:
    """The terms with what is stated once for the claim (unmet deductible, copay, maximum, reserve) given out
    over its lines.

    Each line takes as much as its allowed amount holds, in an order that does not depend on how the lines
    are numbered: the sum over the claim is the same whatever their order.
    """
    if len(shares) < 2:
        return tuple(terms)
    left = {name: getattr(terms[0], name) for name in _ONCE}
    found = dict(enumerate(terms))
    for place in sorted(found, key=lambda n: _rank(shares[n], terms[n])):
        one, room = terms[place], terms[place].allowed or shares[place].allowed
        mine: dict[str, Decimal | None] = {}
        for name, amount in left.items():
            if amount is not None and getattr(one, name) == getattr(terms[0], name):
                mine[name] = min(amount, room)
                left[name] = amount - min(amount, room)
        found[place] = replace(one, **mine) if mine else one  # type: ignore[arg-type]
    return tuple(found[place] for place in range(len(shares)))


_ONCE = ("deductible", "copay", "maximum", "reserve")


def _rank(share: Share, terms: Terms) -> tuple[object, ...]:
    return (share.services, share.charge, share.paid, terms.allowed or ZERO)


def with_terms(terms: Terms, other: Terms) -> Terms:
    """``terms``, filled where they are silent by ``other``."""
    changes = {
        name: getattr(other, name)
        for name in Terms.__slots__
        if _silent(name, getattr(terms, name)) and not _silent(name, getattr(other, name))
    }
    return replace(terms, **changes) if changes else terms


def _silent(name: str, value: object) -> bool:
    """Whether a term says nothing. Zero and false are answers, but for ``excluded``, which only says yes."""
    return value is None or value == "" or (name == "excluded" and not value)

"""CASE.json: one claim after the payers before, and the next payer's terms, for ``nextpayer estimate``.

    {"coverage": {one coverage}, "claim": {"kind": "professional", "charge": "175.00", "lines": [...]},
     "prior": [{"payer_id": "...", "allowed": "150.00", "paid": "120.00", "adjustments": [...]}],
     "terms": {"medicare_fee": "125.00", "rate": "0.80"}}

A line is ``{"number", "procedure", "revenue_code", "charge", "units", "category", "terms"}``; a prior payer
may decide line by line (``lines``: each with ``line``, ``allowed``, ``paid``, ``adjustments``). A line's own
``terms`` go before the case's, and those before the coverage's ``benefits``. Amounts are strings.

``otaf`` null is an answer, as some nulls of COVERAGE.json are: no contract obliges the provider to accept
less than its charge. Absent, the amount is read from the adjustments (charge less group CO).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validates_schema

from nextpayer.errors import UnusableInput
from nextpayer.money import ZERO, total
from nextpayer.policy import Policy
from nextpayer.remittance import Adjustment, AdjustmentGroup
from nextpayer.shares import Share, Terms, terms_of, together, with_terms
from nextpayer.wire.coverage import PAYER_KINDS, PolicySchema, load_policy
from nextpayer.wire.fields import (
    Boolean,
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Nested,
    Noun,
    Quantity,
    Rate,
    Strict,
    Text,
    problems,
    refusal,
)

__all__ = ["Case", "load_case"]

KINDS = {"professional": "P", "institutional": "I", "dental": "D"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case read: the next payer's policy, and each share with its terms."""

    policy: Policy
    kind: str
    shares: tuple[Share, ...]
    terms: tuple[Terms, ...]


class AdjustmentSchema(Noun):
    noun = Adjustment
    group = Code([str(group) for group in AdjustmentGroup], required=True)
    reason = Text(required=True)
    amount = Money(required=True)
    quantity = Quantity(allow_none=True)


class TermsSchema(Strict):
    """What the next payer's programme says: the contract's words, and what further methods need."""

    medicare_fee = Money(signed=False, allow_none=True)
    medicaid_allowed = Money(signed=False, allow_none=True)
    allowed = Money(signed=False, allow_none=True)
    otaf = Money(signed=False, allow_none=True)
    gross_medicare = Money(signed=False, allow_none=True)
    deductible_unmet = Money(signed=False, allow_none=True)
    coinsurance_amount = Money(signed=False, allow_none=True)
    copay = Money(signed=False, allow_none=True)
    maximum = Money(signed=False, allow_none=True)
    reserve = Money(signed=False, allow_none=True)
    rate = Rate(allow_none=True)
    part = Code(("A", "B"), allow_none=True)
    sequestration = Rate(allow_none=True)
    spend_down = Money(signed=False, allow_none=True)
    participating, paid_in_full, conditional, qmb = (Boolean(allow_none=True) for _ in range(4))


class LineSchema(Strict):
    number = Integer(least=1, allow_none=True)
    procedure = Text(allow_none=True)
    revenue_code = Text(allow_none=True)
    charge = Money(signed=False, required=True)
    date = Date(allow_none=True)
    units = Quantity(allow_none=True)
    category = Text(allow_none=True)
    terms = Nested(TermsSchema, allow_none=True)


class ClaimSchema(Strict):
    kind = Code(KINDS, allow_none=True)
    charge = Money(signed=False, allow_none=True)
    date = Date(allow_none=True)
    category = Text(allow_none=True)
    lines = Listed(Nested(LineSchema), allow_none=True)

    @validates_schema
    def charges_agree(self, data: dict[str, Any], **_: Any) -> None:
        """The claim's charge is the sum of its lines'; with neither there is nothing to estimate."""
        lines, charge = data.get("lines") or (), data.get("charge")
        if not lines and charge is None:
            raise ValidationError("there is no charge, and no line with one", "charge")
        if lines and charge is not None and total(line["charge"] for line in lines) != charge:
            raise ValidationError("it is not the sum of the lines' charges", "charge")


class DecisionSchema(Strict):
    allowed = Money(signed=False, allow_none=True)
    paid = Money(signed=False, required=True)
    adjustments = Listed(Nested(AdjustmentSchema), allow_none=True)


class LineDecisionSchema(DecisionSchema):
    line = Integer(least=1, required=True)


class PriorSchema(Strict):
    payer_id = Text(allow_none=True)
    kind = Code(PAYER_KINDS, allow_none=True)
    allowed = Money(signed=False, allow_none=True)
    paid = Money(signed=False, allow_none=True)
    adjustments = Listed(Nested(AdjustmentSchema), allow_none=True)
    lines = Listed(Nested(LineDecisionSchema), allow_none=True)

    @validates_schema
    def says_something(self, data: dict[str, Any], **_: Any) -> None:
        """A prior payer has paid something, were it zero."""
        if data.get("paid") is None and not data.get("lines"):
            raise ValidationError("it does not say what this payer paid", "paid")


class CaseSchema(Strict):
    coverage = Nested(PolicySchema, required=True)
    claim = Nested(ClaimSchema, required=True)
    prior = Listed(Nested(PriorSchema), required=True)
    terms = Nested(TermsSchema, allow_none=True)


_SCHEMA = CaseSchema()


def load_case(document: object, *, file: str = "case") -> Case:
    """A decoded CASE.json. Raises UnusableInput naming every problem by path."""
    try:
        data: dict[str, Any] = _SCHEMA.load(document)  # type: ignore[arg-type]
        return _case(data)
    except ValidationError as error:
        raise refusal(UnusableInput, file, problems(error.messages)) from None


def _case(data: dict[str, Any]) -> Case:
    claim, prior = data["claim"], data["prior"]
    policy = load_policy(data["coverage"])
    lines = [dict(line, number=line.get("number") or n) for n, line in enumerate(claim.get("lines") or (), 1)]
    if len({line["number"] for line in lines}) < len(lines):
        raise ValidationError({"claim": {"lines": ["two lines have the same number"]}})
    shared = _terms(data.get("terms"))
    of_claim = any(getattr(shared, name) is not None for name in _OF_CLAIM)
    by_line = bool(lines) and all(payer.get("lines") for payer in prior) and not (of_claim and len(lines) > 1)
    if len(lines) == 1 and not by_line:
        prior = [{**payer, "lines": [{**payer, "line": lines[0]["number"]}]} for payer in prior]
        by_line = True
    known = {line["number"] for line in lines}
    for n, payer in enumerate(prior):
        for m, one in enumerate(payer.get("lines") or ()):
            if one["line"] not in known:
                raise ValidationError(
                    {"prior": {n: {"lines": {m: {"line": ["the claim has no such line"]}}}}}
                )
    if by_line:
        shares = tuple(_line_share(line, prior) for line in lines)
        own = [_terms(line.get("terms")) for line in lines]
    else:
        shares = (_claim_share(claim, lines, prior),)
        own = [_together([line.get("terms") for line in lines])]
    terms = tuple(
        with_terms(with_terms(mine, shared), terms_of(policy, share))
        for mine, share in zip(own, shares, strict=True)
    )
    kind = KINDS.get(claim.get("kind") or "professional", claim.get("kind") or "P")
    medicare = _has_medicare([payer.get("kind") for payer in prior])
    shares = tuple(
        replace(
            share,
            date=share.date or claim.get("date"),
            category=share.category or claim.get("category") or "",
            medicare=medicare,
            first=not prior,
        )
        for share in shares
    )
    return Case(policy=policy, kind=kind, shares=shares, terms=terms)


def _together(lines: list[dict[str, Any] | None]) -> Terms:
    """The lines' own terms as the claim's, where the payers before decided the claim as a whole."""
    return together([_terms(line) for line in lines]) if any(lines) else Terms()


def _has_medicare(kinds: list[str | None]) -> bool | None:
    """Whether Medicare is among the payers before; None where a case does not say what they are."""
    if "medicare" in kinds or "medicare_advantage" in kinds:
        return True
    return None if not all(kinds) else False


#: Amounts of the case's own terms that are for the whole claim: its lines are then taken together.
_OF_CLAIM = ("allowed", "otaf", "gross", "coinsurance_amount")


def _terms(data: dict[str, Any] | None) -> Terms:
    facts = {key: value for key, value in (data or {}).items() if value is not None}
    if data and "otaf" in data and data["otaf"] is None:
        facts["obligated"] = False
    own = [facts.pop(name) for name in ("allowed", "medicare_fee", "medicaid_allowed") if name in facts]
    if own:
        facts["allowed"] = own[0]
    for name, other in (("deductible_unmet", "deductible"), ("gross_medicare", "gross")):
        if name in facts:
            facts[other] = facts.pop(name)
    return Terms(**facts)


def _line_share(line: dict[str, Any], prior: list[dict[str, Any]]) -> Share:
    said = [one for payer in prior for one in payer.get("lines") or () if one["line"] == line["number"]]
    share = _share(line["number"], line["charge"], said, [line], line.get("category") or "")
    return replace(share, date=line.get("date"))


def _claim_share(claim: dict[str, Any], lines: list[dict[str, Any]], prior: list[dict[str, Any]]) -> Share:
    said = [_summed(payer) for payer in prior]
    charge = claim.get("charge")
    if charge is None:
        charge = total(line["charge"] for line in lines)
    return _share(0, charge, said, lines, claim.get("category") or "")


def _summed(payer: dict[str, Any]) -> dict[str, Any]:
    """A payer's decision as one, where it decided some claims by line."""
    if payer.get("paid") is not None:
        return payer
    lines = payer["lines"]
    allowed = [line.get("allowed") for line in lines]
    return {
        "paid": total(line["paid"] for line in lines),
        "allowed": None if None in allowed else total(allowed),
        "adjustments": tuple(one for line in lines for one in line.get("adjustments") or ()),
    }


def _share(
    number: int, charge: Decimal, said: list[dict[str, Any]], lines: list[dict[str, Any]], category: str
) -> Share:
    allowed = [one["allowed"] for one in said if one.get("allowed") is not None]
    services = tuple(
        (code, line.get("units") or Decimal(1))
        for line in lines
        if (code := line.get("procedure") or line.get("revenue_code"))
    )
    return Share(
        number=number,
        charge=charge,
        paid=total(one["paid"] for one in said) if said else ZERO,
        adjustments=(said[-1].get("adjustments") or ()) if said else (),
        stated_allowed=max(allowed, default=None),
        services=services if len(services) == len(lines) else (),
        category=category,
    )

"""EOB.json read: the nouns that an 835 makes, from a remittance that was typed in.

A claim that is wrong is set aside alone, as in an 835, with its path and every problem in it. Where the
head of an EOB is wrong, each of its claims is set aside. Positions (``segment``) count the objects of the
file from 1 as they stand: an EOB, its first claim, the lines of that, the next claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from nextpayer.finding import Finding, Severity
from nextpayer.money import ZERO, dollars, total
from nextpayer.policy import Person
from nextpayer.ports import Quarantined
from nextpayer.remittance import (
    Adjustment,
    ClaimPayment,
    LinePayment,
    Procedure,
    ProviderAdjustment,
    Remittance,
    RemittanceTotals,
)
from nextpayer.wire.eob import TYPED, UNTRANSLATED, ClaimSchema, EobSchema
from nextpayer.wire.fields import Money, problems

__all__ = ["read_eob"]

_PAPER = "EOB.json"
_RFI = "X12 RFI 1517; CARC 192"
_EOB, _CLAIM, _MONEY = EobSchema(), ClaimSchema(), Money()


def read_eob(document: object, *, file: str) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
    """The payments of each EOB, then its totals; what is wrong is set aside with its path."""
    several = isinstance(document, list)
    segment = 1
    for number, one in enumerate(document if isinstance(document, list) else [document], 1):
        path = f"[{number - 1}]" if several else ""
        yield from _Reading(file=file, number=number, segment=segment, path=path).eob(one)
        segment += _size(one)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One EOB as it is read: where it stands, and its running sum."""

    file: str
    number: int
    segment: int
    path: str
    paid: Decimal = ZERO
    uncounted: bool = False

    def eob(self, one: object) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
        items = one.get("claims") if isinstance(one, dict) else None
        claims = items if isinstance(items, list) else []
        try:
            head = _EOB.load({**one, "claims": []} if isinstance(items, list) else one)  # type: ignore[dict-item,arg-type]
        except ValidationError as error:
            yield from self._headless(claims, _reason(error, self.path))
            return
        remittance = self._remittance(head)
        typed = _typed(head)
        at = self.segment + 1
        for n, item in enumerate(claims):
            path = f"{_dotted(self.path)}claims[{n}]"
            yield self._claim(item, path, remittance, at, _entered(typed, at, path))
            at += _claim_size(item)
        yield self._totals(head, remittance, len(claims), _entered(typed, self.segment, self.path))

    def _headless(self, claims: list[Any], reason: str) -> Iterator[Quarantined]:
        """What cannot be told from whom it is, is set aside claim by claim."""
        at = self.segment + 1
        if not claims:
            yield Quarantined(file=self.file, segment=self.segment, reason=reason)
        for item in claims:
            yield self._aside(item, at, reason)
            at += _claim_size(item)

    def _claim(
        self, item: object, path: str, remittance: Remittance, at: int, entered: Finding
    ) -> ClaimPayment | Quarantined:
        try:
            data: dict[str, Any] = _CLAIM.load(item)  # type: ignore[arg-type]
        except ValidationError as error:
            try:
                self.paid += _MONEY.deserialize(item["paid"]) or ZERO  # type: ignore[index]
            except (ValidationError, LookupError, TypeError):
                self.uncounted = True
            return self._aside(item, at, _reason(error, path))
        self.paid += data["paid"]
        return _payment(data, remittance, at, path, entered)

    def _aside(self, item: object, at: int, reason: str) -> Quarantined:
        named = item.get("patient_control_number") if isinstance(item, dict) else ""
        return Quarantined(
            file=self.file,
            segment=at,
            reason=reason,
            kind="payment",
            claim_id=named if isinstance(named, str) else "",
        )

    def _remittance(self, head: dict[str, Any]) -> Remittance:
        payer, payee = head["payer"], head.get("payee") or {}
        return Remittance(
            payer_name=payer.get("name", ""),
            payer_ids=(payer["id"],) if payer.get("id") else (),
            payee_id=payee.get("id", ""),
            payee_name=payee.get("name", ""),
            trace_number=head["trace_number"],
            payment_date=head["payment_date"],
            payment_amount=head.get("payment_amount", ZERO),
            payment_method=head.get("payment_method", ""),
            file=self.file,
            number=self.number,
            segment=self.segment,
        )

    def _totals(
        self, head: dict[str, Any], remittance: Remittance, claims: int, entered: Finding
    ) -> RemittanceTotals:
        adjustments = tuple(
            ProviderAdjustment(reason=one["reason"], reference=one.get("reference", ""), amount=one["amount"])
            for one in head.get("provider_adjustments", ())
        )
        withheld = total(one.amount for one in adjustments)
        stated = head.get("payment_amount")
        findings = [entered]
        difference = self.paid - withheld - (stated or ZERO)
        if stated is None:
            findings.append(
                _finding(
                    "NP-EOB-NO-CHEQUE", Severity.WARN, self.segment,
                    "payment_amount is not given, so the claims could not be held against the cheque",
                )
            )  # fmt: skip
        elif difference and not self.uncounted:
            findings.append(
                _finding(
                    "NP-835-CHEQUE", Severity.WARN, self.segment,
                    f"the claims ({dollars(self.paid)}) less provider adjustments ({dollars(withheld)})"
                    f" differ from the payment ({dollars(stated)}) by {dollars(difference)}",
                    "X12 835 (X221A1) balancing: sum of CLP04 less PLB = BPR02",
                )
            )  # fmt: skip
        return RemittanceTotals(
            remittance=remittance,
            claims=claims,
            paid_amount=self.paid,
            provider_adjustments=adjustments,
            findings=tuple(findings),
        )


def _payment(
    data: dict[str, Any], remittance: Remittance, at: int, path: str, entered: Finding
) -> ClaimPayment:
    remarks = data.get("remark_codes", ())
    in_words = [
        _finding("NP-EOB-REASON-IN-WORDS", Severity.INFO, segment, f"{where}: {_words(one)}", _RFI)
        for segment, where, one in _adjustments(data, at, path)
        if one.get("text")
    ]
    return ClaimPayment(
        remittance=remittance,
        patient_control_number=data["patient_control_number"],
        control_number=data.get("control_number", ""),
        status=data["status"],
        charge_amount=data["charge"],
        paid_amount=data["paid"],
        patient_responsibility=data.get("patient_responsibility"),
        adjustments=_adjusted(data),
        lines=tuple(_line(one, at + n) for n, one in enumerate(data.get("lines", ()), 1)),
        patient=_person(data.get("patient")),
        insured=_person(data.get("insured")),
        outpatient=("", "", *remarks) if remarks else (),
        remark_codes=remarks,
        statement_from=data.get("date_from"),
        statement_to=data.get("date_to"),
        received=data.get("received"),
        segment=at,
        findings=(entered, *in_words),
    )


def _line(one: dict[str, Any], at: int) -> LinePayment:
    code = one.get("procedure")
    return LinePayment(
        charge_amount=one["charge"],
        paid_amount=one["paid"],
        allowed_amount=one.get("allowed"),
        procedure=Procedure(
            qualifier=one.get("qualifier") or "HC", code=code, modifiers=one.get("modifiers", ())
        )
        if code
        else None,
        revenue_code=one.get("revenue_code", ""),
        units=one.get("units"),
        date=one.get("date"),
        end_date=one.get("end_date"),
        adjustments=_adjusted(one),
        remark_codes=one.get("remark_codes", ()),
        control_number=one.get("control_number", ""),
        segment=at,
    )


def _adjusted(level: dict[str, Any]) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            group=one["group"],
            reason=one.get("reason") or UNTRANSLATED,
            amount=one["amount"],
            quantity=one.get("quantity"),
        )
        for one in level.get("adjustments", ())
    )


def _adjustments(data: dict[str, Any], at: int, path: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Every adjustment of a claim with its position and path."""
    levels = [(at, path, data)]
    levels += [(at + n, f"{path}.lines[{n - 1}]", one) for n, one in enumerate(data.get("lines", ()), 1)]
    for segment, where, level in levels:
        for n, one in enumerate(level.get("adjustments", ())):
            yield segment, f"{where}.adjustments[{n}]", one


def _words(one: dict[str, Any]) -> str:
    """The paper's own words for an adjustment, and the CARC that stands for them."""
    reason = one.get("reason") or UNTRANSLATED
    return f"the paper says {one['text']!r}; it is sent as {one['group']}-{reason}"


def _person(data: dict[str, Any] | None) -> Person | None:
    if not data:
        return None
    names = {key: data[key] for key in ("last", "first", "middle") if key in data}
    member = data.get("member_id", "")
    return Person(**names, id=member, id_qualifier="MI" if member else "")


def _typed(head: dict[str, Any]) -> str:
    return f"typed in by {head['author']} on {head['entered']} from {head['source']}"


def _entered(typed: str, segment: int, path: str) -> Finding:
    """Who typed, at the claim's own place, so that a report's positions can be found in the file."""
    where = f"segment {segment} ({path})" if path else f"segment {segment}"
    return Finding(id=TYPED, severity=Severity.INFO, where=where, message=typed, source=_PAPER)


def _finding(id: str, severity: Severity, segment: int, message: str, source: str = _PAPER) -> Finding:
    return Finding(id=id, severity=severity, where=f"segment {segment}", message=message, source=source)


def _reason(error: ValidationError, path: str) -> str:
    """Every problem on one line, each with its path."""
    return "; ".join(
        f"{where}: {message}" if where else message for where, message in problems(error.messages, path)
    )


def _dotted(path: str) -> str:
    return f"{path}." if path else ""


def _size(one: object) -> int:
    claims = one.get("claims") if isinstance(one, dict) else None
    return 1 + sum(_claim_size(item) for item in claims) if isinstance(claims, list) else 1


def _claim_size(item: object) -> int:
    lines = item.get("lines") if isinstance(item, dict) else None
    return 1 + len(lines) if isinstance(lines, list) else 1

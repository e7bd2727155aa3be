"""An EOB while it is typed in: what one claim's paper said so far, and what does not balance yet.

The draft is made from the claim as it was billed, so that nobody types what the claim knows. It asks nobody
and writes nothing; ``cli.eob`` does. What it makes is the document that ``nextpayer.wire.eob`` describes, and
what it finds is what ``bill`` will find in it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from marshmallow import ValidationError

from nextpayer.claim import Claim, ServiceLine
from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars, total, x12_number
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals
from nextpayer.verify import verify
from nextpayer.wire.eob import UNTRANSLATED, AdjustmentSchema
from nextpayer.wire.eob_payments import read_eob
from nextpayer.wire.fields import problems

__all__ = ["Draft", "Level", "adjustment_of", "adjustment_words", "line_words", "off_words"]

Document: TypeAlias = dict[str, Any]

_ADJUSTMENT = re.compile(r"\s*([A-Za-z]{2})(?:\s*-\s*|\s+)(.+?)\s+(-?[\d.,$]+)\s*")
_REASON = re.compile(r"[1-9]\d{0,2}|[A-Za-z]\d{1,2}", re.ASCII)
_QUOTED = re.compile(r"""^(["'])(.*)\1$""")
_SCHEMA = AdjustmentSchema()


@dataclass(slots=True, kw_only=True)
class Level:
    """A line, or the claim: its charge, and what the paper says was paid and adjusted of it."""

    charge: Decimal
    paid: Decimal | None = None
    adjustments: list[dict[str, str]] = field(default_factory=list)

    @property
    def adjusted(self) -> Decimal:
        return total(Decimal(one["amount"]) for one in self.adjustments)

    @property
    def off(self) -> Decimal:
        """What payment and adjustments leave of the charge; zero where the level balances."""
        return self.charge - (self.paid or Decimal(0)) - self.adjusted


@dataclass(slots=True, kw_only=True)
class Draft:
    """One claim's EOB. ``head`` and ``facts`` are the document's keys around the claim and in it."""

    claim: Claim
    head: dict[str, str | dict[str, str]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    lines: list[Level] = field(default_factory=list)
    whole: Level = field(init=False)

    def __post_init__(self) -> None:
        self.whole = Level(charge=self.claim.charge_amount)

    def by_line(self, wanted: bool) -> None:
        """Whether the paper decides each line, or the claim alone."""
        self.lines = [Level(charge=line.charge_amount) for line in self.claim.lines] if wanted else []

    @property
    def off(self) -> Decimal:
        """What the claim's payment and every adjustment leave of its charge."""
        return self.whole.off - total(level.adjusted for level in self.lines)

    def document(self) -> Document:
        """EOB.json."""
        claim: Document = {"patient_control_number": self.claim.patient_control_number, **self.facts}
        claim |= {"charge": dollars(self.whole.charge), "paid": dollars(self.whole.paid or Decimal(0))}
        if self.remarks:
            claim["remark_codes"] = self.remarks
        if self.whole.adjustments:
            claim["adjustments"] = self.whole.adjustments
        pairs = zip(self.claim.lines, self.lines, strict=False)
        claim["lines"] = [_line(line, level) for line, level in pairs]
        return {**self.head, "claims": [claim]}

    def findings(self) -> list[Finding]:
        """What ``bill`` will find in the document: what does not balance or does not fit the claim."""
        found: list[Finding] = []
        for item in read_eob(self.document(), file="EOB.json"):
            if isinstance(item, Quarantined):
                found.append(
                    Finding(id="NP-EOB", severity=Severity.REJECT, where="EOB.json", message=item.reason)
                )
            elif isinstance(item, ClaimPayment):
                found += [one for checked in verify(self.claim, (item,)) for one in checked.findings]
            elif isinstance(item, RemittanceTotals):
                found += item.findings
        return [one for one in found if one.severity in (Severity.REJECT, Severity.WARN)]


def adjustment_of(text: str) -> dict[str, str]:
    """An adjustment as it is typed, ``CO-45 25.00`` or ``PR "the paper's words" 30.00``, as the document has
    it. What is no CARC is the paper's own text. Raises ValueError that says what is wrong."""
    parts = _ADJUSTMENT.fullmatch(text)
    if parts is None:
        raise ValueError(
            'write group, reason and amount: CO-45 25.00, or in the paper\'s words PR "your share" 30.00'
        )
    group, reason, amount = parts[1].upper(), parts[2].strip(), parts[3].replace("$", "").replace(",", "")
    made = {"group": group, "amount": amount}
    if _REASON.fullmatch(reason) and reason != UNTRANSLATED:
        made["reason"] = reason.upper()
    elif reason != UNTRANSLATED:
        made["text"] = _QUOTED.sub(r"\2", reason)
    try:
        _SCHEMA.load(made)
    except ValidationError as error:
        raise ValueError("; ".join(": ".join(one) for one in problems(error.messages))) from None
    return made | {"amount": dollars(Decimal(amount))}


def adjustment_words(one: dict[str, str]) -> str:
    """An adjustment as it was taken: ``PR-192 30.00, the paper says 'your share'``."""
    words = f", the paper says {one['text']!r}" if "text" in one else ""
    return f"{one['group']}-{one.get('reason', UNTRANSLATED)} {one['amount']}{words}"


def line_words(line: ServiceLine) -> str:
    """A line of the claim as a row: number, service, day, units, charge."""
    procedure = line.procedure
    code = "-".join([procedure.code, *procedure.modifiers]) if procedure is not None else ""
    service = " ".join(part for part in (line.revenue_code, code) if part)
    day = line.service_date.isoformat() if line.service_date else ""
    units = x12_number(line.units) if line.units is not None else ""
    return f"{line.number:>4}  {service:<22} {day:<10} {units:>5} {dollars(line.charge_amount):>12}"


def off_words(charge: Decimal, paid: Decimal, adjusted: Decimal) -> str:
    """Both sides of the arithmetic, and the difference; empty where there is none."""
    off = charge - paid - adjusted
    if not off:
        return ""
    return (
        f"charge {dollars(charge)} is not paid {dollars(paid)} plus adjustments {dollars(adjusted)}:"
        f" {dollars(abs(off))} too {'little' if off > 0 else 'much'}"
    )


def _line(line: ServiceLine, level: Level) -> Document:
    made: Document = {}
    procedure = line.procedure
    if procedure is not None:
        made |= {"procedure": procedure.code, "qualifier": procedure.qualifier}
        if procedure.modifiers:
            made["modifiers"] = list(procedure.modifiers)
    more: dict[str, str | dt.date | None] = {
        "revenue_code": line.revenue_code,
        "date": line.service_date and line.service_date.isoformat(),
        "units": f"{line.units:f}" if line.units is not None else "",
        "control_number": line.control_number,
    }
    made |= {key: value for key, value in more.items() if value}
    made |= {"charge": dollars(level.charge), "paid": dollars(level.paid or Decimal(0))}
    if level.adjustments:
        made["adjustments"] = level.adjustments
    return made

"""Dates, amounts, codes, references and adjustments as text, shared by the loops of one syntax.

Written for speed: what claims share is rendered once and checked for delimiters then; what is new in a
claim goes through f-strings and is gathered in ``free``, to be checked in one go when the claim is whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from decimal import Decimal

from nextpayer.claim import DateFact, HealthCode
from nextpayer.money import x12_amount, x12_number
from nextpayer.policy import Address, Reference
from nextpayer.remittance import Adjustment, Procedure
from nextpayer_x12.syntax import Kept, Syntax

__all__ = ["Facts"]

_LIMIT = 50_000
#: A CAS segment has room for so many reasons.
_REASONS = 6


class _Amounts(dict[Decimal, str]):
    def __missing__(self, amount: Decimal) -> str:
        if len(self) >= _LIMIT:
            self.clear()
        text = self[amount] = x12_amount(amount)
        return text


class _Units(dict[Decimal | None, str]):
    def __missing__(self, units: Decimal | None) -> str:
        if len(self) >= _LIMIT:
            self.clear()
        text = self[units] = "" if units is None else x12_number(units)
        return text


class _Days(dict[dt.date, str]):
    def __missing__(self, day: dt.date) -> str:
        if len(self) >= _LIMIT:
            self.clear()
        text = self[day] = f"{day.year:04d}{day.month:02d}{day.day:02d}"
        return text


class _Decided(dict[dt.date, str]):
    """DTP*573: the day on which a payer decided, the same for all claims of a cheque."""

    def __init__(self, syntax: Syntax, days: _Days) -> None:
        self._syntax, self._days = syntax, days

    def __missing__(self, day: dt.date) -> str:
        if len(self) >= _LIMIT:
            self.clear()
        text = self[day] = self._syntax.segment("2430", "DTP", "573", "D8", self._days[day])
        return text


class _Codes(dict[Hashable, str]):
    """Pieces of segments by the codes they are made of."""

    def keep(self, key: Hashable, text: str) -> str:
        if len(self) >= _LIMIT:
            self.clear()
        self[key] = text
        return text


class Facts:
    """``amounts``, ``units`` and ``days`` give a value's text; ``free`` is the claim's unchecked text."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.mark, self.end = syntax.element, syntax.terminator
        self.amounts, self.units, self.days = _Amounts(), _Units(), _Days()
        self.decided = _Decided(syntax, self.days)
        self.codes = _Codes()
        self.free: list[str] = []
        self.procedures = Kept()  #: for a first look by identity, before ``procedure``
        self._addresses, self._dates, self._health = Kept(), Kept(), Kept()

    def address(self, loop: str, address: Address) -> str:
        """N3 and N4, either left out when it would say nothing."""
        kept = self._addresses.get(id(address))
        if kept is not None:
            return kept
        text = self.syntax.segment(loop, "N3", *address.lines) if any(address.lines) else ""
        place = (
            address.city,
            address.state,
            address.postal_code,
            address.country,
            "",
            "",
            address.subdivision,
        )
        if any(place):
            text += self.syntax.segment(loop, "N4", *place)
        return self._addresses.keep(address, text)

    def own_address(self, loop: str, address: Address) -> str:
        """N3 and N4 of a person: nobody else has them, so they are written without being kept."""
        lines, postal_code = address.lines, address.postal_code
        if len(lines) != 1 or not lines[0] or not postal_code or address.country or address.subdivision:
            return self.address(loop, address)
        mark, end, city, state = self.mark, self.end, address.city, address.state
        self.free += (lines[0], city, state, postal_code)
        return f"N3{mark}{lines[0]}{end}N4{mark}{city}{mark}{state}{mark}{postal_code}{end}"

    def date(self, loop: str, fact: DateFact) -> str:
        """A DTP segment."""
        kept = self._dates.get(id(fact))
        if kept is not None:
            return kept
        return self._dates.keep(
            fact, self.syntax.segment(loop, "DTP", fact.qualifier, fact.format, fact.text)
        )

    def health_codes(self, group: tuple[HealthCode, ...]) -> str:
        """An HI segment."""
        kept = self._health.get(id(group))
        if kept is not None:
            return kept
        composites = [(one.qualifier, one.code, *one.detail) for one in group]
        return self._health.keep(group, self.syntax.segment("2300", "HI", *composites))

    def procedure(self, where: str, procedure: Procedure | None) -> str:
        """A procedure composite, empty for None."""
        if procedure is None:
            return ""
        kept = self.procedures.get(id(procedure))
        if kept is not None:
            return kept
        parts = [procedure.qualifier, procedure.code, *procedure.modifiers]
        if procedure.description:
            parts += [""] * (6 - len(parts)) + [procedure.description]
        if any(self.syntax.broken(part) for part in parts):
            self.syntax.refuse(where)
        return self.procedures.keep(procedure, self.syntax.component.join(parts))

    def reference(self, loop: str, reference: Reference) -> str:
        """A REF segment that is the claim's own."""
        qualifier, value = reference.qualifier, reference.value
        if reference.payer_id or reference.description or not value:
            tied = ("2U", reference.payer_id) if reference.payer_id else ""
            return self.syntax.segment(loop, "REF", qualifier, value, reference.description, tied)
        self.free += (qualifier, value)
        return f"REF{self.mark}{qualifier}{self.mark}{value}{self.end}"

    def adjustments(self, adjustments: tuple[Adjustment, ...]) -> str:
        """CAS segments: one per group in order of first appearance, a further one after six reasons."""
        mark, end, amounts = self.mark, self.end, self.amounts
        if len(adjustments) == 1:
            one = adjustments[0]
            self.free.append(one.reason)
            if one.quantity is None:
                return f"CAS{mark}{one.group}{mark}{one.reason}{mark}{amounts[one.amount]}{end}"
        groups: dict[str, str] = {}
        for one in adjustments:
            group, reason = one.group, one.reason
            self.free.append(reason)
            quantity = "" if one.quantity is None else self.units[one.quantity]
            told = f"{mark}{reason}{mark}{amounts[one.amount]}{mark}{quantity}"
            groups[group] = groups[group] + told if group in groups else f"CAS{mark}{group}{told}"
        if len(adjustments) > _REASONS:
            return "".join([self._long(text) for text in groups.values()])
        return "".join([text.rstrip(mark) + end for text in groups.values()])

    def _long(self, text: str) -> str:
        """One group's CAS segments from its reasons in a row, three elements each."""
        tag, group, *parts = text.split(self.mark)
        rows = [parts[at : at + 3 * _REASONS] for at in range(0, len(parts), 3 * _REASONS)]
        return "".join([self.mark.join([tag, group, *row]).rstrip(self.mark) + self.end for row in rows])

    def placed(
        self, where: str, elements: Sequence[str], details: tuple[tuple[int, str], ...], first: int
    ) -> str:
        """Elements from position ``first`` on, ``details`` put in their places, each after a separator."""
        row = list(elements)
        for position, text in details:
            at = position - first
            if at >= 0:
                row += [""] * (at + 1 - len(row))
                row[at] = self.syntax.raw_element(f"{where}{position:02d}", text)
        return (self.mark + self.mark.join(row)).rstrip(self.mark)

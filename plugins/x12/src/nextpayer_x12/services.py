"""Service lines as text: loops 2400 to 2440, with every payer's decision on the line (2430)."""

from __future__ import annotations

from collections.abc import Callable

from nextpayer.claim import ClaimKind, ServiceLine
from nextpayer.remittance import LineAdjudication
from nextpayer_x12.facts import Facts
from nextpayer_x12.parties import Parties
from nextpayer_x12.segments import Guide

__all__ = ["Decided", "Services"]

#: Decisions by line number, each with the id of its payer, in the order of the claim's payers.
Decided = dict[int, list[tuple[str, LineAdjudication]]]


class Services:
    """Renders the service lines of one guide in one syntax."""

    def __init__(self, guide: Guide, facts: Facts, parties: Parties) -> None:
        self._guide, self._facts, self._parties = guide, facts, parties
        self._institutional = guide.kind is ClaimKind.INSTITUTIONAL
        self._service: Callable[[ServiceLine], str] = {
            ClaimKind.PROFESSIONAL: self._sv1,
            ClaimKind.INSTITUTIONAL: self._sv2,
            ClaimKind.DENTAL: self._sv3,
        }[guide.kind]

    def lines(self, lines: tuple[ServiceLine, ...], decided: Decided) -> list[str]:
        """The lines in order; takes their decisions out of ``decided``."""
        facts, service, decide = self._facts, self._service, self._decision
        mark, end, date, free = facts.mark, facts.end, facts.date, facts.free
        parts: list[str] = []
        for line in lines:
            control_number = line.control_number
            parts.append(f"LX{mark}{line.number}{end}{service(line)}{end}")
            if line.carried or line.references or len(line.dates) > 1:
                parts.append(self._situational(line))
            else:
                if line.dates:
                    parts.append(date("2400", line.dates[0]))
                if control_number:
                    free.append(control_number)
                    parts.append(f"REF{mark}6R{mark}{control_number}{end}")
            if line.drugs:
                parts.append(facts.syntax.raw("2410", line.drugs))
            if line.providers:
                parts.append(self._parties.providers(self._guide.line_providers, "2420", line.providers))
            for payer_id, decision in decided.pop(line.number, ()):
                parts.append(decide(payer_id, decision, line))
            if line.forms:
                parts.append(facts.syntax.raw("2440", line.forms))
        return parts

    def _situational(self, line: ServiceLine) -> str:
        facts, syntax, order = self._facts, self._facts.syntax, self._guide.line
        found = [facts.date("2400", one) for one in line.dates]
        if line.control_number:
            found.append(syntax.segment("2400", "REF", "6R", line.control_number))
        found += [facts.reference("2400", one) for one in line.references]
        found += [syntax.raw("2400", [one]) for one in line.carried]
        return "".join(syntax.in_order(order, found))

    def _sv1(self, line: ServiceLine) -> str:
        facts = self._facts
        key = (line.unit, line.place_of_service, line.diagnosis_pointers, line.details)
        tail = facts.codes.get(key)
        if tail is None:
            tail = facts.codes.keep(key, self._tail(line))
        procedure = facts.procedures.get(id(line.procedure)) or facts.procedure("2400 SV101", line.procedure)
        row = ("SV1", procedure, facts.amounts[line.charge_amount], line.unit, facts.units[line.units])
        return facts.mark.join(row) + tail if tail else facts.mark.join(row).rstrip(facts.mark)

    def _tail(self, line: ServiceLine) -> str:
        """SV1 from the place of service on."""
        syntax = self._facts.syntax
        row = (line.place_of_service, "", line.diagnosis_pointers)
        syntax.segment("2400", "SV1", "", "", line.unit, "", *row)  # refuses what cannot be written
        return self._facts.placed("2400 SV1", (row[0], "", syntax.component.join(row[2])), line.details, 5)

    def _sv2(self, line: ServiceLine) -> str:
        facts, mark = self._facts, self._facts.mark
        facts.free += (line.revenue_code, line.unit)
        procedure = facts.procedure("2400 SV202", line.procedure)
        charge, units = facts.amounts[line.charge_amount], facts.units[line.units]
        text = mark.join(("SV2", line.revenue_code, procedure, charge, line.unit, units))
        return (text + facts.placed("2400 SV2", (), line.details, 6) if line.details else text).rstrip(mark)

    def _sv3(self, line: ServiceLine) -> str:
        facts = self._facts
        mark = facts.mark
        facts.free += (line.place_of_service, *line.diagnosis_pointers)
        pointers = facts.syntax.component.join(line.diagnosis_pointers)
        procedure = facts.procedure("2400 SV301", line.procedure)
        row = (line.place_of_service, "", "", facts.units[line.units], "", "", "", "", pointers)
        rest = facts.placed("2400 SV3", row, line.details, 3)
        return f"SV3{mark}{procedure}{mark}{facts.amounts[line.charge_amount]}{rest}"

    def _decision(self, payer_id: str, decision: LineAdjudication, line: ServiceLine) -> str:
        """Loop 2430. A decision that repeats no code is about the line's own code, which the guides ask for:
        the procedure (professional, dental) or the revenue code (institutional)."""
        facts = self._facts
        mark, end, own = facts.mark, facts.end, decision.procedure
        if self._institutional:
            revenue_code = decision.revenue_code or line.revenue_code
            facts.free.append(revenue_code)
        else:
            revenue_code = ""
            own = own or line.procedure
        procedure = facts.procedures.get(id(own)) or facts.procedure("2430 SVD03", own)
        paid, units = facts.amounts[decision.paid_amount], facts.units[decision.units]
        text = f"SVD{mark}{payer_id}{mark}{paid}{mark}{procedure}{mark}{revenue_code}{mark}{units}"
        if decision.bundled_into is not None:
            text = f"{text}{mark}{decision.bundled_into}{end}"
        else:
            text = (text if units else text.rstrip(mark)) + end
        if decision.adjustments:
            text += facts.adjustments(decision.adjustments)
        if decision.date is not None:
            text += facts.decided[decision.date]
        if decision.remaining_liability is not None:
            text = f"{text}AMT{mark}EAF{mark}{facts.amounts[decision.remaining_liability]}{end}"
        return text

"""Reading the 277: claim acknowledgment (005010X214) and status response (005010X212), report by report.

Levels (HL03): the source (20), the receiver, which is us or who sends for us (21), the provider (19), the
patient (PT in the acknowledgment; 22, and 23 below it, in the response). Each TRN below the source begins a
report, which its STC, REF, DTP and lines (SVC) complete. A level that could not be read takes the reports
below it with it: whose they are would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nextpayer.acknowledgment import Level, LineStatus, Status, StatusReport
from nextpayer.claim import DateFact, Provider
from nextpayer.policy import Payer
from nextpayer.ports import Quarantined

from .elements import Elements, Unreadable
from .envelope import NOTHING
from .loops import Loops

__all__ = ["KINDS", "StatusReports"]

#: Which 277 a guide (ST03, GS08) is, by what is in its name.
KINDS = (("X214", "277CA"), ("X212", "277"))
_SOURCE, _RECEIVER, _PROVIDER = "20", "21", "19"
#: HL03 of each guide and what stands above it; in order, the outermost first.
_LEVELS = {
    "277CA": {_SOURCE: "", _RECEIVER: _SOURCE, _PROVIDER: _RECEIVER, "PT": _PROVIDER},
    "277": {_SOURCE: "", _RECEIVER: _SOURCE, _PROVIDER: _RECEIVER, "22": _PROVIDER, "23": "22"},
}
_CODE = re.compile(r"[A-Z0-9]{1,5}", re.ASCII)
_REPORTS = {_RECEIVER: Level.BATCH, _PROVIDER: Level.PROVIDER}


class StatusReports:
    """One 277 transaction being read."""

    def __init__(self, file: str, elements: Elements, parties: dict[str, Any], kind: str) -> None:
        self._file, self._kind, self._elements = file, kind, elements
        self._order = list(_LEVELS[kind])
        self._loops = Loops(elements)
        self._told: dict[str, Any] = dict(parties)
        self._hl: dict[str, str] = {}  # HL01 by HL03: the level open at each depth
        self._around: dict[str, dict[str, Any]] = {}  # what each level says of what is below it
        self._lost = len(self._order)  # the depth that could not be read, with all below it
        self._level = ""
        self._report: _Report | None = None

    def take(self, segment: str, number: int) -> Iterator[StatusReport | Quarantined]:
        """Take one segment in; a report that it ends comes out."""
        parts = segment.split(self._elements.element) + NOTHING
        tag = parts[0]
        try:
            if tag == "BHT":
                self._told["reference"] = parts[3]
                self._told["answered"] = self._elements.date[parts[4]]
            elif tag == "HL":
                yield from self._end()
                self._begin(parts)
            elif tag == "TRN" and self._level != _SOURCE:
                yield from self._end()
                self._report = _Report(self._loops, parts[2], number)
                self._report.lost = self._report.lost or self._is_lost()
            elif self._report is not None:
                self._report.take(parts, segment, number)
            else:
                self._of_the_level(tag, parts, segment)
        except Unreadable as error:
            reason = f"{tag if tag.isalnum() and len(tag) < 4 else 'a segment'} (segment {number}): {error}"
            if self._report is not None and tag != "HL":
                self._report.lost = self._report.lost or reason
            else:
                self._lost = min(self._lost, self._depth())
                yield Quarantined(file=self._file, segment=number, reason=reason)

    def finish(self, *, whole: bool) -> Iterator[StatusReport | Quarantined]:
        """The last report; one that the file ends in may not be whole."""
        if self._report is not None and not whole:
            self._report.lost = "the file ends inside this report, so it may not be whole"
        yield from self._end()

    def _depth(self) -> int:
        return self._order.index(self._level) if self._level else 0

    def _is_lost(self) -> str:
        return "the level above it could not be read" if self._depth() >= self._lost else ""

    def _begin(self, hl: list[str]) -> None:
        _, own, parent, code = hl[:4]
        above = _LEVELS[self._kind].get(code)
        if above is None or parent != self._hl.get(above, ""):
            self._level, self._hl[code] = code if above is not None else self._order[-1], ""
            if self._depth() > self._lost:
                return  # one above it could not be read, and that has been said
            raise Unreadable(f"a level that a {self._kind} does not have here (HL02, HL03)")
        self._level = code
        depth = self._depth()
        if depth <= self._lost:
            self._lost = len(self._order)
        for lower in self._order[depth:]:
            self._hl.pop(lower, None)
            self._around.pop(lower, None)
        self._hl[code], self._around[code] = own, {}

    def _of_the_level(self, tag: str, parts: list[str], segment: str) -> None:
        """What a level says before its first report: who it is; of the source, when it had the file."""
        if self._is_lost():
            return
        around = self._around.get(self._level)
        if around is None:
            raise Unreadable("a segment before the first level")
        if tag == "NM1" and self._level == _SOURCE:
            around["source"] = Payer(id=parts[9], name=parts[3], id_qualifier=parts[8])
        elif tag == "NM1" and self._level == _PROVIDER:
            around["provider"] = _provider(parts)
        elif tag == "NM1" and self._level not in (_SOURCE, _RECEIVER):
            around["patient"] = self._elements.person(parts)
        elif tag == "DTP" and self._level == _SOURCE:
            day: DateFact = self._loops.dates[segment]
            key = {"050": "received", "009": "processed"}.get(parts[1])
            if key is not None:
                around[key] = day.start
        elif tag not in ("NM1", "TRN", "PER", "DMG"):
            raise Unreadable("a segment that has no place here")

    def _end(self) -> Iterator[StatusReport | Quarantined]:
        report, self._report = self._report, None
        if report is None:
            return
        told = dict(self._told)
        for around in self._around.values():
            told |= around
        level = _REPORTS.get(self._level, Level.CLAIM)
        try:
            if report.lost:
                raise Unreadable(report.lost)
            if "source" not in told:
                raise Unreadable("who says it is not named (2100A NM1)")
            if not report.statuses and not report.lines:
                raise Unreadable("a report without a status (STC)")
        except Unreadable as error:
            claim = report.claim_id or (report.trace if level is Level.CLAIM else "")
            yield Quarantined(
                file=self._file, segment=report.segment, reason=str(error), kind="acknowledgment",
                claim_id=claim if self._kind == "277CA" else report.claim_id,
            )  # fmt: skip
            return
        own = report.fields()
        if level is Level.BATCH:
            self._around[self._level]["batch"] = report.trace
        elif level is Level.CLAIM and self._kind == "277CA":
            own["claim_id"] = report.trace
        yield StatusReport(kind=self._kind, level=level, file=self._file, **told, **own)


class _Report:
    """One report on its way: the TRN that began it and what followed."""

    def __init__(self, loops: Loops, trace: str, segment: int) -> None:
        self._elements, self._loops = loops.elements, loops
        self.trace, self.segment, self.lost = trace, segment, "" if trace else "a TRN without its number"
        self.claim_id = ""
        self.statuses: tuple[Status, ...] = ()
        self.lines: list[dict[str, Any]] = []
        self._own: dict[str, Any] = {}
        self._carried: tuple[str, ...] = ()
        self._counts: tuple[tuple[str, str], ...] = ()
        self._amounts: tuple[tuple[str, str], ...] = ()

    def fields(self) -> dict[str, Any]:
        """Its part of the noun."""
        return {
            **self._own,
            "trace": self.trace,
            "claim_id": self.claim_id,
            "statuses": self.statuses,
            "lines": tuple([LineStatus(**line) for line in self.lines]),
            "counts": self._counts,
            "amounts": self._amounts,
            "segment": self.segment,
            "carried": self._carried,
        }

    def take(self, parts: list[str], segment: str, number: int) -> None:
        """Take one segment in. Raises Unreadable."""
        tag = parts[0]
        line = self.lines[-1] if self.lines else None
        if tag == "STC":
            found = self._statuses(parts)
            if line is None:
                self.statuses += found
            else:
                line["statuses"] += found
        elif tag == "SVC":
            self.lines.append(self._line(parts, number))
        elif tag == "REF":
            self._reference(parts, segment, line)
        elif tag == "DTP" and parts[1] == "472" and line is None:
            day: DateFact = self._loops.dates[segment]
            self._own["service_from"], self._own["service_to"] = day.start, day.end or day.start
        elif tag == "QTY":
            self._counts += ((parts[1], parts[2]),)
        elif tag == "AMT":
            self._amounts += ((parts[1], parts[2]),)
        elif tag == "DTP":
            self._carry(segment, line)
        else:
            raise Unreadable("a segment that has no place here")

    def _carry(self, segment: str, line: dict[str, Any] | None) -> None:
        if line is None:
            self._carried += (segment,)
        else:
            line["carried"] = (*line["carried"], segment)

    def _reference(self, parts: list[str], segment: str, line: dict[str, Any] | None) -> None:
        names = {"1K": "control_number", "D9": "intermediary_number", "BLT": "bill_type"}
        if line is not None and parts[1] == "FJ":
            line["control_number"] = parts[2]
        elif line is None and parts[1] in names:
            self._own[names[parts[1]]] = parts[2]
        elif line is None and parts[1] == "EJ":
            self.claim_id = parts[2]
        else:
            self._carry(segment, line)

    def _line(self, svc: list[str], number: int) -> dict[str, Any]:
        money = self._elements.money
        return {
            "procedure": self._elements.procedure[svc[1]],
            "charge": money[svc[2]] if svc[2] else None,
            "paid": money[svc[3]] if svc[3] else None,
            "statuses": (),
            "carried": (),
            "segment": number,
        }

    def _statuses(self, stc: list[str]) -> tuple[Status, ...]:
        money, date = self._elements.money, self._elements.date
        shared: dict[str, Any] = {
            "date": date[stc[2]] if stc[2] else None,
            "action": stc[3],
            "amount": money[stc[4]] if stc[4] else None,
            "paid": money[stc[5]] if stc[5] else None,
            "adjudicated": date[stc[6]] if stc[6] else None,
            "paid_on": date[stc[8]] if stc[8] else None,
            "cheque": stc[9],
            "message": stc[12],
        }
        found = []
        for text in (stc[1], stc[10], stc[11]):
            if not text:
                continue
            category, code, entity, code_list = [*text.split(self._elements.component), "", "", ""][:4]
            if not all(_CODE.fullmatch(one) for one in (category, code, entity or "0", code_list or "0")):
                raise Unreadable("a status that is not a category, a code and an entity (STC01)")
            found.append(Status(category=category, code=code, entity=entity, code_list=code_list, **shared))
        if not found:
            raise Unreadable("a status without its category and code (STC01)")
        return tuple(found)


def _provider(nm1: list[str]) -> Provider:
    return Provider(
        role=nm1[1], entity=nm1[2], last=nm1[3], first=nm1[4], middle=nm1[5], prefix=nm1[6], suffix=nm1[7],
        id_qualifier=nm1[8], id=nm1[9],
    )  # fmt: skip

"""The report of a run: one JSON document, written as decisions are made and never held in memory.

The summary stands first, where a person looks, but is known last: room is kept for it and filled in at the
end. Every decision is one line, so that two reports can be compared and searched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nextpayer.decide import Action, Decision, Reason

__all__ = ["Report"]

_ROOM = 640
_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode

#: The summary's key for each action.
COUNTS = {
    Action.BILL_NEXT: "billed_next",
    Action.FORWARDED: "forwarded",
    Action.HOLD: "held",
    Action.DISPUTE: "disputed",
    Action.REWORK: "rework",
    Action.APPEAL: "appeal",
    Action.BILL_PATIENT: "bill_patient",
    Action.WRITE_OFF: "written_off",
    Action.REFUND: "refund",
    Action.CLOSED: "closed",
}


class Report:
    """Writes ``report.json``. ``counts`` becomes its summary."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {"claims_in": 0, "payments_in": 0, **dict.fromkeys(COUNTS.values(), 0)}
        self.counts |= {"unmatched": 0, "quarantined": 0, "claims_without_payment": 0, "problems": 0}
        self._part = path.with_name(path.name + ".part")
        self._file = self._part.open("w", encoding="utf-8", newline="\n")
        self._file.write('{"summary": ' + " " * _ROOM + ',\n"decisions": [')
        self._first = True
        self.meanings: dict[str, tuple[str, str]] = {}

    def decided(self, decision: Decision, row: str) -> None:
        """Write a decision's row, and keep what its codes mean: each is said once, under ``meanings``."""
        meanings = self.meanings
        if decision.reason not in meanings:
            meanings[decision.reason] = (decision.says, decision.source)
        expectation, deadline = decision.expectation, decision.deadline
        if expectation is not None and expectation.method not in meanings:
            meanings[expectation.method] = ("how the next payer is expected to pay", expectation.source)
            meanings.update({term.name: ("", term.source) for term in expectation.terms})
        if deadline is not None and deadline.rule not in meanings:
            meanings[deadline.rule] = ("the last safe day", deadline.source)
        self._row(decision.action, row)

    def aside(self, reason: Reason, row: str) -> None:
        """Write the row of a payment that does not decide."""
        self.meanings.setdefault(reason.id, (reason.says, reason.source))
        self._row(reason.action, row)

    def _row(self, action: Action, row: str) -> None:
        self._file.write(f"\n{row}" if self._first else f",\n{row}")
        self._first = False
        self.counts[COUNTS[action]] += 1

    def finish(self, **rest: Any) -> None:
        """Write what is left and put the finished report in its place."""
        self._file.write("\n]")
        rest["meanings"] = dict(sorted(self.meanings.items()))
        for name, value in rest.items():
            if isinstance(value, list):
                lines = ",\n".join(_encode(one) for one in value)
                self._file.write(f',\n"{name}": [\n{lines}\n]' if value else f',\n"{name}": []')
            else:
                self._file.write(f',\n"{name}": {_encode(value)}')
        self._file.write("\n}\n")
        self._file.seek(len('{"summary": '))
        summary = _encode(self.counts)
        if len(summary) > _ROOM:
            raise AssertionError("the summary outgrew its room")
        self._file.write(summary)
        self._file.close()
        self._part.replace(self.path)

    def abandon(self) -> None:
        """Leave no half report behind."""
        self._file.close()
        self._part.unlink(missing_ok=True)

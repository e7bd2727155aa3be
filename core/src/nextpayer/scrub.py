"""Scrub: run the clean-claim edits over a claim before it leaves.

An edit is one small function with an id and a source. It looks at a claim and yields what is wrong as
``(where, message)``; it never changes the claim. Core edits live in ``nextpayer.edits``; plugins
contribute more through the hook ``nextpayer_edits``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .claim import Claim
from .errors import PluginFailed
from .finding import Finding, Severity

__all__ = ["Check", "Edit", "Faults", "Scrubber", "rejected", "scrub"]

#: What an edit's function is: it yields the place (``2430 line 2``) and the message of each fault.
Check = Callable[[Claim], Iterator[tuple[str, str]]]
#: Place and message of each fault, by the id of the edit.
Faults = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit. ``kinds`` names the claims it looks at, as a subset of ``PID``.

    Edits that share one walk over the claim have one ``look``: it gives the faults of them all, and ``check``
    those of this one.
    """

    id: str
    title: str
    check: Check
    source: str
    severity: Severity = Severity.REJECT
    kinds: str = "PID"
    phase: int = 50
    look: Callable[[Claim], Faults] | None = None


class Scrubber:
    """Edits made ready for many claims: each shared walk is made once a claim, not asked about by every edit.

    Most claims are clean, so that ten walks that find nothing are all there is to do.
    """

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._edits = tuple(edits)
        self._by_kind: dict[str, _Plan] = {}

    def findings(self, claim: Claim) -> tuple[Finding, ...]:
        """Every fault the edits find, in the order of the edits. Raises PluginFailed, naming the edit."""
        plan = self._by_kind.get(claim.kind)
        if plan is None:
            plan = self._by_kind[claim.kind] = _Plan(edit for edit in self._edits if claim.kind in edit.kinds)
        try:
            ranked = [fault for look in plan.looks if (found := look(claim)) for fault in plan.ranked(found)]
            for rank, edit in plan.alone:
                ranked += [(rank, edit, *fault) for fault in edit.check(claim)]
        except Exception:  # noqa: BLE001 - asked one by one, the edit that raises it has a name
            return _one_by_one(claim, plan.edits)
        ranked.sort(key=_rank)
        return tuple([_finding(edit, where, message) for _, edit, where, message in ranked])


class _Plan:
    """The edits for one kind of claim: the walks that some of them share, and those that stand alone."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self.edits = tuple(edits)
        self.looks = tuple(dict.fromkeys(edit.look for edit in self.edits if edit.look is not None))
        self.alone = [(rank, edit) for rank, edit in enumerate(self.edits) if edit.look is None]
        self._places = {
            edit.id: (rank, edit) for rank, edit in enumerate(self.edits) if edit.look is not None
        }

    def ranked(self, faults: Faults) -> Iterator[tuple[int, Edit, str, str]]:
        """Faults with their edits and those edits' places; what no edit of this kind asks for is left out."""
        for id, found in faults.items():
            if id in self._places:
                rank, edit = self._places[id]
                for where, message in found:
                    yield rank, edit, where, message


def scrub(claim: Claim, edits: Iterable[Edit]) -> tuple[Finding, ...]:
    """Every fault the edits find, in the order of the edits. Raises PluginFailed, naming the edit."""
    return Scrubber(edits).findings(claim)


def _one_by_one(claim: Claim, edits: Iterable[Edit]) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = ()
    for edit in edits:
        try:
            for where, message in edit.check(claim):
                found += (_finding(edit, where, message),)
        except Exception as error:  # whatever an edit raises holds this one claim
            raise PluginFailed.during("edit", edit.id, "", "looking at a claim", error) from error
    return found


def _rank(fault: tuple[int, Edit, str, str]) -> int:
    return fault[0]


def _finding(edit: Edit, where: str, message: str) -> Finding:
    return Finding(id=edit.id, severity=edit.severity, where=where, message=message, source=edit.source)


def rejected(findings: Iterable[Finding]) -> bool:
    """Whether any finding holds the claim."""
    return any(finding.severity == Severity.REJECT for finding in findings)

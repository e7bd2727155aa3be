"""Scrub: run the clean-claim edits over a claim before it leaves.

An edit is one small function with an id and a source. It looks at a claim and yields what is wrong as
``(where, message)``; it never changes the claim. Core edits live in ``nextpayer.edits``; plugins
contribute more through the hook ``nextpayer_edits``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .claim import Claim
from .errors import PluginFailed
from .finding import Finding, Severity

__all__ = ["Check", "Edit", "Scrubber", "Walk", "rejected", "scrub"]

#: What an edit's function is: it yields the place (``2430 line 2``) and the message of each fault.
Check = Callable[[Claim], Iterator[tuple[str, str]]]
#: A walk that serves several edits: it yields the id of the edit, the place and the message of each fault.
Walk = Callable[[Claim], Iterator[tuple[str, str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit. ``kinds`` names the claims it looks at, as a subset of ``PID``.

    Edits that share a walk name it: it yields the faults of them all, and ``check`` those of this one.
    ``scrub_only`` edits are for claims of other systems (``nextpayer scrub``): what they look at, the first
    payer has accepted on every claim that the main job bills on.
    """

    id: str
    title: str
    check: Check
    source: str
    severity: Severity = Severity.REJECT
    kinds: str = "PID"
    phase: int = 50
    walk: Walk | None = None
    scrub_only: bool = False


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
        faults = []
        try:
            for walk in plan.walks:
                for id, where, message in walk(claim):
                    if id in plan.places:  # else it is no edit for this kind of claim
                        faults.append((plan.places[id], where, message))
            for place in plan.alone:
                faults += [(place, where, message) for where, message in plan.edits[place].check(claim)]
        except Exception:  # noqa: BLE001 - asked one by one, the edit that raises it has a name
            return _one_by_one(claim, plan.edits)
        if not faults:
            return ()
        faults.sort(key=_place)
        return tuple([_finding(plan.edits[place], where, message) for place, where, message in faults])


class _Plan:
    """The edits for one kind of claim: the walks that some of them share, and those that stand alone.

    ``places`` are the places in ``edits`` of those that share a walk.
    """

    def __init__(self, edits: Iterable[Edit]) -> None:
        self.edits = tuple(edits)
        self.walks = tuple(dict.fromkeys(edit.walk for edit in self.edits if edit.walk is not None))
        self.places = {edit.id: place for place, edit in enumerate(self.edits) if edit.walk is not None}
        self.alone = [place for place, edit in enumerate(self.edits) if edit.walk is None]


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


def _place(fault: tuple[int, str, str]) -> int:
    return fault[0]


def _finding(edit: Edit, where: str, message: str) -> Finding:
    return Finding(id=edit.id, severity=edit.severity, where=where, message=message, source=edit.source)


def rejected(findings: Iterable[Finding]) -> bool:
    """Whether any finding holds the claim."""
    return any(finding.severity == Severity.REJECT for finding in findings)

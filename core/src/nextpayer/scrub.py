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

__all__ = ["Check", "Edit", "rejected", "scrub"]

#: What an edit's function is: it yields the place (``2430 line 2``) and the message of each fault.
Check = Callable[[Claim], Iterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit. ``kinds`` names the claims it looks at, as a subset of ``PID``."""

    id: str
    title: str
    check: Check
    source: str
    severity: Severity = Severity.REJECT
    kinds: str = "PID"
    phase: int = 50


def scrub(claim: Claim, edits: Iterable[Edit]) -> tuple[Finding, ...]:
    """Every fault the edits find, in the order of the edits. Raises PluginFailed, naming the edit."""
    kind = claim.kind
    found: tuple[Finding, ...] = ()
    for edit in edits:
        if kind in edit.kinds:
            try:
                for where, message in edit.check(claim):
                    found += (_finding(edit, where, message),)
            except Exception as error:  # whatever an edit raises holds this one claim
                raise PluginFailed.during("edit", edit.id, "", "looking at a claim", error) from error
    return found


def _finding(edit: Edit, where: str, message: str) -> Finding:
    return Finding(id=edit.id, severity=edit.severity, where=where, message=message, source=edit.source)


def rejected(findings: Iterable[Finding]) -> bool:
    """Whether any finding holds the claim."""
    return any(finding.severity == Severity.REJECT for finding in findings)

"""A look: one walk over a claim that serves several edits.

A module's walk yields ``(id, where, message)`` for each fault; ``Look.edit`` makes the edit of one id out of
it. The scrubber runs the walk once for all of them. An edit that is asked alone runs it too, and the faults
of the last claim are kept for the next edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nextpayer.claim import Claim
from nextpayer.finding import Severity
from nextpayer.scrub import Edit

__all__ = ["STEDI", "STEDI_API", "STEDI_API_I", "Faults", "Look"]

#: Where the published edits and the published request schemas (general, institutional) stand.
STEDI = "https://www.stedi.com/changelog/"
STEDI_API = "https://www.stedi.com/docs/healthcare/api-reference/post-healthcare-claims"
STEDI_API_I = "https://www.stedi.com/docs/healthcare/api-reference/post-healthcare-institutional-claims"

#: What a walk yields: the id of the edit, the place and the message of each fault.
Faults = Iterator[tuple[str, str, str]]

#: Place and message of each fault, by the id of the edit.
Found = dict[str, list[tuple[str, str]]]


class Look:
    """The edits of one walk. Every id that the walk yields must be made an edit.

    ``scrub_only`` walks look at what an earlier payer's clearinghouse has seen already (``scrub.Edit``).
    """

    def __init__(self, walk: Callable[[Claim], Faults], *, scrub_only: bool = False) -> None:
        self._walk = walk
        self._scrub_only = scrub_only
        self._last: tuple[Claim | None, Found] = (None, {})

    def edit(
        self, *, id: str, title: str, source: str, severity: Severity = Severity.REJECT, kinds: str = "PID"
    ) -> Edit:
        """The edit that reports the walk's faults with this id."""

        def check(claim: Claim) -> Iterator[tuple[str, str]]:
            return iter(self._faults(claim).get(id, ()))

        return Edit(
            id=id,
            title=title,
            check=check,
            source=source,
            severity=severity,
            kinds=kinds,
            walk=self._walk,
            scrub_only=self._scrub_only,
        )

    def _faults(self, claim: Claim) -> Found:
        last = self._last  # one read: the pair is replaced as a whole, so threads cannot mix two claims
        if last[0] is claim:
            return last[1]
        found: Found = {}
        for id, where, message in self._walk(claim):
            found.setdefault(id, []).append((where, message))
        self._last = (claim, found)
        return found

"""What a status, or the lack of one, says about the file: a table, read from the top.

Only the receiver's own word counts as a yes or a clear no. A redirect that wants the request repeated
elsewhere (307, 308) was not processed; any other may answer one that was. 409 may say that the receiver has
the file already. A fault (5xx) may come after the file was taken in.
Source: RFC 9110 section 15; RFC 6585 section 4 (429).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected

__all__ = ["Attempt", "Kind", "judge"]


class Kind(StrEnum):
    """What kind of end an attempt came to, which is what the rules of trying again go by."""

    FINAL = "final"
    NEVER_CONNECTED = "never-connected"
    BUSY = "busy"
    FAULT = "fault"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How one attempt ended. ``wait`` is how many seconds the receiver asks us to wait, where it does."""

    outcome: Outcome
    kind: Kind = Kind.FINAL
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    first: int
    last: int
    taken: bool | None
    words: str
    kind: Kind = Kind.FINAL


_BUSY = "was busy and took nothing"
_TABLE = (
    _Row(200, 299, True, ""),
    _Row(307, 308, False, "redirects elsewhere, which is not followed"),
    _Row(300, 399, None, "redirects elsewhere, and may have taken it"),
    _Row(401, 401, False, "does not take our credentials"),
    _Row(403, 403, False, "does not take our credentials"),
    _Row(408, 408, False, _BUSY, Kind.BUSY),
    _Row(409, 409, None, "sees a conflict: it may have it already"),
    _Row(413, 413, False, "finds the file too large"),
    _Row(429, 429, False, _BUSY, Kind.BUSY),
    _Row(400, 499, False, "refuses it"),
    _Row(503, 503, False, _BUSY, Kind.BUSY),
    _Row(502, 502, None, "failed on the way", Kind.FAULT),
    _Row(504, 504, None, "failed on the way", Kind.FAULT),
    _Row(500, 599, None, "failed, and may have taken it"),
    _Row(0, 999, None, "answers what HTTP does not know"),
)


def judge(status: int, *, reference: str = "", wait: float | None = None) -> Attempt:
    """What an answer with this status means."""
    row = next(row for row in _TABLE if row.first <= status <= row.last)
    reason = f"the receiver {row.words} (status {status})"
    if row.taken:
        return Attempt(outcome=Accepted(reference=reference))
    if row.taken is None:
        return Attempt(outcome=InDoubt(reason=reason), kind=row.kind, wait=wait)
    again = row.kind is Kind.BUSY
    return Attempt(outcome=Rejected(reason=reason, again=again), kind=row.kind, wait=wait)

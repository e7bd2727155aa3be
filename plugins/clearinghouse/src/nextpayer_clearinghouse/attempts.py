"""When to try again: two rules as tables, and one loop that forgets no doubt.

Whoever never connected has sent nothing and may try again. Beyond that only a receiver that deduplicates is
asked a second time, always with the same key. urllib3 has a ``Retry`` of its own; it forgets what came before
the last attempt, and "kept it and dropped the line, then refused the connection" would end as a clear no.
Here a doubt stays a doubt until the receiver says yes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nextpayer.ports import Accepted, InDoubt, Outcome
from nextpayer_clearinghouse.verdict import Attempt, Kind

__all__ = ["DEDUP", "SAFE", "Rule", "carry"]

_FIRST_WAIT = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """How often an attempt is repeated after each kind of end, and in all."""

    times: Mapping[Kind, int]
    total: int


SAFE = Rule({Kind.NEVER_CONNECTED: 3}, total=3)
DEDUP = Rule({Kind.NEVER_CONNECTED: 3, Kind.NO_ANSWER: 2, Kind.BUSY: 3, Kind.FAULT: 3}, total=4)


def carry(
    once: Callable[[], Attempt], rule: Rule, *, longest_wait: float, sleep: Callable[[float], None]
) -> Outcome:
    """Attempt until there is an outcome that the rule ends with."""
    doubt: InDoubt | None = None
    ends: Counter[Kind] = Counter()
    while True:
        attempt = once()
        if isinstance(attempt.outcome, Accepted):
            return attempt.outcome
        if isinstance(attempt.outcome, InDoubt):
            doubt = doubt or attempt.outcome
        ends[attempt.kind] += 1
        if ends[attempt.kind] > rule.times.get(attempt.kind, 0) or ends.total() > rule.total:
            return doubt or attempt.outcome
        sleep(_wait(attempt.wait, ends.total(), longest_wait))


def _wait(asked: float | None, number: int, longest: float) -> float:
    """What the receiver asks for, else twice as long each time and a bit by chance; never above the cap."""
    own = _FIRST_WAIT * 2 ** (number - 1) + random.uniform(0, _FIRST_WAIT)  # noqa: S311 - no secret
    return min(own if asked is None else asked, longest)

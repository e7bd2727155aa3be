"""What a claim carries as text: the elements of its segments that no noun models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nextpayer.claim import Claim

__all__ = ["component", "segments"]


def segments(claim: Claim, carried: Iterable[str], tag: str) -> Iterator[list[str]]:
    """The carried segments of one name as elements (the name at 0), empty ones added to twenty."""
    mark = claim.envelope.delimiters[0] if claim.envelope is not None else "*"
    for text in carried:
        parts = text.split(mark)
        if parts[0] == tag:
            yield parts + [""] * (20 - len(parts))


def component(claim: Claim) -> str:
    """What separates the parts of a composite."""
    return claim.envelope.delimiters[1] if claim.envelope is not None else ":"

"""The announcements of a claim's documents (PWK of loops 2300 and 2400): reading them, and putting them in.

They travel in the claim's ``carried`` segments, in the syntax of its envelope, with whatever else no noun
models. A dental claim's lines have none, so that a line's document is announced at the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .claim import Attachment, Claim, ClaimKind
from .documents import Channel, Enclosure

__all__ = ["GUIDES", "MOST", "announced", "place", "with_announcements"]

#: PWK segments that a claim or a line may have.
MOST = 10
#: PWK02 of documents; others tell of a certificate of medical necessity and announce nothing.
_CHANNELS = frozenset(Channel)
GUIDES = "005010X222A1, X223A2, X224A2: PWK"


def announced(claim: Claim) -> tuple[Attachment, ...]:
    """Every document that the claim announces (PWK of loops 2300 and 2400), the claim's own first."""
    found = [*_announced(claim, claim.carried, 0)] if claim.carried else []
    for line in claim.lines:
        if line.carried:
            found += _announced(claim, line.carried, line.number)
    return tuple(found)


def _announced(claim: Claim, carried: Iterable[str], line: int) -> Iterator[Attachment]:
    mark = _mark(claim)
    for text in carried:
        if text.startswith("PWK" + mark):
            parts = [*text.split(mark), *[""] * 6]
            yield Attachment(type=parts[1], transmission=parts[2], control_number=parts[6], line=line)


def _mark(claim: Claim) -> str:
    return claim.envelope.delimiters[0] if claim.envelope is not None else "*"


def place(line: int) -> str:
    """Where the documents of a line are announced, those of the claim for 0."""
    return f"2400 line {line} PWK" if line else "2300 PWK"


def with_announcements(claim: Claim, enclosures: Sequence[Enclosure]) -> Claim:
    """The claim with a PWK for each enclosure; one that it had for the same document gives way. A dental
    claim's lines have none, so that theirs stand at the claim."""
    if not enclosures:
        return claim
    by_line: dict[int, list[Enclosure]] = {}
    for one in enclosures:
        line = 0 if claim.kind is ClaimKind.DENTAL else one.document.line
        by_line.setdefault(line, []).append(one)
    lines = tuple(
        replace(line, carried=_carried(claim, line.carried, by_line[line.number]))
        if line.number in by_line
        else line
        for line in claim.lines
    )
    carried = _carried(claim, claim.carried, by_line[0]) if 0 in by_line else claim.carried
    return replace(claim, carried=carried, lines=lines)


def _carried(claim: Claim, carried: tuple[str, ...], enclosures: Sequence[Enclosure]) -> tuple[str, ...]:
    mark = _mark(claim)
    ours = {one.report_type for one in enclosures}
    kept = [text for text in carried if not _gives_way(text.split(mark), ours)]
    for one in enclosures:
        parts = ["PWK", one.report_type, str(one.channel)]
        if one.control_number:
            parts += ["", "", "AC", one.control_number]
        kept.append(mark.join(parts))
    return tuple(kept)


def _gives_way(parts: list[str], ours: set[str]) -> bool:
    return len(parts) > 2 and parts[0] == "PWK" and parts[1] in ours and parts[2] in _CHANNELS

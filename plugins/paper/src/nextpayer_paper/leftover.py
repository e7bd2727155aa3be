"""What a claim says that a form has no box for: told once, by segment, so that nobody looks for it."""

from __future__ import annotations

from nextpayer.claim import Claim, ClaimKind
from nextpayer.finding import Finding, Severity

from .boxes import told

__all__ = ["left_over"]

#: Segments of a claim or a line that a box takes.
_TAKEN = {
    ClaimKind.PROFESSIONAL: frozenset({"NTE", "PS1"}),
    ClaimKind.INSTITUTIONAL: frozenset({"NTE", "CL1"}),
    ClaimKind.DENTAL: frozenset[str](),
}


def left_over(claim: Claim) -> tuple[Finding, ...]:
    """A finding that names the segments which stay behind; none where all is printed."""
    mark = claim.envelope.delimiters[0] if claim.envelope is not None else "*"
    segments = [*claim.carried, *[one for line in claim.lines for one in (*line.carried, *line.forms)]]
    tags = {segment.partition(mark)[0] for segment in segments} - _TAKEN[claim.kind]
    if not tags:
        return ()
    message = f"the form has no box for {', '.join(sorted(tags))}; where the payer needs it, attach it"
    return (told("NP-PAPER-NO-BOX", "none", message, Severity.INFO),)

"""Every edit of `nextpayer scrub` on every 837 that the tests see: a sound file has no `rejects`."""

from __future__ import annotations

import io

from nextpayer.edits import EDITS
from nextpayer.edits.unreadable import finding_of
from nextpayer.finding import Severity
from nextpayer.ports import Quarantined
from nextpayer.scrub import Scrubber
from nextpayer_x12.claims import claims
from nextpayer_x12.tokens import blocks

_SCRUBBER = Scrubber(EDITS)


def rejects(text: str) -> list[str]:
    """The findings that would hold a claim of the file."""
    found = []
    for item in claims(blocks(io.BytesIO(text.encode()), "outgoing.837"), "outgoing.837"):
        findings = (finding_of(item),) if isinstance(item, Quarantined) else _SCRUBBER.findings(item)
        found += [
            f"{one.id} {one.where}: {one.message}" for one in findings if one.severity is Severity.REJECT
        ]
    return found

"""The envelope that files we write have in common: ISA and GS, and when a new one is needed."""

from __future__ import annotations

import datetime as dt

from nextpayer.claim import Envelope
from nextpayer_x12.syntax import Syntax, UnwritableText

__all__ = ["CLAIMS", "opening", "route"]

#: GS01 of claims.
CLAIMS = "HC"


def route(envelope: Envelope) -> tuple[str, ...]:
    """What makes an interchange and its group."""
    return (
        envelope.delimiters, envelope.sender_qualifier, envelope.sender_id, envelope.receiver_qualifier,
        envelope.receiver_id, envelope.group_sender, envelope.group_receiver, envelope.usage,
    )  # fmt: skip


def opening(
    envelope: Envelope,
    syntax: Syntax,
    number: int,
    today: dt.date,
    version: str,
    *,
    group: str = CLAIMS,
    control: str = "00501",
) -> str:
    """ISA and GS. ``group`` is GS01, ``control`` ISA12. Raises UnwritableText."""
    day = today.isoformat().replace("-", "")
    fixed = (
        ("ISA05", envelope.sender_qualifier, 2), ("ISA06", envelope.sender_id, 15),
        ("ISA07", envelope.receiver_qualifier, 2), ("ISA08", envelope.receiver_id, 15),
        ("ISA15", envelope.usage, 1),
    )  # fmt: skip
    row = []
    for where, text, width in fixed:
        if syntax.broken(text):
            syntax.refuse(where)
        if len(text) > width:
            raise UnwritableText(f"{where}: the text is longer than {width} characters")
        row.append(text.ljust(width))
    isa = [
        "ISA", "00", " " * 10, "00", " " * 10, *row[:4], day[2:], "0000", syntax.repetition, control,
        f"{number:09d}", "0", row[4], syntax.component,
    ]  # fmt: skip
    sender, receiver = (
        envelope.group_sender or envelope.sender_id,
        envelope.group_receiver or envelope.receiver_id,
    )
    gs = syntax.segment("GS", "GS", group, sender, receiver, day, "0000", str(number), "X", version)
    return syntax.element.join(isa) + syntax.terminator + gs

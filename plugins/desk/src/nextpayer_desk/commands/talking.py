"""Entries of the log as text: a line for the desk, a page for a payer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from nextpayer_desk.talks import Talk

__all__ = ["contacts_page", "talk_line", "talk_row"]


def talk_row(one: Talk) -> dict[str, Any]:
    """An entry as JSON has it."""
    return {
        "kind": one.kind, "on": one.on, "with": one.whom, "reference": one.reference, "says": one.says,
        "step": one.step, "next": one.next_action, "by": one.next_on, "who": one.who, "at": one.at,
    }  # fmt: skip


def talk_line(one: Talk) -> str:
    """An entry in one line."""
    parts = [f"{one.on}  {one.kind}{f' ({one.step})' if one.step else ''}"]
    if one.whom:
        parts.append(f"with {one.whom}")
    if one.reference:
        parts.append(f"reference {one.reference}")
    head = ", ".join(parts)
    after = f"; next, by {one.next_on}: {one.next_action}" if one.next_on else ""
    return f"{head}: {one.says}{after}"


def contacts_page(talks: Sequence[Talk], today: dt.date) -> str:
    """What a payer may read: days, channels, persons and their numbers, and none of our words."""
    lines = [f"Our contacts about this claim, as of {today}", ""]
    for one in talks:
        if one.kind != "note" and one.whom:
            number = one.reference or "none given"
            lines.append(f"{one.on}  {one.step or one.kind:<20}  with: {one.whom}  reference: {number}")
    if len(lines) == 2:
        lines.append("none")
    return "\n".join(lines) + "\n"

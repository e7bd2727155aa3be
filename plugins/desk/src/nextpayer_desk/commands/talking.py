"""Entries of the log for the desk: as a line, and as JSON."""

from __future__ import annotations

from typing import Any

from nextpayer_desk.talks import Talk

__all__ = ["talk_line", "talk_row"]


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

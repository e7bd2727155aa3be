"""The contacts about a claim as a payer may see them: the day, the channel, the person, their number, and
what was to come next; and none of the words that the desk wrote down for itself.

A step of going higher says what the office does when nothing comes, which is no payer's: of it the day alone
is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .pages import Page
from .talks import Talk

__all__ = ["Contact", "contact_row", "contacts_of", "contacts_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact: ``channel`` is how it was, or the step of an escalation that it was; ``next`` what was to
    follow, by the day ``by``."""

    on: dt.date
    channel: str
    whom: str
    reference: str
    next: str = ""
    by: dt.date | None = None


def contacts_of(talks: Iterable[Talk]) -> tuple[Contact, ...]:
    """Whom the office has spoken or written to, in the order of days; a note to oneself is no contact."""
    found = [
        Contact(
            on=one.on,
            channel=one.step or one.kind,
            whom=_line(one.whom) or "nobody named",
            reference=_line(one.reference),
            next="" if one.step else _line(one.next_action),
            by=one.next_on,
        )
        for one in talks
        if one.kind != "note" and (one.step or one.whom.strip())
    ]
    return tuple(sorted(found, key=lambda one: one.on))


def contacts_page(contacts: Sequence[Contact], account: str, today: dt.date) -> Page:
    """The contacts as a page."""
    lines = [f"As of {today}, by our log, which is only added to.", ""]
    lines += [f"- {_told(one)}" for one in contacts] or ["None."]
    return Page(title="Our contacts about this claim", text="\n".join(lines), foot=f"Our account {account}")


def contact_row(one: Contact) -> dict[str, Any]:
    """A contact as JSON has it."""
    row = asdict(one)
    row["with"] = row.pop("whom")
    return {key: row[key] for key in ("on", "channel", "with", "reference", "next", "by")}


def _told(one: Contact) -> str:
    number = f"reference {one.reference}" if one.reference else "no reference given"
    head = f"{one.on}, {one.channel.replace('-', ' ')}, with {one.whom}, {number}"
    if one.by is None:
        return head
    return f"{head}; to follow by {one.by}{f': {one.next}' if one.next else ''}"


def _line(text: str) -> str:
    return " ".join(text.split())

"""Claims without an answer that a payer takes ahead of its turn (pay and chase), as the ledger has them.

Such a claim is made once and waits for a person. When it is looked at again and would be the same, what waits
stays; when it has changed, or no payer takes it so any more, what waits is withdrawn. One that a person
released is not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from nextpayer.ahead import Ahead
from nextpayer.claim import Claim

from . import schema
from .accounts import Held
from .nouns import content_key, to_text
from .reviewing import AHEAD, NOBODYS

__all__ = ["Chased"]


class Chased:
    """The claims of one run that nobody has answered. ``made`` are those written: the claim's number, its
    payer and content, by file."""

    def __init__(self, connection: Connection, held: list[Held]) -> None:
        self.made: dict[str, tuple[int, str, str]] = {}
        self._held = held
        self._at: Held | None = None
        self._rows: list[tuple[int, dict[str, Any]]] = []
        self._waits = _waiting(connection, [one.id for one in held])
        self._kept: set[str] = set()

    def claims(self) -> Iterator[Claim]:
        """Each claim; what is said next is said of it."""
        for one in self._held:
            self._at = one
            yield one.claim

    def is_made(self, one: Ahead) -> bool:
        """Whether this very claim waits already."""
        if one.claim is None or self._at is None:
            return False
        known = self._waits.get((self._at.id, one.policy.payer.id, content_key(to_text(one.claim))))
        if known is not None:
            self._kept.add(known)
        return known is not None

    def told(self, one: Ahead, row: dict[str, Any]) -> None:
        """What its payer says of the claim, and where it was written."""
        assert self._at is not None  # noqa: S101 - one of the claims is looked at
        self._rows.append((self._at.id, row))
        if row["output"] is not None and one.claim is not None:
            content = content_key(to_text(one.claim))
            self.made[row["output"]] = (self._at.id, one.policy.payer.id, content)

    def stale(self) -> list[str]:
        """The files that wait and are not what would be made now."""
        return sorted(set(self._waits.values()) - self._kept)

    def rows(self, ids: Mapping[str, str]) -> list[dict[str, Any]]:
        """What was told, with the ledger's names for claim and file."""
        return [
            {
                "claim": claim,
                "next_payer": row["next_payer"],
                "submission": ids.get(row["output"]),
                "findings": row["findings"],
            }
            for claim, row in self._rows
        ]


def _waiting(connection: Connection, claims: list[int]) -> dict[tuple[int, str, str], str]:
    """The files that wait for a person, by claim, payer and content."""
    inside, files = schema.submission_claims, schema.submissions
    rows = connection.execute(
        select(inside.c.claim_id, inside.c.payer_id, inside.c.content, files.c.id)
        .join(files, files.c.id == inside.c.submission_id)
        .where(
            inside.c.claim_id.in_(claims),
            inside.c.content != "",
            files.c.purpose == AHEAD,
            files.c.state.in_(NOBODYS),
        )
    )
    return {(row.claim_id, row.payer_id, row.content): row.id for row in rows}

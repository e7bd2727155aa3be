"""Files that were made to be sent: what they are for, their control numbers, and the claims in them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from nextpayer.decide import Decision

from . import schema
from .ledger import Entry, Writer
from .numbering import beginning

__all__ = ["GONE", "WAITING", "MadeFile", "decision_kept", "next_control_number", "store_file"]

#: States of a file that nobody has begun to send.
WAITING = "ready"
#: States of a file that nobody will get.
GONE = ("withdrawn", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """A file to be sent, and the interchange control numbers in it; ``state`` is the one that it begins in,
    ``purpose`` what it is for (``schema.submissions``). ``transport`` is the one that its payer names, '' for
    any, and ``settings`` what the payer's pack tells it."""

    output: str
    kind: str
    data: bytes = field(repr=False)
    numbers: tuple[int, ...]
    transport: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    state: str = WAITING
    purpose: str = ""


def decision_kept(
    writer: Writer,
    claim: int,
    as_of: dt.date,
    decision: Decision,
    *,
    row: str,
    submission: str | None,
    approved: str = "",
) -> tuple[dict[str, Any], Entry]:
    """A decision that holds: its row of the ledger, with the ``row`` of the report, and its journal entry."""
    policy, deadline = decision.next_policy, decision.deadline
    kept = {
        "id": writer.new_id(schema.decisions),
        "claim_id": claim,
        "as_of": as_of,
        "current": True,
        "action": str(decision.action),
        "reason": decision.reason,
        "next_payer_id": policy.payer.id if policy is not None else "",
        "deadline": deadline.day if deadline is not None else None,
        "submission_id": submission,
        "row": row,
        "approved": approved,
    }
    data = {"action": str(decision.action)}
    return kept, Entry(event="decided", why=decision.reason, claim=claim, submission=submission, data=data)


def next_control_number(writer: Writer) -> int:
    """The first control number of the next file; those kept for the file before it are left alone."""
    last = writer.connection.scalar(select(func.max(schema.control_numbers.c.number))) or 0
    return beginning(writer, last)


def store_file(writer: Writer, file: MadeFile, id: str, inside: list[tuple[int, str, str]]) -> dict[str, Any]:
    """Put a file into the outbox, and say what it is; ``inside`` are its claims, each with its payer and
    content ('' in a file of documents or questions)."""
    stem, _, suffix = Path(file.output).name.rpartition(".")
    mark = f"{min(file.numbers):09d}" if file.numbers else id[2:14]
    payer = inside[0][1] if inside else ""
    claims = sum(1 for _, _, content in inside if content)
    row = {
        "id": id,
        "name": f"{stem}-{mark}.{suffix}",
        "kind": file.kind,
        "payer_id": payer,
        "claims": claims,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "state": file.state,
        "purpose": file.purpose,
        "transport": file.transport,
        "transport_settings": json.dumps(dict(file.settings)) if file.settings else "",
        "receiver": "",
        "attempts": 0,
        "owner": "",
        "reference": "",
        "reason": "",
        "data": file.data,
    }
    writer.add(schema.submissions, [row])
    writer.add(
        schema.submission_claims,
        [
            {"submission_id": id, "claim_id": at, "payer_id": payer_id, "content": content}
            for at, payer_id, content in inside
        ],
    )
    writer.add(schema.control_numbers, [{"number": one, "submission_id": id} for one in file.numbers])
    writer.note(Entry(event="file-made", submission=id, data={"claims": claims, "name": row["name"]}))
    return {"submission": id, "name": row["name"], "payer_id": payer, "claims": claims}

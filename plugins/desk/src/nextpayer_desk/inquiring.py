"""Asking payers about claims that are late: 276 files into the outbox, which ``submit`` sends.

A question is about a claim as it was sent: the claim is read back from the very file. Each has a trace of its
own that comes back with the answer (277). A claim is not asked about again within a week, nor while its last
answer is younger; one that is named is always asked about. What cannot be asked in this way is named with its
reason: it went on paper, or lacks what a question needs.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from nextpayer import registry
from nextpayer.acknowledgment import ClaimState, StatusInquiry
from nextpayer.claim import Claim
from nextpayer.cli._inputs import find_reader
from nextpayer.cli._outbox import safe_name
from nextpayer.errors import UnusableInput
from nextpayer.ports import InquiryForm

from . import schema
from .clock import late
from .ledger import Entry, Ledger, Writer
from .made import MadeFile, next_control_number, store_file
from .schema import Record

__all__ = ["Inquired", "inquire"]

#: The form that questions are written in.
FORM = "276"
#: Days after which a claim is asked about again by itself.
AGAIN = 7


@dataclass(slots=True, kw_only=True)
class Inquired:
    """What a run of ``inquire`` came to: the files made, and claims that could not be asked about."""

    files: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    left: list[dict[str, Any]] = field(default_factory=list)


def inquire(ledger: Ledger, today: dt.date, claims: Sequence[int] = ()) -> Inquired:
    """Ask about every claim that is late, or about those named. Raises UnusableInput."""
    form: InquiryForm = registry.load("inquiry", FORM)()
    asked = Inquired()
    with ledger.writing(today) as writer:
        wanted = _named(writer, claims) if claims else _late(writer, today)
        for submission, ids in wanted.items():
            _ask(writer, form, submission, ids, asked)
    return asked


def _late(writer: Writer, today: dt.date) -> dict[str, list[int]]:
    """The claims whose payer is silent too long, by the file that they went in."""
    table = schema.inquiries
    again = today - dt.timedelta(days=AGAIN)
    recent = set(
        writer.connection.scalars(
            select(table.c.claim_id).where(
                func.coalesce(table.c.answered_on, table.c.asked_on) > again,
            )
        )
    )
    found: dict[str, list[int]] = {}
    for one in late(writer.connection, today):
        ids = [claim for claim in one.claims if claim not in recent]
        if one.what != "999" and ids:
            found.setdefault(one.submission, []).extend(ids)
    return found


def _named(writer: Writer, claims: Iterable[int]) -> dict[str, list[int]]:
    """The file that each claim stands in, by its last decision."""
    decisions, inside, files = schema.decisions, schema.submission_claims, schema.submissions
    found: dict[str, list[int]] = {}
    for claim in dict.fromkeys(claims):
        row = writer.connection.execute(
            select(files.c.id, files.c.state, inside.c.state.label("claim_state"))
            .join(decisions, decisions.c.submission_id == files.c.id)
            .join(
                inside, (inside.c.submission_id == files.c.id) & (inside.c.claim_id == decisions.c.claim_id)
            )
            .where(decisions.c.claim_id == claim, decisions.c.current)
        ).first()
        if row is None or row.state != "accepted" or row.claim_state == ClaimState.REFUSED:
            raise UnusableInput(f"claim {claim}", "", "it is not one that was sent and waits for its payer")
        found.setdefault(row.id, []).append(claim)
    return found


def _ask(writer: Writer, form: InquiryForm, submission: str, ids: list[int], asked: Inquired) -> None:
    """One file with the questions about one file's claims."""
    rows = _rows(writer, submission, ids)
    sent: dict[str, list[Claim]] = {}
    for claim in _sent(rows[0].kind, bytes(rows[0].data)):
        sent.setdefault(claim.patient_control_number, []).append(claim)
    number = next_control_number(writer)
    inquiries, about = [], []
    for row in rows:
        same = sent.get(row.patient_control_number, [])
        if len(same) != 1:
            paper = "it did not go in an electronic file: ask by telephone or on the payer's site"
            reason = "two claims of its file have its number" if same else paper
            asked.left.append({"claim": row.claim_id, "reason": reason})
            continue
        trace = f"{number:09d}-{row.claim_id}"
        one = StatusInquiry(claim=same[0], trace=trace, control_number=row.control_number)
        try:
            form.render([one], control_number=number, today=writer.as_of)
        except ValueError as error:
            asked.left.append({"claim": row.claim_id, "reason": str(error)})
            continue
        inquiries.append(one)
        about.append(row)
    if not inquiries:
        return
    data = form.render(inquiries, control_number=number, today=writer.as_of)
    payer, id = about[0].payer_id, f"NP{uuid.uuid4().hex}"
    output = f"outgoing/{safe_name(payer)}-{form.name}-0001.{form.suffix}"
    file = MadeFile(
        output=output, kind=form.name, data=data, numbers=(number,), transport=about[0].transport,
        settings=json.loads(about[0].transport_settings or "{}"),
    )  # fmt: skip
    made = store_file(writer, file, id, [(row.claim_id, row.payer_id, "") for row in about])
    asked.files.append({**made, "claims": len(about)})
    asked.asked += len(about)
    table = schema.inquiries
    for row, one in zip(about, inquiries, strict=True):
        values = {"id": writer.new_id(table), "trace": one.trace, "submission_id": id, "about_id": submission}
        writer.add(table, [{**values, "claim_id": row.claim_id, "asked_on": writer.as_of}])
        writer.note(Entry(event="asked-payer", claim=row.claim_id, submission=id))


def _rows(writer: Writer, submission: str, ids: list[int]) -> list[Record]:
    inside, files, claims = schema.submission_claims, schema.submissions, schema.claims
    rows = (
        select(
            inside.c.claim_id, inside.c.payer_id, inside.c.control_number, claims.c.patient_control_number,
            files.c.kind, files.c.data, files.c.transport, files.c.transport_settings,
        )
        .join(files, files.c.id == inside.c.submission_id)
        .join(claims, claims.c.id == inside.c.claim_id)
        .where(inside.c.submission_id == submission, inside.c.claim_id.in_(ids), inside.c.content != "")
        .order_by(inside.c.claim_id)
    )  # fmt: skip
    return list(writer.connection.execute(rows))


def _sent(kind: str, data: bytes) -> list[Claim]:
    """The claims of a file as it was sent; none of one that is not electronic."""
    if not kind.startswith("837"):
        return []
    with tempfile.TemporaryDirectory(prefix="nextpayer-") as folder:
        path = Path(folder) / "sent.837"
        path.write_bytes(data)
        reader, _ = find_reader(path)
        return [one for one in reader.claims(path) if isinstance(one, Claim)]

"""The patient's statement as a PDF, in plain language; what it says is ``nextpayer.statement``'s."""

from __future__ import annotations

from collections.abc import Iterator

from nextpayer.money import dollars
from nextpayer.statement import Part, Statement

from .blocks import Block
from .blocks_pdf import blocks_pdf
from .letter import address_lines, between, full_name

__all__ = ["statement_pdf"]

#: The parts in the order in which a reader asks for them.
_PARTS = (
    (Part.PAID, "What your plans paid"),
    (Part.REDUCED, "What was taken off"),
    (Part.WORKING, "Not settled yet"),
    (Part.WAITING, "Not settled yet"),
    (Part.NOT_YOURS, "What you do not owe"),
    (Part.CHECKING, "What we hold back"),
    (Part.YOURS, "Your share"),
)


def statement_pdf(statement: Statement) -> bytes:
    """The statement. The same statement gives the same bytes."""
    return blocks_pdf(_blocks(statement), title="Statement", foot=f"Account {statement.claim_id}")


def _blocks(statement: Statement) -> Iterator[Block]:
    provider = statement.provider
    yield Block(kind="text", text=f"{full_name(provider)}\n{address_lines(provider.address)}".strip())
    day = statement.day
    yield Block(kind="text", text=f"Statement of {day:%B} {day.day}, {day.year}")
    patient = statement.patient
    yield Block(kind="text", text=f"{full_name(patient)}\n{address_lines(patient.address)}".strip())
    service = between(statement.service_from, statement.service_to)
    yield Block(kind="text", text=f"Account: {statement.claim_id}\nDate of service: {service}")
    yield Block(kind="heading", text=f"Amount due: ${dollars(statement.due)}")
    yield Block(kind="text", text=statement.message)
    yield Block(kind="heading", text="How we come to it")
    yield Block(kind="sums", rows=(("Charged", dollars(statement.charge), ""),))
    shown = ""
    for part, title in _PARTS:
        rows = tuple(
            (row.label, dollars(row.amount), row.source) for row in statement.rows if row.part is part
        )
        if rows:
            if title != shown:
                yield Block(kind="heading", text=title)
            shown = title
            yield Block(kind="sums", rows=rows)
    if statement.paid_by_patient:
        rows = (("You have paid", dollars(statement.paid_by_patient), ""),)
        yield Block(kind="sums", rows=rows)
    if statement.credit:
        rows = (("Paid beyond the charge; we settle it with the plans", dollars(statement.credit), ""),)
        yield Block(kind="sums", rows=rows)
    if statement.refund:
        yield Block(kind="sums", rows=(("We owe you", dollars(statement.refund), ""),))
    yield Block(kind="sums", rows=(("Amount due", dollars(statement.due), ""),))

"""Fee schedules from CSV or JSON, strictly: every wrong cell is named by row and column, all at once.

CSV has a heading line; JSON is a list of objects with the same keys::

    payer_id,procedure,modifier,place_of_service,allowed,effective,terminates
    ACME1,99213,,11,110.00,2025-01-01,
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError

from nextpayer.errors import InvalidNoun, UnusableInput
from nextpayer.fees import Fee, FeeSchedule
from nextpayer.wire.fields import Code, Date, Money, Noun, Text, problems, refusal

__all__ = ["load_fees", "rows_of_csv"]


class FeeSchema(Noun):
    noun = Fee
    payer_id = Text(required=True)
    procedure = Text(required=True)
    modifier = Text(allow_none=True)
    place_of_service = Code(pattern=r"[0-9]{2}", such_as="a place of service of two digits", allow_none=True)
    allowed = Money(signed=False, required=True)
    effective = Date(allow_none=True)
    terminates = Date(allow_none=True)


_SCHEMA = FeeSchema()


def rows_of_csv(text: str, *, file: str) -> list[dict[str, Any]]:
    """The rows of a CSV text by its heading line; an empty cell is an absent key. Raises UnusableInput."""
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        rows = []
        for number, row in enumerate(reader, 2):
            if None in row or None in row.values():
                raise UnusableInput(file, f"line {number}", "it has not as many cells as the heading")
            rows.append({key.strip(): cell.strip() for key, cell in row.items() if cell and cell.strip()})
    except csv.Error as error:
        raise UnusableInput(file, f"line {reader.line_num}", f"it is not CSV: {error}") from None
    if not rows:
        raise UnusableInput(file, "", "it has no row below its heading")
    return rows


def load_fees(rows: object, *, file: str = "fee schedule") -> FeeSchedule:
    """The schedule of decoded rows. Raises UnusableInput naming every problem by row and column."""
    if not isinstance(rows, list):
        raise UnusableInput(file, "", "it is not a list of fees")
    fees, wrong = [], []
    for number, row in enumerate(rows, 1):
        try:
            fees.append(_SCHEMA.load(row))
        except ValidationError as error:
            wrong += problems(error.messages, f"row {number}")
    if wrong:
        raise refusal(UnusableInput, file, wrong)
    return _schedule(fees, file)


def _schedule(fees: Iterable[Any], file: str) -> FeeSchedule:
    try:
        return FeeSchedule(tuple(fees))
    except InvalidNoun as error:
        raise UnusableInput(file, "", str(error)) from None

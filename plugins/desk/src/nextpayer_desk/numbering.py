"""Where interchange control numbers begin, and where they end.

There is one sequence for all receivers, for ever. A receiver's ``first_control_number`` keeps it apart from
the numbers of another program that sends with the same sender id: its acknowledgments come into the same
mailbox, and one of a low number could be taken for ours. The sequence goes on above the highest first number
that it was ever told of (``nextpayer init --receivers``, ``nextpayer submit``), which the journal keeps.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import func, select

from nextpayer.errors import UnusableInput

from . import schema
from .ledger import Entry, Writer
from .receivers import Receiver

__all__ = ["APART", "begin_above", "beginning", "too_low"]

_EVENT = "control-numbers-begin"
#: Control numbers kept for each file (as ``bill`` keeps them): files begin at 1, 101, 201.
APART = 100
#: A file is begun up to here, so that its last number still has nine digits.
_LAST = 999_000_000


def begin_above(writer: Writer, receivers: Sequence[Receiver]) -> None:
    """Let the sequence go on above every receiver's first number."""
    first = max((one.first_control_number for one in receivers), default=1)
    if first > _begun(writer):
        writer.note(Entry(event=_EVENT, why="first_control_number", data={"number": first}))


def beginning(writer: Writer, last: int) -> int:
    """The first control number of the next file, where ``last`` is the highest given out. Raises
    UnusableInput."""
    found = -(-max(last, _begun(writer) - 1) // APART) * APART + 1
    if found > _LAST:
        says = "its control numbers are used up: go on with a new ledger and another sender id"
        raise UnusableInput("the ledger", "", says)
    return found


def too_low(writer: Writer, submission: str, receiver: Receiver) -> bool:
    """Whether a file has a control number below its receiver's first one."""
    table = schema.control_numbers
    lowest = select(func.min(table.c.number)).where(table.c.submission_id == submission)
    found = writer.connection.scalar(lowest)
    return found is not None and found < receiver.first_control_number


def _begun(writer: Writer) -> int:
    table = schema.journal
    rows = writer.connection.scalars(select(table.c.data).where(table.c.event == _EVENT))
    return max((int(json.loads(one)["number"]) for one in rows), default=1)

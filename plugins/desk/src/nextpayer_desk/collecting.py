"""Bringing what receivers left for us: acknowledgments, remittances, answers to questions.

::

    fetched -> (kept in a folder) -> taken into the ledger -> known by its name at that receiver

A file is known only after all of it is in the ledger, so one that the desk died over is fetched again, and
counts once by its content. Nothing is removed at the receiver. What is no file for the ledger (a report in
words) is known only where a folder keeps it; without one it is told every time. A receiver that fails costs a
line and no other receiver anything; a file that a limit keeps out costs a line and no other file anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert, select, update

from nextpayer.errors import NextpayerError, TransportFailed, UnusableInput
from nextpayer.ports import CollectingTransport, Received
from nextpayer.transports.names import NO_NAME, plain_name

from . import schema
from .intake import Taken, recognised, take
from .ledger import Entry, Ledger
from .receivers import Receiver

__all__ = ["MOST", "Collected", "collect"]

#: Files of one receiver in one run, unless somebody says otherwise: its list may go on for ever.
MOST = 10_000
_NAME = 200


@dataclass(slots=True, kw_only=True)
class Collected:
    """What came from one receiver. ``failed`` says why no more came, ``reason`` in a code; ``brings`` whether
    it brings files."""

    receiver: str
    brings: bool = True
    files: list[Taken] = field(default_factory=list)
    failed: str = ""
    reason: str = ""


def collect(
    ledger: Ledger,
    receivers: Sequence[Receiver],
    as_of: dt.date,
    *,
    keep: Path | None = None,
    again: bool = False,
    most: int = MOST,
    tell: Callable[[str, Taken], None] = lambda receiver, taken: None,
) -> list[Collected]:
    """Bring and take in what every receiver has, ``most`` files of each. ``again`` fetches also what is known
    by its name."""
    found = []
    for receiver in receivers:
        one = Collected(receiver=receiver.name)
        found.append(one)
        try:
            transport = receiver.connect()
            one.brings = isinstance(transport, CollectingTransport)
            if isinstance(transport, CollectingTransport):
                known = frozenset() if again else _known(ledger, receiver.name)
                for received in transport.collect(known):
                    if len(one.files) >= most:
                        one.failed, one.reason = (
                            f"it has more than {most:,} files: collect again",
                            "NP-MORE-FILES",
                        )
                        break
                    with _folder_of(receiver.name, keep) as folder:
                        taken = _take(ledger, receiver.name, received, as_of, folder, kept=keep is not None)
                    one.files.append(taken)
                    tell(receiver.name, taken)
        except TransportFailed as error:
            one.failed, one.reason = str(error), "NP-RECEIVER-FAILED"
        except NextpayerError as error:
            one.failed, one.reason = str(error), "NP-RECEIVER-UNUSABLE"
        except Exception as error:  # noqa: BLE001 - a plugin's bug is no reason to leave the others
            one.failed = f"transport {receiver.transport} raised {type(error).__name__}"
            one.reason = "NP-RECEIVER-FAILED"
    return found


def _known(ledger: Ledger, receiver: str) -> frozenset[str]:
    table = schema.collected
    with ledger.reading() as connection:
        return frozenset(connection.scalars(select(table.c.name).where(table.c.receiver == receiver)))


def _take(
    ledger: Ledger, receiver: str, received: Received, as_of: dt.date, folder: Path, *, kept: bool
) -> Taken:
    """One file: where it is kept, into the ledger, and then known."""
    shown = received.name if plain_name(received.name) else "a file"
    if received.left:
        return Taken(file=shown, kind="", problems=[f"{shown}: it stays at the receiver: {received.left}"])
    if not received.name.isprintable() or len(received.name) > _NAME:
        return Taken(file=shown, kind="", problems=[f"{shown}: {NO_NAME}"])
    path = _write(folder, received)
    try:
        recognised(path)
    except UnusableInput as error:
        where = f"; it is kept as {path}" if kept else ""
        taken = Taken(file=received.name, kind="", problems=[f"{error}{where}"])
        if not kept:
            return taken
    else:
        try:
            taken = take(ledger, path, as_of)
        except UnusableInput as error:  # it may be better next time: it stays unknown
            return Taken(file=received.name, kind="", problems=[str(error)])
    _remember(ledger, receiver, received, as_of, str(path) if kept else "")
    return taken


def _remember(ledger: Ledger, receiver: str, received: Received, as_of: dt.date, kept: str) -> None:
    table = schema.collected
    values = {"sha256": hashlib.sha256(received.data).hexdigest(), "taken_on": as_of, "kept": kept}
    with ledger.writing(as_of) as writer:
        one = (table.c.receiver == receiver) & (table.c.name == received.name)
        if writer.connection.scalar(select(table.c.name).where(one)) is None:
            row = {"receiver": receiver, "name": received.name, **values}
            writer.connection.execute(insert(table).values(**row))
            writer.note(Entry(event="collected", why=receiver))
        else:
            writer.connection.execute(update(table).where(one).values(**values))


@contextmanager
def _folder_of(receiver: str, keep: Path | None) -> Iterator[Path]:
    """Where a receiver's files are kept; without such a place one that lasts as long as the file is read."""
    if keep is not None:
        yield keep / (receiver if plain_name(receiver) else "receiver")
        return
    with tempfile.TemporaryDirectory(prefix="nextpayer-") as folder:
        yield Path(folder)


def _names(name: str) -> Iterator[str]:
    """The file's own name, where that is a plain one, then others."""
    plain = name if plain_name(name) else "file"
    yield plain
    for number in range(2, 10_000):
        yield f"{number}-{plain}"


def _write(folder: Path, received: Received) -> Path:
    """The file on the disk, whole, over no other; the same content under its name is left as it is."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in _names(received.name):
            path = folder / name
            if not path.exists():
                return _put(path, received.data)
            if path.is_file() and path.read_bytes() == received.data:
                return path
    except OSError as error:
        raise UnusableInput(str(folder), "", f"a file cannot be kept there: {error.strerror}") from None
    raise UnusableInput(str(folder), "", "too many files of one name")


def _put(path: Path, data: bytes) -> Path:
    """A rest of an attempt that was cut off is written over."""
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return part.rename(path)

"""Opening the ledger, and writing to it: one writer at a time, every change with its journal entry.

Writers take turns (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock for the transaction), so whatever
a writer has looked up stays true until it commits, on both databases by the same code. A transaction is
short: a batch of a file, a batch of decisions, one step of a submission. A process that is killed leaves
whole transactions and nothing else.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import logging
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, OperationalError

from nextpayer.errors import UnusableInput

from . import encryption, schema, sealed

__all__ = ["Entry", "Ledger", "Writer", "open_ledger"]

log = logging.getLogger("nextpayer.desk")
#: SQLAlchemy's logger for our engines. Its lowest level shows the rows that a query gives.
_SQL = "nextpayer"
logging.getLogger(f"sqlalchemy.engine.Engine.{_SQL}").setLevel(logging.INFO)

#: Any number; what counts is that every writer of a ledger takes the same lock.
_LOCK = 8_372_835
_WAIT = 120_000  # milliseconds that a writer waits for its turn
_CACHE = 65_536  # KiB of SQLite's pages kept at hand: keys are spread over the whole of their index
_LOG = 8_192  # pages of its write-ahead log before they are moved: pages that are written often, once
_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the journal; ``data`` are the amounts and states that it tells, as plain JSON values."""

    event: str
    why: str = ""
    claim: int | None = None
    payment: int | None = None
    submission: str | None = None
    file: int | None = None
    segment: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


class Writer:
    """One transaction of the ledger that may write. ``connection`` runs its statements."""

    def __init__(self, connection: Connection, as_of: dt.date, at: dt.datetime) -> None:
        self.connection, self.as_of = connection, as_of
        self._at = at.isoformat(timespec="seconds")
        self._who = who()
        self._next: dict[str, int] = {}
        self._noted: list[Entry] = []

    def new_id(self, table: Table) -> int:
        """The next id of a table: the writer is alone, so it may count."""
        found = self._next.get(table.name)
        if found is None:
            found = (self.connection.scalar(select(func.max(table.c.id))) or 0) + 1
        self._next[table.name] = found + 1
        return found

    def add(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, if there are any."""
        if rows:
            self.connection.execute(insert(table), rows)

    def note(self, *entries: Entry) -> None:
        """Write entries into the journal."""
        self._noted += [one for one in entries if log.isEnabledFor(_level(one))]
        self.add(
            schema.journal,
            [
                {
                    "id": self.new_id(schema.journal),
                    "at": self._at,
                    "as_of": self.as_of,
                    "who": self._who,
                    "event": one.event,
                    "why": one.why,
                    "claim_id": one.claim,
                    "payment_id": one.payment,
                    "submission_id": one.submission,
                    "file_id": one.file,
                    "segment": one.segment,
                    "data": _encode(one.data) if one.data else "",
                }
                for one in entries
            ],
        )

    def tell(self) -> None:
        """Log what was written down, once it is kept."""
        for one in self._noted:
            facts = _facts(one)
            words = " ".join(f"{name}={value}" for name, value in facts.items() if name != "event")
            log.log(_level(one), "%s %s", one.event, words, extra={"facts": facts})

    def signed(self) -> dict[str, Any]:
        """When and by whom this is written, for a row of another table than the journal."""
        return {"at": self._at, "as_of": self.as_of, "who": self._who}

    def looked_at(self, command: str, *claims: int) -> None:
        """Write down that somebody looked at claims."""
        table, row = schema.accesses, {"at": self._at, "who": self._who, "command": command}
        self.add(table, [{"id": self.new_id(table), **row, "claim_id": claim} for claim in claims])


#: What a log may show of an entry's data: counts, and the receiver's name in receivers.toml.
_SHOWN = ("items", "new", "quarantined", "claims", "receiver")


def _level(entry: Entry) -> int:
    """What concerns one claim alone is for those who look for a fault."""
    return logging.INFO if entry.claim is None and entry.payment is None else logging.DEBUG


def _facts(entry: Entry) -> dict[str, object]:
    """What a log shows of an entry: the event and the ledger's own numbers; no reason, for it is text."""
    at = {
        "claim": entry.claim,
        "payment": entry.payment,
        "submission": entry.submission,
        "file": entry.file,
        "segment": entry.segment,
    }
    told = {name: entry.data[name] for name in _SHOWN if name in entry.data}
    return {"event": entry.event} | {name: value for name, value in at.items() if value is not None} | told


class Ledger:
    """An open ledger."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def writing(self, as_of: dt.date) -> Iterator[Writer]:
        """One transaction that may write; others wait for their turn."""
        engine = self.engine.execution_options(nextpayer_writes=True)
        with _told(engine), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            writer = Writer(connection, as_of, dt.datetime.now(dt.UTC))
            yield writer
        writer.tell()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads, and sees one state of the books."""
        with _told(self.engine), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """What the database's machine does wrong as one line: locked, full, gone. Nothing of it was kept."""
    try:
        yield
    except (OperationalError, DataError) as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise UnusableInput(shown, "", f"the database failed: {_kind(error)}; nothing was changed") from error


def open_ledger(url: str, *, create: bool = False, encrypt: bool = False) -> Ledger:
    """The ledger at a database URL, brought to this version's tables with ``create``, and a new one encrypted
    with ``encrypt``. Raises UnusableInput."""
    key = encryption.key_given()
    if encrypt and key is None:
        raise UnusableInput("--encrypt", "", encryption.HOW)
    ledger = Ledger(_engine(url, create))
    try:
        known = inspect(ledger.engine).has_table("alembic_version")
        if create:
            from .migrations import upgrade

            with ledger.writing(dt.date.min) as writer:
                upgrade(writer.connection)
                if encrypt and key is not None:
                    encryption.begin(writer.connection, key)
                cipher = encryption.cipher_of(writer.connection, key)
        elif not known:
            raise UnusableInput(_shown(url), "", "there is no ledger; make it with: nextpayer init")
        elif not _current(ledger):
            raise UnusableInput(
                _shown(url), "", "the ledger is of another version; back it up and run: nextpayer init"
            )
        else:
            with ledger.reading() as connection:
                cipher = encryption.cipher_of(connection, key)
        if cipher is not None:
            sealed.use(ledger.engine, cipher)
    except DBAPIError as error:
        ledger.close()
        raise UnusableInput(_shown(url), "", f"it is not a ledger ({_kind(error)})") from None
    except UnusableInput:
        ledger.close()
        raise
    return ledger


def who() -> str:
    """The name of the person at the desk, as the system knows it."""
    try:
        return os.environ.get("NEXTPAYER_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _current(ledger: Ledger) -> bool:
    from .migrations import newest

    with ledger.reading() as connection:
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest())


def _engine(url: str, create: bool) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnusableInput("--ledger", "", "it is not a database URL, such as sqlite:///desk.db") from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UnusableInput(_shown(url), "", "a ledger lives in SQLite or PostgreSQL")
    try:
        if parsed.get_backend_name() == "postgresql":
            return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, logging_name=_SQL)
    except (NoSuchModuleError, ImportError):
        raise UnusableInput(_shown(url), "", "install nextpayer-desk[postgresql] for PostgreSQL") from None
    if not parsed.database or parsed.database == ":memory:":
        raise UnusableInput(_shown(url), "", "a ledger needs a file, such as sqlite:///desk.db")
    path = Path(parsed.database)
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        _keep_to_us(path)
    elif not path.is_file():
        raise UnusableInput(path.name, "", "there is no ledger; make it with: nextpayer init")
    engine = create_engine(
        parsed, connect_args={"timeout": _WAIT / 1000}, hide_parameters=True, logging_name=_SQL
    )
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _keep_to_us(path: Path) -> None:
    """Make the file, or take it from everybody else: it holds patients' claims. SQLite gives its log and its
    index the mode of the file."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if os.name == "nt":
        return  # Windows has no such modes
    for one in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if one.exists() and stat.S_IMODE(one.stat().st_mode) & 0o077:
            one.chmod(0o600)


def _sqlite_connect(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_WAIT}",
        f"cache_size=-{_CACHE}",
        f"wal_autocheckpoint={_LOG}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("nextpayer_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _shown(url: str) -> str:
    """The URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _kind(error: DBAPIError) -> str:
    return type(error.orig).__name__

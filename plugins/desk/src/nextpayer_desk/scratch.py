"""What must be remembered of one file while it is taken in: on disk, so that memory does not grow with it.

How often each answer has come, the charges whose claims and answers are yet to be matched by facts, and the
claims that fit an answer. It is a SQLite database without a name, gone when it is closed, and it holds
digests, cents and the ledger's own numbers: nothing of a patient.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from nextpayer.errors import UnusableInput

__all__ = ["Scratch", "scratch"]

_MANY = 500  # values in one IN list
_BELOW = -(1 << 63)  # no charge is less; a reversal's is negative
_CACHE = 4_096  # KiB of its pages in memory
_TABLES = """
CREATE TABLE answers (digest BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE charges (charge INTEGER PRIMARY KEY);
CREATE TABLE fits (payment INTEGER, claim INTEGER, PRIMARY KEY (payment, claim)) WITHOUT ROWID;
CREATE INDEX fits_claim ON fits (claim);
"""
_ONLY = """
SELECT payment, claim FROM fits AS one WHERE payment > ?
AND NOT EXISTS (SELECT 1 FROM fits WHERE payment = one.payment AND claim <> one.claim)
AND NOT EXISTS (SELECT 1 FROM fits WHERE claim = one.claim AND payment <> one.payment)
ORDER BY payment LIMIT ?
"""


class Scratch:
    """What is remembered of one file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def numbered(self, contents: Sequence[str]) -> list[int]:
        """Which one among its equals in the file each answer is, from 1; by digests in hexadecimal."""
        digests = [bytes.fromhex(one) for one in contents]
        times: dict[bytes, int] = {}
        wanted = sorted(set(digests))
        for start in range(0, len(wanted), _MANY):
            part = wanted[start : start + _MANY]
            marks = ", ".join("?" * len(part))
            query = f"SELECT digest, times FROM answers WHERE digest IN ({marks})"  # noqa: S608  # nosec B608
            times.update(self._connection.execute(query, part))
        numbers = []
        for one in digests:
            times[one] = times.get(one, 0) + 1
            numbers.append(times[one])
        self._connection.executemany(
            "INSERT OR REPLACE INTO answers VALUES (?, ?)", [(one, times[one]) for one in wanted]
        )
        return numbers

    def remember(self, charges: Iterable[int]) -> None:
        """Charges whose claims and answers are to be matched by facts."""
        rows = [(one,) for one in sorted(charges)]
        self._connection.executemany("INSERT OR IGNORE INTO charges VALUES (?)", rows)

    def charges(self, many: int) -> Iterator[list[int]]:
        """The charges that were remembered, so many at a time."""
        query, last = "SELECT charge FROM charges WHERE charge > ? ORDER BY charge LIMIT ?", _BELOW
        while found := [row[0] for row in self._connection.execute(query, (last, many))]:
            last = found[-1]
            yield found

    def fit(self, pairs: Collection[tuple[int, int]]) -> None:
        """Answers, and claims that fit them beyond doubt."""
        self._connection.executemany("INSERT OR IGNORE INTO fits VALUES (?, ?)", pairs)

    def only(self, many: int) -> Iterator[list[tuple[int, int]]]:
        """Of those, where one claim fits the answer and one answer the claim, so many at a time; then all are
        forgotten."""
        last = 0
        while found := self._connection.execute(_ONLY, (last, many)).fetchall():
            last = found[-1][0]
            yield found
        self._connection.execute("DELETE FROM fits")


@contextmanager
def scratch() -> Iterator[Scratch]:
    """For one file. Raises UnusableInput where the machine has no room for it."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.execute(f"PRAGMA cache_size=-{_CACHE}")
        connection.execute("PRAGMA journal_mode=OFF")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")  # and never an end: nothing of it is to be kept
        yield Scratch(connection)
    except sqlite3.Error as error:
        raise UnusableInput("the folder for temporary files", "", f"it cannot be used: {error}") from error
    finally:
        connection.close()

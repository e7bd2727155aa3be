"""``NEXTPAYER_LOG``: what the program does, one JSON object a line on stderr, for whoever operates it.

Events hold codes, counts and the ledger's own numbers: no name, number, amount or text of a patient, of a
file or of another program's error. Exceptions are told by their type, never with a traceback. Other
libraries' loggers are left alone.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from nextpayer.errors import UnusableInput

__all__ = ["LEVELS", "logging_asked_for"]

LEVELS = ("debug", "info", "warning", "error")


@contextmanager
def logging_asked_for() -> Iterator[None]:
    """While it lasts, the program's events go to stderr, if the environment asks for them. Raises
    UnusableInput."""
    asked = os.environ.get("NEXTPAYER_LOG", "").strip().lower()
    if not asked:
        yield
        return
    if asked not in LEVELS:
        raise UnusableInput("NEXTPAYER_LOG", "", f"it is none of {', '.join(LEVELS)}")
    ours, handler = logging.getLogger("nextpayer"), _Lines()
    before = ours.level
    ours.addHandler(handler)
    ours.setLevel(asked.upper())
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.setLevel(before)


class _Lines(logging.Handler):
    """Writes a record as a line. ``facts`` of the record, if it has any, are its keys."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, at once."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "log": record.name}
        facts = getattr(record, "facts", None)
        line |= facts if isinstance(facts, dict) else {"event": record.getMessage()}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        click.echo(json.dumps(line), err=True)

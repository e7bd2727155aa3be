"""Paper claims to a printer: a queue's folder, or the ``lp`` command.

A sheet that is printed twice is mailed twice, so a printer is asked beforehand whether it takes anything
(``lpstat -a``), which is a clear no; from the moment that ``lp`` was started, only its request id counts as
accepted, and everything else is a doubt that a person settles at the printer.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from marshmallow import ValidationError, validates_schema

from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected, Submission
from nextpayer.transports.folder import drop, lies
from nextpayer.transports.names import unusable
from nextpayer.transports.settings import Folder, Seconds, SettingsOf, settings_from
from nextpayer.wire.fields import Code

__all__ = ["PrintSettings", "PrintTransport"]

log = logging.getLogger("nextpayer.transports")

_REQUEST = re.compile(r"request id is (\S+)")
_PDF = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSettings:
    """Either the ``folder`` of a print queue, or a ``printer`` that ``lp`` knows."""

    folder: Path | None = None
    printer: str = ""
    seconds: float = 30.0


class PrintSettingsSchema(SettingsOf):
    noun = PrintSettings
    folder = Folder()
    printer = Code(
        pattern=r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,126}", such_as="a printer's name such as claims_red"
    )
    seconds = Seconds()

    @validates_schema(skip_on_field_errors=True)
    def one_way(self, data: dict[str, object], **_: object) -> None:
        """A folder or a printer, not both."""
        if bool(data.get("folder")) == bool(data.get("printer")):
            raise ValidationError("give one of folder and printer", "printer")


class PrintTransport:
    """Prints PDFs. Nothing but a PDF is sent: a printer prints the source of anything else."""

    api_version: ClassVar[int] = 1
    deduplicates: ClassVar[bool] = False
    settings_schema: ClassVar[type[SettingsOf]] = PrintSettingsSchema

    def __init__(self, settings: Mapping[str, object]) -> None:
        """Raises SettingsError."""
        self._settings = settings_from(PrintSettingsSchema, settings, PrintSettings)

    def __repr__(self) -> str:
        return f"PrintTransport({str(self._settings.folder or self._settings.printer)!r})"

    def send(self, submission: Submission) -> Outcome:
        """Put the PDF into the queue. The reference is ``lp``'s request id, or the file's name."""
        if not submission.data.startswith(_PDF):
            return Rejected(reason="it is not a PDF")
        if problem := unusable(submission.name):
            return Rejected(reason=problem)
        if self._settings.folder is not None:
            outcome = drop(submission, self._settings.folder)
        else:
            outcome = _lp(submission, self._settings.printer, self._settings.seconds)
        log.info("submission %s: %s", submission.id, type(outcome).__name__)
        return outcome

    def arrived(self, submission: Submission) -> bool | None:
        """Yes while it lies in the queue's folder, else unknown: a printer does not tell what it printed."""
        folder = self._settings.folder
        return True if folder is not None and lies(submission, folder) else None


def _lp(submission: Submission, printer: str, seconds: float) -> Outcome:
    if refusal := _refused(printer, seconds):
        return refusal
    try:
        done = _run(["lp", "-d", printer, "-t", submission.id], submission.data, seconds)
    except (FileNotFoundError, PermissionError):
        return Rejected(reason="there is no lp command here")
    except (OSError, subprocess.TimeoutExpired) as error:
        return InDoubt(reason=f"lp gave no answer: {type(error).__name__}")
    found = _REQUEST.search(done.stdout.decode(errors="replace"))
    if done.returncode == 0 and found:
        return Accepted(reference=found[1][:80])
    if done.returncode == 0:
        return InDoubt(reason="lp ended well and named no request")
    return InDoubt(reason=f"lp ended with status {done.returncode}: look whether it printed")


def _refused(printer: str, seconds: float) -> Rejected | None:
    """A clear no before the first byte: no such printer, or it takes nothing now."""
    try:
        done = _run(["lpstat", "-a", printer], b"", seconds)
    except (FileNotFoundError, PermissionError):
        return Rejected(reason="there is no lpstat command here")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Rejected(reason=f"lpstat gave no answer: {type(error).__name__}", again=True)
    words = done.stdout.decode(errors="replace").split()
    if done.returncode or not words:
        return Rejected(reason="lpstat knows no such printer")
    if words[1:2] == ["not"]:
        return Rejected(reason="the printer accepts nothing now", again=True)
    return None


def _run(command: list[str], data: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    # lp's sentences are read: in the C locale they are the same everywhere.
    return subprocess.run(  # noqa: S603 - a fixed command; printer and id are of plain characters
        command,
        input=data,
        capture_output=True,
        timeout=seconds,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )

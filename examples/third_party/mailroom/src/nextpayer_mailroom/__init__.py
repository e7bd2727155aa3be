"""The transport mailroom: a print shop that takes files from a hot folder and leaves a receipt for each.

The shop takes a file away as soon as it is whole, and writes ``receipts/ID.txt`` with the number of its job.
It does not look whether it has printed the same file before: nothing may be sent again without asking it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected, Submission

__all__ = ["Mailroom"]


class Mailroom:
    """Settings: ``hot``, the folder that the shop empties, and ``receipts``, where it answers."""

    api_version: ClassVar[int] = 1
    deduplicates: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._hot = Path(str(settings["hot"]))
        self._receipts = Path(str(settings["receipts"]))

    def send(self, submission: Submission) -> Outcome:
        """Accepted with the job's number where the shop has answered already; else the file waits for it."""
        if job := self._job(submission):
            return Accepted(reference=job)
        if not self._hot.is_dir():
            return Rejected(reason="the hot folder is not mounted", again=True)
        part = self._hot / f".{submission.id}.part"
        try:
            part.write_bytes(submission.data)
        except OSError as error:
            part.unlink(missing_ok=True)
            return Rejected(reason=f"the file cannot be written: {error.strerror}", again=True)
        try:
            part.rename(self._hot / f"{submission.id}.{submission.kind}")
        except OSError as error:
            return InDoubt(reason=f"the shop may have taken the file: {error.strerror}")
        return Accepted(reference=self._job(submission))

    def arrived(self, submission: Submission) -> bool | None:
        """By the shop's receipt, which quotes the file's digest; or the file still waits. None where neither
        is there: the shop may have it and not have answered."""
        try:
            if told := self._receipt(submission):
                return hashlib.sha256(submission.data).hexdigest() in told
            waiting = self._hot / f"{submission.id}.{submission.kind}"
            return waiting.read_bytes() == submission.data if waiting.exists() else None
        except OSError:
            return None

    def _job(self, submission: Submission) -> str:
        """The number of the shop's job; empty where it has not answered for this file."""
        told = self._receipt(submission)
        return told[0] if told and self.arrived(submission) else ""

    def _receipt(self, submission: Submission) -> list[str]:
        """The shop's job and the digest of what it printed, none where it has not answered."""
        receipt = self._receipts / f"{submission.id}.txt"
        return receipt.read_text(encoding="ascii").split() if receipt.exists() else []

"""The driver.

Theory of operation. The file goes up under a name that starts with a dot (or into ``staging``), is measured
there, and gets its own by one rename, which SFTP does not do over another file; because some servers do it
all the same, we look first. Before the rename nothing was handed over, and whatever fails is a clear no. The
server's answer to the rename is the outcome; without it there is a doubt, which ``arrived`` settles by a
look at the directory and at ``archive``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import ClassVar

import paramiko

from nextpayer.errors import TransportFailed
from nextpayer.ports import Accepted, InDoubt, Outcome, Received, Rejected, Submission
from nextpayer.transports import NO_NAME, SettingsOf, plain_name, settings_from, unusable
from nextpayer_sftp.connection import FAILURES, NotConnected, connected, why
from nextpayer_sftp.remote import Seen, TooMany, fetch, inside, look, put, remove, settled
from nextpayer_sftp.settings import SftpSettings, SftpSettingsSchema

__all__ = ["SftpTransport"]

log = logging.getLogger("nextpayer.transports")


class SftpTransport:
    """Puts files into a directory of another host, sees what is there, and brings those of another one."""

    api_version: ClassVar[int] = 1
    deduplicates: ClassVar[bool] = False
    settings_schema: ClassVar[type[SettingsOf]] = SftpSettingsSchema

    def __init__(self, settings: Mapping[str, object]) -> None:
        """Raises SettingsError."""
        self._settings = settings_from(SftpSettingsSchema, settings, SftpSettings)

    def __repr__(self) -> str:
        return f"SftpTransport({self._settings.host!r}, {self._settings.outbound!r})"

    def send(self, submission: Submission) -> Outcome:
        """Put the file there. One that lies there already, the same to the byte, is accepted as it is."""
        if problem := unusable(submission.name):
            return Rejected(reason=problem)
        try:
            with connected(self._settings) as sftp:
                outcome = self._hand_over(sftp, submission)
        except NotConnected as error:
            outcome = Rejected(reason=error.reason, again=error.again)
        log.info("submission %s: %s", submission.id, type(outcome).__name__)
        return outcome

    def arrived(self, submission: Submission) -> bool | None:
        """Whether it lies there or in the archive; None where it may have been taken unseen."""
        if unusable(submission.name):
            return False
        settings = self._settings
        # In this order: what is moved between the two looks is then seen in the second.
        places = [settings.outbound, *([settings.archive] if settings.archive else [])]
        try:
            with connected(settings) as sftp:
                seen = {look(sftp, inside(place, submission.name), submission.data) for place in places}
                if Seen.IT in seen:
                    return True
                for place in places:
                    sftp.listdir_attr(place)  # raises where the directory itself is gone
        except (NotConnected, *FAILURES):
            return None
        certain = settings.keeps or bool(settings.archive)
        return False if certain and seen == {Seen.NOTHING} else None

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        """The whole files of ``inbound`` that are not known, oldest first. Raises TransportFailed."""
        if not self._settings.inbound:
            return
        try:
            with connected(self._settings) as sftp:
                yield from self._fetched(sftp, known)
        except NotConnected as error:
            raise TransportFailed(error.reason) from error
        except TooMany as error:
            raise TransportFailed("the inbound directory holds too many files: clear it") from error
        except FAILURES as error:
            raise TransportFailed(f"the inbound directory cannot be read: {why(error)}") from error

    def _hand_over(self, sftp: paramiko.SFTPClient, submission: Submission) -> Outcome:
        target = inside(self._settings.outbound, submission.name)
        part = inside(self._settings.staging or self._settings.outbound, f".{submission.name}.part")
        try:
            there = _before(sftp, target, submission.data)
            if there is Seen.IT:
                return Accepted(reference=submission.name)
            if there is Seen.ANOTHER:
                return Rejected(reason="another file of that name lies there")
            put(sftp, part, submission.data)
        except FAILURES as error:
            remove(sftp, part)
            again = not isinstance(error, PermissionError | FileNotFoundError)
            return Rejected(reason=f"the file did not go up whole: {why(error)}", again=again)
        try:
            sftp.rename(part, target)
        except FAILURES as error:
            return _after(sftp, part, target, submission.data, error)
        return Accepted(reference=submission.name)

    def _fetched(self, sftp: paramiko.SFTPClient, known: frozenset[str]) -> Iterator[Received]:
        for name, size in settled(sftp, self._settings.inbound):
            if name in known:
                continue
            if not isinstance(name, str) or not plain_name(name):
                yield Received(name="", data=b"", left=NO_NAME)
            elif size > self._settings.largest_bytes:
                yield Received(name=name, data=b"", left="it is larger than largest_bytes")
            elif (found := _one(sftp, self._settings.inbound, name, size)) is not None:
                yield found


def _one(sftp: paramiko.SFTPClient, directory: str, name: str, size: int) -> Received | None:
    """The file; one that alone cannot be had is left, one that is gone is nothing."""
    try:
        return fetch(sftp, directory, name, size)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        return Received(name=name, data=b"", left=f"it cannot be read: {why(error)}")


def _before(sftp: paramiko.SFTPClient, target: str, data: bytes) -> Seen:
    """A directory that may not be looked into can still take files."""
    try:
        return look(sftp, target, data)
    except PermissionError:
        return Seen.NOTHING


def _after(sftp: paramiko.SFTPClient, part: str, target: str, data: bytes, error: BaseException) -> Outcome:
    """A rename that failed: a clear no only where the server answered and the part is seen in its place."""
    doubt = InDoubt(reason=f"the file went up and may have its name: {why(error)}")
    if not isinstance(error, OSError) or isinstance(error, TimeoutError | ConnectionError):
        return doubt
    try:
        there = look(sftp, target, data)
        waiting = look(sftp, part, data)
    except FAILURES:
        return doubt
    if there is Seen.IT:
        remove(sftp, part)
        return Accepted(reference=target.rpartition("/")[2])
    if waiting is not Seen.IT:
        return doubt
    remove(sftp, part)
    return Rejected(reason=f"the server gives the file no name: {why(error)}")

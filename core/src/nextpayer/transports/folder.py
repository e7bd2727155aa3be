"""A drop folder: another program takes what lies in it (a clearinghouse's client, a shared drive).

Theory of operation. The file is written whole under a name that starts with a dot, brought to the disk, and
then linked under its own name, which the system does at once or not at all and never over another file. So
whoever looks sees the whole file or none. Up to that link nothing was handed over and every failure is a
clear no; a failure of the link itself is a doubt unless the file can be seen.

What is seen in the folder, or in ``archive`` where the other program moves what it took, has arrived. What is
not seen has not arrived only where the settings say that nothing leaves without a trace: ``archive`` is set,
or ``keeps`` is true. Otherwise it may have been taken, and nobody can tell.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import ClassVar

from nextpayer.errors import TransportFailed
from nextpayer.ports import Accepted, InDoubt, Outcome, Received, Rejected, Submission
from nextpayer.transports.names import NO_NAME, plain_name, unusable
from nextpayer.transports.settings import Folder, SettingsOf, settings_from
from nextpayer.wire.fields import Boolean, Integer

__all__ = ["FolderSettings", "FolderTransport"]

log = logging.getLogger("nextpayer.transports")

_LARGEST = 256 << 20
#: What a file system answers that knows no hard links.
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """``folder`` takes our files; ``inbound`` is where theirs come; ``archive`` is where the other program
    moves what it took; ``keeps`` says that it leaves everything in place."""

    folder: Path
    inbound: Path | None = None
    archive: Path | None = None
    keeps: bool = False
    largest_bytes: int = _LARGEST


class FolderSettingsSchema(SettingsOf):
    noun = FolderSettings
    folder = Folder(required=True)
    inbound = Folder()
    archive = Folder()
    keeps = Boolean()
    largest_bytes = Integer(least=1)


class FolderTransport:
    """Puts files into a folder, sees what is there, and brings those of another folder."""

    api_version: ClassVar[int] = 1
    deduplicates: ClassVar[bool] = False
    settings_schema: ClassVar[type[SettingsOf]] = FolderSettingsSchema

    def __init__(self, settings: Mapping[str, object]) -> None:
        """Raises SettingsError."""
        self._settings = settings_from(FolderSettingsSchema, settings, FolderSettings)

    def __repr__(self) -> str:
        return f"FolderTransport({str(self._settings.folder)!r})"

    def send(self, submission: Submission) -> Outcome:
        """Hand the file over. One that lies there already, the same to the byte, is accepted as it is."""
        if problem := unusable(submission.name):
            return Rejected(reason=problem)
        outcome = drop(submission, self._settings.folder)
        log.info("submission %s: %s", submission.id, type(outcome).__name__)
        return outcome

    def arrived(self, submission: Submission) -> bool | None:
        """Whether it lies there or was taken to the archive; None where it may have been taken unseen."""
        if unusable(submission.name):
            return False
        places = [self._settings.folder, *([self._settings.archive] if self._settings.archive else [])]
        # In this order: what is moved between the two looks is then seen in the second.
        seen = {_look(place / submission.name, submission.data) for place in places}
        if _Seen.IT in seen:
            return True
        certain = self._settings.keeps or self._settings.archive is not None
        nothing = seen == {_Seen.NOTHING} and all(place.is_dir() for place in places)
        return False if certain and nothing else None

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        """The whole files of ``inbound`` that are not known, oldest first. Raises TransportFailed."""
        if self._settings.inbound is None:
            return
        try:
            found = sorted(_settled(self._settings.inbound), key=lambda one: (one[1], one[0].name))
            for path, _, size in found:
                if path.name not in known and (received := self._read(path, size)) is not None:
                    yield received
        except OSError as error:
            raise TransportFailed(f"the inbound folder cannot be read: {_why(error)}") from error

    def _read(self, path: Path, size: int) -> Received | None:
        """The file, or why it is left; None where it grew meanwhile, or is gone: next time."""
        if not plain_name(path.name):
            return Received(name="", data=b"", left=NO_NAME)
        if size > self._settings.largest_bytes:
            return Received(name=path.name, data=b"", left="it is larger than largest_bytes")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            return Received(name=path.name, data=b"", left=f"it cannot be read: {_why(error)}")
        return Received(name=path.name, data=data) if len(data) == size else None


def lies(submission: Submission, folder: Path) -> bool:
    """Whether the whole file can be seen in the folder."""
    return plain_name(submission.name) and _look(folder / submission.name, submission.data) is _Seen.IT


def drop(submission: Submission, folder: Path) -> Outcome:
    """Put one file into a folder, whole or not at all, over no other."""
    target = folder / submission.name
    part = folder / f".{submission.name}.part"
    match _look(target, submission.data):
        case _Seen.IT:
            return Accepted(reference=submission.name)
        case _Seen.ANOTHER:
            return Rejected(reason="another file of that name lies there")
    try:
        _write(part, submission.data)
    except OSError as error:
        _remove(part)
        return Rejected(reason=f"the folder takes no file: {_why(error)}", again=_passes(error))
    try:
        _place(part, target)
    except FileExistsError:
        if _look(target, submission.data) is _Seen.IT:
            return Accepted(reference=submission.name)
        return Rejected(reason="another file of that name came first")
    except OSError as error:
        if _look(target, submission.data) is _Seen.IT:
            return Accepted(reference=submission.name)
        return InDoubt(reason=f"the file was written and could not be given its name: {_why(error)}")
    finally:
        _remove(part)
    try:
        _to_disk(folder)
    except OSError as error:
        return InDoubt(reason=f"the file is there and may not be on the disk yet: {_why(error)}")
    return Accepted(reference=submission.name)


def _write(path: Path, data: bytes) -> None:
    """A rest of an attempt that was cut off is written over: a part belongs to one submission."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _place(part: Path, target: Path) -> None:
    """Give the part its name, unless the name is taken. Raises FileExistsError."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Without links only a look before the rename: two programs with one name at once could still meet.
        if target.exists():
            raise FileExistsError(errno.EEXIST, "there is one") from None
        part.rename(target)


def _to_disk(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows opens no folder, and keeps its names itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


class _Seen(Enum):
    """What a look for a submission's file finds."""

    IT = auto()
    ANOTHER = auto()
    NOTHING = auto()
    UNREADABLE = auto()


def _look(path: Path, data: bytes) -> _Seen:
    try:
        if path.stat().st_size != len(data):
            return _Seen.ANOTHER
        return _Seen.IT if path.read_bytes() == data else _Seen.ANOTHER
    except (FileNotFoundError, NotADirectoryError):
        return _Seen.NOTHING
    except OSError:
        return _Seen.UNREADABLE


def _settled(folder: Path) -> list[tuple[Path, int, int]]:
    """The files whose size and time are the same in two looks, with both: what still grows is left."""
    first = _looked(folder)
    return [(path, *seen) for path, seen in _looked(folder).items() if first.get(path) == seen]


def _looked(folder: Path) -> dict[Path, tuple[int, int]]:
    seen = {}
    for path in folder.iterdir():
        if not path.name.startswith(".") and path.is_file() and not path.is_symlink():
            facts = path.stat()
            seen[path] = (facts.st_mtime_ns, facts.st_size)
    return seen


def _passes(error: OSError) -> bool:
    """Whether it may go away by itself, as a full disk does; a forbidden folder does not."""
    return not isinstance(error, PermissionError)


def _why(error: OSError) -> str:
    """The system's words without the path."""
    return error.strerror or type(error).__name__

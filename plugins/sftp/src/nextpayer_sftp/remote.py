"""What is done over there: look for a file, put one whole, list and fetch.

The same bytes are recognized by their size, then by a hash where the server can make one, else by reading
them back, else, where reading is forbidden, by the size alone: the name is ours and no other file's.
"""

from __future__ import annotations

import contextlib
import hashlib
import stat
from collections.abc import Iterator
from enum import Enum, auto

import paramiko

from nextpayer.ports import Received
from nextpayer.transports import plain_name
from nextpayer_sftp.connection import FAILURES

__all__ = ["Seen", "Short", "TooMany", "fetch", "inside", "look", "put", "remove", "settled"]

#: Requests that wait for their answers while a file is fetched.
_AT_ONCE = 64
#: Names that are read of a directory: a server may go on for ever.
MOST = 100_000


class Seen(Enum):
    """What a look for a submission's file finds."""

    IT = auto()
    ANOTHER = auto()
    NOTHING = auto()


class Short(OSError):
    """Fewer bytes arrived than were sent."""


class TooMany(OSError):
    """The directory holds more names than are read."""


def inside(directory: str, name: str) -> str:
    """The path of a plain name in a directory over there."""
    return f"{directory.rstrip('/')}/{name}"


def look(sftp: paramiko.SFTPClient, path: str, data: bytes) -> Seen:
    """Raises PermissionError where it cannot be seen, or another of FAILURES."""
    try:
        size = sftp.stat(path).st_size
    except FileNotFoundError:
        return Seen.NOTHING
    if size != len(data):
        return Seen.ANOTHER
    return Seen.IT if _same(sftp, path, data) else Seen.ANOTHER


def put(sftp: paramiko.SFTPClient, path: str, data: bytes) -> None:
    """Write a file and measure it. Raises Short or another of FAILURES."""
    with sftp.open(path, "wb") as stream:
        stream.set_pipelined(True)  # what fails is told when it is closed
        stream.write(data)
    if sftp.stat(path).st_size != len(data):
        raise Short


def remove(sftp: paramiko.SFTPClient, path: str) -> None:
    """Clean up as far as possible."""
    with contextlib.suppress(*FAILURES):
        sftp.remove(path)


def settled(sftp: paramiko.SFTPClient, directory: str) -> Iterator[tuple[str, int]]:
    """Names and sizes of the files there that two looks show alike, oldest first; names are as they come."""
    first = _looked(sftp, directory)
    second = _looked(sftp, directory)
    alike = [(name, facts) for name, facts in second.items() if first.get(name) == facts]
    for name, (_, size) in sorted(alike, key=lambda one: (one[1][0], one[0])):
        yield name, size


def fetch(sftp: paramiko.SFTPClient, directory: str, name: str, size: int) -> Received | None:
    """One whole file; None when it is not as large as it was."""
    with sftp.open(inside(directory, name), "rb") as stream:
        stream.prefetch(size, _AT_ONCE)
        data = stream.read(size + 1)
    return Received(name=name, data=data) if len(data) == size else None


def _looked(sftp: paramiko.SFTPClient, directory: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for number, one in enumerate(sftp.listdir_iter(directory, read_aheads=1)):
        if number >= MOST:
            raise TooMany
        if _is_file(one):
            found[one.filename] = (one.st_mtime or 0, one.st_size or 0)
    return found


def _is_file(one: paramiko.SFTPAttributes) -> bool:
    """A file by its mode, where the server tells one; hidden names are somebody's work in progress."""
    hidden = isinstance(one.filename, str) and one.filename.startswith(".") and plain_name(one.filename[1:])
    return not hidden and (one.st_mode is None or stat.S_ISREG(one.st_mode))


def _same(sftp: paramiko.SFTPClient, path: str, data: bytes) -> bool:
    try:
        stream = sftp.open(path, "rb")
    except PermissionError:
        return True
    with stream:
        try:
            return stream.check("sha256") == hashlib.sha256(data).digest()
        except TimeoutError:
            raise
        except OSError:  # a server that makes no hashes says so
            stream.prefetch(len(data), _AT_ONCE)
            return bool(stream.read(len(data) + 1) == data)

"""An SFTP server on this machine (paramiko's own server side), and a script of misbehaviour."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import paramiko
import pytest

from nextpayer.ports import Submission
from nextpayer.testing.transports import Behaviour, Bench
from nextpayer_sftp import SftpTransport

SECRET = "pw-3n-s3cr3t"
USER = "office17"


class Door(paramiko.ServerInterface):
    def __init__(self, host: Host) -> None:
        self.host = host

    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == (USER, SECRET)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        good = username == USER and key == self.host.client_key
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class Handle(paramiko.SFTPHandle):
    host: Host
    reading: bool

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))  # type: ignore[attr-defined]

    def read(self, offset: int, length: int) -> bytes | int:
        if not self.reading:
            return paramiko.SFTP_PERMISSION_DENIED
        return super().read(offset, length)

    def write(self, offset: int, data: bytes) -> int:
        if self.host.cut_after is not None and offset >= self.host.cut_after:
            self.host.cut()
            return paramiko.SFTP_FAILURE
        if self.host.full:
            return paramiko.SFTP_FAILURE
        if self.host.loses:
            return paramiko.SFTP_OK
        return super().write(offset, data)


class Junk(paramiko.SubsystemHandler):
    """Answers what no SFTP server would, or nothing at all."""

    def start_subsystem(self, name: str, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        host = self.get_server().host  # type: ignore[attr-defined]
        if host.junk:
            channel.sendall(host.junk)
        else:
            host.closing.wait(30)


class Files(paramiko.SFTPServerInterface):
    """A folder as the root; ``..`` ends there."""

    def __init__(self, server: Door, *_: Any) -> None:
        self.host = server.host

    def _real(self, path: str) -> Path:
        return self.host.root / os.path.normpath("/" + path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            found = [
                paramiko.SFTPAttributes.from_stat(one.lstat(), one.name) for one in self._real(path).iterdir()
            ]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        self.host.listed()
        return found + self.host.odd

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        if self.host.blind:
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Handle | int:
        if not flags & (os.O_WRONLY | os.O_RDWR) and self.host.unreadable:
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            descriptor = os.open(self._real(path), flags, 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        writing = bool(flags & (os.O_WRONLY | os.O_RDWR))
        stream = os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "wb" if writing else "rb")
        handle = Handle(flags)
        handle.host = self.host
        handle.reading = True
        handle.filename = str(path)  # type: ignore[attr-defined]
        handle.readfile = handle.writefile = stream  # type: ignore[attr-defined]
        return handle

    def remove(self, path: str) -> int:
        with contextlib.suppress(OSError):
            self._real(path).unlink()
        return paramiko.SFTP_OK

    def rename(self, oldpath: str, newpath: str) -> int:
        host, new = self.host, self._real(newpath)
        if host.snatches:
            self._real(oldpath).rename(host.root / "taken")
            return paramiko.SFTP_FAILURE
        now = host.script.popleft() if host.script else Behaviour.TAKES
        if now is Behaviour.REFUSES or (new.exists() and not host.overwrites):
            return paramiko.SFTP_PERMISSION_DENIED
        if now in (Behaviour.TAKES, Behaviour.TAKES_AND_DROPS, Behaviour.TAKES_AND_IS_SILENT):
            host.named.append(new.name)
            self._real(oldpath).rename(new)
        if now in (Behaviour.TAKES_AND_DROPS, Behaviour.DROPS):
            host.cut()
        if now in (Behaviour.TAKES_AND_IS_SILENT, Behaviour.IS_SILENT):
            host.closing.wait(30)
        return paramiko.SFTP_OK


class Host:
    """The receiver: ``/in``, ``/in/done`` and ``/out`` below a folder."""

    def __init__(self, root: Path, client_key: paramiko.PKey) -> None:
        self.root, self.client_key = root, client_key
        for name in ("in/done", "out"):
            (root / name).mkdir(parents=True)
        self.key: paramiko.PKey = paramiko.ECDSAKey.generate()
        self.script: deque[Behaviour] = deque()
        self.named: list[str] = []
        self.odd: list[paramiko.SFTPAttributes] = []
        self.listed: Callable[[], None] = lambda: None
        self.cut_after: int | None = None
        self.junk: bytes | None = None
        self.full = self.snatches = self.loses = self.blind = self.unreadable = self.overwrites = False
        self.closing = threading.Event()
        self._open: list[paramiko.Transport] = []
        self._socket: socket.socket | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", self.port))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._socket,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                accepted, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(accepted)
            self._open.append(transport)
            transport.add_server_key(self.key)
            if self.junk is not None:
                transport.set_subsystem_handler("sftp", Junk)
            else:
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=Door(self))

    def cut(self) -> None:
        """Drop the lines that there are now; one that comes meanwhile stays."""
        now, self._open = self._open, []
        for transport in now:
            transport.close()

    def stop(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
        self.cut()

    def close(self) -> None:
        self.closing.set()
        self.stop()

    def will(self, *behaviours: Behaviour) -> None:
        if self._socket is None:
            self.start()
        self.script = deque(behaviours)
        if behaviours[:1] == (Behaviour.IS_DOWN,):
            self.stop()

    def kept(self, submission: Submission) -> Sequence[bytes]:
        found = [self.root / place / submission.name for place in ("in", "in/done")]
        return [path.read_bytes() for path in found if path.exists()]

    @property
    def host_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"


@pytest.fixture(scope="session")
def client_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def host(tmp_path: Path, client_key: paramiko.PKey) -> Iterator[Host]:
    made = Host(tmp_path / "root", client_key)
    yield made
    made.close()


@pytest.fixture
def settings(host: Host, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    monkeypatch.setenv("HOST_PASSWORD", SECRET)

    def of(**more: object) -> dict[str, object]:
        return {
            "host": "127.0.0.1",
            "port": host.port,
            "user": USER,
            "password": "env:HOST_PASSWORD",
            "host_keys": [host.host_key],
            "outbound": "/in",
            "archive": "/in/done",
            "inbound": "/out",
            "read_seconds": 2,
            "connect_seconds": 20,
            **more,
        }

    return of


@pytest.fixture
def bench(host: Host, settings: Callable[..., dict[str, object]]) -> Bench:
    def offer(name: str, data: bytes) -> None:
        (host.root / "out" / name).write_bytes(data)

    return Bench(transport=SftpTransport(settings()), receiver=host, secrets=(SECRET,), offer=offer)

"""Receivers at the other end of a real line: an SFTP server and an HTTPS clearinghouse, each with a script.

The SFTP server is asyncssh's, so that the transport (paramiko) meets another's idea of the protocol. The
clearinghouse is the one of the transport's own tests, with a certificate of a private authority.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncssh
import trustme

from nextpayer.testing.transports import Behaviour

ROOT = Path(__file__).resolve().parents[2]
USER, SECRET = "office17", "pw-3n-s3cr3t"
#: Where the receivers' secret is, for ``monkeypatch.setenv``.
VARIABLE = "WIRE_SECRET"


def _own_tests_of(member: str) -> ModuleType:
    """The servers of a member's own tests."""
    name = f"wire_{member}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "plugins" / member / "tests/conftest.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


_house = _own_tests_of("clearinghouse")


def toml(settings: dict[str, Any]) -> str:
    """Settings as a TOML table's lines."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


class Files(asyncssh.SFTPServer):
    """A folder as the root, and the script at the one moment that counts: the rename."""

    site: SftpSite

    def __init__(self, chan: asyncssh.SSHServerChannel) -> None:
        super().__init__(chan, chroot=str(self.site.root).encode())

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:
        if self.site.cuts:
            self.site.cuts -= 1
            super().write(file_obj, offset, data[: len(data) // 2])
            self._cut()
        return super().write(file_obj, offset, data)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        site = self.site
        site.renames += 1
        now = site.script.popleft() if site.script else Behaviour.TAKES
        if now is Behaviour.REFUSES:
            raise asyncssh.SFTPPermissionDenied("no")
        if now in (Behaviour.TAKES, Behaviour.TAKES_AND_DROPS, Behaviour.TAKES_AND_IS_SILENT):
            super().rename(oldpath, newpath)
            site.take(newpath.decode().rpartition("/")[2])
        if now in (Behaviour.TAKES_AND_DROPS, Behaviour.DROPS):
            self._cut()
        if now in (Behaviour.TAKES_AND_IS_SILENT, Behaviour.IS_SILENT):
            await asyncio.sleep(30)

    def _cut(self) -> None:
        self.channel.get_connection().abort()
        raise asyncssh.SFTPConnectionLost("cut")


class _Door(asyncssh.SSHServer):
    site: SftpSite

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.site.lines.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, SECRET)


class SftpSite:
    """``/in``, ``/in/done``, ``/out`` and ``/unseen`` below a folder. ``empties`` says what becomes of a file
    that has its name: it stays (""), or goes to ``done`` or ``unseen`` at once."""

    def __init__(self, root: Path, *, empties: str = "") -> None:
        self.root, self.empties = root, empties
        for name in ("in/done", "out", "unseen"):
            (root / name).mkdir(parents=True)
        self.script: deque[Behaviour] = deque()
        self.cuts = self.renames = self.port = 0
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._server: asyncssh.SSHAcceptor | None = None
        self.lines: list[asyncssh.SSHServerConnection] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.start()

    def start(self) -> None:
        files, door = type("Files", (Files,), {"site": self}), type("Door", (_Door,), {"site": self})
        self._server = self._do(_listening(self.port, self._key, door, files))
        self.port = self._server.get_port()

    def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            self._do(_closed(server))

    def close(self) -> None:
        self.stop()
        self._do(_ended(self.lines))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def will(self, *behaviours: Behaviour) -> None:
        if self._server is None:
            self.start()
        self.script = deque(behaviours)
        if behaviours[:1] == (Behaviour.IS_DOWN,):
            self.stop()

    def take(self, name: str) -> None:
        if self.empties:
            place = "in/done" if self.empties == "done" else "unseen"
            (self.root / "in" / name).rename(self.root / place / name)

    def kept(self) -> list[bytes]:
        """Every file that has its name, wherever the receiver has put it."""
        places = [self.root / "in", self.root / "in" / "done", self.root / "unseen"]
        paths = [path for place in places for path in place.iterdir() if path.is_file()]
        return [path.read_bytes() for path in paths if path.suffix != ".part"]

    def attempts(self) -> int:
        return self.renames

    def offer(self, name: str, data: str | bytes) -> None:
        (self.root / "out" / name).write_bytes(data.encode() if isinstance(data, str) else data)

    def settings(self, **more: object) -> dict[str, object]:
        key = self._key.export_public_key().decode().split()
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": f"env:{VARIABLE}",
            "host_keys": [f"{key[0]} {key[1]}"],
            "outbound": "/in",
            "inbound": "/out",
            "read_seconds": 0.5,
            "connect_seconds": 20,
            **more,
        }

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


async def _listening(port: int, key: asyncssh.SSHKey, door: type, files: type) -> asyncssh.SSHAcceptor:
    return await asyncssh.listen(
        "127.0.0.1", port, server_factory=door, server_host_keys=[key], sftp_factory=files
    )


async def _closed(server: asyncssh.SSHAcceptor) -> None:
    server.close()
    await server.wait_closed()


async def _ended(lines: list[asyncssh.SSHServerConnection]) -> None:
    """End what still waits, so that nothing is left for the loop's end to complain about."""
    for line in lines:
        line.abort()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


class HttpsSite:
    """The clearinghouse; ``asked`` says whether its status can be asked for."""

    def __init__(self, folder: Path, *, deduplicates: bool = False, asked: bool = True) -> None:
        authority = trustme.CA()
        self.ca_bundle = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_bundle))
        self.house = _house.House(_house.context_of(authority), deduplicates=deduplicates)
        self.asked = asked
        self.will, self.close = self.house.will, self.house.close

    def answers(self, *statuses: tuple[int, str]) -> None:
        """Answer these statuses with this Retry-After, and take nothing."""
        self.house.script = deque([_busy(*one) for one in statuses])

    def kept(self) -> list[bytes]:
        return [data for copies in self.house.copies.values() for data in copies]

    def attempts(self) -> int:
        return len(self.house.seen)

    def offer(self, name: str, data: str | bytes) -> None:
        self.house.offered[name] = data.encode() if isinstance(data, str) else data

    def settings(self, **more: object) -> dict[str, object]:
        url = self.house.url
        asked = {"status_url": f"{url}/status/{{id}}", "status_is_final": True} if self.asked else {}
        return {
            "url": f"{url}/claims",
            "list_url": f"{url}/files",
            "file_url": f"{url}/files/{{name}}",
            "token": f"env:{VARIABLE}",
            "reference": "number",
            "ca_bundle": str(self.ca_bundle),
            "deduplicates": self.house.deduplicates,
            "read_seconds": 0.5,
            "longest_wait": 0.001,
            **asked,
            **more,
        }


def _busy(status: int, wait: str) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.read()
        handler.answer(status, {}, Retry_After=wait)

    return answer

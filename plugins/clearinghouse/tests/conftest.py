"""A clearinghouse on this machine: HTTPS with an authority of its own, and a script of misbehaviour."""

from __future__ import annotations

import json
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from nextpayer.ports import Submission
from nextpayer.testing.transports import Behaviour, Bench
from nextpayer_clearinghouse import ClearinghouseTransport

Script = deque[Behaviour | Callable[["Handler"], None]]
SECRET = "tok-3n-s3cr3t"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def house(self) -> House:
        return self.server.house  # type: ignore[attr-defined, no-any-return]

    def answer(self, status: int, body: object = None, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def read(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def do_GET(self) -> None:
        house = self.house
        house.asked.append(self.path)
        _, what, *rest = self.path.split("/")
        if what == "files" and not rest:
            self.answer(200, [{"name": name} for name in house.offered])
        elif what == "files" and rest[0] in house.offered:
            self.answer(200, house.offered[rest[0]])
        elif what == "status" and house.copies.get(rest[0]):
            self.answer(200, {})
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        house = self.house
        house.seen.append(dict(self.headers.items()))
        now = house.script.popleft() if house.script else Behaviour.TAKES
        if house.script and house.script[0] is Behaviour.IS_DOWN:
            house.stop()
        if callable(now):
            now(self)
            return
        if now is not Behaviour.DROPS:
            body = self.read()
        if now in (Behaviour.TAKES, Behaviour.TAKES_AND_DROPS, Behaviour.TAKES_AND_IS_SILENT):
            house.keep(self.headers["Idempotency-Key"], body)
        if now is Behaviour.TAKES:
            self.answer(202, {"number": 4711})
        elif now is Behaviour.REFUSES:
            self.answer(422, {"why": "MARLOWE"})
        elif now is Behaviour.BUSY:
            self.answer(503, {}, Retry_After="3600")
        elif now in (Behaviour.IS_SILENT, Behaviour.TAKES_AND_IS_SILENT):
            house.closing.wait(30)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, port: int, house: House) -> None:
        self.house = house
        super().__init__(("127.0.0.1", port), Handler)

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        plain, address = super().get_request()
        wrapped = self.house.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, *_: Any) -> None:
        pass


class House:
    """The receiver. A script's entry is a behaviour, or a function of the handler."""

    def __init__(self, context: ssl.SSLContext, *, deduplicates: bool = False) -> None:
        self.context = context
        self.deduplicates = deduplicates
        self.script: Script = deque()
        self.copies: dict[str, list[bytes]] = defaultdict(list)
        self.offered: dict[str, bytes] = {}
        self.seen: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.closing = threading.Event()
        self._server: Server | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        self.closing.clear()
        self._server = Server(self.port, self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def close(self) -> None:
        self.closing.set()
        self.stop()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def keep(self, key: str, body: bytes) -> None:
        if not (self.deduplicates and self.copies[key]):
            self.copies[key].append(body)

    def will(self, *behaviours: Behaviour) -> None:
        if self._server is None:
            self.start()
        self.script = deque(behaviours)
        if behaviours[:1] == (Behaviour.IS_DOWN,):
            self.stop()

    def kept(self, submission: Submission) -> Sequence[bytes]:
        return self.copies.get(submission.id, [])


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("localhost", "127.0.0.1"))).configure_cert(context)
    return context


@pytest.fixture
def houses(authority: trustme.CA) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(*names: str, deduplicates: bool = False, by: trustme.CA | None = None) -> House:
        made.append(House(context_of(by or authority, *names), deduplicates=deduplicates))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture(params=[False, True], ids=["plain", "deduplicates"])
def house(request: pytest.FixtureRequest, houses: Callable[..., House]) -> House:
    return houses(deduplicates=request.param)


@pytest.fixture
def settings(ca_bundle: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    monkeypatch.setenv("HOUSE_TOKEN", SECRET)

    def of(house: House, **more: object) -> dict[str, object]:
        return {
            "url": f"{house.url}/claims",
            "status_url": f"{house.url}/status/{{id}}",
            "status_is_final": True,
            "list_url": f"{house.url}/files",
            "file_url": f"{house.url}/files/{{name}}",
            "token": "env:HOUSE_TOKEN",
            "reference": "number",
            "ca_bundle": ca_bundle,
            "deduplicates": house.deduplicates,
            "read_seconds": 2,
            "longest_wait": 0.001,
            **more,
        }

    return of


@pytest.fixture
def bench(house: House, settings: Callable[..., dict[str, object]]) -> Bench:
    return Bench(
        transport=ClearinghouseTransport(settings(house)),
        receiver=house,
        secrets=(SECRET,),
        offer=house.offered.__setitem__,
    )

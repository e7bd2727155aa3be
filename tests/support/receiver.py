"""A receiver that behaves badly on purpose, as a process of its own, and the transports that talk to it.

It keeps a file, drops it, keeps it and hangs up, keeps it later, gets it twice from the network, or is busy:
by chance, from a seed. What it has kept is one file for each time it took one, ``ID.NUMBER``. ``dedup``
keeps one of several with one id, ``list`` can be asked what it has, ``plain`` does neither.

What it has kept it acknowledges (999, 277CA) into ``MAILBOX``, by chance too: both, twice, late or not at
all, and some files it refuses, by their syntax or claim by claim. ``ID.NUMBER.refused`` marks those: what is
in them does not exist at the payer.

    python receiver.py MODE SEED FOLDER MAILBOX      prints its port
"""

from __future__ import annotations

import functools
import http.client
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nextpayer.ports import Accepted, InDoubt, Outcome, Received, Rejected, Submission
from support import acknowledging

#: What it does, and how often of 100.
BEHAVIOUR = (("keep", 45), ("drop", 15), ("hang up", 15), ("later", 10), ("twice", 5), ("busy", 10))
#: How it acknowledges what it has kept, and how often of 100.
WORDS = (
    ("both", 40),
    ("twice", 10),
    ("late", 15),
    ("none", 15),
    ("refuse syntax", 10),
    ("refuse claims", 10),
)
LATER = 0.2


class Plain:
    api_version: ClassVar[int] = 1
    deduplicates: ClassVar[bool] = False

    def __init__(self, settings: dict[str, Any]) -> None:
        self.port = int(settings["port"])
        self.mailbox = Path(settings["mailbox"])

    def send(self, submission: Submission) -> Outcome:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.connect()
        except OSError:
            return Rejected(reason="not connected", again=True)
        try:
            connection.request("POST", f"/{submission.id}", submission.data)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return InDoubt(reason="the connection ended before the answer")
        finally:
            connection.close()
        return Accepted(reference=submission.id[:8]) if status == 200 else Rejected(reason="busy", again=True)

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        for path in sorted(self.mailbox.iterdir()):
            if path.suffix != ".part" and path.name not in known:
                yield Received(name=path.name, data=path.read_bytes())


class Deduplicating(Plain):
    deduplicates: ClassVar[bool] = True


class Listing(Plain):
    def arrived(self, submission: Submission) -> bool | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", f"/{submission.id}")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class Receiver(BaseHTTPRequestHandler):
    mode = "plain"
    folder = Path()
    mailbox = Path()
    chance = random.Random()
    lock = threading.Lock()
    kept: ClassVar[Counter[str]] = Counter()

    def do_POST(self) -> None:
        try:
            data = self.rfile.read(int(self.headers["Content-Length"]))
        except OSError:
            return
        if len(data) < int(self.headers["Content-Length"]):
            return  # the sender died in the middle of it
        words, weights = zip(*BEHAVIOUR, strict=True)
        with self.lock:
            what = self.chance.choices(words, weights)[0]
        if what == "busy":
            self.send_error(503)
            return
        if what == "later":
            threading.Timer(LATER, self.keep, (data,)).start()
        elif what != "drop":
            self.keep(data)
        if what == "twice" and self.mode == "dedup":
            self.keep(data)
        if what in ("keep", "twice"):
            self.send_response(200)
            self.end_headers()
        else:
            self.close_connection = True

    def do_GET(self) -> None:
        with self.lock:
            self.send_response(200 if self.kept[self.path[1:]] else 404)
        self.end_headers()

    def keep(self, data: bytes) -> None:
        id = self.path[1:]
        with self.lock:
            if self.mode == "dedup" and self.kept[id]:
                return
            self.kept[id] += 1
            name = f"{id}.{self.kept[id]}"
            word = self.chance.choices(*zip(*WORDS, strict=True))[0]
            if word.startswith("refuse"):
                (self.folder / f"{name}.refused").touch()
            _put(self.folder / name, data)
            self.acknowledge(name, data, word)

    def acknowledge(self, name: str, data: bytes, word: str) -> None:
        refused = {one.number: "R" for one in acknowledging.sent(data)[0].sets}
        syntax = acknowledging.syntax(data, refused if word == "refuse syntax" else {}, day="20250310")
        status = "A7:562:85" if word == "refuse claims" else "A2:20:PR"
        claims = acknowledging.claims(data, default=status, day="20250310")
        texts = {".999": syntax} | ({} if word == "refuse syntax" else {".277": claims})
        if word == "none":
            return
        for end, text in texts.items():
            put = functools.partial(_put, self.mailbox / f"{name}{end}", text.encode())
            if word == "late":
                threading.Timer(LATER, put).start()
            else:
                put()
            if word == "twice":
                _put(self.mailbox / f"{name}.again{end}", text.encode())

    def log_message(self, *args: object) -> None:
        pass


def _put(path: Path, data: bytes) -> None:
    """The whole file at once."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.rename(path)


if __name__ == "__main__":
    Receiver.mode, Receiver.folder, Receiver.mailbox = sys.argv[1], Path(sys.argv[3]), Path(sys.argv[4])
    Receiver.chance = random.Random(int(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_address[1], flush=True)
    server.serve_forever()

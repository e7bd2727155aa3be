"""What a receiver may leave for us to do harm: each costs one line, and what lies beside it is taken in."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nextpayer.ports import Received
from nextpayer_desk.collecting import collect
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.receivers import Receiver
from support import acknowledging as receiver
from support.run import command_line
from support.wire import SECRET, VARIABLE, HttpsSite, SftpSite, toml

ONE = Path(__file__).parents[2] / "examples" / "one"
SENT, LATER = "2025-03-10", "2025-03-12"
LIMIT = 100_000


class FolderSite:
    """The folder of another program."""

    def __init__(self, folder: Path) -> None:
        self.out, self.inbound = folder / "out", folder / "inbound"
        self.out.mkdir()
        self.inbound.mkdir()

    def offer(self, name: str, data: str | bytes) -> None:
        path = self.inbound / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        age = 1_700_000_000 + len(list(self.inbound.iterdir()))
        os.utime(path, (age, age))

    def kept(self) -> list[bytes]:
        return [path.read_bytes() for path in self.out.iterdir()]

    def settings(self, **more: object) -> dict[str, object]:
        return {"folder": str(self.out), "inbound": str(self.inbound), "largest_bytes": LIMIT, **more}

    def close(self) -> None:
        pass


SITES: dict[str, tuple[str, Callable[[Path], FolderSite | SftpSite | HttpsSite], dict[str, object]]] = {
    "folder": ("folder", FolderSite, {}),
    "sftp": ("sftp", lambda folder: SftpSite(folder / "site"), {"largest_bytes": LIMIT}),
    "https": ("clearinghouse", HttpsSite, {"file_bytes": LIMIT}),
}
LEFT = {
    "folder": "it is larger than largest_bytes",
    "sftp": "it is larger than largest_bytes",
    "https": "it is larger than allowed, packed, or broke off",
}
NO_NAME = "r: a file: it stays at the receiver: its name is not one plain part (not taken in)"


class Desk:
    """A ledger whose one claim was sent, and whose receiver does what it likes."""

    def __init__(self, kind: str, folder: Path) -> None:
        transport, make, settings = SITES[kind]
        self.url, self.folder, self.kind = f"sqlite:///{folder / 'desk.db'}", folder, kind
        self.site = make(folder)
        self.receivers = folder / "receivers.toml"
        self.receivers.write_text(
            f'[receivers.r]\ntransport = "{transport}"\n'
            f"[receivers.r.settings]\n{toml(self.site.settings(**settings))}"
        )
        self.run("init")
        self.run("intake", ONE / "claim.837", ONE / "era.835")
        self.run("work", "--as-of", SENT)
        self.run("submit", "--receivers", self.receivers, "--as-of", SENT)
        (self.sent,) = self.site.kept()

    def run(self, *arguments: object) -> tuple[int, list[str]]:
        status, out, errors = command_line([*map(str, arguments), "--ledger", self.url])
        assert (errors, "Traceback" in out, SECRET in out) == ("", False, False)
        return status, out.splitlines()

    def collect(self, *more: object) -> tuple[int, list[str]]:
        return self.run("collect", "--receivers", self.receivers, "--as-of", LATER, *more)

    def files(self) -> set[str]:
        """Every file that there is, but for the ledger and what the receiver has itself."""
        own = ("desk.db", "receivers.toml", "ca.pem")
        places = ("out", "inbound", "site")
        every = [path for path in self.folder.rglob("*") if path.is_file()]
        inside = [path.relative_to(self.folder) for path in every]
        return {str(one) for one in inside if one.parts[0] not in places and not one.name.startswith(own)}


@pytest.fixture(params=SITES)
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv(VARIABLE, SECRET)
    made = Desk(request.param, tmp_path)
    yield made
    made.site.close()


def bomb() -> bytes:
    """Twenty megabytes of nothing in twenty kilobytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("era.835", b"0" * (20 << 20))
    return stream.getvalue()


def test_a_bomb_and_a_giant_cost_a_line_each_and_the_rest_comes_in(desk: Desk) -> None:
    desk.site.offer("a.zip", bomb())
    desk.site.offer("b.835.gz", gzip.compress(b"0" * (20 << 20)))
    desk.site.offer("c.835", "ISA" + "*" * LIMIT)
    desk.site.offer("d.xml", '<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><l>&b;</l>')
    desk.site.offer("e.json", '{"coverages":' + "[" * 50_000)
    desk.site.offer("f.999", receiver.syntax(desk.sent))
    status, lines = desk.collect()
    assert status == 1
    assert sorted(lines) == [
        "r: a.zip: it is packed: unpack it first (not taken in)",
        "r: b.835.gz: it is packed: unpack it first (not taken in)",
        f"r: c.835: it stays at the receiver: {LEFT[desk.kind]} (not taken in)",
        "r: d.xml: no installed reader knows this kind of file (not taken in)",
        "r: e.json: it is nested too deeply (not taken in)",
        "r: f.999: 999, 1 acknowledgments, 1 new, 1 matched, 1 taken",
    ]
    assert desk.files() == set()


LONG = "x" * 240


def test_a_name_that_leads_out_is_told_without_it_and_the_rest_comes_in(desk: Desk) -> None:
    names = [LONG, "a~b.835", "CON", "..835", " .835", "a\\b.835"]
    if desk.kind == "https":
        names += [
            "../../evil.835",
            "/etc/cron.d/evil",
            "a\x00b.835",
            "C:evil.835",
            "a\nb\x1b[2J.835",
            "",
            LONG * 9,
        ]
    hidden = desk.kind == "folder"  # ..835 begins with a dot: somebody's work in progress
    for name in names:
        desk.site.offer(name, receiver.syntax(desk.sent, number=9))
    desk.site.offer("z.999", receiver.syntax(desk.sent))
    status, lines = desk.collect("--keep", desk.folder / "kept")
    told = [line for line in lines if line == NO_NAME]
    assert (status, len(told)) == (1, len(names) - hidden)
    assert [line for line in lines if line not in told] == [
        "r: z.999: 999, 1 acknowledgments, 1 new, 1 matched, 1 taken"
    ]
    assert desk.files() == {"kept/r/z.999"}


def test_more_files_than_one_run_takes_come_in_the_next(desk: Desk) -> None:
    for number in range(5):
        desk.site.offer(f"{number}.999", receiver.syntax(desk.sent, number=100 + number))
    for _ in range(2):
        status, lines = desk.collect("--most", 2)
        assert (status, len(lines)) == (1, 3)
        assert lines[2] == "r: it has more than 2 files: collect again"
    status, lines = desk.collect("--most", 2)
    assert (status, [line.partition(": 999")[0] for line in lines]) == (0, ["r: 4.999"])
    assert desk.collect("--most", 2) == (0, ["nothing new"])


def test_a_list_without_an_end_costs_a_line_and_no_other_receiver_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    desk = Desk("https", tmp_path)
    assert isinstance(desk.site, HttpsSite)
    try:
        mailbox = FolderSite(tmp_path)
        table = desk.receivers.read_text()
        desk.receivers.write_text(
            f'{table}\n[receivers.s]\ntransport = "folder"\n'
            f"[receivers.s.settings]\n{toml(mailbox.settings())}"
        )
        mailbox.offer("a.999", receiver.syntax(desk.sent))
        desk.site.house.offered = {f"{number:0200}": b"" for number in range(6_000)}
        status, out = desk.collect("--json")
        first, second = json.loads("\n".join(out))["receivers"]
        assert (status, first["files"], first["reason"]) == (1, [], "NP-RECEIVER-FAILED")
        assert first["failed"].endswith("it is larger than allowed, packed, or broke off")
        assert (second["failed"], second["files"][0]["matched"]) == ("", 1)
    finally:
        desk.site.close()


class Hostile:
    """A transport of somebody else, which lets through whatever its receiver says."""

    api_version = 1
    deduplicates = False

    def __init__(self, files: list[Received]) -> None:
        self.files = files

    def send(self, submission: object) -> None:
        raise AssertionError

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        yield from (one for one in self.files if one.name not in known)


def test_the_desk_lets_no_name_through_that_a_transport_did(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ["../../evil", "/evil", "ok:1.txt", "'; DROP TABLE collected; --"]
    dropped = ["a\x00b", "\x1b[2J", "n" * 5_000]
    files = [Received(name=name, data=b"HELLO") for name in [*dropped, *shown]]
    monkeypatch.setattr(Receiver, "connect", lambda self: Hostile(files))
    ledger, to = open_ledger(url, create=True), [Receiver(name="r", transport="x")]
    keep, day = tmp_path / "kept", dt.date(2025, 3, 12)
    (first,) = collect(ledger, to, day, keep=keep)
    assert first.failed == ""
    assert [one.problems for one in first.files[:3]] == [["a file: its name is not one plain part"]] * 3
    (again,) = collect(ledger, to, day, keep=keep)
    assert [one.problems for one in again.files] == [["a file: its name is not one plain part"]] * 3
    ledger.close()
    inside = {str(path.relative_to(keep)) for path in keep.rglob("*") if path.is_file()}
    assert inside == {"r/file"}  # one content, one file
    assert not (tmp_path / "evil").exists()

"""The folder and the printer, and what every transport is made of: settings, secrets, names."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextpayer import registry
from nextpayer.errors import SecretMissing, SettingsError, TransportFailed
from nextpayer.ports import (
    Accepted,
    CollectingTransport,
    InDoubt,
    ListingTransport,
    Rejected,
    Submission,
    Transport,
)
from nextpayer.testing.transports import Behaviour, Bench, conformance, send_under, submission
from nextpayer.transports import FolderTransport, PrintTransport, Secret, plain_name
from nextpayer.transports.settings import Reference, SettingsOf, settings_from

# --- the folder, under the checks that every transport passes ---------------------------------------------


class DropFolder:
    """A folder whose system misbehaves at the moment the file gets its name."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._away = folder.with_name("away")
        self._script: deque[Behaviour] = deque()
        self._link = os.link
        folder.mkdir(exist_ok=True)
        patch.setattr(os, "link", self._linked)

    def will(self, *behaviours: Behaviour) -> None:
        if self._away.exists():
            self._away.rename(self.folder)
        for path in self.folder.iterdir():
            if path.read_bytes() == b"another":
                path.unlink()
        self._script = deque(behaviours[:1])
        now = self._script[0] if self._script else Behaviour.TAKES
        if now is Behaviour.IS_DOWN:
            self.folder.rename(self._away)
        if now is Behaviour.REFUSES and not (self.folder / submission().name).exists():
            (self.folder / submission().name).write_bytes(b"another")

    def kept(self, file: Submission) -> Sequence[bytes]:
        here = self._away if self._away.exists() else self.folder
        path = here / file.name
        found = [path.read_bytes()] if path.exists() else []
        return [data for data in found if data != b"another"]

    def _linked(self, part: Path, target: Path) -> None:
        now = self._script.popleft() if self._script else Behaviour.TAKES
        if now is not Behaviour.DROPS:
            self._link(part, target)
        if now in (Behaviour.DROPS, Behaviour.TAKES_AND_DROPS):
            raise OSError(errno.EIO, "input/output error")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    receiver = DropFolder(tmp_path / "out", monkeypatch)
    inbound = tmp_path / "in"
    inbound.mkdir()
    transport = FolderTransport({"folder": str(receiver.folder), "inbound": str(inbound), "keeps": True})
    return Bench(
        transport=transport,
        receiver=receiver,
        offer=lambda name, data: [(inbound / name).write_bytes(data), None][1],  # type: ignore[func-returns-value]
    )


ABLE = (Behaviour.REFUSES, Behaviour.DROPS, Behaviour.IS_DOWN, Behaviour.TAKES_AND_DROPS)


@conformance(*ABLE, collects=True)
def test_conformance(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(st.sampled_from([Behaviour.TAKES, *ABLE]), max_size=6))
def test_whatever_the_system_does_the_outcome_is_true(
    script: list[Behaviour], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("law") / "out"
        receiver = DropFolder(folder, patch)
        here = Bench(transport=FolderTransport({"folder": str(folder), "keeps": True}), receiver=receiver)
        for behaviour in script:
            send_under(here, [behaviour], submission())
        assert len(receiver.kept(submission())) <= 1


def test_both_are_found_by_name_and_are_what_they_seem() -> None:
    found = registry.load("transport", "folder")
    assert found is FolderTransport
    assert registry.load("transport", "print") is PrintTransport
    made = found({"folder": "somewhere"})
    assert isinstance(made, Transport)
    assert isinstance(made, ListingTransport)
    assert isinstance(made, CollectingTransport)


# --- the folder -------------------------------------------------------------------------------------------


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_a_file_is_whole_under_its_name_and_nothing_else_is_left(out: Path) -> None:
    assert FolderTransport({"folder": str(out)}).send(submission()) == Accepted(reference="conformance-1.837")
    assert [path.name for path in out.iterdir()] == ["conformance-1.837"]
    assert (out / "conformance-1.837").read_bytes() == submission().data


def test_the_rest_of_an_attempt_that_was_killed_is_written_over(out: Path) -> None:
    (out / ".conformance-1.837.part").write_bytes(b"half")
    assert isinstance(FolderTransport({"folder": str(out)}).send(submission()), Accepted)
    assert [path.name for path in out.iterdir()] == ["conformance-1.837"]


def test_another_file_of_that_name_is_never_written_over(out: Path) -> None:
    (out / submission().name).write_bytes(b"theirs")
    outcome = FolderTransport({"folder": str(out)}).send(submission())
    assert isinstance(outcome, Rejected)
    assert not outcome.again
    assert (out / submission().name).read_bytes() == b"theirs"


def test_nor_one_that_comes_between_the_look_and_the_name(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def first(part: Path, target: Path) -> None:
        target.write_bytes(b"theirs")
        link(part, target)

    monkeypatch.setattr(os, "link", first)
    assert isinstance(FolderTransport({"folder": str(out)}).send(submission()), Rejected)
    assert (out / submission().name).read_bytes() == b"theirs"


def test_a_file_system_without_links_is_served_by_a_rename(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(part: Path, target: Path) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(os, "link", none)
    assert isinstance(FolderTransport({"folder": str(out)}).send(submission()), Accepted)
    assert [path.name for path in out.iterdir()] == ["conformance-1.837"]
    assert isinstance(FolderTransport({"folder": str(out)}).send(submission(data=b"other")), Rejected)


def test_a_full_disk_is_a_clear_no_that_may_pass(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = FolderTransport({"folder": str(out)}).send(submission())
    assert outcome == Rejected(reason="the folder takes no file: No space left on device", again=True)
    assert list(out.iterdir()) == []


def test_a_name_that_may_not_be_on_the_disk_yet_is_a_doubt(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", files_only)
    assert isinstance(FolderTransport({"folder": str(out)}).send(submission()), InDoubt)


def test_what_was_taken_away_is_unknown_unless_the_settings_say_where_it_went(
    out: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "done"
    archive.mkdir()
    plain, archived = (
        FolderTransport({"folder": str(out), **more}) for more in ({}, {"archive": str(archive)})
    )
    assert plain.arrived(submission()) is None
    assert archived.arrived(submission()) is False
    plain.send(submission())
    assert plain.arrived(submission()) is True
    (out / submission().name).rename(archive / submission().name)
    assert plain.arrived(submission()) is None
    assert archived.arrived(submission()) is True


def test_a_folder_that_is_not_there_says_nothing_about_what_arrived(tmp_path: Path) -> None:
    gone = FolderTransport({"folder": str(tmp_path / "unmounted"), "keeps": True})
    assert gone.arrived(submission()) is None


def test_another_file_of_that_name_leaves_a_doubt(out: Path) -> None:
    (out / submission().name).write_bytes(b"theirs")
    assert FolderTransport({"folder": str(out), "keeps": True}).arrived(submission()) is None


def test_collecting_goes_by_age_and_leaves_what_is_hidden_too_large_or_ill_named(
    tmp_path: Path, out: Path
) -> None:
    for age, name in enumerate(["b.835", "large.835", "ä~.835", ".part", "a.835"]):
        (tmp_path / name).write_bytes(b"12345" if name == "large.835" else b"1234")
        os.utime(tmp_path / name, (age, age))
    (tmp_path / "link.835").symlink_to(tmp_path / "a.835")
    transport = FolderTransport({"folder": str(out), "inbound": str(tmp_path), "largest_bytes": 4})
    assert [(one.name, one.data, one.left) for one in transport.collect(frozenset())] == [
        ("b.835", b"1234", ""),
        ("large.835", b"", "it is larger than largest_bytes"),
        ("", b"", "its name is not one plain part"),
        ("a.835", b"1234", ""),
    ]


def test_a_file_that_grows_between_two_looks_is_left_for_next_time(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = tmp_path / "growing.835"
    growing.write_bytes(b"ISA")
    looks = iter([1, 2])
    real = Path.iterdir

    def look(folder: Path) -> Iterator[Path]:
        if next(looks) == 2:
            growing.write_bytes(b"ISA*00")
        return real(folder)

    monkeypatch.setattr(Path, "iterdir", look)
    transport = FolderTransport({"folder": str(out), "inbound": str(tmp_path)})
    assert list(transport.collect(frozenset())) == []


def test_an_inbound_folder_that_cannot_be_read_is_one_plain_error(tmp_path: Path, out: Path) -> None:
    transport = FolderTransport({"folder": str(out), "inbound": str(tmp_path / "nowhere")})
    with pytest.raises(TransportFailed, match="the inbound folder cannot be read: No such file"):
        list(transport.collect(frozenset()))
    assert list(FolderTransport({"folder": str(out)}).collect(frozenset())) == []


# --- the printer: a program named lp, really started ------------------------------------------------------


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def make(name: str, script: str) -> Path:
        path = folder / name
        path.write_text(f"#!{sys.executable}\nimport sys, os\nHERE = {str(tmp_path)!r}\n{script}\n")
        path.chmod(0o755)
        return path

    make("lpstat", "print('claims accepting requests since Thu')")
    return make


PRINTER = {"printer": "claims"}
SHEET = submission(name="sheet.pdf")


def test_the_request_id_is_the_reference(programs: Callable[[str, str], Path], tmp_path: Path) -> None:
    programs(
        "lp",
        "open(HERE + '/printed', 'wb').write(sys.stdin.buffer.read())\n"
        "open(HERE + '/words', 'w').write(' '.join(sys.argv[1:]))\n"
        "print('request id is claims-7 (0 file(s))')",
    )
    assert PrintTransport(PRINTER).send(SHEET) == Accepted(reference="claims-7")
    assert (tmp_path / "printed").read_bytes() == SHEET.data
    assert (tmp_path / "words").read_text() == f"-d claims -t {SHEET.id}"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("sys.stdin.buffer.read(); sys.exit(1)", "lp ended with status 1"),
        ("sys.stdin.buffer.read(); print('request id is x-7'); sys.exit(1)", "lp ended with status 1"),
        ("sys.stdin.buffer.read(); print('done')", "lp ended well and named no request"),
        ("sys.stdin.close(); os.kill(os.getpid(), 9)", "lp ended with status -9"),
        ("import time; time.sleep(30)", "lp gave no answer"),
    ],
)
def test_whatever_else_lp_does_is_a_doubt(
    script: str, why: str, programs: Callable[[str, str], Path]
) -> None:
    programs("lp", script)
    outcome = PrintTransport({**PRINTER, "seconds": 0.5}).send(SHEET)
    assert isinstance(outcome, InDoubt)
    assert outcome.reason.startswith(why)


@pytest.mark.parametrize(
    ("lpstat", "again"),
    [("sys.exit(1)", False), ("print('claims not accepting requests since Thu -')", True)],
)
def test_a_printer_that_takes_nothing_is_a_clear_no_and_lp_is_not_started(
    lpstat: str, again: bool, programs: Callable[[str, str], Path], tmp_path: Path
) -> None:
    programs("lpstat", lpstat)
    programs("lp", "open(HERE + '/started', 'w')")
    outcome = PrintTransport(PRINTER).send(SHEET)
    assert isinstance(outcome, Rejected)
    assert outcome.again is again
    assert not (tmp_path / "started").exists()


def test_without_the_commands_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert PrintTransport(PRINTER).send(SHEET) == Rejected(reason="there is no lpstat command here")


def test_only_pdfs_are_printed_and_a_queue_folder_takes_them_too(out: Path) -> None:
    transport = PrintTransport({"folder": str(out)})
    assert transport.send(submission(data=b"ISA*00~")) == Rejected(reason="it is not a PDF")
    assert transport.arrived(SHEET) is None
    assert transport.send(SHEET) == Accepted(reference="sheet.pdf")
    assert (out / "sheet.pdf").read_bytes() == SHEET.data
    assert transport.arrived(SHEET) is True
    assert PrintTransport(PRINTER).arrived(SHEET) is None
    assert isinstance(transport.send(submission(name="../x.pdf")), Rejected)


# --- settings, secrets, names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "table", "said"),
    [
        (FolderTransport, {}, "folder: Missing data for required field."),
        (
            FolderTransport,
            {"folder": "x", "inbond": "y"},
            "inbond: unknown key; the nearest known one is inbound",
        ),
        (FolderTransport, {"folder": ""}, "folder: it is not the path of a folder"),
        (FolderTransport, {"folder": "x", "keeps": "yes"}, "keeps: it is not true or false"),
        (PrintTransport, {}, "printer: give one of folder and printer"),
        (PrintTransport, {"folder": "x", "printer": "y"}, "printer: give one of folder and printer"),
        (PrintTransport, {"printer": "-o raw"}, "printer: it is not a printer's name such as claims_red"),
        (
            PrintTransport,
            {"printer": "x", "seconds": 0},
            "seconds: it is not above 0 and at most 600 seconds",
        ),
        (PrintTransport, {"printer": "x", "seconds": True}, "seconds: it is not a number of seconds"),
    ],
)
def test_wrong_settings_are_told_by_key(
    kind: Callable[[dict[str, object]], Transport], table: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        kind(table)
    assert str(caught.value) == said


class TokenSchema(SettingsOf):
    token = Reference(required=True)


@pytest.mark.parametrize(
    "typed", ["s3cr3t", "env:", "env:1X", "keyring:only", "keyring:a/b/c", "", 7, "env:A B"]
)
def test_a_secret_typed_into_the_file_is_refused_and_not_repeated(typed: object) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_from(TokenSchema, {"token": typed}, dict)
    assert "token: a secret is not written into a file: write env:NAME" in str(caught.value)
    assert typed == "" or f"{typed}" not in str(caught.value).replace("env:NAME", "").replace("keyring:S", "")
    assert caught.value.__cause__ is None


def test_a_secret_is_fetched_when_asked_for_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", "s3cr3t")
    secret = settings_from(TokenSchema, {"token": "env:ACME_TOKEN"}, dict)["token"]
    assert secret.value() == "s3cr3t"
    assert "s3cr3t" not in repr(secret)
    assert b"s3cr3t" not in pickle.dumps(secret)


def test_a_secret_that_is_not_there_is_named_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACME_TOKEN", raising=False)
    with pytest.raises(SecretMissing, match="env:ACME_TOKEN holds no secret"):
        Secret("env:ACME_TOKEN").value()


class _KeyringError(Exception):
    pass


def _keyring(answer: Callable[[str, str], str | None]) -> dict[str, ModuleType]:
    module, inner = ModuleType("keyring"), ModuleType("keyring.errors")
    module.get_password = answer  # type: ignore[attr-defined]
    inner.KeyringError = _KeyringError  # type: ignore[attr-defined]
    return {"keyring": module, "keyring.errors": inner}


def test_the_keyring_is_asked_for_the_service_and_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in _keyring(lambda service, user: f"{service}+{user}").items():
        monkeypatch.setitem(sys.modules, name, module)
    assert Secret("keyring:acme/office").value() == "acme+office"


def test_a_locked_keyring_and_none_at_all_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(service: str, user: str) -> str:
        raise _KeyringError("the text may hold anything")

    for name, module in _keyring(locked).items():
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(SecretMissing, match=r"keyring:acme/office cannot be read: _KeyringError$"):
        Secret("keyring:acme/office").value()
    monkeypatch.setitem(sys.modules, "keyring", None)  # type: ignore[arg-type]
    with pytest.raises(SecretMissing, match=r"install nextpayer\[keyring\]"):
        Secret("keyring:acme/office").value()


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/b", "a\\b", "/a", "C:a", "a\n", "a\0", ".hidden", "a.", "a ", "CON", "nul.837",
     "-x", "x" * 201, "ä.835", "a;b", "a|b", "%2e%2e"],
)  # fmt: skip
def test_a_name_that_a_system_reads_otherwise_is_not_plain(name: str) -> None:
    assert not plain_name(name)


@pytest.mark.parametrize("name", ["ACME_837P_20250105_1.837", "a", "999 (2).txt", "console.835"])
def test_a_plain_name_is(name: str) -> None:
    assert plain_name(name)


@given(st.text(max_size=40))
def test_a_plain_name_stays_in_its_folder(name: str) -> None:
    if plain_name(name):
        assert (Path("base") / name).parent == Path("base")
        assert Path(name).name == name

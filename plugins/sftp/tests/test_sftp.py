"""Against a real SFTP server that misbehaves on command."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import paramiko
import paramiko.sftp_server
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nextpayer import registry
from nextpayer.errors import SettingsError, TransportFailed
from nextpayer.ports import (
    Accepted,
    CollectingTransport,
    InDoubt,
    ListingTransport,
    Received,
    Rejected,
    Transport,
)
from nextpayer.testing.transports import Behaviour, Bench, conformance, send_under, submission
from nextpayer_sftp import SftpTransport, remote

QUICK = (Behaviour.REFUSES, Behaviour.TAKES_AND_DROPS, Behaviour.DROPS, Behaviour.IS_DOWN)
Make = Callable[..., dict[str, object]]
NUMBERS = iter(range(1_000, 1_000_000))


@conformance(*QUICK, Behaviour.IS_SILENT, Behaviour.TAKES_AND_IS_SILENT, collects=True)
def test_conformance(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(st.sampled_from([Behaviour.TAKES, *QUICK]), max_size=5))
def test_whatever_the_host_does_the_outcome_is_true(script: list[Behaviour], bench: Bench) -> None:
    """Each attempt by the look at the listing that the host takes after a doubt."""
    file = submission(next(NUMBERS))
    for behaviour in script:
        send_under(bench, [behaviour], file)
    assert len(bench.receiver.kept(file)) <= 1


def test_it_is_found_by_name_and_is_what_it_seems(bench: Bench) -> None:
    assert registry.load("transport", "sftp") is SftpTransport
    assert isinstance(bench.transport, Transport)
    assert isinstance(bench.transport, ListingTransport)
    assert isinstance(bench.transport, CollectingTransport)


# --- who is over there ------------------------------------------------------------------------------------


def test_another_key_than_the_known_one_is_refused_before_we_say_who_we_are(
    host: Any, settings: Make
) -> None:
    table = settings()
    host.key = paramiko.ECDSAKey.generate()
    outcome = SftpTransport(table).send(submission())
    assert outcome == Rejected(reason="the host has another key than the known one")
    assert host.kept(submission()) == []


def test_a_key_of_another_kind_is_not_the_known_one_either(host: Any, settings: Make) -> None:
    table = settings()
    host.key = paramiko.RSAKey.generate(2048)
    outcome = SftpTransport(table).send(submission())
    assert isinstance(outcome, Rejected)
    assert host.kept(submission()) == []


def test_a_file_of_known_hosts_serves_as_well_and_one_without_the_host_does_not(
    host: Any, settings: Make, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    table = settings(known_hosts=str(known))
    del table["host_keys"]
    assert SftpTransport(table).send(submission()) == Rejected(
        reason="the file of known hosts cannot be read"
    )
    known.write_text(f"elsewhere.example {host.host_key}\n")
    assert SftpTransport(table).send(submission()) == Rejected(reason="the host's key is not a known one")
    known.write_text(f"[127.0.0.1]:{host.port} {host.host_key}\n")
    assert isinstance(SftpTransport(table).send(submission()), Accepted)


def test_wrong_credentials_and_missing_ones_are_told_apart(
    settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = SftpTransport(settings())
    monkeypatch.setenv("HOST_PASSWORD", "wrong")
    assert transport.send(submission()) == Rejected(reason="the host does not take our credentials")
    monkeypatch.delenv("HOST_PASSWORD")
    assert transport.send(submission()) == Rejected(
        reason="env:HOST_PASSWORD holds no secret: set it where nextpayer runs"
    )
    assert transport.arrived(submission()) is None
    with pytest.raises(TransportFailed, match="HOST_PASSWORD"):
        list(transport.collect(frozenset()))


@pytest.mark.parametrize("way", ["key_file", "key", "encrypted"])
def test_a_private_key_from_a_file_or_a_secret(
    way: str, settings: Make, client_key: paramiko.ECDSAKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "id_ecdsa"
    client_key.write_private_key_file(str(path), password="open sesame" if way == "encrypted" else None)
    monkeypatch.setenv("HOST_KEY", path.read_text())
    monkeypatch.setenv("HOST_PHRASE", "open sesame")
    table = settings()
    del table["password"]
    table |= {
        "key_file": {"key_file": str(path)},
        "key": {"key": "env:HOST_KEY"},
        "encrypted": {"key": "env:HOST_KEY", "passphrase": "env:HOST_PHRASE"},
    }[way]
    assert isinstance(SftpTransport(table).send(submission()), Accepted)


def test_a_private_key_that_cannot_be_read_is_told_without_it(
    settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST_KEY", "-----BEGIN NONSENSE-----")
    table = settings(key="env:HOST_KEY")
    del table["password"]
    outcome = SftpTransport(table).send(submission())
    assert outcome == Rejected(
        reason="the private key cannot be read: is it whole, and its passphrase right?"
    )


@pytest.mark.parametrize("junk", [b"\0\0\0\5\xffjunk", b""], ids=["nonsense", "nothing"])
def test_a_server_that_answers_nonsense_or_nothing_was_never_connected(
    junk: bytes, host: Any, settings: Make
) -> None:
    host.junk = junk
    transport = SftpTransport(settings(connect_seconds=2))
    assert transport.send(submission()) == Rejected(reason="no connection to the host", again=True)
    assert transport.arrived(submission()) is None
    with pytest.raises(TransportFailed):
        list(transport.collect(frozenset()))


# --- putting ----------------------------------------------------------------------------------------------


def test_a_line_that_is_cut_in_mid_upload_is_a_clear_no_and_the_next_attempt_is_whole(
    host: Any, settings: Make
) -> None:
    file = submission(data=os.urandom(200_000))
    transport = SftpTransport(settings())
    host.cut_after = 60_000
    outcome = transport.send(file)
    assert isinstance(outcome, Rejected)
    assert outcome.again
    # Whether the server's last word or the end of the line comes first is the network's matter.
    assert outcome.reason.startswith("the file did not go up whole: ")
    assert host.kept(file) == []
    answers = (transport.arrived(file) for _ in range(20))  # None while the cut line is still going down
    assert next((one for one in answers if one is not None), None) is False
    host.cut_after = None
    assert isinstance(transport.send(file), Accepted)
    assert host.kept(file) == [file.data]
    assert [path.name for path in (host.root / "in").iterdir() if path.is_file()] == [file.name]


def test_a_full_disk_and_a_missing_directory_are_clear_nos(host: Any, settings: Make) -> None:
    host.full = True
    outcome = SftpTransport(settings()).send(submission())
    assert outcome == Rejected(reason="the file did not go up whole: the server says no", again=True)
    host.full = False
    outcome = SftpTransport(settings(outbound="/nowhere")).send(submission())
    assert outcome == Rejected(reason="the file did not go up whole: there is no such directory")


def test_a_server_that_loses_bytes_without_a_word_is_found_out_before_the_file_has_its_name(
    host: Any, settings: Make
) -> None:
    host.loses = True
    outcome = SftpTransport(settings()).send(submission())
    assert outcome == Rejected(reason="the file did not go up whole: the server says no", again=True)
    assert host.named == []
    assert host.kept(submission()) == []


def test_a_refused_rename_leaves_nothing_behind(host: Any, settings: Make) -> None:
    host.will(Behaviour.REFUSES)
    outcome = SftpTransport(settings()).send(submission())
    assert outcome == Rejected(reason="the server gives the file no name: it is not permitted")
    assert [path for path in (host.root / "in").iterdir() if path.is_file()] == []


def test_a_refusal_is_not_believed_when_the_file_is_no_longer_where_we_put_it(
    host: Any, settings: Make
) -> None:
    """A receiver may take a file at once, and its server stumble over that."""
    host.snatches = True
    assert isinstance(SftpTransport(settings()).send(submission()), InDoubt)
    assert (host.root / "taken").read_bytes() == submission().data


def test_no_other_file_is_written_over_even_where_the_server_would(host: Any, settings: Make) -> None:
    host.overwrites = True
    (host.root / "in" / submission().name).write_bytes(b"theirs")
    outcome = SftpTransport(settings()).send(submission())
    assert outcome == Rejected(reason="another file of that name lies there")
    assert (host.root / "in" / submission().name).read_bytes() == b"theirs"


def test_the_same_file_is_not_put_twice(host: Any, settings: Make) -> None:
    transport = SftpTransport(settings())
    transport.send(submission())
    assert transport.send(submission()) == Accepted(reference="conformance-1.837")
    assert host.named == ["conformance-1.837"]


def test_staging_keeps_unfinished_files_out_of_the_directory(host: Any, settings: Make) -> None:
    (host.root / "staging").mkdir()
    assert isinstance(SftpTransport(settings(staging="/staging")).send(submission()), Accepted)
    assert list((host.root / "staging").iterdir()) == []


# --- looking ----------------------------------------------------------------------------------------------


def test_a_doubt_is_settled_by_the_listing(host: Any, settings: Make) -> None:
    transport = SftpTransport(settings())
    host.will(Behaviour.TAKES_AND_DROPS)
    assert isinstance(transport.send(submission()), InDoubt)
    assert transport.arrived(submission()) is True
    (host.root / "in" / submission().name).rename(host.root / "in" / "done" / submission().name)
    assert transport.arrived(submission()) is True


def test_what_was_taken_away_unseen_stays_a_doubt(host: Any, settings: Make) -> None:
    table = settings()
    del table["archive"]
    assert SftpTransport(table).arrived(submission()) is None
    assert SftpTransport({**table, "keeps": True}).arrived(submission()) is False
    assert SftpTransport({**table, "keeps": True, "outbound": "/nowhere"}).arrived(submission()) is None


@pytest.mark.parametrize("way", ["hash", "read", "size"])
def test_the_same_size_with_other_bytes_is_another_file_where_that_can_be_seen(
    way: str, host: Any, settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "hash":
        monkeypatch.setitem(paramiko.sftp_server._hash_class, "sha256", hashlib.sha256)  # type: ignore[attr-defined]
    host.unreadable = way == "size"
    transport = SftpTransport(settings())
    (host.root / "in" / submission().name).write_bytes(b"x" * len(submission().data))
    assert transport.arrived(submission()) is (True if way == "size" else None)
    (host.root / "in" / submission().name).write_bytes(submission().data)
    assert transport.arrived(submission()) is True


def test_a_directory_that_may_not_be_looked_into_still_says_no_more_than_it_can(
    host: Any, settings: Make
) -> None:
    host.blind = True
    assert SftpTransport(settings()).arrived(submission()) is None


# --- collecting -------------------------------------------------------------------------------------------


def odd(name: str) -> paramiko.SFTPAttributes:
    found = paramiko.SFTPAttributes()
    found.filename, found.st_size, found.st_mtime, found.st_mode = name, 3, 1, 0o100600
    return found


def names(found: Iterable[Received]) -> tuple[list[str], list[tuple[str, str]]]:
    """What came, and what was left, with why."""
    files = list(found)
    assert not any(one.data for one in files if one.left)
    return [one.name for one in files if not one.left], [(one.name, one.left) for one in files if one.left]


def test_a_name_that_leads_out_is_never_asked_for(host: Any, settings: Make) -> None:
    host.odd = [odd("../in/secret"), odd("/etc/passwd"), odd("a\\b"), odd("CON")]
    (host.root / "in" / "secret").write_bytes(b"abc")
    (host.root / "out" / "good.835").write_bytes(b"abc")
    left = [("", "its name is not one plain part")] * 4
    assert names(SftpTransport(settings()).collect(frozenset())) == (["good.835"], left)


def test_collecting_goes_by_age_and_leaves_what_is_hidden_too_large_or_no_file(
    host: Any, settings: Make
) -> None:
    out = host.root / "out"
    for age, name in enumerate(["b.835", "a.835", ".part", "large.835"]):
        (out / name).write_bytes(b"12345" if name == "large.835" else b"1234")
        os.utime(out / name, (age, age))
    (out / "folder").mkdir()
    (out / "link.835").symlink_to(out / "a.835")
    transport = SftpTransport(settings(largest_bytes=4))
    left = [("large.835", "it is larger than largest_bytes")]
    assert names(transport.collect(frozenset())) == (["b.835", "a.835"], left)
    assert (out / "b.835").exists()


def test_a_file_that_may_not_be_read_keeps_out_no_other(host: Any, settings: Make) -> None:
    for name in ("a.835", "b.835"):
        (host.root / "out" / name).write_bytes(b"ISA")
    host.unreadable = True
    left = [(name, "it cannot be read: it is not permitted") for name in ("a.835", "b.835")]
    assert names(SftpTransport(settings()).collect(frozenset())) == ([], left)


def test_a_directory_without_an_end_is_one_plain_error(
    host: Any, settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MOST", 5)
    host.odd = [odd(f"{number}.835") for number in range(6)]
    with pytest.raises(TransportFailed, match="holds too many files"):
        list(SftpTransport(settings()).collect(frozenset()))


def test_a_file_that_grows_between_two_looks_is_left_for_next_time(host: Any, settings: Make) -> None:
    growing = host.root / "out" / "growing.835"
    growing.write_bytes(b"ISA")
    host.listed = lambda: [growing.write_bytes(b"ISA*00"), None][1]
    assert list(SftpTransport(settings()).collect(frozenset())) == []


def test_a_host_that_is_down_is_one_plain_error(host: Any, settings: Make) -> None:
    host.stop()
    with pytest.raises(TransportFailed, match="no connection to the host"):
        list(SftpTransport(settings()).collect(frozenset()))


def test_without_an_inbound_directory_there_is_nothing_to_collect(settings: Make) -> None:
    table = settings()
    del table["inbound"]
    assert list(SftpTransport(table).collect(frozenset())) == []


# --- settings ---------------------------------------------------------------------------------------------


def good() -> dict[str, object]:
    key = paramiko.ECDSAKey.generate()
    return {
        "host": "sftp.acme.example",
        "user": "office17",
        "password": "env:ACME",
        "host_keys": [f"{key.get_name()} {key.get_base64()} a comment"],
        "outbound": "/in/",
    }


UNKNOWN = "the host must be known: give one of host_keys and known_hosts"
NO_KEY = "it is not a host's key such as: ssh-ed25519 AAAAC3..."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"host_keys": None}, f"host_keys: {UNKNOWN}"),
        ({"host_keys": []}, f"host_keys: {UNKNOWN}"),
        ({"known_hosts": "x"}, f"host_keys: {UNKNOWN}"),
        ({"host_keys": ["*"]}, f"host_keys[0]: {NO_KEY}"),
        ({"host_keys": ["ssh-ed25519 AAAA"]}, f"host_keys[0]: {NO_KEY}"),
        ({"host_keys": ["ssh-none AAAAC3NzaC1lZDI1NTE5"]}, f"host_keys[0]: {NO_KEY}"),
        ({"host_keys": [7]}, f"host_keys[0]: {NO_KEY}"),
        ({"trust_unknown": True}, None),
        ({"password": None}, "password: give one of password, key and key_file"),
        ({"key_file": "x"}, "password: give one of password, key and key_file"),
        ({"passphrase": "env:A"}, "passphrase: a passphrase goes with key or key_file"),
        ({"outbound": "/in/../out"}, "outbound: a directory is written without .."),
        ({"outbound": ""}, "outbound: it is not a directory such as /claims/in"),
        ({"port": 70000}, "port: it is above 65535"),
        ({"port": "22"}, "port: it is not a whole number"),
        ({"host": "-oProxyCommand=x"}, "host: it is not the name or address of a host"),
        ({"host": "a..b"}, "host: it is not the name or address of a host"),
        ({"host": ""}, "host: it is empty"),
        ({"user": ""}, "user: it is empty"),
    ],
)
def test_wrong_settings_are_told_by_key(change: dict[str, object], said: str | None) -> None:
    table = {key: value for key, value in {**good(), **change}.items() if value is not None}
    with pytest.raises(SettingsError) as caught:
        SftpTransport(table)
    assert str(caught.value) == said or (said is None and "unknown key" in str(caught.value))


def test_good_settings_are_taken_and_nothing_of_them_is_shown_that_is_secret() -> None:
    assert repr(SftpTransport(good())) == "SftpTransport('sftp.acme.example', '/in')"

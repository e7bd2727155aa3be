"""An encrypted ledger: the same work, and nothing of a patient where somebody without the key can read."""

from __future__ import annotations

import base64
import json
import logging
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, String, select, text

from nextpayer.errors import UnusableInput
from nextpayer_desk import schema, sealed
from nextpayer_desk.encryption import KEY, LedgerCipher
from nextpayer_desk.ledger import open_ledger
from support import acknowledging as receiver
from support.run import command_line

from .test_logs import secrets

ROOT = Path(__file__).parents[2]
DAY, ONE = ROOT / "examples" / "day", ROOT / "examples" / "one"
DOC = ROOT / "docs" / "explanation" / "encryption.md"
SECRET = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()
SAID = "Mrs Winslow's daughter called about knee surgery"
CIPHER = LedgerCipher(bytes(range(32)), b"salt")


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(KEY, SECRET)
    return SECRET


def told(*arguments: object) -> str:
    status, out, errors = command_line([*map(str, arguments)])
    assert (status in (0, 1), errors) == (True, ""), errors
    return out


def refused(*arguments: object) -> str:
    status, _, errors = command_line([*map(str, arguments)])
    assert (status, errors.count("\n")) == (2, 1), errors
    return errors


def whole(url: str, house: Path, *init: str) -> list[str]:
    """Everything that is done with a day's files, and what it says; what was sent is in ``house``."""
    to, on = ("--ledger", url), ("--as-of", "2025-03-10")
    (house / "out").mkdir(parents=True)
    (house / "in").mkdir()
    receivers = house / "receivers.toml"
    receivers.write_text(
        f'[receivers.r]\ntransport = "folder"\n[receivers.r.settings]\nfolder = "{house / "out"}"\n'
    )
    found = [told("init", *to, *init)]
    found += [told("intake", DAY, ONE, *to, *on), told("work", *to, *on)]
    found += [told("submit", "--receivers", receivers, *to, *on)]
    for number, path in enumerate(sorted((house / "out").glob("*.837"))):
        data = path.read_text()
        (house / "in" / f"{number}.999").write_text(receiver.syntax(data, number=9100 + number))
        words = receiver.claims(data, default="A7:562:85" if number else "A2:20", number=9200 + number)
        (house / "in" / f"{number}.277").write_text(words)
    found += [told("intake", house / "in", *to, "--as-of", "2025-03-11")]
    found += [told("unmatch", 1, "--why", SAID, *to), told("match", 1, 1, "--why", SAID, *to)]
    spoken = ("--kind", "call", "--with", "WINSLOW, JUNE", "--says", SAID, "--reference", "REF-WINSLOW")
    found += [told("log", "D0001", *spoken, *to, "--as-of", "2025-03-11")]
    found += [told("work", *to, "--as-of", "2025-03-12")]
    for command in ("worklist", "reconcile", "show D0001", "show D0002", "log D0001"):
        asked = (*command.split(), *to, "--as-of", "2025-03-12")
        found += [told(*asked), told(*asked, "--json")]
    found += [told("status", "--verify", *to)]
    return found


def bytes_of(url: str) -> bytes:
    """All that SQLite has on disk."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def cells(url: str) -> Iterator[tuple[str, Any]]:
    """Every value of every table as the database has it, without our types."""
    from sqlalchemy import create_engine

    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        for table in schema.metadata.sorted_tables:
            names = [column.name for column in table.c]
            columns = ", ".join(f'"{one}"' for one in names)
            for row in connection.execute(text(f"SELECT {columns} FROM {table.name}")):
                yield from ((f"{table.name}.{name}", value) for name, value in zip(names, row, strict=True))
    engine.dispose()


def found_in(values: set[str], content: str) -> set[str]:
    folded = content.casefold()
    return {
        one
        for one in values
        if re.search(rf"(?<![a-z0-9+/=]){re.escape(one.casefold())}(?![a-z0-9+/=])", folded)
    }


def test_the_bytes_of_an_encrypted_ledger_hold_nothing_of_a_patient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without encryption they hold it all, so that the search would have found it."""
    private = secrets() | {SAID, "REF-WINSLOW", "WINSLOW, JUNE"}
    long = {one for one in private if len(one) > 6}  # what chance does not write in ciphertext
    assert len(long) > 30
    plain, hidden = f"sqlite:///{tmp_path / 'plain.db'}", f"sqlite:///{tmp_path / 'hidden.db'}"
    before = whole(plain, tmp_path / "one")
    monkeypatch.setenv(KEY, SECRET)
    after = whole(hidden, tmp_path / "two", "--encrypt")
    assert [strip(one) for one in after] == [strip(one) for one in before]
    sent = [
        {one.name: one.read_bytes() for one in (tmp_path / at / "out").iterdir()} for at in ("one", "two")
    ]
    assert sent[0] == sent[1]
    assert len(sent[0]) > 3

    def inside(url: str) -> set[str]:
        data = bytes_of(url).lower()
        return {one for one in long if one.casefold().encode() in data}

    dates = {one for one in long if re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d", one)}
    assert long - dates <= inside(plain)
    assert inside(hidden) == set()
    assert len(found_in(private, "\n".join(str(value) for _, value in cells(plain)))) > 60
    seen = {(place, one) for place, value in cells(hidden) for one in found_in(private, str(value))}
    assert seen == set()
    for at in tmp_path.rglob("*"):
        if at.is_file():
            assert SECRET.encode() not in at.read_bytes()
            assert bytes(range(32)) not in at.read_bytes()


def strip(said: str) -> list[str]:
    """Without the order of files, the time of day and the random numbers of submissions."""
    said = re.sub(r"\d{4}-\d\d-\d\dT[\d:+.]+|[0-9a-f]{8}-?[0-9a-f-]{20,}", "", said)
    return sorted(said.splitlines())


def test_both_databases_hold_ciphertext_and_give_back_what_was_taken_in(url: str, key: str) -> None:
    told("init", "--encrypt", "--ledger", url)
    told("intake", ONE / "era.835", ONE / "claim.837", "--ledger", url)
    told("intake", DAY, "--ledger", url)
    raw: dict[str, list[Any]] = {}
    for place, value in cells(url):
        raw.setdefault(place, []).append(value)
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column in table.c:
                    stored = raw[f"{table.name}.{column.name}"]
                    if isinstance(column.type, sealed.Unkept):
                        assert set(stored) == {None}
                    elif sealed.is_sealed(column.type) and row[column.name]:
                        assert row[column.name] not in stored
                    else:
                        assert row[column.name] in stored or str(row[column.name]) in stored
        claim = connection.execute(
            select(schema.claims).where(schema.claims.c.patient_control_number == "ONE1001")
        ).one()
    ledger.close()
    assert (claim.last, claim.first, claim.member_id, claim.answers) == ("roe", "anna", "EMP556677", 1)


# --- the key -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "it is encrypted: NEXTPAYER_LEDGER_KEY must have its key"),
        (OTHER, "NEXTPAYER_LEDGER_KEY: it is not the key of this ledger"),
        ("env:NOWHERE_AT_ALL", "env:NOWHERE_AT_ALL holds no secret"),
        ("a password of mine", "NEXTPAYER_LEDGER_KEY: a key is 32 random bytes in base64"),
        (SECRET[:20], "NEXTPAYER_LEDGER_KEY: a key is 32 random bytes in base64"),
    ],
)
@pytest.mark.parametrize("command", ["status", "init", "intake", "worklist"])
def test_a_key_that_is_not_the_ledgers_costs_one_line_and_changes_nothing(
    given: str | None, says: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.setenv(KEY, SECRET)
    told("init", "--encrypt", "--ledger", url)
    before = list(cells(url))
    if given is None:
        monkeypatch.delenv(KEY)
    else:
        monkeypatch.setenv(KEY, given)
    line = refused(command, *([ONE / "claim.837"] if command == "intake" else []), "--ledger", url)
    assert says in line
    assert given is None or given.startswith("env:") or given not in line
    assert list(cells(url)) == before


def test_a_key_may_be_kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    entries = {("nextpayer", "ledger"): SECRET}
    keyring.get_password = lambda *at: entries.get(at)  # type: ignore[attr-defined]
    errors.KeyringError = OSError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.setenv(KEY, "keyring:nextpayer/ledger")
    told("init", "--encrypt", "--ledger", url)
    told("intake", *ONE.glob("*.83?"), "--ledger", url)
    monkeypatch.setenv(KEY, SECRET)
    assert json.loads(told("status", "--verify", "--json", "--ledger", url))["verified"]
    monkeypatch.setenv(KEY, "keyring:nextpayer/other")
    assert "keyring:nextpayer/other holds no secret" in refused("status", "--ledger", url)


def test_a_ledger_is_encrypted_from_its_beginning_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    assert "it needs a key: NEXTPAYER_LEDGER_KEY" in refused("init", "--encrypt", "--ledger", url)
    assert not (tmp_path / "desk.db").exists()
    told("init", "--ledger", url)
    monkeypatch.setenv(KEY, SECRET)
    assert "this ledger is not encrypted" in refused("status", "--ledger", url)
    monkeypatch.delenv(KEY)
    told("intake", ONE / "claim.837", "--ledger", url)
    monkeypatch.setenv(KEY, SECRET)
    assert "holds what is not encrypted" in refused("init", "--encrypt", "--ledger", url)
    monkeypatch.delenv(KEY)
    assert json.loads(told("status", "--json", "--ledger", url))["claims"] == 1


def test_a_value_that_was_put_elsewhere_or_altered_does_not_open(tmp_path: Path, key: str) -> None:
    path = tmp_path / "desk.db"
    url = f"sqlite:///{path}"
    told("init", "--encrypt", "--ledger", url)
    told("intake", *ONE.glob("*.83?"), "--ledger", url)
    for change in (
        "last = first",
        "last = 'roe'",
        "noun = (SELECT noun FROM payments)",
        "noun = noun || 'AAAA'",
    ):
        connection = sqlite3.connect(path)
        before = connection.execute("SELECT last, noun FROM claims").fetchone()
        connection.execute(f"UPDATE claims SET {change}")
        connection.commit()
        line = refused("show", "ONE1001", "--ledger", url)
        assert re.search(r"claims\.(last|noun).*does not open with its key", line)
        connection.execute("UPDATE claims SET last = ?, noun = ?", before)
        connection.commit()
        connection.close()
    told("show", "ONE1001", "--ledger", url)


def test_the_key_is_in_no_repr_and_no_log(tmp_path: Path, key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    out = told("init", "--encrypt", "--ledger", url) + told("intake", *ONE.glob("*.83?"), "--ledger", url)
    ledger = open_ledger(url)
    shown = out + caplog.text + repr(ledger) + repr(vars(ledger)) + repr(vars(ledger.engine.dialect))
    shown += repr(CIPHER) + repr(vars(CIPHER))
    ledger.close()
    for one in (SECRET, repr(bytes(range(32)))[2:-1], bytes(range(32)).hex()):
        assert one not in shown


def test_without_the_cipher_installed_one_line_says_what_to_install(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    line = refused("init", "--encrypt", "--ledger", f"sqlite:///{tmp_path / 'desk.db'}")
    assert "install nextpayer-desk[encryption]" in line


# --- the cipher --------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.text(min_size=1), st.binary(min_size=16, max_size=16))
def test_what_is_enciphered_comes_back(value: str, digest: bytes) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    same = CIPHER.same("claims.last", value)
    assert CIPHER.unsame("claims.last", same) == value
    assert CIPHER.same("claims.last", value) == same
    assert CIPHER.same("claims.first", value) != same
    once, twice = (CIPHER.seal_text("claims.noun", value) for _ in range(2))
    assert once != twice
    assert CIPHER.unseal_text("claims.noun", twice) == value
    block = CIPHER.block("claims.key", digest.hex())
    assert (len(block), CIPHER.unblock("claims.key", block)) == (32, digest.hex())
    with pytest.raises(UnusableInput, match=r"payments\.noun"):
        CIPHER.unseal_text("payments.noun", once)


def test_each_cipher_gives_what_its_standard_gives() -> None:
    """RFC 5297, A.1; the library's AES-SIV is the one that the standard means."""
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    data = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    found = AESSIV(key).encrypt(bytes.fromhex("112233445566778899aabbccddee"), [data])
    assert found.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"


# --- every column ------------------------------------------------------------------------------------------


def test_without_encryption_the_columns_are_the_plain_ones(tmp_path: Path) -> None:
    """No function of ours stands between a value and the database."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'desk.db'}", create=True)
    dialect = ledger.engine.dialect
    for table in schema.metadata.sorted_tables:
        for column in table.c:
            if sealed.is_sealed(column.type):
                kinds = column.type.dialect_impl(dialect), column.type.impl_instance.dialect_impl(dialect)
                ours, plain = (
                    [
                        getattr(one, "__code__", one)
                        for one in (kind.bind_processor(dialect), kind.result_processor(dialect, None))
                    ]
                    for kind in kinds
                )
                assert ours == plain
    ledger.close()


def test_the_documentation_says_of_every_text_whether_it_is_encrypted_and_why_not() -> None:
    page = DOC.read_text()
    listed = dict(re.findall(r"^\| `(\w+\.\w+)` \| ([^|]+) \|$", page, re.MULTILINE))
    for table in schema.metadata.sorted_tables:
        for column in table.c:
            place = f"{table.name}.{column.name}"
            if sealed.is_sealed(column.type):
                assert listed.pop(place, "").split(",")[0] == type(column.type).__name__, place
            elif isinstance(column.type, String | LargeBinary):
                assert len(listed.pop(place, "").split()) > 1, f"{place}: say why it is not encrypted"
    assert listed == {}

"""Files made to harm: each costs one clear line, or one item set aside, and nothing else is lost."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from nextpayer_desk import schema
from nextpayer_desk.books import verify
from nextpayer_desk.ledger import open_ledger
from nextpayer_x12 import tokens
from support.run import command_line

ROOT = Path(__file__).parents[2]
ONE = ROOT / "examples" / "one"
CLAIM, ERA = (ONE / "claim.837").read_text(), (ONE / "era.835").read_text()
NUMBER = re.findall(r"CLP\*([^*]+)\*", ERA)[0]
AS_OF = ("--as-of", "2025-03-10")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def run(*arguments: object) -> tuple[int, str, str]:
    status, out, errors = command_line([*map(str, arguments)])
    assert "Traceback" not in out + errors
    assert "internal error" not in errors
    return status, out, errors


def balanced(url: str) -> tuple[int, int, int]:
    """Claims, payments and what is set aside; the books must balance."""
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        assert verify(connection) == []
        tables = (schema.claims, schema.payments, schema.quarantine)
        counts = [len(connection.execute(select(table)).all()) for table in tables]
    ledger.close()
    return counts[0], counts[1], counts[2]


def receivers_of(tmp_path: Path, name: str) -> Path:
    """A receivers' file with a folder."""
    (tmp_path / "out").mkdir()
    path = tmp_path / "receivers.toml"
    settings = f'settings = {{folder = "{tmp_path / "out"}"}}'
    path.write_text(f'[receivers."{name}"]\ntransport = "folder"\n{settings}\n')
    return path


def zipped() -> bytes:
    """Ten megabytes of nothing in ten kilobytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("era.835", b"0" * (10 << 20))
    return stream.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "bomb.zip": (zipped(), "it is packed: unpack it first"),
    "bomb.835.gz": (gzip.compress(b"0" * (10 << 20)), "it is packed: unpack it first"),
    "entities.xml": (
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>',
        "no installed reader knows this kind of file",
    ),
    "deep.json": (b'{"coverages":' + b"[" * 200_000, "it is nested too deeply"),
    "deep-eob.json": (b'{"claims":' + b"[" * 200_000, "it is nested too deeply"),
    "deep-fhir.json": (b'{"resourceType":"Bundle","entry":' + b"[" * 200_000, "it is nested too deeply"),
    "closed.json": (b'{"coverages":' + b"[" * 900 + b"]" * 900 + b"}", "it is not an object"),
    "number.json": (b'{"coverages":' + b"9" * 5_000 + b"}", "it holds a number too long to read"),
    "large.json": (b'{"coverages":[' + b" " * (1 << 20), "a document of more than 1 MB is not read"),
    "empty.835": (b"", "the file is empty"),
}


def test_files_that_are_no_files_of_ours_cost_one_line_each(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEXTPAYER_LARGEST_DOCUMENT", "1")
    for name, (data, _) in REFUSED.items():
        (folder / name).write_bytes(data)
    run("init", "--ledger", url)
    status, out, errors = run("intake", folder, ONE / "claim.837", "--ledger", url)
    assert (status, errors) == (1, "")
    *refused, taken = out.splitlines()
    assert [line.partition(":")[0] for line in refused] == sorted(REFUSED)
    for line in refused:
        assert REFUSED[line.partition(":")[0]][1] in line
    assert taken == "claim.837: 837P, 1 claims, 1 new"


def test_a_larger_document_is_read_when_somebody_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "examples" / "day" / "coverage.json").read_text()
    path = tmp_path / "coverage.json"
    path.write_text(text + " " * (2 << 20))
    monkeypatch.setenv("NEXTPAYER_LARGEST_DOCUMENT", "1")
    says = "a document of more than 1 MB is not read; raise NEXTPAYER_LARGEST_DOCUMENT (megabytes)"
    assert run("order", path) == (2, "", f"nextpayer: coverage.json: {says}\n")
    monkeypatch.setenv("NEXTPAYER_LARGEST_DOCUMENT", "3")
    assert run("order", path)[0] in (0, 1)
    monkeypatch.setenv("NEXTPAYER_LARGEST_DOCUMENT", "lots")
    assert run("order", path)[2].endswith("it is not a number of megabytes\n")


def test_the_largest_file_is_an_option(url: str, folder: Path) -> None:
    (folder / "claim.837").write_text(CLAIM + " " * (1 << 20))
    run("init", "--ledger", url)
    status, out, _ = run("intake", folder, "--largest", 1, "--ledger", url)
    assert (status, out) == (
        1,
        "claim.837: it has more than 1 MB; raise --largest to take it in (not taken in)\n",
    )
    assert run("intake", folder, "--largest", 2, "--ledger", url)[0] == 0


HARMFUL: dict[str, Callable[[str], str]] = {
    "NUL in a number": lambda text: text.replace(NUMBER, f"{NUMBER}\x00"),
    "NUL in a name": lambda text: re.sub(r"(NM1\*(?:QC|IL)\*1\*)", "\\1A\x00", text),
    "a number of two million characters": lambda text: text.replace(NUMBER, "X" * 60_000),
    "a long name": lambda text: re.sub(r"(NM1\*(?:QC|IL)\*1\*)", r"\1" + "LONG" * 100, text),
}


def test_an_item_that_no_database_keeps_is_set_aside_alone(url: str, folder: Path) -> None:
    run("init", "--ledger", url)
    for number, (what, harm) in enumerate(HARMFUL.items()):
        for text, suffix, item in ((CLAIM, "837", "837P, 1 claims"), (ERA, "835", "835, 1 payments")):
            if suffix == "835" and what == "a long name":
                continue  # nothing looks payments up by name
            path = folder / f"bad{number}.{suffix}"
            path.write_text(harm(text))
            status, out, errors = run("intake", path, "--ledger", url)
            assert (status, errors) == (1, ""), what
            assert out.startswith(f"{path.name}: {item}, 0 new"), what
    run("intake", ONE / "claim.837", ONE / "era.835", "--ledger", url)
    claims, payments, aside = balanced(url)
    assert (claims, payments) == (1, 1)
    assert aside >= 2 * len(HARMFUL) - 1
    assert run("worklist", "--ledger", url)[0] == 1
    # An answer with the claim's number could not be read, so nobody knows whether it takes this one back.
    assert "1  held" in run("work", "--ledger", url, *AS_OF)[1]


def test_a_claim_without_an_end_is_not_held_in_memory(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("remittances", "claims"):
        monkeypatch.setattr(f"nextpayer_x12.{module}.LONGEST_CLAIM", 1 << 20)
    run("init", "--ledger", url)
    note = "K3*A~" * 300_000
    for name, text in (("era.835", ERA), ("claim.837", CLAIM)):
        (tmp_path / name).write_text(re.sub(r"(?<=~)(\s*SE\*)", f"{note}\\1", text))
    for name in ("era.835", "claim.837"):
        status, out, errors = run("intake", tmp_path / name, "--ledger", url)
        assert (status, errors) == (1, "")
        assert "0 new, 3 quarantined" in out
    reason = f"a claim of more than {tokens.LONGEST_CLAIM >> 20} MiB: the rest of the file is not read"
    assert run("worklist", "--ledger", url)[1].count(reason) == 2


NASTY = ["'; DROP TABLE x; --", '"; DELETE FROM x', "../../../etc/x", "a/b\\c", "%s%(x)s{}", "|$(id)`&"]


def test_a_number_is_neither_sql_nor_a_path_nor_a_command(url: str, folder: Path, tmp_path: Path) -> None:
    for at, number in enumerate(NASTY):
        (folder / f"{at}.837").write_text(CLAIM.replace(NUMBER, number))
        (folder / f"{at}.835").write_text(ERA.replace(NUMBER, number))
    receivers = receivers_of(tmp_path, "r'; --")
    run("init", "--ledger", url)
    run("intake", folder, "--ledger", url)
    assert "6  billed next" in run("work", "--ledger", url, *AS_OF)[1]
    assert "accepted" in run("submit", "--receivers", receivers, "--ledger", url)[1]
    for number in NASTY:
        assert run("show", number, "--ledger", url)[0] == 0
    assert balanced(url) == (6, 6, 0)
    (sent,) = (tmp_path / "out").iterdir()
    assert re.fullmatch(r"\d{5}-837P-0001-\d{9}\.837", sent.name)
    found = {path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent != folder}
    assert {name for name in found if not name.startswith("desk.db")} == {sent.name, "receivers.toml"}


def test_a_payers_id_leads_out_of_no_folder(url: str, tmp_path: Path) -> None:
    (tmp_path / "claim.837").write_text(CLAIM.replace("*00882~", "*../../../x~"))
    receivers = receivers_of(tmp_path, "r")
    run("init", "--ledger", url)
    run("intake", tmp_path / "claim.837", ONE / "era.835", "--ledger", url)
    run("work", "--ledger", url, *AS_OF)
    run("submit", "--receivers", receivers, "--ledger", url)
    (sent,) = (tmp_path / "out").iterdir()
    assert "/" not in sent.name.replace("..", "")
    assert ".." not in sent.name


@pytest.mark.parametrize("name", ["new\nline.837", "esc\x1b[2J.837", "\xa0.837"])
def test_the_name_of_a_file_is_no_command_to_the_terminal(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(CLAIM)
    says = "a file: its name holds characters that do not print: rename it"
    ledger = f"sqlite:///{tmp_path / 'desk.db'}"
    run("init", "--ledger", ledger)
    assert run("intake", tmp_path / name, "--ledger", ledger) == (1, f"{says} (not taken in)\n", "")


def test_a_name_in_no_encoding_is_refused(url: str, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.837")).write_text(CLAIM)
    run("init", "--ledger", url)
    status, out, errors = run("intake", folder, "--ledger", url)
    assert (status, errors) == (1, "")
    assert "rename it" in out


def test_quotes_and_brackets_in_a_name_are_kept(url: str, folder: Path) -> None:
    name = 'it\'s "1"; DROP TABLE files -- %s.837'
    (folder / name).write_text(CLAIM)
    run("init", "--ledger", url)
    assert run("intake", folder, "--ledger", url)[1].startswith(f"{name}: 837P")
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        assert list(connection.scalars(select(schema.files.c.name))) == [name]
    ledger.close()


def test_a_pipe_or_a_device_is_no_file(url: str, folder: Path) -> None:
    os.mkfifo(folder / "era.835")
    run("init", "--ledger", url)
    for path, name in ((folder / "era.835", "era.835"), (Path("/dev/zero"), "zero")):
        assert run("intake", path, "--ledger", url)[1] == f"{name}: it is no file (not taken in)\n"
    assert run("intake", folder, "--ledger", url)[:2] == (0, "")


def test_what_may_not_be_read_stops_no_other(url: str, folder: Path) -> None:
    (folder / "a.837").symlink_to("/etc/passwd")
    (folder / "b.837").symlink_to(folder / "gone")
    (folder / "c.837").write_text(CLAIM)
    run("init", "--ledger", url)
    assert run("intake", folder, "--ledger", url)[:2] == (0, "c.837: 837P, 1 claims, 1 new\n")


@pytest.mark.parametrize("name", ["new\\nline", "x" * 81, ""])
def test_a_receiver_has_a_name_that_can_be_shown(name: str, tmp_path: Path) -> None:
    receivers = tmp_path / "receivers.toml"
    receivers.write_text(f'[receivers."{name}"]\ntransport = "folder"\n')
    status, out, errors = run("submit", "--receivers", receivers)
    assert (status, out) == (2, "")
    assert "a name is no printable text of at most 80 characters" in errors
    assert errors.count("\n") == 1


def test_a_long_name_in_a_coverage_file_is_refused(url: str, tmp_path: Path) -> None:
    document = json.loads((ROOT / "examples" / "day" / "coverage.json").read_text())
    document[0]["patient"]["name"]["last"] = "A" * 3_000
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(document))
    run("init", "--ledger", url)
    status, out, _ = run("intake", path, "--ledger", url)
    assert (status, "more than 200 characters (not taken in)" in out) == (1, True)

"""DOCUMENTS.json: what is listed is looked at before the run, and refused in one line that names no file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nextpayer.cli._documents import read_documents
from nextpayer.documents import Media
from nextpayer.errors import UnusableInput

PDF = b"%PDF-1.4\n" + b"x" * 2000 + b"\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 20
TIFFS = (b"II*\x00" + b"x" * 20, b"MM\x00*" + b"x" * 20)
ENTRY = {"claim_id": "A1", "kind": "records", "file": "SMITH-JOHN.pdf"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "SMITH-JOHN.pdf").write_bytes(PDF)
    return inner


def listed(folder: Path, document: object) -> Path:
    path = folder / "documents.json"
    path.write_text(json.dumps(document))
    return path


def refusal(folder: Path, document: object, megabytes: int = 1) -> str:
    with pytest.raises(UnusableInput) as caught:
        read_documents(listed(folder, document), megabytes)
    text = str(caught.value)
    assert "\n" not in text
    assert "SMITH" not in text
    return text


def test_a_file_is_what_its_first_bytes_say(folder: Path) -> None:
    for number, data in enumerate((PDF, JPEG, *TIFFS)):
        (folder / f"{number}.dat").write_bytes(data)
    entries = [{**ENTRY, "file": f"{number}.dat"} for number in range(4)]
    found = read_documents(listed(folder, entries), 1).of("A1")
    assert [one.media for one in found] == [Media.PDF, Media.JPEG, Media.TIFF, Media.TIFF]
    assert [one.size for one in found] == [len(PDF), len(JPEG), *map(len, TIFFS)]


def test_one_entry_may_stand_alone_and_null_is_absent(folder: Path) -> None:
    supplied = read_documents(listed(folder, {**ENTRY, "line": None, "payer_id": None}), 1)
    (one,) = supplied.of("A1")
    assert (one.line, one.payer_id, one.kind) == (0, "", "records")
    assert supplied.data(one) == PDF
    assert list(supplied.unmet()) == [1]
    supplied.met("A1")
    assert list(supplied.unmet()) == []


def test_a_folder_below_is_fine(folder: Path) -> None:
    (folder / "scans").mkdir()
    (folder / "scans" / "a.pdf").write_bytes(PDF)
    assert read_documents(listed(folder, {**ENTRY, "file": "scans/a.pdf"}), 1).of("A1")


@pytest.mark.parametrize(
    "file",
    ["../outside.pdf", "scans/../../outside.pdf", "/etc/passwd", "..\\outside.pdf", "C:\\scan.pdf",
     "C:scan.pdf", "\\\\host\\share\\x.pdf", "", ".", ".."],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(folder: Path, file: str) -> None:
    (folder.parent / "outside.pdf").write_bytes(PDF)
    assert "[0].file: it is not a path to a file below the folder" in refusal(
        folder, [{**ENTRY, "file": file}]
    )


def test_a_link_that_leads_out_is_refused(folder: Path) -> None:
    (folder.parent / "outside.pdf").write_bytes(PDF)
    (folder / "inside.pdf").symlink_to(folder.parent / "outside.pdf")
    assert "[0].file: it leads out of the folder" in refusal(folder, [{**ENTRY, "file": "inside.pdf"}])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04" + b"x" * 50, "neither PDF nor TIFF nor JPEG"),
        (b"\x89PNG\r\n\x1a\n", "neither PDF nor TIFF nor JPEG"),
        (b"<html>%PDF-", "neither PDF nor TIFF nor JPEG"),
        (PDF[:1500], "the PDF is cut off"),
        (PDF + b"x" * (1 << 20), "the file has 2 MB, more than 1 (--largest-document)"),
    ],
)
def test_a_file_that_is_no_document_is_refused(folder: Path, data: bytes, says: str) -> None:
    (folder / "SMITH-JOHN.pdf").write_bytes(data)
    assert says in refusal(folder, [ENTRY])


def test_a_missing_file_and_a_folder_are_refused(folder: Path) -> None:
    (folder / "scans").mkdir()
    assert "[1].file: there is no such file" in refusal(folder, [ENTRY, {**ENTRY, "file": "SMITH-2.pdf"}])
    assert "[0].file: it is not a file" in refusal(folder, [{**ENTRY, "file": "scans"}])


def test_the_same_document_twice_is_a_slip(folder: Path) -> None:
    assert "[1].file: the same document" in refusal(folder, [ENTRY, ENTRY])
    read_documents(listed(folder, [ENTRY, {**ENTRY, "line": 2}, {**ENTRY, "claim_id": "A2"}]), 1)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"kind": "letter"}, "[0].kind: it is neither one of eob, records"),
        ({"claim_id": " "}, "[0].claim_id: it is empty"),
        ({"claim_id": 7}, "[0].claim_id: it is not a string"),
        ({"line": 0}, "[0].line: it is below 1"),
        ({"line": "2"}, "[0].line: it is not a whole number"),
        ({"lines": 2}, "[0].lines: unknown key; the nearest known one is line"),
    ],
)
def test_an_entry_that_is_wrong_is_refused_by_its_path(
    folder: Path, entry: dict[str, Any], says: str
) -> None:
    assert says in refusal(folder, [{**ENTRY, **entry}])


@pytest.mark.parametrize("document", ["text", 7, [7], [[]], {}])
def test_a_document_of_another_shape_is_refused(folder: Path, document: object) -> None:
    assert refusal(folder, document).startswith("documents.json: ")


def test_a_file_that_changes_during_the_run_is_refused_by_its_entry(folder: Path) -> None:
    supplied = read_documents(listed(folder, [ENTRY]), 1)
    (one,) = supplied.of("A1")
    (folder / "SMITH-JOHN.pdf").write_bytes(PDF + b"more %%EOF")
    with pytest.raises(ValueError, match=r"has changed since the run began \(entry 1\)"):
        supplied.data(one)
    (folder / "SMITH-JOHN.pdf").unlink()
    with pytest.raises(ValueError, match=r"can no longer be read \(entry 1\)"):
        supplied.data(one)

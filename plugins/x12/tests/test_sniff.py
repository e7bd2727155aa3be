"""What kind of file this is, from its first bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nextpayer.errors import UnusableInput
from nextpayer_x12.reader import X12Reader

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *250205*1200*"
ISA += "^*00501*000000001*0*T*:~"


def file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "some.edi"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def envelope(group: str, transaction: str) -> str:
    return f"{ISA}GS*HP*A*B*20250205*1200*1*X*{group}~ST*{transaction}~SE*2*1~GE*1*1~IEA*1*1~"


@pytest.mark.parametrize(
    ("group", "transaction", "kind"),
    [
        ("005010X221A1", "835*1", "835"),
        ("005010X222A1", "837*1*005010X222A1", "837P"),
        ("005010X223A3", "837*1", "837I"),
        ("005010X224A2", "837*1", "837D"),
        ("005010", "837*1*005010X223A2", "837I"),
        ("005010", "837*1", "837"),
        ("005010X231A1", "999*1", "999"),
        ("005010X214", "277*1", "277CA"),
        ("005010X212", "277*1", "277"),
        ("005010X212", "276*1", "276"),
        ("005010", "850*1", ""),
        ("005010X221A1", "8Z5*1", "835"),
    ],
)
def test_the_group_or_the_first_transaction_names_the_kind(
    tmp_path: Path, group: str, transaction: str, kind: str
) -> None:
    text = envelope(group, transaction)
    for content in (text, "\ufeff" + text, "\r\n " + text, text.replace("~", "\n").replace("*", "|")):
        assert X12Reader().sniff(file(tmp_path, content)) == kind


@pytest.mark.parametrize("content", ["", " \n", "{}", '{"card": "VISA"}', "\x89PNG", "<ISA/>", "STREET"])
def test_what_is_not_x12_is_left_to_other_readers(tmp_path: Path, content: str) -> None:
    assert X12Reader().sniff(file(tmp_path, content)) == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("ST*835*0001~SE*2*0001~", "envelope"),
        ("\ufeff\nGS*HP*A*B~", "envelope"),
        ("ISA*00*~", "damaged"),
        (envelope("005010X221A1", "835*1").encode("utf-16"), "UTF-16"),
        (envelope("005010X221A1", "835*1").encode("utf-16-le"), "UTF-16"),
        (envelope("005010X221A1", "835*1").encode("utf-16-be"), "UTF-16"),
    ],
)
def test_x12_that_cannot_be_used_says_why(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(UnusableInput, match=says):
        X12Reader().sniff(file(tmp_path, content))

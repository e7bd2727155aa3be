"""``nextpayer read``: every item of a file on stdout as it is read, and what could not be read named."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from nextpayer import cli
from nextpayer.testing import FakeDistributions

#: A reader of lines such as ``pay 12.00``: what a file of any syntax may hold.
READER = """
    import datetime as dt
    from decimal import Decimal
    from nextpayer.claim import Billing, Claim, ClaimKind, Provider, ServiceLine
    from nextpayer.errors import UnusableInput
    from nextpayer.policy import Payer, Person, Policy
    from nextpayer.ports import Quarantined
    from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals

    class Reader:
        api_version = 1

        def sniff(self, path):
            with path.open() as lines:
                first = lines.readline().split()
            return first[1] if first[:1] == ["fake"] else ""

        def items(self, path):
            with path.open() as lines:
                next(lines)
                for number, line in enumerate(lines, 2):
                    yield number, *line.split()

        def claims(self, path):
            for number, word, *rest in self.items(path):
                if word == "damage":
                    raise UnusableInput(path.name, f"segment {number}", "the file is damaged")
                if word == "bad":
                    yield Quarantined(file=path.name, segment=number, reason="no charge", kind="claim")
                    continue
                amount = Decimal(rest[0])
                yield Claim(
                    kind=ClaimKind.PROFESSIONAL, patient_control_number=f"A{number}", charge_amount=amount,
                    billing=Billing(provider=Provider(role="85")), patient=Person(last="SMITH"),
                    policy=Policy(payer=Payer(id="1", name="KEY"), holder=Person()),
                    lines=(ServiceLine(number=1, charge_amount=amount),), segment=number,
                )

        def remittances(self, path):
            header = None
            for number, word, *rest in self.items(path):
                if word == "start":
                    header = Remittance(payer_name="KEY", payer_ids=("1",), segment=number, file=path.name)
                elif word == "end":
                    paid = Decimal(rest[1])
                    yield RemittanceTotals(remittance=header, claims=int(rest[0]), paid_amount=paid)
                elif word == "bad":
                    yield Quarantined(file=path.name, segment=number, reason="no amount", kind="payment")
                else:
                    yield ClaimPayment(
                        remittance=header, patient_control_number=f"A{number}", status="1",
                        charge_amount=Decimal(rest[0]), paid_amount=Decimal(rest[0]), segment=number,
                    )
"""


@pytest.fixture
def reader(fake_distribution: FakeDistributions) -> FakeDistributions:
    fake_distribution(
        "fake-reader", "1.0", {"nextpayer.readers": {"fake": "fake_reader:Reader"}}, fake_reader=READER
    )
    return fake_distribution


def given_file(tmp_path: Path, kind: str, *lines: str) -> Path:
    path = tmp_path / "input.txt"
    path.write_text("\n".join([f"fake {kind}", *lines]) + "\n")
    return path


def status_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(["read", *arguments])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    said = capsys.readouterr()
    assert said.err == ""
    document: dict[str, Any] = json.loads(said.out)
    return document


@pytest.mark.usefixtures("reader")
def test_claims_are_printed_in_order_as_their_nouns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(str(given_file(tmp_path, "837P", "claim 43.00", "claim 0.50"))) == 0
    document = printed(capsys)
    assert list(document) == ["file", "kind", "claims", "quarantined", "summary"]
    assert (document["file"], document["kind"]) == ("input.txt", "837P")
    assert [claim["charge_amount"] for claim in document["claims"]] == ["43.00", "0.50"]
    assert document["claims"][0]["patient"] == {"entity": "1", "last": "SMITH"}
    assert document["quarantined"] == []
    assert document["summary"] == {"claims": 2, "quarantined": 0}


@pytest.mark.usefixtures("reader")
def test_payments_are_printed_by_transaction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["start", "pay 1.00", "pay 2.00", "end 2 3.00", "start", "end 0 0.00", "start", "pay 5.00"]
    assert status_of(str(given_file(tmp_path, "835", *lines))) == 0
    document = printed(capsys)
    found = document["transactions"]
    assert [item["header"]["segment"] for item in found] == [2, 6, 8]
    assert [[payment["paid_amount"] for payment in item["payments"]] for item in found] == [
        ["1.00", "2.00"],
        [],
        ["5.00"],
    ]
    assert found[0]["totals"] == {"claims": 2, "paid_amount": "3.00"}
    assert found[2]["totals"] is None
    assert "remittance" not in found[0]["payments"][0]
    assert document["summary"] == {"transactions": 3, "payments": 3, "quarantined": 0}


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("kind", "lines", "kept"),
    [
        ("837P", ["claim 1.00", "bad", "claim 2.00"], {"claims": 2}),
        ("835", ["start", "pay 1.00", "bad", "end 2 1.00"], {"transactions": 1, "payments": 1}),
    ],
)
def test_one_bad_item_is_named_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, lines: list[str], kept: dict[str, int]
) -> None:
    assert status_of(str(given_file(tmp_path, kind, *lines))) == 1
    document = printed(capsys)
    (aside,) = document["quarantined"]
    assert aside["file"] == "input.txt"
    assert aside["segment"] == lines.index("bad") + 2
    assert document["summary"] == {**kept, "quarantined": 1}


@pytest.mark.usefixtures("reader")
def test_a_file_with_nothing_in_it_has_empty_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(str(given_file(tmp_path, "837P"))) == 0
    assert printed(capsys)["claims"] == []
    assert status_of(str(given_file(tmp_path, "835"))) == 0
    assert printed(capsys)["transactions"] == []


@pytest.mark.usefixtures("reader")
def test_damage_after_the_first_item_keeps_what_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(str(given_file(tmp_path, "837P", "claim 1.00", "damage"))) == 1
    document = printed(capsys)
    assert len(document["claims"]) == 1
    assert document["quarantined"][0]["reason"] == "segment 3: the file is damaged"


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("fake 837P\ndamage\n", "input.txt: segment 2: the file is damaged"),
        ("fake 999\n", "input.txt: it is a 999; read takes 837, 835, 270, 271, TA1, 999 and 277 files"),
        ("something else\n", "input.txt: no installed reader knows this kind of file"),
        ("", "input.txt: the file is empty"),
    ],
)
def test_an_unusable_file_is_one_line_and_nothing_on_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    path = tmp_path / "input.txt"
    path.write_text(content)
    assert status_of(str(path)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert said.err.count("\n") == 1


def test_a_missing_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(str(tmp_path / "none.837")) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_broken_reader_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reader: FakeDistributions
) -> None:
    reader("broken-reader", "9.9", {"nextpayer.readers": {"a": "broken_reader:X"}}, broken_reader="1 / 0")
    path = given_file(tmp_path, "837P", "claim 1.00")
    assert status_of(str(path)) == 0
    assert len(json.loads(capsys.readouterr().out)["claims"]) == 1
    path.write_text("something else\n")
    assert status_of(str(path)) == 2
    assert "broken-reader 9.9" in capsys.readouterr().err


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("flags", [["--json"], ["--quiet"], ["--json", "--quiet"]])
def test_the_flags_of_every_command_change_nothing_of_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    path = given_file(tmp_path, "837P", "claim 1.00")
    status_of(str(path))
    plain = capsys.readouterr().out
    assert status_of(str(path), *flags) == 0
    assert capsys.readouterr().out == plain


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(("kind", "line"), [("837P", "claim 1.00"), ("835", "pay 1.00")])
def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, line: str
) -> None:
    def peak(items: int) -> int:
        path = given_file(tmp_path, kind, "start" if kind == "835" else line, *[line] * items)
        with (tmp_path / "out.json").open("w") as out, monkeypatch.context() as patch:
            patch.setattr("sys.stdout", out)
            tracemalloc.start()
            status_of(str(path))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(5)  # imports and caches
    assert peak(1500) < peak(50) + 200_000

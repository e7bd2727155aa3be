"""Proof of timely filing: what each document proves and does not, and none where there is nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from support import acknowledging as receiver
from support.run import command_line

ONE = Path(__file__).parents[2] / "examples" / "one"
ON = ("--as-of", "2025-03-10")


class Desk:
    """A desk with one claim that is decided, and what was sent from it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.to, self.folder, self.out = ("--ledger", url, *ON), folder, folder / "out"
        self.out.mkdir()
        self.receivers = folder / "receivers.toml"
        self.receivers.write_text(
            f'[receivers.r]\ntransport = "folder"\nsettings = {{folder = "{self.out}"}}\n'
        )
        self.run("init", "--ledger", url)
        self.run("intake", ONE / "claim.837", ONE / "era.835", *self.to)
        self.run("work", *self.to)

    def run(self, *arguments: object) -> str:
        status, out, errors = command_line([*map(str, arguments)])
        assert (status in (0, 1), errors) == (True, "")
        return out

    def send(self) -> str:
        self.run("submit", "--receivers", self.receivers, *self.to)
        (file,) = self.out.iterdir()
        return file.read_text()

    def take(self, text: str) -> None:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.txt"
        path.write_text(text)
        self.run("intake", path, *self.to)

    def prove(self, *more: object) -> tuple[int, dict[str, Any]]:
        out = self.folder / "proof"
        status, told, errors = command_line(
            ["proof", "ONE1001", "--out", str(out), *map(str, more), *self.to, "--json"]
        )
        assert errors == ""
        return status, json.loads(told)


def letters(data: bytes) -> str:
    """The text of a PDF, in one line."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return " ".join(" ".join(page.extract_text().split()) for page in document.pages)


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Desk:
    return Desk(url, tmp_path)


def test_without_anything_that_arrived_there_is_no_proof(desk: Desk) -> None:
    status, told = desk.prove()
    assert (status, told["verdict"]) == (1, None)
    assert told["findings"][0]["id"] == "NP-PROOF-NONE"
    assert "nothing shows" in told["findings"][0]["message"]
    assert not (desk.folder / "proof").exists()
    assert "not sent this claim to payer X9" in desk.prove("--payer", "X9")[1]["why"]


def test_a_receipt_and_a_999_are_weak(desk: Desk) -> None:
    file = desk.send()
    desk.take(receiver.syntax(file))
    status, told = desk.prove()
    assert (status, told["proved"], told["verdict"], told["filed"]) == (1, False, "weak", "2025-03-10")
    assert "277CA" in told["why"]
    assert told["findings"][0]["id"] == "NP-PROOF-NOT-PROVED"
    assert told["files"] == ["proof.html", "proof.pdf", "proof.json"]
    kinds = {one["kind"]: one for one in told["evidence"]}
    assert kinds["receipt"]["sha256"] == hashlib.sha256(file.encode()).hexdigest()
    sent = receiver.sent(file)[0]
    assert kinds["receipt"]["facts"]["ISA13"] == sent.isa[13]
    assert (kinds["receipt"]["facts"]["GS06"], kinds["receipt"]["facts"]["ST02"]) == (
        sent.gs[6], sent.sets[0].number,
    )  # fmt: skip
    assert kinds["999"]["not_proves"] == "that the payer has the claim"
    assert kinds["835"]["strength"] == "context"


def test_the_payers_own_277ca_proves_it_against_the_last_day(desk: Desk) -> None:
    file = desk.send()
    desk.take(receiver.claims(file))
    status, told = desk.prove()
    assert (status, told["proved"], told["verdict"]) == (0, True, "in_time")
    assert told["payer_claim_numbers"] == ["ICNONE1001"]
    rule = ("2026-01-10", "NP-MCR-ONE-YEAR", "42 CFR 424.44(a)")
    assert (told["deadline"], told["deadline_rule"], told["deadline_source"]) == rule
    (strong,) = [one for one in told["evidence"] if one["strength"] == "strong"]
    assert (strong["kind"], strong["day"]) == ("277CA", told["filed"])
    assert strong["facts"]["received by it"] == "2025-03-12"
    assert strong["facts"]["its own reference"] == "CA9003"
    out = desk.folder / "proof"
    given = letters((out / "for-payer.pdf").read_bytes())
    assert "You had this claim on 2025-03-12; the last day was 2026-01-10." in given
    assert "does not prove" not in given
    pages = (out / "proof.html").read_text(), letters((out / "proof.pdf").read_bytes())
    for page in pages:
        for words in ("does not prove", "ICNONE1001", "2026-01-10", "42 CFR 424.44(a)", "ONE1001"):
            assert words in page
        assert "ROE" not in page
    assert json.loads((out / "proof.json").read_text()) == told


def test_the_log_of_each_file_tells_when_and_how_it_went(desk: Desk) -> None:
    file = desk.send()
    _, told = desk.prove()
    (sent,) = told["submissions"]
    envelope = receiver.sent(file)[0]
    assert sent["control_numbers"] == {
        "ISA13": envelope.isa[13], "GS06": envelope.gs[6], "ST02": envelope.sets[0].number,
    }  # fmt: skip
    assert (sent["outcome"], sent["receiver"], sent["sent"]) == ("accepted", "r", "2025-03-10")
    assert sent["sha256"] == hashlib.sha256(file.encode()).hexdigest()
    assert [one["event"] for one in sent["log"]] == ["file-made", "file-sending", "file-accepted"]
    assert (desk.folder / "proof" / sent["copy"]).read_bytes() == file.encode()


def test_whole_files_lie_beside_byte_for_byte_and_only_they(desk: Desk) -> None:
    file = desk.send()
    said = receiver.claims(file)
    desk.take(said)
    assert desk.prove()[1]["findings"][-1]["id"] == "NP-PROOF-FILES"
    box = desk.folder / "box"
    box.mkdir()
    (box / "ROE JANE.277").write_text(said)
    (box / "another.277").write_text(said.replace("ONE1001", "ONE1002"))
    shutil.copy(ONE / "era.835", box)
    _, told = desk.prove("--files", box)
    assert told["findings"] == []
    copies = {one["kind"]: one["copy"] for one in told["evidence"]}
    out = desk.folder / "proof"
    assert (out / copies["277CA"]).read_text() == said
    assert (out / copies["835"]).read_bytes() == (ONE / "era.835").read_bytes()
    assert len(list((out / "whole-files").iterdir())) == 3
    assert not any("ROE" in path.name for path in out.rglob("*"))


def test_what_collect_kept_is_found_by_itself(desk: Desk) -> None:
    file = desk.send()
    left = desk.folder / "left"
    left.mkdir()
    desk.receivers.write_text(
        f'[receivers.r]\ntransport = "folder"\nsettings = {{folder = "{desk.out}", inbound = "{left}"}}\n'
    )
    (left / "report.277").write_text(receiver.claims(file))
    desk.run("collect", "--receivers", desk.receivers, "--keep", desk.folder / "kept", *desk.to)
    (copy,) = {one["copy"] for one in desk.prove()[1]["evidence"] if one["kind"] == "277CA"}
    assert (desk.folder / "proof" / copy).read_text() == receiver.claims(file)


def test_a_day_of_receipt_before_the_day_of_sending_is_not_believed(desk: Desk) -> None:
    file = desk.send()
    desk.take(receiver.claims(file).replace("DTP*050*D8*20250312", "DTP*050*D8*20240312"))
    (strong,) = [one for one in desk.prove()[1]["evidence"] if one["strength"] == "strong"]
    assert strong["day"] == "2025-03-12"


def test_what_came_after_the_last_day_is_late(desk: Desk) -> None:
    file = desk.send()
    desk.take(receiver.claims(file, day="20260112"))
    status, told = desk.prove()
    assert (status, told["verdict"]) == (1, "weak")  # the receipt is in time, and is not the payer's word
    assert "by 2026-01-10" in told["why"]


def test_a_page_is_text_html_and_pdf_by_its_name(desk: Desk) -> None:
    said = ("--with", "Ms Lee & <Co>", "--reference", "77", "--says", "they have it", "--kind", "call")
    desk.run("log", "ONE1001", *said, "--next", "call again", "--by", "2025-03-20", *desk.to)
    pages = {}
    for suffix in ("txt", "html", "pdf"):
        path = desk.folder / f"page.{suffix}"
        desk.run("log", "ONE1001", "--page", path, *desk.to)
        pages[suffix] = path.read_bytes()
    assert "Ms Lee & <Co>" in pages["txt"].decode()
    assert "Ms Lee &amp; &lt;Co&gt;" in pages["html"].decode()
    for page in (pages["txt"].decode(), pages["html"].decode(), letters(pages["pdf"])):
        assert "to follow by 2025-03-20: call again" in page
        assert "they have it" not in page


def test_a_claim_that_was_refused_is_not_proved_to_be_there(desk: Desk) -> None:
    file = desk.send()
    desk.take(receiver.claims(file, default="A7:562:85"))
    status, told = desk.prove()
    assert (status, told["verdict"]) == (1, "weak")
    words = [one for one in told["evidence"] if one["kind"] == "277CA"]
    assert {one["strength"] for one in words} == {"weak"}
    assert any("nothing to appeal" in one["not_proves"] for one in words)


def test_the_payers_remittance_proves_that_it_had_the_claim_by_then(desk: Desk) -> None:
    desk.send()
    answer = (ONE / "era.835").read_text()
    answer = answer.replace("ACH0001", "MEDI001").replace("CLP*ONE1001*1*", "CLP*ONE1001*2*")
    for old, new in (("ACME EMPLOYER PLAN", "MEDICARE PART B"), ("ACME1", "00882")):
        answer = answer.replace(old, new)
    desk.take(answer)
    _, told = desk.prove()
    (strong,) = [one for one in told["evidence"] if one["strength"] == "strong"]
    assert (strong["kind"], strong["not_proves"]) == ("835", "on which day it came")


def test_contacts_are_told_and_prove_nothing_by_themselves(desk: Desk) -> None:
    desk.send()
    said = ("--with", "Ms Lee", "--reference", "77", "--says", "they have it, says ROE")
    desk.run("log", "ONE1001", "--kind", "call", *said, *desk.to)
    _, told = desk.prove()
    (contact,) = told["contacts"]
    assert (contact["with"], contact["reference"]) == ("Ms Lee", "77")
    assert "they have it" not in json.dumps(told)


def test_what_cannot_be_is_refused_in_one_line(desk: Desk) -> None:
    def refused(*arguments: object) -> str:
        status, out, errors = command_line(["proof", *map(str, arguments), *desk.to])
        assert (status, out, len(errors.splitlines())) == (2, "", 1)
        return errors

    out = desk.folder / "proof"
    assert "no claim with this number" in refused("NOBODY", "--out", out)
    desk.send()
    out.mkdir()
    (out / "whole-files").write_text("in the way")
    assert "proof" in refused("ONE1001", "--out", out)

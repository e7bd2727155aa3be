"""Proof of timely filing: what each document proves and does not, and none where there is nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

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


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Desk:
    return Desk(url, tmp_path)


def test_without_anything_that_arrived_there_is_no_proof(desk: Desk) -> None:
    status, told = desk.prove()
    assert (status, told["verdict"]) == (1, None)
    assert told["findings"][0]["id"] == "NP-PROOF-NONE"
    assert "nothing shows" in told["findings"][0]["message"]
    assert not (desk.folder / "proof").exists()
    assert "not sent this claim to payer X9" in desk.prove("--payer", "X9")[1]["findings"][0]["message"]


def test_a_receipt_and_a_999_are_weak(desk: Desk) -> None:
    file = desk.send()
    desk.take(receiver.syntax(file))
    status, told = desk.prove()
    assert (status, told["verdict"], told["filed"]) == (1, "weak", "2025-03-10")
    kinds = {one["kind"]: one for one in told["evidence"]}
    assert kinds["receipt"]["facts"]["SHA-256"] == hashlib.sha256(file.encode()).hexdigest()
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
    assert (status, told["verdict"]) == (0, "in_time")
    assert told["payer_claim_numbers"] == ["ICNONE1001"]
    assert (told["deadline"], told["deadline_rule"]) == ("2026-01-10", "NP-MCR-ONE-YEAR")
    (strong,) = [one for one in told["evidence"] if one["strength"] == "strong"]
    assert (strong["kind"], strong["day"]) == ("277CA", told["filed"])
    page = (desk.folder / "proof" / "proof.txt").read_text()
    for words in ("does not prove", "ICNONE1001", "2026-01-10", "ONE1001"):
        assert words in page
    assert "ROE" not in page


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
    (contact,) = [one for one in told["evidence"] if one["kind"] == "log"]
    assert (contact["strength"], contact["facts"]) == ("context", {"reference": "77"})
    assert "they have it" not in json.dumps(told)

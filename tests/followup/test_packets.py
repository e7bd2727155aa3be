"""What the desk puts behind an appeal by itself: the proof of timely filing, and the contacts about the
claim."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from support import acknowledging as receiver

from .steps import GREAT, PRIME, Desk, paid, sends
from .test_scenarios import SHARE, VISIT

pytestmark = pytest.mark.usefixtures("installed")
LATE = "OA-23 84, CO-29 16"
PACK = """
[payer]
ids = ["GREAT1"]
[filing]
days = 90
from = "primary_decision"
[sources]
source = "Great Prairies provider manual, section 4"
effective = 2020-01-01
"""


@pytest.fixture
def desk(tmp_path: Path, template: Path) -> Desk:
    """A claim that the next payer has, and that it says nothing about yet."""
    made = Desk(tmp_path, template, [VISIT], packs=PACK)
    paid(PRIME, SHARE)(made)
    sends("GREAT1 1")(made)
    return made


def accepted(desk: Desk) -> None:
    (sent,) = desk.sent.glob("*.837")
    desk.take(receiver.claims(sent.read_text(), payer="GREAT1", day=f"{desk.day:%Y%m%d}"), "277")


def appealed(desk: Desk, *more: str) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """What followup tells of the claim, the packet's own list, and the packet."""
    _, told = desk.run("followup", "1", "--out", str(desk.out), *desk.packs, *more)
    (row,) = told["claims"]
    (path,) = desk.out.rglob("packet.json")
    return row, json.loads(path.read_text()), path.parent


def text(path: Path) -> str:
    with pdfplumber.open(io.BytesIO(path.read_bytes())) as document:
        return " ".join(" ".join(page.extract_text().split()) for page in document.pages)


def test_a_denial_for_late_filing_is_appealed_with_the_proof(desk: Desk) -> None:
    accepted(desk)
    day = desk.day
    paid(GREAT, LATE, status="2")(desk)
    row, packet, folder = appealed(desk)
    (proof,) = [one for one in packet["files"] if one["title"] == "Proof of timely filing"]
    assert packet["proof"]["proved"] is True
    assert packet["proof"]["filed"] == day.isoformat()
    page = text(folder / proof["name"])
    for words in (
        "You had this claim on", "ICNACCT1001", "Great Prairies provider manual, section 4", "277CA A2:20:PR",
    ):  # fmt: skip
        assert words in page
    assert "does not prove" not in page
    letter = text(folder / "01-letter.pdf")
    assert f"Proof of timely filing ({proof['name']})" in letter
    assert f"You had the claim on {day} under ICNACCT1001: the proof is enclosed. (your 277CA)" in letter
    (made,) = row["made"]
    assert [one["title"] for one in made["enclosed"]] == ["Proof of timely filing"]
    assert "NP-PROOF-NOT-PROVED" not in {one["id"] for one in row["findings"]}
    assert not any("DOE" in path.name.upper() for path in folder.iterdir())


def test_a_proof_that_proves_nothing_stays_at_the_desk_and_says_what_is_missing(desk: Desk) -> None:
    paid(GREAT, LATE, status="2", after=120)(desk)
    row, packet, folder = appealed(desk)
    assert (packet["proof"]["proved"], packet["proof"]["verdict"]) == (False, "weak")
    assert [one["title"] for one in packet["files"] if one["title"]] == []
    (finding,) = [one for one in row["findings"] if one["id"] == "NP-PROOF-NOT-PROVED"]
    assert "277CA" in finding["message"]
    assert "Proof of" not in text(folder / "01-letter.pdf")


def test_a_claim_that_the_desk_never_sent_has_no_proof(tmp_path: Path, template: Path) -> None:
    desk = Desk(tmp_path, template, [VISIT])
    paid(PRIME, "CO-29 100")(desk)
    row, packet, _ = appealed(desk)
    assert packet["proof"] is None
    assert "NP-PROOF-NONE" in {one["id"] for one in row["findings"]}


def test_contacts_go_with_an_appeal_by_themselves(desk: Desk) -> None:
    paid(GREAT, "OA-23 84, CO-50 16", status="2")(desk)
    call = ("--kind", "call", "--with", "Mr Stone, claims", "--reference", "C-771", "--says", "he was rude")
    desk.run("log", "1", *call, "--next", "send the records", "--by", desk.day.isoformat())
    desk.run("log", "1", "--kind", "note", "--says", "a word to myself")
    desk.run("escalate", "1", "--with", "Ms Lee", "--reference", "88340")
    row, packet, folder = appealed(desk, "--appeal")
    (listed,) = [one for one in packet["files"] if one["title"] == "Our contacts about this claim"]
    page = text(folder / listed["name"])
    assert "call, with Mr Stone, claims, reference C-771; to follow by" in page
    assert "send the records" in page
    assert "supervisor, with Ms Lee, reference 88340" in page
    for words in ("rude", "a word to myself", "nextpayer escalate", "nothing came of it"):
        assert words not in page + json.dumps(packet)
    assert [one["with"] for one in packet["contacts"]] == ["Mr Stone, claims", "Ms Lee"]
    assert f"Our contacts about this claim ({listed['name']})" in text(folder / "01-letter.pdf")
    assert row["made"][0]["enclosed"] == [
        {
            "file": f"appeals/claim-000001-GREAT1-level1/{listed['name']}",
            "title": "Our contacts about this claim",
        }
    ]


def test_contacts_stay_at_the_desk_where_somebody_says_so(desk: Desk) -> None:
    paid(GREAT, "OA-23 84, CO-50 16", status="2")(desk)
    desk.run("log", "1", "--kind", "call", "--with", "Mr Stone", "--says", "no")
    row, packet, _ = appealed(desk, "--appeal", "--no-contacts")
    assert (packet["contacts"], row["made"][0]["enclosed"]) == ([], [])

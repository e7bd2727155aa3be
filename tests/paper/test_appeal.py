"""Appeals: what the letter says, when none should go out, and the packet as the command writes it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest

from nextpayer.money import dollars
from nextpayer_paper.blocks import Block, blocks_of
from nextpayer_paper.blocks_pdf import blocks_pdf
from support.files import (
    GREAT,
    MEDICARE,
    PRIME,
    Adjudication,
    Claim,
    Line,
    LineAdjudication,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import bill, command_line

VISIT = Claim(lines=[Line(control="L1")])
PACK = """
[payer]
ids = ["PRIME"]
[filing]
days = 365
from = "service"
[appeals]
levels = [{ name = "Provider dispute", days = 90 }, { name = "Second review", days = 30, from = "receipt" }]
[sources]
source = "Prime contract 2025"
effective = 2025-01-01
[sources.keys]
"appeals.levels" = "Prime contract 2025, article 9"
"""


class Packet:
    """What one run of the command left behind."""

    def __init__(
        self, folder: Path, claims: str, *eras: str, options: tuple[str, ...] = (), pack: str = ""
    ) -> None:
        (folder / "claims.837").write_text(claims, encoding="ascii")
        arguments = ["appeal", "ACCT1001", "--claims", str(folder / "claims.837")]
        for number, text in enumerate(eras, 1):
            (folder / f"era{number}.835").write_text(text, encoding="ascii")
            arguments += ["--remittance", str(folder / f"era{number}.835")]
        if pack:
            (folder / "prime.toml").write_text(pack, encoding="utf-8")
            arguments += ["--payers", str(folder / "prime.toml")]
        self.out = folder / "packet"
        arguments += ["--out", str(self.out), *options]
        if "--as-of" not in options:
            arguments += ["--as-of", "2025-03-01"]
        self.status, stdout, self.stderr = command_line([*arguments, "--json"])
        self.row: dict[str, Any] = json.loads(stdout) if stdout else {}

    @property
    def letter(self) -> str:
        with pdfplumber.open(io.BytesIO((self.out / "01-letter.pdf").read_bytes())) as document:
            return " ".join(" ".join((page.extract_text() or "").split()) for page in document.pages)

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.row["findings"]]


def test_the_letter_states_the_facts_the_dispute_and_the_last_day_of_the_contract(tmp_path: Path) -> None:
    era = remittance_file(answer(VISIT, "CO-50 100"))
    done = Packet(tmp_path, claim_file(VISIT), era, pack=PACK, options=("--signer", "Ann Smith"))
    assert done.status == 0, done.row
    assert (done.row["level_name"], done.row["deadline"]) == ("Provider dispute", "2025-05-06")
    assert done.row["deadline_source"] == "Prime contract 2025, article 9"
    for said in (
        "PRIME HEALTH PLAN", "Provider dispute", "Your claim number: ICNACCT1001", "In dispute: $100.00",
        "CO-50 on line 1, 99213, 100.00", "We billed 100.00", "in time until 2025-05-06", "Ann Smith",
        "Charge 100.00 CLP03", "29 CFR 2560.503-1",
    ):  # fmt: skip
        assert said in done.letter, said
    assert {one["name"] for one in done.row["files"]} == {
        "01-letter.pdf", "01-letter.docx", "02-eob.pdf", "deadlines.ics",
    }  # fmt: skip
    for one in done.row["files"]:
        data = (done.out / one["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == one["sha256"]


def test_the_docx_has_the_letters_words_and_the_same_packet_comes_out_twice(tmp_path: Path) -> None:
    era = remittance_file(answer(VISIT, "CO-50 100"))
    packets = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        packets.append(Packet(tmp_path / name, claim_file(VISIT), era, pack=PACK))
    assert packets[0].row["files"] == packets[1].row["files"]
    document = docx.Document(str(packets[0].out / "01-letter.docx"))
    words = " ".join(one.text for one in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "CO-50 on line 1, 99213, 100.00" in words
    assert "In dispute" in cells


def test_every_sum_of_the_letter_is_the_remittances_and_adds_up(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(control="L1"), Line(procedure="36415", charge="15", control="L2")])
    era = remittance_file(answer(claim, "CO-45 20, PR-2 16", "CO-50 15"))
    done = Packet(tmp_path, claim_file(claim), era, pack=PACK)
    for said in ("Charge 115.00", "Paid by you 64.00", "CO-45 20.00", "PR-2 16.00", "CO-50 15.00"):
        assert said in done.letter
    assert done.row["amount"] == "15.00"


def second() -> Claim:
    made = LineAdjudication(payer_id=PRIME.id, cas="PR-2 20")
    first = OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication(icn="P1"))
    return Claim(sequence="S", payer=GREAT, others=[first], lines=[Line(control="L1", adjudications=[made])])


def test_against_a_second_payer_the_first_ones_decision_and_both_eobs_are_in_it(tmp_path: Path) -> None:
    own = remittance_file(
        answer(second(), "OA-23 80, CO-29 20", status="2", icn="G1"), payer=GREAT, date="20250220"
    )
    first = remittance_file(answer(VISIT, "PR-2 20", icn="P1"))
    pack = PACK.replace("PRIME", "GREAT1").replace('from = "service"', 'from = "primary_decision"')
    done = Packet(tmp_path, claim_file(second()), own, first, pack=pack)
    assert done.status == 0, done.row
    assert "PRIME HEALTH PLAN came before you and decided on 2025-02-05: it paid 80.00" in done.letter
    assert "The claim was to be filed by 2026-02-05: 365 calendar days" in done.letter
    assert [one["name"] for one in done.row["files"]][2:4] == ["02-eob.pdf", "03-eob.pdf"]
    assert "277CA" in " ".join(done.row["wanted"])


def test_the_report_brings_what_the_payer_was_expected_to_pay(tmp_path: Path) -> None:
    first = remittance_file(answer(VISIT, "PR-2 20", icn="P1"))
    result = bill(tmp_path, claim_file(VISIT), first)
    own = remittance_file(
        answer(second(), "OA-23 80, CO-29 20", status="2", icn="G1"), payer=GREAT, date="20250220"
    )
    (tmp_path / "again").mkdir()
    report = ("--report", str(result.out / "report.json"))
    done = Packet(tmp_path / "again", claim_file(second()), own, first, options=report)
    assert f"You owe, by method PATIENT-RESPONSIBILITY {dollars(Decimal(20))}" in done.letter


@pytest.mark.parametrize(
    ("facts", "id"),
    [
        ({"moa": ("", "", "MA130")}, "NP-APPEAL-NONE"),
        ({"status": "22"}, "NP-APPEAL-NONE"),
        ({"status": "19"}, "NP-APPEAL-NONE"),
    ],
)
def test_what_nobody_can_appeal_writes_nothing(tmp_path: Path, facts: dict[str, Any], id: str) -> None:
    done = Packet(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "CO-16 100", **facts)))
    assert (done.status, done.ids) == (1, [id])
    assert not done.out.exists()


def test_a_paid_claim_has_nothing_to_appeal(tmp_path: Path) -> None:
    done = Packet(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "CO-45 20, PR-2 16")))
    assert (done.status, done.ids) == (1, ["NP-APPEAL-NOTHING"])


@pytest.mark.parametrize(("day", "late"), [("2025-05-06", False), ("2025-05-07", True)])
def test_the_day_after_the_last_one_is_too_late(tmp_path: Path, day: str, late: bool) -> None:
    era = remittance_file(answer(VISIT, "CO-50 100"))
    done = Packet(tmp_path, claim_file(VISIT), era, pack=PACK, options=("--as-of", day))
    assert (done.status, "NP-APPEAL-LATE" in done.ids) == (int(late), late)


@pytest.mark.parametrize(
    ("level", "charge", "day", "stopped"),
    [
        ("1", "100", "2025-03-01", False), ("3", "5000", "2027-01-05", True),
        ("3", "189.99", "2025-12-30", True), ("3", "190", "2025-12-30", False),
        ("3", "199.99", "2026-01-05", True), ("3", "200", "2026-01-05", False),
        ("5", "1959.99", "2026-01-05", True), ("5", "1960", "2026-01-05", False),
    ],
)  # fmt: skip
def test_medicares_least_amount_in_controversy_by_year(
    tmp_path: Path, level: str, charge: str, day: str, stopped: bool
) -> None:
    claim = VISIT.but(payer=MEDICARE, lines=[Line(charge=charge, control="L1")])
    era = remittance_file(answer(claim, f"CO-50 {charge}"), payer=MEDICARE)
    decided = str(dt.date.fromisoformat(day) - dt.timedelta(days=10))
    options = ("--level", level, "--decided", decided, "--as-of", day)
    done = Packet(tmp_path, claim_file(claim), era, options=options)
    assert ("NP-APPEAL-CONTROVERSY" in done.ids) is stopped


def test_a_contract_that_nobody_told_of_gives_no_last_day_and_says_where_to_look(tmp_path: Path) -> None:
    done = Packet(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "CO-50 100")))
    assert done.row["deadline"] is None
    assert {"NP-DEADLINE-UNKNOWN", "NP-APPEAL-LIMIT"} <= set(done.ids)
    assert "in time until" not in done.letter


def test_enclosures_go_under_names_that_say_nothing_of_the_patient(tmp_path: Path) -> None:
    record = tmp_path / "DOE JANE record.txt"
    record.write_text("a record", encoding="utf-8")
    era = remittance_file(answer(VISIT, "CO-50 100"))
    done = Packet(tmp_path, claim_file(VISIT), era, options=("--enclose", str(record)))
    assert (done.out / "03-enclosure.txt").read_text() == "a record"
    assert not [path for path in done.out.iterdir() if "DOE" in path.name]
    assert "DOE" not in (done.out / "deadlines.ics").read_text()


def test_a_second_packet_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    record = tmp_path / "record.txt"
    record.write_text("a record", encoding="utf-8")
    era = remittance_file(answer(VISIT, "CO-50 100"))
    done = Packet(tmp_path, claim_file(VISIT), era, options=("--enclose", str(record)))
    mine = done.out / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    again = Packet(tmp_path, claim_file(VISIT), era)
    assert not (again.out / "03-enclosure.txt").exists()
    assert mine.exists()


def test_the_office_replaces_the_template(tmp_path: Path) -> None:
    template = tmp_path / "ours.txt"
    template.write_text("# $payer_name\n\n- $amount\n[sums]\n", encoding="utf-8")
    era = remittance_file(answer(VISIT, "CO-50 100"))
    done = Packet(tmp_path, claim_file(VISIT), era, options=("--template", str(template)))
    assert done.letter.startswith("PRIME HEALTH PLAN - $100.00 Charge 100.00")


@pytest.mark.parametrize("text", ["Dear $nobody", "costs 5 $ here"])
def test_a_template_with_a_hole_is_refused(tmp_path: Path, text: str) -> None:
    template = tmp_path / "ours.txt"
    template.write_text(text, encoding="utf-8")
    era = remittance_file(answer(VISIT, "CO-50 100"))
    done = Packet(tmp_path, claim_file(VISIT), era, options=("--template", str(template)))
    assert (done.status, done.row) == (2, {})
    assert done.stderr.count("\n") == 1
    assert not done.out.exists()


def test_blocks_of_any_length_go_over_as_many_pages_as_they_need() -> None:
    blocks = [*blocks_of("# Head\n" + "\n".join(f"- item {n} " + "word " * 30 for n in range(60)))]
    assert blocks[0] == Block(kind="heading", text="Head")
    with pdfplumber.open(io.BytesIO(blocks_pdf(blocks, title="t", foot="f"))) as document:
        text = "".join(page.extract_text() or "" for page in document.pages)
        assert len(document.pages) == 3
    assert all(f"item {n} " in text for n in range(60))

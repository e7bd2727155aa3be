"""``bill`` with documents: announced on the claim, sent as the payer takes them, and nobody else's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from nextpayer.announcements import announced
from nextpayer_x12 import Attached, read_attachments
from nextpayer_x12.claims import claims as read_claims
from nextpayer_x12.tokens import blocks
from support import files, pdf, run

NAMES = ("MARLOWE", "NIGHTINGALE", "OSTERHAUS", "PEMBERTON")
VISITS = [
    files.Claim(
        control=f"V{number}",
        subscriber=files.Person(last=last, first="KIM", member_id=f"PRIMARY{number}"),
        others=(
            files.OtherPayer(
                subscriber=files.Person(last=last, first="KIM", member_id=f"SECOND{number}", group="G2"),
                payer=replace(files.GREAT, street="4 SHORE ROAD"),
            ),
        ),
        lines=(files.Line(charge="150.25", modifiers=("25",)), files.Line(procedure="85025", charge="20")),
    )
    for number, last in enumerate(NAMES, 1)
]
ANSWERS = [files.answer(one, "CO-45 50.25, PR-2 20", "PR-1 20") for one in VISITS]
PACK = """
[payer]
ids = ["GREAT1"]
[documents]
{documents}
[sources]
source = "invented manual"
effective = 2020-01-01
"""


def pack(documents: str) -> str:
    return PACK.format(documents=documents)


def letter(path: Path, text: str) -> Path:
    """A PDF of one page with this text."""
    canvas = Canvas(str(path), invariant=1)
    canvas.drawString(72, 700, text)
    canvas.showPage()
    canvas.save()
    return path


def listed(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "documents.json"
    path.write_text(json.dumps(entries))
    return path


def bill(
    tmp_path: Path,
    claims: Sequence[files.Claim],
    answers: Sequence[files.Payment],
    documents: str,
    *args: str,
    kind: str = "P",
) -> run.Result:
    return run.bill(
        tmp_path,
        files.claim_file(claims, kind=kind),
        files.remittance_file(answers),
        payers=pack(documents),
        args=args,
    )


def announcements(result: run.Result) -> dict[str, list[tuple[int, str, str, str]]]:
    """Line, PWK01, PWK02 and PWK06 of every PWK of the claims written, by claim."""
    found = {}
    for name in result.outgoing:
        path = result.out / "outgoing" / name
        with path.open("rb") as stream:
            for claim in read_claims(blocks(stream, name), name):
                found[claim.patient_control_number] = [
                    (one.line, one.type, one.transmission, one.control_number) for one in announced(claim)
                ]
    return found


def attached(result: run.Result) -> list[Attached]:
    return [
        one
        for name in result.papers
        if name.endswith(".275")
        for one in read_attachments((result.out / "outgoing" / name).read_bytes())
    ]


ELECTRONIC = 'by = "EL"\nwanted = [{kind = "eob"}]'
MAIL = 'by = "BM"\nwanted = [{kind = "eob"}]'
FAX = 'by = "FX"\nfax = "2175550100"\nwanted = [{kind = "eob"}]'


def test_the_275_holds_each_claims_eob_under_the_number_that_its_claim_announces(tmp_path: Path) -> None:
    result = bill(tmp_path, VISITS, ANSWERS, ELECTRONIC)
    assert result.exit_code == 0
    assert result.papers == ["GREAT1-275-0001.275"]
    told = announcements(result)
    sent = attached(result)
    assert [one.claim_id for one in sent] == [one.control for one in VISITS]
    for one, last in zip(sent, NAMES, strict=True):
        assert told[one.claim_id] == [(0, "EB", "EL", one.control_number)]
        shown = pdf.words(one.data)
        assert [name for name in NAMES if name in shown] == [last]
        (row,) = result.decision(one.claim_id)["documents"]
        assert (row["control_number"], row["by"], row["kind"]) == (one.control_number, "EL", "eob")
        assert row["sha256"] == hashlib.sha256(one.data).hexdigest()
        assert row["file"] == result.decision(one.claim_id)["proof"] == "outgoing/GREAT1-275-0001.275"
    assert "outgoing/GREAT1-275-0001.275" in result.report["files"]


def test_in_the_275_no_transaction_names_another_patient(tmp_path: Path) -> None:
    result = bill(tmp_path, VISITS, ANSWERS, ELECTRONIC)
    text = (result.out / "outgoing" / result.papers[0]).read_text()
    transactions = re.findall(r"~ST\*275.*?~SE\*", text)
    assert len(transactions) == len(VISITS)
    for number, one in enumerate(transactions):
        for at, last in enumerate(NAMES):
            for word in (f"*{last}*", f"SECOND{at + 1}", f"PRIMARY{at + 1}", f"*V{at + 1}~"):
                # The first payer's member id is nobody's business here; the EOB itself holds it, encoded.
                assert (word in one) == (at == number and not word.startswith("PRIMARY")), word


@pytest.mark.parametrize(("terms", "channel", "ending"), [(MAIL, "BM", "mail"), (FAX, "FX", "fax")])
def test_by_mail_or_fax_the_eob_lies_behind_a_cover_that_the_payer_can_match(
    tmp_path: Path, terms: str, channel: str, ending: str
) -> None:
    result = bill(tmp_path, VISITS, ANSWERS, terms)
    assert result.papers == [f"GREAT1-837P-0001-{n:04d}-{ending}.pdf" for n in range(1, 5)]
    told = announcements(result)
    for number, (claim, last) in enumerate(zip(VISITS, NAMES, strict=True), 1):
        ((line, kind, by, control),) = told[claim.control]
        assert (line, kind, by) == (0, "EB", channel)
        data = (result.out / "outgoing" / f"GREAT1-837P-0001-{number:04d}-{ending}.pdf").read_bytes()
        pages = pdf.letters(data)
        shown = pdf.words(data)
        cover = pdf.words(data, page=0)
        assert len(pages) == 2
        assert "2, this cover included" in cover
        for text in (control, claim.control, f"SECOND{number}", "GREAT PRAIRIES HEALTH", "LAKESIDE CLINIC"):
            assert text in cover, text
        assert ("217555" in cover, "4 SHORE ROAD" in cover) == (ending == "fax", ending == "mail")
        assert last not in cover
        others = [name for name in NAMES if name != last]
        assert not [
            word for word in [*others, *[f"SECOND{n}" for n in range(1, 5) if n != number]] if word in shown
        ]
        assert last in shown


def test_the_same_run_gives_the_same_bytes_and_numbers(tmp_path: Path) -> None:
    for terms in (ELECTRONIC, MAIL):
        first, second = (bill(tmp_path, VISITS, ANSWERS, terms) for _ in range(2))
        for name in (*first.papers, *first.outgoing):
            one, other = ((result.out / "outgoing" / name).read_bytes() for result in (first, second))
            assert one == other, name


def test_a_number_stays_when_other_claims_come_and_go(tmp_path: Path) -> None:
    alone = announcements(
        bill(tmp_path, VISITS[2:3], ANSWERS[2:3], ELECTRONIC, "--documents", _letters(tmp_path))
    )
    among = announcements(bill(tmp_path, VISITS, ANSWERS, ELECTRONIC, "--documents", _letters(tmp_path)))
    assert alone["V3"][1:] == among["V3"][1:] != []


def _letters(tmp_path: Path) -> str:
    letter(tmp_path / "scan.pdf", "about claim 3")
    return str(listed(tmp_path, {"claim_id": "V3", "kind": "records", "file": "scan.pdf"}))


def test_supplied_documents_go_with_their_claim_and_line(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    letter(tmp_path / "scans" / "op.pdf", "operative note")
    Image.new("RGB", (40, 60), "white").save(tmp_path / "scans" / "film.jpg")
    Image.new("L", (40, 60), 255).save(tmp_path / "scans" / "fax.tif")
    documents = listed(
        tmp_path,
        {"claim_id": "V2", "kind": "OB", "line": 2, "file": "scans/op.pdf"},
        {"claim_id": "V2", "kind": "RB", "file": "scans/film.jpg"},
        {"claim_id": "V4", "kind": "referral", "file": "scans/fax.tif"},
    )
    result = bill(tmp_path, VISITS, ANSWERS, ELECTRONIC, "--documents", str(documents))
    assert result.exit_code == 0
    told = announcements(result)
    assert [one[:3] for one in told["V2"]] == [(0, "EB", "EL"), (0, "RB", "EL"), (2, "OB", "EL")]
    assert [one[:3] for one in told["V4"]] == [(0, "EB", "EL"), (0, "B4", "EL")]
    assert [len(told[name]) for name in ("V1", "V3")] == [1, 1]
    sent = {one.control_number: one for one in attached(result)}
    assert set(sent) == {one[3] for every in told.values() for one in every}
    assert len(sent) == sum(map(len, told.values()))
    by_media = {one.media: one for one in sent.values() if one.claim_id == "V2"}
    assert by_media["image/jpeg"].data == (tmp_path / "scans" / "film.jpg").read_bytes()
    assert sent[told["V4"][1][3]].data == (tmp_path / "scans" / "fax.tif").read_bytes()


def test_images_and_pdfs_lie_behind_one_cover_in_the_claims_order(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "FIRST LETTER")
    Image.new("RGB", (400, 300), "white").save(tmp_path / "b.jpg")
    frames = [Image.new("L", (40, 60), shade) for shade in (255, 128, 0)]
    frames[0].save(tmp_path / "c.tif", save_all=True, append_images=frames[1:])
    documents = listed(
        tmp_path,
        *[{"claim_id": "V1", "kind": "records", "file": name} for name in ("a.pdf", "b.jpg", "c.tif")],
    )
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], MAIL, "--documents", str(documents))
    (name,) = result.papers
    data = (result.out / "outgoing" / name).read_bytes()
    assert pdf.count(data) == 1 + 1 + 1 + 1 + 3
    assert "7, this cover included" in pdf.words(data, page=0)
    assert "MARLOWE" in pdf.words(data, page=1)
    assert "FIRST LETTER" in pdf.words(data, page=2)
    assert len(announcements(result)["V1"]) == 4


def test_one_payer_may_take_some_by_mail_and_others_electronically(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "CONSENT")
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "consent", "file": "a.pdf"})
    terms = 'by = "BM"\nwanted = [{kind = "EB", by = "EL"}]'
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], terms, "--documents", str(documents))
    assert sorted(result.papers) == ["GREAT1-275-0001.275", "GREAT1-837P-0001-0001-mail.pdf"]
    assert [one[1:3] for one in announcements(result)["V1"]] == [("EB", "EL"), ("CK", "BM")]
    mailed = pdf.words((result.out / "outgoing" / "GREAT1-837P-0001-0001-mail.pdf").read_bytes())
    assert ("CONSENT" in mailed, "MARLOWE" in mailed) == (True, False)


@pytest.mark.parametrize(
    ("terms", "pieces"),
    [
        ('by = "EL"\nwanted = [{kind = "referral"}]', ("2300 PWK", "referral", "kind referral")),
        (
            'by = "EL"\nwanted = [{kind = "OB", procedures = ["85025"]}]',
            ("2400 line 2 PWK", "report on the operation", "kind OB"),
        ),
        (
            'by = "BM"\nwanted = [{kind = "authorization", when = "electronic"}]',
            ("2300 PWK", "authorization", "invented manual"),
        ),
    ],
)
def test_a_document_that_the_payer_wants_and_that_is_not_there_holds_the_claim(
    tmp_path: Path, terms: str, pieces: tuple[str, ...]
) -> None:
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], terms)
    assert result.exit_code == 1
    decision = result.decision()
    assert (decision["action"], decision["reason"]) == ("hold", "NP-DOC-MISSING")
    finding = decision["findings"][-1]
    said = " ".join(finding.values())
    assert all(piece in said for piece in pieces), said
    assert (result.papers, result.outgoing) == ([], {})


def test_a_document_at_the_right_line_or_at_the_claim_is_enough(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "NOTE")
    terms = 'by = "EL"\nwanted = [{kind = "OB", procedures = ["85025"]}]'
    for line, reason in ((2, "bill_next"), (1, "hold"), (None, "bill_next")):
        documents = listed(tmp_path, {"claim_id": "V1", "kind": "OB", "line": line, "file": "a.pdf"})
        result = bill(tmp_path, VISITS[:1], ANSWERS[:1], terms, "--documents", str(documents))
        assert result.decision()["action"] == reason, line


def test_a_document_wanted_where_nothing_was_paid_is_not_wanted_elsewhere(tmp_path: Path) -> None:
    terms = 'by = "EL"\nwanted = [{kind = "records", when = "denied"}]'
    assert bill(tmp_path, VISITS[:1], ANSWERS[:1], terms).decision()["action"] == "bill_next"
    denied = files.answer(VISITS[0], "PR-1 150.25", "PR-1 20")
    assert bill(tmp_path, VISITS[:1], [denied], terms).decision()["reason"] == "NP-DOC-MISSING"


def test_an_eob_that_no_remittance_can_prove_is_asked_for_by_payer_and_may_be_supplied(
    tmp_path: Path,
) -> None:
    first = files.OtherPayer(
        sequence="P",
        payer=replace(files.PRIME, id="ELDER", name="ELDER PLAN"),
        subscriber=files.Person(member_id="E1"),
        adjudication=files.Adjudication(paid="60", cas="CO-45 20, PR-2 20", date="20250120"),
    )
    third = files.OtherPayer(sequence="T", payer=files.GREAT, subscriber=files.Person(member_id="T1"))
    claim = files.Claim(sequence="S", others=(first, third))
    answers = [files.answer(claim, "OA-23 80, PR-2 20", status="2")]
    held = bill(tmp_path, [claim], answers, ELECTRONIC).decision()
    assert (held["reason"], held["findings"][-1]["where"]) == ("NP-DOC-MISSING", "payer ELDER")
    letter(tmp_path / "elder.pdf", "ELDER PLAN EOB")
    documents = listed(tmp_path, {"claim_id": claim.control, "kind": "eob", "file": "elder.pdf"})
    result = bill(tmp_path, [claim], answers, ELECTRONIC, "--documents", str(documents))
    assert result.decision()["action"] == "bill_next"
    assert [one[1] for one in announcements(result)[claim.control]] == ["EB", "EB"]
    paper = bill(tmp_path, [claim], answers, "by = 'BM'", "--documents", str(documents), "--form", "cms1500")
    assert "NP-PAPER-NO-EOB" not in [one["id"] for one in paper.decision()["findings"]]


TYPED = {
    "payer": {"id": "PRIME", "name": "PRIME HEALTH PLAN"},
    "trace_number": "CHK1", "payment_date": "2025-02-05", "payment_amount": "80.00",
    "author": "B. Jones", "entered": "2025-02-10", "source": "paper EOB, 1 page",
    "claims": [{
        "patient_control_number": "V1", "status": "1", "charge": "170.25", "paid": "80.00",
        "lines": [
            {"procedure": "99213", "modifiers": ["25"], "date": "2025-01-10",
             "charge": "150.25", "paid": "80.00",
             "adjustments": [{"group": "CO", "reason": "45", "amount": "50.25"},
                             {"group": "PR", "reason": "2", "amount": "20.00"}]},
            {"procedure": "85025", "date": "2025-01-10", "charge": "20.00", "paid": "0.00",
             "adjustments": [{"group": "PR", "reason": "1", "amount": "20.00"}]},
        ],
    }],
}  # fmt: skip


def test_what_was_typed_in_from_paper_proves_nothing_and_that_paper_is_asked_for(tmp_path: Path) -> None:
    def job(*args: str) -> run.Result:
        return run.bill(tmp_path, files.claim_file(VISITS[:1]), TYPED, payers=pack(ELECTRONIC), args=args)

    held = job().decision()
    assert (held["reason"], "--documents, kind eob" in held["findings"][-1]["message"]) == (
        "NP-DOC-MISSING",
        True,
    )
    paper = job("--form", "cms1500").decision()
    assert "NP-DOC-MISSING" in [one["id"] for one in paper["findings"]]
    letter(tmp_path / "scan.pdf", "PAPER EOB")
    entry = {"claim_id": "V1", "kind": "eob", "file": "scan.pdf"}
    sent = job("--documents", str(listed(tmp_path, entry)))
    assert sent.decision()["action"] == "bill_next"
    assert [pdf.words(one.data) for one in attached(sent)] == ["PAPER EOB"]


def test_on_paper_documents_lie_beside_the_form_and_nothing_is_announced_by_wire(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "REFERRAL")
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "referral", "file": "a.pdf"})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], "", "--documents", str(documents), "--form", "cms1500")
    rows = result.decision()["documents"]
    assert [(row["kind"], row["by"]) for row in rows] == [("eob", None), ("referral", None)]
    assert [Path(row["file"]).name for row in rows] == [
        "GREAT1-cms1500-0001-0001-eob.pdf",
        f"GREAT1-cms1500-0001-0001-{rows[1]['control_number']}.pdf",
    ]
    assert (result.out / rows[1]["file"]).read_bytes() == (tmp_path / "a.pdf").read_bytes()


def test_a_document_on_request_is_announced_without_a_number_and_stays_here(tmp_path: Path) -> None:
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], 'wanted = [{kind = "eob", by = "AA"}]')
    assert announcements(result)["V1"] == [(0, "EB", "AA", "")]
    assert (result.papers, result.decision()["documents"][0]["file"]) == ([], None)


def test_a_file_sent_in_another_way_lies_beside_the_claims_under_its_number(tmp_path: Path) -> None:
    letter(tmp_path / "MARLOWE-KIM.pdf", "RECORD")
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "records", "file": "MARLOWE-KIM.pdf"})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], 'by = "FT"', "--documents", str(documents))
    ((_, _, by, number),) = announcements(result)["V1"]
    assert (by, result.papers) == ("FT", [f"GREAT1-837P-0001-0001-{number}.pdf"])


def test_a_document_for_a_payer_of_which_no_way_is_known_holds_the_claim(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "RECORD")
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "records", "file": "a.pdf"})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], "", "--documents", str(documents))
    assert result.decision()["reason"] == "NP-DOC-NO-WAY"
    assert "documents.by" in result.decision()["findings"][-1]["message"]


def test_a_document_for_another_payer_stays_out(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "RECORD")
    entry = {"claim_id": "V1", "kind": "records", "file": "a.pdf", "payer_id": "SOMEBODY"}
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], 'by = "EL"', "--documents", str(listed(tmp_path, entry)))
    assert (announcements(result)["V1"], result.papers) == ([], [])


@pytest.mark.parametrize(
    ("terms", "entry", "reason"),
    [
        ('by = "EL"\nlargest_kilobytes = 1', {"kind": "records"}, "NP-DOC-TOO-LARGE"),
        ('by = "EL"\nformats = ["jpg"]', {"kind": "records"}, "NP-DOC-FORMAT"),
        ('by = "EL"', {"kind": "records", "line": 3}, "NP-DOC-LINE"),
        ('by = "EL"', {"kind": "P6"}, "NP-DOC-KIND"),
    ],
)
def test_what_the_payer_or_the_claim_cannot_take_holds_the_claim(
    tmp_path: Path, terms: str, entry: dict[str, Any], reason: str
) -> None:
    letter(tmp_path / "a.pdf", "RECORD")
    documents = listed(tmp_path, {"claim_id": "V1", "file": "a.pdf", **entry})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], terms, "--documents", str(documents))
    assert (result.decision()["reason"], result.outgoing, result.papers) == (reason, {}, [])


def test_more_documents_than_a_claim_can_announce_hold_it(tmp_path: Path) -> None:
    entries = []
    for number in range(11):
        letter(tmp_path / f"{number}.pdf", f"PAGE {number}")
        entries.append({"claim_id": "V1", "kind": "records", "file": f"{number}.pdf"})
    full = bill(
        tmp_path, VISITS[:1], ANSWERS[:1], 'by = "EL"', "--documents", str(listed(tmp_path, *entries[:10]))
    )
    assert len(announcements(full)["V1"]) == 10
    over = bill(
        tmp_path, VISITS[:1], ANSWERS[:1], 'by = "EL"', "--documents", str(listed(tmp_path, *entries))
    )
    assert over.decision()["reason"] == "NP-DOC-TOO-MANY"


def test_a_document_announced_to_the_first_payer_is_told_and_gives_way_to_one_that_is_sent(
    tmp_path: Path,
) -> None:
    claim = VISITS[0].but(attachments=["PWK*OB*EL***AC*OLD1", "PWK*CT*AA"])
    told = bill(tmp_path, [claim], ANSWERS[:1], ELECTRONIC)
    assert ("NP-DOC-ELSEWHERE", "2300 PWK") in [(f["id"], f["where"]) for f in told.decision()["findings"]]
    assert [one[1:] for one in announcements(told)["V1"]][:2] == [("OB", "EL", "OLD1"), ("CT", "AA", "")]
    letter(tmp_path / "a.pdf", "NOTE")
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "OB", "file": "a.pdf"})
    sent = bill(tmp_path, [claim], ANSWERS[:1], ELECTRONIC, "--documents", str(documents))
    assert "NP-DOC-ELSEWHERE" not in [f["id"] for f in sent.decision()["findings"]]
    assert "OLD1" not in [one[3] for one in announcements(sent)["V1"]]


def test_a_dental_claim_announces_a_lines_document_at_the_claim(tmp_path: Path) -> None:
    claim = files.Claim(
        kind="D", control="D1", lines=(files.Line(procedure="D2740", charge="900", tooth="14"),)
    )
    Image.new("L", (40, 60), 0).save(tmp_path / "film.jpg")
    documents = listed(tmp_path, {"claim_id": "D1", "kind": "RB", "line": 1, "file": "film.jpg"})
    result = bill(
        tmp_path,
        [claim],
        [files.answer(claim, "PR-2 400")],
        ELECTRONIC,
        "--documents",
        str(documents),
        kind="D",
    )
    assert [one[:3] for one in announcements(result)["D1"]] == [(0, "EB", "EL"), (0, "RB", "EL")]


def test_a_hospitals_claim_announces_too(tmp_path: Path) -> None:
    lines = (files.Line(revenue="0300", procedure="80053", charge="90"),)
    claim = files.Claim(kind="I", control="H1", place="13", lines=lines)
    result = bill(tmp_path, [claim], [files.answer(claim, "CO-45 40, PR-2 10")], ELECTRONIC, kind="I")
    assert [one[:3] for one in announcements(result)["H1"]] == [(0, "EB", "EL")]
    assert [one.claim_id for one in attached(result)] == ["H1"]


def test_a_document_without_a_claim_is_told_and_needs_a_person(tmp_path: Path) -> None:
    letter(tmp_path / "a.pdf", "RECORD")
    documents = listed(tmp_path, {"claim_id": "NOBODY", "kind": "records", "file": "a.pdf"})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], 'by = "EL"', "--documents", str(documents))
    assert result.exit_code == 1
    assert result.report["unused_documents"] == [
        {"file": "documents.json", "entry": 1, "reason": "no claim of this run has its claim_id"}
    ]


@pytest.mark.parametrize(
    ("content", "args", "says"),
    [
        (b"", (), "documents.json: [0].file: the file is empty"),
        (b"GIF89a", (), "documents.json: [0].file: the file is neither PDF nor TIFF nor JPEG"),
        (None, (), "documents.json: [0].file: there is no such file"),
        (b"x" * (1 << 21), ("--largest-document", "1"), "the file has 2 MB, more than 1"),
    ],
)
def test_a_file_that_is_no_document_stops_the_run_in_one_line_before_anything_is_written(
    tmp_path: Path, content: bytes | None, args: tuple[str, ...], says: str
) -> None:
    if content is not None:
        (tmp_path / "MARLOWE.pdf").write_bytes(content)
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "records", "file": "MARLOWE.pdf"})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], ELECTRONIC, "--documents", str(documents), *args)
    assert (result.exit_code, says in result.stderr, result.out.exists()) == (2, True, False)


@pytest.mark.parametrize("make", ["encrypted", "damaged"])
def test_a_pdf_that_cannot_be_printed_holds_the_claim_and_leaves_no_file(tmp_path: Path, make: str) -> None:
    from pypdf import PdfReader, PdfWriter

    path = letter(tmp_path / "a.pdf", "RECORD")
    if make == "encrypted":
        writer = PdfWriter(PdfReader(path))
        writer.encrypt("secret", algorithm="RC4-128")
        writer.write(path)
    else:
        path.write_bytes(b"%PDF-1.4\n" + b"x" * 3000 + b"\n%%EOF\n")
    documents = listed(tmp_path, {"claim_id": "V1", "kind": "records", "file": "a.pdf"})
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], MAIL, "--documents", str(documents))
    assert (result.decision()["reason"], result.outgoing, result.papers) == ("NP-UNWRITABLE", {}, [])


def test_a_claim_without_an_npi_is_held_before_anything_is_written(tmp_path: Path) -> None:
    claim = VISITS[0].but(billing=replace(files.CLINIC, npi=""))
    result = run.bill(
        tmp_path,
        files.claim_file([claim, VISITS[1]]),
        files.remittance_file([files.answer(claim, "CO-45 50.25, PR-2 20", "PR-1 20"), ANSWERS[1]]),
        payers=pack(ELECTRONIC),
    )
    assert [one["action"] for one in result.decisions] == ["hold", "bill_next"]
    assert [one.claim_id for one in attached(result)] == ["V2"]


def test_without_a_control_number_left_neither_claim_nor_document_is_written(tmp_path: Path) -> None:
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], ELECTRONIC, "--control-number", "999999999")
    assert (result.decision()["reason"], result.outgoing, result.papers) == ("NP-UNWRITABLE", {}, [])


def test_a_second_run_takes_the_documents_of_the_first_away(tmp_path: Path) -> None:
    claims, era, out, terms = (tmp_path / name for name in ("c.837", "e.835", "out", "p.toml"))
    claims.write_text(files.claim_file(VISITS))
    era.write_text(files.remittance_file(ANSWERS))
    line = ["bill", str(claims), str(era), "--out", str(out), "--as-of", "2025-03-01", "--quiet", "--payers"]
    for documents, endings in ((ELECTRONIC, {".275", ".837"}), (MAIL, {".pdf", ".837"}), ("", {".837"})):
        terms.write_text(pack(documents))
        run.command_line([*line, str(terms)])
        assert {path.suffix for path in (out / "outgoing").iterdir()} == endings


def test_attachments_lists_a_275_and_refuses_what_is_none_in_one_line(tmp_path: Path) -> None:
    result = bill(tmp_path, VISITS[:2], ANSWERS[:2], ELECTRONIC)
    sent = result.out / "outgoing" / "GREAT1-275-0001.275"
    status, said, _ = run.command_line(["attachments", str(sent), "--json", "--out", str(tmp_path / "taken")])
    rows = json.loads(said)["documents"]
    assert (status, [row["claim_id"] for row in rows]) == (0, ["V1", "V2"])
    for row, one in zip(rows, attached(result), strict=True):
        assert (tmp_path / "taken" / row["file"]).read_bytes() == one.data
        assert (row["control_number"], row["sha256"]) == (
            one.control_number,
            hashlib.sha256(one.data).hexdigest(),
        )
    whole = sent.read_bytes()
    for broken in (b"", b"not X12", whole[:-300], whole.replace(b"BDS*B64", b"BDS*XYZ")):
        sent.write_bytes(broken)
        status, said, complaint = run.command_line(["attachments", str(sent)])
        assert (status, said, complaint.count("\n")) == (2, "", 1), complaint
        assert not any(name in complaint for name in NAMES)


def test_explain_says_what_went_with_the_claim(tmp_path: Path) -> None:
    result = bill(tmp_path, VISITS[:1], ANSWERS[:1], ELECTRONIC)
    ((_, _, _, number),) = announcements(result)["V1"]
    _, said, _ = run.command_line(["explain", "V1", "--report", str(result.out / "report.json")])
    assert f"  document   eob by EL, number {number}: outgoing/GREAT1-275-0001.275\n" in said


def test_the_terminal_lists_the_files_with_documents(tmp_path: Path) -> None:
    claims, era, out, terms = (tmp_path / name for name in ("c.837", "e.835", "out", "p.toml"))
    claims.write_text(files.claim_file(VISITS))
    era.write_text(files.remittance_file(ANSWERS))
    terms.write_text(pack(ELECTRONIC))
    _, said, _ = run.command_line(
        ["bill", str(claims), str(era), "--out", str(out), "--as-of", "2025-03-01", "--payers", str(terms)]
    )
    assert re.search(r"Documents to send with them\n  outgoing/GREAT1-275-0001.275  4 documents\n", said)

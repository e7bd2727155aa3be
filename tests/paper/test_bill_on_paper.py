"""``bill --form``: claims on paper, the EOBs beside them, the same facts as the 837 of the same claims."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from nextpayer_paper.grid import CMS1500, UB04
from support import files, pdf, run

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
    for number, last in enumerate(("MARLOWE", "NIGHTINGALE"), 1)
]
ANSWERS = [files.answer(one, "CO-45 50.25, PR-2 20", "PR-1 20") for one in VISITS]
PACK = """
[payer]
ids = ["GREAT1"]
[claims]
form = "cms1500"
electronic_secondary = false
[paper]
amount_paid = "payers"
[sources]
source = "invented manual"
effective = 2020-01-01
"""


def test_it_writes_one_form_file_and_an_eob_for_each_claim(tmp_path: Path) -> None:
    result = run.bill(
        tmp_path,
        files.claim_file(VISITS),
        files.remittance_file(ANSWERS),
        args=["--form", "cms1500"],
    )
    names = [
        "GREAT1-cms1500-0001-0001-eob.pdf",
        "GREAT1-cms1500-0001-0002-eob.pdf",
        "GREAT1-cms1500-0001.pdf",
    ]
    assert result.papers == names
    assert [one["proof"] for one in result.decisions] == [f"outgoing/{name}" for name in names[:2]]
    assert {one["output"] for one in result.decisions} == {f"outgoing/{names[2]}"}
    assert set(result.report["files"]) == {f"outgoing/{name}" for name in names}
    pages = pdf.boxes((result.out / "outgoing" / names[2]).read_bytes(), CMS1500)
    assert [page["26"] for page in pages] == ["V1", "V2"]
    for name, own, other in ((names[0], "MARLOWE", "NIGHTINGALE"), (names[1], "NIGHTINGALE", "MARLOWE")):
        shown = pdf.words(result.out / "outgoing" / name)
        assert (own in shown, other in shown) == (True, False)
    again = run.bill(
        tmp_path, files.claim_file(VISITS), files.remittance_file(ANSWERS), args=["--form", "cms1500"]
    )
    for name in names:
        first, second = ((one.out / "outgoing" / name).read_bytes() for one in (result, again))
        assert first == second


def test_a_second_run_without_paper_takes_the_pdfs_away(tmp_path: Path) -> None:
    claims, era, out = tmp_path / "c.837", tmp_path / "e.835", tmp_path / "out"
    claims.write_text(files.claim_file(VISITS))
    era.write_text(files.remittance_file(ANSWERS))
    line = ["bill", str(claims), str(era), "--out", str(out), "--as-of", "2025-03-01", "--quiet"]
    run.command_line([*line, "--form", "cms1500"])
    run.command_line(line)
    assert [path.suffix for path in (out / "outgoing").iterdir()] == [".837"]


def test_a_payer_that_takes_paper_alone_gets_it_by_its_pack(tmp_path: Path) -> None:
    result = run.bill(tmp_path, files.claim_file(VISITS[0]), files.remittance_file(ANSWERS[0]), payers=PACK)
    assert result.decision()["action"] == "bill_next"
    (page,) = pdf.boxes((result.out / result.decision()["output"]).read_bytes(), CMS1500)
    assert (page["29.dollars"], page["29.cents"]) == ("80", "00")


def test_what_does_not_fit_holds_the_claim_and_what_is_cut_is_told(tmp_path: Path) -> None:
    long = VISITS[0].but(lines=[files.Line(charge="10") for _ in range(7)])
    answer = files.answer(long, *["PR-2 1"] * 7)
    held = run.bill(
        tmp_path, files.claim_file(long), files.remittance_file(answer), args=["--form", "cms1500"]
    )
    assert (held.decision()["action"], held.decision()["reason"]) == ("hold", "NP-UNWRITABLE")
    assert "paper.overflow" in held.decision()["findings"][-1]["message"]
    assert held.papers == []
    cut = VISITS[0].but(control="ACCOUNTNUMBER-TOO-LONG")
    told = run.bill(
        tmp_path,
        files.claim_file(cut),
        files.remittance_file(files.answer(cut, "CO-45 50.25, PR-2 20", "PR-1 20")),
        args=["--form", "cms1500"],
    )
    assert ("NP-PAPER-CUT", "box 26") in [(f["id"], f["where"]) for f in told.decision()["findings"]]


def test_an_earlier_payer_without_a_remittance_is_told(tmp_path: Path) -> None:
    first = files.OtherPayer(
        sequence="P",
        payer=replace(files.PRIME, id="ELDER", name="ELDER PLAN"),
        subscriber=files.Person(member_id="E1"),
        adjudication=files.Adjudication(paid="60", cas="CO-45 20, PR-2 20", date="20250120"),
    )
    third = files.OtherPayer(sequence="T", payer=files.GREAT, subscriber=files.Person(member_id="T1"))
    claim = files.Claim(sequence="S", others=(first, third))
    answer = files.answer(claim, "OA-23 80, PR-2 20", status="2")
    result = run.bill(
        tmp_path, files.claim_file(claim), files.remittance_file(answer), args=["--form", "cms1500"]
    )
    found = [(f["id"], f["where"]) for f in result.decision()["findings"]]
    assert ("NP-PAPER-NO-EOB", "payer ELDER") in found


def test_paper_and_edi_of_one_claim_carry_the_same_facts(tmp_path: Path) -> None:
    texts = files.claim_file(VISITS), files.remittance_file(ANSWERS)
    edi = run.bill(tmp_path, *texts)
    paper = run.bill(tmp_path, *texts, args=["--form", "cms1500"])
    assert [(d["claim_id"], d["amounts"]) for d in edi.decisions] == [
        (d["claim_id"], d["amounts"]) for d in paper.decisions
    ]
    (name,) = [name for name in paper.papers if not name.endswith("-eob.pdf")]
    pages = pdf.boxes((paper.out / "outgoing" / name).read_bytes(), CMS1500)
    for page, claim, decision in zip(pages, edi.claims, paper.decisions, strict=True):
        (other,) = claim["other"]
        who = claim["subscriber"]["nm1"]
        facts = {
            "26": claim["claim_id"],
            "1a": who[9],
            "2": f"{who[3]}, {who[4]}",
            "11": claim["sbr"][3],
            "carrier.1": claim["payer"]["nm1"][3],
            "9a": other["subscriber"]["nm1"][9],
            "9d": other["payer"]["nm1"][3],
        }
        assert {key: page.get(key) for key in facts} == facts
        for row, line in enumerate(claim["lines"], 1):
            code = line["sv"][1].split(":")
            printed = [page[f"24.{row}.cpt"], *[page[f"24.{row}.mod{n}"] for n in range(1, len(code) - 1)]]
            assert printed == code[1:]
            assert Decimal(line["sv"][2]) == amount(page, f"24.{row}")
        assert amount(page, "29") == Decimal(decision["amounts"]["paid"])
        eob = " ".join(pdf.words(paper.out / decision["proof"]).split())
        assert re.search(rf"total charge = paid \+ adjusted {amount(page, '28'):.2f} ", eob)
        for line in claim["lines"]:
            for group, reason, value, _ in (one for svd in line["svds"] for one in svd["cas"]):
                assert re.search(rf"{group}-{reason}: [^0-9]*{value:.2f}", eob), (group, reason)


def amount(page: pdf.Page, stem: str) -> Decimal:
    return Decimal(f"{page[stem + '.dollars']}.{page[stem + '.cents']}")


def test_a_hospital_claim_goes_on_a_ub04(tmp_path: Path) -> None:
    lines = (files.Line(revenue="0300", procedure="80053", charge="90"),)
    claim = files.Claim(kind="I", control="H1", place="13", lines=lines)
    answer = files.answer(claim, "CO-45 40, PR-2 10")
    result = run.bill(
        tmp_path,
        files.claim_file(claim, kind="I"),
        files.remittance_file(answer, payee=files.HOSPITAL),
        args=["--form", "ub04"],
    )
    (page,) = pdf.boxes((result.out / result.decision()["output"]).read_bytes(), UB04)
    assert (page["54a.dollars"], page["50b"], page["64a"]) == ("40", "GREAT PRAIRIES HEALTH", "ICNH1")
    proof = "outgoing/GREAT1-ub04-0001-0001-eob.pdf"
    assert (result.decision()["proof"], result.report["files"][-1]) == (proof, proof)


@pytest.mark.parametrize("form", ["cms1500", "cms1500-screen"])
def test_a_claim_of_another_kind_is_held(tmp_path: Path, form: str) -> None:
    claim = files.Claim(kind="I", place="13", lines=(files.Line(revenue="0300", charge="90"),))
    result = run.bill(
        tmp_path,
        files.claim_file(claim, kind="I"),
        files.remittance_file(files.answer(claim, "PR-2 10"), payee=files.HOSPITAL),
        args=["--form", form],
    )
    assert result.decision()["reason"] == "NP-UNWRITABLE"

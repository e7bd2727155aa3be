"""The proof of a decision: one claim, everything the payer said of it, and nobody else."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from nextpayer.remittance import ClaimPayment
from nextpayer_paper import Unbalanced, eob_pdf
from nextpayer_x12 import X12Reader
from support import files, pdf
from support.run import command_line

NAMES = [
    ("ABERNATHY", "ROSALIND"), ("BLYTHEWOOD", "CORNELIUS"), ("CASTELLANOS", "GUINEVERE"),
    ("DRUMMOND", "BARTHOLOMEW"), ("EASTERLING", "PHILIPPA"), ("FAIRWEATHER", "THADDEUS"),
    ("GOLDSWORTHY", "HENRIETTA"), ("HOLLINGSHEAD", "AUGUSTINE"),
]  # fmt: skip
CLAIMS = [
    files.Claim(
        control=f"ACCT-{number:03d}X",
        subscriber=files.Person(last=last, first=first, member_id=f"MEMBER{number:04d}Z"),
        lines=(
            files.Line(charge=str(100 + number), procedure="99213", modifiers=("25",)),
            files.Line(charge="40", procedure="85025"),
        ),
    )
    for number, (last, first) in enumerate(NAMES)
]
ANSWERS = [files.answer(one, "CO-45 20, PR-2 16, PR-3 10x2", "OA-23 4, CO-999 6") for one in CLAIMS]


def written(tmp_path: Path, *answers: files.Payment) -> tuple[Path, Path]:
    claims, era = tmp_path / "claims.837", tmp_path / "era.835"
    claims.write_text(files.claim_file(CLAIMS))
    era.write_text(files.remittance_file(answers or ANSWERS))
    return claims, era


def proof(tmp_path: Path, claim_id: str, *answers: files.Payment) -> tuple[int, str, Path]:
    claims, era = written(tmp_path, *answers)
    out = tmp_path / "eob.pdf"
    status, _, complaint = command_line(
        ["eob-pdf", claim_id, "--claims", str(claims), "--remittance", str(era), "--out", str(out), "--quiet"]
    )
    return status, complaint, out


def payments(path: Path) -> list[ClaimPayment]:
    return [one for one in X12Reader().remittances(path) if isinstance(one, ClaimPayment)]


def one_of(tmp_path: Path) -> ClaimPayment:
    return payments(written(tmp_path)[1])[0]


@pytest.mark.parametrize("at", range(len(CLAIMS)))
def test_no_other_patient_of_the_same_remittance_is_in_the_document(tmp_path: Path, at: int) -> None:
    status, complaint, out = proof(tmp_path, CLAIMS[at].control)
    assert (status, complaint) == (0, "")
    shown, raw = pdf.words(out), out.read_bytes()
    for number, claim in enumerate(CLAIMS):
        own = [claim.subscriber.last, claim.subscriber.first, claim.subscriber.member_id, claim.control]
        for word in [*own, f"ICN{claim.control}"]:
            assert (word in shown) == (number == at), word
            assert number == at or word.encode() not in raw


def test_it_shows_who_paid_whom_every_adjustment_and_where_it_comes_from(tmp_path: Path) -> None:
    _, _, out = proof(tmp_path, CLAIMS[1].control)
    shown = " ".join(pdf.words(out).split())
    for text in (
        "PRIME HEALTH PLAN", "LAKESIDE CLINIC", "CHK1001", "2025-02-05", f"ICN{CLAIMS[1].control}",
        "99213 25 x 1", "CO-45: above what", "20.00", "PR-2: coinsurance", "16.00",
        "PR-3: copayment, quantity 2",
        "OA-23: what earlier payers", "CO-999: see the payer's code list", "6.00",
        "total charge = paid + adjusted 141.00 56.00 85.00",
    ):  # fmt: skip
        assert text in shown, text
    digest = hashlib.sha256((tmp_path / "era.835").read_bytes()).hexdigest()
    assert digest in shown
    segment = re.search(r"era\.835, transaction 1, segment (\d+)\.", shown)
    assert segment is not None
    every = (tmp_path / "era.835").read_text().split("~")
    assert every[int(segment[1]) - 1].strip().startswith(f"CLP*{CLAIMS[1].control}*")


def test_adjustments_of_the_whole_claim_are_shown_and_counted(tmp_path: Path) -> None:
    answer = files.answer(CLAIMS[0], lines=(), cas="CO-45 40, PR-1 50")
    _, _, out = proof(tmp_path, CLAIMS[0].control, answer)
    shown = " ".join(pdf.words(out).split())
    assert "for the whole claim" in shown
    assert "PR-1: deductible 50.00" in shown
    assert "total charge = paid + adjusted 140.00 90.00 50.00" in shown


@pytest.mark.parametrize("field", ["charge_amount", "paid_amount"])
def test_a_payment_that_is_off_by_a_cent_proves_nothing(tmp_path: Path, field: str) -> None:
    payment = one_of(tmp_path)
    off = replace(payment, **{field: getattr(payment, field) + Decimal("0.01")})
    with pytest.raises(Unbalanced, match=r"segment \d+"):
        eob_pdf([off], {"era.835": "0"})
    line = payment.lines[0]
    odd = replace(payment, lines=(replace(line, **{field: getattr(line, field) + 1}), *payment.lines[1:]))
    with pytest.raises(Unbalanced, match=rf"segment {line.segment}:"):
        eob_pdf([odd], {"era.835": "0"})


def test_an_error_names_no_person(tmp_path: Path) -> None:
    payment = replace(one_of(tmp_path), paid_amount=Decimal("1.00"))
    with pytest.raises(Unbalanced) as caught:
        eob_pdf([payment], {"era.835": "0"})
    assert not any(word in str(caught.value) for word in (*NAMES[0], "MEMBER", CLAIMS[0].control))


def test_payments_of_two_claims_are_never_one_document(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="several claims"):
        eob_pdf(payments(written(tmp_path)[1])[:2], {"era.835": "0"})


def test_the_same_payment_gives_the_same_bytes(tmp_path: Path) -> None:
    payment = one_of(tmp_path)
    assert eob_pdf([payment], {"era.835": "0"}) == eob_pdf([payment], {"era.835": "0"})


def test_a_hundred_lines_go_on_further_pages_and_each_names_its_payer(tmp_path: Path) -> None:
    claim = CLAIMS[0].but(lines=[files.Line(charge="10") for _ in range(100)])
    era = tmp_path / "long.835"
    era.write_text(files.remittance_file(files.answer(claim, *["PR-2 1"] * 100)))
    data = eob_pdf(payments(era), {"long.835": "0"})
    text = pdf.words(data)
    assert text.count("PR-2: coinsurance") == 100
    assert text.count("continued: PRIME HEALTH PLAN") == len(pdf.letters(data)) - 1 > 1


def test_a_reversed_payment_is_not_shown_and_its_correction_is(tmp_path: Path) -> None:
    wrong = files.answer(CLAIMS[0], "PR-1 77", icn="WRONG1")
    right = files.answer(CLAIMS[0], "PR-2 33", icn="RIGHT1")
    _, complaint, out = proof(tmp_path, CLAIMS[0].control, wrong, files.reversal(wrong), right)
    assert complaint == ""
    shown = pdf.words(out)
    assert ("RIGHT1" in shown, "WRONG1" in shown) == (True, False)


def test_json_says_what_the_document_proves(tmp_path: Path) -> None:
    claims, era = written(tmp_path)
    arguments = ["eob-pdf", CLAIMS[2].control, "--claims", str(claims), "--remittance", str(era), "--out"]
    _, said, _ = command_line([*arguments, str(tmp_path / "x.pdf"), "--json"])
    (decision,) = json.loads(said)["decisions"]
    assert decision["control_number"] == f"ICN{CLAIMS[2].control}"
    assert decision["sha256"] == hashlib.sha256(era.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("claim_id", "says"),
    [("NOBODY", "no claim with this patient control number"), ("ACCT-000X", "no answer to this claim")],
)
def test_what_cannot_be_proved_costs_one_line(tmp_path: Path, claim_id: str, says: str) -> None:
    status, complaint, out = proof(tmp_path, claim_id, ANSWERS[1])
    assert (status, complaint.count("\n")) == (2, 1)
    assert says in complaint
    assert not out.exists()


def test_what_was_typed_in_is_not_printed_as_the_payers_own_data(tmp_path: Path) -> None:
    one = Path(__file__).parents[2] / "examples" / "one"
    out = tmp_path / "eob.pdf"
    command = ["eob-pdf", "ONE1001", "--claims", str(one / "claim.837"), "--out", str(out), "--quiet"]
    assert command_line([*command, "--remittance", str(one / "eob.json")]) == (0, "", "")
    said = " ".join(pdf.words(out).split())
    assert (
        "Data typed in by B. Jones on 2025-02-10 from paper EOB, 1 page; the payer's own EOB is the proof"
        in said
    )
    assert "the paper says 'over our fee schedule'" in said
    assert "Electronic" not in said


def test_a_claim_on_paper_after_a_typed_answer_asks_for_the_payers_own_eob(tmp_path: Path) -> None:
    one = Path(__file__).parents[2] / "examples" / "one"
    files_in = [str(one / "claim.837"), str(one / "eob.json"), "--out", str(tmp_path)]
    command_line(["bill", *files_in, "--as-of", "2025-03-01", "--form", "cms1500", "--quiet"])
    (decision,) = json.loads((tmp_path / "report.json").read_text())["decisions"]
    (told,) = [found for found in decision["findings"] if found["id"] == "NP-PAPER-NO-EOB"]
    assert "attach its own EOB" in told["message"]
    assert [path.name for path in (tmp_path / "outgoing").iterdir()] == ["00882-cms1500-0001.pdf"]

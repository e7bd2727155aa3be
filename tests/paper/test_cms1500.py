"""The CMS-1500 of a secondary claim: each box, read back from the PDF by position."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from nextpayer.claim import Claim
from nextpayer.policy import Address, Payer, Person, Policy
from nextpayer.profile import PaperTerms
from nextpayer_paper import Cms1500, Printer, Unprintable, map_cms1500
from nextpayer_paper.grid import CMS1500
from support import files, pdf
from support.pdf import read

TODAY = dt.date(2025, 3, 1)
FULL = Path(__file__).parents[2] / "plugins" / "x12" / "tests" / "full" / "professional.837"


def printed(claim: Claim, terms: PaperTerms | None = None, printer: Printer | None = None) -> list[pdf.Page]:
    file = Cms1500(printer or Printer(), terms).start(control_number=1, today=TODAY)
    file.add(claim)
    return pdf.boxes(file.finish(), CMS1500)


PRIMARY = files.OtherPayer(
    sequence="P",
    payer=files.PRIME,
    subscriber=files.Person(last="DOE", first="JOHN", member_id="W100200300", group="GRP1"),
    relationship="01",
    adjudication=files.Adjudication(icn="ICN77"),
)
SECOND = files.Claim(
    sequence="S",
    payer=replace(files.GREAT, street="4 SHORE ROAD"),
    subscriber=files.Person(member_id="GP556677", group="GRP2", plan="GOLD PLAN"),
    others=(PRIMARY,),
    lines=(files.Line(adjudications=(files.LineAdjudication(cas="CO-45 20, PR-2 16"),)),),
)

FIRST_TO_MEDICARE = SECOND.but(sequence="P", payer=files.MEDICARE, others=(), lines=(files.Line(),))


def medicare(**holder: str) -> files.Claim:
    """Medicare second, after an employer's plan."""
    who = files.Person(**{"member_id": "W1", "group": "GRP778", "plan": "ACME PLAN", **holder})  # type: ignore[arg-type]
    return SECOND.but(
        payer=files.MEDICARE,
        insurance_type="12",
        subscriber=files.Person(member_id="1EG4TE5MK73"),
        others=(replace(PRIMARY, subscriber=who, relationship="18"),),
    )


def test_a_commercial_secondary_claim_describes_its_payer_and_the_other_one_in_9() -> None:
    (page,) = printed(read(files.claim_file(SECOND)))
    assert [page[f"carrier.{n}"] for n in (1, 2, 3)] == [
        "GREAT PRAIRIES HEALTH",
        "4 SHORE ROAD",
        "SPRINGFIELD IL 62701",
    ]
    assert (page["1.group"], page["1a"], page["4"], page["11"]) == ("X", "GP556677", "DOE, JANE", "GRP2")
    assert (page["9"], page["9a"], page["9d"]) == ("DOE, JOHN", "GRP1", "PRIME HEALTH PLAN")
    assert (page["11c"], page["11d.yes"], page["6.self"]) == ("GOLD PLAN", "X", "X")
    assert {"9b", "9c", "8", "30", "22.code", "22.ref"} & set(page) == set()


def test_charges_stand_in_full_and_29_holds_what_the_payer_before_paid() -> None:
    (page,) = printed(read(files.claim_file(SECOND)))
    assert (page["24.1.dollars"], page["24.1.cents"]) == ("100", "00")
    assert (page["28.dollars"], page["28.cents"], page["29.dollars"]) == ("100", "00", "64")


@pytest.mark.parametrize(
    ("choice", "amount"), [("none", None), ("patient", "10"), ("payers", "64"), ("all", "74"), ("", "74")]
)
def test_29_is_the_payers_choice(choice: str, amount: str | None) -> None:
    claim = read(files.claim_file(SECOND.but(patient_paid="10")))
    (page,) = printed(claim, PaperTerms(amount_paid=choice))
    assert page.get("29.dollars") == amount


def test_medicare_second_has_the_primarys_policy_in_4_7_and_11_and_nothing_in_9() -> None:
    (page,) = printed(read(files.claim_file(medicare())))
    assert (page["1.medicare"], page["1a"]) == ("X", "1EG4TE5MK73")
    assert (page["4"], page["6.self"], page["7.street"]) == ("SAME", "X", "SAME")
    assert (page["11"], page["11c"]) == ("GRP778", "ACME PLAN")
    assert {"9", "9a", "9d", "11d.yes", "11d.no", "13.sig"} & set(page) == set()


def test_medicare_never_sees_the_primarys_payment_in_29() -> None:
    (page,) = printed(read(files.claim_file(medicare())))
    assert (page["29.dollars"], page["29.cents"]) == ("0", "00")


def test_medicare_first_says_none_in_11_and_leaves_4_6_and_7_blank() -> None:
    claim = read(files.claim_file(FIRST_TO_MEDICARE))
    (page,) = printed(claim)
    assert page["11"] == "NONE"
    assert not [key for key in page if key == "4" or key.startswith(("6.", "7.", "9"))]


def test_a_medigap_plan_stands_in_9_by_its_number_for_claims_from_medicare() -> None:
    claim = read(files.claim_file(FIRST_TO_MEDICARE))
    plan = Policy(
        payer=Payer(id="55123", name="SILVER MEDIGAP", kind="medigap"),
        holder=claim.patient,
        sequence="S",
        patient_relationship="18",
        member_id="MG778",
    )
    with_plan = read(files.claim_file(SECOND)).other_payers[0]
    (page,) = printed(replace(claim, other_payers=(replace(with_plan, policy=plan, adjudication=None),)))
    assert (page["9"], page["9a"], page["9d"]) == ("SAME", "MEDIGAP MG778", "55123")
    assert page["13.sig"] == "SIGNATURE ON FILE"


def test_a_claim_with_every_element_fills_its_boxes() -> None:
    (page,) = printed(read(FULL.read_bytes()))
    expected = {
        "2": "ASHBY JR, TOMAS, L", "3.dob.yyyy": "2010", "3.sex_m": "X", "6.child": "X", "10a.no": "X",
        "10b.yes": "X", "10b.state": "IL", "10c.yes": "X", "10d": "17", "11b.qual": "Y4", "11b.id": "PC778",
        "14.qual": "431", "17.qual": "DN", "17.name": "ANN KEEL", "17a.qual": "G2", "17b": "1912301953",
        "18.from.dd": "13", "19": "PATIENT SEEN AFTER HOURS", "20.yes": "X", "20.dollars": "45",
        "21.ind": "0", "21.A": "M545", "21.B": "E119", "23": "AUTH1", "24.1.suppl":
        "N400002143301 ML10.5 LINE NOTE ZZTHERAPY", "24.1.from.dd": "10", "24.1.to.dd": "12",
        "24.1.cpt": "97110", "24.1.mod4": "76", "24.1.dxptr": "AB", "24.1.units": "4", "24.1.epsdt": "Y",
        "24.1.j_id": "LPAY1", "24.1.npi": "1912301953", "25": "123456789", "25.ein": "X", "26": "ACC-77",
        "27.yes": "X", "31.date": "030125", "32.1": "NORTH RIVER SOUTH", "33.area": "555",
        "33.phone": "5550101", "33a": "1234567893", "33b": "ZZ207Q00000X",
    }  # fmt: skip
    assert {key: page.get(key) for key in expected} == expected


def test_more_than_six_lines_are_refused_unless_the_payer_has_a_way() -> None:
    claim = read(files.claim_file(SECOND.but(lines=[files.Line(charge=str(n)) for n in range(1, 9)])))
    with pytest.raises(Unprintable, match=r"8 service lines, and a page holds 6.*paper\.overflow"):
        map_cms1500(claim, PaperTerms(), TODAY)


def test_continued_pages_have_the_total_on_the_last_and_separate_forms_each_their_own() -> None:
    lines = [
        files.Line(charge=str(n), adjudications=(files.LineAdjudication(cas=f"PR-2 {n}", paid="0"),))
        for n in range(1, 9)
    ]
    claim = read(files.claim_file(SECOND.but(lines=lines)))
    first, last = printed(claim, PaperTerms(overflow="continued"))
    assert ("28.dollars" in first, last["28.dollars"]) == (False, "36")
    assert (first["24.6.dollars"], last["24.1.dollars"], last["24.2.dollars"]) == ("6", "7", "8")
    pages = printed(claim, PaperTerms(overflow="separate"))
    assert [page["28.dollars"] for page in pages] == ["21", "15"]


def test_a_patients_payment_cannot_be_divided_over_separate_forms() -> None:
    lines = [files.Line(charge="10") for _ in range(8)]
    claim = read(files.claim_file(SECOND.but(lines=lines, patient_paid="5", others=())))
    with pytest.raises(Unprintable, match="box 29"):
        map_cms1500(claim, PaperTerms(overflow="separate"), TODAY)


def test_a_long_name_is_cut_and_told_and_a_long_member_id_is_refused() -> None:
    claim = read(files.claim_file(SECOND))
    long = replace(claim, patient=replace(claim.patient, last="VON WALDENBURG-SCHATTENHAUSEN"))
    mapped = map_cms1500(long, PaperTerms(), TODAY)
    assert [(one.id, one.where) for one in mapped.findings] == [("NP-PAPER-CUT", "box 2")]
    assert len(mapped.pages[0]["2"]) <= 28
    with pytest.raises(Unprintable, match="box 1a has room for 29 characters, the claim has 30"):
        map_cms1500(replace(claim, policy=replace(claim.policy, member_id="M" * 30)), PaperTerms(), TODAY)


def test_accents_go_and_a_letter_without_a_plain_form_is_told() -> None:
    claim = read(files.claim_file(SECOND))
    accents = replace(claim, patient=replace(claim.patient, last="Müñoz"))
    assert map_cms1500(accents, PaperTerms(), TODAY).pages[0]["2"] == "MUNOZ, JANE"
    greek = map_cms1500(replace(claim, patient=replace(claim.patient, last="ΔOE")), PaperTerms(), TODAY)
    assert [finding.where for finding in greek.findings] == ["box 2"]
    with pytest.raises(Unprintable, match="box 1a: it holds a letter or a mark"):
        map_cms1500(replace(claim, policy=replace(claim.policy, member_id="GP*55")), PaperTerms(), TODAY)


def test_thirteen_diagnoses_are_one_too_many() -> None:
    claim = read(files.claim_file(SECOND.but(diagnoses=[f"M54{n}" for n in range(10, 23)])))
    with pytest.raises(Unprintable, match="box 21 holds 12"):
        map_cms1500(claim, PaperTerms(), TODAY)


def test_services_at_home_leave_32_blank() -> None:
    claim = read(files.claim_file(SECOND.but(place="12")))
    assert "32.1" not in map_cms1500(claim, PaperTerms(), TODAY).pages[0]


def test_a_printers_offset_moves_every_letter_and_its_scale_stretches_from_the_top_left() -> None:
    claim = read(files.claim_file(SECOND))
    shifted = Printer(dx=3.0, dy=-2.0, scale=1.01)
    found = []
    for printer in (Printer(), shifted):
        file = Cms1500(printer).start(control_number=1, today=TODAY)
        file.add(claim)
        found.append(pdf.letters(file.finish())[0])
    assert len(found[0]) == len(found[1])
    for before, after in zip(*found, strict=True):
        assert after["x0"] == pytest.approx(before["x0"] * 1.01 + 3.0, abs=0.05)
        assert after["base"] == pytest.approx(before["base"] * 1.01 - 2.0, abs=0.05)


def test_an_insured_whose_birth_date_the_claim_omits_is_told() -> None:
    claim = read(files.claim_file(SECOND))
    stranger = Person(last="ROE", first="RICHARD", address=Address(city="PEORIA"))
    policy = replace(claim.policy, holder=stranger, patient_relationship="19")
    mapped = map_cms1500(replace(claim, policy=policy), PaperTerms(), TODAY)
    assert ("NP-PAPER-UNKNOWN", "box 11a") in [(one.id, one.where) for one in mapped.findings]
    assert mapped.pages[0]["4"] == "ROE, RICHARD"


def test_the_same_claim_gives_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        file = Cms1500(Printer()).start(control_number=1, today=TODAY)
        file.add(read(FULL.read_bytes()))
        made.append(file.finish())
    assert made[0] == made[1]

"""The tests' own tools are tested: good files pass, and every kind of damage is found."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import balance, files, pyx12gate, run
from support.files import (
    DOCTOR,
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Check,
    Claim,
    Delimiters,
    Line,
    LineAdjudication,
    OtherPayer,
    Payment,
    Person,
    Provider,
    answer,
    claim_file,
    edited,
    remittance_file,
    reversal,
)

needs_pyx12 = pytest.mark.skipif(pyx12gate.skip_reason() is not None, reason=str(pyx12gate.skip_reason()))

VISIT = Claim(lines=[Line(control="L1"), Line(procedure="J3301", modifiers=["JZ"], charge="50.50", units=2)])
CHILD = Claim(
    control="CHILD1",
    patient=Person(first="TIM", birth="20150101", sex="M"),
    subscriber=Person(group="G1"),
    others=[OtherPayer(relationship="19", subscriber=Person(first="JOHN", member_id="J77", street="1 OAK"))],
    referring=Provider(npi="1234567893", last="BROWN", first="LEE"),
    rendering=replace(DOCTOR, taxonomy="207Q00000X"),
    facility=Provider(npi="1234567893", last="SURGERY CENTER", street="5 ELM STREET"),
    refs=[("G1", "AUTH1")],
    notes=[("ADD", "SEE CHART")],
    attachments=["PWK*EB*BM***AC*ATT1"],
    patient_paid="5",
)
TERTIARY = Claim(
    control="THIRD1",
    sequence="T",
    payer=MEDICAID,
    others=[
        OtherPayer(sequence="P", payer=PRIME, adjudication=Adjudication(icn="ICN1", moa=["", "", "MA18"])),
        OtherPayer(
            sequence="S",
            payer=MEDICARE,
            insurance_type="12",
            adjudication=Adjudication(cas="PR-1 5", icn="ICN2"),
        ),
    ],
    lines=[
        Line(
            charge="175",
            control="T1",
            adjudications=[
                LineAdjudication(cas="CO-45 25, PR-1 150"),
                LineAdjudication(
                    payer_id=MEDICARE.id, cas="OA-23 25, CO-45 25, CO-253 2, PR-2 25", remaining="25"
                ),
            ],
        ),
        Line(
            procedure="36415",
            charge="10",
            adjudications=[LineAdjudication(), LineAdjudication(payer_id=MEDICARE.id, cas="OA-23 10")],
        ),
    ],
)
INPATIENT = Claim(
    control="HOSP1",
    kind="I",
    inpatient=True,
    sequence="S",
    payer=replace(MEDICARE, name="MEDICARE PART A", filing="MA"),
    attending=DOCTOR,
    diagnoses=["I2510", "E119"],
    procedures=[("027034Z", "20250110")],
    occurrences=[("24", "20250101")],
    values=[("12", "7000"), ("44", "8000")],
    conditions=["77"],
    others=[
        OtherPayer(
            sequence="P",
            payer=PRIME,
            adjudication=Adjudication(cas="CO-45 2000, PR-1 600, PR-2 400", date="20250205", icn="ICN3"),
        )
    ],
    lines=[
        Line(procedure="", revenue="0120", charge="6000", units=3, unit_basis="DA"),
        Line(procedure="", revenue="0250", charge="4000"),
    ],
)
OUTPATIENT = Claim(
    control="HOSP2",
    kind="I",
    place="13",
    attending=DOCTOR,
    lines=[
        Line(revenue="0301", procedure="80053", charge="60"),
        Line(revenue="0450", procedure="99284", modifiers=["25"], charge="400"),
    ],
)
CROWN = Claim(
    control="TOOTH1",
    kind="D",
    diagnoses=(),
    lines=[Line(procedure="D2740", charge="800", tooth="14", surfaces="MO", adjudications=[])],
)
CROWN_SECONDARY = CROWN.but(
    sequence="S",
    payer=GREAT,
    others=[OtherPayer(sequence="P", payer=PRIME, adjudication=Adjudication())],
    lines=[replace(CROWN.lines[0], adjudications=[LineAdjudication(cas="CO-45 100, PR-2 350")])],
)
EVERY = [VISIT, CHILD, TERTIARY, INPATIENT, OUTPATIENT, CROWN, CROWN_SECONDARY]


def both(text: str) -> list[str]:
    """What either judge holds against a claim file."""
    return balance.problems(text) + (pyx12gate.errors(text) if pyx12gate.skip_reason() is None else [])


# --- the builders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", EVERY, ids=lambda c: c.control)
def test_every_claim_built_satisfies_both_judges(claim: Claim) -> None:
    assert both(claim_file(claim)) == []


def test_a_file_of_three_kinds_several_transactions_and_shared_loops_satisfies_both_judges() -> None:
    others = [VISIT.but(control=f"V{n}") for n in range(5)]
    text = claim_file([*others, CHILD, INPATIENT, OUTPATIENT, CROWN], per_transaction=2, share_loops=True)
    assert both(text) == []
    assert text.count("\nST*837*") == 5
    assert text.count("\nHL*") < 2 * len(balance.parse_837(text))


@needs_pyx12
@pytest.mark.parametrize(
    "payments",
    [
        [answer(VISIT, "CO-45 20, PR-2 16", "OA-23 10.50, PI-97 2x1")],
        [answer(CHILD, "PR-1 100", remarks=["MA18"], crossover=GREAT, status="19")],
        [answer(INPATIENT, cas="CO-45 2000, PR-1 600", lines=(), mia=["0", "", "", "", "N1"], drg="247")],
        [answer(OUTPATIENT, "CO-45 10", "PR-1 4"), answer(CROWN, "PR-2 400")],
        [reversal(answer(VISIT, "CO-45 20, PR-2 16")), answer(VISIT, "CO-45 30, PR-2 16")],
        [reversal(answer(VISIT, "CO-45 20, PR-2 16"))],
        [answer(VISIT, priority_payer=MEDICARE, corrected=Person(member_id="NEW1"), rendering=DOCTOR)],
    ],
)  # fmt: skip
def test_every_remittance_built_balances_and_satisfies_pyx12(payments: list[Payment]) -> None:
    for text in (
        remittance_file(payments),
        remittance_file(payments, plb=[("L6", "X1", "-1.5")], method="ACH"),
    ):
        assert balance.problems_835(text) == []
        assert pyx12gate.errors(text) == []


def test_an_answer_pays_the_charge_less_the_adjustments_and_counts_patient_responsibility() -> None:
    paid = answer(VISIT, "CO-45 20, PR-2 16", "PR-1 10.50", cas="PR-3 4")
    assert (paid.total_charge, paid.total_paid) == (Decimal("150.50"), Decimal("100"))
    assert paid.total_patient == Decimal("30.50")
    assert "CLP*ACCT1001*1*150.5*100*30.5*" in remittance_file(paid)


def test_a_stated_amount_is_never_corrected() -> None:
    text = remittance_file(answer(VISIT, "CO-45 20", paid="1.00"), amount="7")
    assert "BPR*I*7*" in text
    assert len(balance.problems_835(text)) == 3


def test_more_than_six_reasons_of_a_group_run_over_into_a_second_segment() -> None:
    spec = ", ".join(f"CO-{n} 1" for n in range(101, 109))
    assert [s.count("*") for s in files.cas_segments(spec)] == [18, 6]
    assert files.cas_segments("PI-97 10x2, PR-1 5, PI-45 3") == ["CAS*PI*97*10*2*45*3", "CAS*PR*1*5"]


def test_a_slip_in_an_adjustment_is_refused_and_not_skipped() -> None:
    with pytest.raises(ValueError, match="not an adjustment: 'CO45 3'"):
        files.adjustments("CO45 3")


def test_checks_are_separate_transactions_with_their_own_totals() -> None:
    text = remittance_file(
        checks=[
            Check(payments=[answer(VISIT, "PR-1 100")], trace="A1"),
            Check(payments=[answer(CHILD)], trace="A2", payer=GREAT, plb=[("WO", "R1", 10)]),
        ]
    )
    assert balance.problems_835(text) == []
    assert [s[2] for s in balance.segments(text) if s.name == "BPR"] == ["50.5", "90"]


@pytest.mark.parametrize(
    "shape",
    [
        files.with_bom,
        files.crlf,
        files.line_feed_terminated,
        files.one_line,
        files.leading_space,
        lambda t: files.redelimited(
            t, Delimiters(element="|", component="!", repetition="`", terminator="'")
        ),
        lambda t: files.with_bom(files.crlf(t)),
    ],
)
def test_every_shape_of_a_file_says_the_same(shape: object) -> None:
    text = claim_file(EVERY)
    assert callable(shape)
    assert [s for s in balance.segments(shape(text)) if s.name != "ISA"] == [
        s for s in balance.segments(text) if s.name != "ISA"
    ]


def test_interchanges_in_one_file_are_read_each_in_its_own_delimiters() -> None:
    second = claim_file(CHILD, control=2, delimiters=Delimiters(element="|", terminator="!"))
    claims = balance.parse_837(files.concatenated(claim_file(VISIT), second))
    assert [c["claim_id"] for c in claims] == ["ACCT1001", "CHILD1"]
    assert balance.problems(files.concatenated(claim_file(VISIT), second)) == []


def test_damaged_shapes_are_seen_as_damage() -> None:
    text = claim_file(VISIT)
    assert both(files.truncated(text))
    assert both(files.truncated(text, "SE*"))
    assert both(files.indented(text))
    with pytest.raises(ValueError, match="interchange"):
        balance.segments(files.bare_transaction(text))


# --- the parser -----------------------------------------------------------------------------------------


def test_the_parser_shows_a_tertiary_claim_as_it_is_written() -> None:
    claim = balance.parse_837(claim_file(TERTIARY))[0]
    first, second = claim["other"]
    assert claim["sbr"][1:3] == ["T", "18"]
    assert claim["payer"]["nm1"][9] == "STMCD"
    assert claim["patient"] is None
    assert (first["sbr"][1], first["payer"]["nm1"][9], first["refs"]) == ("P", "PRIME", [("F8", "ICN1")])
    assert first["moa"][3] == "MA18"
    assert second["amt"] == {"D": Decimal(93)}
    assert second["cas"] == files.adjustments("PR-1 5")
    one, two = claim["lines"]
    assert one["svds"][1]["cas"] == files.adjustments("OA-23 25, CO-45 25, CO-253 2, PR-2 25")
    assert (one["svds"][1]["eaf"], one["svds"][0]["eaf"]) == (Decimal(25), None)
    assert one["refs"] == [("6R", "T1")]
    assert two["svds"][0]["svd"][2] == "10"
    assert {made["dtp573"] for line in claim["lines"] for made in line["svds"]} == {"20250205"}


def test_the_parser_shows_the_patient_the_providers_and_the_loose_segments() -> None:
    claim = balance.parse_837(claim_file([VISIT, CHILD]))[1]
    assert claim["patient"]["nm1"][4] == "TIM"
    assert claim["pat"][1] == "19"
    assert claim["subscriber"]["nm1"][9] == "W100200300"
    assert claim["other"][0]["subscriber"]["nm1"][4] == "JOHN"
    assert [p["nm1"][1] for p in claim["providers"]] == ["DN", "82", "77"]
    assert claim["providers"][1]["prv"][3] == "207Q00000X"
    assert (claim["refs"], claim["amt"], claim["nte"][0][2]) == (
        [("G1", "AUTH1")],
        {"F5": Decimal(5)},
        "SEE CHART",
    )
    assert claim["billing"]["refs"] == [("EI", "123456789")]
    hospital = balance.parse_837(claim_file(INPATIENT))[0]
    assert [h.parts(1)[0] for h in hospital["hi"]] == ["ABK", "ABJ", "ABF", "BBR", "BH", "BE", "BG"]
    assert hospital["other"][0]["dtp573"] == "20250205"


# --- every kind of damage is found ----------------------------------------------------------------------

GOOD_P = claim_file([TERTIARY, VISIT])
GOOD_I = claim_file(INPATIENT)
SVD = "SVD*PRIME*0*HC:99213**1~"
SECOND_2430 = "SVD*00123*0*HC:36415**1~\nCAS*OA*23*10~\nDTP*573*D8*20250205~\n"
MONEY_2320 = "CAS*CO*45*2000~\nCAS*PR*1*600**2*400~\nAMT*D*7000~\n"
SVD_45 = "SVD*00123*98*HC:99213**1~\nCAS*OA*23*25~\nCAS*CO*45*25**253*2~\nCAS*PR*2*25~"

DAMAGE = [
    ("line charge and payment apart", GOOD_P, "CAS*PR*1*150~", "CAS*PR*1*140~", "B2"),
    ("claim charge not the sum of lines", GOOD_P, "CLM*THIRD1*185*", "CLM*THIRD1*180*", "B1"),
    ("amount paid not what the lines paid", GOOD_P, "AMT*D*93~", "AMT*D*98~", "B3"),
    ("claim level does not explain the charge", GOOD_I, "AMT*D*7000~", "AMT*D*6999.99~", "B4"),
    ("sequestration lost", GOOD_P, "CAS*CO*45*25**253*2~", "CAS*CO*45*25~", "B2"),
    ("same dollars at both levels", GOOD_P, "AMT*D*10~", "CAS*PR*1*150~\nAMT*D*10~", "B4"),
    ("SVD of a payer not in the claim", GOOD_P, SVD, SVD.replace("PRIME", "PRIM2"), "is the id of no"),
    ("two payers with one id", GOOD_P, "*PI*00123~", "*PI*PRIME~", "payer id PRIME stands in 2"),
    ("no amount paid", GOOD_P, "AMT*D*10~\n", "", "there is no amount paid"),
    ("date at both levels", GOOD_P, "REF*F8*ICN1~", "DTP*573*D8*20250205~\nREF*F8*ICN1~", "at both levels"),
    ("no line date", GOOD_P, "CAS*PR*1*150~\nDTP*573*D8*20250205~", "CAS*PR*1*150~", "has no date"),
    ("no claim date", GOOD_I, "DTP*573*D8*20250205~\n", "", "no adjudication date"),
    ("a day that does not exist", GOOD_I, "DTP*573*D8*20250205~", "DTP*573*D8*20250230~", "is no day"),
    ("liability at both levels", GOOD_P, "AMT*D*93~", "AMT*D*93~\nAMT*EAF*25~", "(AMT*EAF) at both"),
    ("two primaries", GOOD_P, "SBR*S*18***12****MB~", "SBR*P*18***12****MB~", "exactly one must be"),
    ("no primary", GOOD_I, "SBR*P*18*******CI~", "SBR*T*18*******CI~", "exactly one must be"),
    ("a level skipped", GOOD_P, "SBR*T*18*******MC~", "SBR*A*18*******MC~", "skips a level"),
    ("the same level twice", GOOD_P, "SBR*T*18*******MC~", "SBR*S*18*******MC~", "SBR01 S is used 2 times"),
    ("no insurance type", GOOD_P, "SBR*S*18***12****MB~", "SBR*S*18*******MB~", "SBR05 is missing"),
    ("a hospital's insurance type", GOOD_I, "SBR*S*18*******MA~", "SBR*S*18***12****MA~", "in an 837I"),
    ("a CAS of zero", GOOD_P, "CAS*OA*23*25~", "CAS*OA*23*25**94*0~", "CAS of zero"),
    ("a reason without amount", GOOD_P, "CAS*OA*23*25~", "CAS*OA*23*25**94~", "reason or an amount missing"),
    ("seven in a CAS", GOOD_P, "CAS*OA*23*25~", "CAS*OA*23*25" + "**94*1**94*-1" * 3 + "~", "more than 6"),
    ("a sixth CAS", GOOD_P, SVD_45, SVD_45 + "\nCAS*PI*94*1~\nCAS*PI*94*-1~\nCAS*CR*94*3~", "6 CAS"),
    ("an unknown group", GOOD_P, "CAS*OA*23*25~", "CAS*XX*23*25~", "is no group code"),
    ("a negative payment", GOOD_P, SVD, SVD.replace("*0*", "*-1*"), "SVD02 -1 is negative"),
    ("an amount that is no number", GOOD_P, "AMT*D*93~", "AMT*D*9E~", "is not an amount"),
    ("a line without its 2430", GOOD_P, SECOND_2430, "", "has no 2430"),
    ("bundled into a line that is not there", GOOD_P, SVD, SVD.replace("**1~", "**1*7~"), "SVD06 7"),
    ("bypassed payer with money", GOOD_P, "AMT*D*10~", "AMT*D*10~\nAMT*A8*185~", "AMT*A8 (the payer was not"),
    ("bypassed payer, wrong amount", GOOD_P, "AMT*D*10~", "AMT*A8*10~", "AMT*A8 10 is not the claim charge"),
    ("an answer too early", claim_file(VISIT), "OI***Y", "AMT*D*150.5~\nOI***Y", "already has an answer"),
    ("an earlier payer that never answered", GOOD_I, MONEY_2320, "", "not answered"),
    ("OI missing", GOOD_I, "OI***Y***Y~\n", "", "OI is missing"),
    ("an earlier claim's number on an original", GOOD_P, "HI*ABK", "REF*F8*ICN9~\nHI*ABK", "REF*F8 in 2300"),
    ("a replacement without it", GOOD_P, "11:B:1", "11:B:7", "without REF*F8"),
    ("LX gap", GOOD_P, "LX*2~", "LX*3~", "LX runs"),
    ("HL gap", GOOD_P, "HL*3*1*22*0~", "HL*4*1*22*0~", "HL01 4 should be 3"),
    ("HL parent", GOOD_P, "HL*3*1*22*0~", "HL*3*2*22*0~", "its parent '2'"),
    ("HL child flag", GOOD_P, "HL*3*1*22*0~", "HL*3*1*22*1~", "HL04 is '1'"),
    ("a claim twice", GOOD_P, "CLM*ACCT1001*", "CLM*THIRD1*", "claim THIRD1 stands 2 times"),
    ("an empty element at the end", GOOD_P, "LX*2~", "LX*2*~", "ends in an empty element"),
    ("a visit in a hospital claim", GOOD_I, "SV2*0250**4000*UN*1~", "SV1*HC:99213*4000*UN*1***1~", "SV1 in"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "told"), [d[1:] for d in DAMAGE], ids=[d[0] for d in DAMAGE])
def test_the_balance_checker_finds(text: str, old: str, new: str, told: str) -> None:
    found = balance.problems(edited(text, old, new))
    assert any(told in problem for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\nSE*", "\nSE*9", "SE01 says"),
        ("*0001~\nGE", "*0002~\nGE", "SE02 0002 is not ST02"),
        ("GE*1*", "GE*2*", "GE01 says"),
        ("GE*1*1~", "GE*1*2~", "GE02 2 is not GS06"),
        ("IEA*1*", "IEA*2*", "IEA01 says"),
        ("IEA*1*000000001", "IEA*1*000000002", "IEA02 000000002 is not ISA13"),
        ("*ZZ*LAKESIDE ", "*ZZ*LAKESIDE", "not 106 characters"),
        ("GE*1*1~\nIEA", "IEA", "IEA follows SE"),
        ("005010X222A1~\nST", "005010X299~\nST", "is not an 837 version"),
    ],
)
def test_the_balance_checker_finds_damaged_envelopes(old: str, new: str, told: str) -> None:
    assert old in GOOD_P
    found = balance.problems(GOOD_P.replace(old, new, 1))
    assert any(told in problem for problem in found), found


def test_the_balance_checker_finds_control_numbers_used_twice() -> None:
    assert "ISA13 000000001 is used 2 times" in balance.problems(claim_file(VISIT) + claim_file(CHILD))
    text = claim_file([VISIT, CHILD], per_transaction=1).replace("*0002", "*0001")
    assert "ST02 0001 is used 2 times" in balance.problems(text)
    twice = VISIT.but(lines=[Line(control="L1"), Line(control="L1")])
    assert any("line control number L1 is used 2" in p for p in balance.problems(claim_file(twice)))


def test_split_lines_negative_adjustments_and_bypassed_payers_are_no_damage() -> None:
    split = [
        LineAdjudication(procedure="80051", paid="30", cas="CO-45 40"),
        LineAdjudication(procedure="82565", paid="35", cas="CO-45 -5"),
    ]
    paid = OtherPayer(sequence="P", payer=PRIME, adjudication=Adjudication())
    bypassed = OtherPayer(sequence="P", payer=PRIME, adjudication=Adjudication(noncovered="100"))
    second = Claim(
        sequence="S", payer=GREAT, others=[paid], lines=[Line(procedure="80053", adjudications=split)]
    )
    assert both(claim_file(second)) == []
    assert both(claim_file(second.but(others=[bypassed], lines=[Line()]))) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("SVC*HC:99213*100*64**1~", "SVC*HC:99213*100*65**1~", "100 - 36 is not 65"),
        ("*150.5*114.5*16*", "*150.5*114*16*", "is not 114"),
        ("BPR*I*114.5*", "BPR*I*115*", "BPR02 115"),
    ],
)
def test_a_remittance_that_does_not_add_up_is_found(old: str, new: str, told: str) -> None:
    text = remittance_file(answer(VISIT, "CO-45 20, PR-2 16"))
    assert any(told in p for p in balance.problems_835(edited(text, old, new)))


@given(
    st.lists(
        st.tuples(st.integers(1, 99999), st.integers(0, 99999), st.integers(-999, 9999)),
        min_size=1,
        max_size=6,
    ),
    st.integers(-5000, 5000),
)
@settings(max_examples=60, deadline=None)
def test_whatever_was_paid_the_built_pair_balances(rows: list[tuple[int, int, int]], deductible: int) -> None:
    """Any cents at both levels: the remittance and the secondary claim built from it add up."""

    def cents(amount: int) -> Decimal:
        return Decimal(amount).scaleb(-2)

    lines, adjudications = [], []
    for charge, paid, patient in rows:
        rest = cents(charge) - cents(paid) - cents(patient)
        cas = [(g, r, a) for g, r, a in (("CO", "45", rest), ("PR", "2", cents(patient))) if a]
        lines.append(Line(charge=cents(charge)))
        adjudications.append(LineAdjudication(paid=cents(paid), cas=cas))
    level = [("PR", "1", cents(deductible))] if deductible else []
    total = sum((cents(r[1]) for r in rows), Decimal(0)) - cents(deductible)
    first = Claim(lines=lines)
    remittance = remittance_file(answer(first, *(a.cas for a in adjudications), cas=level))
    assert balance.problems_835(remittance) == []
    other = OtherPayer(sequence="P", payer=PRIME, adjudication=Adjudication(cas=level))
    made = [replace(line, adjudications=[a]) for line, a in zip(lines, adjudications, strict=True)]
    found = balance.problems(claim_file(first.but(sequence="S", payer=GREAT, others=[other], lines=made)))
    overdrawn = [f"claim ACCT1001: payer PRIME: the amount paid {total.normalize():f} is negative"]
    assert found == ([] if total >= 0 else overdrawn)


# --- the pyx12 gate -------------------------------------------------------------------------------------


@needs_pyx12
@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (GOOD_P, "OI***Y***Y~\n", ""),
        (GOOD_P, "NM1*PR*2*PRIME HEALTH PLAN*****PI*PRIME~\n", ""),
        (GOOD_P, "CAS*PR*1*150~\nDTP*573*D8*20250205~", "CAS*PR*1*150~"),
        (GOOD_I, "CL1*1*1*01~\n", "CL1*1*1*01~\nZZZ*1~\n"),
        (GOOD_I, "DTP*573*D8*20250205~", "DTP*573*D8*2025025~"),
        (GOOD_P, "SBR*T*", "SBR*Q*"),
        (GOOD_P, "SVD*PRIME*0*HC:99213**1~", "SVD*PRIME*0*HC:99213**1*2*3*4~"),
    ],
)
def test_the_gate_finds(text: str, old: str, new: str) -> None:
    assert pyx12gate.errors(text) == []
    assert pyx12gate.errors(edited(text, old, new))


@needs_pyx12
def test_the_gate_waives_only_what_is_listed() -> None:
    faxed = claim_file(VISIT.but(attachments=["PWK*EB*AD"]))
    assert pyx12gate.errors(faxed) == []
    assert pyx12gate.errors(faxed.replace("PWK*EB*AD", "PWK*EB*QQ"))
    later = GOOD_P.replace("MA18", "N830").replace("X222A1", "X222A2")
    assert pyx12gate.errors(later) == []
    assert pyx12gate.errors(GOOD_P.replace("X222A1", "X222A9"))


@needs_pyx12
def test_a_dental_file_is_not_covered_but_its_neighbours_are_still_checked() -> None:
    assert not pyx12gate.covers(claim_file(CROWN))
    assert pyx12gate.covers(GOOD_P)
    mixed = claim_file([CROWN, VISIT])
    assert pyx12gate.errors(mixed) == []
    assert pyx12gate.errors(edited(mixed, "SV1*HC", "SV1*QQ"))


def test_a_dental_claim_with_adjudications_is_held_to_the_same_arithmetic() -> None:
    text = claim_file(CROWN_SECONDARY)
    assert balance.problems(text) == []
    assert any("B2" in p for p in balance.problems(edited(text, "CAS*PR*2*350", "CAS*PR*2*35")))


# --- the laws of a run ----------------------------------------------------------------------------------

PAIR = (claim_file(VISIT), remittance_file(answer(VISIT, "CO-45 20, PR-2 16")))


def finished(tmp_path: Path, **changes: object) -> run.Result:
    """A run as it should end: one payment in, one claim to the next payer."""
    name = "GREAT1-837P-0001.837"
    made = [LineAdjudication(cas="CO-45 20, PR-2 16"), LineAdjudication()]
    text = claim_file(
        VISIT.but(
            sequence="S",
            payer=GREAT,
            others=[OtherPayer(sequence="P", payer=PRIME, adjudication=Adjudication())],
            lines=[replace(line, adjudications=[a]) for line, a in zip(VISIT.lines, made, strict=True)],
        )
    )
    (tmp_path / "outgoing").mkdir()
    (tmp_path / "outgoing" / name).write_text(text)
    decision = {
        "claim_id": "ACCT1001",
        "action": "bill_next",
        "reason": "NP-1",
        "output": f"outgoing/{name}",
        "amounts": {"paid": "114.50"},
    }
    report = {
        "summary": {"payments_in": 1, "billed_next": 1},
        "decisions": [decision],
        "unmatched": [],
        "quarantined": [],
    }
    good = run.Result(
        0, '{"summary": {"payments_in": 1, "billed_next": 1}}', "", report, {name: text}, out=tmp_path
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def test_a_run_that_keeps_the_laws_passes(tmp_path: Path) -> None:
    result = finished(tmp_path)
    run.check_laws(result, PAIR[0], [PAIR[1]], ["era1.835"])
    assert result.decision("ACCT1001")["action"] == "bill_next"
    assert result.claim()["sbr"][1] == "S"


def broken_report(result: run.Result, **changes: object) -> dict[str, object]:
    return {**result.report, **changes}


def with_decision(result: run.Result, **changes: object) -> dict[str, object]:
    return broken_report(result, decisions=[{**result.decisions[0], **changes}])


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (lambda r: replace(r, stderr="Traceback (most recent call last):"), "a traceback"),
        (lambda r: replace(r, exit_code=2, stderr="nextpayer: internal error (KeyError)"), "a fault of"),
        (lambda r: replace(r, stderr="claim of DOE held"), "a person's name or id"),
        (lambda r: replace(r, exit_code=3), "exit status 3"),
        (lambda r: replace(r, exit_code=1), "although nothing needs a person"),
        (lambda r: replace(r, stdout="done"), "not one JSON document"),
        (lambda r: replace(r, report=broken_report(r, decisions=[])), "does not hold"),
        (lambda r: replace(r, report=broken_report(r, summary={"payments_in": 2})), "does not hold"),
        (
            lambda r: replace(r, report=broken_report(r, unmatched=[{"a": 1}], summary={"payments_in": 2})),
            "the files hold 1 payments",
        ),
        (
            lambda r: replace(r, report=with_decision(r, amounts={"paid": 1.5})),
            "not exact cents",
        ),
        (
            lambda r: replace(r, report=with_decision(r, action="hold")),
            "the decisions say []",
        ),
        (
            lambda r: replace(r, report=with_decision(r, output=None)),
            "names no output",
        ),
        (
            lambda r: replace(r, outgoing={"x": edited(*r.outgoing.values(), "CAS*PR*2*16", "CAS*PR*2*1")}),
            "B2",
        ),
        (lambda r: replace(r, exit_code=2), "a refusal is one line"),
        (lambda r: replace(r, exit_code=2, stderr="the file is empty\n"), "written although"),
    ],
)  # fmt: skip
def test_a_run_that_breaks_a_law_fails(how: object, told: str, tmp_path: Path) -> None:
    assert callable(how)
    with pytest.raises(AssertionError, match="breaks the laws") as caught:
        run.check_laws(how(finished(tmp_path)), PAIR[0], [PAIR[1]], ["era1.835"])
    assert told in str(caught.value)


def stand_in(report: dict[str, object], said: str = "", code: int = 0) -> ModuleType:
    """A command line that writes a given report, in place of the product's."""

    @click.command(context_settings={"ignore_unknown_options": True})
    @click.argument("given", nargs=-1, type=click.UNPROCESSED)
    def main(given: tuple[str, ...]) -> None:
        assert given[0] == "bill"
        assert all(Path(name).exists() for name in given[1:3])
        if code != 2:
            out = Path(given[given.index("--out") + 1])
            out.mkdir()
            (out / "report.json").write_text(json.dumps(report))
            click.echo(json.dumps(report))
        if said:
            click.echo(said, err=True)
        raise SystemExit(code)

    module = ModuleType("nextpayer.cli")
    module.main = main  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize("said", ["", "era1.835: 1 payment held"])
def test_the_runner_calls_the_command_and_gives_back_its_report(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {"claim_id": "ACCT1001", "action": "hold", "reason": "NP-1", "amounts": {"paid": "114.50"}}
    report = {
        "summary": {"payments_in": 1, "held": 1},
        "decisions": [held],
        "unmatched": [],
        "quarantined": [],
    }
    monkeypatch.setitem(sys.modules, "nextpayer.cli", stand_in(report, said, code=1))
    for _ in range(2):
        result = run.bill(tmp_path, *PAIR, coverage={"coverages": []}, payers="[payer]\n")
        assert (result.exit_code, result.actions, result.stderr.strip()) == (1, ["hold"], said)


def test_the_runner_accepts_a_refusal_in_one_line_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nextpayer.cli", stand_in({}, "claims.837: the file is empty", code=2))
    assert run.bill(tmp_path, "", PAIR[1]).exit_code == 2
    monkeypatch.setitem(sys.modules, "nextpayer.cli", stand_in({}, "one\ntwo", code=2))
    with pytest.raises(AssertionError, match="a refusal is one line"):
        run.bill(tmp_path, "", PAIR[1])


# --- the benchmark's files ------------------------------------------------------------------------------


def test_the_benchmarks_files_add_up_and_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    maker = Path(__file__).parent.parent / "benchmarks" / "generate.py"
    for folder in ("one", "two"):
        command = [sys.executable, str(maker), str(tmp_path / folder), "--claims", "600"]
        counts = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    first, answer_text = (
        (tmp_path / "one" / "claims.837").read_text(),
        (tmp_path / "one" / "era.835").read_text(),
    )
    assert first == (tmp_path / "two" / "claims.837").read_text()
    assert answer_text == (tmp_path / "two" / "era.835").read_text()
    assert both(first) == []
    assert balance.problems_835(answer_text) == []
    claims = balance.parse_837(first)
    paid = [s[1] for s in balance.segments(answer_text) if s.name == "CLP"]
    assert len(claims) == len(paid) == counts["claims"] == 600
    assert sorted(paid) == [c["claim_id"] for c in claims] != paid
    assert min(counts.values()) > 0
    assert len(counts) == 9
    assert 0.1 < sum(c["patient"] is not None for c in claims) / 600 < 0.3
    assert all(c["other"][0]["sbr"][1] == "S" for c in claims)

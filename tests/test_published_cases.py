"""Published examples: what X12 printed is what comes out; where the print has a slip the rule is followed.

Each case runs on files of our own with the published figures (`tests/published`), and again on the published
text itself where a copy of it lies beside the checkout (`../shared/cases`); without one that half is skipped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import at_claim, at_lines, dates, decided, findings, person, remaining, rows, told
from support.files import (
    MEDICAID,
    Claim,
    Line,
    OtherPayer,
    PaidLine,
    Payer,
    Person,
    answer,
    claim_file,
    recounted,
    remittance_file,
)
from support.run import bill

OWN = Path(__file__).parent / "published"
PRINTED = Path(__file__).resolve().parents[2] / "shared" / "cases"

needs_print = pytest.mark.skipif(
    not PRINTED.is_dir(), reason="no copy of the published examples beside the checkout"
)


def printed(case: str, name: str) -> str:
    """A published file, one segment a line."""
    text = (PRINTED / case / name).read_text()
    return text.replace("\n", "").replace("~", "~\n")


# --- T1: X12 005010X222 example 3, claim 3A to payer A and 3B to payer B ------------------------------------


@dataclass(frozen=True)
class Family:
    """Who the example is about: the mother's plan is first, the father's second, the child is the patient."""

    claim: str
    answer: str
    coverage: dict[str, Any]
    last: str
    mother: str
    father: str
    child: str


def _own_family() -> Family:
    return Family(
        claim=(OWN / "t1-claim.837").read_text(),
        answer=(OWN / "t1-answer.835").read_text(),
        coverage=json.loads((OWN / "t1-coverage.json").read_text()),
        last="ROE",
        mother="ANNA",
        father="PETER",
        child="TOM",
    )


def _printed_family() -> Family:
    """The printed 3A names payer A again in its 2320, where payer B belongs: a slip. What payer B is stands
    in 3B, and comes here from the coverage file, as it would in an office."""
    coverage = json.loads((OWN / "t1-coverage.json").read_text())
    coverage["patient"]["name"] = {"last": "SMITH", "first": "TED"}
    coverage["coverages"][0]["payer"]["name"] = "KEY INSURANCE COMPANY"
    coverage["coverages"][1]["holder"]["name"] = {"last": "SMITH", "first": "JACK"}
    case = "T1-x222-3A-to-3B"
    return Family(
        claim=printed(case, "original_claim.837"),
        answer=printed(case, "primary.835.derived"),
        coverage=coverage,
        last="SMITH",
        mother="JANE",
        father="JACK",
        child="TED",
    )


@pytest.mark.parametrize("family", [_own_family, pytest.param(_printed_family, marks=needs_print)])
def test_example_3_from_payer_a_to_payer_b(tmp_path: Path, family: Any) -> None:
    who: Family = family()
    result = bill(tmp_path, who.claim, who.answer, coverage=who.coverage, as_of="2005-12-01")
    decision = decided(
        result,
        "bill_next",
        "NP-NEXT-PAYER",
        billed="79.04",
        paid="39.15",
        contractual="3.00",
        patient_responsibility="36.89",
        expected_next="36.89",
        expected_patient="0.00",
    )
    assert decision["next_payer"] == {"id": "567890", "name": "GREAT PRAIRIES HEALTH", "sequence": "S"}
    claim = result.claim()

    # 2000B, 2010BA, 2010BB, 2000C: the subscribers have swapped, the patient is the child of the other one
    assert (claim["sbr"][1], claim["sbr"][2], claim["sbr"][9]) == ("S", "", "CI")
    assert person(claim["subscriber"]) == (who.last, who.father, "222334444")
    assert claim["payer"]["nm1"][3:] == ["GREAT PRAIRIES HEALTH", "", "", "", "", "PI", "567890"]
    assert claim["pat"][1] == "19"
    assert person(claim["patient"]) == (who.last, who.child, "")
    assert (claim["claim_id"], claim["clm"][2]) == ("26407789", "79.04")

    # 2320, 2330: the primary's decision
    assert len(claim["other"]) == 1
    first = told(claim, "999996666")
    assert first["sbr"][1] == "P"
    # SBR02 is the patient's relationship to this payer's subscriber. The print says 01 (spouse) and its own
    # 2000C says 19: a slip. He is her child.
    assert first["sbr"][2] == "19"
    assert at_claim(claim, "999996666") == ("39.15", "PR-1 21.89, PR-2 15")
    assert set(first["amt"]) == {"D", "EAF"}
    # The print has the remaining liability at claim level, where its adjustments are, and nowhere else.
    assert remaining(claim, "999996666") == ("36.89", [])
    assert (first["oi"][3], first["oi"][6]) == ("Y", "Y")
    # The member id is the one that the 835 returned (NM1*IL), as in print; the first claim had another.
    assert person(first["subscriber"]) == (who.last, who.mother, "JS00111223333")
    assert first["payer"]["nm1"][8:] == ["PI", "999996666"]
    assert "NP-MEMBER-ID-RETURNED" in findings(decision)

    # 2430: line for line; the date once, at the lines
    assert at_lines(claim, "999996666") == [
        ("1", "40", "HC:99213", "1", "CO-42 3"),
        ("2", "15", "HC:90782", "1", ""),
        ("3", "21.04", "HC:J3301", "1", ""),
    ]
    assert dates(claim, "999996666") == (None, {"20051015"})

    # The service is untouched; payer A's own numbers for the provider stay with payer A.
    assert [line["sv"][1:3] for line in claim["lines"]] == [
        ["HC:99213", "43"],
        ["HC:90782", "15"],
        ["HC:J3301", "21.04"],
    ]
    assert claim["hi"][0][1:] == ["BK:4779", "BF:2724", "BF:2780", "BF:53081"]
    text = "".join(result.outgoing.values())
    assert "KA6663" not in text
    assert "PBS3334" not in text


def test_the_arithmetic_of_example_3() -> None:
    assert Decimal("79.04") == Decimal("39.15") + Decimal("36.89") + Decimal("3.00")
    assert Decimal("39.15") == Decimal("40") + Decimal("15") + Decimal("21.04") - Decimal("36.89")


# --- T3: X12 005010X222 example 4, a spouse's group plan first, Medicare second -----------------------------


def _own_spouses() -> tuple[str, str]:
    return (OWN / "t3-claim.837").read_text(), (OWN / "t3-answer.835").read_text()


def _printed_spouses() -> tuple[str, str]:
    """The first claim is not in print: made from the second one, destination and other payer swapped."""
    case = "T3-x222-ex4-MSP"
    every = [s for s in printed(case, "published_secondary_claim.837").split("~\n") if s]
    at = {name: next(n for n, s in enumerate(every) if s.startswith(name)) for name in ("HL*2", "CLM", "LX")}
    other = next(n for n, s in enumerate(every) if s.startswith("SBR*P"))
    header, service = every[: at["HL*2"]], every[at["CLM"] : other]
    first = [
        "HL*2*1*22*1", "SBR*P***COMMERCE*****CI", "NM1*IL*1*MEDYUM*CAROL****MI*COM188-404777",
        "NM1*PR*2*COMMERCE*****PI*59999", "HL*3*2*23*0", "PAT*01", "NM1*QC*1*MEDYUM*WAYNE*M",
        "N3*1010 THOUSAND OAK LANE", "N4*MAYN*PA*17089", "DMG*D8*19560110*M",
    ]  # fmt: skip
    second = [
        "SBR*S*18**MEDICARE*12****MB", "OI***Y*P**Y", "NM1*IL*1*MEDYUM*WAYNE*M***MI*102200221B1",
        "N3*1010 THOUSAND OAK LANE", "N4*MAYN*PA*17089", "NM1*PR*2*MEDICARE*****PI*10234",
    ]  # fmt: skip
    lines = [s for s in every[at["LX"] :] if not s.startswith(("SVD", "CAS", "DTP*573"))]
    text = "".join(f"{s}~\n" for s in [*header, *first, *service, *second, *lines])
    return recounted(text), printed(case, "primary.835.derived")


@pytest.mark.parametrize("pair", [_own_spouses, pytest.param(_printed_spouses, marks=needs_print)])
def test_example_4_from_a_group_plan_to_medicare(tmp_path: Path, pair: Any) -> None:
    first, paid = pair()
    result = bill(tmp_path, first, paid, as_of="2005-02-14")
    decision = decided(
        result,
        "bill_next",
        "NP-NEXT-PAYER",
        billed="120.00",
        paid="80.00",
        contractual="25.00",
        patient_responsibility="15.00",
        expected_next="15.00",
    )
    assert decision["deadline"] == "2006-01-19"
    claim = result.claim()
    assert (claim["sbr"][1], claim["sbr"][2], claim["sbr"][4]) == ("S", "18", "MEDICARE")
    assert (claim["sbr"][5], claim["sbr"][9]) == ("12", "MB")
    assert claim["patient"] is None
    assert person(claim["subscriber"])[1:] == ("WAYNE", "102200221B1")
    assert claim["payer"]["nm1"][9] == "10234"
    first_payer = told(claim, "59999")
    assert first_payer["sbr"][1:3] == ["P", "01"]
    assert first_payer["sbr"][5] == ""
    assert person(first_payer["subscriber"])[1:] == ("CAROL", "COM188-404777")
    assert (first_payer["oi"][3], first_payer["oi"][6]) == ("Y", "Y")
    assert at_claim(claim, "59999") == ("80", "")
    assert at_lines(claim, "59999") == [("1", "80", "HC:99203:25", "1", "CO-42 25, PR-2 15")]
    assert dates(claim, "59999") == (None, {"20050128"})
    # The print also has AMT*A8 15. A8 is for a payer that was never billed (X12 RFI 1999): a slip, not sent.
    assert "A8" not in first_payer["amt"]
    assert remaining(claim, "59999") == ("", ["15"])


# --- T6: X12 RFI 1814, one line has one 2430 with all its adjustments ---------------------------------------

ALLERGY = Claim(
    control="ALG1",
    payer=Payer(id="04402", name="NOVITAS MEDICARE", filing="MB"),
    subscriber=Person(last="DOE", first="PAT", member_id="1X"),
    diagnoses=["4779"],
    icd9=True,
    lines=[Line(procedure="95004", charge="500", units="50", date="20130423", control="ZZZZZ01OK9")],
)
TESTS = answer(
    ALLERGY,
    lines=[
        PaidLine(
            procedure="95004",
            charge="500",
            units="50",
            date="20130423",
            control="ZZZZZ01OK9",
            cas="CO-45 190, CO-223 4.96, PR-2 62",
        )
    ],
)


def _own_line() -> str:
    return remittance_file(TESTS, payer=ALLERGY.payer, date="20130611")


def _printed_line() -> str:
    return printed("T6-rfi1814-line", "primary.835.derived")


@pytest.mark.parametrize("paid", [_own_line, pytest.param(_printed_line, marks=needs_print)])
def test_rfi_1814_one_line_has_one_decision_with_all_its_adjustments(tmp_path: Path, paid: Any) -> None:
    result = bill(tmp_path, claim_file(ALLERGY), paid(), as_of="2013-07-01")
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="243.04", contractual="194.96", expected_next="62.00")
    claim = result.claim()
    assert at_lines(claim, "04402") == [
        ("1", "243.04", "HC:95004", "50", "CO-45 190, CO-223 4.96, PR-2 62"),
    ]
    made = claim["lines"][0]["svds"][0]
    assert made["svd"][6] == ""
    assert [segment[1] for segment in made["cas_segments"]] == ["CO", "PR"]
    assert made["dtp573"] == "20130611"
    # The printed answer counts CO-223 into the remaining liability (66.96), which is the provider's judgment
    # (X12 RFI 985); by default it is what the payer assigned to the patient.
    assert remaining(claim, "04402") == ("", ["62"])


# --- T8: X12 RFI 1696, Medicare pays 300 of 500, Medicaid 65: what may be posted ----------------------------

POSTED = Claim(
    control="RFI1696",
    payer=Payer(id="MEDICARE", name="MEDICARE", filing="MB"),
    subscriber=Person(last="DOE", first="PAT", member_id="1X"),
    others=[
        OtherPayer(
            payer=Payer(id="MEDICAID", name="MEDICAID", filing=MEDICAID.filing),
            subscriber=Person(last="DOE", first="PAT", member_id="2X"),
        )
    ],
    diagnoses=["7242"],
    icd9=True,
    lines=[Line(charge="500", date="20130601")],
)
GOOD, BAD = "OA-23 425, CO-45 10", "CO-45 435"


def _own_posting(spec: str | None) -> str:
    if spec is None:
        paid = answer(POSTED, lines=(), cas="CO-45 125, PR-1 75")
        return remittance_file(paid, payer=POSTED.payer, date="20130701", trace="7001")
    paid = answer(POSTED, lines=(), cas=spec, status="2", icn="ICN1697")
    return remittance_file(paid, payer=POSTED.others[0].payer, date="20130801", trace="7002")


def _printed_posting(spec: str | None) -> str:
    names = {
        None: "primary.835.derived",
        GOOD: "secondary_good.835.derived",
        BAD: "secondary_bad.835.derived",
    }
    return printed("T8-rfi1696-medicaid-remit", names[spec])


SOURCES = [_own_posting, pytest.param(_printed_posting, marks=needs_print)]


@pytest.mark.parametrize("source", SOURCES)
def test_rfi_1696_medicaid_is_billed_for_what_medicare_left(tmp_path: Path, source: Any) -> None:
    result = bill(tmp_path, claim_file(POSTED), source(None), as_of="2013-07-15")
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="300.00", contractual="125.00", expected_next="75.00")
    assert at_claim(result.claim(), "MEDICARE") == ("300", "CO-45 125, PR-1 75")
    assert at_lines(result.claim(), "MEDICARE") == []


@pytest.mark.parametrize("source", SOURCES)
def test_rfi_1696_an_answer_with_oa_23_ends_the_account_at_zero(tmp_path: Path, source: Any) -> None:
    """500 - (300 + 125) by Medicare - (65 + 10) by Medicaid = 0; OA-23 425 restates Medicare: not posted."""
    result = bill(tmp_path, claim_file(POSTED), source(None), source(GOOD), as_of="2013-08-15")
    assert rows(result) == [("closed", "NP-EARLIER-PAYER"), ("closed", "NP-NOTHING-LEFT")]
    last = next(d for d in result.decisions if d["reason"] == "NP-NOTHING-LEFT")
    amounts = {name: Decimal(amount) for name, amount in last["amounts"].items()}
    assert [amounts[name] for name in ("paid", "contractual", "other")] == [65, 10, 425]
    assert amounts["expected_patient"] == 0
    assert "NP-OA23-MISSING" not in findings(last)
    assert 500 - (300 + 125) - amounts["paid"] - amounts["contractual"] == 0


@pytest.mark.parametrize("source", SOURCES)
def test_rfi_1696_an_answer_that_writes_off_again_what_medicare_wrote_off_is_flagged(
    tmp_path: Path, source: Any
) -> None:
    """Posted as it stands, CO-45 435 would end the account at -425."""
    result = bill(tmp_path, claim_file(POSTED), source(None), source(BAD), as_of="2013-08-15")
    assert rows(result) == [("closed", "NP-EARLIER-PAYER"), ("closed", "NP-NOTHING-LEFT")]
    last = next(d for d in result.decisions if d["reason"] == "NP-NOTHING-LEFT")
    assert "NP-OA23-MISSING" in findings(last)
    assert last["amounts"]["expected_patient"] == "0.00"

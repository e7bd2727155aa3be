"""What happens in practice and is easily forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.expect import at_claim, at_lines, decided, findings, rows, told
from support.files import (
    CLINIC,
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Claim,
    Delimiters,
    Line,
    LineAdjudication,
    OtherPayer,
    Payer,
    Person,
    answer,
    claim_file,
    concatenated,
    remittance_file,
    reversal,
)
from support.run import bill, command_line

VISIT = Claim()
SPEC = "CO-45 25, PR-2 15"
BENEFICIARY = Person(member_id="1EG4TE5MK73")


def test_a_line_without_a_charge_needs_no_answer(tmp_path: Path) -> None:
    """Quality codes are billed at zero, and many payers leave them out of the remittance."""
    claim = Claim(lines=[Line(), Line(procedure="3074F", charge="0")])
    whole = answer(claim, SPEC)
    paid = remittance_file(whole.but(lines=whole.lines[:1]))
    result = bill(tmp_path, claim_file(claim), paid)
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00", expected_next="15.00")
    assert at_lines(result.claim(), PRIME) == [("1", "60", "HC:99213", "1", SPEC)]
    assert len(result.claim()["lines"]) == 2


def test_a_line_without_a_charge_that_was_answered_is_told(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(), Line(procedure="3074F", charge="0")])
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, SPEC)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00")
    assert at_lines(result.claim(), PRIME)[1] == ("2", "0", "HC:3074F", "1", "")


def test_a_payer_that_calls_itself_differently_keeps_the_id_it_was_billed_with(tmp_path: Path) -> None:
    """SVD01 must be the 2330B id, and that is the one the claim had, whatever the remittance says."""
    itself = replace(PRIME, id="99999", name="PRIME HEALTH PLAN OF ILLINOIS")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, SPEC), payer=itself))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00")
    assert at_lines(result.claim(), PRIME.id) == [("1", "60", "HC:99213", "1", SPEC)]
    assert told(result.claim(), PRIME.id)["payer"]["nm1"][3] == PRIME.name


def _after_medicare(**facts: object) -> Claim:
    """A group plan first, Medicare second, Medicaid third."""
    first = OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication())
    third = OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC1"))
    claim = Claim(
        sequence="S",
        payer=MEDICARE,
        insurance_type="12",
        subscriber=BENEFICIARY,
        others=[first, third],
        lines=[Line(adjudications=[LineAdjudication(cas="CO-45 25, PR-2 30")])],
    )
    return replace(claim, **facts)  # type: ignore[arg-type]


def test_why_medicare_was_second_is_still_told_to_the_third_payer(tmp_path: Path) -> None:
    claim = _after_medicare()
    paid = remittance_file(answer(claim, "OA-23 70, PR-2 10", status="2"), payer=MEDICARE)
    result = bill(tmp_path, claim_file(claim), paid)
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="20.00", expected_next="10.00")
    assert told(result.claim(), MEDICARE)["sbr"][1:6] == ["S", "18", "", "", "12"]
    assert told(result.claim(), PRIME)["sbr"][5] == ""
    assert result.claim()["sbr"][5] == ""


def test_both_answers_at_once_with_medicare_second(tmp_path: Path) -> None:
    claim = Claim(
        others=[
            OtherPayer(payer=MEDICARE, subscriber=BENEFICIARY, insurance_type="12"),
            OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC1")),
        ]
    )
    one = remittance_file(answer(claim, "CO-45 25, PR-2 30"), date="20250120")
    two = remittance_file(answer(claim, "OA-23 70, PR-2 10", status="2"), payer=MEDICARE, trace="C2")
    result = bill(tmp_path, claim_file(claim), one, two)
    assert rows(result) == [("bill_next", "NP-NEXT-PAYER"), ("closed", "NP-EARLIER-PAYER")]
    assert told(result.claim(), MEDICARE)["sbr"][5] == "12"


def test_a_first_answer_to_a_claim_that_is_already_at_the_second_payer_is_not_billed_again(
    tmp_path: Path,
) -> None:
    """The file is the claim to the second payer, which has not answered: sending it again is a duplicate."""
    claim = Claim(
        sequence="S",
        payer=GREAT,
        others=[
            OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication(icn="X1"))
        ],
        lines=[Line(adjudications=[LineAdjudication(cas=SPEC)])],
    )
    paid = answer(claim, "CO-45 25, PR-2 20", status="1")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid, payer=PRIME))
    decided(result, "hold", "NP-ALREADY-BILLED", paid="55.00", expected_next="0.00")
    assert result.outgoing == {}


def test_a_claim_to_the_second_payer_that_lacks_the_first_ones_answer_gets_it(tmp_path: Path) -> None:
    """Some billing systems write the second claim without loop 2430 and leave the rest to others."""
    claim = Claim(
        sequence="S", payer=GREAT, others=[OtherPayer(sequence="P", payer=PRIME, subscriber=Person())]
    )
    paid = answer(claim, SPEC, status="1")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid, payer=PRIME))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00", expected_next="15.00")
    assert at_lines(result.claim(), PRIME) == [("1", "60", "HC:99213", "1", SPEC)]


def test_a_case_rate_above_the_charge_and_the_coinsurance_on_top_is_no_overpayment(tmp_path: Path) -> None:
    """Paid 130 and 20 on a charge of 100: the first payer allowed 150."""
    one = answer(VISIT, cas="CO-94 -50, PR-2 20", lines=())
    two = answer(VISIT, cas="OA-23 80", lines=(), status="2")
    result = bill(
        tmp_path,
        claim_file(VISIT),
        remittance_file(one),
        remittance_file(two, payer=GREAT, trace="C2"),
    )
    assert rows(result) == [("closed", "NP-EARLIER-PAYER"), ("closed", "NP-NOTHING-LEFT")]


def test_claims_from_two_interchanges_with_different_delimiters(tmp_path: Path) -> None:
    one = claim_file(VISIT.but(control="A1"), control=1)
    odd = Delimiters(element="|", component=">", repetition="!", terminator="'", newline="")
    two = claim_file(VISIT.but(control="A2"), control=2, delimiters=odd)
    paid = remittance_file([answer(VISIT, SPEC, control="A1"), answer(VISIT, SPEC, control="A2")])
    result = bill(tmp_path, concatenated(one, two), paid)
    assert [(d["claim_id"], d["action"]) for d in result.decisions] == [
        ("A1", "bill_next"),
        ("A2", "bill_next"),
    ]
    assert {at_claim(claim, PRIME) for claim in result.claims} == {("60", "")}


def test_claims_of_two_practices_keep_their_billing_providers(tmp_path: Path) -> None:
    other = replace(CLINIC, npi="1245319599", last="HILLSIDE CLINIC", tax_id="555443333")
    claims = [VISIT.but(control="A1"), VISIT.but(control="A2", billing=other), VISIT.but(control="A3")]
    paid = remittance_file([answer(claim, SPEC) for claim in claims])
    result = bill(tmp_path, claim_file(claims), paid)
    assert result.actions == ["bill_next"] * 3
    names = {claim["claim_id"]: claim["billing"]["nm1"][3] for claim in result.claims}
    assert names == {"A1": "LAKESIDE CLINIC", "A2": "HILLSIDE CLINIC", "A3": "LAKESIDE CLINIC"}


def test_two_claims_of_one_number_never_bill_the_wrong_one(tmp_path: Path) -> None:
    """A number used twice in a file: the answer to one of them bills nobody else's claim."""
    ann = VISIT.but(lines=[Line(charge="150")], subscriber=Person(first="ANN", member_id="ANN1"))
    result = bill(tmp_path, claim_file([ann, VISIT]), remittance_file(answer(VISIT, SPEC)))
    assert len(result.decisions) + len(result.unmatched) == 1
    for claim in result.claims:
        assert claim["clm"][2] == "100"


@pytest.mark.parametrize("charge", ["100", "100.00", "100.0", "0100"])
def test_amounts_are_compared_as_amounts(tmp_path: Path, charge: str) -> None:
    paid = answer(VISIT, SPEC, charge=charge)
    decided(bill(tmp_path, claim_file(VISIT), remittance_file(paid)), "bill_next", "NP-NEXT-PAYER")


def test_a_reversal_that_takes_back_one_of_two_identical_answers(tmp_path: Path) -> None:
    """Paid twice by two cheques, one of them taken back: one answer stands."""
    one = answer(VISIT, SPEC, icn="ICN1")
    two = answer(VISIT, SPEC, icn="ICN2")
    result = bill(
        tmp_path,
        claim_file(VISIT),
        remittance_file(one, trace="C1"),
        remittance_file(two, trace="C2", date="20250212"),
        remittance_file(reversal(two), trace="C3", date="20250219"),
    )
    assert rows(result) == [
        ("bill_next", "NP-NEXT-PAYER"),
        ("closed", "NP-REVERSAL-PAIRED"),
        ("closed", "NP-REVERSED-EARLIER"),
    ]
    assert ("F8", "ICN1") in told(result.claim(), PRIME)["refs"]


def test_the_next_payer_is_asked_for_once_however_often_the_run_is_repeated(tmp_path: Path) -> None:
    """A second run into the same folder replaces what the first one wrote."""
    first, paid = claim_file(VISIT), remittance_file(answer(VISIT, SPEC))
    result = bill(tmp_path, first, paid)
    files = [str(result.out.parent / name) for name in ("claims.837", "era1.835")]
    again = ["bill", *files, "--out", str(result.out), "--as-of", "2025-03-01", "--quiet"]
    assert command_line(again) == (0, "", "")
    assert sorted(path.name for path in (result.out / "outgoing").iterdir()) == list(result.outgoing)
    (name,) = result.outgoing
    assert (result.out / "outgoing" / name).read_text() == result.outgoing[name]


def test_all_eighteen_reasons_that_a_level_may_hold_of_three_groups(tmp_path: Path) -> None:
    spec = ", ".join(
        [f"CO-{n} 1" for n in (45, 44, 131, 253, 237, 59)]
        + [f"OA-{n} 1" for n in (94, 23, 45, 253, 104, 245)]
        + [f"PR-{n} 1" for n in (1, 2, 3, 66, 96, 204)]
    )
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="82.00", expected_next="6.00")
    assert at_lines(result.claim(), PRIME)[0][4] == spec


def test_an_answer_with_more_reasons_than_a_claim_can_tell_is_held(tmp_path: Path) -> None:
    """Five CAS segments of six at a level: a sixth group of reasons has no place."""
    every = [f"CO-Z{n} 1" for n in range(31)] + ["PR-2 5"]
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, ", ".join(every))))
    decided(result, "hold", "NP-E-CAS-SEGMENTS", paid="64.00", expected_next="0.00")
    assert result.outgoing == {}


def test_fifty_lines_each_with_its_own_decision(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(charge=str(10 + n), control=f"L{n}") for n in range(50)])
    paid = answer(claim, *[f"CO-45 2, PR-2 {n % 7 + 1}" for n in range(50)])
    result = bill(tmp_path, claim_file(claim), remittance_file(paid.but(lines=list(reversed(paid.lines)))))
    decided(result, "bill_next", "NP-NEXT-PAYER", contractual="100.00")
    assert [row[4] for row in at_lines(result.claim(), PRIME)] == [
        f"CO-45 2, PR-2 {n % 7 + 1}" for n in range(50)
    ]


@pytest.mark.parametrize("status", ["4", "23"])
def test_an_answer_that_is_none_and_then_a_real_one(tmp_path: Path, status: str) -> None:
    """Not recognised in January, paid in February: the answer that stands decides."""
    none = remittance_file(answer(VISIT, "CO-31 100", status=status, icn="ICN0"), date="20250125", trace="C0")
    result = bill(tmp_path, claim_file(VISIT), none, remittance_file(answer(VISIT, SPEC)))
    assert ("bill_next", "NP-NEXT-PAYER") in rows(result)
    assert at_claim(result.claim(), PRIME) == ("60", "")


def test_a_predetermination_and_then_the_payment(tmp_path: Path) -> None:
    estimate = remittance_file(answer(VISIT, "PR-2 50", status="25", icn="PRE1"), date="20250102", trace="C0")
    result = bill(tmp_path, claim_file(VISIT), estimate, remittance_file(answer(VISIT, SPEC)))
    assert ("bill_next", "NP-NEXT-PAYER") in rows(result)
    assert at_claim(result.claim(), PRIME) == ("60", "")


def test_the_same_payer_twice_as_two_policies(tmp_path: Path) -> None:
    """Both spouses work for firms insured by one company: two policies of one payer id."""
    same = OtherPayer(
        payer=PRIME, subscriber=Person(first="JOHN", member_id="W9", sex="M"), relationship="01"
    )
    claim = VISIT.but(others=[same])
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, SPEC)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00", expected_next="15.00")
    assert result.claim()["subscriber"]["nm1"][9] == "W9"
    assert at_lines(result.claim(), PRIME) == [("1", "60", "HC:99213", "1", SPEC)]
    second = remittance_file(answer(claim, "OA-23 85, PR-2 5", status="2"), trace="C2")
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, SPEC)), second)
    assert rows(result) == [("bill_patient", "NP-PATIENT"), ("closed", "NP-EARLIER-PAYER")]


def test_a_payer_is_known_by_its_name_where_its_id_is_another(tmp_path: Path) -> None:
    """The remittance gives an id that the claim does not know; the name says whose answer it is."""
    third = Payer(id="THIRD1", name="THIRD MUTUAL")
    claim = VISIT.but(others=[OtherPayer(payer=third, subscriber=Person(member_id="T1"))])
    one = remittance_file(answer(claim, "CO-45 25, PR-2 30"))
    two = remittance_file(
        answer(claim, "OA-23 70, PR-2 5", status="2"), payer=replace(third, id="54321"), trace="C2"
    )
    result = bill(tmp_path, claim_file(claim), one, two)
    assert rows(result) == [("bill_patient", "NP-PATIENT"), ("closed", "NP-EARLIER-PAYER")]


def test_findings_never_repeat_the_same_thing(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(), Line(procedure="36415", charge="15")])
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, "CO-45 0, PR-2 5", "CO-45 0")))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    assert "NP-ZERO-ADJUSTMENT" in findings(decision)
    said = [(finding["id"], finding["where"]) for finding in decision["findings"]]
    assert len(set(said)) == len(said)

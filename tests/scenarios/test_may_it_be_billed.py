"""Before money moves: what the payer's own answer says about billing anyone else from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import at_lines, decided, findings, told
from support.files import (
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Claim,
    Line,
    LineAdjudication,
    OtherPayer,
    Payer,
    Person,
    answer,
    claim_file,
    remittance_file,
    reversal,
)
from support.run import bill

VISIT = Claim()
SPEC = "CO-45 25, PR-2 15"


@pytest.mark.parametrize(
    ("status", "action", "reason"),
    [
        ("1", "bill_next", "NP-NEXT-PAYER"),
        ("2", "hold", "NP-ORDER-DIFFERS"),
        ("3", "hold", "NP-ORDER-DIFFERS"),
        ("19", "forwarded", "NP-FORWARDED"),
        ("20", "hold", "NP-ORDER-DIFFERS"),
        ("21", "hold", "NP-ORDER-DIFFERS"),
        ("23", "forwarded", "NP-NOT-THEIRS"),
        ("25", "closed", "NP-PREDETERMINATION"),
        ("99", "hold", "NP-STATUS-UNKNOWN"),
    ],
)
def test_the_status_of_a_claim_that_was_billed_first(
    tmp_path: Path, status: str, action: str, reason: str
) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, SPEC, status=status)))
    billed = status == "1"
    decided(
        result, action, reason, billed="100.00", paid="60.00", expected_next="15.00" if billed else "0.00"
    )
    assert len(result.claims) == billed


def test_a_payer_that_does_not_know_the_patient_is_answered_before_anyone_else_is_billed(
    tmp_path: Path,
) -> None:
    unknown = answer(VISIT, "CO-31 100", status="4")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(unknown))
    decided(result, "rework", "NP-NOT-RECOGNISED", billed="100.00", paid="0.00", expected_next="0.00")
    assert result.claims == []


def test_a_reversal_alone_holds_the_claim(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(reversal(answer(VISIT, SPEC))))
    decided(result, "hold", "NP-REVERSED", billed="-100.00", paid="-60.00", expected_next="0.00")
    assert result.claims == []


def _second(place: str, **facts: Any) -> Claim:
    """A claim to the second or third payer, with what the payers before decided in it."""
    payers = {"S": [("P", PRIME)], "T": [("P", PRIME), ("S", GREAT)]}[place]
    spec = {"P": "CO-45 25, PR-2 40", "S": "OA-23 60, PR-2 20"}
    after = [OtherPayer(sequence={"S": "T", "T": "A"}[place], payer=MEDICAID)]
    return Claim(
        sequence=place,
        payer={"S": GREAT, "T": Payer(id="THIRD1", name="THIRD MUTUAL")}[place],
        others=[
            *(
                OtherPayer(sequence=at, payer=payer, adjudication=Adjudication(icn=f"ICN{at}"))
                for at, payer in payers
            ),
            *(after if facts.pop("more", True) else []),
        ],
        lines=[
            Line(adjudications=[LineAdjudication(payer_id=payer.id, cas=spec[at]) for at, payer in payers])
        ],
        **facts,
    )


@pytest.mark.parametrize(
    ("place", "status", "action", "reason"),
    [
        ("S", "2", "bill_next", "NP-NEXT-PAYER"),
        ("S", "20", "forwarded", "NP-FORWARDED"),
        ("S", "1", "hold", "NP-ORDER-DIFFERS"),
        ("T", "3", "bill_next", "NP-NEXT-PAYER"),
        ("T", "21", "forwarded", "NP-FORWARDED"),
        ("T", "2", "hold", "NP-ORDER-DIFFERS"),
    ],
)
def test_the_status_of_a_claim_that_was_billed_second_or_third(
    tmp_path: Path, place: str, status: str, action: str, reason: str
) -> None:
    claim = _second(place)
    paid = answer(claim, "OA-23 80, PR-2 12", status=status)
    result = bill(tmp_path, claim_file(claim), remittance_file(paid, payer=claim.payer))
    decided(result, action, reason, paid="8.00", patient_responsibility="12.00")
    assert len(result.claims) == (action == "bill_next")


# --- sent on by the payer itself: never bill twice -------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "action", "reason"),
    [
        ({"status": "19"}, "forwarded", "NP-FORWARDED"),
        ({"status": "19", "crossover": GREAT, "remarks": ["MA18"]}, "forwarded", "NP-FORWARDED"),
        ({"crossover": GREAT}, "forwarded", "NP-CROSSOVER-NAMED"),
        ({"remarks": ["MA18"]}, "forwarded", "NP-CROSSOVER-REMARK"),
        ({"remarks": ["N381", "N89"]}, "forwarded", "NP-CROSSOVER-REMARK"),
        ({"remarks": ["MA07"]}, "forwarded", "NP-CROSSOVER-REMARK"),
        ({"status": "19", "remarks": ["MA19"]}, "hold", "NP-CROSSOVER-CONTRADICTED"),
        ({"status": "19", "remarks": ["MA08"]}, "hold", "NP-CROSSOVER-CONTRADICTED"),
        ({"status": "19", "remarks": ["MA68"]}, "hold", "NP-CROSSOVER-CONTRADICTED"),
        ({"crossover": GREAT, "remarks": ["MA19"]}, "hold", "NP-CROSSOVER-CONTRADICTED"),
        ({"remarks": ["MA08"]}, "bill_next", "NP-NEXT-PAYER"),
        ({"remarks": ["MA19"]}, "bill_next", "NP-NEXT-PAYER"),
        ({"remarks": ["MA68"]}, "bill_next", "NP-NEXT-PAYER"),
        ({"remarks": ["MA01"]}, "bill_next", "NP-NEXT-PAYER"),
    ],
    ids=lambda x: "-".join(f"{k}={getattr(v, 'id', v)}" for k, v in x.items()) if isinstance(x, dict) else x,
)
def test_whether_the_payer_sent_the_claim_on_itself(
    tmp_path: Path, facts: dict[str, Any], action: str, reason: str
) -> None:
    claim = VISIT.but(payer=MEDICARE, subscriber=Person(member_id="1EG4TE5MK73"))
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, SPEC, **facts), payer=MEDICARE))
    decided(result, action, reason, paid="60.00", patient_responsibility="15.00")
    assert len(result.claims) == (action == "bill_next")


def test_a_crossover_remark_on_a_line_counts_too(tmp_path: Path) -> None:
    paid = answer(VISIT, SPEC)
    sent_on = paid.but(lines=[type(paid.lines[0])(cas=SPEC, remarks=["MA18"])])
    result = bill(tmp_path, claim_file(VISIT), remittance_file(sent_on))
    decided(result, "forwarded", "NP-CROSSOVER-REMARK", paid="60.00")


def test_a_payer_that_names_another_payer_to_come_first_stops_everything(tmp_path: Path) -> None:
    paid = answer(VISIT, "OA-22 100", priority_payer=MEDICARE)
    result = bill(tmp_path, claim_file(VISIT), remittance_file(paid))
    decided(result, "hold", "NP-PRIORITY-CORRECTED", paid="0.00", expected_next="0.00")


# --- denials -----------------------------------------


@pytest.mark.parametrize(
    ("spec", "action", "reason"),
    [
        ("CO-16 100", "rework", "NP-FIX-FIRST"),
        ("PR-16 100", "rework", "NP-FIX-FIRST"),
        ("CO-4 100", "rework", "NP-FIX-FIRST"),
        ("CO-252 100", "rework", "NP-FIX-FIRST"),
        ("CO-22 100", "rework", "NP-FIX-FIRST"),
        ("OA-109 100", "rework", "NP-FIX-FIRST"),
        ("PR-227 100", "rework", "NP-FIX-FIRST"),
        ("CO-31 100", "rework", "NP-FIX-FIRST"),
        ("CO-29 100", "appeal", "NP-APPEAL"),
        ("CO-50 100", "appeal", "NP-APPEAL"),
        ("CO-197 100", "appeal", "NP-APPEAL"),
        ("CO-96 100", "appeal", "NP-APPEAL"),
        ("OA-133 100", "hold", "NP-WAIT"),
        ("OA-18 100", "hold", "NP-REVIEW"),
        ("CO-24 100", "hold", "NP-REVIEW"),
        ("CO-97 100", "write_off", "NP-CONTRACTUAL"),
        ("CO-45 100", "write_off", "NP-CONTRACTUAL"),
        ("PI-45 100", "dispute", "NP-PAYER-INITIATED"),
        ("CO-ZZ9 100", "hold", "NP-REASON-UNKNOWN"),
        ("PR-50 100", "bill_next", "NP-NEXT-PAYER"),
        ("PR-119 100", "bill_next", "NP-NEXT-PAYER"),
    ],
)
def test_what_follows_from_a_claim_on_which_nothing_was_paid(
    tmp_path: Path, spec: str, action: str, reason: str
) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    owed = "100.00" if spec.startswith("PR") else "0.00"
    decided(result, action, reason, paid="0.00", patient_responsibility=owed)
    assert len(result.claims) == (action == "bill_next")


TWO = Claim(lines=[Line(), Line(procedure="36415", charge="15")])


def test_one_line_to_correct_stops_the_claim_though_another_was_paid(tmp_path: Path) -> None:
    """The next payer would answer the rest with N36, 136 or 228: the primary comes first."""
    result = bill(tmp_path, claim_file(TWO), remittance_file(answer(TWO, SPEC, "CO-16 15")))
    decided(result, "rework", "NP-FIX-FIRST", paid="60.00", patient_responsibility="15.00")
    assert result.claims == []


def test_a_line_that_may_be_appealed_does_not_stop_the_patients_share_of_another(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(TWO), remittance_file(answer(TWO, SPEC, "CO-50 15")))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="15.00", contractual="40.00")
    assert "NP-REASON" in findings(decision)
    assert at_lines(result.claim(), PRIME)[1] == ("2", "0", "HC:36415", "1", "CO-50 15")


def test_a_reason_nobody_knows_is_carried_where_something_was_paid(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "CO-ZZ9 10, PR-2 15")))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", paid="75.00")
    assert "NP-REASON-UNKNOWN" in findings(decision)
    assert at_lines(result.claim(), PRIME) == [("1", "75", "HC:99213", "1", "CO-ZZ9 10, PR-2 15")]


def test_a_share_reported_as_contractual_is_copied_and_flagged(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(TWO), remittance_file(answer(TWO, "CO-2 16", "PR-2 3")))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", contractual="16.00", expected_next="3.00")
    assert "NP-COST-SHARE-AS-CO" in findings(decision)
    assert at_lines(result.claim(), PRIME)[0][4] == "CO-2 16"


# --- money taken back at the cheque -----------------------------------------


def test_a_recovery_that_names_the_claim_holds_it(tmp_path: Path) -> None:
    other = VISIT.but(control="ACCT1002")
    paid = [answer(VISIT, SPEC), answer(other, SPEC)]
    result = bill(
        tmp_path, claim_file([VISIT, other]), remittance_file(paid, plb=[("WO", "ICNACCT1001", "60")])
    )
    decided(result, "hold", "NP-TAKEBACK", "ACCT1001", paid="60.00", expected_next="0.00")
    decided(result, "bill_next", "NP-NEXT-PAYER", "ACCT1002", paid="60.00", expected_next="15.00")
    assert [claim["claim_id"] for claim in result.claims] == ["ACCT1002"]


@pytest.mark.parametrize(
    ("reason", "reference", "amount"),
    [
        ("WO", "ICNOFANOTHERCLAIM", "40"),
        ("L6", "ICNACCT1001", "-1.10"),
        ("FB", "ICNACCT1001", "12"),
        ("CS", "ADJ1", "5.50"),
        ("72", "ICNACCT1001", "-7"),
    ],
)
def test_any_other_money_at_the_cheque_changes_nothing_on_the_claim(
    tmp_path: Path, reason: str, reference: str, amount: str
) -> None:
    plain = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, SPEC)))
    result = bill(
        tmp_path,
        claim_file(VISIT),
        remittance_file(answer(VISIT, SPEC), plb=[(reason, reference, amount)], method="ACH"),
    )
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00", expected_next="15.00")
    assert result.outgoing == plain.outgoing
    assert told(result.claim(), PRIME)["amt"]["D"] == 60


@pytest.mark.parametrize(
    ("date", "reason"), [("20250302", "NP-DATE-IN-FUTURE"), ("20260205", "NP-DATE-IN-FUTURE")]
)
def test_a_payment_dated_after_today_is_held(tmp_path: Path, date: str, reason: str) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, SPEC), date=date))
    decided(result, "hold", reason, paid="60.00")

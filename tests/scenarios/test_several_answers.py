"""More than one payment on a claim: corrections, repetitions, parts, and payers one after the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import (
    at_claim,
    at_lines,
    dates,
    decided,
    deciding,
    findings,
    person,
    rows,
    told,
)
from support.files import (
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Check,
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
from support.run import Result, bill

VISIT = Claim()
FIRST = answer(VISIT, "CO-45 25, PR-2 15")
CORRECTED = answer(VISIT, "CO-45 30, PR-2 14", icn="ICNNEW")
BILLED = ("bill_next", "NP-NEXT-PAYER")
PAIRED = ("closed", "NP-REVERSAL-PAIRED")
TAKEN_BACK = ("closed", "NP-REVERSED-EARLIER")


def test_an_answer_its_reversal_and_the_correction_in_one_file(tmp_path: Path) -> None:
    """The correction replaces: only it is billed from, and every payment is accounted for."""
    result = bill(tmp_path, claim_file(VISIT), remittance_file([FIRST, reversal(FIRST), CORRECTED]))
    assert rows(result) == [BILLED, PAIRED, TAKEN_BACK]
    decision = deciding(result)
    assert decision["amounts"]["paid"] == "56.00"
    assert "NP-CORRECTED-ANSWER" in findings(decision)
    assert at_lines(result.claim(), PRIME) == [("1", "56", "HC:99213", "1", "CO-45 30, PR-2 14")]
    assert ("F8", "ICNNEW") in told(result.claim(), PRIME)["refs"]


@pytest.mark.parametrize("late_file_first", [False, True])
def test_a_reversal_and_correction_weeks_later_whatever_the_order_of_the_files(
    tmp_path: Path, late_file_first: bool
) -> None:
    early = remittance_file(FIRST, date="20250205", trace="CHK1")
    late = remittance_file([reversal(FIRST), CORRECTED], date="20250225", trace="CHK2")
    files = [late, early] if late_file_first else [early, late]
    result = bill(tmp_path, claim_file(VISIT), *files)
    assert rows(result) == [BILLED, PAIRED, TAKEN_BACK]
    assert deciding(result)["amounts"]["patient_responsibility"] == "14.00"
    assert dates(result.claim(), PRIME) == (None, {"20250225"})


def test_a_reversal_and_correction_of_an_answer_from_an_earlier_run(tmp_path: Path) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file([reversal(FIRST), CORRECTED]))
    assert rows(result) == [BILLED, PAIRED]
    assert "NP-CORRECTED-ANSWER" in findings(deciding(result))
    assert at_claim(result.claim(), PRIME) == ("56", "")


def test_an_answer_taken_back_without_a_correction_holds_the_claim(tmp_path: Path) -> None:
    later = remittance_file(reversal(FIRST), date="20250225", trace="CHK2")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(FIRST), later)
    assert rows(result) == [TAKEN_BACK, ("hold", "NP-REVERSED")]
    assert result.claims == []


def test_a_reversal_that_fits_no_answer_holds_the_claim(tmp_path: Path) -> None:
    stranger = reversal(answer(VISIT, "CO-45 10, PR-2 50"))
    later = remittance_file(stranger, date="20250225", trace="CHK2")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(FIRST), later)
    assert ("hold", "NP-REVERSAL-UNPAIRED") in rows(result)
    assert result.claims == []


def test_a_correction_of_a_correction_counts_last(tmp_path: Path) -> None:
    last = answer(VISIT, "CO-45 20, PR-2 10", icn="ICNLAST")
    result = bill(
        tmp_path,
        claim_file(VISIT),
        remittance_file(FIRST, trace="C1"),
        remittance_file([reversal(FIRST), CORRECTED], date="20250212", trace="C2"),
        remittance_file([reversal(CORRECTED), last], date="20250219", trace="C3"),
    )
    assert rows(result) == [BILLED, PAIRED, PAIRED, TAKEN_BACK, TAKEN_BACK]
    assert at_lines(result.claim(), PRIME)[0][4] == "CO-45 20, PR-2 10"


def test_the_same_remittance_twice_counts_once(tmp_path: Path) -> None:
    text = remittance_file(FIRST)
    once = bill(tmp_path, claim_file(VISIT), text)
    result = bill(tmp_path, claim_file(VISIT), text, text)
    assert rows(result) == [BILLED, ("closed", "NP-DUPLICATE-PAYMENT")]
    assert result.outgoing == once.outgoing


def test_two_answers_that_contradict_hold_the_claim(tmp_path: Path) -> None:
    again = remittance_file(CORRECTED, date="20250225", trace="CHK2")
    result = bill(tmp_path, claim_file(VISIT), remittance_file(FIRST), again)
    assert ("hold", "NP-TWO-ANSWERS") in rows(result)
    assert result.claims == []


TWO = Claim(lines=[Line(control="A1"), Line(procedure="36415", charge="15", control="A2")])


def test_a_claim_that_the_payer_split_is_billed_from_its_parts_together(tmp_path: Path) -> None:
    whole = answer(TWO, "CO-45 25, PR-2 15", "CO-45 5, PR-2 2")
    parts = [
        whole.but(charge="100", lines=whole.lines[:1], icn="PART1"),
        whole.but(charge="15", lines=whole.lines[1:], icn="PART2"),
    ]
    result = bill(tmp_path, claim_file(TWO), remittance_file(parts))
    assert rows(result) == [BILLED, ("closed", "NP-SPLIT-PART")]
    decision = deciding(result)
    assert (decision["amounts"]["billed"], decision["amounts"]["paid"]) == ("115.00", "68.00")
    assert at_claim(result.claim(), PRIME) == ("68", "")
    assert [(row[0], row[4]) for row in at_lines(result.claim(), PRIME)] == [
        ("1", "CO-45 25, PR-2 15"),
        ("2", "CO-45 5, PR-2 2"),
    ]


def test_the_parts_of_a_split_claim_add_up_at_claim_level(tmp_path: Path) -> None:
    whole = answer(TWO)
    parts = [
        whole.but(charge="100", lines=(), cas="CO-45 25, PR-2 15", icn="PART1"),
        whole.but(charge="15", lines=(), cas="CO-45 5, PR-2 2", icn="PART2"),
    ]
    result = bill(tmp_path, claim_file(TWO), remittance_file(parts))
    assert rows(result) == [BILLED, ("closed", "NP-SPLIT-PART")]
    assert at_claim(result.claim(), PRIME) == ("68", "CO-45 30, PR-2 17")


def test_the_remarks_of_every_part_of_a_split_claim_go_on(tmp_path: Path) -> None:
    whole = answer(TWO, "CO-45 25, PR-2 15", "CO-45 5, PR-2 2")
    parts = [
        whole.but(charge="100", lines=whole.lines[:1], icn="PART1", moa=["", "120", "MA15", "N130"]),
        whole.but(charge="15", lines=whole.lines[1:], icn="PART2", moa=["0.5", "", "MA15", "MA01"]),
    ]
    result = bill(tmp_path, claim_file(TWO), remittance_file(parts))
    assert deciding(result)["reason"] == "NP-NEXT-PAYER"
    assert told(result.claim(), PRIME)["moa"][1:] == ["0.5", "", "MA15", "N130", "MA01"]


def test_more_remarks_of_the_parts_than_there_is_room_for_are_told(tmp_path: Path) -> None:
    whole = answer(TWO, "CO-45 25, PR-2 15", "CO-45 5, PR-2 2")
    parts = [
        whole.but(charge="100", lines=whole.lines[:1], icn="PART1", remarks=["M1", "M2", "M3", "M4"]),
        whole.but(charge="15", lines=whole.lines[1:], icn="PART2", remarks=["M5", "M6"]),
    ]
    result = bill(tmp_path, claim_file(TWO), remittance_file(parts))
    assert "NP-REMARKS-LEFT" in findings(deciding(result))
    assert told(result.claim(), PRIME)["moa"][3:] == ["M1", "M2", "M3", "M4", "M5"]


def test_a_part_of_a_split_claim_alone_is_not_the_whole_answer(tmp_path: Path) -> None:
    whole = answer(TWO, "CO-45 25, PR-2 15", "CO-45 5, PR-2 2")
    part = whole.but(charge="100", lines=whole.lines[:1])
    result = bill(tmp_path, claim_file(TWO), remittance_file(part))
    decision = decided(result, "hold", "NP-CHARGE-DIFFERS", billed="100.00")
    assert "NP-LINE-UNANSWERED" in findings(decision)


# --- two payers ahead -----------------------------------------

PRIMARY = "CO-45 25, CO-253 1.2, PR-1 30, PR-2 8.8"
SECONDARY = "OA-23 61.2, CO-45 10, PR-2 5"
THIRD = Payer(id="THIRD1", name="THIRD MUTUAL")
AT_SECOND = Claim(
    sequence="S",
    payer=GREAT,
    subscriber=Person(member_id="GP556677"),
    others=[
        OtherPayer(
            sequence="P",
            payer=PRIME,
            subscriber=Person(),
            adjudication=Adjudication(icn="ICNP", moa=["", "", "MA01"]),
        ),
        OtherPayer(sequence="T", payer=THIRD, subscriber=Person(member_id="T1")),
    ],
    lines=[Line(adjudications=[LineAdjudication(cas=PRIMARY, date="20250120")])],
)
FROM_SECOND = remittance_file(answer(AT_SECOND, SECONDARY, status="2"), payer=GREAT, date="20250220")


def test_the_third_payer_is_told_both_decisions_each_balancing_alone(tmp_path: Path) -> None:
    """The claim to the second payer carries the first decision; the second answers; the third is billed."""
    result = bill(tmp_path, claim_file(AT_SECOND), FROM_SECOND)
    decided(result, *BILLED, paid="23.80", contractual="10.00", expected_next="5.00")
    claim = result.claim()
    assert (claim["sbr"][1], claim["payer"]["nm1"][9]) == ("T", THIRD.id)
    assert [(o["sbr"][1], o["payer"]["nm1"][9]) for o in claim["other"]] == [("P", "PRIME"), ("S", "GREAT1")]
    assert at_lines(claim, PRIME) == [("1", "35", "HC:99213", "1", PRIMARY)]
    assert at_lines(claim, GREAT) == [("1", "23.8", "HC:99213", "1", SECONDARY)]
    assert dates(claim, PRIME) == (None, {"20250120"})
    assert dates(claim, GREAT) == (None, {"20250220"})
    assert told(claim, PRIME)["moa"][3] == "MA01"
    assert ("F8", "ICNP") in told(claim, PRIME)["refs"]
    assert ("F8", "ICNACCT1001") in told(claim, GREAT)["refs"]
    assert person(told(claim, PRIME)["subscriber"])[2] == "W100200300"
    assert person(told(claim, GREAT)["subscriber"])[2] == "GP556677"


def test_a_later_answer_of_the_first_payer_replaces_the_one_the_claim_carried(tmp_path: Path) -> None:
    again = answer(AT_SECOND, "CO-45 30, PR-1 30, PR-2 5", status="1", icn="ICNP2")
    result = bill(tmp_path, claim_file(AT_SECOND), remittance_file(again, date="20250218"), FROM_SECOND)
    assert rows(result) == [BILLED, ("closed", "NP-EARLIER-PAYER")]
    assert at_lines(result.claim(), PRIME) == [("1", "35", "HC:99213", "1", "CO-45 30, PR-1 30, PR-2 5")]
    assert told(result.claim(), PRIME)["refs"] == [("F8", "ICNP2")]


AT_FIRST = Claim(
    others=[
        OtherPayer(sequence="S", payer=GREAT, subscriber=Person(member_id="GP556677")),
        OtherPayer(sequence="T", payer=THIRD, subscriber=Person(member_id="T1")),
    ]
)


def test_both_payers_answers_at_once_lead_to_the_third(tmp_path: Path) -> None:
    first = remittance_file(answer(AT_FIRST, PRIMARY), date="20250120")
    result = bill(tmp_path, claim_file(AT_FIRST), first, FROM_SECOND)
    assert rows(result) == [BILLED, ("closed", "NP-EARLIER-PAYER")]
    assert deciding(result)["amounts"]["expected_next"] == "5.00"
    claim = result.claim()
    assert (claim["sbr"][1], claim["payer"]["nm1"][9]) == ("T", THIRD.id)
    assert [(o["sbr"][1], o["payer"]["nm1"][9]) for o in claim["other"]] == [("P", "PRIME"), ("S", "GREAT1")]
    assert at_lines(claim, PRIME) == [("1", "35", "HC:99213", "1", PRIMARY)]
    assert at_lines(claim, GREAT) == [("1", "23.8", "HC:99213", "1", SECONDARY)]


def test_two_payers_in_one_remittance_file_are_told_apart(tmp_path: Path) -> None:
    checks = [
        Check(payments=[answer(AT_FIRST, PRIMARY)], payer=PRIME, trace="A1", date="20250120"),
        Check(payments=[answer(AT_FIRST, SECONDARY, status="2")], payer=GREAT, trace="B1", date="20250220"),
    ]
    result = bill(tmp_path, claim_file(AT_FIRST), remittance_file(checks=checks))
    assert rows(result) == [BILLED, ("closed", "NP-EARLIER-PAYER")]
    assert result.claim()["payer"]["nm1"][9] == THIRD.id


def test_the_second_payers_answer_alone_cannot_go_on_without_the_first(tmp_path: Path) -> None:
    """The next claim must tell every earlier payer's decision; the first one's is missing."""
    result = bill(tmp_path, claim_file(AT_FIRST), FROM_SECOND)
    decided(result, "hold", "NP-EARLIER-UNANSWERED", paid="23.80", expected_next="0.00")
    assert result.claims == []


def last(result: Result) -> dict[str, Any]:
    """The decision of the payer that answered last."""
    aside = {"NP-EARLIER-PAYER", "NP-REVERSAL-PAIRED", "NP-REVERSED-EARLIER", "NP-SUPERSEDED"}
    (found,) = [one for one in result.decisions if one["reason"] not in aside]
    return found


AT_FIRST_OF_TWO = AT_FIRST.but(others=AT_FIRST.others[:1])


def test_the_last_payers_answer_alone_does_not_say_what_the_patient_owes(tmp_path: Path) -> None:
    """The patient owes no more than the first payer left, and nothing where its answer marks a QMB: what the
    second one restates of it (OA-23) tells neither."""
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), FROM_SECOND)
    decided(result, "hold", "NP-EARLIER-UNANSWERED", paid="23.80", expected_patient="0.00")
    first = remittance_file(answer(AT_FIRST_OF_TWO, PRIMARY), date="20250120")
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), first, FROM_SECOND)
    assert last(result)["action"] == "bill_patient"
    assert last(result)["amounts"]["expected_patient"] == "5.00"


def test_the_first_payer_left_less_than_the_second_one_would_have_the_patient_pay(tmp_path: Path) -> None:
    """The second payer restates the payment alone and has a deductible: without the first answer, 36 would
    be asked for where its contract leaves 16."""
    second = remittance_file(
        answer(AT_FIRST_OF_TWO, "OA-23 64, PR-1 36", status="2"), payer=GREAT, trace="C2", date="20250220"
    )
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), second)
    decided(result, "hold", "NP-EARLIER-UNANSWERED", expected_patient="0.00")
    first = remittance_file(answer(AT_FIRST_OF_TWO, "CO-45 20, PR-2 16"), date="20250120")
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), first, second)
    assert last(result)["amounts"]["expected_patient"] == "16.00"


@pytest.mark.parametrize("second", ["OA-23 84", "OA-23 84, CO-45 6", "CO-45 90", "CO-303 100", "CO-97 100"])
def test_a_later_payer_that_leaves_nothing_does_not_close_a_claim_the_first_is_silent_on(
    tmp_path: Path, second: str
) -> None:
    said = remittance_file(answer(AT_FIRST_OF_TWO, second, status="2"), payer=GREAT, trace="C2")
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), said)
    decided(result, "hold", "NP-EARLIER-UNANSWERED")


@pytest.mark.parametrize("second", ["OA-23 84, PR-2 5", "OA-23 84", "CO-45 100"])
def test_a_first_payer_that_answered_twice_is_asked_whatever_the_second_one_says(
    tmp_path: Path, second: str
) -> None:
    """It took neither answer back: which of them the patient's balance, or a write-off, would rest on nobody
    knows."""
    one = remittance_file(answer(AT_FIRST_OF_TWO, "CO-45 20, PR-2 16"), trace="A1", date="20250120")
    two = remittance_file(
        answer(AT_FIRST_OF_TWO, "CO-45 100", icn="ICNP2"), trace="A2", date="20250125", control=2
    )
    said = answer(AT_FIRST_OF_TWO, second, status="2")
    result = bill(
        tmp_path,
        claim_file(AT_FIRST_OF_TWO),
        one,
        two,
        remittance_file(said, payer=GREAT, trace="C2", date="20250220"),
    )
    assert ("hold", "NP-TWO-ANSWERS") in rows(result)
    assert {action for action, _ in rows(result)} == {"hold", "closed"}


def test_a_reversal_of_the_first_payer_that_fits_nothing_is_asked_about(tmp_path: Path) -> None:
    paid = answer(AT_FIRST_OF_TWO, "CO-45 20, PR-2 16")
    other = reversal(answer(AT_FIRST_OF_TWO, "CO-45 30, PR-2 16", icn="ICNP2"))
    result = bill(
        tmp_path,
        claim_file(AT_FIRST_OF_TWO),
        remittance_file(paid, trace="A1", date="20250120"),
        remittance_file(other, trace="A2", date="20250122", control=2),
        remittance_file(
            answer(AT_FIRST_OF_TWO, "OA-23 84", status="2"), payer=GREAT, trace="C2", date="20250220"
        ),
    )
    assert last(result)["reason"] == "NP-REVERSAL-UNPAIRED"


def test_an_answer_that_rests_on_other_decisions_goes_on_to_the_next_payer_and_says_so(
    tmp_path: Path,
) -> None:
    """Ten dollars have no reason. The third payer's limit runs meanwhile, and its claim tells each decision
    as it was given; the ten stay open, and at the end of the line they hold the claim."""
    first = remittance_file(answer(AT_FIRST, "CO-45 20, PR-2 16"), date="20250120")
    second = answer(AT_FIRST, "OA-23 94, PR-2 5", status="2")
    said = remittance_file(second, payer=GREAT, trace="C2", date="20250220")
    result = bill(tmp_path, claim_file(AT_FIRST), first, said)
    assert rows(result) == [BILLED, ("closed", "NP-EARLIER-PAYER")]
    assert [one["severity"] for one in deciding(result)["findings"] if one["id"] == "NP-PRIOR-DIFFERS"] == [
        "warn"
    ]
    third = remittance_file(
        answer(AT_FIRST, "OA-23 95", status="3"), payer=THIRD, trace="C3", date="20250225", control=3
    )
    result = bill(tmp_path, claim_file(AT_FIRST), first, said, third)
    assert last(result)["reason"] == "NP-PRIOR-DIFFERS"


@pytest.mark.parametrize("second", ["OA-23 94", "OA-23 94, PR-2 5"])
def test_an_answer_that_rests_on_other_decisions_neither_closes_nor_bills_the_patient(
    tmp_path: Path, second: str
) -> None:
    first = remittance_file(answer(AT_FIRST_OF_TWO, "CO-45 20, PR-2 16"), date="20250120")
    said = remittance_file(
        answer(AT_FIRST_OF_TWO, second, status="2"), payer=GREAT, trace="C2", date="20250220"
    )
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), first, said)
    assert last(result)["reason"] == "NP-PRIOR-DIFFERS"


def test_an_earlier_payers_answer_that_does_not_balance_stops_the_third_claim_too(tmp_path: Path) -> None:
    first = remittance_file(answer(AT_FIRST, PRIMARY, paid="36"), date="20250120")
    result = bill(tmp_path, claim_file(AT_FIRST), first, FROM_SECOND)
    assert rows(result) == [("closed", "NP-EARLIER-PAYER"), ("hold", "NP-835-CLAIM-BALANCE")]
    assert result.claims == []


def test_an_earlier_payers_answer_about_another_service_stops_the_third_claim_too(tmp_path: Path) -> None:
    paid = answer(AT_FIRST, PRIMARY)
    first = paid.but(lines=[replace(paid.lines[0], procedure="71046", date="20241201")])
    result = bill(tmp_path, claim_file(AT_FIRST), remittance_file(first, date="20250120"), FROM_SECOND)
    assert rows(result) == [("closed", "NP-EARLIER-PAYER"), ("hold", "NP-LINE-UNMATCHED")]
    assert result.claims == []


def test_a_second_answer_without_oa_23_is_flagged(tmp_path: Path) -> None:
    paid = answer(AT_SECOND, "CO-45 71.20, PR-2 5", status="2")
    result = bill(tmp_path, claim_file(AT_SECOND), remittance_file(paid, payer=GREAT))
    decision = decided(result, *BILLED, paid="23.80")
    assert "NP-OA23-MISSING" in findings(decision)


def test_medicare_part_b_takes_no_electronic_claim_with_two_payers_ahead(tmp_path: Path) -> None:
    claim = AT_SECOND.but(
        others=[
            AT_SECOND.others[0],
            OtherPayer(
                sequence="T",
                payer=MEDICARE,
                insurance_type="12",
                subscriber=Person(member_id="1EG4TE5MK73"),
            ),
        ]
    )
    result = bill(tmp_path, claim_file(claim), FROM_SECOND)
    decision = decided(result, "hold", "NP-MCR-ONE-PAYER-AHEAD", paid="23.80", expected_next="0.00")
    assert decision["next_payer"] == {"id": MEDICARE.id, "name": MEDICARE.name, "sequence": "T"}


def test_medicaid_comes_third_and_leaves_the_patient_nothing(tmp_path: Path) -> None:
    claim = AT_SECOND.but(
        others=[
            AT_SECOND.others[0],
            OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC1")),
        ]
    )
    result = bill(tmp_path, claim_file(claim), FROM_SECOND)
    decided(result, *BILLED, expected_next="5.00", expected_patient="0.00")
    assert result.claim()["sbr"][9] == "MC"


# --- as many payers as a claim can name -----------------------------------------

ELEVEN = [Payer(id=f"PAYER{n:02d}", name=f"INVENTED PLAN {n}") for n in range(1, 12)]
PLACES = "PSTABCDEFGH"


def _others(answered: int, but: int) -> list[OtherPayer]:
    return [
        OtherPayer(
            sequence=PLACES[n],
            payer=payer,
            subscriber=Person(member_id=f"M{n}"),
            adjudication=Adjudication(icn=f"ICN{n}") if n < answered else None,
        )
        for n, payer in enumerate(ELEVEN)
        if n != but
    ]


def test_the_second_of_eleven_payers_is_billed_and_the_other_nine_are_named(tmp_path: Path) -> None:
    claim = Claim(payer=ELEVEN[0], subscriber=Person(member_id="M0"), others=_others(0, 0))
    paid = remittance_file(answer(claim, "CO-45 25, PR-2 15"), payer=ELEVEN[0])
    result = bill(tmp_path, claim_file(claim), paid)
    decided(result, *BILLED, expected_next="15.00")
    assert result.claim()["sbr"][1] == "S"
    assert [o["sbr"][1] for o in result.claim()["other"]] == list("PTABCDEFGH")


def test_the_eleventh_payer_is_told_ten_decisions(tmp_path: Path) -> None:
    decisions = [
        LineAdjudication(payer_id=ELEVEN[n].id, cas=f"OA-23 {n}, PR-2 {100 - 2 * n}" if n else "PR-2 99")
        for n in range(9)
    ]
    claim = Claim(
        sequence="G",
        payer=ELEVEN[9],
        subscriber=Person(member_id="M9"),
        others=_others(9, 9),
        lines=[Line(adjudications=decisions)],
    )
    paid = answer(claim, "OA-23 20, PR-2 79", status="3")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid, payer=ELEVEN[9]))
    decided(result, *BILLED, paid="1.00", expected_next="79.00")
    written = result.claim()
    assert (written["sbr"][1], written["payer"]["nm1"][9]) == ("H", "PAYER11")
    assert [o["sbr"][1] for o in written["other"]] == list(PLACES[:10])
    assert [at_claim(written, payer)[0] for payer in ELEVEN[:10]] == ["1", *"12345678", "1"]
    assert len(written["lines"][0]["svds"]) == 10


def test_after_the_eleventh_payer_only_the_patient_is_left(tmp_path: Path) -> None:
    decisions = [LineAdjudication(payer_id=payer.id, cas="PR-2 99") for payer in ELEVEN[:10]]
    claim = Claim(
        sequence="H",
        payer=ELEVEN[10],
        subscriber=Person(member_id="M10"),
        others=_others(10, 10),
        lines=[Line(adjudications=decisions)],
    )
    paid = answer(claim, "OA-23 10, CO-45 80, PR-2 5", status="3")
    result = bill(tmp_path, claim_file(claim), remittance_file(paid, payer=ELEVEN[10]))
    decided(result, "bill_patient", "NP-PATIENT", expected_patient="5.00")


def test_an_answer_beside_one_that_cannot_be_read_is_held(tmp_path: Path) -> None:
    """The unreadable one may take it back or correct it, so nothing is billed from the other."""
    both = remittance_file([FIRST, answer(VISIT, "CO-45 25, PR-2 15", icn="SECOND")])
    damaged = both.replace("*PR*2*15~", "*PR*2*1S~").replace("*PR*2*1S~", "*PR*2*15~", 1)
    result = bill(tmp_path, claim_file(VISIT), damaged)
    assert rows(result) == [("hold", "NP-ANSWER-UNREADABLE")]
    assert len(result.quarantined) == 1
    assert result.outgoing == {}


# --- what is refused in part stays somebody's ------------------------------------------------------------

REFUSED_IN_PART = "CO-45 20, CO-50 20, PR-2 16"


def test_a_denial_of_the_first_payer_is_still_its_own_when_the_second_has_paid_its_share(
    tmp_path: Path,
) -> None:
    """The second one restates it (OA-23) and pays what was left to it. Twenty are still denied: the appeal
    goes to the first payer, and the claim is not closed."""
    first = remittance_file(answer(AT_FIRST_OF_TWO, REFUSED_IN_PART), date="20250120")
    said = remittance_file(
        answer(AT_FIRST_OF_TWO, "OA-23 84", status="2"), payer=GREAT, trace="C2", date="20250220"
    )
    result = bill(tmp_path, claim_file(AT_FIRST_OF_TWO), first, said)
    assert rows(result) == [("appeal", "NP-APPEAL"), ("closed", "NP-SUPERSEDED")]
    (appeal,) = [one for one in result.decisions if one["action"] == "appeal"]
    assert (appeal["payment"]["payer_id"], appeal["amounts"]["paid"]) == (PRIME.id, "44.00")


def test_the_patient_is_billed_their_share_and_told_apart_from_what_is_still_refused(tmp_path: Path) -> None:
    alone = VISIT.but(others=())
    result = bill(tmp_path, claim_file(alone), remittance_file(answer(alone, REFUSED_IN_PART)))
    decision = decided(result, "bill_patient", "NP-PATIENT", expected_patient="16.00")
    (told,) = [one["message"] for one in decision["findings"] if one["id"] == "NP-STILL-OPEN"]
    assert told == "open: PRIME CO-50 20.00"


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("OA-23 36", "NP-PRIOR-DIFFERS"),  # there is no payer before the first
        ("CO-45 20, CO-2 16", "NP-STILL-OPEN"),  # a coinsurance that the provider is to bear (RFI 2048)
    ],
)
def test_what_no_rule_takes_off_is_not_written_off_because_nothing_is_left(
    tmp_path: Path, spec: str, reason: str
) -> None:
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    decided(result, "hold", reason, paid="64.00")

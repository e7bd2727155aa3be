"""Expected against actual: a payment beside what its plan owes, and what the patient may then be billed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import decided, findings, said
from scenarios.test_what_the_office_knows import FIRST, VISIT, known, policy
from support.files import (
    GREAT,
    MEDICAID,
    PRIME,
    Line,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import Result, bill

CODE = Line().procedure
FIRST_PAYS = "CO-45 25, PR-2 15"


def second(method: str = "standard", **benefits: Any) -> dict[str, Any]:
    terms = {"allowed": {CODE: "80.00"}, "coinsurance": "0.20", **benefits}
    return policy(GREAT, "S", "GP556677", cob={"method": method}, benefits=terms)


def both(tmp_path: Path, second_pays: str, coverage: dict[str, Any] | None, **facts: Any) -> Result:
    """The claim, answered by the first payer in the usual way and then by the second."""
    first = remittance_file(answer(VISIT, FIRST_PAYS), payer=PRIME)
    later = remittance_file(
        answer(VISIT, second_pays, status="2", **facts), payer=GREAT, date="20250220", trace="CHK2"
    )
    return bill(tmp_path, claim_file(VISIT), first, later, coverage=coverage, as_of="2025-03-01")


def last(result: Result) -> dict[str, Any]:
    return next(one for one in result.decisions if one["reason"] != "NP-EARLIER-PAYER")


def test_a_second_payer_that_pays_what_its_plan_owes_is_as_expected(tmp_path: Path) -> None:
    decision = last(both(tmp_path, "OA-23 85", known(FIRST, second())))
    (claim,) = decision["variance"]
    assert (claim["expected"], claim["paid"], claim["comparison"]) == ("15.00", "15.00", "as_expected")
    assert claim["method"] == "COB-STANDARD"
    assert (decision["action"], decision["reason"]) == ("closed", "NP-NOTHING-LEFT")


def test_a_second_payer_that_takes_a_deductible_nobody_knew_of_is_told_by_that_term(tmp_path: Path) -> None:
    coverage = known(FIRST, second("nonduplication", allowed={CODE: "90.00"}))
    decision = last(both(tmp_path, "OA-23 85, PR-1 15", coverage))
    (claim,) = decision["variance"]
    assert (claim["expected"], claim["paid"], claim["comparison"]) == ("12.00", "0.00", "under")
    assert (claim["term"], claim["assumed"], claim["told"]) == ("deductible", None, "15.00")
    assert decision["reason"] == "NP-BELOW-EXPECTED"
    assert decision["amounts"]["expected_patient"] == "0.00"


def test_a_difference_that_no_term_explains_says_so(tmp_path: Path) -> None:
    decision = last(both(tmp_path, "OA-23 85, CO-45 9", known(FIRST, second())))
    assert decision["variance"][0]["comparison"] == "unexplained"
    assert "NP-PAID-UNEXPLAINED" in findings(decision)


def test_a_second_payer_that_pays_too_much_is_over(tmp_path: Path) -> None:
    coverage = known(FIRST, second("nonduplication"))
    decision = last(both(tmp_path, "OA-23 85", coverage))
    assert decision["variance"][0]["comparison"] == "unexplained"
    assert decision["variance"][0]["expected"] == "4.00"


def test_without_the_plans_terms_nothing_is_compared(tmp_path: Path) -> None:
    decision = last(both(tmp_path, "OA-23 85", known(FIRST, policy(GREAT, "S", "GP556677"))))
    assert "variance" not in decision


FEES = "payer_id,procedure,modifier,place_of_service,allowed,effective,terminates\n"


def _with_fees(tmp_path: Path, text: str, name: str = "fees.csv") -> Result:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    paid = remittance_file(answer(VISIT, FIRST_PAYS), payer=PRIME)
    return bill(tmp_path, claim_file(VISIT), paid, args=["--fees", str(file)])


def test_a_fee_schedule_shows_what_the_first_payer_allowed_too_little(tmp_path: Path) -> None:
    result = _with_fees(tmp_path, FEES + f"{PRIME.id},{CODE},,,90.00,2025-01-01,\n")
    decision = decided(result, "dispute", "NP-BELOW-CONTRACT")
    assert "contract 90.00" in said(decision)


@pytest.mark.parametrize(
    "row",
    [
        f"{PRIME.id},{CODE},,,75.00,2025-01-01,",
        f"{PRIME.id},{CODE},,,90.00,2025-01-11,",
        f"{PRIME.id},{CODE},22,,90.00,,",
        f"OTHER,{CODE},,,90.00,,",
    ],
    ids=["the very fee", "not yet", "another modifier", "another payer"],
)
def test_a_fee_that_is_not_this_services_changes_nothing(tmp_path: Path, row: str) -> None:
    decided(_with_fees(tmp_path, FEES + row + "\n"), "bill_next", "NP-NEXT-PAYER")


def test_fees_as_json(tmp_path: Path) -> None:
    text = f'[{{"payer_id": "{PRIME.id}", "procedure": "{CODE}", "allowed": "90.00"}}]'
    decided(_with_fees(tmp_path, text, "fees.json"), "dispute", "NP-BELOW-CONTRACT")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no row below its heading"),
        (FEES, "no row below its heading"),
        (FEES + "A,B\n", "line 2: it has not as many cells"),
        (FEES + "A,B,,,9,,\n", ""),
        (FEES + "A,B,,,nine,,\n", "row 1.allowed"),
        (FEES + "A,B,,,9.00,yesterday,\n", "row 1.effective"),
        (
            FEES.replace("allowed", "alowed") + "A,B,,,9.00,,\n",
            "alowed: unknown key; the nearest known one is allowed",
        ),
        (FEES + "A,B,,,9.00,,\nA,B,,,8.00,,\n", "two amounts for B of payer A"),
    ],
)
def test_a_fee_schedule_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, text: str, says: str
) -> None:
    result = _with_fees(tmp_path, text)
    assert result.exit_code == (2 if says else 0)
    assert says in result.stderr


# --- what the patient may be billed -----------------------------------------


def test_after_two_payers_the_patient_owes_no_more_than_the_first_one_left(tmp_path: Path) -> None:
    """The second payer, which has no contract, calls all of its own difference the patient's."""
    decision = last(both(tmp_path, "OA-23 60, PR-45 30", None))
    assert (decision["action"], decision["reason"]) == ("bill_patient", "NP-PATIENT")
    assert decision["amounts"]["expected_patient"] == "5.00"
    assert {"NP-PATIENT-LAST-PR", "NP-PATIENT-FIRST-PR"} <= findings(decision)


def test_after_medicaid_the_patient_owes_nothing_but_its_copay(tmp_path: Path) -> None:
    claim = VISIT.but(others=[OtherPayer(payer=MEDICAID, subscriber=Person(member_id="MC1"))])
    first = remittance_file(answer(claim, FIRST_PAYS), payer=PRIME)

    def after(spec: str, name: str) -> dict[str, Any]:
        later = remittance_file(
            answer(claim, spec, status="2"), payer=MEDICAID, date="20250220", trace="CHK2"
        )
        return last(bill(tmp_path / name, claim_file(claim), first, later, as_of="2025-03-01"))

    copay = after("OA-23 85, PR-3 2", "copay")
    assert copay["amounts"]["expected_patient"] == "2.00"
    rest = after("OA-23 85, PR-2 15", "rest")
    assert (rest["action"], rest["reason"]) == ("write_off", "NP-PATIENT-PROTECTED")
    assert rest["amounts"]["expected_patient"] == "0.00"

"""The coverage file and the payer packs: facts that no claim holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import at_claim, decided, findings, person, remaining, told
from support.files import (
    DOCTOR,
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Claim,
    Line,
    LineAdjudication,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import Result, bill

VISIT = Claim()
ALONE = VISIT.but(others=())
SPEC = "CO-45 25, PR-2 15"
PATIENT = {"name": {"last": "DOE", "first": "JANE"}, "birth_date": "1975-02-15", "sex": "F"}


def policy(payer: Any, sequence: str | None, member: str, **facts: Any) -> dict[str, Any]:
    """A policy of the patient's own."""
    kind = {"MB": "medicare", "MA": "medicare", "MC": "medicaid"}.get(payer.filing, "commercial")
    return {
        "id": payer.id,
        "payer": {"id": payer.id, "name": payer.name, "kind": kind},
        "holder": {"relation": "self"},
        "sequence": sequence,
        "member_id": member,
        **facts,
    }


def known(*policies: dict[str, Any]) -> dict[str, Any]:
    return {"patient": PATIENT, "coverages": list(policies)}


FIRST = policy(PRIME, "P", "W100200300")


def run(tmp_path: Path, claim: Claim, coverage: dict[str, Any] | None = None, **facts: Any) -> Result:
    """The claim, answered in the usual way."""
    payer = claim.payer
    return bill(
        tmp_path,
        claim_file(claim),
        remittance_file(answer(claim, SPEC), payer=payer),
        coverage=coverage,
        **facts,
    )


# --- the coverage file -----------------------------------------


def test_it_names_the_next_payer_that_the_claim_does_not(tmp_path: Path) -> None:
    second = policy(GREAT, "S", "GP998877", group_number="G9", plan_name="GOLD")
    result = run(tmp_path, ALONE, known(FIRST, second))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="15.00")
    assert decision["next_payer"] == {"id": GREAT.id, "name": GREAT.name, "sequence": "S"}
    claim = result.claim()
    assert claim["sbr"][1:5] == ["S", "18", "G9", "GOLD"]
    assert person(claim["subscriber"]) == ("DOE", "JANE", "GP998877")
    assert told(claim, PRIME)["oi"][3] == "Y"
    assert told(claim, PRIME)["oi"][6] == "Y"


def test_it_replaces_the_next_payer_that_the_claim_names(tmp_path: Path) -> None:
    other = policy(MEDICAID, "S", "MC100")
    result = run(tmp_path, VISIT, known(FIRST, other))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", expected_patient="0.00")
    assert decision["next_payer"]["id"] == MEDICAID.id
    assert "NP-COVERAGE-REPLACES" in findings(decision)
    assert (result.claim()["sbr"][9], len(result.claim()["other"])) == ("MC", 1)


def test_it_corrects_the_member_id_that_the_claim_has(tmp_path: Path) -> None:
    result = run(tmp_path, VISIT, known(FIRST, policy(GREAT, "S", "GPNEW")))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert person(result.claim()["subscriber"])[2] == "GPNEW"


def test_a_holder_who_is_another_person_becomes_the_subscriber(tmp_path: Path) -> None:
    spouse = {
        "relation": "spouse",
        "name": {"last": "DOE", "first": "JOHN"},
        "birth_date": "1973-03-01",
        "sex": "M",
        "address": {"lines": ["9 OAK ROAD"], "city": "SPRINGFIELD", "state": "IL", "postal_code": "62702"},
    }
    second = {**policy(GREAT, "S", "GP5"), "holder": spouse, "patient_relationship": "01"}
    result = run(tmp_path, ALONE, known(FIRST, second))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    claim = result.claim()
    assert person(claim["subscriber"]) == ("DOE", "JOHN", "GP5")
    assert person(claim["patient"])[:2] == ("DOE", "JANE")
    assert claim["pat"][1] == "01"


def test_the_subscribers_number_is_the_policyholders_own(tmp_path: Path) -> None:
    spouse = {"id": "HOLDER9", "relation": "spouse", "name": {"last": "DOE", "first": "JOHN"}, "sex": "M"}
    address = {"lines": ["9 OAK ROAD"], "city": "SPRINGFIELD", "state": "IL", "postal_code": "62702"}
    holder = {**spouse, "birth_date": "1973-03-01", "address": address}
    second = {**policy(GREAT, "S", "DEPENDANT1"), "holder": holder, "patient_relationship": "01"}
    result = run(tmp_path, ALONE, known(FIRST, second))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert person(result.claim()["subscriber"]) == ("DOE", "JOHN", "HOLDER9")


@pytest.mark.parametrize(
    ("begins", "ends"), [("2020-01-01", "2025-01-09"), ("2025-01-11", None)], ids=["ended", "not yet begun"]
)
def test_a_policy_not_in_force_on_the_day_of_service_is_not_billed(
    tmp_path: Path, begins: str, ends: str | None
) -> None:
    second = policy(GREAT, "S", "GP556677", effective=begins, terminates=ends)
    result = run(tmp_path, VISIT, known(FIRST, second))
    decision = decided(result, "bill_patient", "NP-PATIENT", expected_patient="15.00")
    assert "NP-COVERAGE-NOT-IN-FORCE" in findings(decision)
    assert "NP-COVERAGE-REPLACES" not in findings(decision)
    assert result.outgoing == {}


def test_a_payer_moves_up_into_the_place_of_one_that_is_no_longer_there(tmp_path: Path) -> None:
    claim = VISIT.but(
        others=[
            OtherPayer(subscriber=Person(member_id="GP556677")),
            OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC100")),
        ]
    )
    ended = policy(GREAT, "S", "GP556677", terminates="2024-12-31")
    result = run(tmp_path, claim, known(FIRST, ended, policy(MEDICAID, "T", "MC100")))
    decision = decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="15.00", expected_patient="0.00")
    assert decision["next_payer"] == {"id": MEDICAID.id, "name": MEDICAID.name, "sequence": "S"}
    assert result.claim()["sbr"][1] == "S"
    assert [other["sbr"][1] for other in result.claim()["other"]] == ["P"]


@pytest.mark.parametrize(("begins", "ends"), [("2025-01-10", "2025-01-10"), (None, "2025-01-10")])
def test_a_policy_in_force_on_that_very_day_is_billed(
    tmp_path: Path, begins: str | None, ends: str | None
) -> None:
    second = policy(GREAT, "S", "GP556677", effective=begins, terminates=ends)
    decided(run(tmp_path, VISIT, known(FIRST, second)), "bill_next", "NP-NEXT-PAYER")


def test_two_payers_in_one_place_leave_the_order_open(tmp_path: Path) -> None:
    coverage = known(FIRST, policy(GREAT, "S", "GP1"), policy(MEDICAID, "S", "MC1"))
    decided(run(tmp_path, ALONE, coverage), "hold", "NP-ORDER-UNDETERMINED", expected_next="0.00")


def test_the_only_place_left_is_the_place_of_the_only_payer_without_one(tmp_path: Path) -> None:
    result = run(tmp_path, ALONE, known(FIRST, policy(GREAT, None, "GP1")))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["sbr"][1] == "S"


def test_a_file_about_another_patient_changes_nothing(tmp_path: Path) -> None:
    other = known(policy(PRIME, "P", "SOMEONE"), policy(MEDICAID, "S", "MC1"))
    other["patient"] = {"name": {"last": "ROE", "first": "SUE"}, "birth_date": "1980-01-01"}
    plain = run(tmp_path, VISIT)
    assert run(tmp_path, VISIT, other).outgoing == plain.outgoing


# --- Medicare -----------------------------------------

BENEFICIARY = Person(member_id="1EG4TE5MK73")
TO_MEDICARE = VISIT.but(others=[OtherPayer(payer=MEDICARE, subscriber=BENEFICIARY, insurance_type="12")])


def _entitled(entitlement: str, basis: str = "active", first: dict[str, Any] | None = None) -> dict[str, Any]:
    medicare = policy(MEDICARE, "S", BENEFICIARY.member_id, medicare={"entitlement": entitlement})
    return known({**(first or FIRST), "basis": basis}, medicare)


@pytest.mark.parametrize(("entitlement", "code"), [("age", "12"), ("esrd", "13"), ("disability", "43")])
def test_medicare_second_is_told_why_it_is_not_first(tmp_path: Path, entitlement: str, code: str) -> None:
    result = run(tmp_path, ALONE, _entitled(entitlement))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["sbr"][5] == code
    assert result.claim()["sbr"][9] == "MB"
    assert told(result.claim(), PRIME)["sbr"][5] == ""


@pytest.mark.parametrize(
    ("kind", "code"),
    [("auto", "14"), ("workers_comp", "15"), ("liability", "47"), ("black_lung", "41")],
)
def test_medicare_after_a_payer_of_another_kind_is_told_that_kind(
    tmp_path: Path, kind: str, code: str
) -> None:
    first = {**FIRST, "payer": {**FIRST["payer"], "kind": kind}}
    result = run(tmp_path, ALONE, _entitled("age", "none", first))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["sbr"][5] == code


def test_a_reason_that_the_claim_already_states_is_kept(tmp_path: Path) -> None:
    result = run(tmp_path, TO_MEDICARE)
    decision = decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["sbr"][5] == "12"
    assert decision["deadline"] == "2026-01-10"


def test_medicare_second_for_no_known_reason_is_held(tmp_path: Path) -> None:
    claim = VISIT.but(others=[OtherPayer(payer=MEDICARE, subscriber=BENEFICIARY)])
    result = run(tmp_path, claim)
    decided(result, "hold", "NP-MCR-REASON-MISSING", expected_next="0.00")
    assert result.outgoing == {}


@pytest.mark.parametrize("member", ["123456789A", "1EG4-TE5-MK73", "1SG4TE5MK73"])
def test_a_member_id_that_is_no_medicare_number_is_held(tmp_path: Path, member: str) -> None:
    claim = VISIT.but(
        others=[OtherPayer(payer=MEDICARE, subscriber=Person(member_id=member), insurance_type="12")]
    )
    result = run(tmp_path, claim)
    decided(result, "hold", "NP-MCR-MBI")
    assert result.outgoing == {}


@pytest.mark.parametrize(
    ("today", "action", "reason"),
    [
        ("2026-01-10", "bill_next", "NP-NEXT-PAYER"),
        ("2026-01-11", "hold", "NP-FILING-LIMIT-PASSED"),
    ],
)
def test_medicare_takes_the_claim_for_one_year_from_the_service(
    tmp_path: Path, today: str, action: str, reason: str
) -> None:
    result = run(tmp_path, TO_MEDICARE, as_of=today)
    assert decided(result, action, reason)["deadline"] == "2026-01-10"


def test_medicaid_before_another_payer_is_held(tmp_path: Path) -> None:
    claim = VISIT.but(
        others=[
            OtherPayer(payer=MEDICAID, subscriber=Person(member_id="MC1")),
            OtherPayer(sequence="T", payer=GREAT, subscriber=Person(member_id="GP1")),
        ]
    )
    decided(run(tmp_path, claim), "hold", "NP-MCD-NOT-LAST", expected_next="0.00")


# --- payer packs -----------------------------------------

PACK = """
[payer]
ids = ["GREAT1"]
name = "GREAT PRAIRIES HEALTH"

[claims]
{claims}

[filing]
{filing}

[cob]
{cob}

{more}

[sources]
source = "Great Prairies manual (invented), chapter 7"
effective = 2020-01-01
"""


def pack(claims: str = "", filing: str = "", cob: str = "", more: str = "") -> str:
    return PACK.format(claims=claims, filing=filing, cob=cob, more=more)


AFTER_MEDICARE = VISIT.but(payer=MEDICARE, subscriber=BENEFICIARY)


@pytest.mark.parametrize(
    ("today", "action", "reason"),
    [("2025-03-06", "hold", "NP-CROSSOVER-WAIT"), ("2025-03-07", "bill_next", "NP-NEXT-PAYER")],
)
def test_a_payer_waits_for_medicares_crossover_as_long_as_its_pack_says(
    tmp_path: Path, today: str, action: str, reason: str
) -> None:
    payers = pack(filing="crossover_wait_days = 30")
    decided(run(tmp_path, AFTER_MEDICARE, payers=payers, as_of=today), action, reason, paid="60.00")


@pytest.mark.parametrize("remark", ["MA08", "MA19", "MA68"])
def test_there_is_no_wait_where_medicare_says_that_it_did_not_cross_the_claim_over(
    tmp_path: Path, remark: str
) -> None:
    paid = remittance_file(answer(AFTER_MEDICARE, SPEC, remarks=[remark]), payer=MEDICARE)
    payers = pack(filing="crossover_wait_days = 30")
    result = bill(tmp_path, claim_file(AFTER_MEDICARE), paid, payers=payers, as_of="2025-02-06")
    decided(result, "bill_next", "NP-NEXT-PAYER", expected_next="15.00")


def test_there_is_no_wait_after_a_payer_that_crosses_nothing_over(tmp_path: Path) -> None:
    payers = pack(filing="crossover_wait_days = 30")
    decided(run(tmp_path, VISIT, payers=payers, as_of="2025-02-06"), "bill_next", "NP-NEXT-PAYER")


@pytest.mark.parametrize(
    ("filing", "deadline"),
    [
        ('days = 90\nfrom = "service"', "2025-04-10"),
        ('days = 90\nfrom = "primary_decision"', "2025-05-06"),
        ('days = 365\nfrom = "service"\nsecondary_days = 60', "2025-04-06"),
    ],
)
def test_the_filing_limit_is_the_packs(tmp_path: Path, filing: str, deadline: str) -> None:
    payers = pack(filing=filing)
    result = run(tmp_path, VISIT, payers=payers, as_of=deadline)
    assert decided(result, "bill_next", "NP-NEXT-PAYER")["deadline"] == deadline
    late = f"{deadline[:-2]}{int(deadline[-2:]) + 1:02d}"
    decided(run(tmp_path, VISIT, payers=payers, as_of=late), "hold", "NP-FILING-LIMIT-PASSED")


def test_a_payer_that_takes_no_electronic_secondary_claim_is_held_for_paper(tmp_path: Path) -> None:
    decided(
        run(tmp_path, VISIT, payers=pack(claims="electronic_secondary = false")), "hold", "NP-SECONDARY-PAPER"
    )


def test_a_payer_that_takes_no_electronic_claim_with_two_payers_ahead_is_held_for_paper(
    tmp_path: Path,
) -> None:
    claim = Claim(
        sequence="S",
        payer=MEDICAID,
        others=[
            OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication()),
            OtherPayer(sequence="T", payer=GREAT),
        ],
        lines=[Line(adjudications=[LineAdjudication(cas=SPEC)])],
    )
    paid = remittance_file(answer(claim, "OA-23 85, PR-2 5", status="2"), payer=MEDICAID)
    payers = pack(claims="electronic_tertiary = false")
    result = bill(tmp_path, claim_file(claim), paid, payers=payers)
    decided(result, "hold", "NP-TERTIARY-PAPER")


@pytest.mark.parametrize(
    ("rule", "spec", "expected"),
    [
        ("standard", SPEC, ("", ["15"])),
        ("always", SPEC, ("", ["15"])),
        ("never", SPEC, ("", [])),
    ],
)
def test_the_remaining_liability_is_stated_as_the_pack_wants_it(
    tmp_path: Path, rule: str, spec: str, expected: tuple[str, list[str]]
) -> None:
    result = run(tmp_path, VISIT, payers=pack(cob=f'remaining_liability = "{rule}"'))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert remaining(result.claim(), PRIME) == expected
    assert at_claim(result.claim(), PRIME) == ("60", "")


def test_a_pack_names_the_clearinghouse_and_the_filing_indicator(tmp_path: Path) -> None:
    more = '[receiver]\nid = "PRAIRIECLR"\nname = "PRAIRIE CLEARINGHOUSE"\nqualifier = "ZZ"'
    result = run(tmp_path, VISIT, payers=pack(more=more))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["receiver"][3] == "PRAIRIE CLEARINGHOUSE"
    assert result.claim()["receiver"][9] == "PRAIRIECLR"
    text = "".join(result.outgoing.values())
    assert "*ZZ*PRAIRIECLR     *" in text


def test_the_form_that_a_pack_names_is_for_its_own_kind_of_claim(tmp_path: Path) -> None:
    """A pack names one form; the same payer's other claims go out in the form of their kind."""
    hospital = Claim(
        control="DAY1",
        kind="I",
        place="13",
        attending=DOCTOR,
        lines=[Line(revenue="0301", procedure="80053", charge="60")],
    )
    paid = remittance_file([answer(VISIT, SPEC), answer(hospital, "PR-2 10")])
    result = bill(tmp_path, claim_file([VISIT, hospital]), paid, payers=pack(claims='form = "837P"'))
    assert result.actions == ["bill_next", "bill_next"]
    assert {claim["claim_id"]: claim["kind"] for claim in result.claims} == {"ACCT1001": "P", "DAY1": "I"}


def test_a_form_asked_for_by_name_is_not_replaced(tmp_path: Path) -> None:
    result = run(tmp_path, VISIT, args=["--form", "837I"])
    decided(result, "hold", "NP-UNWRITABLE", paid="60.00")

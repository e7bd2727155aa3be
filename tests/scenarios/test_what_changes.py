"""The short list of what differs between the first claim and the next payer's, and all that does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.expect import decided, findings, person, told
from support.files import (
    CLINIC,
    DOCTOR,
    GREAT,
    PRIME,
    Claim,
    Line,
    OtherPayer,
    Payer,
    Person,
    Provider,
    answer,
    claim_file,
    remittance_file,
)
from support.run import Result, bill

VISIT = Claim()
SPEC = "CO-45 25, PR-2 15"


def billed(tmp_path: Path, claim: Claim, **facts: object) -> Result:
    """The claim, answered in the usual way and billed on."""
    result = bill(tmp_path, claim_file(claim), remittance_file(answer(claim, SPEC, **facts)))
    decided(result, "bill_next", "NP-NEXT-PAYER", paid="60.00", expected_next="15.00")
    return result


# --- who is insured -----------------------------------------

MOTHER = Person(first="JANE", member_id="W100200300", group="G1", plan="ACME PLAN")
FATHER = Person(first="JOHN", member_id="GP556677", group="G2", birth="19730301", sex="M", street="1 ELM ST")
CHILD = Person(first="TIM", birth="20150101", sex="M", member_id="", street="9 OAK ROAD")


def test_a_patient_insured_in_his_own_name_twice(tmp_path: Path) -> None:
    claim = billed(tmp_path, VISIT).claim()
    assert (claim["sbr"][1], claim["sbr"][2], claim["sbr"][9]) == ("S", "18", "CI")
    assert claim["patient"] is None
    assert person(claim["subscriber"]) == ("DOE", "JANE", "GP556677")
    assert claim["payer"]["nm1"][3:] == ["GREAT PRAIRIES HEALTH", "", "", "", "", "PI", "GREAT1"]
    other = told(claim, PRIME)
    assert (other["sbr"][1], other["sbr"][2], other["sbr"][9]) == ("P", "18", "CI")
    assert person(other["subscriber"]) == ("DOE", "JANE", "W100200300")


def test_the_child_of_two_insured_parents_stays_the_patient_and_the_parents_swap(tmp_path: Path) -> None:
    claim = VISIT.but(
        subscriber=MOTHER, patient=CHILD, others=[OtherPayer(subscriber=FATHER, relationship="19")]
    )
    made = billed(tmp_path, claim).claim()
    assert (made["sbr"][1], made["sbr"][2], made["sbr"][3]) == ("S", "", "G2")
    assert person(made["subscriber"]) == ("DOE", "JOHN", "GP556677")
    assert made["pat"][1] == "19"
    assert person(made["patient"]) == ("DOE", "TIM", "")
    assert made["patient"]["dmg"][2:] == ["20150101", "M"]
    other = told(made, PRIME)
    assert other["sbr"][1:5] == ["P", "19", "G1", "ACME PLAN"]
    assert person(other["subscriber"]) == ("DOE", "JANE", "W100200300")


def test_a_patient_insured_himself_first_and_through_the_spouse_second(tmp_path: Path) -> None:
    """The patient loop 2000C appears: the subscriber of the next claim is another person."""
    claim = VISIT.but(others=[OtherPayer(subscriber=FATHER, relationship="01")])
    made = billed(tmp_path, claim).claim()
    assert (made["sbr"][2], made["pat"][1]) == ("", "01")
    assert person(made["subscriber"]) == ("DOE", "JOHN", "GP556677")
    assert person(made["patient"]) == ("DOE", "JANE", "")
    assert made["patient"]["n3"][1] == "9 OAK ROAD"
    assert made["patient"]["dmg"][2:] == ["19750215", "F"]
    assert told(made, PRIME)["sbr"][2] == "18"


def test_a_patient_insured_through_the_spouse_first_and_himself_second(tmp_path: Path) -> None:
    """The patient loop 2000C goes: what was said of the patient is now said of the subscriber."""
    wife = replace(CHILD, first="SUE", birth="19740505", sex="F", street="2 FIR ST")
    own = replace(wife, member_id="GP998877")
    claim = VISIT.but(
        subscriber=FATHER,
        patient=wife,
        relationship="01",
        others=[OtherPayer(subscriber=own, relationship="18")],
    )
    made = billed(tmp_path, claim).claim()
    assert (made["sbr"][2], made["patient"], made["pat"]) == ("18", None, None)
    assert person(made["subscriber"]) == ("DOE", "SUE", "GP998877")
    assert made["subscriber"]["n3"][1] == "2 FIR ST"
    assert made["subscriber"]["dmg"][2:] == ["19740505", "F"]
    assert told(made, PRIME)["sbr"][2] == "01"
    assert person(told(made, PRIME)["subscriber"]) == ("DOE", "JOHN", "GP556677")


def test_an_id_that_the_payer_corrected_is_the_one_it_is_named_with(tmp_path: Path) -> None:
    result = billed(tmp_path, VISIT, corrected=Person(member_id="W1002003XX"))
    assert "NP-INSURED-CORRECTED" in findings(result.decision())
    assert person(told(result.claim(), PRIME)["subscriber"]) == ("DOE", "JANE", "W1002003XX")
    assert person(result.claim()["subscriber"])[2] == "GP556677"


def test_a_name_that_the_payer_corrected_is_the_one_it_is_named_with(tmp_path: Path) -> None:
    result = billed(tmp_path, VISIT, corrected=Person(last="DOE-ROE", member_id="W100200300"))
    assert person(told(result.claim(), PRIME)["subscriber"]) == ("DOE-ROE", "JANE", "W100200300")
    assert person(result.claim()["subscriber"])[0] == "DOE"


def test_an_id_that_came_back_different_without_a_word_is_used_and_noted(tmp_path: Path) -> None:
    claim = VISIT.but(subscriber=MOTHER, patient=CHILD, others=[OtherPayer(relationship="19")])
    result = billed(tmp_path, claim, subscriber=replace(MOTHER, member_id="W10020030001"))
    assert "NP-MEMBER-ID-RETURNED" in findings(result.decision())
    assert person(told(result.claim(), PRIME)["subscriber"])[2] == "W10020030001"


# --- numbers that belong to one payer -----------------------------------------


def test_the_first_payers_authorization_and_referral_go_into_its_own_loop(tmp_path: Path) -> None:
    claim = VISIT.but(refs=[("G1", "AUTH77"), ("9F", "REFER88"), ("EA", "CHART99")])
    made = billed(tmp_path, claim).claim()
    assert made["refs"] == [("EA", "CHART99")]
    assert {("G1", "AUTH77"), ("9F", "REFER88")} <= set(told(made, PRIME)["refs"])


def test_the_next_payers_own_authorization_and_referral_come_out_of_its_loop(tmp_path: Path) -> None:
    """On the first claim they stood in 2330B of a payer to come; on its own claim their place is 2300."""
    claim = VISIT.but(
        refs=[("G1", "AUTH77")], others=[OtherPayer(refs=[("G1", "GREATAUTH"), ("9F", "GREATREFER")])]
    )
    made = billed(tmp_path, claim).claim()
    assert set(made["refs"]) == {("G1", "GREATAUTH"), ("9F", "GREATREFER")}
    assert ("G1", "AUTH77") in told(made, PRIME)["refs"]
    assert ("G1", "GREATAUTH") not in told(made, PRIME)["refs"]


def test_a_lines_authorization_is_tied_to_the_payer_that_gave_it(tmp_path: Path) -> None:
    claim = VISIT.but(lines=[Line(extra=["REF*G1*LINEAUTH"])])
    text = "".join(billed(tmp_path, claim).outgoing.values())
    assert "REF*G1*LINEAUTH**2U:PRIME~" in text


def test_a_lines_authorization_of_the_next_payer_becomes_its_own(tmp_path: Path) -> None:
    claim = VISIT.but(lines=[Line(extra=["REF*G1*LINEAUTH", "REF*G1*GREATAUTH**2U:GREAT1"])])
    text = "".join(billed(tmp_path, claim).outgoing.values())
    assert "REF*G1*GREATAUTH~" in text
    assert "REF*G1*LINEAUTH**2U:PRIME~" in text


def test_the_first_payers_claim_number_goes_into_its_own_loop_only(tmp_path: Path) -> None:
    made = billed(tmp_path, VISIT).claim()
    assert ("F8", "ICNACCT1001") in told(made, PRIME)["refs"]
    assert "F8" not in dict(made["refs"])


def test_a_replacement_to_the_first_payer_is_an_original_claim_to_the_next(tmp_path: Path) -> None:
    claim = VISIT.but(frequency="7", refs=[("F8", "OLDICN")])
    made = billed(tmp_path, claim, icn="NEWICN").claim()
    assert made["clm"].parts(5) == ["11", "B", "1"]
    assert "F8" not in dict(made["refs"])
    assert told(made, PRIME)["refs"] == [("F8", "NEWICN")]


def test_provider_numbers_that_the_first_payer_gave_stay_behind(tmp_path: Path) -> None:
    claim = VISIT.but(
        billing=replace(CLINIC, refs=[("G2", "PRIMEBILL")]),
        rendering=replace(DOCTOR, taxonomy="207Q00000X", refs=[("0B", "LICENSE5"), ("G2", "PRIMERENDER")]),
        payer=replace(PRIME, refs=[("G2", "PRIMEPAYER")]),
    )
    result = billed(tmp_path, claim)
    assert "NP-PAYER-NUMBER-LEFT" in findings(result.decision())
    text = "".join(result.outgoing.values())
    for number in ("PRIMEBILL", "PRIMERENDER", "PRIMEPAYER"):
        assert number not in text
    assert result.claim()["providers"][0]["refs"] == [("0B", "LICENSE5")]


# --- what stays -----------------------------------------

FULL = Claim(
    attachments=["PWK*OZ*EL***AC*ATT99"],
    refs=[("EA", "CHART1")],
    notes=[("ADD", "SEEN AFTER HOURS")],
    extra=["CR1*LB*140**A*DH*12"],
    dates=[("431", "D8", "20250101"), ("439", "D8", "20250102")],
    patient_paid="10",
    diagnoses=["S93401A", "W010XXA"],
    referring=Provider(npi="1993999998", last="BROWN", first="LEE"),
    rendering=replace(DOCTOR, taxonomy="207Q00000X", refs=[("0B", "LICENSE5")]),
    facility=Provider(npi="1588888888", last="SOUTH CLINIC", street="5 ELM STREET"),
    supervising=Provider(npi="1688888888", last="GREEN", first="SUE"),
    pay_to=Provider(last="", npi="", street="PO BOX 7"),
    lines=[
        Line(
            modifiers=["25"],
            control="LINE1",
            pointers=[1, 2],
            rendering=Provider(npi="1497758544", last="OTHER", first="DOC", taxonomy="207R00000X"),
            extra=["NTE*ADD*LINE NOTE"],
        )
    ],
)


@pytest.mark.parametrize(
    "segment",
    [
        "NM1*87*2",
        "N3*PO BOX 7",
        "PER*IC*BILLING DESK*TE*5555550100",
        "DTP*431*D8*20250101",
        "DTP*439*D8*20250102",
        "PWK*OZ*EL***AC*ATT99",
        "AMT*F5*10",
        "REF*EA*CHART1",
        "NTE*ADD*SEEN AFTER HOURS",
        "CR1*LB*140**A*DH*12",
        "HI*ABK:S93401A*ABF:W010XXA",
        "NM1*DN*1*BROWN*LEE****XX*1993999998",
        "NM1*82*1*SMITH*ANN****XX*1912301953",
        "PRV*PE*PXC*207Q00000X",
        "REF*0B*LICENSE5",
        "NM1*77*2*SOUTH CLINIC*****XX*1588888888",
        "NM1*DQ*1*GREEN*SUE****XX*1688888888",
        "SV1*HC:99213:25*100*UN*1***1:2",
        "REF*6R*LINE1",
        "NTE*ADD*LINE NOTE",
        "NM1*82*1*OTHER*DOC****XX*1497758544",
        "PRV*PE*PXC*207R00000X",
    ],
)
def test_everything_that_belongs_to_the_service_survives(
    tmp_path_factory: pytest.TempPathFactory, segment: str
) -> None:
    assert segment + "~" in claim_file(FULL)
    assert segment + "~" in _full(tmp_path_factory)


_KEPT: list[str] = []


def _full(factory: pytest.TempPathFactory) -> str:
    if not _KEPT:
        _KEPT.append("".join(billed(factory.mktemp("full"), FULL).outgoing.values()))
    return _KEPT[0]


def test_a_claim_goes_through_the_clearinghouse_that_was_used(tmp_path: Path) -> None:
    claim = billed(tmp_path, VISIT).claim()
    assert claim["receiver"][9] == "CLEARINGHS"
    assert claim["submitter"][9] == "LAKESIDE"


def test_a_claim_that_went_to_the_payer_itself_does_not_take_the_next_payers_claim_there(
    tmp_path: Path,
) -> None:
    first = claim_file(VISIT, receiver=PRIME.id)
    result = bill(tmp_path, first, remittance_file(answer(VISIT, SPEC)))
    decided(result, "bill_next", "NP-NEXT-PAYER")
    assert result.claim()["receiver"][9] == GREAT.id


def test_claims_to_different_payers_go_into_files_of_their_own(tmp_path: Path) -> None:
    second = Payer(id="OTHER2", name="OTHER MUTUAL")
    claims = [
        VISIT.but(control="A1"),
        VISIT.but(control="A2", others=[OtherPayer(payer=second)]),
        VISIT.but(control="A3"),
    ]
    paid = remittance_file([answer(claim, SPEC) for claim in claims])
    result = bill(tmp_path, claim_file(claims), paid)
    assert [d["action"] for d in result.decisions] == ["bill_next"] * 3
    held = {
        name: [c["claim_id"] for c in result.claims if c["payer"]["nm1"][9] == payer]
        for name, payer in (("GREAT1-837P-0001.837", "GREAT1"), ("OTHER2-837P-0001.837", "OTHER2"))
    }
    assert list(result.outgoing) == list(held)
    assert held == {"GREAT1-837P-0001.837": ["A1", "A3"], "OTHER2-837P-0001.837": ["A2"]}

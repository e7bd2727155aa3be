"""What becomes of claims, from the first answer to the end, through the desk's own commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.files import DOCTOR, MEDICAID, MEDICARE, Claim, Line, OtherPayer, Payer, Person

from .steps import (
    GREAT,
    PRIME,
    Scenario,
    again,
    compares,
    decided_anew,
    follows,
    listed,
    paid,
    play,
    recouped,
    sends,
    taken_back,
    taken_back_elsewhere,
    tells,
    waits,
)

VISIT = Claim(lines=[Line(control="L1")])
ALONE = Claim(others=(), lines=[Line(control="L1")])
SHARE = "CO-45 20, PR-2 16"
REFUSED_IN_PART = "CO-45 20, CO-50 20, PR-2 16"
NEW_ID = Person(member_id="W999")
BENEFICIARY = Person(member_id="1EG4TE5MK73")

THREE = VISIT.but(
    others=[
        OtherPayer(),
        OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC100")),
    ]
)
DUAL = VISIT.but(
    payer=MEDICARE,
    subscriber=BENEFICIARY,
    others=[OtherPayer(payer=MEDICAID, subscriber=Person(member_id="MC100"))],
)
MEDIGAP = VISIT.but(payer=MEDICARE, subscriber=BENEFICIARY)
BARE_SECOND = Claim(
    sequence="S",
    payer=GREAT,
    others=[OtherPayer(sequence="P", payer=PRIME, subscriber=Person())],
    lines=[Line(control="L1")],
)
TWO_LINES = Claim(lines=[Line(control="L1"), Line(procedure="36415", charge="20", control="L2")])
TO_S, DONE = "bill_next NP-NEXT-PAYER", "closed NP-NOTHING-LEFT"
FIX, APPEAL = "rework NP-FIX-FIRST", "appeal NP-APPEAL"
LIMITS = """
[payer]
ids = ["PRIME"]
[filing]
corrected_days = 180
corrected_from = "decision"
[appeals]
levels = [{ name = "Dispute", days = 90 }]
[sources]
source = "Prime contract"
effective = 2020-01-01
"""

CONTRACT = {
    "patient": {"name": {"last": "DOE", "first": "JANE"}, "birth_date": "1975-02-15"},
    "coverages": [
        {
            "id": "A",
            "payer": {"id": "PRIME", "name": "PRIME HEALTH PLAN", "kind": "commercial"},
            "holder": {"relation": "self"},
            "patient_relationship": "18",
            "member_id": "W100200300",
            "effective": "2020-01-01",
            "benefits": {"allowed": {"99213": "80.00"}},
        }
    ],
}

PLAN_G = {
    "patient": {"name": {"last": "DOE", "first": "JANE"}, "birth_date": "1975-02-15"},
    "coverages": [
        {
            "id": "A",
            "payer": {"id": "00123", "name": "MEDICARE PART B", "kind": "medicare"},
            "holder": {"relation": "self"},
            "patient_relationship": "18",
            "member_id": "1EG4TE5MK73",
            "filing_indicator": "MB",
            "effective": "2020-01-01",
            "medicare": {"entitlement": "disability", "part_b": "2020-01-01"},
        },
        {
            "id": "B",
            "payer": {"id": "GREAT1", "name": "GREAT PRAIRIES HEALTH", "kind": "medigap"},
            "holder": {"relation": "self"},
            "patient_relationship": "18",
            "member_id": "GP556677",
            "plan_name": "Plan G",
            "effective": "2020-01-01",
        },
    ],
}
PART_A = Payer(id="00882", name="MEDICARE PART A", filing="MA")
HOSPITAL = Claim(
    kind="I",
    place="13",
    payer=PART_A,
    subscriber=BENEFICIARY,
    others=(),
    attending=DOCTOR,
    lines=[Line(revenue="0510", control="L1")],
)

#: The ways in which it goes well.
PAID = [
    Scenario(
        name="paid by both as expected",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            follows("wait", "waits"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            compares(GREAT1="as_expected 16.00 16.00"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the only payer pays and the patient is told the rest",
        claim=ALONE,
        steps=[
            paid(PRIME, SHARE, decides="bill_patient NP-PATIENT"),
            follows("statement"),
            tells("16.00"),
            follows("statement", "made"),
        ],
        ends="paid 64 adjusted 20 patient 16",
    ),
    Scenario(
        name="the secondary leaves its copay to the patient",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
            paid(GREAT, "OA-23 84, PR-3 6", status="2", decides="bill_patient NP-PATIENT"),
            tells("6.00"),
            compares(GREAT1="within 16.00 10.00"),
        ],
        ends="paid 74 adjusted 20 patient 6",
    ),
    Scenario(
        name="three payers, each as expected",
        claim=THREE,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, PR-3 6", status="2", decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 94", status="3", decides=DONE),
            compares(GREAT1="within 16.00 10.00", STMCD="as_expected 6.00 6.00"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="tertiary Medicaid pays nothing: the rest is nobody's",
        claim=THREE,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, PR-3 6", status="2", decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 94, CO-45 6", status="3", decides="write_off NP-CONTRACTUAL"),
            tells("0.00"),
        ],
        ends="paid 74 adjusted 26",
    ),
    Scenario(
        name="secondary Medicaid's own copay is all that the patient is asked for",
        claim=DUAL,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 84, CO-45 12, PR-3 1", status="2", decides="bill_patient NP-PATIENT"),
            tells("1.00"),
        ],
        ends="paid 67 adjusted 32 patient 1",
    ),
    Scenario(
        name="a QMB: Medicaid pays part and the patient nothing",
        claim=DUAL,
        steps=[
            paid(MEDICARE, SHARE, remarks=("N782",), decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 84, CO-45 11", status="2", decides=DONE),
            tells("0.00"),
        ],
        ends="paid 69 adjusted 31",
    ),
    Scenario(
        name="a QMB: what Medicaid leaves under PR is written off by law",
        claim=DUAL,
        steps=[
            paid(MEDICARE, SHARE, remarks=("N782",), decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 84, PR-2 16", status="2", decides="write_off NP-PATIENT-PROTECTED"),
            tells("0.00"),
        ],
        ends="paid 64 adjusted 36",
    ),
    Scenario(
        name="a QMB without a Medicaid policy is held, and nobody is told to pay",
        claim=ALONE.but(payer=MEDICARE, subscriber=BENEFICIARY),
        steps=[
            paid(MEDICARE, SHARE, remarks=("N782",), decides="hold NP-QMB"),
            follows("review"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
    Scenario(
        name="sequestration is the provider's and never the secondary's",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, "CO-45 20, CO-253 1.28, PR-2 16", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 78.72 adjusted 21.28",
    ),
    Scenario(
        name="two lines, one of them not covered by the first payer and paid by the second",
        claim=TWO_LINES,
        steps=[
            paid(PRIME, SHARE, "PR-96 20", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", "", status="2", decides=DONE),
        ],
        ends="paid 100 adjusted 20",
    ),
    Scenario(
        name="the deductible of the first payer is paid by the second",
        claim=VISIT,
        steps=[
            paid(PRIME, "CO-45 20, PR-1 80", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 20, PR-2 16", status="2", decides="bill_patient NP-PATIENT"),
            tells("16.00"),
        ],
        ends="paid 64 adjusted 20 patient 16",
    ),
    Scenario(
        name="the second payer's write-off repeats the first one's and is posted once",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "CO-45 84, PR-2 6", status="2", decides="bill_patient NP-PATIENT"),
            tells("6.00"),
        ],
        ends="paid 74 adjusted 20 patient 6",
    ),
]

#: Denials of the first payer.
PRIMARY_DENIED = [
    Scenario(
        name="denied for the member id, replaced, paid, and the secondary pays",
        claim=VISIT,
        steps=[
            paid(PRIME, "CO-31 100", corrected=NEW_ID, decides=FIX),
            follows("correct", "made", made="correction"),
            sends("PRIME 7 PRIME0"),
            follows("correct", "made"),
            paid(PRIME, SHARE, frequency="7", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="denied for the member id, replaced, and the denial taken back with the payment",
        claim=VISIT,
        steps=[
            paid(PRIME, "CO-31 100", corrected=NEW_ID, decides=FIX),
            follows("correct", "made", made="correction"),
            sends("PRIME 7 PRIME0"),
            taken_back(0, SHARE, frequency="7", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="unprocessable: sent as a first claim again, paid, and the secondary pays",
        claim=VISIT,
        steps=[
            paid(PRIME, "CO-16 100", corrected=NEW_ID, moa=("", "", "MA130"), decides=FIX),
            follows("correct", "made", made="correction", first=True),
            sends("PRIME 1"),
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the patient is not known: the payer gave no number, so a first claim goes again",
        claim=VISIT,
        steps=[
            paid(
                PRIME, "PR-31 100", status="4", icn="", corrected=NEW_ID, decides="rework NP-NOT-RECOGNISED"
            ),
            follows("correct", "made", made="correction", first=True),
            sends("PRIME 1"),
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="no authorization number: asked for, given by a person, replaced, paid",
        claim=VISIT,
        packs=LIMITS,
        steps=[
            paid(PRIME, "CO-198 100", decides=FIX),
            follows("correct", asks="NP-CORRECT-ASK", by="2025-08-14"),
            follows("correct", "made", made="correction", given={"authorization": "A77"}),
            sends("PRIME 7 PRIME0"),
            paid(PRIME, SHARE, frequency="7", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="a coder's modifier on the second line, replaced, paid",
        claim=TWO_LINES,
        steps=[
            paid(PRIME, SHARE, "CO-4 20", decides=FIX),
            follows("correct", asks="NP-CORRECT-ASK"),
            follows("correct", "made", made="correction", given={"modifiers": {"2": ["59"]}}),
            sends("PRIME 7 PRIME0"),
            taken_back(0, SHARE, "CO-45 10", frequency="7", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", "OA-23 20", status="2", decides=DONE),
        ],
        ends="paid 90 adjusted 30",
    ),
    Scenario(
        name="medical necessity: appealed in time, overturned, and the secondary pays",
        claim=VISIT,
        packs=LIMITS,
        steps=[
            paid(PRIME, "CO-50 100", decides=APPEAL),
            follows("appeal", "made", made="appeal", by="2025-05-16"),
            follows("appeal", "made"),
            taken_back(0, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="medical necessity: the payer stands by it, and the second level is appealed",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-50 100", decides=APPEAL),
            follows("appeal", "made", made="appeal"),
            taken_back(0, "CO-193 100", decides=APPEAL),
            follows("appeal", "made", made="appeal"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="medical necessity: an appeal after the last day is not made by itself",
        claim=ALONE,
        packs=LIMITS,
        steps=[
            paid(PRIME, "CO-50 100", decides=APPEAL),
            waits(100),
            follows("appeal", asks="NP-APPEAL-LATE"),
            follows("nothing", "closed", "--accept", "the last day has passed", made="accepted"),
        ],
        ends="adjusted 100",
        closed=False,
    ),
    Scenario(
        name="Medicare's denial is appealed within its 120 days",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, "CO-50 100", decides=APPEAL),
            follows("appeal", "made", made="appeal", by="2025-06-20"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="Medicare Part B takes no replacement: a reopening is asked for",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, "CO-31 100", corrected=NEW_ID, decides=FIX),
            follows("reopen", asks="NP-CORRECT-REOPEN", by="2026-02-15"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="timely filing: appealed with the proof that is wanted, then paid",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-29 100", decides=APPEAL),
            follows("appeal", "made", made="appeal"),
            taken_back(0, "CO-45 20", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="timely filing: no proof, so it is left, and never the patient's",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-29 100", decides=APPEAL),
            follows("nothing", "closed", "--accept", "no proof of the day", made="accepted"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
        ],
        ends="adjusted 100",
        closed=False,
    ),
    Scenario(
        name="bundled whole: written off, unless somebody appeals, who wins",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-97 100", decides="write_off NP-CONTRACTUAL"),
            follows("write_off"),
            follows("appeal", "made", "--appeal", made="appeal"),
            taken_back(0, "CO-45 20", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="bundled whole: looked at, and left",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-97 100", decides="write_off NP-CONTRACTUAL"),
            follows("nothing", "closed", "--accept", "the record does not support 59", made="accepted"),
        ],
        ends="adjusted 100",
    ),
    Scenario(
        name="one line bundled: the rest goes on to the secondary",
        claim=TWO_LINES,
        steps=[
            paid(PRIME, SHARE, "CO-97 20", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", "OA-23 20", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 40",
    ),
    Scenario(
        name="cover had ended: the denial goes to the secondary, which pays as the first",
        claim=VISIT,
        steps=[
            paid(PRIME, "PR-27 100", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "CO-45 30, PR-2 14", status="2", decides="bill_patient NP-PATIENT"),
            tells("14.00"),
        ],
        ends="paid 56 adjusted 30 patient 14",
    ),
    Scenario(
        name="cover had ended and there is no other: the patient is told",
        claim=ALONE,
        steps=[
            paid(PRIME, "PR-27 100", decides="bill_patient NP-PATIENT"),
            tells("100.00"),
        ],
        ends="patient 100",
    ),
    Scenario(
        name="benefit used up: the denial goes on and the secondary pays",
        claim=VISIT,
        steps=[
            paid(PRIME, "PR-119 100", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "CO-45 25", status="2", decides=DONE),
        ],
        ends="paid 75 adjusted 25",
    ),
    Scenario(
        name="order dispute: the payer thinks another comes first, and the member updates the record",
        claim=VISIT,
        steps=[
            paid(PRIME, "CO-22 100", decides=FIX),
            follows("bill_other_payer", asks="NP-CORRECT-ELSEWHERE"),
            taken_back(0, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the wrong payer: it says so and nothing is sent twice",
        claim=VISIT,
        steps=[
            paid(PRIME, "CO-109 100", decides=FIX),
            follows("bill_other_payer", asks="NP-CORRECT-ELSEWHERE"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="a document is wanted: it says which, and the answer with it pays",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-252 100", remarks=("N706",), decides=FIX),
            follows("send_documents", asks="NP-CORRECT-DOCUMENTS"),
            taken_back(0, "CO-45 20, PR-3 10", decides="bill_patient NP-PATIENT"),
            tells("10.00"),
        ],
        ends="paid 70 adjusted 20 patient 10",
    ),
    Scenario(
        name="the COB questionnaire is unanswered: the member's, not an appeal",
        claim=ALONE,
        steps=[paid(PRIME, "OA-227 100", decides=FIX), follows("cob_update")],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="pended: waited for, then paid",
        claim=VISIT,
        steps=[
            paid(PRIME, "OA-133 100", decides="hold NP-WAIT"),
            follows("wait", "waits"),
            taken_back(0, SHARE, decides=TO_S),
            sends("GREAT1 1"),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
    Scenario(
        name="an unknown reason is a person's, and never written off by itself",
        claim=ALONE,
        steps=[paid(PRIME, "CO-ZZ9 100", decides="hold NP-REASON-UNKNOWN"), follows("review")],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="the primary allowed less than its contract: disputed with the sums",
        claim=ALONE,
        coverage=CONTRACT,
        packs=LIMITS,
        steps=[
            paid(PRIME, "CO-45 30, PR-2 10", decides="dispute NP-BELOW-CONTRACT"),
            follows("dispute", "made", made="appeal", by="2025-05-16"),
            taken_back(0, "CO-45 20, PR-2 10", decides="bill_patient NP-PATIENT"),
            tells("10.00"),
        ],
        ends="paid 70 adjusted 20 patient 10",
    ),
    Scenario(
        name="the primary reduced on its own initiative: disputed, not the patient's",
        claim=ALONE,
        steps=[
            paid(PRIME, "PI-45 100", decides="dispute NP-PAYER-INITIATED"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="a part refused for an unknown reason is a person's, though the rest was paid",
        claim=TWO_LINES,
        steps=[paid(PRIME, "CO-45 20", "CO-ZZ9 20", decides="hold NP-REASON-UNKNOWN"), follows("review")],
        ends="paid 80 adjusted 20 outstanding 20",
        closed=False,
    ),
]

#: Denials and payments of the second payer.
SECONDARY_ANSWERED = [
    Scenario(
        name="the secondary misses the first decision, gets it again, and pays",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "CO-22 100", status="2", remarks=("N4",), decides=FIX),
            follows("correct", asks="NP-CORRECT-TOLD"),
            follows("appeal", "made", "--appeal", made="appeal"),
            taken_back(1, "OA-23 84", remarks=(), decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="billed to the secondary without the first decision: it gets a replacement with it, and pays",
        claim=BARE_SECOND,
        steps=[
            paid(GREAT, "CO-22 100", status="2", remarks=("MA04",), decides=FIX),
            follows("correct", asks="NP-CORRECT-ASK"),
            paid(PRIME, SHARE, decides=FIX),
            follows("correct", "made", made="correction"),
            sends("GREAT1 7 GREAT10"),
            paid(GREAT, "OA-23 84", status="2", frequency="7", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary does not know the patient and gave no number: a first claim goes again",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(
                GREAT, "PR-31 100", status="4", icn="", corrected=NEW_ID, decides="rework NP-NOT-RECOGNISED"
            ),
            follows("correct", "made", made="correction", first=True),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary cannot find the patient, is sent the right number, and pays",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, CO-31 16", status="2", corrected=NEW_ID, decides=FIX),
            follows("correct", "made", made="correction"),
            sends("GREAT1 7 GREAT11"),
            paid(GREAT, "OA-23 84", status="2", frequency="7", decides=DONE),
            compares(GREAT1="as_expected 16.00 16.00"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary has the claim already by crossover: waited for, then paid",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-18 100", status="2", remarks=("N522",), decides="hold NP-WAIT"),
            follows("wait", "waits"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the crossover's payment comes before the denial of our duplicate",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            paid(GREAT, "OA-18 100", status="2", remarks=("N522",), decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="a duplicate of no crossover: the first answer is looked for",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-18 100", status="2", decides="hold NP-REVIEW"),
            follows("review"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="crossed over: nothing is sent, the secondary pays",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, SHARE, status="19", crossover=GREAT, decides="forwarded NP-FORWARDED"),
            sends(),
            follows("wait", "waits", by="2025-03-17"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="crossed over and nothing came: the last day to act is told",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, SHARE, remarks=("MA18",), decides="forwarded NP-CROSSOVER-REMARK"),
            waits(40),
            follows("wait", "waits", by="2025-03-17"),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
    Scenario(
        name="crossed over and refused for the member id: replaced as we would have sent it",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, SHARE, status="19", crossover=GREAT, decides="forwarded NP-FORWARDED"),
            paid(GREAT, "OA-23 84, CO-31 16", status="2", corrected=NEW_ID, decides=FIX),
            follows("correct", "made", made="correction"),
            sends("GREAT1 7 GREAT11"),
            paid(GREAT, "OA-23 84", status="2", frequency="7", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary denies as not covered: the first payer's share is the patient's",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, PR-96 16", status="2", decides="bill_patient NP-PATIENT"),
            tells("16.00"),
        ],
        ends="paid 64 adjusted 20 patient 16",
    ),
    Scenario(
        name="the secondary refuses for late filing: appealed, and not the patient's",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, CO-29 16", status="2", decides=APPEAL),
            follows("appeal", "made", made="appeal"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
            taken_back(1, "OA-23 84", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary refuses for late filing and nobody has a proof: left by hand",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, CO-29 16", status="2", decides=APPEAL),
            follows("nothing", "closed", "--accept", "no proof", made="accepted"),
        ],
        ends="paid 64 adjusted 36",
        closed=False,
    ),
    Scenario(
        name="the secondary refuses because of the first payer's rules: put right there first",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-136 100", status="2", decides=FIX),
            follows("correct", asks="NP-CORRECT-ASK"),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
    Scenario(
        name="Medigap plan G pays less than its letter says: disputed before the patient hears of it",
        claim=MEDIGAP,
        coverage=PLAN_G,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, PR-2 6", status="2", decides="dispute NP-BELOW-EXPECTED"),
            compares(GREAT1="under 16.00 10.00"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
            follows("dispute", "made", made="appeal"),
            taken_back(1, "OA-23 84", decides=DONE),
            compares(GREAT1="as_expected 16.00 16.00"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="Medigap plan G writes off what it owes: disputed, not lost",
        claim=MEDIGAP,
        coverage=PLAN_G,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, CO-45 6", status="2", decides="dispute NP-BELOW-EXPECTED"),
            follows("dispute", "made", made="appeal"),
        ],
        ends="paid 74 adjusted 20 outstanding 6",
        closed=False,
    ),
    Scenario(
        name="both pay the whole: the credit goes back, by the day that Medicare's law sets",
        claim=MEDIGAP,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "", status="2", decides="refund NP-OVERPAID"),
            compares(GREAT1="over 16.00 100.00"),
            follows("refund"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
            taken_back(1, "OA-23 84", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary pays more than was left: a credit balance, not a closed claim",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 70", status="2", decides="refund NP-CREDIT-BALANCE"),
            compares(GREAT1="over 16.00 30.00"),
            follows("refund"),
        ],
        ends="paid 94 adjusted 20 credit 14",
        closed=False,
    ),
    Scenario(
        name="Medicaid paid too much: sixty days from when it was found",
        claim=DUAL,
        steps=[
            paid(MEDICARE, SHARE, decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 70", status="2", decides="refund NP-CREDIT-BALANCE"),
            follows("refund", by="2025-04-26"),
            waits(20),
            decided_anew("refund NP-CREDIT-BALANCE"),
            follows("refund", by="2025-04-26"),
        ],
        ends="paid 94 adjusted 20 credit 14",
        closed=False,
    ),
    Scenario(
        name="the secondary's money is taken back at the cheque: held until its reversal comes",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            recouped(1, "16", decides="hold NP-TAKEBACK"),
            taken_back(1, "OA-23 84, PR-1 16", decides="bill_patient NP-PATIENT"),
        ],
        ends="paid 64 adjusted 20 patient 16",
    ),
    Scenario(
        name="money is taken back at the cheque when the patient has the statement: a person looks again",
        claim=ALONE,
        steps=[
            paid(PRIME, SHARE, decides="bill_patient NP-PATIENT"),
            tells("16.00"),
            recouped(0, "10", decides="hold NP-TAKEBACK"),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
    Scenario(
        name="money is taken back at the cheque of an answer that was left as it is: a person looks again",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, CO-29 10", status="2", decides=APPEAL),
            follows("nothing", "closed", "--accept", "no proof", made="accepted"),
            recouped(1, "6", decides="hold NP-TAKEBACK"),
        ],
        ends="paid 70 adjusted 20 outstanding 10",
        closed=False,
    ),
    Scenario(
        name="the secondary takes its payment back and says nothing else yet",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            taken_back(1, decides="hold NP-REVERSED"),
            compares(GREAT1="taken_back 16.00 0.00"),
            follows("wait", "waits"),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
    Scenario(
        name="the secondary answers twice and takes neither back: held, and the money is told",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            paid(GREAT, "OA-23 84, PR-2 6", status="2", decides="hold NP-TWO-ANSWERS"),
            follows("review"),
        ],
        ends="paid 90 outstanding 10",
        closed=False,
    ),
    Scenario(
        name="the same answers once more in other files change nothing",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            again(0, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            again(1, decides=DONE),
            again(0, decides=DONE),
            sends(),
        ],
        ends="paid 80 adjusted 20",
    ),
]

#: An earlier payer's answer changes after the next one was billed.
OVERTAKEN = [
    Scenario(
        name="taken back before the next claim was sent: the file is withdrawn and made anew",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            taken_back(0, "CO-45 20, PR-1 30", decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 70", status="2", decides=DONE),
            compares(GREAT1="as_expected 30.00 30.00"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="corrected after the secondary was billed: it waits for its number, is replaced, and pays",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            taken_back(0, "CO-45 20, PR-1 30", decides="hold NP-ALREADY-BILLED"),
            follows("wait", "waits", asks="NP-CORRECT-UNANSWERED"),
            paid(GREAT, "OA-23 84", status="2", after=2, decides="rework NP-ANSWER-STALE"),
            follows("correct", "made", made="correction"),
            sends("GREAT1 7 GREAT12"),
            taken_back(2, "OA-23 70", frequency="7", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the secondary was given another first decision than ours: asked, not closed",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 94", status="2", decides="hold NP-PRIOR-DIFFERS"),
            follows("correct", asks="NP-CORRECT-NOTHING"),
        ],
        ends="paid 70 adjusted 20 outstanding 10",
        closed=False,
    ),
    Scenario(
        name="corrected after the secondary paid: replaced with the new decision, and paid anew",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            taken_back(0, "CO-45 20, PR-1 30", decides="rework NP-ANSWER-STALE"),
            follows("correct", "made", made="correction"),
            sends("GREAT1 7 GREAT11"),
            compares(GREAT1="within 30.00 16.00"),
            taken_back(1, "OA-23 70", frequency="7", decides=DONE),
            compares(GREAT1="as_expected 30.00 30.00"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="corrected to nothing left: the secondary's claim is voided and its money goes back",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            taken_back(0, "CO-45 20", decides="rework NP-ANSWER-STALE"),
            follows("void", "made", made="void"),
            sends("GREAT1 8 GREAT11"),
            taken_back(1, decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="taken back after the secondary paid, and no correction yet: waited for",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            taken_back(0, decides="hold NP-BASIS-REVERSED"),
            follows("wait", "waits"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
        ],
        ends="paid 16 outstanding 84",
        closed=False,
    ),
    Scenario(
        name="taken back and answered with the same money: the secondary's answer stands",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            taken_back(0, SHARE, decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the first payer takes all back because another comes first",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=DONE),
            taken_back(0, "CO-22 100", decides="rework NP-ANSWER-STALE"),
            follows("void", asks="NP-FOLLOWUP-EARLIER-FIRST"),
            follows("void", "made", "--void", made="void"),
            sends("GREAT1 8 GREAT11"),
            taken_back(1, decides=FIX),
            follows("bill_other_payer", asks="NP-CORRECT-ELSEWHERE"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="three payers, and the second one's answer changes after the third one paid",
        claim=THREE,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, PR-3 6", status="2", decides=TO_S),
            sends("STMCD 1"),
            paid(MEDICAID, "OA-23 94", status="3", decides=DONE),
            taken_back(1, "OA-23 84, PR-3 9", status="2", decides="rework NP-ANSWER-STALE"),
            follows("correct", "made", made="correction"),
            sends("STMCD 7 STMCD2"),
            taken_back(2, "OA-23 91", status="3", frequency="7", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
]

#: What the office may ask for by hand.
BY_HAND = [
    Scenario(
        name="billed by mistake: the first payer's claim is voided",
        claim=ALONE,
        steps=[
            paid(PRIME, SHARE, decides="bill_patient NP-PATIENT"),
            follows("void", "made", "--void", made="void"),
            sends("PRIME 8 PRIME0"),
            taken_back(0, decides="hold NP-REVERSED"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="a member id given by a person, though nobody asked",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-16 100", remarks=("N382",), decides=FIX),
            follows("correct", asks="NP-CORRECT-ASK"),
            follows("correct", "made", made="correction", given={"member_id": "W5"}),
            sends("PRIME 7 PRIME0"),
            paid(PRIME, "CO-45 20", frequency="7", decides=DONE),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="an amount above the allowed one, out of network, is held back until somebody looked",
        claim=ALONE,
        steps=[
            paid(PRIME, "PR-45 20, PR-2 16", decides="bill_patient NP-PATIENT"),
            tells("16.00"),
            tells("36.00", "--checked"),
        ],
        ends="paid 64 patient 36",
    ),
    Scenario(
        name="a payment made to the patient is asked for",
        claim=ALONE,
        steps=[
            paid(PRIME, "CO-45 20, PR-100 64, PR-2 16", decides="bill_patient NP-PATIENT"),
            tells("80.00"),
        ],
        ends="adjusted 20 patient 80",
    ),
    Scenario(
        name="a hospital claim that Medicare must have with its reason for change",
        claim=HOSPITAL,
        steps=[
            paid(PART_A, "CO-31 100", corrected=Person(member_id="2EG4TE5MK73"), decides=FIX),
            follows("correct", asks="NP-CORRECT-REASON"),
            follows("correct", "made", made="correction", given={"condition": "D9"}),
            sends("00882 7 008820"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
]

#: A payer is silent, answers twice, or refuses a part while the rest goes on.
UNSETTLED = [
    Scenario(
        name="the second payer answers and the first is silent: held until it has answered",
        claim=VISIT,
        steps=[
            paid(GREAT, "OA-23 84", status="2", decides="hold NP-EARLIER-UNANSWERED"),
            listed("decision NP-EARLIER-UNANSWERED"),
            paid(PRIME, SHARE, decides=DONE),
            listed(),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="the second payer leaves a share and the first is silent: no statement",
        claim=VISIT,
        steps=[
            paid(GREAT, "OA-23 84, PR-3 16", status="2", decides="hold NP-EARLIER-UNANSWERED"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
        ],
        ends="outstanding 100",
        closed=False,
    ),
    Scenario(
        name="the first payer answers twice, the second leaves a share: asked, until one is taken back",
        claim=VISIT,
        steps=[
            paid(PRIME, SHARE, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84, PR-3 16", status="2", decides="bill_patient NP-PATIENT"),
            paid(PRIME, "CO-45 100", decides="hold NP-TWO-ANSWERS"),
            listed("decision NP-TWO-ANSWERS"),
            tells("", refused="NP-STATEMENT-NOT-READY"),
            taken_back(2, decides="bill_patient NP-PATIENT"),
        ],
        ends="paid 64 adjusted 20 patient 16",
    ),
    Scenario(
        name="a part is refused and the patient owes a share: a statement, and then the denial",
        claim=ALONE,
        steps=[
            paid(PRIME, REFUSED_IN_PART, decides="bill_patient NP-PATIENT"),
            listed("patient NP-PATIENT"),
            tells("16.00"),
            listed("decision NP-STILL-OPEN"),
            follows("appeal", "made", "--appeal", made="appeal"),
            listed(),
            waits(61),
            listed("unanswered NP-NO-ANSWER"),
            taken_back(0, SHARE, decides="bill_patient NP-PATIENT"),
        ],
        ends="paid 64 adjusted 20 patient 16",
    ),
    Scenario(
        name="a part is refused, the patient is told, and the denial is left as it is",
        claim=ALONE,
        steps=[
            paid(PRIME, REFUSED_IN_PART),
            tells("16.00"),
            follows("nothing", "closed", "--accept", "the record does not support it", made="accepted"),
            listed(),
        ],
        ends="paid 44 adjusted 40 patient 16",
    ),
    Scenario(
        name="the first payer refused a part and the second has paid its share: appealed to the first",
        claim=VISIT,
        steps=[
            paid(PRIME, REFUSED_IN_PART, decides=TO_S),
            sends("GREAT1 1"),
            paid(GREAT, "OA-23 84", status="2", decides=APPEAL),
            listed("decision NP-APPEAL"),
            follows("appeal", "made", made="appeal"),
        ],
        ends="paid 60 adjusted 20 outstanding 20",
        closed=False,
    ),
    Scenario(
        name="money with an answer that decides nothing: somebody asks whose it is before the claim ends",
        claim=VISIT,
        steps=[
            paid(GREAT, "CO-31 94", status="4", decides="rework NP-NOT-RECOGNISED"),
            paid(PRIME, "CO-45 20", decides="hold NP-PAID-UNDECIDED"),
            listed("decision NP-PAID-UNDECIDED"),
            taken_back(0, decides="closed NP-NOTHING-LEFT"),
        ],
        ends="paid 80 adjusted 20",
    ),
    Scenario(
        name="a reversal of an answer that the desk never had, and its correction: the claim does not end",
        claim=VISIT,
        steps=[
            taken_back_elsewhere(PRIME, SHARE, "CO-45 20", decides="hold NP-PAID-UNDECIDED"),
        ],
        ends="paid 16 outstanding 84",
        closed=False,
    ),
    Scenario(
        name="a predetermination is no answer: the claim still waits for its payer",
        claim=VISIT,
        steps=[
            paid(PRIME, f"{SHARE}, OA-101 64", status="25", decides="closed NP-PREDETERMINATION"),
            listed(),
            waits(40),
            listed("unanswered NP-NO-ANSWER"),
            paid(PRIME, SHARE, decides=TO_S),
        ],
        ends="paid 64 adjusted 20 outstanding 16",
        closed=False,
    ),
]

SCENARIOS = [*PAID, *PRIMARY_DENIED, *SECONDARY_ANSWERED, *OVERTAKEN, *BY_HAND, *UNSETTLED]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_what_becomes_of_the_claim(scenario: Scenario, tmp_path: Path, template: Path) -> None:
    play(scenario, tmp_path, template)

"""Correcting a claim: what is proposed, what is asked, and that nothing but the listed changes is touched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextpayer.correct import Change
from support import balance, pyx12gate
from support.files import (
    DOCTOR,
    GREAT,
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
    reversal,
)
from support.run import bill, command_line

VISIT = Claim(lines=[Line(control="L1")])
TWO = Claim(lines=[Line(control="L1"), Line(procedure="36415", charge="15", control="L2")])


class Corrected:
    """What one run of the command left behind."""

    def __init__(
        self, folder: Path, claims: str, *remittances: str, given: Any = None, options: tuple[str, ...] = ()
    ) -> None:
        (folder / "claims.837").write_text(claims, encoding="ascii")
        arguments = ["correct", "ACCT1001", "--claims", str(folder / "claims.837")]
        for number, text in enumerate(remittances, 1):
            (folder / f"era{number}.835").write_text(text, encoding="ascii")
            arguments += ["--remittance", str(folder / f"era{number}.835")]
        if given is not None:
            (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
            arguments += ["--with", str(folder / "given.json")]
        self.out = folder / "corrected.837"
        arguments += ["--out", str(self.out), "--as-of", "2025-03-01", *options]
        self.status, stdout, self.stderr = command_line([*arguments, "--json"])
        self.row: dict[str, Any] = json.loads(stdout) if stdout else {}
        assert self.out.is_file() == (self.status == 0)

    @property
    def text(self) -> str:
        return self.out.read_text(encoding="ascii")

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        return {one["element"]: (one["old"], one["new"]) for one in self.row["changes"]}

    @property
    def ids(self) -> list[str]:
        return [one["id"] for one in self.row["findings"] if one["severity"] == "reject"]


def body(text: str) -> list[str]:
    """A file's segments but for the envelope, whose numbers and hours belong to the run."""
    envelope = ("ISA", "GS*", "ST*", "SE*", "GE*", "IEA", "BHT")
    return [one for one in text.replace("\n", "").split("~") if one and not one.startswith(envelope)]


def differing(before: str, after: str) -> tuple[list[str], list[str]]:
    """The segments only before has, and those only after has."""
    old, new = body(before), body(after)
    return [one for one in old if one not in new], [one for one in new if one not in old]


def charges(text: str) -> list[str]:
    """CLM02 and every SV102."""
    return [one.split("*")[2] for one in body(text) if one.startswith(("CLM*", "SV1*"))]


NEW_ID = Person(member_id="W999")


def test_the_member_id_that_the_payer_corrected_goes_into_the_replacement_and_nothing_else(
    tmp_path: Path,
) -> None:
    claims = claim_file(VISIT)
    denied = remittance_file(answer(VISIT, "CO-31 100", corrected=NEW_ID, remarks=("N382",)))
    done = Corrected(tmp_path, claims, denied)
    assert done.status == 0, done.row
    assert done.changes["2010BA NM109"] == ("W100200300", "W999")
    assert done.changes["2300 CLM05-3"] == ("1", "7")
    assert done.changes["2300 REF*F8"] == ("", "ICNACCT1001")
    gone, come = differing(claims, done.text)
    assert [one[:3] for one in gone] == ["NM1", "CLM"]
    assert sorted(one[:3] for one in come) == ["CLM", "NM1", "REF"]
    assert balance.problems(done.text) == []
    assert pyx12gate.errors(done.text) == []


def test_an_unprocessable_claim_is_a_first_one_without_a_number(tmp_path: Path) -> None:
    denied = answer(VISIT, "CO-16 100", corrected=NEW_ID, moa=("", "", "MA130"))
    done = Corrected(tmp_path, claim_file(VISIT), remittance_file(denied))
    assert (done.status, done.row["frequency"]) == (0, "1")
    assert "REF*F8" not in done.text
    assert set(done.changes) == {"2010BA NM109", "2010BA NM103", "2010BA NM104"} & set(done.changes)


def test_a_patient_the_payer_does_not_know_and_gave_no_number_is_sent_as_a_first_claim(
    tmp_path: Path,
) -> None:
    denied = answer(VISIT, "PR-31 100", status="4", icn="", corrected=NEW_ID)
    done = Corrected(tmp_path, claim_file(VISIT), remittance_file(denied))
    assert (done.status, done.row["frequency"]) == (0, "1")


@pytest.mark.parametrize(
    ("spec", "id", "said"),
    [
        ("CO-31 100", "NP-CORRECT-ASK", "member id"),
        ("CO-198 100", "NP-CORRECT-ASK", "REF*G1"),
        ("CO-4 100", "NP-CORRECT-ASK", "coder"),
        ("CO-16 100", "NP-CORRECT-ASK", "remark"),
        ("CO-252 100", "NP-CORRECT-DOCUMENTS", "send"),
        ("CO-22 100", "NP-CORRECT-ELSEWHERE", "right first payer"),
        ("CO-109 100", "NP-CORRECT-ELSEWHERE", "right one"),
        ("OA-18 100", "NP-CORRECT-ELSEWHERE", "frequency 7"),
        ("CO-50 100", "NP-CORRECT-NOTHING", "duplicate"),
    ],
)
def test_what_is_not_known_is_asked_and_nothing_is_written(
    tmp_path: Path, spec: str, id: str, said: str
) -> None:
    done = Corrected(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, spec)))
    assert done.status == 1
    assert id in done.ids
    assert said in " ".join(one["message"] for one in done.row["findings"])


def test_a_person_supplies_the_authorization(tmp_path: Path) -> None:
    claims = claim_file(VISIT)
    done = Corrected(
        tmp_path, claims, remittance_file(answer(VISIT, "CO-198 100")), given={"authorization": "AUTH77"}
    )
    assert done.status == 0
    assert "REF*G1*AUTH77" in done.text
    gone, come = differing(claims, done.text)
    assert [one[:3] for one in gone] == ["CLM"]
    assert sorted(one[:6] for one in come) == ["CLM*AC", "REF*F8", "REF*G1"]


def test_a_coder_supplies_the_modifiers_of_one_line(tmp_path: Path) -> None:
    claims = claim_file(TWO)
    denied = remittance_file(answer(TWO, "CO-45 10", "CO-4 15"))
    done = Corrected(tmp_path, claims, denied, given={"modifiers": {"2": ["59", "XU"]}})
    assert done.status == 0
    gone, come = differing(claims, done.text)
    assert gone[-1].startswith("SV1*HC:36415*")
    assert any(one.startswith("SV1*HC:36415:59:XU*15") for one in come)
    assert balance.problems(done.text) == []


@pytest.mark.parametrize(
    "given",
    [
        {"modifiers": {"9": ["59"]}}, {"modifiers": {"x": ["59"]}}, {"modifiers": {"1": ["5"]}},
        {"modifiers": []},
        {"authorisation": "A"}, {"member_id": 7}, {"condition": "D12"}, [], {"referral": "A\nB"},
    ],
)  # fmt: skip
def test_what_a_person_supplies_is_checked(tmp_path: Path, given: Any) -> None:
    done = Corrected(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "CO-4 100")), given=given)
    if done.status == 1:  # a line that the claim has not is the claim's to know
        assert "NP-CORRECT-LINE" in done.ids
    else:
        assert done.status == 2
        assert done.stderr.count("\n") == 1


def test_medicare_part_b_takes_no_replacement(tmp_path: Path) -> None:
    claim = VISIT.but(payer=MEDICARE)
    denied = remittance_file(answer(claim, "CO-31 100", corrected=NEW_ID), payer=MEDICARE)
    done = Corrected(tmp_path, claim_file(claim), denied)
    assert (done.status, done.ids) == (1, ["NP-CORRECT-REOPEN"])


def _stay(tmp_path: Path, given: Any) -> Corrected:
    """A hospital's claim that Medicare Part A has refused, with its authorization known since."""
    part_a = replace(MEDICARE, id="00124", name="MEDICARE PART A", filing="MA")
    lines = [Line(procedure="99213", revenue="0510", control="L1")]
    person = Person(member_id="1EG4TE5MK73")
    stay = VISIT.but(kind="I", place="13", lines=lines, attending=DOCTOR, payer=part_a, subscriber=person)
    given = {"authorization": "AUTH9", **given}
    return Corrected(tmp_path, claim_file(stay), remittance_file(answer(stay, "CO-197 100")), given=given)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({}, ["NP-CORRECT-REASON"]),
        ({"condition": "D5"}, ["NP-MCR-CHANGE-REASON"]),
        ({"condition": "D9"}, []),
    ],
)
def test_a_replacement_to_part_a_has_a_reason_of_a_replacement(
    tmp_path: Path, given: Any, refused: list[str]
) -> None:
    """Medicare Claims Processing Manual ch. 1, 130.1.2: D5 and D6 are reasons of a void."""
    done = _stay(tmp_path, given)
    assert done.ids == refused
    assert done.out.is_file() is (not refused)


def test_an_answer_without_the_payers_number_is_not_replaced(tmp_path: Path) -> None:
    denied = remittance_file(answer(VISIT, "CO-198 100", icn=""))
    done = Corrected(tmp_path, claim_file(VISIT), denied, given={"authorization": "A1"})
    assert "NP-CORRECT-NO-NUMBER" in done.ids


def test_an_answer_that_was_taken_back_is_waited_for(tmp_path: Path) -> None:
    paid = answer(VISIT, "PR-2 20")
    done = Corrected(tmp_path, claim_file(VISIT), remittance_file([paid, reversal(paid)]))
    assert (done.status, done.ids) == (1, ["NP-CORRECT-REVERSED"])


# --- coordination of benefits --------------------------------------------


def second(cas: str = "PR-2 20", paid_on: str = "20250205") -> Claim:
    """The claim as it stands at the second payer, with the first one's decision."""
    made = LineAdjudication(payer_id=PRIME.id, cas=cas, date=paid_on)
    first = OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication(icn="OLD1"))
    return Claim(sequence="S", payer=GREAT, others=[first], lines=[Line(control="L1", adjudications=[made])])


def first_answer(cas: str, *, icn: str = "NEW1", date: str = "20250220") -> str:
    claim = Claim(others=[], lines=[Line(control="L1")])
    return remittance_file(answer(claim, cas, icn=icn), date=date, trace="CHKNEW")


def test_a_second_payers_claim_is_replaced_with_the_first_payers_corrected_decision(tmp_path: Path) -> None:
    """The stale claim after a reversal: frequency 7, the second payer's own number, the new 2430."""
    claim = second()
    paid = remittance_file(answer(claim, "OA-23 80, PR-2 5", status="2", icn="GREAT9"), payer=GREAT)
    done = Corrected(tmp_path, claim_file(claim), paid, first_answer("PR-1 50"))
    assert done.status == 0, done.row
    assert done.changes["2320, 2430 of payer PRIME"] == ("paid 80.00, PR-2 20.00", "paid 50.00, PR-1 50.00")
    assert done.changes["2300 REF*F8"] == ("", "GREAT9")
    assert charges(done.text) == ["100", "100"]
    assert balance.problems(done.text) == []
    assert "CAS*PR*1*50" in done.text
    assert "CAS*PR*2*20" not in done.text
    assert "REF*F8*NEW1" in done.text


def test_a_second_payer_that_misses_the_first_ones_decision_gets_it(tmp_path: Path) -> None:
    claim = second().but(
        others=[OtherPayer(sequence="P", payer=PRIME, subscriber=Person())], lines=[Line(control="L1")]
    )
    denied = remittance_file(
        answer(claim, "CO-22 100", status="2", icn="GREAT9", remarks=("N4",)), payer=GREAT
    )
    done = Corrected(tmp_path, claim_file(claim), denied, first_answer("PR-2 20"))
    assert done.status == 0, done.row
    assert done.changes["2320, 2430 of payer PRIME"] == ("missing", "paid 80.00, PR-2 20.00")
    assert balance.problems(done.text) == []


@pytest.mark.parametrize(
    ("code", "remarks", "told", "asks"),
    [
        ("CO-22", ("N4",), False, "NP-CORRECT-ASK"),
        ("CO-22", ("N4",), True, "NP-CORRECT-TOLD"),  # it misses what the claim tells: send the EOB
        ("CO-129", (), False, "NP-CORRECT-ASK"),
        ("CO-129", (), True, "NP-CORRECT-ASK"),  # what the claim tells is wrong: hold it against the EOB
    ],
)
def test_without_that_remittance_it_is_asked_for_or_the_claim_tells_it_already(
    tmp_path: Path, code: str, remarks: tuple[str, ...], told: bool, asks: str
) -> None:
    first = OtherPayer(sequence="P", payer=PRIME, subscriber=Person())
    claim = second() if told else second().but(others=[first], lines=[Line(control="L1")])
    said = answer(claim, f"{code} 100", status="2", icn="GREAT9", remarks=remarks)
    done = Corrected(tmp_path, claim_file(claim), remittance_file(said, payer=GREAT))
    assert done.status == 1
    assert asks in done.ids


def test_the_same_decision_again_is_no_change(tmp_path: Path) -> None:
    claim = second()
    paid = remittance_file(answer(claim, "OA-23 80, PR-2 5", status="2", icn="GREAT9"), payer=GREAT)
    done = Corrected(tmp_path, claim_file(claim), paid, first_answer("PR-2 20", date="20250205"))
    assert (done.status, done.ids) == (1, ["NP-CORRECT-NOTHING"])


def test_a_void_has_the_payers_number_and_every_segment_of_the_claim(tmp_path: Path) -> None:
    claim = second()
    claims = claim_file(claim)
    paid = remittance_file(answer(claim, "OA-23 80, PR-2 5", status="2", icn="GREAT9"), payer=GREAT)
    done = Corrected(tmp_path, claims, paid, options=("--void",))
    assert (done.status, done.row["frequency"]) == (0, "8")
    gone, come = differing(claims, done.text)
    assert [one[:3] for one in gone] == ["CLM"]
    assert sorted(one[:6] for one in come) == ["CLM*AC", "REF*F8"]
    assert "REF*F8*GREAT9" in done.text


def test_what_bill_wrote_for_the_second_payer_can_be_corrected(tmp_path: Path) -> None:
    """End to end: billed, billed on, refused for the member id, replaced under the second payer's number."""
    result = bill(tmp_path, claim_file(VISIT), remittance_file(answer(VISIT, "PR-2 20")))
    (sent,) = result.outgoing.values()
    again = Claim(
        sequence="S", payer=GREAT, subscriber=Person(member_id="GP556677"), lines=[Line(control="L1")]
    )
    denied = answer(again, "OA-23 80, CO-31 20", status="2", icn="GREAT9", corrected=Person(member_id="GP1"))
    folder = tmp_path / "again"
    folder.mkdir()
    done = Corrected(folder, sent, remittance_file(denied, payer=GREAT))
    assert done.status == 0, (done.row, done.stderr)
    assert done.changes["2010BA NM109"] == ("GP556677", "GP1")
    assert balance.problems(done.text) == []
    assert pyx12gate.errors(done.text) == []


# --- laws ----------------------------------------------------------------

_CAS = st.sampled_from(("CO-31 100", "CO-198 100", "CO-16 100", "CO-4 100", "PR-2 20", "CO-45 40, PR-1 20"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    _CAS,
    st.fixed_dictionaries(
        {},
        optional={
            "authorization": st.sampled_from(("A1", "B-22")),
            "referral": st.just("R9"),
            "modifiers": st.just({"1": ["25"]}),
            "member_id": st.just("W55"),
        },
    ),
    st.booleans(),
)
def test_every_difference_is_listed_and_money_is_never_touched(
    tmp_path_factory: pytest.TempPathFactory, cas: str, given: dict[str, Any], void: bool
) -> None:
    claims = claim_file(VISIT)
    folder = tmp_path_factory.mktemp("correct")
    options = ("--void",) if void else ()
    done = Corrected(folder, claims, remittance_file(answer(VISIT, cas)), given=given, options=options)
    if done.status:
        return
    gone, come = differing(claims, done.text)
    assert len(gone) <= len(done.changes)
    for one in come:
        head = one.split("*")[0]
        listed = " ".join(done.changes)
        words = {"CLM": "CLM05-3", "REF": "REF*", "NM1": "NM109", "SV1": "SV101"}
        assert words[head] in listed
    assert charges(claims) == charges(done.text)
    assert balance.problems(done.text) == []


def test_a_change_keeps_the_patients_data_out_of_its_repr() -> None:
    change = Change(element="2010BA NM109", old="W100", new="W999", why="because", source="835")
    assert "W100" not in repr(change)
    assert "W999" not in repr(change)

"""What waits for a person at the desk: held, looked at, approved or returned, never lost or sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from scenarios.test_ahead_of_its_turn import CHILD, LISTED, OTHER, PACK
from scenarios.test_what_the_office_knows import FIRST, PATIENT, policy
from support import balance, desk, files
from support.run import command_line

AS_OF = ["--as-of", "2025-03-01"]
EAST = files.Payer(id="EAST2", name="EASTERN MUTUAL")


def claim_of(control: str, payer: files.Payer, charge: str) -> files.Claim:
    return files.Claim(
        control=control,
        subscriber=files.Person(last=f"LAST{control}", member_id=f"MEMBER{control}"),
        others=(files.OtherPayer(payer=payer),),
        lines=(files.Line(charge=charge, control=f"{control}L1"),),
    )


CLAIMS = [
    claim_of("A1", files.GREAT, "100"),
    claim_of("A2", files.GREAT, "900"),
    claim_of("A3", EAST, "100"),
    claim_of("A4", EAST, "1000"),
]
LARGE = '[[hold]]\nname = "large"\namount = "900.00"\n'


class Desk:
    """A ledger with four answered claims, and a folder that files are sent to."""

    def __init__(self, folder: Path, claims: list[files.Claim], share: str = "10") -> None:
        self.folder, self.url = folder, desk.new_ledger(folder)
        (folder / "to").mkdir()
        settings = f'[receivers.r.settings]\nfolder = "{folder / "to"}"\n'
        (folder / "receivers.toml").write_text(f'[receivers.r]\ntransport = "folder"\n{settings}')
        (folder / "rules.toml").write_text(LARGE)
        self.rules = ("--review", folder / "rules.toml")
        self.take("claims.837", files.claim_file(claims, usage="P"))
        answers = [files.answer(one, f"CO-45 20, PR-2 {share}") for one in claims]
        self.take("era.835", files.remittance_file(answers))

    def take(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content)
        self.run("intake", self.folder / name)

    def run(self, *arguments: object) -> dict[str, Any]:
        """What a command says; it must not be refused."""
        status, said, errors = command_line([*map(str, arguments), "--ledger", self.url, "--json", *AS_OF])
        assert (status in (0, 1), errors) == (True, "")
        found: dict[str, Any] = json.loads(said)
        return found

    def refused(self, *arguments: object) -> str:
        status, said, errors = command_line([*map(str, arguments), "--ledger", self.url, *AS_OF])
        assert (status, said, errors.count("\n")) == (2, "", 1)
        return errors

    def held(self) -> dict[str, dict[str, Any]]:
        return {one["claim_id"]: one for one in self.run("held")["claims"]}

    def reasons(self) -> dict[str, str]:
        return {row["claim_id"]: row["reason"] for row in desk.of_desk(self.url)[1]}

    def items(self) -> dict[int, dict[str, Any]]:
        return {one["claim"]: one for one in self.run("worklist")["items"]}

    def sent(self) -> list[str]:
        """The claims that arrived, each as often as it did."""
        self.run("submit", "--receivers", self.folder / "receivers.toml")
        return sorted(one["claim_id"] for one in self._arrived())

    def marks(self) -> set[str]:
        """ISA15 of what arrived."""
        texts = [path.read_text() for path in (self.folder / "to").iterdir()]
        return {seg[15] for text in texts for seg in balance.segments(text) if seg.name == "ISA"}

    def _arrived(self) -> list[dict[str, Any]]:
        texts = [path.read_text() for path in sorted((self.folder / "to").iterdir())]
        return [one for text in texts for one in balance.parse_837(text)]


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    return Desk(tmp_path, CLAIMS)


def test_a_held_claim_is_on_the_worklist_and_is_not_sent(office: Desk) -> None:
    office.run("work", *office.rules)
    assert sorted(office.held()) == ["A2", "A4"]
    item = office.items()[2]
    assert (item["kind"], item["reason"], item["payer"]) == ("review", "NP-REVIEW-AMOUNT", "GREAT1")
    assert (item["owner"], item["due"]) == ("unassigned", "2025-03-03")
    assert "nextpayer approve 2" in item["action"]
    assert office.sent() == ["A1", "A3"]


def test_an_approved_claim_goes_out_as_it_was_seen_and_once(office: Desk) -> None:
    office.run("work", *office.rules)
    office.run("held", "--out", office.folder / "look")
    office.run("approve", 2, "--comment", "seen")
    assert office.sent() == ["A1", "A2", "A3"]
    seen = {path.name: path.read_bytes() for path in (office.folder / "look").iterdir()}
    arrived = {path.name: path.read_bytes() for path in (office.folder / "to").iterdir()}
    assert len(set(seen.items()) & set(arrived.items())) == 1
    assert "nothing of it waits for a person's word" in office.refused("approve", 2)
    office.run("work", "--again", *office.rules)
    office.run("work", "--again")  # without the rules the other one goes, too
    assert office.sent() == ["A1", "A2", "A3", "A4"]


def test_a_returned_claim_is_a_persons_with_its_comment_until_it_has_changed(office: Desk) -> None:
    office.run("work", *office.rules)
    office.run("return", 2, "--comment", "wrong member id")
    assert office.reasons()["A2"] == "NP-REVIEW-RETURNED"
    item = office.items()[2]
    assert (item["kind"], item["reason"]) == ("decision", "NP-REVIEW-RETURNED")
    assert "work --again" in item["action"]
    office.run("work", "--again")
    assert (office.held()["A2"]["state"], "wrong member id" in office.held()["A2"]["said"]) == (
        "returned",
        True,
    )
    assert office.sent() == ["A1", "A3", "A4"]
    office.run("approve", 2, "--comment", "right after all")
    assert office.sent() == ["A1", "A2", "A3", "A4"]


def test_no_word_is_taken_of_a_claim_about_which_something_came_in(office: Desk) -> None:
    office.run("work", *office.rules)
    office.take("more.835", files.remittance_file([files.answer(CLAIMS[1], "CO-45 20, PR-2 11", icn="I2")]))
    assert "nextpayer work goes first" in office.refused("approve", 2)
    assert "nextpayer work goes first" in office.refused("return", 2, "--comment", "no")
    assert office.reasons()["A2"] == "NP-REVIEW-AMOUNT"


def test_all_are_looked_at_before_one_goes(office: Desk) -> None:
    office.run("work", *office.rules)
    assert "claim 1: nothing of it waits" in office.refused("approve", 4, 1)
    assert sorted(office.held()) == ["A2", "A4"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["return", 2], "--comment"),
        (["return", 2, "--comment", " "], "--comment is empty"),
        (["approve", 2, "--comment", "a\tb\x07"], "characters that print"),
        (["approve", 0], "0"),
        (["held", 99], "claim 99: nothing of it waits"),
        (["work", "--test", "--pilot", 1], "--test marks every file"),
        (["work", "--review", "RULES", "--pilot", 1], "--review has a pilot already"),
    ],
)
def test_what_cannot_be_done_costs_one_line(office: Desk, arguments: list[object], told: str) -> None:
    office.run("work", *office.rules)
    rules = office.folder / "pilot.toml"
    rules.write_text("[pilot]\nclaims = 3\n")
    assert told in office.refused(*[rules if one == "RULES" else one for one in arguments])
    assert sorted(office.held()) == ["A2", "A4"]


def test_the_first_claims_to_a_payer_are_counted_over_runs(office: Desk) -> None:
    (office.folder / "rules.toml").write_text("[[hold]]\nfirst = 1\n")
    office.run("work", *office.rules)
    assert sorted(office.held()) == ["A1", "A3"]
    for number in (1, 3):
        office.run("approve", number)
    assert office.sent() == ["A1", "A2", "A3", "A4"]
    more = claim_of("B1", EAST, "70")
    office.take("more.837", files.claim_file([more]))
    office.take("more.835", files.remittance_file([files.answer(more, "CO-45 20, PR-2 10")]))
    office.run("work", *office.rules)
    assert office.reasons()["B1"] == "NP-NEXT-PAYER"


def test_a_payer_billed_before_there_were_rules_has_no_first_claims(office: Desk) -> None:
    office.run("work")
    assert len(office.sent()) == 4
    (office.folder / "rules.toml").write_text("[[hold]]\nfirst = 9\n")
    more = claim_of("B1", EAST, "70")
    office.take("more.837", files.claim_file([more]))
    office.take("more.835", files.remittance_file([files.answer(more, "CO-45 20, PR-2 10")]))
    office.run("work", *office.rules)
    assert office.reasons()["B1"] == "NP-NEXT-PAYER"


def test_a_pilot_goes_out_as_a_test_and_is_billed_when_it_is_over(office: Desk) -> None:
    office.run("work", "--pilot", 1)
    assert office.sent() == ["A1", "A3"]
    assert office.marks() == {"T"}
    assert set(office.reasons().values()) == {"NP-PILOT-SENT", "NP-PILOT-WAITS"}
    office.run("work", "--pilot", 1, "--again")  # those that went are not sent again, and count
    assert office.sent() == ["A1", "A3"]
    assert office.reasons()["A2"] == "NP-PILOT-WAITS"
    office.run("work", "--again")
    assert office.sent() == ["A1", "A1", "A2", "A3", "A3", "A4"]
    assert office.marks() == {"T", "P"}


def test_what_went_out_as_a_test_is_not_billed(office: Desk) -> None:
    office.run("work", "--test")
    assert office.sent() == ["A1", "A2", "A3", "A4"]
    assert office.marks() == {"T"}
    assert {one["reason"] for one in office.items().values()} == {"NP-TEST-SENT"}
    assert office.run("inquire", "--as-of", "2025-12-01")["asked"] == 0  # nobody pays a test
    status, told, _ = command_line(
        ["proof", "A1", "--out", str(office.folder / "proof"), "--ledger", office.url, "--json"]
    )
    assert (status, json.loads(told)["findings"][0]["id"]) == (1, "NP-PROOF-NONE")
    office.run("work")
    assert office.sent() == ["A1", "A2", "A3", "A4"]
    office.run("work", "--again")
    assert office.sent() == sorted(["A1", "A2", "A3", "A4"] * 2)
    assert office.marks() == {"T", "P"}
    office.run("work", "--again")
    assert len(office.sent()) == 8


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str], Desk]:
    """A desk with a child's unanswered claim, another one's answered, and what is known of the child."""

    def made(circumstance: str) -> Desk:
        office = Desk(tmp_path, [OTHER])
        (tmp_path / "pack.toml").write_text(PACK.replace("CHASE", LISTED))
        office.take("child.837", files.claim_file([CHILD]))
        known = {
            "patient": PATIENT,
            "circumstances": {"pay_and_chase": circumstance},
            "coverages": [FIRST, policy(files.MEDICAID, None, "MCD1")],
        }
        office.take("coverage.json", json.dumps(known))
        office.rules = ("--payers", tmp_path / "pack.toml")
        return office

    return made


def test_a_claim_ahead_of_its_turn_waits_for_a_person_and_is_made_once(child: Callable[[str], Desk]) -> None:
    office = child("preventive_pediatric")
    told = office.run("work", *office.rules)
    (row,) = told["ahead"]
    assert (row["claim"], row["next_payer"]["id"], row["findings"][0]["id"]) == (
        2,
        "STMCD",
        "NP-MCD-PAYS-FIRST",
    )
    before = desk.everything(office.url)
    assert office.run("work", *office.rules)["ahead"] == []
    assert desk.everything(office.url) == before
    item = office.items()[2]
    assert (item["kind"], item["reason"], item["payer"], item["owner"]) == (
        "ahead", "NP-AHEAD", "STMCD", "unassigned",
    )  # fmt: skip
    assert "CHILD1" not in office.sent()
    office.run("approve", 2)
    assert office.sent().count("CHILD1") == 1
    office.run("work", *office.rules)
    assert office.sent().count("CHILD1") == 1


def test_an_answer_withdraws_what_was_made_ahead_and_nobody_released(child: Callable[[str], Desk]) -> None:
    office = child("preventive_pediatric")
    office.run("work", *office.rules)
    answer = files.answer(CHILD, "PR-2 20")
    office.take("child.835", files.remittance_file([answer], payer=CHILD.payer))
    assert "nextpayer work goes first" in office.refused("approve", 2)
    assert len(office.run("work", *office.rules)["withdrawn"]) == 1
    assert office.held() == {}
    assert office.sent().count("CHILD1") == 1


def test_one_that_was_returned_waits_for_its_first_payer(child: Callable[[str], Desk]) -> None:
    office = child("preventive_pediatric")
    office.run("work", *office.rules)
    office.run("return", 2, "--comment", "the other payer answers soon")
    office.run("work", *office.rules)
    assert office.held()["CHILD1"]["state"] == "returned"
    (waits,) = (one for one in office.run("worklist", "--waiting")["waiting"] if one["claim"] == 2)
    assert waits["payer"] == CHILD.payer.id
    assert "CHILD1" not in office.sent()


def test_a_state_that_does_not_chase_has_nothing_made(child: Callable[[str], Desk]) -> None:
    office = child("child_support")
    (row,) = office.run("work", *office.rules)["ahead"]
    assert (row["submission"], row["findings"][0]["id"]) == (None, "NP-MCD-COST-AVOIDED")
    assert office.held() == {}


def test_what_was_made_ahead_by_a_coverage_that_has_changed_is_withdrawn(
    child: Callable[[str], Desk],
) -> None:
    office = child("preventive_pediatric")
    office.run("work", *office.rules)
    known = json.loads((office.folder / "coverage.json").read_text())
    known["circumstances"]["pay_and_chase"] = "child_support"
    office.take("newer.json", json.dumps(known))
    assert len(office.run("work", *office.rules)["withdrawn"]) == 1
    assert office.held() == {}


def scan(folder: Path, *entries: dict[str, Any]) -> Path:
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4\nprogress note\n%%EOF\n")
    path = folder / "documents.json"
    path.write_text(json.dumps([{"kind": "records", "file": "scan.pdf", **one} for one in entries]))
    return path


DOCUMENTS = """
[payer]
ids = ["GREAT1"]
[documents]
by = "EL"
[sources]
source = "invented manual"
effective = 2020-01-01
"""


def test_documents_stay_with_their_claim_when_it_is_made_anew(office: Desk) -> None:
    (office.folder / "pack.toml").write_text(DOCUMENTS)
    packs = ("--payers", office.folder / "pack.toml")
    listed = scan(office.folder, {"claim_id": "A1"}, {"claim_id": "NOBODY"})
    told = office.run("work", *packs, "--documents", listed)
    assert told["unused_documents"] == [2]
    assert [one["claims"] for one in told["files"] if "-275-" in one["name"]] == [0]
    (office.folder / "scan.pdf").unlink()
    office.run("unmatch", 1, "--why", "a slip")
    office.run("match", 1, 1, "--why", "right after all")
    again = office.run("work", *packs)
    assert [one["claims"] for one in again["files"] if "-275-" in one["name"]] == [0]
    office.run("submit", "--receivers", office.folder / "receivers.toml")
    assert len(list((office.folder / "to").glob("*-275-*"))) == 1
    ledger = open_ledger(office.url)
    with ledger.reading() as connection:
        inside, submissions = schema.submission_claims.c, schema.submissions.c
        beside = select(inside.claim_id).join(schema.submissions).where(
            submissions.kind == "275", submissions.state == "accepted"
        )  # fmt: skip
        assert list(connection.scalars(beside)) == [1]
    ledger.close()


def test_a_document_of_a_number_that_two_claims_have_is_refused(office: Desk) -> None:
    office.take("twin.837", files.claim_file([claim_of("A1", EAST, "55")]))
    listed = scan(office.folder, {"claim_id": "A2"}, {"claim_id": "A1"})
    told = office.refused("work", "--documents", listed)
    assert "documents.json: [1].claim_id: several claims of the ledger have this number" in told
    ledger = open_ledger(office.url)
    with ledger.reading() as connection:
        assert connection.execute(select(schema.documents.c.id)).all() == []
    ledger.close()


def test_a_released_claim_that_nobody_acknowledges_is_on_the_worklist(child: Callable[[str], Desk]) -> None:
    office = child("preventive_pediatric")
    office.run("work", *office.rules)
    office.run("approve", 2)
    office.sent()
    status, said, _ = command_line(["worklist", "--ledger", office.url, "--as-of", "2025-03-20", "--json"])
    late = [one for one in json.loads(said)["items"] if one["kind"] == "unacknowledged"]
    assert status == 1
    assert [one["payer"] for one in late if "STMCD" in one["about"]] == [CHILD.payer.id]

"""Review before sending: held, looked at, approved or returned, and no claim lost or sent twice."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import balance, files, run

EAST = files.Payer(id="EAST2", name="EASTERN MUTUAL")
ALL = [("A1", files.GREAT, "100"), ("A2", files.GREAT, "900"), ("A3", EAST, "100"), ("A4", EAST, "1000"),
       ("A5", files.GREAT, "50"), ("A6", EAST, "70")]  # fmt: skip


def claim_of(control: str, payer: files.Payer, charge: str) -> files.Claim:
    return files.Claim(
        control=control,
        subscriber=files.Person(last=f"LAST{control}", member_id=f"MEMBER{control}"),
        others=(files.OtherPayer(payer=payer),),
        lines=(files.Line(charge=charge, control=f"{control}L1"),),
    )


CLAIMS = [claim_of(*one) for one in ALL]


class Batch:
    """A folder with a batch of claims and their answers, and what `bill` and `review` make of it."""

    def __init__(self, folder: Path, claims: list[files.Claim], share: str = "10") -> None:
        self.folder, self.out = folder, folder / "out"
        self.answered(claims, share)

    def answered(self, claims: list[files.Claim], share: str = "10", contractual: str = "20") -> None:
        answers = [files.answer(one, f"CO-45 {contractual}, PR-2 {share}") for one in claims]
        (self.folder / "claims.837").write_text(files.claim_file(claims))
        (self.folder / "era.835").write_text(files.remittance_file(answers))

    def bill(self, rules: dict[str, Any] | None = None, *more: str) -> dict[str, dict[str, Any]]:
        """The decisions by claim."""
        command = ["bill", str(self.folder / "claims.837"), str(self.folder / "era.835"), "--quiet"]
        command += ["--out", str(self.out), "--as-of", "2025-03-01", *more]
        if rules is not None:
            (self.folder / "rules.json").write_text(json.dumps(rules))
            command += ["--review", str(self.folder / "rules.json")]
            command += ["--review-state", str(self.folder / "state.json")]
        status, _, complaint = run.command_line(command)
        assert (status in (0, 1), complaint) == (True, ""), complaint
        self.report = json.loads((self.out / "report.json").read_text())
        return {one["claim_id"]: one for one in self.report["decisions"]}

    def say(self, what: str, *ids: str, by: str = "M. Boss", comment: str = "seen") -> tuple[int, str]:
        command = ["review", what, str(self.out), *ids, "--by", by, "--comment", comment, "--quiet"]
        status, _, complaint = run.command_line([*command, "--as-of", "2025-03-02"])
        return status, complaint

    def listed(self) -> dict[str, dict[str, Any]]:
        _, said, _ = run.command_line(["review", "list", str(self.out), "--json"])
        return {one["claim_id"]: one for one in json.loads(said)["claims"]}

    def bytes(self, folder: str = "outgoing") -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.out / folder).glob("*"))}

    def ids(self, folder: str = "outgoing") -> list[str]:
        """The claims that the files of a folder hold, each as often as it stands there."""
        found = []
        for data in self.bytes(folder).values():
            assert balance.problems(data.decode()) == []
            found += [one["claim_id"] for one in balance.parse_837(data.decode())]
        return sorted(found)

    def numbers(self) -> list[str]:
        """The control numbers of every interchange of the run."""
        every = [data.decode() for folder in ("outgoing", "review", "pilot", "rebill")
                 for data in self.bytes(folder).values()]  # fmt: skip
        return [seg[13] for text in every for seg in balance.segments(text) if seg.name == "ISA"]


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    return Batch(tmp_path, CLAIMS)


LARGE = {"hold": [{"name": "large", "amount": "900.00"}]}


def test_a_held_claim_is_whole_and_lies_apart(batch: Batch) -> None:
    found = batch.bill(LARGE)
    assert batch.ids() == ["A1", "A3", "A5", "A6"]
    assert batch.ids("review") == ["A2", "A4"]
    for claim_id in ("A2", "A4"):
        row = found[claim_id]
        assert (row["action"], row["reason"], row["output"]) == ("hold", "NP-REVIEW-AMOUNT", None)
        assert batch.listed()[claim_id]["file"] == row["review"]["files"][-1]["file"]
    assert "rule 'large': the charge, 900.00, is at or above 900.00" in str(found["A2"]["findings"])
    assert batch.report["summary"]["held"] == 2


def test_the_laws_hold_with_review_as_without(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[hold]]\nsample = "0.5"\nseed = "s"\n')
    answers = [files.answer(one, "CO-45 20, PR-2 10") for one in CLAIMS]
    result = run.bill(
        tmp_path, files.claim_file(CLAIMS), files.remittance_file(answers), args=["--review", str(rules)]
    )
    assert {"bill_next", "hold"} == set(result.actions)


def test_an_approved_claim_goes_out_as_bill_made_it_and_once(batch: Batch) -> None:
    batch.bill(LARGE)
    made = batch.bytes("review")
    assert batch.say("approve", "A2") == (0, "")
    assert batch.ids() == ["A1", "A2", "A3", "A5", "A6"]
    assert {name: data for name, data in batch.bytes().items() if name in made}.items() <= made.items()
    status, complaint = batch.say("approve", "A2", by="somebody else")
    assert status == 2
    assert "approved by M. Boss on 2025-03-02: seen; it is in outgoing and goes out once" in complaint
    assert batch.ids().count("A2") == 1


def test_the_run_repeated_after_approvals_makes_the_same_files(batch: Batch) -> None:
    batch.bill(LARGE)
    batch.say("approve", "A2")
    before = batch.bytes()
    found = batch.bill(LARGE)
    assert batch.bytes() == before
    assert found["A2"]["action"] == "bill_next"
    assert found["A2"]["output"] in {f"outgoing/{name}" for name in before}
    assert "NP-REVIEW-APPROVED" in str(found["A2"]["findings"])
    assert batch.ids("review") == ["A4"]


def test_a_returned_claim_stays_held_with_its_comment_without_any_rule(batch: Batch) -> None:
    batch.bill(LARGE)
    assert batch.say("return", "A4", comment="wrong member id") == (0, "")
    assert batch.ids("review") == ["A2", "A4"]
    found = batch.bill()
    assert found["A4"]["reason"] == "NP-REVIEW-RETURNED"
    assert "returned by M. Boss on 2025-03-02: wrong member id" in str(found["A4"]["findings"])
    assert batch.ids() == ["A1", "A2", "A3", "A5", "A6"]


@pytest.mark.parametrize("said", ["approve", "return"])
def test_a_claim_that_has_changed_since_is_looked_at_again(batch: Batch, said: str) -> None:
    batch.bill(LARGE)
    batch.say(said, "A2")
    batch.answered(CLAIMS, share="11")
    found = batch.bill()
    assert found["A2"]["reason"] == "NP-REVIEW-CHANGED"
    assert "A2" not in batch.ids()
    assert "A2" in batch.ids("review")
    assert batch.listed()["A2"]["state"] == "waiting"
    assert batch.say("approve", "A2") == (0, "")
    assert batch.ids().count("A2") == 1


def test_an_approval_outlives_another_day_and_another_control_number(batch: Batch) -> None:
    batch.bill(LARGE)
    batch.say("approve", "A2", "A4")
    found = batch.bill(LARGE, "--as-of", "2025-03-05", "--control-number", "77")
    assert {one["action"] for one in found.values()} == {"bill_next"}


def test_a_file_that_is_not_what_bill_wrote_is_not_approved(batch: Batch) -> None:
    batch.bill(LARGE)
    path = batch.out / batch.listed()["A2"]["file"]
    path.write_text(path.read_text().replace("LASTA2", "LASTA9"))
    status, complaint = batch.say("approve", "A4", "A2")
    assert status == 2
    assert "it is not what bill wrote" in complaint
    assert batch.ids() == ["A1", "A3", "A5", "A6"]  # A4 neither: all are looked at first
    assert not (batch.out / "review.jsonl").exists()


def test_a_crash_between_the_log_and_the_file_is_mended_by_approving_again(batch: Batch) -> None:
    batch.bill(LARGE)
    batch.say("approve", "A2")
    name = Path(batch.listed()["A2"]["file"]).name
    (batch.out / "outgoing" / name).rename(batch.out / "review" / name)
    log = (batch.out / "review.jsonl").read_text()
    assert batch.say("approve", "A2") == (0, "")
    assert (batch.out / "review.jsonl").read_text() == log
    assert batch.ids().count("A2") == 1


def test_a_log_that_breaks_off_stops_bill_and_review_before_they_write(batch: Batch) -> None:
    batch.bill(LARGE)
    before = batch.bytes()
    (batch.out / "review.jsonl").write_text('{"claim_id": "A')
    command = [
        "bill",
        str(batch.folder / "claims.837"),
        str(batch.folder / "era.835"),
        "--out",
        str(batch.out),
    ]
    for arguments in (command, ["review", "list", str(batch.out)]):
        status, _, complaint = run.command_line(arguments)
        assert (status, complaint.count("\n")) == (2, 1)
        assert "review.jsonl: line 1: it is not a whole entry" in complaint
    assert batch.bytes() == before


def test_a_log_whose_last_line_lacks_its_end_is_gone_on_with(batch: Batch) -> None:
    batch.bill(LARGE)
    batch.say("approve", "A2")
    log = batch.out / "review.jsonl"
    log.write_text(log.read_text().rstrip("\n"))
    assert batch.say("return", "A4") == (0, "")
    assert {key: one["state"] for key, one in batch.listed().items()} == {"A2": "approved", "A4": "returned"}


def test_two_claims_of_one_number_are_told_by_their_files(tmp_path: Path) -> None:
    twins = [CLAIMS[1], claim_of("A2", EAST, "950")]
    batch = Batch(tmp_path, CLAIMS)
    batch.bill(LARGE)
    batch.answered([twins[0], CLAIMS[3]])
    batch.bill(LARGE)
    path = batch.out / "report.json"
    path.write_text(path.read_text().replace('"claim_id": "A4"', '"claim_id": "A2"'))
    status, complaint = batch.say("approve", "A2")
    assert status == 2
    names = sorted(f"review/{name}" for name in batch.bytes("review"))
    assert all(name in complaint for name in names)
    assert batch.say("approve", names[0]) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["review", "approve", "OUT", "NONE", "--by", "X"], "no claim of that id was held for review"),
        (["review", "approve", "OUT", "A2"], "--by"),
        (["review", "approve", "OUT", "--by", "X"], "CLAIM_ID"),
        (["review", "return", "OUT", "A2", "--by", "X"], "--comment"),
        (["review", "return", "OUT", "A2", "--by", "X", "--comment", " "], "--comment is empty"),
        (["review", "return", "OUT", "A2", "--by", " ", "--comment", "y"], "--by is empty"),
        (["review", "approve", "OUT", "A2", "--by", "a\tb"], "does not print"),
        (["review", "list", "OUT/review"], "it has no report.json"),
    ],
)
def test_what_cannot_be_done_costs_one_line(batch: Batch, arguments: list[str], told: str) -> None:
    batch.bill(LARGE)
    status, said, complaint = run.command_line([one.replace("OUT", str(batch.out)) for one in arguments])
    assert (status, said, complaint.count("\n")) == (2, "", 1)
    assert told in complaint
    assert batch.ids("review") == ["A2", "A4"]


def test_a_run_that_would_lose_a_claim_that_waits_is_refused_and_changes_nothing(batch: Batch) -> None:
    batch.bill(LARGE)
    batch.say("approve", "A2")
    everything = {folder: batch.bytes(folder) for folder in ("outgoing", "review")}
    report = (batch.out / "report.json").read_bytes()
    batch.answered([CLAIMS[0]])
    command = ["bill", str(batch.folder / "claims.837"), str(batch.folder / "era.835")]
    status, said, complaint = run.command_line([*command, "--out", str(batch.out)])
    assert (status, said, complaint.count("\n")) == (2, "", 1)
    assert "1 claim of an earlier run waits there for a person and would be lost" in complaint
    assert {folder: batch.bytes(folder) for folder in ("outgoing", "review")} == everything
    assert (batch.out / "report.json").read_bytes() == report
    assert not list(batch.out.rglob("*.part"))
    assert batch.say("return", "A4") == (0, "")
    assert batch.bill()["A1"]["action"] == "bill_next"


def test_claims_under_review_that_no_report_names_are_not_cleared(batch: Batch) -> None:
    batch.bill(LARGE)
    (batch.out / "report.json").write_text("{")
    command = ["bill", str(batch.folder / "claims.837"), str(batch.folder / "era.835")]
    status, _, complaint = run.command_line([*command, "--out", str(batch.out)])
    assert (status, "name another folder" in complaint) == (2, True)
    assert batch.ids("review") == ["A2", "A4"]


def test_a_report_that_leads_out_of_its_folder_is_refused(batch: Batch) -> None:
    batch.bill(LARGE)
    path = batch.out / "report.json"
    path.write_text(path.read_text().replace('"file": "review/', '"file": "review/../../', 1))
    assert "this version did not write it" in batch.say("approve", "A2")[1]


def test_first_claims_ask_for_a_file_and_keep_it(batch: Batch) -> None:
    rules = batch.folder / "rules.toml"
    rules.write_text("[[hold]]\nfirst = 1\n")
    command = ["bill", str(batch.folder / "claims.837"), str(batch.folder / "era.835"), "--quiet"]
    command += ["--out", str(batch.out), "--review", str(rules)]
    assert "--review-state" in run.command_line(command)[2]
    assert not batch.out.exists() or batch.bytes() == {}
    first = batch.bill({"hold": [{"first": 1}]})
    assert [key for key, one in first.items() if one["reason"] == "NP-REVIEW-FIRST"] == ["A1", "A3"]
    state = (batch.folder / "state.json").read_text()
    assert "A1" not in state
    again = batch.bill({"hold": [{"first": 1}]})
    assert [key for key, one in again.items() if one["reason"] == "NP-REVIEW-FIRST"] == ["A1", "A3"]
    assert (batch.folder / "state.json").read_text() == state
    batch.answered([claim_of("B1", EAST, "100")])
    batch.out = batch.folder / "next"
    assert batch.bill({"hold": [{"first": 1}]})["B1"]["action"] == "bill_next"


def test_a_payer_that_is_known_is_said_so_in_the_state(batch: Batch) -> None:
    (batch.folder / "state.json").write_text('{"billed_before": ["GREAT1", "EAST2"]}')
    assert {one["action"] for one in batch.bill({"hold": [{"first": 9}]}).values()} == {"bill_next"}


def test_a_sample_is_the_same_in_any_order_of_the_files(tmp_path: Path) -> None:
    rules = {"hold": [{"sample": "0.5", "seed": "s"}]}
    drawn = []
    for number, order in enumerate((CLAIMS, CLAIMS[::-1], CLAIMS[3:] + CLAIMS[:3])):
        folder = tmp_path / str(number)
        folder.mkdir()
        drawn.append(
            {key for key, one in Batch(folder, order).bill(rules).items() if one["action"] == "hold"}
        )
    assert drawn[0] == drawn[1] == drawn[2]
    assert 0 < len(drawn[0]) < len(CLAIMS)


def test_a_pilot_goes_out_as_a_test_and_the_others_wait(batch: Batch) -> None:
    found = batch.bill(None, "--pilot", "2")
    assert batch.bytes() == {}
    assert batch.ids("pilot") == ["A1", "A2", "A3", "A4"]
    for data in batch.bytes("pilot").values():
        assert [seg[15] for seg in balance.segments(data.decode()) if seg.name == "ISA"] == ["T"]
    reasons = {key: one["reason"] for key, one in found.items()}
    assert reasons == dict.fromkeys(["A1", "A2", "A3", "A4"], "NP-PILOT-SENT") | dict.fromkeys(
        ["A5", "A6"], "NP-PILOT-WAITS"
    )
    assert found["A1"]["pilot"] == "pilot/GREAT1-837P-0001.837"
    after = batch.bill()
    assert {one["action"] for one in after.values()} == {"bill_next"}
    assert batch.bytes("pilot") == {}
    assert batch.ids() == [f"A{n}" for n in range(1, 7)]


def test_a_pilot_of_one_payer_comes_from_the_rules(batch: Batch) -> None:
    batch.bill({"pilot": {"payers": ["EAST2"], "claims": 1}, **LARGE})
    assert batch.ids("pilot") == ["A3"]
    assert batch.ids("review") == ["A2"]
    assert batch.ids() == ["A1", "A5"]


def test_every_file_of_a_test_run_says_so(batch: Batch) -> None:
    found = batch.bill(None, "--test")
    assert {one["action"] for one in found.values()} == {"bill_next"}
    for data in batch.bytes().values():
        assert [seg[15] for seg in balance.segments(data.decode()) if seg.name == "ISA"] == ["T"]
    assert batch.report["usage"] == "T"


@pytest.mark.parametrize("option", [["--test"], ["--pilot", "1"]])
def test_paper_is_never_a_test(batch: Batch, option: list[str]) -> None:
    found = batch.bill(None, "--form", "cms1500", *option)
    assert {one["reason"] for one in found.values()} <= {"NP-UNWRITABLE", "NP-PILOT-WAITS"}
    assert batch.bytes() == {}


def test_a_claim_on_paper_waits_with_its_proof_and_goes_with_it(batch: Batch) -> None:
    batch.bill(LARGE, "--form", "cms1500")
    held = batch.bytes("review")
    assert len(held) == 4
    assert batch.say("approve", "A2") == (0, "")
    moved = batch.bytes()
    assert len(batch.bytes("review")) == 2
    assert sum(held.get(name) == data for name, data in moved.items()) == 2
    before = moved
    batch.bill(LARGE, "--form", "cms1500")
    assert batch.bytes() == before


def test_a_proof_that_has_changed_voids_an_approval_of_its_claim(batch: Batch) -> None:
    """The form tells what was paid, and the proof alone of what for."""
    batch.bill(LARGE, "--form", "cms1500")
    batch.say("approve", "A2")
    batch.answered(CLAIMS, share="5", contractual="25")
    assert batch.bill(LARGE, "--form", "cms1500")["A2"]["reason"] == "NP-REVIEW-CHANGED"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--test", "--pilot", "1"], "--test marks every file"),
        (["--review", "RULES", "--pilot", "1"], "--review has a pilot already"),
        (["--pilot", "0"], "--pilot"),
    ],
)
def test_options_that_contradict_each_other_are_refused(batch: Batch, more: list[str], told: str) -> None:
    rules = batch.folder / "rules.toml"
    rules.write_text("[pilot]\nclaims = 3\n")
    command = ["bill", str(batch.folder / "claims.837"), str(batch.folder / "era.835")]
    command += ["--out", str(batch.out), *[one.replace("RULES", str(rules)) for one in more]]
    status, _, complaint = run.command_line(command)
    assert (status, complaint.count("\n")) == (2, 1)
    assert told in complaint


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("rules.toml", "[[hold", "rules.toml: it is not TOML"),
        ("rules.json", "{", "rules.json: line 1 column 2: it is not JSON"),
        (
            "rules.toml",
            '[[hold]]\npayer = ["A"]',
            "hold[0].payer: unknown key; the nearest known one is payers",
        ),
        ("rules.toml", "", "hold: it has no rule"),
        ("state.json", '{"first": []}', "state.json: first: it is not an object"),
        ("state.json", "\u00ff", "state.json: line 1 column 1: it is not JSON"),
    ],
)
def test_files_that_cannot_be_used_cost_one_line_and_nothing_is_written(
    batch: Batch, name: str, text: str, told: str
) -> None:
    (batch.folder / "rules.toml").write_text("[[hold]]\nfirst = 1\n")
    (batch.folder / name).write_text(text)
    rules = name if name.startswith("rules") else "rules.toml"
    command = ["bill", str(batch.folder / "claims.837"), str(batch.folder / "era.835")]
    command += ["--out", str(batch.out), "--review", str(batch.folder / rules)]
    status, said, complaint = run.command_line([*command, "--review-state", str(batch.folder / "state.json")])
    assert (status, said, complaint.count("\n")) == (2, "", 1)
    assert told in complaint
    assert not batch.out.exists()


# --- laws -------------------------------------------------------------------------------------------------

holds = st.one_of(
    st.fixed_dictionaries({"amount": st.sampled_from(["60.00", "100.00", "1000.00"])}),
    st.fixed_dictionaries({"payers": st.sampled_from([["GREAT1"], ["EAST2"]])}),
    st.fixed_dictionaries({"first": st.integers(1, 3)}),
    st.fixed_dictionaries({"sample": st.sampled_from(["0.3", "0.8"]), "seed": st.sampled_from("abc")}),
)
rules_of = st.fixed_dictionaries(
    {"hold": st.lists(holds, min_size=1, max_size=3)},
    optional={"pilot": st.fixed_dictionaries({"claims": st.integers(1, 2), "payers": st.just(["EAST2"])})},
)
steps = st.lists(
    st.tuples(st.sampled_from(["approve", "return", "bill", "change", "plain"]), st.integers(0, 5)),
    max_size=5,
)


@given(st.permutations(CLAIMS), st.integers(1, 6), rules_of, steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_claim_is_lost_or_doubled_whatever_is_done(
    order: list[files.Claim], number: int, rules: dict[str, Any], done: list[tuple[str, int]]
) -> None:
    """Claims in = outgoing + under review + in the pilot + waiting for it, each once, after every step."""
    claims = order[:number]
    with tempfile.TemporaryDirectory() as folder:
        batch = Batch(Path(folder), claims)
        found = batch.bill(rules)
        share, approved = 10, dict[str, str]()
        for step, which in [("bill", 0), *done]:
            listed = batch.listed()
            one = sorted(listed)[which % len(listed)] if listed else ""
            if step == "bill":
                found = batch.bill(rules)
            elif step == "plain":
                found = batch.bill()
            elif step == "change":
                share += 1
                batch.answered(claims, str(share))
                found = batch.bill(rules)
            elif one:
                was = listed[one]["state"]
                status, _ = batch.say(step, one)
                assert status == (2 if was == "approved" else 0)
                if step == "approve":
                    approved[one] = listed[one]["content"]
            waits = [key for key, row in found.items() if row["reason"] == "NP-PILOT-WAITS"]
            everywhere = Counter([*batch.ids(), *batch.ids("review"), *batch.ids("pilot"), *waits])
            assert everywhere == Counter(claim.control for claim in claims)
            assert len(set(batch.numbers())) == len(batch.numbers())
            out = batch.ids()
            for key, row in batch.listed().items():
                assert (key in out) == (row["state"] == "approved" and row["content"] == approved[key])

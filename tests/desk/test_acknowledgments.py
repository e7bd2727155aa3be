"""Acknowledgments at the desk: a refused claim goes out again as a new one, an accepted one never twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, true, update

from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from support import acknowledging as receiver
from support.guide212 import problems
from support.run import command_line

ROOT = Path(__file__).parents[2]
EVERY = true()
DAY, ONE = ROOT / "examples" / "day", ROOT / "examples" / "one"
SENT = "2025-03-10"


class Desk:
    """A ledger, a folder that files go to, and another that acknowledgments come from."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.out, self.inbound = url, folder / "out", folder / "in"
        self.out.mkdir()
        self.inbound.mkdir()
        self.receivers = folder / "receivers.toml"
        self.expects("")
        self.run("init")

    def expects(self, table: str) -> None:
        self.receivers.write_text(
            f'[receivers.r]\ntransport = "folder"\nsettings = {{folder = "{self.out}"}}\n{table}\n'
        )

    def run(self, *arguments: object, as_of: str = SENT) -> str:
        when = () if arguments[0] == "init" else ("--as-of", as_of)
        status, out, errors = command_line([*map(str, arguments), "--ledger", self.url, *when])
        assert (status in (0, 1), errors) == (True, ""), errors
        return out

    def send(self, as_of: str = SENT) -> list[str]:
        """Decide and send; the files that went, as text."""
        before = set(self.out.iterdir())
        self.run("work", as_of=as_of)
        self.run("submit", "--receivers", self.receivers, as_of=as_of)
        return [path.read_text() for path in sorted(set(self.out.iterdir()) - before)]

    def take(self, text: str, as_of: str = "2025-03-11") -> str:
        path = self.inbound / f"{len(list(self.inbound.iterdir()))}.txt"
        path.write_text(text)
        return self.run("intake", path, as_of=as_of)

    def list(self, as_of: str = "2025-03-11") -> list[tuple[str, str]]:
        items = json.loads(self.run("worklist", "--json", as_of=as_of))["items"]
        return [(one["kind"].replace("_", " "), one["reason"].removeprefix("NP-")) for one in items]

    def rows(self, *columns: Any, where: Any = EVERY) -> list[tuple[Any, ...]]:
        ledger = open_ledger(self.url)
        with ledger.reading() as connection:
            found = [tuple(row) for row in connection.execute(select(*columns).where(where))]
        ledger.close()
        return found

    def change(self, table: Any, where: Any = EVERY, **values: Any) -> None:
        ledger = open_ledger(self.url)
        with ledger.engine.begin() as connection:
            connection.execute(update(table).where(where).values(**values))
        ledger.close()

    def state(self) -> list[tuple[Any, ...]]:
        return sorted(self.rows(schema.submission_claims.c.state))


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Desk:
    return Desk(url, tmp_path)


@pytest.fixture
def one(desk: Desk) -> tuple[Desk, str]:
    """One claim that was sent, and its file."""
    desk.run("intake", ONE / "claim.837", ONE / "era.835")
    (file,) = desk.send()
    return desk, file


def clm(file: str) -> list[str]:
    return re.findall(r"CLM\*[^~]*", file)


def number(file: str) -> str:
    return receiver.sent(file)[0].isa[13]


def set_of(file: str) -> str:
    return receiver.sent(file)[0].sets[0].number


# --- refused by the syntax check ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["set", "group", "ta1"])
def test_a_claim_whose_file_was_refused_is_made_anew_as_it_was(one: tuple[Desk, str], how: str) -> None:
    desk, file = one
    refusal = {
        "set": receiver.syntax(file, {set_of(file): "R"}),
        "group": receiver.syntax(file, group_code="R", sets=False),
        "ta1": receiver.ta1(file, "R", "023"),
    }[how]
    assert "1 refused" in desk.take(refusal)
    assert desk.list() == [("refused", "SYNTAX-REFUSED")]
    (again,) = desk.send("2025-03-12")
    assert clm(again) == clm(file)  # CLM05-3 too: a new claim, no replacement
    assert again.count("REF*F8") == file.count("REF*F8") == 1  # the first payer's number alone
    assert number(again) != number(file)
    assert desk.list("2025-03-12") == []
    assert desk.state() == [("",), ("refused",)]


def test_a_file_that_is_refused_twice_as_it_is_waits_for_a_person(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file, {set_of(file): "R"}))
    (again,) = desk.send()
    desk.take(receiver.syntax(again, {set_of(again): "R"}))
    assert desk.send() == []
    assert desk.list() == [("refused", "REFUSED-UNMENDED")]
    desk.run("resend", 1, "--why", "their mistake")
    assert len(desk.send()) == 1


def test_errors_that_were_noted_are_no_refusal(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file, {set_of(file): "E"}))
    assert desk.rows(schema.submissions.c.syntax) == [("errors",)]
    assert desk.list() == []
    assert desk.send() == []


def test_only_the_claims_of_the_refused_set_are_made_anew(desk: Desk) -> None:
    desk.run("intake", DAY)
    files = desk.send()
    file = max(files, key=lambda text: len(clm(text)))
    assert len(clm(file)) > 1
    first, second = clm(file)[:2]
    at = file.index(second)  # as if a new set had begun before the second claim
    data = file[:at] + f"SE*1*{set_of(file)}~ST*837*7777*005010X222A1~" + file[at:]
    (id,) = [
        row[0]
        for row in desk.rows(schema.submissions.c.id, schema.submissions.c.data)
        if row[1] == file.encode()
    ]
    desk.change(schema.submissions, where=schema.submissions.c.id == id, data=data.encode())
    desk.take(receiver.syntax(data, {"7777": "R"}))
    inside, claims = schema.submission_claims, schema.claims
    states = dict(
        desk.rows(
            claims.c.patient_control_number, inside.c.state,
            where=(claims.c.id == inside.c.claim_id) & (inside.c.submission_id == id),
        )
    )  # fmt: skip
    assert states[first.split("*")[1]] == ""
    assert states[second.split("*")[1]] == "refused"


# --- refused by the payer --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["A3:21", "A6:562:85", "A7:562:85", "A8:400"])
def test_a_claim_that_its_payer_refused_waits_for_a_person(one: tuple[Desk, str], code: str) -> None:
    desk, file = one
    assert "1 refused" in desk.take(receiver.claims(file, default=code))
    assert desk.list() == [("refused", "CLAIM-REFUSED")]
    assert code in desk.run("worklist")
    assert desk.send() == []  # not again by itself
    desk.run("work", "--again")
    assert desk.list() == [("refused", "REFUSED-UNMENDED")]
    assert desk.send() == []  # nor unmended
    desk.run("resend", 1, "--why", "the payer says it was a mistake")
    (again,) = desk.send()
    assert clm(again) == clm(file)
    assert number(again) != number(file)
    assert desk.list() == []


def test_a_refused_claim_that_has_changed_goes_out_again(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, default="A7:562:85"))
    desk.change(schema.submission_claims, content="0" * 32)  # as if it had been made otherwise before
    desk.run("work", "--again")
    desk.run("submit", "--receivers", desk.receivers)
    assert len(list(desk.out.iterdir())) == 2


def test_a_batch_that_is_refused_takes_all_its_claims_with_it(desk: Desk) -> None:
    desk.run("intake", DAY)
    file = max(desk.send(), key=lambda text: len(clm(text)))
    desk.take(receiver.claims(file, default="", whole="A3:24:41"))
    assert desk.state().count(("refused",)) == len(clm(file))


# --- taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "state"),
    [("A0:16", "forwarded"), ("A1:19", "received"), ("A2:20", "accepted"), ("A5:0", "split")],
)
def test_what_the_payer_says_of_a_claim_is_its_state(one: tuple[Desk, str], code: str, state: str) -> None:
    desk, file = one
    assert f"1 {state}" in desk.take(receiver.claims(file, default=code))
    table = schema.submission_claims
    (row,) = desk.rows(table.c.state, table.c.state_on, table.c.control_number, table.c.accepted_on)
    assert (row[0], str(row[1]), row[2]) == (state, "2025-03-12", "ICNONE1001")
    assert (row[3] is not None) == (state in ("accepted", "split"))
    assert desk.send() == []


def test_the_payers_own_number_and_days_are_shown_as_proof(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file))
    desk.take(receiver.claims(file))
    assert "1  sent claims accepted" in desk.run("status")
    shown = desk.run("show", "ONE1001")
    assert "syntax accepted 2025-03-11" in shown
    assert "accepted 2025-03-12 (A2:20:PR), the payer's number is ICNONE1001" in shown
    assert "277CA of 2025-03-12: A2:20:PR (accepted)  [1.txt segment 20, taken in 2025-03-11]" in shown


def test_an_acknowledgment_counts_once_and_an_older_one_changes_nothing(one: tuple[Desk, str]) -> None:
    desk, file = one
    text = receiver.claims(file, day="20250314")
    desk.take(text)
    assert "3 known" in desk.take(text.replace("\n", ""))
    desk.take(receiver.claims(file, default="A1:19", day="20250313", number=2))
    desk.take(receiver.claims(file, default="A0:16", day="20250315", number=3))
    assert desk.state() == [("accepted",)]
    assert len(desk.rows(schema.acknowledgments.c.id)) == 9


def test_a_refusal_that_is_older_than_the_acceptance_is_looked_at(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, day="20250314"))
    desk.take(receiver.claims(file, default="A7:562", day="20250313", number=2))
    assert desk.state() == [("accepted",)]
    assert desk.list() == [("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR")]
    assert desk.send() == []


def test_an_acceptance_after_a_refusal_is_looked_at(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, default="A7:562"))
    desk.take(receiver.claims(file, day="20250314", number=2))
    assert desk.state() == [("refused",)]
    assert ("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR") in desk.list()


def test_an_acknowledgment_settles_a_doubt(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.change(schema.submissions, state="in_doubt", sent_on=None)
    assert desk.list() == [("in doubt", "IN-DOUBT")]
    desk.take(receiver.ta1(file))
    assert desk.rows(schema.submissions.c.state) == [("accepted",)]
    assert desk.list() == []


# --- not ours ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("*000000001*", "*000000777*").replace(
            "*1*005010X222A1", "*777*005010X222A1"
        ),
        lambda text: text.replace("LAKECLINIC ", "SOMEONEELSE"),
        lambda text: text.replace("AK1*HC", "AK1*HR").replace("*250310*0000*", "*250310*0905*"),
        lambda text: text.replace("AK2*837*0001", "AK2*837*0007").replace("*250310*0000*", "*250309*0000*"),
    ],
)
@pytest.mark.parametrize("kind", ["999", "TA1"])
def test_what_answers_another_senders_file_changes_nothing(
    one: tuple[Desk, str], kind: str, change: Any
) -> None:
    desk, file = one
    text = receiver.ta1(file, "R", "023") if kind == "TA1" else receiver.syntax(file, {"0001": "R"})
    assert "matched" not in desk.take(change(text))
    assert desk.state() == [("",)]
    assert desk.list() == [("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR")]


def test_a_claim_acknowledgment_of_nothing_sent_is_looked_at_when_it_refuses(one: tuple[Desk, str]) -> None:
    desk, file = one
    other = file.replace("CLM*ONE1001", "CLM*THEIRS1")
    desk.take(receiver.claims(other, batch=False))
    assert desk.list() == []
    desk.take(receiver.claims(other, batch=False, default="A7:562", number=2))
    assert desk.list() == [("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR")]
    assert desk.state() == [("",)]


def test_a_refusal_from_before_it_was_sent_is_of_an_earlier_claim(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, batch=False, default="A7:562", day="20250309"))
    assert desk.state() == [("",)]


def test_a_damaged_acknowledgment_is_quarantined_with_its_place(one: tuple[Desk, str]) -> None:
    desk, file = one
    said = desk.take(receiver.claims(file).replace("STC*A2:20:PR", "STC*A2"))
    assert "1 quarantined" in said
    assert ("quarantined", "QUARANTINED") in desk.list()


def test_no_patient_is_named_in_the_journal(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, default="A7:562:85"))
    desk.take(receiver.syntax(file, {"0001": "E"}))
    told = (
        str(desk.rows(schema.journal)) + desk.run("worklist") + str(desk.rows(schema.acknowledgments.c.says))
    )
    for name in ("PERSON", "ROE", "ONE1001", "ICN"):
        assert name not in told


# --- what does not come -----------------------------------------------------------------------------------


def test_what_does_not_come_is_something_to_do(one: tuple[Desk, str]) -> None:
    desk, file = one  # sent on a Monday
    assert desk.list("2025-03-11") == []
    assert desk.list("2025-03-12") == [("unacknowledged", "NO-ACKNOWLEDGMENT")]
    assert "no 999 came" in desk.run("worklist", as_of="2025-03-12")
    desk.take(receiver.syntax(file))
    assert desk.list("2025-03-13") == []
    assert "no 277CA came" in desk.run("worklist", as_of="2025-03-14")
    desk.take(receiver.claims(file, day="20250314"))
    assert desk.list("2025-04-04") == []  # 21 days from the acceptance
    assert desk.list("2025-04-05") == [("unanswered", "NO-ANSWER")]


def test_a_last_day_on_a_weekend_is_the_next_business_day(desk: Desk) -> None:
    desk.run("intake", ONE / "claim.837", ONE / "era.835")
    (file,) = desk.send("2025-03-14")  # a Friday
    desk.take(receiver.syntax(file), "2025-03-14")
    assert desk.list("2025-03-17") == []
    assert desk.list("2025-03-18") == [("unacknowledged", "NO-ACKNOWLEDGMENT")]


def test_a_receiver_says_what_it_sends_and_when(desk: Desk) -> None:
    desk.expects("[receivers.r.expects]\nsyntax = false\nclaims = 5\nanswer = 60")
    desk.run("intake", ONE / "claim.837", ONE / "era.835")
    (file,) = desk.send()
    assert desk.list("2025-03-17") == []
    assert "no 277CA came" in desk.run("worklist", as_of="2025-03-18")
    desk.take(receiver.claims(file))
    assert desk.list("2025-05-12") == []
    assert desk.list("2025-05-13") == [("unanswered", "NO-ANSWER")]


def test_an_answered_claim_is_waited_for_no_longer(one: tuple[Desk, str]) -> None:
    desk, _ = one
    answer = (ONE / "era.835").read_text()
    answer = answer.replace("ACH0001", "MEDI001").replace("CLP*ONE1001*1*", "CLP*ONE1001*2*")
    for old, new in (("ACME EMPLOYER PLAN", "MEDICARE PART B"), ("ACME1", "00882")):
        answer = answer.replace(old, new)
    desk.take(answer)
    desk.run("work", as_of="2025-04-20")
    kinds = {kind for kind, _ in desk.list("2025-06-01")}
    assert kinds.isdisjoint({"unacknowledged", "unanswered"})


# --- asking -----------------------------------------------------------------------------------------------


def test_a_late_claim_is_asked_about_and_its_answer_is_its_state(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file))
    desk.take(receiver.claims(file))
    assert "no claim is late" in desk.run("inquire", as_of="2025-03-20")
    assert "1 asked about" in desk.run("inquire", as_of="2025-04-10")
    assert "no claim is late" in desk.run("inquire", as_of="2025-04-11")  # it has just been asked about
    (question,) = desk.send("2025-04-10")
    assert problems(question) == []
    assert "REF*1K*ICNONE1001" in question
    (trace,) = re.findall(r"TRN\*1\*([^~]*)", question)
    assert desk.rows(schema.inquiries.c.trace, schema.inquiries.c.answered_on) == [(trace, None)]
    assert "1 pending" in desk.take(receiver.status(question, {trace: "P1:20"}), "2025-04-12")
    assert "pending 2025-04-05 (P1:20)" in desk.run("show", "ONE1001")
    assert "its payer says pending" in desk.run("worklist", as_of="2025-04-13")
    assert "no claim is late" in desk.run("inquire", as_of="2025-04-13")
    assert "1 asked about" in desk.run("inquire", as_of="2025-04-20")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("R4:297", ("asked", "INFO-REQUESTED")), ("D0:35", ("not found", "NOT-FOUND")), ("F1:65", None)],
)
def test_what_a_payer_answers_is_something_to_do(
    one: tuple[Desk, str], code: str, kind: tuple[str, str] | None
) -> None:
    desk, file = one
    desk.take(receiver.claims(file))
    desk.run("inquire", 1, as_of="2025-04-01")
    (question,) = desk.send("2025-04-01")
    (trace,) = re.findall(r"TRN\*1\*([^~]*)", question)
    desk.take(receiver.status(question, {trace: code}, day="20250402"), "2025-04-02")
    assert [one for one in desk.list("2025-04-02") if one[0] != "unacknowledged"] == ([kind] if kind else [])
    assert desk.send("2025-04-02") == []


def test_a_claim_that_its_payer_does_not_have_is_made_again_when_somebody_says_so(
    one: tuple[Desk, str],
) -> None:
    desk, file = one
    desk.take(receiver.claims(file, default="A4:35"))
    assert desk.list() == [("not found", "NOT-FOUND")]
    desk.run("resend", 1, "--why", "they have no trace of it")
    (again,) = desk.send("2025-03-13")
    assert clm(again) == clm(file)
    assert desk.list("2025-03-13") == []


def test_a_claim_that_waits_for_nobody_is_not_asked_about(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, default="A7:562"))
    status, _, errors = command_line(["inquire", "1", "--ledger", desk.url])
    assert (status, "waits for its payer" in errors) == (2, True)


def test_a_syntax_check_that_refuses_what_the_payer_has_taken_is_looked_at(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.claims(file, default="A1:19"))
    desk.take(receiver.syntax(file, {set_of(file): "R"}))
    assert desk.state() == [("received",)]
    assert desk.list() == [("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR")]
    assert desk.send() == []
    desk.run("dismiss", 4, "--why", "they took it")
    assert desk.list() == []


def test_a_file_that_is_taken_after_all_is_looked_at(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file, {set_of(file): "R"}))
    desk.take(receiver.syntax(file, number=2))
    assert desk.list() == [("refused", "SYNTAX-REFUSED"), ("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR")]


def test_what_is_not_on_the_worklist_is_not_dismissed(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file))
    for number in ("1", "7"):
        status, _, errors = command_line(["dismiss", number, "--why", "x", "--ledger", desk.url])
        assert (status, errors) == (
            2,
            f"nextpayer: acknowledgment {number}: it is none that waits on the worklist\n",
        )


def test_an_answer_that_is_older_than_the_file_is_not_its_answer(one: tuple[Desk, str]) -> None:
    desk, file = one
    desk.take(receiver.syntax(file, {set_of(file): "R"}, day="20250309"))
    assert desk.state() == [("",)]
    assert desk.list() == [("acknowledgment", "ACKNOWLEDGMENT-UNCLEAR")]


def test_of_a_set_that_is_refused_twice_only_the_claim_at_fault_waits(desk: Desk) -> None:
    desk.run("intake", DAY)
    file = max(desk.send(), key=lambda text: len(clm(text)))
    numbers = [one.split("*")[1] for one in clm(file)]
    assert len(numbers) > 1
    for _ in range(2):
        at = fault_in(file, numbers[0])
        refusal = receiver.syntax(file, {set_of(file): "R"}).replace("IK3*CLM*22", f"IK3*CLM*{at}")
        desk.take(refusal)
        waiting = [one for one in desk.list() if one[0] == "refused"]
        assert len(waiting) == len(numbers)
        file = max(desk.send(), key=lambda text: len(clm(text)))
    assert [one.split("*")[1] for one in clm(file)] == numbers[1:]
    assert [one for one in desk.list() if one[0] == "refused"] == [("refused", "REFUSED-UNMENDED")]
    assert f"(segment {at}) element 5-1: 7" in desk.run("worklist")


def fault_in(file: str, number: str) -> int:
    """The position of a claim's CLM in its set."""
    inside = file[file.index("ST*") :].split("~")
    return next(at for at, one in enumerate(inside, 1) if one.startswith(f"CLM*{number}*"))

"""Eligibility as a biller meets it: ask, verify, keep what was learned; and every file held to the layout."""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nextpayer.claim import Envelope, Provider
from nextpayer.eligibility import Inquiry
from nextpayer.policy import Address, Payer, Person, Reference
from nextpayer.wire.coverage import load_coverage
from nextpayer_x12 import X12Reader, write_inquiries
from support import guide279, pyx12gate
from support.run import command_line

ROOT = Path(__file__).parents[1]
COVERAGE = ROOT / "examples" / "eligibility" / "coverage.json"
ANSWER = ROOT / "examples" / "eligibility" / "answer.271"
COB = ROOT / "plugins" / "x12" / "tests" / "cob.271"
HOW_TO = (ROOT / "docs" / "how-to" / "check-eligibility.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (nextpayer .+)$", HOW_TO, re.MULTILINE)
SHOWN = re.findall(r"```text\n(.*?)```", HOW_TO, re.DOTALL)
ASK = [
    "--provider-npi",
    "1234567893",
    "--provider-name",
    "LAKE CLINIC",
    "--sender",
    "ME",
    "--receiver",
    "YOU",
]
DAY = ["--on", "2025-03-10", "--as-of", "2025-03-10"]


def run(*arguments: str | Path) -> tuple[int, str, str]:
    status, out, err = command_line(["eligibility", *map(str, arguments)])
    return status, out, err


def document(*arguments: str | Path) -> dict[str, Any]:
    _, out, err = run(*arguments, "--json")
    assert err == ""
    found: dict[str, Any] = json.loads(out)
    return found


def sound(text: str) -> None:
    """Held against our table of the layout, and against pyx12 where it has the maps."""
    assert guide279.problems(text) == []
    if pyx12gate.skip_reason() is None:
        assert pyx12gate.errors(text) == []


# --- the files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ANSWER, COB], ids=lambda path: path.name)
def test_every_answer_that_the_tests_and_the_examples_show_is_sound(path: Path) -> None:
    sound(path.read_text())


WHO = Person(
    last="DALY",
    first="RUTH",
    middle="M",
    suffix="III",
    birth_date=dt.date(1961, 4, 12),
    sex="F",
    address=Address(lines=("1 FIRST ST", "APT 2"), city="SALINA", state="KS", postal_code="67401"),
)
FULL = Inquiry(
    payer=Payer(id="KEY01", name="KEY INSURANCE", id_qualifier="XV"),
    provider=Provider(
        role="1P",
        entity="1",
        last="BEND",
        first="IDA",
        id_qualifier="XX",
        id="1234567893",
        taxonomy="207Q00000X",
        taxonomy_role="PE",
        references=(Reference(qualifier="EO", value="LC-3"),),
        address=WHO.address,
    ),
    subscriber=WHO,
    member_id="M-1",
    references=(Reference(qualifier="6P", value="G1"), Reference(qualifier="EJ", value="E0001")),
    services=("30", "98", "MH"),
    start=dt.date(2025, 3, 1),
    end=dt.date(2025, 3, 31),
    trace="T1",
    trace_origin="9234567893",
)
CHILD = replace(FULL, dependant=replace(WHO, sex="U"), relationship="19", trace="T2", end=None)
BARE = replace(
    FULL,
    subscriber=Person(last="DALY"),
    references=(),
    services=("30",),
    start=None,
    end=None,
    trace="",
    trace_origin="",
)


@pytest.mark.parametrize("delimiters", ["*:^~", "|>!\n"])
def test_every_inquiry_that_is_written_is_sound_and_read_back(tmp_path: Path, delimiters: str) -> None:
    asked = [FULL, CHILD, BARE, replace(BARE, payer=Payer(id="X2", name="OTHER"), dependant=WHO)] * 30
    envelope = Envelope(sender_id="ME", receiver_id="YOU", delimiters=delimiters)
    text = write_inquiries(asked, envelope, control_number=41, at=dt.datetime(2025, 3, 10, 12, 30))
    sound(text.decode())
    path = tmp_path / "ask.270"
    path.write_bytes(text)
    found = [
        replace(one, file="", segment=0) for one in X12Reader().inquiries(path) if isinstance(one, Inquiry)
    ]
    unsaid = replace(CHILD, dependant=replace(WHO, sex=""))  # a 270 has no code for a sex that is not known
    assert found == [unsaid if one == CHILD else one for one in asked]


# --- the how-to page ---------------------------------------------------------------------------------------


def test_the_page_shows_four_commands() -> None:
    assert len(COMMANDS) == 4


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    status, out, err = command_line(shlex.split(command)[1:])
    assert (status, err) == (0 if "--out" in command else 1, "")
    assert out
    if "--out" in command:
        sound((tmp_path / "out" / "ask.270").read_text())


def test_the_page_shows_what_the_command_prints() -> None:
    _, out, _ = run(COVERAGE, ANSWER, *DAY)
    assert [out] == SHOWN


# --- asking ------------------------------------------------------------------------------------------------


def test_an_inquiry_for_every_policy_goes_to_stdout_or_a_file(tmp_path: Path) -> None:
    status, out, err = run(COVERAGE, *DAY, *ASK)
    assert (status, err) == (0, "")
    assert out.count("~ST*270*") == 2
    sound(out)
    target = tmp_path / "ask.270"
    status, said, _ = run(COVERAGE, *DAY, *ASK, "--out", target)
    assert (status, target.read_text()) == (0, out)
    assert said == "2 inquiries in ask.270, 0 policies not asked about\n"
    assert run(COVERAGE, *DAY, *ASK, "--out", target, "--quiet") == (0, "", "")


def test_asking_as_a_document() -> None:
    found = document(COVERAGE, *DAY, *ASK, "--control-number", "12", "--test", "--service", "98")
    assert found["summary"] == {"inquiries": 2, "not_asked": 0}
    assert found["inquiries"][1] == {
        "patient": "E0001",
        "policy": "acme",
        "payer": {"id": "ACME1", "name": "ACME EMPLOYER PLAN"},
        "trace": "000000012-0002",
    }
    assert "*0*T*:~" in found["x12"]
    assert found["x12"].count("EQ*98~") == 2


def test_a_policy_that_cannot_be_asked_about_is_named_and_the_others_are_asked(tmp_path: Path) -> None:
    data = json.loads(COVERAGE.read_text())
    del data["coverages"][1]["payer"]["id"]
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(data))
    status, out, err = run(path, *DAY, *ASK)
    assert status == 1
    assert out.count("~ST*270*") == 1
    assert err == (
        "policy acme: NP-ELIG-UNASKED: the payer cannot be asked: the payer's id or name is not known\n"
    )
    found = document(path, *DAY, *ASK)
    assert [one["policy"] for one in found["not_asked"]] == ["acme"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give --provider-npi, --provider-name, --sender, --receiver"),
        (ASK[:6], "give --receiver"),
        (["--provider-npi", "12", *ASK[2:]], "--provider-npi is not an NPI"),
        ([*ASK, "--sender", "A" * 16], "ISA06"),
        ([*ASK, "--provider-name", "A*B"], "2100B NM103"),
    ],
)
def test_what_is_missing_or_wrong_to_ask_is_one_line(arguments: list[str], says: str) -> None:
    status, out, err = run(COVERAGE, *DAY, *arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


# --- verifying ---------------------------------------------------------------------------------------------


def test_verifying_as_a_document() -> None:
    found = document(COVERAGE, ANSWER, *DAY)
    assert found["summary"] == {
        "answers": 2,
        "active": 1,
        "facts": 9,
        "other_payers": 1,
        "unmatched": 0,
        "unanswered": 0,
        "quarantined": 0,
    }
    mine, his = found["answers"]
    assert (mine["policy"], mine["active"], mine["trace"]) == ("prairie", True, "000000001-0001")
    assert (his["policy"], his["active"]) == ("acme", False)
    by_name = {one["history"]["fact"]: one for one in mine["facts"]}
    assert by_name["effective"] == {
        "history": {"fact": "effective", "value": "2024-01-01", "source": "271", "learned": "2025-03-10"},
        "on_file": None,
        "segment": 17,
    }
    assert by_name["benefits.deductible_remaining"]["history"]["value"] == "145.50"
    assert mine["other_payers"][0]["sequence"] == "P"


def test_what_was_learned_goes_into_the_coverage_file_as_it_is_printed(tmp_path: Path) -> None:
    """The second time everything is on file, and the other payer is asked about too."""
    data = json.loads(COVERAGE.read_text())
    found = document(COVERAGE, ANSWER, *DAY)
    for one in found["answers"]:
        (policy,) = (policy for policy in data["coverages"] if policy["id"] == one["policy"])
        policy["history"] = [fact["history"] for fact in one["facts"]]
        data["coverages"] += one["other_payers"]
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(data))
    (coverage,) = load_coverage(data)
    told = coverage.policy("told-1")
    assert told is not None
    assert (told.payer.name, told.sequence, told.verified and told.verified.source) == (
        "TALLGRASS MUTUAL",
        "P",
        "271",
    )
    again = document(path, ANSWER, *DAY)
    facts = [fact for one in again["answers"] for fact in one["facts"]]
    assert [fact["on_file"] for fact in facts] == [fact["history"]["value"] for fact in facts]
    assert again["answers"][0]["other_payers"] == []
    assert [one["policy"] for one in again["unanswered"]] == ["told-1"]


def test_an_answer_that_nobody_in_the_file_fits_needs_a_person() -> None:
    status, out, _ = run(COVERAGE, COB, *DAY)
    assert status == 1
    found = document(COVERAGE, COB, *DAY)
    assert found["summary"]["unmatched"] == 3
    assert [one["policy"] for one in found["unanswered"]] == ["prairie", "acme"]
    reasons = [finding["id"] for one in found["unmatched"] for finding in one["findings"]]
    assert reasons == [
        "NP-ELIG-REJECTED",
        "NP-ELIG-UNMATCHED",
        "NP-ELIG-UNMATCHED",
        "NP-ELIG-REJECTED",
        "NP-ELIG-UNMATCHED",
    ]
    assert "belongs to no policy of the file" in out


def test_answers_in_several_files_are_held_together_against_the_file(tmp_path: Path) -> None:
    lines = ANSWER.read_text().splitlines()
    cut = lines.index("ST*271*0312*005010X279A1~")
    end = ["GE*1*311~", "IEA*1*000000311~"]
    first, second = tmp_path / "1.271", tmp_path / "2.271"
    first.write_text("\n".join([*lines[:cut], *end]))
    second.write_text("\n".join([*lines[:2], *lines[cut:-2], *end]))
    sound(second.read_text())
    assert document(COVERAGE, first, *DAY)["summary"]["unanswered"] == 1
    both = document(COVERAGE, first, second, *DAY)
    assert both["files"] == ["1.271", "2.271"]
    assert both["summary"] == document(COVERAGE, ANSWER, *DAY)["summary"]


def test_a_quiet_run_says_it_with_its_status() -> None:
    assert run(COVERAGE, ANSWER, *DAY, "--quiet") == (1, "", "")


def test_an_answer_that_bears_everything_out_exits_with_0(tmp_path: Path) -> None:
    text = ANSWER.read_text()
    start, end = text.index("EB*R**30~"), text.index("SE*")
    text = text[:start] + "SE*24*0311~\n" + text[end:].split("\n", 1)[1]
    text = text[: text.index("ST*271*0312")] + "GE*1*311~\nIEA*1*000000311~\n"
    path = tmp_path / "a.271"
    path.write_text(text)
    sound(text)
    data = json.loads(COVERAGE.read_text())
    del data["coverages"][1]
    coverage = tmp_path / "coverage.json"
    coverage.write_text(json.dumps(data))
    status, out, err = run(coverage, path, *DAY)
    assert (status, err) == (0, "")
    assert out.startswith("patient E0001, policy prairie (GREAT PRAIRIES HEALTH): active [a.271]\n")


# --- as a stranger -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"not an answer", "no installed reader knows this kind of file"),
        (b"ISA*00*", "damaged"),
        (
            (ROOT / "examples" / "one" / "era.835").read_bytes(),
            "it is a 835, not an answer about eligibility",
        ),
        ((ROOT / "examples" / "one" / "claim.837").read_bytes(), "it is a 837P, not an answer"),
        (ANSWER.read_bytes().decode().encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_no_answer_is_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "some.271"
    path.write_bytes(content)
    status, out, err = run(COVERAGE, path, *DAY)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8, 0.99])
def test_an_answer_that_breaks_off_is_told_and_what_came_before_stands(tmp_path: Path, share: float) -> None:
    text = ANSWER.read_text()
    path = tmp_path / "short.271"
    path.write_text(text[: int(len(text) * share)])
    found = document(COVERAGE, path, *DAY)
    assert found["quarantined"]
    assert run(COVERAGE, path, *DAY)[0] == 1
    status, out, err = command_line(["read", str(path)])
    assert (status, err) == (1, "")
    assert json.loads(out)["summary"]["quarantined"] == len(found["quarantined"])


def test_an_answer_with_out_is_a_misunderstanding() -> None:
    status, _, err = run(COVERAGE, ANSWER, *DAY, "--out", "x")
    assert status == 2
    assert "--out" in err


def test_a_coverage_file_that_is_none_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    path.write_text("{")
    status, _, err = run(path, ANSWER, *DAY)
    assert status == 2
    assert err.count("\n") == 1


def test_both_kinds_of_file_print_as_json(tmp_path: Path) -> None:
    _, out, _ = command_line(["read", str(COB)])
    answers = json.loads(out)
    assert (answers["kind"], answers["summary"]) == ("271", {"answers": 3, "quarantined": 0})
    assert answers["answers"][0]["benefits"][0]["insurance_type"] == "QM"
    target = tmp_path / "ask.270"
    run(COVERAGE, *DAY, *ASK, "--out", target)
    status, out, _ = command_line(["read", str(target)])
    asked = json.loads(out)
    assert (status, asked["kind"], asked["summary"]) == (0, "270", {"inquiries": 2, "quarantined": 0})
    assert asked["inquiries"][1]["dependant"]["first"] == "RUTH"


def test_no_person_reaches_stderr_or_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "odd.271"
    path.write_text(ANSWER.read_text().replace("DALY*RUTH", "XYLOPHONE*ZORA").replace("GP4488120", "SECRET9"))
    status, _, err = run(COVERAGE, path, *DAY)
    assert (status, err) == (1, "")
    messages = json.dumps([one["findings"] for one in document(COVERAGE, path, *DAY)["answers"]])
    for private in ("XYLOPHONE", "ZORA", "SECRET9", "DALY", "1961"):
        assert private not in messages


# --- the table itself --------------------------------------------------------------------------------------

DAMAGE = {
    "HL*3*2*22*0~": "HL*3*1*22*0~",
    "TRN*2*000000001-0001*9234567893~": "TRN*2*000000001-0001*92~",
    "NM1*IL*1*DALY*RUTH****MI*GP4488120~": "NM1*QC*1*DALY*RUTH****MI*GP4488120~",
    "REF*6P*G900~": "REF*ZZ*G900~",
    "DMG*D8*19610412*F~": "DMG*D8*19611312*F~",
    "DTP*346*D8*20240101~": "DTP*999*D8*20240101~",
    "DTP*290*RD8*20230601-99991231~": "DTP*290*D8*20230601-99991231~",
    "EB*R**30~": "EB**R*30~",
    "EB*I**35~": "EB*I**35**~",
    "EB*F**33***29***VS*14~": "EB*F**33***29***VS~",
    "LS*2120~\n": "",
    "LE*2120~\n": "",
    "NM1*PRP*2*TALLGRASS MUTUAL*****PI*TG411~": "NM1*PRP*2*TALLGRASS MUTUAL*****PI~",
    "N3*9 BLUESTEM AVE~\nN4*SALINA*KS*67401~": "N4*SALINA*KS*67401~\nN3*9 BLUESTEM AVE~",
    "SE*34*0311~": "SE*99*0311~",
    "GE*2*311~": "GE*1*311~",
    "INS*N*01~": "INS*N*01~\nINS*N*01~",
    "NM1*1P*2*LAKE CLINIC*****XX*1234567893~\nHL*3*2*22*0~": "HL*3*2*22*0~",
}


@pytest.mark.parametrize("good", DAMAGE)
def test_the_table_finds_every_damage(good: str) -> None:
    text = ANSWER.read_text()
    assert good in text
    assert guide279.problems(text.replace(good, DAMAGE[good], 1)) != []

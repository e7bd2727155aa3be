"""Where the desk's control numbers begin, so that no other program's acknowledgment is taken for ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support import acknowledging as receiver
from support.run import command_line

ROOT = Path(__file__).parents[2]
ONE, EVERY = ROOT / "examples" / "one", ROOT / "examples" / "day"
DAY, LATER = ("--as-of", "2025-03-10"), ("--as-of", "2025-03-12")


class Office:
    """A ledger with one claim and its answer, and a folder for a receiver."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.receivers = url, folder, folder / "receivers.toml"
        for name in ("out", "in"):
            (folder / name).mkdir()
        self.write("")

    def write(self, more: str) -> None:
        settings = f'{{folder = "{self.folder / "out"}", inbound = "{self.folder / "in"}"}}'
        self.receivers.write_text(f'[receivers.r]\ntransport = "folder"\n{more}\nsettings = {settings}\n')

    def run(self, *arguments: object) -> tuple[int, str, str]:
        more = ("--receivers", self.receivers) if arguments[0] in ("submit", "collect") else ()
        return command_line([str(one) for one in (*arguments, *more, "--ledger", self.url)])

    def do(self, *arguments: object) -> str:
        status, out, errors = self.run(*arguments)
        assert (status in (0, 1), errors) == (True, ""), errors
        return out

    def sent(self) -> list[str]:
        return sorted(path.read_text() for path in (self.folder / "out").iterdir())

    def numbers(self) -> list[int]:
        return sorted(
            int(number) for file in self.sent() for number in re.findall(r"IEA\*\d+\*(\d{9})", file)
        )


@pytest.fixture
def office(url: str, tmp_path: Path) -> Office:
    return Office(url, tmp_path)


def foreign(office: Office) -> str:
    """The 999 with which another program's first file, from our sender, was refused."""
    (ours,) = office.sent()
    number = re.findall(r"IEA\*\d+\*(\d{9})", ours)[0]
    theirs = ours.replace(number, "000000001")
    theirs = re.sub(r"(GS\*(?:[^*]*\*){5})\d+", r"\g<1>1", theirs)
    return receiver.syntax(theirs, {re.findall(r"ST\*837\*(\d+)", theirs)[0]: "R"})


def test_numbers_begin_above_the_first_and_a_foreign_refusal_is_not_ours(office: Office) -> None:
    office.write("first_control_number = 500000001")
    office.do("init", "--receivers", office.receivers)
    office.do("intake", ONE / "claim.837", ONE / "era.835", *DAY)
    office.do("work", *DAY)
    assert office.do("submit", *DAY).endswith("accepted\n")
    assert office.numbers() == [500_000_001]
    (office.folder / "in" / "a.999").write_text(foreign(office))
    assert "1 new, 1 refused" in office.do("collect", *LATER)
    items = json.loads(office.do("worklist", *LATER, "--json"))["items"]
    assert {one["reason"] for one in items} == {"NP-ACKNOWLEDGMENT-UNCLEAR", "NP-NO-ACKNOWLEDGMENT"}
    assert "nothing is due" in office.do("work", *LATER)
    assert len(office.sent()) == 1
    # ours is ours
    (office.folder / "in" / "b.999").write_text(receiver.syntax(office.sent()[0]))
    assert "1 matched" in office.do("collect", *LATER)


def test_without_a_first_number_such_a_refusal_looks_like_ours(office: Office) -> None:
    """What the setting is for."""
    office.do("init")
    office.do("intake", ONE / "claim.837", ONE / "era.835", *DAY)
    office.do("work", *DAY)
    office.do("submit", *DAY)
    (office.folder / "in" / "a.999").write_text(foreign(office))
    assert "1 matched" in office.do("collect", *LATER)


def test_every_kind_of_file_keeps_above_it_and_numbers_only_rise(office: Office) -> None:
    office.write("first_control_number = 700000150")
    office.do("init", "--receivers", office.receivers)
    office.do("intake", EVERY, *DAY)
    office.do("work", *DAY)
    office.write("first_control_number = 42")  # lowering it changes nothing
    office.do("init", "--receivers", office.receivers)
    office.do("submit", *DAY)
    for number, file in enumerate(office.sent()):
        (office.folder / "in" / f"{number}.999").write_text(receiver.syntax(file, number=number))
    office.do("collect", *LATER)
    office.do("inquire", "--as-of", "2025-06-10")
    office.do("submit", "--as-of", "2025-06-10")
    numbers = office.numbers()
    assert any("*276*" in file for file in office.sent())
    assert min(numbers) == 700_000_201  # the next hundred: files begin at 1, 101, 201
    assert len(numbers) == len(set(numbers)) > 5


def test_a_file_with_a_lower_number_is_not_sent_and_made_anew(office: Office) -> None:
    office.do("init")
    office.do("intake", ONE / "claim.837", ONE / "era.835", *DAY)
    office.do("work", *DAY)
    office.write("first_control_number = 500000001")
    for _ in range(2):
        office.do("submit", *DAY)
        assert office.sent() == []
    (item,) = json.loads(office.do("worklist", *DAY, "--json"))["items"]
    assert (item["reason"], item["says"]) == (
        "NP-FILE-REJECTED",
        "its control number is below the receiver's first_control_number",
    )
    office.do("settle", item["submission"], "again", "--why", "made before the setting", *DAY)
    office.do("work", *DAY)
    assert office.do("submit", *DAY).endswith("accepted\n")
    assert office.numbers() == [500_000_001]
    assert office.do("worklist", *DAY) == "nothing waits for you\n"


def test_what_was_on_its_way_before_is_not_stopped(office: Office) -> None:
    """A file that was tried may be there: only its receiver knows."""
    office.do("init")
    office.do("intake", ONE / "claim.837", ONE / "era.835", *DAY)
    office.do("work", *DAY)
    (office.folder / "out").chmod(0o500)
    (office.folder / "out").rename(office.folder / "away")
    assert "ready" in office.do("submit", *DAY)
    (office.folder / "away").chmod(0o700)
    (office.folder / "away").rename(office.folder / "out")
    office.write("first_control_number = 500000001")
    assert office.do("submit", *DAY).endswith("accepted\n")
    assert office.numbers() == [1]


def test_numbers_that_are_used_up_are_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nextpayer_desk.numbering._LAST", 100)
    office.do("init")
    office.do("intake", ONE / "claim.837", ONE / "era.835", *DAY)
    office.do("work", *DAY)
    office.do("unmatch", 1, "--why", "a slip", *DAY)
    office.do("match", 1, 1, "--why", "it was right", *DAY)
    status, out, errors = office.run("work", *DAY)
    assert (status, out) == (2, "")
    assert errors.startswith("nextpayer: the ledger: its control numbers are used up")

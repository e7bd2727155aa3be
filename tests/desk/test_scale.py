"""Large files: by set and with flat memory, and every answer counted exactly as in small ones."""

from __future__ import annotations

import datetime as dt
import gc
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from weakref import ReferenceType

import pytest
from sqlalchemy import event, select

from nextpayer.errors import UnusableInput
from nextpayer_desk import intake, matching, schema, scratch
from nextpayer_desk.books import verify
from nextpayer_desk.intake import take
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.posting import Posting
from support import acknowledging as receiver
from support.run import command_line

DAY = Path(__file__).parents[2] / "examples" / "day"
TODAY = dt.date(2025, 3, 10)
NO_ONE = "00*          *00*          "
DAYS = ("20250110", "20250111")
NAMES = (("ROE", "ANNA"), ("POE", "BEN"), ("DOE", "CAL"))


def sent(*claims: tuple[str, int, str, int]) -> str:
    """An 837 of claims by number, charge, day and patient."""
    segments = [
        f"ISA*{NO_ONE}*ZZ*LAKECLINIC     *ZZ*ACME1          *250113*0900*^*00501*000000101*0*T*:",
        "GS*HC*LAKECLINIC*ACME1*20250113*0900*101*X*005010X222A1",
        "ST*837*0001*005010X222A1", "BHT*0019*00*LC101*20250113*0900*CH",
        "NM1*41*2*LAKE CLINIC*****46*LAKECLINIC", "PER*IC*FRONT DESK*TE*8475550110",
        "NM1*40*2*ACME EMPLOYER PLAN*****46*ACME1", "HL*1**20*1", "NM1*85*2*LAKE CLINIC*****XX*1234567893",
        "N3*12 LAKE ST", "N4*CHICAGO*IL*606011234", "REF*EI*123456789",
    ]  # fmt: skip
    for at, (number, charge, day, patient) in enumerate(claims, 2):
        last, first = NAMES[patient]
        segments += [
            f"HL*{at}*1*22*0", "SBR*P*18*******CI", f"NM1*IL*1*{last}*{first}****MI*EMP{patient}",
            "N3*5 ELM ST", "N4*CHICAGO*IL*606021234", "DMG*D8*19560310*F",
            "NM1*PR*2*ACME EMPLOYER PLAN*****PI*ACME1",
            f"CLM*{number}*{charge}***11:B:1*Y*A*Y*Y", "HI*ABK:M545",
            "LX*1", f"SV1*HC:99214*{charge}*UN*1***1", f"DTP*472*D8*{day}",
        ]  # fmt: skip
    return _closed(segments, "101")


def answered(*cheques: list[tuple[str, int, str, int]], lost: int = 0) -> str:
    """An 835 that answers claims, each list a cheque of its own; ``lost`` answers cannot be read."""
    segments = [
        f"ISA*{NO_ONE}*ZZ*ACME1          *ZZ*LAKECLINIC     *250205*1200*^*00501*000000201*0*T*:",
        "GS*HP*ACME1*LAKECLINIC*20250205*1200*201*X*005010X221A1",
    ]  # fmt: skip
    for at, answers in enumerate(cheques, 1):
        start = len(segments)
        segments += [
            f"ST*835*{at:04}", f"BPR*I*{sum(one[1] for one in answers)}*C*CHK************20250205",
            f"TRN*1*ACH{at:04}*1999996666", "DTM*405*20250205", "N1*PR*ACME EMPLOYER PLAN",
            "N3*100 PLAN PLAZA", "N4*CHICAGO*IL*60601", "REF*2U*ACME1", "PER*BL*EDI DESK*TE*8005550199",
            "N1*PE*LAKE CLINIC*XX*1234567893", "LX*1",
        ]  # fmt: skip
        for number, charge, day, patient in answers:
            last, first = NAMES[patient]
            segments += [
                f"CLP*{number}*1*{charge}*{charge}*0*12*ICN{at}*11*1",
                f"NM1*QC*1*{last}*{first}****MI*EMP{patient}",
                f"SVC*HC:99214*{charge}*{charge}**1", f"DTM*472*{day}",
            ]  # fmt: skip
        segments += [f"CLP*LOST{n}*1*XX*1*0*12*ICN{n}*11*1" for n in range(lost)]
        segments.append(f"SE*{len(segments) - start + 1}*{at:04}")
    return _closed(segments, "201", sets=len(cheques))


def _closed(segments: list[str], group: str, sets: int = 1) -> str:
    if group == "101":
        start = next(at for at, one in enumerate(segments) if one.startswith("ST"))
        segments.append(f"SE*{len(segments) - start + 1}*0001")
    segments += [f"GE*{sets}*{group}", f"IEA*1*{int(group):09}"]
    return "~\n".join(segments) + "~\n"


def visits(many: int) -> list[tuple[str, int, str, int]]:
    return [(f"C{n}", 100 + n, DAYS[0], n % 3) for n in range(many)]


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    found = open_ledger(url, create=True)
    yield found
    with found.reading() as connection:
        assert verify(connection) == []
    found.close()


@pytest.fixture
def taken_in(ledger: Ledger, tmp_path: Path) -> Any:
    def taken_in(text: str, name: str = "a.x12") -> intake.Taken:
        path = tmp_path / name
        path.write_text(text)
        return take(ledger, path, TODAY)

    return taken_in


def every(ledger: Ledger, table: Any) -> list[Any]:
    with ledger.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))


@contextmanager
def statements(ledger: Ledger) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    seen: list[str] = []

    def note(*facts: Any) -> None:
        seen.append(facts[2])

    event.listen(ledger.engine, "before_cursor_execute", note)
    yield seen
    event.remove(ledger.engine, "before_cursor_execute", note)


def test_equal_answers_of_one_cheque_are_counted_over_all_batches_of_a_file(
    taken_in: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 2)
    taken_in(sent(*visits(3)))
    first, second, third = visits(3)
    text = answered([first, second, first, third, first], [first])
    found = taken_in(text)
    assert (found.items, found.new, found.known, found.matched) == (6, 6, 0, 6)
    again = taken_in(text.replace("*000000201*", "*000000202*").replace("IEA*1*000000201", "IEA*1*000000202"))
    assert (again.known_file, again.items, again.new, again.known) == (False, 6, 0, 6)
    more = taken_in(answered([first, first, first, first]).replace("BPR*I*400*", "BPR*I*503*"))
    assert (more.new, more.known) == (1, 3)  # one more than the cheque had before
    assert [one.answers for one in every(ledger, schema.claims)] == [5, 1, 1]


def test_one_cheque_in_two_sets_of_a_file_has_one_row(taken_in: Any, ledger: Ledger) -> None:
    first, second, _ = visits(3)
    text = answered([first], [second]).replace("ACH0002", "ACH0001").replace("*101*C*", "*100*C*")
    assert taken_in(text).new == 2
    assert len(every(ledger, schema.remittances)) == 1


@pytest.mark.parametrize("seed", range(6))
def test_matching_by_facts_page_by_page_is_matching_all_at_once(
    seed: int, taken_in: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "_PAGE", 2)
    monkeypatch.setattr(matching, "_MANY", 3)
    chance = random.Random(seed)
    claims = [
        (f"C{n}", 100 + chance.randrange(3), chance.choice(DAYS), chance.randrange(3)) for n in range(14)
    ]
    answers = [
        (f"N{n}", 100 + chance.randrange(3), chance.choice(DAYS), chance.randrange(3)) for n in range(9)
    ]
    if seed % 2:
        taken_in(sent(*claims)), taken_in(answered(answers), "b")
    else:
        taken_in(answered(answers), "b"), taken_in(sent(*claims))
    fits, theirs = defaultdict(list), defaultdict(list)
    for at, answer in enumerate(answers, 1):
        for claim_at, claim in enumerate(claims, 1):
            if answer[1:] == claim[1:]:
                fits[at].append(claim_at)
                theirs[claim_at].append(at)
    sure = {at: found[0] for at, found in fits.items() if len(found) == 1 and len(theirs[found[0]]) == 1}
    assert {one.id: one.claim_id for one in every(ledger, schema.payments) if one.claim_id} == sure
    near = {
        (at, claim_at): 35 + 25 * (answer[2] == claim[2]) + 40 * (answer[3] == claim[3])
        for at, answer in enumerate(answers, 1)
        for claim_at, claim in enumerate(claims, 1)
        if at not in sure and answer[1] == claim[1] and (answer[2] == claim[2] or answer[3] == claim[3])
    }
    assert {(one.payment_id, one.claim_id): one.score for one in every(ledger, schema.candidates)} == near


@pytest.mark.parametrize("case", ["by number", "claims last", "by facts", "cheques", "unreadable"])
def test_a_file_costs_as_many_statements_with_ten_answers_as_with_two_hundred(
    case: str, taken_in: Any, ledger: Ledger
) -> None:
    asked = {}
    for start, many in ((0, 10), (500, 200)):
        some = visits(start + many)[start:]
        claims, answers = sent(*some), answered(some)
        if case == "by facts":
            answers = answered([(f"N{one[0]}", *one[1:]) for one in some])
        elif case == "cheques":
            answers = answered(*[[one] for one in some])
        elif case == "unreadable":
            answers = answered(some[:1], lost=many)
        files = {"claims": claims, "answers": answers}
        with statements(ledger) as seen:
            for name in reversed(files) if case == "claims last" else files:
                taken_in(files[name], f"{name}{many}")
        asked[many] = Counter(one.split("WHERE")[0] for one in seen)
    matched = [one.claim_id for one in every(ledger, schema.payments)]
    assert len(matched) == (2 if case == "unreadable" else 210)
    assert None not in matched
    assert asked[10].total() == asked[200].total(), asked[200] - asked[10]


_NOT_HELD = (type, ModuleType, FunctionType, ReferenceType)


def reached(root: object) -> int:
    """How many objects hang on one, but for classes, modules and functions, and what is weakly held."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, _NOT_HELD):
            seen[id(one)] = one
            waiting += gc.get_referents(one)
    return len(seen)


def test_posting_keeps_nothing_of_a_batch(
    taken_in: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 10)
    held: list[int] = []
    plain = Posting.post

    def post(self: Posting, *rest: Any) -> None:
        plain(self, *rest)
        held.append(reached(self))

    monkeypatch.setattr(Posting, "post", post)
    every_one = visits(200)
    found = taken_in(answered(*[every_one[at : at + 5] for at in range(0, 200, 5)]))
    assert (found.new, len(held)) == (200, 24)
    assert max(held) <= held[0] + 10


def test_a_machine_without_room_for_temporary_files_costs_one_line() -> None:
    with scratch.scratch() as kept:
        kept._connection.execute("PRAGMA max_page_count=8")
        with pytest.raises(sqlite3.Error) as told:
            kept.remember(range(100_000))
    with pytest.raises(UnusableInput, match="temporary files"), scratch.scratch():
        raise told.value


def test_a_file_of_acknowledgments_is_looked_up_at_once(
    url: str, tmp_path: Path, taken_in: Any, ledger: Ledger
) -> None:
    (tmp_path / "out").mkdir()
    receivers = tmp_path / "receivers.toml"
    receivers.write_text(
        f'[receivers.r]\ntransport = "folder"\n[receivers.r.settings]\nfolder = "{tmp_path / "out"}"\n'
    )
    to = ["--ledger", url, "--as-of", "2025-03-10"]
    for command in (["intake", str(DAY)], ["work"], ["submit", "--receivers", str(receivers)]):
        assert command_line([*command, *to])[0] in (0, 1)
    sent_file = max((tmp_path / "out").iterdir(), key=lambda path: path.read_text().count("CLM*"))
    words = receiver.claims(sent_file.read_text(), default="A2:20")
    assert words.count("STC*A2") > 1
    with statements(ledger) as seen:
        found = taken_in(words)
    assert found.states["accepted"] == words.count("STC*A2")
    for told in ("FROM submission_claims JOIN", "JOIN control_numbers", "FROM inquiries"):
        assert sum(told in one.replace("\n", "") for one in seen) <= 1, told

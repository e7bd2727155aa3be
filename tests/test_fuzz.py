"""Mutated files: whatever is done to a good pair, every payment is accounted for and nothing else is lost.

A good pair of eight claims and their answers is damaged by bytes, by elements and by segments, and the whole
job runs on it. `NEXTPAYER_FUZZ=5000 pytest tests/test_fuzz.py` looks further, with other damage each time.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import balance, run
from support.files import (
    CLINIC,
    DOCTOR,
    HOSPITAL,
    Check,
    Claim,
    Line,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)

FURTHER = os.environ.get("NEXTPAYER_FUZZ", "")
fuzz = settings(
    max_examples=int(FURTHER or 250),
    derandomize=not FURTHER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)

# --- the good pair ----------------------------------------------------------------------------------------


def person(n: int) -> Person:
    return Person(last=f"LAST{n}NAME", first=f"FIRST{n}NAME", member_id=f"MEMBER{n}", street=f"{n} OAK")


def claim(n: int, **facts: Any) -> Claim:
    """Claim ``A<n>`` of a patient who is no one else's; the next payer knows the person as ``NEXT<n>``."""
    who = person(n)
    holder = Person(last=who.last, first=who.first, member_id=f"NEXT{n}", street=who.street)
    basis: dict[str, Any] = {
        "control": f"A{n}", "subscriber": who, "others": [OtherPayer(subscriber=holder)],
        "lines": [Line(control=f"A{n}L1"), Line(procedure="J3301", charge="50", control=f"A{n}L2")],
    }  # fmt: skip
    return Claim(**{**basis, **facts})


HOUSE = [
    Line(revenue="0450", procedure="99283", charge="300"),
    Line(revenue="0250", procedure="", charge="20"),
]
CLAIMS = [
    claim(1),
    claim(2, rendering=DOCTOR, refs=[("G1", "AUTH2")], notes=[("ADD", "A NOTE")]),
    claim(3, patient=Person(last="LAST3NAME", first="CHILD3NAME", birth="20150101", street="3 OAK")),
    claim(4, frequency="1", diagnoses=["M545", "M546"]),
    claim(5, kind="I", place="13", lines=HOUSE),
    claim(6, kind="I", place="11", inpatient=True, lines=[Line(revenue="0120", procedure="", charge="900")]),
    claim(7),
    claim(8, kind="I", place="13", lines=HOUSE),
]
GOOD = claim_file(CLAIMS, per_transaction=3)
ANSWERS = [
    answer(CLAIMS[0], "CO-45 20, PR-2 16", "PR-1 50"),
    answer(CLAIMS[1], "CO-45 20, CO-253 1.28, PR-1 10", "CO-97 50"),
    answer(CLAIMS[2], "PR-3 25", ""),
    answer(CLAIMS[3], lines=(), cas="CO-45 50, PR-1 100", dates=[("232", "20250110")]),
    answer(CLAIMS[4], "CO-45 100, PR-2 40", "", moa=["", "", "MA01"]),
    answer(CLAIMS[5], lines=(), cas="CO-45 300, PR-1 600", mia=["0"]),
    answer(CLAIMS[6], "PR-96 100", "PR-204 50"),
    answer(CLAIMS[7], "CO-45 100x1, PR-2 40, OA-23 -5", "CO-45 0", remarks=["MA01", "N19"]),
]
PAID = remittance_file(
    checks=[
        Check(payments=[ANSWERS[n] for n in (0, 1, 2, 3, 6)], payee=CLINIC, plb=[("L6", "", "-1.50")]),
        Check(payments=[ANSWERS[n] for n in (4, 5, 7)], payee=HOSPITAL, trace="CHK1002"),
    ]
)
MEMBERS = {f"A{n}": f"NEXT{n}" for n in range(1, 9)}
PRIVATE = re.compile(r"(LAST|FIRST|CHILD)\d?N?A?M?E?|MEMBER\d|NEXT\d")


class Ran(NamedTuple):
    status: int
    stdout: str
    stderr: str
    report: dict[str, Any]
    outgoing: dict[str, bytes]

    def accounted(self) -> int:
        return sum(len(self.report[key]) for key in ("decisions", "unmatched", "quarantined"))

    def written(self) -> dict[str, Any]:
        """Every claim that goes out, without its place in its file."""
        every = [one for data in self.outgoing.values() for one in balance.parse_837(data.decode())]
        return {one["claim_id"]: {key: value for key, value in one.items() if key != "st"} for one in every}

    def decided(self) -> dict[str, Any]:
        """Every decision, without the position of its payment."""
        keys = ("action", "reason", "next_payer", "amounts", "expectation", "deadline")
        return {one["claim_id"]: {key: one[key] for key in keys} for one in self.report["decisions"]}


def job(claims: bytes, remittance: bytes) -> Ran:
    """`nextpayer bill`, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "claims.837").write_bytes(claims)
        (where / "era.835").write_bytes(remittance)
        out = where / "out"
        names = [str(where / "claims.837"), str(where / "era.835"), "--out", str(out)]
        status, said, complained = run.command_line(["bill", *names, "--as-of", "2025-03-01", "--json"])
        report = json.loads((out / "report.json").read_text()) if (out / "report.json").exists() else {}
        outgoing = {path.name: path.read_bytes() for path in (out / "outgoing").glob("*")}
        if status == 2:
            assert not report
            assert not outgoing, "a refused run writes nothing"
        return Ran(status, said, complained, report, outgoing)


def laws(ran: Ran, claims: bytes, remittance: bytes) -> None:
    """What holds of every run, however damaged its files are."""
    assert ran.status in (0, 1, 2)
    assert "Traceback" not in ran.stdout + ran.stderr
    assert "internal error" not in ran.stderr
    assert not PRIVATE.search(ran.stderr), "a person's name or id is on stderr"
    if ran.status == 2:
        assert len(ran.stderr.splitlines()) == 1
        return
    assert ran.stderr == ""
    assert json.loads(ran.stdout)["summary"] == ran.report["summary"]
    summary = ran.report["summary"]
    assert summary["payments_in"] == ran.accounted()
    if remittance[:106] == PAID.encode()[:106] and b"ISA" not in remittance[3:]:
        assert summary["payments_in"] == len(re.findall(rb"(?<=~)[\r\n \t]*CLP\*[^~]*~", remittance))
    if claims[:106] == GOOD.encode()[:106] and b"ISA" not in claims[3:]:
        assert summary["claims_in"] == len(re.findall(rb"(?<=~)[\r\n \t]*CLM\*[^~]*~", claims))
    for entry in [*ran.report["quarantined"], *ran.report["problems"]]:
        assert entry["file"] in ("claims.837", "era.835")
        assert entry["segment"] >= 1
        assert entry["reason"]
        assert not PRIVATE.search(entry["reason"])
    told = ran.report["quarantined"] or ran.report["unmatched"] or ran.report["problems"]
    assert ran.status == 1 or not told
    expected = sorted(one["claim_id"] for one in ran.report["decisions"] if one["action"] == "bill_next")
    written = []
    for name, data in ran.outgoing.items():
        text = data.decode()
        assert balance.problems(text) == [], name
        written += [one["claim_id"] for one in balance.parse_837(text)]
    assert sorted(written) == expected, "what is written is what was decided, once"


BEST = job(GOOD.encode(), PAID.encode())


def test_the_good_pair_is_good() -> None:
    laws(BEST, GOOD.encode(), PAID.encode())
    assert BEST.status == 0
    assert set(BEST.decided()) == set(BEST.written()) == set(MEMBERS)
    assert BEST.report["problems"] == []


# --- the damage -------------------------------------------------------------------------------------------

Mutation = Callable[[bytes, int, int, bytes], bytes]


def _delete(data: bytes, at: int, length: int, _: bytes) -> bytes:
    return data[:at] + data[at + 1 + length % 40 :]


def _duplicate(data: bytes, at: int, length: int, _: bytes) -> bytes:
    return data[: at + length % 200] + data[at:]


def _swap(data: bytes, at: int, length: int, _: bytes) -> bytes:
    size = 1 + length % 30
    return data[:at] + data[at + size : at + 2 * size] + data[at : at + size] + data[at + 2 * size :]


def _truncate(data: bytes, at: int, *_: Any) -> bytes:
    return data[:at]


def _insert(data: bytes, at: int, _: int, noise: bytes) -> bytes:
    return data[:at] + noise + data[at:]


def _change(data: bytes, at: int, _: int, noise: bytes) -> bytes:
    return data[:at] + (noise[:1] or b"~") + data[at + 1 :]


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"~\n")


def _drop_segment(data: bytes, at: int, *_: Any) -> bytes:
    found = _lines(data)
    del found[at % len(found)]
    return b"~\n".join(found)


def _repeat_segment(data: bytes, at: int, *_: Any) -> bytes:
    found = _lines(data)
    found.insert(at % len(found), found[at % len(found)])
    return b"~\n".join(found)


def _move_segment(data: bytes, at: int, to: int, _: bytes) -> bytes:
    found = _lines(data)
    moved = found.pop(at % len(found))
    found.insert(to % (len(found) + 1), moved)
    return b"~\n".join(found)


def _swap_segments(data: bytes, at: int, to: int, _: bytes) -> bytes:
    found = _lines(data)
    a, b = at % len(found), to % len(found)
    found[a], found[b] = found[b], found[a]
    return b"~\n".join(found)


def _in_segment(change: Callable[[list[bytes], int, bytes], None]) -> Mutation:
    def mutate(data: bytes, at: int, to: int, noise: bytes) -> bytes:
        found = _lines(data)
        elements = found[at % len(found)].split(b"*")
        change(elements, to % len(elements), noise)
        found[at % len(found)] = b"*".join(elements)
        return b"~\n".join(found)

    return mutate


def _drop(elements: list[bytes], at: int, _: bytes) -> None:
    del elements[at]


def _empty(elements: list[bytes], at: int, _: bytes) -> None:
    elements[at] = b""


def _replace(elements: list[bytes], at: int, noise: bytes) -> None:
    elements[at] = noise


def _repeat(elements: list[bytes], at: int, _: bytes) -> None:
    elements.insert(at, elements[at])


MUTATIONS: dict[str, Mutation] = {
    "delete bytes": _delete, "duplicate bytes": _duplicate, "swap bytes": _swap, "truncate": _truncate,
    "insert bytes": _insert, "change a byte": _change, "drop a segment": _drop_segment,
    "repeat a segment": _repeat_segment, "move a segment": _move_segment, "swap segments": _swap_segments,
    "drop an element": _in_segment(_drop), "empty an element": _in_segment(_empty),
    "replace an element": _in_segment(_replace), "repeat an element": _in_segment(_repeat),
}  # fmt: skip
#: Damage that only takes away: it cannot put one patient's number into another's claim by itself.
LOSSES = ("drop a segment", "drop an element", "empty an element", "delete bytes", "truncate")

places = st.integers(0, 20_000)
marks = [b"~", b"*", b":", b"^", b"\n", b" ", b"\x00", b"\xff\xfe", b"\xc3\x91"]
words = [b"0", b"-1", b"1.005", b"X", b"CO", b"PR", b"22", b"19", b"PRIME", b"A1", b"A5", b"MEMBER2"]
tags = [b"ISA*", b"CLP*", b"~SE*1*1~", b"~HL*9*1*22*0~"]
noise = (
    st.sampled_from(marks + words + tags)
    | st.binary(max_size=8)
    | st.text("0123456789.*:~ABCDX", max_size=12).map(str.encode)
)
whole_file = st.tuples(st.booleans(), st.sampled_from(sorted(MUTATIONS)), places, places, noise)


def apply(data: bytes, how: str, at: int, to: int, bits: bytes) -> bytes:
    return MUTATIONS[how](data, at % (len(data) + 1), to, bits)


@given(st.lists(whole_file, min_size=1, max_size=3))
@fuzz
def test_every_payment_is_accounted_for_whatever_happened_to_the_files(
    damage: list[tuple[bool, str, int, int, bytes]],
) -> None:
    claims, remittance = GOOD.encode(), PAID.encode()
    for first, *what in damage:
        if first:
            claims = apply(claims, *what)
        else:
            remittance = apply(remittance, *what)
    ran = job(claims, remittance)
    laws(ran, claims, remittance)
    if all(how in LOSSES for _, how, *_ in damage) and ran.status != 2:
        for control, written in ran.written().items():
            member = written["subscriber"]["nm1"][9]
            assert member not in MEMBERS.values() or member == MEMBERS.get(control), "another's number"


# --- damage inside one claim or one payment ---------------------------------------------------------------


def spans(text: str, tag: str, ends: str) -> dict[str, tuple[int, int]]:
    """For each claim, from after its first segment to before its last terminator."""
    found = {}
    for match in re.finditer(rf"^{tag}\*(A\d)\*[^~]*~\n", text, re.MULTILINE):
        end = re.compile(rf"~\n({ends})\*").search(text, match.end() - 2)
        assert end is not None
        found[match[1]] = (match.end(), max(match.end(), end.start()))
    return found


PAYMENTS = spans(PAID, "CLP", "CLP|PLB|SE|LX")
CLAIM_SPANS = spans(GOOD, "CLM", "CLM|HL|SE")
inside = st.sampled_from(sorted(set(MUTATIONS)))
harmless = st.text("0123456789.*:ABX -", max_size=8).map(str.encode) | st.sampled_from(
    [b"\xff", b"\xc3\x91", b"\x00"]
)


def damaged(text: str, span: tuple[int, int], how: str, at: int, to: int, bits: bytes) -> bytes:
    """The file with one claim's own segments damaged, and not one byte of the others'."""
    start, end = span
    part = text[start:end].encode()
    return text[:start].encode() + apply(part, how, at, to, bits) + text[end:].encode()


def others_are_as_ever(ran: Ran, touched: str) -> None:
    decided, written = ran.decided(), ran.written()
    best, out = BEST.decided(), BEST.written()
    for control in set(MEMBERS) - {touched}:
        assert decided.get(control) == best[control], f"{control} is decided otherwise"
        assert written.get(control) == out.get(control), f"{control} goes out otherwise"


@given(st.sampled_from(sorted(PAYMENTS)), inside, places, places, harmless)
@fuzz
def test_damage_inside_one_payment_costs_no_other(
    touched: str, how: str, at: int, to: int, bits: bytes
) -> None:
    remittance = damaged(PAID, PAYMENTS[touched], how, at, to, bits)
    ran = job(GOOD.encode(), remittance)
    laws(ran, GOOD.encode(), remittance)
    assert ran.status != 2
    others_are_as_ever(ran, touched)
    if touched not in ran.decided():
        reasons = ran.report["quarantined"] + ran.report["unmatched"]
        assert len(reasons) == 1


@given(st.sampled_from(sorted(CLAIM_SPANS)), inside, places, places, harmless)
@fuzz
def test_damage_inside_one_claim_costs_no_other(
    touched: str, how: str, at: int, to: int, bits: bytes
) -> None:
    claims = damaged(GOOD, CLAIM_SPANS[touched], how, at, to, bits)
    ran = job(claims, PAID.encode())
    laws(ran, claims, PAID.encode())
    assert ran.status != 2
    others_are_as_ever(ran, touched)


# --- every single loss ------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["claims", "remittance"])
def test_no_single_lost_segment_goes_unaccounted(which: str) -> None:
    text = GOOD if which == "claims" else PAID
    every = text.split("~\n")[:-1]
    for lost in range(len(every)):
        mutated = "".join(one + "~\n" for n, one in enumerate(every) if n != lost).encode()
        pair = (mutated, PAID.encode()) if which == "claims" else (GOOD.encode(), mutated)
        ran = job(*pair)
        laws(ran, *pair)
        if ran.status != 2:
            for control, written in ran.written().items():
                assert written["subscriber"]["nm1"][9] == MEMBERS[control], every[lost]
        assert ran.status in (1, 2), f"the loss of {every[lost][:3]} is never silent"

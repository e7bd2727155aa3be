"""Copies that may be shared: nobody is in them any more, and the main job does the same with them."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.codeforms import is_mbi, is_npi, npi_check_digit_holds
from nextpayer_x12.deidentify import Pseudonyms
from support.run import command_line

ROOT = Path(__file__).resolve().parents[1]
DAY = ROOT / "examples" / "day"
STORY = [DAY / "claims.837", *sorted(DAY.glob("*.835"))]
SHIFT = -28
AS_OF = dt.date(2025, 3, 10)
#: Where somebody is told, by tag: read here once more, apart from the table of the command.
TELLING = {
    "NM1": (3, 4, 5, 9), "N1": (2, 4), "N3": (1, 2), "N4": (1,), "REF": (2,), "CLM": (1,), "CLP": (1, 7),
    "DMG": (2,), "SBR": (3,), "PER": (2, 4, 6), "PLB": (1,), "TRN": (2,), "NTE": (2,), "BHT": (3,),
    "GS": (2, 3), "PAT": (6,), "RDM": (2, 3),
}  # fmt: skip
PUBLIC = {"PR", "TT", "40"}
KEY = b"an invented key for the tests"


def copies(tmp_path: Path, files: list[Path], *arguments: str) -> list[Path]:
    key = tmp_path / "key"
    key.write_bytes(KEY)
    out = tmp_path / "copies"
    words = ["scrub-phi", *map(str, files), "--out", str(out), "--key-file", str(key), *arguments]
    status, _, err = command_line([*words, "--shift-days", str(SHIFT)])
    assert (status, err) == (0, "")
    return sorted(out.iterdir())


def elements(path: Path) -> list[list[str]]:
    text = re.sub(r"[\r\n]", "", path.read_text(encoding="utf-8"))
    return [segment.split("*") for segment in text.split("~") if segment]


def told(path: Path) -> set[str]:
    """Every value of four letters or more that tells who, apart from payers."""
    found: set[str] = set()
    public = False
    for segment in elements(path):
        tag = segment[0]
        if tag in ("NM1", "N1"):
            public = segment[1] in PUBLIC
        elif tag in ("HL", "CLM", "CLP", "SBR", "LX", "SVC"):
            public = False
        if public and tag in ("NM1", "N1", "N2", "N3", "N4", "REF"):
            continue
        if tag == "REF" and segment[1] in ("F2", "4N", "LU", "2U"):
            continue
        found |= {segment[at] for at in TELLING.get(tag, ()) if at < len(segment) and len(segment[at]) > 3}
    return found


def payers(path: Path) -> set[str]:
    """What stays: the ids of payers and of the clearinghouse, which senders and receivers may be as well."""
    parties = [s for s in elements(path) if s[0] in ("NM1", "N1") and s[1] in PUBLIC]
    named = {s[at] for s in parties for at in ((3, 9) if s[0] == "NM1" else (2, 4)) if at < len(s)}
    return named | {s[2] for s in elements(path) if s[:2] == ["REF", "2U"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return copies(tmp_path_factory.mktemp("phi"), STORY)


def test_nobody_of_the_originals_is_in_the_copies(made: list[Path]) -> None:
    originals = set().union(*map(told, STORY)) - set().union(*map(payers, STORY))
    assert len(originals) > 150
    left = {value for path in made for segment in elements(path) for value in segment} & originals
    assert left == set()


def test_structure_codes_and_amounts_stay(made: list[Path]) -> None:
    for original, copy in zip(STORY, made, strict=True):
        before, after = elements(original), elements(copy)
        assert [(s[0], len(s)) for s in before] == [(s[0], len(s)) for s in after]
        for tag in ("CAS", "AMT", "SV1", "SV2", "SVC", "QTY", "SE", "OI", "MOA", "LQ"):
            assert [s for s in before if s[0] == tag] == [s for s in after if s[0] == tag], tag


def test_what_was_equal_is_equal_and_what_was_not_is_not(made: list[Path]) -> None:
    """Over all files, identifier by identifier: the copy is one to one."""
    pairs = set()
    for original, copy in zip(STORY, made, strict=True):
        for before, after in zip(elements(original), elements(copy), strict=True):
            if before[0] in ("CLM", "CLP"):
                pairs.add((before[1], after[1]))
            if before[0] == "NM1" and len(before) > 9 and before[1] not in PUBLIC:
                pairs.add((before[9], after[9]))
    assert len({one for one, _ in pairs}) == len(pairs) == len({other for _, other in pairs})


def bill(tmp_path: Path, files: list[Path], today: dt.date) -> dict[str, Any]:
    out = tmp_path / "out"
    words = ["bill", *map(str, files), "--payers", str(ROOT / "examples" / "payers"), "--out", str(out)]
    command_line([*words, "--as-of", today.isoformat(), "--quiet"])
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return report


def test_the_main_job_decides_the_same(made: list[Path], tmp_path: Path) -> None:
    before = bill(tmp_path / "before", STORY, AS_OF)
    after = bill(tmp_path / "after", made, AS_OF + dt.timedelta(days=SHIFT))
    assert len(before["decisions"]) == 20
    assert after["summary"] == before["summary"]
    for one, other in zip(before["decisions"], after["decisions"], strict=True):
        for key in ("action", "reason", "amounts", "next_payer", "expectation", "from"):
            assert other[key] == one[key]
        assert [f["id"] for f in one["findings"]] == [f["id"] for f in other["findings"]]
    assert [(q["segment"], q["reason"]) for q in after["quarantined"]] == [
        (q["segment"], q["reason"]) for q in before["quarantined"]
    ]


FULL = sorted((ROOT / "plugins" / "x12" / "tests" / "full").glob("*.837"))


@pytest.mark.parametrize("file", FULL, ids=lambda path: path.stem)
def test_every_edit_says_the_same_of_a_claim_with_every_segment(file: Path, tmp_path: Path) -> None:
    (copy,) = copies(tmp_path, [file])
    found = []
    for path in (file, copy):
        out = command_line(["scrub", str(path), "--as-of", "2026-11-26", "--json"])[1]
        found.append([(f["id"], f["severity"]) for f in json.loads(out)["findings"]])
    assert found[0] == found[1]
    assert found[0]


def test_every_date_moves_alike_and_a_birth_date_loses_its_day(made: list[Path]) -> None:
    moved = dt.timedelta(days=SHIFT)
    births = 0
    for original, copy in zip(STORY, made, strict=True):
        for before, after in zip(elements(original), elements(copy), strict=True):
            at = {"DTP": 3, "DTM": 2}.get(before[0], 0)
            if at and len(before[at]) >= 8:
                for one, other in zip(before[at].split("-"), after[at].split("-"), strict=True):
                    assert day(other) - day(one) == moved
            if before[0] == "HI":
                for one, other in zip(before[1:], after[1:], strict=True):
                    assert one.split(":")[:3] == other.split(":")[:3]
                    if ":D8:" in one:
                        assert day(other.split(":")[3]) - day(one.split(":")[3]) == moved
            if before[0] == "DMG":
                births += 1
                earlier = day(before[2]) - (day(after[2]) - moved)
                assert dt.timedelta(0) <= earlier < dt.timedelta(days=366)
    assert births > 5


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text[:8], "%Y%m%d").date()


def test_the_same_key_gives_the_same_copies_and_another_key_others(tmp_path: Path) -> None:
    first = copies(tmp_path / "a", STORY[:1]) if (tmp_path / "a").mkdir() is None else []
    second = copies(tmp_path / "b", STORY[:1]) if (tmp_path / "b").mkdir() is None else []
    assert first[0].read_bytes() == second[0].read_bytes()
    out = tmp_path / "c"
    command_line(["scrub-phi", str(STORY[0]), "--out", str(out)])
    assert next(out.iterdir()).read_bytes() != first[0].read_bytes()


def test_a_segment_that_nobody_knows_stops_the_copy(tmp_path: Path) -> None:
    file = tmp_path / "odd.837"
    file.write_text(STORY[0].read_text().replace("HI*ABK:M545~", "HI*ABK:M545~\nZZ9*JANE ROE~", 1))
    out = tmp_path / "out"
    status, printed, err = command_line(["scrub-phi", str(file), "--out", str(out)])
    assert (status, printed) == (2, "")
    assert re.fullmatch(r"nextpayer: odd\.837: segment \d+: a segment ZZ9: [^\n]+\n", err)
    assert "ROE" not in err
    assert list(out.iterdir()) == []


def test_no_copy_is_overwritten_and_a_short_key_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert command_line(["scrub-phi", str(STORY[0]), "--out", str(out)])[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    status, _, err = command_line(["scrub-phi", str(STORY[0]), "--out", str(out)])
    assert status == 2
    assert "01-837P.837" in err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    key = tmp_path / "key"
    key.write_text("short")
    status, _, err = command_line(
        ["scrub-phi", str(STORY[0]), "--out", str(tmp_path / "x"), "--key-file", str(key)]
    )
    assert status == 2
    assert "short" not in err


texts = st.text(alphabet="ABCXYZabc0129-. '", min_size=1, max_size=14)


@given(st.sets(texts, min_size=1, max_size=30))
def test_pseudonyms_are_one_to_one_of_the_same_shape_and_never_the_value(values: set[str]) -> None:
    known = Pseudonyms(KEY)
    for make in (known.identifier, known.name):
        made = {value: make(value) for value in values}
        assert len(set(made.values())) == len(made)
        for value, pseudonym in made.items():
            shape = [(c.isdigit(), c.isupper(), c.islower()) for c in value]
            assert [(c.isdigit(), c.isupper(), c.islower()) for c in pseudonym] == shape
            assert (pseudonym != value) == any(c.isalnum() for c in value)


@given(st.integers(100_000_000, 299_999_999))
def test_a_providers_number_stays_one(stem: int) -> None:
    npi = next(f"{stem}{digit}" for digit in range(10) if npi_check_digit_holds(f"{stem}{digit}"))
    made = Pseudonyms(KEY).identifier(npi)
    assert made != npi
    assert is_npi(made)
    assert npi_check_digit_holds(made)


def test_a_medicare_number_stays_one_and_a_clia_number_keeps_its_letter() -> None:
    made = Pseudonyms(KEY).identifier("1EG4TE5MK73")
    assert made != "1EG4TE5MK73"
    assert is_mbi(made)
    assert re.fullmatch(r"11D\d{7}", Pseudonyms(KEY).identifier("11D2030122"))


def test_the_key_is_not_shown() -> None:
    assert KEY.decode() not in repr(Pseudonyms(KEY))

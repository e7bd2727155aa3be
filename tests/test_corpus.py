"""The corpus: the right edit finds every seeded fault, nothing else rejects, and no valid claim is held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.bases import BASES, segments_of, written
from corpus.faults import FAULTS, Fault
from nextpayer.edits import SCRUBBED
from nextpayer.edits.unreadable import ELEMENTS, READING
from support import balance, pyx12gate, run

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
#: Names, ids and birth dates of the people in the bases: no finding may repeat one.
SECRETS = ("ROE", "ANNA", "GP222334444", "KEY111223333", "19700311", "DOE", "JANE", "STONE", "BROOK", "MARY")
#: Two that no claim of at most 999 lines in a table would show well, with their own tests below.
ELSEWHERE = {"NP-E-LINES", "NP-E-READ"}


def scrubbed(tmp_path: Path, text: str) -> tuple[int, dict[str, Any]]:
    file = tmp_path / "claims.837"
    file.write_text(text, encoding="utf-8")
    status, out, err = run.command_line(["scrub", str(file), "--as-of", "2025-04-01", "--json"])
    assert err == ""
    return status, json.loads(out)


@pytest.mark.parametrize("base", BASES)
def test_the_bases_are_clean(tmp_path: Path, base: str) -> None:
    status, said = scrubbed(tmp_path, written(base, segments_of(base)))
    assert (status, said["findings"]) == (0, [])
    assert pyx12gate.errors(written(base, segments_of(base))) == []
    assert balance.problems(written(base, segments_of(base))) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_seeded_fault_is_found_and_nothing_else_rejects(tmp_path: Path, fault: Fault) -> None:
    status, said = scrubbed(tmp_path, written(fault.base, fault.segments()))
    findings = said["findings"]
    assert fault.id in {one["id"] for one in findings}
    rejects = {one["id"] for one in findings if one["severity"] == "reject"}
    assert rejects <= {fault.id, *fault.also}
    assert status == (1 if rejects else 0)
    for one in findings:
        assert one["where"]
        assert one["message"]
        assert one["source"]
        assert not any(secret in one["where"] + one["message"] for secret in SECRETS)


def test_the_corpus_is_large_and_its_faults_differ() -> None:
    assert len(FAULTS) >= 120
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert sum(fault.cob for fault in FAULTS) >= 80


def test_every_edit_that_scrub_alone_runs_is_broken_by_a_fault() -> None:
    known = {one.id for one in (*SCRUBBED, *READING, *ELEMENTS.values())}
    assert known - {fault.id for fault in FAULTS} - {also for f in FAULTS for also in f.also} == ELSEWHERE


def test_a_claim_with_more_lines_than_there_is_room_for(tmp_path: Path) -> None:
    segments = segments_of("first")
    head = segments[: segments.index("LX*1")]
    head[head.index("CLM*F1001*300***41:B:1*Y*A*Y*Y")] = "CLM*F1001*51***41:B:1*Y*A*Y*Y"
    for n in range(1, 52):
        head += [f"LX*{n}", "SV1*HC:A0427*1*UN*1***1", "DTP*472*D8*20250110", f"REF*6R*L{n}"]
    _, said = scrubbed(tmp_path, written("first", head))
    assert {one["id"] for one in said["findings"] if one["severity"] == "reject"} == {"NP-E-LINES"}


def test_a_claim_that_no_rule_knows_how_to_read(tmp_path: Path) -> None:
    segments = segments_of("first")
    segments.insert(segments.index("LX*1"), "SVC*1*2")
    status, said = scrubbed(tmp_path, written("first", segments))
    assert status == 1
    assert [one["id"] for one in said["findings"]] == ["NP-E-READ"]


def clean_files() -> list[Path]:
    own = [*ROOT.glob("examples/*/*.837"), *ROOT.glob("tests/published/*.837")]
    shared = [*SHARED.glob("domain/examples/*.edi"), *SHARED.glob("cases/*/*claim*.837")]
    return sorted(own + shared)


@pytest.mark.parametrize("file", clean_files(), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_valid_example_is_held(file: Path) -> None:
    status, out, _ = run.command_line(["scrub", str(file), "--as-of", "2025-12-31", "--json"])
    said = json.loads(out)
    assert (status, [one for one in said["findings"] if one["severity"] == "reject"]) == (0, [])

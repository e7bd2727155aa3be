"""The main job through the desk gives the bytes that `bill` gives, with every option that both have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from nextpayer_desk import schema, work
from nextpayer_desk.ledger import open_ledger
from scenarios.test_ahead_of_its_turn import CHILD, LISTED, OTHER, PACK
from scenarios.test_what_the_office_knows import FIRST, PATIENT, policy
from support.desk import claims_of, of_bill, of_desk, quietly, work_twice
from support.files import MEDICAID, answer, claim_file, remittance_file
from support.run import THROUGH_THE_DESK, command_line

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DAY, ONE, OWN = EXAMPLES / "day", EXAMPLES / "one", ROOT / "tests" / "published"
CASES = {
    "one": (ONE / "claim.837", [ONE / "era.835"], None),
    "day": (DAY / "claims.837", sorted(DAY.glob("*.835")), DAY / "coverage.json"),
    "t3": (OWN / "t3-claim.837", [OWN / "t3-answer.835"], None),
}
RULES = EXAMPLES / "review" / "rules.toml"
OPTIONS: dict[str, list[object]] = {
    "packs": ["--payers", EXAMPLES / "payers"],
    "review": ["--payers", EXAMPLES / "payers", "--review", RULES],
    "pilot": ["--pilot", 1],
    "test": ["--test"],
    "documents": [
        "--payers",
        EXAMPLES / "documents" / "great-prairies.toml",
        "--documents",
        EXAMPLES / "documents" / "documents.json",
    ],
    "reviewed documents": [
        "--payers",
        EXAMPLES / "documents" / "great-prairies.toml",
        "--documents",
        EXAMPLES / "documents" / "documents.json",
        "--review",
        RULES,
    ],
    "paper": ["--form", "cms1500"],
    "reviewed paper": ["--form", "cms1500", "--review", RULES],
}
AS_OF = ["--as-of", "2025-03-10"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def bill(case: str, out: Path, *more: object) -> None:
    claims, answers, coverage = CASES[case]
    known = ["--coverage", coverage] if coverage else []
    state = ["--review-state", out.parent / "state.json"] if "--review" in more else []
    quietly("bill", claims, *answers, "--out", out, *AS_OF, *known, *state, *more)


def taken_in(case: str, url: str) -> None:
    claims, answers, coverage = CASES[case]
    quietly("init", "--ledger", url)
    files = [claims, *answers, *([coverage] if coverage else [])]
    quietly("intake", *files, "--ledger", url, *AS_OF)


def receivers(folder: Path) -> Path:
    (folder / "to").mkdir()
    path = folder / "receivers.toml"
    path.write_text(
        f'[receivers.r]\ntransport = "folder"\n[receivers.r.settings]\nfolder = "{folder / "to"}"\n'
    )
    return path


def rows_of(url: str, *columns: Any) -> list[Any]:
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        found = connection.execute(select(*columns)).all()
    ledger.close()
    return list(found)


@pytest.mark.parametrize("case", CASES)
def test_the_desk_makes_the_claims_that_bill_makes(case: str, url: str, out: Path) -> None:
    bill(case, out)
    taken_in(case, url)
    work_twice(url, *AS_OF)
    assert of_desk(url) == of_bill(out)


@pytest.mark.parametrize("option", OPTIONS)
def test_with_every_option_the_files_and_the_reasons_are_the_same(option: str, url: str, out: Path) -> None:
    bill("day", out, *OPTIONS[option])
    taken_in("day", url)
    work_twice(url, *AS_OF, *map(str, OPTIONS[option]))
    made, rows = of_desk(url)
    expected, told = of_bill(out)
    assert rows == told
    assert made == expected
    assert made


def test_what_was_approved_and_sent_is_what_bill_and_its_review_put_out(url: str, out: Path) -> None:
    options = OPTIONS["reviewed documents"]
    bill("day", out, *options)
    listed = json.loads(command_line(["review", "list", str(out), "--json"])[1])["claims"]
    ids = sorted(one["claim_id"] for one in listed)
    quietly("review", "approve", out, *ids[1:], "--by", "ann", *AS_OF)
    taken_in("day", url)
    quietly("work", "--ledger", url, *AS_OF, *options)
    waiting = json.loads(command_line(["held", "--ledger", url, "--json"])[1])["claims"]
    assert sorted(one["claim_id"] for one in waiting) == ids
    numbers = {one["claim_id"]: one["claim"] for one in waiting}
    quietly("approve", *[numbers[one] for one in ids[1:]], "--ledger", url, *AS_OF)
    to = receivers(out.parent)
    for _ in range(2):
        quietly("submit", "--receivers", to, "--ledger", url, *AS_OF)
        quietly("work", "--ledger", url, *AS_OF, *options)
    sent = sorted(path.read_bytes() for path in (out.parent / "to").iterdir())
    assert sent == sorted(path.read_bytes() for path in (out / "outgoing").iterdir())
    still = json.loads(command_line(["held", "--ledger", url, "--json"])[1])["claims"]
    assert [one["claim_id"] for one in still] == ids[:1]
    bill("day", out, *options)  # the decisions of what was approved are those of bill's next run
    approved = {one["claim_id"]: one for one in of_bill(out)[1] if one["action"] == "bill_next"}
    for row in of_desk(url)[1]:
        if row["claim_id"] in ids[1:]:
            told = approved[row["claim_id"]]
            same = {"findings": [], "output": "", "documents": "", "proof": ""}
            assert row | same == told | same
            assert [one["id"] for one in row["findings"]] == [one["id"] for one in told["findings"]]


@pytest.mark.parametrize("option", ["review", "documents"])
def test_a_run_that_ends_anywhere_has_done_all_of_a_batch_or_nothing(
    option: str, url: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step before the transaction ends fails, as a kill would: then everything is done once."""
    bill("day", out, *OPTIONS[option])
    taken_in("day", url)
    command = ["work", "--ledger", url, *AS_OF, *map(str, OPTIONS[option]), "--quiet"]
    before = rows_of(url, schema.submissions.c.id)

    def killed(*arguments: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(work, "teach", killed)
        assert command_line(command)[0] not in (0, 1)
    assert rows_of(url, schema.submissions.c.id) == before == []
    work_twice(url, *command[3:-1])
    assert of_desk(url) == of_bill(out)


def test_what_an_answer_teaches_counts_from_then_on(url: str, out: Path) -> None:
    """The desk is where bill is when it is run again with the coverage that it learned."""
    claims, answer, coverage = (OWN / f"t1-{one}" for one in ("claim.837", "answer.835", "coverage.json"))
    quietly("bill", claims, answer, "--coverage", coverage, "--out", out, *AS_OF)
    longer = out / "coverage.json"
    quietly("bill", claims, answer, "--coverage", longer, "--out", out.parent / "again", *AS_OF)
    assert not (out.parent / "again" / "coverage.json").exists()
    quietly("init", "--ledger", url)
    quietly("intake", claims, answer, coverage, "--ledger", url, *AS_OF)
    work_twice(url, *AS_OF)
    made, rows = of_desk(url)
    expected, told = of_bill(out.parent / "again")
    assert claims_of(made) == claims_of(expected) != []
    assert [{**row, "output": ""} for row in rows] == [{**row, "output": ""} for row in told]
    documents = [row.document for row in rows_of(url, schema.coverages.c.document)]
    assert json.loads(documents[-1]) == json.loads(longer.read_text())
    journal, files = schema.journal.c, schema.files.c
    told_by = (journal.event, journal.who, journal.file_id, journal.segment, journal.data)
    kept = [row for row in rows_of(url, *told_by) if row.event == "coverage-learned"]
    histories = [one.get("history", []) for one in json.loads(longer.read_text())["coverages"]]
    assert len(kept) == sum(map(len, histories)) > 0
    names = {row.id: row.name for row in rows_of(url, files.id, files.name)}
    assert {(names[row.file_id], row.segment) for row in kept} == {(answer.name, 14)}
    assert all(row.who and json.loads(row.data)["fact"] for row in kept)


def test_claims_ahead_of_their_turn_are_the_same(url: str, out: Path, tmp_path: Path) -> None:
    known = {
        "patient": PATIENT,
        "circumstances": {"pay_and_chase": "preventive_pediatric"},
        "coverages": [FIRST, policy(MEDICAID, None, "MCD1")],
    }
    contents = {
        "claims.837": claim_file([CHILD, OTHER]),
        "era.835": remittance_file([answer(OTHER, "CO-45 100")], payer=CHILD.payer),
        "coverage.json": json.dumps(known),
        "pack.toml": PACK.replace("CHASE", LISTED),
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    claims, era, coverage, pack = (tmp_path / name for name in contents)
    quietly("bill", claims, era, "--coverage", coverage, "--payers", pack, "--out", out, *AS_OF)
    quietly("init", "--ledger", url)
    quietly("intake", claims, era, coverage, "--ledger", url, *AS_OF)
    work_twice(url, *AS_OF, "--payers", str(pack))
    assert of_desk(url) == of_bill(out)
    assert len(list((out / "ahead").iterdir())) == 1


SCENARIOS = sorted(
    path.name
    for folder in ("scenarios", "documents")
    for path in (ROOT / "tests" / folder).glob("test_*.py")
    if path.name not in ("test_how_to.py", "test_decisions_are_copied.py", "test_laws.py")
)
#: Where the two differ, and are to: the desk tells two claims of one number by their charge, where bill
#: holds; and it gives out control numbers itself.
OTHERWISE = (
    "two_claims_of_one_number_never_bill_the_wrong_one",
    "without_a_control_number_left_neither_claim_nor_document_is_written",
)
#: What is compared need not reach a disk, which is where the time would go.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_comes_to_the_same_through_the_desk(name: str) -> None:
    (path,) = (ROOT / "tests").glob(f"[sd]*s/{name}")
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-n0", "--no-header", "--tb=short"),
                *("--show-capture=no", f"--basetemp={place}/tests", path),
                *("-k", " and ".join(f"not {one}" for one in OTHERWISE)),
            ],
            env={**os.environ, THROUGH_THE_DESK: "1", "TMPDIR": place},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:]


def test_the_comparison_compares(url: str, out: Path) -> None:
    """Bill without the coverage does not make what the desk makes with it."""
    claims, answers, _ = CASES["day"]
    quietly("bill", claims, *answers, "--out", out, *AS_OF)
    taken_in("day", url)
    quietly("work", "--ledger", url, *AS_OF)
    assert of_desk(url) != of_bill(out)

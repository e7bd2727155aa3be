"""The main job through the desk gives the bytes that `bill` gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from support.run import command_line

ROOT = Path(__file__).parents[2]
DAY, ONE, OWN = ROOT / "examples" / "day", ROOT / "examples" / "one", ROOT / "tests" / "published"
PRINTED = ROOT.parent / "shared" / "cases"
CASES = {
    "one": (ONE / "claim.837", [ONE / "era.835"], None),
    "day": (DAY / "claims.837", sorted(DAY.glob("*.835")), DAY / "coverage.json"),
    "t1": (OWN / "t1-claim.837", [OWN / "t1-answer.835"], OWN / "t1-coverage.json"),
    "t3": (OWN / "t3-claim.837", [OWN / "t3-answer.835"], None),
}
AS_OF = "2025-03-10"


def quietly(*arguments: object) -> None:
    status, _, errors = command_line([*map(str, arguments), "--quiet"])
    assert (status in (0, 1), errors) == (True, "")


@pytest.mark.parametrize("case", CASES)
def test_the_desk_makes_the_claims_that_bill_makes(case: str, url: str, tmp_path: Path) -> None:
    claims, answers, coverage = CASES[case]
    more = ["--coverage", coverage] if coverage else []
    quietly("bill", claims, *answers, "--out", tmp_path / "out", "--as-of", AS_OF, *more)
    quietly("init", "--ledger", url)
    files = [claims, *answers, *([coverage] if coverage else [])]
    quietly("intake", *files, "--ledger", url, "--as-of", AS_OF)
    quietly("work", "--ledger", url, "--as-of", AS_OF)
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        made = sorted(bytes(data) for data in connection.scalars(select(schema.submissions.c.data)))
        table = schema.decisions
        rows = [json.loads(row) for row in connection.scalars(select(table.c.row).order_by(table.c.id))]
    ledger.close()
    assert made == sorted(path.read_bytes() for path in (tmp_path / "out" / "outgoing").iterdir())
    told = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["decisions"]
    asides = {"NP-EARLIER-PAYER", "NP-REVERSAL-PAIRED", "NP-REVERSED-EARLIER", "NP-DUPLICATE-PAYMENT"}
    decisive = [row for row in told if row["reason"] not in asides]
    assert sorted(rows, key=str) == sorted(decisive, key=str)

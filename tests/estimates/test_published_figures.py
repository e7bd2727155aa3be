"""Every worked figure that somebody has published, as a case of its own through the command line.

They ship with the conformance kit (``nextpayer.testing.conformance``), which names for each where it comes
from and how certain it is; a ``note`` says why where that is not "high".
"""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from nextpayer.testing.conformance.published import ROWS
from support.estimate import Dict, estimate, terms

_BY_ID = pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])


@_BY_ID
def test_the_command_gives_the_published_figure(row: Dict, tmp_path: Path) -> None:
    status, answer = estimate(tmp_path, row["case"])
    expected = dict(row["expect"])
    wanted, here = expected.pop("terms", {}), expected.pop("write_off_here", None)
    assert status == 0
    assert {key: answer[key] for key in expected} == expected
    assert {name: terms(answer).get(name) for name in wanted} == wanted
    if here is not None:
        last = answer["waterfall"][-1]
        assert (last["name"], last["amount"]) == ("write-off", here)


@_BY_ID
def test_it_is_the_same_for_a_claim_of_one_line_and_for_the_claim_alone(row: Dict, tmp_path: Path) -> None:
    other = copy.deepcopy(row["case"])
    claim = other["claim"]
    if "lines" in claim:
        claim["charge"] = claim["lines"][0]["charge"]
    else:
        claim["lines"] = [{"charge": claim["charge"]}]
    _, answer = estimate(tmp_path, other)
    assert answer["expected"] == row["expect"]["expected"]


@_BY_ID
def test_it_is_the_same_when_the_payer_before_told_no_more_than_paid_and_allowed(
    row: Dict, tmp_path: Path
) -> None:
    other = copy.deepcopy(row["case"])
    (prior,) = other["prior"]
    prior.pop("adjustments", None)
    _, answer = estimate(tmp_path, other)
    assert answer["expected"] == row["expect"]["expected"]


def test_every_row_that_is_less_than_certain_says_why() -> None:
    uncertain = [row for row in ROWS if row["confidence"] in ("low", "medium")]
    assert [row["id"] for row in uncertain if not row.get("note")] == []
    assert len({row["id"] for row in ROWS}) == len(ROWS) == 23

"""The desk is killed at random moments: nothing is lost, nothing arrives twice, every doubt is a person's.

``NEXTPAYER_KILLS`` says how often (20); ``python tests/support/killing.py`` does the long campaign.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from support.killing import Figures, table

KILLING = Path(__file__).parents[1] / "support" / "killing.py"
SCRIPT = """
import sys
from pathlib import Path
from support.killing import campaign
found = campaign(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
print(found)
sys.exit(not found.good)
"""


@pytest.mark.parametrize("mode", ["dedup", "list", "plain"])
def test_a_desk_that_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice(
    mode: str, url: str, tmp_path: Path
) -> None:
    kills = os.environ.get("NEXTPAYER_KILLS", "20")
    # In a process of its own, because it forks.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, url, mode, kills, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "PYTHONPATH": str(KILLING.parents[1])},
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_figures_of_a_campaign_are_a_table_with_sums_and_say_what_went_wrong() -> None:
    good = Figures(place="sqlite, list", kills=3, claims=4, at_receiver=4, seen=Counter(work=2, collect=1))
    bad = Figures(place="postgresql, plain", kills=2, claims=4, at_receiver=3, lost=["K1: hold"], in_doubt=1)
    assert (good.good, bad.good) == (True, False)
    header, *rows = table([good, bad]).splitlines()
    assert [row.split("  ")[0].strip() for row in rows] == ["sqlite, list", "postgresql, plain", "all"]
    assert len({len(row) for row in (header, *rows)}) == 1
    names = [name for name in header.split("  ") if name.strip()]
    sums = dict(zip([name.strip() for name in names], map(int, rows[-1].split()[1:]), strict=True))
    assert sums["kills"] == 5
    assert (sums["in work"], sums["in collect"], sums["arrived"], sums["lost"]) == (2, 1, 7, 1)
    assert str(bad).endswith("\n    lost: ['K1: hold']")

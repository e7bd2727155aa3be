"""The desk is killed at random moments: nothing is lost, nothing arrives twice, every doubt is a person's.

``NEXTPAYER_KILLS`` says how often (20); ``python tests/support/killing.py`` does the long campaign.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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

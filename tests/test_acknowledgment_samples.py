"""The acknowledgments that the tests read are real ones: pyx12 finds nothing wrong with them.

pyx12 has no map of the 277 status response (005010X212) in its index, so that one is held against
`support.guide212` alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support import pyx12gate

SAMPLES = Path(__file__).parents[1] / "plugins" / "x12" / "tests"


@pytest.mark.skipif(bool(pyx12gate.skip_reason()), reason=str(pyx12gate.skip_reason()))
@pytest.mark.parametrize("name", ["syntax.999", "claims.277"])
def test_pyx12_finds_nothing_wrong_with_a_sample(name: str) -> None:
    text = (SAMPLES / name).read_text()
    assert pyx12gate.errors(text) == []
    broken = text.replace("IK5*A~\n", "").replace("NM1*41*2*LAKE CLINIC*****46*LAKECLINIC~\n", "")
    assert pyx12gate.errors(broken) != []

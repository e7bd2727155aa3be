"""The acknowledgments that the tests read are real ones: pyx12 finds nothing wrong with them.

pyx12 has no map of the 277 status response (005010X212) in its index; that sample is our own reading alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support import acknowledging, pyx12gate

SAMPLES = Path(__file__).parents[1] / "plugins" / "x12" / "tests"


@pytest.mark.skipif(bool(pyx12gate.skip_reason()), reason=str(pyx12gate.skip_reason()))
@pytest.mark.parametrize("name", ["syntax.999", "claims.277"])
def test_pyx12_finds_nothing_wrong_with_a_sample(name: str) -> None:
    text = (SAMPLES / name).read_text()
    assert pyx12gate.errors(text) == []
    broken = text.replace("IK5*A~\n", "").replace("NM1*41*2*LAKE CLINIC*****46*LAKECLINIC~\n", "")
    assert pyx12gate.errors(broken) != []


@pytest.mark.skipif(bool(pyx12gate.skip_reason()), reason=str(pyx12gate.skip_reason()))
def test_pyx12_finds_nothing_wrong_with_what_the_tests_receiver_writes() -> None:
    sent = (SAMPLES / "full" / "professional.837").read_text()
    (number,) = {one.number for one in acknowledging.sent(sent)[0].sets}
    for text in (
        acknowledging.ta1(sent, "R", "023"),
        acknowledging.syntax(sent, {number: "R"}),
        acknowledging.syntax(sent, {number: "E"}),
        acknowledging.syntax(sent),
        acknowledging.claims(sent),
        acknowledging.claims(sent, default="A7:562:85"),
    ):
        assert pyx12gate.errors(text) == []

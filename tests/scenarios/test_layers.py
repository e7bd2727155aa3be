"""Layers: the payer's, the state's, the clearinghouse's and the practice's wishes in the next claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scenarios.expect import decided, said, told
from scenarios.test_what_the_office_knows import SPEC, VISIT
from support.files import GREAT, PRIME, answer, claim_file, remittance_file
from support.run import Result, bill, command_line

PAYER = """
[payer]
ids = ["{payer}"]

[elements]
{elements}

[sources]
source = "Great Prairies manual (invented), chapter 7"
effective = 2020-01-01
"""
ABOVE = """
layer = "{layer}"

[applies]
{applies}

[elements]
{elements}

[sources]
source = "{layer} rules (invented)"
effective = 2020-01-01
"""
STATE = 'states = ["IL"]'
HOUSE = 'npis = ["1234567893"]'


def pack(elements: str, layer: str = "payer", applies: str = STATE) -> str:
    if layer == "payer":
        return PAYER.format(payer=GREAT.id, elements=elements)
    return ABOVE.format(layer=layer, applies=applies, elements=elements)


def run(tmp_path: Path, **packs: str) -> Result:
    folder = tmp_path / "packs"
    folder.mkdir(parents=True)
    for name, text in packs.items():
        (folder / f"{name}.toml").write_text(text)
    paid = remittance_file(answer(VISIT, SPEC), payer=PRIME)
    return bill(tmp_path, claim_file(VISIT), paid, payers=folder)


def elements(result: Result) -> dict[str, Any]:
    return {one["element"]: one for one in result.decision()["elements"]}


def test_a_payers_pack_sets_an_element_and_is_named(tmp_path: Path) -> None:
    result = run(tmp_path, great=pack('"2000B.SBR04" = "GOLD"'))
    assert result.claim()["sbr"][4] == "GOLD"
    one = elements(result)["2000B.SBR04"]
    assert (one["layer"], one["set_by"]) == ("payer", "pack great")
    assert one["source"] == "Great Prairies manual (invented), chapter 7"


def test_the_id_of_an_earlier_payer_changes_in_its_loop_and_in_its_line_decisions(tmp_path: Path) -> None:
    result = run(tmp_path, great=pack('"2330B.NM109" = "PRM77"'))
    assert told(result.claim(), "PRM77")["payer"]["nm1"][9] == "PRM77"
    (text,) = result.outgoing.values()
    assert "SVD*PRM77*" in text
    assert f"*PI*{PRIME.id}~" not in text


def test_the_highest_layer_wins_and_says_instead_of_whom(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        great=pack('"2000B.SBR04" = "GOLD"'),
        illinois=pack('"2000B.SBR04" = "STATE"', "state"),
        office=pack('"2000B.SBR04" = "OURS"', "practice", HOUSE),
    )
    assert result.claim()["sbr"][4] == "OURS"
    one = elements(result)["2000B.SBR04"]
    assert (one["layer"], one["set_by"]) == ("practice", "pack office")
    assert [(other["layer"], other["value"]) for other in one["instead_of"]] == [
        ("state", "STATE"),
        ("payer", "GOLD"),
    ]


@pytest.mark.parametrize("applies", ['states = ["TX"]', 'receivers = ["NOBODY"]', 'npis = ["1999999984"]'])
def test_a_pack_that_does_not_apply_sets_nothing(tmp_path: Path, applies: str) -> None:
    result = run(tmp_path, other=pack('"2000B.SBR04" = "GOLD"', "clearinghouse", applies))
    assert result.claim()["sbr"][4] == ""
    assert "elements" not in result.decision()


def test_two_packs_of_one_layer_that_disagree_hold_the_claim_and_are_both_named(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        one=pack('"2000B.SBR04" = "A"', "practice", HOUSE),
        two=pack('"2000B.SBR04" = "B"', "practice", HOUSE),
    )
    decision = decided(result, "hold", "NP-PACKS-DISAGREE")
    assert "pack one and pack two" in said(decision)
    assert result.outgoing == {}


def test_two_packs_of_one_layer_that_agree_are_no_conflict(tmp_path: Path) -> None:
    same = pack('"2000B.SBR04" = "A"', "practice", HOUSE)
    result = run(tmp_path, one=same, two=same)
    assert result.claim()["sbr"][4] == "A"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (pack('"2330B.NM190" = "X"'), 'the nearest known one is "2330B.NM109"'),
        (pack('"2300.CLM02" = "1.00"'), "elements.2300.CLM02: unknown key"),
        (pack('"2000B.SBR04" = 7'), "elements.2000B.SBR04: it is not a string"),
        (pack('"2000B.SBR04" = "X"', "practice", ""), "applies: it says not to which claims"),
        (pack('"2000B.SBR04" = "X"', "district"), "layer: it is not one of payer, state"),
    ],
)
def test_a_pack_that_cannot_be_used_is_refused_by_path(tmp_path: Path, text: str, says: str) -> None:
    result = run(tmp_path, wrong=text)
    assert result.exit_code == 2
    assert says in result.stderr


def explain(result: Result, element: str, *args: str) -> tuple[int, str, str]:
    return command_line(
        ["explain", "ACCT1001", "--report", str(result.out / "report.json"), "--element", element, *args]
    )


def test_explain_says_who_set_an_element(tmp_path: Path) -> None:
    result = run(tmp_path, great=pack('"2330B.NM109" = "PRM77"'))
    status, out, _ = explain(result, "2330B.NM109")
    assert status == 0
    assert "PRM77" in out
    assert "payer, set by pack great: Great Prairies manual (invented), chapter 7" in out
    _, out, _ = explain(result, "2010BB.NM109", "--json")
    (value,) = json.loads(out)["values"]
    assert (value["value"], value["layer"]) == (GREAT.id, "standard")


def test_explain_refuses_an_element_that_no_layer_may_set(tmp_path: Path) -> None:
    result = run(tmp_path, great=pack('"2000B.SBR04" = "GOLD"'))
    status, _, err = explain(result, "2330B.NM108")
    assert status == 2
    assert "2330B.NM10" in err

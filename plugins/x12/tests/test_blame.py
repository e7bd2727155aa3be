"""A claim that is set aside says which element of which segment was the reason."""

from __future__ import annotations

import pytest

from nextpayer.ports import Quarantined
from nextpayer.remittance import Remittance
from nextpayer_x12.elements import Elements
from nextpayer_x12.payments import PaymentParser
from nextpayer_x12.tokens import Delimiters

GOOD = (
    "A1*1*100*80*20*12*ICN1*11*1~CAS*CO*45*5~NM1*QC*1*ROE*ANN~"
    "SVC*HC:99213*100*80**1~DTM*472*20250110~CAS*PR*2*20~AMT*B6*100"
)


def reason(wrong: str, right: str) -> str:
    assert right in GOOD
    parser = PaymentParser(Elements(Delimiters()), "era.835")
    found = parser.read(GOOD.replace(right, wrong, 1), Remittance(payer_name="P", payer_ids=()), 14)
    assert isinstance(found, Quarantined)
    assert (found.segment, found.claim_id) == (14, "A1")
    return found.reason


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ("1OO", "100*80*20", "CLP03 (segment 14): "),
        ("*45*5.001", "*45*5", "CAS03 (segment 15): "),
        ("99213*1e2", "99213*100", "SVC02 (segment 17): "),
        ("**one~DTM", "**1~DTM", "SVC05 (segment 17): "),
        ("20250230", "20250110", "DTM02 (segment 18): "),
        ("PR*2*NaN", "PR*2*20", "CAS03 (segment 19): "),
        ("B6*", "B6*100", "AMT02 (segment 20): "),
    ],
)
def test_the_element_is_named(wrong: str, right: str, where: str) -> None:
    assert reason(wrong, right).startswith(where)


def test_the_value_is_not() -> None:
    assert "20250230" not in reason("20250230", "20250110")

"""What a payer pack demands is checked; what cannot be checked, a pack cannot demand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from nextpayer.errors import InvalidNoun
from nextpayer.profile import Profile
from nextpayer.required import REQUIRED

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "payer-packs.md"


def pack(*elements: str) -> Profile:
    return Profile(
        name="p",
        payer_ids=("1",),
        source="a manual",
        effective=dt.date(2025, 1, 1),
        required_elements=elements,
    )


def test_a_pack_may_demand_what_can_be_checked() -> None:
    assert pack(*REQUIRED).required_elements == tuple(REQUIRED)


def test_a_pack_may_not_demand_what_cannot() -> None:
    with pytest.raises(InvalidNoun, match="cannot be checked"):
        pack("2330B REF*F9")


@pytest.mark.skipif(not DOCS.exists(), reason="the member stands alone, without the docs")
def test_the_docs_list_every_one() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [element for element in REQUIRED if f"`{element}`" not in text] == []

"""The packs of Medicare's contractors: fit to ship, and nothing in them that is the adapter's to reckon."""

from __future__ import annotations

import datetime as dt

import pytest

from nextpayer.claim import ClaimKind
from nextpayer.testing import pack_faults
from nextpayer.testing.accounts import account, policy
from nextpayer.wire.packs import Pack
from nextpayer.wire.shipped import shipped
from nextpayer_medicare import Medicare

OURS = [pack for pack in shipped().packs if shipped().origins[pack.name].startswith("nextpayer-medicare ")]


def test_the_packs_are_fit_to_ship() -> None:
    assert pack_faults("nextpayer-medicare") == []
    assert len(OURS) >= 10


@pytest.mark.parametrize("pack", OURS, ids=lambda pack: pack.name)
def test_a_pack_is_of_part_a_or_part_b_by_name_and_filing_indicator(pack: Pack) -> None:
    values = {setting.key: setting.value for setting in pack.settings}
    assert values["payer.filing_indicator"] == {"a": "MA", "b": "MB"}[pack.name[-1]]
    assert values["claims.adapter"] == "medicare"


@pytest.mark.parametrize("pack", [pack for pack in OURS if pack.profile], ids=lambda pack: pack.name)
def test_one_calendar_year_is_the_adapters_and_no_pack_takes_a_day_off_it(pack: Pack) -> None:
    assert not [setting.key for setting in pack.settings if setting.key.startswith("filing.")]
    medicare = policy("00882", "S", "MB")
    found = account(policy("ACME1", "P", "CI"), medicare)
    assert found.claim.kind is ClaimKind.PROFESSIONAL
    deadline = Medicare(pack.profile).deadline(found, medicare)
    assert deadline is not None
    assert (deadline.day, deadline.rule) == (dt.date(2026, 1, 10), "NP-MCR-ONE-YEAR")


def test_a_contractor_that_wants_paper_for_a_third_claim_says_where_it_says_so() -> None:
    pack = shipped().get("first-coast-jn-part-b")
    assert pack.profile is not None
    assert pack.profile.electronic_tertiary is False
    assert "138521" in pack.profile.source_of("claims.electronic_tertiary")

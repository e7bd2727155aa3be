"""The packs of Blue, dental, TRICARE and other plans: fit to ship, and their waits are kept."""

from __future__ import annotations

import datetime as dt

import pytest

from nextpayer.testing import pack_faults
from nextpayer.testing.accounts import account, policy
from nextpayer.wire.packs import Pack
from nextpayer.wire.shipped import shipped
from nextpayer_commercial import Commercial

OURS = [pack for pack in shipped().packs if shipped().origins[pack.name].startswith("nextpayer-commercial ")]
BLUE = [pack for pack in OURS if "blue-plan" in pack.chain]


def value(pack: Pack, key: str) -> object:
    return next((setting.value for setting in pack.settings if setting.key == key), None)


def test_the_packs_are_fit_to_ship() -> None:
    assert pack_faults("nextpayer-commercial") == []
    assert len(BLUE) >= 10


@pytest.mark.parametrize("pack", BLUE, ids=lambda pack: pack.name)
def test_a_blue_plan_has_its_indicator_and_waits_as_it_publishes(pack: Pack) -> None:
    assert value(pack, "payer.filing_indicator") == "BL"
    assert value(pack, "filing.crossover_wait_days") == (45 if pack.name == "bcbs-kansas" else 30)


def test_a_claim_after_medicare_waits_and_the_finding_names_the_association() -> None:
    plan = policy("84980", "S", "BL")
    adapter = Commercial(shipped().get("bcbs-texas").profile)
    found = account(policy("00882", "P", "MB"), plan)  # decided on 2025-02-05
    (finding,) = adapter.objections(found, plan, dt.date(2025, 3, 6))
    assert finding.id == "NP-CROSSOVER-WAIT"
    assert "Association rule of October 2013" in finding.source
    assert list(adapter.objections(found, plan, dt.date(2025, 3, 7))) == []


@pytest.mark.parametrize("name", ["generic-ppo", "generic-hmo", "generic-medigap"])
def test_a_generic_pack_claims_nothing_that_is_a_contracts(name: str) -> None:
    pack = shipped().get(name)
    allowed = {"payer.filing_indicator", "claims.adapter", "filing.crossover_wait_days"}
    assert {setting.key for setting in pack.settings} <= allowed
    assert pack.profile is None


def test_tricare_easts_id_changed_with_its_claims_processor() -> None:
    old, new = (shipped().get(name).profile for name in ("tricare-east-2018", "tricare-east"))
    assert old is not None
    assert new is not None
    assert (old.payer_ids, new.payer_ids) == (("TREST",), ("99727",))
    assert old.holds_on(dt.date(2024, 12, 31))
    assert not old.holds_on(dt.date(2025, 5, 1))
    assert new.timely_filing_days == 365

"""The packs are fit to ship, and say what the manual says."""

from __future__ import annotations

import datetime as dt

from nextpayer.policy import Payer, Person, Policy
from nextpayer.profile import Profiles
from nextpayer.testing import pack_faults
from nextpayer.wire.shipped import shipped

OURS = {pack.name: pack.profile for pack in shipped().packs if pack.name.startswith("sunrise")}


def test_our_packs_are_fit_to_ship() -> None:
    assert pack_faults("nextpayer-sunrise") == []


def test_the_dental_plan_has_its_own_filing_limit_and_the_same_method() -> None:
    medical, dental = OURS["sunrise"], OURS["sunrise-dental"]
    assert medical is not None
    assert dental is not None
    assert (medical.timely_filing_days, dental.timely_filing_days) == (365, 180)
    assert medical.cob_method == dental.cob_method == "nonduplication"


def test_a_policy_finds_its_pack_by_the_payers_id() -> None:
    found = Profiles(tuple(profile for profile in OURS.values() if profile is not None))
    policy = Policy(payer=Payer(id="SUNRISED", name="SUNRISE DENTAL"), holder=Person())
    profile = found.find(policy, dt.date(2026, 3, 1))
    assert profile is not None
    assert profile.name == "sunrise-dental"

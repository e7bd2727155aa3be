"""The packs of state programmes: fit to ship, and each with the rule that its state publishes."""

from __future__ import annotations

import pytest

from nextpayer.testing import pack_faults
from nextpayer.wire.packs import Document, load_packs
from nextpayer.wire.shipped import shipped

OURS = [pack for pack in shipped().packs if shipped().origins[pack.name].startswith("nextpayer-medicaid ")]

#: After Medicare, after another payer, by claim or by line; None where the state's rule was not found.
RULES = {
    "alabama-medicaid": (None, "lesser_of", None),
    "california-medicaid": ("lesser_of", None, "claim"),
    "florida-medicaid": ("lesser_of", None, None),
    "idaho-medicaid": ("lesser_of", None, "line"),
    "indiana-medicaid": ("lesser_of", None, "claim"),
    "kentucky-medicaid": (None, "rate_less_payment", None),
    "north-carolina-medicaid": ("lesser_of", "lesser_of", "claim"),
    "texas-medicaid": ("lesser_of", None, None),
    "wisconsin-medicaid": (None, None, None),
}


def test_the_packs_are_fit_to_ship() -> None:
    assert pack_faults("nextpayer-medicaid") == []
    assert {pack.name for pack in OURS} == {*RULES, "medicaid-programme"}


@pytest.mark.parametrize("name", RULES)
def test_a_programme_pays_by_its_published_rule(name: str) -> None:
    """The packs know no payer id: here is what an office writes to use one."""
    mine = {
        "extends": name,
        "payer": {"ids": ["MCD"]},
        "sources": {"source": "our enrollment", "effective": "2026-01-01"},
    }
    (pack,) = load_packs([Document(file="mine.toml", name="mine", content=mine)], lambda: shipped().documents)
    assert pack.profile is not None
    assert (pack.profile.adapter, pack.profile.filing_indicator) == ("medicaid", "MC")
    terms = pack.profile.medicaid
    assert terms is not None
    crossover, third_party, level = RULES[name]
    assert (terms.crossover, terms.third_party, terms.level) == (
        crossover or "",
        third_party or "",
        level or "",
    )


def test_wisconsins_figures_are_part_bs_and_texas_has_a_rule_of_its_own_for_health_centers() -> None:
    values = {pack.name: {s.key: s.value for s in pack.settings} for pack in OURS}
    assert values["wisconsin-medicaid"]["medicaid.by_category"] == {"part_b": "lesser_of"}
    assert values["texas-medicaid"]["medicaid.by_category"] == {"fqhc": "deductible_full_coinsurance_lesser"}

"""Packs that distributions ship: found by entry point, and a broken one spoils no other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nextpayer import registry
from nextpayer.errors import PluginConflict, PluginError, PluginLoadFailed, UnusableInput
from nextpayer.testing import FakeDistributions, pack_faults
from nextpayer.wire.shipped import Shipped, shipped

SOURCES = '[sources]\nsource = "an invented manual"\neffective = 2025-01-01\n'
PLAN = '[payer]\nids = ["{id}"]\n' + SOURCES


def provider(fake: FakeDistributions, dist: str, files: Mapping[str, str], init: str = "") -> None:
    module = dist.replace("-", "_")
    packs: dict[str, str | bytes] = {
        f"{module}/{name}": text.encode("latin-1") for name, text in files.items()
    }
    packs[f"{module}/__init__.py"] = init
    fake(dist, "1.0", {"nextpayer.packs": {dist: module}}, files=packs)


def theirs(found: Shipped) -> dict[str, str]:
    return {name: origin for name, origin in found.origins.items() if origin.startswith("v-")}


def told(found: Shipped) -> str:
    (problem,) = found.problems
    return str(problem)


def test_packs_are_found_with_the_distribution_that_ships_them(fake_distribution: FakeDistributions) -> None:
    provider(fake_distribution, "v-one", {"sunrise.toml": PLAN.format(id="SUN1"), "notes.txt": "not a pack"})
    found = shipped()
    assert theirs(found) == {"sunrise": "v-one 1.0"}
    assert found.problems == ()
    profile = found.get("sunrise").profile
    assert profile is not None
    assert profile.payer_ids == ("SUN1",)


def test_a_pack_may_extend_one_that_another_distribution_ships(fake_distribution: FakeDistributions) -> None:
    provider(
        fake_distribution,
        "v-one",
        {"base.toml": "abstract = true\n" + SOURCES + '[cob]\nmethod = "reserve"\n'},
    )
    provider(fake_distribution, "v-two", {"moon.toml": 'extends = "base"\n' + PLAN.format(id="MOON")})
    profile = shipped().get("moon").profile
    assert profile is not None
    assert profile.cob_method == "reserve"


@pytest.mark.parametrize(
    ("files", "init", "said"),
    [
        ({"bad.toml": "[payer\n"}, "", "packs 'v-bad' (v-bad 1.0): bad.toml cannot be read: TOMLDecodeError"),
        ({"bad.toml": "\xff"}, "", "packs 'v-bad' (v-bad 1.0): bad.toml cannot be read: UnicodeDecodeError"),
        ({"bad.toml": PLAN.format(id="B") + "dais = 1\n"}, "",
         "payer pack 'bad' (v-bad 1.0): cannot be used: sources.dais: unknown key; the nearest known one is"),
        ({"bad.toml": PLAN.format(id="B")}, "raise RuntimeError('no licence')",
         "packs 'v-bad' (v-bad 1.0): cannot be imported: RuntimeError: no licence"),
    ],
)  # fmt: skip
def test_what_is_broken_is_reported_and_stops_no_other(
    files: dict[str, str], init: str, said: str, fake_distribution: FakeDistributions
) -> None:
    provider(fake_distribution, "v-bad", files, init)
    provider(fake_distribution, "v-good", {"moon.toml": PLAN.format(id="MOON")})
    found = shipped()
    assert theirs(found) == {"moon": "v-good 1.0"}
    assert told(found).startswith(said)


def test_a_pack_that_extends_a_broken_one_is_left_out_with_it(fake_distribution: FakeDistributions) -> None:
    base = "abstract = true\n" + SOURCES + "dais = 1\n"
    provider(
        fake_distribution,
        "v-one",
        {"base.toml": base, "moon.toml": 'extends = "base"\n' + PLAN.format(id="M")},
    )
    found = shipped()
    assert theirs(found) == {}
    assert {problem.name for problem in found.problems} == {"base", "moon"}


def test_two_distributions_that_supply_one_pack_name_are_named_and_neither_is_used(
    fake_distribution: FakeDistributions,
) -> None:
    for dist in ("v-one", "v-two"):
        provider(fake_distribution, dist, {"moon.toml": PLAN.format(id=dist)})
    found = shipped()
    assert theirs(found) == {}
    assert told(found) == "payer pack 'moon' is supplied by v-one 1.0 and v-two 1.0; uninstall all but one"
    with pytest.raises(PluginConflict, match=r"v-one 1\.0 and v-two 1\.0"):
        found.get("moon")


def test_a_module_that_is_no_package_is_listed_as_broken(fake_distribution: FakeDistributions) -> None:
    fake_distribution("v-flat", "1.0", {"nextpayer.packs": {"flat": "v_flat"}}, v_flat="x = 1")
    (status,) = [status for status in registry.survey() if status.name == "flat"]
    assert (status.kind, status.status) == ("packs", "broken")
    assert "is not a package of TOML files" in status.error
    (problem,) = shipped().problems
    assert isinstance(problem, PluginLoadFailed)


def test_an_unknown_name_names_the_nearest(fake_distribution: FakeDistributions) -> None:
    provider(fake_distribution, "v-one", {"moonlight-health.toml": PLAN.format(id="M")})
    with pytest.raises(UnusableInput, match=r"^moonlite-health: .*the nearest is moonlight-health$"):
        shipped().get("moonlite-health")


def test_what_is_wrong_with_a_pack_is_raised_for_whoever_asks_for_it(
    fake_distribution: FakeDistributions,
) -> None:
    provider(fake_distribution, "v-bad", {"bad.toml": PLAN.format(id="B") + "dais = 1\n"})
    with pytest.raises(PluginError, match="bad"):
        shipped().get("bad")


def test_the_kit_says_what_is_wrong_with_a_distributions_packs(fake_distribution: FakeDistributions) -> None:
    assert pack_faults("v-one") == ["v-one ships no payer pack"]
    provider(fake_distribution, "v-one", {"moon.toml": PLAN.format(id="M"), "bad.toml": "abstract = true\n"})
    (fault,) = pack_faults("v-one")
    assert fault.startswith("payer pack 'bad' (v-one 1.0): cannot be used: sources: ")

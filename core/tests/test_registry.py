"""Loading plugins: real distributions on disk, most of them broken in one way."""

from __future__ import annotations

import pytest

from nextpayer import registry
from nextpayer.errors import PluginConflict, PluginError, PluginIncompatible, PluginLoadFailed, PluginNotFound
from nextpayer.requirements import admits, specifiers_on
from nextpayer.testing import FakeDistributions

GOOD = "class Driver: api_version = 1"

CRASHES = {
    "raises": ("raise RuntimeError('no licence file')", "RuntimeError: no licence file"),
    "exits": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "asserts": ("assert False, 'not on this machine'", "AssertionError: not on this machine"),
    "does not parse": ("def broken(:\n", "SyntaxError"),
    "lacks the attribute": ("x = 1", "AttributeError"),
    "misses a dependency": ("import no_such_module_anywhere", "ModuleNotFoundError"),
    "stops on a base exception": ("class Stop(BaseException): pass\nraise Stop('enough')", "Stop: enough"),
}


def adapter(fake: FakeDistributions, dist: str, name: str, source: str, **more: object) -> None:
    module = dist.replace("-", "_")
    fake(dist, "1.2", {"nextpayer.adapters": {name: f"{module}:Driver"}}, **more, **{module: source})  # type: ignore[arg-type]


def status_of(name: str) -> registry.PluginStatus:
    (found,) = [status for status in registry.survey() if status.name == name]
    return found


def test_a_driver_comes_back_as_its_class(fake_distribution: FakeDistributions) -> None:
    adapter(fake_distribution, "vendor-a", "acme", GOOD)
    assert registry.load("adapter", "acme").__name__ == "Driver"


def test_listing_imports_nothing(fake_distribution: FakeDistributions) -> None:
    adapter(fake_distribution, "vendor-a", "acme", "raise RuntimeError")
    assert "acme" in [ep.name for ep in registry.declared("adapter")]


def test_a_driver_class_that_counts_as_false_is_still_found(fake_distribution: FakeDistributions) -> None:
    falsy = "class Meta(type):\n    def __len__(cls): return 0\nclass Driver(metaclass=Meta): api_version = 1"
    adapter(fake_distribution, "vendor-a", "acme", falsy)
    assert registry.load("adapter", "acme").__name__ == "Driver"


@pytest.mark.parametrize("crash", CRASHES)
def test_whatever_an_import_does_is_one_error_with_the_distribution(
    crash: str, fake_distribution: FakeDistributions
) -> None:
    source, text = CRASHES[crash]
    adapter(fake_distribution, "vendor-a", "acme", source)
    with pytest.raises(PluginLoadFailed) as caught:
        registry.load("adapter", "acme")
    assert "adapter 'acme' (vendor-a 1.2): cannot be imported" in str(caught.value)
    assert text in str(caught.value)


@pytest.mark.parametrize("crash", CRASHES)
def test_a_crashing_plugin_is_reported_and_its_neighbour_works(
    crash: str, fake_distribution: FakeDistributions
) -> None:
    adapter(fake_distribution, "vendor-a", "acme", CRASHES[crash][0])
    adapter(fake_distribution, "vendor-b", "beta", GOOD)
    assert (status_of("acme").status, status_of("acme").distribution) == ("broken", "vendor-a")
    assert status_of("beta").status == "ok"
    assert registry.load("adapter", "beta")


def test_an_interrupt_during_import_is_the_users_and_goes_through(
    fake_distribution: FakeDistributions,
) -> None:
    adapter(fake_distribution, "vendor-a", "acme", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        registry.load("adapter", "acme")


def test_strict_mode_lets_the_plugins_own_exception_through(
    fake_distribution: FakeDistributions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEXTPAYER_STRICT_PLUGINS", "1")
    adapter(fake_distribution, "vendor-a", "acme", "raise RuntimeError('mine')")
    with pytest.raises(RuntimeError, match="mine"):
        registry.load("adapter", "acme")


@pytest.mark.parametrize("order", [("vendor-a", "vendor-b"), ("vendor-b", "vendor-a")], ids="-".join)
def test_two_suppliers_of_one_name_are_an_error_that_names_both(
    order: tuple[str, str], fake_distribution: FakeDistributions
) -> None:
    for dist in order:
        adapter(fake_distribution, dist, "acme", GOOD)
    with pytest.raises(PluginConflict) as caught:
        registry.load("adapter", "acme")
    assert "is supplied by vendor-a 1.2 and vendor-b 1.2" in str(caught.value)


def test_a_conflict_is_found_though_another_name_stands_between(fake_distribution: FakeDistributions) -> None:
    fake_distribution(
        "vendor-a", "1.0", {"nextpayer.adapters": {"acme": "va:Driver", "beta": "va:Driver"}}, va=GOOD
    )
    fake_distribution("vendor-b", "1.0", {"nextpayer.adapters": {"acme": "vb:Driver"}}, vb=GOOD)
    with pytest.raises(PluginConflict):
        registry.load("adapter", "acme")
    assert registry.load("adapter", "beta")
    conflicts = [s.distribution for s in registry.survey() if s.status == "conflict"]
    assert conflicts == ["vendor-a", "vendor-b"]


def test_an_unknown_name_lists_what_is_installed_and_the_nearest(
    fake_distribution: FakeDistributions,
) -> None:
    adapter(fake_distribution, "vendor-a", "acmehealth", GOOD)
    with pytest.raises(PluginNotFound) as caught:
        registry.load("adapter", "acmehelth")
    assert "did you mean 'acmehealth'?" in str(caught.value)
    assert "installed: " in str(caught.value)


def test_a_name_we_publish_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [])
    with pytest.raises(PluginNotFound, match="install nextpayer-x12"):
        registry.load("form", "837P")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "class Driver: api_version = 0",
            "written for version 0 of the adapter interface, and this is version 1; update vendor-a",
        ),
        ("class Driver: api_version = 2", "update nextpayer"),
        ("class Driver: pass", "declares no api_version"),
        ("class Driver: api_version = '1'", "declares no api_version"),
        ("Driver = 5", "is not a class"),
    ],
)
def test_a_driver_for_another_interface_is_refused_with_a_sentence(
    source: str, text: str, fake_distribution: FakeDistributions
) -> None:
    adapter(fake_distribution, "vendor-a", "acme", source)
    with pytest.raises(PluginIncompatible) as caught:
        registry.load("adapter", "acme")
    assert "(vendor-a 1.2)" in str(caught.value)
    assert text in str(caught.value)
    assert status_of("acme").status == "incompatible"


def test_a_distribution_made_for_an_older_core_is_refused_before_its_import(
    fake_distribution: FakeDistributions,
) -> None:
    adapter(fake_distribution, "vendor-a", "acme", "raise RuntimeError", requires=["nextpayer<0.1"])
    with pytest.raises(PluginIncompatible, match=r"needs nextpayer <0\.1, and this is .*; update vendor-a"):
        registry.load("adapter", "acme")


def test_a_reinstalled_distribution_is_seen_at_once(fake_distribution: FakeDistributions) -> None:
    adapter(fake_distribution, "vendor-a", "old", GOOD)
    assert registry.load("adapter", "old")
    fake_distribution.remove()
    adapter(fake_distribution, "vendor-a", "new", GOOD)
    assert registry.load("adapter", "new")
    with pytest.raises(PluginNotFound):
        registry.load("adapter", "old")


@pytest.mark.parametrize(
    ("kind", "name", "group"),
    [("hooks", "core", "nextpayer.hooks"), ("command", "plugins", "nextpayer.commands")],
)
def test_a_plugin_that_takes_a_name_of_the_core_is_in_conflict_and_stops_nothing(
    kind: str, name: str, group: str, fake_distribution: FakeDistributions
) -> None:
    fake_distribution("vendor-a", "1.0", {group: {name: "va"}}, va="")
    theirs = [s for s in registry.survey() if s.distribution == "vendor-a"]
    assert [(s.kind, s.status) for s in theirs] == [(kind, "conflict")]
    assert registry.hooks().problems == ()


def test_every_status_carries_the_origin(fake_distribution: FakeDistributions) -> None:
    adapter(fake_distribution, "vendor-a", "acme", GOOD)
    assert status_of("acme") == registry.PluginStatus(
        kind="adapter",
        name="acme",
        distribution="vendor-a",
        version="1.2",
        target="vendor_a:Driver",
        status="ok",
    )


def test_every_plugin_error_carries_kind_name_and_origin(fake_distribution: FakeDistributions) -> None:
    adapter(fake_distribution, "vendor-a", "acme", "raise RuntimeError")
    with pytest.raises(PluginError) as caught:
        registry.load("adapter", "acme")
    assert (caught.value.kind, caught.value.name, caught.value.origin) == ("adapter", "acme", "vendor-a 1.2")


@pytest.mark.parametrize(
    ("specifier", "version", "answer"),
    [
        (">=0.1,<0.2", "0.1.0", True),
        (">=0.1,<0.2", "0.2", False),
        (">=0.1,<0.2", "0.10.1", False),
        ("<0.1", "0.1.0", False),
        ("~=0.1.2", "0.1.9", True),
        ("~=0.1.2", "0.1.1", False),
        ("~=0.1", "0.9", True),
        ("~=1.0.0", "1", True),
        ("==0.1.*", "0.1.7", True),
        ("==0.1.*", "0.2.0", False),
        ("!=0.1", "0.1.0", False),
        ("==0.1", "0.1.0", True),
        ("", "0.1.0", True),
        ("===weird", "0.1.0", True),
        (">0.1", "0.1.1", True),
    ],
)
def test_version_ranges(specifier: str, version: str, answer: bool) -> None:
    assert admits(specifier, version) is answer


def test_ranges_are_found_among_other_requirements_and_extras_left_out() -> None:
    lines = ["click>=8", "nextpayer[testing]<2; extra == 'test'", "NextPayer (>=0.1,<0.2)", "nextpayer-x12<9"]
    assert specifiers_on("nextpayer", lines) == [">=0.1,<0.2"]

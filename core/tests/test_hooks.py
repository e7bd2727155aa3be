"""Calling hooks: what one plugin does wrong has its name on it and harms no other."""

from __future__ import annotations

import itertools
import logging
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from nextpayer import registry
from nextpayer.errors import PluginConflict, PluginFailed, PluginLoadFailed
from nextpayer.hooks import HookPlugin, Hooks
from nextpayer.hookspecs import NextpayerHooks, hookimpl
from nextpayer.testing import FakeDistributions

SECRET = "JANE ROE"
EVENTS = {
    "nextpayer_claim_decided": lambda hooks: hooks.claim_decided(SECRET),
    "nextpayer_remittance_posted": lambda hooks: hooks.remittance_posted(SECRET),
    "nextpayer_claim_rendered": lambda hooks: hooks.claim_rendered(SECRET, "outgoing/x.837"),
}


def plugin(name: str, **implementations: Any) -> HookPlugin:
    """A hook plugin from plain functions."""
    members = {hook: hookimpl(function) for hook, function in implementations.items()}
    module = ModuleType(name)
    vars(module).update(members)
    return HookPlugin(name=name, origin=f"vendor-{name} 1.0", plugin=module)


def item(id: str, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(id=id, **more)


def edits(*items: Any) -> Any:
    return lambda: list(items)


def test_contributions_come_sorted_by_phase_then_id() -> None:
    hooks = Hooks(
        [
            plugin("a", nextpayer_edits=edits(item("Z", phase=10), item("B", phase=90))),
            plugin("b", nextpayer_edits=edits(item("A"), item("C", phase=50))),
        ]
    )
    assert [edit.id for edit in hooks.edits()] == ["Z", "A", "C", "B"]


def test_results_do_not_depend_on_the_order_of_registration() -> None:
    plugins = [
        plugin("a", nextpayer_edits=edits(item("3")), nextpayer_resolve_payer=lambda: None),
        plugin("b", nextpayer_edits=edits(item("1")), nextpayer_resolve_payer=lambda: "from-b"),
        plugin("c", nextpayer_edits=edits(item("2")), nextpayer_resolve_payer=lambda: "from-c"),
    ]
    policy: Any = object()
    answers = {
        (tuple(edit.id for edit in hooks.edits()), hooks.resolve_payer(policy))
        for hooks in map(Hooks, itertools.permutations(plugins))
    }
    assert answers == {(("1", "2", "3"), "from-b")}


@pytest.mark.parametrize("hook", ["nextpayer_edits", "nextpayer_denial_rules"])
def test_one_id_twice_is_an_error_that_names_both_plugins(hook: str) -> None:
    hooks = Hooks([plugin("a", **{hook: edits(item("X"))}), plugin("b", **{hook: edits(item("X"))})])
    with pytest.raises(PluginConflict) as caught:
        hooks.edits() if hook == "nextpayer_edits" else hooks.denial_rules()
    assert "hooks 'a' (vendor-a 1.0)" in str(caught.value)
    assert "hooks 'b' (vendor-b 1.0)" in str(caught.value)


def failing(*_: Any) -> Any:
    raise ValueError(SECRET)


def exiting() -> Any:
    raise SystemExit(3)


def halfway() -> Any:
    yield item("X")
    raise ValueError(SECRET)


@pytest.mark.parametrize(
    "broken", [failing, exiting, halfway, lambda: [object()], lambda: [item("")], lambda: 5]
)
def test_a_contributing_hook_that_fails_is_named_and_stops_the_money(broken: Any) -> None:
    hooks = Hooks([plugin("a", nextpayer_edits=edits(item("A"))), plugin("b", nextpayer_edits=broken)])
    with pytest.raises(PluginFailed) as caught:
        hooks.edits()
    assert "hooks 'b' (vendor-b 1.0): raised" in str(caught.value)
    assert "answering nextpayer_edits" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_failing_payer_resolver_is_named_and_raised() -> None:
    hooks = Hooks([plugin("a", nextpayer_resolve_payer=failing)])
    with pytest.raises(PluginFailed, match="vendor-a"):
        hooks.resolve_payer(SECRET)  # type: ignore[arg-type]


def test_nobody_resolving_a_payer_is_none_and_an_empty_answer_is_an_answer() -> None:
    policy: Any = object()
    assert Hooks().resolve_payer(policy) is None
    both = [
        plugin("a", nextpayer_resolve_payer=lambda: ""),
        plugin("b", nextpayer_resolve_payer=lambda: "beta"),
    ]
    assert Hooks(both).resolve_payer(policy) == ""


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("error", [ValueError(SECRET), SystemExit(SECRET), AssertionError(SECRET)])
def test_a_failing_listener_is_logged_by_name_and_the_others_still_hear(
    event: str, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def fail() -> None:
        raise error

    hooks = Hooks(
        [
            plugin("a", **{event: lambda: heard.append("a")}),
            plugin("b", **{event: fail}),
            plugin("c", **{event: lambda: heard.append("c")}),
        ]
    )
    with caplog.at_level(logging.DEBUG):
        EVENTS[event](hooks)
    assert heard == ["a", "c"]
    (record,) = caplog.records
    assert "hooks 'b' (vendor-b 1.0)" in record.getMessage()
    assert SECRET not in caplog.text


@pytest.mark.parametrize("event", EVENTS)
def test_whether_an_event_is_heard_can_be_asked(event: str) -> None:
    assert event not in Hooks().heard
    assert event in Hooks([plugin("a", **{event: lambda: None})]).heard


def test_a_listener_takes_only_the_arguments_it_names() -> None:
    files: list[str] = []
    hooks = Hooks([plugin("a", nextpayer_claim_rendered=lambda output: files.append(output))])
    hooks.claim_rendered(SECRET, "outgoing/x.837")  # type: ignore[arg-type]
    assert files == ["outgoing/x.837"]


def test_every_hook_has_a_method_on_the_facade() -> None:
    specs = [name for name in vars(NextpayerHooks) if name.startswith("nextpayer_")]
    assert specs
    assert all(callable(getattr(Hooks, name.removeprefix("nextpayer_"))) for name in specs)


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        ({"nextpayer_edit": edits()}, "unknown hook 'nextpayer_edit'"),
        ({"nextpayer_claim_decided": lambda decision, colour: None}, "{'colour'}"),
    ],
    ids=["misspelt hook", "unknown argument"],
)
def test_a_hook_that_does_not_fit_its_specification_leaves_its_plugin_out(broken: Any, text: str) -> None:
    hooks = Hooks(
        [plugin("a", **broken, nextpayer_denial_rules=failing), plugin("b", nextpayer_edits=edits(item("B")))]
    )
    (problem,) = hooks.problems
    assert isinstance(problem, PluginLoadFailed)
    assert "hooks 'a' (vendor-a 1.0): cannot be registered" in str(problem)
    assert text in str(problem)
    assert [edit.id for edit in hooks.edits()] == ["B"]
    assert hooks.denial_rules() == ()


def test_a_class_is_instantiated_and_may_subclass_the_specifications() -> None:
    class Mine(NextpayerHooks):
        @hookimpl
        def nextpayer_resolve_payer(self, policy: Any) -> str | None:
            return "mine"

    hooks = Hooks([HookPlugin(name="a", origin="vendor-a 1.0", plugin=Mine)])
    assert hooks.problems == ()
    assert hooks.resolve_payer(SECRET) == "mine"  # type: ignore[arg-type]
    assert hooks.edits() == ()


class Refuses:
    def __init__(self) -> None:
        raise RuntimeError("no licence file")


@pytest.mark.parametrize("odd", [None, Refuses, SimpleNamespace()], ids=["None", "refuses", "unhashable"])
def test_an_object_that_cannot_be_registered_is_reported(odd: Any) -> None:
    hooks = Hooks([HookPlugin(name="a", origin="vendor-a 1.0", plugin=odd)])
    assert "hooks 'a' (vendor-a 1.0): cannot be registered" in str(hooks.problems[0])


def test_tracing_names_the_plugins_that_are_called_and_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEXTPAYER_TRACE_HOOKS", "1")
    Hooks([plugin("a", nextpayer_claim_decided=lambda: None)]).claim_decided(SECRET)  # type: ignore[arg-type]
    assert capsys.readouterr().err == "nextpayer: nextpayer_claim_decided -> a\n"


def test_strict_mode_raises_a_listeners_own_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXTPAYER_STRICT_PLUGINS", "1")
    with pytest.raises(ValueError, match=SECRET):
        Hooks([plugin("a", nextpayer_claim_decided=failing)]).claim_decided(SECRET)  # type: ignore[arg-type]


GOOD = """
    from types import ModuleType, SimpleNamespace
    from nextpayer.hookspecs import hookimpl
    @hookimpl
    def nextpayer_edits():
        return [SimpleNamespace(id="ACME-1")]
"""
MISSPELT = """
    from nextpayer.hookspecs import hookimpl
    @hookimpl
    def nextpayer_claim_decide(decision): ...
"""


@pytest.mark.parametrize(
    "source", ["raise RuntimeError('x')", "raise SystemExit(3)", "assert False", "def :", MISSPELT]
)
def test_an_installed_hook_plugin_that_breaks_is_reported_and_the_next_one_works(
    source: str, fake_distribution: FakeDistributions, caplog: pytest.LogCaptureFixture
) -> None:
    fake_distribution("vendor-a", "1.0", {"nextpayer.hooks": {"aaa": "vendor_a"}}, vendor_a=source)
    fake_distribution("vendor-b", "1.0", {"nextpayer.hooks": {"bbb": "vendor_b"}}, vendor_b=GOOD)
    hooks = registry.hooks()
    assert "ACME-1" in [edit.id for edit in hooks.edits()]
    (problem,) = hooks.problems
    assert "hooks 'aaa' (vendor-a 1.0)" in str(problem)
    assert str(problem) in caplog.text
    statuses = {s.name: s.status for s in registry.survey() if s.kind == "hooks"}
    assert (statuses["aaa"], statuses["bbb"], statuses["core"]) == ("broken", "ok", "ok")


def test_two_hook_plugins_of_one_name_are_both_left_out_and_reported(
    fake_distribution: FakeDistributions,
) -> None:
    for letter in "ab":
        module = f"vendor_{letter}"
        fake_distribution(f"vendor-{letter}", "1.0", {"nextpayer.hooks": {"acme": module}}, **{module: GOOD})
    hooks = registry.hooks()
    assert [str(problem) for problem in hooks.problems] == [
        "hooks 'acme' is supplied by vendor-a 1.0 and vendor-b 1.0; uninstall all but one"
    ]
    assert "ACME-1" not in [edit.id for edit in hooks.edits()]


def test_the_core_rules_are_no_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [])
    with pytest.raises(registry.PluginNotFound, match="hooks 'core'"):
        registry.hooks()

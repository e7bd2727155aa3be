"""Plugins that were written for an earlier version work with this one as they are: found, sound and heard."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from nextpayer import registry
from nextpayer.hooks import HookPlugin, Hooks
from nextpayer.policy import Payer, Person, Policy
from nextpayer.ports import Accepted, Form, Submission, Transport
from nextpayer.testing import FakeDistributions
from nextpayer.testing.accounts import account, policy
from nextpayer.testing.conformance import (
    ADAPTER_CHECKS,
    FORM_CHECKS,
    AdapterSubject,
    FormSubject,
    run_checks,
)

HERE = Path(__file__).parent
VERSIONS = sorted(path.stem.removeprefix("plugin_") for path in HERE.glob("plugin_*.py"))


@pytest.fixture(params=VERSIONS)
def frozen(request: pytest.FixtureRequest, fake_distribution: FakeDistributions) -> str:
    """The plugin of one version, installed with the range that its author would have written."""
    module = f"plugin_{request.param}"
    fake_distribution(
        "nextpayer-old",
        "1.0",
        {
            "nextpayer.adapters": {"old": f"{module}:Old"},
            "nextpayer.forms": {"oldform": f"{module}:OldForm"},
            "nextpayer.transports": {"oldtransport": f"{module}:OldTransport"},
            "nextpayer.hooks": {"old": module},
        },
        **{module: (HERE / f"{module}.py").read_text(encoding="utf-8")},
    )
    return module


def test_there_is_one_of_this_version() -> None:
    assert "0_1" in VERSIONS


def test_it_keeps_every_law(frozen: str) -> None:
    adapter, form = registry.load("adapter", "old"), registry.load("form", "oldform")
    assert run_checks(AdapterSubject(adapter=adapter), ADAPTER_CHECKS).failed == ()
    assert run_checks(FormSubject(form=form), FORM_CHECKS).failed == ()


def test_its_drivers_are_what_the_ports_ask_for(frozen: str) -> None:
    transport = registry.load("transport", "oldtransport")({})
    assert isinstance(transport, Transport)
    assert isinstance(registry.load("form", "oldform")(), Form)
    sent = Submission(id="1", name="x.837", kind="837P", data=b"x")
    assert transport.send(sent) == Accepted(reference="1")


def test_its_hooks_are_asked_and_told(frozen: str) -> None:
    module: ModuleType = registry.load("hooks", "old")
    hooks = Hooks([HookPlugin(name="old", origin="nextpayer-old 1.0", plugin=module)])
    assert hooks.problems == ()
    assert [edit.id for edit in hooks.edits()] == ["OLD-2"]
    assert [rule.id for rule in hooks.denial_rules()] == ["OLD-CO-9999"]
    assert hooks.resolve_payer(Policy(payer=Payer(id="OLD1", name="OLD"), holder=Person())) == "old"
    hooks.claim_rendered(account(policy("A", "P", "CI"), policy("B", "S", "CI")).claim, "out/1.837")
    assert module.HEARD == ["out/1.837"]


def test_nothing_of_it_is_reported_as_broken(frozen: str) -> None:
    ours = [status for status in registry.survey() if status.distribution == "nextpayer-old"]
    assert [(status.kind, status.status) for status in ours] == [
        ("adapter", "ok"),
        ("form", "ok"),
        ("transport", "ok"),
        ("hooks", "ok"),
    ]

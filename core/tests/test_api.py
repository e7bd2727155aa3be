"""The interface for plugins changes only when somebody says so, and what will go says when."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from nextpayer import deprecation
from nextpayer.api import describe, differences
from nextpayer.deprecation import RemovedIn03Warning, RemovedWarning, deprecated

ANNOUNCED: dict[str, Any] = json.loads((Path(__file__).parent / "api.json").read_text(encoding="utf-8"))
HOW = (
    "the interface for plugins has changed. If that is meant: write it in CHANGELOG.md, and run"
    " `nextpayer plugins --api > core/tests/api.json`. A line that begins with `breaks` first needs a"
    " deprecation"
)


def test_the_interface_is_the_one_that_was_announced() -> None:
    assert list(differences(ANNOUNCED, describe())) == [], HOW


def test_the_description_tells_of_every_hook_and_of_every_kind_of_driver_with_a_version() -> None:
    told = describe()
    assert "nextpayer_edits" in told["hooks"]  # type: ignore[operator]
    assert set(told["interfaces"]) == set(told["versions"]) - {"executor"}  # type: ignore[call-overload]


Change = Callable[[dict[str, Any]], None]


def with_field(text: str) -> Change:
    return lambda api: api["values"]["Deadline"].update(grace=text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_field("int = ..."), "adds: values.Deadline.grace is new"),
        (with_field("int"), "breaks: values.Deadline.grace is new"),
        (lambda api: api["values"]["Deadline"].pop("day"), "breaks: values.Deadline.day is gone"),
        (lambda api: api["hooks"].pop("nextpayer_edits"), "breaks: hooks.nextpayer_edits is gone"),
        (
            lambda api: api["hooks"].update(nextpayer_edits="(x)"),
            "breaks: hooks.nextpayer_edits was () -> Iterable[Edit], is (x)",
        ),
        (
            lambda api: api["interfaces"]["adapter"]["PayerAdapter"]["methods"].update(appeals="()"),
            "adds: interfaces.adapter.PayerAdapter.methods.appeals is new",
        ),
        (
            lambda api: api["interfaces"]["form"]["Form"]["methods"].update(stop="()"),
            "breaks: interfaces.form.Form.methods.stop is new",
        ),
        (lambda api: api["interfaces"]["form"].update(FaxForm={}), "adds: interfaces.form.FaxForm is new"),
    ],
)
def test_a_change_is_told_with_what_it_does_to_plugins(change: Change, said: str) -> None:
    changed = copy.deepcopy(ANNOUNCED)
    change(changed)
    assert list(differences(ANNOUNCED, changed)) == [said]


def test_a_deprecation_names_the_release_in_which_it_is_gone_and_blames_the_caller() -> None:
    def old() -> None:
        deprecated("old()", "new()", RemovedIn03Warning)

    with pytest.warns(
        RemovedIn03Warning, match=r"old\(\) is removed in nextpayer 0.3; use new\(\)"
    ) as caught:
        old()
    assert caught[0].filename == __file__


def test_the_warnings_class_says_the_release_and_what_was_promised_to_go_has_gone() -> None:
    here = tuple(map(int, version("nextpayer").split(".")[:2]))
    classes = [
        one for one in vars(deprecation).values() if isinstance(one, type) and one is not RemovedWarning
    ]
    promised = [one for one in classes if issubclass(one, RemovedWarning)]
    assert promised
    for one in promised:
        assert one.__name__ == f"RemovedIn{one.release.replace('.', '')}Warning"
        assert tuple(map(int, one.release.split("."))) > here, (
            f"remove what {one.__name__} promised, and the class"
        )


def test_a_deprecation_can_be_made_an_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RemovedWarning)
        with pytest.raises(RemovedIn03Warning):
            deprecated("old()", "new()", RemovedIn03Warning)

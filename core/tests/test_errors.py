"""The exception tree: documented whole, readable, and able to cross a process boundary."""

from __future__ import annotations

import inspect
import pickle

import pytest

from nextpayer import errors
from nextpayer.errors import NextpayerError, PluginConflict, PluginFailed, PluginNotFound, UnusableInput

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, NextpayerError)]

EXAMPLES = [
    UnusableInput("era.835", "segment 12", "the file ends inside a claim"),
    errors.ProfileError("acme.toml", "payer.cob.method", "is not a known method"),
    errors.NotExactMoney("not whole cents"),
    errors.InvalidNoun("the lines do not add up to the claim charge"),
    PluginNotFound.among("adapter", "acme", ["medicare"]),
    PluginConflict.between("adapter", "acme", ["vendor-a 1.0", "vendor-b 2.0"]),
    errors.PluginLoadFailed("adapter", "acme", "vendor-a 1.0", "cannot be imported"),
    errors.PluginIncompatible("adapter", "acme", "vendor-a 1.0", "needs another nextpayer"),
    PluginFailed.during("adapter", "acme", "vendor-a 1.0", "coordinating", KeyError("x")),
]


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_exception_stands_in_the_tree_of_the_docstring_below_its_parent(kind: type) -> None:
    lines = (errors.__doc__ or "").splitlines()
    names = {
        line.replace("├──", "").replace("└──", "").replace("│", "").split()[0]: line
        for line in lines
        if line.strip()
    }
    assert kind.__name__ in names
    if kind is not NextpayerError:
        parent = kind.__mro__[1].__name__
        column = names[kind.__name__].index(kind.__name__)
        assert names[parent].index(parent) < column


def test_every_exception_is_exported() -> None:
    assert {kind.__name__ for kind in TREE} <= set(errors.__all__)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_trip_from_a_worker_process(error: NextpayerError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_unusable_input_names_the_file_the_place_and_the_reason() -> None:
    assert (
        str(UnusableInput("era.835", "segment 12", "it is cut off")) == "era.835: segment 12: it is cut off"
    )


def test_unusable_input_leaves_an_empty_place_out() -> None:
    assert str(UnusableInput("era.835", "", "the file is empty")) == "era.835: the file is empty"


def test_money_and_noun_errors_are_value_errors() -> None:
    assert issubclass(errors.NotExactMoney, ValueError)
    assert issubclass(errors.InvalidNoun, ValueError)


def test_a_missing_plugin_lists_what_is_installed_and_the_nearest_spelling() -> None:
    error = PluginNotFound.among("adapter", "medicaer", ["commercial", "medicare"])
    assert "did you mean 'medicare'?" in str(error)
    assert "installed: commercial, medicare" in str(error)


def test_a_missing_plugin_we_know_says_what_to_install() -> None:
    assert "install nextpayer-x12" in str(PluginNotFound.among("form", "837P", [], "nextpayer-x12"))


def test_a_failure_names_type_and_place_but_never_the_text_of_the_exception() -> None:
    try:
        raise KeyError("JANE ROE 1EG4-TE5-MK73")
    except KeyError as cause:
        error = PluginFailed.during("adapter", "acme", "vendor-a 1.0", "coordinating", cause)
    assert "ROE" not in str(error)
    assert "raised KeyError while coordinating (test_errors.py line" in str(error)

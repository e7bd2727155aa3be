"""A pytest plugin that seeds one fault into one adapter, for the adapter's own tests.

``nextpayer check NAME --mutate --tests DIR`` runs pytest with it; it is never loaded by itself.
"""

from __future__ import annotations

import importlib
import os

from nextpayer.testing.mutation.faults import MUTANTS
from nextpayer.testing.mutation.mutant import seed

__all__ = ["ADAPTER", "MUTANT", "pytest_configure"]

#: The environment's words for the adapter (``module:Class``) and the fault.
ADAPTER, MUTANT = "NEXTPAYER_MUTATED_ADAPTER", "NEXTPAYER_MUTANT"


def pytest_configure() -> None:
    """Before anything is collected: the tests import the adapter with the fault in it."""
    module, _, name = os.environ[ADAPTER].partition(":")
    (mutant,) = [one for one in MUTANTS if one.name == os.environ[MUTANT]]
    seed(mutant, getattr(importlib.import_module(module), name), in_place=True)

"""Deprecation: what will go warns first, with a class that names the release in which it is gone.

A thing is deprecated in one minor release, warns in that one and the next, and is removed in the one after:
what 0.2 deprecates, 0.4 has no longer. Turn a class into an error to see what of yours depends on it::

    [tool.pytest.ini_options]
    filterwarnings = ["error::nextpayer.deprecation.RemovedIn03Warning"]
"""

from __future__ import annotations

import warnings
from typing import ClassVar

__all__ = ["RemovedIn03Warning", "RemovedWarning", "deprecated"]


class RemovedWarning(DeprecationWarning):
    """The base of them all; ``release`` is the one that no longer has it."""

    release: ClassVar[str] = ""


class RemovedIn03Warning(RemovedWarning):
    """It works in 0.1 and 0.2, and is gone in 0.3."""

    release: ClassVar[str] = "0.3"


def deprecated(what: str, instead: str, removal: type[RemovedWarning], *, stacklevel: int = 3) -> None:
    """Warn the caller of whoever calls this: what is going, when, and what to use instead."""
    message = f"{what} is removed in nextpayer {removal.release}; use {instead}"
    warnings.warn(message, removal, stacklevel=stacklevel)

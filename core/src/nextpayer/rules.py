"""The rules the core itself contributes, through the same hooks that plugins use."""

from __future__ import annotations

from collections.abc import Iterable

from .denial import DENIAL_RULES, DenialRule
from .edits import EDITS
from .hookspecs import hookimpl
from .scrub import Edit

__all__ = ["nextpayer_denial_rules", "nextpayer_edits"]


@hookimpl
def nextpayer_edits() -> Iterable[Edit]:
    """The tables of ``nextpayer.edits``."""
    return EDITS


@hookimpl
def nextpayer_denial_rules() -> Iterable[DenialRule]:
    """The table of ``nextpayer.denial``."""
    return DENIAL_RULES

"""The rules the core itself contributes, through the same hooks that plugins use."""

from __future__ import annotations

from collections.abc import Iterable

from .denial import DENIAL_RULES, DenialRule
from .hookspecs import hookimpl

__all__ = ["nextpayer_denial_rules"]


@hookimpl
def nextpayer_denial_rules() -> Iterable[DenialRule]:
    """The table of ``nextpayer.denial``."""
    return DENIAL_RULES

"""The rules the core itself contributes, through the same hooks that plugins use."""

from __future__ import annotations

from collections.abc import Iterable

from .denial import DENIAL_RULES, DenialRule
from .edits import EDITS
from .hookspecs import hookimpl
from .order import EXCLUSIONS, ORDER_RULES, Exclusion, OrderRule
from .scrub import Edit

__all__ = ["nextpayer_denial_rules", "nextpayer_edits", "nextpayer_order_rules"]


@hookimpl
def nextpayer_edits() -> Iterable[Edit]:
    """The tables of ``nextpayer.edits``."""
    return EDITS


@hookimpl
def nextpayer_denial_rules() -> Iterable[DenialRule]:
    """The table of ``nextpayer.denial``."""
    return DENIAL_RULES


@hookimpl
def nextpayer_order_rules() -> Iterable[OrderRule | Exclusion]:
    """The tables of ``nextpayer.order``."""
    return ORDER_RULES + EXCLUSIONS

"""A finding: something a check noticed, as data (what, how bad, where, why, who says so)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """``reject`` holds the claim, ``warn`` asks for a look, ``repair`` was or can be put right without
    touching what was billed, ``info`` tells."""

    REJECT = "reject"
    WARN = "warn"
    REPAIR = "repair"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check noticed. ``message`` never holds a patient's name or id; ``where`` is a loop,
    a line or an input segment, such as ``2430 line 2`` or ``segment 14``."""

    id: str
    severity: Severity
    where: str
    message: str
    source: str = ""

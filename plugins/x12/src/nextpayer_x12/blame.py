"""Which element of a claim could not be read, found after the fact so that reading itself stays quick.

The parsers say what is wrong (a date is no day of the calendar); this looks again, segment by segment, for
the first element of that kind that is so, and names it by segment, element and position.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .elements import Elements, Unreadable

__all__ = ["blame"]

_AMOUNTS = {
    "CLP": (3, 4, 5),
    "SVC": (2, 3),
    "CAS": (3, 6, 9, 12, 15, 18),
    "AMT": (2,),
    "CLM": (2,),
    "SV1": (2,),
    "SV2": (3,),
    "SV3": (2,),
    "SVD": (2,),
    "PLB": (4, 6, 8, 10, 12, 14),
}
_UNITS = {
    "SVC": (5, 7),
    "CAS": (4, 7, 10, 13, 16, 19),
    "SV1": (4,),
    "SV2": (5,),
    "SV3": (6,),
    "SVD": (5,),
}
_DATES = {"DTM": (2,), "DTP": (3,), "DMG": (2,)}
_PROCEDURES = {"SVC": (1, 6), "SV1": (1,), "SV2": (2,), "SV3": (1,), "SVD": (3,)}
_MAY_BE_EMPTY = frozenset({("CLP", 5), ("DMG", 2)})


def blame(text: str, elements: Elements, segment: int, reason: str) -> str:
    """The reason with its element and segment named, for text whose reading failed with ``reason``.

    ``text`` begins with its segment's name; ``segment`` is its position. Unchanged when nothing is found.
    """
    kinds: tuple[tuple[Mapping[str, tuple[int, ...]], Mapping[str, Any]], ...] = (
        (_AMOUNTS, elements.money),
        (_UNITS, elements.units),
        (_DATES, elements.date),
        (_PROCEDURES, elements.procedure),
    )
    for offset, one in enumerate(text.split(elements.delimiters.segment)):
        parts = one.split(elements.element)
        for places, parse in kinds:
            for place in places.get(parts[0], ()):
                value = parts[place] if place < len(parts) else ""
                if not value and (parts[0] in ("CAS", "PLB") or (parts[0], place) in _MAY_BE_EMPTY):
                    continue
                for part in value.split("-") if parts[0] == "DTP" and parts[2:3] == ["RD8"] else (value,):
                    if parts[0] == "DTP" and parts[2:3] not in (["D8"], ["RD8"]):
                        continue
                    try:
                        parse[part]
                    except Unreadable as error:
                        if str(error) == reason:
                            return f"{parts[0]}{place:02d} (segment {segment + offset}): {reason}"
    return reason

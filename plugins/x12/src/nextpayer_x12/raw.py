"""Faults of an 837's text that no noun shows: elements that are too long, numbers that are padded.

One pass over the segments. The most that an element may hold is from the X12 data element dictionary as the
837 guides use it; an element without a row here is not asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nextpayer.ports import ElementFault, Quarantined

from .tokens import Block

__all__ = ["element_faults"]

_ID, _NUMBER, _AMOUNT, _COUNT = 80, 50, 18, 15

#: Segment to the most characters of its elements, by position.
LONGEST: Mapping[str, Mapping[int, int]] = {
    "NM1": {3: 60, 4: 35, 5: 25, 6: 10, 7: 10, 9: _ID},
    "N3": {1: 55, 2: 55},
    "N4": {1: 30, 2: 2, 3: 15, 4: 3},
    "REF": {1: 3, 2: _NUMBER, 3: 80},
    "PER": {2: 60, 4: 256, 6: 256, 8: 256},
    "SBR": {3: _NUMBER, 4: 60},
    "DMG": {2: 35, 3: 1},
    "CLM": {1: 38, 2: _AMOUNT},
    "DTP": {1: 3, 2: 3, 3: 35},
    "PWK": {1: 2, 2: 2, 6: _ID},
    "AMT": {1: 3, 2: _AMOUNT},
    "NTE": {1: 3, 2: 80},
    "CAS": {1: 2, **dict.fromkeys(range(2, 20, 3), 5), **dict.fromkeys(range(3, 20, 3), _AMOUNT)},
    "SV1": {2: _AMOUNT, 3: 2, 4: _COUNT, 5: 2},
    "SV2": {1: 48, 3: _AMOUNT, 4: 2, 5: _COUNT},
    "SV3": {2: _AMOUNT, 3: 2, 6: _COUNT},
    "SVD": {1: _ID, 2: _AMOUNT, 4: 48, 5: _COUNT, 6: 6},
    "LIN": {3: 48},
    "CTP": {4: _COUNT},
}
#: The elements that a segment has.
_ELEMENTS = {"MOA": 9, "MIA": 24, "CAS": 19, "OI": 6, "AMT": 3, "SBR": 9, "SVD": 6}
_NUMBERS: Mapping[str, tuple[int, ...]] = {
    "CLM": (2,),
    "AMT": (2,),
    "CAS": tuple(at for at in range(3, 20) if at % 3 != 2),
    "SV1": (2, 4),
    "SV2": (3, 5),
    "SV3": (2, 6),
    "SVD": (2, 5),
}
_PADDED = re.compile(r"\+.*|-?0\d.*|.*\.", re.ASCII)


def element_faults(blocks: Iterator[Block | Quarantined]) -> Iterator[ElementFault]:
    """Every fault with the position of its segment, in file order."""
    state = _State()
    pending, number = "", 1
    for block in blocks:
        if isinstance(block, Quarantined):
            pending = ""
            continue
        terminator, mark = block.delimiters.segment, block.delimiters.element
        if not pending:
            number = block.segment
        *whole, pending = (pending + block.text).split(terminator)
        for segment in whole:
            yield from state.faults(segment.split(mark), number)
            number += 1


class _State:
    """Which claim the segments belong to, and what its subscriber level said."""

    def __init__(self) -> None:
        self._claim = ""
        self._level = ""
        self._self = False

    def faults(self, parts: list[str], number: int) -> Iterator[ElementFault]:
        tag = parts[0]
        if tag == "CLM":
            self._claim = parts[1] if len(parts) > 1 else ""
        elif tag == "HL":
            self._claim = ""
            self._level = parts[3] if len(parts) > 3 else ""
            if self._level == "23" and self._self:
                message = "the subscriber is the patient (18), and the claim has another one"
                yield ElementFault(segment=number, rule="self", where="2000B SBR02", message=message)
        elif tag == "SBR" and self._level == "22" and not self._claim:
            self._self = parts[2:3] == ["18"]
        for at, most in LONGEST.get(tag, {}).items():
            if at < len(parts) and len(parts[at]) > most:
                message = f"{len(parts[at])} characters: there is room for {most}"
                yield self._fault(number, "length", f"{tag}{at:02d}", message)
        if len(parts) - 1 > _ELEMENTS.get(tag, len(parts)):
            message = f"{len(parts) - 1} elements: the segment has {_ELEMENTS[tag]}"
            yield self._fault(number, "length", tag, message)
        for at in _NUMBERS.get(tag, ()):
            if at < len(parts) and _PADDED.fullmatch(parts[at]):
                message = "a number has no leading zero, no plus and no point at its end"
                yield self._fault(number, "number", f"{tag}{at:02d}", message)

    def _fault(self, segment: int, rule: str, where: str, message: str) -> ElementFault:
        return ElementFault(segment=segment, rule=rule, where=where, message=message, claim_id=self._claim)

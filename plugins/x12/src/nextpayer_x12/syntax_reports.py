"""Reading the 999 (005010X231A1): what a receiver's syntax check says of a group and of each of its sets.

Loops: AK1, then for each set AK2, its faults (IK3 with CTX, each with IK4 and CTX) and IK5, then AK9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nextpayer.acknowledgment import (
    ACCEPTS,
    REFUSES,
    GroupAcknowledgment,
    SetAcknowledgment,
    SyntaxFault,
)
from nextpayer.ports import Quarantined

from .elements import Elements, Unreadable
from .envelope import NOTHING

__all__ = ["SyntaxReport"]

_CODE = re.compile(r"[A-Z0-9]{1,9}", re.ASCII)
_SET_CODES = ACCEPTS | REFUSES
_GROUP_CODES = _SET_CODES | {"P"}


class SyntaxReport:
    """One 999 transaction being read."""

    def __init__(self, file: str, elements: Elements, parties: dict[str, Any], at: int) -> None:
        self._file, self._at = file, at
        self._mark, self._component = elements.element, elements.component
        self._group: dict[str, Any] = dict(parties)
        self._set: dict[str, Any] | None = None
        self._faults: list[dict[str, Any]] = []
        self._sets: list[SetAcknowledgment] = []
        self._lost = False  # the set at hand could not be read
        self._complete = True

    def take(self, segment: str, number: int) -> Iterator[Quarantined]:
        """Take one segment in."""
        parts = segment.split(self._mark) + NOTHING
        try:
            yield from self._take(parts, segment, number)
        except Unreadable as error:
            self._lost, self._complete = True, False
            yield self._aside(number, f"{parts[0]}: {error}")

    def finish(self, *, whole: bool) -> Iterator[GroupAcknowledgment | Quarantined]:
        """The group's word; quarantined when it is not whole."""
        if self._set is not None:
            self._complete = False
            yield self._aside(self._set["segment"], "a set without its end (IK5)")
        if not whole or "code" not in self._group or "control_number" not in self._group:
            missing = "" if whole else "its end, "
            reason = f"a 999 without {missing}AK1 or AK9, so the word on its group is not known"
            yield self._aside(self._at, reason)
            return
        sets = tuple(self._sets)
        yield GroupAcknowledgment(
            **self._group, sets=sets, complete=self._complete, file=self._file, segment=self._at
        )

    def _aside(self, number: int, reason: str) -> Quarantined:
        return Quarantined(file=self._file, segment=number, reason=reason, kind="acknowledgment")

    def _take(self, parts: list[str], segment: str, number: int) -> Iterator[Quarantined]:
        tag = parts[0]
        if tag == "AK1":
            if len(_codes("AK101 or AK102", parts[1], parts[2])) < 2:
                raise Unreadable("the group that is answered is not named (AK101, AK102)")
            told = {"functional": parts[1], "control_number": parts[2], "version": parts[3]}
            self._group.update(told)
        elif tag == "AK2":
            if self._set is not None and not self._lost:
                self._complete = False
                yield self._aside(self._set["segment"], "a set without its end (IK5)")
            self._faults, self._lost = [], False
            self._set = {
                "transaction": parts[1], "control_number": parts[2], "version": parts[3], "segment": number,
            }  # fmt: skip
        elif tag == "IK3":
            self._faults.append(self._segment(parts, number))
        elif tag == "IK4":
            self._element(parts, number)
        elif tag == "CTX":
            if self._faults:
                self._faults[-1]["context"] = (*self._faults[-1].get("context", ()), segment)
        elif tag == "IK5":
            self._close(parts)
        elif tag == "AK9":
            self._end(parts)
        else:
            raise Unreadable("a segment that a 999 does not have")

    def _segment(self, ik3: list[str], number: int) -> dict[str, Any]:
        if not ik3[1]:
            raise Unreadable("a fault without its segment (IK301)")
        _codes("IK301, IK303 or IK304", ik3[1], ik3[3], ik3[4])
        position = _number("IK302", ik3[2])
        return {"tag": ik3[1], "position": position, "loop": ik3[3], "code": ik3[4], "segment": number}

    def _element(self, ik4: list[str], number: int) -> None:
        if not self._faults:
            raise Unreadable("a fault of an element before its segment (IK3)")
        _codes("IK402 or IK403", ik4[2], ik4[3])
        places = [*ik4[1].split(self._component), "", ""]
        self._faults.append(
            {
                **{key: self._faults[-1][key] for key in ("tag", "position", "loop", "code")},
                "element": _number("IK401", places[0]),
                "component": _number("IK401", places[1] or "0"),
                "repetition": _number("IK401", places[2] or "0"),
                "reference": ik4[2],
                "element_code": ik4[3],
                "value": ik4[4],
                "segment": number,
            }
        )

    def _close(self, ik5: list[str]) -> None:
        told, self._set = self._set, None
        if self._lost:
            self._lost = False
            return
        if told is None:
            raise Unreadable("the end of a set that did not begin (AK2)")
        if len(_codes("AK201 or AK202", told["transaction"], told["control_number"])) < 2:
            raise Unreadable("the set that is answered is not named (AK201, AK202)")
        if ik5[1] not in _SET_CODES:
            raise Unreadable("IK501 is not A, E, R, M, W or X")
        faults = tuple([SyntaxFault(**fault) for fault in self._faults])
        errors = _codes("IK502 to IK506", *ik5[2:7])
        self._sets.append(SetAcknowledgment(**told, code=ik5[1], errors=errors, faults=faults))

    def _end(self, ak9: list[str]) -> None:
        if ak9[1] not in _GROUP_CODES:
            raise Unreadable("AK901 is not A, E, P, R, M, W or X")
        stated, received, accepted = (_number("AK902 to AK904", one) if one else None for one in ak9[2:5])
        self._group.update(
            code=ak9[1],
            stated=stated,
            received=received,
            accepted=accepted,
            errors=_codes("AK905 to AK909", *ak9[5:10]),
        )


def _codes(where: str, *texts: str) -> tuple[str, ...]:
    """Codes, empty ones left out: what is told of them anywhere is no text of a patient."""
    if not all(_CODE.fullmatch(one) for one in texts if one):
        raise Unreadable(f"{where} is no code")
    return tuple([one for one in texts if one])


def _number(where: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise Unreadable(f"{where} is no number")
    return int(text)

"""The structure of the 276 (005010X212), held against a file: our own reading of the published layout.

pyx12 has no map of it. A table here says which segments a level has, in which order and with which values; it
shares no code with the writer. `problems(text)` returns what is wrong, a line each; an empty list is a pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSION = "005010X212"


@dataclass(frozen=True)
class Row:
    """A segment: `needed` or not, `first` the values of its element 1, `filled` what must not be empty."""

    tag: str
    needed: bool = False
    first: str = ""
    filled: tuple[int, ...] = ()


_BIRTH = Row("DMG", True, "D8", (2,))
_CLAIM = (
    Row("TRN", True, "1", (2,)),
    Row("REF", False, "1K", (2,)),
    Row("REF", False, "BLT", (2,)),
    Row("REF", False, "LU", (2,)),
    Row("REF", False, "6P", (2,)),
    Row("REF", False, "EJ", (2,)),
    Row("REF", False, "XZ", (2,)),
    Row("REF", False, "D9", (2,)),
    Row("AMT", False, "T3", (2,)),
    Row("DTP", False, "472", (2, 3)),
)
_LEVELS = {
    "20": ("", (Row("NM1", True, "PR", (2, 3, 8, 9)),)),
    "21": ("20", (Row("NM1", True, "41", (2, 3, 8, 9)),)),
    "19": ("21", (Row("NM1", True, "1P", (2, 3, 8, 9)),)),
    "22": ("19", (_BIRTH, Row("NM1", True, "IL", (2, 3, 8, 9)), *_CLAIM)),
    "22 with a patient below": ("19", (Row("NM1", True, "IL", (2, 3, 8, 9)),)),
    "23": ("22", (_BIRTH, Row("NM1", True, "QC", (2, 3)), *_CLAIM)),
}


def problems(text: str) -> list[str]:
    """What is wrong with the file."""
    mark, end = text[3], text[105]
    segments = [one.split(mark) for one in text.split(end) if one]
    found = [
        f"segment {at}: {parts[0]} ends with an empty element"
        for at, parts in enumerate(segments, 1)
        if not parts[-1]
    ]
    isa, gs, ge, iea = segments[0], segments[1], segments[-2], segments[-1]
    sets = [at for at, parts in enumerate(segments) if parts[0] == "ST"]
    if [len(one) for one in isa[1:16]] != [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1]:
        found.append("ISA: an element is not as wide as it must be")
    if gs[1] != "HR" or gs[7:] != ["X", VERSION] or ge[1:] != [str(len(sets)), gs[6]]:
        found.append("GS or GE is not right")
    if iea[1:] != ["1", isa[13]]:
        found.append("IEA is not right")
    numbers = [segments[at][2] for at in sets]
    if len(set(numbers)) != len(numbers):
        found.append("ST02: a number is used twice")
    for start, stop in zip(sets, [*sets[1:], len(segments) - 2], strict=True):
        found += _set(segments[start:stop], start + 1)
    return found


def _set(segments: list[list[str]], at: int) -> list[str]:
    st, bht, se = segments[0], segments[1], segments[-1]
    found = []
    if st[1] != "276" or st[3:] != [VERSION] or se != ["SE", str(len(segments)), st[2]]:
        found.append(f"segment {at}: ST or SE is not right")
    if bht[:3] != ["BHT", "0010", "13"] or len(bht) != 6 or not all(bht[3:]):
        found.append(f"segment {at + 1}: BHT is not right")
    heads = [n for n, parts in enumerate(segments) if parts[0] == "HL"]
    last: dict[str, str] = {}
    for number, start in enumerate(heads, 1):
        _, own, above, code, opens = (segments[start] + [""] * 5)[:5]
        stop = heads[number] if number < len(heads) else len(segments) - 1
        below = number < len(heads) and segments[heads[number]][2] == own
        key = "22 with a patient below" if code == "22" and below else code
        if own != str(number) or key not in _LEVELS or above != last.get(_LEVELS[key][0], ""):
            found.append(f"segment {at + start}: HL is not right")
            continue
        if opens != ("" if code == "23" else "1" if below else "0"):
            found.append(f"segment {at + start}: HL04 is not right")
        last[code] = own
        found += _level(_LEVELS[key][1], segments[start + 1 : stop], at + start + 1)
    return found


def _level(rows: tuple[Row, ...], segments: list[list[str]], at: int) -> list[str]:
    found, row = [], 0
    for n, parts in enumerate(segments):
        ahead = row
        while ahead < len(rows) and not (
            rows[ahead].tag == parts[0] and parts[1] in rows[ahead].first.split()
        ):
            ahead += 1
        if ahead == len(rows):
            found.append(f"segment {at + n}: {parts[0]} has no place here")
            continue
        found += [f"segment {at + n}: {one.tag} is missing" for one in rows[row:ahead] if one.needed]
        row = ahead + 1
        if any(len(parts) <= place or not parts[place] for place in rows[ahead].filled):
            found.append(f"segment {at + n}: {parts[0]} lacks an element")
        if parts[0] == "DTP" and not re.fullmatch(
            {"D8": r"\d{8}", "RD8": r"\d{8}-\d{8}"}.get(parts[2], "-"), parts[3]
        ):
            found.append(f"segment {at + n}: DTP03 is not the days that DTP02 says")
    return found + [f"segment {at + len(segments)}: {one.tag} is missing" for one in rows[row:] if one.needed]

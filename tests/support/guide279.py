"""The structure of 270 and 271 (005010X279A1), held against a file: our own reading of the published layout.

No release of pyx12 has maps of these two (its repository has them on a branch), so a table here says which
segments a level has, in which order, how often, and with which qualifiers. It shares no code with the reader
or the writer. `problems(text)` returns what is wrong, in plain lines; an empty list is a pass. Codes of long
lists (service types, dates of a benefit) are checked for their form only.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

VERSION = "005010X279A1"


@dataclass(frozen=True)
class Row:
    """A segment of a loop: `most` times, `needed` or not, `first` the values of its element 1, `filled` the
    elements that must not be empty."""

    tag: str
    most: int = 1
    needed: bool = False
    first: str = ""
    filled: tuple[int, ...] = ()


_ADDRESS = (Row("N3", filled=(1,)), Row("N4", filled=(1,)))
_SUBSCRIBER_NUMBERS = "18 1L 1W 3H 6P CT EA EJ F6 GH HJ IG N6 NQ SY Y4"
_DEPENDANT_NUMBERS = "18 1L 1W 6P CT EA EJ F6 GH HJ IF IG MRC N6 SY Y4"
_PROVIDER_NUMBERS = "0B 1C 1D 1J 4A CT EL EO HPI JD N5 N7 Q4 SY TJ"
_DAYS = "096 102 152 291 307 318 340 341 342 343 346 347 356 357 382 435 442 458 472 539 540 636 771"
_BENEFIT_DAYS = "096 193 194 198 290 291 292 295 304 307 318 346 348 349 356 357 435 472 636 771"
_PARTIES = "13 1I 1P 2B 36 73 FA GP GW I3 IL LR OC P3 P4 P5 PR PRP SEP TTP VER VN VY X3 Y2"

PAYER = {
    "270": (Row("NM1", 1, True, "2B 36 GP P5 PR", (2, 3, 8, 9)),),
    "271": (
        Row("AAA", 9, first="N Y", filled=(3, 4)),
        Row("NM1", 1, True, "2B 36 GP P5 PR", (2, 3, 8, 9)),
        Row("PER", 3, first="IC"),
        Row("AAA", 9, first="N Y", filled=(3, 4)),
    ),
}
PROVIDER = {
    "270": (
        Row("NM1", 1, True, "1P 2B 36 80 FA GP P5 PR", (2, 3, 8, 9)),
        Row("REF", 9, first=_PROVIDER_NUMBERS, filled=(2,)),
        *_ADDRESS,
        Row("PRV", filled=(1,)),
    ),
    "271": (
        Row("NM1", 1, True, "1P 2B 36 80 FA GP P5 PR", (2, 8, 9)),
        Row("REF", 9, first=_PROVIDER_NUMBERS, filled=(2,)),
        *_ADDRESS,
        Row("AAA", 9, first="N Y", filled=(3, 4)),
        Row("PRV", filled=(1,)),
    ),
}
_ASKED = (
    Row("EQ", 1, True),
    Row("AMT", 2, first="R PB", filled=(2,)),
    Row("III", first="ZZ", filled=(2,)),
    Row("REF", first="9F G1", filled=(2,)),
    Row("DTP", first="291", filled=(2, 3)),
)
_BENEFIT = (
    Row("EB", 1, True, filled=(1,)),
    Row("HSD", 9),
    Row("REF", 9, first="18 1L 1W 49 6P 9F ALS CLI F6 FO G1 IG M7 N6 NQ", filled=(2,)),
    Row("DTP", 20, first=_BENEFIT_DAYS, filled=(2, 3)),
    Row("AAA", 9, first="N Y", filled=(3, 4)),
    Row("MSG", 10, filled=(1,)),
    Row("III", 10),
    Row("LS", first="2120"),
)
_PARTY = (
    Row("NM1", 1, True, _PARTIES, (2,)),
    *_ADDRESS,
    Row("PER", 3, first="IC"),
    Row("PRV", filled=(1,)),
    Row("LE", first="2120"),
)
_END_OF_PERSON = (
    Row("PRV", filled=(1,)),
    Row("DMG"),
    Row("INS", filled=(2,)),
    Row("HI"),
    Row("DTP", 9, first=_DAYS, filled=(2, 3)),
    Row("MPI"),
)


def _person(set_: str, role: str, numbers: str) -> tuple[Row, ...]:
    rejected = (Row("AAA", 9, first="N Y", filled=(3, 4)),) if set_ == "271" else ()
    traces = "1" if set_ == "270" else "1 2"
    return (
        Row("TRN", 3, first=traces, filled=(2, 3)),
        Row("NM1", 1, True, role, (2,)),
        Row("REF", 9, first=f"{numbers} 49 CE Q4" if set_ == "271" else numbers, filled=(2,)),
        *_ADDRESS,
        *rejected,
        *_END_OF_PERSON,
    )


LEVELS = {"20": "", "21": "20", "22": "21", "23": "22"}
_STATUS = frozenset([*"12345678ABCDEFGHIJKLMNOPQRSTUVWXY", "CB", "MC"])


def problems(text: str) -> list[str]:
    """What is wrong with the file."""
    mark, repetition, component, end = text[3], text[82], text[104], text[105]
    segments = [one.strip().split(mark) for one in text.split(end) if one.strip()]
    found = [
        f"segment {n}: {parts[0]} ends with an empty element"
        for n, parts in enumerate(segments, 1)
        if not parts[-1] and parts[0] != "ISA"
    ]
    found += _envelope(segments)
    starts = [n for n, parts in enumerate(segments) if parts[0] == "ST"]
    for start in starts:
        close = next((n for n in range(start, len(segments)) if segments[n][0] == "SE"), len(segments))
        found += _transaction(segments[start : close + 1], start + 1, repetition, component)
    return found


def _envelope(segments: list[list[str]]) -> list[str]:
    found = []
    tags = [parts[0] for parts in segments]
    isa, gs, iea, ge = segments[0], segments[1], segments[-1], segments[-2]
    sets = tags.count("ST")
    if (tags[0], tags[1], tags[-2], tags[-1]) != ("ISA", "GS", "GE", "IEA"):
        return ["the envelope is not ISA, GS ... GE, IEA"]
    if [len(one) for one in isa[1:16]] != [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1]:
        found.append("ISA: an element is not as wide as it must be")
    if iea[1:] != ["1", isa[13]] or ge[1:] != [str(sets), gs[6]]:
        found.append("GE or IEA: a count or number is not that of its beginning")
    kinds = {parts[1] for parts in segments if parts[0] == "ST"}
    if kinds != {"270"} and kinds != {"271"}:
        return [*found, "ST01: the sets are not all 270 or all 271"]
    if gs[1] != {"270": "HS", "271": "HB"}[kinds.pop()] or gs[7:] != ["X", VERSION]:
        found.append("GS01, GS07 or GS08: not that of the set")
    numbers = [parts[2] for parts in segments if parts[0] == "ST"]
    if len(set(numbers)) != len(numbers):
        found.append("ST02: a number is used twice")
    return found


def _transaction(segments: list[list[str]], at: int, repetition: str, component: str) -> list[str]:
    st, bht, se = segments[0], segments[1], segments[-1]
    found = []
    if st[3:] != [VERSION] or se != ["SE", str(len(segments)), st[2]]:
        found.append(f"segment {at}: ST03, or SE01 and SE02, are not right")
    purposes = {"270": ("01", "13"), "271": ("06", "11")}[st[1]]
    if bht[0] != "BHT" or bht[1] != "0022" or bht[2] not in purposes or len(bht) < 6:
        found.append(f"segment {at + 1}: BHT is not right")
    heads = [n for n, parts in enumerate(segments) if parts[0] == "HL"]
    if not heads or heads[0] != 2:
        return [*found, f"segment {at + 2}: no level begins after BHT"]
    last: dict[str, str] = {}
    for number, start in enumerate(heads, 1):
        _, own, parent, code, opens = (segments[start] + [""] * 5)[:5]
        close = heads[number] if number < len(heads) else len(segments) - 1
        follows = number < len(heads) and segments[heads[number]][2] == own
        if own != str(number) or code not in LEVELS or parent != last.get(LEVELS[code], ""):
            found.append(f"segment {at + start}: HL01, HL02 or HL03 is not right")
            continue
        if opens != ("1" if follows else "0"):
            found.append(f"segment {at + start}: HL04 is not right")
        last = {lower: n for lower, n in last.items() if lower < code} | {code: own}
        found += _level(st[1], code, segments[start + 1 : close], at + start + 1, repetition)
        found += _values(segments[start + 1 : close], at + start + 1, component)
    return found


def _level(set_: str, code: str, segments: list[list[str]], at: int, repetition: str) -> list[str]:
    if code in ("20", "21"):
        return _match((PAYER if code == "20" else PROVIDER)[set_], segments, at)
    begins = "EQ" if set_ == "270" else "EB"
    starts = [n for n, parts in enumerate(segments) if parts[0] == begins]
    body = starts[0] if starts else len(segments)
    role, numbers = ("IL", _SUBSCRIBER_NUMBERS) if code == "22" else ("03", _DEPENDANT_NUMBERS)
    found = _match(_person(set_, role, numbers), segments[:body], at)
    for n, start in enumerate(starts):
        close = starts[n + 1] if n + 1 < len(starts) else len(segments)
        inside = segments[start:close]
        where = at + start
        if set_ == "270":
            found += _match(_ASKED, inside, where)
        else:
            found += _benefit(inside, where, repetition)
    return found


def _benefit(segments: list[list[str]], at: int, repetition: str) -> list[str]:
    parties = [n for n, parts in enumerate(segments) if parts[0] == "NM1"]
    tags = [parts[0] for parts in segments]
    found = []
    if bool(parties) != (tags.count("LS") == 1 and tags.count("LE") == 1 and tags[-1] == "LE"):
        found.append(f"segment {at}: parties of a benefit stand between LS and LE")
    head = parties[0] if parties else len(segments)
    found += _match(_BENEFIT, segments[:head], at)
    for n, start in enumerate(parties):
        close = parties[n + 1] if n + 1 < len(parties) else len(segments)
        found += _match(_PARTY, segments[start:close], at + start)
    eb = segments[0] + [""] * 15
    if eb[1] not in _STATUS:
        found.append(f"segment {at}: EB01 is not a code")
    if any(not re.fullmatch(r"[A-Z0-9]{1,2}", one) for one in eb[3].split(repetition) if eb[3]):
        found.append(f"segment {at}: EB03 is not service types")
    if bool(eb[9]) != bool(eb[10]):
        found.append(f"segment {at}: EB09 and EB10 go together")
    return found


def _match(rows: tuple[Row, ...], segments: list[list[str]], at: int) -> list[str]:
    """The segments against the rows, in order."""
    found, row, used = [], 0, 0
    for n, parts in enumerate(segments):
        ahead = row
        while ahead < len(rows) and (
            rows[ahead].tag != parts[0] or (ahead == row and used >= rows[row].most)
        ):
            ahead += 1
        if ahead == len(rows):
            found.append(f"segment {at + n}: {parts[0]} has no place here")
            continue
        skipped = rows[row + (1 if used else 0) : ahead]
        found += [f"segment {at + n}: {one.tag} is missing before it" for one in skipped if one.needed]
        row, used = ahead, (used + 1 if ahead == row else 1)
        if rows[row].first and parts[1] not in rows[row].first.split():
            found.append(f"segment {at + n}: {parts[0]}01 is not a code of this loop")
        if any(len(parts) <= place or not parts[place] for place in rows[row].filled):
            found.append(f"segment {at + n}: {parts[0]} lacks an element")
    rest = rows[row + (1 if used else 0) :]
    found += [f"segment {at + len(segments)}: {one.tag} is missing" for one in rest if one.needed]
    return found


def _values(segments: list[list[str]], at: int, component: str) -> list[str]:
    """Dates are days, names and numbers no longer than they may be, pairs whole."""
    found = []
    for n, parts in enumerate(segments, at):
        if parts[0] == "DTP":
            days = parts[3].split("-")
            if len(days) != {"D8": 1, "RD8": 2}.get(parts[2]) or not all(map(_is_day, days)):
                found.append(f"segment {n}: DTP03 is not the days that DTP02 says")
        elif parts[0] == "DMG" and bool(parts[1]) != bool(len(parts) > 2 and _is_day(parts[2])):
            found.append(f"segment {n}: DMG01 and DMG02 do not go together")
        elif parts[0] == "NM1":
            longest = (0, 3, 1, 60, 35, 25, 10, 10, 2, 80, 2)
            if any(len(one) > most for one, most in zip(parts[1:], longest[1:], strict=False)):
                found.append(f"segment {n}: an element of NM1 is too long")
            if bool("".join(parts[8:9])) != bool("".join(parts[9:10])):
                found.append(f"segment {n}: NM108 and NM109 go together")
        elif parts[0] == "TRN" and len(parts) > 3 and len(parts[3]) != 10:
            found.append(f"segment {n}: TRN03 has not ten characters")
        if any(component in one for one in parts) and parts[0] not in ("EQ", "EB", "HI"):
            found.append(f"segment {n}: {parts[0]} holds the component separator")
    return found


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{8}", text):
        return False
    try:
        dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True

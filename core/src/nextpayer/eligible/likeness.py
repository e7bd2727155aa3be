"""Is this the same person, the same number, the same payer? What two records say, compared as people write
it.

Names come with other capitals, accents, hyphens and blanks, with the suffix or the middle initial in the
wrong field, or cut off. What is only that is the same; what may be that is ``near``; the rest is ``other``.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from nextpayer.policy import Payer, Person

__all__ = ["Likeness", "names", "same_number", "same_payer", "squeezed"]

_SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "V"})
_WORDS = re.compile(r"[A-Z0-9]+", re.ASCII)
#: A first name cut off is recognised from this length on.
_ENOUGH = 3


class Likeness(StrEnum):
    """``unknown`` where one of the two says nothing."""

    SAME = "same"
    NEAR = "near"
    OTHER = "other"
    UNKNOWN = "unknown"


def squeezed(text: str) -> str:
    """Letters and digits only, in capitals, without accents."""
    return "".join(_words(text))


def same_number(one: str, other: str) -> bool:
    """Whether two ids are one, however they are spaced; an empty one is nobody's."""
    return bool(squeezed(one)) and squeezed(one) == squeezed(other)


def same_payer(one: Payer, other: Payer) -> bool:
    """Whether two payers share an id or a name."""
    return same_number(one.id, other.id) or same_number(one.name, other.name)


def names(one: Person, other: Person) -> tuple[Likeness, Likeness]:
    """How alike two persons' last and first names are; the suffix counts with the last name, the middle name
    with the first."""
    return _last(one, other), _first(one, other)


def _last(one: Person, other: Person) -> Likeness:
    (mine, my_suffix), (theirs, their_suffix) = _surname(one), _surname(other)
    if not mine or not theirs:
        return Likeness.UNKNOWN
    if mine != theirs:
        return Likeness.OTHER
    return Likeness.SAME if my_suffix == their_suffix else Likeness.NEAR


def _first(one: Person, other: Person) -> Likeness:
    mine, theirs = _words(one.first), _words(other.first)
    if not mine or not theirs:
        return Likeness.UNKNOWN
    middles = ("".join(_words(one.middle)), "".join(_words(other.middle)))
    if "".join(mine) == "".join(theirs):
        same = not all(middles) or middles[0][0] == middles[1][0]
        return Likeness.SAME if same else Likeness.NEAR
    if mine[0] == theirs[0]:
        return Likeness.NEAR
    short, long = sorted(("".join(mine), "".join(theirs)), key=len)
    return Likeness.NEAR if len(short) >= _ENOUGH and long.startswith(short) else Likeness.OTHER


def _surname(person: Person) -> tuple[str, str]:
    words = _words(person.last)
    suffix = "".join(_words(person.suffix))
    if len(words) > 1 and words[-1] in _SUFFIXES:
        suffix = suffix or words[-1]
        words = words[:-1]
    return "".join(words), suffix


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text)
    return _WORDS.findall("".join(one for one in plain if not unicodedata.combining(one)).upper())

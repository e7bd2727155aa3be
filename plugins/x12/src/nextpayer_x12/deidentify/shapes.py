"""Pseudonyms: a value for a value, of the same shape, one to one, and never itself.

Each position of a value keeps its class (digit, letter and its case, anything else as it is), so a value of
a shape is a number below some size. A keyed Feistel network with cycle walking permutes such numbers (the
construction of Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). From a permutation P the
pseudonym of x is P^-1(P(x) + 1): one to one as well, and no value is its own pseudonym, so that nothing of
the original can stay by chance. Two values are equal in the copy exactly where they were equal before.

Some identifiers have an inner rule that edits check: the check digit of an NPI, the letters of an MBI, the D
of a CLIA number. Each of these is a class of its own and its pseudonyms are of the same class.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from string import ascii_uppercase, digits

from nextpayer.codeforms import is_mbi, is_npi, is_phone, npi_check_digit_holds

__all__ = ["Pseudonyms"]

_ROUNDS = 8
_VOWELS = "AEIOUY"
_CONSONANTS = "".join(letter for letter in ascii_uppercase if letter not in _VOWELS)
_MBI_LETTERS = "".join(letter for letter in ascii_uppercase if letter not in "SLOIBZ")
_CLIA = re.compile(r"\d\dD\d{7}")
#: Nine digits whose area is one that Social Security Numbers have: not 000, 666 or 9xx.
_SSN = re.compile(r"(?!000|666|9)\d{9}")


class Pseudonyms:
    """Pseudonyms under one key. The key stays out of the repr; the same key gives the same pseudonyms."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a key has at least 16 bytes")
        self._key = key
        self._known: dict[tuple[str, str], str] = {}

    def identifier(self, value: str) -> str:
        """Digits for digits, letters for letters. NPI, MBI and CLIA numbers stay what they are."""
        return self._cached("id", value, self._identifier)

    def name(self, value: str) -> str:
        """Vowels for vowels, consonants for consonants: a name that nobody has, and that can be said."""
        return self._cached("name", value, lambda text: self._permuted("name", text, _sounds))

    def phone(self, value: str) -> str:
        """A telephone number that has the form of one, if the value has; any other like an identifier."""
        if not is_phone(value):
            return self.identifier(value)
        return self._cached("phone", value, lambda text: self._permuted("phone", text, _dialled))

    def below(self, purpose: str, value: str, size: int) -> int:
        """A number below ``size`` that goes with the value."""
        digest = hashlib.blake2b(f"{purpose}|{value}".encode(), key=self._key[:64]).digest()
        return int.from_bytes(digest, "big") % size

    def _cached(self, kind: str, value: str, make: Callable[[str], str]) -> str:
        known = self._known.get((kind, value))
        if known is None:
            known = self._known[kind, value] = make(value)
        return known

    def _identifier(self, value: str) -> str:
        if _whole_npi(value):
            stem = value[0] + self._permuted("npi", value[1:9], _marks)
            return next(stem + digit for digit in digits if npi_check_digit_holds(stem + digit))
        if is_mbi(value):
            return self._permuted("mbi", value, _mbi_marks)
        if _CLIA.fullmatch(value):
            return value[:2] + "D" + self._permuted("clia", value[3:], _marks)
        mine = _class(value)
        found = self._permuted("id", value, _marks)
        while _class(found) != mine:  # on along the cycle, which stays one to one
            found = self._permuted("id", found, _marks)
        return found

    def _permuted(self, purpose: str, value: str, alphabets: Callable[[str], list[str]]) -> str:
        plain = "".join(letter if letter.isascii() else "X" for letter in value)
        given = alphabets(plain)
        shape = _Shape(plain.upper(), given)
        if shape.size < 2:
            return plain
        tweak = f"{purpose}|{'|'.join(given)}".encode()
        turned = (self._forward(shape.number, shape.size, tweak) + 1) % shape.size
        made = shape.text(self._back(turned, shape.size, tweak))
        return "".join(new.lower() if old.islower() else new for old, new in zip(plain, made, strict=True))

    def _forward(self, number: int, size: int, tweak: bytes) -> int:
        return self._turn(number, size, tweak, range(_ROUNDS), 1)

    def _back(self, number: int, size: int, tweak: bytes) -> int:
        return self._turn(number, size, tweak, range(_ROUNDS - 1, -1, -1), -1)

    def _turn(self, number: int, size: int, tweak: bytes, rounds: Sequence[int], way: int) -> int:
        """One way or the other through the network, again until the number is below the size."""
        half = max(((size - 1).bit_length() + 1) // 2, 1)
        mask = (1 << half) - 1
        while True:
            left, right = number >> half, number & mask
            for round_ in rounds:
                if way > 0:
                    left, right = right, left ^ self._mixed(round_, right, half, tweak)
                else:
                    left, right = right ^ self._mixed(round_, left, half, tweak), left
            number = left << half | right
            if number < size:
                return number

    def _mixed(self, round_: int, half_value: int, half: int, tweak: bytes) -> int:
        size = (half + 7) // 8
        said = bytes([round_]) + len(tweak).to_bytes(2, "big") + tweak + half_value.to_bytes(size, "big")
        return int.from_bytes(hashlib.shake_256(self._key + said).digest(size), "big") & ((1 << half) - 1)


class _Shape:
    """A text as a number in the mixed radix of its positions' alphabets."""

    def __init__(self, text: str, alphabets: list[str]) -> None:
        self._text, self._alphabets = text, alphabets
        self.size = 1
        for alphabet in alphabets:
            self.size *= len(alphabet)

    @cached_property
    def number(self) -> int:
        number = 0
        for letter, alphabet in zip(self._text, self._alphabets, strict=True):
            number = number * len(alphabet) + alphabet.index(letter)
        return number

    def text(self, number: int) -> str:
        made = []
        for alphabet in reversed(self._alphabets):
            number, at = divmod(number, len(alphabet))
            made.append(alphabet[at])
        return "".join(reversed(made))


def _marks(text: str) -> list[str]:
    """The alphabet of each position: a first digit that is not 0 does not become 0."""
    alphabets = []
    for at, letter in enumerate(text.upper()):
        if letter in digits:
            alphabets.append(digits[1:] if at == 0 and letter != "0" else digits)
        else:
            alphabets.append(ascii_uppercase if letter in ascii_uppercase else letter)
    return alphabets


def _mbi_marks(text: str) -> list[str]:
    return [_MBI_LETTERS if alphabet == ascii_uppercase else alphabet for alphabet in _marks(text)]


def _dialled(text: str) -> list[str]:
    """Area code and exchange begin with 2 to 9."""
    return [digits[2:] if at in (0, 3) else digits for at in range(len(text))]


def _sounds(text: str) -> list[str]:
    known = (_VOWELS, _CONSONANTS, digits)
    return [next((one for one in known if letter in one), letter) for letter in text.upper()]


def _class(text: str) -> str:
    """Numbers that edits tell apart: their pseudonyms are not mixed."""
    if _whole_npi(text) or is_mbi(text) or _CLIA.fullmatch(text):
        return "inner rule"
    return "social security" if _SSN.fullmatch(text) else ""


def _whole_npi(text: str) -> bool:
    return is_npi(text) and npi_check_digit_holds(text)

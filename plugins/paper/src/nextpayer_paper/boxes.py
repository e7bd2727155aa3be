"""Filling boxes: text that fits, or a finding that says what did not; never a silent cut.

A name or an address that is too long is cut, and the cut is told. An amount, a code or a payer's number that
is too long is refused: half of it would be another one. Text is upper case ASCII, as the forms are read by
machines (accents go; a letter or a mark that has no plain form is told like a cut). Findings name boxes, not
people.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars

from .grid import Grid

__all__ = ["Boxes", "Mapped", "Unprintable", "digits", "plain", "told"]

_KEPT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 &/#'-,.")
SOURCE = "printing grid of the form"


class Unprintable(ValueError):
    """The claim cannot be put on this form; the message names the box and what to do."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A claim on a form: the text of each box, page by page, and what a person should know about it."""

    pages: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Boxes:
    """One page being filled: box to text. Keys are those of the form's grid."""

    grid: Grid
    text: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def put(self, key: str, text: str, *, whole: bool = False) -> None:
        """Fill a box. ``whole`` refuses what does not fit, with Unprintable, instead of cutting it."""
        place = self.grid.fields[key]
        clean = plain(text)
        if not clean and not text.strip():
            return
        if _lost(text):
            if whole:
                raise Unprintable(
                    f"box {key}: it holds a letter or a mark that cannot be printed on the form"
                )
            self._tell(key, "a letter or a mark that has no plain form is left out")
        if len(clean) > place.width:
            if whole:
                raise Unprintable(
                    f"box {key} has room for {place.width} characters, the claim has {len(clean)}"
                )
            self._tell(
                key, f"it has room for {place.width} characters; {len(clean) - place.width} are cut off"
            )
            clean = clean[: place.width].rstrip()
        if clean:
            self.text[key] = clean

    def tick(self, key: str, on: bool = True) -> None:
        """Mark a check box."""
        if on:
            self.text[key] = "X"

    def money(self, stem: str, amount: Decimal) -> None:
        """An amount in its dollars and its cents; one below zero has no form. Raises Unprintable."""
        if amount < 0:
            raise Unprintable(f"box {stem}: an amount below zero has no place on the form")
        whole, _, cents = dollars(amount).partition(".")
        self.put(f"{stem}.dollars", whole, whole=True)
        self.put(f"{stem}.cents", cents, whole=True)

    def day(self, stem: str, day: dt.date | None, year: str = "yyyy") -> None:
        """A day in its month, day and year; ``year`` is ``yyyy`` or ``yy``."""
        if day is not None:
            self.text[f"{stem}.mm"] = f"{day.month:02d}"
            self.text[f"{stem}.dd"] = f"{day.day:02d}"
            self.text[f"{stem}.{year}"] = f"{day.year:04d}"[-len(year) :]

    def _tell(self, key: str, message: str) -> None:
        self.findings.append(told("NP-PAPER-CUT", key, message))


def told(id: str, box: str, message: str, severity: Severity = Severity.WARN) -> Finding:
    """A finding about a box."""
    return Finding(id=id, severity=severity, where=f"box {box}", message=message, source=SOURCE)


def plain(text: str) -> str:
    """The text in upper case ASCII, one space between words, without marks that the forms do not take."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = text.upper()
    if not _KEPT.issuperset(text):
        text = "".join([letter if letter in _KEPT else " " for letter in text])
    return " ".join(text.split())


def digits(text: str) -> str:
    """Only the digits."""
    return "".join([letter for letter in text if letter.isascii() and letter.isdigit()])


def _lost(text: str) -> bool:
    """Whether a letter or a mark has no plain form; an accent may go, and space is space."""
    return not _KEPT.issuperset(text.upper()) and not all(_has_plain_form(one) for one in text)


def _has_plain_form(one: str) -> bool:
    if one.isspace() or unicodedata.combining(one):
        return True
    found = unicodedata.normalize("NFKD", one).encode("ascii", "ignore").decode().upper()
    return bool(found) and _KEPT.issuperset(found)

"""Segments as text in one interchange's delimiters, and the refusal of text that would break them.

Parts of a claim that repeat from claim to claim (providers, payers, procedures, dates, addresses) are
rendered once per object and kept by its identity: nouns are frozen, so their text never goes stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

from nextpayer.errors import NextpayerError
from nextpayer_x12.segments import Order

__all__ = ["Kept", "Syntax", "UnwritableText"]

_KEEP = 20_000


class UnwritableText(NextpayerError, ValueError):
    """A claim's text cannot be written in its interchange, so the claim must be held.

    The message names the loop and the element and says why; it never shows the value.
    """


class Kept(dict[int, str]):
    """Rendered text by the identity of the object it came from; bounded."""

    __slots__ = ("_things",)

    def __init__(self) -> None:
        self._things: list[object] = []  # kept alive, so that an identity is never used twice

    def keep(self, thing: object, text: str) -> str:
        """Remembers and returns ``text``."""
        if len(self) >= _KEEP:
            self.clear()
            self._things.clear()
        self[id(thing)] = text
        self._things.append(thing)
        return text


class Syntax:
    """One interchange's delimiters, in the order element, component, repetition, segment."""

    def __init__(self, delimiters: str) -> None:
        unfit = any(one.isalnum() or one == " " for one in delimiters)
        if unfit or len(delimiters) != 4 or len(set(delimiters)) != 4:
            raise UnwritableText("ISA: four different delimiters are needed, none a letter, digit or space")
        self.element, self.component, self.repetition, self.terminator = tuple(delimiters)
        #: Characters that no element may hold. A line end is one, because readers drop it.
        self.forbidden = tuple(dict.fromkeys(delimiters + "\r\n"))
        self._breaks = re.compile("[" + re.escape("".join(self.forbidden)) + "]")
        self._marks = str.maketrans("", "", delimiters)
        self._plain = bytes(range(0x20, 0x7F)) + delimiters.encode("ascii", "ignore")

    def broken(self, text: str) -> bool:
        """Whether ``text`` holds a character that no simple element may hold."""
        return self._breaks.search(text) is not None

    def has_control(self, text: str) -> bool:
        """Whether whole segments hold a character, other than the delimiters, that cannot be printed."""
        if text.isascii():  # to take all bytes away that may stand is four times as quick as to ask of each
            return bool(text.encode("ascii").translate(None, self._plain))
        return not text.translate(self._marks).isprintable()

    def refuse(self, where: str) -> NoReturn:
        """Raises UnwritableText for the element ``where``, such as ``2010BA NM103``."""
        raise UnwritableText(f"{where}: the text holds a delimiter of the interchange or a line end")

    def segment(self, loop: str, tag: str, *elements: str | Sequence[str]) -> str:
        """A segment, trailing empty elements trimmed; a sequence is a composite. Raises UnwritableText."""
        parts = [tag]
        for number, element in enumerate(elements, 1):
            components = (element,) if isinstance(element, str) else element
            if any(self.broken(component) for component in components):
                self.refuse(f"{loop} {tag}{number:02d}")
            parts.append(self.component.join(components).rstrip(self.component))
        return self.element.join(parts).rstrip(self.element) + self.terminator

    def raw(self, loop: str, segments: Iterable[str]) -> str:
        """Carried segments, as they stand. Raises UnwritableText when one would be more than a segment."""
        text = ""
        for one in segments:
            one = one.rstrip(self.element)  # empty elements at the end say nothing
            if self.terminator in one or self.element not in one[2:4]:
                raise UnwritableText(
                    f"{loop}: a carried segment is not one segment in this interchange's syntax"
                )
            text += one + self.terminator
        return text

    def raw_element(self, where: str, text: str) -> str:
        """An element carried in this syntax (it may be a composite). Raises UnwritableText."""
        if self.element in text or self.terminator in text:
            self.refuse(where)
        return text

    def in_order(self, order: Order, segments: Sequence[str]) -> Sequence[str]:
        """Segments in the guide's order; equals stay as they were."""
        return sorted(segments, key=lambda one: self.place(order, one)) if len(segments) > 1 else segments

    def place(self, order: Order, segment: str) -> int:
        """Where a segment stands in ``order``."""
        return order.place(*self.head(segment))

    def head(self, segment: str) -> tuple[str, str]:
        """A segment's tag and its first element (of a composite, the first component)."""
        tag, _, rest = segment.removesuffix(self.terminator).partition(self.element)
        return tag, rest.split(self.element, 1)[0].split(self.component, 1)[0]

"""A document as blocks: headings, paragraphs, items and sums; what it says, apart from how it looks.

Both looks, PDF and DOCX, are made from the same blocks, so that they cannot differ in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Block", "Kind", "blocks_of"]

Kind = str
_HEADING, _ITEM, _SUMS = "# ", "- ", "[sums]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block. ``kind`` is ``heading``, ``text`` (its lines kept), ``item`` or ``sums`` (``rows`` of label,
    amount and source)."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()


def blocks_of(text: str, sums: Sequence[tuple[str, str, str]] = ()) -> Iterator[Block]:
    """The blocks of a text: ``# `` begins a heading, ``- `` an item, ``[sums]`` stands for the sums; all else
    is paragraphs with empty lines between."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        special = line.startswith((_HEADING, _ITEM)) or line.strip() in ("", _SUMS)
        if special and paragraph:
            yield Block(kind="text", text="\n".join(paragraph))
            paragraph = []
        if line.startswith(_HEADING):
            yield Block(kind="heading", text=line.removeprefix(_HEADING).strip())
        elif line.startswith(_ITEM):
            yield Block(kind="item", text=line.removeprefix(_ITEM).strip())
        elif line.strip() == _SUMS:
            yield Block(kind="sums", rows=tuple(sums))
        elif line.strip():
            paragraph.append(line.rstrip())

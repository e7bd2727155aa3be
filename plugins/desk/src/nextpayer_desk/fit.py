"""What the ledger cannot keep: text that a database refuses, and numbers too long to be looked up.

PostgreSQL keeps no NUL and no half of a surrogate pair, and its indexes hold no more than some 2,700 bytes.
One such item would undo its whole batch, so it is set aside by itself, on both databases alike.
"""

from __future__ import annotations

__all__ = ["LONGEST", "kept", "unfit"]

#: Characters of what is searched: names and numbers. The standard has at most 80 (NM103, REF02).
LONGEST = 200
_LONGEST_REASON = 500


def unfit(noun: str, *searched: str, **short: tuple[str, int]) -> str:
    """Why an item cannot be kept, '' where it can: its noun as text, what of it is searched, and by name what
    has a width of its own."""
    if "\\u0000" in noun:
        return "it holds a NUL character"
    if not _writable(noun):
        return "it holds half a character (a lone surrogate)"
    if any(len(one) > LONGEST for one in searched):
        return f"a name or number in it has more than {LONGEST} characters"
    wide = [name for name, (text, width) in short.items() if len(text) > width]
    return f"its {wide[0].replace('_', ' ')} is too long" if wide else ""


def kept(text: str, longest: int = _LONGEST_REASON) -> str:
    """A text about an item that was set aside, as far as it can be kept."""
    return "".join(one if one.isprintable() else " " for one in text[:longest])


def _writable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

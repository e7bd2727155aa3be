"""File names that cross to another machine: one plain part, in characters every system keeps as they are.

A name from a receiver may try to lead out of a folder (``../x``, ``C:x``, ``a/b``); one of ours may be wrong
by a bug. Both are refused, never mended: a mended name would meet another file's.
"""

from __future__ import annotations

import re

__all__ = ["NO_NAME", "plain_name", "unusable"]

#: Why a file with another name is left at its receiver.
NO_NAME = "its name is not one plain part"

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. ()+=@#,-]{0,199}", re.ASCII)
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)


def plain_name(name: str) -> bool:
    """Whether the name is one part, starts with a letter, digit or underscore, and no system reads it
    otherwise."""
    if not _PLAIN.fullmatch(name) or name[-1] in ". ":
        return False
    return name.partition(".")[0].rstrip().lower() not in _DEVICES


def unusable(name: str) -> str:
    """Why a submission's name cannot be used, without the name; empty when it can."""
    return "" if plain_name(name) else "the file's name is not one plain part of letters, digits and . _ -"

"""Print the table of the core's edits: ``python -m nextpayer.edits > docs/reference/edits.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nextpayer.edits import EDITS
from nextpayer.scrub import Edit

__all__ = ["table"]

_HEAD = """\
# Edits

Every claim passes these before it leaves. `reject` holds the claim, `warn` asks for a look. Kinds: P is
professional, I institutional, D dental. Adapters and plugins add their own.

This page is written by `python -m nextpayer.edits`; change the tables in `nextpayer/edits/` instead.

| id | title | severity | kinds | source |
|---|---|---|---|---|
"""
_ADDRESS = re.compile(r"https://[^\s;]+")


def table(edits: Iterable[Edit]) -> str:
    """The page, in Markdown, one row for each edit in the given order."""
    return _HEAD + "".join(
        f"| `{edit.id}` | {edit.title} | {edit.severity} | {edit.kinds} | {_linked(edit.source)} |\n"
        for edit in edits
    )


def _linked(source: str) -> str:
    return _ADDRESS.sub(r"<\g<0>>", source)


if __name__ == "__main__":
    print(table(EDITS), end="")

"""Print the table of the core's edits: ``python -m nextpayer.edits > docs/reference/edits.md``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from nextpayer.codesets import LISTS
from nextpayer.edits import EDITS
from nextpayer.edits.repairs import REPAIRS
from nextpayer.edits.today import edits_on
from nextpayer.edits.unreadable import ELEMENTS, READING, Reading
from nextpayer.scrub import Edit

__all__ = ["page", "table"]

_HEAD = """\
# Edits

`reject` holds the claim, `warn` asks for a look. Kinds: P is professional, I institutional, D dental. Every
claim that leaves passes the edits marked *every claim*; those marked *scrub* are run by
[`nextpayer scrub`](cli.md) alone, on claims that no payer has seen yet. Adapters and plugins add their own.
Which published rule each one implements stands in [published edits](published-edits.md).

This page is written by `python -m nextpayer.edits`; change the tables in `nextpayer/edits/` instead.

| id | title | severity | kinds | runs on | source |
|---|---|---|---|---|---|
"""
_READING = """
## Found while reading

A claim that breaks one of these cannot be read at all; `nextpayer scrub` tells its position and rejects it,
the main job puts it aside.

| id | what must hold | severity | source |
|---|---|---|---|
"""
_ELEMENTS = """
## Found in the text

A reader finds these beside the claims (`nextpayer scrub` alone).

| id | what must hold | severity | source |
|---|---|---|---|
"""
_LISTS = """
## Code lists

Asked only where an installed [code set](../how-to/load-a-code-list.md) holds the list; nextpayer ships none.

| id | list | what must hold | severity | source |
|---|---|---|---|---|
"""
_REPAIRS = """
## Repairs

`nextpayer scrub --repair OUT` makes these, and lists each. They change form alone, never what was billed,
decided or paid.

| id | what is put right | source |
|---|---|---|
"""
_ADDRESS = re.compile(r"https://[^\s;]+")
#: Any day: the edits of one day differ from those of another in what they find, not in what they are.
_SOME_DAY = dt.date(2000, 1, 1)


def table(edits: Iterable[Edit]) -> str:
    """The rows of edits, in Markdown, in the given order."""
    return "".join(
        f"| `{edit.id}` | {edit.title} | {edit.severity} | {edit.kinds} | "
        f"{'scrub' if edit.scrub_only else 'every claim'} | {_linked(edit.source)} |\n"
        for edit in edits
    )


def page() -> str:
    """The whole page."""
    reading = _rows(READING)
    elements = _rows(one for one in ELEMENTS.values() if one.id not in {edit.id for edit in EDITS})
    lists = "".join(
        f"| `NP-E-LIST-{name.upper()}` | `{name}` | {title} | {severity} | {_linked(source)} |\n"
        for name, (title, source, severity, _) in LISTS.items()
    )
    repairs = "".join(f"| `{one.id}` | {one.title} | {_linked(one.source)} |\n" for one in REPAIRS)
    edits = table((*EDITS, *edits_on(_SOME_DAY)))
    return _HEAD + edits + _READING + reading + _ELEMENTS + elements + _LISTS + lists + _REPAIRS + repairs


def _rows(rules: Iterable[Reading]) -> str:
    return "".join(
        f"| `{one.id}` | {one.title} | {one.severity} | {_linked(one.source)} |\n" for one in rules
    )


def _linked(source: str) -> str:
    return _ADDRESS.sub(r"<\g<0>>", source)


if __name__ == "__main__":
    print(page(), end="")

"""The worklist as text: a table that fits the terminal, and plain lines for everything else."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nextpayer_desk.standing import Standing
from nextpayer_desk.worklist import Item

from .options import dollars

__all__ = ["lines_of", "show_on_terminal", "waiting_lines"]

#: Below this width the owner and the money stand with the words.
_NARROW = 90


def lines_of(items: Sequence[Item], also: Sequence[Item], today: dt.date) -> list[str]:
    """One line for each thing, and one for each claim that an answer may belong to."""
    lines = [] if items else ["nothing waits for you"]
    for one in items:
        lines.append(_line(one))
        lines += [f"    {text}" for text in _candidates(one)]
    lines += [f"{_line(one)}  [{one.snoozed}]" for one in also]
    if items:
        lines.append(_sum(items, today))
    return lines


def _line(one: Item) -> str:
    by = f"  last day {one.deadline}" if one.deadline else ""
    return (
        f"{one.due}  {one.id}  {one.owner}  {dollars(one.stake)}  {one.about}{by}"
        f"  {one.reason}: {one.says}; next: {one.action}"
    )


def _candidates(one: Item) -> list[str]:
    return [f"claim {claim} fits {score} of 100: {because}" for claim, score, because in one.candidates]


def _sum(items: Sequence[Item], today: dt.date) -> str:
    late = sum(1 for one in items if one.due < today)
    things = f"{len(items):,} thing{'' if len(items) == 1 else 's'} to do"
    return (
        f"{things}{f', {late:,} late' if late else ''}; {dollars(sum(one.stake for one in items))} at stake"
    )


def waiting_lines(waiting: Sequence[Standing]) -> list[str]:
    """One line for each claim that waits for a payer."""
    lines = [
        f"claim {one.claim} waits for {one.payer} until {one.until}  {dollars(one.stake)}"
        f"  {one.reason}: {one.says}"
        for one in sorted(waiting, key=lambda one: (one.until or dt.date.max, one.claim))
    ]
    return lines or ["no claim waits for a payer"]


def show_on_terminal(items: Sequence[Item], also: Sequence[Item], today: dt.date) -> bool:
    """Show it as a table, if stdout is a terminal; say whether it was."""
    if not items or not sys.stdout.isatty():
        return False
    console = Console()
    console.print(table_of(items, also, today, console.width))
    console.print(Text(_sum(items, today), style="bold"))
    return True


def table_of(items: Sequence[Item], also: Sequence[Item], today: dt.date, width: int) -> Table:
    """The table for a terminal of some width."""
    narrow = width < _NARROW
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    table.add_column("do by", no_wrap=True)
    table.add_column("item", no_wrap=True, style="cyan")
    if not narrow:
        table.add_column("owner", max_width=16, overflow="ellipsis", no_wrap=True)
        table.add_column("at stake", justify="right", no_wrap=True)
    table.add_column("what", ratio=1, overflow="fold")
    for one in (*items, *also):
        cells = [Text(str(one.due), style=_urgency(one, today)), Text(one.id)]
        if not narrow:
            cells += [Text(one.owner), Text(dollars(one.stake))]
        table.add_row(*cells, _words(one, narrow))
    return table


def _urgency(one: Item, today: dt.date) -> str:
    if one.snoozed:
        return "dim"
    if one.due < today:
        return "bold red"
    return "yellow" if one.due == today else ""


def _words(one: Item, narrow: bool) -> Text:
    words = Text(one.about, style="bold")
    if narrow:
        words.append(f"  {one.owner}  {dollars(one.stake)}", style="not bold")
    if one.deadline:
        words.append(f"  last day {one.deadline}", style="red")
    words.append(f"\n{one.reason}: {one.says}", style="not bold")
    if one.snoozed:
        words.append(f"\n{one.snoozed}", style="not bold dim")
    else:
        words.append(f"\nnext: {one.action}", style="not bold green")
    for text in _candidates(one):
        words.append(f"\n{text}", style="not bold dim")
    return words

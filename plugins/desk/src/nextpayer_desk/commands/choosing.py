"""Choosing things of the worklist: by their ids, or by filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import click

from nextpayer.errors import UnusableInput
from nextpayer_desk.office_rules import KINDS
from nextpayer_desk.worklist import Item

__all__ = ["Choice", "choice_options", "found_by", "items_argument"]

_SHORTEST = 4

items_argument = click.argument("items", metavar="[ITEM]...", nargs=-1)


class Choice:
    """What the filters say; of one filter given twice either fits."""

    def __init__(
        self,
        payer: tuple[str, ...],
        reason: tuple[str, ...],
        kind: tuple[str, ...],
        owner: tuple[str, ...],
        age: int | None,
        due_by: dt.datetime | None,
    ) -> None:
        self.payer, self.reason, self.kind, self.owner = payer, reason, kind, owner
        self.age, self.due_by = age, due_by.date() if due_by is not None else None

    def __bool__(self) -> bool:
        return (
            bool(self.payer or self.reason or self.kind or self.owner or self.due_by) or self.age is not None
        )

    def of(self, items: Sequence[Item], today: dt.date) -> list[Item]:
        """Those that fit."""
        return [one for one in items if self._fits(one, today)]

    def _fits(self, one: Item, today: dt.date) -> bool:
        asked = ((self.payer, one.payer), (self.reason, one.reason), (self.kind, one.kind))
        return (
            all(not wanted or found in wanted for wanted, found in (*asked, (self.owner, one.owner)))
            and (self.age is None or (today - one.since).days >= self.age)
            and (self.due_by is None or one.due <= self.due_by)
        )


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The filters."""
    for option in reversed(
        (
            click.option("--payer", multiple=True, metavar="ID", help="Only of this payer."),
            click.option("--reason", multiple=True, metavar="NP-...", help="Only for this reason."),
            click.option("--kind", multiple=True, type=click.Choice(KINDS), help="Only of this kind."),
            click.option(
                "--owner", multiple=True, metavar="NAME", help="Only what this person or queue has."
            ),
            click.option(
                "--age", type=click.IntRange(0), metavar="DAYS", help="Only what came up so long ago."
            ),
            click.option(
                "--due-by", type=click.DateTime(["%Y-%m-%d"]), help="Only what is to be done by this day."
            ),
        )
    ):
        command = option(command)
    return command


def found_by(ids: Sequence[str], items: Sequence[Item]) -> list[Item]:
    """The things of these ids, or of beginnings that only one has. Raises UnusableInput."""
    found = []
    for id in dict.fromkeys(ids):
        fits = [one for one in items if one.id.startswith(id.lower())] if len(id) >= _SHORTEST else []
        if not fits:
            raise UnusableInput(id, "", "nothing has this id now; ids are in: nextpayer worklist")
        if len(fits) > 1:
            raise UnusableInput(id, "", f"{len(fits)} things have an id that begins so")
        found.append(fits[0])
    return found

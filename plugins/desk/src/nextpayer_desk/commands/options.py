"""The options that the desk's commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from nextpayer.cli._packs import chosen, payers_option
from nextpayer_desk.office_rules import OfficeRules, read_office

__all__ = [
    "as_of_option",
    "day",
    "dollars",
    "ledger_option",
    "office_from",
    "office_options",
    "output_options",
]


def ledger_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which ledger."""
    return click.option(
        "--ledger",
        envvar="NEXTPAYER_LEDGER",
        default="sqlite:///nextpayer.db",
        show_default=True,
        help="The ledger's database URL (also NEXTPAYER_LEDGER).",
    )(command)


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which day it is."""
    return click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")(
        command
    )


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--json`` and ``--quiet``."""
    command = click.option("--quiet", is_flag=True, help="Print nothing but errors.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def day(as_of: dt.datetime | None) -> dt.date:
    """The day that ``--as-of`` names."""
    return as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day


def office_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How the office works, and what its payers want."""
    command = payers_option(command)
    return click.option(
        "--office",
        envvar="NEXTPAYER_OFFICE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="OFFICE.toml: who has what, and by when (also NEXTPAYER_OFFICE).",
    )(command)


def office_from(path: Path | None, payers: str | None) -> OfficeRules:
    """The office of ``--office`` with the packs of ``--payers``. Raises UnusableInput."""
    office = read_office(path) if path is not None else OfficeRules()
    return replace(office, profiles=chosen(payers)) if payers is not None else office


def dollars(cents: int) -> str:
    """Whole cents as dollars."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"

"""The options that the desk's commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import click

__all__ = ["as_of_option", "day", "ledger_option", "output_options"]


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

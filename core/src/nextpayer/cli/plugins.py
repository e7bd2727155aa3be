"""``nextpayer plugins``: what is installed, where it comes from, and whether it works."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

import click

from nextpayer.api import describe
from nextpayer.registry import PluginStatus, survey

__all__ = ["plugins"]

COLUMNS = ("kind", "name", "distribution", "version", "status")


@click.command()
@click.option("--api", is_flag=True, help="Print the interface that plugins are written against, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.option("--quiet", is_flag=True, help="Print only what is wrong.")
@click.pass_context
def plugins(ctx: click.Context, api: bool, as_json: bool, quiet: bool) -> None:
    """List every plugin; exit 1 if any cannot be used."""
    if api:
        click.echo(json.dumps(describe(), indent=1))
        return
    found = survey()
    wrong = [status for status in found if status.status != "ok"]
    if as_json:
        click.echo(json.dumps({"plugins": [dataclasses.asdict(status) for status in found]}, indent=2))
    else:
        for line in _table(wrong if quiet else found):
            click.echo(line)
    ctx.exit(1 if wrong else 0)


def _table(found: Sequence[PluginStatus]) -> list[str]:
    rows = [COLUMNS, *(tuple(getattr(status, column) for column in COLUMNS) for status in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    errors = [f"{status.status}: {status.error}" for status in found if status.error]
    return [*(lines if found else []), *errors]

"""``nextpayer payers``: the payer packs there are, what one says and who says so, what is wrong with one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from nextpayer.errors import UnusableInput
from nextpayer.wire.packs import Pack, Problem, Setting, load_packs, pack_problems
from nextpayer.wire.shipped import shipped

from ._packs import documents_at, neighbours, one_pack

__all__ = ["payers"]

_COLUMNS = ("name", "payer ids", "adapter", "effective", "source")
_WIDEST = 60


def _output(command: Callable[..., int]) -> Callable[..., int]:
    command = click.option("--quiet", is_flag=True, help="Print nothing but errors.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


@click.group(invoke_without_command=True)
@click.pass_context
def payers(ctx: click.Context) -> None:
    """Payer packs: list them, show one with its sources, check yours, compare two."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


@payers.command("list")
@click.argument(
    "where", metavar="[FILE-or-DIR]", type=click.Path(exists=True, path_type=Path), required=False
)
@_output
def list_packs(where: Path | None, as_json: bool, quiet: bool) -> int:
    """List the shipped packs, or those of a file or folder; exit 1 if any cannot be used."""
    origins: dict[str, str] = {}
    wrong: list[str] = []
    if where is None:
        stock = shipped()
        packs, origins = stock.packs, dict(stock.origins)
        wrong = [str(problem) for problem in stock.problems]
    else:
        packs = load_packs(documents_at(where), lambda: neighbours(where))
    if as_json:
        rows = [{**_row(pack), "distribution": origins.get(pack.name, "")} for pack in packs]
        click.echo(json.dumps({"packs": rows, "problems": wrong}, indent=2))
        return 1 if wrong else 0
    for line in () if quiet else _table([_COLUMNS, *map(_cells, packs)]):
        click.echo(line)
    for text in wrong:
        click.echo(text, err=True)
    return 1 if wrong else 0


@payers.command()
@click.argument("name", metavar="NAME-or-FILE")
@_output
def show(name: str, as_json: bool, quiet: bool) -> int:
    """Show every value of one pack: the pack of its chain that set it, and the source."""
    pack = one_pack(name)
    if as_json:
        values = [_value(setting) for setting in pack.settings]
        document = {**_row(pack), "file": pack.file, "chain": pack.chain, "values": values}
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        click.echo("\n".join(_shown(pack)))
    return 0


@payers.command()
@click.argument("where", metavar="FILE-or-DIR", type=click.Path(exists=True, path_type=Path))
@_output
def lint(where: Path, as_json: bool, quiet: bool) -> int:
    """Check a pack or a folder of them: all problems at once, each with its path and the nearest key."""
    found = list(_lint(where))
    if as_json:
        rows = [{"file": p.file, "path": p.path, "message": p.message} for p in found]
        click.echo(json.dumps({"findings": rows}, indent=2))
    elif not quiet:
        for problem in found:
            click.echo(": ".join(part for part in (problem.file, problem.path, problem.message) if part))
        click.echo(f"{len(found)} findings" if found else "no findings")
    return 1 if found else 0


@payers.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@_output
def diff(one: str, other: str, as_json: bool, quiet: bool) -> int:
    """Compare two packs, each a shipped NAME or a FILE: the keys whose values differ."""
    first, second = ({setting.key: setting for setting in one_pack(name).settings} for name in (one, other))
    keys = [key for key in sorted({*first, *second}) if _of(first.get(key)) != _of(second.get(key))]
    if as_json:
        rows = [{"key": key, "a": _value(first.get(key)), "b": _value(second.get(key))} for key in keys]
        click.echo(json.dumps({"a": one, "b": other, "differences": rows}, indent=2))
    elif not quiet:
        rows_of_text = [(key, _text(first.get(key)), _text(second.get(key))) for key in keys]
        lines = _table([("key", one, other), *rows_of_text]) if keys else ["no differences"]
        click.echo("\n".join(lines))
    return 0


def _lint(where: Path) -> Iterable[Problem]:
    if not where.is_dir():
        return pack_problems(documents_at(where), lambda: neighbours(where))
    documents, unreadable = [], []
    for file in sorted(where.glob("*.toml")):
        try:
            documents += documents_at(file)
        except UnusableInput as error:
            unreadable.append(Problem(file=error.file, path=error.where, message=error.reason))
    if not documents and not unreadable:
        documents_at(where)  # raises: there is nothing to check
    return (*unreadable, *pack_problems(documents, lambda: neighbours(where)))


def _row(pack: Pack) -> dict[str, Any]:
    return {
        "name": pack.name,
        "abstract": pack.profile is None,
        "ids": list(pack.profile.payer_ids) if pack.profile is not None else [],
        "payer": _plain(pack, "payer.name"),
        "adapter": _plain(pack, "claims.adapter"),
        "extends": pack.chain[1] if len(pack.chain) > 1 else None,
        "effective": pack.effective.isoformat(),
        "terminates": pack.terminates.isoformat() if pack.terminates else None,
        "source": pack.source,
        "notes": pack.notes,
    }


def _cells(pack: Pack) -> Sequence[str]:
    ids = " ".join(pack.profile.payer_ids) if pack.profile is not None else "(to extend)"
    dates = f"{pack.effective} to {pack.terminates}" if pack.terminates else f"{pack.effective}"
    source = pack.source if len(pack.source) <= _WIDEST else pack.source[: _WIDEST - 3] + "..."
    return (pack.name, ids, _plain(pack, "claims.adapter"), dates, source)


def _plain(pack: Pack, key: str) -> str:
    return next((str(setting.value) for setting in pack.settings if setting.key == key), "")


def _shown(pack: Pack) -> list[str]:
    dates = f"from {pack.effective}" + (f" to {pack.terminates}" if pack.terminates else "")
    lines = [f"{pack.name} ({dates})", f"  {pack.source}"]
    lines += [f"  {line}" for line in pack.notes.splitlines()]
    if len(pack.chain) > 1:
        lines.append(f"  extends {', then '.join(pack.chain[1:])}")
    width = max((len(setting.key) for setting in pack.settings), default=0)
    for who, says in dict.fromkeys((setting.pack, setting.source) for setting in pack.settings):
        lines += ["", f"{who}: {says}"]
        lines += [
            f"  {setting.key:<{width}} = {_text(setting)}"
            for setting in pack.settings
            if (setting.pack, setting.source) == (who, says)
        ]
    return lines


def _of(setting: Setting | None) -> object:
    return None if setting is None else setting.value


def _value(setting: Setting | None) -> dict[str, Any] | None:
    if setting is None:
        return None
    return {"key": setting.key, "value": setting.value, "pack": setting.pack, "source": setting.source}


def _text(setting: Setting | None) -> str:
    return "-" if setting is None else json.dumps(setting.value, ensure_ascii=False)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]

"""``nextpayer estimate``: what the next payer should pay on one claim, with every term of its formula."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from nextpayer import registry
from nextpayer.wire.case import load_case
from nextpayer.wire.estimate import estimate_document

from ._inputs import read_json
from ._packs import chosen, payers_option
from ._page import estimate_picture
from ._resolve import Payers

__all__ = ["estimate"]


@click.command()
@click.argument("case", metavar="CASE.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@payers_option
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@click.option(
    "--svg", type=click.Path(dir_okay=False, path_type=Path), help="Also draw the waterfall into this file."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def estimate(
    case: Path, payers: str | None, as_of: dt.datetime | None, svg: Path | None, as_json: bool, quiet: bool
) -> int:
    """Say what the next payer should pay for CASE.json: the method, every term, and the waterfall.

    Exit status 1 when a term is missing that the payer's method needs: nothing is guessed.
    """
    one = load_case(read_json(case), file=case.name)
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    profiles = chosen(payers) if payers is not None else None
    adapter = Payers(registry.hooks(), profiles, today, None).adapter_for(one.policy)
    document = estimate_document(one.shares, adapter.estimate(one.shares, one.terms, one.policy))
    payer = one.policy.payer.name or one.policy.payer.id or "the next payer"
    if svg is not None:
        svg.write_text(estimate_picture(document, payer), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        click.echo(_text(document, payer))
    return 1 if document["missing"] else 0


def _text(document: dict[str, Any], payer: str) -> str:
    if document["missing"]:
        lines = [f"What {payer} should pay is not known. Missing: {', '.join(document['missing'])}"]
        return "\n".join([*lines, f"  needed by: {document['source']}"])
    lines = [
        f"{payer} should pay {document['expected']}",
        f"  {document['method']}: {document['source']}",
        "",
    ]
    width = max((len(term["name"]) for term in document["terms"]), default=0)
    lines += [
        f"  {term['name']:<{width}}  {term['amount']:>12}  {term['source']}" for term in document["terms"]
    ]
    width = max(len(step["name"]) for step in document["waterfall"])
    lines += ["", "Waterfall"]
    lines += [
        f"  {step['name']:<{width}}  {step['amount']:>12}  left {step['left']:>12}"
        for step in document["waterfall"]
    ]
    return "\n".join(lines)

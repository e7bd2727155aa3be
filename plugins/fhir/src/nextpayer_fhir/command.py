"""``nextpayer fhir``: claims or remittances as a FHIR R4 Bundle. The way back is ``nextpayer read``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import click

from nextpayer.claim import Claim
from nextpayer.cli._inputs import find_reader
from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals

from .bundle import bundle_text
from .facts import Document
from .mapping import ANSWERS, claim_to_fhir, payment_to_fhir
from .refusal import FhirRefusal

__all__ = ["fhir"]


@click.command("fhir")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The Bundle's file, else stdout."
)
@click.option("--answers", type=click.Choice(ANSWERS), default=ANSWERS[0], show_default=True, help="As what.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@click.option("--json", "as_json", is_flag=True, help="With --out: print what was written as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def fhir(
    file: Path, out: Path | None, answers: str, as_of: dt.datetime | None, as_json: bool, quiet: bool
) -> int:
    """Write an 837 or 835 FILE (or EOB.json) as a FHIR R4 Bundle; exit 1 if anything could not be written."""
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    resources: list[Document] = []
    aside: list[dict[str, str]] = []
    for item in _items(file):
        if isinstance(item, Quarantined):
            aside.append({"where": f"segment {item.segment}", "reason": item.reason})
            continue
        try:
            if isinstance(item, Claim):
                resources.append(claim_to_fhir(item, created=today))
            else:
                resources.append(payment_to_fhir(item, created=today, kind=answers))
        except FhirRefusal as refusal:
            aside.append({"where": f"segment {item.segment}", "reason": str(refusal)})
    text = bundle_text(resources)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        if as_json:
            click.echo(json.dumps({"file": out.name, "resources": len(resources), "refused": aside}))
        elif not quiet:
            click.echo(f"{out.name}: {len(resources)} resources")
    if not as_json and not quiet:
        for one in aside:
            click.echo(f"{file.name}: {one['where']}: {one['reason']}", err=True)
    return 1 if aside else 0


def _items(file: Path) -> Iterator[Claim | ClaimPayment | Quarantined]:
    reader, kind = find_reader(file)
    if kind.startswith("837"):
        yield from reader.claims(file)
    elif kind.startswith("835") or kind == "EOB":
        yield from (one for one in reader.remittances(file) if not isinstance(one, RemittanceTotals))
    else:
        raise UnusableInput(
            file.name, "", f"it is a {kind}; fhir takes claims (837) and remittances (835, EOB)"
        )

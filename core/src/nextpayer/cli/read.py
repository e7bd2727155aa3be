"""``nextpayer read``: one file of claims, payments, eligibility or acknowledgments as one JSON document,
streamed.

::

    {"file": "era.835", "kind": "835",
     "transactions": [{"header": {...}, "payments": [{...}], "totals": {...}}],
     "quarantined": [{"file": "era.835", "segment": 212, "reason": "...", "kind": "payment"}],
     "summary": {"transactions": 1, "payments": 1, "quarantined": 0}}

A file of claims has ``"claims": [{...}]`` instead of transactions, a 270 ``"inquiries"``, a 271
``"answers"``, a TA1, 999 or 277 ``"acknowledgments"`` (of all these kinds, in their order). The objects are
the nouns (``nextpayer.wire.nouns``), each written as soon as it is read: nothing but what is quarantined is
kept. ``totals`` is null where the file breaks off before its transaction ends.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import Any, TypeVar

import click

from nextpayer.acknowledgment import Acknowledgment
from nextpayer.claim import Claim
from nextpayer.cli._answers import acknowledges, answers_claims
from nextpayer.cli._inputs import find_reader
from nextpayer.eligibility import Eligibility, Inquiry
from nextpayer.errors import UnusableInput
from nextpayer.ports import AcknowledgmentReader, EligibilityReader, Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals
from nextpayer.wire.nouns import dump, dump_inner

__all__ = ["read"]

Item = TypeVar("Item")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON is what this command prints, with or without.")
@click.option("--quiet", is_flag=True, help="Print no counts on the terminal.")
@click.pass_context
def read(ctx: click.Context, file: Path, as_json: bool, quiet: bool) -> None:
    """Print an X12 FILE (837, 835, 270, 271, TA1, 999, 277), FHIR or EOB.json as JSON.

    Exit status 1 if something was not read.
    """
    reader, kind = find_reader(file)
    counts: Counter[str] = Counter()
    aside: list[Quarantined] = []
    if kind.startswith("837"):
        records = _items("claims", _sound(reader.claims(file), aside), counts)
    elif answers_claims(kind):
        records = chain(['"transactions": '], _transactions(_sound(reader.remittances(file), aside), counts))
    elif kind == "270" and isinstance(reader, EligibilityReader):
        records = _items("inquiries", _sound(reader.inquiries(file), aside), counts)
    elif kind == "271" and isinstance(reader, EligibilityReader):
        records = _items("answers", _sound(reader.eligibilities(file), aside), counts)
    elif acknowledges(kind) and isinstance(reader, AcknowledgmentReader):
        records = _items("acknowledgments", _sound(reader.acknowledgments(file), aside), counts)
    else:
        takes = "837, 835, 270, 271, TA1, 999 and 277 files and EOBs"
        raise UnusableInput(file.name, "", f"it is a {kind}; read takes {takes}")
    out = sys.stdout
    out.write(f'{{"file": {json.dumps(file.name)}, "kind": {json.dumps(kind)}, ')
    out.writelines(records)
    out.write(',\n"quarantined": ')
    out.writelines(_listed(json.dumps(dump(item)) for item in aside))
    counts["quarantined"] = len(aside)
    out.write(f',\n"summary": {json.dumps(counts)}}}\n')
    if not quiet and sys.stderr.isatty():
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()), err=True)
    ctx.exit(1 if aside else 0)


def _sound(items: Iterator[Item | Quarantined], aside: list[Quarantined]) -> Iterator[Item]:
    """The items that could be read; what could not be is put aside.

    A file that turns out unusable at once raises UnusableInput now, before anything is printed. Later, what
    was read stands and the rest of the file is put aside as one.
    """
    first = next(items, None)
    return _rest(chain(() if first is None else (first,), items), aside)


def _rest(items: Iterable[Item | Quarantined], aside: list[Quarantined]) -> Iterator[Item]:
    try:
        for item in items:
            if isinstance(item, Quarantined):
                aside.append(item)
            else:
                yield item
    except UnusableInput as error:
        reason = ": ".join(part for part in (error.where, error.reason) if part)
        aside.append(Quarantined(file=error.file, segment=0, reason=reason))


def _items(
    name: str, items: Iterator[Claim | Inquiry | Eligibility | Acknowledgment], counts: Counter[str]
) -> Iterator[str]:
    """The list of a file whose items stand each for itself."""
    counts[name] = 0
    yield f'"{name}": '
    yield from _listed(_counted((dump(item) for item in items), name, counts))


def _transactions(items: Iterator[ClaimPayment | RemittanceTotals], counts: Counter[str]) -> Iterator[str]:
    counts.update(transactions=0, payments=0)
    for number, (header, inside) in enumerate(groupby(items, key=lambda item: item.remittance)):
        counts["transactions"] += 1
        totals: list[RemittanceTotals] = []
        payments = (dump_inner(payment) for payment in _payments(inside, totals))
        yield ",\n" if number else "[\n"
        yield f'{{"header": {json.dumps(dump(header))}, "payments": '
        yield from _listed(_counted(payments, "payments", counts))
        yield f', "totals": {json.dumps(dump_inner(totals[-1]) if totals else None)}}}'
    yield "]" if counts["transactions"] else "[]"


def _payments(
    inside: Iterator[ClaimPayment | RemittanceTotals], totals: list[RemittanceTotals]
) -> Iterator[ClaimPayment]:
    for item in inside:
        if isinstance(item, RemittanceTotals):
            totals.append(item)
        else:
            yield item


def _counted(records: Iterable[dict[str, Any]], name: str, counts: Counter[str]) -> Iterator[str]:
    for record in records:
        counts[name] += 1
        yield json.dumps(record)


def _listed(records: Iterable[str]) -> Iterator[str]:
    """A JSON list of the records, one on a line."""
    separator = "[\n"
    for record in records:
        yield separator
        yield record
        separator = ",\n"
    yield "[]" if separator == "[\n" else "]"

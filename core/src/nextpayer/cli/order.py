"""``nextpayer order``: who pays first, why, what is still to be asked, and what would change the answer."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from nextpayer import registry
from nextpayer.checklist import checklist
from nextpayer.order.engine import Answer, Rules, order_of_benefits
from nextpayer.order.flips import would_flip
from nextpayer.wire.order import order_document

from ._inputs import read_coverage, read_json
from ._order_text import order_text

__all__ = ["order"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument(
    "coverage", metavar="COVERAGE.json", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--on", type=_DAY, help="The day of service (default: the day it is).")
@click.option("--as-of", type=_DAY, help="The day it is (default: today).")
@click.option("--all", "everything", is_flag=True, help="Also the rules that were asked and did not decide.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def order(
    coverage: Path,
    on: dt.datetime | None,
    as_of: dt.datetime | None,
    everything: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Say who pays first for the patient of COVERAGE.json, by which rules, on which facts.

    Exit status 1 when the order is not determined: the missing facts are then printed as questions.
    """
    day = on or as_of
    service = day.date() if day else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    rules = Rules.of(registry.hooks().order_rules())
    coverages = read_coverage(coverage)
    documents, texts, answers = [], [], list[Answer]()
    for one in coverages:
        answer = order_of_benefits(one, service, rules)
        flips, questions = would_flip(answer, rules), checklist(answer.coverage, answer)
        answers.append(answer)
        if as_json:
            document = order_document(answer, flips, questions)
            documents.append({"patient": one.patient_id, **document} if len(coverages) > 1 else document)
        elif not quiet:
            name = one.patient_id if len(coverages) > 1 else ""
            texts.append(order_text(answer, flips, questions, patient=name, everything=everything))
    if as_json:
        several = isinstance(read_json(coverage), list)
        click.echo(json.dumps(documents if several else documents[0], indent=2))
    elif texts:
        click.echo("\n\n".join(texts))
    return 0 if all(answer.determined for answer in answers) else 1

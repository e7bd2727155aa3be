"""``nextpayer pitfalls``: what the reports of many runs teach: denials, payments short, claims held."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from nextpayer.errors import UnusableInput
from nextpayer.money import cents, dollars
from nextpayer.pitfalls import Found, Loss, LossKind, Tally, tally
from nextpayer.wire.fees import rows_of_csv

from ._inputs import read_json, read_text
from ._pitfalls_page import pitfalls_page

__all__ = ["pitfalls"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Answers that were taken back or came twice: they are no answer of their own.
_NO_ANSWER = frozenset({"NP-DUPLICATE-PAYMENT", "NP-REVERSAL-PAIRED", "NP-REVERSED-EARLIER"})
_COLUMNS = (
    "month",
    "payer_id",
    "form",
    "coder",
    "kind",
    "reason",
    "category",
    "action",
    "amount",
    "claim_id",
)
_SHOWN = 10
#: What losses are counted by.
_QUESTIONS: dict[str, Callable[[Found], str]] = {
    "payer": lambda one: one.loss.payer_id,
    "reason": lambda one: one.loss.reason,
    "category": lambda one: one.loss.category,
    "form": lambda one: one.loss.form,
    "month": lambda one: one.month,
    "coder": lambda one: one.coder,
}


@dataclass(slots=True)
class Counted:
    """What the reports hold: every loss once, and how many answers each payer and each month gave."""

    found: list[Found] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    repeated: int = 0


@click.command()
@click.argument("reports", metavar="REPORT...", type=_FILE, nargs=-1, required=True)
@click.option("--coders", type=_FILE, help="A CSV with the columns claim_id and coder.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with charts.")
@click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a line for each loss."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def pitfalls(
    reports: tuple[Path, ...],
    coders: Path | None,
    html: Path | None,
    csv_file: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Count what went wrong in the REPORTs of nextpayer bill: by payer, reason, form, coder and month.

    An answer that stands in several reports counts once, as the last of them has it.
    """
    counted = _count(reports, _coders(coders) if coders is not None else {})
    document = _document(counted)
    if html is not None:
        html.write_text(pitfalls_page(document), encoding="utf-8")
    if csv_file is not None:
        csv_file.write_text(_csv(counted.found), encoding="utf-8", newline="")
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo(_text(document))
    return 0


def _coders(path: Path) -> dict[str, str]:
    """Who coded which claim. Raises UnusableInput."""
    found = {}
    for number, row in enumerate(rows_of_csv(read_text(path), file=path.name), 2):
        if set(row) != {"claim_id", "coder"}:
            raise UnusableInput(path.name, f"line {number}", "a row has a claim_id and a coder, no more")
        found[row["claim_id"]] = row["coder"]
    return found


def _count(reports: Iterable[Path], coders: dict[str, str]) -> Counted:
    """Every answer of the reports once. Raises UnusableInput."""
    counted = Counted()
    answers: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
    for path in reports:
        document: Any = read_json(path)
        try:
            months = {(one["file"], one["trace"]): (one["date"] or "")[:7] for one in document["remittances"]}
            for row in document["decisions"]:
                paid = row["payment"]
                identity = (
                    row["claim_id"], paid["payer_id"], paid["trace"], paid["control_number"], paid["status"],
                    str(paid["segment"]),
                )  # fmt: skip
                counted.repeated += identity in answers
                answers[identity] = (months.get((paid["file"], paid["trace"]), ""), row)
        except (AttributeError, KeyError, TypeError):
            raise UnusableInput(
                path.name,
                "",
                "it is not a report of nextpayer bill as this version writes it; run bill again",
            ) from None
    for month, row in answers.values():
        if row["reason"] in _NO_ANSWER:
            continue
        payer = row["payment"]["payer_id"]
        counted.answers[payer] = counted.answers.get(payer, 0) + 1
        coder = coders.get(row["claim_id"], "")
        for one in row.get("losses", ()):
            loss = Loss(**{**one, "kind": LossKind(one["kind"]), "amount": cents(one["amount"])})
            counted.found.append(Found(claim=row["claim_id"], month=month, coder=coder, loss=loss))
    return counted


def _document(counted: Counted) -> dict[str, Any]:
    """The contract of ``--json``: totals by kind, tallies by each question, and the pitfalls in order."""
    found = counted.found
    kinds = tally(found, lambda one: one.loss.kind)
    worst = tally(
        found,
        lambda one: (one.loss.payer_id, one.loss.kind, one.loss.reason, one.loss.category, one.loss.action),
    )
    names = ("payer", "kind", "reason", "category", "action")
    by = {
        name: [{name: key, **_row(one)} for key, one in tally(found, question).items()]
        for name, question in _QUESTIONS.items()
    }
    for row in by["payer"]:
        row["answers"] = counted.answers.get(row["payer"], 0)
    by["month"].sort(key=lambda row: str(row["month"]))
    if not any(one.coder for one in found):
        by["coder"] = []
    return {
        "answers": sum(counted.answers.values()),
        "repeated": counted.repeated,
        "totals": {kind.value: _row(kinds.get(kind, _NOTHING)) for kind in LossKind},
        "by": by,
        "pitfalls": [
            {**dict(zip(names, map(str, key), strict=True)), **_row(one)} for key, one in worst.items()
        ],
    }


_NOTHING = Tally(claims=0, losses=0, amount=cents("0"))


def _row(one: Tally) -> dict[str, Any]:
    return {"claims": one.claims, "losses": one.losses, "amount": dollars(one.amount)}


def _csv(found: Iterable[Found]) -> str:
    """A line for each loss. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for one in found:
        loss = one.loss
        texts = (
            one.month, loss.payer_id, loss.form, one.coder, str(loss.kind), loss.reason, loss.category,
            loss.action,
        )  # fmt: skip
        writer.writerow((*map(_plain, texts), dollars(loss.amount), _plain(one.claim)))
    return out.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _text(document: dict[str, Any]) -> str:
    """What a person reads: the totals, and the pitfalls with the most money."""
    totals = document["totals"]
    lines = [f"{document['answers']} answers" + _again(document["repeated"]), ""]
    for kind, says in (
        ("denied", "denied by payers"),
        ("underpaid", "paid short"),
        ("held", "held before sending"),
    ):
        one = totals[kind]
        lines.append(f"{one['amount']:>12}  {says}, {one['claims']} claim{'' if one['claims'] == 1 else 's'}")
    if not document["pitfalls"]:
        return "\n".join([*lines, "", "Nothing went wrong."])
    lines += ["", "Most money first"]
    for row in document["pitfalls"][:_SHOWN]:
        lines.append(
            f"{row['amount']:>12}  {row['payer']:<12} {row['reason']:<22} {row['category']};"
            f" {row['action'].replace('_', ' ')} ({row['claims']})"
        )
    more = len(document["pitfalls"]) - _SHOWN
    return "\n".join(
        [*lines, *([f"              and {more} more: --json, --csv or --html"] if more > 0 else [])]
    )


def _again(repeated: int) -> str:
    return f" ({repeated} more stood in several reports and count once)" if repeated else ""

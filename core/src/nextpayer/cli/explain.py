"""``nextpayer explain``: every amount of a claim, with its rule, its source and the input segment it came
from."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from nextpayer.errors import UnusableInput

from ._element import element_text, explained
from ._inputs import read_json
from ._page import claim_page, decision_picture

__all__ = ["explain"]

#: What each amount is, in the words of its rule.
_RULES = (
    ("billed", "CLP03: the charge the payer answered, equal to CLM02", "X12 835 CLP03"),
    ("contractual", "group CO: the provider may not collect it", "X12 835 CAS; sum over claim and lines"),
    ("other", "groups OA and PI: nobody owes it by itself", "X12 835 CAS; sum over claim and lines"),
    ("paid", "CLP04: what the payer paid on this claim, never the cheque", "X12 835 CLP04"),
    (
        "patient_responsibility",
        "group PR: goes to the next payer first, then to the patient",
        "X12 835 CAS; sum over claim and lines",
    ),
)
_GROUPS = {"contractual": ("CO", "CR"), "other": ("OA", "PI"), "patient_responsibility": ("PR",)}


@click.command()
@click.argument("claim_id")
@click.option(
    "--report",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="DIR/report.json of a run.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a page with the waterfall's picture.",
)
@click.option(
    "--element", help="One element of the next claim, such as 2330B.NM109: its value, and who set it."
)
@click.option("--json", "as_json", is_flag=True, help="Print the claim's rows of the report as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def explain(
    claim_id: str, report: Path, html: Path | None, element: str | None, as_json: bool, quiet: bool
) -> int:
    """Explain every amount of CLAIM_ID: the rule, the source, the input segment, and the waterfall."""
    document: Any = read_json(report)
    decisions = document.get("decisions") if isinstance(document, dict) else None
    if not isinstance(decisions, list):
        raise UnusableInput(report.name, "", "it is not a report of nextpayer bill (no decisions)")
    rows = [row for row in decisions if isinstance(row, dict) and row.get("claim_id") == claim_id]
    if not rows:
        raise UnusableInput(report.name, "", "the report has no claim of that id")
    if element is not None:
        found = explained(element, claim_id, rows, report)
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        elif not quiet:
            click.echo(element_text(found))
        return 0
    if as_json:
        click.echo(json.dumps({"claim_id": claim_id, "decisions": rows}, ensure_ascii=False, indent=1))
    if html is None and (as_json or quiet):
        return 0
    try:
        meanings = {name: tuple(said) for name, said in document.get("meanings", {}).items()}
        answers = [(decision_picture(row), _text(row, meanings)) for row in rows]
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
        raise UnusableInput(
            report.name, "", "the claim's row is not one this version wrote; run bill again"
        ) from None
    if html is not None:
        html.write_text(claim_page(claim_id, answers), encoding="utf-8")
    if not (as_json or quiet):
        click.echo("\n\n".join(text for _, text in answers))
    return 0


def _text(row: dict[str, Any], meanings: dict[str, tuple[str, str]]) -> str:
    payment, amounts = row["payment"], row["amounts"]
    says, source = meanings.get(row["reason"], ("", ""))
    lines = [
        f"Claim {row['claim_id']}",
        (
            f"  answer     {payment['file']} segment {payment['segment']}, payer {payment['payer_id']}, trace"
            f" {payment['trace']}, payer's number {payment['control_number']}, status {payment['status']}"
        ),
        f"  decision   {row['action']} ({row['reason']}): {says}",
        f"             source: {source}",
    ]
    if row["next_payer"]:
        following = row["next_payer"]
        lines.append(f"  next payer {following['name']} ({following['id']}), place {following['sequence']}")
    if row["deadline"]:
        lines.append(
            f"  deadline   {row['deadline']} ({row['deadline_rule']};"
            f" {meanings.get(row['deadline_rule'], ('', ''))[1]})"
        )
    if row["output"]:
        lines.append(f"  output     {row['output']}")
    if "review" in row:
        lines.append(f"  review     {row['review']['files'][-1]['file']}")
    if "pilot" in row:
        lines.append(f"  test       {row['pilot']}")
    for one in row.get("documents", ()):
        line = f", line {one['line']}" if one["line"] else ""
        way = f"by {one['by']}, number {one['control_number']}" if one["by"] else "with the form"
        lines.append(f"  document   {one['kind']}{line} {way}: {one['file'] or 'stays here'}")
    parts = [tuple(part.split(" ")) for part in row["from"]]
    lines += ["", "  Every amount"]
    for name, says, source in _RULES:
        lines.append(f"    {name.replace('_', ' '):<24}{amounts[name]:>12}   {says}")
        lines.append(f"    {'':<24}{'':>12}   source: {source}; {_places(parts, name)}")
    if row["expectation"]:
        method, terms = row["expectation"]
        lines.append(f"    {'expected next':<24}{amounts['expected_next']:>12}   method {method}")
        lines.append(f"    {'':<24}{'':>12}   source: {meanings.get(method, ('', ''))[1]}")
        for name, amount in terms:
            lines.append(f"    {'':<24}{amount:>12}   {name} ({meanings.get(name, ('', ''))[1]})")
    if Decimal(amounts["expected_patient"]):
        lines.append(
            f"    {'expected patient':<24}{amounts['expected_patient']:>12}   what no payer is expected"
            " to pay"
        )
    lines += ["", "  As the payer stated it"]
    for segment, what, amount in parts:
        lines.append(f"    segment {segment:<8} {what:<14}{amount:>12}")
    lines += ["", "  Waterfall"]
    lines += _waterfall(amounts)
    if row["findings"]:
        lines += ["", "  Findings"]
        for finding in row["findings"]:
            lines.append(
                f"    {finding['severity']:<7}{finding['id']} {finding['where']}: {finding['message']}"
            )
            lines.append(f"           source: {finding['source']}")
    return "\n".join(lines)


def _places(parts: list[tuple[str, ...]], name: str) -> str:
    """The segments an amount is made of."""
    if name in _GROUPS:
        places = [
            f"{segment} ({what} {amount})"
            for segment, what, amount in parts
            if what.partition("-")[0] in _GROUPS[name]
        ]
    else:
        wanted = "charge" if name == "billed" else "paid"
        places = [f"{segment} ({amount})" for segment, what, amount in parts if what == wanted]
    return "segment " + ", ".join(places) if places else "no segment states any"


def _waterfall(amounts: dict[str, str]) -> list[str]:
    """The charge, step by step, down to the patient, with a bar for what is left."""
    charge = left = Decimal(amounts["billed"])
    lines = [_step("billed", charge, left, charge, "")]
    steps = (
        ("contractual", "contractual"),
        ("other adjustments", "other"),
        ("paid", "paid"),
        ("expected from next", "expected_next"),
        ("patient", "expected_patient"),
    )
    for words, name in steps:
        amount = Decimal(amounts[name])
        if not amount and name != "paid":
            continue
        left -= amount
        lines.append(_step(words, amount, left, charge, "- "))
    if left:
        lines.append(f"    {'open':<22}{'':>13} {left:>12.2f}   not yet decided")
    return lines


def _step(words: str, amount: Decimal, left: Decimal, charge: Decimal, sign: str) -> str:
    width = max(0, min(30, int(30 * left / charge))) if charge > 0 else 0
    return f"    {words:<22}{sign:>2}{amount:>11.2f} {left:>12.2f}   {'#' * width}"

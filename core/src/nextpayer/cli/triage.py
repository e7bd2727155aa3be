"""``nextpayer triage``: for each payment what is wrong and what to do, from a remittance or a report of
``nextpayer bill``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click

from nextpayer import registry
from nextpayer.denial import Found, Triage
from nextpayer.denial import triage as triaged
from nextpayer.errors import UnusableInput
from nextpayer.money import dollars
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment

from ._answers import answers_claims, wrong_kind
from ._inputs import find_reader
from ._packs import chosen, denial_table, payers_option
from ._rebuilt import decisions_of, payments_of
from ._rows import payment_row

__all__ = ["found_row", "triage"]


@click.command()
@click.argument("file", metavar="REPORT-or-835", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--claim", "claim_id", default="", help="Only the payments of this claim.")
@click.option("--all", "everything", is_flag=True, help="Also show the payments that need nobody.")
@payers_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: every payment.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def triage(
    file: Path, claim_id: str, everything: bool, payers: str | None, as_json: bool, quiet: bool
) -> int:
    """Say of each payment of a remittance (835, EOB.json) or a report.json what is wrong and what to do.

    Exit status 1 when something is to be corrected, sent, appealed, refunded, written off or looked at.
    """
    table = denial_table(registry.hooks(), chosen(payers) if payers is not None else None)
    counts: Counter[str] = Counter()
    aside: list[dict[str, Any]] = []
    needs_a_person = False
    payments = _payments(file, claim_id, aside)
    first = next(payments, None)
    if claim_id and first is None:
        raise UnusableInput(file.name, "", "it holds no payment of that claim")
    if as_json:
        click.echo('{"payments": [', nl=False)
    for number, payment in enumerate(chain(() if first is None else (first,), payments)):
        found = triaged(payment, table)
        counts[found.disposition] += 1
        waits = found.needs_a_person
        needs_a_person = needs_a_person or waits
        if as_json:
            click.echo((",\n" if number else "\n") + json.dumps(_row(payment, found)), nl=False)
        elif not quiet and (waits or everything or claim_id):
            click.echo(_text(payment, found) + "\n")
    if as_json:
        click.echo(f'],\n"quarantined": {json.dumps(aside)},\n"summary": {json.dumps(counts)}}}')
    elif not quiet:
        for one in aside:
            click.echo(f"not read: {one['file']} segment {one['segment']}: {one['reason']}")
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))
        number = sum(counts.values())
        click.echo(f"{number} payment{'' if number == 1 else 's'}: {said or 'none'}")
    return 1 if needs_a_person or aside else 0


def _payments(file: Path, claim_id: str, aside: list[dict[str, Any]]) -> Iterator[ClaimPayment]:
    for payment in _all_payments(file, aside):
        if claim_id in ("", payment.patient_control_number):
            yield payment


def _all_payments(file: Path, aside: list[dict[str, Any]]) -> Iterator[ClaimPayment]:
    if _is_report(file):
        for row in decisions_of(file):
            yield from payments_of(row, file.name)
        return
    reader, kind = find_reader(file)
    if not answers_claims(kind):
        raise UnusableInput(file.name, "", wrong_kind(kind, "an 835, an EOB or a report of nextpayer bill"))
    for item in reader.remittances(file):
        if isinstance(item, ClaimPayment):
            yield item
        elif isinstance(item, Quarantined):
            aside.append({"file": item.file, "segment": item.segment, "reason": item.reason})


def _is_report(file: Path) -> bool:
    """A report begins with its summary (``nextpayer.cli._report``)."""
    with file.open("rb") as opened:
        return opened.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b'{"summary"')


def _row(payment: ClaimPayment, found: Triage) -> dict[str, Any]:
    return {
        "claim_id": payment.patient_control_number,
        "payment": payment_row(payment),
        "charge": dollars(payment.charge_amount),
        "paid": dollars(payment.paid_amount),
        "disposition": found.disposition,
        "action": found.action,
        "next_payer": found.next_payer,
        "at_stake": dollars(found.at_stake),
        "found": [found_row(one) for one in found.found],
    }


def found_row(one: Found) -> dict[str, Any]:
    """One thing that a payer said, with its rule."""
    rule = one.rule
    return {
        "code": one.code,
        "amount": dollars(one.amount),
        "where": f"{one.loop} segment {one.segment}",
        "rule": rule.id if rule else None,
        "category": rule.category if rule else "unknown",
        "action": one.action,
        "then": list(rule.then) if rule else [],
        "next_payer": one.next_payer,
        "says": one.says,
        "change": rule.change if rule else "",
        "document": rule.document if rule else "",
        "source": rule.source if rule else "CAS",
    }


def _text(payment: ClaimPayment, found: Triage) -> str:
    remittance = payment.remittance
    who = f"payer {remittance.payer_id}" if remittance.payer_id else remittance.payer_name
    lines = [
        (
            f"Claim {payment.patient_control_number}: {found.disposition.replace('_', ' ')}, paid"
            f" {dollars(payment.paid_amount)} of {dollars(payment.charge_amount)}"
            f"  ({who}, {remittance.file} segment {payment.segment})"
        ),
        (
            f"  do first    {found.action.replace('_', ' ')}; the next payer may be billed:"
            f" {_MAY[found.next_payer]}; at stake {dollars(found.at_stake)}"
        ),
    ]
    for one in found.found:
        lines.append(f"  {one.code:<10}{_amount(one):>12}  {_about(one)}")
        if one.rule is not None and one.rule.change:
            lines.append(f"{'':26}change: {one.rule.change}")
        if one.rule is not None and one.rule.document:
            lines.append(f"{'':26}enclose: {one.rule.document}")
    return "\n".join(lines)


_MAY = {"yes": "yes", "no": "no, not yet", "case": "a person decides"}


def _amount(one: Found) -> str:
    return dollars(one.amount) if one.code.partition("-")[2] else ""


def _about(one: Found) -> str:
    if one.rule is None:
        return one.says
    then = "".join(f", then {action.replace('_', ' ')}" for action in one.rule.then)
    return f"{one.rule.category}: {one.says} [{one.action.replace('_', ' ')}{then}]"

"""``nextpayer proof``: what shows that a claim was filed in time."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.proof import Proof, Verdict, proof_of
from nextpayer_desk.talks import one_claim

from .options import as_of_option, day, dollars, ledger_option, output_options

__all__ = ["proof"]

_VERDICTS = {
    Verdict.IN_TIME: "the payer had it in time",
    Verdict.LATE: "everything that is known is after the last day",
    Verdict.NO_LAST_DAY: "the payer had it; the last day is not known: look into its manual or the contract",
    Verdict.WEAK: "weak: nothing of the payer itself shows that it had the claim in time",
}


@click.command()
@click.argument("claim")
@click.option("--payer", default="", metavar="ID", help="Filed with this payer (default: the last one).")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
)
@ledger_option
@as_of_option
@output_options
def proof(
    claim: str,
    payer: str,
    out: Path,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Put together what shows when a payer had a claim: files, control numbers, acknowledgments, remittances.

    CLAIM is its patient control number, or its number in the ledger. Exit status 1 when there is no proof, in
    which case nothing is written, or when it is weak or late.
    """
    today = day(as_of)
    book = open_ledger(ledger)
    try:
        with book.writing(today) as writer:
            at = one_claim(writer.connection, "proof", claim)
            writer.looked_at("proof", at)
            found = proof_of(writer.connection, at, payer)
    finally:
        book.close()
    if isinstance(found, str):
        return _refused(at, found, as_json=as_json, quiet=quiet)
    document = _document(found, today)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=1, default=str)
    (out / "proof.json").write_text(text + "\n", encoding="utf-8")
    (out / "proof.txt").write_text(_page(found, today), encoding="utf-8")
    if as_json:
        click.echo(text)
    elif not quiet:
        click.echo(f"claim {at}: {_VERDICTS[found.verdict]} ({_days(found)}); {out / 'proof.txt'}")
    return 0 if found.verdict in (Verdict.IN_TIME, Verdict.NO_LAST_DAY) else 1


def _refused(claim: int, says: str, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        finding = {"id": "NP-PROOF-NONE", "severity": "reject", "where": "", "message": says, "source": ""}
        click.echo(json.dumps({"claim": claim, "verdict": None, "findings": [finding]}, indent=1))
    elif not quiet:
        click.echo(f"claim {claim}: NP-PROOF-NONE: {says}")
    return 1


def _days(found: Proof) -> str:
    if found.deadline is None:
        return f"shown from {found.filed}"
    return f"shown from {found.filed}, last day {found.deadline}"


def _document(found: Proof, today: dt.date) -> dict[str, Any]:
    return {
        "as_of": today,
        "claim": found.claim,
        "claim_id": found.account,
        "charge": dollars(found.charge),
        "service_from": found.service_from,
        "service_to": found.service_to,
        "payer": found.payer,
        "payer_claim_numbers": list(found.numbers),
        "filed": found.filed,
        "verdict": found.verdict,
        "deadline": found.deadline,
        "deadline_rule": found.rule,
        "deadline_source": found.source,
        "evidence": [{**asdict(one), "facts": dict(one.facts)} for one in found.evidence],
        "findings": [],
    }


def _page(found: Proof, today: dt.date) -> str:
    """The proof as a page of text, which can go with a letter."""
    between = f"{found.service_from}"
    if found.service_to not in (None, found.service_from):
        between += f" to {found.service_to}"
    rests = f" ({', '.join(part for part in (found.rule, found.source) if part)})" if found.rule else ""
    lines = [
        f"Proof of filing, as of {today}",
        "",
        f"Our account         {found.account}",
        f"Service             {between}",
        f"Charge              {dollars(found.charge)}",
        f"Payer               {found.payer}",
        f"Payer's claim no.   {', '.join(found.numbers) or 'none known'}",
        f"Last day            {found.deadline or 'not known'}{rests}",
        f"Shown from          {found.filed}",
        f"In short            {_VERDICTS[found.verdict]}",
        "",
    ]
    for number, one in enumerate(found.evidence, 1):
        lines += [
            f"{number}. {one.day or 'no day'}  {one.title}  ({one.strength})",
            f"   proves          {one.proves}",
            f"   does not prove  {one.not_proves}",
            *[f"   {name:<15} {value}" for name, value in one.facts],
            "",
        ]
    lines += [
        "The files themselves hold other patients' claims and are not enclosed: each is known by its SHA-256.",
    ]
    return "\n".join(lines) + "\n"

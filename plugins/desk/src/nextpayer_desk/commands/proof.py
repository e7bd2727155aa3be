"""``nextpayer proof``: what shows that a claim was filed in time."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from nextpayer.cli._packs import chosen, payers_option
from nextpayer.cli._rows import finding_row
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.office import Office
from nextpayer_desk.pages import html_page, pdf_page
from nextpayer_desk.proof import Proof, proof_of
from nextpayer_desk.proof_page import letter_page, office_page, proof_row
from nextpayer_desk.talks import one_claim
from nextpayer_desk.whole_files import COPY, kept_files, whole_files
from nextpayer_desk.work import Terms

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["proof"]

#: Where the whole files are: apart, because nobody outside may have them.
_WHOLE = "whole-files"
#: The pages that a proof may have.
_OURS = ("proof.html", "proof.pdf", "for-payer.html", "for-payer.pdf")


@click.command()
@click.argument("claim")
@click.option("--payer", default="", metavar="ID", help="Filed with this payer (default: the last one).")
@click.option(
    "--files",
    "places",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Acknowledgments and remittances, or a folder of them, to be copied beside; repeatable.",
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
)
@payers_option
@ledger_option
@as_of_option
@output_options
def proof(
    claim: str,
    payer: str,
    places: tuple[Path, ...],
    out: Path,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Put together what shows when a payer had a claim: files, control numbers, acknowledgments, remittances.

    CLAIM is its patient control number, or its number in the ledger. Exit status 1 when it is not proved;
    where nothing is known at all, nothing is written.
    """
    today = day(as_of)
    terms = Terms(today=today, profiles=chosen(payers) if payers is not None else None)
    with open_ledger(ledger) as book, book.writing(today) as writer:
        at = one_claim(writer.connection, "proof", claim)
        writer.looked_at("proof", at)
        office = Office(writer.connection, [at], terms)
        found = proof_of(writer.connection, office, office.accounts.held[0], payer)
        kept = kept_files(writer.connection, found) if isinstance(found, Proof) else []
    if isinstance(found, str):
        return _refused(at, found, as_json=as_json, quiet=quiet)
    row = _write(found, today, out, [*kept, *places])
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=1, default=str))
    elif not quiet:
        click.echo(_text(found, row, out))
    return 0 if found.proved else 1


def _write(found: Proof, today: dt.date, out: Path, places: list[Path]) -> dict[str, Any]:
    """The pages, the JSON and the whole files; what is told of them."""
    pages = {"proof": office_page(found, today)}
    if found.shows:
        pages["for-payer"] = letter_page(found, today)
    files: dict[str, bytes] = {}
    for name, page in pages.items():
        files[f"{name}.html"] = html_page(page)
        pdf = pdf_page(page)
        if pdf is not None:
            files[f"{name}.pdf"] = pdf
    try:
        whole, names = whole_files(found, places)
        row = proof_row(found, today)
        for piece in (*row["evidence"], *row["submissions"]):
            copy = names.get(piece["sha256"])
            piece["copy"] = f"{_WHOLE}/{copy}" if copy else None
        row["files"] = [*files, "proof.json"]
        row["findings"] = [finding_row(one) for one in _findings(found, names)]
        files["proof.json"] = (json.dumps(row, ensure_ascii=False, indent=1, default=str) + "\n").encode()
        (out / _WHOLE).mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in _OURS:  # an earlier proof's, of which this one may have fewer
            (out / name).unlink(missing_ok=True)
        for path in (out / _WHOLE).iterdir():
            if COPY.fullmatch(path.name):
                path.unlink()
        for name, data in (*files.items(), *((f"{_WHOLE}/{name}", data) for name, data in whole.items())):
            (out / name).write_bytes(data)
    except OSError as error:
        raise UnusableInput(str(error.filename), "", f"{error.strerror}") from None
    return row


def _findings(found: Proof, names: dict[str, str]) -> list[Finding]:
    missing = len({one.sha256 for one in found.evidence if one.sha256 not in names})
    findings = []
    if not found.proved:
        findings.append(_finding("NP-PROOF-NOT-PROVED", Severity.WARN, found.why))
    if missing:
        are = "file that came in is" if missing == 1 else "files that came in are"
        message = f"{missing} {are} not at hand to be copied: name them with --files"
        findings.append(_finding("NP-PROOF-FILES", Severity.INFO, message))
    return findings


def _refused(claim: int, says: str, *, as_json: bool, quiet: bool) -> int:
    finding = finding_row(_finding("NP-PROOF-NONE", Severity.REJECT, says))
    if as_json:
        row = {"claim": claim, "proved": False, "verdict": None, "why": says, "findings": [finding]}
        click.echo(json.dumps(row, indent=1))
    elif not quiet:
        click.echo(f"claim {claim}: NP-PROOF-NONE: {says}")
    return 1


def _finding(id: str, severity: Severity, message: str) -> Finding:
    return Finding(id=id, severity=severity, where="proof", message=message, source="the desk")


def _text(found: Proof, row: dict[str, Any], out: Path) -> str:
    """What a terminal is told."""
    said = "proved" if found.proved else "not proved"
    lines = [f"claim {found.claim}, payer {found.payer}: {said}: {found.why}"]
    if (limit := found.limit) is not None:
        rests = "; ".join(part for part in (limit.counted, limit.rule, limit.source) if part)
        lines.append(f"  last day  {limit.day}{f' ({rests})' if rests else ''}")
    for one in found.filings:
        told = f"  sent      {one.sent_on or 'never'}  {one.name}: {one.outcome.replace('_', ' ')}"
        lines.append(told + (f", reference {one.reference}" if one.reference else ""))
    for piece in found.evidence:
        if piece.kind != "receipt":
            lines.append(f"  {piece.strength:<8}  {piece.day or 'no day'}  {piece.title}")
    for finding in row["findings"]:
        if finding["id"] != "NP-PROOF-NOT-PROVED":  # it is said at the top
            lines.append(f"  {finding['id']}: {finding['message']}")
    lines.append(f"  written   {', '.join(str(out / name) for name in row['files'])}")
    return "\n".join(lines)

"""``nextpayer eob-pdf`` and ``nextpayer paper``: the proof of a decision, readable copies, calibration."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from nextpayer import registry
from nextpayer.account import open_account
from nextpayer.claim import Claim
from nextpayer.cli._inputs import find_reader, read_coverage
from nextpayer.cli._proofs import Proofs
from nextpayer.cli._resolve import Payers, coverage_finder
from nextpayer.cli._rows import finding_row
from nextpayer.cli.correct import answered_claim
from nextpayer.decide import Rulebook
from nextpayer.denial import DenialTable
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding
from nextpayer.money import dollars
from nextpayer.order import Rules, paying_order
from nextpayer.pipeline import House, work
from nextpayer.profile import AMOUNTS_PAID, OVERFLOWS, PaperTerms
from nextpayer.remittance import ClaimPayment
from nextpayer.statement import statement_of

from .calibration import calibration_page
from .eob import eob_pdf as make_eob
from .forms import Cms1500, Cms1500Screen, Ub04, Ub04Screen
from .grid import CMS1500, UB04
from .printer import read_printer
from .statement import statement_pdf

__all__ = ["eob_pdf", "paper"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_GRIDS = {"cms1500": CMS1500, "ub04": UB04}
_FORMS = {form.name: form for form in (Cms1500, Cms1500Screen, Ub04, Ub04Screen)}


def _quietly(command: Any) -> Any:
    """The options that every command has."""
    command = click.option("--quiet", is_flag=True, help="Print nothing but errors.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


@click.command("eob-pdf")
@click.argument("claim_id")
@click.option("--claims", required=True, type=_FILE, help="The 837 with the claim as first sent.")
@click.option(
    "--remittance",
    "remittances",
    required=True,
    multiple=True,
    type=_FILE,
    help="A remittance (835) that answered it; repeatable.",
)
@click.option("--out", required=True, type=_OUT, help="The file for the document.")
@_quietly
def eob_pdf(
    claim_id: str, claims: Path, remittances: tuple[Path, ...], out: Path, as_json: bool, quiet: bool
) -> int:
    """Print what every payer decided about one claim as a PDF, and nothing of any other patient.

    CLAIM_ID is the patient control number (CLM01, CLP01).
    """
    claim = next((one for one in _claims(claims) if one.patient_control_number == claim_id), None)
    if claim is None:
        raise UnusableInput(claims.name, "", "it holds no claim with this patient control number")
    payments = [payment for path in remittances for payment in _payments(path, claim_id)]
    order = paying_order(claim)
    account = open_account(order.claim, order.policies, payments, order.undetermined)
    standing = [answer.payment for policy in account.answered for answer in account.standing(policy)]
    if not standing:
        raise UnusableInput(
            remittances[0].name, "", "no answer to this claim that stands is in the remittances"
        )
    proofs = Proofs(remittances)
    try:
        digests = {name: proofs.digest(name) for name in {one.remittance.file for one in standing}}
        document = make_eob(standing, digests)
    except ValueError as error:
        raise UnusableInput(remittances[0].name, "", str(error)) from None
    _write(out, document)
    if as_json:
        rows = [
            {
                "payer_id": one.remittance.payer_id,
                "trace": one.remittance.trace_number,
                "control_number": one.control_number,
                "file": one.remittance.file,
                "segment": one.segment,
                "sha256": digests[one.remittance.file],
            }
            for one in standing
        ]
        click.echo(json.dumps({"file": out.name, "decisions": rows}, indent=1))
    elif not quiet:
        click.echo(f"{out.name}: {len(standing)} decision{'s' if len(standing) > 1 else ''} on the claim")
    return 0


@click.group()
def paper() -> None:
    """Claims on paper: readable copies of an 837's claims, and calibration of a printer."""


@paper.command("show")
@click.argument("claims", type=_FILE)
@click.option("--form", default="cms1500-screen", show_default=True, type=click.Choice(sorted(_FORMS)))
@click.option("--claim", "claim_id", default="", help="Only the claim with this patient control number.")
@click.option("--out", required=True, type=_OUT, help="The PDF.")
@click.option("--png", type=_OUT, help="Also its first page as a picture; needs pdftoppm (poppler-utils).")
@click.option("--printer", type=_FILE, help="The printer's file: dx, dy, scale.")
@click.option("--overflow", default="continued", show_default=True, type=click.Choice(OVERFLOWS))
@click.option("--amount-paid", default="", type=click.Choice(("", *AMOUNTS_PAID)), help="Box 29.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@_quietly
def show(
    claims: Path,
    form: str,
    claim_id: str,
    out: Path,
    png: Path | None,
    printer: Path | None,
    overflow: str,
    amount_paid: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Put the claims of an 837 on a form as they stand. Exit status 1 when one cannot be printed."""
    terms = PaperTerms(overflow=overflow, amount_paid=amount_paid)
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    made = _FORMS[form](read_printer(printer), terms)
    file = made.start(control_number=1, today=today)
    rows: list[dict[str, Any]] = []
    for claim in _claims(claims):
        if claim.kind is made.kind and claim_id in ("", claim.patient_control_number):
            try:
                file.add(claim)
            except ValueError as error:
                rows.append({"claim_id": claim.patient_control_number, "refused": str(error), "findings": []})
            else:
                rows.append(
                    {
                        "claim_id": claim.patient_control_number,
                        "refused": None,
                        "findings": [finding_row(finding) for finding in file.findings()],
                    }
                )
    if not rows:
        raise UnusableInput(claims.name, "", f"it holds no such claim for {form}")
    document = file.finish()
    if document:
        _write(out, document)
        if png is not None:
            _picture(out, png)
    if as_json:
        click.echo(json.dumps({"file": out.name if document else None, "claims": rows}, indent=1))
    elif not quiet:
        for row in rows:
            for finding in row["findings"]:
                click.echo(f"{row['claim_id']}: {finding['id']} {finding['where']}: {finding['message']}")
            if row["refused"]:
                click.echo(f"{row['claim_id']}: not printed: {row['refused']}")
    return 1 if any(row["refused"] for row in rows) else 0


@paper.command("statement")
@click.argument("claim_id")
@click.option("--claims", required=True, type=_FILE, help="The 837 with the claim as first sent.")
@click.option(
    "--remittance",
    "remittances",
    required=True,
    multiple=True,
    type=_FILE,
    help="A remittance (835, EOB.json) that answered it; repeatable.",
)
@click.option("--coverage", type=_FILE, help="COVERAGE.json: the patient's policies.")
@click.option("--checked", is_flag=True, help="Somebody has looked whether the law forbids it.")
@click.option("--out", required=True, type=_OUT, help="The PDF.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@_quietly
def statement(
    claim_id: str,
    claims: Path,
    remittances: tuple[Path, ...],
    coverage: Path | None,
    checked: bool,
    out: Path,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write the patient's statement of CLAIM_ID (CLM01): every dollar with its reason, in plain words.

    Exit status 1, and no file, while the claim is not settled with its payers.
    """
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    known = read_coverage(coverage) if coverage else ()
    account = answered_claim(claim_id, claims, remittances, known)
    hooks = registry.hooks()
    table = DenialTable(hooks.denial_rules())
    payers = Payers(hooks, None, today, None)
    house = House(
        rulebook=Rulebook(adapter_for=payers.adapter_for, denials=table),
        edits=hooks.edits(),
        profile_for=payers.profile_for,
        order=Rules.of(hooks.order_rules()),
    )
    payments = tuple(answer.payment for answer in account.answers)
    coverage_of = coverage_finder(known)(account.billed)
    outcome = work(account.billed, payments, today=today, house=house, coverage=coverage_of)
    made = statement_of(outcome.account, outcome.decision, table, today, checked=checked)
    row: dict[str, Any]
    findings = (made,) if isinstance(made, Finding) else made.findings
    if isinstance(made, Finding):
        row = {"claim_id": claim_id, "file": None, "due": None}
    else:
        _write(out, statement_pdf(made))
        row = {
            "claim_id": claim_id,
            "file": out.name,
            "due": dollars(made.due),
            "refund": dollars(made.refund),
            "rows": [
                {"part": one.part, "label": one.label, "amount": dollars(one.amount), "source": one.source}
                for one in made.rows
            ],
        }
    row["findings"] = [finding_row(one) for one in findings]
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
    elif not quiet:
        for finding in findings:
            click.echo(f"{finding.id}: {finding.message}")
        if row["file"]:
            click.echo(f"{row['file']}: {row['due']} due")
    return 0 if row["file"] else 1


@paper.command("calibrate")
@click.option("--form", default="cms1500", show_default=True, type=click.Choice(sorted(_GRIDS)))
@click.option("--out", required=True, type=_OUT, help="The PDF.")
@click.option("--printer", type=_FILE, help="The printer's file: dx, dy, scale.")
@_quietly
def calibrate(form: str, out: Path, printer: Path | None, as_json: bool, quiet: bool) -> int:
    """A page of marks to print on the stock: it shows how far the printer is off."""
    found = read_printer(printer)
    _write(out, calibration_page(_GRIDS[form], found))
    if as_json:
        printed = {"dx": found.dx, "dy": found.dy, "scale": found.scale}
        click.echo(json.dumps({"file": out.name, "printer": printed}))
    elif not quiet:
        click.echo(f"{out.name}: print it at 100 % on the stock and measure where the marks miss")
    return 0


def _claims(path: Path) -> Iterator[Claim]:
    reader, kind = find_reader(path)
    if not kind.startswith("837"):
        raise UnusableInput(path.name, "", f"it is a {kind}, not claims (837)")
    return (one for one in reader.claims(path) if isinstance(one, Claim))


def _payments(path: Path, claim_id: str) -> Iterator[ClaimPayment]:
    reader, kind = find_reader(path)
    if kind not in ("835", "EOB"):
        raise UnusableInput(path.name, "", f"it is a {kind}, not a remittance (835 or EOB)")
    for one in reader.remittances(path):
        if isinstance(one, ClaimPayment) and one.patient_control_number == claim_id:
            yield one


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _picture(document: Path, png: Path) -> None:
    """The first page as PNG, by poppler's pdftoppm. Raises UnusableInput where it is not installed."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        raise UnusableInput(png.name, "", "a picture needs pdftoppm; install poppler-utils")
    stem = png.with_suffix("")
    command = [tool, "-png", "-r", "100", "-singlefile", str(document), str(stem)]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - no shell, our own words
    if done.returncode:
        raise UnusableInput(png.name, "", f"pdftoppm ended with status {done.returncode}")
    if png.suffix != ".png":
        stem.with_name(stem.name + ".png").replace(png)

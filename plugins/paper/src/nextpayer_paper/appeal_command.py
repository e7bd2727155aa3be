"""``nextpayer appeal``: the packet of an appeal, letter first, and the calendar of its last days."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import click

from nextpayer import registry
from nextpayer.account import own_answer
from nextpayer.appeal import Appeal, appeal_of
from nextpayer.cli._inputs import read_coverage, read_json
from nextpayer.cli._packs import chosen, denial_table, payers_option
from nextpayer.cli._proofs import Proofs
from nextpayer.cli._rows import finding_row
from nextpayer.cli.correct import answered_claim, answered_options
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer.ports import LetterEnclosure

from .letter import BadTemplate
from .packet import packet

__all__ = ["appeal"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
#: What a packet's files are called.
_OURS = re.compile(r"\d\d-(?:letter|eob|enclosure)\.[a-z]+|deadlines\.ics|packet\.json")
_KINDS = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".txt", ".docx"}


@click.command()
@click.argument("claim_id")
@answered_options
@click.option("--report", type=_FILE, help="The report of bill: what the payer was expected to pay, and why.")
@click.option("--coverage", type=_FILE, help="COVERAGE.json: the patient's policies.")
@payers_option
@click.option("--level", default=1, show_default=True, type=click.IntRange(1, 9), help="The level of appeal.")
@click.option("--decided", type=_DAY, help="The day of the decision, where it is not the remittance's.")
@click.option("--received", type=_DAY, help="The day the decision came, where it is known.")
@click.option("--enclose", multiple=True, type=_FILE, help="A document to enclose; repeatable.")
@click.option("--template", type=_FILE, help="The letter's template instead of ours.")
@click.option("--signer", default="", help="Who signs.")
@click.option("--contact", default="", help="How to reach the signer.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The packet's folder."
)
@click.option("--as-of", type=_DAY, help="The day it is (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def appeal(
    claim_id: str,
    claims: Path,
    remittances: tuple[Path, ...],
    report: Path | None,
    coverage: Path | None,
    payers: str | None,
    level: int,
    decided: dt.datetime | None,
    received: dt.datetime | None,
    enclose: tuple[Path, ...],
    template: Path | None,
    signer: str,
    contact: str,
    out: Path,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write the packet of an appeal against a payer's answer to CLAIM_ID (CLM01).

    The letter (PDF, DOCX), the EOBs, the enclosures, and a calendar of last days. Exit status 1 when
    something should be looked at before it goes out, or nothing can be appealed.
    """
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    known = read_coverage(coverage) if coverage else ()
    account = answered_claim(claim_id, claims, remittances, known)
    profiles = chosen(payers) if payers is not None else None
    answer = own_answer(account)
    profile = profiles.find(answer.policy, today) if profiles is not None and answer is not None else None
    found = appeal_of(
        account,
        denial_table(registry.hooks(), profiles),
        today,
        level=level,
        profile=profile,
        decided=decided.date() if decided else None,
        received=received.date() if received else None,
    )
    if isinstance(found, Finding):
        _say(as_json, quiet, {"claim_id": claim_id, "files": [], "findings": [finding_row(found)]})
        return 1
    more = _expected(report, claim_id, found) if report is not None else ()
    proofs = Proofs(remittances)
    try:
        text = template.read_text(encoding="utf-8") if template else ""
        digests = {
            one.remittance.file: proofs.digest(one.remittance.file) for one in (found.payment, *found.earlier)
        }
        files, told = packet(
            found,
            digests,
            today,
            enclosures=_enclosures(enclose),
            template=text,
            signer=signer,
            contact=contact,
            more=more,
        )
    except UnicodeDecodeError:
        raise UnusableInput(template.name if template else "", "", "it is not UTF-8 text") from None
    except BadTemplate as error:
        raise UnusableInput(template.name if template else "", "", str(error)) from None
    except ValueError as error:
        names = ", ".join(path.name for path in remittances)
        raise UnusableInput(names, "", f"its EOB cannot be printed: {error}") from None
    findings = [*found.findings, *told]
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():  # an earlier packet's, of which this one may have fewer
        if _OURS.fullmatch(path.name):
            path.unlink()
    for name, data in files.items():
        (out / name).write_bytes(data)
    last = found.deadline
    row: dict[str, Any] = {
        "claim_id": claim_id,
        "level": level,
        "level_name": found.level_name,
        "amount": f"{found.amount:.2f}",
        "deadline": last.day.isoformat() if last else None,
        "deadline_rule": last.rule if last else None,
        "deadline_source": last.source if last else None,
        "wanted": list(found.documents),
        "files": [{"name": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()],
        "findings": [finding_row(one) for one in findings],
    }
    (out / "packet.json").write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _say(as_json, quiet, row)
    return 1 if any(one.severity is Severity.REJECT for one in findings) else 0


def _enclosures(enclose: tuple[Path, ...]) -> list[LetterEnclosure]:
    """The documents to enclose, without their names."""
    found = []
    for path in enclose:
        suffix = path.suffix.lower()
        if suffix not in _KINDS:
            known = ", ".join(sorted(_KINDS))
            raise UnusableInput(path.name, "", f"this is no kind of file to enclose: {known}")
        found.append(LetterEnclosure(title="", suffix=suffix, data=path.read_bytes()))
    return found


def _expected(report: Path, claim_id: str, found: Appeal) -> tuple[tuple[str, str, str], ...]:
    """What the payer was expected to pay, from the report: the method's terms, for the arithmetic."""
    document = read_json(report)
    rows = document.get("decisions") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise UnusableInput(report.name, "", "it is not a report of nextpayer bill (no decisions)")
    payer = found.policy.payer.id
    sums: list[tuple[str, str, str]] = []
    try:
        meanings = document["meanings"] if isinstance(document, dict) else {}
        for row in rows:
            following = row.get("next_payer") or {}
            if row.get("claim_id") != claim_id or following.get("id") != payer or not row.get("expectation"):
                continue
            method, terms = row["expectation"]
            sums += [(str(name), str(amount), str(meanings[name][1])) for name, amount in terms]
            expected = row["amounts"]["expected_next"]
            sums.append((f"You owe, by method {method}", str(expected), str(meanings[method][1])))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        reason = "the claim's row is not one this version wrote; run bill again"
        raise UnusableInput(report.name, "", reason) from None
    return tuple(sums)


def _say(as_json: bool, quiet: bool, row: dict[str, Any]) -> None:
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        return
    if quiet:
        return
    if row["files"]:
        click.echo(f"{row['level_name']}: {row['amount']} in dispute")
        day = row["deadline"]
        click.echo(f"  last day  {day} ({row['deadline_source']})" if day else "  last day  not known")
        click.echo(f"  packet    {', '.join(one['name'] for one in row['files'])}")
        for wanted in row["wanted"]:
            click.echo(f"  enclose   {wanted}")
    for finding in row["findings"]:
        click.echo(f"  {finding['severity']:<9} {finding['id']}: {finding['message']}")

"""``nextpayer correct``: the claim that replaces one which a payer refused, with every change listed."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from nextpayer import registry
from nextpayer.account import Account, open_account
from nextpayer.claim import Claim
from nextpayer.correct import Correction, Given
from nextpayer.correct import correct as corrected
from nextpayer.coverage import Coverage
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding
from nextpayer.hooks import Hooks
from nextpayer.order import paying_order
from nextpayer.pipeline import edited
from nextpayer.policy import Policy
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment
from nextpayer.scrub import Scrubber, rejected

from ._answers import answers_of, wrong_kind
from ._inputs import find_reader, read_coverage, read_json
from ._packs import chosen, denial_table, payers_option
from ._resolve import Payers, coverage_finder
from ._rows import finding_row

__all__ = [
    "Rendered",
    "answered_claim",
    "answered_options",
    "correct",
    "known_policy",
    "read_given",
    "render",
]

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KEYS = ("member_id", "authorization", "referral", "modifiers", "condition")


def answered_options(command: F) -> F:
    """The claim as first sent and the answers to it: what ``answered_claim`` reads."""
    command = click.option(
        "--remittance",
        "remittances",
        required=True,
        multiple=True,
        type=_FILE,
        help="A remittance (835, EOB.json): the payer's, and those of payers before it; repeatable.",
    )(command)
    return click.option(
        "--claims", required=True, type=_FILE, help="The 837 with the claim that the payer answered."
    )(command)


@click.command()
@click.argument("claim_id")
@answered_options
@click.option("--coverage", type=_FILE, help="COVERAGE.json: the patient's policies as they are known now.")
@payers_option
@click.option("--with", "given", type=_FILE, help="A JSON file with what a person supplies.")
@click.option("--void", is_flag=True, help="Take the claim back (frequency 8) instead of replacing it.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The 837 to write."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@click.option(
    "--control-number", default=1, show_default=True, type=click.IntRange(1, 999_999_999),
    help="The interchange control number.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def correct(
    claim_id: str,
    claims: Path,
    remittances: tuple[Path, ...],
    coverage: Path | None,
    payers: str | None,
    given: Path | None,
    void: bool,
    out: Path,
    as_of: dt.datetime | None,
    control_number: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Build the replacement of a claim (CLAIM_ID is CLM01) after its payer's answer.

    It goes under the payer's own number with frequency 7, or as a first claim where the payer never took it
    in. Nothing is written, and the exit status is 1, when a person must supply or decide something first.
    """
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    known = read_coverage(coverage) if coverage else ()
    supplied = read_given(given) if given else Given()
    account, hooks = answered_claim(claim_id, claims, remittances, known), registry.hooks()
    packs = chosen(payers) if payers is not None else None
    table = denial_table(hooks, packs)
    policy = known_policy(account.claim, known)
    made = corrected(account, table, known=policy, given=supplied, void=void)
    findings = list(made.asks)
    written = False
    if made.claim is not None:
        try:
            rendered, told = render(
                made.claim, hooks, Payers(hooks, packs, today, None), control_number, today
            )
        except ValueError as error:
            raise UnusableInput(claims.name, "", f"the claim cannot be written: {error}") from None
        findings += told
        if rendered is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(rendered.data)
            written = True
    if as_json:
        row = {
            "claim_id": claim_id,
            "file": out.name if written else None,
            "frequency": made.claim.frequency if made.claim is not None else None,
            "changes": [_change_row(made, n) for n in range(len(made.changes))],
            "findings": [finding_row(one) for one in findings],
        }
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo(_text(made, out.name if written else "", [finding_row(one) for one in findings]))
    return 0 if written else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A corrected claim as its payer gets it: the form's name, the ending of a file's name, the file."""

    form: str
    suffix: str
    data: bytes = field(repr=False)


def render(
    claim: Claim, hooks: Hooks, payers: Payers, control_number: int, today: dt.date
) -> tuple[Rendered | None, tuple[Finding, ...]]:
    """A corrected claim in its payer's form, None where the edits refuse it, and what they say. Raises
    ValueError where the form cannot write it."""
    scrubber = Scrubber(edit for edit in hooks.edits() if not edit.scrub_only)
    told = edited(claim, payers.adapter_for(claim.policy), scrubber)
    if rejected(told):
        return None, told
    form = payers.form_for(claim)
    file = form.start(control_number=control_number, today=today)
    return Rendered(form=form.name, suffix=form.suffix, data=file.add(claim) + file.finish()), told


def answered_claim(
    claim_id: str, claims: Path, remittances: tuple[Path, ...], coverages: tuple[Coverage, ...] = ()
) -> Account:
    """The account of one claim of a file with every answer to it. Raises UnusableInput."""
    claim = next(
        (one for one in _claims(claims) if isinstance(one, Claim) and one.patient_control_number == claim_id),
        None,
    )
    if claim is None:
        raise UnusableInput(claims.name, "", "it holds no claim with this patient control number")
    index = answers_of(remittances)
    try:
        found = [index.payment(number) for number in index.find(claim_id)]
    finally:
        index.close()
    payments = [
        one for one in found if isinstance(one, ClaimPayment) and one.patient_control_number == claim_id
    ]
    if not payments:
        names = ", ".join(path.name for path in remittances)
        raise UnusableInput(names, "", "no readable answer to this claim")
    order = paying_order(claim, coverage_finder(coverages)(claim))
    return open_account(order.claim, order.policies, payments, order.undetermined, billed=claim)


def _claims(path: Path) -> Iterator[Claim | Quarantined]:
    reader, kind = find_reader(path)
    if not kind.startswith("837"):
        raise UnusableInput(path.name, "", wrong_kind(kind, "an 837"))
    return reader.claims(path)


def known_policy(claim: Claim, coverages: tuple[Coverage, ...]) -> Policy | None:
    """The claim's policy as the coverage file has it, found by its payer's id alone."""
    coverage = coverage_finder(coverages)(claim)
    found = [one for one in coverage.policies if one.payer.id == claim.policy.payer.id] if coverage else []
    return found[0] if len(found) == 1 else None


def read_given(path: Path) -> Given:
    """What a person supplies, from a JSON file. Raises UnusableInput."""
    document = read_json(path)
    if not isinstance(document, dict):
        raise UnusableInput(path.name, "", "it is not an object")
    for key in document:
        if key not in _KEYS:
            raise UnusableInput(path.name, str(key)[:40], f"unknown key; these are known: {', '.join(_KEYS)}")
    texts = {key: document.get(key, "") for key in _KEYS if key != "modifiers"}
    for key, value in texts.items():
        if not isinstance(value, str) or not value.isprintable() or len(value) > 50:
            raise UnusableInput(path.name, key, "it is not a text of at most 50 printable characters")
    if texts["condition"] and not re.fullmatch(r"D[0-9]|E0", texts["condition"]):
        raise UnusableInput(path.name, "condition", "it is not D0 to D9 or E0")
    return Given(modifiers=_modifiers(path, document.get("modifiers", {})), **texts)


def _modifiers(path: Path, table: object) -> tuple[tuple[int, tuple[str, ...]], ...]:
    if not isinstance(table, dict):
        raise UnusableInput(path.name, "modifiers", 'it is not an object such as {"2": ["59"]}')
    found = []
    for line, codes in table.items():
        good = (
            isinstance(codes, list)
            and len(codes) <= 4
            and all(isinstance(one, str) and re.fullmatch(r"[A-Z0-9]{2}", one) for one in codes)
        )
        if not re.fullmatch(r"[1-9][0-9]{0,2}", line) or not good:
            reason = "a line's number has at most four modifiers of two letters or digits"
            raise UnusableInput(path.name, "modifiers", reason)
        found.append((int(line), tuple(codes)))
    return tuple(found)


def _change_row(made: Correction, number: int) -> dict[str, Any]:
    one = made.changes[number]
    return {"element": one.element, "old": one.old, "new": one.new, "why": one.why, "source": one.source}


def _text(made: Correction, file: str, findings: list[dict[str, str]]) -> str:
    lines = []
    if made.changes:
        lines.append("Changes" if file else "Changes so far; nothing is written")
        for one in made.changes:
            lines.append(f"  {one.element}: {one.old or 'nothing'} -> {one.new or 'nothing'}")
            lines.append(f"    {one.why} ({one.source})")
    for finding in findings:
        lines.append(f"{finding['severity']}  {finding['id']} {finding['where']}: {finding['message']}")
    if file:
        lines.append(f"Written: {file}")
    return "\n".join(lines)

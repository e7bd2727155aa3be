"""``nextpayer eob``: a remittance on paper, typed in.

``new`` shows the claim's lines and asks for what the paper says of each. It asks on stderr, so that stdout
holds the result alone, and reads its answers from a terminal or a pipe. What does not balance is told as soon
as it is typed, with the difference; ``back`` goes to the line before. Nothing is written before the end.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import click

from nextpayer.claim import Claim
from nextpayer.errors import UnusableInput
from nextpayer.finding import Severity
from nextpayer.money import dollars
from nextpayer.ports import Quarantined

from ._answers import wrong_kind
from ._eob_ask import (
    STATUS,
    BackError,
    again,
    an_adjustment,
    ask,
    checked,
    day_until,
    money,
    money_or_back,
    remark_codes,
    say,
    unless_back,
    yes_or_no,
)  # fmt: skip
from ._eob_draft import Draft, Level, adjustment_of, adjustment_words, line_words, off_words
from ._inputs import find_reader
from ._rows import finding_row

__all__ = ["eob"]

#: CLP02 by the claim's place in the order, for the payer that has processed it.
_PLACES = {"P": "1", "S": "2", "T": "3"}
_STATUSES = (
    "Status: 1, 2 or 3 processed as first, second or third payer; 4 denied; 19, 20 or 21 as 1, 2 or 3 and"
    " sent on;\n22 taken back; 23 not theirs and sent on; 25 no payment"
)
_HELP = (
    "\nAn adjustment is group, reason and amount: CO-45 25.00. Where the paper gives no code, its own words:"
    ' PR "your share" 30.00\n(deductible is 1, coinsurance 2, copay 3). "back" goes to the line before.'
)


@click.group()
def eob() -> None:
    """A remittance on paper, typed in as EOB.json."""


@eob.command()
@click.option(
    "--claim",
    "claims",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The 837 with the claim as it was sent.",
)
@click.option("--claim-id", help="Its patient control number, where the file has several claims.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="EOB.json, for bill.",
)
@click.option("--author", envvar="NEXTPAYER_USER", help="Who types (NEXTPAYER_USER); asked without it.")
@click.option("--source", help="What it is typed from, such as 'paper EOB, 2 pages'; asked without it.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but questions and errors.")
def new(
    claims: Path,
    claim_id: str | None,
    out: Path,
    author: str | None,
    source: str | None,
    as_of: dt.datetime | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Ask what a paper EOB says of one claim, and write it as EOB.json.

    Exit status 1 when it was written as the paper has it and does not balance: bill will hold the claim.
    """
    if out.exists() and not force:
        raise UnusableInput(out.name, "", "it is there already; --force writes over it")
    if not out.parent.is_dir():
        raise UnusableInput(out.name, "", "its folder does not exist")
    draft = Draft(claim=_claim(claims, claim_id))
    entered = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    try:
        _ask_everything(draft, author, source, entered)
    except click.Abort:
        raise UnusableInput(out.name, "", "abandoned; nothing was written") from None
    findings = draft.findings()
    _write(out, json.dumps(draft.document(), indent=1, ensure_ascii=False) + "\n", force)
    wrong = any(one.severity is Severity.REJECT for one in findings)
    if as_json:
        rows = [finding_row(one) for one in findings]
        result = {"file": str(out), "claim_id": draft.claim.patient_control_number, "findings": rows}
        click.echo(json.dumps(result, ensure_ascii=False))
    elif not quiet:
        click.echo(f"{out}: written" + (", and it does not balance: bill will hold the claim" * wrong))
    return 1 if wrong else 0


def _claim(path: Path, claim_id: str | None) -> Claim:
    """The one claim that is meant. Raises UnusableInput."""
    reader, kind = find_reader(path)
    if not kind.startswith("837"):
        raise UnusableInput(path.name, "", wrong_kind(kind, "an 837"))
    found: list[Claim] = []
    aside: Quarantined | None = None
    for item in reader.claims(path):
        if isinstance(item, Quarantined):
            aside = aside or item
        elif claim_id in (None, item.patient_control_number):
            found.append(item)
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        how = (
            "it has several claims: say which with --claim-id" if claim_id is None else "several have that id"
        )
        raise UnusableInput(path.name, "", how)
    if aside is not None:
        raise UnusableInput(path.name, f"segment {aside.segment}", f"the claim is not read: {aside.reason}")
    raise UnusableInput(path.name, "", "it has no claim of that id")


def _ask_everything(draft: Draft, author: str | None, source: str | None, entered: dt.date) -> None:
    claim = draft.claim
    payer = claim.policy.payer
    say(f"Claim {claim.patient_control_number}: {dollars(claim.charge_amount)}, billed to {payer.name}")
    for line in claim.lines:
        say(line_words(line))
    say("Answer what the paper says; Enter takes what stands in brackets, Ctrl-C abandons.\n")
    _head(draft, author, source, entered)
    _amounts(draft)
    while True:
        _show(draft)
        numbers = [str(line.number) for line in claim.lines] if draft.lines else []
        lines = ", a line's number to type it again" if draft.lines else ""
        answer = ask(f"w to write it{lines}, c for the claim's own amounts, h for the head, q to abandon")
        if answer == "w":
            return
        if answer == "q":
            raise click.Abort
        if answer == "h":
            _head(draft, author, source, entered)
        elif answer == "c":
            _whole(draft)
        elif answer in numbers:
            _lines(draft, numbers.index(answer), numbers.index(answer) + 1)
            _whole(draft)


def _head(draft: Draft, author: str | None, source: str | None, entered: dt.date) -> None:
    """Who paid, when, by which number; who types, and from what."""
    payer, policy = draft.claim.policy.payer, draft.claim.policy
    named = {
        "id": ask("Payer id", default=payer.id),
        "name": ask("Payer name", default=payer.name),
    }
    trace = ask("Number of the cheque or transfer")
    paid_on = ask("Payment date (YYYY-MM-DD)", day_until(entered))
    cheque = ask("Amount of the cheque, if it pays this claim alone (Enter if not)", money, default="")
    draft.head = {"payer": {key: value for key, value in named.items() if value}, "trace_number": trace}
    draft.head["payment_date"] = paid_on
    if cheque:
        draft.head["payment_amount"] = cheque
    draft.head["author"] = author or ask("Who types this in")
    draft.head["entered"] = entered.isoformat()
    draft.head["source"] = source or ask("Typed in from", default="paper EOB")
    say(_STATUSES)
    draft.facts = {"status": ask("Status of the claim", checked(STATUS), _PLACES.get(policy.sequence))}
    if number := ask("The payer's own number for the claim (Enter if none)", default=""):
        draft.facts["control_number"] = number
    remarks = ask("Remark codes on the claim, such as MA18 N130 (Enter if none)", remark_codes, default="")
    draft.remarks = remarks.split()


def _amounts(draft: Draft) -> None:
    answer = ask("Does the paper decide each line? (y/n)", yes_or_no, default="y")
    draft.by_line(answer == "y")
    if draft.lines:
        say(_HELP)
        _lines(draft, 0, len(draft.lines))
    _whole(draft)


def _lines(draft: Draft, start: int, end: int) -> None:
    at = start
    while at < end:
        try:
            say("\n" + line_words(draft.claim.lines[at]))
            draft.lines[at] = _level(Level(charge=draft.lines[at].charge), "paid on the line")
            at += 1
        except BackError:
            at = max(at - 1, 0)


def _level(level: Level, question: str) -> Level:
    """Payment and adjustments of a line, until they balance or are what the paper says."""
    while True:
        level.paid = Decimal(unless_back(ask(f"  {question}", money_or_back)))
        level.adjustments = []
        _adjustments(level, level.off)
        told = off_words(level.charge, level.paid, level.adjusted)
        if not told:
            return level
        say(f"  does not balance: {told}")
        if ask("  r to type it again, Enter to keep it as the paper has it", again, default="") != "r":
            return level


def _adjustments(level: Level, left: Decimal) -> None:
    """Adjustments one by one, each told with what is left to explain."""
    while True:
        so_far = f"{dollars(left)} to explain" if left else "it balances"
        answer = unless_back(ask(f"  adjustment, {so_far} (Enter: no more)", an_adjustment, default=""))
        if not answer:
            return
        one = adjustment_of(answer)
        level.adjustments.append(one)
        left -= Decimal(one["amount"])
        say(f"    {adjustment_words(one)}")


def _whole(draft: Draft) -> None:
    """The claim's own amounts: what is adjusted for the claim as a whole, and the totals that it prints."""
    whole, on_lines = draft.whole, sum((one.adjusted for one in draft.lines), Decimal(0))
    while True:
        say(f"\nThe claim as a whole: {dollars(draft.claim.charge_amount)} billed")
        whole.charge = Decimal(ask("  charge on the EOB", money, dollars(draft.claim.charge_amount)))
        if whole.charge != draft.claim.charge_amount:
            off = dollars(abs(whole.charge - draft.claim.charge_amount))
            say(f"  the claim was billed with another charge: {off} of difference")
        whole.paid = Decimal(ask("  paid on the claim", money))
        by_line = sum((one.paid or Decimal(0) for one in draft.lines), Decimal(0))
        if draft.lines and by_line != whole.paid:
            off = dollars(abs(whole.paid - by_line))
            say(f"  the lines were paid {dollars(by_line)}: {off} of difference")
        whole.adjustments = []
        try:
            _adjustments(whole, draft.off)
        except BackError:
            continue
        told = off_words(whole.charge, whole.paid, whole.adjusted + on_lines)
        if not told:
            return
        say(f"  the claim does not balance: {told}")
        if ask("  r to type it again, Enter to keep it as the paper has it", again, default="") != "r":
            return


def _show(draft: Draft) -> None:
    """Everything once more, and what does not fit."""
    say("")
    for line, level in zip(draft.claim.lines, draft.lines, strict=False):
        taken = ", ".join(adjustment_words(one) for one in level.adjustments)
        say(f"{line_words(line)}  paid {dollars(level.paid or Decimal(0))}  {taken}")
    whole = draft.whole
    taken = ", ".join(adjustment_words(one) for one in whole.adjustments)
    say(f"claim: charge {dollars(whole.charge)}, paid {dollars(whole.paid or Decimal(0))}  {taken}")
    for one in draft.findings():
        say(f"  {one.severity}: {one.message}")


def _write(out: Path, text: str, force: bool) -> None:
    """The whole file or nothing, and never over a file that came while the person typed."""
    try:
        if not force:
            with out.open("x", encoding="utf-8") as file:
                file.write(text)
            return
    except FileExistsError:
        raise UnusableInput(out.name, "", "it is there already; --force writes over it") from None
    part = out.with_name(out.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(out)

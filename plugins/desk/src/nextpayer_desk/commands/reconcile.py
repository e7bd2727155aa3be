"""``nextpayer reconcile``: cheques against their claims, payers against what they were expected to pay."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click
from sqlalchemy import Connection, select

from nextpayer.cli._packs import chosen, payers_option
from nextpayer_desk import schema
from nextpayer_desk.balances import Balance, Expected, balances
from nextpayer_desk.books import Cheque, cheques
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.work import Terms

from .options import as_of_option, day, dollars, ledger_option, output_options

__all__ = ["reconcile"]

_DAY = click.DateTime(["%Y-%m-%d"])
#: Comparisons that somebody should know of.
_DIFFERS = frozenset({"under", "over", "taken_back"})
_SUMS = ("billed", "paid", "adjusted", "patient", "outstanding", "credit")


@click.command()
@click.option("--day", "on", type=_DAY, help="Only the cheques of this day, and the claims that they answer.")
@click.option("--claims", "with_claims", is_flag=True, help="Also every claim: where each dollar stands.")
@payers_option
@ledger_option
@as_of_option
@output_options
def reconcile(
    on: dt.datetime | None,
    with_claims: bool,
    payers: str | None,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Every cheque against what it is made of: its claims less its provider-level adjustments.

    With --claims or --day also what each later payer was expected to pay against what it paid. Exit status 1
    when a cheque is off, a claim does not balance, or a payer paid less or more than it owed.
    """
    terms = Terms(today=day(as_of), profiles=chosen(payers) if payers is not None else None)
    wanted = on.date() if on is not None else None
    with open_ledger(ledger) as book:
        with book.reading() as connection:
            found = [one for one in cheques(connection) if wanted in (None, one.date)]
            answered = _answered(connection, found) if wanted is not None else None
            claims = list(balances(connection, terms, answered)) if with_claims or wanted else []
            unmatched = _unmatched(connection, found)
        if claims:
            with book.writing(terms.today) as writer:
                writer.looked_at("reconcile", *[one.claim for one in claims])
    told = bool(with_claims or wanted)
    if as_json:
        document: dict[str, Any] = {"remittances": [_cheque(one) for one in found]}
        if told:
            document["claims"] = [_claim(one) for one in claims]
            document["totals"] = {name: dollars(_sum(claims, name)) for name in _SUMS}
        if wanted is not None:
            document["day"] = _day(wanted, found, claims, unmatched)
        click.echo(json.dumps(document, indent=1))
    elif not quiet:
        for line in _lines(found, claims, wanted, unmatched, told=told):
            click.echo(line)
    return 0 if all(one.reconciles for one in found) and all(map(_as_owed, claims)) else 1


def _answered(connection: Connection, found: list[Cheque]) -> list[int]:
    table = schema.payments
    theirs = (
        select(table.c.claim_id)
        .distinct()
        .where(table.c.remittance_id.in_([one.remittance for one in found]), table.c.claim_id.is_not(None))
    )
    return sorted(connection.scalars(theirs))


def _unmatched(connection: Connection, found: list[Cheque]) -> int:
    """The money of these cheques that is with no claim."""
    table = schema.payments
    ids = {one.remittance for one in found}
    rows = connection.execute(
        select(table.c.remittance_id, table.c.paid).where(table.c.matched_by.in_(("", "nobody")))
    )
    return sum(row.paid for row in rows if row.remittance_id in ids)


def _as_owed(one: Balance) -> bool:
    return one.balances and not any(payer.comparison in _DIFFERS for payer in one.payers)


def _sum(claims: list[Balance], name: str) -> int:
    return sum(int(getattr(one, name)) for one in claims)


def _cheque(one: Cheque) -> dict[str, Any]:
    return {
        "payer_id": one.payer_id,
        "payer": one.payer_name,
        "trace": one.trace,
        "date": one.date.isoformat() if one.date else None,
        "file": one.file,
        "payment": dollars(one.payment),
        "posted": dollars(one.posted),
        "provider_adjustments": [
            {"reason": reason, "amount": dollars(amount), "state": "unapplied"}
            for reason, amount in one.unapplied
        ],
        "missing_payments": one.missing,
        "difference": dollars(one.difference),
        "reconciles": one.reconciles,
    }


def _claim(one: Balance) -> dict[str, Any]:
    return {
        "claim": one.claim,
        "action": one.action or None,
        "reason": one.reason or None,
        **{name: dollars(getattr(one, name)) for name in _SUMS},
        "balances": one.balances,
        "closed": one.closed,
        "payers": [
            {
                "payer_id": payer.payer_id,
                "expected": None if payer.expected is None else dollars(payer.expected),
                "method": payer.method or None,
                "posted": dollars(payer.posted),
                "comparison": payer.comparison,
            }
            for payer in one.payers
        ],
    }


def _day(wanted: dt.date, found: list[Cheque], claims: list[Balance], unmatched: int) -> dict[str, Any]:
    """The books of one day: they close when every cheque is explained and every claim balances."""
    return {
        "day": wanted.isoformat(),
        "cheques": len(found),
        "payments": dollars(sum(one.payment for one in found)),
        "posted": dollars(sum(one.posted for one in found)),
        "provider_adjustments": dollars(sum(one.adjusted for one in found)),
        "unmatched": dollars(unmatched),
        "difference": dollars(sum(one.difference for one in found)),
        "closes": all(one.reconciles for one in found) and all(one.balances for one in claims),
    }


def _lines(
    found: list[Cheque], claims: list[Balance], wanted: dt.date | None, unmatched: int, *, told: bool
) -> list[str]:
    lines = [_cheque_line(one) for one in found]
    lines += [_claim_line(one) for one in claims]
    if wanted is not None:
        row = _day(wanted, found, claims, unmatched)
        closes = "the day closes" if row["closes"] else click.style("THE DAY DOES NOT CLOSE", fg="red")
        lines.append(
            f"{wanted}: {row['cheques']} cheques {row['payments']}, claims {row['posted']}, unmatched"
            f" {row['unmatched']}: {closes}"
        )
    if told:
        sums = ", ".join(f"{name} {dollars(_sum(claims, name))}" for name in _SUMS)
        lines.append(f"{len(claims):,} claims: {sums}")
    return lines


def _cheque_line(one: Cheque) -> str:
    parts = [f"claims {dollars(one.posted)}"]
    parts += [f"{reason} {dollars(-amount)} unapplied" for reason, amount in one.unapplied]
    if one.missing:
        parts.append(f"{one.missing} not posted")
    if not one.stated:
        parts.append("not read to its end")
    mark = "ok " if one.reconciles else click.style("off", fg="red")
    off = "" if not one.difference else f"; {dollars(one.difference)} not explained"
    return f"{mark} {one.payer_name} {one.trace}: {dollars(one.payment)} = {', '.join(parts)}{off}"


def _claim_line(one: Balance) -> str:
    mark = "ok " if _as_owed(one) else click.style("off", fg="red")
    parts = [f"{name} {dollars(getattr(one, name))}" for name in _SUMS[1:] if getattr(one, name)]
    payers = "".join(f"; {_payer(payer)}" for payer in one.payers)
    return f"{mark} claim {one.claim}: billed {dollars(one.billed)} = {', '.join(parts)}{payers}"


def _payer(one: Expected) -> str:
    expected = "" if one.expected is None else f" of {dollars(one.expected)} expected"
    return f"{one.payer_id} paid {dollars(one.posted)}{expected} ({one.comparison.replace('_', ' ')})"

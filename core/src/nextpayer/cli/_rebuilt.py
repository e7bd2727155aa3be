"""Payments out of a report of ``nextpayer bill``: the amounts, codes and places that its rows keep.

A row keeps what the payer stated, level by level; it names no person and no service, so neither do these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nextpayer.errors import InvalidNoun, UnusableInput
from nextpayer.money import cents
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment, Remittance

from ._inputs import read_json

__all__ = ["decisions_of", "payments_of"]


def decisions_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a report. Raises UnusableInput."""
    document = read_json(path)
    rows = document.get("decisions") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableInput(path.name, "", "it is not a report of nextpayer bill (no decisions)")
    return rows


def payments_of(row: Mapping[str, Any], file: str) -> tuple[ClaimPayment, ...]:
    """The payments of one row, several where the payer split the claim. Raises UnusableInput."""
    try:
        return tuple(_payments(row))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, InvalidNoun):
        reason = "a decision's row is not one this version wrote; run bill again"
        raise UnusableInput(file, "", reason) from None


def _payments(row: Mapping[str, Any]) -> Iterator[ClaimPayment]:
    said = row["payment"]
    remittance = Remittance(
        payer_name="",
        payer_ids=(said["payer_id"],) if said["payer_id"] else (),
        trace_number=said["trace"],
        payment_date=dt.date.fromisoformat(said["date"]) if said.get("date") else None,
        file=said["file"],
    )
    remarks: dict[int, tuple[str, ...]] = {}
    for one in row.get("remarks", ()):
        at, code = one.split(" ")
        remarks[int(at)] = (*remarks.get(int(at), ()), code)
    for levels in _claims(row["from"]):
        claim, *lines = levels
        yield ClaimPayment(
            remittance=remittance,
            patient_control_number=row["claim_id"],
            status=said["status"],
            control_number=said["control_number"],
            charge_amount=cents(claim["charge"]),
            paid_amount=cents(claim["paid"]),
            adjustments=tuple(claim["adjustments"]),
            remark_codes=remarks.get(claim["at"], ()),
            segment=claim["at"],
            lines=tuple(
                LinePayment(
                    charge_amount=cents(line["charge"]),
                    paid_amount=cents(line["paid"]),
                    adjustments=tuple(line["adjustments"]),
                    remark_codes=remarks.get(line["at"], ()),
                    segment=line["at"],
                )
                for line in lines
            ),
        )


def _claims(parts: list[str]) -> list[list[dict[str, Any]]]:
    """The levels of each payment, its claim's first: ``charge`` begins a payment, ``line-charge`` a line."""
    found: list[list[dict[str, Any]]] = []
    for part in parts:
        at, what, amount = part.split(" ")
        if what in ("charge", "line-charge"):
            level = {"at": int(at), "charge": amount, "paid": "0.00", "adjustments": []}
            if what == "charge":
                found.append([level])
            else:
                found[-1].append(level)
        elif what in ("paid", "line-paid"):
            found[-1][-1]["paid"] = amount
        else:
            group, _, reason = what.partition("-")
            found[-1][-1]["adjustments"].append(Adjustment(group=group, reason=reason, amount=cents(amount)))
    return found

"""Codes for putting things off and for closing them, each with what it is allowed for.

A code is a reason that can be counted. Where the ledger can tell that it does not fit, it is refused: a file
in doubt is settled, an answer without a claim is matched, a denial within its limit is worked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from .office_rules import OfficeRules
from .worklist import Item

__all__ = ["CLOSINGS", "SNOOZES", "Closing", "objection_to_closing", "objection_to_snooze"]

#: Why something is put off: code and what it says.
SNOOZES = {
    "PAYER-PROMISED": "the payer named a day",
    "PAYER-WORKING": "the payer has it and has not finished",
    "PATIENT-ASKED": "the patient was asked for something",
    "PROVIDER-ASKED": "records, a signature or an authorization were asked for",
    "PAYMENT-EXPECTED": "the money or the remittance is on its way",
    "OTHER-FIRST": "something else must be done before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A reason for closing: of which kinds, and what speaks against it in one case (empty where nothing)."""

    says: str
    kinds: frozenset[str]
    against: Callable[[Item, OfficeRules, dt.date], str]


def _nothing(item: Item, office: OfficeRules, today: dt.date) -> str:
    return ""


def _small(item: Item, office: OfficeRules, today: dt.date) -> str:
    if office.small_balance is None:
        return "the office has no small_balance (OFFICE.toml)"
    if item.stake > office.small_balance:
        return "it is about more than the office's small_balance"
    return _write_off(item, office, today)


def _write_off(item: Item, office: OfficeRules, today: dt.date) -> str:
    if item.decided == "refund":
        return "what was paid too much is given back and not written off"
    return ""


def _late(item: Item, office: OfficeRules, today: dt.date) -> str:
    passed = item.deadline is not None and item.deadline < today
    if item.reason == "NP-FILING-LIMIT-PASSED" or passed:
        return _write_off(item, office, today)
    return "no last day that is known has passed"


def _refunded(item: Item, office: OfficeRules, today: dt.date) -> str:
    return "" if item.decided == "refund" else "nothing was to be given back"


_CLAIMS = frozenset({"decision", "unanswered", "refused", "asked", "not_found"})

#: Why something is closed.
CLOSINGS = {
    "WRITE-OFF-SMALL": Closing(
        says="not worth the work: within the office's small_balance",
        kinds=_CLAIMS | {"patient"},
        against=_small,
    ),
    "WRITE-OFF-LATE": Closing(
        says="the last day has passed, and the patient does not owe it", kinds=_CLAIMS, against=_late
    ),
    "PAID-ELSEWHERE": Closing(
        says="it was paid and posted outside of this ledger", kinds=_CLAIMS | {"patient"}, against=_nothing
    ),
    "REFUNDED": Closing(
        says="the overpayment was given back", kinds=frozenset({"decision"}), against=_refunded
    ),
    "PATIENT-BILLED": Closing(
        says="the patient has the statement", kinds=frozenset({"patient"}), against=_nothing
    ),
    "NOT-OURS": Closing(
        says="it is about nobody of ours",
        kinds=frozenset({"unmatched", "quarantined", "cheque", "acknowledgment"}),
        against=_nothing,
    ),
    "MENDED-ELSEWHERE": Closing(
        says="it was looked into, and is right in another file or by hand",
        kinds=frozenset({"quarantined", "cheque", "acknowledgment"}),
        against=_nothing,
    ),
    "RECEIVER-CONFIRMED": Closing(
        says="the receiver says that it has the file: its claims wait for their answers",
        kinds=frozenset({"unacknowledged"}),
        against=_nothing,
    ),
}  # fmt: skip


def objection_to_closing(item: Item, code: str, office: OfficeRules, today: dt.date) -> str:
    """What speaks against closing a thing for a reason; empty where nothing does."""
    closing = CLOSINGS[code]
    if item.kind not in closing.kinds:
        return f"{code} is no reason for {item.kind.replace('_', ' ')}"
    return closing.against(item, office, today)


def objection_to_snooze(item: Item, until: dt.date, office: OfficeRules, today: dt.date) -> str:
    """What speaks against putting a thing off until a day; empty where nothing does."""
    if until <= today:
        return "the day is not after today"
    if item.deadline is not None and until > item.deadline >= today:
        return f"its last day is {item.deadline}"
    if until > today + dt.timedelta(days=office.longest_snooze):
        return f"nothing is put off for more than {office.longest_snooze} days"
    return ""

"""Proof of timely filing: what the ledger can show about when a payer had a claim, and what it cannot.

Messages prove different things (their guides: X12 TA1, 999 005010X231A1, 277CA 005010X214, 277 005010X212,
835 005010X221A1). A transport's receipt proves that bytes arrived, a 999 that they could be read; neither proves
that the payer had the claim. A payer's 277CA or 277 proves that, its 835 too. An earlier payer's 835 proves
nothing about filing, but a limit may run from its day.

Each piece of evidence says what it proves and what it does not. Where nothing shows that a file ever arrived
there is no proof, and none is made up.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from nextpayer.acknowledgment import ClaimState, StatusReport
from nextpayer.claim import Claim
from nextpayer.deadlines import RULES
from nextpayer.remittance import Remittance

from . import schema
from .frame import groups_of
from .nouns import from_text
from .schema import Record
from .talks import talks_of

__all__ = ["Evidence", "Proof", "Strength", "Verdict", "proof_of"]


class Strength(StrEnum):
    """How far a piece of evidence goes: the payer had the claim; a file came near; only what it rests on."""

    STRONG = "strong"
    WEAK = "weak"
    CONTEXT = "context"


class Verdict(StrEnum):
    """What the evidence comes to, held against the last day."""

    IN_TIME = "in_time"
    LATE = "late"
    NO_LAST_DAY = "no_last_day"
    WEAK = "weak"


#: Of each kind of message: what it proves, and what it does not.
_SAYS = {
    "receipt": ("the receiver took the file's bytes", "that the payer has the claim, or could read the file"),
    "TA1": ("the receiver took the envelope", "that anything in it could be read"),
    "999": ("the file could be read and kept to the guide", "that the payer has the claim"),
    "277CA": ("the payer took the claim in, before any decision", "that it was paid, or will be"),
    "277": ("the payer had the claim when it said so", "on which day it came, unless it says so"),
    "elsewhere": (
        "the sender of the message had the claim",
        "that the payer has it: the message is not the payer's own",
    ),
    "batch": ("claims of the file were counted as received", "that this claim was among them"),
    "refused": (
        "what was sent arrived, and was refused",
        "that a claim exists at the payer: there is none, and nothing to appeal",
    ),
    "835": ("the payer had the claim and decided it by that day", "on which day it came"),
    "other 835": (
        "another payer decided on that day, from which a limit may run",
        "that anything was filed with this payer",
    ),
    "log": ("somebody was spoken to", "anything by itself: ask for it in writing"),
}
_HAD = (
    ClaimState.RECEIVED,
    ClaimState.ACCEPTED,
    ClaimState.SPLIT,
    ClaimState.PENDING,
    ClaimState.INFO_REQUESTED,
    ClaimState.FINALIZED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One document of the ledger. ``facts`` are its numbers, names of files and digests, as pairs."""

    kind: str
    day: dt.date | None
    title: str
    strength: Strength
    proves: str
    not_proves: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The evidence that one claim was filed with one payer. ``filed`` is the first day that the best of it
    shows. ``deadline`` is the last day, ``rule`` and ``source`` what it rests on; None and empty where the
    ledger knows none."""

    claim: int
    account: str
    charge: int
    service_from: dt.date | None
    service_to: dt.date | None
    payer: str
    numbers: tuple[str, ...]
    filed: dt.date
    verdict: Verdict
    deadline: dt.date | None
    rule: str
    source: str
    evidence: tuple[Evidence, ...]


def proof_of(connection: Connection, claim: int, payer: str = "") -> Proof | str:
    """The proof that a claim was filed with a payer, by default the one that it was last sent to; else why
    there is none."""
    table = schema.claims
    row = connection.execute(select(table).where(table.c.id == claim)).one()
    sent = _sent(connection, claim)
    payer = payer or (sent[-1].payer if sent else "")
    if not payer:
        return "the desk has not sent this claim to any payer, so it can prove nothing"
    sent = [one for one in sent if one.payer == payer]
    if not sent:
        return f"the desk has not sent this claim to payer {payer}"
    noun = from_text(Claim, row.noun)
    evidence = [
        one
        for file in sent
        for one in (*_receipts(file, row.patient_control_number), *_words(connection, file, claim))
    ]
    evidence += _answers(connection, claim, payer)
    strong = [one for one in evidence if one.strength is Strength.STRONG and one.day is not None]
    weak = [one for one in evidence if one.strength is Strength.WEAK and one.day is not None]
    every = [one.day for one in (*strong, *weak) if one.day is not None]
    days = [one.day for one in strong if one.day is not None] or every
    if not days:
        states = ", ".join(sorted({one.state.replace("_", " ") for one in sent}))
        return f"nothing shows that a file with this claim arrived (files: {states})"
    evidence += _contacts(connection, claim)
    filed, (deadline, rule) = min(days), _last_day(connection, claim, payer)
    return Proof(
        claim=claim,
        account=row.patient_control_number,
        charge=row.charge,
        service_from=noun.service_from,
        service_to=noun.service_to,
        payer=payer,
        numbers=tuple(dict.fromkeys(one.control_number for one in sent if one.control_number)),
        filed=filed,
        verdict=_verdict(filed, min(every), deadline, bool(strong)),
        deadline=deadline,
        rule=rule,
        source=next((one.source for one in RULES if one.id == rule), ""),
        evidence=tuple(sorted(evidence, key=lambda one: (one.day or dt.date.max, one.kind))),
    )


def _verdict(filed: dt.date, first: dt.date, deadline: dt.date | None, strong: bool) -> Verdict:
    """``filed`` is the first day of the best evidence, ``first`` that of any: where only weaker evidence is in
    time, the whole is weak and not late."""
    if deadline is not None and first > deadline:
        return Verdict.LATE
    if not strong or (deadline is not None and filed > deadline):
        return Verdict.WEAK
    return Verdict.NO_LAST_DAY if deadline is None else Verdict.IN_TIME


def _last_day(connection: Connection, claim: int, payer: str) -> tuple[dt.date | None, str]:
    """The last day of filing with the payer, as the decision to bill it had it, and its rule."""
    table = schema.decisions
    rows = select(table.c.deadline, table.c.row).where(
        table.c.claim_id == claim,
        table.c.next_payer_id == payer,
        table.c.action == "bill_next",
        table.c.deadline.is_not(None),
    )
    found = connection.execute(rows.order_by(table.c.id.desc()).limit(1)).first()
    if found is None:
        return None, ""
    told: dict[str, Any] = json.loads(found.row)
    return found.deadline, str(told.get("deadline_rule") or "")


def _sent(connection: Connection, claim: int) -> list[Record]:
    files, inside = schema.submissions, schema.submission_claims
    rows = (
        select(
            files, inside.c.payer_id.label("payer"), inside.c.control_number, inside.c.accepted_on,
            inside.c.state.label("claim_state"),
        )
        .join(inside, inside.c.submission_id == files.c.id)
        .where(inside.c.claim_id == claim, inside.c.content != "", files.c.state != "withdrawn")
        .order_by(files.c.made, files.c.id)
    )  # fmt: skip
    return list(connection.execute(rows))


def _receipts(file: Record, account: str) -> Iterator[Evidence]:
    """That the receiver took a file; one that it did not take, or may not have, proves nothing."""
    if file.state != "accepted":
        return
    proves, not_proves = _SAYS["receipt"]
    facts = [
        ("submission", file.id),
        ("file", file.name),
        ("SHA-256", hashlib.sha256(file.data).hexdigest()),
        ("receiver", file.receiver),
        ("receiver's reference", file.reference or "none given"),
        *_numbers(file.data, account),
    ]
    yield Evidence(
        kind="receipt", day=file.sent_on, title=f"{file.name} taken by {file.receiver}", strength=Strength.WEAK,
        proves=proves, not_proves=not_proves, facts=tuple(facts),
    )  # fmt: skip


def _numbers(data: bytes, account: str) -> Iterator[tuple[str, str]]:
    """The control numbers around the claim: ISA13, GS06, ST02."""
    for group in groups_of(data):
        for one in group.sets:
            if account in one.claims:
                yield ("ISA13", group.interchange)
                yield ("GS06", group.number)
                yield ("ST02", one.number)


def _words(connection: Connection, file: Record, claim: int) -> Iterator[Evidence]:
    """What was said of the file and of this claim in it."""
    table, files = schema.acknowledgments, schema.files
    rows = (
        select(table, files.c.name, files.c.sha256)
        .join(files, files.c.id == table.c.file_id)
        .where(
            table.c.submission_id == file.id,
            (table.c.claim_id == claim) | table.c.claim_id.is_(None),
        )
        .order_by(table.c.id)
    )
    for row in connection.execute(rows):
        how, strength = _weight(row, file)
        proves, not_proves = _SAYS[how]
        facts = [
            ("in file", row.name),
            ("SHA-256", row.sha256),
            ("segment", str(row.segment)),
            ("codes", row.says),
        ]
        if row.claim_id == claim and file.control_number:
            facts.append(("payer's claim number", file.control_number))
        facts.append(("taken in", row.taken_on.isoformat()))
        yield Evidence(
            kind=row.kind, day=row.said_on or row.taken_on, title=f"{row.kind} {row.says}".strip(),
            strength=strength, proves=proves, not_proves=not_proves, facts=tuple(facts),
        )  # fmt: skip


def _weight(row: Record, file: Record) -> tuple[str, Strength]:
    """What a message is, and how far it goes: only the payer's own word on this claim is strong, and none is
    once the claim was refused."""
    if row.state == ClaimState.REFUSED:
        return "refused", Strength.WEAK
    if row.kind in ("TA1", "999"):
        return row.kind, Strength.WEAK
    if row.claim_id is None:
        return "batch", Strength.WEAK
    report = from_text(StatusReport, row.noun)
    own = report.source.id == file.payer or bool(report.control_number)
    if row.state not in _HAD or not own:
        return "elsewhere", Strength.WEAK
    return row.kind, Strength.WEAK if file.claim_state == ClaimState.REFUSED else Strength.STRONG


def _answers(connection: Connection, claim: int, payer: str) -> Iterator[Evidence]:
    """The payer's own remittances, and those of other payers."""
    table, remittances, files = schema.payments, schema.remittances, schema.files
    rows = (
        select(
            table.c.control_number, table.c.segment, remittances.c.payer_id, remittances.c.payer_name,
            remittances.c.trace, remittances.c.payment_date, remittances.c.noun, files.c.name,
            files.c.sha256,
        )
        .join(remittances, remittances.c.id == table.c.remittance_id)
        .join(files, files.c.id == table.c.file_id)
        .where(table.c.claim_id == claim)
        .order_by(table.c.id)
    )  # fmt: skip
    for row in connection.execute(rows):
        own = payer in from_text(Remittance, row.noun).payer_ids
        proves, not_proves = _SAYS["835" if own else "other 835"]
        facts = [
            ("trace", row.trace),
            ("in file", row.name),
            ("SHA-256", row.sha256),
            ("segment", str(row.segment)),
        ]
        if row.control_number:
            facts.append(("payer's claim number", row.control_number))
        yield Evidence(
            kind="835", day=row.payment_date, title=f"remittance of {row.payer_name}",
            strength=Strength.STRONG if own else Strength.CONTEXT, proves=proves, not_proves=not_proves,
            facts=tuple(facts),
        )  # fmt: skip


def _contacts(connection: Connection, claim: int) -> Iterator[Evidence]:
    """With whom the claim was spoken of: the day, the channel, the person, the number, and no words."""
    proves, not_proves = _SAYS["log"]
    for one in talks_of(connection, claim):
        if one.kind != "note" and one.whom:
            yield Evidence(
                kind="log", day=one.on, title=f"{one.step or one.kind} with {one.whom}",
                strength=Strength.CONTEXT, proves=proves, not_proves=not_proves,
                facts=(("reference", one.reference or "none given"),),
            )  # fmt: skip

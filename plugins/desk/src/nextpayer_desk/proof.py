"""Proof of timely filing: what the ledger can show about when a payer had a claim, and what it cannot.

Messages prove different things (their guides: X12 TA1, 999 005010X231A1, 277CA 005010X214, 277 005010X212,
835 005010X221A1). A transport's receipt proves that bytes arrived, a 999 that they could be read; neither
proves that the payer had the claim. A payer's 277CA or 277 proves that, its 835 too. An earlier payer's 835
proves nothing about filing, but a limit may run from its day.

Each piece of evidence says what it proves and what it does not. Where nothing shows that a file ever arrived
there is no proof, and none is made up.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from nextpayer.account import Account
from nextpayer.acknowledgment import ClaimState, GroupAcknowledgment, InterchangeAcknowledgment, StatusReport
from nextpayer.deadlines import RULES, Step, days_of, kind_of, last_days
from nextpayer.errors import PluginError
from nextpayer.policy import Policy
from nextpayer.remittance import Remittance

from . import schema
from .accounts import Held
from .contacts import Contact, contacts_of
from .filings import Filing, filings_of
from .nouns import from_text
from .office import Office, decided_before
from .schema import Record
from .talks import talks_of

__all__ = ["Evidence", "Limit", "Proof", "Strength", "Verdict", "proof_of"]


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
    """One document of the ledger. ``facts`` are its numbers, as pairs; ``file`` the file that it came in and
    ``sha256`` its digest, which for a receipt are those of what was sent."""

    kind: str
    day: dt.date | None
    title: str
    strength: Strength
    proves: str
    not_proves: str
    file: str
    sha256: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The last day for filing, what it is counted from, and the rule with its source; a rule that nobody can
    name is empty."""

    day: dt.date
    rule: str
    source: str
    counted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that one claim was filed with one payer. ``filed`` is the first day that the best of it
    shows; ``limit`` is None where the last day is not known."""

    claim: int
    account: str
    charge: Decimal
    service_from: dt.date | None
    service_to: dt.date | None
    payer: str
    payer_name: str
    numbers: tuple[str, ...]
    filed: dt.date
    verdict: Verdict
    limit: Limit | None
    filings: tuple[Filing, ...]
    evidence: tuple[Evidence, ...]
    contacts: tuple[Contact, ...]

    @property
    def proved(self) -> bool:
        """Whether it is shown that the payer had the claim by its last day."""
        return self.verdict is Verdict.IN_TIME

    @property
    def shows(self) -> bool:
        """Whether the payer's own word shows that it had the claim, which it may be shown: in time, as far as
        the last day is known."""
        return self.verdict in (Verdict.IN_TIME, Verdict.NO_LAST_DAY)

    @property
    def why(self) -> str:
        """The conclusion in words."""
        last = f"the last day was {self.limit.day}" if self.limit is not None else ""
        if self.verdict is Verdict.IN_TIME:
            return f"the payer had the claim on {self.filed}, and {last}"
        if self.verdict is Verdict.LATE:
            return f"the earliest that anything shows is {self.filed}, and {last}"
        if self.verdict is Verdict.NO_LAST_DAY:
            return (
                f"the payer had the claim on {self.filed}, but its last day is not known: look into its"
                " manual or the contract, and put it into the payer's pack"
            )
        early = f" by {self.limit.day}" if self.limit is not None else ""
        return (
            f"nothing of the payer itself shows that it had the claim{early}: ask the payer, or who passes"
            " claims on to it, for its acceptance report (277CA)"
        )


def proof_of(connection: Connection, office: Office, one: Held, payer: str = "") -> Proof | str:
    """The proof that a claim was filed with a payer, by default the one that it was last sent to; else why
    there is none."""
    account = one.claim.patient_control_number
    sent = filings_of(connection, one.id, account)
    payer = payer or (sent[-1].payer if sent else "")
    if not payer:
        return "the desk has not sent this claim to any payer, so it can prove nothing"
    sent = [filing for filing in sent if filing.payer == payer]
    if not sent:
        return f"the desk has not sent this claim to payer {payer}, so it can prove nothing"
    evidence = [
        found for filing in sent for found in (*_receipts(filing), *_words(connection, filing, one.id))
    ]
    evidence += _answers(connection, one.id, payer)
    strong = [found.day for found in evidence if found.strength is Strength.STRONG and found.day is not None]
    weak = [found.day for found in evidence if found.strength is Strength.WEAK and found.day is not None]
    days = strong or weak
    if not days:
        states = ", ".join(sorted({filing.outcome.replace("_", " ") for filing in sent}))
        return f"nothing shows that a file with this claim arrived (files: {states})"
    filed, (name, limit) = min(days), _of_the_payer(connection, office, one, payer)
    return Proof(
        claim=one.id,
        account=account,
        charge=one.claim.charge_amount,
        service_from=one.claim.service_from,
        service_to=one.claim.service_to,
        payer=payer,
        payer_name=name,
        numbers=tuple(dict.fromkeys(filing.control_number for filing in sent if filing.control_number)),
        filed=filed,
        verdict=_verdict(filed, min((*strong, *weak)), limit, bool(strong)),
        limit=limit,
        filings=tuple(sent),
        evidence=tuple(sorted(evidence, key=lambda found: (found.day or dt.date.max, found.kind))),
        contacts=contacts_of(talks_of(connection, one.id)),
    )


def _verdict(filed: dt.date, first: dt.date, limit: Limit | None, strong: bool) -> Verdict:
    """``filed`` is the first day of the best evidence, ``first`` that of any: where only weaker evidence is
    in time, the whole is weak and not late."""
    if limit is not None and first > limit.day:
        return Verdict.LATE
    if not strong or (limit is not None and filed > limit.day):
        return Verdict.WEAK
    return Verdict.NO_LAST_DAY if limit is None else Verdict.IN_TIME


def _of_the_payer(connection: Connection, office: Office, one: Held, payer: str) -> tuple[str, Limit | None]:
    """The payer's name, and its last day for filing: as the decision to bill it had it, else as law and pack
    say now."""
    outcome = office.outcome(one) if one.payments else None
    policies = outcome.account.policies if outcome is not None else ()
    policy = next((other for other in policies if other.payer.id == payer), None)
    day, rule = _decided(connection, one.id, payer)
    if policy is None or outcome is None:
        return "", None if day is None else Limit(day=day, rule=rule, source=_of_law(rule), counted="")
    calendar = last_days(
        kind_of(policy),
        days_of(one.claim, primary_decided=decided_before(outcome, policy)),
        claim_kind=one.claim.kind,
        profile=office.payers.profile_for(policy),
        steps=(Step.FILE,),
    )
    name, last = policy.payer.name, calendar.last(Step.FILE)
    if day is None:
        if last is None:
            return name, None
        return name, Limit(day=last.day, rule=last.rule, source=last.source, counted=last.counted)
    counted = next((other.counted for other in calendar.of(Step.FILE) if other.day == day), "")
    source = _of_adapter(office, outcome.account, policy, rule) or _of_law(rule)
    return name, Limit(day=day, rule=rule, source=source, counted=counted)


def _of_adapter(office: Office, account: Account, policy: Policy, rule: str) -> str:
    """The source of a rule as the payer's adapter names it; empty where it is not the adapter's any more."""
    try:
        last = office.payers.adapter_for(policy).deadline(account, policy)
    except PluginError:
        return ""
    return last.source if last is not None and last.rule == rule else ""


def _of_law(rule: str) -> str:
    return next((other.source for other in RULES if other.id == rule), "")


def _decided(connection: Connection, claim: int, payer: str) -> tuple[dt.date | None, str]:
    """The last day as the decision to bill the payer had it, and its rule."""
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


def _receipts(filing: Filing) -> Iterator[Evidence]:
    """That the receiver took a file; one that it did not take, or may not have, proves nothing."""
    if filing.outcome != "accepted":
        return
    proves, not_proves = _SAYS["receipt"]
    numbers = (("ISA13", filing.interchange), ("GS06", filing.group), ("ST02", filing.set))
    facts = [
        ("submission", filing.submission),
        ("receiver's reference", filing.reference or "none given"),
        *((name, number) for name, number in numbers if number),
    ]
    yield Evidence(
        kind="receipt", day=filing.sent_on, title=f"{filing.name} taken by {filing.receiver}",
        strength=Strength.WEAK, proves=proves, not_proves=not_proves, file=filing.name, sha256=filing.sha256,
        facts=tuple(facts),
    )  # fmt: skip


def _words(connection: Connection, filing: Filing, claim: int) -> Iterator[Evidence]:
    """What was said of the file and of this claim in it."""
    table, files = schema.acknowledgments, schema.files
    rows = (
        select(table, files.c.name, files.c.sha256)
        .join(files, files.c.id == table.c.file_id)
        .where(
            table.c.submission_id == filing.submission,
            (table.c.claim_id == claim) | table.c.claim_id.is_(None),
        )
        .order_by(table.c.id)
    )
    for row in connection.execute(rows):
        how, strength = _weight(row, filing)
        proves, not_proves = _SAYS[how]
        received, more = _facts(row)
        if received is not None and filing.sent_on is not None and received < filing.sent_on:
            received = None  # it cannot have had what was not sent yet
        facts = [("segment", str(row.segment)), ("codes", row.says), *more, ("taken in", f"{row.taken_on}")]
        yield Evidence(
            kind=row.kind,
            day=received or row.said_on or row.taken_on,
            title=f"{row.kind} {row.says}".strip(),
            strength=strength,
            proves=proves,
            not_proves=not_proves,
            file=row.name,
            sha256=row.sha256,
            facts=tuple((name, fact) for name, fact in facts if fact),
        )


def _facts(row: Record) -> tuple[dt.date | None, list[tuple[str, str]]]:
    """The day on which the sender says that it had it, and the numbers by which it finds its own word."""
    if row.kind == "TA1":
        envelope = from_text(InterchangeAcknowledgment, row.noun)
        return None, [("from", envelope.sender), ("answers ISA13", envelope.control_number)]
    if row.kind == "999":
        group = from_text(GroupAcknowledgment, row.noun)
        return None, [("from", group.sender), ("answers GS06", group.control_number)]
    report = from_text(StatusReport, row.noun)
    return report.received, [
        ("from", " ".join(part for part in (report.source.name, report.source.id) if part)),
        ("its own reference", report.reference),
        ("answers BHT03", report.batch),
        ("payer's claim number", report.control_number),
        ("intermediary's number", report.intermediary_number),
        ("received by it", f"{report.received or ''}"),
    ]


def _weight(row: Record, filing: Filing) -> tuple[str, Strength]:
    """What a message is, and how far it goes: only the payer's own word on this claim is strong, and none is
    once the claim was refused."""
    if row.state == ClaimState.REFUSED:
        return "refused", Strength.WEAK
    if row.kind in ("TA1", "999"):
        return row.kind, Strength.WEAK
    if row.claim_id is None:
        return "batch", Strength.WEAK
    report = from_text(StatusReport, row.noun)
    own = report.source.id == filing.payer or bool(report.control_number)
    if row.state not in _HAD or not own:
        return "elsewhere", Strength.WEAK
    return row.kind, Strength.WEAK if filing.refused else Strength.STRONG


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
        facts = (
            ("trace", row.trace),
            ("segment", str(row.segment)),
            ("payer's claim number", row.control_number),
        )
        yield Evidence(
            kind="835", day=row.payment_date, title=f"remittance of {row.payer_name}",
            strength=Strength.STRONG if own else Strength.CONTEXT, proves=proves, not_proves=not_proves,
            file=row.name, sha256=row.sha256, facts=tuple((name, fact) for name, fact in facts if fact),
        )  # fmt: skip

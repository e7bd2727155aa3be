"""The claims of one batch with everything the ledger holds about them: what a run reads instead of files.

``Accounts`` serves the steps of ``bill`` as its reader and its index of payments, so that both decide by the
same code on the same nouns.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, or_, select

from nextpayer.claim import Claim
from nextpayer.cli._facts import matched_note
from nextpayer.coverage import Coverage
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer.ports import PaymentIndex, Quarantined
from nextpayer.remittance import ClaimPayment, Remittance, RemittanceTotals
from nextpayer.wire.coverage import load_coverage

from . import schema
from .nouns import from_text

__all__ = [
    "Accounts",
    "Held",
    "claims_named",
    "coverage_documents",
    "coverages_of",
    "reason_of",
    "taken_back",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One claim with its answers, and these answers' numbers in the ledger. ``unreadable`` says of a further
    answer why it could not be read."""

    id: int
    claim: Claim
    payments: tuple[ClaimPayment, ...]
    numbers: tuple[int, ...]
    notes: tuple[Finding, ...]
    unreadable: str


class Accounts:
    """A batch of claims, in the order in which they are worked: those matched by number first."""

    api_version: ClassVar[int] = 1

    def __init__(self, connection: Connection, ids: Iterable[int]) -> None:
        self.held = _held(connection, list(ids))

    def sniff(self, path: Path) -> str:
        """Nothing: a ledger is no file."""
        return ""

    def claims(self, path: Path) -> Iterator[Claim | Quarantined]:
        """The claims."""
        return (one.claim for one in self.held)

    def remittances(self, path: Path) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
        """None: they come with their claims."""
        return iter(())

    def index(self, paths: Iterable[Path]) -> PaymentIndex:
        """None: they come with their claims."""
        return self

    def __len__(self) -> int:
        return 0

    def find(self, patient_control_number: str) -> tuple[int, ...]:
        """None: they come with their claims."""
        return ()

    def payment(self, number: int) -> ClaimPayment | Quarantined:
        """There is none."""
        raise IndexError(number)

    def closings(self) -> Iterable[RemittanceTotals | Quarantined]:
        """None: the ledger has reconciled them."""
        return ()

    def close(self) -> None:
        """Nothing is open."""


def _held(connection: Connection, ids: list[int]) -> list[Held]:
    table, payments = schema.claims, schema.payments
    nouns = {
        row.id: row.noun
        for row in connection.execute(select(table.c.id, table.c.noun).where(table.c.id.in_(ids)))
    }
    answers: dict[int, list[tuple[ClaimPayment, str, int]]] = defaultdict(list)
    remittances: dict[int, Remittance] = {}
    files: dict[int, str] = {}
    for row in connection.execute(
        select(
            payments.c.claim_id, payments.c.matched_by, payments.c.noun, payments.c.remittance_id,
            payments.c.file_id, payments.c.id,
        )
        .where(payments.c.claim_id.in_(ids))
        .order_by(payments.c.id)
    ):  # fmt: skip
        remittance = remittances.get(row.remittance_id)
        if remittance is None:
            remittance = remittances[row.remittance_id] = _remittance(connection, row.remittance_id)
        if row.file_id not in files:
            files[row.file_id] = _name(connection, row.file_id)
        if files[row.file_id] != remittance.file:  # the rest of a cheque, from another file
            remittance = replace(remittance, file=files[row.file_id])
        payment = from_text(ClaimPayment, row.noun, remittance=remittance)
        answers[row.claim_id].append((payment, row.matched_by, row.id))
    claims = {at: from_text(Claim, nouns[at]) for at in ids}
    unreadable = _unreadable(connection, {one.patient_control_number for one in claims.values()})
    held = [
        Held(
            id=at,
            claim=claim,
            payments=tuple([payment for payment, _, _ in answers[at]]),
            numbers=tuple([number for _, _, number in answers[at]]),
            notes=tuple([_note(payment, how) for payment, how, _ in answers[at] if how != "number"]),
            unreadable=unreadable.get(claim.patient_control_number, ""),
        )
        for at, claim in claims.items()
    ]
    return sorted(held, key=lambda one: (bool(one.notes), one.id))


def _note(payment: ClaimPayment, how: str) -> Finding:
    if how == "facts":
        return matched_note(payment)
    return Finding(
        id="NP-MATCHED-BY-HAND",
        severity=Severity.INFO,
        where=f"segment {payment.segment}",
        message="somebody at the desk gave this answer to this claim; the journal says who and why",
        source="nextpayer match",
    )


def _remittance(connection: Connection, at: int) -> Remittance:
    table = schema.remittances
    return from_text(Remittance, connection.scalars(select(table.c.noun).where(table.c.id == at)).one())


def _name(connection: Connection, at: int) -> str:
    table = schema.files
    return str(connection.scalars(select(table.c.name).where(table.c.id == at)).one())


def _unreadable(connection: Connection, numbers: set[str]) -> dict[str, str]:
    table, files = schema.quarantine, schema.files
    rows = connection.execute(
        select(table.c.patient_control_number, files.c.name, table.c.segment, table.c.reason)
        .join(files, files.c.id == table.c.file_id)
        .where(table.c.patient_control_number.in_(numbers), table.c.kind == "payment")
        .order_by(table.c.id)
    )
    return {number: f"{name} segment {segment}: {reason}" for number, name, segment, reason in rows}


def coverages_of(connection: Connection, held: Iterable[Held]) -> tuple[Coverage, ...]:
    """The coverages of the claims' patients, the oldest first: of two about one patient the newer counts."""
    documents = coverage_documents(connection, held)
    return load_coverage(documents, file="the ledger") if documents else ()


def coverage_documents(connection: Connection, held: Iterable[Held]) -> list[Any]:
    """The same coverages as the documents that tell them."""
    people, members = set(), set()
    for one in held:
        people.add(one.claim.patient.last.casefold())
        if one.claim.policy.member_id:
            members.add(one.claim.policy.member_id)
    table, known = schema.coverages, schema.coverage_members
    of_members = select(known.c.coverage_id).where(known.c.member_id.in_(members))
    return [
        json.loads(text)
        for text in connection.scalars(
            select(table.c.document)
            .where(or_(table.c.last.in_(people), table.c.id.in_(of_members)))
            .order_by(table.c.id)
        )
    ]


def reason_of(connection: Connection, claim: int) -> str:
    """The reason of the decision that holds, '' where there is none."""
    table = schema.decisions
    reason = select(table.c.reason).where(table.c.claim_id == claim, table.c.current)
    return str(connection.scalar(reason) or "")


def taken_back(connection: Connection) -> frozenset[str]:
    """The payers' claim numbers that provider-level adjustments take money back for."""
    table = schema.provider_adjustments
    found = select(table.c.reference).where(table.c.reason == "WO", table.c.reference != "")
    return frozenset(connection.scalars(found))


def claims_named(connection: Connection, command: str, claim_id: str) -> list[int]:
    """The ledger's claims with this patient control number, else the one with this number in the ledger.
    Raises UnusableInput."""
    table = schema.claims
    ids = list(connection.scalars(select(table.c.id).where(table.c.patient_control_number == claim_id)))
    if not ids and claim_id.isascii() and claim_id.isdigit() and len(claim_id) < 16:
        ids = list(connection.scalars(select(table.c.id).where(table.c.id == int(claim_id))))
    if not ids:
        raise UnusableInput(command, "", "the ledger has no claim with this number")
    return ids

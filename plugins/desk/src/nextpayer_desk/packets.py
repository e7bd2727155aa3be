"""What the desk puts behind the letter of an appeal by itself: the contacts about the claim, and the proof of
timely filing where the payer says that the claim came too late.

A proof that proves nothing stays at the desk: what is missing is told, and no page is enclosed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from nextpayer.appeal import Appeal, Argument
from nextpayer.finding import Finding, Severity
from nextpayer.money import dollars
from nextpayer.ports import LetterEnclosure

from .accounts import Held
from .contacts import Contact, contact_row, contacts_of, contacts_page
from .office import Office
from .pages import enclosed
from .proof import Proof, Strength, proof_of
from .proof_page import letter_page
from .talks import talks_of

__all__ = ["Behind", "behind", "packet_json"]

#: The category of denials that a proof of timely filing answers (CARC 29 and what goes with it).
_LATE = "timely filing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What goes behind one letter, what the letter says of it, and what a person should know. ``proof`` is
    None where none was asked for, or none can be made."""

    contacts: tuple[Contact, ...] = ()
    proof: Proof | None = None
    enclosures: tuple[LetterEnclosure, ...] = ()
    arguments: tuple[Argument, ...] = ()
    findings: tuple[Finding, ...] = ()


def behind(
    connection: Connection, office: Office, one: Held, appeal: Appeal, today: dt.date, *, contacts: bool
) -> Behind:
    """What the desk has for an appeal. ``contacts`` says whether the payer is shown them."""
    shown = contacts_of(talks_of(connection, one.id)) if contacts else ()
    pages: list[LetterEnclosure] = []
    arguments: list[Argument] = []
    findings: list[Finding] = []
    proof: Proof | None = None
    if any(disputed.category == _LATE for disputed in appeal.disputed):
        found = proof_of(connection, office, one, appeal.policy.payer.id)
        if isinstance(found, str):
            findings.append(_finding("NP-PROOF-NONE", found))
        else:
            proof = found
            if found.shows:
                pages.append(enclosed(letter_page(found, today)))
                arguments.append(_argument(found))
            if not found.proved:
                findings.append(_finding("NP-PROOF-NOT-PROVED", found.why))
    if shown:
        pages.append(enclosed(contacts_page(shown, one.claim.patient_control_number, today)))
    return Behind(
        contacts=shown,
        proof=proof,
        enclosures=tuple(pages),
        arguments=tuple(arguments),
        findings=tuple(findings),
    )


def packet_json(
    claim: int, appeal: Appeal, made: Behind, files: Mapping[str, bytes], today: dt.date
) -> bytes:
    """What is in a packet, for whoever sends it: ``packet.json``."""
    titles = {one.data: one.title for one in made.enclosures}
    last, proof = appeal.deadline, made.proof
    document: dict[str, Any] = {
        "as_of": today,
        "claim": claim,
        "claim_id": appeal.claim.patient_control_number,
        "payer_id": appeal.policy.payer.id,
        "level": appeal.level,
        "level_name": appeal.level_name,
        "amount": dollars(appeal.amount),
        "deadline": last.day if last else None,
        "deadline_rule": last.rule if last else None,
        "deadline_source": last.source if last else None,
        "wanted": list(appeal.documents),
        "files": [
            {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "title": titles.get(data)}
            for name, data in files.items()
        ],
        "contacts": [contact_row(one) for one in made.contacts],
        "proof": None if proof is None else {
            "proved": proof.proved,
            "verdict": proof.verdict,
            "why": proof.why,
            "filed": proof.filed,
            "deadline": proof.limit.day if proof.limit is not None else None,
        },
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _argument(found: Proof) -> Argument:
    """What the letter says: the payer's own word, and where it is."""
    said = [one.kind for one in found.evidence if one.strength is Strength.STRONG and one.day == found.filed]
    numbers = f" under {', '.join(found.numbers)}" if found.numbers else ""
    return Argument(
        text=f"You had the claim on {found.filed}{numbers}: the proof is enclosed.",
        source=f"your {' and your '.join(dict.fromkeys(said))}",
    )


def _finding(id: str, message: str) -> Finding:
    return Finding(id=id, severity=Severity.WARN, where="followup", message=message, source="the desk")

"""The tables of the ledger.

Amounts are whole cents. Ids are given by the one writer at a time that there is, so both databases are used
alike. ``noun`` columns hold the noun itself (``nouns``); the columns beside it are what is searched and
summed. The balances on ``claims`` are derived: ``verify`` makes them again from the journal. What an
encrypted ledger enciphers has a type of ``sealed``; what it does not, and why, is in
docs/explanation/encryption.md.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeEngine

from .sealed import Digest, Sealed, SealedBytes, Searched, Unkept

__all__ = [
    "GROUPS",
    "Record",
    "accesses",
    "acknowledgments",
    "candidates",
    "claims",
    "collected",
    "communications",
    "control_numbers",
    "coverage_members",
    "coverages",
    "decisions",
    "documents",
    "encryption",
    "files",
    "first_claims",
    "followups",
    "inquiries",
    "journal",
    "metadata",
    "opinions",
    "payments",
    "provider_adjustments",
    "quarantine",
    "remittances",
    "submission_claims",
    "submissions",
]

#: A row of a query; the releases of SQLAlchemy that are taken write its type differently.
Record: TypeAlias = Any

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: The adjustment groups, each with a column of cents on payments and claims.
GROUPS = ("CO", "PR", "OA", "PI", "CR")

_Number = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Number, primary_key=True, autoincrement=False)


def _to(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(name, _Number, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _text(name: str, kind: TypeEngine[str]) -> Column[str]:
    """A text that a row begins without."""
    return Column(name, kind, nullable=False, default="", server_default="")


def _cents(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, default=0)


files = Table(
    "files",
    metadata,
    _id(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", Searched("files.name"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    _id(),
    Column("at", String(32), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("who", Text, nullable=False),
    Column("event", String(40), nullable=False, index=True),
    Column("why", Sealed("journal.why"), nullable=False),
    Column("claim_id", _Number, index=True),
    Column("payment_id", _Number),
    Column("submission_id", String(40), index=True),
    Column("file_id", _Number),
    Column("segment", Integer),
    Column("data", Sealed("journal.data"), nullable=False),
)

accesses = Table(
    "accesses",
    metadata,
    _id(),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("command", String(40), nullable=False),
    Column("claim_id", _Number, nullable=False, index=True),
)

claims = Table(
    "claims",
    metadata,
    _id(),
    Column("key", Digest("claims.key"), nullable=False, unique=True),
    Column("patient_control_number", Searched("claims.patient_control_number"), nullable=False, index=True),
    Column("charge", BigInteger, nullable=False),
    Column("service_from", Date),
    Column("payer_id", Text, nullable=False),
    Column("member_id", Searched("claims.member_id"), nullable=False),
    Column("last", Searched("claims.last"), nullable=False),
    Column("first", Searched("claims.first"), nullable=False),
    Column("birth_date", Unkept),
    _to("file_id", "files"),
    Column("segment", Integer, nullable=False),
    Column("due", Boolean, nullable=False),
    Column("answers", Integer, nullable=False),
    _cents("paid"),
    *[_cents(group.lower()) for group in GROUPS],
    Column("noun", Sealed("claims.noun"), nullable=False),
    Index("ix_claims_charge", "charge", "service_from"),
    Index("ix_claims_patient", "last", "first"),
    Index("ix_claims_due", "due", "id"),
)

remittances = Table(
    "remittances",
    metadata,
    _id(),
    Column("key", Digest("remittances.key"), nullable=False, unique=True),
    Column("payer_id", Text, nullable=False),
    Column("payer_name", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("payment_date", Date),
    Column("payment", BigInteger, nullable=False),
    _to("file_id", "files"),
    Column("segment", Integer, nullable=False),
    Column("stated_claims", Integer),
    Column("stated_paid", BigInteger),
    Column("noun", Sealed("remittances.noun"), nullable=False),
)

provider_adjustments = Table(
    "provider_adjustments",
    metadata,
    _id(),
    _to("remittance_id", "remittances"),
    Column("number", Integer, nullable=False),
    Column("reason", String(8), nullable=False, index=True),
    Column("reference", Searched("provider_adjustments.reference"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    UniqueConstraint("remittance_id", "number"),
)

payments = Table(
    "payments",
    metadata,
    _id(),
    Column("key", Digest("payments.key"), nullable=False, unique=True),
    _to("remittance_id", "remittances", index=True),
    Column("patient_control_number", Searched("payments.patient_control_number"), nullable=False, index=True),
    Column("control_number", Searched("payments.control_number"), nullable=False, index=True),
    Column("status", String(8), nullable=False),
    Column("charge", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    *[_cents(group.lower()) for group in GROUPS],
    _to("file_id", "files"),
    Column("segment", Integer, nullable=False),
    _to("claim_id", "claims", nullable=True, index=True),
    Column("matched_by", String(8), nullable=False),
    Column("noun", Sealed("payments.noun"), nullable=False),
    Index("ix_payments_unmatched", "matched_by", "charge"),
)

candidates = Table(
    "candidates",
    metadata,
    Column("payment_id", _Number, ForeignKey("payments.id"), primary_key=True),
    Column("claim_id", _Number, ForeignKey("claims.id"), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("because", Text, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    _to("file_id", "files"),
    Column("segment", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column(
        "patient_control_number", Searched("quarantine.patient_control_number"), nullable=False, index=True
    ),
    Column("reason", Sealed("quarantine.reason"), nullable=False),
    UniqueConstraint("file_id", "segment", "kind"),
)

coverages = Table(
    "coverages",
    metadata,
    _id(),
    Column("key", Digest("coverages.key"), nullable=False, unique=True),
    Column("last", Searched("coverages.last"), nullable=False),
    Column("first", Searched("coverages.first"), nullable=False),
    Column("birth_date", Unkept),
    _to("file_id", "files"),
    Column("document", Sealed("coverages.document"), nullable=False),
    Column("chases", Boolean, nullable=False, default=False, server_default=false(), index=True),
    Index("ix_coverages_patient", "last", "first"),
)

coverage_members = Table(
    "coverage_members",
    metadata,
    Column("coverage_id", _Number, ForeignKey("coverages.id"), primary_key=True),
    Column("member_id", Searched("coverage_members.member_id"), primary_key=True, index=True),
)

#: Files to send. ``purpose`` says of one that it is no claim as usual: ``review`` and ``ahead`` wait for a
#: person (state ``held``, or ``returned``) before they are ready; ``pilot`` and ``test`` are marked as tests.
submissions = Table(
    "submissions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("made", String(32), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    _text("transport", Text()),
    _text("transport_settings", Text()),
    Column("receiver", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reason", Sealed("submissions.reason"), nullable=False),
    Column("doubt_since", Float),
    Column("sent_on", Date),
    _text("syntax", String(16)),
    Column("syntax_on", Date),
    Column("syntax_days", Integer),
    Column("claims_days", Integer),
    Column("answer_days", Integer),
    _text("purpose", String(8)),
    Column("data", SealedBytes("submissions.data"), nullable=False),
)

submission_claims = Table(
    "submission_claims",
    metadata,
    Column("submission_id", String(40), ForeignKey("submissions.id"), primary_key=True),
    Column("claim_id", _Number, ForeignKey("claims.id"), primary_key=True, index=True),
    Column("payer_id", Text, nullable=False),
    Column("content", Digest("submission_claims.content"), nullable=False),
    _text("state", String(16)),
    Column("state_on", Date),
    Column("accepted_on", Date),
    _text("says", Sealed("submission_claims.says")),
    _text("said_by", String(8)),
    _text("control_number", Sealed("submission_claims.control_number")),
    Column("released", Boolean, nullable=False, default=False, server_default=false()),
    Index("ix_submission_claims_state", "state"),
)

#: What receivers and payers say of what was sent (``nextpayer.acknowledgment``). ``look`` says why a person
#: must look at it, empty where nobody must.
acknowledgments = Table(
    "acknowledgments",
    metadata,
    _id(),
    Column("key", Digest("acknowledgments.key"), nullable=False, unique=True),
    _to("file_id", "files"),
    Column("segment", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("level", String(16), nullable=False),
    Column("submission_id", String(40), ForeignKey("submissions.id"), index=True),
    _to("claim_id", "claims", nullable=True, index=True),
    Column("taken_on", Date, nullable=False),
    Column("said_on", Date),
    Column("state", String(16), nullable=False),
    Column("says", Sealed("acknowledgments.says"), nullable=False),
    Column("look", Text, nullable=False),
    Column("noun", Sealed("acknowledgments.noun"), nullable=False),
    Index("ix_acknowledgments_look", "look"),
)

#: What payers were asked (276) about a claim in a submission (``about_id``), by the trace that comes back.
inquiries = Table(
    "inquiries",
    metadata,
    _id(),
    Column("trace", String(50), nullable=False, unique=True),
    Column("submission_id", String(40), ForeignKey("submissions.id"), nullable=False, index=True),
    Column("about_id", String(40), ForeignKey("submissions.id"), nullable=False),
    _to("claim_id", "claims", index=True),
    Column("asked_on", Date, nullable=False),
    Column("answered_on", Date),
)

#: ``approved`` is, of a claim that a person looks at first, the row that holds once it is approved.
decisions = Table(
    "decisions",
    metadata,
    _id(),
    _to("claim_id", "claims", index=True),
    Column("as_of", Date, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("action", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_payer_id", Text, nullable=False),
    Column("deadline", Date),
    Column("submission_id", String(40), ForeignKey("submissions.id")),
    Column("row", Sealed("decisions.row"), nullable=False),
    _text("approved", Sealed("decisions.approved")),
    Index("ix_decisions_current", "current", "action"),
)

#: Interchange control numbers given out, over all receivers, for ever.
control_numbers = Table(
    "control_numbers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("submission_id", String(40), ForeignKey("submissions.id"), nullable=False),
)

#: What was made to follow an answer up (``payment_id``): a correction, void or appeal, a statement to the
#: patient, or that somebody accepted the answer. ``answers`` is how many the claim had then, ``decided`` the
#: reason of its decision then, ``expected`` what the payer should pay on it, in cents.
followups = Table(
    "followups",
    metadata,
    _id(),
    _to("claim_id", "claims", index=True),
    _to("payment_id", "payments", nullable=True),
    Column("payer_id", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key", String(32), nullable=False),
    Column("answers", Integer, nullable=False),
    _text("decided", Text()),
    Column("level", Integer, nullable=False),
    Column("made", Date, nullable=False),
    Column("look_again", Date),
    Column("deadline", Date),
    Column("expected", BigInteger),
    Column("submission_id", String(40), ForeignKey("submissions.id")),
)

#: Files that receivers left for us and that are in the ledger, or are no files for it and ``kept`` elsewhere.
collected = Table(
    "collected",
    metadata,
    Column("receiver", Text, primary_key=True),
    Column("name", Searched("collected.name"), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("kept", Sealed("collected.kept"), nullable=False),
)

#: What was said to and by whom about a claim; only added to. ``step`` is one of an escalation. ``seen`` is
#: how the claim then stood: once that is past, ``next_action`` is too.
communications = Table(
    "communications",
    metadata,
    _id(),
    _to("claim_id", "claims", index=True),
    Column("at", String(32), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("whom", Sealed("communications.whom"), nullable=False),
    Column("reference", Sealed("communications.reference"), nullable=False),
    Column("says", Sealed("communications.says"), nullable=False),
    Column("step", String(40), nullable=False),
    Column("next_action", Sealed("communications.next_action"), nullable=False),
    Column("next_on", Date),
    Column("seen", Text, nullable=False),
)

#: What people said of claims that waited for them, by the content that they saw; only added to.
opinions = Table(
    "opinions",
    metadata,
    _id(),
    _to("claim_id", "claims", index=True),
    Column("at", String(32), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("who", Text, nullable=False),
    Column("payer_id", Text, nullable=False),
    Column("content", String(64), nullable=False),
    Column("said", String(16), nullable=False),
    Column("comment", Sealed("opinions.comment"), nullable=False),
)

#: The first claims to each payer, by their marks, in their order (``nextpayer.review``).
first_claims = Table(
    "first_claims",
    metadata,
    Column("payer_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("mark", Digest("first_claims.mark", 64), nullable=False),
)

#: Documents that go with claims: what they are, and the files themselves.
documents = Table(
    "documents",
    metadata,
    _id(),
    Column("key", Digest("documents.key"), nullable=False, unique=True),
    _to("claim_id", "claims", index=True),
    Column("payer_id", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("line", Integer, nullable=False),
    Column("media", String(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", SealedBytes("documents.data"), nullable=False),
)

#: One row where the ledger is encrypted (``nextpayer_desk.encryption``).
encryption = Table(
    "encryption",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("scheme", String(16), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("proof", Text, nullable=False),
)

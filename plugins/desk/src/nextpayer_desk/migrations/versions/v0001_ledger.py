"""The first version of the ledger.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SQLITE = (
    "CREATE TRIGGER journal_keeps_{what} BEFORE {what} ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END"
)
_POSTGRESQL = (
    """CREATE FUNCTION journal_keeps() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is only added to'; END $$""",
    """CREATE TRIGGER journal_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_keeps()""",
)


def upgrade() -> None:
    op.create_table(
        "accesses",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("command", sa.String(length=40), nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
    )
    op.create_index(op.f("ix_accesses_claim_id"), "accesses", ["claim_id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_files_sha256")),
    )
    op.create_table(
        "journal",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=True),
        sa.Column("payment_id", _NUMBER, nullable=True),
        sa.Column("submission_id", sa.String(length=40), nullable=True),
        sa.Column("file_id", _NUMBER, nullable=True),
        sa.Column("segment", sa.Integer(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_claim_id"), "journal", ["claim_id"], unique=False)
    op.create_index(op.f("ix_journal_submission_id"), "journal", ["submission_id"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("made", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("doubt_since", sa.Float(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("name", name=op.f("uq_submissions_name")),
    )
    op.create_index(op.f("ix_submissions_state"), "submissions", ["state"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("patient_control_number", sa.Text(), nullable=False),
        sa.Column("charge", sa.BigInteger(), nullable=False),
        sa.Column("service_from", sa.Date(), nullable=True),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("co", sa.BigInteger(), nullable=False),
        sa.Column("pr", sa.BigInteger(), nullable=False),
        sa.Column("oa", sa.BigInteger(), nullable=False),
        sa.Column("pi", sa.BigInteger(), nullable=False),
        sa.Column("cr", sa.BigInteger(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_claims_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("key", name=op.f("uq_claims_key")),
    )
    op.create_index("ix_claims_charge", "claims", ["charge", "service_from"], unique=False)
    op.create_index("ix_claims_due", "claims", ["due", "id"], unique=False)
    op.create_index("ix_claims_patient", "claims", ["last", "first"], unique=False)
    op.create_index(
        op.f("ix_claims_patient_control_number"), "claims", ["patient_control_number"], unique=False
    )
    op.create_table(
        "control_numbers",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_control_numbers_submission_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_control_numbers")),
    )
    op.create_table(
        "coverages",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_coverages_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverages")),
        sa.UniqueConstraint("key", name=op.f("uq_coverages_key")),
    )
    op.create_index("ix_coverages_patient", "coverages", ["last", "first"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("patient_control_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_quarantine_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("file_id", "segment", "kind", name=op.f("uq_quarantine_file_id")),
    )
    op.create_index(
        op.f("ix_quarantine_patient_control_number"), "quarantine", ["patient_control_number"], unique=False
    )
    op.create_table(
        "remittances",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("payment", sa.BigInteger(), nullable=False),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("stated_claims", sa.Integer(), nullable=True),
        sa.Column("stated_paid", sa.BigInteger(), nullable=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_remittances_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittances")),
        sa.UniqueConstraint("key", name=op.f("uq_remittances_key")),
    )
    op.create_table(
        "coverage_members",
        sa.Column("coverage_id", _NUMBER, nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coverage_id"], ["coverages.id"], name=op.f("fk_coverage_members_coverage_id")
        ),
        sa.PrimaryKeyConstraint("coverage_id", "member_id", name=op.f("pk_coverage_members")),
    )
    op.create_index(op.f("ix_coverage_members_member_id"), "coverage_members", ["member_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("next_payer_id", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("submission_id", sa.String(length=40), nullable=True),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_decisions_claim_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_decisions_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_claim_id"), "decisions", ["claim_id"], unique=False)
    op.create_index("ix_decisions_current", "decisions", ["current", "action"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("remittance_id", _NUMBER, nullable=False),
        sa.Column("patient_control_number", sa.Text(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("charge", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("co", sa.BigInteger(), nullable=False),
        sa.Column("pr", sa.BigInteger(), nullable=False),
        sa.Column("oa", sa.BigInteger(), nullable=False),
        sa.Column("pi", sa.BigInteger(), nullable=False),
        sa.Column("cr", sa.BigInteger(), nullable=False),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=True),
        sa.Column("matched_by", sa.String(length=8), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_payments_claim_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_payments_file_id")),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittances.id"], name=op.f("fk_payments_remittance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_key")),
    )
    op.create_index(op.f("ix_payments_claim_id"), "payments", ["claim_id"], unique=False)
    op.create_index(
        op.f("ix_payments_patient_control_number"), "payments", ["patient_control_number"], unique=False
    )
    op.create_index(op.f("ix_payments_remittance_id"), "payments", ["remittance_id"], unique=False)
    op.create_index("ix_payments_unmatched", "payments", ["matched_by", "charge"], unique=False)
    op.create_table(
        "provider_adjustments",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("remittance_id", _NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittances.id"], name=op.f("fk_provider_adjustments_remittance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_adjustments")),
        sa.UniqueConstraint("remittance_id", "number", name=op.f("uq_provider_adjustments_remittance_id")),
    )
    op.create_index(op.f("ix_provider_adjustments_reason"), "provider_adjustments", ["reason"], unique=False)
    op.create_table(
        "submission_claims",
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_submission_claims_claim_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_submission_claims_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "claim_id", name=op.f("pk_submission_claims")),
    )
    op.create_index(op.f("ix_submission_claims_claim_id"), "submission_claims", ["claim_id"], unique=False)
    op.create_table(
        "candidates",
        sa.Column("payment_id", _NUMBER, nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_candidates_claim_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_candidates_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", "claim_id", name=op.f("pk_candidates")),
    )

    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(what=what))
    else:
        for statement in _POSTGRESQL:
            op.execute(statement)

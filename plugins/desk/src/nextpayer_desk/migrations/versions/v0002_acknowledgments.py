"""What receivers and payers say of what was sent, what they were asked, and which of their files we have.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, kind: sa.types.TypeEngine[str]) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, server_default="")


def upgrade() -> None:
    op.add_column("submissions", _text("syntax", sa.String(length=16)))
    op.add_column("submissions", sa.Column("syntax_on", sa.Date(), nullable=True))
    for clock in ("syntax_days", "claims_days", "answer_days"):
        op.add_column("submissions", sa.Column(clock, sa.Integer(), nullable=True))
    op.add_column("submission_claims", _text("state", sa.String(length=16)))
    op.add_column("submission_claims", sa.Column("state_on", sa.Date(), nullable=True))
    op.add_column("submission_claims", sa.Column("accepted_on", sa.Date(), nullable=True))
    op.add_column("submission_claims", _text("says", sa.Text()))
    op.add_column("submission_claims", _text("said_by", sa.String(length=8)))
    op.add_column("submission_claims", _text("control_number", sa.Text()))
    op.add_column(
        "submission_claims",
        sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_submission_claims_state", "submission_claims", ["state"], unique=False)
    op.create_table(
        "acknowledgments",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("file_id", _NUMBER, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=True),
        sa.Column("claim_id", _NUMBER, nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_acknowledgments_claim_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_acknowledgments_file_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_acknowledgments_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgments")),
        sa.UniqueConstraint("key", name=op.f("uq_acknowledgments_key")),
    )
    op.create_index(op.f("ix_acknowledgments_claim_id"), "acknowledgments", ["claim_id"], unique=False)
    op.create_index(
        op.f("ix_acknowledgments_submission_id"), "acknowledgments", ["submission_id"], unique=False
    )
    op.create_index("ix_acknowledgments_look", "acknowledgments", ["look"], unique=False)
    op.create_table(
        "inquiries",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("trace", sa.String(length=50), nullable=False),
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.String(length=40), nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["about_id"], ["submissions.id"], name=op.f("fk_inquiries_about_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_inquiries_claim_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_inquiries_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("trace", name=op.f("uq_inquiries_trace")),
    )
    op.create_index(op.f("ix_inquiries_claim_id"), "inquiries", ["claim_id"], unique=False)
    op.create_index(op.f("ix_inquiries_submission_id"), "inquiries", ["submission_id"], unique=False)
    op.create_table(
        "collected",
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("receiver", "name", name=op.f("pk_collected")),
    )

"""What waits for a person before it goes out, what people said of it, documents, and who was billed first.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("submissions", sa.Column("purpose", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("approved", sa.Text(), nullable=False, server_default=""))
    op.add_column("coverages", sa.Column("chases", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_coverages_chases"), "coverages", ["chases"], unique=False)
    _mark_what_chases()
    op.create_table(
        "opinions",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_opinions_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    op.create_index(op.f("ix_opinions_claim_id"), "opinions", ["claim_id"], unique=False)
    op.create_table(
        "first_claims",
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("payer_id", "number", name=op.f("pk_first_claims")),
    )
    op.create_table(
        "documents",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("payer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_documents_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_documents_key")),
    )
    op.create_index(op.f("ix_documents_claim_id"), "documents", ["claim_id"], unique=False)


def _mark_what_chases() -> None:
    """The coverages that a ledger has already."""
    table = sa.table("coverages", sa.column("id"), sa.column("document"), sa.column("chases"))
    connection = op.get_bind()
    chasing = table.c.document.contains("pay_and_chase")
    connection.execute(sa.update(table).where(chasing).values(chases=True))

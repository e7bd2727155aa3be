"""What was said about claims, and to whom; what people say of things to do is found by its event.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SQLITE = (
    "CREATE TRIGGER communications_keep_{what} BEFORE {what} ON communications "
    "BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END"
)
_POSTGRESQL = (
    """CREATE FUNCTION communications_keep() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is only added to'; END $$""",
    """CREATE TRIGGER communications_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON communications
    FOR EACH STATEMENT EXECUTE FUNCTION communications_keep()""",
)


def upgrade() -> None:
    op.create_index(op.f("ix_journal_event"), "journal", ["event"], unique=False)
    op.create_table(
        "communications",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim_id", _NUMBER, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("next_action", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_communications_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communications")),
    )
    op.create_index(op.f("ix_communications_claim_id"), "communications", ["claim_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(what=what))
    else:
        for statement in _POSTGRESQL:
            op.execute(statement)

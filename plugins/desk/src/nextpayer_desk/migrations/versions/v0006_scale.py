"""Answers are found by the payer's own number of them: a cheque that takes money back names nothing else.

Revision ID: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_payments_control_number"), "payments", ["control_number"], unique=False)

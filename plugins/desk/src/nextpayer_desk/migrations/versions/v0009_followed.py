"""The decision that something was made to follow up.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("followups", sa.Column("decided", sa.Text(), nullable=False, server_default=""))

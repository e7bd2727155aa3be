"""How the payer of a file wants it to travel.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("transport", "transport_settings"):
        op.add_column("submissions", sa.Column(name, sa.Text(), nullable=False, server_default=""))

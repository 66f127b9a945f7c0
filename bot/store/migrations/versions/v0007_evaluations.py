"""Keep every evaluation: until when and how often it was found again, and what differed then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COLUMNS = (
    ("says", sa.String(64)),
    ("last_at", sa.Double),
    ("looks", sa.Integer),
    ("last", sa.JSON),
    ("broke_off", sa.Boolean),
)


def upgrade() -> None:
    """Add the columns; a process of the version before leaves them empty."""
    for name, kind in COLUMNS:
        op.add_column("decisions", sa.Column(name, kind))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("decisions") as table:
        for name, _ in COLUMNS:
            table.drop_column(name)

"""Keep with a release what was seen of it in production."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; a process of the version before leaves it empty."""
    op.add_column("releases", sa.Column("watch", sa.JSON))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("releases") as table:
        table.drop_column("watch")

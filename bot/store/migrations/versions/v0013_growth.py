"""What keeps the start of a process and its metrics cheap beside any number of addresses at rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

IS_PARKED = sa.text("parked_at IS NOT NULL")


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("work_parked", "work", ["parked_at"], sqlite_where=IS_PARKED, postgresql_where=IS_PARKED)
    op.create_index("work_finished_at", "work", ["finished_at"])


def downgrade() -> None:
    """Drop the indexes."""
    op.drop_index("work_finished_at", "work")
    op.drop_index("work_parked", "work")

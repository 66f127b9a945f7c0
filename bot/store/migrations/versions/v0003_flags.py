"""Create the table of feature flags that landed pull requests brought and took away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "flags",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("first_seen", sa.Double, nullable=False),
        sa.Column("first_by", sa.Integer, nullable=False),
        sa.Column("last_seen", sa.Double, nullable=False),
        sa.Column("last_by", sa.Integer, nullable=False),
        sa.Column("removed_at", sa.Double),
        sa.Column("removed_by", sa.Integer),
        sa.PrimaryKeyConstraint("repository", "key", name="flags_key"),
    )
    op.create_index("flags_owner_name", "flags", ["owner", "name"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("flags")

"""Create the tables of waits: those that pull requests are in, and how long those took that are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "waits",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("usually", sa.Double),
        sa.PrimaryKeyConstraint("repository", "number", "name", name="waits_key"),
    )
    op.create_table(
        "ended_waits",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=False),
    )
    op.create_index("ended_waits_newest", "ended_waits", ["repository", "ended_at"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("ended_waits")
    op.drop_table("waits")

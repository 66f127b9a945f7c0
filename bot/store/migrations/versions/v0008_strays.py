"""Keep what landed otherwise than it was judged: it closes the line until it is taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table, and an index by which those of one branch are found."""
    op.create_table(
        "strays",
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("branch", sa.String(400), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("found_at", sa.Double, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("commits", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.Double),
        sa.PrimaryKeyConstraint("owner", "name", "sha", name="strays_key"),
    )
    op.create_index("strays_branch", "strays", ["owner", "name", "branch", "undone_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("strays")

"""Keep what is to be taken back, by which pull request, and who must act for that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "reverts",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("branch", sa.String(400), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("wanted_at", sa.Double, nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("closes", sa.Boolean, nullable=False),
        sa.Column("revert", sa.Integer),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("who", sa.String(20), nullable=False),
        sa.Column("over", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("repository", "sha", name="reverts_key"),
    )
    op.create_index("reverts_by", "reverts", ["repository", "revert"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("reverts")

"""Keep incidents: which failed releases belong together, their issue, and what people agreed on there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "incidents",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("branch", sa.String(400), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("began_at", sa.Double, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("restored_at", sa.Double),
        sa.Column("restored_by", sa.String(64), nullable=False),
        sa.Column("line_closed_at", sa.Double),
        sa.Column("tried_at", sa.Double),
        sa.Column("issue", sa.Integer),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("agreed", sa.JSON(none_as_null=True)),
        sa.Column("nudged", sa.Boolean, nullable=False),
        sa.Column("looked_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("repository", "sha", name="incidents_key"),
    )
    op.create_index("incidents_newest", "incidents", ["owner", "name", "began_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("incidents")

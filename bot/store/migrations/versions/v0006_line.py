"""Create the line: its terms and its turn, who stands in it, and what people ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables, and an index by which the releases of one branch are found."""
    op.create_table(
        "lines",
        *_place(),
        sa.Column("branch", sa.String(400), nullable=False),
        sa.Column("max_undeployed", sa.Integer, nullable=False),
        sa.Column("step_aside", sa.Double, nullable=False),
        sa.Column("deploys", sa.Boolean, nullable=False),
        sa.Column("arms", sa.Boolean, nullable=False),
        sa.Column("turn", sa.Integer),
        sa.Column("turn_at", sa.Double),
        sa.Column("turn_until", sa.Double),
        sa.PrimaryKeyConstraint("owner", "name", "branch", name="lines_key"),
    )
    op.create_table(
        "line_entries",
        *_place(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("branch", sa.String(400), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("stacked_on", sa.Integer),
        sa.Column("unready_since", sa.Double),
        sa.PrimaryKeyConstraint("owner", "name", "number", name="line_entries_key"),
    )
    op.create_table(
        "line_orders",
        *_place(),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("branch", sa.String(400), nullable=False),
        sa.Column("freezes", sa.Boolean, nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("account", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("until", sa.Double),
        sa.PrimaryKeyConstraint("owner", "name", "source", name="line_orders_key"),
    )
    op.create_index("line_entries_branch", "line_entries", ["owner", "name", "branch"])
    op.create_index("line_orders_branch", "line_orders", ["owner", "name", "branch", "at"])
    op.create_index("releases_line", "releases", ["owner", "name", "base_branch", "created_at"])


def downgrade() -> None:
    """Drop the tables and the index."""
    op.drop_index("releases_line", "releases")
    for table in ("line_orders", "line_entries", "lines"):
        op.drop_table(table)


def _place() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("owner", sa.String(100), nullable=False), sa.Column("name", sa.String(100), nullable=False)

"""Create the table of requests (commands in comments, and buttons), and keep how far comments were heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, and add the column."""
    op.add_column("pull_requests", sa.Column("heard_until", sa.Double))
    op.create_table(
        "requests",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("verb", sa.String(20), nullable=False),
        *[sa.Column(text, sa.Text, nullable=False) for text in ("rule", "reason", "line")],
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("account", sa.BigInteger),
        sa.Column("asked_at", sa.Double, nullable=False),
        *[sa.Column(commit, sa.String(64), nullable=False) for commit in ("pressed_on", "head", "tree")],
        sa.Column("answered_at", sa.Double),
        sa.Column("refusal", sa.Text, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("repository", "source", name="requests_key"),
    )
    op.create_index("requests_pull_request", "requests", ["owner", "name", "number", "answered_at"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("requests")
    with op.batch_alter_table("pull_requests") as table:
        table.drop_column("heard_until")

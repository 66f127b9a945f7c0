"""Keep of each release when it reached which state, and what it brought: what DORA's metrics are counted from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KNOWN = (
    "SELECT repository, sha, 'landed', created_at FROM releases",
    "SELECT repository, sha, state, since FROM releases WHERE state <> 'landed'",
)
"""What releases of the version before tell: when they landed, and when they reached the state that they are in."""


def upgrade() -> None:
    """Create the tables, and fill in what is known of releases that were kept before."""
    op.create_table(
        "release_states",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("repository", "sha", "state", name="release_states_key"),
    )
    op.create_table(
        "release_facts",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("first_push_at", sa.Double),
        sa.Column("lines", sa.BigInteger),
        sa.Column("files", sa.BigInteger),
        sa.Column("undoes", sa.String(64)),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("repository", "sha", name="release_facts_key"),
    )
    for found in KNOWN:
        op.execute(f"INSERT INTO release_states (repository, sha, state, at) {found}")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("release_facts")
    op.drop_table("release_states")

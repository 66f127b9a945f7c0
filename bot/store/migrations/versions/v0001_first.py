"""Create the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first version."""
    _create_work()
    _create_ledger()


def downgrade() -> None:
    """Drop every table of the first version."""
    for table in ("marks", "releases", "pull_requests", "decisions", "work", "deliveries"):
        op.drop_table(table)


def _create_work() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("event", sa.String(100), nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="deliveries_key"),
    )
    op.create_index("deliveries_received_at", "deliveries", ["received_at"])
    counters = [sa.Column(name, sa.BigInteger, nullable=False) for name in ("wanted", "done", "claimed", "token")]
    op.create_table(
        "work",
        sa.Column("key", sa.String(700), nullable=False),
        *counters,
        sa.Column("due_at", sa.Double, nullable=False),
        sa.Column("wanted_since", sa.Double),
        sa.Column("timer_at", sa.Double),
        sa.Column("lease_until", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("parked_at", sa.Double),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("hint_head", sa.String(64)),
        sa.Column("hint_at", sa.String(20)),
        sa.Column("finished_at", sa.Double),
        sa.PrimaryKeyConstraint("key", name="work_key"),
    )
    for name, column, where in (
        ("work_due", "due_at", "wanted > done"),
        ("work_timer", "timer_at", "timer_at IS NOT NULL"),
    ):
        op.create_index(name, "work", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _create_ledger() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("installation", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="decisions_key"),
    )
    op.create_index("decisions_pull_request", "decisions", ["owner", "name", "number", "id"])
    op.create_table(
        "pull_requests",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("repository", "number", name="pull_requests_key"),
    )
    op.create_index("pull_requests_head", "pull_requests", ["head", "repository"])
    _create_releases()


def _create_releases() -> None:
    texts = [sa.Column(name, sa.Text, nullable=False) for name in ("environment", "via")]
    op.create_table(
        "releases",
        sa.Column("repository", sa.String(250), nullable=False),
        sa.Column("sha", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("base_branch", sa.String(400), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        *texts,
        sa.Column("deployment_id", sa.BigInteger),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("repository", "sha", name="releases_key"),
    )
    op.create_index("releases_pull_request", "releases", ["owner", "name", "number", "created_at"])
    op.create_table(
        "marks",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="marks_key"),
    )

"""What keeps forgetting old requests cheap beside any number that were granted, which are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

IS_REFUSED, IS_UNANSWERED = sa.text("refusal != ''"), sa.text("answered_at IS NULL")


def upgrade() -> None:
    """Create the indexes."""
    op.create_index(
        "requests_refused", "requests", ["answered_at"], sqlite_where=IS_REFUSED, postgresql_where=IS_REFUSED
    )
    op.create_index(
        "requests_unanswered", "requests", ["asked_at"], sqlite_where=IS_UNANSWERED, postgresql_where=IS_UNANSWERED
    )


def downgrade() -> None:
    """Drop the indexes."""
    op.drop_index("requests_unanswered", "requests")
    op.drop_index("requests_refused", "requests")

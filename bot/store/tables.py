"""The tables. Times are Unix seconds; owners and names are in lower case, as keys are."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

from bot.store.prose import Named, Prose

metadata = MetaData(
    naming_convention={"pk": "%(table_name)s_key", "ix": "%(table_name)s_%(column_0_N_name)s"},
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("event", String(100), nullable=False),
    Column("received_at", Double, nullable=False),
    Index("deliveries_received_at", "received_at"),
)

work = Table(
    "work",
    metadata,
    Column("key", String(700), primary_key=True),
    Column("wanted", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("claimed", BigInteger, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("wanted_since", Double),
    Column("timer_at", Double),
    Column("lease_until", Double),
    Column("attempts", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("parked_at", Double),
    Column("error", Prose, nullable=False),
    Column("hint_head", String(64)),
    Column("hint_at", String(20)),
    Column("finished_at", Double),
)
# Partial indexes keep a claim cheap beside any number of idle rows, the last two a start and the metrics.
_WAITS, _TIMED, _PARKED = work.c.wanted > work.c.done, work.c.timer_at.is_not(None), work.c.parked_at.is_not(None)
Index("work_due", work.c.due_at, sqlite_where=_WAITS, postgresql_where=_WAITS)
Index("work_timer", work.c.timer_at, sqlite_where=_TIMED, postgresql_where=_TIMED)
Index("work_parked", work.c.parked_at, sqlite_where=_PARKED, postgresql_where=_PARKED)
Index("work_finished_at", work.c.finished_at)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("installation", BigInteger, nullable=False),
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("number", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("at", Double, nullable=False),
    Column("record", JSON, nullable=False),
    Column("says", String(64)),
    Column("last_at", Double),
    Column("looks", Integer),
    Column("last", JSON(none_as_null=True)),
    Column("broke_off", Boolean),
    Index("decisions_pull_request", "owner", "name", "number", "id"),
)

pull_requests = Table(
    "pull_requests",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("number", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("digest", Prose, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("heard_until", Double),
    PrimaryKeyConstraint("repository", "number"),
    Index("pull_requests_head", "head", "repository"),
)

releases = Table(
    "releases",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("sha", String(64), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("number", Integer, nullable=False),
    Column("base_branch", String(400), nullable=False),
    Column("state", String(20), nullable=False),
    Column("environment", Prose, nullable=False),
    Column("via", Prose, nullable=False),
    Column("deployment_id", BigInteger),
    Column("detail", Prose, nullable=False),
    Column("since", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("watch", JSON(none_as_null=True)),
    PrimaryKeyConstraint("repository", "sha"),
    Index("releases_pull_request", "owner", "name", "number", "created_at"),
    Index("releases_line", "owner", "name", "base_branch", "created_at"),
)

release_states = Table(
    "release_states",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("sha", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("at", Double, nullable=False),
    PrimaryKeyConstraint("repository", "sha", "state"),
)

release_facts = Table(
    "release_facts",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("sha", String(64), nullable=False),
    Column("first_push_at", Double),
    Column("lines", BigInteger),
    Column("files", BigInteger),
    Column("undoes", String(64)),
    Column("lane", String(20), nullable=False),
    PrimaryKeyConstraint("repository", "sha"),
)

requests = Table(
    "requests",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("source", String(200), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("number", Integer),
    Column("verb", String(20), nullable=False),
    Column("rule", Prose, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("line", Prose, nullable=False),
    Column("login", String(100), nullable=False),
    Column("account", BigInteger),
    Column("asked_at", Double, nullable=False),
    Column("pressed_on", String(64), nullable=False),
    Column("head", String(64), nullable=False),
    Column("tree", String(64), nullable=False),
    Column("answered_at", Double),
    Column("refusal", Prose, nullable=False),
    Column("told", Boolean, nullable=False),
    PrimaryKeyConstraint("repository", "source"),
    Index("requests_pull_request", "owner", "name", "number", "answered_at"),
)

flags = Table(
    "flags",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("key", Named(200), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("first_seen", Double, nullable=False),
    Column("first_by", Integer, nullable=False),
    Column("last_seen", Double, nullable=False),
    Column("last_by", Integer, nullable=False),
    Column("removed_at", Double),
    Column("removed_by", Integer),
    PrimaryKeyConstraint("repository", "key"),
    Index("flags_owner_name", "owner", "name"),
)

lines = Table(
    "lines",
    metadata,
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("branch", String(400), nullable=False),
    Column("max_undeployed", Integer, nullable=False),
    Column("step_aside", Double, nullable=False),
    Column("deploys", Boolean, nullable=False),
    Column("arms", Boolean, nullable=False),
    Column("turn", Integer),
    Column("turn_at", Double),
    Column("turn_until", Double),
    PrimaryKeyConstraint("owner", "name", "branch"),
)

line_entries = Table(
    "line_entries",
    metadata,
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("number", Integer, nullable=False),
    Column("branch", String(400), nullable=False),
    Column("head", String(64), nullable=False),
    Column("since", Double, nullable=False),
    Column("lane", String(20), nullable=False),
    Column("stacked_on", Integer),
    Column("unready_since", Double),
    PrimaryKeyConstraint("owner", "name", "number"),
    Index("line_entries_branch", "owner", "name", "branch"),
)

line_orders = Table(
    "line_orders",
    metadata,
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("source", String(200), nullable=False),
    Column("branch", String(400), nullable=False),
    Column("freezes", Boolean, nullable=False),
    Column("login", String(100), nullable=False),
    Column("account", BigInteger),
    Column("reason", Prose, nullable=False),
    Column("at", Double, nullable=False),
    Column("until", Double),
    PrimaryKeyConstraint("owner", "name", "source"),
    Index("line_orders_branch", "owner", "name", "branch", "at"),
)

waits = Table(
    "waits",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("head", String(64), nullable=False),
    Column("since", Double, nullable=False),
    Column("usually", Double),
    PrimaryKeyConstraint("repository", "number", "name"),
)

ended_waits = Table(
    "ended_waits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("repository", String(250), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("seconds", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Index("ended_waits_newest", "repository", "ended_at"),
)

strays = Table(
    "strays",
    metadata,
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("sha", String(64), nullable=False),
    Column("branch", String(400), nullable=False),
    Column("number", Integer, nullable=False),
    Column("found_at", Double, nullable=False),
    Column("detail", Prose, nullable=False),
    Column("commits", Integer, nullable=False),
    Column("undone_at", Double),
    PrimaryKeyConstraint("owner", "name", "sha"),
    Index("strays_branch", "owner", "name", "branch", "undone_at"),
)
"""What landed otherwise than it was judged, until it was taken back."""

reverts = Table(
    "reverts",
    metadata,
    Column("repository", String(250), nullable=False),
    Column("sha", String(64), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("branch", String(400), nullable=False),
    Column("number", Integer, nullable=False),
    Column("wanted_at", Double, nullable=False),
    Column("login", String(100), nullable=False),
    Column("reason", Prose, nullable=False),
    Column("closes", Boolean, nullable=False),
    Column("revert", Integer),
    Column("head", String(64), nullable=False),
    Column("said", Prose, nullable=False),
    Column("who", String(20), nullable=False),
    Column("over", Boolean, nullable=False),
    PrimaryKeyConstraint("repository", "sha"),
    Index("reverts_by", "repository", "revert"),
)
"""What is to be taken back, because its release failed or somebody asked, and how far that is."""

marks = Table(
    "marks",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("value", Prose, nullable=False),
)

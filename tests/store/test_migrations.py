from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql

from bot.store import migrate, work
from bot.store.engine import open_engines
from bot.store.store import Store
from bot.store.tables import metadata
from tests.store.given import Clock, pull

if TYPE_CHECKING:
    from pathlib import Path


def test_the_migrations_make_the_tables_that_the_code_declares(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/fresh.db"
    migrate.upgrade(url)

    engines = open_engines(url)
    with engines.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
        indexes = {index["name"] for index in inspect(connection).get_indexes("work")}
    engines.dispose()

    assert difference == []
    assert indexes == {"work_due", "work_timer"}


def test_an_upgrade_says_where_it_came_from_and_a_second_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/twice.db"

    first, second = migrate.upgrade(url), migrate.upgrade(url)

    newest = migrate.newest_version()
    assert (first, second) == ((None, newest), (newest, newest))


async def test_an_upgrade_keeps_what_is_there(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/kept.db"
    store = await Store.open(url, clock)
    await store.accept("d1", "pull_request", [pull(1)])
    await store.close()

    migrate.upgrade(url)
    again = await Store.open(url, clock)
    (claim,) = await again.claim(10)
    await again.close()

    assert claim.address == pull(1).address


def test_sqlite_is_opened_to_survive_a_loss_of_power(tmp_path: Path) -> None:
    engines = open_engines(f"sqlite:///{tmp_path}/pragmas.db")

    with engines.writer.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engines.dispose()

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_on_postgresql_a_claim_passes_over_what_another_process_is_claiming() -> None:
    statement = str(work.due_rows(10, 0.0).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped

    assert statement.endswith("FOR UPDATE SKIP LOCKED")

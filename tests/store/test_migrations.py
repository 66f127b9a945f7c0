from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql

from bot.store import claiming, migrate
from bot.store.engine import open_engines
from bot.store.store import Store
from bot.store.tables import metadata
from tests.store.given import Clock, pull


def test_the_migrations_make_the_tables_that_the_code_declares(bare_url: str) -> None:
    migrate.upgrade(bare_url)

    engines = open_engines(bare_url)
    with engines.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
        indexes = {index["name"] for index in inspect(connection).get_indexes("work")}
    engines.dispose()

    assert difference == []
    assert indexes == {"work_due", "work_timer", "work_parked", "work_finished_at"}


def test_an_upgrade_says_where_it_came_from_and_a_second_changes_nothing(bare_url: str) -> None:
    first, second = migrate.upgrade(bare_url), migrate.upgrade(bare_url)

    newest = migrate.newest_version()
    assert (first, second) == ((None, newest), (newest, newest))


def test_each_migration_stands_in_a_file_that_names_its_version() -> None:
    folder = Path(migrate.__file__).parent / "migrations"

    found = {script.revision for script in ScriptDirectory(str(folder)).walk_revisions()}

    assert found == migrate.versions()
    assert migrate.newest_version() == ScriptDirectory(str(folder)).get_current_head()


async def test_an_upgrade_keeps_what_is_there(url: str, clock: Clock) -> None:
    store = await Store.open(url, clock)
    await store.accept("d1", "pull_request", [pull(1)])
    await store.close()

    migrate.upgrade(url)
    again = await Store.open(url, clock)
    (claim,) = await again.claim(10)
    await again.close()

    assert claim.address == pull(1).address


async def test_code_of_the_version_before_starts_on_what_newer_code_upgraded(bare_url: str, clock: Clock) -> None:
    migrate.upgrade(bare_url)
    engines = open_engines(bare_url)
    with engines.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engines.dispose()

    upgraded = migrate.upgrade(bare_url)
    store = await Store.open(bare_url, clock)
    accepted = await store.accept("d1", "pull_request", [pull(1)])
    await store.close()

    assert (upgraded, accepted) == (("9999", "9999"), True)


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
    statement = str(claiming.claiming(claiming.free).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped

    assert statement.count("FOR UPDATE SKIP LOCKED") == 2  # events and timers

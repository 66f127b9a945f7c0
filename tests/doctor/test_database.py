"""What `andon doctor` says of the database, on each of the two kinds."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from bot.doctor.finding import Finding, Level
from bot.doctor.of_machine import of_database
from bot.settings import FORGETFUL
from bot.store import migrate


def of(url: str) -> Finding:
    """Give what is said of the database itself, behind the disk that only a file has."""
    *_, database = of_database(url, {})
    return database


def test_a_database_with_all_tables_takes_writes_and_keeps_none(postgresql_url: str) -> None:
    found = of(postgresql_url)

    assert (found.level, found.said) == (Level.OK, f"it takes writes and is at {migrate.newest_version()}")
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from marks")).scalar() == 0
    engine.dispose()


def test_no_disk_of_this_machine_is_named_where_the_database_is_elsewhere(postgresql_url: str) -> None:
    found = list(of_database(postgresql_url, dict.fromkeys(FORGETFUL, "1")))

    assert [one.check for one in found] == ["database"]


def test_a_database_without_tables_is_told_how_to_make_them(postgresql_bare_url: str) -> None:
    found = of(postgresql_bare_url)

    assert (found.level, found.cure) == (Level.WRONG, "run `andon db upgrade`")
    assert found.said == f"it is at nothing, this version needs {migrate.newest_version()}"


def test_a_server_that_nobody_reaches_is_wrong_and_its_password_is_not_told() -> None:
    found = of("postgresql://andon:hunter2@127.0.0.1:9/andon")

    assert found.level is Level.WRONG
    assert found.said.startswith("it takes no writes: ")
    assert found.said.isprintable()
    assert "is it running and reachable" in found.cure
    assert "hunter2" not in found.said


def test_a_database_that_may_not_be_written_says_what_to_look_at(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        database = connection.execute(text("select current_database()")).scalar()
        connection.execute(text(f'alter database "{database}" set default_transaction_read_only = on'))
    try:
        found = of(postgresql_url)
    finally:
        with engine.connect() as connection:
            connection.execute(text("set default_transaction_read_only = off"))
            connection.execute(text(f'alter database "{database}" reset default_transaction_read_only'))
        engine.dispose()

    assert found.level is Level.WRONG
    assert "read-only" in found.said

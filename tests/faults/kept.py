"""What stands in the database beside the process that writes it."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.faults.figures import Place


def deliveries_kept(place: Place) -> set[str]:
    """Give the ids of all deliveries that are committed."""
    return {str(row) for row in _column(place, "SELECT id FROM deliveries")}


def leases(place: Place) -> int:
    """Count the addresses that somebody holds a lease of."""
    return len(_column(place, "SELECT key FROM work WHERE lease_until IS NOT NULL"))


def let_a_minute_pass(place: Place) -> None:
    """Have what stands in the database be a minute older, for nobody works on it: a lease lapses, a process is gone."""
    engine = create_engine(place.database_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM marks WHERE key LIKE 'process/%'"))
            connection.execute(text("UPDATE work SET lease_until = lease_until - 65 WHERE lease_until IS NOT NULL"))
    finally:
        engine.dispose()


def rows_in(place: Place, table: str) -> int:
    """Count the rows of a table."""
    [count] = _column(place, f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
    return int(str(count))


def _column(place: Place, statement: str) -> list[object]:
    engine = create_engine(place.database_url)
    try:
        with engine.connect() as connection:
            return list(connection.execute(text(statement)).scalars())
    finally:
        engine.dispose()

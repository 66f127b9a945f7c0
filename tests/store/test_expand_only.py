"""Processes of the version before go on beside a new one: a migration only adds, and asks nothing of old statements."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select
from sqlalchemy.types import JSON, Boolean, Float, Integer

from bot.store import incidents_kept, migrate
from bot.store.engine import open_engines
from bot.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column

Shape = dict[str, dict[str, tuple[str, bool]]]

assert incidents_kept.kept_incidents.metadata is metadata  # its table is declared beside what it keeps
SCRIPTS = ScriptDirectory.from_config(migrate._config(None))  # noqa: SLF001 - goes to versions that the product never goes to
VERSIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


def go_to(connection: Connection, version: str, *, up: bool = True) -> None:
    config = migrate._config(connection)  # noqa: SLF001 - as above
    (command.upgrade if up else command.downgrade)(config, version)


def shape_of(connection: Connection) -> Shape:
    """Give of each table its columns, with their types and whether they may be left out."""
    found = inspect(connection)
    return {
        name: {
            column["name"]: (str(column["type"]), column["nullable"] or column.get("default") is not None)
            for column in found.get_columns(name)
        }
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def keys_of(connection: Connection, tables: Shape) -> dict[str, Any]:
    """Give of each table what must be unique in it."""
    found = inspect(connection)
    return {
        name: (
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(str(one["column_names"]) for one in found.get_unique_constraints(name)),
            sorted(str(one["name"]) for one in found.get_indexes(name) if one["unique"]),
            len(found.get_check_constraints(name)) + len(found.get_foreign_keys(name)),
        )
        for name in tables
    }


def a_row(table: Table, number: int) -> dict[str, Any]:
    """Make a row as the version writes it whose table this is."""
    return {column.name: a_value(column, number) for column in table.columns if column.autoincrement is not True}


def a_value(column: Column[Any], number: int) -> object:
    match column.type:
        case JSON():
            return {"number": number}
        case Boolean():
            return False
        case Integer():
            return number
        case Float():
            return float(number)
        case _:
            return str(number)


@pytest.mark.parametrize(("before", "after"), list(pairwise(VERSIONS)))
def test_a_migration_only_adds_and_old_statements_go_on(bare_url: str, before: str, after: str) -> None:
    engines = open_engines(bare_url)
    with engines.writer.begin() as connection:
        go_to(connection, before)
        old = shape_of(connection)
        old_keys = keys_of(connection, old)
        statements = MetaData()
        statements.reflect(connection, only=list(old))

        go_to(connection, after)

        new = shape_of(connection)
        read_back = [goes_on(connection, table) for table in statements.tables.values()]
        new_keys = keys_of(connection, old)
    engines.dispose()

    assert {name: {column: new[name].get(column) for column in old[name]} for name in old} == old
    assert added_and_required(old, new) == []
    assert new_keys == old_keys
    assert read_back == [1] * len(old)


def goes_on(connection: Connection, table: Table) -> int:
    """Write, change and read a row with the columns that a table had; give how many rows there are."""
    row = a_row(table, 1)
    connection.execute(table.insert().values(**row))
    connection.execute(table.update().values(**row))
    return len(connection.execute(select(table)).all())


def added_and_required(old: Mapping[str, Mapping[str, Any]], new: Shape) -> list[str]:
    return [
        f"{table}.{column}"
        for table, columns in new.items()
        for column, (_, may_be_left_out) in columns.items()
        if table in old and column not in old[table] and not may_be_left_out
    ]


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_older_version_comes_up_to_what_the_code_declares(bare_url: str, version: str) -> None:
    engines = open_engines(bare_url)
    with engines.writer.begin() as connection:
        go_to(connection, version)

    came = migrate.upgrade(bare_url)

    with engines.writer.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
        go_to(connection, version, up=False)
        back = migrate.version(connection)
    engines.dispose()
    assert (came, difference, back) == ((version, VERSIONS[-1]), [], version)

"""Bring a database to the tables that this version needs, and tell whether it has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from sqlalchemy import inspect

from bot.store.beside import is_postgresql, wait_for
from bot.store.engine import StoreUnavailable, is_sqlite, is_unavailable, open_engines

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
_KEPT_IN: Final = "alembic_version"


class StoreBehind(Exception):  # noqa: N818 - a state of the database, cured by the command that it names
    """The database lacks tables or columns that this version needs."""


def upgrade(url: str) -> tuple[str | None, str]:
    """Upgrade a database in one transaction; gives its version before and after. Raises StoreUnavailable.

    One that newer code upgraded stays as it is.
    """
    engines = open_engines(url)
    try:
        with engines.writer.begin() as connection:
            if is_postgresql(connection.dialect):
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                wait_for(connection, "upgrade")
            before, newest = version(connection), newest_version()
            if is_newer(before):
                return before, before
            if before != newest:
                _upgrade(connection)
    except Exception as error:
        if is_unavailable(error):
            raise StoreUnavailable(f"cannot upgrade the database: {getattr(error, 'orig', error)}") from error
        raise
    else:
        return before, newest
    finally:
        engines.dispose()


def prepare(url: str) -> None:
    """Make a database fit for use: a SQLite file is upgraded. Raises StoreBehind where PostgreSQL must be."""
    if is_sqlite(url):
        upgrade(url)
        return
    engines = open_engines(url)
    try:
        with engines.reader.connect() as connection:
            present, needed = version(connection), newest_version()
    except Exception as error:
        if is_unavailable(error):
            raise StoreUnavailable(f"cannot reach the database: {getattr(error, 'orig', error)}") from error
        raise
    finally:
        engines.dispose()
    if present != needed and not is_newer(present):
        raise StoreBehind(
            f"the database is at {present or 'nothing'}, this version needs {needed}: run `andon db upgrade`"
        )


def version(connection: Connection) -> str | None:
    """Give the version of a database's tables, None for an empty one."""
    if not inspect(connection).has_table(_KEPT_IN):
        return None
    found: str | None = connection.exec_driver_sql(f"SELECT version_num FROM {_KEPT_IN}").scalar()  # noqa: S608 - ours
    return found


def is_newer(present: str | None) -> TypeGuard[str]:
    """Tell whether newer code than this upgraded a database. Migrations only add, so this code goes on with it."""
    return present is not None and present not in versions()


def newest_version() -> str:
    """Give the version that this code needs."""
    newest = max(versions(), default=None)
    if newest is None:
        raise AssertionError("the migrations are not installed")
    return newest


def versions() -> frozenset[str]:
    """Name all versions, as the files do that make them: `v0001_ledger.py` makes 0001."""
    return frozenset(path.name[1:].partition("_")[0] for path in _VERSIONS.glob("v*.py"))


def _upgrade(connection: Connection) -> None:
    """Make the tables as this version needs them. What does so is loaded only here: most starts need no upgrade."""
    from alembic import command  # noqa: PLC0415 - it takes a tenth of a start, and of its memory

    command.upgrade(_config(connection), "head")


def _config(connection: Connection | None) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

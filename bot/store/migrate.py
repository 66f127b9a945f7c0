"""Bring a database to the tables that this version needs, and tell whether it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.engine import StoreUnavailable, is_unavailable, open_engines

if TYPE_CHECKING:
    from sqlalchemy import Connection


class StoreBehind(Exception):  # noqa: N818 - a state of the database, cured by the command that it names
    """The database lacks tables or columns that this version needs."""


def upgrade(url: str) -> tuple[str | None, str]:
    """Upgrade a database in one transaction; gives its version before and after. Raises StoreUnavailable."""
    engines = open_engines(url)
    try:
        with engines.writer.begin() as connection:
            before, newest = version(connection), newest_version()
            if before != newest:
                command.upgrade(_config(connection), "head")
    except Exception as error:
        if is_unavailable(error):
            raise StoreUnavailable(f"cannot upgrade the database: {getattr(error, 'orig', error)}") from error
        raise
    else:
        return before, newest
    finally:
        engines.dispose()


def version(connection: Connection) -> str | None:
    """Give the version of a database's tables, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str:
    """Give the version that this code needs."""
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    if newest is None:
        raise AssertionError("the migrations are not installed")
    return newest


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

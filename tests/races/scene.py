"""One pull request that is about to be merged, on a GitHub of its own repository, with a bench and no worker."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from bot.address import PullRequestAt
from bot.address import Repository as Place
from bot.bench import Bench
from bot.commands.stage import CLOSE, settings_for
from bot.decision import Decision
from bot.judge.judge import Judge
from bot.reconcile import reconcile
from bot.store.line_kept import At
from bot.store.store import Store
from bot.store.work import Claim
from bot.wiring import connect
from rules.engine import evaluate as here
from rules.engine.needs import Needs
from rules.engine.policy import Policy
from rules.engine.pull_request import PullRequest as Judged
from rules.engine.result import Override, Verdict
from simulator.calls import Call
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from simulator.under_way import QueueEntry
from tests.races.driver import Race, Stepped

Given = ParamSpec("Given")
Gives = TypeVar("Gives")

POLICY = (
    "rules: {small-diff: {max-lines: 20}}\n"
    "merge: {when: ready, hold-labels: [hold], required-checks: [ci]}\n"
    "deploy: {via: deployment}\n"
)
"""Nothing here is required by GitHub itself: no rule of GitHub's may save what andon gets wrong."""

MERGE = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge"
STEPS = (
    MERGE,
    "query ArmAutoMerge",
    "query Enqueue",
    "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch",
)
"""What a race is about: each brings a pull request further into its base. It ends with the answer of any."""
SNAPSHOT = "query PullRequestSnapshot"

REST_SECONDS = 60.0
"""How much later the look at rest comes: our comment may be edited again by then."""


class Watched(Judge):
    """The judge, and whoever waits for the first decision that wants the merge. It judges in a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.race = Race()

    async def run(self, work: Callable[Given, Gives], /, *args: Given.args, **named: Given.kwargs) -> Gives:
        """Do the work; the race begins with the decision to bring it in."""
        answer = await super().run(work, *args, **named)
        if isinstance(answer, Decision) and _brings_in(answer):
            self.race.began = True
        return answer

    def evaluate(self, policy: Policy, pr: Judged, overrides: Sequence[Override] = ()) -> Verdict:
        """Hold a pull request against a policy."""
        return here.evaluate(policy, pr, overrides)

    def needs_of(self, policy: Policy, pr: Judged) -> Needs:
        """Tell what must be read beyond the diff."""
        return here.needs_of(policy, pr)


def _brings_in(decision: Decision) -> bool:
    wanted = decision.wanted
    return wanted is not None and (wanted.merge is not None or wanted.arm is not None or wanted.update)


@dataclass(slots=True)
class Town:
    """A GitHub and a bench for many scenes, one after the other; each has a repository of its own.

    `beside` is the bench of a second process on the same store: it waits for nothing that the first one holds.
    """

    github: Simulator
    bench: Bench
    beside: Bench
    judge: Watched
    installation: int
    scenes: int = 0


@asynccontextmanager
async def town(directory: Path) -> AsyncIterator[Town]:
    """Start a simulated GitHub that tells nobody of anything, and a bench that looks only when it is asked to."""
    async with await Simulator.start(directory / "github", webhook_secret=secrets.token_urlsafe(32)) as github:
        settings = settings_for(github, directory)
        store = await Store.open(settings.database_url, github.now)
        one, other = (connect(settings, store, clock=github.now) for _ in range(2))
        for each in (one, other):
            each.bench.github.connection.allow(CLOSE)
        judge = Watched()
        installation = github.install("octo")
        try:
            yield Town(github, replace(one.bench, judge=judge), other.bench, judge, installation.id)
        finally:
            judge.close()
            await one.close()
            await other.close()
            await store.close()


class Queue(list[QueueEntry]):
    """A merge queue that remembers whatever was ever put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.every: list[QueueEntry] = []

    def append(self, entry: QueueEntry) -> None:
        """Append an entry."""
        self.every.append(entry)
        super().append(entry)


@dataclass(slots=True)
class Scene:
    """One repository and its pull request; `judged` is the head that andon is to judge, `moved_to` any later one."""

    town: Town
    repository: Repository
    pull: PullRequest
    judged: str
    moved_to: list[str] = field(default_factory=list)
    asked: int = 0
    queue: Queue = field(default_factory=Queue)

    def __post_init__(self) -> None:
        self.repository.told.queue = self.queue

    @property
    def bench(self) -> Bench:
        """The bench."""
        return self.town.bench

    @property
    def github(self) -> Simulator:
        """The GitHub."""
        return self.town.github

    @property
    def place(self) -> Place:
        """The repository as the bot addresses it."""
        return Place(self.town.installation, "octo", self.repository.name)

    @property
    def line(self) -> At:
        """The line into main."""
        return At.of(self.place, "main")

    @property
    def calls(self) -> Sequence[Call]:
        """The calls that the bot made in this scene."""
        return self.github.calls[self.asked :]

    async def look(self, pull: PullRequest | None = None, *, looks: int = 0) -> float | None:
        """Look at a pull request as the worker would, once."""
        address = PullRequestAt(self.place, (pull or self.pull).number)
        return await reconcile(self.bench, Claim(address, 1, 1, looks=looks), address)

    async def look_beside(self, pull: PullRequest) -> None:
        """Look at a pull request as a second process would."""
        address = PullRequestAt(self.place, pull.number)
        await reconcile(self.town.beside, Claim(address, 1, 1), address)

    async def raced(self, race: Race) -> None:
        """Look once, with something that happens at one of the await points."""

        def is_over() -> bool:
            return any(call.kind in STEPS for call in self.calls)

        race.is_over = is_over
        self.town.judge.race = race
        await Stepped(self.look(), race)
        self.town.judge.race = Race()

    async def at_rest(self) -> None:
        """Look again, later, until nothing is to be done soon."""
        for looks in range(4):
            self.github.advance(REST_SECONDS)
            again = await self.look(looks=looks)
            if again is None or again > self.github.now() + REST_SECONDS:
                return

    async def record(self) -> Mapping[str, Any]:
        """Give what was kept of the pull request last."""
        return await self.bench.store.decision("octo", self.repository.name, self.pull.number) or {}


async def opened(
    place: Town, *, policy: str = POLICY, files: Mapping[str, str] | None = None, green: bool = True
) -> Scene:
    """Create a repository with a policy and one pull request; nobody has looked at it yet. If `green`, CI passed."""
    place.scenes += 1
    repository = await place.github.create_repository(f"octo/shop-{place.scenes}", tell=False)
    await repository.commit("main", {".github/andon.yml": policy, "README.md": "A shop\n"}, "Set the policy")
    await repository.branch("other")
    pull = await repository.open_pull_request(files=files or {"app.py": lines(60)})
    if files is None:
        await repository.ci.succeeds(pull.head)
        await pull.push({"app.py": lines(5)})
    await (repository.ci.succeeds if green else repository.ci.starts)(pull.head)
    return Scene(place, repository, pull, pull.head, asked=len(place.github.calls))


def lines(count: int, name: str = "step") -> str:
    """Write a module of so many effective lines."""
    return "".join(f"{name}_{index} = {index}\n" for index in range(count))

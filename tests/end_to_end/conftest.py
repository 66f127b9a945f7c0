"""The real bot and a simulated GitHub on real sockets, and the words in which tests speak of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.address import PullRequestAt, Want
from bot.address import Repository as Place
from bot.commands.stage import SHORTLY, Stage, stage
from bot.judge.judge import Judge
from bot.store.work import USUAL, Quiet
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.contracts.checker import ContractChecker

READY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\ndeploy: {via: deployment}\n"
LABEL = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\ndeploy: {via: deployment}\n"


@dataclass(frozen=True, slots=True)
class Shop:
    """One repository on the stage, whose branch main requires the check `ci`."""

    stage: Stage
    repository: Repository
    installation: int

    async def merges(self, pull: PullRequest) -> None:
        """Wait until a pull request is merged."""
        await self.stage.until(f"#{pull.number} is merged", lambda: pull.merged)

    async def shows(self, pull: PullRequest, conclusion: str, within: float | None = None) -> None:
        """Wait until our check run on the present head concludes so."""

        def shown() -> bool:
            run = pull.check_run("andon")
            return run is not None and run.conclusion == conclusion

        await self.stage.until(f"andon on #{pull.number} is {conclusion}", shown, within)

    async def release_is(self, pull: PullRequest, state: str) -> None:
        """Wait until the release of a pull request reached a state."""

        async def reached() -> bool:
            release = await self.stage.bench.store.release_of_pull_request("octo", "shop", pull.number)
            return release is not None and release.state == state

        await self.stage.until(f"the release of #{pull.number} is {state}", reached)

    async def revert_of(self, pull: PullRequest) -> PullRequest:
        """Wait for the pull request that takes one back: its release is reverting a moment before it is opened."""

        def found() -> PullRequest | None:
            begins = f"revert-{pull.number}-"
            return next((one for one in self.repository.pulls.values() if one.head_branch.startswith(begins)), None)

        await self.stage.until(f"#{pull.number} is being taken back", lambda: found() is not None)
        revert = found()
        assert revert is not None
        return revert

    async def look(self, pull: PullRequest) -> None:
        """Let the bot look at a pull request without any delivery, and wait until it has."""
        place = Place(self.installation, "octo", "shop")
        await self.stage.bench.store.want([Want(PullRequestAt(place, pull.number))])
        await self.stage.at_rest()

    async def told(self, path: str) -> tuple[int, Mapping[str, Any]]:
        """Ask the bot's API."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.stage.url}{path}") as response:
            return response.status, await response.json()

    def calls_since(self, before: int) -> Counter[str]:
        """Count the calls that the bot made after the first so many."""
        return Counter(call.kind for call in self.stage.github.calls[before:])

    def writes_of(self, kind: str) -> int:
        """Count the calls of one kind that GitHub carried out."""
        return sum(call.kind == kind and call.status < 300 for call in self.stage.github.calls)


SWEPT = "GET /app/hook/deliveries"
CHECK_RUNS = "POST /repos/{owner}/{repo}/check-runs"
MERGES = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge"
DEPLOYMENTS = "POST /repos/{owner}/{repo}/deployments"


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """Give one judge for all: starting its process takes longer than most of what it is asked."""
    shared = Judge()
    yield shared
    shared.close()


WAITS_AS_USUAL = pytest.mark.parametrize("quiet", [USUAL], ids=["usual"])
"""For tests of what comes in bursts: events are waited for as long as in production."""


@pytest.fixture
def quiet() -> Quiet:
    """Say how long the bot waits for more events: shortly, but where a test is about that."""
    return SHORTLY


@pytest.fixture
async def shop(tmp_path: Path, judge: Judge, quiet: Quiet) -> AsyncIterator[Shop]:
    """Set the stage: octo/shop with a policy that merges what is ready. Every exchange is held to the contracts."""
    async with stage(tmp_path, judge=judge, quiet=quiet) as both:
        both.github.observers.append(checker := ContractChecker())
        await both.until("the first sweep is over", lambda: SWEPT in {call.kind for call in both.github.calls})
        installation = both.github.install("octo")
        repository = await both.github.create_repository("octo/shop")
        repository.require_checks("main", ("ci", None))
        await repository.commit("main", {".github/andon.yml": READY}, "Let small changes ship by themselves")
        await both.at_rest()
        yield Shop(both, repository, installation.id)
        assert both.github.unknown_routes == []
        assert checker.violations == []


def waits(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List for what and for whom a pull request waits, by its record."""
    return [(wait["what"], wait["who"]) for wait in told["waiting_for"]]


def lines(count: int, name: str = "step") -> str:
    """Write a module of so many effective lines."""
    return "".join(f"{name}_{index} = {index}\n" for index in range(count))

"""The rows in which it is told when a pull request is ready: what happens, and what the bot makes of it.

All rows of one table run at once against one service, each in a repository of its own; then each test looks at its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.address import PullRequestAt, Want
from bot.address import Repository as Place
from bot.commands.stage import Stage, stage
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.contracts.checker import ContractChecker
from tests.end_to_end.conftest import lines

POLICY = "rules: {small-diff: {}}\nmerge: {when: ready}\n"
NOBODY, AUTHOR, REVIEWER, MAINTAINER = "nobody", "the author", "a reviewer", "a maintainer"
NEVER = ("waiting for `ci` (never reported)", NOBODY)
RUNNING = ("waiting for `ci` (running)", NOBODY)
FAILED = ("`ci` failed", AUTHOR)


@dataclass(frozen=True, slots=True)
class Case:
    """The repository of one row, whose branch main requires the check `ci`, on the stage that all share."""

    stage: Stage
    repository: Repository
    place: Place

    async def opened(self, *, ci: str = "", **proposal: Any) -> PullRequest:
        """Open a pull request of one small file; `ci` concludes so."""
        pull = await self.repository.open_pull_request(**{"files": {"app.py": lines(5)}, **proposal})
        if ci:
            await self.repository.ci.finishes(pull.head, "ci", ci)
        return pull

    async def record(self, pull: PullRequest) -> Mapping[str, Any]:
        """Give what the bot keeps of a pull request."""
        return await self.stage.bench.store.decision(self.place.owner, self.place.name, pull.number) or {}

    async def waiting(self, pull: PullRequest, *expected: tuple[str, str]) -> None:
        """Wait until the record says that the present head waits for this."""

        async def so() -> bool:
            record = await self.record(pull)
            return record.get("head") == pull.head and waits_of(record) == list(expected)

        await self.stage.until(f"#{pull.number} in {self.place.owner} waits for {expected}", so)

    async def look(self, pull: PullRequest) -> None:
        """Want a look at a pull request without any delivery."""
        await self.stage.bench.store.want([Want(PullRequestAt(self.place, pull.number))])

    def require(self, **asked: Any) -> None:
        """Change what main asks of a pull request."""
        self.repository.require("main", **asked)


def waits_of(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List for what and for whom a pull request waits."""
    return [(wait["what"], wait["who"]) for wait in record.get("waiting_for", ())]


Story = Callable[[Case], Awaitable[PullRequest]]


@dataclass(frozen=True, slots=True)
class Row:
    """One case: what happens, and what the bot makes of it. In `waits`, HEAD stands for the short id of the head."""

    id: str
    story: Story
    waits: tuple[tuple[str, str], ...] = ()
    mentions: tuple[str, ...] = ()
    policy: str = POLICY

    @property
    def merges(self) -> bool:
        """Tell whether it merges: whatever waits for nothing does."""
        return not self.waits


async def opened(case: Case) -> PullRequest:
    return await case.opened()


@dataclass(frozen=True, slots=True)
class End:
    """How one row ended."""

    merged: bool
    waits: tuple[tuple[str, str], ...]
    mentions: tuple[str, ...]


Ends = Mapping[str, End | BaseException]


@asynccontextmanager
async def ends_of(rows: Sequence[Row], directory: Path) -> AsyncIterator[Ends]:
    """Let every row happen, and the bot come to rest. Every exchange is held to the contracts."""
    async with stage(directory) as both:
        both.github.observers.append(checker := ContractChecker())
        told = await asyncio.gather(
            *(_told(both, index, row) for index, row in enumerate(rows)), return_exceptions=True
        )
        await both.at_rest()
        yield {row.id: await _end(one) for row, one in zip(rows, told, strict=True)}
        assert both.github.unknown_routes == []
        assert checker.violations == []


async def _told(both: Stage, index: int, row: Row) -> tuple[Case, PullRequest]:
    owner = f"case-{index}"
    installed = both.github.install(owner)
    repository = await both.github.create_repository(f"{owner}/shop")
    repository.require_checks("main", ("ci", None))
    await repository.commit("main", {".github/andon.yml": row.policy}, "Begin")
    case = Case(both, repository, Place(installed.id, owner, "shop"))
    return case, await row.story(case)


async def _end(told: tuple[Case, PullRequest] | BaseException) -> End | BaseException:
    if isinstance(told, BaseException):
        return told
    case, pull = told
    record = await case.record(pull)
    waits = tuple((what.replace(pull.head[:7], "HEAD"), who) for what, who in waits_of(record))
    return End(pull.merged, waits, tuple(record.get("mentions", ())))

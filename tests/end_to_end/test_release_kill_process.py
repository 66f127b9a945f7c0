"""kill -9 of a real `andon serve` in the middle of a release that fails and is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.commands.stage import NotAsToldError
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.end_to_end.conftest import READY, lines
from tests.faults.serving import free_port, served, until


@dataclass(frozen=True, slots=True)
class Served:
    """One repository beside which processes live, one after the other, on one database."""

    github: Simulator
    shop: Repository
    port: int
    directory: Path
    pulls: list[PullRequest] = field(default_factory=list)

    async def until_killed(self, does: Callable[[], Awaitable[None]]) -> None:
        """Serve until something has come about on GitHub, and end it by kill -9 in that instant."""
        async with served(self.github, self.directory, self.port) as process:
            await does()
            process.kill()
            await process.wait()

    async def green(self, name: str) -> None:
        """Open a pull request that will land."""
        self.pulls.append(await self.shop.open_pull_request(files={f"{name}.py": lines(5, name)}))
        await self.shop.ci.succeeds(self.pulls[-1].head, "ci")

    async def ship_one_and_deploy_another(self) -> None:
        await self.green("first")
        await until(lambda: len(self.shop.deployments) == 1)
        await self.shop.deployments[0].status("success")
        await self.release_is(0, "live")
        await self.green("bad")
        await until(lambda: len(self.shop.deployments) == 2)

    async def fail_and_be_taken_back(self) -> None:
        await self.shop.deployments[1].status("failure")
        await until(lambda: len(self.shop.pulls) == 3)

    async def land_the_revert(self) -> None:
        self.pulls.append(next(one for one in self.shop.pulls.values() if one not in self.pulls))
        await self.shop.ci.succeeds(self.pulls[2].head, "ci")
        await until(lambda: self.pulls[2].merged)

    async def deploy_the_revert(self) -> None:
        await until(lambda: len(self.shop.deployments) == 3)
        await self.shop.deployments[2].status("success")
        await self.release_is(1, "reverted")
        await until(lambda: any("was restored" in one.body for one in self.shop.issues.values()))

    async def release_is(self, which: int, state: str) -> None:
        """Ask until the process says that a release is in a state."""
        for _ in range(1200):
            answer = await self.told(f"/api/repos/octo/shop/pulls/{self.pulls[which].number}")
            if answer.get("release", {}).get("state") == state:
                return
            await asyncio.sleep(0.05)
        raise NotAsToldError(f"#{self.pulls[which].number} is {state}")

    async def told(self, path: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            answer: dict[str, Any] = await response.json()
            return answer


async def test_a_process_that_is_killed_at_each_great_step_restores_production_once(tmp_path: Path) -> None:
    async with await Simulator.start(tmp_path / "github") as github:
        port = free_port()
        github.webhook_url = f"http://127.0.0.1:{port}/webhook"
        github.install("octo", tell=False)
        shop = await github.create_repository("octo/shop", tell=False)
        shop.require_checks("main", ("ci", None))
        await shop.commit("main", {".github/andon.yml": READY}, tell=False)
        story = Served(github, shop, port, tmp_path)

        for step in (story.ship_one_and_deploy_another, story.fail_and_be_taken_back, story.land_the_revert):
            await story.until_killed(step)
        async with served(github, tmp_path, port):
            await story.deploy_the_revert()
            line = await story.told("/api/repos/octo/shop/line?branch=main")

    assert [one.sha for one in shop.deployments] == [one.merge_commit for one in story.pulls]
    assert (len(shop.pulls), len(shop.issues), line["state"]) == (3, 1, "open")

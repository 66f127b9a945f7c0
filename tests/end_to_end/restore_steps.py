"""A line in which one release is live, for the tests of what follows where the next one fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.deployments import Deployment
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import Shop, lines

REVERTS = "query RevertPullRequest"


@dataclass(frozen=True, slots=True)
class Line:
    """A shop in which one release is live, and the next ones fail or not."""

    shop: Shop

    async def ships(self, path: str, **files: str) -> PullRequest:
        """Merge a pull request that brings a file."""
        pull = await self.shop.repository.open_pull_request(files={path: lines(5, "step"), **files})
        await self.shop.repository.ci.succeeds(pull.head, "ci")
        await self.shop.merges(pull)
        await self.shop.release_is(pull, "deploying")
        return pull

    async def ends(self, pull: PullRequest, state: str, said: str = "") -> None:
        """Let the deployment of a pull request end."""
        await self.shop.stage.until("it is deployed", lambda: self.deployment(pull) is not None)
        deployment = self.deployment(pull)
        assert deployment is not None
        await deployment.status(state, description=said)

    def deployment(self, pull: PullRequest) -> Deployment | None:
        return next((one for one in self.shop.repository.deployments if one.sha == pull.merge_commit), None)

    async def release(self, pull: PullRequest) -> Mapping[str, Any]:
        _, told = await self.shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
        found: Mapping[str, Any] = told["release"]
        return found

    async def restore_says(self, pull: PullRequest, words: str) -> bool:
        """Tell whether these words are said of how a pull request is taken back."""
        _, told = await self.shop.told(f"/api/repos/octo/shop/releases/{pull.merge_commit}")
        return "restore" in told and words in told["restore"]["said"]

    async def says(self, pull: PullRequest, words: str) -> bool:
        """Tell whether a pull request waits for something in these words."""
        _, told = await self.shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
        return any(words in wait["what"] for wait in told.get("waiting_for", ()))

    async def line(self) -> Mapping[str, Any]:
        return (await self.shop.told("/api/repos/octo/shop/line?branch=main"))[1]

    async def is_closed_until(self, revert: PullRequest) -> bool:
        """Tell whether the line is said to open once a revert is live."""
        return any(f"its revert #{revert.number}," in one["words"] for one in (await self.line())["closings"])

    def reverts(self) -> list[PullRequest]:
        return [one for one in self.shop.repository.pulls.values() if one.head_branch.startswith("revert-")]

    async def revert_of(self, pull: PullRequest) -> PullRequest:
        """Wait for the pull request that takes one back."""
        return await self.shop.revert_of(pull)


async def with_one_live(shop: Shop) -> Line:
    """Have a first release go live."""
    first = Line(shop)
    pull = await first.ships("first.py")
    await first.ends(pull, "success")
    await shop.release_is(pull, "live")
    return first


async def governed(shop: Shop, policy: str) -> None:
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Another policy")
    await shop.stage.at_rest()

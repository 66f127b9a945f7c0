"""What the scenes of the demo have in common: who plays, what is waited for, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import click

from bot.commands.stage import NotAsToldError, Stage
from bot.text.oids import as_on_github
from simulator.deployments import Deployment
from simulator.pull_request import PullRequest
from simulator.repository import Repository

CHECK = "ci"


@dataclass(frozen=True, slots=True)
class Actors:
    """Who plays: the stage, the repository on it with its policy, and CI and deployer as somebody else's systems."""

    stage: Stage
    repository: Repository
    policy: str

    async def told(self, path: str) -> Mapping[str, Any]:
        """Ask the bot's API about the repository."""
        url = f"{self.stage.url}/api/repos/octo/shop/{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            found: Mapping[str, Any] = await answer.json()
            return found


async def ships(actors: Actors, pull: PullRequest) -> None:
    """Let CI pass, and wait until it is merged and live."""
    await actors.repository.ci.succeeds(pull.head, CHECK)
    say("CI", f"reports {CHECK}: success")
    head = pull.head
    await actors.stage.until("it is merged", lambda: pull.merged)
    landed = as_on_github(str(pull.merge_commit))
    say("the bot", f"merged #{pull.number} at exactly {as_on_github(head)}; it landed as {landed}")
    await goes_live(actors, pull)


async def goes_live(actors: Actors, pull: PullRequest) -> None:
    """Let its deployment succeed, and wait until it is live."""
    deployment = await deployment_of(actors, pull)
    say("the bot", f"asked for the deployment of {as_on_github(deployment.sha)} to {deployment.environment}")
    await deployment.status("in_progress")
    await deployment.status("success")
    await until_release(actors, pull, "live")
    count = sum(one.sha == pull.merge_commit for one in actors.repository.deployments)
    expect(count == 1, f"one deployment for one landed commit, not {count}")
    say("production", f"{as_on_github(deployment.sha)} is live")


async def deployment_of(actors: Actors, pull: PullRequest) -> Deployment:
    """Wait for the deployment of what it landed as."""

    def found() -> list[Deployment]:
        return [one for one in actors.repository.deployments if one.sha == pull.merge_commit]

    await actors.stage.until("a deployment is asked for", lambda: bool(found()))
    return found()[0]


async def until_release(actors: Actors, pull: PullRequest, state: str) -> None:
    """Wait until its release is in a state."""
    store = actors.stage.bench.store

    async def reached() -> bool:
        release = await store.release_of_pull_request("octo", "shop", pull.number)
        return release is not None and release.state == state

    await actors.stage.until(f"the release of #{pull.number} is {state}", reached)


async def until_check(actors: Actors, pull: PullRequest, conclusion: str) -> None:
    """Wait until the check run on its head concludes so, and tell what it says."""

    def shown() -> bool:
        run = pull.check_run("andon")
        return run is not None and run.conclusion == conclusion

    await actors.stage.until(f"the check andon on #{pull.number} is {conclusion}", shown)
    say("the bot", f"check andon: {check_words(pull)}")


def check_words(pull: PullRequest) -> str:
    """Give what the check run on its head says."""
    run = pull.check_run("andon")
    return f"{run.conclusion}, “{run.title}”" if run else "none"


def expect(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise NotAsToldError where something is not so."""
    if not holds:
        raise NotAsToldError(what)


def say(who: str, what: str) -> None:
    """Tell who does what."""
    click.echo(f"  {click.style(who, fg='cyan')}: {what}")


def code(name: str, functions: int) -> str:
    """Write a module of so many small functions."""
    return "\n\n".join(
        f"def {name}_{index}(count: int) -> int:\n    return count + {index}\n" for index in range(functions)
    )

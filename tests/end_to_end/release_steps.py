"""The words in which stories of releases are told: what people, CI and deployers do, one step after the other."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.calls import Asked
from simulator.deployments import Deployment
from simulator.merging import by_hand
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import lines
from tests.end_to_end.release_town import Town, a_town

Step = Callable[[Town], Awaitable[Any]]

RULES = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\n"
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class End:
    """How a story ends. `starts` counts the deployments that andon began, `held` who did not land.

    `words` are found in what the API says of the pull requests and the line.
    """

    states: Mapping[str, str | None]
    line: str = "open"
    starts: int = 1
    reverts: int = 0
    issues: int = 0
    held: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One story: how the policy has it deployed, the steps, and the end.

    It begins with a release called `first` that is live, unless `well` is false.
    """

    name: str
    deploy: str
    steps: tuple[Step, ...]
    end: End
    more: str = ""
    well: bool = True


def told(row: Row) -> End:
    """Play a story, and tell how it ended."""
    with a_town() as town:
        return town.run(_played(town, row))


async def _played(town: Town, row: Row) -> End:
    await _begins(town, row)
    began = _starts(town)
    for step in row.steps:
        await step(town)
        await town.rest()
    return await _end(town, row, began)


async def _begins(town: Town, row: Row) -> None:
    if row.well:
        first = await town.ships("first")
        await town.deployments(first)[0].status("success")
        await town.rest()
    deploy = f"deploy: {row.deploy}\n" if row.deploy else ""
    await town.repository.commit("main", {".github/andon.yml": f"{RULES}{deploy}{row.more}"}, "Set the policy")
    await town.rest()


def _starts(town: Town) -> int:
    repository, ours = town.repository, town.github.app.bot.login
    made = [one for one in repository.deployments if one.creator.login == ours]
    return len(made) + len(repository.dispatches) + len(repository.workflow_dispatches)


async def _end(town: Town, row: Row, began: int) -> End:
    line = await town.told("/api/repos/octo/shop/line?branch=main")
    pulls = {name: await town.told(f"/api/repos/octo/shop/pulls/{pull.number}") for name, pull in town.pulls.items()}
    said = json.dumps([line, pulls], ensure_ascii=False)
    return End(
        states={name: pulls[name].get("release", {}).get("state") for name in row.end.states},
        line=line["state"],
        starts=_starts(town) - began,
        reverts=len(town.reverts()),
        issues=len(town.repository.issues),
        held=tuple(name for name, pull in town.pulls.items() if not pull.merged),
        words=tuple(words for words in row.end.words if words in said) if row.end.words else (),
    )


def ships(*names: str, **asked: Any) -> Step:
    """Open pull requests one after the other, each with green CI."""

    async def step(town: Town) -> None:
        for name in names:
            await town.ships(name, **asked)

    return step


def deploys(name: str, *states: str, said: str = "", environment: str = "production") -> Step:
    """Report on the deployment of a pull request; where andon made none, the workflow that it started does."""

    async def step(town: Town) -> None:
        deployment = _deployment(town, town.pulls[name], environment)
        for state in states:
            await deployment.status(state, description=said)
            await town.rest()

    return step


def _deployment(town: Town, pull: PullRequest, environment: str) -> Deployment:
    known = [one for one in town.deployments(pull) if one.environment == environment]
    if known:
        return known[0]
    runner, asked = town.github.user("runner"), {"ref": "main", "environment": environment}
    town.repository.deployments.append(made := Deployment(town.repository, str(pull.merge_commit), asked, runner))
    return made


def somebody_deploys(name: str, state: str) -> Step:
    """Have a person deploy what a pull request landed as, past andon."""

    async def step(town: Town) -> None:
        sha = str(town.pulls[name].merge_commit)
        made = Deployment(town.repository, sha, {"ref": sha}, town.github.user("bob"))
        town.repository.deployments.append(made)
        await made.status(state)

    return step


def waits(seconds: float) -> Step:
    """Let time pass."""
    return lambda town: town.pass_time(seconds)


def checks(name: str, conclusion: str, check: str = "smoke") -> Step:
    """Have a check on what a pull request landed as end."""
    return lambda town: town.repository.ci.finishes(str(town.pulls[name].merge_commit), check, conclusion)


def runs(name: str, conclusion: str, file: str = "canary.yml") -> Step:
    """Have a workflow run on what a pull request landed as."""

    async def step(town: Town) -> None:
        run = await town.repository.actions.run(str(town.pulls[name].merge_commit), event="push", file=file)
        await town.rest()
        await town.repository.actions.finish(run, conclusion)

    return step


def production(**answers: Any) -> Step:
    """Have production answer otherwise from now on."""

    async def step(town: Town) -> None:
        for name, answer in answers.items():
            setattr(town.street, name, answer)

    return step


def says(who: str, name: str, words: str) -> Step:
    """Write a comment under a pull request."""
    return lambda town: town.pulls[name].comment(who, words)


def opens(name: str, **asked: Any) -> Step:
    """Open a pull request on which CI has said nothing yet."""
    return lambda town: town.opens(name, **asked)


def lands_revert(conclusion: str = "success") -> Step:
    """Have CI look at the newest pull request that andon opened; it is called `revert`."""

    async def step(town: Town) -> None:
        town.pulls["revert"] = revert = town.reverts()[-1]
        await town.repository.ci.finishes(revert.head, "ci", conclusion)

    return step


def merges_by_hand(name: str) -> Step:
    """Have a person with the right to do so merge what the line holds, or what nobody looked at."""

    async def step(town: Town) -> None:
        pull = await town.ships(name)
        if not pull.merged:
            await by_hand(pull, "bob")

    return step


def takes_back(name: str, by: str = "by hand") -> Step:
    """Have a person open what takes a pull request back, with green CI."""

    async def step(town: Town) -> None:
        bad = town.pulls[name]
        title = f"Take it back\n\nThis reverts commit {bad.merge_commit}."
        await town.ships(by, files={f"{name}.py": None}, title=title, author="bob")

    return step


def edits(path: str, count: int) -> Step:
    """Write a file on main past everybody."""
    return lambda town: town.repository.commit("main", {path: lines(count, "other")}, "Edit by hand")


def lands_all_reverts() -> Step:
    """Have CI look at every pull request that andon opened, one after the other."""

    async def step(town: Town) -> None:
        for number, revert in enumerate(town.reverts(), 1):
            town.pulls[f"revert {number}"] = revert
            await town.repository.ci.succeeds(revert.head, "ci")
            await town.rest()

    return step


def sets(policy: str) -> Step:
    """Commit another policy."""
    return lambda town: town.repository.commit("main", {".github/andon.yml": policy}, "Change the policy")


def requires(**asked: Any) -> Step:
    """Change what the branch asks of pull requests."""

    async def step(town: Town) -> None:
        town.repository.require("main", **asked)

    return step


def breaks(ending: str, *, status: int = 502, after: bool = False) -> Step:
    """Have GitHub fail the next call whose kind ends so; `after` it was carried out or before."""

    def strikes(asked: Asked) -> bool:
        return asked.kind.endswith(ending)

    async def step(town: Town) -> None:
        town.github.fails_next(1, strikes, status=status, after=after)

    return step


FAILS: Final = (ships("a"), deploys("a", "failure", said="no pod became ready"))
"""The pull request `a` lands and its deployment fails."""

IS_LIVE: Final = (lands_revert(), deploys("revert", "success"))
"""What takes it back lands and is live."""

RESTORED: Final = End({"a": "reverted", "revert": "live"}, starts=2, reverts=1, issues=1)
"""How it then ends."""

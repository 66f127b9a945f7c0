"""The story that `andon demo` plays: each scene is the real path, seen by the people around it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from bot.commands.stage import NotAsToldError, Stage, stage
from simulator.deployments import Deployment
from simulator.pull_request import PullRequest
from simulator.repository import Repository

CHECK = "ci"
SWEEP_EVERY = 2.0
POLICY = """\
# Small changes that CI proves merge by themselves and go live.
rules:
  small-diff: {mode: hold, max-lines: 120}
  flag-wrapped: {mode: hold, flags: ["flags.is_on"]}
  pairing: {mode: hold, paths: ["demo_shop/payments/**"]}
merge: {when: ready, method: squash}
deploy: {via: deployment, environment: production}
"""


_BEFORE = """\
from shop import bank, flags


def refund(order):
    order.note("a person pays it back")
"""
_RISKY = _BEFORE.replace(
    "    order.note", "    bank.pay_back(order.account, order.total)\n    order.ledger.close()\n    order.note"
)
_FLAGGED = _BEFORE.replace(
    "    order.note",
    '    if flags.is_on("refunds"):\n'
    "        bank.pay_back(order.account, order.total)\n"
    "        order.ledger.close()\n"
    "        return\n"
    "    order.note",
)


@dataclass(frozen=True, slots=True)
class Actors:
    """Who plays: the stage, the repository on it, and CI and deployer as somebody else's systems."""

    stage: Stage
    repository: Repository


async def play(repo: Path) -> None:
    """Play every scene on the history of a repository. Raises NotAsToldError where one did not end as told."""
    with tempfile.TemporaryDirectory(prefix="andon-demo-") as directory:
        async with stage(Path(directory), sweep_every=SWEEP_EVERY) as both:
            actors = await _set_up(both, repo)
            for number, (title, scene) in enumerate(_SCENES.items(), 1):
                click.secho(f"\nScene {number}: {title}", bold=True)
                await scene(actors)
            click.echo(f"\nAll {len(_SCENES)} scenes ended as told.")
            await _stay(both)


async def _set_up(both: Stage, repo: Path) -> Actors:
    both.github.install("octo")
    source = await asyncio.to_thread(_checkout, repo)
    repository = await both.github.create_repository("octo/shop", source=source)
    repository.require_checks("main", (CHECK, None))
    await repository.commit("main", {".github/andon.yml": POLICY}, "Let small changes ship by themselves")
    _say("GitHub", f"runs at {both.github.url}, octo/shop holds the history of {source or 'a made-up repository'}")
    _say("the bot", f"listens at {both.url}/webhook and keeps its memory in one SQLite file")
    _say("a maintainer", "merged this policy:")
    click.echo(click.style("\n".join(f"      {line}" for line in POLICY.splitlines()), dim=True))
    return Actors(both, repository)


def _checkout(repo: Path) -> Path | None:
    """Return the directory where it is a git repository with a commit, else None."""
    asked = subprocess.run(["git", "-C", str(repo), "rev-parse", "--verify", "HEAD"], capture_output=True, check=False)
    return repo.resolve() if asked.returncode == 0 else None


async def _small_change(actors: Actors) -> None:
    """Ship a small change without a hand on it."""
    pull = await actors.repository.open_pull_request(files={"demo/hello.py": _code("hello", 6)}, title="Say hello")
    _say("alice", f"opens #{pull.number}, six small functions")
    await _until_check(actors, pull, "success")
    await _ships(actors, pull)


async def _big_change(actors: Actors) -> None:
    """Hold a big change until a push makes it small."""
    files = {f"demo/part{index}.py": _code(f"part{index}", 40) for index in range(4)}
    pull = await actors.repository.open_pull_request(files=files, title="Add everything at once", author="bob")
    _say("bob", f"opens #{pull.number}, four modules at once")
    await _until_check(actors, pull, "neutral")
    await actors.repository.ci.succeeds(pull.head, CHECK)
    _say("CI", "is green, and still nothing merges: the rule holds it")
    await actors.stage.at_rest()
    _expect(not pull.merged, "a held pull request is not merged")
    await pull.push(
        {f"demo/part{index}.py": None for index in range(1, 4)}, "Keep the first part; the rest comes later"
    )
    _say("bob", "pushes: one module now, the others later")
    await _until_check(actors, pull, "success")
    await _ships(actors, pull)


async def _override(actors: Actors) -> None:
    """Let a rule pass for one change: by a person, with a reason, for everybody to see."""
    files = {f"demo/table{index}.py": _code(f"table{index}", 40) for index in range(2)}
    pull = await actors.repository.open_pull_request(files=files, title="Add two tables that belong together")
    _say("alice", f"opens #{pull.number}, too big and not worth splitting")
    await _until_check(actors, pull, "neutral")
    await pull.comment("alice", "/andon override small-diff two tables that belong together")
    await actors.stage.at_rest()
    _expect(not pull.merged, "authors do not override rules on their own pull request")
    _say("the bot", f"does not take that from the author: check andon is still {_check_words(pull)}")
    await pull.comment("bob", "/andon override small-diff read as one, it is a table")
    _say("bob", "comments: /andon override small-diff read as one, it is a table")
    await _until_check(actors, pull, "success")
    await _ships(actors, pull)


async def _risky_change(actors: Actors) -> None:
    """Hold a risky change until it stands behind a flag, and a second person behind it."""
    place = "demo_shop/payments/refund.py"
    await actors.repository.commit("main", {place: _BEFORE}, "Ask a person for refunds")
    pull = await actors.repository.open_pull_request(files={place: _RISKY}, title="Refund at once")
    _say("alice", f"opens #{pull.number}, which pays money back, for everybody at once and alone")
    await _until_check(actors, pull, "neutral")
    _expect("flag" in _check_words(pull), "a risky change that runs for everybody is held")
    await pull.push({place: _FLAGGED}, "Put it behind a flag")
    await actors.repository.ci.succeeds(pull.head, CHECK)
    _say("alice", 'pushes: the same lines under `if flags.is_on("refunds")`')
    await _until_check(actors, pull, "neutral")
    await pull.review("bob", "APPROVED")
    _say("bob", "reads it and approves")
    await _until_check(actors, pull, "success")
    await _ships(actors, pull)


async def _lost_webhook(actors: Actors) -> None:
    """Lose every delivery about a pull request."""
    actors.stage.github.loses_deliveries()
    pull = await actors.repository.open_pull_request(
        files={"demo/bye.py": _code("bye", 4)}, title="Say bye", author="carol"
    )
    await actors.repository.ci.succeeds(pull.head, CHECK)
    _say("carol", f"opens #{pull.number} and CI is green; GitHub loses every delivery about it")
    await actors.stage.until("the sweep finds the pull request and it is merged", lambda: pull.merged)
    actors.stage.github.loses_deliveries(0)
    _say("the bot", f"swept, found #{pull.number}, judged and merged it: {_check_words(pull)}")
    await _goes_live(actors, pull)


async def _failing_deployment(actors: Actors) -> None:
    """Let the deployment of a landed commit fail."""
    pull = await actors.repository.open_pull_request(files={"demo/oops.py": _code("oops", 3)}, title="Try something")
    _say("alice", f"opens #{pull.number}")
    await _until_check(actors, pull, "success")
    await actors.repository.ci.succeeds(pull.head, CHECK)
    await actors.stage.until("it is merged", lambda: pull.merged)
    deployment = await _deployment_of(actors, pull)
    await deployment.status("failure", description="readiness probe never answered")
    await _until_release(actors, pull, "failed")
    _say("production", "the deployment failed; the release of that commit is marked failed, with the reason")


_SCENES: Mapping[str, Callable[[Actors], Awaitable[None]]] = {
    "a small change ships by itself": _small_change,
    "a big change is held, then shrunk by a push, and ships": _big_change,
    "a maintainer overrides a rule, by name and with a reason": _override,
    "a risky change waits for a flag and a second person": _risky_change,
    "every webhook is lost, and the sweep heals it": _lost_webhook,
    "a deployment fails, and the release says so": _failing_deployment,
}


async def _ships(actors: Actors, pull: PullRequest) -> None:
    await actors.repository.ci.succeeds(pull.head, CHECK)
    _say("CI", f"reports {CHECK}: success")
    head = pull.head
    await actors.stage.until("it is merged", lambda: pull.merged)
    _say("the bot", f"merged #{pull.number} at exactly {head[:7]}; it landed as {str(pull.merge_commit)[:7]}")
    await _goes_live(actors, pull)


async def _goes_live(actors: Actors, pull: PullRequest) -> None:
    deployment = await _deployment_of(actors, pull)
    _say("the bot", f"asked for the deployment of {deployment.sha[:7]} to {deployment.environment}")
    await deployment.status("in_progress")
    await deployment.status("success")
    await _until_release(actors, pull, "live")
    count = sum(one.sha == pull.merge_commit for one in actors.repository.deployments)
    _expect(count == 1, f"one deployment for one landed commit, not {count}")
    _say("production", f"{deployment.sha[:7]} is live")


async def _deployment_of(actors: Actors, pull: PullRequest) -> Deployment:
    def found() -> list[Deployment]:
        return [one for one in actors.repository.deployments if one.sha == pull.merge_commit]

    await actors.stage.until("a deployment is asked for", lambda: bool(found()))
    return found()[0]


async def _until_release(actors: Actors, pull: PullRequest, state: str) -> None:
    store = actors.stage.bench.store

    async def reached() -> bool:
        release = await store.release_of_pull_request("octo", "shop", pull.number)
        return release is not None and release.state == state

    await actors.stage.until(f"the release of #{pull.number} is {state}", reached)


async def _until_check(actors: Actors, pull: PullRequest, conclusion: str) -> None:
    def shown() -> bool:
        run = pull.check_run("andon")
        return run is not None and run.conclusion == conclusion

    await actors.stage.until(f"the check andon on #{pull.number} is {conclusion}", shown)
    _say("the bot", f"check andon: {_check_words(pull)}")


def _check_words(pull: PullRequest) -> str:
    run = pull.check_run("andon")
    return f"{run.conclusion}, “{run.title}”" if run else "none"


def _expect(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise NotAsToldError(what)


def _say(who: str, what: str) -> None:
    click.echo(f"  {click.style(who, fg='cyan')}: {what}")


def _code(name: str, functions: int) -> str:
    return "\n\n".join(
        f"def {name}_{index}(count: int) -> int:\n    return count + {index}\n" for index in range(functions)
    )


async def _stay(both: Stage) -> None:
    """On a terminal, leave everything running to look at; else end."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    click.echo(f"Still running: curl {both.url}/api/repos/octo/shop/pulls/1   (Enter ends it)")
    await asyncio.to_thread(sys.stdin.readline)

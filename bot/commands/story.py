"""The story that `andon demo` plays: each scene is the real path, seen by the people around it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import click

from bot.commands.acting import CHECK, Actors, check_words, code, expect, goes_live, say, ships, until_check
from bot.commands.failing import fails_and_is_taken_back, fails_where_approval_is_required
from bot.commands.stage import Stage, stage

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
    say("GitHub", f"runs at {both.github.url}, octo/shop holds the history of {source or 'a made-up repository'}")
    say("the bot", f"listens at {both.url}/webhook and keeps its memory in one SQLite file")
    say("a maintainer", "merged this policy:")
    click.echo(click.style("\n".join(f"      {line}" for line in POLICY.splitlines()), dim=True))
    return Actors(both, repository, POLICY)


def _checkout(repo: Path) -> Path | None:
    """Return the directory where it is a git repository with a commit, else None."""
    asked = subprocess.run(["git", "-C", str(repo), "rev-parse", "--verify", "HEAD"], capture_output=True, check=False)
    return repo.resolve() if asked.returncode == 0 else None


async def _small_change(actors: Actors) -> None:
    """Ship a small change without a hand on it."""
    pull = await actors.repository.open_pull_request(files={"demo/hello.py": code("hello", 6)}, title="Say hello")
    say("alice", f"opens #{pull.number}, six small functions")
    await until_check(actors, pull, "success")
    await ships(actors, pull)


async def _big_change(actors: Actors) -> None:
    """Hold a big change until a push makes it small."""
    files = {f"demo/part{index}.py": code(f"part{index}", 40) for index in range(4)}
    pull = await actors.repository.open_pull_request(files=files, title="Add everything at once", author="bob")
    say("bob", f"opens #{pull.number}, four modules at once")
    await until_check(actors, pull, "neutral")
    await actors.repository.ci.succeeds(pull.head, CHECK)
    say("CI", "is green, and still nothing merges: the rule holds it")
    await actors.stage.at_rest()
    expect(not pull.merged, "a held pull request is not merged")
    await pull.push(
        {f"demo/part{index}.py": None for index in range(1, 4)}, "Keep the first part; the rest comes later"
    )
    say("bob", "pushes: one module now, the others later")
    await until_check(actors, pull, "success")
    await ships(actors, pull)


async def _override(actors: Actors) -> None:
    """Let a rule pass for one change: by a person, with a reason, for everybody to see."""
    files = {f"demo/table{index}.py": code(f"table{index}", 40) for index in range(2)}
    pull = await actors.repository.open_pull_request(files=files, title="Add two tables that belong together")
    say("alice", f"opens #{pull.number}, too big and not worth splitting")
    await until_check(actors, pull, "neutral")
    await pull.comment("alice", "/andon override small-diff two tables that belong together")
    await actors.stage.at_rest()
    expect(not pull.merged, "authors do not override rules on their own pull request")
    say("the bot", f"does not take that from the author: check andon is still {check_words(pull)}")
    await pull.comment("bob", "/andon override small-diff read as one, it is a table")
    say("bob", "comments: /andon override small-diff read as one, it is a table")
    await until_check(actors, pull, "success")
    await ships(actors, pull)


async def _risky_change(actors: Actors) -> None:
    """Hold a risky change until it stands behind a flag, and a second person behind it."""
    place = "demo_shop/payments/refund.py"
    await actors.repository.commit("main", {place: _BEFORE}, "Ask a person for refunds")
    pull = await actors.repository.open_pull_request(files={place: _RISKY}, title="Refund at once")
    say("alice", f"opens #{pull.number}, which pays money back, for everybody at once and alone")
    await until_check(actors, pull, "neutral")
    expect("flag" in check_words(pull), "a risky change that runs for everybody is held")
    await pull.push({place: _FLAGGED}, "Put it behind a flag")
    await actors.repository.ci.succeeds(pull.head, CHECK)
    say("alice", 'pushes: the same lines under `if flags.is_on("refunds")`')
    await until_check(actors, pull, "neutral")
    await pull.review("bob", "APPROVED")
    say("bob", "reads it and approves")
    await until_check(actors, pull, "success")
    await ships(actors, pull)


async def _lost_webhook(actors: Actors) -> None:
    """Lose every delivery about a pull request."""
    actors.stage.github.loses_deliveries()
    pull = await actors.repository.open_pull_request(
        files={"demo/bye.py": code("bye", 4)}, title="Say bye", author="carol"
    )
    await actors.repository.ci.succeeds(pull.head, CHECK)
    say("carol", f"opens #{pull.number} and CI is green; GitHub loses every delivery about it")
    await actors.stage.until("the sweep finds the pull request and it is merged", lambda: pull.merged)
    actors.stage.github.loses_deliveries(0)
    say("the bot", f"swept, found #{pull.number}, judged and merged it: {check_words(pull)}")
    await goes_live(actors, pull)


_SCENES: Mapping[str, Callable[[Actors], Awaitable[None]]] = {
    "a small change ships by itself": _small_change,
    "a big change is held, then shrunk by a push, and ships": _big_change,
    "a maintainer overrides a rule, by name and with a reason": _override,
    "a risky change waits for a flag and a second person": _risky_change,
    "every webhook is lost, and the sweep heals it": _lost_webhook,
    "a release fails in production, and andon takes it back": fails_and_is_taken_back,
    "the same where the branch asks for an approval": fails_where_approval_is_required,
}


async def _stay(both: Stage) -> None:
    """On a terminal, leave everything running to look at; else end."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    click.echo(f"Still running: curl {both.url}/api/repos/octo/shop/pulls/1   (Enter ends it)")
    await asyncio.to_thread(sys.stdin.readline)

"""One of two instances stands still in the midst of an effect, until its lease has run out: nothing is done twice.

GitHub has carried out what it asked for, and it has not heard the answer. The second instance takes its work over. What
the first still does when it goes on must change nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from simulator.calls import Call
from simulator.pull_request import PullRequest
from tests.faults.figures import Figure, Place, at_least, exactly
from tests.faults.serving import SHORT_LEASES, Scene, Start, free_port, opened_in, scene, until

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\ndeploy: {via: deployment}\n"
MUTATION = re.compile(r"^mutation \w+", re.MULTILINE)
REVERT = "mutation RevertPullRequest"
ISSUE = "POST /repos/{owner}/{repo}/issues"
MERGE = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge"
DEPLOYMENT = "POST /repos/{owner}/{repo}/deployments"
RESTORED_WITHIN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """After which effects the first stands still, one story each, with leases of what length, for how many seconds."""

    effects: tuple[str, ...]
    start: Start
    seconds: float


FULL = Size((REVERT, ISSUE, MERGE, DEPLOYMENT), Start(), 75.0)
SMALL = Size((REVERT,), SHORT_LEASES, 9.0)


class Calls(list[Call]):
    """The calls that GitHub has carried out and not answered yet, heard of one by one."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        super().__init__()
        self._heard = heard

    def append(self, call: Call) -> None:
        """Keep one, and tell of it before it is answered."""
        super().append(call)
        query = call.body.get("query", "") if isinstance(call.body, dict) else ""
        mutation = MUTATION.search(str(query))
        self._heard(mutation[0] if mutation else call.kind)


async def measured(size: Size, place: Place) -> list[Figure]:
    """Let releases fail, stop who restores production after each effect in turn, and count."""
    async with scene(place, 0, POLICY) as town:
        town.shop.require_checks("main", ("ci", None))
        for number, effect in enumerate(size.effects):
            await _restored(town, size, number, effect)
        await asyncio.sleep(size.seconds / 4)
    stories = len(size.effects)
    deployed = Counter(one.sha for one in town.shop.deployments)
    merges = Counter(call.path for call in town.github.calls if call.kind == MERGE and call.status == 200)
    return [
        exactly("pull requests that revert", len(_reverts(town)), stories),
        at_least("endings refused, for the lease was lost", _refused(place), 1),
        exactly("issues", len(town.shop.issues), stories),
        exactly("landed commits that are deployed", len(deployed), 3 * stories),
        exactly("commits deployed twice", sum(times > 1 for times in deployed.values()), 0),
        exactly("pull requests merged twice", sum(times > 1 for times in merges.values()), 0),
    ]


def _refused(place: Place) -> int:
    """Count how often an instance was told that another has taken its work over."""
    log = (place.directory / "andon-serve.log").read_text(encoding="utf-8")
    return log.count('"outcome": "overtaken"') + log.count('"event": "lease lost"')


async def _restored(town: Scene, size: Size, number: int, effect: str) -> None:
    """Tell one story: a release that is well, one that fails, and production restored by two instances."""
    town.github.webhook_url = f"http://127.0.0.1:{town.port}/webhook"
    paused = asyncio.Event()
    async with town.served(size.start) as first:

        def heard(kind: str) -> None:
            if kind == effect and _failures(town) > number and not paused.is_set():
                first.send_signal(signal.SIGSTOP)
                paused.set()

        town.github.calls = Calls(heard) if not number else _heard_by(town, heard)
        await _deploys(town, number * 2, "success")
        await _deploys(town, number * 2 + 1, "failure")
        going = asyncio.create_task(_others_do_their_part(town, number))
        try:
            await until(paused.is_set, RESTORED_WITHIN_SECONDS)
            await _taken_over(town, size, first, going)
        finally:
            going.cancel()
            with contextlib.suppress(ProcessLookupError):
                first.send_signal(signal.SIGCONT)


async def _taken_over(town: Scene, size: Size, first: asyncio.subprocess.Process, going: asyncio.Task[None]) -> None:
    """Start the second, and let the first go on once its lease has run out."""
    beside = free_port()
    town.github.webhook_url = f"http://127.0.0.1:{beside}/webhook"
    async with town.served(size.start, beside):
        await asyncio.sleep(size.seconds)
        first.send_signal(signal.SIGCONT)
        await going


def _heard_by(town: Scene, heard: Callable[[str], None]) -> Calls:
    calls = Calls(lambda _: None)
    calls.extend(town.github.calls)
    calls._heard = heard  # noqa: SLF001 - its own
    return calls


def _failures(town: Scene) -> int:
    return sum(one.state == "failure" for one in town.shop.deployments)


def _reverts(town: Scene) -> list[PullRequest]:
    return [pull for pull in town.shop.pulls.values() if pull.author is town.github.app.bot]


async def _deploys(town: Scene, number: int, state: str) -> None:
    """Let a pull request land, and its deployment end in a state."""
    pull = await opened_in(town.shop, number, lines=5)
    before = len(town.shop.deployments)
    await town.shop.ci.succeeds(pull.head, "ci")
    await until(lambda: len(town.shop.deployments) > before)
    await town.shop.deployments[-1].status(state)


async def _others_do_their_part(town: Scene, number: int) -> None:
    """Have CI pass on the revert and its deployment go well, as soon as they are there; wait for the issue."""
    await until(lambda: len(_reverts(town)) > number, RESTORED_WITHIN_SECONDS)
    revert = _reverts(town)[number]
    await town.shop.ci.succeeds(revert.head, "ci")
    await until(lambda: town.shop.deployments[-1].sha == revert.merge_commit, RESTORED_WITHIN_SECONDS)
    await town.shop.deployments[-1].status("success")
    restored = number + 1
    await until(
        lambda: sum("was restored" in one.body for one in town.shop.issues.values()) >= restored,
        RESTORED_WITHIN_SECONDS,
    )

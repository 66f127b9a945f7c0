"""What may happen beside the open pull requests: the base, the policy, GitHub's rules, access, production, time."""

from __future__ import annotations

from collections.abc import Mapping

from simulator import merge_queue
from tests.chaos import faults
from tests.chaos.events import Event
from tests.chaos.policies import POLICY, TEXTS, rows
from tests.chaos.world import Act, World


async def _green(world: World, _: Event) -> bool:
    """Have CI succeed on every open pull request."""
    heads = {pull.head for pull in world.pulls if pull.open}
    for head in sorted(heads):
        await world.repository.ci.succeeds(head, "ci")
    return bool(heads)


async def _live(world: World, _: Event) -> bool:
    """Have everything that is being deployed go live, the oldest first."""
    open_ones = [one for one in world.repository.deployments if one.state not in ("success", "failure")]
    for one in open_ones:
        await one.status("success")
    return bool(open_ones)


async def _reopen(world: World, event: Event) -> bool:
    pull, repo = world.pull(event), world.repository
    gone = not pull.fork and repo.branches.get(pull.head_branch) != pull.head
    if pull.open or pull.merged or gone or pull.base not in repo.branches:
        return False
    await pull.reopen()
    return True


async def _base(world: World, event: Event) -> bool:
    name = ("other.py", "shared.py")[event.pick % 2]
    await world.repository.commit("main", {name: rows(3, f"base_{world.happened}")}, "Move the base")
    return True


async def _policy(world: World, event: Event) -> bool:
    text = tuple(TEXTS.values())[event.pick % len(TEXTS)]
    await world.repository.commit("main", {POLICY: text}, "Set the policy")
    return True


async def _no_merging(world: World, event: Event) -> bool:
    text = TEXTS[("broken", "silent", "label")[event.pick % 3]]
    await world.repository.commit("main", {POLICY: text}, "Set the policy")
    return True


async def _require(world: World, event: Event) -> bool:
    """Change what GitHub itself requires; no delivery tells of it."""
    ours = ("andon", world.form.github.app_id)
    asked = (
        {"approvals": 1},
        {"approvals": None},
        {"checks": (("ci", None), ("lint", None))},
        {"checks": (("ci", None), ours)},
        {"checks": (("ci", 2002),)},
        {"strict": True},
        {"checks": ()},
        {"approvals": 1, "dismiss_stale": True},
    )
    world.repository.require("main", **asked[event.pick])
    world.unseen = True
    return True


async def _queue(world: World, _: Event) -> bool:
    world.repository.require("main", queue=not world.repository.ruleset("main").queue)
    world.unseen = True
    return True


async def _queue_ci(world: World, event: Event) -> bool:
    if not world.repository.queue:
        return False
    entry = world.repository.queue[0]
    await (world.repository.ci.fails if event.pick == 0 else world.repository.ci.succeeds)(entry.sha, "ci")
    await merge_queue.advance(world.repository)
    return True


async def _access(world: World, event: Event) -> bool:
    if event.pick % 2:
        world.repository.people.give("carol", "write")
    else:
        world.repository.people.revoke("carol")
    world.unseen = True
    return True


async def _drop(world: World, event: Event) -> bool:
    pull = world.pull(event)
    if pull.fork or pull.head_branch not in world.repository.branches or _is_base(world, pull.head_branch):
        return False
    await world.repository.drop_branch(pull.head_branch)
    return True


def _is_base(world: World, branch: str) -> bool:
    return any(pull.open and pull.base == branch for pull in world.pulls)


async def _deploy(world: World, event: Event) -> bool:
    open_ones = [one for one in world.repository.deployments if one.state not in ("success", "failure")]
    if not open_ones:
        return False
    await open_ones[event.pick % len(open_ones)].status("failure" if event.pick > 4 else "success")
    return True


async def _time(world: World, event: Event) -> bool:
    world.form.github.advance((20.0, 40.0, 100.0, 400.0, 1000.0, 1900.0, 4000.0, 90_000.0)[event.pick])
    return True


ANYWHERE: Mapping[str, Act] = {
    "green": _green,
    "live": _live,
    "deploy": _deploy,
    "time": _time,
    "base": _base,
    "policy": _policy,
    "no-merging": _no_merging,
    "require": _require,
    "access": _access,
    "queue": _queue,
    "queue-ci": _queue_ci,
    "reopen": _reopen,
    "drop": _drop,
    "fault": faults.fault,
    "lag": faults.lag,
}

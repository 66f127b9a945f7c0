"""GitHub's auto-merge and its merge queue: armed or queued now, merged once GitHub's own requirements hold.

Sources: GraphQL, enablePullRequestAutoMerge and enqueuePullRequest; docs, "Automatically merging a pull request" and
"Managing a merge queue". The words of refusals are those that people report from the field.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator import emit, merge_queue, shapes
from simulator.clock import iso
from simulator.commit_views import actor
from simulator.connections import problem
from simulator.mergeability import Merging, merging_of
from simulator.merging import Wish, carried_out
from simulator.routing import Refusal
from simulator.under_way import AutoMerge, AutoMergeMoment

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import Json, PullState, User
    from simulator.repository import Repository
    from simulator.views import Reader

READY = frozenset({"CLEAN", "UNSTABLE", "HAS_HOOKS"})
UNPROCESSABLE = "UNPROCESSABLE"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mutation asks for: the pull request, at which head, by which method and in which words."""

    pull: PullRequest
    head: str | None
    wish: Wish


def named_by(reader: Reader, given: Json) -> Asked:
    """Find the pull request that a mutation names by its node id. Refuses what the token may not."""
    if not (reader.token.may("contents", "write") and reader.token.may("pull_requests", "write")):
        raise problem("FORBIDDEN", "Resource not accessible by integration")
    wanted = given.get("pullRequestId") or given.get("id")
    for repo in reader.token.installation.repositories():
        for pull in repo.pulls.values():
            if shapes.node_id("PR", pull.id) == wanted and reader.token.sees(repo):
                wish = Wish(str(given.get("mergeMethod") or "MERGE").lower(), pull.head)
                words = Wish(wish.method, wish.sha, given.get("commitHeadline"), given.get("commitBody"))
                return Asked(pull, given.get("expectedHeadOid"), words)
    raise problem("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")


def _at_its_head(asked: Asked) -> None:
    if asked.head is not None and asked.head != asked.pull.head:
        raise problem(UNPROCESSABLE, f"Expected head oid {asked.head} but was {asked.pull.head}")


async def enable(reader: Reader, given: Json) -> Json:
    """Arm auto-merge. GitHub refuses a pull request that it would merge at once."""
    asked = named_by(reader, given)
    pull, merging = asked.pull, await merging_of(asked.pull, asked.pull.now)
    _at_its_head(asked)
    _refuse(pull, merging)
    await arm(pull, asked.wish, reader.github.app.bot)
    return {"pullRequest": {"id": shapes.node_id("PR", pull.id)}}


def _refuse(pull: PullRequest, merging: Merging) -> None:
    if not pull.repo.settings.auto_merge:
        raise problem(UNPROCESSABLE, "Pull request Auto merge is not allowed for this repository")
    if not pull.open:
        raise problem(UNPROCESSABLE, "Pull request is closed")
    if merging.status in READY:
        raise problem(UNPROCESSABLE, f"Pull request Pull request is in {merging.status.lower()} status")


async def arm(pull: PullRequest, wish: Wish, by: User) -> None:
    """Arm a pull request by whoever may, and tell."""
    now = pull.repo.github.now()
    pull.auto_merges.append(AutoMergeMoment(by, now, armed=True))
    pull.change(auto_merge=AutoMerge(by, wish.method, wish.title, wish.message, now))
    await emit.pull_request(pull, "auto_merge_enabled", by)


async def disable(reader: Reader, given: Json) -> Json:
    """Disarm auto-merge, whoever armed it."""
    pull = named_by(reader, given).pull
    if pull.now.auto_merge is None:
        raise problem(UNPROCESSABLE, "Can't disable auto-merge for this pull request.")
    await disarm(pull, reader.github.app.bot)
    return {"pullRequest": {"id": shapes.node_id("PR", pull.id)}}


async def disarm(pull: PullRequest, by: User, *, tell: bool = True) -> None:
    """Disarm a pull request, and tell."""
    if pull.now.auto_merge is None:
        return
    pull.auto_merges.append(AutoMergeMoment(by, pull.repo.github.now(), armed=False))
    pull.change(auto_merge=None)
    if tell:
        await emit.pull_request(pull, "auto_merge_disabled", by, reason="Manually disabled by user")


async def enqueue(reader: Reader, given: Json) -> Json:
    """Put a pull request into the merge queue of its base."""
    asked = named_by(reader, given)
    pull, merging = asked.pull, await merging_of(asked.pull, asked.pull.now)
    _at_its_head(asked)
    if not pull.repo.ruleset(pull.base).queue:
        raise problem(UNPROCESSABLE, "Pull request Merge queue is not enabled for this branch")
    if merging.status not in READY:
        raise problem(UNPROCESSABLE, "Pull request Required status checks are not satisfied")
    await merge_queue.enqueue(pull, reader.github.app.bot)
    return {"mergeQueueEntry": {"position": len(pull.repo.queue)}}


async def dequeue(reader: Reader, given: Json) -> Json:
    """Take a pull request out of the merge queue of its base, whoever put it there."""
    pull = named_by(reader, given).pull
    places = [place for place, entry in enumerate(pull.repo.queue, 1) if entry.number == pull.number]
    if not places:
        raise problem(UNPROCESSABLE, "Pull request is not in the merge queue")
    await merge_queue.leave(pull)
    await emit.pull_request(pull, "dequeued", reader.github.app.bot, reason="MANUAL")
    return {"mergeQueueEntry": {"position": places[0]}}


def shape(state: PullState) -> Json | None:
    """Show what is armed, as GraphQL does."""
    armed = state.auto_merge
    if armed is None:
        return None
    return {
        "enabledAt": iso(armed.at),
        "enabledBy": actor(armed.by),
        "mergeMethod": armed.method.upper(),
        "commitHeadline": armed.title,
        "commitBody": armed.message,
    }


async def settle(repo: Repository) -> None:
    """Merge what is armed and may be merged now, then whatever of the queue has passed; GitHub does both by itself."""
    for pull in list(repo.pulls.values()):
        armed = pull.now.auto_merge
        if armed is None or not pull.open or (await merging_of(pull, pull.now)).status not in READY:
            continue
        async with repo.merging:
            with suppress(Refusal):  # it moved meanwhile: GitHub tries again by itself
                await carried_out(pull, Wish(armed.method, None, armed.title, armed.message), armed.by)
    await merge_queue.advance(repo)

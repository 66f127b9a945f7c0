"""Routes of pull requests: one, its files, those of a commit, and the merge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator import merging, pull_shapes, shapes
from simulator.reading import merging_seen, state_seen
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.history import FileDiff
    from simulator.pull_request import PullRequest

MAX_FILES = 3000  # OpenAPI, list pull requests files


def _pull(ask: Ask) -> PullRequest:
    pull = ask.repo.pulls.get(ask.number("pull_number"))
    if pull is None:
        raise Refusal(404, "Not Found")
    return pull


async def pull_request(ask: Ask) -> Answer:
    """Show one pull request."""
    pull = _pull(ask)
    seen = state_seen(pull)
    return Answer(200, await pull_shapes.full(pull, seen.state, await merging_seen(pull, seen)))


async def files(ask: Ask) -> Answer:
    """List the files a pull request changes."""
    pull = _pull(ask)
    knobs = ask.github.files
    seen = state_seen(pull)
    changed = list(await pull.files(seen.state))[: min(MAX_FILES, knobs.limit or MAX_FILES)]
    rows, headers = ask.page(changed)
    return Answer(200, [shapes.file(pull.repo, _withheld(ask, row), seen.state.head) for row in rows], headers)


def _withheld(ask: Ask, change: FileDiff) -> FileDiff:
    knobs = ask.github.files
    if knobs.without_patch is not None and knobs.without_patch(change):
        change = replace(change, patch=None)
    if knobs.zero_counts is not None and knobs.zero_counts(change):
        change = replace(change, additions=0, deletions=0)
    return change


async def pulls_of_commit(ask: Ask) -> Answer:
    """List the pull requests a commit belongs to: open ones by head, merged ones by what they landed as."""
    repo, sha = ask.repo, ask.parameters["commit_sha"]
    if await repo.history.commit(sha) is None:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    found = [pull for pull in repo.pulls.values() if sha in {pull.head, pull.merge_commit}]
    rows, headers = ask.page(found)
    return Answer(200, [pull_shapes.simple(pull, pull.now) for pull in rows], headers)


async def merge(ask: Ask) -> Answer:
    """Merge a pull request for real."""
    sha = await merging.merge(ask.granted, _pull(ask), merging.wish_of(ask.body))
    return Answer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", pull_request, ("pull_requests", "read")),
    Route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", files, ("pull_requests", "read")),
    Route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", pulls_of_commit, ("pull_requests", "read")),
    Route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", merge, ("contents", "write")),
)

"""What a GraphQL query sees: each object as a mapping of its fields, computed only when a query asks."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator import mutations, protection, reviewing, shapes
from simulator.clock import iso, iso_or_none
from simulator.commit_views import actor, commit_view, deployments_view
from simulator.connections import connection, problem
from simulator.mergeability import opinionated
from simulator.object_views import named_object
from simulator.pull_shapes import counts_of
from simulator.reading import Seen, merging_seen, state_seen
from simulator.turns import turns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphql import GraphQLResolveInfo

    from simulator.connections import Cost
    from simulator.github import Simulator
    from simulator.history import FileDiff
    from simulator.installation import Token
    from simulator.pull_request import PullRequest
    from simulator.records import Comment, ForcePush, Json, PullState, Review
    from simulator.repository import Repository

CHANGE_TYPES = {"removed": "DELETED"}
NO_ACCESS = "Resource not accessible by integration"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the simulator, the token, and what the query costs."""

    github: Simulator
    token: Token
    cost: Cost

    def demand(self, *permissions: str) -> None:
        """Refuse a field that none of these permissions opens (docs: FORBIDDEN beside the other data)."""
        if not any(self.token.may(permission, "read") for permission in permissions):
            raise problem("FORBIDDEN", NO_ACCESS)


def query_view(reader: Reader) -> Json:
    """Show the root."""
    return {
        "rateLimit": lambda _info, **_: _rate_limit(reader),
        "repository": lambda _info, **asked: _repository(reader, asked),
        "viewer": {"login": reader.token.viewer.login, "databaseId": reader.token.viewer.id},
    }


def _rate_limit(reader: Reader) -> Json:
    bucket = reader.github.limits.bucket(reader.token.installation.id, "graphql")
    used = bucket.used + reader.cost.points
    counts = {"cost": reader.cost.points, "nodeCount": reader.cost.nodes, "limit": bucket.limit, "used": used}
    return counts | {"remaining": max(bucket.limit - used, 0), "resetAt": iso(bucket.reset_at)}


def _repository(reader: Reader, asked: Json) -> Json:
    name = f"{asked['owner']}/{asked['name']}"
    repo = reader.github.repository(name)
    if repo is None or not reader.token.sees(repo):
        raise problem("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
    return {
        "databaseId": repo.id,
        "nameWithOwner": repo.full_name,
        "isArchived": repo.settings.archived,
        "mergeCommitAllowed": repo.settings.merge_commits,
        "squashMergeAllowed": repo.settings.squash,
        "rebaseMergeAllowed": repo.settings.rebase,
        "squashMergeCommitTitle": repo.settings.squash_title,
        "squashMergeCommitMessage": repo.settings.squash_message,
        "autoMergeAllowed": repo.settings.auto_merge,
        "deleteBranchOnMerge": repo.settings.delete_merged,
        "mergeQueue": lambda _info, **_which: mutations.queue_view(repo),
        "defaultBranchRef": lambda _info: ref_view(reader, repo, repo.default_branch),
        "object": lambda _info, **which: named_object(reader, repo, which),
        "pullRequest": lambda _info, number: _pull(reader, repo, number),
        "pullRequests": lambda _info, **which: _pulls(reader, repo, which),
        "deployments": lambda _info, **which: deployments_view(reader, repo, None, which),
    }


def ref_view(reader: Reader, repo: Repository, branch: str) -> Json | None:
    """Show a branch, its tip and its rules."""
    sha = repo.branches.get(branch)
    if sha is None:
        return None

    async def target(_info: GraphQLResolveInfo[Reader]) -> Json | None:
        facts = await repo.history.commit(sha)
        return None if facts is None else {"__typename": "Commit", **commit_view(reader, repo, facts, None)}

    return {
        "name": branch,
        "associatedPullRequests": lambda _info, **which: _pulls(reader, repo, which | {"of": branch}),
        "target": target,
        "refUpdateRule": protection.update_rule(repo.ruleset(branch)),
        "rules": lambda _info, **page: connection(protection.rules(repo.ruleset(branch)), page),
    }


def _pull(reader: Reader, repo: Repository, number: int) -> Json:
    reader.demand("pull_requests")
    pull = repo.pulls.get(number)
    if pull is None:
        raise problem("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return _pull_view(reader, pull, state_seen(pull, graphql=True))


def _pulls(reader: Reader, repo: Repository, asked: Json) -> Json:
    reader.demand("pull_requests")
    wanted = asked.get("states")
    ends = (asked.get("baseRefName"), asked.get("headRefName"))
    order = asked.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    chosen = [
        pull
        for pull in repo.pulls.values()
        if (wanted is None or state_word(pull) in wanted)
        and ends[0] in {None, pull.base}
        and ends[1] in {None, pull.head_branch}
        and asked.get("of", pull.own_branch) == pull.own_branch
    ]
    if order["field"] == "UPDATED_AT":
        chosen.sort(key=lambda pull: pull.now.updated_at)
    if order["direction"] == "DESC":
        chosen.reverse()
    page = connection(chosen, asked)
    seen = ((pull, Seen(pull.now, pull.now, None)) for pull in page["nodes"])
    return page | {"nodes": [_pull_view(reader, pull, one) for pull, one in seen]}


def state_word(pull: PullRequest) -> str:
    """Give a pull request's state in GraphQL's words."""
    return "MERGED" if pull.merged else pull.state.upper()


def _once(ask: Callable[[], Awaitable[Any]]) -> Callable[[str], Callable[[GraphQLResolveInfo[Reader]], Awaitable[Any]]]:
    """Ask once for several fields: give a maker of resolvers, one for each attribute of the answer."""
    known: list[Any] = []

    def field(name: str) -> Callable[[GraphQLResolveInfo[Reader]], Awaitable[Any]]:
        async def resolve(_info: GraphQLResolveInfo[Reader]) -> Any:  # noqa: ANN401 - any attribute
            if not known:
                known.append(await ask())
            return getattr(known[0], name)

        return resolve

    return field


def _pull_view(reader: Reader, pull: PullRequest, seen: Seen) -> Json:
    repo, state = pull.repo, seen.state
    count = _once(functools.partial(counts_of, pull, state))
    merging = _once(functools.partial(merging_seen, pull, seen))
    merged = "MERGED" if state.merged else state.state.upper()
    moments = {"createdAt": iso(state.created_at), "updatedAt": iso(state.updated_at)}
    return moments | {
        "id": shapes.node_id("PR", pull.id),
        "number": pull.number,
        "state": merged,
        "isDraft": state.draft,
        "title": state.title,
        "body": state.body,
        "url": f"{shapes.SITE}/{repo.full_name}/pull/{pull.number}",
        "mergedAt": iso_or_none(state.merged_at),
        "author": actor(pull.author),
        "baseRefName": state.base,
        "baseRefOid": state.base_oid,
        "baseRef": lambda _info: ref_view(reader, repo, state.base),
        "headRefName": pull.head_branch,
        "headRefOid": state.head,
        "isCrossRepository": pull.fork,
        "additions": count("additions"),
        "deletions": count("deletions"),
        "changedFiles": count("files"),
        "mergeable": merging("mergeable"),
        "mergeStateStatus": merging("status"),
        "reviewDecision": merging("decision"),
        "mergeCommit": lambda _info: _commit_of(reader, repo, state.merge_commit),
        **mutations.way_in(pull, state),
        "headRef": lambda _info: None if pull.fork else ref_view(reader, repo, pull.head_branch),
        "labels": lambda _info, **page: connection([{"name": name} for name in state.labels], page),
        "files": lambda _info, **page: _files(pull, seen, page),
        "commits": lambda _info, **page: _commits(reader, pull, seen, page),
        "comments": lambda _info, **page: connection([_comment(reader, repo, one) for one in pull.comments], page),
        "timelineItems": lambda _info, **page: connection(_timeline(reader, pull, state, page["itemTypes"]), page),
        "latestOpinionatedReviews": lambda _info, **page: connection(
            [_review(reader, repo, one) for one in opinionated(pull, state, anybody=not page.get("writersOnly"))], page
        ),
        "reviewRequests": lambda _info, **page: connection(reviewing.requests(pull, state), page),
        "reviewThreads": lambda _info, **page: connection(reviewing.threads(state), page),
    }


def _timeline(reader: Reader, pull: PullRequest, state: PullState, kinds: list[str]) -> list[Json]:
    """List what happened of these kinds."""
    pushes = pull.force_pushes if "HEAD_REF_FORCE_PUSHED_EVENT" in kinds else []
    ended = [one for one in state.reviews if one.state == "DISMISSED" and "REVIEW_DISMISSED_EVENT" in kinds]
    rows = [_rewritten(reader, pull.repo, push) for push in pushes]
    return [*rows, *(_dismissed(reader, pull.repo, one) for one in ended), *turns(pull, kinds)]


def _dismissed(reader: Reader, repo: Repository, given: Review) -> Json:
    async def commit(_info: GraphQLResolveInfo[Reader]) -> Json | None:
        return None if given.dismissed_by is None else {"commit": await _commit_of(reader, repo, given.dismissed_by)}

    return {
        "__typename": "ReviewDismissedEvent",
        "id": f"RDE_{given.id}",
        "createdAt": iso(given.at),
        "previousReviewState": given.was,
        "pullRequestCommit": commit,
        "review": _review(reader, repo, given),
    }


def _comment(reader: Reader, repo: Repository, written: Comment) -> Json:
    return {
        "id": shapes.node_id("IC", written.id),
        "databaseId": written.id,
        "author": actor(written.author),
        "authorAssociation": repo.people.association(written.author),
        "body": written.body,
        "createdAt": iso(written.created_at),
        "updatedAt": iso(written.updated_at),
        "lastEditedAt": iso_or_none(written.edited_at),
        "editor": None if written.editor is None else actor(written.editor),
        "viewerDidAuthor": written.author == reader.token.viewer,
    }


def _rewritten(reader: Reader, repo: Repository, push: ForcePush) -> Json:
    return {
        "__typename": "HeadRefForcePushedEvent",
        "id": f"HRFPE_{push.before[:8]}{push.after[:8]}",
        "actor": actor(push.by),
        "createdAt": iso(push.at),
        "beforeCommit": lambda _info: _commit_of(reader, repo, push.before),
        "afterCommit": lambda _info: _commit_of(reader, repo, push.after),
    }


async def _commit_of(reader: Reader, repo: Repository, sha: str | None) -> Json | None:
    facts = None if sha is None else await repo.history.commit(sha)
    return None if facts is None else commit_view(reader, repo, facts, None)


async def _files(pull: PullRequest, seen: Seen, page: Json) -> Json:
    found = connection(await pull.files(seen.state), page)
    return found | {"nodes": [_file(change) for change in found["nodes"]]}


def _file(change: FileDiff) -> Json:
    counts = {"path": change.path, "additions": change.additions, "deletions": change.deletions}
    return counts | {"changeType": CHANGE_TYPES.get(change.status, change.status.upper())}


async def _commits(reader: Reader, pull: PullRequest, seen: Seen, page: Json) -> Json:
    found = connection(await pull.commits(seen.commits_of), page)
    nodes = [{"commit": commit_view(reader, pull.repo, facts, seen.as_of)} for facts in found["nodes"]]
    return found | {"nodes": nodes}


def _review(reader: Reader, repo: Repository, given: Review) -> Json:
    return {
        "state": given.state,
        "submittedAt": iso(given.at),
        "author": actor(given.author),
        "commit": lambda _info: _commit_of(reader, repo, given.commit),
    }

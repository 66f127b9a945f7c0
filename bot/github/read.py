"""GitHub's JSON becomes typed values here, and goes no further. Only the fields in use are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.address import Repository
from bot.github.nodes import nodes
from bot.github.read_glimpse import rollup
from bot.github.read_landed_as import forked_from, landed_as
from bot.github.read_people import account, commit, remark, review, unread_commits
from bot.github.read_protection import asked, methods, missing_of, required_checks, reviewing, unread
from bot.github.read_stack import stacked_on
from bot.github.read_way import way
from bot.snapshot import (
    CHECK_NAME,
    Mergeable,
    MergeState,
    MergeStatus,
    PolicyFile,
    PublishedCheck,
    PublishedComment,
    PullRequestState,
    Snapshot,
    SquashMessage,
)
from bot.text.oids import as_on_github
from bot.words.comment import MARKER
from rules.engine.attributes import Attributes
from rules.engine.policy import POLICY_PATH
from rules.engine.pull_request import (
    Check,
    CheckState,
    PullRequest,
    Totals,
)

Json = Any


class TornReadError(Exception):
    """GitHub's answer disagrees with itself: parts of it are of another head. It must be read again."""


def snapshot(repository: Repository, data: Json, *, app_id: int, fetched_at: datetime) -> Snapshot | None:
    """Make a snapshot of the answer to PullRequestSnapshot; None where there is no such pull request.

    Raises TornReadError where the commit that carries the checks is not the head.
    """
    repo = data.get("repository")
    node = repo and repo.get("pullRequest")
    if not node or repo.get("isArchived"):
        return None
    head_commit = nodes(node["headCommit"])
    if head_commit and head_commit[0]["commit"]["oid"] != node["headRefOid"]:
        raise TornReadError(f"the checks are of {head_commit[0]['commit']['oid']}, the head is {node['headRefOid']}")
    contexts = _contexts(node)
    default = repo.get("defaultBranchRef") or {}
    trusted = (default.get("target") or {}).get("oid", "")
    return Snapshot(
        repository=repository,
        pull_request=_pull_request(repository, repo, node, app_id, fetched_at),
        merge_state=replace(_merge_state(repo, node), way=way(data.get("viewer"), repo, node)),
        published=_published(contexts, app_id),
        comment=our_comment(nodes(node.get("comments"))),
        comments=(node.get("comments") or {}).get("totalCount", 0),
        remarks=tuple(remark(entry) for entry in nodes(node.get("comments")) if not entry["viewerDidAuthor"]),
        forced_at=_forced_at(node),
        policy=policy_file(repo.get("policy"), default.get("name", "")),
        default_branch=default.get("name", ""),
        trusted=trusted,
        updated_at=node["updatedAt"],
        rollup=rollup(node),
        paths=tuple(entry["path"] for entry in nodes(node.get("files"))),
        stacked_on=stacked_on(node, default.get("name", "")),
        opened_at=opened.timestamp() if (opened := _moment(node.get("createdAt"))) else None,
        has_commits=bool(head_commit),
    )


def _pull_request(repository: Repository, repo: Json, node: Json, app_id: int, fetched_at: datetime) -> PullRequest:
    base = (node.get("baseRef") or {}).get("target") or {}
    return PullRequest(
        repository=repository.full_name,
        base=base.get("oid", ""),
        head=node["headRefOid"],
        fetched_at=fetched_at,
        files=(),
        totals=Totals(files=node["changedFiles"], added=node["additions"], deleted=node["deletions"]),
        attributes=Attributes({"": text} if (text := (repo.get("attributes") or {}).get("text")) else {}),
        number=node["number"],
        title=node["title"],
        body=node["body"],
        body_lands=repo.get("squashMergeCommitMessage") == SquashMessage.PR_BODY,
        author=account(node.get("author")),
        base_branch=node["baseRefName"],
        draft=node["isDraft"],
        fork=node["isCrossRepository"],
        labels=frozenset(label["name"] for label in nodes(node.get("labels"))),
        commits=tuple(commit(entry["commit"]) for entry in nodes(node.get("commits"))),
        reviews=tuple(review(entry) for entry in nodes(node.get("latestOpinionatedReviews"))),
        checks=tuple(check for entry in _contexts(node) if not _is_ours(check := _check(entry), app_id)),
        incomplete=tuple(unread_commits(node)),
    )


def _merge_state(repo: Json, node: Json) -> MergeState:
    base = node.get("baseRef")
    return MergeState(
        state=PullRequestState(node["state"]),
        mergeable=Mergeable(node["mergeable"]),
        status=MergeStatus(node.get("mergeStateStatus") or "UNKNOWN"),
        required=required_checks(base),
        asked=asked(base),
        reviewing=reviewing(node),
        review_decision=node.get("reviewDecision"),
        methods=methods(repo, base),
        squash_message=SquashMessage(repo.get("squashMergeCommitMessage") or SquashMessage.COMMIT_MESSAGES),
        merge_commit=(node.get("mergeCommit") or {}).get("oid"),
        merge_message=(node.get("mergeCommit") or {}).get("message") or "",
        merged_at=_moment(node.get("mergedAt")),
        landed_as=landed_as(node.get("mergeCommit")),
        forked_from=forked_from(node.get("commits")),
        unread=(*unread(node), *_unread_checks(node)),
    )


def _unread_checks(node: Json) -> Iterator[str]:
    """Say whether checks are missing; a head without any has no list of them."""
    connection = _rollup_connection(node)
    return missing_of("checks", connection) if connection is not None else iter(())


def _rollup_connection(node: Json) -> Json:
    head = nodes(node.get("headCommit"))
    rollup = head[0]["commit"].get("statusCheckRollup") if head else None
    return rollup and rollup.get("contexts")


def our_comment(comments: Sequence[Json]) -> PublishedComment | None:
    """Find our comment: written by this App and begun with our marker. Anybody can write the marker alone."""
    for node in comments:
        if node["viewerDidAuthor"] and node["body"].startswith(MARKER):
            return PublishedComment(
                node["databaseId"], node["body"], datetime.fromisoformat(node["updatedAt"]).timestamp()
            )
    return None


def our_comment_of_rest(comments: Sequence[Json], app_id: int) -> PublishedComment | None:
    """Find our comment in a page of the REST list, where the App that wrote one is named."""
    for node in comments:
        if is_by(node, app_id) and (node.get("body") or "").startswith(MARKER):
            return PublishedComment(node["id"], node["body"], datetime.fromisoformat(node["updated_at"]).timestamp())
    return None


def is_by(node: Json, app_id: int) -> bool:
    """Tell whether an App wrote a comment of the REST list."""
    app: int | None = (node.get("performed_via_github_app") or {}).get("id")
    return app == app_id


def _contexts(node: Json) -> Sequence[Json]:
    return nodes(_rollup_connection(node))


def add_contexts(data: Json, page: Json) -> None:
    """Append the checks of a further page to the first answer. Raises TornReadError if the head moved between them."""
    first, more = data["repository"]["pullRequest"], page["repository"]["pullRequest"]
    if first["headRefOid"] != more["headRefOid"]:
        raise TornReadError("the head moved while its checks were read")
    connection, following = _rollup_connection(first), _rollup_connection(more)
    connection["nodes"] = [*nodes(connection), *nodes(following)]
    connection["pageInfo"] = following["pageInfo"] if following else {"hasNextPage": False}


def next_contexts(data: Json) -> str | None:
    """Return the cursor of the next page of checks, or None."""
    node = (data.get("repository") or {}).get("pullRequest")
    page = ((_rollup_connection(node) or {}).get("pageInfo") if node else None) or {}
    return page.get("endCursor") if page.get("hasNextPage") else None


def _check(node: Json) -> Check:
    if node["__typename"] == "StatusContext":
        state = {"SUCCESS": CheckState.SUCCESS, "PENDING": CheckState.PENDING, "EXPECTED": CheckState.PENDING}
        return Check(
            name=node["context"],
            state=state.get(node["state"], CheckState.FAILED),
            app_id=None,
            started_at=_moment(node.get("createdAt")),
            required=node.get("isRequired", False),
            is_status=True,
            said="" if node["state"] in state else node["state"].lower(),
        )
    return Check(
        name=node["name"],
        state=_run_state(node),
        app_id=_app_of(node),
        started_at=_moment(node.get("startedAt")),
        required=node.get("isRequired", False),
        said=_ending_of(node),
    )


def _run_state(node: Json) -> CheckState:
    """Read a check run's state: whatever its conclusion field holds, it is pending until completed."""
    if node["status"] != "COMPLETED":
        return CheckState.PENDING
    return _CONCLUSIONS.get(node.get("conclusion"), CheckState.FAILED)


def _ending_of(node: Json) -> str:
    """Say how a check run ended in GitHub's words; nothing while it runs."""
    return (node.get("conclusion") or "").lower().replace("_", " ") if node["status"] == "COMPLETED" else ""


_CONCLUSIONS = {
    "SUCCESS": CheckState.SUCCESS,
    "NEUTRAL": CheckState.NEUTRAL,
    "SKIPPED": CheckState.SKIPPED,
    "STALE": CheckState.STALE,
}


def _app_of(node: Json) -> int | None:
    app = (node.get("checkSuite") or {}).get("app") or {}
    app_id: int | None = app.get("databaseId")
    return app_id


def _is_ours(check: Check, app_id: int) -> bool:
    return check.app_id == app_id and check.name == CHECK_NAME


def _published(contexts: Sequence[Json], app_id: int) -> PublishedCheck | None:
    ours = [node for node in contexts if node["__typename"] == "CheckRun" and _is_ours(_check(node), app_id)]
    if not ours:
        return None
    newest = max(ours, key=lambda node: node["databaseId"])
    written_at = _moment(newest.get("startedAt"))
    stamp = written_at.timestamp() if written_at else None
    return PublishedCheck(newest["databaseId"], newest.get("externalId") or "", stamp)


def _forced_at(node: Json) -> float | None:
    """Tell when the head was last moved by force, as a Unix time."""
    moved = [_moment(entry.get("createdAt")) for entry in nodes(node.get("timelineItems"))]
    return max((when.timestamp() for when in moved if when), default=None)


def policy_file(blob: Json, branch: str) -> PolicyFile | None:
    """Read the policy file. It is named by its content, not by a commit: other merges do not change what it is."""
    if not blob or "oid" not in blob:
        return None
    source = f"{branch}:{POLICY_PATH}@{as_on_github(blob['oid'])}"
    return PolicyFile(source, blob["oid"], None if blob.get("isTruncated") else blob.get("text"))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

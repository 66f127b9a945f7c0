"""How GitHub writes a pull request, its reviews and the issue behind it as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator import shapes
from simulator.clock import iso, iso_or_none
from simulator.mergeability import Merging, merging_of
from simulator.records import REACTIONS

if TYPE_CHECKING:
    from simulator.issues import Issue
    from simulator.pull_request import PullRequest
    from simulator.records import Json, PullState, Review, User

LINKS = {
    "self": "/pulls/{n}",
    "issue": "/issues/{n}",
    "comments": "/issues/{n}/comments",
    "review_comments": "/pulls/{n}/comments",
    "commits": "/pulls/{n}/commits",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a pull request changes."""

    files: int
    additions: int
    deletions: int
    commits: int


async def counts_of(pull: PullRequest, state: PullState) -> Counts:
    """Count what a pull request changes, in one of its states."""
    files = await pull.files(state)
    commits = await pull.commits(state)
    return Counts(len(files), sum(f.additions for f in files), sum(f.deletions for f in files), len(commits))


def simple(pull: PullRequest, state: PullState) -> Json:
    """Write a pull request as lists do."""
    repo = pull.repo
    github = repo.github
    url = shapes.repository_api(repo)
    html = f"{shapes.SITE}/{repo.full_name}/pull/{pull.number}"
    links = {name: {"href": url + tail.format(n=pull.number)} for name, tail in LINKS.items()}
    links |= {"html": {"href": html}, "review_comment": {"href": f"{url}/pulls/comments{{/number}}"}}
    links |= {"statuses": {"href": f"{url}/statuses/{state.head}"}}
    return {
        "id": pull.id,
        "node_id": shapes.node_id("PR", pull.id),
        "number": pull.number,
        "state": state.state,
        "locked": False,
        "active_lock_reason": None,
        "title": state.title,
        "body": state.body or None,
        "draft": state.draft,
        "user": shapes.user(github.url, pull.author),
        "author_association": pull.repo.people.association(pull.author),
        "labels": [label(pull, name) for name in state.labels],
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "auto_merge": _armed(pull, state),
        "created_at": iso(state.created_at),
        "updated_at": iso(state.updated_at),
        "closed_at": iso_or_none(state.closed_at),
        "merged_at": iso_or_none(state.merged_at),
        "merge_commit_sha": state.merge_commit,
        "head": _end(pull, pull.author if pull.fork else repo.owner, pull.head_branch, state.head),
        "base": _end(pull, repo.owner, state.base, state.base_oid),
        "_links": links,
        **_addresses(pull, state, url, html),
    }


def _armed(pull: PullRequest, state: PullState) -> Json | None:
    armed = state.auto_merge
    if armed is None:
        return None
    words = {"commit_title": armed.title or state.title, "commit_message": armed.message or state.body}
    by = shapes.user(pull.repo.github.url, armed.by)
    return {"enabled_by": by, "merge_method": armed.method, **words}


def _addresses(pull: PullRequest, state: PullState, url: str, html: str) -> Json:
    number = pull.number
    return {
        "url": f"{url}/pulls/{number}",
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": f"{url}/issues/{number}",
        "commits_url": f"{url}/pulls/{number}/commits",
        "comments_url": f"{url}/issues/{number}/comments",
        "review_comments_url": f"{url}/pulls/{number}/comments",
        "review_comment_url": f"{url}/pulls/comments{{/number}}",
        "statuses_url": f"{url}/statuses/{state.head}",
    }


def _end(pull: PullRequest, owner: User, branch: str, sha: str) -> Json:
    repo = shapes.repository(pull.repo)
    if owner is not pull.repo.owner:
        fork = {"id": pull.repo.id + owner.id, "full_name": f"{owner.login}/{pull.repo.name}", "fork": True}
        repo |= {**fork, "owner": shapes.user(pull.repo.github.url, owner)}
    who = shapes.user(pull.repo.github.url, owner)
    return {"label": f"{owner.login}:{branch}", "ref": branch, "sha": sha, "user": who, "repo": repo}


def label(pull: PullRequest | Issue, name: str) -> Json:
    """Write a label."""
    number = pull.repo.label_id(name)
    url = f"{shapes.repository_api(pull.repo)}/labels/{number}"
    words: Json = {"name": name, "color": "ededed", "default": False, "description": ""}
    return {"id": number, "node_id": shapes.node_id("LA", number), "url": url, **words}


async def full(pull: PullRequest, state: PullState, merging: Merging | None = None) -> Json:
    """Write a pull request whole, in one of its states."""
    counts = await counts_of(pull, state)
    seen = merging or await merging_of(pull, state)
    mergeable = {"MERGEABLE": True, "CONFLICTING": False, "UNKNOWN": None}[seen.mergeable]
    by = state.merged_by
    return simple(pull, state) | {
        "merged": state.merged,
        "mergeable": mergeable,
        "mergeable_state": seen.status.lower(),
        "rebaseable": mergeable,
        "merged_by": None if by is None else shapes.user(pull.repo.github.url, by),
        "comments": 0,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": counts.commits,
        "additions": counts.additions,
        "deletions": counts.deletions,
        "changed_files": counts.files,
    }


def review(pull: PullRequest, given: Review) -> Json:
    """Write a submitted review, as its event does."""
    url = f"{shapes.repository_api(pull.repo)}/pulls/{pull.number}"
    html = f"{shapes.SITE}/{pull.repo.full_name}/pull/{pull.number}#pullrequestreview-{given.id}"
    return {
        "id": given.id,
        "node_id": shapes.node_id("PRR", given.id),
        "user": shapes.user(pull.repo.github.url, given.author),
        "body": given.body or None,
        "commit_id": given.commit,
        "submitted_at": iso(given.at),
        "updated_at": iso(given.at),
        "state": given.state.lower(),
        "html_url": html,
        "pull_request_url": url,
        "author_association": pull.repo.people.association(given.author),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
    }


def reactions(url: str) -> Json:
    """Write that nobody reacted."""
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(REACTIONS, 0)}


def issue(pull: PullRequest) -> Json:
    """Write the issue that every pull request also is."""
    state = pull.now
    url = f"{shapes.repository_api(pull.repo)}/issues/{pull.number}"
    html = f"{shapes.SITE}/{pull.repo.full_name}/pull/{pull.number}"
    shared = ("number", "state", "locked", "title", "body", "user", "labels", "milestone", "assignee", "assignees")
    more = ("created_at", "updated_at", "closed_at", "author_association", "active_lock_reason", "draft")
    whole = simple(pull, state)
    return {name: whole[name] for name in (*shared, *more)} | {
        "id": pull.id,
        "node_id": shapes.node_id("PR", pull.id),
        "url": url,
        "repository_url": shapes.repository_api(pull.repo),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": html,
        "comments": len(pull.comments),
        "reactions": reactions(url),
        "pull_request": {
            "url": whole["url"],
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
        },
    }


def plain_issue(subject: Issue) -> Json:
    """Write an issue that is no pull request."""
    url = f"{shapes.repository_api(subject.repo)}/issues/{subject.number}"
    at = iso(subject.created_at)
    nothing: Json = {"milestone": None, "assignee": None, "active_lock_reason": None, "performed_via_github_app": None}
    tails = {"labels_url": "/labels{/name}", "comments_url": "/comments", "events_url": "/events"}
    return nothing | {
        "id": subject.id,
        "node_id": shapes.node_id("I", subject.id),
        "number": subject.number,
        "state": "open" if subject.closed_at is None else "closed",
        "state_reason": None if subject.closed_at is None else "completed",
        "closed_at": iso_or_none(subject.closed_at),
        "locked": False,
        "title": subject.title,
        "body": subject.body or None,
        "user": shapes.user(subject.repo.github.url, subject.author),
        "labels": [label(subject, name) for name in subject.labels],
        "assignees": [],
        "author_association": subject.repo.people.association(subject.author),
        "created_at": at,
        "updated_at": iso(max(subject.updated_at, subject.created_at)),
        "url": url,
        "repository_url": shapes.repository_api(subject.repo),
        "html_url": f"{shapes.SITE}/{subject.repo.full_name}/issues/{subject.number}",
        "comments": len(subject.comments),
        "reactions": reactions(url),
        **{name: url + tail for name, tail in tails.items()},
    }
